"""The clocks of a process: while which states they run, for how long, and what happens then."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workflow.calendar import DEPARTMENT_CALENDAR, HOSPITAL_CALENDAR
from workflow.design.deadlines import DeadlineRule, Rung
from workflow.design.effects import Notify
from workflow.design.expression import Expression
from workflow.design.parsing_basics import FLAG, FORMULA, SENTENCE, STATES, UNREAD, RuledTable
from workflow.design.parsing_effects import EFFECTS, SPANS
from workflow.design.parsing_flow import RESERVED_ACTS
from workflow.design.parsing_people import TOLD
from workflow.design.shapes import (
    KEY,
    RESERVED,
    Choice,
    Either,
    Entries,
    Listing,
    Made,
    NewKey,
    Reference,
    Text,
)
from workflow.design.spots import Name
from workflow.design.tables import Key, Section, Table, Values
from workflow.refusals import Sentence

#: More reminders than this about one thing are noise.
MOST_RUNGS = 9


class ThenKeys(Table):
    """What the timer does."""

    noun = Sentence("到期办理", "A timer's act")

    action = Key(
        Reference(Name.ACTION),
        "到期由计时器办理的动作",
        "the action that the timer takes",
        required=True,
    )
    when = Key(
        FORMULA, "满足条件才办理，否则只标记超期", "only when this holds; else it is marked overdue"
    )


@dataclass(frozen=True, slots=True)
class _Then:
    action: str | None = None
    when: Expression | None = None


_THEN = Either(
    Made(Reference(Name.ACTION), _Then),
    Section(
        ThenKeys,
        lambda values: _Then(values.get(ThenKeys.action), values.get(ThenKeys.when)),
    ),
)


class PausesKeys(Table):
    """Where a clock stands still, and whether."""

    noun = Sentence("暂停", "A pause")

    states = Key(STATES, "在哪些状态暂停", "the states in which it stands still", required=True)
    when = Key(
        FORMULA,
        "满足条件才暂停；不满足时，这些状态若也写在 while 中就照常计时",
        "only when this holds; else it runs there if `while` names them too",
        required=True,
    )


@dataclass(frozen=True, slots=True)
class _Pauses:
    states: tuple[str, ...] = ()
    when: Expression | None = None


_PAUSES = Either(
    Made(STATES, _Pauses),
    Section(
        PausesKeys,
        lambda values: _Pauses(values.get(PausesKeys.states, ()), values.get(PausesKeys.when)),
    ),
)


class _At(StrEnum):
    DUE = "due"


class RungKeys(Table):
    """A reminder of a clock's ladder."""

    noun = Sentence("提醒", "A rung of a ladder")

    before = Key(SPANS, "到期前多久，如 {workdays: 1}", "how long before the end: {workdays: 1}")
    at = Key(
        Choice(Sentence("时点", "moment"), *_At),
        "到期之时写 at: due",
        "at the end itself: at: due",
    )
    after = Key(SPANS, "到期后多久仍未办理", "how long after the end, if it still waits")
    remind = Key(
        Listing(TOLD),
        "提醒谁；reviewer 即任务在等的人",
        "who is told; reviewer: whoever the tasks wait for",
        required=True,
    )


def _rung(values: Values) -> Rung | None:
    written = [key for key in (RungKeys.before, RungKeys.at, RungKeys.after) if values.has(key)]
    if len(written) != 1:
        values.reading.complain(
            values.spot.place,
            f"每一档提醒写且只写 before、at、after 中的一个，这里写了 {len(written)} 个。",
            f"A rung has exactly one of before, at and after; here are {len(written)}.",
        )
        return None
    back = values.has(RungKeys.before)
    spans = values.get(RungKeys.before if back else RungKeys.after, ())
    place = values.spot.place
    tells = tuple(Notify(seat, place=place) for seat in values.get(RungKeys.remind, ()))
    return Rung(tells, spans, back, place)


class DeadlineKeys(RuledTable):
    """A clock."""

    noun = Sentence("期限", "A deadline")

    name = Key(SENTENCE, "名称", "its name", required=True)
    while_ = Key(STATES, "在哪些状态计时", "the states in which it runs", required=True)
    from_ = Key(
        FORMULA,
        "从哪个日期或时刻起算；不写即进入状态时",
        "the day or moment from which it counts; entering the state when not written",
    )
    length = Key(
        SPANS,
        "时长，如 {workdays: 3}；列表中取第一个 when 成立的",
        "how long, as {workdays: 3}; of a list, the first counts whose when holds",
    )
    until = Key(
        FORMULA,
        "到哪个日期（含当日）或时刻为止；代替 from 和 length",
        "the day (included) or moment of its end; instead of from and length",
    )
    pauses = Key(
        _PAUSES,
        "在哪些状态暂停计时，或 {states, when}",
        "the states in which it stands still, or {states, when}",
    )
    then = Key(
        _THEN,
        "到期由计时器办理的动作，或 {action, when}",
        "the action that the timer takes, or {action, when}",
    )
    overdue = Key(FLAG, "到期标记为超期", "marks the step overdue")
    due = Key(
        FLAG,
        "是否算作任务的办理期限；不写即是（true）。写 false 的，到期只发生 effects，"
        "任务和案件上不显示，也不因它超期",
        "whether work is due by it; true when not written. false: at its end only its effects "
        "happen; no task or case shows it or becomes overdue by it",
    )
    effects = Key(EFFECTS, "到期时发生的事，如通知", "what follows, such as notices")
    calendar = Key(
        Text(
            Sentence(
                f"{DEPARTMENT_CALENDAR}、{HOSPITAL_CALENDAR} 或班次日历的键",
                f"{DEPARTMENT_CALENDAR}, {HOSPITAL_CALENDAR} or the key of a shift's calendar",
            ),
            KEY,
        ),
        f"按哪个日历计算：{DEPARTMENT_CALENDAR}（案件科室的，默认）、{HOSPITAL_CALENDAR}（全院的），"
        "或班次日历的键；没有这个日历时按全院的",
        f"by which calendar it counts: {DEPARTMENT_CALENDAR} (that of the case's department, when "
        f"not written), {HOSPITAL_CALENDAR}, or the key of a shift's; where there is no such "
        "calendar, the hospital's",
    )
    ladder = Key(
        Listing(Section(RungKeys, _rung), most=MOST_RUNGS),
        "逐级提醒：到期前、到期时、到期后各提醒谁",
        "reminders one after another: who is told before, at and after the end",
    )


def _deadline(values: Values) -> DeadlineRule:
    _one_measure(values)
    then = values.get(DeadlineKeys.then, _Then())
    pauses = values.get(DeadlineKeys.pauses, _Pauses())
    return DeadlineRule(
        key=values.spot.key,
        name=values.get(DeadlineKeys.name, UNREAD),
        states=values.get(DeadlineKeys.while_, ()),
        start=values.get(DeadlineKeys.from_),
        spans=values.get(DeadlineKeys.length, ()),
        until=values.get(DeadlineKeys.until),
        pauses=pauses.states,
        pauses_when=pauses.when,
        action=then.action,
        action_when=then.when,
        overdue=values.get(DeadlineKeys.overdue, False),
        due=values.get(DeadlineKeys.due, True),
        effects=values.get(DeadlineKeys.effects, ()),
        calendar=values.get(DeadlineKeys.calendar),
        ladder=values.get(DeadlineKeys.ladder, ()),
        clauses=values.get(DeadlineKeys.clauses, ()),
        design_choice=values.get(DeadlineKeys.design_choice, False),
        place=values.spot.key_place,
    )


def _one_measure(values: Values) -> None:
    """A clock has a length or an end, never both, never none."""
    has_length, has_end = values.has(DeadlineKeys.length), values.has(DeadlineKeys.until)
    if has_length == has_end:
        values.reading.complain(
            values.spot.key_place,
            "期限要么写 length（多久），要么写 until（到何时），两者写且只写一个。",
            "A deadline has either length (how long) or until (its end): exactly one of them.",
        )
    for name in ("from", "pauses"):
        if has_end and name in values.spots:
            values.reading.complain(
                values.spots[name].key_place,
                f"until 已定死期限的终点，“{name}”不起作用，请删去。",
                f"until fixes the end, so “{name}” has no effect; remove it.",
            )


DEADLINES = Entries(
    NewKey(Sentence("期限", "deadline"), RESERVED | RESERVED_ACTS),
    Section(DeadlineKeys, _deadline),
    Sentence(
        "各期限 {键: {name, while, length, …}}", "the deadlines {key: {name, while, length, …}}"
    ),
)
