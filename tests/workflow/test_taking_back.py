"""拿回: one's own last decision is undone, exactly that one, and only while nobody has acted."""

from __future__ import annotations

from tests.workflow.hospital import Hospital, reasons, refused, with_posts
from workflow.design.definition import TAKE_BACK
from workflow.nouns import Actor, Decision, TaskEnd
from workflow.refusals import Code
from workflow.service.deciding import Answer

STEPS = """\
process: steps
version: 1
name: {zh: 两步, en: Steps}
summary: {zh: 两步审批，可以拿回。, en: Two steps that can be taken back.}
category: {zh: 物资, en: Materials}
number: LB
title: '{note}'
open: {who: {role: clinician}}
form:
  note: {label: {zh: 说明, en: Note}, type: text}
  price: {label: {zh: 核价, en: Price}, type: text}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true}
  signing: {name: {zh: 会签, en: Signing}, may: [take_back]}
  money: {name: {zh: 财务, en: Money}, may: {tools: [take_back, claim], seen_binds: true}}
  leader: {name: {zh: 领导, en: Leader}}
  done: {name: {zh: 完成, en: Done}, final: true}
actions:
  send: {name: {zh: 送出, en: Send}, from: draft, to: signing, who: applicant}
  sign:
    name: {zh: 会签, en: Sign}
    from: signing
    to: money
    who: [{role: dept_head, of: applicant.department}, {role: keeper}]
    all_sign: true
    signs: true
    fields: [price]
  pay:
    name: {zh: 付, en: Pay}
    from: money
    to: leader
    who: {role: finance_officer}
    signs: true
  finish:
    name: {zh: 完成, en: Finish}
    from: leader
    to: done
    who: {role: vice_president}
    signs: true
deadlines:
  sign_time:
    name: {zh: 会签时限, en: Time to sign}
    while: signing
    length: {workdays: 3}
    overdue: true
    design_choice: true
"""


def signed(hospital: Hospital) -> str:
    """The number of a case that Dr Lee and then Kim have signed."""
    number = hospital.opened("amy", "steps", note="设备")
    hospital.takes("amy", "send", number)
    hospital.wait(hours=1)
    hospital.takes("lee", "sign", number)
    hospital.wait(hours=1)
    hospital.takes("kim", "sign", number, price="八千")
    return number


def takes_back(hospital: Hospital, who: str, number: str, task: str | None = None) -> Answer:
    """Somebody takes their decision back."""
    decision = Decision(Actor(who, who), TAKE_BACK, hospital.now, hospital.key(), target=task)
    return hospital.hand_in(number, decision)


def test_it_stands_where_it_stood() -> None:
    hospital = Hospital(STEPS)
    number = hospital.opened("amy", "steps", note="设备")
    hospital.takes("amy", "send", number)
    hospital.wait(hours=1)
    hospital.takes("lee", "sign", number)
    before = hospital.case(number)
    due = hospital.clock(number, "sign_time").due_at
    hospital.wait(hours=1)
    hospital.takes("kim", "sign", number, price="八千")
    hospital.wait(hours=1)
    takes_back(hospital, "kim", number)

    after = hospital.case(number)
    assert (after.state, after.entered_at, after.round) == (
        before.state,
        before.entered_at,
        before.round,
    )
    assert after.form.get("price") is None
    assert hospital.clock(number, "sign_time").due_at == due
    assert hospital.clock(number, "sign_time").state == "running"


def test_only_the_undone_signature_is_asked_for_again() -> None:
    hospital = Hospital(STEPS)
    number = signed(hospital)
    takes_back(hospital, "kim", number)

    assert hospital.waits_for(number) == ("r:keeper",)
    assert hospital.takes("kim", "sign", number) == "money"


def test_the_next_steps_work_ends_as_taken_back() -> None:
    hospital = Hospital(STEPS)
    number = signed(hospital)
    takes_back(hospital, "kim", number)

    money = next(task for task in hospital.file(number).tasks if task.step == "money")
    assert (money.closed_as, money.closed_by) == (TaskEnd.TAKEN_BACK, "kim")
    assert refused(hospital.decide("fang", "pay", number)).code is Code.UNKNOWN_ACTION


def test_a_signature_among_several_is_taken_back_while_the_others_are_waited_for() -> None:
    hospital = Hospital(STEPS)
    number = hospital.opened("amy", "steps", note="设备")
    hospital.takes("amy", "send", number)
    hospital.takes("lee", "sign", number)
    assert takes_back(hospital, "lee", number).refused is None

    assert set(hospital.waits_for(number)) == {"r:dept_head@surgery", "r:keeper"}


def test_only_the_last_decision_is_undone() -> None:
    hospital = Hospital(STEPS)
    number = signed(hospital)

    assert refused(takes_back(hospital, "lee", number)).code is Code.CONDITION_NOT_MET
    assert refused(takes_back(hospital, "fang", number)).code is Code.NOT_PERMITTED


def test_it_names_exactly_the_decision_that_is_undone() -> None:
    hospital = Hospital(STEPS)
    number = signed(hospital)
    by_kim = next(task for task in hospital.file(number).tasks if task.closed_by == "kim")
    by_lee = next(task for task in hospital.file(number).tasks if task.closed_by == "lee")

    assert refused(takes_back(hospital, "kim", number, by_lee.id)).code is Code.INVALID_FORM
    assert takes_back(hospital, "kim", number, by_kim.id).refused is None
    assert hospital.lines(number)[-1]["target"] == by_kim.id


def test_it_is_not_undone_twice() -> None:
    hospital = Hospital(STEPS)
    number = signed(hospital)
    takes_back(hospital, "kim", number)

    assert refused(takes_back(hospital, "kim", number)).code is Code.NOT_PERMITTED


def test_a_colleague_of_the_same_post_does_not_undo_it() -> None:
    hospital = Hospital(STEPS, people=with_posts(("sam", "keeper", "store")))
    number = signed(hospital)

    assert refused(takes_back(hospital, "sam", number)).code is Code.NOT_PERMITTED


def test_nobody_undoes_it_once_the_work_is_claimed() -> None:
    hospital = Hospital(STEPS)
    number = signed(hospital)
    hospital.takes("fang", "task.claim", number)

    answer = takes_back(hospital, "kim", number)
    assert refused(answer).code is Code.CONDITION_NOT_MET, reasons(answer)


def test_a_look_binds_where_the_step_says_so_and_leaves_a_line() -> None:
    hospital = Hospital(STEPS)
    number = signed(hospital)
    assert refused(hospital.decide("fang", "view", number)).code is Code.CONDITION_NOT_MET
    hospital.takes("fang", "pay", number)
    version = hospital.case(number).version
    assert hospital.decide("wu", "view", number).refused is None

    assert hospital.events(number)[-1] == "view"
    assert hospital.case(number).version == version
    assert refused(takes_back(hospital, "fang", number)).code is Code.CONDITION_NOT_MET
    assert hospital.case(number).state == "leader"


def test_who_took_it_back_is_not_kept_from_another_step() -> None:
    hospital = Hospital(
        STEPS, people=with_posts(("sam", "keeper", "store"), ("kim", "finance_officer", "finance"))
    )
    number = signed(hospital)
    takes_back(hospital, "kim", number)
    hospital.takes("sam", "sign", number)

    assert hospital.takes("kim", "pay", number) == "leader"
