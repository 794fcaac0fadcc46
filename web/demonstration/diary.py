"""When things happen in the demonstration: office hours of working days, counted back from now.

Stories are planned from their last act backwards, so that each ends where its page should show it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random

from workflow.calendar import Calendar

#: What somebody does at a moment of the story.
Deed = Callable[[], None]

#: Patients come and go on any day, but not in the middle of the night.
_WAKING = (time(7, 30), time(20, 30))
_EVENING = time(18, 30)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Diary:
    """The hospital's days up to `now`, with chance to pick moments in them."""

    now: datetime
    calendar: Calendar
    rng: Random

    def day(self, at: datetime) -> date:
        """The date on the hospital's wall."""
        return self.calendar.local_day(at)

    def midnight(self, day: date) -> datetime:
        """The first instant of a day."""
        return self.calendar.end_of_day(day - _DAY)

    def workday(self, back: int) -> datetime:
        """Some office moment, not after now, on the working day that lies `back` working days
        before the newest.
        """
        at = self.office(self.now)
        for _ in range(back):
            at = self.office(self.midnight(self.day(at)) - timedelta(seconds=1))
        opens, closes = self._window_of(at)
        start, end = self._at(self.day(at), opens), self._at(self.day(at), closes)
        return self._between(start, min(end, self.now))

    def office(self, at: datetime) -> datetime:
        """`at` itself in office hours, else some moment of the last office hours before it."""
        day = self.day(at)
        while True:
            for opens, closes in reversed(self.calendar.hours):
                start, end = self._at(day, opens), self._at(day, closes)
                if self.calendar.is_workday(day) and start <= at:
                    return at if at < end else self._between(start, end)
            day -= _DAY

    def waking(self, at: datetime) -> datetime:
        """`at` itself by day, else some moment of the last evening before it."""
        rises, sleeps = _WAKING
        day = self.day(at)
        if at < self._at(day, rises):
            day -= _DAY
        elif at <= self._at(day, sleeps):
            return at
        evening = self._at(day, sleeps)
        return self._between(evening - timedelta(hours=3), evening)

    def by_day(self, at: datetime) -> datetime:
        """`at` itself by day, else some moment of the next morning."""
        rises, sleeps = _WAKING
        day = self.day(at)
        if self._at(day, rises) <= at <= self._at(day, sleeps):
            return at
        morning = self._at(day if at < self._at(day, rises) else day + _DAY, rises)
        return self._between(morning, morning + timedelta(hours=2))

    def after(self, at: datetime, hours: float) -> datetime:
        """Some office moment so many hours after `at`, or the next one after that; it may lie
        beyond now.
        """
        at += timedelta(hours=hours)
        day = self.day(at)
        while True:
            for opens, closes in self.calendar.hours:
                start, end = self._at(day, opens), self._at(day, closes)
                if self.calendar.is_workday(day) and at < end:
                    return at if at >= start else self._between(start, end)
            day += _DAY

    def evening(self, day: date) -> datetime:
        """Some moment of the last two hours in which people are about."""
        return self._between(self._at(day, _EVENING), self._at(day, _WAKING[1]))

    def today(self, share: float) -> datetime:
        """A moment of today: `share` (0 to 1) of the way from midnight to now."""
        start = self.midnight(self.day(self.now))
        return start + timedelta(seconds=int((self.now - start).total_seconds() * share))

    def ago(self, least: float, most: float) -> datetime:
        """Some moment between `least` and `most` hours ago; by day, if there is day in between."""
        first = self.now - timedelta(hours=most)
        drawn = first + timedelta(hours=(most - least) * self.rng.random())
        by_day = self.waking(drawn)
        if by_day >= first:
            return by_day
        latest = self.waking(self.now - timedelta(hours=least))
        return latest if latest >= first else _whole(drawn)

    def _window_of(self, at: datetime) -> tuple[time, time]:
        """Morning or afternoon of the day of `at`, as far as it has begun by then or by chance."""
        begun = [w for w in self.calendar.hours if self._at(self.day(at), w[0]) <= at]
        return self.rng.choice(begun)

    def _between(self, start: datetime, end: datetime) -> datetime:
        return start + timedelta(seconds=self.rng.randrange(max(int((end - start).seconds), 1)))

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.calendar.zone).astimezone(UTC)


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Cue:
    """Something that is done at a moment."""

    at: datetime
    deed: Deed


@dataclass(frozen=True, slots=True)
class _Beat:
    deed: Deed
    gap: timedelta
    anytime: bool


class Script:
    """What is done one after the other, each with the time that passes before it."""

    def __init__(self) -> None:
        self._beats: list[_Beat] = []

    def then(
        self, deed: Deed, *, hours: float = 0, days: float = 0, anytime: bool = False
    ) -> Script:
        """The next thing, so long after the last; `anytime` also outside office hours."""
        self._beats.append(_Beat(deed, timedelta(days=days, hours=hours), anytime))
        return self

    def starting(self, at: datetime, diary: Diary) -> list[Cue]:
        """When everything happens, if the first thing happens at `at` or as soon as it may."""
        cues: list[Cue] = []
        for beat in self._beats:
            at += beat.gap if cues else timedelta(0)
            if beat.gap or not cues:
                at = diary.by_day(at) if beat.anytime else diary.after(at, 0)
            cues.append(Cue(at, beat.deed))
        return cues

    def ending(self, at: datetime, diary: Diary) -> list[Cue]:
        """When everything happens, if the last thing happens at `at`."""
        cues = [Cue(at, self._beats[-1].deed)]
        for beat, later in reversed(list(pairwise(self._beats))):
            at -= later.gap
            if later.gap:
                at = diary.waking(at) if beat.anytime else diary.office(at)
            cues.append(Cue(at, beat.deed))
        cues.reverse()
        return cues
