"""Small processes for scenarios about scenarios: a car is asked for, and its key comes back."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from storage.memory import MemoryStore
from tests.definitions.shipped import FOLDER, register
from workflow.calendar import parse_calendar
from workflow.design.definition import Definition
from workflow.design.parsing import parse_definition
from workflow.scenarios.playing import Verdict
from workflow.scenarios.running import Report, Theatre, run_scenarios, with_bundles
from workflow.service.bundles import Bundle, examine
from workflow.service.catalog import Catalog

CAR = """\
process: car-request
version: 1
name: {zh: 借车, en: Car request}
summary: {zh: 医生借车，科主任批准。, en: A doctor asks for a car; the head approves.}
category: {zh: 后勤, en: Logistics}
number: JC
title: '{purpose}'
key_figure: deposit
parameters: [consumable.medins_review]
open:
  who: {role: clinician}
  clauses: [S0-03-B02a]
form:
  purpose:
    label: {zh: 用途, en: Purpose}
    type: text
    required: submit
    max: 50
    clauses: [S0-03-B02a]
  deposit: {label: {zh: 押金, en: Deposit}, type: money, above: 0}
  leaves_on: {label: {zh: 日期, en: Day}, type: date}
  leaves_at: {label: {zh: 出发, en: Departure}, type: datetime}
  licence: {label: {zh: 驾照, en: Licence}, type: file}
  together_with: {label: {zh: 同行, en: Together with}, type: case, process: car-request}
  stops:
    label: {zh: 途经, en: Stops}
    type: table
    columns:
      place: {label: {zh: 地点, en: Place}, type: text, required: true}
      km: {label: {zh: 公里, en: Kilometres}, type: integer}
  head_opinion: {label: {zh: 意见, en: Opinion}, type: long_text}
registers:
  car_days:
    name: {zh: 用车登记, en: Car days}
    columns:
      purpose: {type: text, label: {zh: 用途, en: Purpose}}
      day: {type: date, label: {zh: 日期, en: Day}}
      deposit: {type: money, label: {zh: 押金, en: Deposit}}
      request: {type: text, label: {zh: 申请, en: Request}}
facts:
  taken: {register: car_days, where: {day: form.leaves_on}, gives: exists}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true, edit: {who: applicant, fields: all}}
  review: {name: {zh: 待批准, en: With the head}}
  approved: {name: {zh: 已批准, en: Approved}, final: true}
  refused: {name: {zh: 不同意, en: Refused}, final: true}
actions:
  submit:
    name: {zh: 提交, en: Submit}
    from: draft
    to: review
    who: applicant
    conditions:
      - when: '!given.leaves_on || !facts.taken'
        otherwise: {zh: 当天的车已借出, en: The car is taken on that day}
        clauses: [S0-03-B03]
    effects: [{notify: reviewer}]
    clauses: [S0-03-B02a]
  approve:
    name: {zh: 批准, en: Approve}
    from: review
    to: approved
    who: {role: dept_head, of: applicant.department}
    signs: true
    opinion: {required: true, into: head_opinion}
    effects:
      - write: car_days
        row:
          purpose: form.purpose
          day: form.leaves_on
          deposit: form.deposit
          request: case.number
      - start: key-return
        fields: {note: form.purpose}
      - notify: applicant
    clauses: [S0-03-B02b]
  refuse:
    name: {zh: 不同意, en: Refuse}
    from: review
    to: refused
    who: reviewer
    opinion: required
    tone: stop
    clauses: [S0-03-B01]
  to_leader:
    name: {zh: 转领导, en: To the leader}
    from: review
    to: refused
    who: {role: dept_head, of: applicant.department}
    conditions:
      - when: param.consumable.medins_review
        otherwise: {zh: 未启用, en: Switched off}
        clauses: [S0-03-B04a]
deadlines:
  patience:
    name: {zh: 批复期限, en: Time to answer}
    while: review
    length: {workdays: 2}
    overdue: true
    effects: [{notify: reviewer}]
    clauses: [S0-03-B04b]
  forgotten:
    name: {zh: 长期未批, en: Forgotten}
    while: review
    length: {days: 30}
    overdue: true
"""

KEY = """\
process: key-return
version: 1
name: {zh: 还钥匙, en: Key return}
summary: {zh: 车钥匙用后归还。, en: The key comes back after use.}
category: {zh: 后勤, en: Logistics}
number: YS
title: '{note}'
open:
  who: {role: keeper}
  parent: {process: car-request, field: trip, required: true}
form:
  trip: {label: {zh: 借车申请, en: Car request}, type: case, process: car-request}
  note: {label: {zh: 事由, en: Note}, type: text}
states:
  out: {name: {zh: 未还, en: Out}, entry: true}
  back: {name: {zh: 已还, en: Back}, final: true}
actions:
  give_back: {name: {zh: 归还, en: Give back}, from: out, to: back, who: {role: keeper}}
"""

WASH = """\
process: car-wash
version: 1
name: {zh: 洗车, en: Car wash}
summary: {zh: 每月洗一次车。, en: The cars are washed once a month.}
category: {zh: 后勤, en: Logistics}
number: XC
title: '{month}'
open: {who: [{role: keeper}, system], fields: [month]}
form:
  month: {label: {zh: 月份, en: Month}, type: text, required: opening}
states:
  dirty: {name: {zh: 待洗, en: Dirty}, entry: true}
  clean: {name: {zh: 已洗, en: Clean}, final: true}
actions:
  wash: {name: {zh: 洗完, en: Washed}, from: dirty, to: clean, who: {role: keeper}}
schedules:
  monthly:
    name: {zh: 每月洗车, en: Monthly wash}
    when: {every: month, day: 20, at: '08:00'}
    for: {role: keeper}
    fields: {month: due.period}
    missed_after: {days: 2}
"""

FILES = {"car.yaml": CAR, "key.yaml": KEY, "wash.yaml": WASH}

HEAD = """\
- scenario: {title}
  process: car-request
  now: 2026-03-02T09:00:00+08:00
  registers:
    car_days: [{{purpose: 接人, day: 2026-03-20, deposit: '100.00'}}]
  people:
    amy: {{name: 艾医生, department: surgery, roles: [clinician]}}
    lee: {{name: 李主任, department: surgery, roles: [dept_head]}}
    fan: {{name: 范主任, department: icu, roles: [dept_head]}}
    kim: {{name: 金师傅, department: garage, roles: [keeper]}}
    sam: {{name: 沈医生, department: surgery, roles: [clinician]}}
  delegations:
    - {{from: lee, to: fan, start: 2026-03-03, end: 2026-03-04, roles: [dept_head]}}
"""


@cache
def empty_theatre() -> Theatre:
    """The shipped register and calendar, and no process."""
    calendar = parse_calendar((FOLDER / "calendars/statutory.csv").read_text("utf-8"))
    return Theatre(Catalog.of(register(), ()), calendar, MemoryStore)


@cache
def theatre() -> Theatre:
    """The shipped register and calendar, and the two processes."""
    known = [parse_definition(text, file, register()) for file, text in FILES.items()]
    parsed = [one for one in known if isinstance(one, Definition)]
    examined = [examine(text, file, register(), parsed) for file, text in FILES.items()]
    bundles = [one for one in examined if isinstance(one, Bundle)]
    assert len(bundles) == len(FILES), examined
    empty = empty_theatre()
    return replace(empty, catalog=with_bundles(empty.catalog, bundles))


def run(folder: Path, text: str) -> Report:
    """Play a scenario file on the two processes."""
    file = folder / "stories.yaml"
    file.write_text(text, "utf-8")
    return run_scenarios([file], theatre())


def play_steps(folder: Path, *steps: str) -> Verdict:
    """Play one scenario of these steps (each in YAML's flow style) with the cast of `HEAD`."""
    lines = "".join(f"    - {step}\n" for step in steps)
    head = f"{HEAD.format(title='一次借车')}  schedules: [car-wash]\n"
    report = run(folder, f"{head}  steps:\n{lines}")
    assert not report.problems, [problem.said.en for problem in report.problems]
    return report.verdicts[0]
