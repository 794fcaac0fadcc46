"""Nothing of the hospital's business changes without a ledger line in the same transaction."""

from __future__ import annotations

import inspect
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import timedelta
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from storage.database import Database, open_database
from storage.memory import MemoryStore, MemoryTransaction
from storage.memory_door import MemoryDesk, MemoryDoor
from storage.memory_house import MemoryHouse
from storage.memory_outbox import MemoryOutbox
from storage.memory_readings import MemoryReadings
from storage.memory_tables import Tables
from storage.schema import migrate
from storage.unit_of_work import DatabaseStore, DatabaseTransaction
from tests.definitions.shipped import FOLDER, register, rulebooks, stories
from tests.house.watching import (
    BELONGS,
    DERIVED,
    OPERATIONAL,
    WatchedDatabase,
    WatchedMemory,
    WithoutALine,
    planted,
    untold_in,
    watch,
)
from tests.workflow.hospital import Hospital
from workflow.calendar import Calendar, parse_calendar
from workflow.nouns import Entry
from workflow.ports.deciding import Change, Transaction
from workflow.ports.doors import Desk, Door
from workflow.ports.house import Deed, HouseBook, HouseChange
from workflow.ports.outbox import Outbox
from workflow.ports.reading import Readings
from workflow.ports.store import Seed, Store
from workflow.scenarios.playing import play
from workflow.service.catalog import Catalog

# ---- what a store offers at all ------------------------------------------------------------------

#: What writes without a line, and why that is right.
WITHOUT = {
    "next_number": "kept only together with the case that bears the number",
    "commit": "keeps what was written, and writes nothing itself",
    # A sign-in is told by whoever lets people in, with `record`; a browser's token is no business.
    "open_session": "operational",
    "seen": "operational",
    "end_session": "operational",
    "end_sessions_of": "operational",
    "note_attempt": "operational",
    # Nobody has decided anything yet: forms and files become business with the decision.
    "keep_unsent": "operational",
    "drop_unsent": "operational",
    "keep_file": "operational",
    "drop_files": "operational",
    "read_notices": "operational",
    "mark_read": "operational",
    "choose": "operational",
    # The act that sent the notice has told of it; giving up is told with `record`.
    "hand_on": "operational",
    # Who is at work on a clock; what the clock does is a change like any other.
    "hold": "operational",
    "claim": "operational",
    "sent": "operational",
    # How far schedules were looked at; what is opened or missed is a change like any other.
    "keep_watch": "operational",
    "drop_watch": "operational",
    "put_off": "operational",
    "give_up": "operational",
    "try_again": "operational",
}
#: What only answers.
READS: dict[type, set[str]] = {
    Transaction: {
        "hospital",
        "case_file",
        "case_state",
        "related",
        "rows",
        "has_rows",
        "entries",
        "answered",
        "next_due",
    },
    HouseBook: {"accounts", "account_of", "tokens"},
    Door: {"account", "token", "session", "sessions_of", "failures"},
    Desk: {"unsent", "unsent_of", "notices_read_until", "choices"},
    Outbox: {"fresh", "dead", "dead_since"},
    Readings: {name for name in vars(Readings) if not name.startswith("_")},
    Store: {"begin", "now", "readings", "house", "door", "desk", "outbox"},
}


def offered(port: type) -> set[str]:
    """The names that a port (or a class that fills it) offers."""
    return {name for name, _ in inspect.getmembers(port) if not name.startswith("_")}


@pytest.mark.parametrize("port", READS, ids=lambda port: port.__name__)
def test_whatever_writes_is_handed_a_change_or_a_deed(port: type) -> None:
    """A `Change` carries its entry, a `Deed` becomes one: nobody has to remember the line."""
    for name in offered(port) - READS[port] - set(WITHOUT):
        hints = get_type_hints(getattr(port, name))
        assert {Change, Deed} & set(hints.values()), f"{port.__name__}.{name}"


def test_a_change_has_its_entry_and_a_deed_gives_its_lines() -> None:
    needed = {field.name for field in fields(Change) if field.default is field.default_factory}

    assert "entry" in needed
    assert get_type_hints(Change)["entry"] is Entry
    assert get_type_hints(HouseBook.record)["return"] is Entry
    assert Entry in get_args(get_type_hints(HouseBook.change)["return"])


PAIRS: list[tuple[type, type]] = [
    (Transaction, MemoryTransaction),
    (Transaction, DatabaseTransaction),
    (HouseBook, MemoryHouse),
    (Door, MemoryDoor),
    (Desk, MemoryDesk),
    (Outbox, MemoryOutbox),
    (Readings, MemoryReadings),
    (Store, MemoryStore),
    (Store, DatabaseStore),
]
#: What a store offers to those who compose the product, and what only answers.
BESIDES: dict[type, set[str]] = {MemoryStore: {"hospital"}}


@pytest.mark.parametrize(("port", "made"), PAIRS, ids=lambda one: one.__name__)
def test_no_store_has_a_back_door(port: type, made: type) -> None:
    assert offered(made) <= offered(port) | BESIDES.get(made, set())


def test_every_kind_of_change_to_the_house_has_the_name_of_its_line() -> None:
    events = [kind.event for kind in get_args(HouseChange)]

    assert len(events) == len(set(events))
    for kind in get_args(HouseChange):
        assert kind.says.zh
        assert kind.says.en


def test_every_table_in_memory_is_watched_or_it_is_said_why_not() -> None:
    house = {
        "people",
        "departments",
        "delegations",
        "rosters",
        "accounts",
        "tokens",
        "definitions",
        "house",
    }

    assert set(Tables.__annotations__) == {*OPERATIONAL, *DERIVED, *BELONGS, "rows", *house}


# ---- while the shipped stories are told ----------------------------------------------------------


@cache
def stage() -> tuple[Catalog, Calendar]:
    """The shipped definitions and the statutory calendar."""
    written = (FOLDER / "calendars/statutory.csv").read_text("utf-8")
    return Catalog.of(register(), rulebooks().values()), parse_calendar(written)


def test_every_shipped_story_leaves_a_line_for_all_that_it_changes() -> None:
    seen: dict[str, int] = {}
    for story in chain.from_iterable(stories(process) for process in rulebooks()):
        stores: list[WatchedMemory] = []

        def new_store(seed: Seed, stores: list[WatchedMemory] = stores) -> WatchedMemory:
            stores.append(WatchedMemory(seed))
            return stores[-1]

        verdict = play(story, *stage(), new_store)
        assert verdict.mismatch is None, (story.file, story.line)
        for store in stores:
            for table, times in store.seen.items():
                seen[table] = seen.get(table, 0) + times
    assert {"cases", "tasks", "deadlines", "rows", "notices", "entries"} <= set(seen)


@pytest.fixture(scope="module")
def noting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Database]]:
    """Empty databases that note what is changed."""
    folder = tmp_path_factory.mktemp("watched")
    empty = open_database(f"sqlite:///{folder / 'empty.db'}")
    migrate(empty)
    watch(empty)
    empty.close()
    opened: list[Database] = []

    def another() -> Database:
        path = folder / f"{len(opened)}.db"
        shutil.copy(folder / "empty.db", path)
        opened.append(open_database(f"sqlite:///{path}"))
        return opened[-1]

    yield another
    for database in opened:
        database.close()


@pytest.mark.parametrize("process", sorted(rulebooks()))
def test_on_sqlite_too(process: str, noting: Callable[[], Database]) -> None:
    """The longest stories of each process, with everything that they pull along."""
    longest = sorted(stories(process), key=lambda story: len(story.steps))[-3:]
    written: Counter[str] = Counter()
    for story in longest:
        store = WatchedDatabase(noting())
        verdict = play(story, *stage(), partial(planted, store))
        assert verdict.mismatch is None, (story.file, story.line)
        written.update(store.seen)
    assert min(written["UPDATE case"], written["INSERT task"]) > 0


# ---- the watch itself ----------------------------------------------------------------------------


def test_a_change_behind_the_ledgers_back_is_noticed_in_memory() -> None:
    hospital = Hospital(new_store=WatchedMemory)
    number = hospital.submitted()
    case = hospital.case(number)

    with hospital.store.begin() as tx:
        tx.now.cases[case.id] = replace(case, state="approved")
        assert list(untold_in(tx.now, hospital.store.kept)) == [f"cases {case.id}"]
        with pytest.raises(WithoutALine):
            tx.commit()
    (task,) = hospital.waiting(number)
    with hospital.store.begin() as tx:
        tx.now.tasks[task.id] = replace(task, due_at=hospital.now + timedelta(days=1))
        with pytest.raises(WithoutALine):
            tx.commit()
    assert hospital.case(number) == case


def test_a_change_behind_the_ledgers_back_is_noticed_on_sqlite(
    noting: Callable[[], Database], tmp_path: Path
) -> None:
    store = WatchedDatabase(noting())
    with store.database.writing().begin() as connection:
        connection.exec_driver_sql("UPDATE hospital SET profile = 'H02'")

    with pytest.raises(WithoutALine, match="UPDATE hospital of sys:house"):
        store.look()
