"""Sixteen processes want to decide the same two hundred tasks: each is decided once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from storage.database import Database
from storage.unit_of_work import DatabaseStore
from storage.verifying import verify
from tests.storage.clerk import SUBMIT, Blank, move, opening

ROOT = Path(__file__).parents[2]
PROCESSES = 16
TASKS = 200


def waiting(store: DatabaseStore, count: int) -> list[str]:
    """Cases that wait for Dr Lee."""
    numbers = [f"CA-{n:03d}" for n in range(count)]
    with store.begin() as tx:
        for number in numbers:
            tx.write(opening(Blank(number)))
            file = tx.case_file(number=number)
            assert file is not None
            tx.write(move(file, SUBMIT))
        tx.commit()
    return numbers


def test_every_task_is_decided_once_and_everybody_else_is_told(database: Database) -> None:
    numbers = waiting(DatabaseStore(database), TASKS)
    url = database.engine.url.render_as_string(hide_password=False)
    told = subprocess.run(
        [sys.executable, "-m", "tests.faults.crowd", url, str(PROCESSES), *numbers],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    visits = [json.loads(line) for line in told.stdout.splitlines()]
    assert len(visits) == PROCESSES

    endings: dict[str, int] = {}
    for visit in visits:
        for ending, count in visit["endings"].items():
            endings[ending] = endings.get(ending, 0) + count
    assert endings.keys() <= {"won", "told", "stale"}
    assert endings["won"] == TASKS
    assert sum(endings.values()) == PROCESSES * TASKS
    assert sorted(number for visit in visits for number in visit["won"]) == numbers

    winners = {f"lee-{place}" for place, visit in enumerate(visits) if visit["won"]}
    assert {name for visit in visits for name in visit["names"]} <= winners | {""}
    assert len(winners) > 1

    report = verify(database)
    assert report.whole
    assert report.entries == 3 * TASKS
