"""Tables of keys: what may be written in one kind of mapping, with its meaning in both languages.

The class body is the table. The parser reads by it, the schema is made of it, the guide is tested
against it; a key that is not in a table does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar, cast, overload

from workflow.design.shapes import Schema, Shape, any_of
from workflow.design.spots import Reading, Spot, did_you_mean, shorten
from workflow.refusals import Sentence

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
D = TypeVar("D")


class Key(Generic[T_co]):
    """A line of a table. An underscore behind a Python word (`from_`) is not part of the key."""

    def __init__(self, shape: Shape[T_co], zh: str, en: str, *, required: bool = False) -> None:
        self.name = ""
        self.shape = shape
        self.meaning = Sentence(zh, en)
        self.required = required

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name.rstrip("_")


class Table:
    """The keys of one kind of mapping, as a subclass lists them; `noun` says what it describes."""

    noun: ClassVar[Sentence]
    _keys: ClassVar[Mapping[str, Key[object]]] = {}

    def __init_subclass__(cls) -> None:
        """Look the keys up once a table: a definition is some hundred mappings."""
        found = (value for base in cls.__mro__ for value in vars(base).values())
        cls._keys = {key.name: key for key in found if isinstance(key, Key)}

    @classmethod
    def keys(cls) -> Mapping[str, Key[object]]:
        """The keys by name: its own in the order of the table, then those that it shares."""
        return cls._keys


@dataclass(frozen=True, slots=True)
class Values:
    """What a mapping said, by the keys of its table; `reading` takes further complaints."""

    spot: Spot
    reading: Reading
    read: Mapping[str, object]
    spots: Mapping[str, Spot]

    @overload
    def get(self, key: Key[T]) -> T | None: ...
    @overload
    def get(self, key: Key[T], otherwise: D) -> T | D: ...
    def get(self, key: Key[T], otherwise: D | None = None) -> T | D | None:
        """The value of a key; `otherwise` when it is not written or was refused."""
        value = self.read.get(key.name)
        # The table's shape read it, so it is what the key says.
        return otherwise if value is None else cast("T", value)

    def has(self, key: Key[object]) -> bool:
        """Whether the key is written at all."""
        return key.name in self.spots

    def at(self, key: Key[object]) -> Spot:
        """Where the key's value stands; the mapping itself when it is not written."""
        return self.spots.get(key.name, self.spot)


class Section(Shape[T_co]):
    """A mapping that follows a table, made into a value by `build`."""

    def __init__(self, table: type[Table], build: Callable[[Values], T_co | None]) -> None:
        self.table = table
        self.build = build
        needed = [name for name, key in table.keys().items() if key.required]
        example = f"{{{', '.join(f'{name}: …' for name in needed or list(table.keys())[:1])}}}"
        self.expected = Sentence(f"{table.noun.zh} {example}", f"{table.noun.en} {example}")

    def read(self, spot: Spot, reading: Reading) -> T_co | None:
        if not spot.is_mapping:
            self.refuse(spot, reading)
            return None
        keys, spots = self.table.keys(), spot.children()
        self._unknown(keys, spots, reading)
        self._missing(keys, spot, spots, reading)
        read = {
            name: keys[name].shape.read(child, reading)
            for name, child in spots.items()
            if name in keys
        }
        return self.build(Values(spot, reading, read, spots))

    def _unknown(
        self, keys: Mapping[str, Key[object]], spots: Mapping[str, Spot], reading: Reading
    ) -> None:
        for name, spot in spots.items():
            if name not in keys:
                hint = did_you_mean(name, [key for key in keys if key not in spots])
                reading.complain(
                    spot.key_place,
                    f"{self.table.noun.zh}没有“{shorten(name)}”这个键。{hint.zh}",
                    f"{self.table.noun.en} has no key “{shorten(name)}”. {hint.en}",
                )

    def _missing(
        self,
        keys: Mapping[str, Key[object]],
        spot: Spot,
        spots: Mapping[str, Spot],
        reading: Reading,
    ) -> None:
        for name, key in keys.items():
            if key.required and name not in spots:
                reading.complain(
                    spot.key_place,
                    f"{self.table.noun.zh}缺少“{name}”（{key.meaning.zh}），请补上。",
                    f"{self.table.noun.en} lacks “{name}” ({key.meaning.en}); add it.",
                )

    def schema(self) -> Schema:
        return {"$ref": f"#/$defs/{self.table.__name__}"}

    def parts(self) -> tuple[Shape[object], ...]:
        return tuple(key.shape for key in self.table.keys().values())


class ByKey(Shape[T_co]):
    """One of several mappings; which, is told by a key that only that one has."""

    def __init__(self, noun: Sentence, sections: Mapping[str, Section[T_co]]) -> None:
        self.noun = noun
        self.sections = sections
        words = [f"{{{word}: …}}" for word in sections]
        self.expected = Sentence(
            f"{noun.zh}（{'、'.join(words)}之一）", f"{noun.en} (one of {', '.join(words)})"
        )

    def read(self, spot: Spot, reading: Reading) -> T_co | None:
        children = spot.children()
        for word, section in self.sections.items():
            if word in children:
                return section.read(spot, reading)
        if children:
            first = next(iter(children.values()))
            reading.unknown(first.key_place, self.noun, first.key, self.sections)
        else:
            self.refuse(spot, reading)
        return None

    def schema(self) -> Schema:
        return any_of(*(section.schema() for section in self.sections.values()))

    def parts(self) -> tuple[Shape[object], ...]:
        return tuple(self.sections.values())


def sections_of(shape: Shape[object], seen: set[str] | None = None) -> Iterator[type[Table]]:
    """Every table that a shape leads to, each once, outermost first."""
    seen = set() if seen is None else seen
    if isinstance(shape, Section):
        if shape.table.__name__ in seen:
            return
        seen.add(shape.table.__name__)
        yield shape.table
    for part in shape.parts():
        yield from sections_of(part, seen)
