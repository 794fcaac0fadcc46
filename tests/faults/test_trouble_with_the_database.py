"""A database that is locked, full or away: one is told so, nothing is half done, work goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from storage.database import Database, open_database
from storage.unit_of_work import DatabaseStore
from storage.verifying import verify
from tests.storage.clerk import Blank, Move, act, open_case, submitted
from workflow.ports.deciding import StaleWrite, Unavailable
from workflow.ports.reading import CaseQuery
from workflow.ports.store import Store


@pytest.fixture
def hasty(database: Database) -> Iterator[DatabaseStore]:
    """A store whose patience ends at once."""
    url = database.engine.url.render_as_string(hide_password=False)
    other = open_database(url, patience_seconds=0.1)
    yield DatabaseStore(other)
    other.close()


def test_a_case_that_somebody_holds_too_long_is_unavailable(
    database: Database, hasty: DatabaseStore
) -> None:
    submitted(hasty, Blank("CA-1"))
    with DatabaseStore(database).begin() as tx:
        assert tx.case_file(number="CA-1") is not None
        with pytest.raises(Unavailable) as told:
            act(hasty, "CA-1", Move())
        assert "稍后再试" in told.value.because.zh
        assert hasty.readings.case_file("CA-1") is not None
    act(hasty, "CA-1", Move())
    assert verify(database).whole


def test_a_thread_that_waits_too_long_is_told_too(hasty: DatabaseStore) -> None:
    submitted(hasty, Blank("CA-1"))
    told: list[BaseException] = []

    def wait() -> None:
        try:
            act(hasty, "CA-1", Move())
        except Unavailable as error:
            told.append(error)

    with hasty.begin() as tx:
        tx.case_file(number="CA-1")
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join()
    assert len(told) == 1
    act(hasty, "CA-1", Move())


def test_a_full_disk_refuses_and_then_goes_on(make_database: Callable[[str], Database]) -> None:
    database = make_database("sqlite")
    store = DatabaseStore(database)
    submitted(store, Blank("CA-1"))
    connection = database.take()
    connection.execute("PRAGMA max_page_count = 1")  # as large as it is and not larger
    database.give(connection)
    with pytest.raises(Unavailable):
        _open_many(store)
    assert verify(database).whole
    connection = database.take()
    connection.execute("PRAGMA max_page_count = 4294967294")
    database.give(connection)
    act(store, "CA-1", Move())
    report = verify(database)
    assert report.whole
    kept = store.readings.cases(CaseQuery(text="FULL", limit=1000)).rows
    assert report.cases == 1 + len(kept)


def test_connections_that_died_unused_are_replaced(cut_postgresql: Database) -> None:
    store = DatabaseStore(cut_postgresql)
    threads = [threading.Thread(target=store.readings.hospital) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _cut_all(cut_postgresql)
    assert store.readings.hospital() is not None
    _cut_all(cut_postgresql)
    submitted(store, Blank("CUT-1"))
    assert store.readings.case_file("CUT-1") is not None


def test_a_connection_that_dies_at_work_takes_its_transaction_along(
    cut_postgresql: Database,
) -> None:
    store: Store = DatabaseStore(cut_postgresql)
    submitted(store, Blank("CUT-2"))

    def cut_off() -> None:
        with store.begin() as tx:
            assert tx.case_file(number="CUT-2") is not None
            _cut_all(cut_postgresql)
            tx.next_number("CUT", 2026)
            tx.commit()

    with pytest.raises(Unavailable):
        cut_off()
    with store.begin() as tx:
        assert tx.next_number("CUT", 2026) == 1


def test_two_that_wait_for_each_other_do_not_wait_for_ever(postgresql: Database) -> None:
    store = DatabaseStore(postgresql)
    for number in ("DEAD-1", "DEAD-2"):
        submitted(store, Blank(number))
    met = threading.Barrier(2)
    endings: list[str] = []

    def cross(first: str, second: str) -> None:
        try:
            with store.begin() as tx:
                tx.case_file(number=first)
                met.wait()
                tx.case_file(number=second)
                tx.commit()
            endings.append("kept")
        except StaleWrite:
            endings.append("stale")

    threads = [
        threading.Thread(target=cross, args=names)
        for names in (("DEAD-1", "DEAD-2"), ("DEAD-2", "DEAD-1"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(endings) == ["kept", "stale"]


def _open_many(store: Store) -> None:
    for number in range(1000):
        open_case(store, Blank(f"FULL-{number}", title="长" * 5000))


def _cut_all(database: Database) -> None:
    """End every connection to this database but one's own, as a restart of the server does."""
    cut = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    own = open_database(database.engine.url.render_as_string(hide_password=False))
    with own.engine.connect() as connection:
        ended: Any = connection.scalar(cut)
        assert ended > 0
    own.close()
