"""What may stand at a place of a definition: read and described by one object.

A `Shape` reads a spot into a value, or says there what it found, what it expects and what to do;
the same shape gives its JSON Schema. So parser, schema and guide cannot tell different stories.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from workflow.design.expression import Expression
from workflow.design.scalars import first_letter, is_quoted
from workflow.design.spots import NOUNS, Name, Reading, Spot, found, shorten
from workflow.refusals import Sentence

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U_co = TypeVar("U_co", covariant=True)
W = TypeVar("W", bound=StrEnum)
Schema = dict[str, object]
_LARGEST = 10**15

#: A key that a definition gives: it becomes part of expressions and of the ledger.
KEY = r"[a-z][a-z0-9_]{0,59}"
#: The name of a process, which is also the name of its folder.
SLUG = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
#: Words of the expression language, after which no `form.<key>` can be named.
RESERVED = frozenset({"and", "false", "in", "not", "null", "or", "true"})


def any_of(*schemas: Schema) -> Schema:
    """The schema of what fits one of some, without nesting."""
    flat: list[object] = []
    for schema in schemas:
        nested = schema.get("anyOf")
        flat += nested if isinstance(nested, list) else [schema]
    return {"anyOf": flat}


class Shape(ABC, Generic[T_co]):
    """What may stand at a place. `expected` completes the sentence "here stands …"."""

    expected: Sentence

    @abstractmethod
    def read(self, spot: Spot, reading: Reading) -> T_co | None:
        """The value at `spot`; None when something is wrong, which `reading` then knows."""

    @abstractmethod
    def schema(self) -> Schema:
        """The same as JSON Schema (2020-12)."""

    def parts(self) -> tuple[Shape[object], ...]:
        """The shapes that this one is made of."""
        return ()

    def refuse(self, spot: Spot, reading: Reading) -> None:
        """Say what was found here and what is expected."""
        there = found(spot)
        reading.complain(
            spot.place,
            f"这里应写{self.expected.zh}，写的却是{there.zh}。",
            f"Expected {self.expected.en}, found {there.en}.",
        )


#: What other readers of YAML take for a number where it stands without quotes; here it is a text.
_NUMBER_ELSEWHERE = re.compile(
    r"[-+]?([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9][0-9_]*)([eE][-+]?[0-9]+)?|0[xob][0-9a-fA-F_]+"
    r"|[-+]?\.(inf|nan)",
    re.IGNORECASE,
)
_BARE_NUMBER = Sentence(
    "这里应写{expected}，写的却是没有加引号的数 {word}。如果就是要这几个字，请加引号：'{word}'。",
    "Expected {expected}, found the number {word} without quotes. If these very characters are "
    "meant, write '{word}'.",
)


@dataclass(frozen=True)
class Text(Shape[str]):
    """A text; with `pattern` one that matches it whole. A number is no text unless it is quoted."""

    expected: Sentence = Sentence("文字", "a text")  # noqa: RUF009 - a frozen value
    pattern: str = r"(?s).*\S.*"

    def read(self, spot: Spot, reading: Reading) -> str | None:
        value = spot.node.value
        if isinstance(value, str) and re.fullmatch(self.pattern, value):
            bare = not is_quoted(reading.lines, spot.place)
            if not (bare and _NUMBER_ELSEWHERE.fullmatch(value)):
                return value
            self._bare_number(spot, reading, value)
        elif isinstance(value, int | Decimal) and not isinstance(value, bool) and self._fits(value):
            self._bare_number(spot, reading, str(value))
        else:
            self.refuse(spot, reading)
        return None

    def _fits(self, number: int | Decimal) -> bool:
        """Whether a number would do, were it quoted."""
        return re.fullmatch(self.pattern, str(number)) is not None

    def _bare_number(self, spot: Spot, reading: Reading, word: str) -> None:
        said, wanted = _BARE_NUMBER, self.expected
        reading.complain(
            spot.place,
            said.zh.format(expected=wanted.zh, word=word),
            said.en.format(expected=wanted.en, word=word),
        )

    def schema(self) -> Schema:
        if self.pattern.startswith("(?s)"):
            return {"type": "string", "minLength": 1}
        return {"type": "string", "pattern": f"^(?:{self.pattern})$"}


@dataclass(frozen=True)
class Whole(Shape[int]):
    """A whole number from `least` to `most`."""

    expected: Sentence
    least: int = 0
    most: int = 10**6

    def read(self, spot: Spot, reading: Reading) -> int | None:
        match spot.node.value:
            case bool():
                pass
            case int(number) if self.least <= number <= self.most:
                return number
        self.refuse(spot, reading)
        return None

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class Figure(Shape[Decimal]):
    """A number, whole or with decimals: the bound of a field."""

    expected: Sentence = Sentence("一个数，如 1 或 0.01", "a number such as 1 or 0.01")  # noqa: RUF009

    def read(self, spot: Spot, reading: Reading) -> Decimal | None:
        match spot.node.value:
            case bool():
                pass
            case int(number) if abs(number) < _LARGEST:
                return Decimal(number)
            case Decimal() as number if abs(number) < _LARGEST:
                return number
        self.refuse(spot, reading)
        return None

    def schema(self) -> Schema:
        return {"type": "number"}


@dataclass(frozen=True)
class Flag(Shape[bool]):
    """Yes or no."""

    expected: Sentence = Sentence("true（是）或 false（否）", "true or false")  # noqa: RUF009

    def read(self, spot: Spot, reading: Reading) -> bool | None:
        if isinstance(spot.node.value, bool):
            return spot.node.value
        self.refuse(spot, reading)
        return None

    def schema(self) -> Schema:
        return {"type": "boolean"}


class Choice(Shape[W]):
    """One of a few words: a member of `words`."""

    def __init__(self, noun: Sentence, *words: W) -> None:
        self.noun = noun
        self.words = {str(word): word for word in words}
        zh, en = "、".join(self.words), ", ".join(self.words)
        self.expected = Sentence(f"{noun.zh}（{zh}之一）", f"{noun.en} (one of {en})")

    def read(self, spot: Spot, reading: Reading) -> W | None:
        value = spot.node.value
        if not isinstance(value, str):
            self.refuse(spot, reading)
            return None
        if value not in self.words:
            reading.unknown(spot.place, self.noun, value, self.words)
        return self.words.get(value)

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


class Reference(Shape[str]):
    """The name of something declared elsewhere; `also` are words that are allowed beside."""

    def __init__(self, name: Name, *also: str) -> None:
        self.name = name
        self.also = also
        noun = NOUNS[name]
        self.expected = Sentence(f"一个{noun.zh}的名称", f"the name of a {noun.en}")

    def read(self, spot: Spot, reading: Reading) -> str | None:
        value = spot.node.value
        if not isinstance(value, str):
            self.refuse(spot, reading)
            return None
        if value in self.also or value in reading.names[self.name]:
            return value
        known = [*self.also, *reading.names[self.name]]
        reading.unknown(spot.place, NOUNS[self.name], value, known)
        return None

    def schema(self) -> Schema:
        return {"type": "string", "description": f"{self.expected.zh} / {self.expected.en}"}


class FormReference(Shape[str]):
    """A form field named as `form.<field>`, where other sources could stand too."""

    expected = Sentence("form.<表单项>", "form.<field>")

    def read(self, spot: Spot, reading: Reading) -> str | None:
        value = spot.node.value
        if not isinstance(value, str) or not value.startswith("form."):
            self.refuse(spot, reading)
            return None
        key = value.removeprefix("form.")
        if key in reading.names[Name.FIELD]:
            return key
        reading.unknown(spot.place, NOUNS[Name.FIELD], key, reading.names[Name.FIELD])
        return None

    def schema(self) -> Schema:
        return {"type": "string", "pattern": rf"^form\.{KEY}$"}


class Formula(Shape[Expression]):
    """An expression. Its text is kept with its place and compiled later, beside the engine."""

    expected = Sentence(
        "一个表达式，如 form.amount > 0；文字值须再加引号，如 \"'医保'\"",
        "an expression such as form.amount > 0; a text needs quotes of its own: \"'insured'\"",
    )

    def read(self, spot: Spot, reading: Reading) -> Expression | None:
        value = spot.node.value
        if isinstance(value, bool):
            return Expression(str(value).lower(), spot.place)
        if isinstance(value, int) or (isinstance(value, str) and value.strip()):
            return Expression(str(value), first_letter(reading.lines, spot.place))
        self.refuse(spot, reading)
        return None

    def schema(self) -> Schema:
        return {"type": ["string", "integer", "boolean"], "description": self.expected.zh}


class FlagOrFormula(Shape[bool | Expression]):
    """Yes, no, or an expression that says when."""

    expected = Sentence(
        "true（是）、false（否），或一个表达式，如 form.urgent",
        "true, false, or an expression such as form.urgent",
    )

    def read(self, spot: Spot, reading: Reading) -> bool | Expression | None:
        value = spot.node.value
        if isinstance(value, bool):
            return value
        # Every expression names something with a dot; a bare word is yes or no, written otherwise.
        if isinstance(value, str) and "." in value:
            return Expression(value, first_letter(reading.lines, spot.place))
        self.refuse(spot, reading)
        return None

    def schema(self) -> Schema:
        formula: Schema = {"type": "string", "pattern": r"\.", "description": self.expected.zh}
        return any_of({"type": "boolean"}, formula)


class Listing(Shape[tuple[T_co, ...]]):
    """A list without repetition; a single item may stand without brackets."""

    def __init__(self, item: Shape[T_co], *, least: int = 1, most: int = 2000) -> None:
        self.item = item
        self.least = least
        self.most = most
        one = item.expected
        self.expected = Sentence(f"{one.zh}，或由它们组成的列表", f"{one.en}, or a list of these")

    def read(self, spot: Spot, reading: Reading) -> tuple[T_co, ...] | None:
        if not spot.is_list:
            one = self.item.read(spot, reading)
            return None if one is None else (one,)
        items = spot.items()
        if not self.least <= len(items) <= self.most:
            reading.complain(
                spot.place,
                f"这个列表有 {len(items)} 项；至少应有 {self.least} 项，至多 {self.most} 项。",
                f"This list has {len(items)} items; {self.least} to {self.most} are expected.",
            )
            return None
        self._repeated(items, reading)
        read = [self.item.read(item, reading) for item in items]
        return tuple(value for value in read if value is not None)

    def _repeated(self, items: list[Spot], reading: Reading) -> None:
        seen: set[str] = set()
        for item in items:
            word = item.node.value
            if isinstance(word, str) and word in seen:
                reading.complain(
                    item.place,
                    f"“{shorten(word)}”在这个列表里已经写过一次，请删去一个。",
                    f"“{shorten(word)}” already stands in this list; remove one of them.",
                )
            elif isinstance(word, str):
                seen.add(word)

    def schema(self) -> Schema:
        items: Schema = {"type": "array", "items": self.item.schema(), "minItems": self.least}
        return any_of(self.item.schema(), items)

    def parts(self) -> tuple[Shape[object], ...]:
        return (self.item,)


@dataclass(frozen=True)
class NewKey:
    """A key that the definition makes up itself."""

    noun: Sentence
    reserved: frozenset[str] = RESERVED
    pattern: str = KEY

    def accepts(self, spot: Spot, reading: Reading) -> bool:
        """Whether the key of `spot` may be used; says why not."""
        key = spot.key
        if key in self.reserved:
            reading.complain(
                spot.key_place,
                f"“{key}”是保留字，{self.noun.zh}不能叫这个名字，请换一个。",
                f"“{key}” is a reserved word; give the {self.noun.en} another key.",
            )
            return False
        if re.fullmatch(self.pattern, key):
            return True
        reading.complain(
            spot.key_place,
            f"{self.noun.zh}的键“{shorten(key)}”不合规则：小写字母开头，只用小写字母、数字和下划线，"
            f"至多 60 个字符。",
            f"The key “{shorten(key)}” of a {self.noun.en} is not allowed: begin with a small "
            f"letter, use small letters, digits and underscores, at most 60.",
        )
        return False


@dataclass(frozen=True)
class KnownKey:
    """A key that names something declared elsewhere."""

    name: Name

    def accepts(self, spot: Spot, reading: Reading) -> bool:
        """Whether the key of `spot` names something; says what it could have been."""
        known = reading.names[self.name]
        if spot.key not in known:
            reading.unknown(spot.key_place, NOUNS[self.name], spot.key, known)
        return spot.key in known


class Entries(Shape[dict[str, T_co]]):
    """A mapping whose keys are names: one entry each."""

    def __init__(
        self,
        keys: NewKey | KnownKey | None,
        item: Shape[T_co],
        expected: Sentence,
        *,
        most: int = 2000,
    ) -> None:
        self.keys = keys
        self.item = item
        self.expected = expected
        self.most = most

    def read(self, spot: Spot, reading: Reading) -> dict[str, T_co] | None:
        if not spot.is_mapping:
            self.refuse(spot, reading)
            return None
        children = spot.children()
        if len(children) > self.most:
            reading.complain(
                spot.place,
                f"这里有 {len(children)} 项，至多 {self.most} 项。",
                f"There are {len(children)} entries here; at most {self.most} are allowed.",
            )
            return None
        entries: dict[str, T_co] = {}
        for key, child in children.items():
            accepted = self.keys is None or self.keys.accepts(child, reading)
            value = self.item.read(child, reading)
            if accepted and value is not None:
                entries[key] = value
        return entries

    def schema(self) -> Schema:
        schema: Schema = {"type": "object", "additionalProperties": self.item.schema()}
        if isinstance(self.keys, NewKey):
            schema["propertyNames"] = {"pattern": f"^(?:{self.keys.pattern})$"}
        return schema

    def parts(self) -> tuple[Shape[object], ...]:
        return (self.item,)


class Made(Shape[U_co], Generic[T, U_co]):
    """Another shape's value made into something else."""

    def __init__(self, shape: Shape[T], make: Callable[[T], U_co]) -> None:
        self.shape = shape
        self.make = make
        self.expected = shape.expected

    def read(self, spot: Spot, reading: Reading) -> U_co | None:
        value = self.shape.read(spot, reading)
        return None if value is None else self.make(value)

    def schema(self) -> Schema:
        return self.shape.schema()

    def parts(self) -> tuple[Shape[object], ...]:
        return (self.shape,)


class Placed(Shape[U_co], Generic[T, U_co]):
    """Another shape's value made into something that knows where it stands."""

    def __init__(self, shape: Shape[T], make: Callable[[T, Spot], U_co]) -> None:
        self.shape = shape
        self.make = make
        self.expected = shape.expected

    def read(self, spot: Spot, reading: Reading) -> U_co | None:
        value = self.shape.read(spot, reading)
        return None if value is None else self.make(value, spot)

    def schema(self) -> Schema:
        return self.shape.schema()

    def parts(self) -> tuple[Shape[object], ...]:
        return (self.shape,)


class Either(Shape[T_co]):
    """A short form (a word, a number, a list) or a long one (a mapping)."""

    def __init__(
        self, short: Shape[T_co], long: Shape[T_co], expected: Sentence | None = None
    ) -> None:
        self.short = short
        self.long = long
        self.expected = expected or Sentence(
            f"{short.expected.zh}，或{long.expected.zh}",
            f"{short.expected.en}, or {long.expected.en}",
        )

    def read(self, spot: Spot, reading: Reading) -> T_co | None:
        return (self.long if spot.is_mapping else self.short).read(spot, reading)

    def schema(self) -> Schema:
        return any_of(self.short.schema(), self.long.schema())

    def parts(self) -> tuple[Shape[object], ...]:
        return (self.short, self.long)
