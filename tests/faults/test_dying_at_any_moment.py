"""Whoever was told that a decision is kept finds it again, whenever the program was killed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from storage.database import Database, open_database
from storage.unit_of_work import DatabaseStore
from storage.verifying import verify
from tests.faults.dying import DECISIONS
from tests.storage.clerk import Blank, act, open_case

ROOT = Path(__file__).parents[2]
POINTS = 50


@pytest.fixture
def url(database: Database) -> str:
    """An empty database that others may open."""
    return database.engine.url.render_as_string(hide_password=False)


def test_no_acknowledged_decision_is_lost_and_none_is_half_done(url: str) -> None:
    lives = _lives(url, range(1, POINTS + 1))
    assert [life["point"] for life in lives] == list(range(1, POINTS + 1))
    assert all(life["died"] for life in lives)
    assert {life["acknowledged"] for life in lives} >= {0, 1, 2, 3}

    database = open_database(url)
    store = DatabaseStore(database)
    unclear = 0
    for life in lives:
        file = store.readings.case_file(f"CA-{life['point']:03d}")
        kept = 0 if file is None else file.case.seq
        # What was kept and could not be acknowledged any more is at most the last.
        assert kept - life["acknowledged"] in (0, 1)
        unclear += kept - life["acknowledged"]
        if file is not None:
            refusals = sum(
                entry.refused is not None for entry in store.readings.entries(file.case.id)
            )
            assert file.case.version == kept - refusals
            assert sum(task.is_open for task in file.tasks) == 1
    # Some died between keeping and answering, or nothing of that was tried here.
    assert unclear
    report = verify(database)
    # The clerk's numbers are not the hospital's; every other fault would be one.
    assert [fault for fault in report.faults if "were opened" not in fault.what.en] == []
    database.close()


def test_work_goes_on_after_a_death(url: str) -> None:
    lives = _lives(url, (3, 14, 25))
    assert all(life["died"] for life in lives)
    database = open_database(url)
    store = DatabaseStore(database)
    open_case(store, Blank("CA-AFTER"))
    for decision in DECISIONS:
        act(store, "CA-AFTER", decision)
    assert verify(database).cases >= 1
    with store.begin() as tx:
        # The number of a case that was never kept was given back.
        assert tx.next_number("CA-003", 2026) == 1
    database.close()


def _lives(url: str, points: range | tuple[int, ...]) -> list[dict[str, int]]:
    told = subprocess.run(
        [sys.executable, "-m", "tests.faults.dying", url, *map(str, points)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [json.loads(line) for line in told.stdout.splitlines()]
