"""A sandbox process for one test session: own ports, own folder, stopped at the end."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

SECRET = "sandbox-webhook-secret"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RunningSandbox:
    """A sandbox that can be stopped and started again on the same data."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder, self.env = folder, env
        self.port, self.smtp_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.url, timeout=20)  # one client: making one costs more than a call
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> RunningSandbox:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "entrepot_sandbox", "--port", str(self.port), "--smtp-port", str(self.smtp_port),
             "--data", str(self.folder)],
            env={**os.environ, "ENTREPOT_SANDBOX_SECRET": SECRET, "ENTREPOT_SANDBOX_STEP_S": "0", **self.env},
        )  # fmt: skip
        for _ in range(200):
            with contextlib.suppress(httpx.HTTPError):
                if self.http.get("/healthz").is_success:
                    return self
            time.sleep(0.05)
        raise RuntimeError("the sandbox did not start")

    def kill(self) -> None:
        """Kill it as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def control(self, **values: object) -> None:
        """Forget all controls, then set these."""
        self.http.post("/control", json={"reset": True, **values}).raise_for_status()

    def post(self, path: str, **body: object) -> dict:
        """POST JSON and return the JSON answer; raise for anything but a 2xx."""
        return self.http.post(path, json=body).raise_for_status().json()


@contextlib.contextmanager
def running_sandbox(folder: Path, **env: str) -> Iterator[RunningSandbox]:
    """Run a sandbox for as long as the block lasts."""
    box = RunningSandbox(folder, **env).start()
    try:
        yield box
    finally:
        box.kill()
