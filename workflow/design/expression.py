"""What a definition leaves to be worked out: expressions and lengths of time, with the place in the
file that messages name.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from workflow.calendar import Unit


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its file something stands, for messages: 1-based line and column, and the dotted
    path of keys.
    """

    line: int = 0
    column: int = 0
    path: str = ""


def place_of_key(key: str, source: str) -> Place:
    """Where the value of a top key begins in a definition that has been read; the beginning of the
    file where that key is not written.
    """
    for number, line in enumerate(source.splitlines(), start=1):
        found = re.match(rf"[\"']?{key}[\"']?\s*:\s*", line)
        if found:
            return Place(number, found.end() + 1, key)
    return Place(1, 1, key)


@dataclass(frozen=True, slots=True)
class Expression:
    """Text in the expression language (CEL), not yet compiled."""

    text: str
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: the first alternative whose `when` holds.

    `amount` is an INT expression; absent value: no deadline.
    """

    amount: Expression
    unit: Unit
    when: Expression | None = None
