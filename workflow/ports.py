"""What the engine needs of a store, in the engine's own words; storage implements it, twice (database and memory).

Few verbs on purpose. A `Transaction` writes everything of a decision or nothing: leaving it without `commit` undoes all. `Readings`
answer the questions of pages. Both implementations are held to one contract by the storage tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from workflow.calendar import Calendar
from workflow.nouns import (
    Attachment,
    Case,
    Deadline,
    Entry,
    Notice,
    ParameterValue,
    RegisterRow,
    Scalar,
    Task,
)
from workflow.people.organisation import Delegation, Department, Organisation, Person


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Policy:
    """The hospital's choice: a base profile and single values that differ from it."""

    profile: str | None = None
    overrides: Mapping[str, ParameterValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hospital:
    """Everything that is not a case and changes rarely, as it stood at one revision."""

    organisation: Organisation
    calendar: Calendar
    policy: Policy
    revision: int = 0


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with all its tasks (open and closed) and clocks, read under the transaction's lock."""

    case: Case
    tasks: tuple[Task, ...]
    deadlines: tuple[Deadline, ...]


@dataclass(frozen=True, slots=True)
class Superseded:
    """Rows of a register whose `columns` have these values are no longer current."""

    register: str
    columns: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Change:
    """What one decision does to one case: exactly this is written, guarded by `seen_version` and `seen_seq` of the case as read.

    `seen_version` is None for a case that is opened. A refusal changes nothing but appends its entry: then `tasks` and the
    rest are empty and `case` differs from what was read in `seq` and `head` alone.
    """

    case: Case
    entry: Entry
    seen_version: int | None
    seen_seq: int
    opened: tuple[Task, ...] = ()
    changed: tuple[Task, ...] = ()  # closed, marked overdue, or with another due date
    deadlines: tuple[Deadline, ...] = ()  # new or changed, by id
    notices: tuple[Notice, ...] = ()
    rows: tuple[RegisterRow, ...] = ()
    superseded: tuple[Superseded, ...] = ()
    attachments: tuple[Attachment, ...] = ()


class StaleWrite(Exception):
    """Somebody else wrote the case since it was read. The transaction is void; read again and decide again."""


class DuplicateKey(Exception):
    """A decision with this key is already in a ledger. Read its answer instead."""


class Transaction(Protocol):
    """One unit of work. Entering begins it (and takes the write lock), leaving without `commit` undoes it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def hospital(self) -> Hospital:
        """The organisation, calendar and policy as of this transaction."""
        ...

    def case_file(self, *, number: str | None = None, id: str | None = None) -> CaseFile | None:
        """Read and lock one case, by its number or its id."""
        ...

    def case_state(self, id: str) -> Case | None:
        """Read one case without its tasks (a parent, a child)."""
        ...

    def related(self, parent: str, process: str | None = None) -> Sequence[Case]:
        """The cases whose parent is `parent` (a case id), in the order of opening."""
        ...

    def rows(self, register: str, where: Mapping[str, Scalar]) -> Sequence[RegisterRow]:
        """The current rows of a register in which every named column has the value; newest first."""
        ...

    def entries(self, case: str) -> Sequence[Entry]:
        """The ledger of a case, first line first."""
        ...

    def answered(self, key: str) -> Entry | None:
        """The ledger line that a decision with this key left, in whichever case."""
        ...

    def next_number(self, prefix: str, year: int) -> int:
        """The next running number of a process in a year, starting at 1; given back when the transaction is undone."""
        ...

    def write(self, change: Change) -> None:
        """Write one change. Raises StaleWrite or DuplicateKey."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[Deadline]:
        """Running clocks with `due_at <= now`, earliest first, locked against other workers."""
        ...

    def next_due(self) -> datetime | None:
        """When the next running clock fires."""
        ...

    def commit(self) -> None:
        """Keep everything."""
        ...


# ---- what pages ask ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InboxQuery:
    """A page of work that waits for somebody. `addresses` are the keys under which it may wait (see Organisation.addresses_of)."""

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
    """One line of a list of cases. `at` is the moment that the list is about (last act, own decision)."""

    case: Case
    at: datetime
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows and how many there are in all; `total` stops counting at `capped` and shows as "99+"."""

    rows: tuple[T, ...]
    total: int
    capped: bool = False


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Cases by what is known of them."""

    applicant: str | None = None
    decided_by: str | None = None
    states: tuple[str, ...] = ()
    entry_states: tuple[tuple[str, str], ...] = ()  # (process, state) pairs that count as drafts
    without_entry_states: bool = False
    process: str | None = None
    department: str | None = None
    text: str | None = None
    open_only: bool = False
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Ledger lines by case, person, role, department, process, event, period and outcome. Dates are whole local days."""

    case_number: str | None = None
    person: str | None = None  # who acted or for whom
    role: str | None = None
    department: str | None = None
    process: str | None = None
    event: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    refused_only: bool = False
    limit: int | None = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A ledger line with the number and title of its case (both "" for lines of the house itself)."""

    entry: Entry
    case_number: str
    case_title: str


@dataclass(frozen=True, slots=True)
class StoredDefinition:
    """A definition as kept: its source, who published it and when."""

    key: str
    version: int
    source: str
    digest: str
    published_at: datetime
    published_by: str
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """How a person signs in. `password_hash` is argon2; None: cannot sign in with a password."""

    person: str
    login: str
    password_hash: str | None
    demonstration: bool = False


class Readings(Protocol):
    """Questions without effect. Each is a constant number of statements."""

    def hospital(self) -> Hospital: ...
    def case_file(self, number: str) -> CaseFile | None: ...
    def case_by_id(self, id: str) -> Case | None: ...
    def entries(self, case: str) -> Sequence[Entry]: ...
    def related(self, parent: str, process: str | None = None) -> Sequence[Case]: ...
    def rows(self, register: str, where: Mapping[str, Scalar]) -> Sequence[RegisterRow]: ...
    def attachments(self, case: str) -> Sequence[Attachment]: ...
    def attachment_bytes(self, id: str) -> bytes | None: ...
    def inbox(self, query: InboxQuery) -> Page[InboxRow]: ...
    def inbox_counts(self, query: InboxQuery) -> Mapping[tuple[str, str], int]:
        """Open tasks by (process, step), for the filters."""
        ...

    def cases(self, query: CaseQuery) -> Page[CaseRow]: ...
    def audit(self, query: AuditQuery) -> Page[AuditRow]: ...
    def notices(self, person: str, addresses: Sequence[str], limit: int) -> Sequence[Notice]: ...
    def definitions(self) -> Sequence[StoredDefinition]: ...
    def children_open(self, parents: Sequence[str]) -> Sequence[Case]: ...


class Store(Protocol):
    """A place where cases live."""

    def begin(self) -> Transaction:
        """A transaction that will write."""
        ...

    @property
    def readings(self) -> Readings: ...


@dataclass(frozen=True, slots=True)
class Seed:
    """What a store starts with: for tests, scenarios and the demonstration."""

    people: tuple[Person, ...] = ()
    departments: tuple[Department, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    calendar: Calendar | None = None
    policy: Policy = Policy()
    rows: tuple[RegisterRow, ...] = ()
    today: date | None = None
