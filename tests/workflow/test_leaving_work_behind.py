"""A leaver's posts pass on by themselves; what waits for them by name is given to others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflow.hospital import CAST, Hospital
from tests.workflow.test_assignment import seated, sent
from workflow.nouns import Actor
from workflow.ports import SavePerson
from workflow.service.handing_over import left_behind, moves_of


def left(*named: str) -> tuple[Hospital, list[str]]:
    """Sam has left; these cases wait for him by name."""
    hospital = Hospital(seated("{person: form.named}"))
    numbers = [sent(hospital, named=name) for name in named]
    sam = next(person for person in CAST if person.id == "sam")
    hospital.changes(SavePerson(replace(sam, active=False)))
    return hospital, numbers


def test_what_waits_for_somebody_by_name_is_listed() -> None:
    hospital, numbers = left("sam", "kim", "sam")

    behind = left_behind(hospital.store.readings, "sam")

    assert [row.case.number for row in behind.to_move] == [numbers[0], numbers[2]]
    assert behind.own == ()


def test_ones_own_requests_are_listed_apart() -> None:
    hospital = Hospital(seated("{person: form.named}"))
    draft = hospital.opened("amy", "seated")

    behind = left_behind(hospital.store.readings, "amy")

    assert [row.case.number for row in behind.own] == [draft]
    assert behind.to_move == ()


def test_each_task_gets_its_heir_and_one_key_moves_it_once() -> None:
    hospital, numbers = left("sam", "sam")
    behind = left_behind(hospital.store.readings, "sam")
    first, second = (row.task.id for row in behind.to_move)

    moves, problems = moves_of(
        behind, {first: "kim", second: "ida"}, hospital.store.hospital().organisation
    )

    assert problems == ()
    assert [(move.number, move.to) for move in moves] == [(numbers[0], "kim"), (numbers[1], "ida")]
    keys = {
        move.decision(Actor("ada", "Ada"), "task.reroute", hospital.now, "离职", "k").key
        for move in moves
    }
    assert len(keys) == 2


@pytest.mark.parametrize("heir", ["", "nobody", "sam", "amy"])
def test_a_task_without_an_heir_who_can_decide_stops_the_whole_list(heir: str) -> None:
    hospital, _ = left("sam", "sam")
    behind = left_behind(hospital.store.readings, "sam")
    first, second = (row.task.id for row in behind.to_move)

    moves, problems = moves_of(
        behind, {first: heir, second: "kim"}, hospital.store.hospital().organisation
    )

    assert moves == ()
    assert [problem.field for problem in problems] == [first]
