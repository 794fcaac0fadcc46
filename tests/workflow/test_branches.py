"""Branches side by side: each goes its own way, and they meet again; nothing is lost or doubled."""

from __future__ import annotations

from tests.workflow.hospital import Hospital, edited, reasons, refused, with_posts
from workflow import ledger
from workflow.nouns import Actor, Decision, TaskEnd
from workflow.refusals import Code

#: Lee's department and Fang's money are looked at side by side; then Wu approves.
SIDES = """\
process: sides
version: 1
name: {zh: 并行, en: Sides}
summary: {zh: 科室与财务并行。, en: Department and finance at once.}
category: {zh: 物资, en: Materials}
number: BX
title: '{note}'
open: {who: {role: clinician}}
form:
  note: {label: {zh: 说明, en: Note}, type: text}
  price: {label: {zh: 核价, en: Price}, type: text}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true}
  both:
    name: {zh: 两边, en: Both}
    parallel:
      regions:
        ward: {start: ward, done: [ward_done]}
        money: {start: money, done: [money_done]}
      then: joined
  ward: {name: {zh: 科室, en: Ward}, in: both.ward}
  ward_more: {name: {zh: 科室再看, en: Ward again}, in: both.ward}
  ward_done: {name: {zh: 科室已看, en: Ward done}, in: both.ward}
  money:
    name: {zh: 财务, en: Money}
    in: both.money
    edit: {who: {role: finance_officer}, fields: [price]}
  money_done: {name: {zh: 财务已看, en: Money done}, in: both.money}
  leader: {name: {zh: 领导, en: Leader}}
  done: {name: {zh: 完成, en: Done}, final: true}
actions:
  send: {name: {zh: 送出, en: Send}, from: draft, to: both, who: applicant}
  look:
    name: {zh: 看过, en: Looked}
    from: ward
    to: ward_more
    who: {role: dept_head}
    signs: true
  agree:
    name: {zh: 同意, en: Agree}
    from: ward_more
    to: ward_done
    who: {role: dept_head}
    signs: true
  again:
    name: {zh: 再看, en: Again}
    from: ward_more
    back: previous
    who: reviewer
    opinion: required
    tone: back
  pay:
    name: {zh: 付, en: Pay}
    from: money
    to: money_done
    who: {role: finance_officer}
    signs: true
  home:
    name: {zh: 退回, en: Home}
    from: [ward, money]
    to: draft
    who: reviewer
    opinion: required
    tone: back
    new_round: true
  joined: {name: {zh: 看完, en: Joined}, from: both, to: leader, who: system}
  finish:
    name: {zh: 完成, en: Finish}
    from: leader
    to: done
    who: {role: vice_president}
    signs: true
deadlines:
  money_time:
    name: {zh: 财务时限, en: Money's time}
    while: money
    length: {workdays: 1}
    overdue: true
    design_choice: true
"""


def sent(hospital: Hospital) -> str:
    """The number of a case with both branches open."""
    number = hospital.opened("amy", "sides", note="设备")
    hospital.takes("amy", "send", number)
    return number


def stands(hospital: Hospital, number: str) -> tuple[str, ...]:
    """Where the branches stand."""
    return tuple(one.state for one in hospital.case(number).course.branches.values())


def test_each_branch_moves_alone() -> None:
    hospital = Hospital(SIDES)
    number = sent(hospital)

    assert stands(hospital, number) == ("ward", "money")
    assert hospital.takes("lee", "look", number) == "both"
    assert stands(hospital, number) == ("ward_more", "money")
    assert hospital.waits_for(number) == ("r:finance_officer", "r:dept_head")


def test_they_join_when_all_are_done() -> None:
    hospital = Hospital(SIDES)
    number = sent(hospital)
    hospital.takes("lee", "look", number)
    hospital.takes("fang", "pay", number)

    assert hospital.takes("ida", "agree", number) == "leader"
    assert stands(hospital, number) == ()
    assert hospital.waits_for(number) == ("r:vice_president",)


def test_a_return_of_the_whole_case_closes_the_others_work_as_returned() -> None:
    hospital = Hospital(SIDES)
    number = sent(hospital)
    hospital.takes("fang", "home", number, "没有预算")

    ward = next(task for task in hospital.file(number).tasks if task.step == "ward")
    assert (ward.closed_as, ward.closed_by) == (TaskEnd.RETURNED, "fang")
    assert stands(hospital, number) == ()
    assert hospital.waits_for(number) == ("p:amy",)


def test_a_return_inside_a_branch_leaves_the_other_alone() -> None:
    hospital = Hospital(SIDES)
    number = sent(hospital)
    money = next(task for task in hospital.waiting(number) if task.step == "money")
    hospital.takes("lee", "look", number)
    hospital.takes("ida", "again", number, "再看")

    assert stands(hospital, number) == ("ward", "money")
    assert money.id in {task.id for task in hospital.waiting(number)}
    assert len(hospital.waiting(number)) == 2


def test_after_a_whole_return_every_branch_begins_anew() -> None:
    hospital = Hospital(SIDES)
    number = sent(hospital)
    hospital.takes("lee", "look", number)
    hospital.takes("fang", "home", number, "没有预算")
    hospital.takes("amy", "send", number)

    assert stands(hospital, number) == ("ward", "money")
    assert hospital.waits_for(number) == ("r:dept_head", "r:finance_officer")


def test_the_task_tells_the_branch_of_an_action_that_leaves_both() -> None:
    hospital = Hospital(SIDES, people=with_posts(("fang", "dept_head", "icu")))
    number = sent(hospital)
    money = next(task for task in hospital.waiting(number) if task.step == "money")
    decision = Decision(
        Actor("fang", "Fang"), "home", hospital.now, hospital.key(), opinion="退", task=money.id
    )
    hospital.hand_in(number, decision)

    closed = next(task for task in hospital.file(number).tasks if task.id == money.id)
    assert closed.closed_as == "home"


def test_without_a_task_it_is_the_branch_where_the_action_is_theirs() -> None:
    hospital = Hospital(SIDES)
    number = sent(hospital)

    assert hospital.takes("fang", "home", number, "没有预算") == "draft"


def test_who_signs_in_one_branch_does_not_sign_in_the_other() -> None:
    hospital = Hospital(SIDES, people=with_posts(("lee", "finance_officer", "finance")))
    number = sent(hospital)
    hospital.takes("lee", "look", number)

    money = next(task for task in hospital.waiting(number) if task.step == "money")
    assert "lee" in money.excluded
    answer = hospital.decide("lee", "pay", number)
    assert refused(answer).code is Code.SEPARATION_OF_DUTIES, reasons(answer)


def test_only_the_branch_of_a_clock_is_overdue() -> None:
    hospital = Hospital(SIDES)
    number = sent(hospital)
    hospital.wait(days=3)

    late = {task.step for task in hospital.waiting(number) if task.overdue}
    assert late == {"money"}


def test_an_act_in_one_branch_does_not_wind_the_clock_of_the_other() -> None:
    hospital = Hospital(SIDES)
    number = sent(hospital)
    due = hospital.clock(number, "money_time").due_at
    hospital.wait(hours=3)
    hospital.takes("lee", "look", number)

    assert hospital.clock(number, "money_time").due_at == due


def test_saving_is_for_whoever_may_edit_in_a_branch() -> None:
    hospital = Hospital(SIDES)
    number = sent(hospital)

    assert hospital.saves("fang", number, price="八千").refused is None
    assert refused(hospital.saves("lee", number, price="九千")).code is Code.NOT_PERMITTED
    assert hospital.case(number).form["price"] == "八千"
    assert stands(hospital, number) == ("ward", "money")


def test_a_page_from_before_the_other_branch_acted_writes_nothing_over() -> None:
    hospital = Hospital(SIDES)
    number = sent(hospital)
    seen = hospital.case(number).version
    hospital.takes("lee", "look", number)

    answer = hospital.decide("fang", "pay", number, seen=seen)
    assert refused(answer).code is Code.CONFLICT, reasons(answer)
    assert stands(hospital, number) == ("ward_more", "money")
    assert hospital.decide("fang", "pay", number, seen=seen + 1).refused is None


def test_any_one_branch_is_enough_where_the_definition_says_so() -> None:
    hospital = Hospital(
        edited(SIDES, ("      then: joined\n", "      join: any\n      then: joined\n"))
    )
    number = sent(hospital)

    assert hospital.takes("fang", "pay", number) == "leader"
    ward = next(task for task in hospital.file(number).tasks if task.step == "ward")
    assert ward.closed_as == TaskEnd.NOT_NEEDED


def test_the_ledger_alone_makes_the_branches_again() -> None:
    hospital = Hospital(SIDES)
    number = sent(hospital)
    hospital.wait(hours=1)
    hospital.takes("lee", "look", number)

    made = ledger.rebuild(entry.body for entry in hospital.entries(number))
    assert made.case.course == hospital.case(number).course
    assert made.case.state == "both"
