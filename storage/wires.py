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
from workflow.ports import Unavailable


def wire_to(database: Database, book: Book, *, writes: bool) -> Wire:
    """A transaction that will write, or one that only looks."""
    kind = FileWire if database.dialect == "sqlite" else ServerWire
    return kind(database, book, writes=writes)


class FileWire(Wire):
    """SQLite: every statement is a call, so each simply runs.

    The writers of this process queue here, because SQLite's own lock has no queue: whoever is
    unlucky there waits for seconds while others pass.
    """

    def gather(self, *steps: Step) -> list[list[Line]]:
        """Several questions at once."""
        cursor, book = self._cursor, self._book
        answers: list[list[Line]] = []
        for step in steps:
            cursor.execute(book[step.make].sql, step.values)
            answers.append(cursor.fetchall())
        return answers

    def _stream(self, step: Step, at_once: int) -> Generator[Line, None, None]:
        cursor = self._connection.cursor()
        try:
            cursor.execute(self._book[step.make].sql, step.values)
            while some := cursor.fetchmany(at_once):
                yield from some
        finally:
            cursor.close()

    def _begin(self) -> None:
        patience = self._database.patience_seconds
        if self._writes and not self._database.turn.acquire(timeout=patience):
            raise Unavailable("another transaction of this process holds the database")
        try:
            self._connection: Any = self._database.take()
            try:
                self._cursor: Any = self._connection.cursor()
                self._cursor.execute("BEGIN IMMEDIATE" if self._writes else "BEGIN")
            except BaseException:
                self._database.give(self._connection)
                raise
        except BaseException:
            if self._writes:
                self._database.turn.release()
            raise

    def _commit(self) -> None:
        self._cursor.execute("COMMIT")

    def _leave(self) -> None:
        try:
            self._database.give(self._connection)
        finally:
            if self._writes:
                self._database.turn.release()

    def _write(self, steps: Sequence[Step]) -> list[int]:
        cursor, book = self._cursor, self._book
        touched: list[int] = []
        for step in steps:
            run = cursor.executemany if step.many else cursor.execute
            run(book[step.make].sql, step.values)
            touched.append(cursor.rowcount)
        return touched


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

    def _stream(self, step: Step, at_once: int) -> Generator[Line, None, None]:
        if not self._begun:
            self._send(())
        # Only a cursor with a name leaves the answer with the server.
        cursor = self._driver.cursor(name=f"stream_{next(self._names)}")
        try:
            cursor.execute(self._book[step.make].sql, step.values)
            while some := cursor.fetchmany(at_once):
                yield from some
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
