"""What can be proven wrong of branches, of going back and of taking back, before anybody acts."""

from __future__ import annotations

import pytest

from tests.definitions.writing import edited, parsed, small_register
from tests.engine.spoiling import Spoilt, found_by_its_check, told_at_its_line
from workflow.design import checks_branches
from workflow.design.checks import check_definition
from workflow.design.checks_branches import BRANCH_CHECKS

#: A nurse asks; ward and office look side by side; the head decides, and may send it back.
SIDE_BY_SIDE = """\
process: leave-request
version: 1
name: {zh: 并行请假, en: Leave side by side}
summary: {zh: 病区与办公室同时看。, en: Ward and office look at once.}
category: {zh: 人事, en: Staff}
number: QJ
title: '{reason}'
open: {who: {role: nurse}, clauses: [L-1]}
form:
  reason: {label: {zh: 事由, en: Reason}, type: text, required: submit, max: 100}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true, edit: {who: applicant, fields: all}}
  both:
    name: {zh: 两边看, en: Looked at}
    parallel:
      regions:
        ward: {start: ward_look, done: [ward_done]}
        office: {start: office_look, done: [office_done]}
      join: 2
      then: seen
  ward_look: {name: {zh: 病区看, en: Ward looks}, in: both.ward}
  ward_head: {name: {zh: 病区定, en: Ward decides}, in: both.ward, may: [take_back]}
  ward_done: {name: {zh: 病区已看, en: Ward done}, in: both.ward}
  office_look: {name: {zh: 办公室看, en: Office looks}, in: both.office}
  office_done: {name: {zh: 办公室已看, en: Office done}, in: both.office}
  review: {name: {zh: 待批准, en: With the head}, may: {tools: [transfer], longest_chain: 2}}
  approved: {name: {zh: 已批准, en: Approved}, final: true}
actions:
  submit: {name: {zh: 提交, en: Submit}, from: draft, to: both, who: applicant}
  look: {name: {zh: 看过, en: Looked}, from: ward_look, to: ward_head, who: {role: nurse}}
  agree: {name: {zh: 病区同意, en: Ward agrees}, from: ward_head, to: ward_done, who: {role: head}}
  again:
    name: {zh: 再看, en: Look again}
    from: ward_head
    back: previous
    who: reviewer
    opinion: required
    tone: back
    resubmit: come_back
  file: {name: {zh: 登记, en: File}, from: office_look, to: office_done, who: {role: head}}
  home:
    name: {zh: 退回申请人, en: Send home}
    from: [ward_look, office_look]
    to: draft
    who: reviewer
    opinion: required
    tone: back
    new_round: true
  seen: {name: {zh: 都看过, en: Seen}, from: both, to: review, who: system}
  approve: {name: {zh: 批准, en: Approve}, from: review, to: approved, who: {role: head}}
deadlines:
  ward_time:
    name: {zh: 病区时限, en: Ward's time}
    while: [ward_look, ward_head]
    length: {workdays: 2}
    overdue: true
    clauses: [L-1]
"""
#: The ward's nurse may fill in the reason.
WARD_FILLS_IN = (
    "to: ward_head, who: {role: nurse}",
    "to: ward_head, who: {role: nurse}, fields: reason",
)
#: The same, where both sides decide the days row by row, each in a column of its own.
BY_ROWS = edited(
    (
        "states:\n",
        """\
  days:
    label: {zh: 日期, en: Days}
    type: table
    required: submit
    columns:
      day: {label: {zh: 日期, en: Day}, type: date, required: true}
      owner: {label: {zh: 负责人, en: Owner}, type: person}
      by_ward: {label: {zh: 病区意见, en: Ward says}, type: text}
      by_office: {label: {zh: 办公室意见, en: Office says}, type: text}
states:
""",
    ),
    (
        "en: Ward decides}, in: both.ward, may: [take_back]",
        (
            "en: Ward decides}, in: both.ward, panel: {each: days, owner: line.owner, "
            "decision: line.by_ward, replace: {role: head}, passed: ward_yes, failed: ward_no}"
        ),
    ),
    (
        "en: Office looks}, in: both.office",
        (
            "en: Office looks}, in: both.office, panel: {each: days, owner: line.owner, "
            "decision: line.by_office, replace: {role: head}, "
            "passed: office_yes, failed: office_no}"
        ),
    ),
    ("from: ward_head, to: ward_done, who: {role: head}", "from: VOTED, vote: for, who: reviewer"),
    (
        (
            "    from: ward_head\n    back: previous\n    who: reviewer\n    opinion: required\n"
            "    tone: back\n    resubmit: come_back\n"
        ),
        (
            "    from: VOTED\n    vote: against\n    who: reviewer\n    opinion: required\n"
            "    tone: stop\n"
        ),
    ),
    (
        "from: office_look, to: office_done, who: {role: head}",
        "from: both, to: review, who: {role: head}, duty: false",
    ),
    (
        "  home:",
        """\
  ward_yes: {name: {zh: 病区通过, en: Ward yes}, from: ward_head, to: ward_done, who: system}
  ward_no: {name: {zh: 病区不过, en: Ward no}, from: ward_head, to: draft, who: system, tone: back}
  office_yes: {name: {zh: 室通过, en: Office yes}, from: office_look, to: office_done, who: system}
  office_no: {name: {zh: 不过, en: No}, from: office_look, to: draft, who: system, tone: back}
  home:""",
    ),
    text=SIDE_BY_SIDE,
).replace("VOTED", "[ward_head, office_look]")


SPOILT = {
    "a branch that is not there": Spoilt(
        checks_branches.branches_are_of_parallel_states,
        (("en: Ward decides}, in: both.ward", "en: Ward decides}, in: both.cellar"),),
        "  ward_head: {",
        "没有分支 cellar",
        "has no branch cellar",
    ),
    "a branch of an ordinary state": Spoilt(
        checks_branches.branches_are_of_parallel_states,
        (("en: With the head}, ", "en: With the head}, in: draft.ward, "),),
        "  review: {",
        "状态 draft 没有分支 ward",
        "state draft has no branch ward",
    ),
    "a case that ends in a branch": Spoilt(
        checks_branches.branches_are_of_parallel_states,
        (("en: Ward done}, ", "en: Ward done}, final: true, "),),
        "  ward_done: {",
        "不能是入口、终点，也不能再分支",
        "can be no entry, no final state and not parallel",
    ),
    "a case that begins in a parallel state": Spoilt(
        checks_branches.branches_are_of_parallel_states,
        (
            (
                "name: {zh: 两边看, en: Looked at}\n",
                "name: {zh: 两边看, en: Looked at}\n    entry: true\n",
            ),
        ),
        "  both:",
        "并行状态 both 不能是入口",
        "The parallel state both can be no entry",
    ),
    "a branch that starts elsewhere": Spoilt(
        checks_branches.branches_run_to_their_end,
        (("{start: office_look,", "{start: review,"),),
        "      regions:",
        "须是它自己的状态，review 不是",
        "must be states of its own, and review is not",
    ),
    "a branch that is done elsewhere": Spoilt(
        checks_branches.branches_run_to_their_end,
        (("done: [office_done]", "done: [ward_done]"),),
        "      regions:",
        "须是它自己的状态，ward_done 不是",
        "must be states of its own, and ward_done is not",
    ),
    "a step of a branch that nobody reaches": Spoilt(
        checks_branches.branches_run_to_their_end,
        (
            ("{start: ward_look,", "{start: ward_head,"),
            ("    back: previous\n", "    to: draft\n"),
            ("    resubmit: come_back\n", ""),
        ),
        "  ward_look: {",
        "从 ward_head 出发走不到状态 ward_look",
        "no way leads from ward_head to state ward_look",
    ),
    "a branch that is never done": Spoilt(
        checks_branches.branches_run_to_their_end,
        (
            ("from: ward_head, to: ward_done", "from: ward_head, to: ward_look"),
            ("done: [ward_done]", "done: [ward_done, ward_look]"),
            ("from: office_look, to: office_done", "from: office_look, to: office_look"),
            ("from: [ward_look, office_look]", "from: [ward_look]"),
        ),
        "  office_look: {",
        "到了状态 office_look 就再也办不完",
        "never done from state office_look on",
    ),
    "an action from one branch into the other": Spoilt(
        checks_branches.branches_keep_apart,
        (("from: ward_head, to: ward_done", "from: ward_head, to: office_done"),),
        "  agree: {",
        "跨进了分支",
        "into a branch from elsewhere",
    ),
    "an action from outside into a branch": Spoilt(
        checks_branches.branches_keep_apart,
        (("from: draft, to: both", "from: draft, to: ward_look"),),
        "  submit: {",
        "从 draft 通到 ward_look，跨进了分支",
        "leads from draft to ward_look, into a branch",
    ),
    "an action from a branch to its own parallel state": Spoilt(
        checks_branches.branches_keep_apart,
        (("    to: draft\n", "    to: both\n"),),
        "  home:",
        "从 ward_look 通到 both，跨进了分支",
        "leads from ward_look to both, into a branch",
    ),
    "rows that two branches decide in one column": Spoilt(
        checks_branches.branches_write_apart,
        (("decision: line.by_office", "decision: line.by_ward"),),
        "  office_look: {",
        "分支 office（状态 office_look 的 panel）与分支 ward（状态 ward_head 的 panel）同时进行，"
        "都会写 days.by_ward",
        "branch office (the panel of state office_look) and branch ward (the panel of state "
        "ward_head) go on at once and both write days.by_ward",
        BY_ROWS,
    ),
    "a table that is filled in beside those who decide its rows": Spoilt(
        checks_branches.branches_write_apart,
        (("to: ward_head, who: {role: nurse}", "to: ward_head, who: {role: nurse}, fields: days"),),
        "  office_look: {",
        "分支 office（状态 office_look 的 panel）与分支 ward（动作 look）同时进行，"
        "都会写 days.by_office",
        "and branch ward (action look) go on at once and both write days.by_office",
        BY_ROWS,
    ),
    "a table that is edited around those who decide its rows": Spoilt(
        checks_branches.branches_write_apart,
        (
            (
                "    name: {zh: 两边看, en: Looked at}\n",
                "    name: {zh: 两边看, en: Looked at}\n    edit: {who: applicant, fields: days}\n",
            ),
            (", decision: line.by_office", ""),
        ),
        "  office_look: {",
        "与并行状态 both（状态 both 的 edit）同时进行，都会写 days，",
        "and the parallel state both (`edit` of state both) go on at once and both write days,",
        BY_ROWS,
    ),
    "a field that is filled in two branches": Spoilt(
        checks_branches.branches_write_apart,
        (
            ("required: submit", "required: [submit, file]"),
            WARD_FILLS_IN,
        ),
        "  file: {",
        "分支 office（动作 file）与分支 ward（动作 look）同时进行，都会写 reason",
        "branch office (action file) and branch ward (action look) go on at once and both write "
        "reason",
    ),
    "an opinion that each of two branches puts in one place": Spoilt(
        checks_branches.branches_write_apart,
        (
            (
                "required: submit, ",
                "required: submit}\n  said: {label: {zh: 意见, en: Said}, type: text, ",
            ),
            (
                "to: ward_head, who: {role: nurse}",
                "to: ward_head, who: {role: nurse}, opinion: {required: false, into: said}",
            ),
            (
                "to: office_done, who: {role: head}",
                "to: office_done, who: {role: head}, opinion: {required: false, into: said}",
            ),
        ),
        "  file: {",
        "分支 office（动作 file）与分支 ward（动作 look）同时进行，都会写 said",
        "both write said, so the later would write over the earlier",
    ),
    "a clock that sets what another branch fills in": Spoilt(
        checks_branches.branches_write_apart,
        (
            (
                "to: office_done, who: {role: head}",
                "to: office_done, who: {role: head}, fields: reason",
            ),
            (
                "    overdue: true\n",
                "    overdue: true\n    effects: [{set: {reason: '\"迟\"'}}]\n",
            ),
        ),
        "  file: {",
        "分支 office（动作 file）与分支 ward（期限 ward_time）同时进行，都会写 reason",
        "branch office (action file) and branch ward (deadline ward_time) go on at once",
    ),
    "a joint signature that fills in and stays until the last": Spoilt(
        checks_branches.branches_write_apart,
        (
            WARD_FILLS_IN,
            (
                "  file: {name: {zh: 登记, en: File}",
                (
                    "  all: {name: {zh: 同签, en: All}, from: office_look, to: review, "
                    "who: [{role: head}, {role: nurse}], all_sign: true, fields: reason}\n"
                    "  file: {name: {zh: 登记, en: File}"
                ),
            ),
        ),
        "  all: {",
        "分支 office（动作 all）与分支 ward（动作 look）同时进行，都会写 reason",
        "branch office (action all) and branch ward (action look) go on at once",
    ),
    "one branch": Spoilt(
        checks_branches.branches_join,
        (
            ("        office: {start: office_look, done: [office_done]}\n", ""),
            ("join: 2", "join: 1"),
        ),
        "      regions:",
        "只有一条分支",
        "has one branch only",
    ),
    "more branches to be done than there are": Spoilt(
        checks_branches.branches_join,
        (("join: 2", "join: 3"),),
        "      regions:",
        "要办完 3 条分支，但只有 2 条",
        "3 branches of both must be done, but there are 2",
    ),
    "a join that people take": Spoilt(
        checks_branches.branches_join,
        (("from: both, to: review, who: system", "from: both, to: review, who: {role: head}"),),
        "  seen: {",
        "分支办完后由系统办理",
        "takes a case on when the branches of both are done",
    ),
    "a join that leaves another state": Spoilt(
        checks_branches.branches_join,
        (("from: both, to: review, who: system", "from: draft, to: review, who: system"),),
        "  seen: {",
        "from 要有 both",
        "its `from` names both",
    ),
    "a clock over two branches": Spoilt(
        checks_branches.clocks_keep_to_one_branch,
        (("while: [ward_look, ward_head]", "while: [ward_look, office_look]"),),
        "  ward_time:",
        "期限 ward_time 跨了分支",
        "Deadline ward_time spans branches",
    ),
    "a clock that pauses outside": Spoilt(
        checks_branches.clocks_keep_to_one_branch,
        (("while: [ward_look, ward_head]", "while: [ward_look, ward_head]\n    pauses: draft"),),
        "  ward_time:",
        "期限 ward_time 跨了分支",
        "Deadline ward_time spans branches",
    ),
    "a new round of one branch": Spoilt(
        checks_branches.rounds_are_of_the_whole_case,
        (("    resubmit: come_back\n", "    new_round: true\n"),),
        "  again:",
        "动作 again 留在分支之内，不能写 new_round",
        "Action again stays inside a branch and cannot begin a new round",
    ),
    "coming back from where nobody was sent": Spoilt(
        checks_branches.who_comes_back_was_sent,
        (("to: approved, who", "to: approved, resubmit: come_back, who"),),
        "  approve: {",
        "动作 approve 写了 resubmit: come_back，却不是退回",
        "Action approve says resubmit: come_back but is no return",
    ),
    "coming back into a branch that begins anew": Spoilt(
        checks_branches.who_comes_back_was_sent,
        (("    new_round: true\n", "    resubmit: come_back\n"),),
        "  home:",
        "无法直接回到退回的人",
        "nothing comes straight back",
    ),
    "going back from the first step of a branch": Spoilt(
        checks_branches.returns_have_somewhere_to_go,
        (("    to: draft\n", "    back: visited\n"), ("    new_round: true\n", "")),
        "  home:",
        "动作 home 在状态 office_look 写了 back",
        "Action home goes back from state office_look",
    ),
    "taking back what nobody decides": Spoilt(
        checks_branches.what_is_taken_back_was_decided,
        (("en: Ward done}, in: both.ward", "en: Ward done}, in: both.ward, may: [take_back]"),),
        "  ward_done: {",
        "状态 ward_done 允许拿回",
        "State ward_done allows take_back",
    ),
    "taking back what has ended the case": Spoilt(
        checks_branches.what_is_taken_back_was_decided,
        (("tools: [transfer]", "tools: [transfer, take_back]"),),
        "  review: {",
        "状态 review 允许拿回",
        "State review allows take_back",
    ),
    "a look that binds nobody": Spoilt(
        checks_branches.what_is_taken_back_was_decided,
        (("longest_chain: 2", "seen_binds: true"),),
        "  review: {",
        "写了 seen_binds，却不允许拿回",
        "says seen_binds but does not allow take_back",
    ),
}


def test_a_good_definition_of_branches_has_no_problems() -> None:
    problems = check_definition(parsed(SIDE_BY_SIDE), small_register())
    assert [one.said.en for one in problems] == []


def test_branches_may_decide_rows_of_one_table_each_in_its_own_column() -> None:
    problems = check_definition(parsed(BY_ROWS), small_register())
    assert [one.said.en for one in problems] == []


def test_what_takes_the_whole_case_away_writes_over_nobody() -> None:
    text = edited(
        WARD_FILLS_IN,
        ("    new_round: true\n", "    new_round: true\n    fields: reason\n"),
        ("from: [ward_look, office_look]", "from: office_look"),
        text=SIDE_BY_SIDE,
    )
    assert [one.said.en for one in check_definition(parsed(text), small_register())] == []


def test_one_step_after_the_other_may_write_again() -> None:
    text = edited(
        WARD_FILLS_IN,
        ("to: ward_done, who: {role: head}", "to: ward_done, who: {role: head}, fields: reason"),
        ("to: approved, who: {role: head}", "to: approved, who: {role: head}, fields: reason"),
        text=SIDE_BY_SIDE,
    )
    assert [one.said.en for one in check_definition(parsed(text), small_register())] == []


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT.keys())
def test_what_is_wrong_is_found_at_its_line(spoilt: Spoilt) -> None:
    told_at_its_line(spoilt, spoilt.of(SIDE_BY_SIDE))


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT.keys())
def test_it_is_the_check_of_that_name_that_finds_it(spoilt: Spoilt) -> None:
    found_by_its_check(spoilt, spoilt.of(SIDE_BY_SIDE))


def test_every_check_is_put_to_the_test() -> None:
    assert {spoilt.check for spoilt in SPOILT.values()} == set(BRANCH_CHECKS)
