"""What a decision needs of a store: everything of it is written together, or nothing is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

from workflow.making import quick
from workflow.nouns import (
    Attachment,
    Case,
    Deadline,
    Entry,
    Notice,
    Occurrence,
    ParameterValue,
    RegisterRow,
    Scalar,
    Task,
)
from workflow.ports.hospital import Hospital, PolicyChange
from workflow.refusals import Sentence


@quick
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


@quick
@dataclass(frozen=True, slots=True)
class Change:
    """What one decision does to one case: exactly this is written, guarded by `seen_version` and
    `seen_seq` of the case as read.

    `seen_version` is None for a case that is opened. A refusal changes nothing but appends its
    entry: then `tasks` and the rest are empty and `case` differs from what was read in `seq` and
    `head` alone.
    """

    case: Case
    entry: Entry
    seen_version: int | None
    seen_seq: int
    opened: tuple[Task, ...] = ()
    changed: tuple[Task, ...] = ()  # closed, marked overdue, or with another due date
    undone: tuple[Task, ...] = ()  # closed by a decision that is taken back
    deadlines: tuple[Deadline, ...] = ()  # new or changed, by id
    notices: tuple[Notice, ...] = ()
    rows: tuple[RegisterRow, ...] = ()
    superseded: tuple[Superseded, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    occurrence: Occurrence | None = None  # the turn of a schedule that opens the case
    policy: tuple[PolicyChange, ...] = ()


class StaleWrite(Exception):
    """Somebody else wrote the case since it was read.

    The transaction is void; read again and decide again.
    """


class DuplicateKey(Exception):
    """A decision with this key is already in a ledger (read its answer instead), or what became of
    this turn of a schedule is known already.
    """


class Unavailable(Exception):
    """The store cannot be read or written just now: locked too long, full, away.

    Nothing was kept, except where `commit` itself raised it: then only the decision's key can
    tell (`answered`).
    """

    because = Sentence(
        "系统暂时无法保存或读取。您填写的内容没有丢失，请稍后再试。",
        "The system cannot save or read just now. What you typed is not lost; "
        "please try again in a moment.",
    )


class MissingFile(Exception):
    """An attachment names bytes that were never kept (`Desk.keep_file`), or are gone."""


#: No lease is longer than this. One that ends later was given by a clock that has jumped back
#: since, and holds nobody up.
LONGEST_LEASE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Claim:
    """A clock that a worker has taken to let it have its effect, until a lease runs out.

    `attempts` counts how often it was taken since its last effect: with `worker` it tells this
    claim from a later one, so that a worker that slept past its lease changes nothing.
    """

    deadline: Deadline
    worker: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Watch:
    """How far a schedule has been looked at: what is due up to `until` is dealt with.

    It began at `since`; nothing from before is ever due. `version` of the definition and its
    `parameters` are those by which it was looked at last.
    """

    process: str
    schedule: str
    since: datetime
    until: datetime
    version: int
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)


class Transaction(Protocol):
    """One unit of work.

    Entering begins it (and takes the write lock), leaving without `commit` undoes it.
    """

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
        """The current rows of a register in which every named column has the value, newest first.

        `None` means that the column is empty or missing.
        """
        ...

    def has_rows(self, register: str) -> bool:
        """Whether a register has any current row; it may be long, so none is read."""
        ...

    def entries(self, case: str) -> Sequence[Entry]:
        """The ledger of a case, first line first."""
        ...

    def answered(self, key: str) -> Entry | None:
        """The ledger line that a decision with this key left, in whichever case."""
        ...

    def next_number(self, prefix: str, year: int) -> int:
        """The next running number of a process in a year, starting at 1; given back when the
        transaction is undone.
        """
        ...

    def write(self, change: Change) -> None:
        """Write one change.

        Raises StaleWrite, DuplicateKey or MissingFile; then this transaction can only be left.
        """
        ...

    def claim(
        self, now: datetime, worker: str, until: datetime, limit: int, process: str | None = None
    ) -> Sequence[Claim]:
        """Take clocks with `fires_at <= now` that no other worker has, earliest first; of the cases
        of one process alone where it is named.
        """
        ...

    def hold(self, claim: Claim) -> bool:
        """Whether a claim still stands; then it is done with, in this transaction."""
        ...

    def put_off(self, claim: Claim, until: datetime | None) -> None:
        """Nobody takes the clock before then (None: anybody may), if the claim still stands."""
        ...

    def next_due(self) -> datetime | None:
        """When the next clock does something."""
        ...

    def keep_watch(self, watch: Watch) -> None:
        """Keep how far a schedule has been looked at."""
        ...

    def drop_watch(self, process: str, schedule: str) -> None:
        """A schedule is not looked at any more; when it is again, it begins anew."""
        ...

    def commit(self) -> None:
        """Keep everything."""
        ...
