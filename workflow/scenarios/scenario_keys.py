"""The table of a scenario: its setting, its cast, its steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from enum import StrEnum

from workflow.design.shapes import Choice, Entries, Figure, KnownKey, Made, Reference, Schema, Shape
from workflow.design.spots import Name, Reading, Spot
from workflow.design.tables import Key, Section, Table
from workflow.design.tables import Values as Read
from workflow.people.organisation import Delegation, Department, Person, Post
from workflow.people.rosters import Duty, Roster, Shift
from workflow.refusals import Sentence
from workflow.scenarios.check_keys import PERSON, WORD, WORDS
from workflow.scenarios.shapes import Anything, Day, Items, Moment, RoleWord, Values
from workflow.scenarios.step_keys import STEP

#: An amount in yuan, kept in fen.
AMOUNT = Made(Figure(), lambda yuan: int(yuan * 100))


class DepartmentType(StrEnum):
    """What kind of unit a department is."""

    CLINICAL = "clinical"
    MEDICAL_TECHNOLOGY = "medical_technology"
    FUNCTIONAL = "functional"
    LEADERSHIP = "leadership"
    EXTERNAL = "external"


class DayKind(StrEnum):
    """Whether a day is worked."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


class PostKeys(Table):
    """A role that somebody holds, where and when."""

    noun = Sentence("岗位", "A post")

    role = Key(RoleWord(), "角色", "the role", required=True)
    department = Key(WORD, "在哪个科室；不写即其所在科室", "where; their own if not written")
    start = Key(Day(), "第一天", "the first day")
    end = Key(Day(), "最后一天（到当日结束）", "the last day, to its end")
    limit = Key(AMOUNT, "限额（元）", "its limit, in yuan")


def _post(values: Read) -> Post | None:
    keys = PostKeys
    role = values.get(keys.role)
    if role is None:
        return None
    return Post(
        role,
        values.get(keys.department, ""),
        values.get(keys.start),
        values.get(keys.end),
        values.get(keys.limit),
    )


class PersonKeys(Table):
    """Somebody who exists in a scenario."""

    noun = Sentence("人员", "A person")

    name = Key(WORD, "姓名", "what people call them")
    department = Key(WORD, "所在科室", "where they work")
    roles = Key(Items(RoleWord()), "在该科室担任的角色", "the roles that they hold there")
    posts = Key(
        Items(Section(PostKeys, _post)),
        "有任期、限额或在别的科室的岗位",
        "posts with first and last day, with a limit, or elsewhere",
    )


def _person(values: Read) -> Person:
    key = values.spot.key
    department = values.get(PersonKeys.department, "")
    return Person(
        key,
        values.get(PersonKeys.name, key),
        department,
        (
            *(Post(role, department) for role in values.get(PersonKeys.roles, ())),
            *(
                replace(post, department=post.department or department)
                for post in values.get(PersonKeys.posts, ())
            ),
        ),
    )


class DepartmentKeys(Table):
    """A department."""

    noun = Sentence("科室", "A department")

    name = Key(WORD, "名称", "what people call it")
    type = Key(
        Choice(Sentence("科室类型", "type of department"), *DepartmentType), "类型", "its kind"
    )
    parent = Key(WORD, "上级科室", "the department above it")


def _department(values: Read) -> Department:
    key, keys = values.spot.key, DepartmentKeys
    kind = values.get(keys.type, DepartmentType.CLINICAL)
    return Department(key, values.get(keys.name, key), kind.value, values.get(keys.parent))


class DelegationKeys(Table):
    """Somebody acts for somebody else for some days."""

    noun = Sentence("代理", "A delegation")

    from_ = Key(PERSON, "委托人", "who lends their posts", required=True)
    to = Key(PERSON, "代理人", "who acts for them", required=True)
    start = Key(Day(), "第一天（0 时起）", "the first day, from its midnight", required=True)
    end = Key(Day(), "最后一天（到当日结束）", "the last day, to its end", required=True)
    roles = Key(
        Items(RoleWord()), "限于哪些角色；不写即全部", "only these roles; all if not written"
    )
    processes = Key(
        WORDS, "限于哪些流程；不写即全部", "only in these processes; all if not written"
    )
    up_to = Key(AMOUNT, "限于多少金额以内（元）", "only up to this amount, in yuan")


def _delegation(values: Read) -> Delegation | None:
    keys = DelegationKeys
    principal, delegate = values.get(keys.from_), values.get(keys.to)
    start, end = values.get(keys.start), values.get(keys.end)
    if principal is None or delegate is None or start is None or end is None:
        return None
    if end < start:
        values.reading.complain(
            values.at(keys.end).place,
            "代理的最后一天早于第一天，请改正。",
            "The last day of the delegation comes before its first; mend one of them.",
        )
    roles = values.get(keys.roles, ())
    processes, most = values.get(keys.processes, ()), values.get(keys.up_to)
    return Delegation(values.spot.path, principal, delegate, start, end, roles, processes, most)


class ShiftShape(Shape[tuple[time, time]]):
    """The hours of a shift."""

    expected = Sentence("起止时间，如 18:00-08:00", "its hours, as 18:00-08:00")

    def read(self, spot: Spot, reading: Reading) -> tuple[time, time] | None:
        """From when to when."""
        value = spot.node.value
        try:
            start, _, end = str(value).partition("-")
            return time.fromisoformat(start.strip()), time.fromisoformat(end.strip())
        except ValueError:
            self.refuse(spot, reading)
            return None

    def schema(self) -> Schema:
        """Two times of day."""
        return {"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$"}


class DutyKeys(Table):
    """Somebody is on duty on a day."""

    noun = Sentence("值班", "A duty")

    date = Key(Day(), "哪一天", "the day", required=True)
    person = Key(PERSON, "谁值班", "who", required=True)
    shift = Key(WORD, "班次；不写即全天", "which shift; all day if not written")
    department = Key(WORD, "为哪个科室", "for which department")


def _duty(values: Read) -> Duty | None:
    keys = DutyKeys
    day, person = values.get(keys.date), values.get(keys.person)
    if day is None or person is None:
        return None
    return Duty(day, person, values.get(keys.shift, ""), values.get(keys.department))


class RosterKeys(Table):
    """A duty roster."""

    noun = Sentence("值班表", "A roster")

    name = Key(WORD, "名称", "what people call it")
    shifts = Key(
        Entries(None, ShiftShape(), Sentence("{班次: 起止时间}", "{shift: hours}")),
        "各班次的起止时间",
        "the hours of its shifts",
    )
    rows = Key(Items(Section(DutyKeys, _duty)), "谁哪天值班", "who is on duty when", required=True)


def _roster(values: Read) -> Roster:
    key, keys = values.spot.key, RosterKeys
    shifts = values.get(keys.shifts, {})
    return Roster(
        key,
        values.get(keys.name, key),
        values.get(keys.rows, ()),
        tuple(Shift(name, start, end) for name, (start, end) in shifts.items()),
    )


class ScenarioKeys(Table):
    """One story."""

    noun = Sentence("情景", "A scenario")

    scenario = Key(WORD, "标题", "its title", required=True)
    process = Key(WORD, "检验的流程", "the process under test", required=True)
    definitions = Key(
        WORDS, "文件旁边它要用的流程定义", "definitions beside the file that it needs"
    )
    clauses = Key(Items(Reference(Name.CLAUSE)), "它演示的条款", "the clauses that it shows")
    now = Key(Moment(), "开始的时刻", "the clock at the start", required=True)
    profile = Key(WORD, "规则档案", "the base profile of policy parameters")
    policy = Key(
        Entries(KnownKey(Name.PARAMETER), Anything(), Sentence("{参数: 值}", "{parameter: value}")),
        "单项政策参数",
        "single policy parameters",
    )
    departments = Key(
        Entries(
            None,
            Section(DepartmentKeys, _department),
            Sentence("{科室: {name, type}}", "{department: {name, type}}"),
        ),
        "科室；人员处提到而这里没写的，按临床科室",
        "departments; one that only a person names is clinical",
    )
    people = Key(
        Entries(
            None,
            Section(PersonKeys, _person),
            Sentence("{人员: {name, department, roles}}", "{person: {name, department, roles}}"),
        ),
        "人员",
        "everybody who exists in it",
        required=True,
    )
    delegations = Key(Items(Section(DelegationKeys, _delegation)), "代理", "delegations")
    rosters = Key(
        Entries(
            None,
            Section(RosterKeys, _roster),
            Sentence("{值班表: {name, shifts, rows}}", "{roster: {name, shifts, rows}}"),
        ),
        "值班表",
        "duty rosters",
    )
    registers = Key(
        Entries(None, Items(Values()), Sentence("{登记簿: [行, …]}", "{register: [row, …]}")),
        "登记簿里已有的记录",
        "rows that stand in registers beforehand",
    )
    calendar = Key(
        Entries(
            None,
            Choice(Sentence("日子", "kind of day"), *DayKind),
            Sentence("{日期: holiday 或 workday}", "{date: holiday or workday}"),
        ),
        "与日历不同的日子",
        "days that differ from the calendar",
    )
    schedules = Key(
        WORDS,
        "这些流程的定期事项在故事里也按时立案；不写即不立",
        "the processes whose schedules run in it; none when not written",
    )
    steps = Key(Items(STEP), "步骤", "the steps", required=True)
