"""A store as a whole, and what one begins with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from workflow.calendar import Calendar
from workflow.nouns import RegisterRow
from workflow.people.organisation import Delegation, Department, Person
from workflow.people.rosters import Roster
from workflow.ports.deciding import Transaction
from workflow.ports.doors import Desk, Door
from workflow.ports.hospital import Policy
from workflow.ports.house import HouseBook
from workflow.ports.outbox import Outbox
from workflow.ports.reading import Readings


class Store(Protocol):
    """A place where cases live."""

    def begin(self) -> Transaction:
        """A transaction that will write."""
        ...

    def now(self, here: datetime) -> datetime:
        """What time it is for everybody who works on this store; `here` is the asking machine's
        clock, which counts where nobody else's can.
        """
        ...

    @property
    def readings(self) -> Readings: ...
    @property
    def house(self) -> HouseBook: ...
    @property
    def door(self) -> Door: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def outbox(self) -> Outbox: ...


@dataclass(frozen=True, slots=True)
class Seed:
    """What a store starts with: for tests, scenarios and the demonstration."""

    people: tuple[Person, ...] = ()
    departments: tuple[Department, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    calendar: Calendar | None = None
    policy: Policy = field(default_factory=Policy)
    rows: tuple[RegisterRow, ...] = ()
    today: date | None = None
    rosters: tuple[Roster, ...] = ()
