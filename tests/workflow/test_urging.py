"""催办: Amy asks Dr Lee to hurry, and not more often than is fair."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.workflow.hospital import MONDAY, PURCHASE, Hospital, edited, local
from workflow.design.definition import UrgeLimit
from workflow.nouns import Actor, Decision, Topic
from workflow.refusals import Code, Refusal
from workflow.running.tools import tools_of_the_past
from workflow.running.urging import URGE, limit_in_words, urge_notices, urge_refusal

HOUR = timedelta(hours=1)


@pytest.fixture
def hospital() -> Hospital:
    return Hospital()


def urges(hospital: Hospital, number: str, *earlier: datetime, who: str = "amy") -> Refusal | None:
    decision = Decision(Actor(who, who), URGE, hospital.now, "click")
    return urge_refusal(hospital.situation(number), decision, earlier)


def urged_by(limit: str) -> Hospital:
    """A hospital whose process says how often one may urge."""
    return Hospital(
        edited(PURCHASE, ("clauses: [P-1]\nopen:", f"clauses: [P-1]\nurge: {limit}\nopen:"))
    )


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


def test_a_process_may_set_other_limits() -> None:
    often = urged_by("{hours: 1, a_day: 5}")
    number = often.submitted()
    often.wait(hours=1)
    assert urges(often, number, MONDAY) is None
    assert urges(often, number, *[MONDAY] * 5) is not None

    rarely = urged_by("{hours: 24}")
    number = rarely.submitted()
    rarely.wait(hours=23)
    refusal = urges(rarely, number, MONDAY)
    assert refusal is not None
    assert "今天 09:00 以后可以再催（本流程每 24 小时可催一次）" in refusal.because.zh
    rarely.wait(hours=1)
    assert urges(rarely, number, MONDAY) is None


def test_what_is_not_written_is_as_usual() -> None:
    hospital = urged_by("{a_day: 2}")
    assert hospital.situation(hospital.submitted()).definition.urge == UrgeLimit(4, 2)


@pytest.mark.parametrize(
    ("limit", "zh", "en"),
    [
        (UrgeLimit(), "每 4 小时可催一次，一天最多 3 次", "once every 4 h, at most 3 a day"),
        (UrgeLimit(8, 3), "每 8 小时可催一次", "once every 8 h"),
        (
            UrgeLimit(7, 3),
            "每 7 小时可催一次，一天最多 3 次",
            "once every 7 h, at most 3 a day",
        ),
        (UrgeLimit(48, 3), "每 48 小时可催一次", "once every 48 h"),
    ],
)
def test_people_are_told_how_often(limit: UrgeLimit, zh: str, en: str) -> None:
    words = limit_in_words(limit)
    assert (words.zh, words.en) == (zh, en)


def test_the_button_says_how_often() -> None:
    hospital = urged_by("{hours: 2, a_day: 2}")
    number = hospital.submitted()
    (offer,) = tools_of_the_past(hospital.situation(number), Actor("amy", "Amy"), list)
    assert offer.does.zh == "提醒正在办理的人尽快办理；每 2 小时可催一次，一天最多 2 次"
