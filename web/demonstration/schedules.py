"""What recurs at the demonstration hospital: the training of each month was opened on time.

Nobody looks at the other schedules before a server does: they begin with it, and nothing from the
sixty days before is due.
"""

from __future__ import annotations

from datetime import time, timedelta

from web.demonstration.world import World
from workflow.service.deciding import Service
from workflow.service.recurring import Recurring

#: Whose schedules have run here, and when in the day they are due.
PROCESSES = frozenset({"training-exam"})
_DUE = time(8)
#: The turn of a month that is shown lies so far back at least.
_LEAST = timedelta(days=10)


class Schedules:
    """Somebody has looked at them every morning since the last day of a month."""

    def __init__(self, world: World, service: Service) -> None:
        self._world = world
        self._recurring = Recurring(service, PROCESSES)

    def plan(self) -> None:
        """Put every look on the programme; the last one is now."""
        diary = self._world.diary
        day = diary.day(diary.now - _LEAST).replace(day=1) - timedelta(days=1)
        while (at := diary.calendar.moment(day, _DUE)) < diary.now:
            self._world.add(at, self._look)
            day += timedelta(days=1)
        self._world.add(diary.now, self._look)

    def _look(self) -> None:
        self._recurring.look(self._world.now)
