"""The database as the engine's store: what a decision reads under a lock, and how it is written
whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from storage import statements as s
from storage.database import Database
from storage.door import DatabaseDesk, DatabaseDoor
from storage.hospital import Hospitals
from storage.house import DatabaseHouse
from storage.looking import LOCKED_BY_ID, LOCKED_BY_NUMBER, read_file, related
from storage.mapping import (
    DEADLINE,
    attachment_line,
    case_of,
    changed_task,
    deadline_line,
    deadline_of,
    entry_line,
    entry_of,
    maybe_moment,
    maybe_text,
    moved_case,
    notice_line,
    opened_case,
    opened_task,
    policy_change_line,
)
from storage.outbox import DatabaseOutbox
from storage.readings import DatabaseReadings
from storage.registers import (
    Lookups,
    has_rows,
    learn_rows,
    lookups_of,
    row_steps,
    supersede_steps,
)
from storage.schedules import (
    INSERT_OCCURRENCE,
    PUT_WATCH,
    drop_watch,
    occurrence_line,
    watch_line,
)
from storage.wire import Book, Make, Step, book_of
from storage.wires import wire_to
from workflow.ledger import moment_of, moment_text
from workflow.nouns import Case, Entry, RegisterRow, Scalar
from workflow.ports.deciding import (
    LONGEST_LEASE,
    CaseFile,
    Change,
    Claim,
    MissingFile,
    StaleWrite,
    Watch,
)
from workflow.ports.hospital import Hospital


class DatabaseTransaction:
    """One unit of work on a database (see `workflow.ports.deciding.Transaction`)."""

    def __init__(self, database: Database, book: Book, hospitals: Hospitals) -> None:
        self._wire = wire_to(database, book, writes=True, shares=True)
        self._hospitals = hospitals
        self._revision: int | None = None
        self._void = False

    def __enter__(self) -> Self:
        self._wire.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wire.__exit__(kind, error, trace)

    def commit(self) -> None:
        """Keep everything. StaleWrite after a failed `write`: half a decision is never kept."""
        if self._void:
            raise StaleWrite("a change of this transaction was not written")
        self._wire.commit()

    def hospital(self) -> Hospital:
        """The organisation, calendar and policy as of this transaction."""
        return self._hospitals.at(self._wire, self._revision)

    def case_file(self, *, number: str | None = None, id: str | None = None) -> CaseFile | None:
        """Read and lock one case, by its number or its id."""
        makes = LOCKED_BY_ID if number is None else LOCKED_BY_NUMBER
        file, self._revision = read_file(self._wire, makes, number or id or "")
        return file

    def case_state(self, id: str) -> Case | None:
        """Read one case without its tasks."""
        line = self._wire.line(s.CASE_BY_ID, (id,))
        return None if line is None else case_of(line)

    def related(self, parent: str, process: str | None = None) -> Sequence[Case]:
        """The cases whose parent is `parent`, in the order of opening; siblings take turns."""
        return related(self._wire, parent, process, *self._locked(s.lock_case, parent))

    def rows(self, register: str, where: Mapping[str, Scalar]) -> Sequence[RegisterRow]:
        """The current rows with these values, newest first; look-ups of a register take turns."""
        return learn_rows(self._wire, register, where, *self._locked(s.lock_register, register))

    def has_rows(self, register: str) -> bool:
        """Whether a register has any current row; look-ups of a register take turns."""
        return has_rows(self._wire, register, *self._locked(s.lock_register, register))

    def entries(self, case: str) -> Sequence[Entry]:
        """The ledger of a case, first line first."""
        return [entry_of(line) for line in self._wire.lines(s.entries, (case,))]

    def answered(self, key: str) -> Entry | None:
        """The ledger line that a decision with this key left, in whichever case."""
        line = self._wire.line(s.entry_by_key, (key,))
        return None if line is None else entry_of(line)

    def next_number(self, prefix: str, year: int) -> int:
        """The next running number of a process in a year, starting at 1."""
        ((last,),) = self._wire.lines(s.NEXT_NUMBER, (prefix, year, 1))
        return int(last)

    def write(self, change: Change) -> None:
        """Write one change whole, or leave the transaction void."""
        void, self._void = self._void, True
        self._refuse_missing_files(change)
        superseded, lookups = self._rows_concerned(change)
        counts = self._wire.together(*_steps(change, superseded, lookups))
        expected = [1, *map(len, filter(None, (change.changed, change.undone)))]
        if counts[: len(expected)] != expected:
            raise StaleWrite(change.case.number)
        self._void = void

    def claim(
        self, now: datetime, worker: str, until: datetime, limit: int, process: str | None = None
    ) -> Sequence[Claim]:
        """Take clocks that have something to do and that no other worker has, earliest first."""
        given = {
            "now": moment_text(now),
            "farthest": moment_text(now + LONGEST_LEASE),
            "at_most": limit,
            "until": moment_text(until),
            "the_worker": worker,
        }
        if process is None:
            step = self._wire.by_name(s.claim, given)
        else:
            step = self._wire.by_name(s.claim_of_process, {**given, "of_process": process})
        fires_at = DEADLINE.index("fires_at")
        lines = self._wire.lines(step.make, step.values)
        lines = sorted(lines, key=lambda line: (line[fires_at], line[-1]))
        return [Claim(deadline_of(line), worker, line[-2]) for line in lines]

    def hold(self, claim: Claim) -> bool:
        """Whether a claim still stands; then it is done with."""
        step = self._wire.by_name(s.hold, _named(claim))
        return bool(self._wire.lines(step.make, step.values))

    def put_off(self, claim: Claim, until: datetime | None) -> None:
        """Nobody takes the clock before then, if the claim still stands."""
        step = self._wire.by_name(s.put_off, {**_named(claim), "until": maybe_text(until)})
        self._wire.run(step.make, step.values)

    def next_due(self) -> datetime | None:
        """When the next clock does something."""
        ((text,),) = self._wire.lines(s.next_due)
        return maybe_moment(text)

    def keep_watch(self, watch: Watch) -> None:
        """Keep how far a schedule has been looked at."""
        self._wire.run(PUT_WATCH, watch_line(watch))

    def drop_watch(self, process: str, schedule: str) -> None:
        """A schedule is not looked at any more."""
        step = self._wire.by_name(drop_watch, {"the_process": process, "the_schedule": schedule})
        self._wire.run(step.make, step.values)

    def _rows_concerned(self, change: Change) -> tuple[list[RegisterRow], Lookups]:
        """The rows that end, and how those and the new ones are found; others wait from here on."""
        if not (change.rows or change.superseded):
            return [], {}
        registers = sorted({row.register for row in change.rows})
        locks = self._locked(s.lock_register, *registers)
        if locks and change.superseded:
            self._wire.gather(*locks)
        found = (self.rows(past.register, past.columns) for past in change.superseded)
        superseded = [row for rows in found for row in rows]
        registers = sorted({*registers, *(past.register for past in change.superseded)})
        return superseded, lookups_of(self._wire, registers, *locks)

    def _refuse_missing_files(self, change: Change) -> None:
        for attachment in change.attachments:
            if not self._wire.lines(s.known_file, (attachment.digest,)):
                raise MissingFile(attachment.digest)

    def _locked(self, make: Make, *its: str) -> list[Step]:
        """Locks to take first. On SQLite the whole transaction is one already."""
        return [Step(make, (it,)) for it in its] if self._wire.locks else []


class DatabaseStore:
    """Cases in a database (see `workflow.ports.store.Store`); made once, used by every thread."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._book = book_of(database)
        self._hospitals = Hospitals()
        self.readings = DatabaseReadings(database, self._book, self._hospitals)
        self.house = DatabaseHouse(database, self._book)
        self.door = DatabaseDoor(database, self._book)
        self.desk = DatabaseDesk(database, self._book)
        self.outbox = DatabaseOutbox(database, self._book)

    def begin(self) -> DatabaseTransaction:
        """A transaction that will write."""
        return DatabaseTransaction(self.database, self._book, self._hospitals)

    def now(self, here: datetime) -> datetime:
        """What time it is: by the server's clock on PostgreSQL; all of a file is on one machine."""
        if self.database.dialect == "sqlite":
            return here
        with wire_to(self.database, self._book, writes=False) as wire:
            ((text,),) = wire.lines(s.now)
        return moment_of(text)


def _named(claim: Claim) -> dict[str, object]:
    return {
        "the_id": claim.deadline.id,
        "the_worker": claim.worker,
        "the_attempts": claim.attempts,
    }


# ---- how a change is written ---------------------------------------------------------------------


def _steps(change: Change, superseded: list[RegisterRow], lookups: Lookups) -> list[Step]:
    """The writings of one change; first the case, which is what may be refused, then its tasks."""
    case, entry = change.case, change.entry
    steps = [_case_step(change)]
    _add_task_steps(steps, change)
    steps.append(Step(s.INSERT_ENTRY, entry_line(entry)))
    if change.deadlines:
        lines = [deadline_line(deadline) for deadline in change.deadlines]
        steps.append(Step(s.PUT_DEADLINE, lines, many=True))
    if change.notices:
        lines = [notice_line(notice) for notice in change.notices]
        steps.append(Step(s.INSERT_NOTICE, lines, many=True))
    if superseded:
        steps += supersede_steps(superseded, lookups)
    if change.rows:
        steps += row_steps(change.rows, lookups)
    if change.policy:
        lines = [policy_change_line(one) for one in change.policy]
        steps += (Step(s.INSERT_POLICY_CHANGE, lines, many=True), Step(s.raise_revision))
    if change.attachments:
        lines = [attachment_line(attachment, case.id) for attachment in change.attachments]
        steps.append(Step(s.INSERT_ATTACHMENT, lines, many=True))
    if change.occurrence is not None:
        steps.append(Step(INSERT_OCCURRENCE, occurrence_line(change.occurrence)))
    return steps


def _add_task_steps(steps: list[Step], change: Change) -> None:
    if change.changed:
        lines = [changed_task(task) for task in change.changed]
        steps.append(Step(s.CHANGE_TASK, lines, many=True))
    if change.undone:
        lines = [changed_task(task) for task in change.undone]
        steps.append(Step(s.UNDO_TASK, lines, many=True))
    if change.opened:
        lines = [opened_task(task, change.case.process, n) for n, task in enumerate(change.opened)]
        steps.append(Step(s.INSERT_TASK, lines, many=True))


def _case_step(change: Change) -> Step:
    case, at = change.case, change.entry.at
    if change.seen_version is None:
        return Step(s.INSERT_CASE, opened_case(case, at))
    guard = (case.id, change.seen_version, change.seen_seq)
    if change.entry.refused is not None:
        return Step(s.LENGTHEN_CASE, (case.seq, case.head, *guard))
    return Step(s.MOVE_CASE, (*moved_case(case, at), *guard))
