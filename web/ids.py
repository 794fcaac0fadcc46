"""Ids that grow with time, so that what belongs to one morning lies together.

A database finds a row by its id in a tree. Ids without any order bring every new row to another
page of it, and each of those has to reach the disk before somebody is told that it succeeded.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM = (1 << 76) - 1 & ~(0b11 << 62)


def ids_by(clock: Callable[[], datetime], random: Callable[[int], bytes]) -> Callable[[], str]:
    """What makes ids: 32 hex digits of a UUID of version 7 (RFC 9562, 5.7), which begin with the
    milliseconds since 1970 and go on with 74 bits of `random`, which gives so many bytes.
    """

    def new_id() -> str:
        milliseconds = int(clock().timestamp() * 1000)
        drawn = int.from_bytes(random(10), "big") & _RANDOM
        return f"{milliseconds << 80 | _VERSION | _VARIANT | drawn:032x}"

    return new_id
