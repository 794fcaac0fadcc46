"""The clinical system hands over the orders of each day in the night before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from web.demonstration.world import World
from web.simulation.programme import Programme
from workflow.nouns import SYSTEM, Actor, RegisterRow, Scalar
from workflow.ports.house import AddRow, Deed
from workflow.ports.store import Store


@dataclass
class Orders:
    """The orders of all days, each day's handed over at once."""

    world: World
    programme: Programme
    store: Store
    _by_day: dict[date, list[Mapping[str, Scalar]]] = field(default_factory=dict)

    def add(self, day: date, order: Mapping[str, Scalar]) -> None:
        """An order that is needed on that day."""
        if day not in self._by_day:
            self._by_day[day] = []
            self.programme.add(self.world.diary.midnight(day), lambda: self._hand_over(day))
        self._by_day[day].append(order)

    def _hand_over(self, day: date) -> None:
        deed = Deed(Actor(SYSTEM, SYSTEM), self.world.now, "临床系统每日零点传入医嘱")
        rows = (
            RegisterRow(f"orders.{order['order_id']}", "orders", order, None, None, self.world.now)
            for order in self._by_day[day]
        )
        self.store.house.change(deed, *(AddRow(row) for row in rows))
