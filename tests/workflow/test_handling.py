"""What is done with a task besides deciding it: who has it then, who is told, what is written down.

What each act means for the case is told by the stories in `tests/scenarios/semantics`.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.workflow.hospital import Hospital, edited, reasons, refused, with_posts
from workflow.nouns import Actor, Decision, TaskEnd, TaskKind
from workflow.people.organisation import Delegation
from workflow.ports.reading import InboxQuery
from workflow.refusals import Code
from workflow.service.deciding import Answer
from workflow.service.visibility import may_see

#: Amy asks; Dr Lee, Dr Ida, Fang and Wu vote; Ben may take the seat of whoever recuses themselves.
VOTE = """\
process: vote
version: 1
name: {zh: 表决, en: Vote}
summary: {zh: 委员会表决。, en: A committee votes.}
category: {zh: 物资, en: Materials}
number: BJ
title: '{note}'
open: {who: {role: clinician}}
form:
  note: {label: {zh: 说明, en: Note}, type: text}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true}
  voting:
    name: {zh: 表决中, en: Voting}
    panel:
      members: [{role: dept_head}, {role: finance_officer}, {role: vice_president}]
      pass: {ratio: 60}
      passed: pass
      failed: fail
    may: [transfer, recuse, add_before, add_after, add_beside, remove, ask, consult]
  buying: {name: {zh: 采购中, en: Buying}, may: [claim, transfer, consult]}
  done: {name: {zh: 完成, en: Done}, final: true}
  refused: {name: {zh: 不同意, en: Refused}, final: true}
actions:
  send: {name: {zh: 送签, en: Send}, from: draft, to: voting, who: applicant}
  agree: {name: {zh: 同意, en: Agree}, from: voting, vote: for, who: reviewer}
  object:
    name: {zh: 反对, en: Object}
    from: voting
    vote: against
    who: reviewer
    opinion: required
    tone: stop
  pass: {name: {zh: 通过, en: Pass}, from: voting, to: buying, who: system}
  fail: {name: {zh: 未通过, en: Fail}, from: voting, to: refused, who: system, tone: stop}
  buy: {name: {zh: 采购, en: Buy}, from: buying, to: done, who: {role: keeper}}
"""
IN_TURN = ("pass: {ratio: 60}", "pass: all\n      order: in_turn")
REPLACED = ("      passed: pass\n", "      replace: {role: clinician}\n      passed: pass\n")
#: Kim's colleague keeps the store too.
STORE = with_posts(("kai", "keeper", "store"))
MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def voting(hospital: Hospital) -> str:
    """The number of a case that is voted on."""
    number = hospital.opened("amy", "vote", note="设备")
    hospital.takes("amy", "send", number)
    return number


def bought(hospital: Hospital) -> str:
    """The number of a case that waits for the store."""
    number = voting(hospital)
    for who in ("lee", "ida", "fang"):
        hospital.takes(who, "agree", number)
    return number


def does(
    hospital: Hospital,
    who: str,
    act: str,
    number: str,
    target: str | None = None,
    words: str = "",
    acting_for: str | None = None,
    seen: int | None = None,
) -> Answer:
    """Somebody tries to do something with their task."""
    actor = Actor(who, who.title(), acting_for)
    key = hospital.key()
    decision = Decision(
        actor, f"task.{act}", hospital.now, key, {}, words, target=target, seen_version=seen
    )
    return hospital.hand_in(number, decision)


def done(
    hospital: Hospital, who: str, act: str, number: str, target: str = "", words: str = ""
) -> None:
    """Somebody does it without trouble."""
    answer = does(hospital, who, act, number, target, words)
    assert answer.refused is None, reasons(answer)


def inbox(hospital: Hospital, person: str) -> list[str]:
    """The steps at which work waits in somebody's inbox."""
    house = hospital.store.hospital()
    day = house.calendar.local_day(hospital.now)
    addresses = house.organisation.addresses_of(person, day)
    found = hospital.store.readings.inbox(InboxQuery(person, addresses)).rows
    return [row.task.step for row in found]


def sizes(hospital: Hospital, number: str) -> list[object]:
    """The sizes of the panel before and after, of the lines that tell of them."""
    return [line["members"] for line in hospital.lines(number) if "members" in line]


def ended(hospital: Hospital, number: str, person: str) -> list[str | None]:
    """How the tasks of somebody ended."""
    tasks = hospital.file(number).tasks
    return [task.closed_as for task in tasks if task.address.person == person]


class TestInTurn:
    def test_the_inbox_of_who_comes_later_is_empty_until_it_is_their_turn(self) -> None:
        hospital = Hospital(edited(VOTE, IN_TURN))
        number = voting(hospital)
        assert [inbox(hospital, who) for who in ("ida", "lee", "wu")] == [["voting"], [], []]

        hospital.takes("ida", "agree", number)

        assert [inbox(hospital, who) for who in ("ida", "lee", "wu")] == [[], ["voting"], []]

    def test_who_comes_too_early_is_told_whom_they_wait_for(self) -> None:
        hospital = Hospital(edited(VOTE, IN_TURN))
        number = voting(hospital)

        answer = hospital.decide("lee", "agree", number)

        assert reasons(answer) == ["Dr Ida has to be heard first; then it is your turn"]

    def test_whoever_asks_first_keeps_their_turn(self) -> None:
        hospital = Hospital(edited(VOTE, IN_TURN))
        number = voting(hospital)

        done(hospital, "ida", "ask", number, "sam")

        assert refused(hospital.decide("ida", "agree", number)).code is Code.CONDITION_NOT_MET
        assert refused(hospital.decide("lee", "agree", number)).code is Code.CONDITION_NOT_MET
        done(hospital, "sam", "answer", number, "", "可以")
        assert hospital.takes("ida", "agree", number) == "voting"


class TestPassingOn:
    def test_the_colleague_has_it_and_is_told(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)

        done(hospital, "lee", "transfer", number, "sam")

        assert (inbox(hospital, "lee"), inbox(hospital, "sam")) == ([], ["voting"])
        assert hospital.news("sam") == ("task.transfer",)
        assert ended(hospital, number, "lee") == [TaskEnd.TRANSFERRED]

    def test_who_passed_it_on_is_told_who_has_it(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)
        done(hospital, "lee", "transfer", number, "sam")

        answer = hospital.decide("lee", "agree", number)

        assert refused(answer).code is Code.NOT_PERMITTED
        assert reasons(answer) == ["This has been passed on to Sam"]

    def test_what_waited_for_a_post_is_decided_by_whoever_has_it_now_alone(self) -> None:
        hospital = Hospital(VOTE)
        number = bought(hospital)
        done(hospital, "kim", "transfer", number, "sam")

        assert refused(hospital.decide("kim", "buy", number)).code is Code.NOT_PERMITTED
        assert hospital.takes("sam", "buy", number) == "done"

    def test_who_passed_it_on_still_reads_the_case_and_others_do_not(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)
        done(hospital, "wu", "transfer", number, "sam")
        situation = hospital.situation(number)

        def sees(who: str) -> bool:
            return may_see(who, situation.scene, situation.definition, situation.tasks)

        assert (sees("wu"), sees("sam"), sees("kim")) == (True, True, True)

    def test_it_changes_no_size(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)

        done(hospital, "lee", "transfer", number, "sam")

        assert sizes(hospital, number) == []
        assert len(hospital.waiting(number)) == 4

    def test_not_to_who_sits_already_nor_to_who_asked(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)

        answers = [does(hospital, "lee", "transfer", number, who) for who in ("ida", "amy", "lee")]

        assert [reasons(answer) for answer in answers] == [
            ["Dr Ida has a task at this step already"],
            ["Amy filed this case or has signed another step of it, and may not decide on it"],
            ["You cannot choose yourself"],
        ]

    def test_not_to_who_has_voted(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)
        hospital.takes("ida", "agree", number)

        answer = does(hospital, "lee", "transfer", number, "ida")

        assert reasons(answer) == ["Dr Ida has a task at this step already"]

    def test_a_chain_has_an_end(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)
        for giver, taker in (("lee", "sam"), ("sam", "kim"), ("kim", "ben")):
            done(hospital, giver, "transfer", number, taker)

        answer = does(hospital, "ben", "transfer", number, "lee")

        assert refused(answer).code is Code.CONDITION_NOT_MET
        assert reasons(answer) == [
            "This task has been passed on 3 times and cannot be passed on again"
        ]

    def test_who_decides_on_an_old_page_is_told_that_somebody_acted(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)
        seen = hospital.case(number).version
        done(hospital, "lee", "transfer", number, "sam")

        answer = does(hospital, "ida", "transfer", number, "kim", seen=seen)

        assert refused(answer).code is Code.CONFLICT

    def test_a_delegate_has_the_task_that_was_passed_to_whom_they_stand_for(self) -> None:
        lent = Delegation("d1", "ida", "ben", *MARCH, ("dept_head",))
        hospital = Hospital(VOTE, delegations=(lent,))
        number = voting(hospital)

        hospital.stands_in("ben", "ida", "agree", number, "")

        closed = [task for task in hospital.file(number).tasks if task.closed_as == "agree"]
        assert [(task.closed_by, task.closed_for) for task in closed] == [("ben", "ida")]


class TestMembers:
    def test_the_size_before_and_after_is_written_down(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)

        done(hospital, "lee", "add_beside", number, "sam")
        done(hospital, "lee", "remove", number, "sam")
        done(hospital, "wu", "recuse", number, "", "亲属")

        assert sizes(hospital, number) == [[4, 5], [5, 4], [4, 3]]

    def test_a_replacement_keeps_the_size(self) -> None:
        hospital = Hospital(edited(VOTE, REPLACED))
        number = voting(hospital)

        done(hospital, "wu", "recuse", number, "", "亲属")

        assert sizes(hospital, number) == [[4, 4]]
        assert hospital.news("ben") == ("task.recuse",)

    def test_the_applicant_replaces_nobody(self) -> None:
        """Amy is a clinician too; only Ben takes a seat, and after him nobody."""
        hospital = Hospital(edited(VOTE, REPLACED))
        number = voting(hospital)
        done(hospital, "wu", "recuse", number, "", "亲属")

        done(hospital, "fang", "recuse", number, "", "亲属")

        assert sizes(hospital, number) == [[4, 4], [4, 3]]

    def test_who_recused_themselves_is_told_so(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)
        done(hospital, "wu", "recuse", number, "", "亲属")

        answer = hospital.decide("wu", "agree", number)

        assert refused(answer).code is Code.NOT_PERMITTED
        assert reasons(answer) == ["You have recused yourself from this step"]

    def test_who_was_removed_is_told_so(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)
        done(hospital, "lee", "add_beside", number, "sam")
        done(hospital, "lee", "remove", number, "sam")

        assert reasons(hospital.decide("sam", "agree", number)) == [
            "You are no longer a member of this step"
        ]

    def test_who_leaves_takes_along_whom_they_asked(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)
        done(hospital, "lee", "add_before", number, "sam")

        done(hospital, "lee", "recuse", number, "", "亲属")

        assert ended(hospital, number, "sam") == [TaskEnd.NOT_NEEDED]
        assert refused(does(hospital, "sam", "answer", number, None, "好")).code is (
            Code.NOT_PERMITTED
        )

    def test_who_comes_after_a_member_that_objects_is_not_needed(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)
        done(hospital, "lee", "add_after", number, "sam")

        assert hospital.takes("lee", "object", number, "太贵") == "voting"

        assert ended(hospital, number, "sam") == [TaskEnd.NOT_NEEDED]

    def test_who_comes_after_a_member_adds_no_vote(self) -> None:
        """Lee and Sam share a seat: with Ida's and Lee's, two of four seats are for it."""
        hospital = Hospital(VOTE)
        number = voting(hospital)
        done(hospital, "lee", "add_after", number, "sam")
        hospital.takes("lee", "agree", number)
        hospital.takes("ida", "agree", number)

        assert hospital.takes("sam", "agree", number) == "voting"
        assert hospital.takes("wu", "agree", number) == "buying"

    def test_who_replaces_one_who_comes_after_a_member_comes_after_them_too(self) -> None:
        hospital = Hospital(edited(VOTE, REPLACED))
        number = voting(hospital)
        done(hospital, "lee", "add_after", number, "sam")
        done(hospital, "sam", "recuse", number, "", "亲属")
        assert refused(hospital.decide("ben", "agree", number)).code is Code.CONDITION_NOT_MET

        hospital.takes("lee", "agree", number)

        assert hospital.can("ben", number) == {"agree", "object"}

    def test_a_stranger_is_told_who_votes(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)

        assert reasons(hospital.decide("kim", "agree", number)) == [
            "“Agree” is for: Department head, Finance officer, Vice president"
        ]


class TestTheResult:
    def test_who_was_not_heard_is_told_who_decided(self) -> None:
        hospital = Hospital(VOTE)
        number = bought(hospital)

        answer = hospital.decide("wu", "agree", number)

        assert refused(answer).code is Code.ALREADY_DECIDED
        assert reasons(answer) == ["Fang has decided; you are no longer needed here"]
        assert ended(hospital, number, "wu") == [TaskEnd.NOT_NEEDED]

    def test_also_when_the_case_has_ended_by_it(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)
        hospital.takes("lee", "object", number, "太贵")
        assert hospital.takes("ida", "object", number, "太贵") == "refused"

        answer = hospital.decide("wu", "agree", number)

        assert refused(answer).code is Code.CLOSED
        assert reasons(answer) == [
            "Dr Ida has decided and this case has ended; you are no longer needed"
        ]

    def test_those_who_are_still_asked_are_not_needed_either(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)
        done(hospital, "wu", "ask", number, "sam")

        for who in ("lee", "ida", "fang"):
            hospital.takes(who, "agree", number)

        assert ended(hospital, number, "sam") == [TaskEnd.NOT_NEEDED]

    def test_the_system_carries_it_out_in_a_line_of_its_own(self) -> None:
        hospital = Hospital(VOTE)
        number = bought(hospital)

        assert hospital.events(number)[-2:] == ("agree", "pass")
        assert hospital.entries(number)[-1].actor == "system"

    def test_nobody_else_does(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)

        for who in ("lee", "amy", "kim"):
            assert refused(hospital.decide(who, "pass", number)).code is Code.NOT_PERMITTED


class TestClaiming:
    def test_the_other_is_told_who_was_faster(self) -> None:
        hospital = Hospital(VOTE, people=STORE)
        number = bought(hospital)
        seen = hospital.case(number).version
        done(hospital, "kim", "claim", number)

        late = does(hospital, "kai", "claim", number, seen=seen)

        assert refused(late).code is Code.CONFLICT
        assert reasons(late) == ["Kim has claimed this; speak to them"]

    def test_it_is_in_the_inbox_of_both_and_decided_by_one(self) -> None:
        hospital = Hospital(VOTE, people=STORE)
        number = bought(hospital)
        done(hospital, "kim", "claim", number)

        assert refused(hospital.decide("kai", "buy", number)).code is Code.CONFLICT
        assert hospital.takes("kim", "buy", number) == "done"

    def test_what_waits_for_one_person_is_not_claimed(self) -> None:
        hospital = Hospital(VOTE, people=STORE)
        number = bought(hospital)
        done(hospital, "kim", "transfer", number, "sam")

        assert reasons(does(hospital, "sam", "claim", number)) == [
            "This task waits for you alone; there is nothing to claim"
        ]


class TestAsking:
    @pytest.mark.parametrize(
        ("act", "kind"),
        [("ask", TaskKind.ASKED), ("add_before", TaskKind.HELPER), ("consult", TaskKind.CONSULTED)],
    )
    def test_whoever_is_asked_reads_the_question_and_may_not_vote(
        self, act: str, kind: TaskKind
    ) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)

        done(hospital, "lee", act, number, "sam", "值得买吗")

        asked = [task for task in hospital.waiting(number) if task.address.person == "sam"]
        assert [(task.handling.kind, task.handling.subject) for task in asked] == [
            (kind, "值得买吗")
        ]
        assert hospital.can("sam", number) == set()
        assert refused(hospital.decide("sam", "agree", number)).code is Code.NOT_PERMITTED

    def test_whoever_asked_is_told_of_the_answer(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)
        done(hospital, "lee", "ask", number, "sam")

        done(hospital, "sam", "answer", number, "", "值得")

        assert hospital.news("lee")[-1] == "task.answer"
        assert hospital.lines(number)[-1]["opinion"] == "值得"

    def test_a_question_is_withdrawn_by_whoever_asked(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)
        done(hospital, "lee", "ask", number, "sam")

        assert refused(does(hospital, "ida", "remove", number, "sam")).code is (
            Code.CONDITION_NOT_MET
        )
        done(hospital, "lee", "remove", number, "sam")

        assert ended(hospital, number, "sam") == [TaskEnd.REMOVED]
        assert hospital.can("lee", number) == {"agree", "object"}

    def test_what_was_passed_on_is_not_withdrawn(self) -> None:
        """Sam has Wu's seat; Wu, who has another task, did not add him."""
        hospital = Hospital(VOTE)
        number = voting(hospital)
        done(hospital, "wu", "transfer", number, "sam")
        done(hospital, "lee", "transfer", number, "wu")

        assert refused(does(hospital, "wu", "remove", number, "sam")).code is (
            Code.CONDITION_NOT_MET
        )

    def test_an_answer_is_no_vote(self) -> None:
        hospital = Hospital(VOTE)
        number = voting(hospital)
        done(hospital, "lee", "ask", number, "sam")
        done(hospital, "sam", "answer", number, "", "不值得")

        assert len(hospital.waiting(number)) == 4


def test_a_refused_act_leaves_its_line_and_changes_nothing() -> None:
    hospital = Hospital(VOTE)
    number = voting(hospital)
    before = hospital.file(number)

    answer = does(hospital, "kim", "add_beside", number, "sam")

    assert refused(answer).code is Code.NOT_PERMITTED
    assert hospital.events(number)[-1] == "refused"
    assert hospital.file(number).tasks == before.tasks


def test_what_the_step_does_not_allow_is_refused_by_its_name() -> None:
    hospital = Hospital(VOTE)
    number = bought(hospital)

    assert reasons(does(hospital, "kim", "add_after", number, "sam")) == [
        "At “Buying” the definition does not allow “Have somebody decide after me”"
    ]
