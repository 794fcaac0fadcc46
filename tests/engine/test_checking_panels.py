"""What can be proven wrong of a panel and of the handling of tasks, before anybody votes."""

from __future__ import annotations

import pytest

from tests.definitions.writing import edited, parsed, small_register
from tests.engine.spoiling import Spoilt, found_by_its_check, told_at_its_line
from workflow.design import checks_signing
from workflow.design.checks import check_definition
from workflow.design.checks_signing import SIGNING_CHECKS, every_vote, told
from workflow.design.panels import Panel, Pass, Vote
from workflow.design.voting import Ballot, result_of

#: Nurses ask, the heads decide together, and the family's wishes are seen to.
TOGETHER = """\
process: leave-request
version: 1
name: {zh: 集体请假, en: Leave together}
summary: {zh: 科主任会签。, en: The heads decide together.}
category: {zh: 人事, en: Staff}
number: QJ
title: '{reason}'
open: {who: {role: nurse}, clauses: [L-1]}
form:
  reason: {label: {zh: 事由, en: Reason}, type: text, required: submit, max: 100}
  stand_in: {label: {zh: 代班人, en: Stand-in}, type: person}
  shifts:
    label: {zh: 班次, en: Shifts}
    type: table
    required: submit
    columns:
      day: {label: {zh: 日期, en: Day}, type: date, required: true}
      owner: {label: {zh: 负责人, en: Owner}, type: person}
      decided: {label: {zh: 结论, en: Decided}, type: text}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true, edit: {who: applicant, fields: all}}
  review:
    name: {zh: 会签, en: Together}
    panel: {members: [{role: head}, {role: nurse}], passed: pass, failed: fail}
    may: [transfer, add_beside, remove]
  desk: {name: {zh: 待排班, en: At the desk}, may: [claim, transfer]}
  approved: {name: {zh: 已批准, en: Approved}, final: true}
  refused: {name: {zh: 未批准, en: Refused}, final: true}
actions:
  submit: {name: {zh: 提交, en: Submit}, from: draft, to: review, who: applicant}
  agree: {name: {zh: 同意, en: Agree}, from: review, vote: for, who: reviewer}
  object:
    name: {zh: 不同意, en: Object}
    from: review
    vote: against
    who: reviewer
    opinion: required
    tone: stop
  pass: {name: {zh: 通过, en: Passed}, from: review, to: desk, who: system}
  fail: {name: {zh: 未通过, en: Failed}, from: review, to: refused, who: system, tone: stop}
  arrange: {name: {zh: 排班, en: Arrange}, from: desk, to: approved, who: {role: head}}
"""
PANEL = "panel: {members: [{role: head}, {role: nurse}], passed: pass, failed: fail}"
MEMBERS = "members: [{role: head}, {role: nurse}]"
OF_ROWS = "each: shifts, owner: line.owner, decision: line.decided, replace: {role: head}"
AGREE = "  agree: {name: {zh: 同意, en: Agree}, from: review, vote: for, who: reviewer}\n"
PASS = "from: review, to: desk, who: system}"
WHEN = "{when: form.reason != '', otherwise: {zh: 一, en: One}}"
EDITED = "    edit: {who: {role: head}, fields: [shifts]}\n"
ARRANGE = "from: desk, to: approved, who: {role: head}}"


def panel(keys: str, members: str = MEMBERS) -> tuple[str, str]:
    """The edit that gives the panel other keys."""
    return (PANEL, f"panel: {{{members}, {keys}, passed: pass, failed: fail}}")


SPOILT = {
    "a vote that nobody counts": Spoilt(
        checks_signing.votes_are_for_panels,
        (("from: review, vote: for", "from: [review, desk], vote: for"),),
        "  agree:",
        "动作 agree 是表决（vote），但状态 desk 没有 panel",
        "state desk has no panel",
    ),
    "a panel in which nobody votes": Spoilt(
        checks_signing.panels_are_voted_in,
        (
            (AGREE, ""),
            ("    vote: against\n", "    to: refused\n"),
        ),
        "    panel:",
        "状态 review 有会签小组，却没有可以表决的动作",
        "no action by which its members vote",
    ),
    "a result that makes no difference": Spoilt(
        checks_signing.results_are_carried_out,
        ((", failed: fail}", ", failed: pass}"),),
        "    panel:",
        "passed 与 failed 都是 pass",
        "passed and failed are both pass",
    ),
    "a result that leaves from elsewhere": Spoilt(
        checks_signing.results_are_carried_out,
        ((PASS, "from: draft, to: desk, who: system}"),),
        "  pass:",
        "pass 是状态 review 的表决结果，from 就要有 review",
        "its `from` must name that state",
    ),
    "a result that people carry out": Spoilt(
        checks_signing.results_are_carried_out,
        ((PASS, "from: review, to: desk, who: [system, {role: head}]}"),),
        "  pass:",
        "只由系统办理",
        "is the system's",
    ),
    "a result that leads nowhere": Spoilt(
        checks_signing.results_are_carried_out,
        ((PASS, "from: review, to: review, who: system}"),),
        "  pass:",
        "要用 to 通到别的状态",
        "must lead to another state",
    ),
    "a result with a condition": Spoilt(
        checks_signing.results_are_carried_out,
        (
            (
                PASS,
                f"{PASS[:-1]}, conditions: {WHEN}}}",
            ),
        ),
        "  pass:",
        "不能再有条件",
        "has no conditions",
    ),
    "a result with an opinion": Spoilt(
        checks_signing.results_are_carried_out,
        ((PASS, "from: review, to: desk, who: system, opinion: required}"),),
        "  pass:",
        "写不了意见；请删去 opinion",
        "the system gives no opinion",
    ),
    "a result that asks for a field": Spoilt(
        checks_signing.results_are_carried_out,
        (("type: person}\n  shifts:", "type: person, required: pass}\n  shifts:"),),
        "  pass:",
        "不能要求那时才填表单",
        "cannot ask for fields",
    ),
    "a quorum of more than there are": Spoilt(
        checks_signing.quorums_can_be_met,
        (panel("quorum: 2", "members: [{person: form.stand_in}]"),),
        "    panel:",
        "小组最多 1 人，quorum 却要 2 人",
        "At most 1 people sit, but the quorum is 2",
    ),
    "a veto of somebody who does not sit": Spoilt(
        checks_signing.named_roles_sit,
        (panel("veto: [family]"),),
        "    panel:",
        "角色 family 写在 weights 或 veto 里，却不在成员之中",
        "has a weight or a veto, but no seat",
    ),
    "a weight of somebody who does not sit": Spoilt(
        checks_signing.named_roles_sit,
        (panel("pass: {ratio: 50}, weights: {family: 2}"),),
        "    panel:",
        "角色 family 写在 weights 或 veto 里",
        "role family has a weight",
    ),
    "weights where heads are counted": Spoilt(
        checks_signing.weights_are_weighed,
        (panel("weights: {head: 2}"),),
        "    panel:",
        "weights 只在票签",
        "Weights count only with pass: {ratio: …}",
    ),
    "turns where the first decides": Spoilt(
        checks_signing.turns_matter,
        (panel("order: in_turn, pass: any"),),
        "    panel:",
        "后面的人永远轮不到",
        "nobody else gets a turn",
    ),
    "rows of what is no table": Spoilt(
        checks_signing.rows_have_owners,
        (panel("each: reason, owner: line.owner, replace: {role: head}"),),
        "    panel:",
        "表单项 reason 不是表格",
        "the field reason is none",
    ),
    "rows without a table": Spoilt(
        checks_signing.rows_have_owners,
        (panel("decision: line.decided"),),
        "    panel:",
        "却没有写 each",
        "without `each`",
    ),
    "owners in a column of dates": Spoilt(
        checks_signing.rows_have_owners,
        (panel("each: shifts, owner: line.day, replace: {role: head}"),),
        "    panel:",
        "没有类型为 person 的列 day",
        "no column day of type person",
    ),
    "what is decided in a column that is not there": Spoilt(
        checks_signing.rows_have_owners,
        (panel(OF_ROWS.replace("line.decided", "line.result")),),
        "    panel:",
        "没有类型为 text 的列 result",
        "no column result of type text",
    ),
    "rows that may be missing": Spoilt(
        checks_signing.rows_have_owners,
        (panel(OF_ROWS), ("    type: table\n    required: submit\n", "    type: table\n")),
        "    panel:",
        "表格 shifts 可以空着",
        "The table shifts may be empty",
    ),
    "rows that nobody takes over": Spoilt(
        checks_signing.rows_have_owners,
        (panel(OF_ROWS.replace(", replace: {role: head}", "")),),
        "    panel:",
        "请写 replace（由谁办理）",
        "say `replace`",
    ),
    "a field that is called as the answers are": Spoilt(
        checks_signing.rows_have_owners,
        (panel(OF_ROWS), ("  stand_in:", "  rows:")),
        "  rows:",
        "表单项不能叫 rows",
        "cannot be called rows",
    ),
    "rows that change under the vote": Spoilt(
        checks_signing.rows_have_owners,
        (
            panel(OF_ROWS),
            (
                "    name: {zh: 会签, en: Together}\n",
                f"    name: {{zh: 会签, en: Together}}\n{EDITED}",
            ),
        ),
        "  review:",
        "表决期间，状态 review 的 edit 还能改表格 shifts",
        "`edit` of state review may still change the table shifts",
    ),
    "rows that a vote rewrites": Spoilt(
        checks_signing.rows_have_owners,
        (
            panel(OF_ROWS),
            ("vote: for, who: reviewer}", "vote: for, who: reviewer, fields: shifts}"),
        ),
        "  agree:",
        "表决期间，动作 agree 还能改表格 shifts",
        "action agree may still change the table shifts",
    ),
    "rows that are asked for with a vote": Spoilt(
        checks_signing.rows_have_owners,
        (panel(OF_ROWS), ("    required: submit\n", "    required: [submit, object]\n")),
        "  object:",
        "表决期间，动作 object 还能改表格 shifts",
        "action object may still change the table shifts",
    ),
    "rows that a signature beside the vote rewrites": Spoilt(
        checks_signing.rows_have_owners,
        (
            panel(OF_ROWS),
            (
                "  arrange: {",
                (
                    "  note: {name: {zh: 补记, en: Note}, from: review, to: review, "
                    "who: {role: head}, fields: shifts}\n  arrange: {"
                ),
            ),
        ),
        "  note:",
        "表决期间，动作 note 还能改表格 shifts",
        "action note may still change the table shifts",
    ),
    "tools where nobody has a task": Spoilt(
        checks_signing.tools_have_their_place,
        (("en: Approved}, final: true}", "en: Approved}, final: true, may: transfer}"),),
        "  approved:",
        "状态 approved 没有人有待办",
        "In state approved nobody has a task",
    ),
    "claiming what is one person's": Spoilt(
        checks_signing.tools_have_their_place,
        (("may: [transfer, add_beside, remove]", "may: [claim, add_beside, remove]"),),
        "  review:",
        "状态 review 允许认领（claim），但那里的待办都只交给一人",
        "no task waits there for a role",
    ),
    "members where no panel is": Spoilt(
        checks_signing.tools_have_their_place,
        (("may: [claim, transfer]", "may: [claim, add_beside]"),),
        "  desk:",
        "却没有 panel",
        "but has no panel",
    ),
    "removing whom nobody added": Spoilt(
        checks_signing.tools_have_their_place,
        (("may: [transfer, add_beside, remove]", "may: [transfer, remove]"),),
        "  review:",
        "只有加进来的成员才能减去",
        "only members who were added can be removed",
    ),
    "conditions of what has ended": Spoilt(
        checks_signing.promises_can_be_kept,
        ((ARRANGE, ARRANGE.replace("}}", "}, promises: {role: nurse}}")),),
        "  arrange:",
        "就要往前走到一个还没有办结的状态",
        "it must lead forward to a state where the case has not ended",
    ),
    "conditions that nobody confirms": Spoilt(
        checks_signing.promises_can_be_kept,
        (
            (
                "to: review, who: applicant}",
                "to: review, who: applicant, promises: reviewer}",
            ),
        ),
        "  submit:",
        "promises 要写由谁确认",
        "name who confirms",
    ),
    "a field that is called as conditions are": Spoilt(
        checks_signing.promises_can_be_kept,
        (
            ("to: review, who: applicant}", "to: review, who: applicant, promises: {role: head}}"),
            ("  stand_in:", "  promises:"),
        ),
        "  promises:",
        "表单项不能叫 promises",
        "cannot be called promises",
    ),
    "a vote that always passes": Spoilt(
        checks_signing.votes_lead_to_results,
        (
            (
                "    vote: against\n    who: reviewer\n    opinion: required\n",
                "    vote: for\n    who: reviewer\n    opinion: required\n",
            ),
        ),
        "    panel:",
        "怎样投票都会通过，例如：赞成 9",
        "Every vote passes, for example: 9 for",
    ),
    "a vote that never passes": Spoilt(
        checks_signing.votes_lead_to_results,
        (("from: review, vote: for", "from: review, vote: abstain"),),
        "    panel:",
        "怎样投票都不会通过，例如：反对 9",
        "No vote passes, for example: 9 against",
    ),
}


def test_a_good_panel_has_no_problems() -> None:
    assert check_definition(parsed(TOGETHER), small_register()) == ()


def test_a_good_panel_of_rows_has_no_problems() -> None:
    text = edited(
        (PANEL, f"panel: {{{OF_ROWS}, rows: most, passed: pass, failed: fail}}"),
        ("    may: [transfer, add_beside, remove]\n", ""),
        text=TOGETHER,
    )
    assert check_definition(parsed(text), small_register()) == ()


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT.keys())
def test_what_is_wrong_is_found_at_its_line(spoilt: Spoilt) -> None:
    told_at_its_line(spoilt, spoilt.of(TOGETHER))


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT.keys())
def test_it_is_the_check_of_that_name_that_finds_it(spoilt: Spoilt) -> None:
    found_by_its_check(spoilt, spoilt.of(TOGETHER))


def test_every_check_is_put_to_the_test() -> None:
    assert {spoilt.check for spoilt in SPOILT.values()} == set(SIGNING_CHECKS)


class TestWhatIsRightThoughItLooksOdd:
    def test_a_panel_that_can_only_agree_or_abstain(self) -> None:
        text = edited(("    vote: against\n", "    vote: abstain\n"), text=TOGETHER)
        assert check_definition(parsed(text), small_register()) == ()

    def test_a_quorum_larger_than_the_panels_that_are_walked_through(self) -> None:
        text = edited(panel("quorum: 30"), text=TOGETHER)
        assert check_definition(parsed(text), small_register()) == ()

    def test_a_veto_of_a_head_whose_role_the_house_decides(self) -> None:
        text = edited(
            panel("veto: [family]", "members: [{head: applicant.department}, {role: nurse}]"),
            text=TOGETHER,
        )
        assert check_definition(parsed(text), small_register()) == ()

    def test_a_panel_of_many_weights(self) -> None:
        text = edited(
            panel("pass: {ratio: 60}, weights: {head: 3, nurse: 2}, veto: [head]"), text=TOGETHER
        )
        assert check_definition(parsed(text), small_register()) == ()


def test_every_vote_of_a_small_panel_is_walked_through() -> None:
    walked = every_vote(Panel((), "pass", "fail", rule=Pass.ANY), list(Vote))
    of_two = {told(ballots)[0] for ballots in walked if len(ballots) == 2}
    assert of_two == {
        "赞成 2",
        "反对 2",
        "弃权 2",
        "赞成 1、反对 1",
        "赞成 1、弃权 1",
        "反对 1、弃权 1",
    }


def test_no_complete_vote_is_left_without_a_result() -> None:
    for rule in Pass:
        some = Panel((), "pass", "fail", rule=rule, percent=60, quorum=3)
        assert all(result_of(some, ballots) for ballots in every_vote(some, list(Vote)))


def test_a_vote_is_told_in_words() -> None:
    votes = [Vote.FOR, Vote.ABSTAIN, Vote.FOR, Vote.AGAINST, Vote.ABSTAIN]
    assert told(map(Ballot, votes)) == ("赞成 2、反对 1、弃权 2", "2 for, 1 against, 2 abstaining")
