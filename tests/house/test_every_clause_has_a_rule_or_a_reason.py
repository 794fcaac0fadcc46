"""Every clause that a process comes from is carried by one of its rules, or it is said why not.

And no rule is sold as one of the documents that is the hospital's own choice (†).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.definitions.shipped import register, rulebooks
from tests.house.sources import AS_A_WHOLE, CLAUSES, DAGGERS, OUR_OWN
from workflow.design.checks_time import carried_clauses
from workflow.design.definition import Definition

PROCESSES = sorted(CLAUSES)


def definition(process: str) -> Definition:
    """The shipped definition."""
    return rulebooks()[process].definition


def clauses(process: str) -> list[str]:
    """The source clauses of a process."""
    return CLAUSES[process].split()


def of_rules(process: str) -> set[str]:
    """The clauses that its rules rest on, without those that stand over the process as a whole."""
    whole = list(definition(process).clauses)
    carried = list(carried_clauses(definition(process)))
    for clause in whole:
        carried.remove(clause)
    return set(carried)


def test_what_was_typed_off_by_hand_is_shipped() -> None:
    assert sorted(DAGGERS) == PROCESSES
    assert set(PROCESSES) <= set(rulebooks())


def test_every_clause_that_names_a_shipped_process_has_a_rule_or_a_reason_there() -> None:
    without = {
        process: missing
        for process in rulebooks()
        if (
            missing := {one.id for one in register().clauses_of(process)}
            - set(carried_clauses(definition(process)))
            - set(definition(process).not_enforced)
        )
    }
    assert without == {}


@pytest.mark.parametrize(
    ("process", "count"),
    [
        ("consumable-approval", 17),
        ("inpatient-settlement", 53),
        ("fee-correction", 5),
        ("identity-fraud-report", 6),
        ("medical-record", 14),
        ("charge-entry", 19),
    ],
)
def test_no_clause_was_lost_while_typing(process: str, count: int) -> None:
    """The counts of the register's own index (section 7)."""
    assert len(clauses(process)) == len(set(clauses(process))) == count


@pytest.mark.parametrize("process", PROCESSES)
def test_every_clause_has_a_rule_or_a_reason(process: str) -> None:
    rules, reasons = of_rules(process), definition(process).not_enforced
    whole = {clause for one, clause in AS_A_WHOLE if one == process}

    without = [c for c in clauses(process) if c not in rules | whole and c not in reasons]

    assert without == []


@pytest.mark.parametrize("process", PROCESSES)
def test_a_reason_is_given_where_there_is_no_rule_and_only_there(process: str) -> None:
    reasons = definition(process).not_enforced

    assert set(reasons) <= set(clauses(process))
    assert set(reasons) & set(carried_clauses(definition(process))) == set()
    for because in reasons.values():
        assert because.zh
        assert because.en


def test_what_a_process_carries_as_a_whole_is_no_excuse_for_a_rule() -> None:
    for (process, clause), how in AS_A_WHOLE.items():
        assert clause in definition(process).clauses
        assert clause not in of_rules(process), (process, clause, how)


@pytest.mark.parametrize("process", PROCESSES)
def test_only_clauses_that_exist_are_cited(process: str) -> None:
    cited = {*carried_clauses(definition(process)), *definition(process).not_enforced}

    assert cited <= set(register().clauses)


@pytest.mark.parametrize("process", PROCESSES)
def test_what_a_rule_rests_on_concerns_its_process_or_the_whole_house(process: str) -> None:
    """A rule may cite the clause of a process that it hands over to, but then that one exists."""
    known = {one.id for one in register().clauses_of(process)} | set(clauses(process))
    beyond = set(carried_clauses(definition(process))) - known

    for clause in beyond:
        assert register().clauses[clause].processes, clause


# ---- † -------------------------------------------------------------------------------------------


def marked(process: str) -> Iterator[tuple[str, str]]:
    """What a definition marks as the hospital's choice, by kind."""
    one = definition(process)
    yield from (("actions", key) for key, action in one.actions.items() if action.design_choice)
    yield from (("states", key) for key, state in one.states.items() if state.design_choice)
    yield from (("fields", key) for key, field in one.form.items() if field.design_choice)
    yield from (("deadlines", key) for key, rule in one.deadlines.items() if rule.design_choice)
    for key, action in one.actions.items():
        for condition in action.conditions:
            if condition.design_choice:
                yield "conditions", f"{key}: {condition.when.text}"


@pytest.mark.parametrize("process", PROCESSES)
def test_what_is_marked_in_the_register_is_marked_here_and_nothing_else(process: str) -> None:
    expected = {
        (kind, key)
        for marks in (DAGGERS[process], OUR_OWN.get(process, {}))
        for kind, keys in marks.items()
        for key in keys
    }

    assert set(marked(process)) == expected


def test_the_separation_of_duties_is_our_own_choice_in_every_process() -> None:
    """V6 is †: no definition claims it, the engine asks for it, and says on what it leans."""
    for process in PROCESSES:
        for action in definition(process).actions.values():
            for condition in action.conditions:
                if "S0-15-31" in condition.clauses:
                    assert condition.design_choice, (process, condition.name)


def test_the_figures_that_no_source_names_are_the_hospitals_to_set() -> None:
    parameters = register().parameters

    for key in (
        "consumable.step_reminder_days",
        "fee_correction.answer_days",
        "fraud.report_minutes",
        "charge.highvalue_threshold",
    ):
        assert parameters[key].default is None, key
    # What a stay falls to when the card was never made up is silent everywhere†.
    assert parameters["card.on_expiry"].design_choice
