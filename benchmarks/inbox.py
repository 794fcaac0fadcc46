"""An inbox page of one department (20 rows and the count) among 100,000 cases.

By hand it is two statements on an index made for them; ours joins the case to each task, leaves
out what the person may not decide, and gives values instead of tuples.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import insert

from benchmarks.cast import NOW, sqlite_store
from storage import statements
from storage.database import sqlite_driver
from storage.mapping import CASE, TASK, opened_case, opened_task
from storage.unit_of_work import DatabaseStore
from workflow.nouns import Address, Case, Task
from workflow.ports.reading import InboxQuery

CASES = 100_000
DEPARTMENTS = 250
OPEN_EVERY = 8
ROUNDS = 300


def measure(folder: Path) -> tuple[float, float]:
    """Seconds a page by hand and by the store: medians, in turns."""
    store = sqlite_store(folder / "inbox.db")
    _fill(store)
    hand = _by_hand(folder / "inbox_by_hand.db")
    runs: dict[str, list[float]] = {"hand": [], "ours": []}
    for turn in range(ROUNDS):
        department = f"d{turn * 37 % DEPARTMENTS}"
        runs["hand"].append(_timed(lambda who=department: hand(who)))  # type: ignore[misc]
        query = InboxQuery("lee", ("p:lee", "r:dept_head", f"r:dept_head@{department}"))
        runs["ours"].append(_timed(lambda asked=query: store.readings.inbox(asked)))  # type: ignore[misc]
    return median(runs["hand"]), median(runs["ours"])


def _timed(ask: Callable[[], Any]) -> float:
    begin = perf_counter()
    found = ask()
    spent = perf_counter() - begin
    if not found:
        raise RuntimeError("the page is empty")
    return spent


def _fill(store: DatabaseStore) -> None:
    """A hundred thousand cases, one in eight of them waiting for the head of its department."""
    cases, tasks = [], []
    for number in range(CASES):
        department = f"d{number % DEPARTMENTS}"
        waits = (number // DEPARTMENTS) % OPEN_EVERY == 0
        opened_at = NOW + timedelta(seconds=number)
        case = Case(
            id=f"case{number:012d}",
            number=f"HC2026-{number:06d}",
            process="consumable-approval",
            definition_version=1,
            state="dept_review" if waits else "approved",
            applicant="amy",
            department=department,
            form={"material_name": f"止血材料{number}", "spec": "5cm", "ref_unit_price": 30000},
            parameters={},
            opened_at=opened_at,
            entered_at=opened_at,
            version=2,
            seq=2,
            title=f"止血材料{number}（5cm）",
            closed_at=None if waits else opened_at,
        )
        task = Task(
            id=f"task{number:012d}",
            case=case.id,
            step="dept_review",
            address=Address(role="dept_head", department=department),
            round=1,
            opened_at=opened_at,
            closed_at=None if waits else opened_at,
            closed_as=None if waits else "dept_sign",
            closed_by=None if waits else "lee",
            excluded=("amy",),
        )
        cases.append(dict(zip((*CASE, "acted_at"), opened_case(case, opened_at), strict=True)))
        tasks.append(
            dict(
                zip(
                    (*TASK, "work", "rank", "no"),
                    opened_task(task, case.process, number),
                    strict=True,
                )
            )
        )
    with store.database.engine.begin() as connection:
        connection.execute(insert(statements.CASE), cases)
        connection.execute(insert(statements.TASK), tasks)


_PAGE = """
SELECT t.id, t.opened_at, t.due_at, i.number, i.title, i.state, i.applicant, i.department, i.form,
  i.opened_at
FROM task t JOIN instance i ON i.id = t.instance
WHERE t.address IN (?, ?, ?) AND t.closed_at IS NULL AND t.applicant <> 'lee'
ORDER BY t.opened_at LIMIT 20
"""
_COUNT = """
SELECT count(*) FROM task t
WHERE t.address IN (?, ?, ?) AND t.closed_at IS NULL AND t.applicant <> 'lee'
"""


def _by_hand(path: Path) -> Callable[[str], list[Any]]:
    """The same question on tables made for it: what waits for a person, their role or their post,
    without what they handed in themselves, with all that a line of the page shows.
    """
    db: Any = sqlite_driver().connect(path, isolation_level=None)
    db.executescript(
        "PRAGMA journal_mode=WAL;"
        "CREATE TABLE instance (id INTEGER PRIMARY KEY, number TEXT, title TEXT, state TEXT,"
        " applicant TEXT, department TEXT, form TEXT, opened_at TEXT);"
        "CREATE TABLE task (id INTEGER PRIMARY KEY, instance INTEGER, address TEXT,"
        " applicant TEXT, opened_at TEXT, due_at TEXT, closed_at TEXT);"
        "CREATE INDEX task_open ON task (address, opened_at, applicant) WHERE closed_at IS NULL;"
        "BEGIN;"
    )
    for number in range(CASES):
        at = (NOW + timedelta(seconds=number)).isoformat()
        department = f"d{number % DEPARTMENTS}"
        waits = (number // DEPARTMENTS) % OPEN_EVERY == 0
        title, form = (
            f"止血材料{number}（5cm）",
            json.dumps({"ref_unit_price": 30000, "spec": "5cm"}),
        )
        db.execute(
            "INSERT INTO instance VALUES (?, ?, ?, ?, 'amy', ?, ?, ?)",
            (number, f"HC2026-{number:06d}", title, "dept_review", department, form, at),
        )
        db.execute(
            "INSERT INTO task VALUES (?, ?, ?, 'amy', ?, NULL, ?)",
            (number, number, f"r:dept_head@{department}", at, None if waits else at),
        )
    db.execute("COMMIT")

    def page(department: str) -> list[Any]:
        addresses = ("p:lee", "r:dept_head", f"r:dept_head@{department}")
        rows: list[Any] = db.execute(_PAGE, addresses).fetchall()
        shown = [(*row[:8], json.loads(row[8]), row[9]) for row in rows]
        count = db.execute(_COUNT, addresses)
        return [*shown, *count.fetchall()]

    return page
