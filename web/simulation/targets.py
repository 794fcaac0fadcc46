"""The departments' targets of the month: issued as it begins, and what exceeds them shared as it
ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from web.demonstration.diary import Script
from web.demonstration.hospital import WARDS
from web.demonstration.prices import CARRIED_OUT_BY, yuan
from web.demonstration.world import World
from web.simulation.programme import Programme

TARGETS = "budget-overrun"
#: What each department may cost, in fen: so little that some exceed it within days.
_TARGET = 500_00


@dataclass
class Targets:
    """One month's targets; the cost comes from the monthly settlement alone."""

    world: World
    programme: Programme
    period: str
    number: str = ""

    def __post_init__(self) -> None:
        self._officer = self.world.holder("medins_officer")
        self._leader = self.world.holder("vice_president")

    def plan(self, at: datetime) -> None:
        """Drawn up and issued as the month begins."""
        self.programme.put(Script().then(self._drawn_up, hours=1).then(self._issued, hours=2), at)

    def _drawn_up(self) -> None:
        departments = [ward.key for ward in WARDS] + sorted(set(CARRIED_OUT_BY.values()))
        answers: dict[str, object] = {
            "period": self.period,
            "targets": [{"department": one, "target": yuan(_TARGET)} for one in departments],
        }
        self.number = self.world.stage.open(self._officer, TARGETS, answers)

    def _issued(self) -> None:
        self.world.stage.do(self._leader, self.number, "issue")

    def share(self) -> None:
        """What the month brought beyond the targets is shared, if anything was."""
        if self.world.stage.case(self.number).state != "overrun":
            return
        basis = {"allocation_basis": "按各科超标额"}
        self.world.stage.do(self._officer, self.number, "propose", basis)
        self.world.stage.do(self._leader, self.number, "confirm")
