"""The table of a scenario: its setting, its cast, its steps."""

from __future__ import annotations

from enum import StrEnum

from workflow.design.shapes import Choice, Entries, KnownKey, Reference
from workflow.design.spots import Name
from workflow.design.tables import Key, Section, Table
from workflow.design.tables import Values as Read
from workflow.people.organisation import Delegation, Department, Person, Post
from workflow.refusals import Sentence
from workflow.scenarios.check_keys import PERSON, WORD, WORDS
from workflow.scenarios.shapes import Anything, Day, Items, Moment, RoleWord, Values
from workflow.scenarios.step_keys import STEP


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


class PersonKeys(Table):
    """Somebody who exists in a scenario."""

    noun = Sentence("人员", "A person")

    name = Key(WORD, "姓名", "what people call them")
    department = Key(WORD, "所在科室", "where they work")
    roles = Key(Items(RoleWord()), "在该科室担任的角色", "the roles that they hold there")


def _person(values: Read) -> Person:
    key = values.spot.key
    department = values.get(PersonKeys.department, "")
    return Person(
        key,
        values.get(PersonKeys.name, key),
        department,
        tuple(Post(role, department) for role in values.get(PersonKeys.roles, ())),
    )


class DepartmentKeys(Table):
    """A department."""

    noun = Sentence("科室", "A department")

    name = Key(WORD, "名称", "what people call it")
    type = Key(
        Choice(Sentence("科室类型", "type of department"), *DepartmentType), "类型", "its kind"
    )


def _department(values: Read) -> Department:
    key, keys = values.spot.key, DepartmentKeys
    kind = values.get(keys.type, DepartmentType.CLINICAL)
    return Department(key, values.get(keys.name, key), kind.value)


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
    return Delegation(values.spot.path, principal, delegate, start, end, roles)


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
    steps = Key(Items(STEP), "步骤", "the steps", required=True)
