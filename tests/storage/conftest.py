"""Every store under the same contract: in memory, SQLite, PostgreSQL, each empty for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import TextClause, text

from storage.database import Database, open_database
from storage.memory import MemoryStore
from storage.schema import migrate
from storage.statements import HOSPITAL
from storage.tables import METADATA
from storage.unit_of_work import DatabaseStore
from workflow.ports.store import Store

_GUARDED = ("entry", "trail", "definition", "policy_change")


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and no lines, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def postgresql(pg_url: str) -> Iterator[Database]:
    """A PostgreSQL with all tables, for this worker alone."""
    database = open_database(pg_url)
    migrate(database)
    yield database
    database.close()


def emptied(database: Database) -> Database:
    """The same PostgreSQL without any line; the triggers that keep history look away for it.

    TRUNCATE would make every file of every table and index anew. One message to the server for all
    tables: hundreds of tests begin with it.
    """
    with database.writing().begin() as connection:
        connection.execute(_emptying())
        connection.execute(HOSPITAL.insert().values(id=1, revision=0, overrides="{}"))
    return database


@cache
def _emptying() -> TextClause:
    shut = (f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in _GUARDED)
    emptied = (str(table.delete()) for table in reversed(METADATA.sorted_tables))
    opened = (f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in _GUARDED)
    return text("; ".join((*shut, *emptied, *opened)))


@pytest.fixture
def make_database(
    request: pytest.FixtureRequest, empty_sqlite: Path, tmp_path: Path
) -> Iterator[Callable[[str], Database]]:
    """An empty database by its kind; what was opened is closed again."""
    opened: list[Database] = []

    def make(kind: str) -> Database:
        if kind == "postgresql":
            return emptied(request.getfixturevalue("postgresql"))
        path = tmp_path / "qianpi.db"
        shutil.copy(empty_sqlite, path)
        opened.append(open_database(f"sqlite:///{path}"))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, make_database: Callable[[str], Database]) -> Database:
    """An empty database, on both."""
    return make_database(request.param)


@pytest.fixture
def kept(database: Database) -> DatabaseStore:
    """A store on a database, on both."""
    return DatabaseStore(database)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, make_database: Callable[[str], Database]) -> Store:
    """An empty store, of every kind."""
    if request.param == "memory":
        return MemoryStore()
    return DatabaseStore(make_database(request.param))
