"""One checked-out connection and its statements: the shortest way from a tuple to a row and back.

Statements are written with SQLAlchemy's Core and compiled once for a database; they run on the
driver's own cursor, because a session's bookkeeping costs several times the work itself. On
PostgreSQL, statements that need no answer of each other travel together: a decision then waits
for the network three times and not ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Any, Protocol, Self

import psycopg
from sqlalchemy import exc
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql import ClauseElement

from storage.database import PATIENCE_SECONDS, Database
from storage.mapping import Line
from workflow.ports import DuplicateKey, StaleWrite, Unavailable

#: Writes a statement. It is the key under which the compiled text is found again, so it is a
#: function of a module or a frozen value with `__call__`.
Make = Callable[[], ClauseElement]


class Ordered(Protocol):
    """A `Make` that says in which order it takes its values."""

    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The text of a statement, the names of its values in order, and those that never change."""

    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]

    def values(self, given: Mapping[str, Any]) -> Line:
        """Values by name, brought into order. KeyError for one that is missing."""
        fixed = self.fixed
        return tuple(given[name] if name in given else fixed[name] for name in self.names)


@dataclass(frozen=True, slots=True)
class Step:
    """A statement with its values: one line of them, or with `many` a line for each run of it."""

    make: Make
    values: Sequence[Any] = ()
    many: bool = False


class Book(dict[Make, Prepared]):
    """Every statement that was needed so far, compiled for one database."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__()
        self._dialect = dialect

    def __missing__(self, make: Make) -> Prepared:
        compiled = make().compile(dialect=self._dialect)
        names = tuple(compiled.positiontup or ())  # type: ignore[attr-defined]
        order = getattr(make, "order", names)
        if names != order:
            raise TypeError(f"{make} takes {names} and is given {order}")
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        return self.setdefault(make, Prepared(str(compiled), names, fixed))


class Wire:
    """A transaction on one connection. Leaving it without `commit` undoes all.

    Errors of the driver leave it as StaleWrite (another transaction was in the way and this one
    is void) or Unavailable (locked, full, away); a broken rule of the tables stays what it is.
    """

    def __init__(self, database: Database, book: Book, *, writes: bool) -> None:
        self._database = database
        self._book = book
        self._writes = writes
        self._travels = database.dialect == "postgresql"
        self._queues = writes and not self._travels
        self._streams = count()

    def __enter__(self) -> Self:
        if self._queues and not self._database.turn.acquire(timeout=PATIENCE_SECONDS):
            raise Unavailable("another transaction of this process holds the database")
        try:
            with self._telling():
                self._begin()
        except BaseException:
            if self._queues:
                self._database.turn.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self._database.give(self._taken)
        finally:
            if self._queues:
                self._database.turn.release()
        if error is not None:
            meant = told(error, self._database)
            if meant is not error:
                raise meant

    def commit(self) -> None:
        """Keep everything. Unavailable here means that nobody knows whether it was kept."""
        with self._telling():
            if self._travels:
                self._driver.commit()
            else:
                self._cursor.execute("COMMIT")

    def lines(self, make: Make, values: Sequence[Any] = ()) -> list[Line]:
        """Run a statement and take all that it answers."""
        self._cursor.execute(self._book[make].sql, values)
        found: list[Line] = self._cursor.fetchall()  # type: ignore[assignment]
        return found

    def line(self, make: Make, values: Sequence[Any] = ()) -> Line | None:
        """Run a statement and take the first line of its answer."""
        found = self.lines(make, values)
        return found[0] if found else None

    def by_name(self, make: Make, given: Mapping[str, Any]) -> Step:
        """A step from values by name, for statements whose shape varies."""
        return Step(make, self._book[make].values(given))

    def run(self, make: Make, values: Sequence[Any] = ()) -> int:
        """Run a statement that answers nothing; how many lines it touched."""
        self._cursor.execute(self._book[make].sql, values)
        return self._cursor.rowcount

    def stream(self, step: Step, *, at_once: int) -> Iterator[Line]:
        """The answer line by line, without ever holding all of it."""
        # On PostgreSQL only a cursor with a name leaves the answer with the server.
        name = {"name": f"stream_{next(self._streams)}"} if self._travels else {}
        cursor = self._driver.cursor(**name)
        try:
            cursor.execute(self._book[step.make].sql, step.values)
            while some := cursor.fetchmany(at_once):
                yield from some
        finally:
            cursor.close()

    def gather(self, *steps: Step) -> list[list[Line]]:
        """Several questions at once; none may depend on the answer of another."""
        if not self._travels:
            return [self.lines(step.make, step.values) for step in steps]
        with self._driver.pipeline():
            cursors = [self._send(step) for step in steps]
        found: list[list[Line]] = [cursor.fetchall() for cursor in cursors]  # type: ignore[misc]
        return found

    def together(self, *steps: Step) -> list[int]:
        """Several writings at once; how many lines each touched."""
        with self._telling():
            if not self._travels:
                return [self._send(step).rowcount for step in steps]
            with self._driver.pipeline():
                cursors = [self._send(step) for step in steps]
            return [cursor.rowcount for cursor in cursors]

    def _begin(self) -> None:
        self._taken = self._database.take()
        try:
            self._driver = self._taken.driver_connection if self._travels else self._taken
            self._cursor: DBAPICursor = self._driver.cursor()
            if self._travels:
                # psycopg begins with the first statement. What a page reads is of one moment.
                level = None if self._writes else psycopg.IsolationLevel.REPEATABLE_READ
                self._driver.isolation_level = level
            else:
                self._cursor.execute("BEGIN IMMEDIATE" if self._writes else "BEGIN")
        except BaseException:
            self._database.give(self._taken)
            raise

    @contextmanager
    def _telling(self) -> Iterator[None]:
        driver: Any = self._database.engine.dialect.loaded_dbapi
        try:
            yield
        except (driver.Error, exc.SQLAlchemyError) as error:
            raise told(error, self._database)

    def _send(self, step: Step) -> DBAPICursor:
        cursor: DBAPICursor = self._driver.cursor() if self._travels else self._cursor
        sql = self._book[step.make].sql
        if step.many:
            cursor.executemany(sql, step.values)
        else:
            cursor.execute(sql, step.values)
        return cursor


def told(error: BaseException, database: Database) -> BaseException:
    """What an error of the driver means to the engine; the error itself where it is our mistake."""
    cause = error.orig if isinstance(error, exc.DBAPIError) and error.orig is not None else error
    meant = _meaning(cause, database)
    if meant is None:
        return error
    meant.__cause__ = cause
    return meant


def _meaning(error: BaseException, database: Database) -> Exception | None:
    said = str(error)
    if isinstance(error, (exc.TimeoutError, psycopg.errors.LockNotAvailable)):
        return Unavailable(said)
    if isinstance(error, (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)):
        return StaleWrite(said)
    driver: Any = database.engine.dialect.loaded_dbapi
    if isinstance(error, driver.IntegrityError):
        return _broken_rule(error)
    # SQLite's code 1 is a statement that is wrong in itself, such as one about a missing table.
    if isinstance(error, driver.OperationalError) and getattr(error, "sqlite_errorcode", 0) != 1:
        return Unavailable(said)
    return None


#: The rule against two decisions with one key, as PostgreSQL names it and SQLite words it.
_KEY_RULES = ("uq_entry_key", "entry.key")


def _broken_rule(error: BaseException) -> Exception | None:
    """Whatever shall stand once and stood already was written by somebody else meanwhile."""
    if isinstance(error, psycopg.Error):
        is_double, rule = (
            isinstance(error, psycopg.errors.UniqueViolation),
            error.diag.constraint_name,
        )
    else:
        kind, _, rule = str(error).rpartition(": ")
        is_double = kind.startswith("UNIQUE")
    if not is_double:
        return None
    return DuplicateKey(str(error)) if rule in _KEY_RULES else StaleWrite(str(error))
