"""The shipment's states: from each one a way to a final one, each step with who takes it, each refusal with its reason."""

from __future__ import annotations

import re

from entrepot.domains.fulfilment.engine import states
from entrepot.domains.fulfilment.models import STATES

VERBS = sorted({step for _, step in states.STEPS})


def test_each_state_has_a_way_to_a_final_one():
    for start in STATES:
        seen, todo = set(), [start]
        while todo:
            state = todo.pop()
            seen.add(state)
            todo += [after for (before, _), after in states.STEPS.items() if before == state and after not in seen]
        assert seen & states.FINAL, start


def test_each_step_names_who_takes_it_and_each_refusal_why():
    assert set(states.TAKEN_BY) == set(VERBS)
    for state in STATES:
        for verb in VERBS:
            assert ((state, verb) in states.STEPS) != ((state, verb) in states.REASONS), (state, verb)
    assert all(re.fullmatch(r"[a-z].*\.", reason) for reason in states.REASONS.values())


def test_final_states_lead_nowhere():
    assert [states.allowed(state) for state in sorted(states.FINAL)] == [()] * len(states.FINAL)
    assert states.allowed("to_pick") == ("pick", "cancel")
