"""Write docs/reference from the code: errors, events, ports, permissions, settings. `python -m tools.reference [--check]`.

The pages say what the code says; a test holds them to it.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "reference"
NOTE = "Generated from the code by `python -m tools.reference`; do not edit.\n"
ENVIRONMENT = re.compile(r"^(ENTREPOT_|DATABASE_|EN16931_)[A-Z_]+$")


def first_line(thing: object) -> str:
    """Return the first sentence line of a docstring."""
    return (inspect.getdoc(thing) or "").split("\n")[0]


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def errors_page() -> str:
    """Return the page of errors."""
    from tools import walks  # noqa: PLC0415 needs Django set up

    rows = [[f"`{e.code}`", str(e.status), e.sentence, f"`{e.__module__}`"] for e in walks.error_classes()]
    return f"# Errors\n\n{NOTE}\n" + table(["code", "HTTP", "sentence", "where"], rows)


def events_page() -> str:
    """Return the page of events and who takes them."""
    from entrepot.infra import events, wiring  # noqa: PLC0415
    from entrepot.kernel.event import TOPICS  # noqa: PLC0415
    from tools import walks  # noqa: PLC0415

    walks.rooms("events")
    wiring.load()
    takers: dict[str, list[str]] = {}
    for subscription in events.subscriptions():
        takers.setdefault(subscription.event.topic, []).append(f"`{subscription.name}`")
    rows = [
        [
            f"`{topic}`",
            first_line(cls),
            ", ".join(f"`{f}`" for f in cls.__struct_fields__),
            ", ".join(takers.get(topic, [])),
        ]
        for topic, cls in sorted(TOPICS.items())
        if cls.__module__.startswith("entrepot.")
    ]
    return f"# Events\n\n{NOTE}\n" + table(["topic", "what happened", "fields", "taken by"], rows)


def ports_page() -> str:
    """Return the page of ports and their adapters."""
    from tools import walks  # noqa: PLC0415

    parts = [f"# Ports\n\n{NOTE}"]
    for module in walks.rooms("ports"):
        for name, cls in sorted(vars(module).items()):
            if inspect.isclass(cls) and getattr(cls, "_is_protocol", False) and cls.__module__ == module.__name__:
                parts.append(f"## {name} (`{module.__name__}`)\n\n{inspect.getdoc(cls)}\n")
                rows = [
                    [f"`{verb}{inspect.signature(f)}`", first_line(f)]
                    for verb, f in sorted(vars(cls).items())
                    if inspect.isfunction(f) and not verb.startswith("_")
                ]
                parts.append(table(["verb", "what it does"], rows))
    return "\n".join(parts)


def permissions_page() -> str:
    """Return the page of permissions and the services they open."""
    from tools import walks  # noqa: PLC0415

    rows: dict[str, list[str]] = {}
    for module in walks.rooms("services"):
        for name, thing in sorted(vars(module).items()):
            if inspect.isfunction(thing) and hasattr(thing, "permission") and thing.__module__ == module.__name__:
                rows.setdefault(thing.permission, []).append(f"`{name}`: {first_line(thing)}")
    body = [[f"`{permission}`", "<br>".join(found)] for permission, found in sorted(rows.items())]
    return f"# Permissions\n\n{NOTE}\n" + table(["permission", "what it opens"], body)


def api_page() -> str:
    """Return the page of the API's operations, from its OpenAPI document."""
    from entrepot.interfaces.api.build import reference  # noqa: PLC0415 needs Django set up

    groups: dict[str, list[list[str]]] = {}
    for path, methods in reference.document()["paths"].items():
        for method, operation in methods.items():
            scopes = ", ".join(f"`{scope}`" for one in operation["security"] for scope in one["ApiKey"])
            words = " ".join((operation.get("description") or operation["summary"]).split())
            row = [f"`{method.upper()} {path}`", words, scopes, f"`{operation['operationId']}`"]
            groups.setdefault(operation["tags"][0], []).append(row)
    head = ["call", "what it does", "scope (any of them)", "operation"]
    parts = [f"## {tag}\n\n{table(head, rows)}" for tag, rows in groups.items()]
    return f"# API, version 1\n\n{NOTE}\n" + "\n".join(parts)


def settings_page() -> str:
    """Return the page of environment variables and where they are read."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and ENVIRONMENT.match(node.value):
                found.setdefault(node.value, set()).add(path.relative_to(ROOT / "src").as_posix())
    known = SETTINGS
    rows = [
        [f"`{name}`", known.get(name, ""), ", ".join(f"`{p}`" for p in sorted(where))]
        for name, where in sorted(found.items())
    ]
    return f"# Settings\n\n{NOTE}\n" + table(["environment variable", "what it sets", "read in"], rows)


SETTINGS = {
    "DATABASE_URL": "your own PostgreSQL, as its owner; without it the embedded one is used",
    "DATABASE_APP_URL": "a login of its own for the running program",
    "EN16931_XSLT": 'folder of the published EN 16931 schematron as XSLT, for `entrepot invoices check`; "" runs our own rules alone',
    "ENTREPOT_ENV": "`demo` (default) or `production`, which refuses demo secrets",
    "ENTREPOT_SECOND_FACTOR": "`noted` (default in the demo) or `required`, always so in production: roles that ask for it stay shut without",
    "ENTREPOT_SECRET_KEY": "signs cookies and links",
    "ENTREPOT_DATA_KEYS": "keys for personal data, `id:base64,…`; the first encrypts, the last makes look-ups and order links",
    "ENTREPOT_HOSTS": "host names served, comma-separated",
    "ENTREPOT_BASE_URL": "the shop's public address, for links in mails and webhooks",
    "ENTREPOT_DEMO_DATE": "the civil day the demo and the tests stand at",
    "ENTREPOT_DB_ROLE": "`owner` for migrations, `app` otherwise",
    "ENTREPOT_DB_BINDING": "`client` binds parameters in the client instead of on the server",
    "ENTREPOT_DB_POOL": "connections per process",
    "ENTREPOT_SANDBOX_URL": "where the sandbox answers",
    "ENTREPOT_VIES_URL": "where VIES answers; in production the Commission's own address, else the sandbox",
    "ENTREPOT_HMRC_URL": "where HMRC answers; in production its own address, else the sandbox",
    "ENTREPOT_HMRC_CLIENT_ID": "of the application that HMRC's developer hub knows",
    "ENTREPOT_HMRC_CLIENT_SECRET": "its secret",
    "ENTREPOT_SANDBOX_SECRET": "what the sandbox signs its webhooks with",
    "ENTREPOT_SMTP_HOST": "mail server",
    "ENTREPOT_SMTP_PORT": "its port",
    "ENTREPOT_MAIL_FROM": "sender of mails",
    "ENTREPOT_METRICS_TOKEN": "bearer token that `/metrics` asks for; without it only this machine is answered",
    "ENTREPOT_VAR": "folder for data, files and logs",
    "ENTREPOT_BEHIND_PROXY": "`1` believes the proxy's X-Forwarded-Proto; only behind a proxy that sets it itself",
    "ENTREPOT_TRUSTED_PROXIES": "how many proxies append to X-Forwarded-For (0; 1 behind a proxy); only their entries are believed",
    "ENTREPOT_COUNTRY_HEADER": "header in which a trusted proxy names the visitor's country, e.g. `CF-IPCountry` (off)",
    "ENTREPOT_BENCH": "`1` adds the empty page that measurements compare with; never in production",
    "ENTREPOT_ORDERS_PER_ADDRESS": "tries to order from one network address within ten minutes (30); `0`, for measurements,"
    " counts neither these nor the unpaid orders of an address",
    "ENTREPOT_BIND": "the address `make run` binds the web server to (127.0.0.1)",
    "ENTREPOT_COUNT_SQL": "a folder in which measurements count SQL statements; never in production",
    "ENTREPOT_CRASH_AT": "the point at which a process kills itself, for crash tests; never in production",
    "ENTREPOT_FONTS": "folder of the fonts for PDFs (var/fonts)",
    "ENTREPOT_LOG": "how much is logged: debug, info (default), warning",
    "ENTREPOT_PG_HOME": "where the embedded PostgreSQL keeps its data and, as root, its programs",
    "ENTREPOT_SANDBOX_STEP_S": "seconds between two tracking steps of the sandbox's carrier",
    "ENTREPOT_SMTP_USER": "log-in at the mail server",
    "ENTREPOT_SMTP_PASSWORD": "its password",
    "ENTREPOT_SMTP_TLS": "`1` speaks STARTTLS with the mail server",
    "ENTREPOT_STATIC": "`collected` serves static files as `collectstatic` compressed them",
    "ENTREPOT_TEST_DATABASE": "name of the test database, instead of `test_<name>`",
    "ENTREPOT_WORKER_THREADS": "threads of a worker that deliver events (1)",
    "ENTREPOT_DEBUG": "`1` shows tracebacks; never in production",
}


def pages() -> dict[str, str]:
    """Return every page by file name."""
    return {
        "api.md": api_page(),
        "errors.md": errors_page(),
        "events.md": events_page(),
        "ports.md": ports_page(),
        "permissions.md": permissions_page(),
        "settings.md": settings_page(),
    }


def stale(folder: Path = OUT) -> list[str]:
    """Return the names of pages that do not say what the code says."""
    return [
        n
        for n, text in pages().items()
        if not (folder / n).exists() or (folder / n).read_text(encoding="utf-8") != text
    ]


def main() -> int:
    """Write the pages, or with --check say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entrepot.config.settings")
    import django  # noqa: PLC0415

    django.setup()
    if args.check:
        late = stale()
        print("\n".join(f"docs/reference/{name} is stale: run python -m tools.reference" for name in late))
        return 1 if late else 0
    OUT.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (OUT / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
