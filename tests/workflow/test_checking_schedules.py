"""What is wrong with a schedule is told when the definition is read, at its line."""

from __future__ import annotations

import pytest

from tests.workflow.hospital import edited, small_register
from tests.workflow.rounds import COUNT, ROUND
from workflow.design.checks_schedules import (
    SCHEDULE_CHECKS,
    departments_are_of_a_kind,
    figures_can_come,
    it_begins_at_an_entry,
    the_system_may_open,
    what_is_required_is_given,
)
from workflow.design.definition import Definition
from workflow.design.parsing import parse_definition
from workflow.design.plan import Check, Plan
from workflow.service.bundles import Bundle, examine

BEDS = (
    "{beds: {name: {zh: 床, en: Beds}, columns: {bed: {type: text, label: {zh: 床号, en: Bed}}}}}"
)
RHYTHM = "{every: day, at: ['08:30', '17:00']}"


def problems(text: str) -> list[str]:
    examined = examine(text, "rounds.yaml", small_register())
    return [] if isinstance(examined, Bundle) else [one.said.en for one in examined]


def test_the_examples_are_whole() -> None:
    assert problems(ROUND) == problems(COUNT) == []


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (("[{role: clinician}, system]", "[{role: clinician}]"), "is not in open.who"),
        (("fields: {slot: due.time, ", "fields: {"), "does not give slot"),
        (("slot: due.time", "slot: due.on"), "a text is needed"),
        (("slot: due.time", "slot: form.slot"), "form.slot"),
        (("slot: due.time", "slot: due.tiem"), "due.tiem"),
        (("slot: due.time", "slto: due.time"), "slto"),
        (("departments: clinical", "departments: clinicle"), "clinicle"),
        ((RHYTHM, "{every: fortnight, at: '08:30'}"), "fortnight"),
        ((RHYTHM, "{every: day}"), "lacks “at”"),
        ((RHYTHM, "{every: day, at: '08:30', weekday: 3}"), "has no use for “weekday”"),
        ((RHYTHM, "{every: week, at: ['08:30', '17:00']}"), "Only what recurs daily"),
        ((RHYTHM, "{every: month, at: '08:30'}"), "exactly one of them"),
        ((RHYTHM, "{every: month, day: 1, workday: 1, at: '08:30'}"), "exactly one of them"),
        ((RHYTHM, "{every: month, day: 32, at: '08:30'}"), "not between 1 and 31"),
        ((RHYTHM, "{every: month, workday: 0, at: '08:30'}"), "not between -23 and 23"),
        ((RHYTHM, "{every: quarter, month: 4, day: 1, at: '08:30'}"), "has 3 months"),
        ((RHYTHM, "{every: month, month: 1, day: 1, at: '08:30'}"), "no use for “month”"),
        ((RHYTHM, "{every: day, at: ['08:30', param.purchase.answer_days]}"), "either times"),
        ((RHYTHM, "{every: day, at: '25:30'}"), "cannot stand here"),
        (("missed_after: {hours: 2}", "missed_after: {working_hours: 2}"), "working_hours"),
        (("missed_after: {hours: 2}", "missed_after: {hours: -2}"), "negative"),
        (("    missed_after: {hours: 2}\n", ""), "lacks “missed_after”"),
        (("    tells: dept_head", "    tells: dept_hed"), "dept_hed"),
        (("    tells: dept_head", "    entry: done"), "where no case begins"),
        (("    tells: dept_head", "    if: 1 == 1"), "looks at nothing"),
        (("departments: clinical", "register: rows, key: no"), "rows"),
    ],
)
def test_a_mistake_is_told(edit: tuple[str, str], said: str) -> None:
    told = problems(edited(ROUND, edit))

    assert any(said in one for one in told), told


def test_a_register_of_its_own_is_enough() -> None:
    """Rows that only a schedule reads are not declared in vain, and their columns are known."""
    text = edited(
        ROUND,
        (
            "states:\n",
            f"registers: {BEDS}\nstates:\n",
        ),
        ("{departments: clinical}", "{register: beds, key: bed}"),
        ("slot: due.time", "slot: line.bed"),
    )

    assert problems(text) == []
    assert "line.room" in problems(edited(text, ("line.bed", "line.room")))[0]
    assert "bad" in problems(edited(text, ("key: bed", "key: bad")))[0]


FOUND_BY: dict[Check, tuple[str, str]] = {
    the_system_may_open: ("[{role: clinician}, system]", "[{role: clinician}]"),
    what_is_required_is_given: ("fields: {slot: due.time, ", "fields: {"),
    it_begins_at_an_entry: ("    tells: dept_head", "    entry: done"),
    figures_can_come: ("missed_after: {hours: 2}", "missed_after: {working_hours: 2}"),
    departments_are_of_a_kind: ("departments: clinical", "departments: clinicle"),
}


@pytest.mark.parametrize("check", SCHEDULE_CHECKS, ids=lambda check: check.__name__)
def test_every_check_finds_its_own(check: Check) -> None:
    register = small_register()
    for text, found in ((ROUND, False), (edited(ROUND, FOUND_BY[check]), True)):
        definition = parse_definition(text, "rounds.yaml", register)
        assert isinstance(definition, Definition)
        assert any(check(Plan.of(definition, register, ()))) is found
