"""What every story has at hand: the stage, the days, who works here, and chance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from typing import TypeVar

from web.demonstration.diary import Cue, Deed, Diary, Script
from web.demonstration.hospital import HOME, SHOWN, Staff
from web.demonstration.stage import OutOfScript, Stage
from workflow.nouns import Scalar

T = TypeVar("T")

#: How often work of the visitors' ward falls to the visitors' own accounts.
_TO_VISITORS = 0.6


@dataclass(frozen=True, slots=True)
class Order:
    """A doctor's order, which the clinical system hands over in the night before it is needed."""

    day: date
    values: dict[str, Scalar]


@dataclass
class World:
    """The demonstration while it is made. `cues` are all acts of all stories, in no order yet."""

    stage: Stage
    diary: Diary
    staff: Staff
    rng: Random
    begin: datetime
    cues: list[Cue] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def now(self) -> datetime:
        """The moment on the stage."""
        return self.stage.now

    @property
    def today(self) -> date:
        """The day on the stage."""
        return self.diary.day(self.stage.now)

    def plan(self, script: Script, ends: datetime) -> list[Cue]:
        """Put a story on the programme; it ends at `ends`, or later if it would begin too early."""
        cues = script.ending(ends, self.diary)
        while cues[0].at < self.begin:
            ends = self.diary.after(ends, 24)
            if ends > self.diary.now:
                raise OutOfScript("a story is longer than the demonstration")
            cues = script.ending(ends, self.diary)
        self.cues += cues
        return cues

    def add(self, at: datetime, deed: Deed) -> None:
        """Put a single act on the programme, unless it lies ahead."""
        if at <= self.diary.now:
            self.cues.append(Cue(at, deed))

    def next_number(self) -> int:
        """A running number for whatever needs one."""
        return next(self._numbers)

    def pick(self, choices: Iterable[T]) -> T:
        """One of some, by chance."""
        return self.rng.choice(tuple(choices))

    def holder(self, role: str, department: str = "", but: tuple[str, ...] = ()) -> str:
        """Somebody who holds a role, more often than not the visitors' account."""
        holders = [one for one in self.staff.holders(role, department) if one not in but]
        if not holders:
            raise OutOfScript(f"nobody is {role} in {department or 'the hospital'}")
        first = holders[0]
        visitors = first in SHOWN and (department in ("", HOME))
        if visitors and self.rng.random() < _TO_VISITORS:
            return first
        return self.rng.choice(holders)

    def minutes_ago(self, minutes: int) -> str:
        """A moment shortly before now as a form takes it, to the minute."""
        at = self.stage.now - timedelta(minutes=minutes)
        return at.astimezone(self.diary.calendar.zone).strftime("%Y-%m-%d %H:%M")
