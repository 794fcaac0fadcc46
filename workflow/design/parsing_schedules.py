"""The recurring work of a process: when the system opens a case, for what, with which fields."""

from __future__ import annotations

import re
from datetime import time

from workflow.design.expression import Expression
from workflow.design.parsing_basics import FORMULA, SENTENCE, UNREAD, RuledTable
from workflow.design.parsing_effects import SPANS, known_columns
from workflow.design.schedules import Each, Every, ForEach, Rhythm, ScheduleRule
from workflow.design.seats import Scope, Seat, SeatKind
from workflow.design.shapes import (
    KEY,
    Choice,
    Entries,
    KnownKey,
    Listing,
    NewKey,
    Placed,
    Reference,
    Text,
    Whole,
)
from workflow.design.spots import Name, Spot
from workflow.design.tables import ByKey, Key, Section, Table, Values
from workflow.refusals import Sentence

_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
#: How a definition says the last day of a month, and the day that stands for it: beyond the end
#: of a month its last day counts.
_LAST, _LAST_DAY = "last", "31"
#: Rhythms that go by months, with how many each has.
MONTHS = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: 12}
#: Rhythms that may be due several times a day.
DAILY = (Every.DAY, Every.WORKDAY)


class RhythmKeys(Table):
    """When a schedule is due."""

    noun = Sentence("周期", "A rhythm")

    every = Key(
        Choice(Sentence("周期", "rhythm"), *Every),
        "多久一次：day 每天，workday 每个工作日，week 每周，month 每月，quarter 每季，"
        "half_year 每半年，year 每年",
        "how often: day, workday, week, month, quarter, half_year or year",
        required=True,
    )
    at = Key(
        Listing(FORMULA),
        "几点，如 '08:30'；每天的可写几个，或写存放钟点的参数，如 param.round.schedule",
        "at what time, as '08:30'; daily ones may have several, or those of a parameter",
        required=True,
    )
    weekday = Key(
        Whole(Sentence("星期几，1（周一）至 7", "a weekday, 1 (Monday) to 7"), 1, 7),
        "每周的星期几，1 是周一；不写即周一",
        "the day of the week, 1 is Monday; Monday when not written",
    )
    month = Key(
        Whole(Sentence("第几个月，1 至 12", "which month, 1 to 12"), 1, 12),
        "一季、半年、一年中的第几个月；不写即第一个月",
        "which month of the quarter, half-year or year; the first when not written",
    )
    day = Key(
        FORMULA,
        "该月几日，可用参数；last 为最后一天，超过月末的也算最后一天",
        "the day of that month, a parameter too; last for its last day, as is whatever lies beyond",
    )
    workday = Key(
        FORMULA,
        "该月第几个工作日，代替 day；负数从月末倒数",
        "its n-th working day instead of day; from the end when negative",
    )


def _rhythm(values: Values) -> Rhythm | None:
    keys, every = RhythmKeys, values.get(RhythmKeys.every)
    if every is None:
        return None
    _fits(values, every)
    written = values.get(keys.at, ())
    clock = [match for one in written if (match := _TIME.fullmatch(one.text))]
    others = [one for one in written if not _TIME.fullmatch(one.text)]
    if others and (clock or len(others) > 1):
        values.reading.complain(
            values.at(keys.at).place,
            "at 要么写钟点（如 '08:30'），要么只写一个存放钟点的参数。",
            "at has either times (as '08:30') or one parameter that holds them.",
        )
    if every not in DAILY and len(written) > 1:
        values.reading.complain(
            values.at(keys.at).place,
            "只有每天或每个工作日的周期可以写几个钟点。",
            "Only what recurs daily can have several times.",
        )
    return Rhythm(
        every,
        tuple(sorted(time(int(one[1]), int(one[2])) for one in clock)),
        others[0] if others else None,
        values.get(keys.weekday, 1),
        values.get(keys.month, 1),
        _day(values.get(keys.day)),
        values.get(keys.workday),
    )


def _day(written: Expression | None) -> Expression | None:
    if written is None or written.text != _LAST:
        return written
    return Expression(_LAST_DAY, written.place)


def _fits(values: Values, every: Every) -> None:
    """Only what a rhythm has is written with it, and of a month the day."""
    allowed = {"every", "at"}
    if every is Every.WEEK:
        allowed |= {"weekday"}
    if every in MONTHS:
        allowed |= {"day", "workday"} | ({"month"} if MONTHS[every] > 1 else set())
        if values.has(RhythmKeys.day) == values.has(RhythmKeys.workday):
            values.reading.complain(
                values.spot.place,
                "请写 day（几日）或 workday（第几个工作日），两者写且只写一个。",
                "Write day or workday (the n-th working day): exactly one of them.",
            )
        month = values.get(RhythmKeys.month, 1)
        if month > MONTHS[every]:
            values.reading.complain(
                values.at(RhythmKeys.month).place,
                f"{every} 只有 {MONTHS[every]} 个月，没有第 {month} 个月。",
                f"A {every} has {MONTHS[every]} months; there is no month {month}.",
            )
    for name, spot in values.spots.items():
        if name not in allowed:
            values.reading.complain(
                spot.key_place,
                f"every: {every} 用不到“{name}”，请删去。",
                f"every: {every} has no use for “{name}”; remove it.",
            )


# ---- for what ------------------------------------------------------------------------------------


class OfDepartmentsKeys(Table):
    """One case for each department of some types."""

    noun = Sentence("按科室", "For departments")

    departments = Key(
        Listing(Text(Sentence("科室类型，如 clinical", "a type of department, as clinical"), KEY)),
        "为这些类型的每个科室各立一案，如 clinical",
        "one case for each department of these types, as clinical",
        required=True,
    )


class OfRoleKeys(Table):
    """One case for each department in which a role is held."""

    noun = Sentence("按岗位", "For a post")

    role = Key(
        Reference(Name.ROLE),
        "为有人担任这个角色的每个科室各立一案",
        "one case for each department in which somebody holds this role",
        required=True,
    )


class OfRegisterKeys(Table):
    """One case for each current row of a register."""

    noun = Sentence("按登记簿", "For a register")

    register = Key(
        Reference(Name.REGISTER),
        "为登记簿的每一行各立一案，行内的值写作 line.<列>",
        "one case for each current row; its cells are line.<column>",
        required=True,
    )
    key = Key(
        Text(Sentence("列名", "a column"), KEY),
        "用哪一列区分各行；同值的行只立一案",
        "the column that tells the rows apart; of equal ones only one counts",
        required=True,
    )
    where = Key(
        Entries(None, FORMULA, Sentence("{列: 表达式}", "{column: expression}")),
        "只取这些列等于此值的行",
        "only rows with these values",
    )


def _of_register(values: Values) -> ForEach:
    register, key = values.get(OfRegisterKeys.register), values.get(OfRegisterKeys.key)
    if register is not None:
        if values.has(OfRegisterKeys.where):
            known_columns(register, OfRegisterKeys.where, values)
        columns = values.reading.columns[register]
        if key is not None and key not in columns:
            noun = Sentence(f"登记簿 {register} 的列", f"column of register {register}")
            values.reading.unknown(values.at(OfRegisterKeys.key).place, noun, key, columns)
    where = tuple(values.get(OfRegisterKeys.where, {}).items())
    return ForEach(Each.REGISTER, register=register, key=key, where=where)


_FOR = ByKey(
    Sentence("立案的对象", "what cases are opened for"),
    {
        "departments": Section(
            OfDepartmentsKeys,
            lambda values: ForEach(
                Each.DEPARTMENT, types=values.get(OfDepartmentsKeys.departments, ())
            ),
        ),
        "role": Section(
            OfRoleKeys, lambda values: ForEach(Each.ROLE, role=values.get(OfRoleKeys.role))
        ),
        "register": Section(OfRegisterKeys, _of_register),
    },
)

# ---- the schedule --------------------------------------------------------------------------------


def _of_its_department(role: str, spot: Spot) -> Seat:
    """Whoever holds a role where the case belongs; where nobody does, whoever holds it at all."""
    return Seat(SeatKind.ROLE, role=role, scope=Scope.CASE, or_anyone=True, place=spot.place)


class ScheduleKeys(RuledTable):
    """A recurring work."""

    noun = Sentence("定期事项", "A schedule")

    name = Key(SENTENCE, "名称", "its name", required=True)
    when = Key(
        Section(RhythmKeys, _rhythm),
        "什么时候（当地时间）",
        "when it is due, in local time",
        required=True,
    )
    for_ = Key(
        _FOR,
        "为谁立案：{departments: clinical}、{role: …} 或 {register: …, key: …}；不写即全院一案",
        "for what: {departments: clinical}, {role: …} or {register: …, key: …}; one case when not "
        "written",
    )
    fields = Key(
        Entries(KnownKey(Name.FIELD), FORMULA, Sentence("{表单项: 表达式}", "{field: expression}")),
        "立案时填好的表单项；可用 due.…、line.…、param.…、case.department",
        "fields of the new case; due.…, line.…, param.… and case.department may be used",
    )
    if_ = Key(
        FORMULA,
        "满足条件才立案，如 given_param.statement.due_day",
        "only while this holds, as given_param.statement.due_day",
    )
    entry = Key(
        Reference(Name.STATE),
        "从哪个入口状态开始；不写即第一个",
        "its entry state; the first when not written",
    )
    missed_after = Key(
        SPANS,
        "过多久还没立案就记为漏办，不再补立，如 {hours: 2}",
        "after how long it counts as missed and is not opened any more, as {hours: 2}",
        required=True,
    )
    tells = Key(
        Listing(
            Placed(
                Reference(Name.ROLE),
                _of_its_department,
            )
        ),
        "漏办后告知哪些角色（随下一次立案，先找本科室的）",
        "the roles that are told what was missed, with the next case; those of its department "
        "first",
    )


def _schedule(values: Values) -> ScheduleRule | None:
    keys = ScheduleKeys
    rhythm = values.get(keys.when)
    if rhythm is None:
        return None
    return ScheduleRule(
        key=values.spot.key,
        name=values.get(keys.name, UNREAD),
        rhythm=rhythm,
        missed_after=values.get(keys.missed_after, ()),
        each=values.get(keys.for_, ForEach()),
        fields=tuple(values.get(keys.fields, {}).items()),
        when=values.get(keys.if_),
        entry=values.get(keys.entry),
        tells=values.get(keys.tells, ()),
        clauses=values.get(keys.clauses, ()),
        design_choice=values.get(keys.design_choice, False),
        place=values.spot.key_place,
    )


SCHEDULES = Entries(
    NewKey(Sentence("定期事项", "schedule")),
    Section(ScheduleKeys, _schedule),
    Sentence("各定期事项 {键: {name, when, …}}", "the schedules {key: {name, when, …}}"),
)
