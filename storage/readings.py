"""The questions of pages, answered from a database (see `workflow.ports.reading.Readings`).

Each is asked in a transaction of its own, so that what one page part shows is of one moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, func, select

from storage import questions, trail
from storage import statements as s
from storage.catalog import all_definitions, definition_of
from storage.database import Database
from storage.hospital import Hospitals
from storage.looking import BY_NUMBER, read_file, related
from storage.mapping import (
    ENTRY,
    NOTICE,
    TASK,
    Line,
    attachment_of,
    case_of,
    entry_of,
    notice_of,
    task_of,
)
from storage.registers import count_rows, find_rows, has_rows, one_row, page_of_rows, past_rows
from storage.schedules import Occurrences, all_watches, occurrence_of, watch_of
from storage.wire import Book, Make, Wire
from storage.wires import wire_to
from workflow.ledger import moment_of
from workflow.nouns import Attachment, Case, Entry, Notice, Occurrence, RegisterRow, Scalar
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

#: How many lines of a long answer are taken from the database at a time.
_AT_ONCE = 500


class DatabaseReadings:
    """Questions without effect."""

    def __init__(self, database: Database, book: Book, hospitals: Hospitals) -> None:
        self._database = database
        self._book = book
        self._hospitals = hospitals

    def hospital(self) -> Hospital:
        """The hospital as it is now."""
        # Where it has changed, it is read again until all is of one moment.
        with self._wire(once=True) as wire:
            return self._hospitals.at(wire)

    def case_file(self, number: str) -> CaseFile | None:
        """A case with its tasks and clocks."""
        with self._wire(once=True) as wire:
            file, _ = read_file(wire, BY_NUMBER, number)
            return file

    def case_by_id(self, id: str) -> Case | None:
        """One case."""
        with self._wire() as wire:
            line = wire.line(s.CASE_BY_ID, (id,))
        return None if line is None else case_of(line)

    def entries(self, case: str) -> Sequence[Entry]:
        """The ledger of a case, first line first."""
        with self._wire() as wire:
            return [entry_of(line) for line in wire.lines(s.entries, (case,))]

    def related(self, parent: str, process: str | None = None) -> Sequence[Case]:
        """The cases of one parent, in the order of opening."""
        with self._wire() as wire:
            return related(wire, parent, process)

    def children_open(self, parents: Sequence[str]) -> Sequence[Case]:
        """The open cases of several parents, in the order of opening."""
        if not parents:
            return ()
        make = s.Related(of_process=False, open_only=True, parents=len(parents))
        named = {f"parent_{n}": parent for n, parent in enumerate(parents)}
        return [case_of(line) for line in self._lines(make, named)]

    def rows(self, register: str, where: Mapping[str, Scalar]) -> Sequence[RegisterRow]:
        """The current rows with these values, newest first."""
        with self._wire() as wire:
            return find_rows(wire, register, where)

    def has_rows(self, register: str) -> bool:
        """Whether a register has any current row."""
        with self._wire() as wire:
            return has_rows(wire, register)

    def register_rows(self, query: RegisterQuery) -> Sequence[RegisterRow]:
        """Current rows of a register, as the query wants them."""
        with self._wire() as wire:
            return page_of_rows(wire, query)

    def register_row(self, id: str) -> KeptRow | None:
        """One row, current or not."""
        with self._wire() as wire:
            return one_row(wire, id)

    def superseded_rows(
        self, register: str, where: Mapping[str, Scalar], limit: int
    ) -> Sequence[RegisterRow]:
        """Rows that others have taken the place of, newest first."""
        with self._wire() as wire:
            return past_rows(wire, register, where, limit)

    def register_counts(self) -> Mapping[str, int]:
        """How many current rows each register has."""
        with self._wire() as wire:
            return count_rows(wire)

    def attachments(self, case: str) -> Sequence[Attachment]:
        """The files of a case, in the order in which they came."""
        with self._wire() as wire:
            return [attachment_of(line) for line in wire.lines(s.ATTACHMENTS, (case,))]

    def attachment_bytes(self, id: str) -> bytes | None:
        """What is in a file of a case."""
        with self._wire() as wire:
            line = wire.line(_content, (id,))
        return None if line is None else bytes(line[0])

    def inbox(self, query: InboxQuery, known: int | None = None) -> Page[InboxRow]:
        """A page of work: overdue first, then by due date, then by arrival."""
        if not query.addresses:
            return Page((), 0)
        # A page without rows is a question for the number alone.
        with self._wire(once=known is not None or not query.limit) as wire:
            lines = _named(wire, *questions.inbox(query)) if query.limit else ()
            rows = tuple(map(_inbox_row, lines))
            if known is None:
                return _page(wire, rows, query, questions.inbox(query, counts=True))
        # There may be more by now than were counted.
        number = max(known, len(rows))
        return Page(rows, min(number, MANY), number > MANY)

    def inbox_counts(self, query: InboxQuery) -> Mapping[tuple[str, str], int]:
        """Open tasks by (process, step)."""
        counts: dict[tuple[str, str], int] = {}
        if query.addresses:
            for work, number in self._lines(*questions.inbox_counts(query)):
                process, _, step = work.partition("/")
                counts[process, step] = min(counts.get((process, step), 0) + number, MANY + 1)
        return counts

    def barred(self, limit: int) -> Sequence[InboxRow]:
        """Tasks for one person who is kept from them, the most urgent first."""
        with self._wire() as wire:
            lines = _named(wire, questions.barred, {"at_most": limit})
            return tuple(_inbox_row(line) for line in lines)

    def cases(self, query: CaseQuery) -> Page[CaseRow]:
        """A page of cases."""
        with self._wire(once=not query.limit) as wire:
            lines = _named(wire, *questions.cases(query)) if query.limit else ()
            rows = tuple(CaseRow(case_of(line), moment_of(line[-2]), line[-1]) for line in lines)
            return _page(wire, rows, query, questions.cases(query, counts=True))

    def audit(self, query: AuditQuery) -> Page[AuditRow]:
        """A page of ledger lines, newest first."""
        asked = self._audit(query, page=True)
        with self._wire() as wire:
            lines = _named(wire, *asked)
            rows = tuple(map(_audit_row, lines))
            return _page(wire, rows, query, questions.audit(query, counts=True))

    def audit_lines(self, query: AuditQuery) -> Iterator[AuditRow]:
        """All of them, newest first, whatever `limit` and `offset` say, and never all at once."""
        asked = self._audit(query, page=False)
        with self._wire() as wire:
            step = wire.by_name(*asked)
            for line in wire.stream(step, at_once=_AT_ONCE):
                yield _audit_row(line)

    def latest_lines(self) -> Sequence[LatestLine]:
        """For each process and event the line that was written last."""
        trail.bring_up_to_date(self._database, self._book)
        with self._wire() as wire:
            lines = wire.lines(_latest_lines)
        return [
            LatestLine(process, event, moment_of(at), seq, number)
            for process, event, at, seq, number in lines
        ]

    def notices(self, person: str, addresses: Sequence[str], limit: int) -> Sequence[Notice]:
        """What was sent to the person or to one of the addresses, newest first."""
        wanted = tuple(dict.fromkeys((f"p:{person}", *addresses)))
        named: dict[str, Any] = {f"address_{n}": address for n, address in enumerate(wanted)}
        make = questions.NoticesShape(len(wanted))
        return [notice_of(line) for line in self._lines(make, {**named, "at_most": limit})]

    def notice_page(self, query: NoticeQuery) -> Page[NoticeRow]:
        """What was sent to the addresses with its cases, newest first."""
        if not query.addresses:
            return Page((), 0)
        with self._wire() as wire:
            rows = tuple(map(_notice_row, _named(wire, *questions.notice_page(query))))
            return _page(wire, rows, query, questions.notice_page(query, counts=True))

    def unread_notices(self, query: NoticeQuery) -> int:
        """How many of them the person has not read; MANY + 1 stands for more than MANY."""
        if not query.addresses:
            return 0
        unread = replace(query, unread_only=True)
        ((count,),) = self._lines(*questions.notice_page(unread, counts=True))
        return int(count)

    def read_marks(self, case: str) -> Sequence[ReadMark]:
        """Who has read which notice of a case, earliest first."""
        with self._wire() as wire:
            lines = wire.lines(_read_marks, (case,))
        return [ReadMark(person, notice, moment_of(at)) for person, notice, at in lines]

    def definitions(self) -> Sequence[StoredDefinition]:
        """Every version that was ever published, by key and version."""
        with self._wire() as wire:
            return [definition_of(line) for line in wire.lines(all_definitions)]

    def watches(self) -> Sequence[Watch]:
        """How far each schedule has been looked at."""
        with self._wire() as wire:
            return [watch_of(line) for line in wire.lines(all_watches)]

    def occurrences(self, query: OccurrenceQuery) -> Sequence[Occurrence]:
        """What became of the turns of schedules, those due last first."""
        make = Occurrences.of(query)
        return [occurrence_of(line) for line in self._lines(make, make.values(query))]

    def _audit(self, query: AuditQuery, *, page: bool) -> tuple[Make, Mapping[str, Any]]:
        make, values = questions.audit(query, page=page)
        if make.along_trail:
            trail.bring_up_to_date(self._database, self._book)
        return make, values

    def _wire(self, *, once: bool = False) -> Wire:
        return wire_to(self._database, self._book, writes=False, once=once)

    def _lines(self, make: Make, values: Mapping[str, Any]) -> list[Line]:
        with self._wire(once=True) as wire:
            return _named(wire, make, values)


def _named(wire: Wire, make: Make, values: Mapping[str, Any]) -> list[Line]:
    step = wire.by_name(make, values)
    return wire.lines(step.make, step.values)


def _page(
    wire: Wire,
    rows: tuple[T, ...],
    query: InboxQuery | CaseQuery | AuditQuery | NoticeQuery,
    counting: tuple[Make, Mapping[str, Any]],
) -> Page[T]:
    if query.offset == 0 and (query.limit is None or len(rows) < query.limit):
        number = len(rows)
    else:
        ((number,),) = _named(wire, *counting)
    return Page(rows, min(number, MANY), number > MANY)


#: A line is read once while nobody changes it: people look at the same work all morning.
@lru_cache(maxsize=4096)
def _inbox_row(line: Line) -> InboxRow:
    return InboxRow(task_of(line[: len(TASK)]), case_of(line[len(TASK) :]))


def _notice_row(line: Line) -> NoticeRow:
    case = len(NOTICE) + 1
    return NoticeRow(notice_of(line[: case - 1]), case_of(line[case:]), bool(line[case - 1]))


def _read_marks() -> Select[Any]:
    seen = s.NOTICE_SEEN.c
    found = select(seen.person, seen.notice, seen.at).where(seen.case_id == bindparam("it"))
    return found.order_by(seen.at, seen.person, seen.notice)


def _latest_lines() -> Select[Any]:
    entry, case, told = s.ENTRY.c, s.CASE.c, s.TRAIL.c
    newest = select(func.max(told.no).label("no")).group_by(told.process, told.event).subquery()
    found = select(entry.process, entry.event, entry.at, entry.seq, case.number)
    joined = found.join(newest, newest.c.no == entry.no).join(s.CASE, case.id == entry.case_id)
    return joined.order_by(entry.process, entry.event)


def _audit_row(line: Line) -> AuditRow:
    number, title = line[len(ENTRY) :]
    return AuditRow(entry_of(line), number or "", title or "")


def _content() -> Select[Any]:
    found = select(s.FILE.c.content).join(s.ATTACHMENT, s.ATTACHMENT.c.digest == s.FILE.c.digest)
    return found.where(s.ATTACHMENT.c.id == bindparam("it"))
