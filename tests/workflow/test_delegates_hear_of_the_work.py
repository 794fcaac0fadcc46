"""Whoever stands in for somebody hears of what they may do for them, and of nothing else.

Dr Lee is away from Tuesday to Thursday; Ben stands in for him. Amy asks.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.workflow.hospital import Hospital, local
from tests.workflow.post import Post, mailed
from workflow.people.organisation import Delegation
from workflow.ports.house import RemoveDelegation

AWAY = Delegation("d1", "lee", "ben", date(2026, 3, 3), date(2026, 3, 5))


def away(grant: Delegation = AWAY) -> Hospital:
    """The hospital on the second day that Dr Lee is away."""
    hospital = Hospital(delegations=[grant])
    hospital.wait_until(local("2026-03-04 10:00"))
    return hospital


def test_a_delegate_is_told_what_waits_for_their_principal() -> None:
    hospital = away()
    post = Post(hospital)
    post.noticing.choose("ben", mailed("ben@hospital.cn"))
    number = hospital.submitted()
    post.goes_out()
    assert hospital.news("ben") == ("submit",)
    assert {letter.to for letter in post.mail.letters} == {"lee@hospital.cn", "ben@hospital.cn"}
    assert hospital.stands_in("ben", "lee", "dept_sign", number, "代签") == "finance"


def test_looking_twice_tells_them_once() -> None:
    hospital = away()
    post = Post(hospital)
    hospital.submitted()
    post.goes_out()
    post.goes_out()
    assert hospital.news("ben") == ("submit",)


@pytest.mark.parametrize(
    "grant",
    [
        replace(AWAY, end=date(2026, 3, 3)),
        replace(AWAY, roles=("finance_officer",)),
        replace(AWAY, processes=("leave",)),
        replace(AWAY, max_amount=1),
        replace(AWAY, principal="fang"),
    ],
    ids=["over", "another role", "another process", "a smaller sum", "another's work"],
)
def test_what_was_not_lent_is_no_news(grant: Delegation) -> None:
    hospital = away(grant)
    hospital.submitted()
    Post(hospital).goes_out()
    assert hospital.news("ben") == ()


def test_who_is_barred_from_the_decision_is_not_called_to_it() -> None:
    hospital = away(replace(AWAY, delegate="amy"))
    hospital.submitted()
    Post(hospital).goes_out()
    assert hospital.news("amy") == ()


def test_what_is_done_or_no_longer_lent_calls_nobody() -> None:
    hospital = away()
    hospital.takes("lee", "dept_sign", hospital.submitted(), "我在")
    hospital.submitted()
    hospital.changes(RemoveDelegation(AWAY.id))
    Post(hospital).goes_out()
    assert hospital.news("ben") == ()
