"""One transaction and its statements: the shortest way from a tuple to a row and back.

Statements are written with SQLAlchemy's Core and compiled once for a database; they run on the
driver's own cursor, because a session's bookkeeping costs several times the work itself. How a
transaction reaches its database is told in `wires`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from types import ModuleType, TracebackType
from typing import Any, NamedTuple, Protocol, Self

import psycopg
from sqlalchemy import exc
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import ClauseElement

from storage.database import Database, DialectName
from storage.mapping import Line
from workflow.ports.deciding import DuplicateKey, StaleWrite, Unavailable

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
        return tuple(map({**self.fixed, **given}.__getitem__, self.names))


class Step(NamedTuple):
    """A statement with its values: one line of them, or with `many` a line for each run of it."""

    make: Make
    values: Sequence[Any] = ()
    many: bool = False


class Book(dict[Make, Prepared]):
    """Every statement that was needed so far, as one kind of database understands it."""

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


#: By what they speak: writing a statement costs a hundred times what running it does, and every
#: database of a kind reads the same.
_BOOKS: dict[tuple[type[Dialect], ModuleType], Book] = {}


def book_of(database: Database) -> Book:
    """The book that this process keeps for databases of this kind and driver."""
    dialect = database.engine.dialect
    driver: Any = dialect.loaded_dbapi
    return _BOOKS.setdefault((type(dialect), driver), Book(dialect))


class _Closed(Book):
    """What a transaction may still say after it was kept: nothing."""

    def __init__(self) -> None:
        dict.__init__(self)

    def __missing__(self, make: Make) -> Prepared:
        raise RuntimeError("the transaction is over; begin another one")


_CLOSED = _Closed()


class Wire(ABC):
    """A transaction on one connection. Leaving it without `commit` undoes all.

    Errors of the driver leave it as StaleWrite (another transaction was in the way and this one
    is void) or Unavailable (locked, full, away); a broken rule of the tables stays what it is.
    """

    def __init__(
        self, database: Database, book: Book, *, writes: bool, shares: bool = False
    ) -> None:
        self._database = database
        self._book = book
        self._writes = writes
        self._shares = shares
        self._errors = database.errors
        self._streams: list[Generator[list[Line], None, None]] = []

    @property
    def dialect(self) -> DialectName:
        """Which of the two databases it speaks to."""
        return self._database.dialect

    @property
    def locks(self) -> bool:
        """Whether rows are locked one by one; a transaction that writes a file has all of it."""
        return self.dialect == "postgresql"

    def __enter__(self) -> Self:
        try:
            self._begin()
        except self._errors as error:
            raise told(error, self._database)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            for stream in self._streams:
                stream.close()
        finally:
            self._leave()
        if error is not None:
            meant = told(error, self._database)
            if meant is not error:
                raise meant

    def commit(self) -> None:
        """Keep everything. Unavailable here means that nobody knows whether it was kept."""
        try:
            self._commit()
        except self._errors as error:
            raise told(error, self._database)
        self._book = _CLOSED

    def together(self, *steps: Step) -> list[int]:
        """Several writings at once; how many lines each touched."""
        try:
            return self._write(steps)
        except self._errors as error:
            raise told(error, self._database)

    def run(self, make: Make, values: Sequence[Any] = ()) -> int:
        """One writing; how many lines it touched."""
        return self.together(Step(make, values))[0]

    def lines(self, make: Make, values: Sequence[Any] = ()) -> list[Line]:
        """Ask one question and take all that is answered."""
        return self.gather(Step(make, values))[0]

    def line(self, make: Make, values: Sequence[Any] = ()) -> Line | None:
        """Ask one question and take the first line of its answer."""
        found = self.lines(make, values)
        return found[0] if found else None

    def by_name(self, make: Make, given: Mapping[str, Any]) -> Step:
        """A step from values by name, for statements whose shape varies."""
        return Step(make, self._book[make].values(given))

    @abstractmethod
    def gather(self, *steps: Step) -> list[list[Line]]:
        """Several questions at once; none may depend on the answer of another."""

    def stream(self, step: Step, *, at_once: int) -> Iterator[Line]:
        """The answer line by line, without ever holding all of it; over when the wire is left."""
        batches = self._batches(step, at_once)
        self._streams.append(batches)
        return chain.from_iterable(batches)

    @abstractmethod
    def _batches(self, step: Step, at_once: int) -> Generator[list[Line], None, None]: ...

    @abstractmethod
    def _begin(self) -> None: ...

    @abstractmethod
    def _commit(self) -> None: ...

    @abstractmethod
    def _leave(self) -> None:
        """Undo what was not kept, and give back what was taken."""

    @abstractmethod
    def _write(self, steps: Sequence[Step]) -> list[int]: ...


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


#: The rules against two decisions with one key, and against two fates of one turn of a schedule, as
#: PostgreSQL names them and SQLite words them.
_KEY_RULES = ("uq_entry_key", "entry.key", "pk_occurrence", "occurrence.id")


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
