"""A decision asks the database a small, constant number of things, however much it brings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database
from storage.unit_of_work import DatabaseStore
from tests.storage.clerk import AMY, FANG, MORNING, SUBMIT, Blank, Move, move, new_id, submitted
from workflow.nouns import Address, Deadline
from workflow.ports.reading import InboxQuery

#: BEGIN, the case with its tasks, its clocks and the revision; the case, its tasks that ended and
#: began, the line; COMMIT.
STATEMENTS = 7
#: Notices and clocks are one statement each, however many.
MORE = 2
#: Reading, writing and keeping.
JOURNEYS = 3
#: A line of libpq's trace in which this side waits for an answer.
ASKS = re.compile(r"\tF\t\d+\t(?:Sync|Query)\b")


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []
    connection = database.take()
    connection.set_trace_callback(seen.append)
    database.give(connection)  # the next transaction takes this one again
    seen.clear()
    yield seen
    connection.set_trace_callback(None)


@contextmanager
def counted_journeys(database: Database, trace: Path) -> Iterator[Callable[[], int]]:
    connection = database.engine.raw_connection()
    driver: Any = connection.driver_connection
    with trace.open("w") as file:
        driver.pgconn.trace(file.fileno())
        connection.close()  # the next transaction takes this one again
        yield lambda: len(ASKS.findall(trace.read_text()))
        driver.pgconn.untrace()


def decide(store: DatabaseStore, number: str, how: Move) -> None:
    with store.begin() as tx:
        file = tx.case_file(number=number)
        assert file is not None
        tx.hospital()
        clocks = tuple(replace(clock, case=file.case.id) for clock in how.deadlines)
        tx.write(move(file, replace(how, deadlines=clocks)))
        tx.commit()


def plenty() -> Move:
    tomorrow = MORNING + timedelta(days=1)
    return Move(
        asks=tuple(Address(person=f"judge-{n}") for n in range(30)),
        tells=(AMY, FANG) * 20,
        deadlines=tuple(
            Deadline(new_id("clock"), "", f"limit-{n}", MORNING, tomorrow) for n in range(10)
        ),
        form={f"field_{n}": "同意" for n in range(50)},
    )


@pytest.fixture
def sqlite(make_database: Callable[[str], Database]) -> DatabaseStore:
    """A store on an empty file, with a case that Dr Lee has before her and thirty with her."""
    store = DatabaseStore(make_database("sqlite"))
    with_many = replace(SUBMIT, asks=tuple(Address(person=f"head-{n}") for n in range(30)))
    submitted(store, Blank("FEW"))
    submitted(store, Blank("MANY"), with_many)
    store.readings.hospital()
    return store


@pytest.mark.parametrize("number", ["FEW", "MANY"])
def test_a_decision_is_seven_statements(sqlite: DatabaseStore, number: str) -> None:
    with counted_statements(sqlite.database) as seen:
        decide(sqlite, number, Move())
    kinds = {statement.split()[0] for statement in seen}
    assert kinds == {"BEGIN", "SELECT", "UPDATE", "INSERT", "COMMIT"}
    assert len(_distinct(seen)) == STATEMENTS


def test_what_a_decision_brings_is_one_statement_for_each_kind(sqlite: DatabaseStore) -> None:
    with counted_statements(sqlite.database) as seen:
        decide(sqlite, "MANY", plenty())
    assert len(_distinct(seen)) == STATEMENTS + MORE


def test_a_decision_goes_to_the_server_three_times(
    make_database: Callable[[str], Database], tmp_path: Path
) -> None:
    store = DatabaseStore(make_database("postgresql"))
    submitted(store, Blank("FEW"))
    submitted(store, Blank("MANY"))
    store.readings.hospital()
    for number, how in (("FEW", Move()), ("MANY", plenty())):
        with counted_journeys(store.database, tmp_path / number) as journeys:
            decide(store, number, how)
            made = journeys()
        assert made == JOURNEYS


def test_an_inbox_is_two_questions_whatever_is_in_it(sqlite: DatabaseStore) -> None:
    for number in range(30):
        submitted(sqlite, Blank(f"CA-{number}"))
    addresses = ("p:lee", "r:dept_head", "r:dept_head@ortho")
    for limit in (2, 20):
        with counted_statements(sqlite.database) as seen:
            sqlite.readings.inbox(InboxQuery("lee", addresses, limit=limit))
        assert [statement.split()[0] for statement in seen] == [
            "BEGIN",
            "SELECT",
            "SELECT",
            "ROLLBACK",
        ]
        with counted_statements(sqlite.database) as seen:
            sqlite.readings.inbox(InboxQuery("lee", addresses, limit=limit), known=30)
        assert [statement.split()[0] for statement in seen] == ["SELECT"]


def _distinct(seen: list[str]) -> list[str]:
    """The statements, those that ran once for each of many lines counted once."""
    shapes = [re.sub(r"'(?:[^']|'')*'|X'[0-9a-f]*'|\bNULL\b|\b\d+\b", "?", each) for each in seen]
    return list(dict.fromkeys(shapes))
