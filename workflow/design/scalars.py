"""Where each letter of a text stands in its file, so that messages point into expressions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from workflow.design.expression import Place

_BREAK = re.compile("\r\n|\r|\n")
_QUOTES = ("'", '"')


def lines_of(text: str) -> list[str]:
    """The lines of a file as its places count them."""
    return _BREAK.split(text.removeprefix("\ufeff"))


def first_letter(lines: Sequence[str], place: Place) -> Place:
    """Where the text of a scalar begins: behind its quote, if it has one."""
    return replace(place, column=place.column + (_at(lines, place)[:1] in _QUOTES))


def is_quoted(lines: Sequence[str], place: Place) -> bool:
    """Whether the scalar there stands in quotes, or as a block of lines."""
    return _at(lines, place)[:1] in (*_QUOTES, "|", ">")


def letter(lines: Sequence[str], first: Place, text: str, offset: int) -> Place:
    """Where the letter number `offset` (from 0) of `text` stands, whose first stands at `first`.

    Exact for a text on one line and for a block after `|`; a folded text gives its beginning.
    """
    quote = _at(lines, replace(first, column=first.column - 1))[:1] if first.column > 1 else ""
    written = _at(lines, first)
    if written[:1] == "|" and quote not in _QUOTES:
        return _in_block(lines, first, text, offset)
    column = 0
    for character in text[:offset]:
        if not written.startswith(character, column):
            return first
        # Inside single quotes, a single quote is written twice.
        column += 2 if character == quote == "'" else 1
    return replace(first, column=first.column + column)


def _in_block(lines: Sequence[str], first: Place, text: str, offset: int) -> Place:
    before = text[:offset].split("\n")
    number = first.line + len(before)
    line = lines[number - 1] if number <= len(lines) else ""
    opening = lines[first.line] if first.line < len(lines) else ""
    indent = len(opening) - len(opening.lstrip(" "))
    if not line[indent:].startswith(before[-1]):
        return first
    return replace(first, line=number, column=indent + len(before[-1]) + 1)


def _at(lines: Sequence[str], place: Place) -> str:
    return lines[place.line - 1][place.column - 1 :] if 0 < place.line <= len(lines) else ""
