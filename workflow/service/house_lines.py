"""Lines of the house's own ledger, read: what an administrator changed, what else was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from workflow.nouns import Entry
from workflow.refusals import Refusal
from workflow.service.deciding import refused_of


@dataclass(frozen=True, slots=True)
class Altered:
    """One value that a change altered, by the dotted path that leads to it; None: not there."""

    path: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class HouseLine:
    """A line that belongs to no case. `action` is what was wanted: the event, or what was refused;
    `subject` names what it was about, as far as one word can.

    `told` are the facts of what changed nothing: a sign-in, an export, a look.
    """

    entry: Entry
    action: str
    subject: str
    reason: str
    altered: tuple[Altered, ...]
    told: Mapping[str, object]
    refusals: tuple[Refusal, ...]


def house_line_of(entry: Entry) -> HouseLine:
    """Read the bytes of a line of the house."""
    body: Mapping[str, Any] = orjson.loads(entry.body)
    facts: Mapping[str, Any] = body.get("facts", {})
    changed = "before" in facts and "after" in facts
    refused = entry.refused is not None and "refused" in facts
    told = facts.get("asked", {}) if refused else {} if changed else facts
    return HouseLine(
        entry=entry,
        action=str(facts.get("action", entry.event)),
        subject=_subject(told if refused or not changed else facts["after"] or facts["before"]),
        reason=str(body.get("reason", "")),
        altered=tuple(_altered("", facts["before"], facts["after"])) if changed else (),
        told=told,
        refusals=refused_of(facts).refusals if refused else (),
    )


#: What names a thing in the facts of a line; the first that is there.
_NAMES = ("name", "login", "key", "case", "person", "id", "process", "parameter", "department")


def _subject(facts: Mapping[str, object]) -> str:
    named = next((name for name in _NAMES if facts.get(name)), None)
    return "" if named is None else str(facts[named])


def _altered(path: str, before: object, after: object) -> Iterator[Altered]:
    """Every leaf that differs; a thing that is new or gone is told leaf by leaf too."""
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        old = before if isinstance(before, Mapping) else {}
        new = after if isinstance(after, Mapping) else {}
        for key in (*old, *(key for key in new if key not in old)):
            yield from _altered(f"{path}.{key}" if path else key, old.get(key), new.get(key))
    elif before != after:
        yield Altered(path, before, after)
