"""A case goes back along its own history, and on again as its definition says."""

from __future__ import annotations

import pytest

from tests.workflow.hospital import Hospital, reasons, refused
from workflow.nouns import Actor, Decision
from workflow.refusals import Code
from workflow.service.deciding import Answer

#: Dr Lee, Fang and Wu decide one after the other.
CHAIN = """\
process: chain
version: 1
name: {zh: 三步, en: Chain}
summary: {zh: 三步审批。, en: Three steps.}
category: {zh: 物资, en: Materials}
number: SS
title: '{note}'
open: {who: {role: clinician}}
form:
  note: {label: {zh: 说明, en: Note}, type: text}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true}
  ward: {name: {zh: 科室, en: Ward}}
  store: {name: {zh: 库房, en: Store}}
  money: {name: {zh: 财务, en: Money}}
  leader: {name: {zh: 领导, en: Leader}}
  done: {name: {zh: 完成, en: Done}, final: true}
actions:
  send: {name: {zh: 送出, en: Send}, from: draft, to: ward, who: applicant}
  agree:
    name: {zh: 同意, en: Agree}
    from: ward
    to: money
    who: {role: dept_head, of: applicant.department}
  ask_store: {name: {zh: 问库房, en: Ask the store}, from: ward, to: store, who: reviewer}
  has: {name: {zh: 有货, en: In stock}, from: store, to: money, who: {role: keeper}}
  pay: {name: {zh: 付, en: Pay}, from: money, to: leader, who: {role: finance_officer}}
  finish: {name: {zh: 完成, en: Finish}, from: leader, to: done, who: {role: vice_president}}
  one_back:
    name: {zh: 退一步, en: One back}
    from: [money, leader]
    back: previous
    who: reviewer
    opinion: required
    tone: back
  back:
    name: {zh: 退回, en: Back}
    from: [money, leader]
    back: visited
    who: reviewer
    opinion: required
    tone: back
  mend:
    name: {zh: 补正, en: Mend}
    from: leader
    back: visited
    who: reviewer
    opinion: required
    tone: back
    resubmit: come_back
"""


def at_leader(hospital: Hospital) -> str:
    """The number of a case that waits for Wu."""
    number = hospital.opened("amy", "chain", note="设备")
    for who, action in (("amy", "send"), ("lee", "agree"), ("fang", "pay")):
        hospital.takes(who, action, number)
    return number


def goes(
    hospital: Hospital, who: str, action: str, number: str, target: str | None = None
) -> Answer:
    """Somebody sends a case back to a step."""
    decision = Decision(
        Actor(who, who), action, hospital.now, hospital.key(), opinion="重看", target=target
    )
    return hospital.hand_in(number, decision)


def test_one_step_back_is_where_it_came_from() -> None:
    hospital = Hospital(CHAIN)
    number = at_leader(hospital)

    assert goes(hospital, "wu", "one_back", number).state == "money"
    assert goes(hospital, "fang", "one_back", number).state == "ward"


def test_any_step_that_led_here_may_be_chosen() -> None:
    for step in ("draft", "ward", "money"):
        hospital = Hospital(CHAIN)
        number = at_leader(hospital)
        assert goes(hospital, "wu", "back", number, step).state == step


@pytest.mark.parametrize("forged", ["store", "leader", "done", "nowhere", "ward; --"])
def test_a_step_that_was_never_visited_is_refused(forged: str) -> None:
    hospital = Hospital(CHAIN)
    number = at_leader(hospital)
    answer = goes(hospital, "wu", "back", number, forged)

    assert refused(answer).code is Code.INVALID_FORM, reasons(answer)
    assert hospital.case(number).state == "leader"


def test_nobody_chooses_a_step_for_a_return_to_the_previous_one() -> None:
    hospital = Hospital(CHAIN)
    number = at_leader(hospital)

    assert refused(goes(hospital, "wu", "one_back", number, "ward")).code is Code.INVALID_FORM


def test_what_lay_beyond_a_return_is_not_behind_it() -> None:
    hospital = Hospital(CHAIN)
    number = at_leader(hospital)
    goes(hospital, "wu", "back", number, "money")

    assert refused(goes(hospital, "fang", "back", number, "leader")).code is Code.INVALID_FORM
    assert goes(hospital, "fang", "one_back", number).state == "ward"


def test_another_way_up_is_history_too() -> None:
    hospital = Hospital(CHAIN)
    number = at_leader(hospital)
    goes(hospital, "wu", "back", number, "ward")
    for who, action in (("lee", "ask_store"), ("kim", "has"), ("fang", "pay")):
        hospital.takes(who, action, number)

    assert goes(hospital, "wu", "back", number, "store").state == "store"


def test_it_comes_back_to_who_returned_it() -> None:
    hospital = Hospital(CHAIN)
    number = at_leader(hospital)
    goes(hospital, "wu", "mend", number, "ward")
    assert hospital.case(number).course.back_to == "leader"

    assert hospital.takes("lee", "agree", number) == "leader"
    assert hospital.case(number).course.back_to is None


def test_a_further_return_forgets_who_was_waiting() -> None:
    hospital = Hospital(CHAIN)
    number = at_leader(hospital)
    goes(hospital, "wu", "mend", number, "money")
    goes(hospital, "fang", "back", number, "ward")

    assert hospital.takes("lee", "agree", number) == "money"
