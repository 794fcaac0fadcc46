"""The hospital before anybody described it, and the order of its people: one for all stores."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from workflow.calendar import Calendar
from workflow.people.organisation import (
    Delegation,
    Department,
    Organisation,
    Person,
    organisation_of,
)
from workflow.people.rosters import Roster

#: No year is decreed yet: Monday to Friday, and every limit in working days is provisional.
NO_CALENDAR = Calendar({}, {}, date.min)


def organisation(
    people: Iterable[Person],
    departments: Iterable[Department],
    delegations: Iterable[Delegation],
    rosters: Iterable[Roster] = (),
) -> Organisation:
    """The picture with everything in the order of its ids, so that every store gives the same."""
    return organisation_of(
        sorted(people, key=lambda person: person.id),
        sorted(departments, key=lambda department: department.id),
        sorted(delegations, key=lambda delegation: delegation.id),
        sorted(rosters, key=lambda roster: roster.key),
    )
