"""A small good definition, and ways to spoil it: each test changes only what it is about."""

from __future__ import annotations

from functools import cache

from workflow.design.definition import Definition
from workflow.design.parameters import Measure, Parameter, ParameterKind
from workflow.design.parsing import parse_definition
from workflow.design.problems import Problem
from workflow.design.register import Account, Clause, ClauseKind, Register, Role
from workflow.refusals import Sentence

FILE = "leave-request/1.yaml"

GOOD = """\
process: leave-request
version: 1
name: {zh: 请假, en: Leave}
summary: {zh: 护士请假，科主任批准。, en: Nurses ask for leave; the head approves.}
category: {zh: 人事, en: Staff}
number: QJ
title: '{reason}'
key_figure: days
parameters: [leave.answer_days, leave.sick_note, leave.year]
open:
  who: {role: nurse}
form:
  reason: {label: {zh: 事由, en: Reason}, type: text, required: submit, max: 100}
  days: {label: {zh: 天数, en: Days}, type: integer, required: submit, min: 1, max: 30}
  pay: {label: {zh: 扣发金额, en: Pay withheld}, type: money, above: 0}
  starts: {label: {zh: 开始日期, en: First day}, type: date, required: [submit]}
  called: {label: {zh: 来电时间, en: Called at}, type: datetime}
  kind:
    label: {zh: 类别, en: Kind}
    type: enum
    required: {at: submit, when: param.leave.sick_note, clauses: [L-1]}
    options: [{value: 事假, en: Private}, {value: 病假, en: Sick}]
  trips:
    label: {zh: 行程, en: Trips}
    type: table
    columns:
      place: {label: {zh: 地点, en: Place}, type: text, required: true}
      nights: {label: {zh: 晚数, en: Nights}, type: integer}
  stand_in: {label: {zh: 代班人, en: Stand-in}, type: person}
  ward: {label: {zh: 病区, en: Ward}, type: department}
  head_opinion: {label: {zh: 科主任意见, en: Opinion}, type: long_text}
  ends: {label: {zh: 到期日, en: Last day}, type: date, computed: true}
registers:
  leaves:
    name: {zh: 请假记录, en: Leaves}
    columns:
      person: {type: text, label: {zh: 职工, en: Person}}
      days: {type: integer, label: {zh: 天数, en: Days}}
      starts: {type: date, label: {zh: 开始, en: First day}}
facts:
  taken: {register: leaves, where: {person: applicant.id}, gives: sum, column: days}
  clashing: {register: leaves, where: {starts: form.starts}, gives: numbers}
  seen: {history: approve, gives: exists}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true, edit: {who: applicant, fields: all}}
  review: {name: {zh: 待批准, en: With the head}}
  approved: {name: {zh: 已批准, en: Approved}, final: true}
  refused: {name: {zh: 未批准, en: Refused}, final: true}
actions:
  submit:
    name: {zh: 提交, en: Submit}
    from: draft
    to: review
    who: applicant
    conditions:
      - when: facts.taken + form.days <= 30
        otherwise: {zh: 今年已休满30天, en: Thirty days are taken}
        clauses: [L-1]
      - when: size(facts.clashing) == 0
        otherwise: {zh: 与已批的假期冲突, en: It clashes with another leave}
        names_cases: clashing
    effects:
      - set: {ends: {after: form.starts, days: form.days}}
      - notify: reviewer
  approve:
    name: {zh: 批准, en: Approve}
    from: review
    to: approved
    who: {role: head, of: applicant.department}
    signs: true
    opinion: {required: true, into: head_opinion}
    conditions:
      - when: '!facts.seen'
        otherwise: {zh: 已经批准过, en: It is approved already}
    effects:
      - write: leaves
        row: {person: applicant.id, days: form.days, starts: form.starts}
        key: [person, starts]
      - notify: applicant
  refuse:
    name: {zh: 不批准, en: Refuse}
    from: review
    to: refused
    who: reviewer
    opinion: required
    tone: stop
  lapse: {name: {zh: 逾期作废, en: Lapse}, from: review, to: refused, who: timer}
  withdraw:
    name: {zh: 撤回, en: Withdraw}
    from: [draft, review]
    to: refused
    who: applicant
    duty: false
    tone: stop
deadlines:
  patience:
    name: {zh: 批复期限, en: Time to answer}
    while: review
    length: {workdays: param.leave.answer_days}
    then: lapse
"""


def edited(*edits: tuple[str, str], text: str = GOOD) -> str:
    """The good definition with some texts replaced; each must stand in it exactly once."""
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def one_line(key: str, zh: str, rest: str) -> str:
    """An entry of a section, such as another action or register, on one line."""
    return f"  {key}: {{name: {{zh: {zh}, en: {key.title()}}}, {rest}}}\n"


@cache
def parsed(text: str = GOOD) -> Definition:
    """The definition of a text without problems."""
    read = parse_definition(text, FILE, small_register())
    assert isinstance(read, Definition), [problem.said.en for problem in read]
    return read


def problems_of(text: str) -> tuple[Problem, ...]:
    """What the parser says of a text that it refuses."""
    read = parse_definition(text, FILE, small_register())
    assert isinstance(read, tuple), "it was accepted"
    return read


def line_of(text: str, part: str) -> int:
    """The line (from 1) on which the first `part` stands."""
    return text[: text.index(part)].count("\n") + 1


def column_of(text: str, part: str) -> int:
    """The column (from 1) at which the first `part` stands."""
    return text.index(part) - text.rfind("\n", 0, text.index(part))


@cache
def small_register() -> Register:
    """A register with what the small definition speaks of."""
    roles = [
        Role("nurse", Sentence("护士", "Nurse"), Sentence("病区", "Ward"), Account.LOGIN),
        Role("head", Sentence("科主任", "Head"), Sentence("科室", "Department"), Account.LOGIN),
        Role("family", Sentence("家属", "Family"), Sentence("院外", "Outside"), Account.NONE),
    ]
    parameters = [
        Parameter(
            "leave.answer_days",
            ParameterKind.WHOLE_NUMBER,
            Sentence("批复期限", "Time to answer"),
            Sentence("", ""),
            unit=Measure.WORKDAYS,
        ),
        Parameter(
            "leave.sick_note",
            ParameterKind.ON_OFF,
            Sentence("病假须证明", "Sick leave needs a note"),
            Sentence("", ""),
            default=False,
        ),
        Parameter(
            "leave.year",
            ParameterKind.CHOICE,
            Sentence("年度口径", "Kind of year"),
            Sentence("", ""),
            options={
                "calendar": Sentence("自然年", "Calendar"),
                "service": Sentence("工龄年", "Service"),
            },
            default="calendar",
        ),
        Parameter(
            "leave.limits",
            ParameterKind.WHOLE_NUMBERS,
            Sentence("各类上限", "Limits by kind"),
            Sentence("", ""),
            options={"sick": Sentence("病假", "Sick"), "private": Sentence("事假", "Private")},
        ),
    ]
    clause = Clause(
        "L-1",
        "L",
        "请假制度第1条",
        1,
        Sentence("每年不超过30天", "At most 30 days a year"),
        ClauseKind.LIMIT,
        "leave-request",
    )
    return Register(
        documents={},
        clauses={clause.id: clause},
        conflict_groups={},
        roles={role.key: role for role in roles},
        profiles={},
        parameters={parameter.key: parameter for parameter in parameters},
    )
