"""`entrepot-sandbox --port 8001 --smtp-port 8025 [--data DIR]`: run the outside world until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from entrepot_sandbox.mail import SmtpServer
from entrepot_sandbox.store import Store
from entrepot_sandbox.web import Sandbox, Server


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="entrepot-sandbox", description="A payment provider, a carrier and a mailbox for tests."
    )
    parser.add_argument("--port", type=int, default=8001, help="of the HTTP side (default 8001)")
    parser.add_argument("--smtp-port", type=int, default=8025, help="of the mail catcher (default 8025; 0 = none)")
    parser.add_argument("--host", default="127.0.0.1", help="to listen on (default 127.0.0.1)")
    default = Path(os.environ.get("ENTREPOT_VAR", "var")) / "sandbox"
    parser.add_argument("--data", type=Path, default=default, help=f"where its file lies (default {default})")
    return parser.parse_args()


def main() -> int:
    """Start all parts, say so, and wait."""
    asked = _arguments()
    store = Store(asked.data)
    sandbox = Sandbox(store, os.environ.get("ENTREPOT_SANDBOX_SECRET", "sandbox-webhook-secret"))
    servers: list[Server | SmtpServer] = []
    port = asked.port
    try:
        servers.append(Server((asked.host, port), sandbox))
        if asked.smtp_port:
            port = asked.smtp_port
            servers.append(SmtpServer((asked.host, port), store))
    except OSError as fault:
        if fault.errno != errno.EADDRINUSE:
            raise
        print(f"Port {port} is taken by another program. Stop that one, or give another port.", file=sys.stderr)
        return 1
    sandbox.hooks.start()
    threading.Thread(target=sandbox.tick, daemon=True, name="tick").start()
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.2}).start()
    print(f"sandbox http://{asked.host}:{asked.port} smtp {asked.smtp_port} (no money moves)", flush=True)
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    stop.wait()
    sandbox.stopped.set()
    for server in servers:
        server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
