"""A thousand clocks on each database, and workers that die, sleep, and see the time jump: every
clock has its effect once, and none before its moment.

CLOCKS_UNDER_FIRE=200 opens that many cases (ten clocks each) instead of a hundred.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from storage.database import Database
from storage.unit_of_work import DatabaseStore
from storage.verifying import verify
from tests.faults.timing import CLOCKS
from workflow.nouns import DeadlineState
from workflow.ports.reading import AuditQuery, CaseQuery
from workflow.service.clockwork import CLOCK_JUMPED

ROOT = Path(__file__).parents[2]
CASES = int(os.environ.get("CLOCKS_UNDER_FIRE", "100"))


def test_every_clock_has_its_effect_once_and_none_before_its_moment(database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    ran = subprocess.run(
        [sys.executable, "-m", "tests.faults.timing", url, str(CASES)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    done = json.loads(ran.stdout)
    assert min(done["killed"], done["stopped"], done["overslept"]) >= 3, done
    assert done.get("failed", 0) == 0, ran.stderr

    store = DatabaseStore(database)
    cases = [row.case for row in store.readings.cases(CaseQuery(limit=CASES + 1)).rows]
    assert len(cases) == CASES
    keys = [f"c{n}" for n in range(1, CLOCKS + 1)]
    for case in cases:
        file = store.readings.case_file(case.number)
        assert file is not None
        assert [clock.state for clock in file.deadlines] == [DeadlineState.FIRED] * CLOCKS
        due = {clock.key: clock.due_at for clock in file.deadlines}
        fired = [line for line in store.readings.entries(case.id) if line.event in due]
        assert sorted(line.event for line in fired) == sorted(keys)
        for line in fired:
            assert line.at >= due[line.event], line
        # Opening, handing in, and one line for each clock: nothing else has moved the case.
        assert file.case.version == 2 + CLOCKS
    with database.engine.connect() as connection:
        sent = connection.execute(text("SELECT count(*) FROM notice WHERE kind LIKE 'c%'"))
        assert sent.scalar_one() == CASES * CLOCKS
        held = connection.execute(
            text("SELECT count(*) FROM deadline WHERE worker IS NOT NULL OR fires_at IS NOT NULL")
        )
        assert held.scalar_one() == 0
    assert verify(database).faults == []
    assert store.readings.audit(AuditQuery(event=CLOCK_JUMPED)).rows
