"""Whoever has agreed already: asked again, or taken to agree, as the process says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workflow.hospital import MONDAY, PURCHASE, Hospital, rulebooks_of
from workflow.design.definition import Definition, SameApprover
from workflow.nouns import SYSTEM, Address, Case, Task
from workflow.people.signing import already_agreed, excluded_from

STEPS = ("dept", "finance", "leader")
ACTIONS = ("dept_sign", "finance_sign", "approve")


def process(rule: SameApprover) -> Definition:
    return replace(rulebooks_of((PURCHASE,))[0].definition, same_approver=rule)


def at(step: str, round: int = 1) -> Case:
    case = Hospital()
    made = case.case(case.submitted())
    return replace(made, state=step, round=round)


def agreed(*people: str, round: int = 1) -> list[Task]:
    """What the steps say when these people agreed in turn."""
    return [
        Task(
            f"t{n}",
            "c",
            step,
            Address(role="any"),
            round,
            MONDAY + timedelta(hours=n),
            closed_at=MONDAY + timedelta(hours=n, minutes=30),
            closed_as=action,
            closed_by=person,
        )
        for n, (person, step, action) in enumerate(zip(people, STEPS, ACTIONS, strict=False))
    ]


@pytest.mark.parametrize(
    ("rule", "second", "last"),
    [
        (SameApprover.NONE, False, False),
        (SameApprover.ADJACENT, True, False),
        (SameApprover.ALL, True, True),
    ],
)
def test_of_a_a_b_a_adjacent_skips_one_and_all_skips_two(
    rule: SameApprover, second: bool, last: bool
) -> None:
    definition = process(rule)

    assert already_agreed(definition, at("finance"), agreed("lee"), "lee") is second
    assert already_agreed(definition, at("leader"), agreed("lee", "fang"), "lee") is last


def test_an_agreement_that_was_automatic_is_theirs_for_whom_it_was_given() -> None:
    tasks = agreed("lee", SYSTEM)
    tasks[1] = replace(tasks[1], closed_for="lee")

    assert already_agreed(process(SameApprover.ADJACENT), at("leader"), tasks, "lee")


def test_what_was_signed_for_somebody_is_not_the_delegates_own_agreement() -> None:
    tasks = [replace(agreed("ben")[0], closed_for="lee")]
    definition = process(SameApprover.ALL)

    assert already_agreed(definition, at("finance"), tasks, "lee")
    assert not already_agreed(definition, at("finance"), tasks, "ben")


def test_an_agreement_of_an_earlier_round_is_void() -> None:
    definition = process(SameApprover.ALL)

    assert not already_agreed(definition, at("finance", round=2), agreed("lee"), "lee")


def test_a_no_is_no_agreement() -> None:
    tasks = [replace(agreed("lee")[0], closed_as="return_it")]

    assert not already_agreed(process(SameApprover.ALL), at("finance"), tasks, "lee")


def test_the_applicant_never_agrees_automatically() -> None:
    definition = process(SameApprover.ALL)

    assert not already_agreed(definition, at("finance"), agreed("amy"), "amy")


def test_separation_does_not_forbid_what_is_automatic_and_forbids_the_rest() -> None:
    tasks = agreed("lee")

    assert "lee" in excluded_from(process(SameApprover.NONE), at("finance"), "finance", tasks)
    assert "lee" not in excluded_from(
        process(SameApprover.ADJACENT), at("finance"), "finance", tasks
    )
    later = agreed("lee", "fang")
    assert "lee" in excluded_from(process(SameApprover.ADJACENT), at("leader"), "leader", later)
