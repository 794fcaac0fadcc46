"""A reviewer sends a request back: this round's signatures are void, and all is signed anew."""

from __future__ import annotations

import pytest

from tests.workflow.hospital import PURCHASE, Hospital, edited, reasons, refused
from workflow.refusals import Code

FACTS = """\
  finance_signed: {history: finance_sign, gives: count}
  heads: {history: dept_sign, gives: actors}
states:
"""
WU = """\
    who: {role: vice_president}
    signs: true
    opinion: required
"""
IN_FULL = """\
    conditions:
      - when: facts.finance_signed == 1 && size(facts.heads) == 1
        otherwise: {zh: 本轮签署不全, en: This round is not signed in full}
"""
#: Wu approves only what finance and the department have signed in this round.
COUNTING = edited(PURCHASE, ("states:\n", FACTS), (WU, WU + IN_FULL))


def returned(hospital: Hospital, by: str = "fang") -> str:
    """The number of a request that came back to Amy from the step of finance."""
    request = hospital.submitted()
    hospital.takes("lee", "dept_sign", request, "同意")
    hospital.takes(by, "return_it", request, "请写明规格")
    return request


def test_the_request_is_amys_again() -> None:
    hospital = Hospital()

    request = returned(hospital)

    assert hospital.case(request).state == "draft"
    assert hospital.waits_for(request) == ("p:amy",)
    assert hospital.news("amy") == ("return_it",)
    assert hospital.saves("amy", request, thing="止血钳 14cm").refused is None


def test_a_new_round_begins() -> None:
    hospital = Hospital()
    request = returned(hospital)
    assert hospital.case(request).round == 2

    hospital.takes("amy", "submit", request)

    (task,) = hospital.waiting(request)
    assert (task.round, hospital.case(request).round) == (2, 2)


def test_the_case_keeps_its_number_its_form_and_what_was_said() -> None:
    hospital = Hospital()

    request = returned(hospital)

    form = hospital.case(request).form
    assert (form["thing"], form["price"], form["dept_opinion"]) == ("止血钳", 30000, "同意")
    assert hospital.lines(request)[-1]["opinion"] == "请写明规格"


def test_signatures_of_the_earlier_round_do_not_count() -> None:
    hospital = Hospital(COUNTING)
    request = hospital.submitted()
    hospital.takes("lee", "dept_sign", request, "同意")
    hospital.takes("fang", "finance_sign", request, "同意")
    hospital.takes("wu", "return_it", request, "请写明规格")
    hospital.takes("amy", "submit", request)
    hospital.takes("lee", "dept_sign", request, "同意")
    hospital.takes("fang", "finance_sign", request, "同意")

    # One signature of finance in this round, though there are two in all.
    assert hospital.takes("wu", "approve", request, "同意") == "approved"
    assert [line["facts"].get("finance_signed") for line in hospital.lines(request)][-1] == 1


def test_everybody_signs_again() -> None:
    hospital = Hospital()
    request = returned(hospital)
    hospital.takes("amy", "submit", request)

    not_yet = hospital.decide("fang", "finance_sign", request, "同意")

    assert refused(not_yet).code is Code.UNKNOWN_ACTION
    assert hospital.takes("lee", "dept_sign", request, "再次同意") == "finance"
    assert hospital.case(request).form["dept_opinion"] == "再次同意"
    assert hospital.takes("fang", "finance_sign", request, "同意") == "leader"


def test_having_decided_in_an_earlier_round_is_not_having_decided() -> None:
    hospital = Hospital()
    request = returned(hospital)

    answer = hospital.decide("lee", "dept_sign", request, "同意")

    # In the round that is over Lee did decide; in this one it is simply not his turn.
    assert refused(answer).code is Code.UNKNOWN_ACTION
    assert reasons(answer) == [
        "The case is at “Draft”; “Sign for the department” cannot be taken now"
    ]


@pytest.mark.parametrize("opinion", ["", "   ", "\n"])
def test_a_return_needs_a_reason(opinion: str) -> None:
    hospital = Hospital()
    request = hospital.submitted()

    answer = hospital.decide("lee", "return_it", request, opinion)

    assert refused(answer).code is Code.OPINION_REQUIRED
    assert reasons(answer) == ["Please give the reason: a return or refusal needs one"]
    assert hospital.case(request).round == 1


@pytest.mark.parametrize("who", ["amy", "ida", "fang", "wu", "sam"])
def test_only_the_reviewer_of_the_step_returns(who: str) -> None:
    hospital = Hospital()
    request = hospital.submitted()

    assert refused(hospital.decide(who, "return_it", request, "理由")).code is Code.NOT_PERMITTED


def test_a_case_may_come_back_more_than_once() -> None:
    hospital = Hospital()
    request = hospital.submitted()
    for expected in (2, 3, 4):
        hospital.takes("lee", "return_it", request, "还不够清楚")
        assert hospital.case(request).round == expected
        hospital.takes("amy", "submit", request)

    for who, action in (("lee", "dept_sign"), ("fang", "finance_sign"), ("wu", "approve")):
        hospital.takes(who, action, request, "同意")

    assert hospital.case(request).state == "approved"


def test_amy_may_give_up_instead() -> None:
    hospital = Hospital()
    request = returned(hospital)

    assert hospital.takes("amy", "withdraw", request) == "withdrawn"


def test_a_rule_that_the_form_broke_meanwhile_is_asked_again() -> None:
    hospital = Hospital()
    request = returned(hospital)
    other = hospital.submitted()
    for who, action in (("lee", "dept_sign"), ("fang", "finance_sign"), ("wu", "approve")):
        hospital.takes(who, action, other, "同意")

    answer = hospital.decide("amy", "submit", request)

    assert refused(answer).code is Code.CONDITION_NOT_MET
