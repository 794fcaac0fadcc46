"""What recurs, in words: when it is due next, what was opened, late or missed, and why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from web.presenters.speech import Speech, speech_of
from web.visit import Visit
from workflow.design.schedules import Each, Every
from workflow.nouns import Occurrence, OccurrenceState
from workflow.ports.reading import OccurrenceQuery
from workflow.refusals import Sentence
from workflow.service.catalog import UnknownProcess
from workflow.service.recurring import Recurring, Standing

#: How many turns the page shows.
SHOWN = 100

_EVERY: Mapping[Every, Sentence] = {
    Every.DAY: Sentence("每天", "Every day"),
    Every.WORKDAY: Sentence("每个工作日", "Every working day"),
    Every.WEEK: Sentence("每周{weekday}", "Every {weekday}"),
    Every.MONTH: Sentence("每月", "Every month"),
    Every.QUARTER: Sentence("每季第 {month} 个月", "Every quarter, month {month}"),
    Every.HALF_YEAR: Sentence("每半年第 {month} 个月", "Every half-year, month {month}"),
    Every.YEAR: Sentence("每年 {month} 月", "Every year, month {month}"),
}
_WEEKDAYS = (
    Sentence("一", "Monday"),
    Sentence("二", "Tuesday"),
    Sentence("三", "Wednesday"),
    Sentence("四", "Thursday"),
    Sentence("五", "Friday"),
    Sentence("六", "Saturday"),
    Sentence("日", "Sunday"),
)
_DAY = Sentence(" {n} 日", ", day {n}")
_LAST_DAY = Sentence("最后一天", ", the last day")
_WORKDAY = Sentence("第 {n} 个工作日", ", working day {n}")
_LAST_WORKDAY = Sentence("倒数第 {n} 个工作日", ", working day {n} from the end")
_LONGEST_MONTH = 31
_ONE = Sentence("全院一案", "one case")
_DEPARTMENTS = Sentence("每个科室一案，现有 {n} 个", "one for each department, {n} now")
_ROWS = Sentence("登记簿每行一案，现有 {n} 行", "one for each row, {n} now")
_STATES: Mapping[OccurrenceState, tuple[Sentence, str, str]] = {
    OccurrenceState.OPENED: (Sentence("按时", "On time"), "tone-good", "check"),
    OccurrenceState.LATE: (Sentence("迟立", "Late"), "tone-soon", "clock-exclamation"),
    OccurrenceState.MISSED: (Sentence("漏办", "Missed"), "tone-late", "alert-triangle"),
}
_NOBODY_LOOKED = Sentence(
    "到期后一直没有运行，来不及补立", "Nothing ran until it was too late to open it"
)
_GONE = Sentence("现行定义里已没有这一项", "No longer in the definition in force")


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One schedule and how it stands. `why_not` is "" when something is due, `mend` leads to the
    parameter that is not set.
    """

    process: str
    process_url: str
    name: str
    rhythm: str
    for_whom: str
    next_at: str
    provisional: bool
    why_not: str
    mend: str
    since: str


@dataclass(frozen=True, slots=True)
class TurnLine:
    """What became of one turn."""

    due: str
    name: str
    process: str
    subject: str
    state: str
    tone: str
    icon: str
    number: str
    why: str
    missed: bool


@dataclass(frozen=True, slots=True)
class SchedulesView:
    """The page. `only_missed`: the turns are those that were missed."""

    schedules: tuple[ScheduleLine, ...]
    turns: tuple[TurnLine, ...]
    only_missed: bool


def schedules_view(visit: Visit, *, only_missed: bool) -> SchedulesView:
    """Every schedule in force, and the latest turns."""
    house, speech = visit.house, speech_of(visit)
    standings = Recurring(house.service).standings(visit.now)
    query = OccurrenceQuery(state=OccurrenceState.MISSED if only_missed else None, limit=SHOWN)
    known = {(one.process, one.rule.key): one for one in standings}
    turns = house.store.readings.occurrences(query)
    return SchedulesView(
        tuple(_schedule(one, speech) for one in sorted(standings, key=_soonest)),
        tuple(_turn(visit, one, known.get((one.process, one.schedule)), speech) for one in turns),
        only_missed,
    )


def _soonest(one: Standing) -> tuple[bool, datetime]:
    """What is due next comes first, what is never due last."""
    never = one.next_at is None
    return never, datetime.max.replace(tzinfo=UTC) if one.next_at is None else one.next_at


def _schedule(one: Standing, speech: Speech) -> ScheduleLine:
    definition = one.book.definition
    return ScheduleLine(
        process=speech.say(definition.name),
        process_url=f"/admin/definitions/{definition.key}",
        name=speech.say(one.rule.name),
        rhythm=rhythm_words(one, speech),
        for_whom=_for_whom(one, speech),
        next_at="" if one.next_at is None else speech.moment(one.next_at),
        provisional=one.provisional,
        why_not="" if one.why_not is None else speech.say(one.why_not),
        mend="" if one.unset is None else f"/policy/{one.unset}",
        since="" if one.since is None else speech.full_moment(one.since),
    )


def rhythm_words(one: Standing, speech: Speech) -> str:
    """When a schedule is due; without the figures that are not set."""
    rhythm, beat = one.rule.rhythm, one.beat
    weekday = _WEEKDAYS[rhythm.weekday - 1]
    every = _EVERY[rhythm.every]
    said = Sentence(
        every.zh.format(weekday=weekday.zh, month=rhythm.month),
        every.en.format(weekday=weekday.en, month=rhythm.month),
    )
    day = _day_words(one)
    times = rhythm.times if beat is None else beat.times
    clock = speech.list(f"{at:%H:%M}" for at in times)
    return f"{speech.say(said)}{'' if day is None else speech.say(day)} {clock}".strip()


def _day_words(one: Standing) -> Sentence | None:
    beat = one.beat
    if beat is None:
        return None
    if beat.workday is not None:
        said = _WORKDAY if beat.workday > 0 else _LAST_WORKDAY
        return said.filled(n=abs(beat.workday))
    if beat.day is None:
        return None
    return _LAST_DAY if beat.day >= _LONGEST_MONTH else _DAY.filled(n=beat.day)


def _for_whom(one: Standing, speech: Speech) -> str:
    match one.rule.each.each:
        case Each.HOUSE:
            return speech.say(_ONE)
        case Each.REGISTER:
            return speech.say(_ROWS.filled(n=one.subjects))
        case _:
            return speech.say(_DEPARTMENTS.filled(n=one.subjects))


def _turn(visit: Visit, one: Occurrence, standing: Standing | None, speech: Speech) -> TurnLine:
    state, tone, icon = _STATES[one.state]
    missed = one.state is OccurrenceState.MISSED
    why = Sentence(*one.why) if one.why[0] else _NOBODY_LOOKED
    try:
        process = speech.say(visit.house.catalog().definition(one.process).name)
    except UnknownProcess:
        process = one.process
    return TurnLine(
        due=speech.full_moment(one.due_at),
        name=speech.say(_GONE) if standing is None else speech.say(standing.rule.name),
        process=process,
        subject=_subject(one, standing, speech),
        state=speech.say(state),
        tone=tone,
        icon=icon,
        number=one.number or "",
        why=speech.say(why) if missed else _how_late(one, speech),
        missed=missed,
    )


def _subject(one: Occurrence, standing: Standing | None, speech: Speech) -> str:
    of_departments = standing is not None and standing.rule.each.each in (
        Each.DEPARTMENT,
        Each.ROLE,
    )
    return speech.department(one.subject) if of_departments and one.subject else one.subject


def _how_late(one: Occurrence, speech: Speech) -> str:
    if one.state is not OccurrenceState.LATE:
        return ""
    at = speech.full_moment(one.at)
    return speech.say(Sentence(f"{at} 才立案", f"opened only at {at}"))
