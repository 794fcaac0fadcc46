"""Whoever stands in for somebody hears of the work that was lent to them.

The decision itself names the people for whom a step waits. Their delegates are worked out later,
with the deliveries: who has lent what to whom may change until then, and a signature should not
become longer for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from workflow.nouns import Address, Case, Notice, Task, Topic
from workflow.people.eligibility import amount_of
from workflow.people.organisation import Delegation
from workflow.ports.hospital import Hospital
from workflow.ports.reading import Readings
from workflow.service.catalog import Catalog

#: What calls for an act, which a delegate may do. Copies and progress are for the person alone.
_CALLS = frozenset({Topic.WORK, Topic.SOON, Topic.DEADLINE, Topic.URGE})


@dataclass(frozen=True)
class Delegates:
    """The delegations of one moment, and where the cases are read that notices are about."""

    hospital: Hospital
    readings: Readings
    catalog: Catalog
    now: datetime

    def copies(self, notices: Iterable[Notice]) -> Iterator[Notice]:
        """A notice for each delegate who may do what a notice calls for, and who is not told
        anyway. Its id follows from the two, so working it out twice makes one.
        """
        lent = tuple(self._in_force())
        for notice in notices if lent else ():
            if notice.topic in _CALLS:
                yield from self._of(notice, lent)

    @property
    def _day(self) -> date:
        return self.hospital.calendar.local_day(self.now)

    def _in_force(self) -> Iterator[Delegation]:
        organisation = self.hospital.organisation
        for delegate in {grant.delegate for grant in organisation.delegations}:
            known = organisation.people.get(delegate)
            if known is not None and known.active:
                yield from organisation.principals_of(delegate, self._day)

    def _of(self, notice: Notice, lent: Iterable[Delegation]) -> Iterator[Notice]:
        reached = {one.id for one in self.hospital.organisation.reached_by(notice.to, self._day)}
        near = [g for g in lent if g.principal in reached and g.delegate not in reached]
        found = self._work(notice) if near else None
        if found is None:
            return
        case, task = found
        delegates = {g.delegate for g in near if self._may(g, case, task)}
        for delegate in sorted(delegates):
            copy, to = f"{notice.id}/{delegate}", Address(person=delegate)
            yield Notice(copy, notice.case, notice.kind, to, notice.at, notice.topic)

    def _work(self, notice: Notice) -> tuple[Case, Task] | None:
        """The case, and the open task at the address that was told; None where it is done."""
        case = self.readings.case_by_id(notice.case)
        file = None if case is None else self.readings.case_file(case.number)
        if file is None:
            return None
        waiting = (task for task in file.tasks if task.is_open and task.address == notice.to)
        task = next(waiting, None)
        return None if task is None else (file.case, task)

    def _may(self, grant: Delegation, case: Case, task: Task) -> bool:
        role = task.handling.role or task.address.role
        if role is None or not grant.covers(role, self._day) or grant.delegate in task.excluded:
            return False
        definition = self.catalog.definition(case.process, case.definition_version)
        return grant.reaches(case.process, amount_of(case, definition))
