"""What a scenario stands on, and what can happen in it: the cast, the hospital, the acts.

Frozen values as written in the file; `stage` brings them to life.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from workflow.nouns import ParameterValue
from workflow.people.organisation import Delegation, Department, Person
from workflow.people.rosters import Roster

#: By this name steps call the first case that was started, or the first that has no other name.
FIRST_CASE = "it"

#: A value as it stands in a file: text, whole number, Decimal, truth, nothing, lists and mappings.
Raw = object
Fields = Mapping[str, Raw]


@dataclass(frozen=True, slots=True)
class Setting:
    """The hospital at the start of a scenario, with everybody who exists in it.

    `rows` are register rows as written: their columns are declared by the definitions. `days` tell
    whether a day is worked, where it differs from the shipped calendar. `now` is aware.
    """

    now: datetime
    people: Mapping[str, Person]
    departments: Mapping[str, Department]
    profile: str | None = None
    policy: Mapping[str, ParameterValue] = field(default_factory=dict)
    delegations: tuple[Delegation, ...] = ()
    rows: Mapping[str, tuple[Fields, ...]] = field(default_factory=dict)
    days: Mapping[date, bool] = field(default_factory=dict)
    rosters: tuple[Roster, ...] = ()
    schedules: tuple[str, ...] = ()  # of which processes the schedules run


@dataclass(frozen=True, slots=True)
class By:
    """Who acts, and for whom as a delegate."""

    person: str
    acting_for: str | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """Open a case of `process`. Later steps call it `name`; `parent` is the name of another."""

    by: By
    process: str
    fields: Fields
    name: str | None = None
    parent: str | None = None
    entry: str | None = None
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Do:
    """Take an action, or change fields (`save`). `seen`: as the page stood before that step."""

    by: By
    action: str
    fields: Fields
    opinion: str = ""
    attachments: tuple[str, ...] = ()
    target: str | None = None
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Let time pass."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class Until:
    """Let time pass up to a moment (aware)."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Down:
    """Time passes and nobody looks at a clock or a schedule, until it is over."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class Move:
    """People go to other departments, with the posts that they had in their own."""

    to: Mapping[str, str]


Act = Start | Do | Wait | Until | Down | Move


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What was expected, and what was found instead."""

    expected: str
    found: str
