"""Work for whoever is on duty: they find it, read it, decide it; then the next shift does."""

from __future__ import annotations

from datetime import date, time

import pytest

from tests.workflow.hospital import Hospital, edited, local, refused
from tests.workflow.test_assignment import seated
from workflow.nouns import Actor, Decision
from workflow.people.organisation import Delegation
from workflow.people.rosters import Duty, Roster, Shift
from workflow.ports.house import SaveRoster
from workflow.refusals import Code
from workflow.service.inboxes import Inboxes, InboxFilters
from workflow.service.visibility import may_see

DAY = date(2026, 3, 2)
GENERAL = Roster(
    "general",
    "总值班",
    (Duty(DAY, "sam", "白班"), Duty(DAY, "kim", "夜班")),
    (Shift("白班", time(8), time(18)), Shift("夜班", time(18), time(8))),
)


def waiting() -> tuple[Hospital, str]:
    hospital = Hospital(seated("{roster: general}"))
    hospital.changes(SaveRoster(GENERAL))
    number = hospital.opened("amy", "seated")
    hospital.takes("amy", "send", number)
    return hospital, number


def found_by(hospital: Hospital, who: str) -> list[str]:
    box = Inboxes(hospital.store.readings, hospital.catalog)
    return [row.case.number for row in box.look(who, hospital.now, InboxFilters()).work.rows]


def reads(hospital: Hospital, who: str, number: str) -> bool:
    situation = hospital.situation(number)
    return may_see(who, situation.scene, situation.definition, situation.tasks)


def test_it_is_the_work_of_whoever_is_on_duty_now() -> None:
    hospital, number = waiting()

    assert hospital.waits_for(number) == ("r:duty:general",)
    assert (found_by(hospital, "sam"), found_by(hospital, "kim")) == ([number], [])
    assert (reads(hospital, "sam", number), reads(hospital, "kim", number)) == (True, False)
    assert refused(hospital.decide("kim", "take", number)).code is Code.NOT_PERMITTED
    assert hospital.takes("sam", "take", number) == "taken"


@pytest.mark.parametrize("act", ["take", "task.add_before", "task.transfer", "task.consult"])
def test_being_on_duty_is_not_lent(act: str) -> None:
    """Who takes over says the roster; so a colleague handles nothing in the name of the shift."""
    lent = (Delegation("d1", "sam", "ben", date(2026, 3, 1), date(2026, 3, 31)),)
    tools = "waiting: {name: {zh: 等待, en: Waiting}, may: [transfer, add_before, consult]}"
    text = edited(seated("{roster: general}"), ("waiting: {name: {zh: 等待, en: Waiting}}", tools))
    hospital = Hospital(text, delegations=lent)
    hospital.changes(SaveRoster(GENERAL))
    number = hospital.opened("amy", "seated")
    hospital.takes("amy", "send", number)

    ben = Actor("ben", "Ben", "sam")
    wish = Decision(ben, act, hospital.now, hospital.key(), {}, "请看", target="ida")
    answer = hospital.hand_in(number, wish)

    assert refused(answer).code is Code.NOT_PERMITTED
    assert hospital.waits_for(number) == ("r:duty:general",)


def test_the_next_shift_takes_it_over() -> None:
    hospital, number = waiting()

    hospital.wait_until(local("2026-03-03 07:59"))

    assert (found_by(hospital, "sam"), found_by(hospital, "kim")) == ([], [number])
    assert refused(hospital.decide("sam", "take", number)).code is Code.NOT_PERMITTED
    assert hospital.takes("kim", "take", number) == "taken"


def test_after_the_last_shift_nobody_has_it() -> None:
    hospital, number = waiting()

    hospital.wait_until(local("2026-03-03 08:00"))

    assert found_by(hospital, "kim") == []
    assert refused(hospital.decide("kim", "take", number)).code is Code.NOT_PERMITTED
