"""What keeps acknowledged decisions is set on each connection, and what could lose them is said."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from storage.database import (
    Database,
    UnusableDatabase,
    has_wal_race,
    open_database,
    refuse_unsafe_workers,
    safety_notes,
    sqlite_driver,
    unsafe_for_processes,
)
from storage.schema import migrate
from storage.unit_of_work import DatabaseStore
from tests.storage.clerk import Blank, open_case

WANTED = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15_000}


def settings(connection: Any) -> dict[str, object]:  # noqa: ANN401
    return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in WANTED}


@pytest.fixture
def sqlite(make_database: Callable[[str], Database]) -> Database:
    """An empty database in a file."""
    return make_database("sqlite")


def test_every_connection_to_sqlite_is_durable_and_keeps_its_keys(sqlite: Database) -> None:
    taken = [sqlite.take() for _ in range(3)]
    pooled = [sqlite.engine.raw_connection() for _ in range(3)]
    drivers = [*taken, *(each.driver_connection for each in pooled)]
    assert [settings(driver) for driver in drivers] == [WANTED] * 6
    for connection in taken:
        sqlite.give(connection)
    for connection in pooled:
        connection.close()


def test_a_connection_that_is_given_back_has_no_transaction_open(sqlite: Database) -> None:
    connection = sqlite.take()
    connection.execute("BEGIN IMMEDIATE")
    sqlite.give(connection)
    again = sqlite.take()
    assert again is connection
    assert not again.in_transaction
    sqlite.give(again)


def test_a_migration_leaves_its_connection_as_it_found_it(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'new.db'}")
    migrate(database)
    with database.engine.connect() as connection:
        assert settings(connection.connection.driver_connection) == WANTED
    database.close()


def test_a_writing_transaction_takes_the_lock_as_it_begins(sqlite: Database) -> None:
    other = sqlite.take()
    other.execute("PRAGMA busy_timeout = 0")
    driver: Any = sqlite.engine.dialect.loaded_dbapi
    with DatabaseStore(sqlite).begin(), pytest.raises(driver.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()


def test_reading_waits_for_nobody(sqlite: Database) -> None:
    store = DatabaseStore(sqlite)
    open_case(store, Blank("CA-1"))
    with store.begin():
        assert store.readings.case_file("CA-1") is not None


def test_threads_share_a_store(kept: DatabaseStore) -> None:
    def work(name: int) -> None:
        for n in range(5):
            open_case(kept, Blank(f"CA-{name}-{n}"))
            assert kept.readings.case_file(f"CA-{name}-{n}") is not None

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with kept.database.engine.connect() as connection:
        assert connection.scalar(text('SELECT count(*) FROM "case"')) == 40


def test_postgresql_waits_as_long_as_sqlite(postgresql: Database) -> None:
    with postgresql.engine.connect() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == "15s"


@pytest.mark.parametrize("version", ["3.7.0", "3.40.1", "3.51.0", "3.51.2"])
def test_an_old_sqlite_is_not_for_several_processes(version: str) -> None:
    assert has_wal_race(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.52.0", "3.53.4", "4.0.0"])
def test_a_mended_sqlite_is(version: str) -> None:
    assert not has_wal_race(version)


def test_the_driver_that_is_used_is_the_one_that_is_judged(tmp_path: Path) -> None:
    for driver in (sqlite3, sqlite_driver()):
        database = open_database(f"sqlite:///{tmp_path / driver.__name__}.db", driver=driver)
        migrate(database)
        unsafe = unsafe_for_processes(database)
        assert (unsafe is not None) is has_wal_race(driver.sqlite_version)
        assert safety_notes(database) == (() if unsafe is None else (unsafe,))
        if unsafe is not None:
            assert driver.sqlite_version in unsafe.zh
            with pytest.raises(UnusableDatabase):
                refuse_unsafe_workers(database, 2)
        refuse_unsafe_workers(database, 1)
        database.close()


def test_postgresql_with_its_safety_off_is_noticed(postgresql: Database) -> None:
    assert unsafe_for_processes(postgresql) is None
    assert all("PostgreSQL" in note.en for note in safety_notes(postgresql))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://root:secret@db/qianpi", "mysql"),
        ("sqlite://", "内存"),
        ("sqlite:///:memory:", "内存"),
        ("qianpi.db", "qianpi.db"),
    ],
)
def test_an_address_that_cannot_work_is_refused_with_advice(url: str, said: str) -> None:
    with pytest.raises(UnusableDatabase) as refused:
        open_database(url)
    assert said in refused.value.because.zh
    assert "secret" not in refused.value.because.zh
