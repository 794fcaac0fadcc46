"""Who is on duty: rosters by day and shift.

A seat `{roster: key}` means whoever is on duty at the moment, so what waits there passes to the
next shift by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

_DAY = timedelta(days=1)
#: Being on duty counts as a role of this name with the roster's key behind it.
DUTY = "duty:"


@dataclass(frozen=True, slots=True)
class Shift:
    """The hours of a shift, on the hospital's clock; one that ends before it starts ends on the
    next day.
    """

    name: str
    start: time
    end: time

    @property
    def over_night(self) -> bool:
        """Whether it ends on the day after."""
        return self.end <= self.start


@dataclass(frozen=True, slots=True)
class Duty:
    """One row of a roster: who is on duty on a day, in which shift ("": all day), for which
    department (None: the roster says nothing).
    """

    date: date
    person: str
    shift: str = ""
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """A duty roster. A shift that `shifts` does not name lasts all day."""

    key: str
    name: str
    rows: tuple[Duty, ...] = ()
    shifts: tuple[Shift, ...] = ()
    _by_day: Mapping[date, tuple[Duty, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Asked for with every inbox, so sorted by day once.
        by_day: dict[date, tuple[Duty, ...]] = {}
        for row in self.rows:
            by_day[row.date] = (*by_day.get(row.date, ()), row)
        object.__setattr__(self, "_by_day", by_day)

    @property
    def role(self) -> str:
        """The role that those on duty hold while they are."""
        return f"{DUTY}{self.key}"

    def on_duty(self, day: date, clock: time | None = None) -> tuple[Duty, ...]:
        """The rows in force at a moment of the hospital's clock, or (None) at some time of the day;
        each person once.
        """
        found = {row.person: row for row in self._in_force(day, clock)}
        return tuple(found.values())

    def _in_force(self, day: date, clock: time | None) -> Iterator[Duty]:
        hours = {shift.name: shift for shift in self.shifts}
        for row in (*self._by_day.get(day - _DAY, ()), *self._by_day.get(day, ())):
            shift = hours.get(row.shift)
            today = row.date == day and (shift is None or _begun(shift, clock))
            from_yesterday = row.date == day - _DAY and shift is not None and _lasts(shift, clock)
            if today or from_yesterday:
                yield row


def _begun(shift: Shift, clock: time | None) -> bool:
    """Whether a shift is on, on the day on which it starts."""
    if clock is None:
        return True
    return shift.start <= clock and (shift.over_night or clock < shift.end)


def _lasts(shift: Shift, clock: time | None) -> bool:
    """Whether it is still on, on the day after."""
    return shift.over_night and (clock is None or clock < shift.end)
