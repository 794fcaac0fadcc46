"""Administrators move work, extend, suspend, resume and end cases: by two, deciding nothing."""

from __future__ import annotations

import pytest

from tests.workflow.hospital import CAST, Hospital, edited, reasons, refused, small_register
from workflow.nouns import Actor, Decision, TaskEnd
from workflow.people.organisation import Person, Post
from workflow.ports.house import Deed, SavePerson
from workflow.refusals import Code, Refused
from workflow.service.bundles import examine
from workflow.service.deciding import Answer
from workflow.service.leaving import Leavers, Moved

ADMIN = Post("admin", "store")
PEOPLE = (
    *CAST,
    Person("ann", "Ann", "store", (ADMIN,)),
    Person("bob", "Bob", "store", (ADMIN,)),
)

#: The boss whom the form names, then Wu; there is a week for it.
NAMED = """\
process: named
version: 1
name: {zh: 指名审批, en: Named}
summary: {zh: 指名的人审批。, en: Somebody by name decides.}
category: {zh: 物资, en: Materials}
number: ZM
title: '{note}'
open: {who: {role: clinician}}
form:
  note: {label: {zh: 说明, en: Note}, type: text}
  boss: {label: {zh: 负责人, en: Boss}, type: person, required: send}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true}
  review: {name: {zh: 审批, en: Review}}
  leader: {name: {zh: 领导, en: Leader}}
  done: {name: {zh: 完成, en: Done}, final: true}
actions:
  send: {name: {zh: 送出, en: Send}, from: draft, to: review, who: applicant}
  agree: {name: {zh: 同意, en: Agree}, from: review, to: leader, who: {person: form.boss}}
  finish: {name: {zh: 完成, en: Finish}, from: leader, to: done, who: {role: vice_president}}
deadlines:
  time:
    name: {zh: 时限, en: Time}
    while: [review, leader]
    from: date("2026-03-02")
    length: {days: 7}
    overdue: true
    design_choice: true
"""


def hospital_of(text: str = NAMED) -> Hospital:
    """A hospital with two administrators, Ann and Bob."""
    return Hospital(text, people=PEOPLE)


def sent(hospital: Hospital, boss: str = "lee") -> str:
    """The number of a case that waits for somebody by name."""
    number = hospital.opened("amy", "named", note="设备")
    hospital.takes("amy", "send", number, boss=boss)
    return number


def asks(
    hospital: Hospital,
    who: str,
    act: str,
    number: str,
    target: str | None = None,
    reason: str = "调岗",
    **answers: object,
) -> Answer:
    """An administrator asks for an act."""
    decision = Decision(
        Actor(who, who), act, hospital.now, hospital.key(), answers, reason, target=target
    )
    return hospital.hand_in(number, decision)


def both(
    hospital: Hospital, act: str, number: str, target: str | None = None, **answers: object
) -> Answer:
    """Ann proposes, Bob agrees."""
    proposed = asks(hospital, "ann", act, number, target, "调岗", **answers)
    assert proposed.refused is None, reasons(proposed)
    return asks(hospital, "bob", "case.agree", number)


def code(answer: Answer) -> Code:
    """Why an act was refused."""
    return refused(answer).code


def test_one_administrator_only_proposes() -> None:
    hospital = hospital_of()
    number = sent(hospital)
    asks(hospital, "ann", "task.reroute", number, "ida")

    assert hospital.waits_for(number) == ("p:lee",)
    proposed = hospital.case(number).course.proposed
    assert proposed is not None
    assert (proposed.act, proposed.by, proposed.target) == ("task.reroute", "ann", "ida")
    assert code(asks(hospital, "ann", "case.agree", number)) is Code.SEPARATION_OF_DUTIES


def test_a_second_one_carries_it_out_and_both_are_named() -> None:
    hospital = hospital_of()
    number = sent(hospital)
    both(hospital, "task.reroute", number, "ida")

    line = hospital.lines(number)[-1]
    assert (line["event"], line["actor"], line["proposed_by"]) == ("task.reroute", "bob", "ann")
    assert hospital.waits_for(number) == ("p:ida",)
    assert hospital.case(number).course.proposed is None
    assert code(hospital.decide("lee", "agree", number)) is Code.NOT_PERMITTED
    assert hospital.takes("ida", "agree", number) == "leader"


def test_a_proposal_lapses_when_somebody_decides() -> None:
    hospital = hospital_of()
    number = sent(hospital)
    asks(hospital, "ann", "case.cancel", number)
    hospital.takes("lee", "agree", number)

    assert code(asks(hospital, "bob", "case.agree", number)) is Code.CONDITION_NOT_MET
    assert hospital.case(number).closed_at is None


def test_nobody_but_administrators_and_never_without_a_reason() -> None:
    hospital = hospital_of()
    number = sent(hospital)

    for who in ("amy", "lee", "wu", "sam"):
        assert code(asks(hospital, who, "case.cancel", number)) is Code.NOT_PERMITTED
    assert code(asks(hospital, "ann", "case.cancel", number, reason=" ")) is (Code.OPINION_REQUIRED)
    assert code(hospital.decide("ann", "agree", number)) is Code.NOT_PERMITTED


def test_work_goes_to_nobody_who_may_not_decide_it() -> None:
    hospital = hospital_of()
    number = sent(hospital)

    for target in ("amy", "nobody", "lee", "", "admin", "dept_head@kitchen", "ann", "bob"):
        answer = asks(hospital, "ann", "task.reroute", number, target)
        assert code(answer) is Code.INVALID_FORM, target


def test_work_goes_to_a_post() -> None:
    hospital = hospital_of()
    number = sent(hospital)
    both(hospital, "task.reroute", number, "dept_head@icu")

    assert hospital.waits_for(number) == ("r:dept_head@icu",)
    assert code(hospital.decide("lee", "agree", number)) is Code.NOT_PERMITTED
    assert hospital.takes("ida", "agree", number) == "leader"


def test_a_deadline_that_was_put_off_stays_so() -> None:
    hospital = hospital_of()
    number = sent(hospital)
    due = hospital.clock(number, "time").due_at
    both(hospital, "case.extend", number, days=5)
    extended = hospital.clock(number, "time").due_at
    hospital.takes("lee", "agree", number)

    assert (extended - due).days == 5
    assert hospital.clock(number, "time").due_at == extended
    assert hospital.waiting(number)[0].due_at == extended


def test_a_deadline_is_never_shortened() -> None:
    hospital = hospital_of()
    number = sent(hospital)

    for answers in ({"days": -1}, {"days": "x"}, {"until": "2026-03-03"}, {"until": "soon"}, {}):
        answer = asks(hospital, "ann", "case.extend", number, **answers)
        assert code(answer) is Code.INVALID_FORM, answers


def test_a_suspended_case_stands_still_until_it_is_resumed() -> None:
    hospital = hospital_of()
    number = sent(hospital)
    due = hospital.clock(number, "time").due_at
    both(hospital, "case.suspend", number)
    assert hospital.clock(number, "time").state == "paused"
    assert code(hospital.decide("lee", "agree", number)) is Code.CONDITION_NOT_MET
    assert hospital.wait(days=30) == 0
    both(hospital, "case.resume", number)

    assert hospital.clock(number, "time").due_at > due
    assert hospital.takes("lee", "agree", number) == "leader"


def test_a_cancelled_case_has_ended_where_it_stood() -> None:
    hospital = hospital_of()
    number = sent(hospital)
    both(hospital, "case.cancel", number)

    case = hospital.case(number)
    assert (case.state, case.course.cancelled) == ("review", "调岗")
    assert case.closed_at == hospital.now
    assert hospital.file(number).tasks[-1].closed_as == TaskEnd.CANCELLED
    assert hospital.clock(number, "time").state == "stopped"
    assert code(hospital.decide("lee", "agree", number)) is Code.CLOSED


#: What waits is written down, and no longer waits once the case has been cancelled.
WRITTEN = edited(
    NAMED,
    (
        "states:\n",
        """\
registers:
  waiting:
    name: {zh: 在办, en: Waiting}
    columns:
      note: {type: text, label: {zh: 说明, en: Note}}
      open: {type: bool, label: {zh: 在办, en: Open}}
facts:
  still_open: {register: waiting, where: {note: form.note, open: 'true'}, gives: exists}
states:
""",
    ),
    (
        "to: review, who: applicant}",
        """\
to: review, who: applicant,
    conditions: [{when: '!facts.still_open', otherwise: {zh: 已在办, en: It is open already}}],
    effects: [{write: waiting, row: {note: form.note, open: 'true'}, key: [note]}]}""",
    ),
    (
        "deadlines:\n",
        """\
cancelled:
  - write: waiting
    row: {note: form.note, open: 'false'}
    key: [note]
deadlines:
""",
    ),
)


def test_what_a_cancelled_case_had_written_down_is_put_right() -> None:
    hospital = hospital_of(WRITTEN)
    number = sent(hospital)
    again = hospital.opened("amy", "named", note="设备")
    assert code(hospital.decide("amy", "send", again, boss="ida")) is Code.CONDITION_NOT_MET

    hospital.decide("ann", "case.cancel", number, "调岗")
    assert [row.values["open"] for row in hospital.rows("waiting")] == [True]
    hospital.decide("bob", "case.agree", number)

    (row,) = hospital.rows("waiting")
    assert row.values == {"note": "设备", "open": False}
    assert (row.number, row.seq) == (number, hospital.case(number).seq)
    assert hospital.decide("amy", "send", again, boss="ida").refused is None


@pytest.mark.parametrize("needs", ["facts.still_open", "decision.opinion"])
def test_what_follows_a_cancellation_looks_nothing_up(needs: str) -> None:
    text = edited(WRITTEN, ("open: 'false'", f"open: '{needs} == {needs}'"))
    problems = examine(text, "small.yaml", small_register(), [])
    assert isinstance(problems, tuple)
    assert needs in " ".join(problem.said.en for problem in problems)


@pytest.mark.parametrize("effect", ["set: {note: form.note}", "start: named", "notify: applicant"])
def test_a_cancellation_begins_nothing_and_fills_nothing_in(effect: str) -> None:
    text = edited(WRITTEN, ("cancelled:\n", f"cancelled:\n  - {{{effect}}}\n"))
    problems = examine(text, "small.yaml", small_register(), [])
    assert isinstance(problems, tuple)
    assert effect.partition(":")[0] in " ".join(problem.said.en for problem in problems)


class TestALeaver:
    """All that waits for somebody by name goes to a colleague, in one act."""

    def leavers(self, hospital: Hospital) -> Leavers:
        return Leavers(hospital.store, lambda: hospital.catalog, hospital.service)

    def moves(self, hospital: Hospital, to: str, who: str = "ann") -> Moved | Refused:
        deed = Deed(Actor(who, who), hospital.now, "离职")
        done = self.leavers(hospital).move(deed, "lee", to, hospital.key())
        hospital.look_through()
        return done

    def left(self, hospital: Hospital) -> None:
        hospital.changes(SavePerson(Person("lee", "Dr Lee", "surgery", (), active=False)))

    def test_everything_moves_at_once_with_a_line_each(self) -> None:
        hospital = hospital_of()
        numbers = [sent(hospital), sent(hospital), sent(hospital, boss="ida")]
        self.left(hospital)
        preview = self.leavers(hospital).preview("lee")
        assert [one.case.number for one in preview] == numbers[:2]

        assert self.moves(hospital, "ida") == Moved(tuple(numbers[:2]))
        assert [hospital.waits_for(one) for one in numbers] == [("p:ida",)] * 3
        assert [hospital.events(one)[-1] for one in numbers] == [
            "task.reroute",
            "task.reroute",
            "send",
        ]
        assert self.leavers(hospital).preview("lee") == ()

    def test_nothing_moves_where_one_case_refuses(self) -> None:
        hospital = hospital_of()
        first, second = sent(hospital), sent(hospital)
        self.left(hospital)
        answer = self.moves(hospital, "amy")

        assert isinstance(answer, Refused)
        assert hospital.waits_for(first) == hospital.waits_for(second) == ("p:lee",)

    def test_whoever_is_still_here_keeps_their_work_from_one_administrator(self) -> None:
        hospital = hospital_of()
        number = sent(hospital)
        answer = self.moves(hospital, "ida")

        assert isinstance(answer, Refused)
        assert answer.code is Code.CONDITION_NOT_MET
        assert hospital.waits_for(number) == ("p:lee",)

    def test_only_an_administrator_moves_it_and_not_to_themselves(self) -> None:
        hospital = hospital_of()
        sent(hospital)
        self.left(hospital)

        for who, to, why in (
            ("wu", "ida", Code.NOT_PERMITTED),
            ("ann", "ann", Code.INVALID_FORM),
            ("ann", "lee", Code.INVALID_FORM),
            ("ann", "nobody", Code.INVALID_FORM),
        ):
            answer = self.moves(hospital, to, who)
            assert isinstance(answer, Refused)
            assert answer.code is why, (who, to)
