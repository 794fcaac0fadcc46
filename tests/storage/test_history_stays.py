"""The database itself refuses to change what happened, whoever asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.database import Database
from storage.unit_of_work import DatabaseStore
from tests.storage.clerk import MORNING, Blank, opening, submitted, write
from workflow.nouns import Actor
from workflow.ports.hospital import PolicyChange
from workflow.ports.house import Deed, PublishDefinition, StoredDefinition


@pytest.fixture
def used(kept: DatabaseStore) -> Database:
    """A database with a case and a definition."""
    case = submitted(kept, Blank("CA-1"))
    change = PolicyChange("leave", 3, date(2026, 3, 2), case.id, "CA-1", 1, MORNING)
    write(kept, replace(opening(Blank("CA-2")), policy=(change,)))
    definition = StoredDefinition("syringes", 1, "process: syringes", "0" * 64, MORNING, "root")
    kept.house.change(Deed(Actor("root", "管理员"), MORNING), PublishDefinition(definition))
    kept.readings.latest_lines()  # enters them in the trail
    return kept.database


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET actor = 'sam'",
        "UPDATE entry SET at = at WHERE seq = 1",
        "DELETE FROM entry",
        "UPDATE definition SET source = 'process: other'",
        "UPDATE definition SET digest = ''",
        "UPDATE definition SET published_by = 'sam'",
        "DELETE FROM definition",
        "UPDATE policy_change SET since = '2026-01-01'",
        "DELETE FROM policy_change",
        "UPDATE trail SET event = 'start'",
        "DELETE FROM trail",
    ],
)
def test_history_is_neither_changed_nor_deleted(used: Database, statement: str) -> None:
    with pytest.raises(DBAPIError), used.writing().begin() as connection:
        connection.execute(text(statement))
    with used.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM entry")) == 4
        assert connection.scalar(text("SELECT source FROM definition")) == "process: syringes"


@pytest.mark.parametrize("table", ["entry", "trail", "definition", "policy_change"])
def test_history_is_not_truncated(postgresql: Database, table: str) -> None:
    with pytest.raises(DBAPIError), postgresql.writing().begin() as connection:
        connection.execute(text(f"TRUNCATE {table}"))


def test_a_line_of_a_case_is_written_once(used: Database) -> None:
    again = "INSERT INTO entry SELECT no + 100, case_id, seq, at, event, actor, acting_for, role, "
    again += "department, process, from_state, to_state, refused, key, body, digest FROM entry"
    with pytest.raises(DBAPIError), used.writing().begin() as connection:
        connection.execute(text(again))
