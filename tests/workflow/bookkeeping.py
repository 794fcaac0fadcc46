"""What must be true of a store at any time, whoever did whatever: looked up in its tables alone.

Stories look through their books after each act; the property test does the same after thousands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import orjson

from storage.memory_tables import Tables
from workflow import ledger
from workflow.nouns import Case
from workflow.service.catalog import Catalog


def look_through(kept: Tables, catalog: Catalog) -> None:
    """Every case, its tasks and clocks, its register rows: against its ledger."""
    for case in kept.cases.values():
        look_through_case(kept, catalog, case)
    rows_point_at_lines(kept)


def look_through_case(kept: Tables, catalog: Catalog, case: Case) -> None:
    """One case: its chain, its fold, its version, and that nothing waits once it has ended."""
    file = kept.file(case.id)
    assert file is not None
    entries = kept.ledger(case.id)
    chain = ((entry.seq, entry.body, entry.digest) for entry in entries)
    assert ledger.first_break(case.id, chain, case.head) is None
    made = ledger.rebuild(entry.body for entry in entries)
    assert ledger.differences(case, made.case) == (), case.number
    assert made.tasks == file.tasks, case.number
    assert made.deadlines == file.deadlines, case.number
    said = [_said(entry.body) for entry in entries]
    decided = [line for line in said if line["code"] is None and line["event"] not in _NO_DECISION]
    assert case.version == len(decided), case.number
    ended = _is_final(catalog, case) or case.course.cancelled is not None
    assert (case.closed_at is not None) == ended, case.number
    if case.closed_at is not None:
        assert not any(task.is_open for task in file.tasks), case.number
        assert not any(clock.state in ("running", "paused") for clock in file.deadlines)
    signatures_are_kept(catalog, case, said)
    alive = [clock.key for clock in file.deadlines if clock.state in ("running", "paused")]
    assert len(alive) == len(set(alive)), (case.number, alive)


@lru_cache(maxsize=10_000)
def _said(line: bytes) -> Mapping[str, Any]:
    """A line of a ledger, only to be looked at: a story looks at all its lines after each act."""
    said: dict[str, Any] = orjson.loads(line)
    return said


def signatures_are_kept(catalog: Catalog, case: Case, said: Iterable[Mapping[str, Any]]) -> None:
    """Who signed is read from closed tasks, so every signature has closed one, in its name."""
    actions = catalog.definition(case.process, case.definition_version).actions
    for line in said:
        if line["event"] in actions and actions[line["event"]].signs:
            closed = [(task["as"], task["by"], task["for"]) for task in line.get("closed", ())]
            assert (line["event"], line["actor"], line["for"]) in closed, (case.number, line["seq"])


#: Lines that are no decision: the calendar was changed and clocks moved with it; a clock reminds;
#: the applicant urges; somebody has looked at the case.
_NO_DECISION = ("calendar_changed", "reminder_sent", "task.urge", "view")


def _is_final(catalog: Catalog, case: Case) -> bool:
    definition = catalog.definition(case.process, case.definition_version)
    return definition.states[case.state].final


def rows_point_at_lines(kept: Tables) -> None:
    """A row that a case wrote points at the line that says so, with the same values."""
    for register, rows in kept.rows.items():
        for row in rows:
            if row.case is None or row.seq is None:
                continue
            line = orjson.loads(kept.entries[row.case, row.seq].body)
            told = {one["id"]: one for one in line["rows"]}
            assert told[row.id]["register"] == register
            assert told[row.id]["values"] == dict(row.values)
            assert kept.cases[row.case].number == row.number
