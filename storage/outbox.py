"""The outbox in a database: messages on their way out of the house, claimed for a while.

A notice is written with the decision itself and is `fresh` until its deliveries stand, so none can
be lost between the two. A claim is one short transaction; what its worker reports later is guarded
by the worker's name and the number of the try, so a worker that slept too long changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Update,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ClauseElement

from storage import mapping
from storage import statements as s
from storage.database import Database
from storage.mapping import Line, maybe_moment, notice_line, notice_of
from storage.wire import Book, Make, Step, Wire
from storage.wires import wire_to
from workflow.ledger import moment_of, moment_text
from workflow.nouns import Notice, Topic
from workflow.ports.deciding import LONGEST_LEASE
from workflow.ports.outbox import Delivery

_COLUMNS = (
    "key",
    "notice",
    "case_id",
    "person",
    "channel",
    "kind",
    "topic",
    "at",
    "bundle",
    "due_at",
    "attempts",
    "dead_at",
    "trouble",
)
#: Any number that nobody else locks by: claims of several workers take turns.
_CLAIMING = 7_119_702_532


class DatabaseOutbox:
    """See `workflow.ports.outbox.Outbox`."""

    def __init__(self, database: Database, book: Book) -> None:
        self._database = database
        self._book = book

    def fresh(self, limit: int) -> Sequence[Notice]:
        """Notices of which nobody has worked out yet who shall hear of them."""
        with self._wire(writes=False) as wire:
            return [notice_of(line) for line in _up_to(wire, _fresh, limit)]

    def hand_on(
        self,
        notices: Sequence[Notice],
        deliveries: Sequence[Delivery],
        copies: Sequence[Notice] = (),
    ) -> None:
        """It is worked out: deliveries and copies that stand already stay as they are."""
        steps = [Step(_HANDED_ON, [_place_of(notice) for notice in notices], many=True)]
        if deliveries:
            steps.append(Step(_INSERT, [_line_of(each) for each in deliveries], many=True))
        if copies:
            lines = [(*notice_line(each)[:-1], *_place_of(each)) for each in copies]
            steps.append(Step(_COPY, lines, many=True))
        with self._wire(writes=True) as wire:
            wire.together(*steps)
            wire.commit()

    def claim(
        self, channel: str, now: datetime, until: datetime, worker: str, bundles: int
    ) -> Sequence[Delivery]:
        """Take what is due and nobody else holds, whole bundles."""
        farthest = moment_text(now + LONGEST_LEASE)
        values = {"channel": channel, "now": moment_text(now), "farthest": farthest}
        named = {**values, "at_most": bundles}
        with self._wire(writes=False) as wire:
            step = wire.by_name(_due, named)
            if not wire.lines(step.make, step.values):
                return []  # nobody's turn to write is taken for nothing
        with self._wire(writes=True) as wire:
            if self._database.dialect == "postgresql":
                wire.lines(_take_turns)
            lines = wire.lines(step.make, step.values)
            if lines:
                lease = moment_text(until)
                claims = [(worker, lease, line[10] + 1, line[0]) for line in lines]
                wire.together(Step(_CLAIM, claims, many=True))
                wire.commit()
        return [_delivery_of(line, tries=1) for line in lines]

    def sent(self, deliveries: Sequence[Delivery], worker: str, at: datetime) -> int:
        """They have left; how many of them the worker still held."""
        at_text = moment_text(at)
        return self._report(_SENT, [(at_text, *_held(each, worker)) for each in deliveries])

    def put_off(
        self, deliveries: Sequence[Delivery], worker: str, until: datetime, trouble: str
    ) -> int:
        """They could not leave and are tried again at `until`."""
        due = moment_text(until)
        lines = [(due, trouble, *_held(each, worker)) for each in deliveries]
        return self._report(_PUT_OFF, lines)

    def give_up(
        self,
        deliveries: Sequence[Delivery],
        worker: str,
        at: datetime,
        trouble: str,
        alarm: Notice | None,
    ) -> int:
        """They could not leave and are not tried again; the alarm stands or falls with that."""
        at_text = moment_text(at)
        lines = [(at_text, trouble, *_held(each, worker)) for each in deliveries]
        with self._wire(writes=True) as wire:
            touched = _run(wire, _GIVEN_UP, lines)
            if touched and alarm is not None:
                wire.together(Step(s.INSERT_NOTICE, notice_line(alarm)))
            wire.commit()
        return touched

    def dead(self, limit: int) -> Sequence[Delivery]:
        """What was given up, the newest first."""
        with self._wire(writes=False) as wire:
            return [_delivery_of(line) for line in _up_to(wire, _dead, limit)]

    def dead_since(self, since: datetime, channel: str | None = None) -> int:
        """How much was given up after then."""
        values = {"since": moment_text(since), "channel": channel}
        with self._wire(writes=False) as wire:
            step = wire.by_name(_DeadSince(channel is not None), values)
            ((count,),) = wire.lines(step.make, step.values)
        return int(count)

    def try_again(self, keys: Sequence[str], at: datetime) -> int:
        """What was given up is due once more."""
        return self._report(_TRY_AGAIN, [(moment_text(at), key) for key in keys])

    def _report(self, make: Make, lines: Sequence[Line]) -> int:
        with self._wire(writes=True) as wire:
            touched = _run(wire, make, lines)
            wire.commit()
        return touched

    def _wire(self, *, writes: bool) -> Wire:
        return wire_to(self._database, self._book, writes=writes)


def _run(wire: Wire, make: Make, lines: Sequence[Line]) -> int:
    return sum(wire.together(*(Step(make, line) for line in lines))) if lines else 0


def _up_to(wire: Wire, make: Make, limit: int) -> list[Line]:
    step = wire.by_name(make, {"at_most": limit})
    return wire.lines(step.make, step.values)


def _place_of(notice: Notice) -> Line:
    return (notice.to.key, moment_text(notice.at), notice.id)


def _held(delivery: Delivery, worker: str) -> Line:
    return (delivery.key, worker, delivery.attempts)


def _line_of(one: Delivery) -> Line:
    at, due_at = moment_text(one.at), moment_text(one.due_at)
    whose = (one.key, one.notice, one.case, one.person, one.channel, one.kind, one.topic.value)
    return (*whose, at, one.bundle, due_at, one.attempts, None, one.trouble)


def _delivery_of(line: Line, tries: int = 0) -> Delivery:
    key, notice, case, person, channel, kind, topic, at, bundle, due_at, attempts, *rest = line
    return Delivery(
        key=key,
        notice=notice,
        case=case,
        person=person,
        channel=channel,
        kind=kind,
        topic=Topic(topic),
        at=moment_of(at),
        bundle=bundle,
        due_at=moment_of(due_at),
        attempts=attempts + tries,
        dead_at=maybe_moment(rest[0]),
        trouble=rest[1],
    )


# ---- statements ----------------------------------------------------------------------------------


def _fresh() -> Select[Any]:
    found = select(*s.of(s.NOTICE, mapping.NOTICE)).where(s.NOTICE.c.fresh == true())
    return found.order_by(s.NOTICE.c.at).limit(s.how_many())


class _HandedOn:
    """A notice is no longer fresh."""

    order = ("the_address", "the_at", "the_id")

    def __call__(self) -> ClauseElement:
        return update(s.NOTICE).where(*_at_its_place(fresh=True)).values(fresh=text("false"))


class _Copy:
    """A fresh notice, unless it stands or was handed on already."""

    order = (*mapping.NOTICE, "the_address", "the_at", "the_id")

    def __call__(self) -> ClauseElement:
        column = s.NOTICE.c
        values = [bindparam(name, type_=column[name].type) for name in mapping.NOTICE]
        handed_on = exists().where(*_at_its_place(fresh=False))
        new = select(*values, true()).where(not_(handed_on))
        copied = postgresql.insert(s.NOTICE).inline().from_select((*mapping.NOTICE, "fresh"), new)
        return copied.on_conflict_do_nothing(index_elements=["fresh", "address", "at", "id"])


def _at_its_place(*, fresh: bool) -> tuple[ColumnElement[bool], ...]:
    notice = s.NOTICE.c
    return (
        notice.fresh == (true() if fresh else false()),
        notice.address == bindparam("the_address"),
        notice.at == bindparam("the_at"),
        notice.id == bindparam("the_id"),
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Insert:
    """A new line, unless one with its `keys` stands."""

    table: Table
    order: tuple[str, ...]
    keys: tuple[str, ...]

    def __call__(self) -> ClauseElement:
        new = postgresql.insert(self.table).inline()
        new = new.values({name: bindparam(name) for name in self.order})
        return new.on_conflict_do_nothing(index_elements=list(self.keys))


def _open() -> ColumnElement[bool]:
    delivery = s.DELIVERY.c
    return delivery.sent_at.is_(None) & delivery.dead_at.is_(None)


def _free() -> ColumnElement[bool]:
    delivery = s.DELIVERY.c
    now: ColumnElement[str] = bindparam("now")
    unclaimed = or_(
        delivery.lease_until.is_(None),
        delivery.lease_until <= now,
        # Given by a clock that has jumped back since.
        delivery.lease_until > bindparam("farthest"),
    )
    here = delivery.channel == bindparam("channel")
    return _open() & here & (delivery.due_at <= now) & unclaimed


def _due() -> Select[Any]:
    """What is due in the bundles that have waited longest."""
    delivery = s.DELIVERY.c
    first = func.min(delivery.due_at)
    bundles = select(delivery.bundle).where(_free()).group_by(delivery.bundle)
    bundles = bundles.order_by(first, delivery.bundle).limit(s.how_many())
    found = select(*s.of(s.DELIVERY, _COLUMNS)).where(_free(), delivery.bundle.in_(bundles))
    return found.order_by(delivery.due_at, delivery.key)


def _take_turns() -> Select[Any]:
    return select(func.pg_advisory_xact_lock(literal_column(str(_CLAIMING))))


class _Claim:
    """A worker has it for a while."""

    order = ("worker", "lease_until", "attempts", "the_key")

    def __call__(self) -> ClauseElement:
        line = update(s.DELIVERY).where(s.DELIVERY.c.key == bindparam("the_key"))
        names = ("worker", "lease_until", "attempts")
        return line.ordered_values(*((name, bindparam(name)) for name in names))


def _still_held() -> Update:
    delivery = s.DELIVERY.c
    return update(s.DELIVERY).where(
        delivery.key == bindparam("the_key"),
        delivery.worker == bindparam("the_worker"),
        delivery.attempts == bindparam("the_attempts"),
        _open(),
    )


_GUARD = ("the_key", "the_worker", "the_attempts")


class _Sent:
    """It has left."""

    order = ("sent_at", *_GUARD)

    def __call__(self) -> ClauseElement:
        return _still_held().values(sent_at=bindparam("sent_at"))


class _PutOff:
    """It waits for another try, and nobody holds it."""

    order = ("due_at", "trouble", *_GUARD)

    def __call__(self) -> ClauseElement:
        return _still_held().ordered_values(
            ("due_at", bindparam("due_at")),
            ("trouble", bindparam("trouble")),
            ("worker", text("NULL")),
            ("lease_until", text("NULL")),
        )


class _GivenUp:
    """It is not tried again."""

    order = ("dead_at", "trouble", *_GUARD)

    def __call__(self) -> ClauseElement:
        return _still_held().ordered_values(
            ("dead_at", bindparam("dead_at")), ("trouble", bindparam("trouble"))
        )


class _TryAgain:
    """What was given up is as it was before the first try, and leaves alone."""

    order = ("due_at", "the_key")

    def __call__(self) -> ClauseElement:
        delivery = s.DELIVERY
        dead = update(delivery).where(
            delivery.c.key == bindparam("the_key"), delivery.c.dead_at.is_not(None)
        )
        return dead.ordered_values(
            ("due_at", bindparam("due_at")),
            ("attempts", text("0")),
            ("dead_at", text("NULL")),
            ("worker", text("NULL")),
            ("lease_until", text("NULL")),
            ("bundle", delivery.c.key),
        )


_HANDED_ON = _HandedOn()
_INSERT = _Insert(s.DELIVERY, _COLUMNS, ("key",))
_COPY = _Copy()
_CLAIM = _Claim()
_SENT = _Sent()
_PUT_OFF = _PutOff()
_GIVEN_UP = _GivenUp()
_TRY_AGAIN = _TryAgain()


def _dead() -> Select[Any]:
    delivery = s.DELIVERY.c
    found = select(*s.of(s.DELIVERY, _COLUMNS)).where(delivery.dead_at.is_not(None))
    return found.order_by(delivery.dead_at.desc(), delivery.key.desc()).limit(s.how_many())


@dataclass(frozen=True, slots=True)
class _DeadSince:
    """How much was given up after a moment, perhaps of one channel."""

    of_channel: bool

    def __call__(self) -> ClauseElement:
        delivery = s.DELIVERY.c
        found = select(func.count()).where(delivery.dead_at > bindparam("since"))
        if self.of_channel:
            found = found.where(delivery.channel == bindparam("channel"))
        return found.where(delivery.dead_at.is_not(None))
