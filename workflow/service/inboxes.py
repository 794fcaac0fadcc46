"""A person's boxes: what waits for them, what they decided, what they asked for, and what they have
not handed in.

Every box is a constant number of look-ups, however many cases there are. The order of work is:
overdue, then by due date, then by arrival.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from workflow.nouns import Case
from workflow.people.eligibility import amount_of
from workflow.people.organisation import Delegation, Person
from workflow.ports.hospital import Hospital
from workflow.ports.reading import CaseQuery, CaseRow, InboxQuery, InboxRow, Page, Readings
from workflow.service.catalog import Catalog

INSTANT = timedelta(microseconds=1)
#: Rows of one page.
ROWS = 20
#: So much of somebody's work is looked through for what they lent.
_MOST_LENT = 200


class Box(StrEnum):
    """Which of a person's lists."""

    TODO = "todo"
    DONE = "done"
    MINE = "mine"
    DRAFTS = "drafts"


class DueBand(StrEnum):
    """How near a due date is: past, until tonight, within seven days."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class InboxFilters:
    """What is shown of a box. `acting_for`: the work of somebody who lent their posts. `page`
    starts at 1.
    """

    box: Box = Box.TODO
    process: str | None = None
    step: str | None = None
    department: str | None = None
    due: DueBand | None = None
    text: str | None = None
    acting_for: str | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Urgency:
    """How much of the unfiltered work is overdue, and how much is due until tonight (overdue
    included).
    """

    overdue: int
    today: int


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody for whom the person stands in, and how much waits there."""

    person: Person
    waiting: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of a box. `work` is filled for the box of things to do, `cases` for the others.

    `counts` are open tasks by (process, step) without filters; `drafts` how many drafts there are.
    """

    filters: InboxFilters
    hospital: Hospital
    now: datetime
    work: Page[InboxRow]
    cases: Page[CaseRow]
    counts: Mapping[tuple[str, str], int]
    urgency: Urgency
    principals: tuple[Principal, ...]
    drafts: int

    @property
    def waiting(self) -> int:
        """How many tasks wait in all."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class NextItem:
    """The next piece of work after a decision, and how many wait in all; `alike`: how many of them
    wait at the step at which was just decided, of which this is the first.
    """

    number: str
    title: str
    waiting: int
    alike: int = 0


_NO_WORK: Page[InboxRow] = Page((), 0)
_NO_CASES: Page[CaseRow] = Page((), 0)


def _beside(page: Page[InboxRow], but: str) -> Case | None:
    return next((row.case for row in page.rows if row.case.number != but), None)


class Inboxes:
    """Builds the boxes from a store's readings."""

    def __init__(self, readings: Readings, catalog: Catalog) -> None:
        self._readings = readings
        self._catalog = catalog

    def look(
        self, person: str, now: datetime, filters: InboxFilters, hospital: Hospital | None = None
    ) -> Inbox:
        """One page of one box. `hospital`: where it has been read for this visit already."""
        hospital = hospital or self._readings.hospital()
        day = hospital.calendar.local_day(now)
        plain = self._plain(person, hospital, now, filters.acting_for)
        to_do = filters.box is Box.TODO
        counts = self._counts(plain, hospital, day, filters.acting_for and person)
        known = sum(counts.values())
        work = self._work(plain, hospital, day, filters, person, known) if to_do else _NO_WORK
        return Inbox(
            filters=filters,
            hospital=hospital,
            now=now,
            work=work,
            cases=_NO_CASES if to_do else self._readings.cases(self._listing(person, filters)),
            counts=counts,
            urgency=self._urgency(plain, hospital, day, filters, work, person)
            if to_do
            else Urgency(0, 0),
            principals=self._principals(person, hospital, now),
            drafts=self._readings.cases(self._drafts(person, limit=0)).total,
        )

    def waiting_count(self, person: str, now: datetime, hospital: Hospital | None = None) -> int:
        """How many tasks wait for a person."""
        hospital = hospital or self._readings.hospital()
        query = self._plain(person, hospital, now, None)
        return sum(self._readings.inbox_counts(query).values())

    def next_item(
        self, person: str, now: datetime, but: str, like: tuple[str, str] | None = None
    ) -> NextItem | None:
        """The first piece of work that is not on the case numbered `but`; of `like`, a process and
        a step, if more of that kind waits.
        """
        hospital = self._readings.hospital()
        query = self._plain(person, hospital, now, None, limit=5)
        page = self._readings.inbox(query)
        if like is not None:
            process, step = like
            alike = self._readings.inbox(replace(query, process=process, step=step))
            first = _beside(alike, but)
            if first is not None:
                return NextItem(first.number, first.title, page.total, alike.total)
        other = _beside(page, but)
        return None if other is None else NextItem(other.number, other.title, page.total)

    # ---- queries ---------------------------------------------------------------------------------

    def _plain(
        self,
        person: str,
        hospital: Hospital,
        now: datetime,
        acting_for: str | None,
        limit: int = ROWS,
    ) -> InboxQuery:
        day = hospital.calendar.local_day(now)
        if acting_for is None:
            clock = now.astimezone(hospital.calendar.zone).time()
            addresses = hospital.organisation.addresses_of(person, day, clock)
            return InboxQuery(person, addresses, limit=limit)
        return InboxQuery(
            acting_for, lent_addresses(person, acting_for, hospital, day), limit=limit
        )

    def _work(
        self,
        plain: InboxQuery,
        hospital: Hospital,
        day: date,
        filters: InboxFilters,
        person: str,
        waiting: int,
    ) -> Page[InboxRow]:
        query = _narrowed(plain, hospital, day, filters)
        if filters.acting_for is None:
            everything = filters == InboxFilters(page=filters.page)
            return self._readings.inbox(query, waiting if everything else None)
        rows = self._lent_rows(query, hospital, day, person)
        return Page(rows[query.offset : query.offset + query.limit], len(rows))

    def _lent_rows(
        self, query: InboxQuery, hospital: Hospital, day: date, person: str
    ) -> tuple[InboxRow, ...]:
        """The work of `query.person` that `person` may decide for them: within the grants, and not
        where they may not decide themselves.
        """
        grants = [
            grant
            for grant in hospital.organisation.principals_of(person, day)
            if grant.principal == query.person
        ]
        everything = replace(query, limit=_MOST_LENT, offset=0)
        return tuple(
            row
            for row in self._readings.inbox(everything).rows
            if person not in row.task.excluded
            and (row.task.address.person is None or person != row.case.applicant)
            and any(self._is_lent(row, grant, day) for grant in grants)
        )

    def _is_lent(self, row: InboxRow, grant: Delegation, day: date) -> bool:
        role = row.task.handling.role or row.task.address.role
        if role is None or not grant.covers(role, day):
            return False  # the applicant's own seat, or a person named in the form
        case = row.case
        definition = self._catalog.definition(case.process, case.definition_version)
        return grant.reaches(case.process, amount_of(case, definition))

    def _counts(
        self, plain: InboxQuery, hospital: Hospital, day: date, delegate: str | None
    ) -> Mapping[tuple[str, str], int]:
        if delegate is None:
            return self._readings.inbox_counts(plain)
        rows = self._lent_rows(plain, hospital, day, delegate)
        return Counter((row.case.process, row.task.step) for row in rows)

    def _urgency(
        self,
        plain: InboxQuery,
        hospital: Hospital,
        day: date,
        filters: InboxFilters,
        work: Page[InboxRow],
        person: str,
    ) -> Urgency:
        everything = InboxFilters(acting_for=filters.acting_for)
        tonight = hospital.calendar.end_of_day(day)
        if filters.acting_for is not None:
            return _urgency_of(self._lent_rows(plain, hospital, day, person), tonight)
        if filters == everything and _shows_all_urgent(work, tonight):
            return _urgency_of(work.rows, tonight)
        overdue = _narrowed(plain, hospital, day, InboxFilters(due=DueBand.OVERDUE), limit=0)
        today = _narrowed(plain, hospital, day, InboxFilters(due=DueBand.TODAY), limit=0)
        return Urgency(self._readings.inbox(overdue).total, self._readings.inbox(today).total)

    def _principals(self, person: str, hospital: Hospital, now: datetime) -> tuple[Principal, ...]:
        day = hospital.calendar.local_day(now)
        grants = hospital.organisation.principals_of(person, day)
        found = []
        for principal in dict.fromkeys(grant.principal for grant in grants):
            known = hospital.organisation.people.get(principal)
            if known is not None:
                lent = self._plain(person, hospital, now, principal)
                found.append(Principal(known, len(self._lent_rows(lent, hospital, day, person))))
        return tuple(found)

    def _listing(self, person: str, filters: InboxFilters) -> CaseQuery:
        if filters.box is Box.DRAFTS:
            drafts = self._drafts(person, limit=ROWS)
            return replace(
                drafts, process=filters.process, text=filters.text, offset=_offset(filters)
            )
        mine = filters.box is Box.MINE
        return CaseQuery(
            applicant=person if mine else None,
            decided_by=None if mine else person,
            states=() if filters.step is None else (filters.step,),
            entry_states=self._catalog.draft_states if mine else (),
            without_entry_states=mine,
            process=filters.process,
            department=filters.department,
            text=filters.text,
            limit=ROWS,
            offset=_offset(filters),
        )

    def _drafts(self, person: str, limit: int) -> CaseQuery:
        return CaseQuery(
            applicant=person, entry_states=self._catalog.draft_states, open_only=True, limit=limit
        )


def lent_addresses(person: str, principal: str, hospital: Hospital, day: date) -> tuple[str, ...]:
    """The address keys under which work may wait that `principal` has lent to `person`: their
    posts, and their own name for the panels in which they sit for a post.
    """
    organisation = hospital.organisation
    grants = [g for g in organisation.principals_of(person, day) if g.principal == principal]
    keys: list[str] = []
    for post in organisation.posts_of(principal, day):
        if any(grant.covers(post.role, day) for grant in grants):
            keys += [f"r:{post.role}", f"r:{post.role}@{post.department}"]
    return tuple(dict.fromkeys([*keys, f"p:{principal}"] if keys else keys))


def _shows_all_urgent(work: Page[InboxRow], tonight: datetime) -> bool:
    """Whether nothing urgent comes after this first page: work stands by urgency."""
    if work.total == len(work.rows):
        return True
    last = work.rows[-1].task if work.rows else None
    return last is not None and not last.overdue and (last.due_at is None or last.due_at > tonight)


def _urgency_of(rows: Iterable[InboxRow], tonight: datetime) -> Urgency:
    """The same, counted on the first page: on most mornings it shows all that is urgent."""
    tasks = [row.task for row in rows]
    overdue = sum(task.overdue for task in tasks)
    today = sum(task.due_at is not None and task.due_at <= tonight for task in tasks)
    return Urgency(overdue, today)


def _narrowed(
    plain: InboxQuery,
    hospital: Hospital,
    day: date,
    filters: InboxFilters,
    limit: int = ROWS,
) -> InboxQuery:
    until = {DueBand.TODAY: day, DueBand.WEEK: day + timedelta(days=7)}
    last = None if filters.due is None else until.get(filters.due)
    return InboxQuery(
        person=plain.person,
        addresses=plain.addresses,
        process=filters.process,
        step=filters.step,
        department=filters.department,
        text=filters.text,
        # A limit that ends with the day is broken at that very instant: it is due on that day.
        due_before=None if last is None else hospital.calendar.end_of_day(last) + INSTANT,
        overdue_only=filters.due is DueBand.OVERDUE,
        limit=limit,
        offset=_offset(filters),
    )


def _offset(filters: InboxFilters) -> int:
    return (max(filters.page, 1) - 1) * ROWS
