"""What is done when: acts that are planned ahead, and acts that others bring about meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from web.demonstration.diary import Cue, Script
from web.demonstration.world import World
from workflow.service.recurring import Recurring

#: What is done at a moment.
Deed = Callable[[], None]


@dataclass
class Programme:
    """The acts of the simulation in the order of time; an act may put further ones on it."""

    world: World
    recurring: Recurring
    _ahead: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)
    _turn: datetime | None = None
    #: How many acts were done.
    acts: int = 0

    @property
    def now(self) -> datetime:
        """The moment that has been reached."""
        return self.world.stage.now

    def add(self, at: datetime, deed: Deed) -> None:
        """Put an act on the programme; what lies behind is done next."""
        heappush(self._ahead, (max(at, self.now), next(self._order), deed))

    def put(self, script: Script, at: datetime) -> list[Cue]:
        """Put a story on the programme that begins at `at` or as soon as it may."""
        cues = script.starting(at, self.world.diary)
        for cue in cues:
            self.add(cue.at, cue.deed)
        return cues

    def play(self, until: datetime) -> None:
        """Do all of it, with every deadline and every turn of a schedule at its own moment."""
        self._look()
        while self._ahead and self._ahead[0][0] <= until:
            at, _, deed = heappop(self._ahead)
            self._pass_until(at)
            deed()
            self.acts += 1
        self._pass_until(until)

    def _pass_until(self, at: datetime) -> None:
        while self._turn is not None and self._turn <= at:
            self.world.stage.pass_until(self._turn)
            self._look()
        self.world.stage.pass_until(at)

    def _look(self) -> None:
        """Open what recurs now, and see when something does next."""
        self.recurring.look(self.now)
        self._turn = self.recurring.next_due(self.now)
