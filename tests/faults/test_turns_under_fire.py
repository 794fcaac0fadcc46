"""Workers that die at any moment open the case of each turn of a schedule once, and lose none."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from storage.database import Database
from storage.unit_of_work import DatabaseStore
from storage.verifying import verify
from tests.faults.turning import TURNS
from workflow.nouns import OccurrenceState
from workflow.ports.reading import CaseQuery, OccurrenceQuery

ROOT = Path(__file__).parents[2]
WARDS = 40
KILLS = 5
#: Surgery and intensive care are there already.
CLINICAL = WARDS + 2


def test_each_turn_opens_one_case_for_each_ward_whoever_dies(database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    ran = subprocess.run(
        [sys.executable, "-m", "tests.faults.turning", url, str(WARDS), str(KILLS)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    done = json.loads(ran.stdout)
    assert done["killed"] >= 1, done
    assert done["failed"] == 0, ran.stderr

    store = DatabaseStore(database)
    cases = [row.case for row in store.readings.cases(CaseQuery(limit=1000)).rows]
    opened = Counter((case.form["on"], case.form["slot"], case.department) for case in cases)
    assert len(opened) == len(TURNS) * CLINICAL
    assert set(opened.values()) == {1}
    turns = store.readings.occurrences(OccurrenceQuery(limit=1000))
    assert {one.number for one in turns} == {case.number for case in cases}
    assert {one.state for one in turns} == {OccurrenceState.OPENED}
    assert verify(database).faults == []
