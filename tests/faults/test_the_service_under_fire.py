"""The same promises through the real service: each task is decided once, no death loses one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database, open_database
from storage.unit_of_work import DatabaseStore
from storage.verifying import verify
from tests.faults.serving import DEEDS, again, serve, settle_in, submitted
from workflow.ports.reading import CaseQuery

ROOT = Path(__file__).parents[2]
PROCESSES = 16
TASKS = 200
#: At which breaths of its life a worker is killed: over the whole of its work.
POINTS = range(3, 103, 2)


@pytest.fixture
def database(make_database: Callable[[str], Database]) -> Database:
    """An SQLite file with the cast in it."""
    database = make_database("sqlite")
    settle_in(DatabaseStore(database))
    return database


def url_of(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def told(*arguments: object) -> list[dict[str, Any]]:
    """What the processes said, line by line."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.faults.serving", *map(str, arguments)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_of_sixteen_heads_one_signs_and_the_others_are_told_who(database: Database) -> None:
    service = serve(DatabaseStore(database))
    numbers = [submitted(service, f"task-{n}") for n in range(TASKS)]

    visits = told("crowd", url_of(database), PROCESSES, *numbers)

    endings = {ending for visit in visits for ending in visit["endings"]}
    assert endings == {"won", "told"}
    assert sum(visit["endings"].get("won", 0) for visit in visits) == TASKS
    assert sum(count for visit in visits for count in visit["endings"].values()) == (
        PROCESSES * TASKS
    )
    for number in numbers:
        # Everybody heard of the same winner, and that is who signed.
        (winner,) = {visit["signed"][number] for visit in visits}
        file = service.store.readings.case_file(number)
        assert file is not None
        assert file.case.form["dept_opinion"] == f"{winner} 同意"
        assert (file.case.state, file.case.version) == ("finance", 3)
        # Opening, handing in, one signature, and a line for each who came too late.
        assert file.case.seq == 3 + PROCESSES - 1
    report = verify(database)
    assert report.faults == []
    assert report.cases == TASKS


def test_no_acknowledged_decision_is_lost_and_none_is_half_done(database: Database) -> None:
    lives = told("dying", url_of(database), *POINTS)

    assert len(lives) == len(POINTS)
    assert sum(life["died"] for life in lives) > len(POINTS) - 5
    assert {life["acknowledged"] for life in lives} >= {0, 2, 3, 4, 5}
    store = DatabaseStore(open_database(url_of(database)))
    cases = [row.case for row in store.readings.cases(CaseQuery(limit=1000)).rows]
    kept = {
        key[:3]: case.id
        for case in cases
        if (key := store.readings.entries(case.id)[0].key or "") != "first:open"
    }
    unclear = 0
    for life in lives:
        id_ = kept.get(f"{life['point']:03d}")
        entries = [] if id_ is None else store.readings.entries(id_)
        # The clocks of the dead fire while somebody else is at work.
        lines = sum(entry.event != "patience" for entry in entries)
        # What was kept and could not be acknowledged any more is at most the last deed, or the
        # opening and the handing in, which are answered together.
        assert lines - life["acknowledged"] in ((0, 1, 2) if life["acknowledged"] == 0 else (0, 1))
        unclear += lines - life["acknowledged"]
    assert unclear
    report = verify(store.database)
    assert report.faults == []
    store.database.close()


def test_a_click_that_was_cut_off_is_answered_when_it_comes_again(database: Database) -> None:
    """Whoever was not told sends the same click again, and everything has happened once."""
    points = POINTS[::5]
    told("dying", url_of(database), *points)
    store = DatabaseStore(open_database(url_of(database)))
    service = serve(store)

    for point in points:
        number = again(service, f"{point:03d}")
        file = store.readings.case_file(number)
        assert file is not None
        events = [entry.event for entry in store.readings.entries(file.case.id)]
        wanted = ["refused" if who == "sam" else action for who, action, _ in DEEDS]
        assert [event for event in events if event != "patience"] == ["start", "submit", *wanted]
    assert verify(store.database).faults == []
    store.database.close()
