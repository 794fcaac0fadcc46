"""The hospital as the database keeps it: read once for each revision, then remembered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Select, select

from storage.mapping import POLICY_CHANGE as POLICY_CHANGE_COLUMNS
from storage.mapping import Line, policy_change_of, policy_value_of
from storage.picture import NO_CALENDAR, organisation
from storage.statements import (
    CALENDAR_DAY,
    DELEGATION,
    DEPARTMENT,
    HOSPITAL,
    PERSON,
    POLICY_CHANGE,
    POST,
    ROSTER,
    of,
)
from storage.statements import revision as revision_statement
from storage.wire import Step, Wire
from workflow.calendar import Calendar, hours_of_facts, own_calendars_of
from workflow.ledger import moment_of
from workflow.people.organisation import Delegation, Department, Person, Post
from workflow.people.rosters import Duty, Roster, Shift
from workflow.ports.hospital import Hospital, Policy, SetUp

DEPARTMENT_COLUMNS = ("id", "name", "type", "parent")
PERSON_COLUMNS = ("id", "name", "department", "active")
POST_COLUMNS = ("person", "role", "department", "starts_on", "ends_on", "limit_fen")
DELEGATION_COLUMNS = (
    "id",
    "principal",
    "delegate",
    "starts_on",
    "ends_on",
    "roles",
    "processes",
    "max_fen",
)
ROSTER_COLUMNS = ("key", "name", "shifts", "duties")
CALENDAR_COLUMNS = ("day", "worked", "name")
HOSPITAL_COLUMNS = (
    "revision",
    "profile",
    "overrides",
    "covered_until",
    "zone",
    "hours",
    "own_calendars",
    "set_up",
)


class Hospitals:
    """The newest picture that this process has seen. Threads may read it twice, never wrongly."""

    def __init__(self) -> None:
        self._newest: Hospital | None = None

    def at(self, wire: Wire, revision: int | None = None) -> Hospital:
        """The hospital as `wire` sees it; `revision` saves asking which one that is."""
        if revision is None:
            ((revision,),) = wire.lines(revision_statement)
        newest = self._newest
        if newest is None or newest.revision != revision:
            newest = read_hospital(wire)
            self._newest = newest
        return newest


def read_hospital(wire: Wire) -> Hospital:
    """Everything, and again if somebody changed it in between (PostgreSQL shows each statement
    what was committed before that statement).
    """
    while True:
        lines, departments, people, posts, delegations, rosters, days, changes = wire.gather(
            Step(hospital_line),
            Step(department_lines),
            Step(person_lines),
            Step(post_lines),
            Step(delegation_lines),
            Step(roster_lines),
            Step(day_lines),
            Step(policy_change_lines),
        )
        (line,) = lines
        if wire.lines(revision_statement) == [(line[0],)]:
            break
    return Hospital(
        organisation(
            _people(people, posts),
            (Department(*each) for each in departments),
            map(delegation_of, delegations),
            map(roster_of, rosters),
        ),
        _calendar(line, days),
        Policy(
            line[1],
            _overrides(orjson.loads(line[2])),
            tuple(map(policy_change_of, changes)),
            _set_up(line[-1]),
        ),
        line[0],
    )


def person_of(line: Line, posts: list[Line]) -> Person:
    """A person from the columns in PERSON_COLUMNS and their lines of POST_COLUMNS."""
    held = tuple(
        Post(role, department, _maybe_day(start), _maybe_day(end), limit)
        for _, role, department, start, end, limit in posts
    )
    return Person(line[0], line[1], line[2], held, bool(line[3]))


def delegation_of(line: Line) -> Delegation:
    """A delegation from the columns in DELEGATION_COLUMNS."""
    id_, principal, delegate, start, end, roles, processes, max_fen = line
    return Delegation(
        id_,
        principal,
        delegate,
        date.fromisoformat(start),
        date.fromisoformat(end),
        tuple(orjson.loads(roles)),
        tuple(orjson.loads(processes)),
        max_fen,
    )


def roster_of(line: Line) -> Roster:
    """A roster from the columns in ROSTER_COLUMNS."""
    key, name, shifts, duties = line
    return Roster(
        key,
        name,
        tuple(Duty(date.fromisoformat(day), *rest) for day, *rest in orjson.loads(duties)),
        tuple(
            Shift(shift, time.fromisoformat(start), time.fromisoformat(end))
            for shift, start, end in orjson.loads(shifts)
        ),
    )


def _people(people: list[Line], posts: list[Line]) -> list[Person]:
    held: dict[str, list[Line]] = {}
    for post in posts:
        held.setdefault(post[0], []).append(post)
    return [person_of(line, held.get(line[0], [])) for line in people]


def _calendar(line: Line, days: list[Line]) -> Calendar:
    _, _, _, covered_until, zone, hours, own, _ = line
    if covered_until is None:
        return NO_CALENDAR
    return Calendar(
        {date.fromisoformat(day): bool(worked) for day, worked, _ in days},
        {date.fromisoformat(day): name for day, _, name in days if name},
        date.fromisoformat(covered_until),
        ZoneInfo(zone),
        hours_of_facts(orjson.loads(hours)),
        own=own_calendars_of(orjson.loads(own)),
    )


def _overrides(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: policy_value_of(value) for key, value in values.items()}


def _set_up(text: str | None) -> SetUp | None:
    if text is None:
        return None
    kept = orjson.loads(text)
    return SetUp(
        kept["profile"],
        _overrides(kept["overrides"]),
        tuple(kept["by"]),
        kept["reasons"],
        kept["agreed_by"],
        None if kept["agreed_at"] is None else moment_of(kept["agreed_at"]),
    )


def _maybe_day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def hospital_line() -> Select[Any]:
    """The one line of the hospital."""
    return select(*of(HOSPITAL, HOSPITAL_COLUMNS))


def department_lines() -> Select[Any]:
    """All departments."""
    return select(*of(DEPARTMENT, DEPARTMENT_COLUMNS))


def person_lines() -> Select[Any]:
    """All people."""
    return select(*of(PERSON, PERSON_COLUMNS))


def post_lines() -> Select[Any]:
    """All posts, in the order in which they were given."""
    return select(*of(POST, POST_COLUMNS)).order_by(POST.c.no)


def delegation_lines() -> Select[Any]:
    """All delegations."""
    return select(*of(DELEGATION, DELEGATION_COLUMNS))


def policy_change_lines() -> Select[Any]:
    """What cases have put in force, in the order in which they did."""
    return select(*of(POLICY_CHANGE, POLICY_CHANGE_COLUMNS)).order_by(POLICY_CHANGE.c.no)


def roster_lines() -> Select[Any]:
    """All duty rosters."""
    return select(*of(ROSTER, ROSTER_COLUMNS))


def day_lines() -> Select[Any]:
    """All days that differ from Monday to Friday."""
    return select(*of(CALENDAR_DAY, CALENDAR_COLUMNS))
