"""催办: Amy asks Dr Lee to hurry, and not more often than is fair."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.workflow.hospital import MONDAY, Hospital, local
from workflow.nouns import Actor, Decision, Topic
from workflow.refusals import Code, Refusal
from workflow.running.urging import URGE, UrgeLimit, urge_notices, urge_refusal

HOUR = timedelta(hours=1)


@pytest.fixture
def hospital() -> Hospital:
    return Hospital()


def urges(
    hospital: Hospital,
    number: str,
    *earlier: datetime,
    who: str = "amy",
    limit: UrgeLimit | None = None,
) -> Refusal | None:
    decision = Decision(Actor(who, who), URGE, hospital.now, "click")
    return urge_refusal(hospital.situation(number), decision, earlier, limit)


def test_the_applicant_may_urge_and_whoever_has_the_task_is_told(hospital: Hospital) -> None:
    number = hospital.submitted()
    assert urges(hospital, number) is None
    (notice,) = urge_notices(hospital.situation(number), hospital.id)
    assert (notice.to.key, notice.kind, notice.topic) == (
        "r:dept_head@surgery",
        URGE,
        Topic.URGE,
    )


@pytest.mark.parametrize("who", ["lee", "ben", "sam"])
def test_nobody_else_may_urge(hospital: Hospital, who: str) -> None:
    refusal = urges(hospital, hospital.submitted(), who=who)
    assert refusal is not None
    assert refusal.code is Code.NOT_PERMITTED


def test_one_does_not_urge_oneself(hospital: Hospital) -> None:
    number = hospital.opened("amy")
    refusal = urges(hospital, number)
    assert refusal is not None
    assert refusal.code is Code.CONDITION_NOT_MET
    assert urge_notices(hospital.situation(number), hospital.id) == ()


def test_a_second_urge_within_four_hours_is_refused_with_the_next_moment(
    hospital: Hospital,
) -> None:
    number = hospital.submitted()
    hospital.wait(hours=1)
    refusal = urges(hospital, number, MONDAY)
    assert refusal is not None
    assert refusal.code is Code.CONDITION_NOT_MET
    assert "今天 13:00" in refusal.because.zh
    assert "today 13:00" in refusal.because.en


def test_after_four_hours_one_may_urge_again(hospital: Hospital) -> None:
    number = hospital.submitted()
    hospital.wait(hours=4)
    assert urges(hospital, number, MONDAY) is None


def test_three_urges_a_day_are_the_most(hospital: Hospital) -> None:
    number = hospital.submitted()
    earlier = (MONDAY, MONDAY + 4 * HOUR, MONDAY + 8 * HOUR)
    hospital.wait(hours=13)
    refusal = urges(hospital, number, *earlier)
    assert refusal is not None
    assert "明天 00:00" in refusal.because.zh
    hospital.wait_until(local("2026-03-03 00:00"))
    assert urges(hospital, number, *earlier) is None


def test_the_hospital_may_set_other_limits(hospital: Hospital) -> None:
    number = hospital.submitted()
    hospital.wait(hours=1)
    assert urges(hospital, number, MONDAY, limit=UrgeLimit(hours=1, a_day=5)) is None
    assert urges(hospital, number, MONDAY, limit=UrgeLimit(hours=24, a_day=5)) is not None
