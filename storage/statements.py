"""Every statement whose shape is fixed, written once in SQLAlchemy's Core over the tables.

Those with an `order` take their values as a tuple in that order (see `mapping`); `wire.Book`
refuses to compile one whose order is not what it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    Update,
    bindparam,
    cast,
    delete,
    exists,
    false,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ClauseElement

from storage import mapping
from storage.json_columns import AllAsJson
from storage.tables import METADATA

_TABLES = METADATA.tables

CASE = _TABLES["case"]
TASK = _TABLES["task"]
ENTRY = _TABLES["entry"]
TRAIL = _TABLES["trail"]
STREAM = _TABLES["stream"]
DEADLINE = _TABLES["deadline"]
NOTICE = _TABLES["notice"]
NOTICE_READ = _TABLES["notice_read"]
NOTICE_SEEN = _TABLES["notice_seen"]
NOTICE_CHOICE = _TABLES["notice_choice"]
DELIVERY = _TABLES["delivery"]
REGISTER_ROW = _TABLES["register_row"]
REGISTER_LOOKUP = _TABLES["register_lookup"]
REGISTER_CELL = _TABLES["register_cell"]
COUNTER = _TABLES["counter"]
FILE = _TABLES["file"]
OCCURRENCE = _TABLES["occurrence"]
WATCH = _TABLES["watch"]
ATTACHMENT = _TABLES["attachment"]
HOSPITAL = _TABLES["hospital"]
POLICY_CHANGE = _TABLES["policy_change"]
DEPARTMENT = _TABLES["department"]
PERSON = _TABLES["person"]
POST = _TABLES["post"]
DELEGATION = _TABLES["delegation"]
ROSTER = _TABLES["roster"]
CALENDAR_DAY = _TABLES["calendar_day"]
DEFINITION = _TABLES["definition"]
ACCOUNT = _TABLES["account"]
SESSION = _TABLES["session"]
LOGIN_ATTEMPT = _TABLES["login_attempt"]
API_TOKEN = _TABLES["api_token"]
UNSENT_FORM = _TABLES["unsent_form"]


def how_many(name: str = "at_most") -> ColumnElement[int]:
    """A value behind LIMIT or OFFSET.

    One that stands there bare makes SQLite plan the statement anew at every run, which takes as
    long as the page of rows.
    """
    return cast(bindparam(name), Integer)


@dataclass(frozen=True, eq=False, slots=True)
class Insert:
    """One new line. Identity is its key in the book: there is one of each."""

    table: Table
    order: tuple[str, ...]

    def __call__(self) -> ClauseElement:
        """The statement."""
        return insert(self.table).inline().values(_binds(self.order))


class _InsertTask:
    """A new task. Its number grows with the ledger, so that of one rank the earlier comes first."""

    order = (*mapping.TASK, "work", "rank", "place")

    def __call__(self) -> ClauseElement:
        lines = func.coalesce(select(func.max(ENTRY.c.no)).scalar_subquery(), literal_column("0"))
        place: ColumnElement[int] = bindparam("place")
        number = lines * literal_column(str(_TASKS_A_LINE)) + place
        return insert(TASK).inline().values({**_binds(self.order[:-1]), "no": number})


#: More than a line ever opens; beyond it only the order among equals would suffer.
_TASKS_A_LINE = 1000


@dataclass(frozen=True, eq=False, slots=True)
class Put:
    """A new line, or the present one with the same `keys` as it is from now on."""

    table: Table
    order: tuple[str, ...]
    keys: tuple[str, ...]

    def __call__(self) -> ClauseElement:
        """The statement; both databases speak PostgreSQL's dialect here."""
        new = postgresql.insert(self.table).inline()
        new = new.values(_binds(self.order))
        rest = {name: new.excluded[name] for name in self.order if name not in self.keys}
        return new.on_conflict_do_update(index_elements=list(self.keys), set_=rest)


@dataclass(frozen=True, eq=False, slots=True)
class ReadCase:
    """One case, found `by` a unique column."""

    by: str
    lock: bool

    def __call__(self) -> ClauseElement:
        """The statement. The lock leaves room for what only points at the case."""
        found = select(*of(CASE, mapping.CASE)).where(CASE.c[self.by] == bindparam("it"))
        return found.with_for_update(key_share=True) if self.lock else found


@dataclass(frozen=True, eq=False, slots=True)
class ReadOfCase:
    """The lines of a table that belong to one case (found `by`), in the order of writing."""

    table: Table
    columns: tuple[str, ...]
    by: str = "id"

    def __call__(self) -> ClauseElement:
        """The statement."""
        it: ColumnElement[str] = bindparam("it")
        case = it if self.by == "id" else _case_by(self.by)
        found = select(*of(self.table, self.columns)).where(self.table.c.case_id == case)
        return found.order_by(self.table.c.no)


@dataclass(frozen=True, eq=False, slots=True)
class ReadClocks:
    """The revision of the hospital, in front of each clock of a case (found `by`) in the order of
    writing, or of nothing where it has none: one question instead of two.
    """

    by: str = "id"

    def __call__(self) -> ClauseElement:
        """The statement."""
        it: ColumnElement[str] = bindparam("it")
        case = it if self.by == "id" else _case_by(self.by)
        columns = (HOSPITAL.c.revision, *of(DEADLINE, mapping.DEADLINE))
        found = select(*columns).join_from(
            HOSPITAL, DEADLINE, DEADLINE.c.case_id == case, isouter=True
        )
        return found.order_by(DEADLINE.c.no)


@dataclass(frozen=True, eq=False, slots=True)
class ReadWhole:
    """One case (found `by` a unique column) with its clocks, its tasks and the revision of the
    hospital: for a file, where each question costs as much as its answer.

    Clocks and tasks are a JSON array of arrays each, in no order; each begins with its `no`.
    """

    by: str

    def __call__(self) -> ClauseElement:
        """The statement."""
        its = (
            select(AllAsJson(*of(table, ("no", *columns))))
            .where(table.c.case_id == CASE.c.id)
            .scalar_subquery()
            for table, columns in ((DEADLINE, mapping.DEADLINE), (TASK, mapping.TASK))
        )
        found = select(*of(CASE, mapping.CASE), *its, revision().scalar_subquery())
        return found.where(CASE.c[self.by] == bindparam("it"))


class _FindRows:
    """The current rows that a look-up leads to, newest first."""

    order = ("register", "columns", "value")

    def __call__(self) -> ClauseElement:
        row, cell = REGISTER_ROW, REGISTER_CELL.c
        found = select(*of(row, mapping.REGISTER_ROW)).join(REGISTER_CELL, cell.row_id == row.c.id)
        found = found.where(
            cell.register_key == bindparam("register"),
            cell.columns == bindparam("columns"),
            cell.value == bindparam("value"),
            row.c.current,
        )
        return found.order_by(row.c.no.desc())


@dataclass(frozen=True, slots=True)
class SearchRows:
    """The current rows of a register, newest first: those that hold so many texts."""

    texts: int

    def __call__(self) -> ClauseElement:
        """The statement; values are `register` and `text_<n>`, patterns for LIKE."""
        row = REGISTER_ROW.c
        found = select(*of(REGISTER_ROW, mapping.REGISTER_ROW)).where(
            row.register_key == bindparam("register"), row.current
        )
        for n in range(self.texts):
            found = found.where(row.cells.like(bindparam(f"text_{n}"), escape="\\"))
        return found.order_by(row.no.desc())


def any_row() -> Select[Any]:
    """Whether a register has a current row."""
    row = REGISTER_ROW.c
    found = select(row.id).where(row.register_key == bindparam("it"), row.current)
    return select(found.exists())


def lookups() -> Select[Any]:
    """By which columns together decisions look rows of a register up."""
    lookup = REGISTER_LOOKUP.c
    return select(lookup.columns).where(lookup.register_key == bindparam("it"))


INSERT_CASE = Insert(CASE, (*mapping.CASE, "acted_at"))
INSERT_TASK = _InsertTask()
INSERT_ENTRY = Insert(ENTRY, mapping.ENTRY)
INSERT_NOTICE = Insert(NOTICE, (*mapping.NOTICE, "fresh"))
INSERT_ROW = Insert(REGISTER_ROW, (*mapping.REGISTER_ROW, "current"))
FIND_ROWS = _FindRows()
INSERT_LOOKUP = Insert(REGISTER_LOOKUP, ("register_key", "columns"))
CELL_COLUMNS = ("register_key", "columns", "value", "row_id")
INSERT_CELL = Insert(REGISTER_CELL, CELL_COLUMNS)
INSERT_POLICY_CHANGE = Insert(POLICY_CHANGE, mapping.POLICY_CHANGE)
INSERT_ATTACHMENT = Insert(ATTACHMENT, mapping.ATTACHMENT)
PUT_DEADLINE = Put(DEADLINE, mapping.DEADLINE, ("id",))

CASE_BY_NUMBER = ReadCase("number", lock=False)
CASE_BY_ID = ReadCase("id", lock=False)
LOCKED_BY_NUMBER = ReadCase("number", lock=True)
LOCKED_BY_ID = ReadCase("id", lock=True)
TASKS_BY_NUMBER = ReadOfCase(TASK, mapping.TASK, "number")
TASKS_BY_ID = ReadOfCase(TASK, mapping.TASK)
CLOCKS_BY_NUMBER = ReadClocks("number")
CLOCKS_BY_ID = ReadClocks()
WHOLE_BY_NUMBER = ReadWhole("number")
WHOLE_BY_ID = ReadWhole("id")
ATTACHMENTS = ReadOfCase(ATTACHMENT, mapping.ATTACHMENT)


def of(table: Table, names: tuple[str, ...]) -> list[ColumnElement[Any]]:
    """Some columns of a table, in that order."""
    return [table.c[name] for name in names]


def revision() -> Select[Any]:
    """Which picture of the hospital is the present one."""
    return select(HOSPITAL.c.revision)


def entries() -> Select[Any]:
    """The ledger of one case or stream."""
    found = select(*of(ENTRY, mapping.ENTRY)).where(ENTRY.c.case_id == bindparam("it"))
    return found.order_by(ENTRY.c.seq)


def entry_by_key() -> Select[Any]:
    """The ledger line of one decision."""
    return select(*of(ENTRY, mapping.ENTRY)).where(ENTRY.c.key == bindparam("it"))


@dataclass(frozen=True, slots=True)
class Related:
    """The cases of one parent in the order of opening, perhaps of one process only."""

    of_process: bool
    open_only: bool = False
    parents: int = 1

    def __call__(self) -> ClauseElement:
        """The statement; values are `parent_<n>` and `process`."""
        parents: list[ColumnElement[str]] = [bindparam(f"parent_{n}") for n in range(self.parents)]
        found = select(*of(CASE, mapping.CASE)).where(CASE.c.parent.in_(parents))
        if self.of_process:
            found = found.where(CASE.c.process == bindparam("process"))
        if self.open_only:
            found = found.where(CASE.c.closed_at.is_(None))
        return found.order_by(CASE.c.opened_at, CASE.c.number)


class _MoveCase:
    """What a decision changed, if nobody wrote the case since."""

    order = (*mapping.MOVED, "the_id", "seen_version", "seen_seq")

    def __call__(self) -> ClauseElement:
        return _guarded().ordered_values(*_binds(mapping.MOVED).items())


class _LengthenCase:
    """What a refusal changes: the ledger grew by a line."""

    order = ("seq", "head", "the_id", "seen_version", "seen_seq")

    def __call__(self) -> ClauseElement:
        return _guarded().ordered_values(*_binds(("seq", "head")).items())


@dataclass(frozen=True, slots=True, eq=False)  # there are two of them, looked up by identity
class _ChangeTask:
    """What may change about a task, if it is still open, or (`ended`) if it was closed."""

    ended: bool = False
    order = (*mapping.CHANGED, "the_case", "the_id")

    def __call__(self) -> ClauseElement:
        changed = update(TASK).where(
            TASK.c.case_id == bindparam("the_case"),
            TASK.c.id == bindparam("the_id"),
            TASK.c.closed_at.is_not(None) if self.ended else TASK.c.closed_at.is_(None),
        )
        return changed.ordered_values(*_binds(mapping.CHANGED).items())


MOVE_CASE = _MoveCase()
LENGTHEN_CASE = _LengthenCase()
CHANGE_TASK = _ChangeTask()
UNDO_TASK = _ChangeTask(ended=True)


def raise_revision() -> ClauseElement:
    """Everybody takes a new picture of the hospital."""
    return update(HOSPITAL).values(revision=HOSPITAL.c.revision + literal_column("1"))


def supersede_row() -> ClauseElement:
    """A row is no longer current."""
    return update(REGISTER_ROW).where(REGISTER_ROW.c.id == bindparam("it")).values(current=false())


class _DropCell:
    """A row is no longer found by one of its cells."""

    order = CELL_COLUMNS

    def __call__(self) -> ClauseElement:
        cell = REGISTER_CELL.c
        return delete(REGISTER_CELL).where(*(cell[name] == bindparam(name) for name in self.order))


DROP_CELL = _DropCell()


class _NextNumber:
    """Count up, from nothing if need be."""

    order = ("prefix", "year", "last")

    def __call__(self) -> ClauseElement:
        first = postgresql.insert(COUNTER).values(_binds(self.order))
        counted = first.on_conflict_do_update(
            index_elements=["prefix", "year"], set_={"last": COUNTER.c.last + first.excluded.last}
        )
        return counted.returning(COUNTER.c.last)


NEXT_NUMBER = _NextNumber()


def claim() -> ClauseElement:
    """Take clocks that have something to do and that nobody else has taken.

    Only the clock is locked, and for a moment: its case is locked by whoever does the work.
    """
    return _claim()


def claim_of_process() -> ClauseElement:
    """The same for the cases of one process alone."""
    its_case = (CASE.c.id == DEADLINE.c.case_id, CASE.c.process == bindparam("of_process"))
    return _claim(exists().where(*its_case))


def _claim(*whose: ColumnElement[bool]) -> ClauseElement:
    free = or_(
        DEADLINE.c.lease_until.is_(None),
        DEADLINE.c.lease_until <= bindparam("now"),
        DEADLINE.c.lease_until > bindparam("farthest"),
    )
    fires = DEADLINE.c.fires_at <= bindparam("now")
    due = select(DEADLINE.c.no).where(_fires(), fires, free, *whose)
    due = due.order_by(DEADLINE.c.fires_at, DEADLINE.c.no).limit(how_many())
    # Apart, so that PostgreSQL cannot look for them again for each row that it changes.
    taken = due.with_for_update(skip_locked=True).cte("taken")
    return (
        update(DEADLINE)
        .where(DEADLINE.c.no.in_(select(taken.c.no)))
        .values(
            lease_until=bindparam("until"),
            worker=bindparam("the_worker"),
            attempts=DEADLINE.c.attempts + literal_column("1"),
        )
        .returning(*of(DEADLINE, mapping.DEADLINE), DEADLINE.c.attempts, DEADLINE.c.no)
    )


def now() -> Select[Any]:
    """The clock of a PostgreSQL server, as moments are kept."""
    utc = func.timezone(literal_column("'UTC'"), func.clock_timestamp())
    return select(func.to_char(utc, literal_column("""'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'""")))


def hold() -> ClauseElement:
    """End a claim that still stands."""
    ended = _claimed().values(lease_until=null(), worker=null(), attempts=literal_column("0"))
    return ended.returning(DEADLINE.c.id)


def put_off() -> ClauseElement:
    """Keep a claimed clock from being taken until later."""
    return _claimed().values(lease_until=bindparam("until"), worker=null())


def _claimed() -> Update:
    return update(DEADLINE).where(
        DEADLINE.c.id == bindparam("the_id"),
        DEADLINE.c.worker == bindparam("the_worker"),
        DEADLINE.c.attempts == bindparam("the_attempts"),
    )


def next_due() -> Select[Any]:
    """When the next clock does something."""
    return select(func.min(DEADLINE.c.fires_at)).where(_fires())


def known_file() -> Select[Any]:
    """Whether bytes with this digest are kept."""
    return select(FILE.c.digest).where(FILE.c.digest == bindparam("it"))


def lock_register() -> Select[Any]:
    """On PostgreSQL: decisions that look into a register or write to it take turns.

    Otherwise two cases could each see that the other's row is not there yet.
    """
    return select(func.pg_advisory_xact_lock(func.hashtext(bindparam("register"))))


def lock_case() -> Select[Any]:
    """Keep others from writing a case, without reading it."""
    found = select(CASE.c.id).where(CASE.c.id == bindparam("it"))
    return found.with_for_update(key_share=True)


def _binds(names: tuple[str, ...]) -> dict[str, ColumnElement[Any]]:
    return {name: bindparam(name) for name in names}


def _guarded() -> Update:
    return update(CASE).where(
        CASE.c.id == bindparam("the_id"),
        CASE.c.version == bindparam("seen_version"),
        CASE.c.seq == bindparam("seen_seq"),
    )


def _fires() -> ColumnElement[bool]:
    # Said as the partial index says it, so that it is recognised.
    return DEADLINE.c.fires_at.is_not(None)


def _case_by(column: str) -> ColumnElement[Any]:
    return select(CASE.c.id).where(CASE.c[column] == bindparam("it")).scalar_subquery()
