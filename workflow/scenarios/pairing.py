"""Finds for each thing that is wanted another thing that fits: lists are compared in any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

W = TypeVar("W")
F = TypeVar("F")


def pairs(
    wanted: Sequence[W], found: Sequence[F], fits: Callable[[W, F], bool]
) -> dict[int, int] | None:
    """The position in `found` for each position in `wanted`, one to one; None if they do not match.

    What is wanted may be vague (`{step: review}`), so the first that fits need not be the right
    one: earlier choices are changed where that makes room, and only then, so that what is wanted
    in the same words is paired in the order in which it stands.
    """
    if len(wanted) != len(found):
        return None
    chosen_by: dict[int, int] = {}

    def choose(wish: int, tried: set[int]) -> bool:
        free_first = sorted(range(len(found)), key=lambda place: place in chosen_by)
        for place in free_first:
            if place in tried or not fits(wanted[wish], found[place]):
                continue
            tried.add(place)
            if place not in chosen_by or choose(chosen_by[place], tried):
                chosen_by[place] = wish
                return True
        return False

    if not all(choose(wish, set()) for wish in range(len(wanted))):
        return None
    return {wish: place for place, wish in chosen_by.items()}
