"""What can be proven wrong of a process is told before anybody runs it, each at its line."""

from __future__ import annotations

import pytest

from tests.definitions.writing import edited, one_line, parsed, small_register
from tests.engine.spoiling import Spoilt, found_by_its_check, told_at_its_line
from workflow.design import (
    checks_flow,
    checks_form,
    checks_people,
    checks_time,
    checks_words,
)
from workflow.design.checks import CHECKS, check_definition
from workflow.design.checks_branches import BRANCH_CHECKS
from workflow.design.checks_calculations import CALCULATION_CHECKS
from workflow.design.checks_form import policy_comes_from_fields
from workflow.design.checks_print import PRINT_CHECKS
from workflow.design.checks_schedules import SCHEDULE_CHECKS
from workflow.design.checks_signing import SIGNING_CHECKS

APPROVE = "who: {role: head, of: applicant.department}"
LENGTH = "length: {workdays: param.leave.answer_days}"
STATE = "  review: {name: {zh: 待批准, en: With the head}}\n"
LAPSE = "  lapse: {name: {zh: 逾期作废, en: Lapse}, from: review, to: refused, who: timer}\n"
WITHDRAW = "  withdraw: {name: {zh: 撤回, en: Withdraw}, from: [draft, review], "
DAYS = "  days: {label"
ROWS = (
    "  rows: {{label: {{zh: 各行, en: Rows}}, type: table, {}, "
    "columns: {{who: {{label: {{zh: 谁, en: Who}}, type: text}}}}}}\n"
)
UNIT_OF_ROW = (
    "{register: leaves, each: rows, where: {person: line.who}, gives: first, column: person}"
)
LISTED = "  wards: {label: {zh: 病区, en: Wards}, type: list, departments: clinical}\n"
SUBMITTED = "      - set: {ends: {after: form.starts, days: form.days}}\n"
ANY_CONDITION = "conditions: {when: form.days > 1, otherwise: {zh: 一, en: One}}"


def laddered(*rungs: str) -> tuple[str, str]:
    """The edit that gives the clock a ladder."""
    lines = "".join(f"\n      - {rung}" for rung in rungs)
    return ("    then: lapse\n", f"    then: lapse\n    ladder:{lines}\n")


SPOILT = {
    "nowhere to begin": Spoilt(
        checks_flow.it_begins,
        (("entry: true, ", ""),),
        "states:",
        "没有一个状态写着 entry: true",
        "No state says entry: true",
    ),
    "nowhere to end": Spoilt(
        checks_flow.it_ends,
        (
            (
                "approved: {name: {zh: 已批准, en: Approved}, final: true}",
                "approved: {name: {zh: 已批准, en: A}}",
            ),
            (
                "refused: {name: {zh: 未批准, en: Refused}, final: true}",
                "refused: {name: {zh: 未批准, en: R}}",
            ),
        ),
        "states:",
        "没有一个状态写着 final: true",
        "No state says final: true",
    ),
    "an end where a case begins": Spoilt(
        checks_flow.ends_are_ends,
        (("en: Approved}, final: true", "en: Approved}, final: true, entry: true"),),
        "  approved: {",
        "approved 既是入口又是终点",
        "approved is both entry and final",
    ),
    "an end that is still edited": Spoilt(
        checks_flow.ends_are_ends,
        (("en: Approved}, final: true", "en: Approved}, final: true, edit: {who: applicant}"),),
        "  approved: {",
        "不能再保存表单",
        "nothing is saved in a case that has ended",
    ),
    "an action out of an end": Spoilt(
        checks_flow.ends_are_ends,
        (("from: [draft, review]", "from: [draft, approved]"),),
        "  withdraw:",
        "动作 withdraw 从终点状态 approved 出发",
        "withdraw leaves the final state approved",
    ),
    "a state that no way leads to": Spoilt(
        checks_flow.every_state_is_reached,
        ((STATE, STATE + "  attic: {name: {zh: 阁楼, en: Attic}}\n"),),
        "  attic:",
        "走不到状态 attic",
        "No way leads from the entry (draft) to state attic",
    ),
    "a state without a way on": Spoilt(
        checks_flow.every_state_is_left,
        (("en: Approved}, final: true", "en: Approved}"),),
        "  approved: {",
        "案件到了状态 approved 就走不动了：没有动作离开它，它又不是终点。"
        "请加上动作，或写 final: true。例如：draft —submit→ review —approve→ approved。",
        "no action leaves it and it is not final",
    ),
    "a state that only the impossible leaves": Spoilt(
        checks_flow.every_state_is_left,
        (
            ("en: Approved}, final: true", "en: Approved}"),
            (
                LAPSE,
                LAPSE + one_line("close", "了结", "from: approved, to: refused, who: system"),
            ),
        ),
        "  approved: {",
        "离开它的动作（close）没有人能办理",
        "nobody can take the actions that leave it (close)",
    ),
    "rounds without an end": Spoilt(
        checks_flow.every_state_leads_to_an_end,
        (
            ("en: Approved}, final: true", "en: Approved}"),
            (STATE, STATE + "  again: {name: {zh: 复核, en: Again}}\n"),
            (
                LAPSE,
                LAPSE
                + "  check: {name: {zh: 核, en: C}, from: approved, to: again, who: applicant}\n"
                + "  back: {name: {zh: 回, en: B}, from: again, to: approved, who: applicant}\n",
            ),
        ),
        "  approved: {",
        "从状态 approved 出发，怎么走也到不了终点",
        "From state approved no way leads to a final state",
    ),
    "a reviewer where nobody reviews": Spoilt(
        checks_flow.every_seat_is_taken,
        ((APPROVE, APPROVE + "\n    duty: false"),),
        "who: reviewer",
        "状态 review 没有任何人有待办",
        "in state review nobody has a task",
    ),
    "a timer that no deadline fires": Spoilt(
        checks_flow.every_seat_is_taken,
        (("    then: lapse", "    overdue: true"),),
        "  lapse:",
        "没有期限在状态 review 触发它",
        "no deadline fires it in state review",
    ),
    "a system action that nobody fires": Spoilt(
        checks_flow.every_seat_is_taken,
        (
            (
                LAPSE,
                LAPSE + one_line("close", "了结", "from: review, to: refused, who: system"),
            ),
        ),
        "  close:",
        "既没有写 automatic: true，也没有别的流程办理它",
        "neither automatic nor does another process fire it",
    ),
    "two buttons with one name": Spoilt(
        checks_flow.buttons_differ,
        (("{zh: 不批准, en: Refuse}", "{zh: 批准, en: Refuse}"),),
        "  refuse:\n",
        "动作 refuse 与 approve 在状态 review 都叫“批准”",
        "both called “批准”",
    ),
    "two states with one name": Spoilt(
        checks_flow.states_differ,
        (("{zh: 未批准, en: Refused}", "{zh: 已批准, en: Refused}"),),
        "  refused: {",
        "状态 refused 与 approved 都叫“已批准”",
        "refused and approved",
    ),
    "an automatic action for people": Spoilt(
        checks_flow.automatic_is_for_the_system,
        ((APPROVE, APPROVE + "\n    automatic: true"),),
        "  approve:",
        "who 就要写 system",
        "its `who` must be system",
    ),
    "an opinion of the clock": Spoilt(
        checks_flow.automatic_is_for_the_system,
        (("to: refused, who: timer}", "to: refused, who: timer, opinion: required}"),),
        "  lapse:",
        "timer 写不了意见",
        "needs an opinion, which timer cannot give",
    ),
    "automatic actions in a circle": Spoilt(
        checks_flow.automatic_comes_to_rest,
        (
            (
                LAPSE,
                LAPSE
                + one_line("go", "去", "from: draft, to: review, who: system, automatic: true")
                + one_line("come", "来", "from: review, to: draft, who: system, automatic: true"),
            ),
        ),
        "  go:",
        "会无休止地转圈：draft —go→ review —come→ draft",
        "go round for ever: draft —go→ review —come→ draft",
    ),
    "an automatic action that leaves no turn to others": Spoilt(
        checks_flow.automatic_leaves_room,
        (
            (
                LAPSE,
                LAPSE
                + one_line("go", "去", "from: review, to: approved, who: system, automatic: true"),
            ),
        ),
        "  go:",
        "案件一到状态 review 就离开，approve、refuse、lapse、withdraw 永远轮不到",
        "a case leaves state review at once",
    ),
    "a refusal without a reason": Spoilt(
        checks_flow.returns_have_a_reason,
        (("opinion: required", "opinion: optional"),),
        "  refuse:\n",
        "必须说明理由",
        "needs a reason",
    ),
    "a role that never signs in": Spoilt(
        checks_people.roles_can_sign_in,
        ((APPROVE, "who: [{role: head}, {role: family}]"),),
        "{role: family}",
        "角色 family（家属）从不登录",
        "never signs in",
    ),
    "a person in a field of another type": Spoilt(
        checks_people.fields_name_the_right_thing,
        ((APPROVE, "who: {person: form.reason}"),),
        "who: {person: form.reason}",
        "reason 的类型是 text，这里要用类型为 person",
        "here one of type person is needed",
    ),
    "a department in a field of another type": Spoilt(
        checks_people.fields_name_the_right_thing,
        ((APPROVE, "who: {role: head, of: form.stand_in}"),),
        "of: form.stand_in",
        "这里要用类型为 department",
        "here one of type department is needed",
    ),
    "the head of a field that is no department": Spoilt(
        checks_people.fields_name_the_right_thing,
        ((APPROVE, "who: {head: form.stand_in}"),),
        "who: {head: form.stand_in}",
        "这里要用类型为 department",
        "here one of type department is needed",
    ),
    "a stand-in by a field of another type": Spoilt(
        checks_people.fields_name_the_right_thing,
        ((APPROVE, "who: {role: head, if_empty: {person: form.reason}}"),),
        "who: {role: head",
        "这里要用类型为 person",
        "here one of type person is needed",
    ),
    "the department of a step at which nobody decides": Spoilt(
        checks_people.steps_are_decided_by_somebody,
        ((APPROVE, "who: {role: head, of: step.approved}"),),
        "of: step.approved",
        "没有人办理",
        "Nobody decides in state approved",
    ),
    "a stand-in where no task waits": Spoilt(
        checks_people.stand_ins_are_for_tasks,
        (("  who: {role: nurse}", "  who: {role: nurse, if_empty: admin}"),),
        "if_empty: admin",
        "if_empty 和 if_applicant 不起作用",
        "if_empty and if_applicant do nothing",
    ),
    "a field that a formula fills and an effect sets": Spoilt(
        checks_form.formulas_fill_alone,
        (("type: date, computed: true}", "type: date, computed: form.starts + 1}"),),
        "  ends: {",
        "set 或计算给它的值留不住",
        "gives it does not last",
    ),
    "an administrator who would be told in place of somebody": Spoilt(
        checks_people.stand_ins_are_for_tasks,
        (
            (
                SUBMITTED,
                SUBMITTED + "      - notify: {role: nurse, if_empty: admin}\n",
            ),
        ),
        "notify: {role: nurse, if_empty: admin}",
        "if_empty 只能写改为告知谁",
        "if_empty may only name another seat to be told",
    ),
    "a notice to a list that holds no departments": Spoilt(
        checks_people.fields_name_the_right_thing,
        (
            (DAYS, f"  wards: {{label: {{zh: 病区, en: Wards}}, type: list}}\n{DAYS}"),
            (SUBMITTED, SUBMITTED + "      - notify: {role: nurse, of: form.wards}\n"),
        ),
        "notify: {role: nurse, of: form.wards}",
        "这里要用类型为 department",
        "here one of type department is needed",
    ),
    "a task for a list of departments": Spoilt(
        checks_people.fields_name_the_right_thing,
        (
            (
                DAYS,
                LISTED + DAYS,
            ),
            (APPROVE, "who: {role: head, of: form.wards}"),
        ),
        "who: {role: head, of: form.wards}",
        "这里要用类型为 department",
        "here one of type department is needed",
    ),
    "joint signing of everybody who held a post": Spoilt(
        checks_people.holders_at_opening_sign_alone,
        (
            (APPROVE, "who: [{role: head, holders: at_opening}, {role: nurse}]"),
            ("    signs: true", "    signs: true\n    all_sign: true"),
        ),
        "holders: at_opening",
        "不能同时用 holders",
        "does not go with holders",
    ),
    "the parent's department without a parent": Spoilt(
        checks_people.scopes_have_a_meaning,
        ((APPROVE, "who: {role: head, of: parent.department}"),),
        "of: parent.department",
        "没有上级案件",
        "has no parent case",
    ),
    "anyone where there is no department": Spoilt(
        checks_people.scopes_have_a_meaning,
        ((APPROVE, "who: {role: head, or_anyone: true}"),),
        "or_anyone",
        "没有写 of 就不起作用",
        "does nothing without `of`",
    ),
    "siblings without a parent": Spoilt(
        checks_people.parents_are_declared,
        (("  seen: {", "  beside: {related: siblings, gives: exists}\n  seen: {"),),
        "  beside:",
        "没有上级案件",
        "has no parent case",
    ),
    "an act on a parent that is none": Spoilt(
        checks_people.parents_are_declared,
        (
            (
                "      - notify: applicant\n",
                "      - {act: close, on: parent, process: ward-round}\n",
            ),
        ),
        "- {act: close",
        "没有上级案件",
        "has no parent case",
    ),
    "one seat twice": Spoilt(
        checks_people.seats_differ,
        ((APPROVE, "who: [{role: head}, {role: head}]"),),
        "who: [{role: head}, {role: head}]",
        "同一办理人写了两次",
        "names the same seat twice",
    ),
    "a task for somebody who may not act": Spoilt(
        checks_people.tasks_wait_for_those_who_act,
        ((APPROVE, APPROVE + "\n    waits_for: {role: nurse}"),),
        "waits_for",
        "收到待办却办不了",
        "a task that they cannot do",
    ),
    "waiting for somebody without a task": Spoilt(
        checks_people.tasks_wait_for_those_who_act,
        ((APPROVE, "who: {role: head}\n    waits_for: {role: head}\n    duty: false"),),
        "  approve:",
        "waits_for 不起作用",
        "does nothing",
    ),
    "a signature of the clock": Spoilt(
        checks_people.signatures_are_given_by_people,
        (("to: refused, who: timer}", "to: refused, who: timer, signs: true}"),),
        "  lapse:",
        "签署须由人作出",
        "no person takes it",
    ),
    "a signature for which nobody is asked": Spoilt(
        checks_people.signatures_are_given_by_people,
        (("    signs: true", "    signs: true\n    duty: false"),),
        "  approve:",
        "没有人会收到待办",
        "nobody gets a task",
    ),
    "joint signing by one seat": Spoilt(
        checks_people.joint_signing_has_several_seats,
        (("    signs: true", "    signs: true\n    all_sign: true"),),
        "  approve:",
        "至少两方",
        "at least two seats",
    ),
    "joint signing that does not always ask": Spoilt(
        checks_people.joint_signing_has_several_seats,
        (
            (APPROVE, "who: [{role: head}, {role: nurse}]"),
            ("    signs: true", "    signs: true\n    all_sign: true\n    duty: form.days > 1"),
        ),
        "  approve:",
        "不能写 duty",
        "no duty",
    ),
    "the applicant let in where only the applicant acts": Spoilt(
        checks_people.applicants_are_let_in_where_they_could_be_kept_out,
        (("    duty: false", "    duty: false\n    by_applicant: true"),),
        "  withdraw:",
        "by_applicant 不起作用",
        "by_applicant does nothing",
    ),
    "a notice that reaches nobody": Spoilt(
        checks_people.notices_reach_somebody,
        (("      - notify: applicant\n", "      - notify: reviewer\n"),),
        "- notify: reviewer\n  refuse",
        "通知不到任何人",
        "reaches nobody",
    ),
    "two fields with one label": Spoilt(
        checks_form.labels_differ,
        (("{zh: 病区, en: Ward}", "{zh: 代班人, en: Ward}"),),
        "  ward:",
        "名称都是“代班人”",
        "both labelled “代班人”",
    ),
    "bounds that leave no room": Spoilt(
        checks_form.bounds_leave_room,
        (("min: 1, max: 30", "min: 31, max: 30"),),
        "  days: {label",
        "最小值比最大值还大",
        "more than its greatest",
    ),
    "a negative number of letters": Spoilt(
        checks_form.bounds_leave_room,
        (("required: submit, max: 100", "required: submit, min: -1"),),
        "  reason:",
        "不能是负数",
        "cannot be negative",
    ),
    "an option twice": Spoilt(
        checks_form.options_differ,
        (("{value: 病假, en: Sick}", "{value: 事假, en: Sick}"),),
        "  kind:\n    label",
        "“事假”写了不止一次",
        "offers “事假” more than once",
    ),
    "an opinion that is a number": Spoilt(
        checks_form.opinions_have_a_place,
        (("into: head_opinion", "into: pay"),),
        "  approve:",
        "须是 text 或 long_text",
        "must be text or long_text",
    ),
    "a computed field that is typed": Spoilt(
        checks_form.nobody_types_what_is_not_theirs,
        (("    signs: true", "    signs: true\n    fields: [ends]"),),
        "  approve:",
        "ends，可它是 computed",
        "ends, which is computed",
    ),
    "another's opinion that is typed": Spoilt(
        checks_form.nobody_types_what_is_not_theirs,
        (
            (
                "edit: {who: applicant, fields: all}",
                "edit: {who: applicant, fields: [head_opinion]}",
            ),
        ),
        "  draft:",
        "head_opinion，可它是另一动作的意见",
        "the opinion of another action",
    ),
    "a computed field that must be typed": Spoilt(
        checks_form.what_is_required_can_be_given,
        (("type: date, computed: true", "type: date, computed: true, required: approve"),),
        "  ends:",
        "请改写成条件 given.ends",
        "write the condition given.ends",
    ),
    "an opinion that others must give": Spoilt(
        checks_form.what_is_required_can_be_given,
        (("type: long_text}", "type: long_text, required: refuse}"),),
        "  head_opinion:",
        "head_opinion 是另一动作的意见",
        "is the opinion of another action",
    ),
    "a field that the clock must fill": Spoilt(
        checks_form.what_is_required_can_be_given,
        (("type: money, above: 0", "type: money, above: 0, required: lapse"),),
        "  pay:",
        "这个动作没有人办理",
        "which no person takes",
    ),
    "a masked field in a title": Spoilt(
        checks_form.titles_show_what_may_be_shown,
        (("required: submit, max: 100", "required: submit, max: 100, masked: true"),),
        "  reason:",
        "title 会出现在每个列表里",
        "title is shown in every list",
    ),
    "a table as a figure": Spoilt(
        checks_form.titles_show_what_may_be_shown,
        (("key_figure: days", "key_figure: trips"),),
        "  trips:",
        "key_figure 会出现在每个列表里",
        "key_figure is shown in every list",
    ),
    "a parent in a field that holds no case": Spoilt(
        checks_form.parents_have_a_field,
        (
            (
                "  who: {role: nurse}",
                "  who: {role: nurse}\n  parent: {process: ward-round, field: reason}",
            ),
        ),
        "  reason:",
        "它须是 type: case",
        "must be of type case",
    ),
    "a sum of words": Spoilt(
        checks_form.facts_answer_what_is_asked,
        (("gives: sum, column: days", "gives: sum, column: person"),),
        "  taken:",
        "只能合计 integer 或 money",
        "adds columns of integer or money",
    ),
    "a department that is a figure": Spoilt(
        checks_form.facts_answer_what_is_asked,
        (("gives: sum, column: days", "gives: first, column: days, or_held: head"),),
        "  taken:",
        "days 须是 text 的列",
        "days must be a column of text",
    ),
    "cases in the way that have no numbers": Spoilt(
        checks_form.facts_answer_what_is_asked,
        (("names_cases: clashing", "names_cases: taken"),),
        "- when: size(facts.clashing)",
        "names_cases 要用 gives: numbers 的事实",
        "names_cases takes a fact with gives: numbers",
    ),
    "a fact that nobody asks for": Spoilt(
        checks_form.nothing_is_declared_in_vain,
        (("'!facts.seen'", "form.days > 0"),),
        "  seen:",
        "seen 没有被任何表达式用到",
        "No expression names the fact seen",
    ),
    "a register that nobody touches": Spoilt(
        checks_form.nothing_is_declared_in_vain,
        (
            (
                "facts:\n",
                one_line("spare", "备", "columns: {a: {type: text, label: {zh: 甲, en: A}}}")
                + "facts:\n",
            ),
        ),
        "  spare:",
        "既没有写入也没有查询",
        "neither written nor read",
    ),
    "lines of what has none": Spoilt(
        checks_form.lines_come_from_tables,
        (("        key: [person, starts]", "        key: [person, starts]\n        each: reason"),),
        "- write: leaves",
        "each 要用类型为 table 或 list",
        "each takes a field of type table or list",
    ),
    "a date counted into a number": Spoilt(
        checks_form.counted_dates_go_into_dates,
        (("set: {ends: {after", "set: {days: {after"),),
        "- set: {days",
        "请用 date 或 datetime 的表单项",
        "use a field of type date or datetime",
    ),
    "a case hidden from a number": Spoilt(
        checks_people.cases_are_hidden_from_people,
        (("title: ", "hidden_from: days\ntitle: "),),
        "  days: {label",
        "hidden_from 要用 type: person",
        "hidden_from takes fields of type person",
    ),
    "a new case's number in a field of numbers": Spoilt(
        checks_form.numbers_go_into_case_fields,
        (("      - notify: reviewer\n", "      - {start: ward-round, into: days}\n"),),
        "- {start: ward-round",
        "须是 type: case、computed: true",
        "has to be of type case, computed",
    ),
    "a deadline that leads to nothing": Spoilt(
        checks_time.clocks_end_in_something,
        (("    then: lapse\n", ""),),
        "  patience:",
        "到期后什么也不会发生",
        "Nothing happens when",
    ),
    "a clock by which nothing is due and somebody is late": Spoilt(
        checks_time.clocks_without_due_work_only_have_effects,
        (("    then: lapse\n", "    due: false\n    overdue: true\n"),),
        "  patience:",
        "没有谁的任务以它为限，overdue 就没有意义",
        "No work is due by deadline patience (due: false), so overdue means nothing",
    ),
    "a clock by which nothing is due and the timer acts": Spoilt(
        checks_time.clocks_without_due_work_only_have_effects,
        (("    then: lapse\n", "    then: lapse\n    due: false\n"),),
        "  patience:",
        "没有谁的任务以它为限，then 就没有意义",
        "(due: false), so then means nothing",
    ),
    "a clock by which nothing is due and somebody is reminded": Spoilt(
        checks_time.clocks_without_due_work_only_have_effects,
        (
            (
                "    then: lapse\n",
                "    due: false\n    ladder: [{at: due, remind: applicant}]\n",
            ),
        ),
        "  patience:",
        "没有谁的任务以它为限，ladder 就没有意义",
        "(due: false), so ladder means nothing",
    ),
    "a ladder out of order": Spoilt(
        checks_time.ladders_lead_upwards,
        (laddered("{at: due, remind: applicant}", "{before: {days: 1}, remind: applicant}"),),
        "      - {before: {days: 1}",
        "第 2 档提醒不晚于它前面的一档",
        "Rung 2 of deadline patience comes no later",
    ),
    "two rungs of a ladder at one moment": Spoilt(
        checks_time.ladders_lead_upwards,
        (
            laddered(
                "{after: {days: 1}, remind: applicant}", "{after: {days: 1}, remind: reviewer}"
            ),
        ),
        "      - {after: {days: 1}, remind: reviewer",
        "每个时点一档",
        "one for each moment",
    ),
    "a reminder before the clock begins": Spoilt(
        checks_time.reminders_come_after_the_beginning,
        (
            (LENGTH, "length: {workdays: 3}"),
            laddered("{before: {workdays: 3}, remind: applicant}"),
        ),
        "      - {before: {workdays: 3}",
        "提前 3 workdays 的提醒永远不会发出",
        "the reminder 3 workdays before its end is never sent",
    ),
    "a clock in an end": Spoilt(
        checks_time.clocks_run_before_the_end,
        (("    while: review\n", "    while: [review, refused]\n"),),
        "  patience:",
        "写了终点状态 refused",
        "names the final state refused",
    ),
    "a clock that runs and stands still": Spoilt(
        checks_time.clocks_run_or_stand_still,
        (("    then: lapse", "    pauses: review\n    then: lapse"),),
        "  patience:",
        "既计时（while）又暂停（pauses）",
        "both runs (while) and pauses",
    ),
    "a timer that fires what is not its own": Spoilt(
        checks_time.timers_can_act,
        (("    then: lapse", "    then: withdraw"),),
        "  patience:",
        "它的 who 里没有 timer",
        "whose `who` has no timer",
    ),
    "a timer that fires where it cannot": Spoilt(
        checks_time.timers_can_act,
        (("    while: review\n", "    while: [draft, review]\n"),),
        "  patience:",
        "会在状态 draft 到期，但动作 lapse 不能在那里办理",
        "may expire in state draft",
    ),
    "a clock with the name of an action of the timer": Spoilt(
        checks_time.clocks_can_be_told_from_actions,
        (("  patience:\n", "  lapse:\n"),),
        "  lapse:\n    name: {zh: 批复期限",
        "期限和计时器办理的动作都叫 lapse",
        "both called lapse",
    ),
    "a clock by which nothing is due with the name of an action": Spoilt(
        checks_time.clocks_can_be_told_from_actions,
        (
            ("  patience:\n", "  approve:\n"),
            ("    then: lapse\n", "    due: false\n    effects: [{notify: applicant}]\n"),
        ),
        "  approve:\n    name: {zh: 批复期限",
        "期限（due: false）和动作都叫 approve",
        "(due: false) and an action are both called approve",
    ),
    "a length of ten thousand years": Spoilt(
        checks_time.lengths_are_possible,
        ((LENGTH, "length: {years: 9999}"),),
        "length: {years: 9999}",
        "太长或为负",
        "negative or too long",
    ),
    "a length that hides the others": Spoilt(
        checks_time.lengths_are_possible,
        ((LENGTH, "length: [{days: 1}, {when: param.leave.sick_note, days: 2}]"),),
        "length: [{days: 1}",
        "总会用上它",
        "always counts",
    ),
    "working days used as days": Spoilt(
        checks_time.units_agree,
        ((LENGTH, "length: {days: param.leave.answer_days}"),),
        "length: {days",
        "单位是 workdays，这里却当作 days",
        "counts workdays, but here days",
    ),
    "a word that is no option": Spoilt(
        checks_words.compared_words_exist,
        (("'!facts.seen'", "'!facts.seen || form.kind == \"病价\"'"),),
        "'!facts.seen ||",
        "form.kind 不可能是“病价”。是不是想写“病假”？",
        "form.kind is never “病价”",
    ),
    "a word that the policy never says": Spoilt(
        checks_words.compared_words_exist,
        (("'!facts.seen'", '\'!facts.seen || param.leave.year in ["calendar", "moon"]\''),),
        "'!facts.seen ||",
        "param.leave.year 不可能是“moon”",
        "param.leave.year is never “moon”",
    ),
    "a state that is none, in an expression": Spoilt(
        checks_words.compared_words_exist,
        (("'!facts.seen'", "'!facts.seen && \"revue\" != case.state'"),),
        "'!facts.seen &&",
        "case.state 不可能是“revue”。是不是想写“review”？",
        "case.state is never “revue”",
    ),
    "a word set that is no option": Spoilt(
        checks_words.set_words_are_options,
        ((SUBMITTED, "      - set: {kind: '\"产假\"'}\n"),),
        "- set: {kind",
        "form.kind 不可能是“产假”",
        "form.kind is never “产假”",
    ),
    "a clause that nobody answers for": Spoilt(
        checks_time.every_clause_is_answered_for,
        (
            ("en: Thirty days are taken}\n        clauses: [L-1]", "en: Thirty days are taken}"),
            ("when: param.leave.sick_note, clauses: [L-1]", "when: param.leave.sick_note"),
        ),
        "process:",
        "条款 L-1（每年不超过30天）提到本流程，却没有规则依据它",
        "no rule rests on it",
    ),
    "whole for some, though nothing is masked": Spoilt(
        checks_form.only_what_is_masked_is_kept_for_some,
        (
            (
                "type: text, required: submit, max: 100}",
                "type: text, required: submit, max: 100, whole_for: head}",
            ),
        ),
        "  reason:",
        "不是敏感信息，人人都看得全",
        "is not masked, so everybody sees it whole",
    ),
    "rows of one's own of which nobody knows whose they are": Spoilt(
        checks_form.each_sees_rows_of_their_own,
        ((DAYS, ROWS.format("own_rows: clashing, whole_for: head") + DAYS),),
        "  rows:",
        "clashing 须写 each: rows、gives: first",
        "own_rows takes a fact that gives the department of a line",
    ),
    "rows of one's own that nobody sees all of": Spoilt(
        checks_form.each_sees_rows_of_their_own,
        (
            (DAYS, ROWS.format("own_rows: unit") + DAYS),
            ("facts:\n", f"facts:\n  unit: {UNIT_OF_ROW}\n"),
        ),
        "  rows:",
        "各看各的行，没有人看得全",
        "everybody sees their own rows and nobody all",
    ),
    "rows of one's own that are written by whoever does not see all": Spoilt(
        checks_form.each_sees_rows_of_their_own,
        (
            (DAYS, ROWS.format("own_rows: unit, whole_for: nurse") + DAYS),
            ("facts:\n", f"facts:\n  unit: {UNIT_OF_ROW}\n"),
            (APPROVE, f"{APPROVE}\n    fields: [rows]"),
        ),
        "  approve:",
        "填写它的人却有看不全的",
        "would wipe out the others",
    ),
    "a clause that is carried and excused": Spoilt(
        checks_time.every_clause_is_answered_for,
        (("deadlines:\n", "not_enforced:\n  L-1: {zh: 无, en: None}\ndeadlines:\n"),),
        "not_enforced:",
        "却又有规则依据它",
        "but a rule rests on it",
    ),
}


def test_a_good_definition_has_no_problems() -> None:
    assert check_definition(parsed(), small_register()) == ()


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT.keys())
def test_what_is_wrong_is_found_at_its_line(spoilt: Spoilt) -> None:
    told_at_its_line(spoilt, spoilt.of())


@pytest.mark.parametrize("spoilt", SPOILT.values(), ids=SPOILT.keys())
def test_it_is_the_check_of_that_name_that_finds_it(spoilt: Spoilt) -> None:
    found_by_its_check(spoilt, spoilt.of())


def test_every_check_is_put_to_the_test() -> None:
    # Those of panels, branches, schedules, calculations and policy have files of their own:
    # test_checking_panels, ….
    elsewhere = {*SIGNING_CHECKS, *BRANCH_CHECKS, *SCHEDULE_CHECKS, *CALCULATION_CHECKS}
    elsewhere |= {*PRINT_CHECKS}
    elsewhere.add(policy_comes_from_fields)
    assert {spoilt.check for spoilt in SPOILT.values()} == set(CHECKS) - elsewhere


class TestWhatIsRightThoughItLooksOdd:
    def test_a_system_action_that_another_process_fires(self) -> None:
        text = edited(
            (
                LAPSE,
                LAPSE + one_line("close", "了结", "from: review, to: refused, who: system"),
            )
        )
        acts = {("leave-request", "close")}
        assert check_definition(parsed(text), small_register(), acts) == ()

    def test_an_automatic_action_with_a_condition(self) -> None:
        text = edited(
            (
                LAPSE,
                LAPSE
                + "  go: {name: {zh: 去, en: Go}, from: review, to: approved, who: system, "
                + f"automatic: true, {ANY_CONDITION}}}\n",
            )
        )
        assert check_definition(parsed(text), small_register()) == ()

    def test_a_timer_that_acts_in_some_states_where_people_act_too(self) -> None:
        text = edited(
            (
                "from: review, to: refused, who: timer",
                "from: [draft, review], to: refused, who: [timer, {role: head}]",
            )
        )
        assert check_definition(parsed(text), small_register()) == ()

    def test_two_buttons_of_one_name_in_different_states(self) -> None:
        text = edited(
            ("from: [draft, review]", "from: draft"),
            ("{zh: 撤回, en: Withdraw}", "{zh: 批准, en: Withdraw}"),
        )
        assert check_definition(parsed(text), small_register()) == ()

    def test_an_applicant_who_withdraws_without_a_reason(self) -> None:
        text = edited(("    duty: false\n    tone: stop", "    duty: false\n    tone: back"))
        assert check_definition(parsed(text), small_register()) == ()

    def test_several_entries(self) -> None:
        text = edited(
            (
                "{name: {zh: 待批准, en: With the head}}",
                "{name: {zh: 待批准, en: With the head}, entry: true}",
            )
        )
        assert parsed(text).entries == ("draft", "review")
        assert check_definition(parsed(text), small_register()) == ()

    def test_words_of_an_open_list(self) -> None:
        text = edited(
            ("type: enum\n", "type: enum\n    open_options: true\n"),
            ("'!facts.seen'", "'!facts.seen || form.kind == \"产假\"'"),
        )
        assert check_definition(parsed(text), small_register()) == ()


def test_problems_come_in_the_order_of_the_file_each_once() -> None:
    text = edited(
        ("{zh: 病区, en: Ward}", "{zh: 代班人, en: Ward}"),
        ("opinion: required", "opinion: optional"),
        ("    then: lapse\n", ""),
    )
    problems = check_definition(parsed(text), small_register())
    assert [one.line for one in problems] == sorted(one.line for one in problems)
    assert len(set(problems)) == len(problems) == 4
