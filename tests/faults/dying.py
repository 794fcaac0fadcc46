"""A worker that dies of SIGKILL at its n-th breath, for each n that is asked for.

Run as `python -m tests.faults.dying URL N…`; prints for each n which decisions were acknowledged
before it died, as JSON. A breath is a statement that is about to run, or an answer on its way.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy import event

from storage.database import Database, open_database
from storage.unit_of_work import DatabaseStore
from tests.storage.clerk import AMY, DR_LEE, SUBMIT, Blank, Move, act, opening

DECISIONS = (
    SUBMIT,
    Move(),
    Move(event="finance_return", to="dept_review", asks=(DR_LEE,), tells=(AMY, DR_LEE)),
    Move(refused="not_permitted", by="sam"),
    Move(form={"opinion": "同意"}),
    Move(form={"opinion": "同意，请尽快办理"}),
)


class Life:
    """So many breaths; with the last one the process is gone, as if by `kill -9`."""

    def __init__(self, breaths: int) -> None:
        self.left = breaths

    def breathe(self, _: object = None) -> None:
        """Take one; the last ends it."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, database: Database) -> None:
        """Every statement on every connection of this database takes a breath."""

        class Cursor(psycopg.Cursor[Any]):
            """A cursor that breathes before what it does and after it."""

            def execute(cursor, *args: Any, **named: Any) -> Cursor:  # noqa: ANN401, N805
                self.breathe()
                super().execute(*args, **named)
                self.breathe()
                return cursor

        def connected(connection: Any, _: object) -> None:  # noqa: ANN401
            if database.dialect == "sqlite":
                connection.set_trace_callback(self.breathe)
            else:
                connection.cursor_factory = Cursor

        event.listen(database.engine, "connect", connected)


def work(store: DatabaseStore, number: str, life: Life | None, answers: int) -> None:
    """Open a case and decide it three times; acknowledge each time that it was kept."""
    if life is not None:
        life.watch(store.database)
    with store.begin() as tx:
        tx.next_number(number, 2026)
        tx.write(opening(Blank(number)))
        tx.commit()
    _acknowledge(life, answers)
    for decision in DECISIONS:
        act(store, number, decision)
        _acknowledge(life, answers)


def _acknowledge(life: Life | None, answers: int) -> None:
    if life is not None:
        life.breathe()
    os.write(answers, b"1")


def main(url: str, points: Sequence[int]) -> None:
    """Let one worker after the other live and die."""
    store = DatabaseStore(open_database(url))
    work(store, "CA-FIRST", None, os.open(os.devnull, os.O_WRONLY))  # its statements are known now
    for point in points:
        end, answers = os.pipe()
        store.database.close()  # no worker inherits a connection
        child = os.fork()
        if child == 0:
            work(store, f"CA-{point:03d}", Life(point), answers)
            os._exit(0)
        os.close(answers)
        _, status = os.waitpid(child, 0)
        acknowledged = len(os.read(end, 100))
        os.close(end)
        died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        told = {"point": point, "acknowledged": acknowledged, "died": died, "status": status}
        print(json.dumps(told), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], [int(point) for point in sys.argv[2:]])
