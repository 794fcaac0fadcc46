"""Reads the checked expression that the library gives out, without its protobuf packages.

The library says what an expression means only in the bytes of a `cel.expr.CheckedExpr`. Some thirty
field numbers of that public format are enough to count, name and judge every part of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

_Fields = dict[int, list["int | bytes"]]


class Sort(StrEnum):
    """What a part of an expression is. A LOOP is a macro such as `all` or `filter`."""

    CONSTANT = "constant"
    NAME = "name"
    SELECT = "select"
    CALL = "call"
    LIST = "list"
    RECORD = "record"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an expression.

    `name` is the identifier, the selected field, the called function or the variable of a loop,
    `parts` what it is applied to (of a loop: the list that it runs over), `body` what a loop works
    out for each element. `text` is the value of a text constant; `tests` marks a `has(…)`,
    `builds` a loop that makes a list.
    """

    id: int
    sort: Sort
    encoded: bytes
    name: str = ""
    parts: tuple[Part, ...] = ()
    body: tuple[Part, ...] = ()
    text: str | None = None
    tests: bool = False
    builds: bool = False

    def walk(self) -> Iterator[Part]:
        """This part and everything below it."""
        yield self
        for part in (*self.parts, *self.body):
            yield from part.walk()


@dataclass(frozen=True, slots=True)
class Tree:
    """A checked expression: its parts, their places in the text, and what each call stands for."""

    root: Part
    positions: Mapping[int, int]
    overloads: Mapping[int, frozenset[str]]
    _fields: _Fields

    def alone(self, part: Part) -> bytes:
        """The encoding of `part` as an expression of its own."""
        rest = (
            _field(number, value)
            for number in (_CHECKED_REFERENCES, _CHECKED_TYPES)
            for value in _each(self._fields, number)
        )
        checked = b"".join((*rest, _field(_CHECKED_EXPR, part.encoded)))
        return _field(_ANY_TYPE, _CHECKED_TYPE) + _field(_ANY_VALUE, checked)


def read_tree(encoded: bytes) -> Tree:
    """Decode what the library's `serialize()` gives for a checked expression."""
    checked = _bytes(_fields(encoded), _ANY_VALUE)
    fields = _fields(checked)
    source = _fields(_bytes(fields, _CHECKED_SOURCE))
    return Tree(
        root=_part(_bytes(fields, _CHECKED_EXPR)),
        positions={
            _int(entry, _KEY): _int(entry, _VALUE)
            for entry in map(_fields, _each(source, _SOURCE_POSITIONS))
        },
        overloads={
            _int(entry, _KEY): frozenset(
                str(overload, "utf-8")
                for overload in _each(_fields(_bytes(entry, _VALUE)), _REFERENCE_OVERLOAD)
            )
            for entry in map(_fields, _each(fields, _CHECKED_REFERENCES))
        },
        _fields=fields,
    )


# Field numbers of google.protobuf.Any and of cel/expr/checked.proto and syntax.proto

_CHECKED_TYPE = b"type.googleapis.com/cel.expr.CheckedExpr"
_ANY_TYPE, _ANY_VALUE = 1, 2
_CHECKED_REFERENCES, _CHECKED_TYPES, _CHECKED_EXPR, _CHECKED_SOURCE = 2, 3, 4, 5
_REFERENCE_OVERLOAD = 3
_SOURCE_POSITIONS = 4
_KEY, _VALUE = 1, 2
_EXPR_ID, _EXPR_LIST = 2, 7
_SORTS: Mapping[int, Sort] = {
    3: Sort.CONSTANT,
    4: Sort.NAME,
    5: Sort.SELECT,
    6: Sort.CALL,
    _EXPR_LIST: Sort.LIST,
    8: Sort.RECORD,
    9: Sort.LOOP,
}
_CONSTANT_TEXT = 6
_IDENT_NAME = 1
_SELECT_OPERAND, _SELECT_FIELD, _SELECT_TESTS = 1, 2, 3
_CALL_TARGET, _CALL_FUNCTION, _CALL_ARGUMENT = 1, 2, 3
_LIST_ELEMENT = 1
_LOOP_VARIABLE, _LOOP_RANGE, _LOOP_START, _LOOP_STEP = 1, 2, 4, 6
_TALLY = "@result"  # an author cannot write this name

_NAMED: Mapping[Sort, int] = {
    Sort.NAME: _IDENT_NAME,
    Sort.SELECT: _SELECT_FIELD,
    Sort.CALL: _CALL_FUNCTION,
    Sort.LOOP: _LOOP_VARIABLE,
}
_BELOW: Mapping[Sort, tuple[int, ...]] = {
    Sort.SELECT: (_SELECT_OPERAND,),
    Sort.CALL: (_CALL_TARGET, _CALL_ARGUMENT),
    Sort.LIST: (_LIST_ELEMENT,),
    Sort.LOOP: (_LOOP_RANGE,),
}


def _part(encoded: bytes) -> Part:
    fields = _fields(encoded)
    number = next(number for number in fields if number in _SORTS)
    sort, inner = _SORTS[number], _fields(_bytes(fields, number))
    return Part(
        id=_int(fields, _EXPR_ID),
        sort=sort,
        encoded=encoded,
        name=_text(inner, _NAMED[sort]) if sort in _NAMED else "",
        parts=tuple(_part(part) for below in _BELOW.get(sort, ()) for part in _each(inner, below)),
        body=tuple(_written(_part(_bytes(inner, _LOOP_STEP)))) if sort is Sort.LOOP else (),
        text=_text(inner, _CONSTANT_TEXT)
        if sort is Sort.CONSTANT and _CONSTANT_TEXT in inner
        else None,
        tests=sort is Sort.SELECT and _SELECT_TESTS in inner,
        builds=sort is Sort.LOOP and _EXPR_LIST in _fields(_bytes(inner, _LOOP_START)),
    )


def _written(step: Part) -> Iterator[Part]:
    """What the author wrote inside a macro: the step of the loop without the library's tallying.

    `all` becomes `@result && body`, `map` `@result + [body]`, `exists_one` and `filter`
    `body ? @result + … : @result`.
    """
    if step.sort is not Sort.CALL or not any(part.name == _TALLY for part in step.parts):
        yield step
    elif step.name == "_+_":
        yield from step.parts[1].parts
    else:
        for part in step.parts:
            if part.name != _TALLY:
                yield from _written(part)


# The wire format


def _fields(encoded: bytes) -> _Fields:
    found: _Fields = {}
    position, end = 0, len(encoded)
    while position < end:
        key, position = _varint(encoded, position)
        value: int | bytes
        match key & 7:
            case 2:
                length, position = _varint(encoded, position)
                value, position = encoded[position : position + length], position + length
            case 0:
                value, position = _varint(encoded, position)
            case 1:
                value, position = encoded[position : position + 8], position + 8
            case other:
                raise ValueError(f"wire type {other} is not used by this format")
        found.setdefault(key >> 3, []).append(value)
    return found


def _varint(encoded: bytes, position: int) -> tuple[int, int]:
    value = encoded[position]
    if value < 0x80:  # nearly every number that there is here
        return value, position + 1
    value = shift = 0
    while True:
        byte = encoded[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position


def _field(number: int, value: bytes) -> bytes:
    """A length-delimited field."""
    return _as_varint(number << 3 | 2) + _as_varint(len(value)) + value


def _as_varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*written, value))


def _each(fields: _Fields, number: int) -> Iterator[bytes]:
    return (value for value in fields.get(number, []) if isinstance(value, bytes))


def _bytes(fields: _Fields, number: int) -> bytes:
    return next(_each(fields, number), b"")


def _text(fields: _Fields, number: int) -> str:
    return str(_bytes(fields, number), "utf-8")


def _int(fields: _Fields, number: int) -> int:
    """A number; the format leaves zero out."""
    return next((value for value in fields.get(number, []) if isinstance(value, int)), 0)
