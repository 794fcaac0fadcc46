"""Counting days the one way the house counts them, so that no process counts for itself.

Register convention V1: the day of the event is day 0, a limit of N days is kept until the end of
day N, working days skip statutory holidays and include make-up weekends, hours run through nights
and weekends.

A limit is kept before `due` and broken at `due`: the instant is exclusive, and a timer fires at it.
The end of a day is therefore the local midnight that begins the next one; `last_day` gives the date
that people are shown.
"""

from __future__ import annotations

import calendar as gregorian
import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Self
from zoneinfo import ZoneInfo

from workflow.making import quick_members

_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)

Window = tuple[time, time]
_OFFICE_HOURS: tuple[Window, ...] = ((time(8), time(12)), (time(14), time(18)))
_MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)
_A_DAY_SECONDS = 24 * 3600
_DECREED_IN = 10


@quick_members
class Unit(StrEnum):
    """In what a length is counted: `hours` by the clock, `working_hours` in office hours only."""

    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_HOURS = "working_hours"
    DAYS = "days"
    WORKDAYS = "workdays"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"

    @property
    def follows_calendar(self) -> bool:
        """Whether a changed holiday moves such a limit; only then `is_provisional` matters."""
        return self in (Unit.WORKDAYS, Unit.WORKING_HOURS)


_DAYS: Mapping[Unit, timedelta] = MappingProxyType({Unit.DAYS: _DAY, Unit.WEEKS: 7 * _DAY})
_MONTHS: Mapping[Unit, int] = MappingProxyType({Unit.MONTHS: 1, Unit.YEARS: 12})
#: About a hundred years each, so that no figure that is typed can leave the range of dates.
_LONGEST: Mapping[Unit, int] = MappingProxyType(
    {
        Unit.MINUTES: 52_560_000,
        Unit.HOURS: 876_000,
        Unit.WORKING_HOURS: 200_000,
        Unit.DAYS: 36_500,
        Unit.WORKDAYS: 25_000,
        Unit.WEEKS: 5_200,
        Unit.MONTHS: 1_200,
        Unit.YEARS: 100,
    }
)


@dataclass(frozen=True, slots=True)
class Length:
    """How long a limit is. ValueError when negative or beyond about a hundred years."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 0 <= self.amount <= _LONGEST[self.unit]:
            raise ValueError(f"{self.amount} {self.unit}: expected 0 to {_LONGEST[self.unit]}")


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """A department's or a shift's calendar: what differs from the hospital's.

    `weekdays` (Monday is 0) and `hours` None: as the hospital has them. Without `holidays`, work
    goes on through the hospital's holidays, as in an emergency room. `days` come on top. With a
    `department` it counts for the cases of that department; a shift is named by the rules that
    count by it. ValueError for weekdays or hours that cannot be.
    """

    key: str
    name: str
    department: str | None = None
    weekdays: tuple[int, ...] | None = None
    holidays: bool = True
    hours: tuple[Window, ...] | None = None
    days: Mapping[date, bool] = field(default_factory=dict)
    names: Mapping[date, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.weekdays is not None and not (
            self.weekdays and set(self.weekdays) <= set(range(7))
        ):
            raise ValueError("some weekdays, from 0 (Monday) to 6")
        if self.hours is not None:
            refuse_hours(self.hours)
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))
        object.__setattr__(self, "names", MappingProxyType(dict(self.names)))


@lru_cache(maxsize=256)  # one act asks a dozen times for the day of its own moment
def _in_zone(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone)


def own_facts(own: Mapping[str, OwnCalendar]) -> dict[str, dict[str, object]]:
    """Own calendars as JSON keeps them, by key."""
    return {
        key: {
            "name": one.name,
            "department": one.department,
            "weekdays": None if one.weekdays is None else list(one.weekdays),
            "holidays": one.holidays,
            "hours": None if one.hours is None else hours_facts(one.hours),
            "days": day_facts(one.days, one.names),
        }
        for key, one in sorted(own.items())
    }


def own_calendars_of(kept: Mapping[str, Mapping[str, Any]]) -> dict[str, OwnCalendar]:
    """`own_facts`, read back."""
    found: dict[str, OwnCalendar] = {}
    for key, one in kept.items():
        weekdays, hours = one["weekdays"], one["hours"]
        days, names = days_of_facts(one["days"])
        found[key] = OwnCalendar(
            key,
            one["name"],
            one["department"],
            None if weekdays is None else tuple(weekdays),
            one["holidays"],
            None if hours is None else hours_of_facts(hours),
            days,
            names,
        )
    return found


def hours_facts(hours: tuple[Window, ...]) -> list[list[str]]:
    """Working periods as texts."""
    return [[opens.isoformat(), closes.isoformat()] for opens, closes in hours]


def hours_of_facts(kept: Iterable[Sequence[str]]) -> tuple[Window, ...]:
    """`hours_facts`, read back."""
    return tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in kept)


def day_facts(days: Mapping[date, bool], names: Mapping[date, str]) -> dict[str, list[bool | str]]:
    """Days that are decided, as JSON keeps them, in order."""
    return {day.isoformat(): [worked, names.get(day, "")] for day, worked in sorted(days.items())}


def days_of_facts(
    kept: Mapping[str, Sequence[Any]],
) -> tuple[dict[date, bool], dict[date, str]]:
    """`day_facts`, read back: the days, and the names of those that have one."""
    days = {date.fromisoformat(day): bool(said[0]) for day, said in kept.items()}
    names = {date.fromisoformat(day): str(said[1]) for day, said in kept.items() if said[1]}
    return days, names


def refuse_hours(hours: tuple[Window, ...]) -> None:
    """ValueError unless these are working periods of one day, in order and apart.

    The last one may end on the next day, when it ends no later than the first begins: a night
    shift is 20:00 to 08:00, a whole day 00:00 to 00:00.
    """
    edges = [_seconds(edge) for window in hours for edge in window]
    if edges and edges[-1] <= edges[-2]:
        edges[-1] += _A_DAY_SECONDS
    apart = all(a < b for a, b in pairwise(edges))
    if not edges or not apart or edges[-1] > edges[0] + _A_DAY_SECONDS:
        raise ValueError("working hours must be periods of one day, in order and apart")


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


#: What a deadline may say to be counted by the hospital's calendar, whatever its department has.
HOSPITAL_CALENDAR = "hospital"
#: What a deadline counts by unless it says otherwise.
DEPARTMENT_CALENDAR = "department"


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked, and when on such a day.

    `days` holds only what differs from `weekdays` (True: worked, False: free), `names` says why.
    Beyond `covered_until` nobody has decreed holidays yet, and the weekdays are a guess. `hours`
    are the working periods of a day (see `refuse_hours`); anything else is a ValueError. `own` are
    the calendars of departments and shifts, by key.
    """

    days: Mapping[date, bool]
    names: Mapping[date, str]
    covered_until: date
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    hours: tuple[Window, ...] = _OFFICE_HOURS
    weekdays: tuple[int, ...] = _MONDAY_TO_FRIDAY
    own: Mapping[str, OwnCalendar] = field(default_factory=dict)
    _made: Mapping[str, Calendar] = field(init=False, repr=False, compare=False)
    _of_departments: Mapping[str, Calendar] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        refuse_hours(self.hours)
        object.__setattr__(self, "days", MappingProxyType(dict(self.days)))
        object.__setattr__(self, "names", MappingProxyType(dict(self.names)))
        object.__setattr__(self, "own", MappingProxyType(dict(self.own)))
        # Asked for at every turn of a clock, so made once; a calendar never changes.
        made = {key: self._as(own) for key, own in self.own.items()}
        of = {own.department: made[key] for key, own in self.own.items() if own.department}
        object.__setattr__(self, "_made", MappingProxyType(made))
        object.__setattr__(self, "_of_departments", MappingProxyType(of))

    def _as(self, own: OwnCalendar) -> Calendar:
        kept = self.days if own.holidays else {}
        return Calendar(
            {**kept, **own.days},
            {**self.names, **own.names},
            self.covered_until,
            self.zone,
            self.hours if own.hours is None else own.hours,
            self.weekdays if own.weekdays is None else own.weekdays,
        )

    def by(self, choice: str | None, department: str) -> Calendar:
        """The calendar that counts for a case of `department` under a rule that says `choice`.

        `choice` None or "department": that of the department; "hospital": this one; else the key
        of an own calendar. Where the hospital has none such, this one counts.
        """
        if not self.own or choice == HOSPITAL_CALENDAR:
            return self
        if choice in (None, DEPARTMENT_CALENDAR):
            return self._of_departments.get(department, self)
        return self._made.get(choice, self)

    def is_workday(self, day: date) -> bool:
        """Whether `day` is worked: a make-up Saturday is, a statutory holiday is not."""
        worked = self.days.get(day)
        return day.weekday() in self.weekdays if worked is None else worked

    def local_day(self, at: datetime) -> date:
        """The date on the hospital's wall at that moment. ValueError for a naive moment."""
        return self.on_the_wall(at).date()

    def on_the_wall(self, at: datetime) -> datetime:
        """A moment as the hospital's clock shows it. ValueError for a naive one."""
        if at.tzinfo is None:
            raise ValueError(f"{at.isoformat()} has no time zone")
        return _in_zone(at, self.zone)

    def end_of_day(self, day: date) -> datetime:
        """The first instant after `day`: the next local midnight, in UTC."""
        return self._instant(day + _DAY, time.min)

    def moment(self, day: date, at: time) -> datetime:
        """That time on that day on the hospital's clock, in UTC."""
        return self._instant(day, at)

    def last_day(self, due: datetime) -> date:
        """The last day on which a limit with this `due` was still kept; what people are shown."""
        return self.local_day(due - _INSTANT)

    def due(self, start: datetime, length: Length) -> datetime:
        """The instant (UTC, exclusive) at which a limit of `length` from `start` is broken.

        Source: register convention V1. ValueError for a naive `start`.
        """
        match length.unit:
            case Unit.MINUTES:
                return self._utc(start) + timedelta(minutes=length.amount)
            case Unit.HOURS:
                return self._utc(start) + timedelta(hours=length.amount)
            case Unit.WORKING_HOURS:
                return self._after_working_time(self._utc(start), timedelta(hours=length.amount))
            case unit:
                return self.end_of_day(self._last(self.local_day(start), length.amount, unit))

    def moved(self, due: datetime, length: Length, *, back: bool = False) -> datetime:
        """A limit's end put off by `length`, or brought forward (`back`).

        Days and more move the last day on which the limit is kept and leave the time of day, so
        that two limits of 2 and 3 days come to one of 5. ValueError for a naive moment.
        """
        due = self._utc(due)
        sign = -1 if back else 1
        match length.unit:
            case Unit.MINUTES:
                return due + sign * timedelta(minutes=length.amount)
            case Unit.HOURS:
                return due + sign * timedelta(hours=length.amount)
            case Unit.WORKING_HOURS:
                amount = timedelta(hours=length.amount)
                counted = self._before_working_time if back else self._after_working_time
                return counted(due, amount)
            case unit:
                day = self.last_day(due)
                last = self._last(day, sign * length.amount, unit)
                return self.end_of_day(last) - (self.end_of_day(day) - due)

    def resumed(
        self, due: datetime, unit: Unit, paused_at: datetime, resumed_at: datetime
    ) -> datetime:
        """A limit's end after its clock stood still, by what it stood still in its own unit.

        Three working days of pause put a limit in working days off by three working days; a pause
        that began and ended on one day puts no limit in days off (V1: that day is day 0).
        """
        if unit in (Unit.MINUTES, Unit.HOURS):
            return self._utc(due) + (resumed_at - paused_at)
        if unit is Unit.WORKING_HOURS:
            stood = self.working_hours_between(paused_at, resumed_at)
            return self._after_working_time(self._utc(due), stood)
        since, until = self.local_day(paused_at), self.local_day(resumed_at)
        if unit is Unit.WORKDAYS:
            return self.moved(due, Length(self.workdays_between(since, until), Unit.WORKDAYS))
        return self.moved(due, Length((until - since).days, Unit.DAYS))

    def workdays_between(self, a: date, b: date) -> int:
        """Working days after `a` up to and including `b`: day `a` is day 0.

        Negative when `b` comes first.
        """
        if b < a:
            return -self.workdays_between(b, a)
        return sum(self.is_workday(a + n * _DAY) for n in range(1, (b - a).days + 1))

    def working_hours_between(self, a: datetime, b: datetime) -> timedelta:
        """Working time from `a` to `b`; negative when `b` comes first.

        ValueError for naive moments.
        """
        if self._utc(b) < self._utc(a):
            return -self.working_hours_between(b, a)
        spent = timedelta()
        for opens, closes in self._working_periods(self.local_day(a) - _DAY):
            if opens >= b:
                break
            spent += max(min(closes, b) - max(opens, a), timedelta())
        return spent

    def working_hours_left(self, now: datetime, due: datetime) -> timedelta:
        """Working time that remains until `due`; negative by how much it is overdue."""
        return self.working_hours_between(now, due)

    def with_days(
        self,
        changes: Mapping[date, bool],
        *,
        names: Mapping[date, str] | None = None,
        covered_until: date | None = None,
    ) -> Calendar:
        """This calendar with some days decided otherwise: by the hospital, or for another year.

        The old name of a changed day goes; `covered_until` moves only when it is given.
        """
        kept = {day: name for day, name in self.names.items() if day not in changes}
        return replace(
            self,
            days={**self.days, **changes},
            names={**kept, **(names or {})},
            covered_until=covered_until or self.covered_until,
        )

    def lacks_next_year(self, today: date) -> bool:
        """Whether the days of the next year should be there by now and are not.

        The State Council decrees them in October or November.
        """
        due = date(today.year + (today.month >= _DECREED_IN), 12, 31)
        return self.covered_until < due

    def is_provisional(self, due: datetime) -> bool:
        """Whether the limit ends after the last decreed day, so that working days may move it."""
        return self.last_day(due) > self.covered_until

    @staticmethod
    def _utc(at: datetime) -> datetime:
        if at.tzinfo is None:
            raise ValueError(f"{at.isoformat()} has no time zone")
        return at.astimezone(UTC)

    def _instant(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone).astimezone(UTC)

    def _last(self, day: date, amount: int, unit: Unit) -> date:
        """The last day of a limit that is counted in days or more."""
        if unit is Unit.WORKDAYS:
            return self._after_workdays(day, amount)
        if unit in _MONTHS:
            return _months_later(day, amount * _MONTHS[unit])
        return day + amount * _DAYS[unit]

    def _after_workdays(self, day: date, amount: int) -> date:
        step = _DAY if amount > 0 else -_DAY
        left = abs(amount)
        while left > 0:
            day += step
            left -= self.is_workday(day)
        return day

    def _after_working_time(self, start: datetime, amount: timedelta) -> datetime:
        reached = start
        for opens, closes in self._working_periods(self.local_day(start) - _DAY):
            if amount <= timedelta():
                break
            begins = max(opens, start)
            if begins < closes:
                used = min(closes - begins, amount)
                reached, amount = begins + used, amount - used
        return reached

    def _before_working_time(self, end: datetime, amount: timedelta) -> datetime:
        reached, day = end, self.local_day(end)
        while amount > timedelta():
            for opens, closes in reversed(self._periods_of(day)):
                ends = min(closes, end)
                if opens < ends and amount > timedelta():
                    used = min(ends - opens, amount)
                    reached, amount = ends - used, amount - used
            day -= _DAY
        return reached

    def _working_periods(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Every working period from `day` on, without end.

        Begin a day early where a period of the night before may still run.
        """
        while True:
            yield from self._periods_of(day)
            day += _DAY

    def _periods_of(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        if not self.is_workday(day):
            return ()
        return tuple(
            (
                self._instant(day, opens),
                self._instant(day + _DAY if closes <= opens else day, closes),
            )
            for opens, closes in self.hours
        )


def _months_later(day: date, months: int) -> date:
    """The same day of that month, or its last: a month from 31 January is 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, gregorian.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong on one line (counted from 1) of a calendar file."""

    line: int
    zh: str
    en: str


class CalendarUnreadable(ValueError):
    """A calendar file was refused; `problems` names every line that needs a change."""

    def __init__(self, problems: tuple[LineProblem, ...]) -> None:
        super().__init__("; ".join(f"{p.line}: {p.en}" for p in problems))
        self.problems = problems


_COVERED = "covered_until:"
_COLUMNS = ["date", "is_work", "name"]
#: Compared in lower case: spreadsheets write TRUE and FALSE.
_YES_OR_NO = {"true": True, "false": False, "1": True, "0": False}


def parse_calendar(csv_text: str) -> Calendar:
    """Read `date,is_work,name` lines and the comment `# covered_until: 2026-12-31`.

    Other lines that begin with `#` are notes. CalendarUnreadable names all that is wrong at once.
    """
    return _CalendarFile().read(csv_text.removeprefix("\ufeff")).calendar()


class _CalendarFile:
    """A calendar while it is being read."""

    def __init__(self) -> None:
        self.days: dict[date, bool] = {}
        self.names: dict[date, str] = {}
        self.lines: dict[date, int] = {}
        self.covered_until: date | None = None
        self.problems: list[LineProblem] = []
        self.headed = False

    def read(self, text: str) -> Self:
        for number, line in enumerate(text.splitlines(), start=1):
            if line.startswith("#"):
                self._note(number, line.lstrip("# "))
            elif line.strip():
                self._row(number, next(csv.reader([line])))
        return self

    def calendar(self) -> Calendar:
        if self.covered_until is None:
            self._wrong(
                1,
                "缺少一行“# covered_until: 2026-12-31”：请写明放假安排公布到哪一天。",
                "“# covered_until: 2026-12-31” is missing: say up to when holidays are decreed.",
            )
        else:
            for day in [day for day in self.days if day > self.covered_until]:
                self._wrong(
                    self.lines[day],
                    f"{day} 晚于 covered_until（{self.covered_until}），请改正其中之一。",
                    f"{day} is later than covered_until ({self.covered_until}); mend one of them.",
                )
        if self.problems or self.covered_until is None:
            raise CalendarUnreadable(tuple(sorted(self.problems, key=lambda problem: problem.line)))
        return Calendar(self.days, self.names, self.covered_until)

    def _note(self, number: int, note: str) -> None:
        if note.startswith(_COVERED):
            self.covered_until = self._date(number, note.removeprefix(_COVERED).strip())

    def _row(self, number: int, cells: list[str]) -> None:
        if not self.headed:
            self.headed = True
            if cells != _COLUMNS:
                self._wrong(
                    number,
                    "首行应为 date,is_work,name。",
                    "The first line must be date,is_work,name.",
                )
            return
        if len(cells) != len(_COLUMNS):
            self._wrong(
                number,
                f"应有三列（日期、是否上班、名称），这里有 {len(cells)} 列。",
                f"Three columns are expected (date, whether worked, name), here are {len(cells)}.",
            )
            return
        self._day(number, *cells)

    def _day(self, number: int, written: str, worked: str, name: str) -> None:
        day = self._date(number, written)
        is_work = _YES_OR_NO.get(worked.strip().lower())
        if is_work is None:
            self._wrong(
                number,
                f"是否上班写的是“{worked}”，请写 true（上班）或 false（放假）。",
                f"Whether the day is worked reads “{worked}”; write true or false.",
            )
        if day in self.days:
            self._wrong(
                number,
                f"{day} 在第 {self.lines[day]} 行已经写过，请只保留一行。",
                f"{day} already stands on line {self.lines[day]}; keep one of them.",
            )
        elif day is not None and is_work is not None:
            self.days[day], self.names[day], self.lines[day] = is_work, name.strip(), number

    def _date(self, number: int, written: str) -> date | None:
        try:
            if len(written) == len("2026-01-01"):  # Python also takes 20260101 and 2026-W01-1
                return date.fromisoformat(written)
        except ValueError:
            pass
        self._wrong(
            number,
            f"“{written}”不是有效日期，请写成 2026-01-01 的样子。",
            f"“{written}” is not a date; write it as 2026-01-01.",
        )
        return None

    def _wrong(self, line: int, zh: str, en: str) -> None:
        self.problems.append(LineProblem(line, zh, en))
