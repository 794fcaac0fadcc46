"""The questions of pages, answered from memory by looking at everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TypeVar

from storage.cells import has_cells
from storage.mapping import task_rank
from storage.memory_registers import page_of
from storage.memory_tables import Tables
from workflow.nouns import (
    CALLS,
    Attachment,
    Case,
    Entry,
    Notice,
    Occurrence,
    RegisterRow,
    Scalar,
    Task,
)
from workflow.people.organisation import Person
from workflow.ports.deciding import CaseFile, Watch
from workflow.ports.hospital import Hospital
from workflow.ports.house import StoredDefinition
from workflow.ports.reading import (
    MANY,
    AuditQuery,
    AuditRow,
    CaseQuery,
    CaseRow,
    InboxQuery,
    InboxRow,
    KeptRow,
    LatestLine,
    NoticeQuery,
    NoticeRow,
    OccurrenceQuery,
    Page,
    ReadMark,
    RegisterQuery,
)

T = TypeVar("T")


class MemoryReadings:
    """See `workflow.ports.reading.Readings`. `looking` is held while one question is answered."""

    def __init__(
        self,
        kept: Tables,
        looking: AbstractContextManager[object],
        hospital: Callable[[], Hospital],
    ) -> None:
        self._kept = kept
        self._looking = looking
        self._hospital = hospital

    def hospital(self) -> Hospital:
        """The hospital as it is now."""
        with self._looking:
            return self._hospital()

    def case_file(self, number: str) -> CaseFile | None:
        """A case with its tasks and clocks."""
        with self._looking:
            return self._kept.file(self._kept.numbers.get(number))

    def case_by_id(self, id: str) -> Case | None:
        """One case."""
        with self._looking:
            return self._kept.cases.get(id)

    def entries(self, case: str) -> Sequence[Entry]:
        """The ledger of a case."""
        with self._looking:
            return self._kept.ledger(case)

    def related(self, parent: str, process: str | None = None) -> Sequence[Case]:
        """The cases of one parent."""
        with self._looking:
            return self._kept.related(parent, process)

    def children_open(self, parents: Sequence[str]) -> Sequence[Case]:
        """The open cases of several parents, in the order of opening."""
        with self._looking:
            found = [case for each in parents for case in self._kept.related(each, None)]
            open_ones = [case for case in found if case.closed_at is None]
            return sorted(open_ones, key=lambda case: (case.opened_at, case.number))

    def rows(self, register: str, where: Mapping[str, Scalar]) -> Sequence[RegisterRow]:
        """The current rows with these values."""
        with self._looking:
            return self._kept.find_rows(register, where)

    def has_rows(self, register: str) -> bool:
        """Whether a register has any current row."""
        with self._looking:
            return bool(self._kept.rows.get(register))

    def register_rows(self, query: RegisterQuery) -> Sequence[RegisterRow]:
        """Current rows of a register, as the query wants them."""
        with self._looking:
            return page_of(self._kept, query)

    def register_row(self, id: str) -> KeptRow | None:
        """One row, current or not."""
        with self._looking:
            for kept, current in ((self._kept.rows, True), (self._kept.past_rows, False)):
                for rows in kept.values():
                    for row in rows:
                        if row.id == id:
                            return KeptRow(row, current)
            return None

    def superseded_rows(
        self, register: str, where: Mapping[str, Scalar], limit: int
    ) -> Sequence[RegisterRow]:
        """Rows that others have taken the place of, newest first."""
        with self._looking:
            rows = reversed(self._kept.past_rows.get(register, ()))
            return [row for row in rows if has_cells(row.values, where)][:limit]

    def register_counts(self) -> Mapping[str, int]:
        """How many current rows each register has."""
        with self._looking:
            return {key: len(rows) for key, rows in self._kept.rows.items() if rows}

    def attachments(self, case: str) -> Sequence[Attachment]:
        """The files of a case."""
        with self._looking:
            return self._kept.attachments.get(case, ())

    def attachment_bytes(self, id: str) -> bytes | None:
        """What is in a file of a case."""
        with self._looking:
            for attachments in self._kept.attachments.values():
                for attachment in attachments:
                    if attachment.id == id:
                        kept = self._kept.files.get(attachment.digest)
                        return None if kept is None else kept[0]
            return None

    def inbox(self, query: InboxQuery, known: int | None = None) -> Page[InboxRow]:
        """A page of work."""
        with self._looking:
            tasks = [task for task in self._waiting(query) if self._is_asked_for(task, query)]
            tasks.sort(key=task_rank)
            rows = [InboxRow(task, self._kept.cases[task.case]) for task in tasks]
            page = _page(rows, query.limit, query.offset)
            if known is None:
                return page
            number = max(known, len(page.rows))
            return Page(page.rows, min(number, MANY), number > MANY)

    def inbox_counts(self, query: InboxQuery) -> Mapping[tuple[str, str], int]:
        """Open tasks by (process, step)."""
        with self._looking:
            counts = Counter(
                (self._kept.cases[task.case].process, task.step) for task in self._waiting(query)
            )
            return {work: min(count, MANY + 1) for work, count in counts.items()}

    def barred(self, limit: int) -> Sequence[InboxRow]:
        """Tasks for one person who is kept from them, the most urgent first."""
        with self._looking:
            tasks = [
                task
                for task in self._kept.tasks.values()
                if task.is_open
                and not task.handling.held
                and task.address.person is not None
                and task.address.person in task.excluded
            ]
            tasks.sort(key=task_rank)
            return [InboxRow(task, self._kept.cases[task.case]) for task in tasks[:limit]]

    def cases(self, query: CaseQuery) -> Page[CaseRow]:
        """A page of cases."""
        with self._looking:
            cases = [case for case in self._kept.cases.values() if self._is_listed(case, query)]
            if query.decided_by is None:
                cases.sort(key=lambda case: (case.opened_at, case.number), reverse=True)
                rows = [CaseRow(case, self._kept.acted_at[case.id]) for case in cases]
            else:
                rows = self._decided(cases, query.decided_by)
            return _page(rows, query.limit, query.offset)

    def audit(self, query: AuditQuery) -> Page[AuditRow]:
        """A page of ledger lines."""
        newest = self._audited(query)
        limit = len(newest) if query.limit is None else query.limit
        return _page(newest, limit, query.offset)

    def audit_lines(self, query: AuditQuery) -> Iterator[AuditRow]:
        """All of them, newest first, whatever `limit` and `offset` say."""
        yield from self._audited(query)

    def latest_lines(self) -> Sequence[LatestLine]:
        """For each process and event the line that was written last."""
        newest: dict[tuple[str, str], LatestLine] = {}
        for row in reversed(self._audited(AuditQuery())):
            entry = row.entry
            if row.case_number and entry.process is not None:
                key = (entry.process, entry.event)
                newest[key] = LatestLine(*key, entry.at, entry.seq, row.case_number)
        return [newest[key] for key in sorted(newest)]

    def notices(self, person: str, addresses: Sequence[str], limit: int) -> Sequence[Notice]:
        """What was sent to the person or to one of the addresses, newest first."""
        wanted = {f"p:{person}", *addresses}
        with self._looking:
            found = [notice for notice in self._kept.notices.values() if notice.to.key in wanted]
        return sorted(found, key=lambda notice: (notice.at, notice.id), reverse=True)[:limit]

    def notice_page(self, query: NoticeQuery) -> Page[NoticeRow]:
        """What was sent to the addresses with its cases, newest first."""
        rows = self._notice_rows(query)
        return _page(rows, query.limit, query.offset)

    def unread_notices(self, query: NoticeQuery) -> int:
        """How many of them the person has not read; MANY + 1 stands for more than MANY."""
        return min(sum(not row.read for row in self._notice_rows(query)), MANY + 1)

    def read_marks(self, case: str) -> Sequence[ReadMark]:
        """Who has read which notice of a case, earliest first."""
        with self._looking:
            marks = [
                ReadMark(person, notice, at)
                for (person, notice), (of_case, at) in self._kept.notices_seen.items()
                if of_case == case
            ]
        return sorted(marks, key=lambda mark: (mark.at, mark.person, mark.notice))

    def watches(self) -> Sequence[Watch]:
        """How far each schedule has been looked at."""
        with self._looking:
            return [one for _, one in sorted(self._kept.watches.items()) if one is not None]

    def occurrences(self, query: OccurrenceQuery) -> Sequence[Occurrence]:
        """What became of the turns of schedules, those due last first."""
        with self._looking:
            found = [one for one in self._kept.occurrences.values() if _asked_for(one, query)]
        found.sort(key=lambda one: (one.due_at, one.id), reverse=True)
        return found[: query.limit]

    def _notice_rows(self, query: NoticeQuery) -> list[NoticeRow]:
        kept = self._kept
        with self._looking:
            since = max(query.since, kept.notices_read.get(query.person, query.since))
            rows = [
                NoticeRow(
                    notice,
                    kept.cases[notice.case],
                    notice.at <= since
                    or (query.person, notice.id) in kept.notices_seen
                    or (not query.with_over and _is_over(notice, kept.cases[notice.case])),
                )
                for notice in kept.notices.values()
                if notice.to.key in query.addresses and query.case in (None, notice.case)
            ]
        rows = [row for row in rows if not (query.unread_only and row.read)]
        return sorted(rows, key=lambda row: (row.notice.at, row.notice.id), reverse=True)

    def definitions(self) -> Sequence[StoredDefinition]:
        """Every version that was ever published."""
        with self._looking:
            return [kept for _, kept in sorted(self._kept.definitions.items())]

    def _waiting(self, query: InboxQuery) -> list[Task]:
        return [
            task
            for task in self._kept.tasks.values()
            if task.is_open
            and not task.handling.held
            and task.address.key in query.addresses
            and query.person not in task.excluded
        ]

    def _is_asked_for(self, task: Task, query: InboxQuery) -> bool:
        case = self._kept.cases[task.case]
        due = query.due_before
        return (
            query.process in (None, case.process)
            and query.step in (None, task.step)
            and query.department in (None, case.department)
            and (due is None or (task.due_at is not None and task.due_at < due))
            and (task.overdue or not query.overdue_only)
            and self._contains(case, query.text)
        )

    def _is_listed(self, case: Case, query: CaseQuery) -> bool:
        at_entry = (case.process, case.state) in query.entry_states
        return (
            query.applicant in (None, case.applicant)
            and (not query.states or case.state in query.states)
            and (not query.entry_states or at_entry is not query.without_entry_states)
            and query.process in (None, case.process)
            and query.department in (None, case.department)
            and (case.closed_at is None or not query.open_only)
            and self._contains(case, query.text)
        )

    def _contains(self, case: Case, text: str | None) -> bool:
        if not text:
            return True
        applicant = self._kept.people.get(case.applicant)
        names = (case.number, case.title, "" if applicant is None else applicant.name)
        return any(text.lower() in name.lower() for name in names)

    def _decided(self, cases: list[Case], person: str) -> list[CaseRow]:
        last: list[tuple[datetime, Case, Entry]] = []
        for case in cases:
            own = [e for e in self._kept.ledger(case.id) if e.actor == person and not e.refused]
            if own:
                last.append((own[-1].at, case, own[-1]))
        last.sort(key=lambda each: (each[0], each[1].number), reverse=True)
        return [CaseRow(case, at, entry.event) for at, case, entry in last]

    def _audited(self, query: AuditQuery) -> list[AuditRow]:
        with self._looking:
            found = [row for row in self._audit_rows() if self._is_audited(row, query)]
        return sorted(found, key=lambda row: row.entry.at)[::-1]

    def _is_audited(self, row: AuditRow, query: AuditQuery) -> bool:
        entry = row.entry
        return (
            query.case_number in (None, row.case_number)
            and query.person in (None, entry.actor, entry.acting_for)
            and query.role in (None, entry.role, *self._roles_beside(entry))
            and query.department in (None, entry.department, *self._home_beside(entry))
            and query.process in (None, entry.process)
            and query.event in (None, entry.event)
            and (query.since is None or query.since <= entry.at)
            and (query.until is None or entry.at < query.until)
            and (entry.refused is not None or not query.refused_only)
            and entry.case not in query.without
        )

    def _roles_beside(self, entry: Entry) -> Iterator[str]:
        person = self._without_a_post(entry)
        return iter(()) if person is None else (post.role for post in person.posts)

    def _home_beside(self, entry: Entry) -> Iterator[str]:
        person = self._without_a_post(entry)
        return iter(()) if person is None else iter((person.department,))

    def _without_a_post(self, entry: Entry) -> Person | None:
        """Who wrote a line from no post of theirs."""
        acted_from = (entry.role, entry.department)
        return self._kept.people.get(entry.actor) if acted_from == (None, None) else None

    def _audit_rows(self) -> list[AuditRow]:
        rows = []
        for entry in self._kept.entries.values():
            case = self._kept.cases.get(entry.case)
            named = ("", "") if case is None else (case.number, case.title)
            rows.append(AuditRow(entry, *named))
        return rows


def _is_over(notice: Notice, case: Case) -> bool:
    return notice.topic in CALLS and case.entered_at > notice.at


def _page(rows: list[T], limit: int, offset: int) -> Page[T]:
    total = min(len(rows), MANY)
    return Page(tuple(rows[offset : offset + limit]), total, len(rows) > MANY)


def _asked_for(one: Occurrence, query: OccurrenceQuery) -> bool:
    wanted = (
        (query.process, one.process),
        (query.schedule, one.schedule),
        (query.subject, one.subject),
        (query.state, one.state),
    )
    if any(asked not in (None, there) for asked, there in wanted):
        return False
    if query.due_after is not None and one.due_at <= query.due_after:
        return False
    return query.noted_after is None or one.at > query.noted_after
