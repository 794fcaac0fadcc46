"""How a transaction reaches its database: into a file beside us, or over the network."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import count
from typing import Any

import psycopg
from sqlalchemy.engine.interfaces import DBAPICursor

from storage.database import Database
from storage.mapping import Line
from storage.wire import Book, Step, Wire
from storage.writers import MOST, Batch
from workflow.ports.deciding import Unavailable


def wire_to(
    database: Database, book: Book, *, writes: bool, shares: bool = False, once: bool = False
) -> Wire:
    """A transaction that will write, or one that only looks; `once`: at one answer, which is of
    one moment by itself.

    With `shares` others may see what it wrote a moment before it is kept, in transactions that are
    kept or undone together with it.
    """
    if database.dialect == "postgresql":
        return ServerWire(database, book, writes=writes)
    if once:
        return GlancingFileWire(database, book, writes=False)
    kind = WritingFileWire if writes else FileWire
    return kind(database, book, writes=writes, shares=shares)


class FileWire(Wire):
    """SQLite: every statement is a call, so each simply runs."""

    def gather(self, *steps: Step) -> list[list[Line]]:
        """Several questions at once."""
        cursor, book = self._cursor, self._book
        answers: list[list[Line]] = []
        for make, values, _ in steps:
            cursor.execute(book[make].sql, values)
            answers.append(cursor.fetchall())
        return answers

    def _batches(self, step: Step, at_once: int) -> Generator[list[Line], None, None]:
        cursor = self._connection.cursor()
        try:
            cursor.execute(self._book[step.make].sql, step.values)
            while some := cursor.fetchmany(at_once):
                yield some
        finally:
            cursor.close()

    def _write(self, steps: Sequence[Step]) -> list[int]:
        cursor, book = self._cursor, self._book
        touched: list[int] = []
        for make, values, many in steps:
            run = cursor.executemany if many else cursor.execute
            run(book[make].sql, values)
            touched.append(cursor.rowcount)
        return touched

    def _begin(self) -> None:
        self._connection: Any = self._database.take()
        try:
            self._cursor: Any = self._connection.cursor()
            self._cursor.execute("BEGIN")
        except BaseException:
            self._database.give(self._connection)
            raise

    def _commit(self) -> None:
        self._cursor.execute("COMMIT")

    def _leave(self) -> None:
        self._database.give(self._connection)


class GlancingFileWire(FileWire):
    """SQLite, for one question: a statement alone is a transaction, and spares two others."""

    def _begin(self) -> None:
        self._connection: Any = self._database.take()
        self._cursor: Any = self._connection.cursor()


class WritingFileWire(FileWire):
    """SQLite, to write: in one's turn, and kept together with those who wait (see `writers`)."""

    def _begin(self) -> None:
        self._ended = False
        writers = self._database.writers
        if not writers.take_turn(self._database.patience_seconds):
            raise Unavailable("other transactions of this process hold the database")
        try:
            self._batch = writers.batch or self._open()
            self._connection = self._batch.connection
            self._cursor = self._batch.cursor
            if self._batch.held:
                self._cursor.execute("SAVEPOINT decision")
        except BaseException:
            self._go_on_without()
            raise

    def _open(self) -> Batch:
        connection = self._database.take()
        try:
            cursor = connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._database.give(connection)
            raise
        self._database.writers.batch = batch = Batch(connection, cursor)
        return batch

    def _commit(self) -> None:
        batch = self._batch
        if batch.held:
            self._cursor.execute("RELEASE decision")
        batch.held += 1
        self._ended = True
        if not self._waits_for_others(batch):
            self._keep(batch)
        if batch.error is not None:
            raise Unavailable(str(batch.error)) from batch.error

    def _waits_for_others(self, batch: Batch) -> bool:
        """Hand the turn over, if anybody queues, and wait until one of them has kept it for all."""
        if not self._shares or batch.held >= MOST or not self._database.writers.waiting:
            return False
        done = batch.expect()
        if not self._database.writers.hand_over():
            return False
        if not done.wait(self._database.patience_seconds):
            raise Unavailable("another transaction of this process did not end")
        return True

    def _leave(self) -> None:
        if self._ended:
            return
        try:
            if self._batch.held:
                self._undo()
        finally:
            self._go_on_without()

    def _undo(self) -> None:
        """Undo this decision alone. If that cannot be done, those before it are lost as well."""
        try:
            self._cursor.execute("ROLLBACK TO decision")
            self._cursor.execute("RELEASE decision")
        except self._errors as error:  # some errors make SQLite undo the whole transaction
            self._batch.error = error

    def _go_on_without(self) -> None:
        """This decision is undone; those before it are kept, by whoever comes next or here."""
        writers = self._database.writers
        batch = writers.batch
        if batch is None:
            writers.end_turn()
        elif not batch.held or batch.error is not None:
            self._end(batch)
        elif not writers.hand_over():
            self._keep(batch)

    def _keep(self, batch: Batch) -> None:
        """Wait for the disk, for all who share this transaction, and tell them."""
        try:
            batch.cursor.execute("COMMIT")
        except self._errors as error:
            batch.error = error
        finally:
            self._end(batch)

    def _end(self, batch: Batch) -> None:
        writers = self._database.writers
        writers.batch = None
        try:
            # What could not be kept is undone with this.
            self._database.give(batch.connection)
        finally:
            batch.end()
            writers.end_turn()


class ServerWire(Wire):
    """PostgreSQL: statements that need no answer of each other travel together.

    A decision then waits for the network three times and not ten. BEGIN travels with the first
    statements, so a connection that died while nobody used it is noticed before anything was
    done, and another one takes its place.
    """

    def gather(self, *steps: Step) -> list[list[Line]]:
        """Several questions at once."""
        answers: list[list[Line]] = [cursor.fetchall() for cursor in self._send(steps)]  # type: ignore[misc]
        return answers

    def _batches(self, step: Step, at_once: int) -> Generator[list[Line], None, None]:
        if not self._begun:
            self._send(())
        # Only a cursor with a name leaves the answer with the server.
        cursor = self._driver.cursor(name=f"stream_{next(self._names)}")
        try:
            cursor.execute(self._book[step.make].sql, step.values)
            while some := cursor.fetchmany(at_once):
                yield some
        finally:
            cursor.close()

    def _begin(self) -> None:
        self._names = count()
        self._begun = False
        self._take()

    def _commit(self) -> None:
        if self._begun:
            self._driver.cursor().execute("COMMIT")

    def _leave(self) -> None:
        self._pooled.close()

    def _write(self, steps: Sequence[Step]) -> list[int]:
        return [cursor.rowcount for cursor in self._send(steps)]

    def _take(self) -> None:
        self._pooled = self._database.engine.raw_connection()
        self._driver: Any = self._pooled.driver_connection

    def _send(self, steps: Sequence[Step]) -> list[DBAPICursor]:
        if self._begun:
            return self._travel(steps)
        try:
            sent = self._travel(steps)
        except psycopg.OperationalError:
            if not self._driver.closed:
                raise
            # The server was away since the connection was last used: so were all the others.
            self._pooled.invalidate()
            self._database.engine.dispose()
            self._take()
            sent = self._travel(steps)
        self._begun = True
        return sent

    def _travel(self, steps: Sequence[Step]) -> list[DBAPICursor]:
        cursors: list[DBAPICursor] = []
        with self._driver.pipeline():
            if not self._begun:
                self._driver.cursor().execute(_BEGIN[self._writes])
            for step in steps:
                cursor = self._driver.cursor()
                run = cursor.executemany if step.many else cursor.execute
                run(self._book[step.make].sql, step.values)
                cursors.append(cursor)
        return cursors


#: What only looks sees one moment throughout.
_BEGIN = {True: "BEGIN", False: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
