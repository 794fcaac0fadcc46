"""Whoever signs in one branch signs in no other: what waits for them there already goes on without
them, and nothing waits for ever.
"""

from __future__ import annotations

from collections.abc import Iterable

from tests.workflow.hospital import Hospital, edited, reasons, refused, with_posts
from workflow.nouns import Actor, Decision, TaskEnd
from workflow.people.organisation import Person
from workflow.refusals import Code
from workflow.running.handling import UNSEAT

#: The ward's heads and the money's people vote side by side; Lee may sit on both sides.
BOTH = """\
process: both-sides
version: 1
name: {zh: 两组, en: Both sides}
summary: {zh: 两组同时表决。, en: Two panels at once.}
category: {zh: 物资, en: Materials}
number: LZ
title: '{note}'
open: {who: {role: clinician}}
form:
  note: {label: {zh: 说明, en: Note}, type: text}
  named: {label: {zh: 指定, en: Named}, type: person}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true, edit: {who: applicant}}
  both:
    name: {zh: 两边, en: Both}
    parallel:
      regions:
        ward: {start: ward, done: [ward_done]}
        money: {start: money, done: [money_done]}
      then: joined
  ward:
    name: {zh: 科室会签, en: Ward}
    in: both.ward
    panel: {members: {role: dept_head}, on_no: gather, passed: ward_yes, failed: ward_no}
    may: [take_back]
  ward_done: {name: {zh: 科室已签, en: Ward done}, in: both.ward}
  money:
    name: {zh: 财务会签, en: Money}
    in: both.money
    panel: {members: {role: finance_officer}, on_no: gather, passed: money_yes, failed: money_no}
    may: [ask, add_after, transfer]
  money_done: {name: {zh: 财务已签, en: Money done}, in: both.money}
  done: {name: {zh: 完成, en: Done}, final: true}
  refused: {name: {zh: 不同意, en: Refused}, final: true}
actions:
  send: {name: {zh: 送签, en: Send}, from: draft, to: both, who: applicant}
  agree: {name: {zh: 同意, en: Agree}, from: [ward, money], vote: for, who: reviewer}
  object:
    name: {zh: 反对, en: Object}
    from: [ward, money]
    vote: against
    who: reviewer
    opinion: required
    tone: stop
  ward_yes: {name: {zh: 科室通过, en: Ward yes}, from: ward, to: ward_done, who: system}
  ward_no: {name: {zh: 科室不过, en: Ward no}, from: ward, to: refused, who: system, tone: stop}
  money_yes: {name: {zh: 财务通过, en: Money yes}, from: money, to: money_done, who: system}
  money_no: {name: {zh: 财务不过, en: Money no}, from: money, to: refused, who: system, tone: stop}
  joined: {name: {zh: 办结, en: Joined}, from: both, to: done, who: system}
"""
#: Nobody votes about the money: a post signs, or whom the form names.
ONE_SIGNS = edited(
    BOTH,
    (
        (
            "    panel: {members: {role: finance_officer}, on_no: gather, passed: money_yes, "
            "failed: money_no}\n    may: [ask, add_after, transfer]\n"
        ),
        "",
    ),
    ("from: [ward, money], vote: for", "from: ward, vote: for"),
    ("from: [ward, money]\n    vote: against", "from: ward\n    vote: against"),
    (
        "from: money, to: money_done, who: system",
        "from: money, to: money_done, who: WHO, signs: true",
    ),
    (
        "from: money, to: refused, who: system, tone: stop",
        "from: money, to: refused, who: reviewer, opinion: required, tone: stop",
    ),
)
LEE_TOO = (("lee", "finance_officer", "surgery"),)


def without(gone: str, people: Iterable[Person]) -> tuple[Person, ...]:
    """These people but one."""
    return tuple(person for person in people if person.id != gone)


def sent(hospital: Hospital, named: str | None = None) -> str:
    """The number of a case with both branches open."""
    number = hospital.opened("amy", "both-sides", note="设备", named=named)
    hospital.takes("amy", "send", number)
    return number


def at(hospital: Hospital, number: str, step: str) -> list[str]:
    """For whom a step waits."""
    return [task.address.key for task in hospital.waiting(number) if task.step == step]


def votes_in_the_ward(hospital: Hospital, number: str, who: str = "lee") -> None:
    """Somebody votes in the first branch."""
    task = next(
        task
        for task in hospital.waiting(number)
        if task.step == "ward" and task.address.person == who
    )
    actor = Actor(who, who.title())
    answer = hospital.hand_in(
        number, Decision(actor, "agree", hospital.now, hospital.key(), task=task.id)
    )
    assert answer.refused is None, reasons(answer)


def test_a_seat_in_another_branch_is_freed_and_the_panel_goes_on_without_it() -> None:
    hospital = Hospital(BOTH, people=with_posts(*LEE_TOO))
    number = sent(hospital)
    assert sorted(at(hospital, number, "money")) == ["p:fang", "p:lee"]

    votes_in_the_ward(hospital, number)

    assert at(hospital, number, "money") == ["p:fang"]
    line = hospital.lines(number)[-1]
    assert (line["event"], line["actor"], line["branch"]) == (UNSEAT, "system", "money")
    assert (line["target"], line["members"]) == ("lee", [2, 1])
    assert [one["as"] for one in line["closed"]] == [TaskEnd.SIGNED_ELSEWHERE]


def test_the_others_vote_is_enough_then() -> None:
    hospital = Hospital(BOTH, people=with_posts(*LEE_TOO))
    number = sent(hospital)
    hospital.takes("fang", "agree", number)
    assert hospital.case(number).course.branches["money"].state == "money"

    votes_in_the_ward(hospital, number)

    assert hospital.case(number).course.branches["money"].state == "money_done"


def test_whoever_has_left_a_seat_so_is_told_where_they_signed() -> None:
    hospital = Hospital(BOTH, people=with_posts(*LEE_TOO))
    number = sent(hospital)
    task = next(
        t for t in hospital.waiting(number) if t.address.key == "p:lee" and t.step == "money"
    )
    votes_in_the_ward(hospital, number)

    decision = Decision(Actor("lee", "Lee"), "agree", hospital.now, hospital.key(), task=task.id)
    answer = hospital.hand_in(number, decision)
    assert refused(answer).code is Code.SEPARATION_OF_DUTIES
    assert "科室会签" in refused(answer).because.zh


def test_a_replacement_takes_the_seat_where_there_is_one() -> None:
    text = edited(BOTH, ("passed: money_yes", "replace: {role: vice_president}, passed: money_yes"))
    hospital = Hospital(text, people=with_posts(*LEE_TOO))
    number = sent(hospital)
    votes_in_the_ward(hospital, number)

    assert sorted(at(hospital, number, "money")) == ["p:fang", "p:wu"]
    assert hospital.lines(number)[-1]["members"] == [2, 2]
    assert hospital.takes("fang", "agree", number) == "both"
    hospital.takes("wu", "agree", number)
    assert hospital.case(number).course.branches["money"].state == "money_done"


def test_the_policy_for_an_empty_chair_says_who_sits_in_it() -> None:
    seat = "{role: keeper, if_empty: {role: vice_president}}"
    text = edited(
        BOTH, ("members: {role: finance_officer}", f"members: [{{role: finance_officer}}, {seat}]")
    )
    people = without("kim", with_posts(("lee", "keeper", "surgery")))
    hospital = Hospital(text, people=people)
    number = sent(hospital)
    assert sorted(at(hospital, number, "money")) == ["p:fang", "p:lee"]
    votes_in_the_ward(hospital, number)

    assert sorted(at(hospital, number, "money")) == ["p:fang", "p:wu"]


def test_where_nobody_else_sits_the_post_is_waited_for_and_never_skipped() -> None:
    hospital = Hospital(BOTH, people=without("fang", with_posts(*LEE_TOO)))
    number = sent(hospital)
    votes_in_the_ward(hospital, number)

    assert at(hospital, number, "money") == ["r:finance_officer"]
    assert hospital.case(number).course.branches["money"].state == "money"


def test_the_work_of_a_post_goes_where_the_policy_for_an_empty_chair_says() -> None:
    who = "{role: finance_officer, if_empty: {role: vice_president}}"
    hospital = Hospital(ONE_SIGNS.replace("WHO", who), people=without("fang", with_posts(*LEE_TOO)))
    number = sent(hospital)
    assert at(hospital, number, "money") == ["r:finance_officer"]
    votes_in_the_ward(hospital, number)

    assert at(hospital, number, "money") == ["r:vice_president"]
    (work,) = [one for one in hospital.waiting(number) if one.step == "money"]
    assert (work.handling.because, work.handling.meant) == ("excluded", "r:finance_officer")
    hospital.takes("wu", "money_yes", number)
    assert hospital.case(number).course.branches["money"].state == "money_done"


def test_without_such_a_policy_the_work_of_a_post_stays_where_it_is() -> None:
    text = ONE_SIGNS.replace("WHO", "{role: finance_officer}")
    hospital = Hospital(text, people=without("fang", with_posts(*LEE_TOO)))
    number = sent(hospital)
    votes_in_the_ward(hospital, number)

    assert at(hospital, number, "money") == ["r:finance_officer"]
    assert hospital.lines(number)[-1]["event"] == "agree"


def test_whom_the_form_names_is_waited_for_no_more() -> None:
    hospital = Hospital(ONE_SIGNS.replace("WHO", "{person: form.named}"))
    number = sent(hospital, "lee")
    assert at(hospital, number, "money") == ["p:lee"]
    votes_in_the_ward(hospital, number)

    assert at(hospital, number, "money") == ["r:admin"]
    (work,) = [one for one in hospital.waiting(number) if one.step == "money"]
    assert (work.handling.because, work.handling.meant) == ("excluded", "p:lee")


def test_or_whoever_the_definition_names_instead_is() -> None:
    who = "{person: form.named, if_empty: {role: finance_officer}}"
    hospital = Hospital(ONE_SIGNS.replace("WHO", who))
    number = sent(hospital, "lee")
    votes_in_the_ward(hospital, number)

    assert at(hospital, number, "money") == ["r:finance_officer"]
    hospital.takes("fang", "money_yes", number)
    assert hospital.case(number).course.branches["money"].state == "money_done"


def test_of_several_who_were_asked_by_name_the_others_are_enough() -> None:
    who = "{role: finance_officer, holders: at_opening}"
    hospital = Hospital(ONE_SIGNS.replace("WHO", who), people=with_posts(*LEE_TOO))
    number = sent(hospital)
    assert sorted(at(hospital, number, "money")) == ["p:fang", "p:lee"]
    votes_in_the_ward(hospital, number)

    assert at(hospital, number, "money") == ["p:fang"]
    hospital.takes("fang", "money_yes", number)


def test_what_they_have_claimed_is_free_again_for_the_others() -> None:
    text = ONE_SIGNS.replace("WHO", "{role: finance_officer}")
    claimed = edited(text, ("    in: both.money\n", "    in: both.money\n    may: [claim]\n"))
    hospital = Hospital(claimed, people=with_posts(*LEE_TOO))
    number = sent(hospital)
    work = next(task for task in hospital.waiting(number) if task.step == "money")
    claim = Decision(Actor("lee", "Lee"), "task.claim", hospital.now, hospital.key(), task=work.id)
    assert hospital.hand_in(number, claim).refused is None
    assert hospital.decide("fang", "money_yes", number).refused is not None
    votes_in_the_ward(hospital, number)

    hospital.takes("fang", "money_yes", number)
    assert hospital.case(number).course.branches["money"].state == "money_done"


def test_whom_they_have_asked_is_asked_no_more_and_whoever_follows_them_follows_the_next() -> None:
    text = edited(BOTH, ("passed: money_yes", "replace: {role: vice_president}, passed: money_yes"))
    hospital = Hospital(text, people=with_posts(*LEE_TOO))
    number = sent(hospital)
    seat = next(
        t for t in hospital.waiting(number) if t.address.key == "p:lee" and t.step == "money"
    )
    for act, whom in (("task.add_after", "kim"), ("task.ask", "sam")):
        decision = Decision(
            Actor("lee", "Lee"),
            act,
            hospital.now,
            hospital.key(),
            {},
            "请看",
            target=whom,
            task=seat.id,
        )
        assert hospital.hand_in(number, decision).refused is None
    votes_in_the_ward(hospital, number)

    assert sorted(at(hospital, number, "money")) == ["p:fang", "p:kim", "p:wu"]
    hospital.takes("fang", "agree", number)
    hospital.takes("wu", "agree", number)
    assert hospital.case(number).course.branches["money"].state == "money"
    hospital.takes("kim", "agree", number)
    assert hospital.case(number).course.branches["money"].state == "money_done"


def test_in_turn_it_is_the_next_ones_turn() -> None:
    text = edited(BOTH, ("on_no: gather, passed: money_yes", "order: in_turn, passed: money_yes"))
    hospital = Hospital(text, people=with_posts(*LEE_TOO))
    number = sent(hospital)
    held = {t.address.key for t in hospital.waiting(number) if t.handling.held}
    assert len(held) == 1
    votes_in_the_ward(hospital, number)

    assert at(hospital, number, "money") == ["p:fang"]
    assert not any(t.handling.held for t in hospital.waiting(number))


def test_who_agrees_to_everything_once_agrees_here_automatically_and_leaves_no_seat() -> None:
    text = edited(BOTH, ("title: '{note}'", "title: '{note}'\nsame_approver: all"))
    hospital = Hospital(text, people=with_posts(*LEE_TOO))
    number = sent(hospital)
    votes_in_the_ward(hospital, number)

    assert UNSEAT not in [line["event"] for line in hospital.lines(number)]
    last = hospital.lines(number)[-1]
    assert (last["event"], last["actor"], last["for"]) == ("agree", "system", "lee")


def test_a_vote_taken_back_gives_no_seat_back() -> None:
    hospital = Hospital(BOTH, people=with_posts(*LEE_TOO))
    number = sent(hospital)
    votes_in_the_ward(hospital, number)
    assert hospital.decide("lee", "task.take_back", number).refused is None

    assert at(hospital, number, "money") == ["p:fang"]
    assert sorted(at(hospital, number, "ward")) == ["p:ida", "p:lee"]
    votes_in_the_ward(hospital, number)
    assert at(hospital, number, "money") == ["p:fang"]


def test_nobody_unseats_a_colleague() -> None:
    hospital = Hospital(BOTH, people=with_posts(*LEE_TOO))
    number = sent(hospital)

    answer = hospital.decide("wu", UNSEAT, number)
    assert refused(answer).code is Code.UNKNOWN_ACTION, reasons(answer)
    assert sorted(at(hospital, number, "money")) == ["p:fang", "p:lee"]


def test_an_act_without_a_named_task_is_about_the_one_that_allows_it() -> None:
    hospital = Hospital(BOTH, people=with_posts(*LEE_TOO))
    number = sent(hospital)
    assert "p:lee" in at(hospital, number, "ward")

    act = Decision(
        Actor("lee", "Lee"), "task.ask", hospital.now, hospital.key(), {}, "合适吗", target="wu"
    )
    answer = hospital.hand_in(number, act)

    assert answer.refused is None, reasons(answer)
    assert "p:wu" in at(hospital, number, "money")


def test_where_no_task_of_theirs_allows_an_act_the_step_is_named() -> None:
    hospital = Hospital(BOTH, people=with_posts(*LEE_TOO))
    number = sent(hospital)

    act = Decision(
        Actor("lee", "Lee"), "task.consult", hospital.now, hospital.key(), {}, "看看", target="wu"
    )

    assert "Ward" in reasons(hospital.hand_in(number, act))[0]
