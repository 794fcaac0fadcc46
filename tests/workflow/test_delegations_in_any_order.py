"""A delegation holds, and its limits hold, in whatever order things happen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from tests.workflow.hospital import CAST, Hospital, refused, with_posts
from workflow.people.organisation import Delegation
from workflow.ports.house import SaveDelegation
from workflow.refusals import Code
from workflow.service.inboxes import Inboxes, InboxFilters

FROM_IDA = Delegation("g1", "ida", "ben", date(2026, 3, 2), date(2026, 3, 9))
FROM_LEE = replace(FROM_IDA, id="g2", principal="lee")
FROM_FANG = replace(FROM_IDA, id="g3", principal="fang")
ORDERS = ["before", "between", "after"]


def shown(hospital: Hospital, who: str, principal: str) -> list[str]:
    """What waits in the box of somebody who stands in."""
    box = Inboxes(hospital.store.readings, hospital.catalog)
    look = box.look(who, hospital.now, InboxFilters(acting_for=principal))
    assert sum(look.counts.values()) == look.work.total == look.principals[0].waiting
    return [row.case.number for row in look.work.rows]


def asked_with_grant(order: str, grant: Delegation, who: str) -> tuple[Hospital, str]:
    """A request that waits for its head, with the grant made at some moment."""
    hospital = Hospital()
    if order == "before":
        hospital.changes(SaveDelegation(grant))
    number = hospital.opened(who, thing="止血钳", price="300.00")
    if order == "between":
        hospital.changes(SaveDelegation(grant))
    hospital.takes(who, "submit", number)
    if order == "after":
        hospital.changes(SaveDelegation(grant))
    return hospital, number


@pytest.mark.parametrize("order", ORDERS)
def test_whenever_it_was_given_the_delegate_finds_the_work_and_signs(order: str) -> None:
    hospital, number = asked_with_grant(order, FROM_LEE, "amy")

    assert shown(hospital, "ben", "lee") == [number]
    assert hospital.stands_in("ben", "lee", "dept_sign", number, "代签") == "finance"
    line = hospital.lines(number)[-1]
    assert (line["actor"], line["for"], line["grant"]) == ("ben", "lee", "g2")


@pytest.mark.parametrize("order", ORDERS)
def test_whenever_it_was_given_nobody_signs_their_own_request_by_it(order: str) -> None:
    hospital, number = asked_with_grant(order, FROM_IDA, "ben")

    assert shown(hospital, "ben", "ida") == []
    answer = hospital.decide("ben", "dept_sign", number, "代签", acting_for="ida")
    assert refused(answer).code is Code.SEPARATION_OF_DUTIES


def lend_finance(hospital: Hospital, _: str) -> None:
    hospital.changes(SaveDelegation(FROM_FANG))


def lend_head(hospital: Hospital, _: str) -> None:
    hospital.changes(SaveDelegation(FROM_LEE))


def sign_for_lee(hospital: Hospital, number: str) -> None:
    """Ben signs for Lee if he may; else Lee does."""
    answer = hospital.decide("ben", "dept_sign", number, "代签", acting_for="lee")
    if answer.refused is not None:
        hospital.takes("lee", "dept_sign", number, "同意")


def test_one_signature_a_person_in_every_order_of_signing_and_lending() -> None:
    """Lee signs for the department, himself or through Ben; Fang lends finance to Ben."""
    steps: Sequence[Callable[[Hospital, str], None]] = (lend_finance, lend_head, sign_for_lee)
    for order in permutations(steps):
        hospital = Hospital()
        number = hospital.submitted()
        for step in order:
            step(hospital, number)
        signer = hospital.file(number).tasks[-2].closed_by

        answer = hospital.decide("ben", "finance_sign", number, "代签", acting_for="fang")

        assert (answer.refused is None) is (signer == "lee")
        if signer == "ben":
            assert refused(answer).code is Code.SEPARATION_OF_DUTIES
            assert shown(hospital, "ben", "fang") == []


@pytest.mark.parametrize(
    ("grant", "may"),
    [
        (replace(FROM_LEE, processes=("purchase",)), True),
        (replace(FROM_LEE, processes=("seated",)), False),
        (replace(FROM_LEE, max_amount=30_000), True),
        (replace(FROM_LEE, max_amount=29_999), False),
        (replace(FROM_LEE, processes=("purchase",), max_amount=30_000), True),
    ],
)
@pytest.mark.parametrize("order", ORDERS)
def test_what_is_out_of_reach_is_neither_shown_nor_signed(
    order: str, grant: Delegation, may: bool
) -> None:
    hospital, number = asked_with_grant(order, grant, "amy")

    assert shown(hospital, "ben", "lee") == ([number] if may else [])
    answer = hospital.decide("ben", "dept_sign", number, "代签", acting_for="lee")
    assert (answer.refused is None) is may


def test_of_two_that_go_against_one_another_the_first_holds() -> None:
    """Both are there, from before it was forbidden: whoever lent first is stood in for."""
    back = Delegation("g9", "ben", "lee", date(2026, 3, 1), date(2026, 3, 9))
    people = with_posts(("ben", "dept_head", "icu"))
    hospital = Hospital(people=people, delegations=[FROM_LEE, back])
    number = hospital.submitted()

    answer = hospital.decide("ben", "dept_sign", number, "代签", acting_for="lee")

    assert refused(answer).code is Code.NOT_PERMITTED
    assert len(CAST) == len(people)
