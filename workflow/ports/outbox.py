"""Messages on their way out of the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflow.nouns import Notice, Topic


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message about a notice, on its way to a person by a channel that leaves the house.

    `key` is the same however often it is sent, so that whoever receives it twice can tell. A
    `person` of "" is everybody who reads a group's channel. What bears one `bundle` leaves as one
    message, not before `due_at`. `attempts` counts the claims; `trouble` is why the last failed.
    """

    key: str
    notice: str
    case: str
    person: str
    channel: str
    kind: str
    topic: Topic
    at: datetime
    bundle: str
    due_at: datetime
    attempts: int = 0
    trouble: str = ""
    dead_at: datetime | None = None


class Outbox(Protocol):
    """Messages on their way out of the house: at least once each, by any number of workers.

    A worker claims for a while; what it reports later counts only while the claim is its own.
    """

    def fresh(self, limit: int) -> Sequence[Notice]:
        """Notices of which nobody has worked out yet who shall hear of them, the oldest first."""
        ...

    def hand_on(
        self,
        notices: Sequence[Notice],
        deliveries: Sequence[Delivery],
        copies: Sequence[Notice] = (),
    ) -> None:
        """It is worked out: deliveries and copies that stand already stay as they are. A copy is a
        notice for one more person, fresh like any other.
        """
        ...

    def claim(
        self, channel: str, now: datetime, until: datetime, worker: str, bundles: int
    ) -> Sequence[Delivery]:
        """Take what is due and nobody else holds, whole bundles; `attempts` counts this one."""
        ...

    def sent(self, deliveries: Sequence[Delivery], worker: str, at: datetime) -> int:
        """They have left; how many of them the worker still held."""
        ...

    def put_off(
        self, deliveries: Sequence[Delivery], worker: str, until: datetime, trouble: str
    ) -> int:
        """They could not leave and are tried again at `until`."""
        ...

    def give_up(
        self,
        deliveries: Sequence[Delivery],
        worker: str,
        at: datetime,
        trouble: str,
        alarm: Notice | None,
    ) -> int:
        """They could not leave and are not tried again; `alarm` is sent in the same breath."""
        ...

    def dead(self, limit: int) -> Sequence[Delivery]:
        """What was given up, the newest first."""
        ...

    def dead_since(self, since: datetime, channel: str | None = None) -> int:
        """How much was given up after then."""
        ...

    def try_again(self, keys: Sequence[str], at: datetime) -> int:
        """What was given up is due once more, as if it had never been tried; how many."""
        ...
