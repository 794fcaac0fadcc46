"""Everybody chooses what they are told by mail, when not, and whether once a day.

Dr Lee heads surgery; it is Monday nine in the morning, and the calendar is Shanghai's.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflow.hospital import Hospital, local
from tests.workflow.post import Post, mailed
from workflow.nouns import Topic
from workflow.refusals import Refused
from workflow.service.delivering import Undelivered
from workflow.service.noticing import (
    AS_SHIPPED,
    HOSPITAL,
    NO_ADDRESS,
    WRONG_ADDRESS,
    Channel,
    Choice,
    Wish,
    choice_of,
)

LEE = mailed("lee@hospital.cn")


@pytest.fixture
def hospital() -> Hospital:
    return Hospital()


@pytest.fixture
def post(hospital: Hospital) -> Post:
    return Post(hospital)


def test_only_what_was_chosen_is_mailed(hospital: Hospital, post: Post) -> None:
    post.noticing.choose("lee", mailed("lee@hospital.cn", Topic.URGE))
    hospital.submitted()
    assert post.goes_out() == 0


def test_the_applicant_hears_of_their_own_request_when_they_want_to(
    hospital: Hospital, post: Post
) -> None:
    post.noticing.choose("amy", mailed("amy@hospital.cn", Topic.PROGRESS))
    number = hospital.submitted()
    hospital.takes("lee", "dept_sign", number, "同意")
    hospital.takes("fang", "finance_sign", number, "同意")
    hospital.takes("wu", "approve", number, "按低价采购")
    post.goes_out()
    to_amy = [letter for letter in post.mail.letters if letter.to == "amy@hospital.cn"]
    assert [letter.subject for letter in to_amy] == [f"您的申请 采购 {number}：批准"]
    assert "按低价采购" not in to_amy[0].body


def test_what_comes_back_to_the_applicant_is_work(hospital: Hospital, post: Post) -> None:
    post.noticing.choose("amy", mailed("amy@hospital.cn", Topic.WORK))
    number = hospital.submitted()
    hospital.takes("lee", "return_it", number, "请补充规格")
    post.goes_out()
    to_amy = [letter for letter in post.mail.letters if letter.to == "amy@hospital.cn"]
    assert [letter.subject for letter in to_amy] == [
        f"采购 {number}：转到您这里办理（上一步：退回）"
    ]


def test_without_a_choice_the_hospitals_default_holds(hospital: Hospital, post: Post) -> None:
    assert post.noticing.choice("ida") == AS_SHIPPED
    post.noticing.choose(HOSPITAL, Choice(digest_hour=8))
    assert post.noticing.choice("ida") == Choice(digest_hour=8)
    assert post.noticing.choice("lee") == LEE


def test_quiet_hours_hold_a_letter_until_they_end(hospital: Hospital, post: Post) -> None:
    post.noticing.choose("lee", replace(LEE, quiet=(22, 7)))
    hospital.wait_until(local("2026-03-02 23:30"))
    hospital.submitted()
    hospital.submitted()
    assert post.goes_out() == 0
    hospital.wait_until(local("2026-03-03 06:59"))
    assert post.goes_out() == 0
    hospital.wait_until(local("2026-03-03 07:00"))
    assert post.goes_out() == 1
    (letter,) = post.mail.letters
    assert letter.subject == "签批：2 条通知"


def test_outside_quiet_hours_it_leaves_at_once(hospital: Hospital, post: Post) -> None:
    post.noticing.choose("lee", replace(LEE, quiet=(12, 14)))
    hospital.submitted()
    assert post.goes_out() == 1


def test_a_second_try_respects_quiet_hours_too(hospital: Hospital, post: Post) -> None:
    post.noticing.choose("lee", replace(LEE, quiet=(22, 7)))
    hospital.wait_until(local("2026-03-02 21:59"))
    hospital.submitted()
    post.mail.closed = Undelivered("unreachable")
    post.goes_out()
    post.mail.closed = None
    hospital.wait_until(local("2026-03-02 22:01"))
    assert post.goes_out() == 0
    hospital.wait_until(local("2026-03-03 07:00"))
    assert post.goes_out() == 1


def test_a_deadline_passes_quiet_hours_only_if_one_wants_that() -> None:
    hospital = Hospital()
    calendar = hospital.store.hospital().calendar
    night = local("2026-03-02 23:30")
    asleep = replace(LEE, quiet=(22, 7), digest_hour=9)
    assert replace(asleep, urgent_passes=True).when(Topic.DEADLINE, night, calendar) == night
    held = replace(asleep, urgent_passes=False).when(Topic.DEADLINE, night, calendar)
    assert held == local("2026-03-03 09:00")
    assert asleep.when(Topic.WORK, night, calendar) == local("2026-03-03 09:00")


def test_a_digest_is_one_letter_a_day_at_its_hour(hospital: Hospital, post: Post) -> None:
    post.noticing.choose("lee", replace(LEE, digest_hour=17))
    numbers = [hospital.submitted()]
    assert post.goes_out() == 0
    hospital.wait(hours=2)
    numbers.append(hospital.submitted())
    assert post.goes_out() == 0
    hospital.wait_until(local("2026-03-02 17:00"))
    assert post.goes_out() == 1
    (letter,) = post.mail.letters
    assert letter.subject == "签批：2 条通知"
    assert all(number in letter.body for number in numbers)
    assert post.passes(days=1) == 0


def test_an_empty_day_sends_no_digest(hospital: Hospital, post: Post) -> None:
    post.noticing.choose("lee", replace(LEE, digest_hour=17))
    assert post.passes(days=2) == 0


def test_a_digest_that_falls_into_quiet_hours_waits_for_their_end() -> None:
    calendar = Hospital().store.hospital().calendar
    early = replace(LEE, digest_hour=5, quiet=(22, 7))
    assert early.when(Topic.WORK, local("2026-03-02 12:00"), calendar) == local("2026-03-03 07:00")


def test_a_choice_survives_being_kept() -> None:
    choice = replace(LEE, quiet=(22, 7), digest_hour=8, urgent_passes=False)
    assert choice_of(choice.as_kept()) == choice
    assert choice_of(Choice().as_kept()) == Choice()


# ---- what is typed -------------------------------------------------------------------------------


def read(wish: Wish) -> Choice | Refused:
    return wish.read((Channel.MAIL,), own=True)


def test_a_wish_becomes_a_choice() -> None:
    wish = Wish("lee@hospital.cn", ("mail:work", "mail:nonsense"), "8", "22", "7", True)
    mail = {Channel.MAIL: frozenset({Topic.WORK})}
    assert read(wish) == Choice("lee@hospital.cn", mail, 8, (22, 7), True)


def test_an_address_is_needed_for_mail_and_only_then() -> None:
    refused = read(Wish(topics=("mail:work",)))
    assert isinstance(refused, Refused)
    assert [(one.field, one.because) for one in refused.refusals] == [("address", NO_ADDRESS)]
    assert isinstance(read(Wish()), Choice)


@pytest.mark.parametrize(
    "address",
    ["lee", "lee@", "lee@x", "a b@x.cn", "lee@x.cn\nBcc: all@x.cn", "a@x.cn,b@x.cn", "<a@x.cn>"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    refused = read(Wish(address=address))
    assert isinstance(refused, Refused)
    assert refused.because == WRONG_ADDRESS


def test_every_problem_is_told_at_once() -> None:
    refused = read(Wish("lee", (), "24", "22", ""))
    assert isinstance(refused, Refused)
    assert refused.fields == ("address", "digest_hour", "quiet")


@pytest.mark.parametrize("ends", [("22", ""), ("", "7"), ("7", "7"), ("25", "7"), ("x", "7")])
def test_quiet_hours_have_two_ends(ends: tuple[str, str]) -> None:
    refused = read(Wish(quiet_from=ends[0], quiet_until=ends[1]))
    assert isinstance(refused, Refused)
    assert refused.fields == ("quiet",)
