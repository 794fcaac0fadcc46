"""What a definition leaves to be worked out: expressions and lengths of time, with the place in the
file that messages name.
"""

from __future__ import annotations

import dataclasses
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
