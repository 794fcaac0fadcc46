"""The questions of pages, and what answers them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from workflow.nouns import (
    Attachment,
    Case,
    Entry,
    Notice,
    Occurrence,
    OccurrenceState,
    RegisterRow,
    Scalar,
    Task,
)
from workflow.ports.deciding import CaseFile, Watch
from workflow.ports.hospital import Hospital
from workflow.ports.house import StoredDefinition

T = TypeVar("T")


#: Counts for people stop here and read "99+".
MANY = 99


@dataclass(frozen=True, slots=True)
class InboxQuery:
    """A page of work that waits for somebody.

    `addresses` are the keys under which it may wait (see Organisation.addresses_of).
    """

    person: str
    addresses: tuple[str, ...]
    process: str | None = None
    step: str | None = None
    department: str | None = None
    text: str | None = None  # in number, title or applicant's name
    due_before: datetime | None = None
    overdue_only: bool = False
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One line of an inbox: a task with what its case shows."""

    task: Task
    case: Case


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a list of cases.

    `at` is the moment that the list is about (last act, own decision).
    """

    case: Case
    at: datetime
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows and how many there are in all; `capped`: there are more than `total`, which is
    MANY, and people read "99+".
    """

    rows: tuple[T, ...]
    total: int
    capped: bool = False


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Cases by what is known of them; the newest opened first, or by own decision the newest first.

    With `entry_states` only those that stand in one, or with `without_entry_states` only those
    that do not.
    """

    applicant: str | None = None
    decided_by: str | None = None
    states: tuple[str, ...] = ()
    entry_states: tuple[tuple[str, str], ...] = ()  # (process, state) pairs
    without_entry_states: bool = False
    process: str | None = None
    department: str | None = None
    text: str | None = None
    open_only: bool = False
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Ledger lines by case, person, role, department, process, event, period and outcome.

    The newest come first; `since` belongs to the period, `until` is the moment after it. `without`
    are the ids of cases of which no line comes. What was done from no post (what was refused, what
    applicants do with their own cases) is found by the roles and the home department of who did it.
    """

    case_number: str | None = None
    person: str | None = None  # who acted or for whom
    role: str | None = None
    department: str | None = None
    process: str | None = None
    event: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    refused_only: bool = False
    without: tuple[str, ...] = ()
    limit: int | None = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A ledger line with the number and title of its case (both "" for lines of the house
    itself).
    """

    entry: Entry
    case_number: str
    case_title: str


@dataclass(frozen=True, slots=True)
class LatestLine:
    """The newest ledger line of an event in the cases of a process."""

    process: str
    event: str
    at: datetime
    seq: int
    case_number: str


@dataclass(frozen=True, slots=True)
class NoticeQuery:
    """Notices that reach a person at their `addresses`.

    Those sent up to `since` count as read, and those up to what the person has marked
    (`Desk.read_notices`); so do those that asked for an act (`CALLS`) at a step that the case has
    left since, unless `with_over`. `case` (an id) asks for one case alone.
    """

    person: str
    addresses: tuple[str, ...]
    since: datetime
    unread_only: bool = False
    case: str | None = None
    limit: int = 20
    offset: int = 0
    with_over: bool = False


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One line of a list of notices."""

    notice: Notice
    case: Case
    read: bool


@dataclass(frozen=True, slots=True)
class ReadMark:
    """已阅: somebody has read a notice (its id)."""

    person: str
    notice: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OccurrenceQuery:
    """What became of the turns of schedules; those that were due last come first."""

    process: str | None = None
    schedule: str | None = None
    subject: str | None = None
    state: OccurrenceState | None = None
    due_after: datetime | None = None
    noted_after: datetime | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CellSpan:
    """A cell from `low` to `high`, both included and both of one kind: numbers, or texts compared
    sign by sign (days, moments). None: no bound.
    """

    column: str
    low: int | str | None = None
    high: int | str | None = None


@dataclass(frozen=True, slots=True)
class RegisterQuery:
    """Some of the current rows of a register, in an order.

    `text` stands somewhere in what is written in the row, or in the number of its case; whoever
    asks looks in which cell. `where` are cells with their values. Rows come by when they were
    written, or by the cell of the column `order` (of numbers, if `by_number`), those without one
    last. `after` is the id of the row after which they go on.
    """

    register: str
    text: str = ""
    where: tuple[tuple[str, bool | int | str], ...] = ()
    spans: tuple[CellSpan, ...] = ()
    order: str | None = None
    by_number: bool = False
    descending: bool = True
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row of a register, and whether it still counts or a later one has taken its place."""

    row: RegisterRow
    current: bool


class Readings(Protocol):
    """Questions without effect. Each is a constant number of statements."""

    def hospital(self) -> Hospital: ...
    def case_file(self, number: str) -> CaseFile | None: ...
    def case_by_id(self, id: str) -> Case | None: ...
    def entries(self, case: str) -> Sequence[Entry]: ...
    def related(self, parent: str, process: str | None = None) -> Sequence[Case]: ...
    def rows(self, register: str, where: Mapping[str, Scalar]) -> Sequence[RegisterRow]: ...
    def has_rows(self, register: str) -> bool: ...
    def register_rows(self, query: RegisterQuery) -> Sequence[RegisterRow]:
        """Current rows, `limit` at most; fewer when there are no more."""
        ...

    def register_row(self, id: str) -> KeptRow | None: ...
    def superseded_rows(
        self, register: str, where: Mapping[str, Scalar], limit: int
    ) -> Sequence[RegisterRow]:
        """Rows with these cells that later ones have taken the place of, newest first."""
        ...

    def register_counts(self) -> Mapping[str, int]:
        """How many current rows each register has; one without any is not there."""
        ...

    def attachments(self, case: str) -> Sequence[Attachment]: ...
    def attachment_bytes(self, id: str) -> bytes | None: ...
    def inbox(self, query: InboxQuery, known: int | None = None) -> Page[InboxRow]:
        """A page of work. `known`: how many there are in all, where that was counted just now."""
        ...

    def inbox_counts(self, query: InboxQuery) -> Mapping[tuple[str, str], int]:
        """Open tasks at the addresses by (process, step), for the filters; no other field counts.

        None is above MANY + 1, which stands for more than MANY.
        """
        ...

    def barred(self, limit: int) -> Sequence[InboxRow]:
        """Open tasks for one person who is kept from deciding them, the most urgent first: they are
        in nobody's inbox.
        """
        ...

    def cases(self, query: CaseQuery) -> Page[CaseRow]: ...
    def audit(self, query: AuditQuery) -> Page[AuditRow]: ...
    def audit_lines(self, query: AuditQuery) -> Iterator[AuditRow]:
        """All lines that `audit` would page through, one by one, for an export.

        Take all of them or close the iterator: until then it holds a connection.
        """
        ...

    def latest_lines(self) -> Sequence[LatestLine]:
        """For each process and event the line that was written last, by process and event; without
        lines of the house.
        """
        ...

    def notices(self, person: str, addresses: Sequence[str], limit: int) -> Sequence[Notice]:
        """What was sent to the person or to one of the addresses, newest first."""
        ...

    def notice_page(self, query: NoticeQuery) -> Page[NoticeRow]:
        """What was sent to the addresses with its cases, newest first; `total` is at most MANY."""
        ...

    def unread_notices(self, query: NoticeQuery) -> int:
        """How many of them the person has not read; MANY + 1 stands for more than MANY."""
        ...

    def read_marks(self, case: str) -> Sequence[ReadMark]:
        """Who has read which notice of a case (by id), earliest first."""
        ...

    def definitions(self) -> Sequence[StoredDefinition]: ...
    def watches(self) -> Sequence[Watch]:
        """How far each schedule has been looked at, by process and schedule."""
        ...

    def occurrences(self, query: OccurrenceQuery) -> Sequence[Occurrence]: ...
    def children_open(self, parents: Sequence[str]) -> Sequence[Case]: ...
