"""Logs, command line, catalogues and production's refusals: what needs no database."""

import io
import json
import logging
import os
import subprocess
import sys
import time
from contextlib import redirect_stderr
from pathlib import Path

import psutil
import pytest
import structlog

from entrepot.infra import crypto, logs, pg
from entrepot.interfaces import cli
from entrepot.interfaces.cli import keeper
from entrepot.interfaces.cli.commands import messages

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def log_lines():
    said = io.StringIO()
    kept = logging.getLogger().handlers[:], logging.getLogger().level
    with redirect_stderr(said):
        logs.configure(readable=False)
        yield lambda: [json.loads(line) for line in said.getvalue().splitlines()]
    logging.getLogger().handlers[:], level = kept
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


def test_a_new_key_in_front_opens_the_old_and_keeps_every_look_up(settings):
    old = {"old": b"o" * 32}
    settings.ENTREPOT_KEYS = old
    sealed, index = crypto.encrypt("mia@example.com", "t.c.1"), crypto.blind_index("mia@example.com", "t.c")
    settings.ENTREPOT_KEYS = {"new": b"n" * 32, **old}
    assert crypto.decrypt(sealed, "t.c.1") == "mia@example.com"
    assert crypto.encrypt("x", "t.c.1").split(":")[1] == "new"
    assert crypto.blind_index("Mia@example.com ", "t.c") == index


def test_logs_carry_the_request_id_and_no_personal_data(log_lines):
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger("shop").info(
            "paid", email="mia@example.com", postcode="10115", note="write to mia@example.com", address={"line1": "x"}
        )
        logging.getLogger("django").warning("mail to %s failed", "mia@example.com")
    lines = log_lines()
    assert all(line["request_id"] == "r-1" for line in lines)
    assert lines[0]["email"] == lines[0]["postcode"] == lines[0]["address"] == logs.HIDDEN
    assert lines[0]["note"] == f"write to {logs.HIDDEN}"
    assert "mia" not in json.dumps(lines)


def test_nested_values_are_hidden_too(log_lines):
    structlog.get_logger("shop").info("stored", buyer={"phone": "+49 30 1", "country": "DE"})
    assert log_lines()[0]["buyer"] == {"phone": logs.HIDDEN, "country": "DE"}


# ---- the command line


def test_every_command_says_in_one_line_what_it_does():
    for name in cli.command_names():
        told = cli.constants(cli._path(name))
        assert told.get("HELP"), name
        assert len(str(told["HELP"])) < 100, name


def test_an_unknown_command_lists_those_there_are(capsys):
    assert cli.main(["teapot"]) == 2
    said = capsys.readouterr().err
    assert "no command “teapot”" in said
    assert "migrate" in said


def _entrepot(*words, **environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ENTREPOT_", "DATABASE_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", "import sys; from entrepot.interfaces.cli import main; sys.exit(main())", *words],
        env={**clean, "PYTHONPATH": str(ROOT / "src"), **environment}, capture_output=True, text=True,
    )  # fmt: skip


def test_a_dead_database_is_one_sentence_that_says_what_to_do():
    done = _entrepot("migrate", DATABASE_URL="postgresql://nobody@127.0.0.1:9/none")
    assert done.returncode == 1
    assert "does not answer" in done.stderr
    assert "correct DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_database_of_another_kind_is_refused():
    done = _entrepot("migrate", DATABASE_URL="mysql://localhost/shop")
    assert done.returncode == 1
    assert "must start with postgresql://" in done.stderr


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "ENTREPOT_SECRET_KEY"),
        ({"ENTREPOT_SECRET_KEY": "x" * 50}, "ENTREPOT_DATA_KEYS"),
        ({"ENTREPOT_SECRET_KEY": "x" * 50, "ENTREPOT_DATA_KEYS": "a:" + "A" * 43 + "="}, "ENTREPOT_SANDBOX_SECRET"),
        (
            {
                "ENTREPOT_SECRET_KEY": "x" * 50,
                "ENTREPOT_DATA_KEYS": "a:" + "A" * 43 + "=",
                "ENTREPOT_SANDBOX_SECRET": "own",
                "ENTREPOT_DEMO_DATE": "2026-11-25",
            },
            "ENTREPOT_DEMO_DATE",
        ),
    ],
)
def test_production_refuses_what_the_demo_prints(given, named):
    done = _entrepot("migrate", ENTREPOT_ENV="production", DATABASE_URL="postgresql://a@127.0.0.1:9/b", **given)
    assert done.returncode == 1
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_fresh_keys_are_accepted_by_production():
    keys = dict(line.split("=", 1) for line in _entrepot("keys").stdout.splitlines())
    probe = "from entrepot.config import settings; print(settings.PRODUCTION, len(next(iter(settings.ENTREPOT_KEYS.values()))))"
    done = subprocess.run(
        [sys.executable, "-c", probe],
        env={"PYTHONPATH": str(ROOT / "src"), "ENTREPOT_ENV": "production", "DATABASE_URL": "postgresql://a@b/c", **keys},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.split() == ["True", "32"], done.stderr


# ---- the embedded server's place


def test_a_long_path_gets_a_short_socket(tmp_path):
    server = pg.Server(home=tmp_path / ("deep-" * 20) / "postgres")
    assert len(str(server.socket_dir / ".s.PGSQL.5432").encode()) <= pg.SOCKET_LIMIT
    near = pg.Server(home=Path("/var/tmp/x"))
    assert near.socket_dir == Path("/var/tmp/x/run")


def test_a_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    server = pg.Server(home=tmp_path / "home")
    server.home.mkdir()
    os.chown(server.home, 12345, -1) if os.geteuid() == 0 else monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(pg.ServerFault, match="ENTREPOT_PG_HOME"):
        server._folder(server.home)


# ---- keeping processes


def test_a_child_that_dies_is_started_again_but_not_for_ever(tmp_path):
    child = keeper.Child("short", [sys.executable, "-c", "print('last words'); raise SystemExit(3)"], tmp_path / "log")
    child.start()
    with pytest.raises(keeper.GaveUp, match="last words"):
        for _ in range(keeper.RESTARTS + 1):
            child.process.wait(10)
            child.keep()


def test_stopping_ends_grandchildren_too(tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "GRACE_S", 0.5)
    script = (
        "import signal, subprocess, time; signal.signal(15, signal.SIG_IGN);"
        "print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    )
    child = keeper.Child("stubborn", [sys.executable, "-c", script], tmp_path / "log")
    child.start()
    while not child.tail().strip():
        assert child.process.poll() is None
    grandchild = int(child.tail())
    keeper.stop([child])
    assert child.process.poll() is not None
    deadline = time.monotonic() + 5
    while _is_alive(grandchild):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _is_alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# ---- message catalogues


@pytest.fixture
def package(tmp_path):
    (tmp_path / "interfaces" / "storefront" / "templates").mkdir(parents=True)
    (tmp_path / "interfaces" / "storefront" / "views.py").write_text('_("Basket")\nN_("%(count)s things")\n')
    (tmp_path / "interfaces" / "storefront" / "templates" / "a.html").write_text(
        "{% trans %}Pay {{ sum }}{% endtrans %}"
    )
    (tmp_path / "interfaces" / "console.py").write_text('gettext("Dead letters")\n')
    for language in messages.LANGUAGES:
        (tmp_path / "locale" / language / "LC_MESSAGES").mkdir(parents=True)
    return tmp_path


def _write(package, language, **texts):
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
    body = "".join(f'\nmsgid "{k}"\nmsgstr "{v}"\n' for k, v in texts.items())
    (package / "locale" / language / "LC_MESSAGES" / "django.po").write_text(head + body)


FULL = {"Basket": "x", "%(count)s things": "%(count)s x", "Pay %(sum)s": "x %(sum)s", "Dead letters": "x"}


def test_a_complete_catalogue_passes_and_buyers_languages_need_no_console(package):
    _write(package, "zh_Hans", **FULL)
    for language in messages.LANGUAGES[1:]:
        _write(package, language, **{k: v for k, v in FULL.items() if k != "Dead letters"})
    assert messages.check(package) == []


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        ({"Basket": ""}, "not translated: 'Basket'"),
        ({"%(count)s things": "%(number)s x"}, "other places than the English"),
        ({"Pay %(sum)s": None}, "not in the catalogue"),
    ],
)
def test_a_planted_fault_is_found(package, fault, named):
    texts = {k: v for k, v in {**FULL, **fault}.items() if v is not None}
    for language in messages.LANGUAGES:
        _write(package, language, **texts)
    found = messages.check(package)
    assert len(found) == len(messages.LANGUAGES)
    assert all(named in line for line in found)
