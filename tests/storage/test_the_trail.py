"""Auditors are answered from a trail that no decision waits for, and miss no line by it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from storage import statements as s
from storage.database import Database
from storage.trail import bring_up_to_date
from storage.unit_of_work import DatabaseStore
from storage.wire import book_of
from tests.storage.clerk import MORNING, Blank, Move, act, submitted
from workflow.ports.reading import AuditQuery


def in_the_trail(database: Database) -> Sequence[int]:
    with database.engine.connect() as connection:
        return list(connection.scalars(select(s.TRAIL.c.no).order_by(s.TRAIL.c.no)))


def written(database: Database) -> int:
    with database.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(s.ENTRY)) or 0


def test_a_file_enters_lines_when_somebody_asks_and_a_server_as_they_are_written(
    kept: DatabaseStore,
) -> None:
    submitted(kept, Blank("CA-1"))
    at_once = kept.database.dialect == "postgresql"
    assert len(in_the_trail(kept.database)) == (2 if at_once else 0)
    kept.readings.audit(AuditQuery(event="start"))
    assert len(in_the_trail(kept.database)) == 2


def test_who_asks_again_misses_nothing_that_was_written_meanwhile(kept: DatabaseStore) -> None:
    for number in range(1, 4):
        submitted(kept, Blank(f"CA-{number}"))
        found = kept.readings.audit(AuditQuery(process="consumable-approval", event="submit")).rows
        assert [row.case_number for row in found] == [f"CA-{n}" for n in range(number, 0, -1)]


def test_a_question_about_one_person_needs_no_trail(kept: DatabaseStore) -> None:
    submitted(kept, Blank("CA-1"))
    act(kept, "CA-1", Move(by="lee", at=MORNING))
    before = in_the_trail(kept.database)
    assert [row.entry.event for row in kept.readings.audit(AuditQuery(person="lee")).rows] == [
        "dept_sign"
    ]
    assert in_the_trail(kept.database) == before


def test_many_lines_are_entered_in_portions_and_each_once(kept: DatabaseStore) -> None:
    for number in range(5):
        submitted(kept, Blank(f"CA-{number}"))
    database = kept.database
    bring_up_to_date(database, book_of(database), at_once=3)
    assert len(in_the_trail(database)) == written(database) == 10


def test_auditors_who_ask_at_once_do_not_enter_a_line_twice(kept: DatabaseStore) -> None:
    for number in range(20):
        submitted(kept, Blank(f"CA-{number}"))

    def ask(_: int) -> int:
        return kept.readings.audit(AuditQuery(limit=100)).total

    with ThreadPoolExecutor(4) as auditors:
        assert set(auditors.map(ask, range(8))) == {40}
    assert len(in_the_trail(kept.database)) == 40
