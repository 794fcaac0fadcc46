"""What may enter an expression: each kind of value, made ready for the expression library.

The library would end a text at NUL, take a naive datetime for UTC, take True for 1, crash on half a
surrogate pair and refuse a tuple. All of that is settled before it sees a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What a name stands for and what an expression gives.

    Money is INT in fen, a date is INT in days since 1970-01-01, a MOMENT is aware. ROWS is a list
    of maps with cells of any kind; a FACT may be anything, so it must be compared or converted
    (`== true`, `int(…)`, `string(…)`) before it is one of the others.
    """

    BOOL = "bool"
    INT = "int"
    TEXT = "text"
    MOMENT = "moment"
    TEXTS = "texts"
    INTS = "ints"
    ROWS = "rows"
    FACT = "fact"


Value = (
    bool
    | int
    | str
    | datetime
    | tuple[str, ...]
    | tuple[int, ...]
    | tuple[Mapping[str, object], ...]
    | None
)


class Unfit(Exception):
    """A value that is not of the kind that the vocabulary says."""


def _bool(value: object) -> object:
    if value is True or value is False:
        return value
    raise Unfit(f"{type(value).__name__} where a bool is expected")


def _int(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        if -(2**63) <= value < 2**63:
            return value
        raise Unfit("a number beyond 64 bits")
    raise Unfit(f"{type(value).__name__} where an int is expected")


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise Unfit(f"{type(value).__name__} where a text is expected")
    # The library ends a text at NUL without a word, and cannot take half of a surrogate pair.
    if not value.isprintable() and ("\0" in value or _HALF_PAIR.search(value)):
        raise Unfit("a text with characters that are none")
    return value


_HALF_PAIR = re.compile("[\ud800-\udfff]")


def _moment(value: object) -> object:
    if not isinstance(value, datetime):
        raise Unfit(f"{type(value).__name__} where a moment is expected")
    if value.utcoffset() is None:  # the library would take it for UTC
        raise Unfit("a moment without a time zone")
    return value


def _texts(value: object) -> object:
    return [_text(item) for item in _sequence(value)]


def _ints(value: object) -> object:
    return [_int(item) for item in _sequence(value)]


def _rows(value: object) -> object:
    rows = [_fact(item, _DEEPEST_VALUE) for item in _sequence(value)]
    if not all(isinstance(row, dict) for row in rows):
        raise Unfit("a row that is no mapping")
    return rows


def _sequence(value: object) -> tuple[object, ...] | list[object]:
    if not isinstance(value, tuple | list):
        raise Unfit(f"{type(value).__name__} where a list is expected")
    if len(value) > _LONGEST_LIST:
        raise Unfit(f"a list of more than {_LONGEST_LIST} values")
    return value


_DEEPEST_VALUE = 8
_LONGEST_LIST = 10_000


def _fact(value: object, deepest: int = _DEEPEST_VALUE) -> object:
    """Plain lists, dicts and scalars; None stays, for a cell.

    The library takes no moment where the kind is open: a fact that is one must be of kind MOMENT.
    """
    if deepest == 0:
        raise Unfit("a value nested too deep")
    match value:
        case None | bool():
            return value
        case int():
            return _int(int(value))
        case str():
            return _text(str.__str__(value))  # the library refuses a member of an enumeration
        case list() | tuple():
            return [_fact(item, deepest - 1) for item in _sequence(value)]
        case Mapping():
            return {_text(key): _fact(cell, deepest - 1) for key, cell in value.items()}
        case _:
            raise Unfit(f"{type(value).__name__} is no value that an expression knows")


#: How a value of each kind is made ready; each raises Unfit for anything else.
ACCEPT: Mapping[Kind, Callable[[object], object]] = MappingProxyType(
    {
        Kind.BOOL: _bool,
        Kind.INT: _int,
        Kind.TEXT: _text,
        Kind.MOMENT: _moment,
        Kind.TEXTS: _texts,
        Kind.INTS: _ints,
        Kind.ROWS: _rows,
        Kind.FACT: _fact,
    }
)
