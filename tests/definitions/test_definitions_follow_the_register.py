"""States, triggers, fields and who may take them stand in the definitions as in the register."""

from __future__ import annotations

import pytest

from tests.definitions.register_tables import (
    ADDED,
    FIELDS,
    FURTHER_FIELDS,
    REVIEWERS,
    STATES,
    TABLES,
)
from tests.definitions.shipped import rulebooks
from workflow.design.definition import Action
from workflow.design.seats import Seat, SeatKind

PROCESSES = sorted(TABLES)


@pytest.mark.parametrize("process", PROCESSES)
def test_the_states_are_the_registers_with_their_flags(process: str) -> None:
    states = rulebooks()[process].definition.states

    found = {
        key: "I" if state.entry else "F" if state.final else "" for key, state in states.items()
    }

    assert found == STATES[process]


@pytest.mark.parametrize("process", PROCESSES)
def test_every_trigger_leads_where_the_register_says(process: str) -> None:
    actions = rulebooks()[process].definition.actions

    found = {
        key: (set(action.sources), action.target)
        for key, action in actions.items()
        if key not in ADDED.get(process, {})
    }

    assert found == {key: (set(row.sources), row.target) for key, row in TABLES[process].items()}


@pytest.mark.parametrize("process", PROCESSES)
def test_added_actions_are_nobodys_button(process: str) -> None:
    actions = rulebooks()[process].definition.actions

    for key in ADDED.get(process, {}):
        assert {seat.kind for seat in actions[key].seats} == {SeatKind.SYSTEM}


@pytest.mark.parametrize("process", PROCESSES)
def test_every_action_is_taken_by_whom_the_register_names(process: str) -> None:
    actions = rulebooks()[process].definition.actions

    found = {
        key: _who(process, action)
        for key, action in actions.items()
        if key not in ADDED.get(process, {})
    }

    assert found == {key: set(row.who) for key, row in TABLES[process].items()}


@pytest.mark.parametrize("process", sorted(REVIEWERS))
def test_the_reviewer_of_a_step_is_whom_the_register_names(process: str) -> None:
    definition = rulebooks()[process].definition

    for step, roles in REVIEWERS[process].items():
        assert {seat.role for seat in definition.duties_of(step)} == set(roles)


@pytest.mark.parametrize("process", PROCESSES)
def test_the_form_has_the_registers_fields_and_says_why_it_has_more(process: str) -> None:
    form = rulebooks()[process].definition.form

    assert set(FIELDS[process]) <= set(form)
    assert set(form) - set(FIELDS[process]) == set(FURTHER_FIELDS.get(process, {}))


def _who(process: str, action: Action) -> set[str]:
    return {_word(seat) for seat in action.seats}


def _word(seat: Seat) -> str:
    return seat.role or "" if seat.kind is SeatKind.ROLE else seat.kind.value
