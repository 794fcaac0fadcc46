"""Whom a form lists where its definition says among whom to choose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from workflow.design.definition import Definition
from workflow.nouns import Case
from workflow.people.eligibility import Scene
from workflow.people.organisation import Person
from workflow.ports.hospital import Hospital
from workflow.running.choosing import choosable
from workflow.service.sights import CaseSight


def choosable_in(sight: CaseSight) -> Mapping[str, tuple[str, ...]]:
    """Who may be named on a case, by field."""
    parent = None if sight.parent is None else sight.parent.department
    scene = _scene(sight.case, sight.definition, sight.hospital, sight.now, parent)
    return choosable(sight.definition, scene)


def choosable_for(
    person: Person, definition: Definition, hospital: Hospital, now: datetime
) -> Mapping[str, tuple[str, ...]]:
    """Who may be named on a case that somebody is about to open, by field."""
    case = Case(
        id="",
        number="",
        process=definition.key,
        definition_version=definition.version,
        state=definition.entries[0],
        applicant=person.id,
        department=person.department,
        form={},
        parameters={},
        opened_at=now,
        entered_at=now,
    )
    return choosable(definition, _scene(case, definition, hospital, now, None))


def _scene(
    case: Case, definition: Definition, hospital: Hospital, now: datetime, parent: str | None
) -> Scene:
    calendar = hospital.calendar
    return Scene(
        case,
        hospital.organisation,
        calendar.local_day(now),
        parent,
        definition,
        clock=now.astimezone(calendar.zone).time(),
    )
