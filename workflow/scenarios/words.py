"""How a check says what it expected and what it found: the notation of the files themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from workflow.refusals import Refused
from workflow.scenarios.setting import Mismatch

ZONE = ZoneInfo("Asia/Shanghai")


def shown(value: object) -> str:
    """A value on one line, as a scenario would write it. Moments are shown on the local clock."""
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case str():
            return " ".join(value.split())
        case int() | Decimal():
            return str(value)
        case datetime():
            return value.astimezone(ZONE).isoformat(timespec="seconds")
        case Mapping():
            return "{" + ", ".join(f"{key}: {shown(item)}" for key, item in value.items()) + "}"
        case Iterable():
            return "[" + ", ".join(shown(item) for item in value) + "]"
        case _:
            return str(value)


def refusal_shown(refused: Refused) -> str:
    """A refusal as a report shows it: its code, its sentence, the fields that it names."""
    fields = f" {shown(refused.fields)}" if refused.fields else ""
    return f"refused: {refused.code.value}{fields} ({refused.because.zh} / {refused.because.en})"


def differ(key: str, expected: object, found: object) -> Mismatch:
    """The mismatch of a check by its key."""
    return Mismatch(f"{key}: {shown(expected)}", f"{key}: {shown(found)}")


def same(key: str, expected: object, found: object) -> Mismatch | None:
    """None when both are equal."""
    return None if expected == found else differ(key, expected, found)


def same_in_any_order(key: str, expected: Sequence[str], found: Sequence[str]) -> Mismatch | None:
    """None when both hold the same words as often."""
    return None if sorted(expected) == sorted(found) else differ(key, expected, found)
