"""Who writes at the same moment waits for the disk once, and is told only when it has happened."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from storage.database import Database
from storage.unit_of_work import DatabaseStore
from storage.verifying import verify
from tests.storage.clerk import MORNING, Blank, Move, act, open_case, opening, submitted
from workflow.nouns import Actor
from workflow.ports.deciding import Unavailable
from workflow.ports.hospital import Policy
from workflow.ports.house import Deed, SavePolicy


@pytest.fixture
def store(make_database: Callable[[str], Database]) -> DatabaseStore:
    """A store on an empty file."""
    return DatabaseStore(make_database("sqlite"))


class Crowd:
    """Threads that queue for their turn, in the order in which they were told to."""

    def __init__(self, store: DatabaseStore) -> None:
        self._writers = store.database.writers
        self._threads: list[threading.Thread] = []
        self.endings: dict[str, str] = {}

    def queues(self, name: str, work: Callable[[], object]) -> None:
        """Somebody starts to work and is found in the queue."""

        def run() -> None:
            try:
                work()
                self.endings[name] = "kept"
            except Exception as error:  # noqa: BLE001
                # Whatever it is, it is looked at.
                self.endings[name] = type(error).__name__

        thread = threading.Thread(target=run)
        self._threads.append(thread)
        before = self._writers.waiting
        thread.start()
        while self._writers.waiting == before:
            thread.join(0.001)

    def goes_home(self) -> None:
        """Everybody has their answer."""
        for thread in self._threads:
            thread.join()


def traced(store: DatabaseStore) -> list[str]:
    """What the writers' connection is told, as it comes."""
    seen: list[str] = []
    connection = store.database.take()
    connection.set_trace_callback(lambda said: seen.append(said.split()[0]))
    store.database.give(connection)
    seen.clear()
    return seen


def test_those_who_wait_are_kept_together(store: DatabaseStore) -> None:
    crowd, seen = Crowd(store), traced(store)
    with store.begin() as tx:
        for name in ("CA-2", "CA-3", "CA-4"):
            crowd.queues(name, lambda name=name: open_case(store, Blank(name)))  # type: ignore[misc]
        tx.write(opening(Blank("CA-1")))
        tx.commit()
    crowd.goes_home()
    assert crowd.endings == {"CA-2": "kept", "CA-3": "kept", "CA-4": "kept"}
    assert [said for said in seen if said in ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")] == [
        "BEGIN",
        *("SAVEPOINT", "RELEASE") * 3,
        "COMMIT",
    ]
    assert verify(store.database).cases == 4


def test_nobody_is_told_before_the_disk_has_it(store: DatabaseStore) -> None:
    crowd = Crowd(store)
    looked: list[bool] = []

    def last() -> None:
        with store.begin() as tx:
            # The first has written and handed over its turn; nobody else can see it yet.
            looked.append(tx.case_file(number="CA-1") is not None)
            looked.append(store.readings.case_file("CA-1") is not None)
            looked.append("first" in crowd.endings)
            tx.commit()

    with store.begin():
        crowd.queues("first", lambda: open_case(store, Blank("CA-1")))
        crowd.queues("last", last)
    crowd.goes_home()
    assert looked == [True, False, False]
    assert crowd.endings == {"first": "kept", "last": "kept"}
    assert store.readings.case_file("CA-1") is not None


def test_one_that_fails_takes_nobody_along(store: DatabaseStore) -> None:
    submitted(store, Blank("CA-1"))
    crowd, seen = Crowd(store), traced(store)

    def fails() -> None:
        with store.begin() as tx:
            tx.write(opening(Blank("CA-3")))
            raise KeyError

    with store.begin():
        crowd.queues("CA-2", lambda: open_case(store, Blank("CA-2")))
        crowd.queues("CA-3", fails)
        crowd.queues("again", lambda: open_case(store, Blank("CA-2")))
        crowd.queues("CA-4", lambda: open_case(store, Blank("CA-4")))
        crowd.queues("leaves", lambda: _leaves(store))
    crowd.goes_home()
    assert crowd.endings == {
        "CA-2": "kept",
        "CA-3": "KeyError",
        "again": "StaleWrite",
        "CA-4": "kept",
        "leaves": "kept",
    }
    assert seen.count("COMMIT") == 1
    numbers = ("CA-1", "CA-2", "CA-3", "CA-4", "CA-5")
    kept = [store.readings.case_file(number) is not None for number in numbers]
    assert kept == [True, True, False, True, False]
    assert verify(store.database).whole


def test_when_the_disk_refuses_all_are_told(store: DatabaseStore) -> None:
    submitted(store, Blank("CA-1"))
    crowd = Crowd(store)
    connection = store.database.take()
    connection.execute("PRAGMA max_page_count = 1")  # as large as it is and not larger
    store.database.give(connection)

    def too_much() -> None:
        with store.begin() as tx:
            for number in range(1000):
                tx.write(opening(Blank(f"CA-{number + 10}", title="长" * 5000)))
            tx.commit()

    with store.begin():
        crowd.queues("small", lambda: act(store, "CA-1", Move()))
        crowd.queues("large", too_much)
    crowd.goes_home()
    assert crowd.endings["large"] == "Unavailable"
    file = store.readings.case_file("CA-1")
    assert file is not None
    # SQLite may undo the whole transaction or the last of it; either way everybody was told so.
    kept = {"Unavailable": "dept_review", "kept": "finance_review"}
    assert file.case.state == kept[crowd.endings["small"]]
    assert verify(store.database).whole


def test_the_house_is_never_seen_before_it_is_kept(store: DatabaseStore) -> None:
    crowd, seen = Crowd(store), traced(store)
    deed = Deed(Actor("root", "管理员"), MORNING)
    with store.begin():
        crowd.queues("CA-1", lambda: open_case(store, Blank("CA-1")))
        crowd.queues("policy", lambda: store.house.change(deed, SavePolicy(Policy("H02"))))
        crowd.queues("CA-2", lambda: open_case(store, Blank("CA-2")))
    crowd.goes_home()
    assert set(crowd.endings.values()) == {"kept"}
    assert seen.count("COMMIT") == 2
    assert store.readings.hospital().policy == Policy("H02")


def test_turns_come_in_the_order_of_arrival(store: DatabaseStore) -> None:
    crowd = Crowd(store)
    order: list[int] = []

    def work(place: int) -> None:
        with store.begin():
            order.append(place)

    with store.begin():
        for place in range(10):
            crowd.queues(str(place), lambda place=place: work(place))  # type: ignore[misc]
    crowd.goes_home()
    assert order == list(range(10))


def test_who_waits_too_long_leaves_the_queue(store: DatabaseStore) -> None:
    writers = store.database.writers
    with store.begin():
        assert not writers.take_turn(0.01)
        assert writers.waiting == 0
        assert not writers.hand_over()
    assert writers.take_turn(0)
    writers.end_turn()
    open_case(store, Blank("CA-1"))
    with pytest.raises(Unavailable, match="hold"), store.begin(), _hasty(store).begin():
        pass


def _hasty(store: DatabaseStore) -> DatabaseStore:
    database = store.database
    return DatabaseStore(Database(database.engine, 0.01, database.writers))


def _leaves(store: DatabaseStore) -> None:
    with store.begin() as tx:
        tx.write(opening(Blank("CA-5")))
