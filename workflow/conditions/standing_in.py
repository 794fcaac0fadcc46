"""Of whom a yes-or-no question about the actor is asked while somebody stands in for another.

What a delegate does both of them have done. So a rule that keeps people apart is put to both, and a
rule that asks for somebody is met by either.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from workflow.conditions.tree import Part, Sort
from workflow.making import quick_members


@quick_members
class Asked(StrEnum):
    """Who must pass: EITHER where the question only asks for somebody (`actor.id == form.owner`),
    BOTH where it keeps somebody out (`actor.id != …`, `!(actor.id in …)`) or cannot be told.
    """

    EITHER = "either"
    BOTH = "both"


def asked_of(root: Part) -> Asked | None:
    """Of whom a checked expression asks; None where it does not speak of the actor."""
    found = set(_ways(root, _Way.FOR))
    if not found:
        return None
    return Asked.EITHER if found == {_Way.FOR} else Asked.BOTH


class _Way(StrEnum):
    """Whether what is true of the actor speaks for the whole, against it, or one cannot tell."""

    FOR = "for"
    AGAINST = "against"
    UNTOLD = "untold"

    @property
    def turned(self) -> _Way:
        """The way of a part that stands behind a `!`."""
        return _TURNED[self]


_TURNED = {_Way.FOR: _Way.AGAINST, _Way.AGAINST: _Way.FOR, _Way.UNTOLD: _Way.UNTOLD}
_UNLIKE, _CHOICE = "_!=_", "_?_:_"
_COMPARED = frozenset({"_==_", "@in", _UNLIKE})


def _ways(part: Part, way: _Way) -> Iterator[_Way]:
    """How each mention of the actor in a part speaks, where the part itself speaks `way`."""
    if _is_actor(part):
        yield _Way.UNTOLD  # such as in size(actor.roles): no yes or no of its own
        return
    call = part.name if part.sort is Sort.CALL else ""
    if call in _COMPARED:
        told = way.turned if call == _UNLIKE else way
        for side in part.parts:
            yield from [told] if _is_actor(side) else _ways(side, _Way.UNTOLD)
        return
    inner = {"!_": way.turned, "_&&_": way, "_||_": way, _CHOICE: way}.get(call, _Way.UNTOLD)
    for place, below in enumerate((*part.parts, *part.body)):
        asks = call == _CHOICE and place == 0
        yield from _ways(below, _Way.UNTOLD if asks else inner)


def _is_actor(part: Part) -> bool:
    return part.sort is Sort.NAME and part.name.startswith("actor.")
