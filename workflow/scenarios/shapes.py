"""What may stand in a scenario beside what definitions know: moments, spans, raw values, checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Generic, TypeVar

from workflow.design.reading import Node
from workflow.design.shapes import Schema, Shape
from workflow.design.spots import NOUNS, Name, Reading, Spot
from workflow.refusals import Sentence
from workflow.scenarios.checks import DueAt
from workflow.scenarios.scene import Scene
from workflow.scenarios.setting import Fields, Mismatch, Raw
from workflow.scenarios.story import Check
from workflow.scenarios.words import ZONE

T = TypeVar("T")

#: Stands in for a moment that was refused; such a scenario is never handed out.
UNREAD = datetime.max.replace(tzinfo=UTC)

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?")
_LENGTH = re.compile(r"([1-9]\d{0,5})([mhdw])")
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def raw(node: Node) -> Raw:
    """A node as plain values: what form fields and register cells are read from."""
    match node.value:
        case Mapping() as entries:
            return {key: raw(child) for key, child in entries.items()}
        case tuple() as items:
            return [raw(item) for item in items]
        case value:
            return value


def moment_of(text: object) -> datetime | None:
    """A moment (UTC) from its text; a day alone is its first instant. None for anything else."""
    if not isinstance(text, str) or not (_MOMENT.fullmatch(text) or _DAY.fullmatch(text)):
        return None
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo is not None else at.replace(tzinfo=ZONE)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class Anything(Shape[Raw]):
    """Any value, taken as it is written. What may stand there is for its field to say."""

    expected = Sentence("一个值", "a value")

    def read(self, spot: Spot, reading: Reading) -> Raw:  # noqa: ARG002 - it has no complaint
        return raw(spot.node)

    def schema(self) -> Schema:
        return {}


class Values(Shape[Fields]):
    """Form fields, or cells of a row, with their values. Nothing filled may be written as `{}`."""

    expected = Sentence("一组“键: 值”，如 {spec: 3-0}", "keys with values, as {spec: 3-0}")

    def read(self, spot: Spot, reading: Reading) -> Fields | None:
        if spot.node.value is not None and not spot.is_mapping:
            self.refuse(spot, reading)
            return None
        return {key: raw(child.node) for key, child in spot.children().items()}

    def schema(self) -> Schema:
        return {"type": ["object", "null"]}


class Items(Shape[tuple[T, ...]]):
    """A list that may be empty and may repeat itself; a single item may stand without brackets."""

    def __init__(self, item: Shape[T]) -> None:
        self.item = item
        one = item.expected
        self.expected = Sentence(f"由{one.zh}组成的列表", f"a list, each {one.en}")

    def read(self, spot: Spot, reading: Reading) -> tuple[T, ...] | None:
        if not spot.is_list:
            one = self.item.read(spot, reading)
            return None if one is None else (one,)
        read = [self.item.read(item, reading) for item in spot.items()]
        return tuple(value for value in read if value is not None)

    def schema(self) -> Schema:
        return {"anyOf": [self.item.schema(), {"type": "array", "items": self.item.schema()}]}

    def parts(self) -> tuple[Shape[object], ...]:
        return (self.item,)


class Moment(Shape[datetime]):
    """A moment; without a zone it is local."""

    expected = Sentence(
        "一个时刻，如 2026-03-02T09:00:00+08:00", "a moment, as 2026-03-02T09:00:00+08:00"
    )

    def read(self, spot: Spot, reading: Reading) -> datetime | None:
        at = moment_of(spot.node.value)
        if at is None:
            self.refuse(spot, reading)
        return at

    def schema(self) -> Schema:
        return {"type": "string"}


class Due(Shape[DueAt]):
    """The end of a deadline.

    A limit is kept until the end of its last day: the day itself, its last minute or second and the
    midnight that follows are the same.
    """

    expected = Moment.expected

    def read(self, spot: Spot, reading: Reading) -> DueAt | None:
        text = spot.node.value
        at = moment_of(text)
        if at is None:
            self.refuse(spot, reading)
            return None
        local = at.astimezone(ZONE)
        ended = datetime.combine(local.date() + timedelta(days=1), time.min, ZONE).astimezone(UTC)
        if day_of(text) is not None:
            return DueAt(str(text), frozenset({ended}))
        is_last_minute = (local.hour, local.minute) == (23, 59)
        return DueAt(str(text), frozenset({at, ended} if is_last_minute else {at}))

    def schema(self) -> Schema:
        return {"type": "string"}


class Day(Shape[date]):
    """A date."""

    expected = Sentence("一个日期，如 2026-03-02", "a date, as 2026-03-02")

    def read(self, spot: Spot, reading: Reading) -> date | None:
        found = day_of(spot.node.value)
        if found is None:
            self.refuse(spot, reading)
        return found

    def schema(self) -> Schema:
        return {"type": "string", "format": "date"}


def day_of(text: object) -> date | None:
    """A date from its text; None for anything else."""
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class Span(Shape[timedelta]):
    """A length of time by the clock, `90m`, `4h`, `3d` or `2w`, and no more than a century."""

    LONGEST = timedelta(weeks=5200)
    expected = Sentence(
        "一段时间，如 90m、4h、3d、2w，最长 5200w",
        "a length of time, as 90m, 4h, 3d, 2w, at most 5200w",
    )

    def read(self, spot: Spot, reading: Reading) -> timedelta | None:
        text = spot.node.value
        found = _LENGTH.fullmatch(text) if isinstance(text, str) else None
        length = None if found is None else int(found[1]) * _UNITS[found[2]]
        if length is None or length > self.LONGEST:
            self.refuse(spot, reading)
            return None
        return length

    def schema(self) -> Schema:
        return {"type": "string", "pattern": f"^{_LENGTH.pattern}$"}


class Said(Shape[str]):
    """What somebody says; saying nothing may be written as `''`, for it may have to be refused."""

    expected = Sentence("文字", "a text")

    def read(self, spot: Spot, reading: Reading) -> str | None:
        value = spot.node.value
        if isinstance(value, str) or value is None:
            return value or ""
        self.refuse(spot, reading)
        return None

    def schema(self) -> Schema:
        return {"type": ["string", "null"]}


class RoleWord(Shape[str]):
    """A role of the catalogue by its key or by another word for it; gives the key."""

    expected = Sentence("一个角色的名称", "the name of a role")

    def read(self, spot: Spot, reading: Reading) -> str | None:
        value, words = spot.node.value, reading.names[Name.ROLE]
        if not isinstance(value, str):
            self.refuse(spot, reading)
            return None
        if value not in words:
            reading.unknown(spot.place, NOUNS[Name.ROLE], value, words)
            return None
        return str(words[value]) if isinstance(words, Mapping) else value

    def schema(self) -> Schema:
        return {"type": "string"}


class Checked(Shape[Check], Generic[T]):
    """What a check asks for, with the function that looks whether it holds."""

    def __init__(
        self,
        shape: Shape[T],
        holds: Callable[[Scene, T], Mismatch | None],
        says_something: Callable[[T], bool] = bool,
    ) -> None:
        self.shape = shape
        self.holds = holds
        self.says_something = says_something
        self.expected = shape.expected

    def read(self, spot: Spot, reading: Reading) -> Check | None:
        wanted = self.shape.read(spot, reading)
        if wanted is None:
            return None
        return Check(spot.key, partial(_held, self.holds, wanted), self.says_something(wanted))

    def schema(self) -> Schema:
        return self.shape.schema()

    def parts(self) -> tuple[Shape[object], ...]:
        return (self.shape,)


def _held(holds: Callable[[Scene, T], Mismatch | None], wanted: T, scene: Scene) -> Mismatch | None:
    return holds(scene, wanted)
