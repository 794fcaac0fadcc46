"""Where each member answers for their own rows: what these make of the vote, and what is written.

What it means for the case is told by the stories in `tests/scenarios/semantics`.
"""

from __future__ import annotations

import pytest

from tests.workflow.hospital import Hospital, edited, reasons, refused, with_posts
from workflow.design.panels import RowsRule, Vote
from workflow.people.organisation import Person
from workflow.ports.house import SavePerson
from workflow.refusals import Code
from workflow.running.rows import CONTRADICTS, vote_of_rows

#: Amy orders; whoever answers for a thing decides on it, and Wu on what nobody else may decide.
ORDER = """\
process: order
version: 1
name: {zh: 订购, en: Order}
summary: {zh: 每样东西由其负责人决定。, en: Each thing is decided by who answers for it.}
category: {zh: 物资, en: Materials}
number: DG
title: '{note}'
open: {who: [{role: clinician}, {role: dept_head}]}
form:
  note: {label: {zh: 说明, en: Note}, type: text}
  things:
    label: {zh: 物品, en: Things}
    type: table
    required: send
    columns:
      thing: {label: {zh: 名称, en: Thing}, type: text, required: true}
      owner: {label: {zh: 负责人, en: Owner}, type: person}
      decided: {label: {zh: 结论, en: Decided}, type: text}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true, edit: {who: applicant, fields: all}}
  voting:
    name: {zh: 表决中, en: Voting}
    panel:
      each: things
      owner: line.owner
      decision: line.decided
      on_no: gather
      replace: {role: vice_president}
      passed: pass
      failed: fail
    may: [transfer, recuse]
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
  abstain: {name: {zh: 弃权, en: Abstain}, from: voting, vote: abstain, who: reviewer, tone: plain}
  back:
    name: {zh: 退回, en: Return}
    from: voting
    to: draft
    who: reviewer
    opinion: required
    new_round: true
    tone: back
  pass: {name: {zh: 通过, en: Pass}, from: voting, to: done, who: system}
  fail: {name: {zh: 未通过, en: Fail}, from: voting, to: refused, who: system, tone: stop}
"""
#: The same while Kim has a look beside it.
BESIDE = edited(
    ORDER,
    ("from: draft, to: voting", "from: draft, to: both"),
    ("name: {zh: 表决中, en: Voting}", "name: {zh: 表决中, en: Voting}\n    in: both.rows"),
    ("from: voting, to: done", "from: voting, to: voted"),
    (
        "  done: {",
        """\
  both:
    name: {zh: 并行, en: Side by side}
    parallel:
      regions:
        rows: {start: voting, done: [voted]}
        look: {start: looking, done: [looked]}
      then: finish
  voted: {name: {zh: 已表决, en: Voted}, in: both.rows}
  looking: {name: {zh: 查看, en: Looking}, in: both.look}
  looked: {name: {zh: 已查看, en: Looked}, in: both.look}
  done: {""",
    ),
    (
        "  send: {",
        """\
  look: {name: {zh: 看过, en: Look}, from: looking, to: looked, who: {role: keeper}}
  finish: {name: {zh: 办结, en: Finish}, from: both, to: done, who: system}
  send: {""",
    ),
)
#: The same, where the second branch decides the rows too, in a column of its own, once Kim has
#: looked.
TWICE = edited(
    BESIDE,
    (
        "      decided: {",
        "      checked: {label: {zh: 复核, en: Checked}, type: text}\n      decided: {",
    ),
    ("from: looking, to: looked", "from: looking, to: checking"),
    (
        "  looked: {",
        """\
  checking:
    name: {zh: 复核中, en: Checking}
    in: both.look
    panel:
      members: {role: finance_officer}
      each: things
      owner: line.owner
      decision: line.checked
      replace: {role: finance_officer}
      passed: right
      failed: wrong
  looked: {""",
    ),
    ("from: voting, vote: for", "from: [voting, checking], vote: for"),
    (
        "  finish: {",
        """\
  right: {name: {zh: 无误, en: Right}, from: checking, to: looked, who: system}
  wrong: {name: {zh: 有误, en: Wrong}, from: checking, to: refused, who: system, tone: stop}
  finish: {""",
    ),
    ("    from: voting\n    vote: against", "    from: [voting, checking]\n    vote: against"),
)
FOR, AGAINST, ABSTAIN = Vote.FOR, Vote.AGAINST, Vote.ABSTAIN


def sent(hospital: Hospital, *owners: str | None, who: str = "amy") -> str:
    """The number of an order of things with these owners."""
    things = [{"thing": f"物品{n}", "owner": owner} for n, owner in enumerate(owners, start=1)]
    number = hospital.opened(who, "order", note="订购", things=things)
    hospital.takes(who, "send", number)
    return number


def decided(hospital: Hospital, number: str) -> list[object]:
    """What is written beside the rows."""
    rows = hospital.case(number).form["things"]
    assert isinstance(rows, tuple)
    return [row.get("decided") for row in rows if not isinstance(row, str)]


def seats(hospital: Hospital, number: str) -> dict[str, tuple[int, ...]]:
    """Who decides which rows (from 0)."""
    return {task.address.key: task.handling.lines for task in hospital.waiting(number)}


def test_everybody_sits_once_for_all_their_rows() -> None:
    hospital = Hospital(ORDER)
    number = sent(hospital, "lee", "fang", "lee", "kim")

    assert seats(hospital, number) == {"p:lee": (0, 2), "p:fang": (1,), "p:kim": (3,)}


def test_a_vote_is_written_beside_ones_own_rows_alone() -> None:
    hospital = Hospital(ORDER)
    number = sent(hospital, "lee", "fang", "lee")

    hospital.takes("lee", "agree", number)

    assert decided(hospital, number) == ["同意", None, "同意"]


def test_rows_may_be_decided_differently() -> None:
    hospital = Hospital(ORDER)
    number = sent(hospital, "lee", "fang", "lee")

    hospital.takes("lee", "object", number, "第1样不必", rows={"3": "agree"})

    assert decided(hospital, number) == ["反对", None, "同意"]
    assert hospital.lines(number)[-1]["form"]["things"][1][2]["decided"] == "同意"


@pytest.mark.parametrize(
    ("action", "rows", "said"),
    [
        (
            "agree",
            {1: "object"},
            CONTRADICTS.en.format(whole="Object", action="Agree"),
        ),
        ("agree", {2: "agree"}, "Row 2 is not yours to decide; yours are: 1、3"),
        ("agree", {0: "agree"}, "Row 0 is not yours to decide; yours are: 1、3"),
        ("agree", {"-1": "agree"}, "Row -1 is not yours to decide; yours are: 1、3"),
        ("agree", {"第一": "agree"}, "Row 第一 is not yours to decide; yours are: 1、3"),
        ("agree", {1: "pass"}, "For row 1 choose one of: agree、object、abstain"),
        ("agree", {1: None}, "For row 1 choose one of: agree、object、abstain"),
        ("agree", {1: ["agree"]}, "For row 1 choose one of: agree、object、abstain"),
        ("agree", "agree", "Write rows with their votes, as {1: agree}"),
        ("agree", ["agree"], "Write rows with their votes, as {1: agree}"),
    ],
)
def test_what_contradicts_the_vote_or_means_nothing_is_refused(
    action: str, rows: object, said: str
) -> None:
    hospital = Hospital(ORDER)
    number = sent(hospital, "lee", "fang", "lee")

    answer = hospital.decide("lee", action, number, rows=rows)

    assert refused(answer).code is Code.INVALID_FORM
    assert [one.field for one in refused(answer).refusals] == ["rows"]
    assert reasons(answer) == [said]
    assert decided(hospital, number) == [None, None, None]


def test_every_problem_is_told_at_once() -> None:
    hospital = Hospital(ORDER)
    number = sent(hospital, "lee", "fang", "lee")

    answer = hospital.decide("lee", "agree", number, rows={2: "agree", 3: "maybe"})

    assert len(refused(answer).refusals) == 2


def test_rows_go_with_votes_alone() -> None:
    hospital = Hospital(ORDER)
    number = sent(hospital, "lee", "fang")

    answer = hospital.decide("lee", "back", number, "请改", rows={1: "agree"})

    assert [one.field for one in refused(answer).refusals] == ["rows"]


def test_what_was_decided_before_a_return_is_gone_afterwards() -> None:
    hospital = Hospital(ORDER)
    number = sent(hospital, "lee", "fang")
    hospital.takes("lee", "agree", number)
    hospital.takes("fang", "back", number, "请改")
    hospital.takes("amy", "send", number)

    assert decided(hospital, number) == [None, None]
    assert seats(hospital, number) == {"p:lee": (0,), "p:fang": (1,)}


def test_what_was_decided_before_is_gone_also_where_a_branch_begins_with_the_rows() -> None:
    hospital = Hospital(BESIDE)
    number = sent(hospital, "lee", "fang")
    hospital.takes("lee", "agree", number)
    hospital.takes("fang", "back", number, "请改")
    assert decided(hospital, number) == ["同意", None]
    hospital.takes("amy", "send", number)

    assert decided(hospital, number) == [None, None]


def test_what_one_branch_has_decided_stays_when_another_begins_to_decide_its_rows() -> None:
    hospital = Hospital(TWICE)
    number = sent(hospital, "lee", "fang")
    hospital.takes("lee", "agree", number)
    hospital.takes("kim", "look", number)

    assert decided(hospital, number) == ["同意", None]


def test_rows_that_were_decided_at_an_earlier_step_are_decided_anew_in_the_same_column() -> None:
    again = """\
  again:
    name: {zh: 复议, en: Again}
    panel:
      each: things
      owner: line.owner
      decision: line.decided
      replace: {role: vice_president}
      passed: right
      failed: wrong
  done: {"""
    hospital = Hospital(
        edited(
            ORDER,
            ("  done: {", again),
            ("from: voting, to: done", "from: voting, to: again"),
            ("from: voting, vote: for", "from: [voting, again], vote: for"),
            (
                "  pass: {",
                """\
  right: {name: {zh: 维持, en: Right}, from: again, to: done, who: system}
  wrong: {name: {zh: 不维持, en: Wrong}, from: again, to: refused, who: system, tone: stop}
  pass: {""",
            ),
            ("    from: voting\n    vote: against", "    from: [voting, again]\n    vote: against"),
        )
    )
    number = sent(hospital, "lee", "fang")
    hospital.takes("lee", "agree", number)

    assert hospital.takes("fang", "agree", number) == "again"
    assert decided(hospital, number) == [None, None]


def test_whoever_sits_for_a_role_decides_their_own_rows_too_and_sits_once() -> None:
    members = "each: things\n      members: {role: finance_officer}"
    hospital = Hospital(edited(ORDER, ("each: things", members)))
    number = sent(hospital, "lee", "fang")

    assert seats(hospital, number)["p:fang"] == (1,)
    assert seats(hospital, number)["p:lee"] == (0,)


def test_rows_stay_somebodys_when_their_owner_recuses_and_nobody_can_take_the_seat() -> None:
    hospital = Hospital(edited(ORDER, ("{role: vice_president}", "{role: finance_officer}")))
    number = sent(hospital, "lee", "fang")
    assert hospital.decide("lee", "task.recuse", number, "亲属").refused is None

    assert seats(hospital, number) == {"p:fang": (1,), "r:admin": (0,)}
    assert hospital.takes("fang", "agree", number) == "voting"


@pytest.mark.parametrize("owner", [None, "amy", "gone"])
def test_what_nobody_may_decide_is_decided_by_the_replacement(owner: str | None) -> None:
    hospital = Hospital(ORDER, people=with_posts(("gone", "keeper", "store")))
    if owner == "gone":
        hospital.changes(SavePerson(Person("gone", "Gone", "store", active=False)))
    number = sent(hospital, owner, "lee")

    assert seats(hospital, number) == {"p:wu": (0,), "p:lee": (1,)}


def test_the_replacement_keeps_their_own_rows() -> None:
    hospital = Hospital(ORDER)
    number = sent(hospital, "wu", "amy", "lee")

    assert seats(hospital, number) == {"p:wu": (0, 1), "p:lee": (2,)}


def test_where_there_is_no_replacement_either_the_post_is_waited_for() -> None:
    """No row goes undecided because nobody was there."""
    hospital = Hospital(edited(ORDER, ("{role: vice_president}", "{role: finance_officer}")))
    hospital.changes(SavePerson(Person("fang", "Fang", "finance")))
    number = sent(hospital, "amy", "lee")
    assert seats(hospital, number) == {"p:lee": (1,), "r:finance_officer": (0,)}

    assert hospital.takes("lee", "agree", number) == "voting"


def test_who_takes_over_a_seat_takes_over_its_rows() -> None:
    hospital = Hospital(ORDER)
    number = sent(hospital, "lee", "fang")
    actor = hospital.decide("lee", "task.recuse", number, "亲属")

    assert actor.refused is None
    assert seats(hospital, number) == {"p:fang": (1,), "p:wu": (0,)}


@pytest.mark.parametrize(
    ("votes", "all_", "most", "any_"),
    [
        ((FOR, FOR), FOR, FOR, FOR),
        ((FOR, AGAINST), AGAINST, AGAINST, FOR),
        ((FOR, FOR, AGAINST), AGAINST, FOR, FOR),
        ((FOR, ABSTAIN), FOR, FOR, FOR),
        ((AGAINST, ABSTAIN), AGAINST, AGAINST, AGAINST),
        ((ABSTAIN, ABSTAIN), ABSTAIN, ABSTAIN, ABSTAIN),
    ],
)
def test_what_rows_make_of_a_vote(
    votes: tuple[Vote, ...], all_: Vote, most: Vote, any_: Vote
) -> None:
    found = [vote_of_rows(rule, votes) for rule in (RowsRule.ALL, RowsRule.MOST, RowsRule.ANY)]
    assert found == [all_, most, any_]
