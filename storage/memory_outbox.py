"""The outbox in memory: messages on their way, claimed and reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

from storage.memory_tables import Tables, Underway
from workflow.nouns import Notice
from workflow.ports.deciding import LONGEST_LEASE
from workflow.ports.outbox import Delivery

#: Opens a layer to write in; leaving it without an error keeps what was written.
Layer = Callable[[], AbstractContextManager[Tables]]


class MemoryOutbox:
    """See `workflow.ports.outbox.Outbox`."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer

    def fresh(self, limit: int) -> Sequence[Notice]:
        """Notices of which nobody has worked out yet who shall hear of them."""
        with self._layer() as now:
            found = [each for each in now.notices.values() if each.id not in now.notices_handed_on]
        return sorted(found, key=lambda notice: (notice.at, notice.to.key, notice.id))[:limit]

    def hand_on(
        self,
        notices: Sequence[Notice],
        deliveries: Sequence[Delivery],
        copies: Sequence[Notice] = (),
    ) -> None:
        """It is worked out: deliveries and copies that stand already stay as they are."""
        with self._layer() as now:
            for notice in notices:
                now.notices_handed_on[notice.id] = True
            for delivery in deliveries:
                if delivery.key not in now.deliveries:
                    now.deliveries[delivery.key] = Underway(delivery)
            for copy in copies:
                if copy.id not in now.notices:
                    now.notices[copy.id] = copy

    def claim(
        self, channel: str, now: datetime, until: datetime, worker: str, bundles: int
    ) -> Sequence[Delivery]:
        """Take what is due and nobody else holds, whole bundles."""
        with self._layer() as tables:
            known = tables.deliveries.values()
            free = [e for e in known if e.delivery.channel == channel and _is_free(e, now)]
            free.sort(key=lambda each: (each.delivery.due_at, each.delivery.key))
            names = list(dict.fromkeys(each.delivery.bundle for each in free))[:bundles]
            claimed: list[Delivery] = []
            for each in free:
                if each.delivery.bundle in names:
                    delivery = replace(each.delivery, attempts=each.delivery.attempts + 1)
                    tables.deliveries[delivery.key] = Underway(delivery, worker, until)
                    claimed.append(delivery)
            return claimed

    def sent(self, deliveries: Sequence[Delivery], worker: str, at: datetime) -> int:
        """They have left; how many of them the worker still held."""
        with self._layer() as now:
            held = _held(now, deliveries, worker)
            for each in held:
                now.deliveries[each.delivery.key] = replace(each, sent_at=at, lease_until=None)
            return len(held)

    def put_off(
        self, deliveries: Sequence[Delivery], worker: str, until: datetime, trouble: str
    ) -> int:
        """They could not leave and are tried again at `until`."""
        with self._layer() as now:
            held = _held(now, deliveries, worker)
            for each in held:
                later = replace(each.delivery, due_at=until, trouble=trouble)
                now.deliveries[later.key] = Underway(later)
            return len(held)

    def give_up(
        self,
        deliveries: Sequence[Delivery],
        worker: str,
        at: datetime,
        trouble: str,
        alarm: Notice | None,
    ) -> int:
        """They could not leave and are not tried again."""
        with self._layer() as now:
            held = _held(now, deliveries, worker)
            for each in held:
                dead = replace(each.delivery, dead_at=at, trouble=trouble)
                now.deliveries[dead.key] = Underway(dead)
            if held and alarm is not None:
                now.notices[alarm.id] = alarm
            return len(held)

    def dead(self, limit: int) -> Sequence[Delivery]:
        """What was given up, the newest first."""
        with self._layer() as now:
            dead = [(each.dead_at, each.key, each) for each in _dead(now) if each.dead_at]
        return [each for _, _, each in sorted(dead, key=lambda one: one[:2], reverse=True)][:limit]

    def dead_since(self, since: datetime, channel: str | None = None) -> int:
        """How much was given up after then."""
        with self._layer() as now:
            return sum(
                each.dead_at is not None
                and each.dead_at > since
                and channel in (None, each.channel)
                for each in _dead(now)
            )

    def try_again(self, keys: Sequence[str], at: datetime) -> int:
        """What was given up is due once more."""
        with self._layer() as now:
            wanted = [each for each in _dead(now) if each.key in keys]
            for each in wanted:
                fresh = replace(each, dead_at=None, due_at=at, attempts=0, bundle=each.key)
                now.deliveries[each.key] = Underway(fresh)
            return len(wanted)


def _is_free(each: Underway, now: datetime) -> bool:
    until = each.lease_until
    leased = until is not None and now < until <= now + LONGEST_LEASE
    return each.is_open and each.delivery.due_at <= now and not leased


def _held(now: Tables, deliveries: Sequence[Delivery], worker: str) -> list[Underway]:
    found = (now.deliveries.get(delivery.key) for delivery in deliveries)
    tries = {delivery.key: delivery.attempts for delivery in deliveries}
    return [
        each
        for each in found
        if each is not None
        and each.is_open
        and each.worker == worker
        and each.delivery.attempts == tries[each.delivery.key]
    ]


def _dead(now: Tables) -> list[Delivery]:
    found = (each.delivery for each in now.deliveries.values())
    return [delivery for delivery in found if delivery.dead_at is not None]
