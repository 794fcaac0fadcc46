"""The same databases as the tests of storage have, and one whose connections may be cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from storage.database import Database
from tests.storage.conftest import database, empty_sqlite, make_database, postgresql

__all__ = ["cut_postgresql", "database", "empty_sqlite", "make_database", "postgresql"]


@pytest.fixture
def cut_postgresql(make_database: Callable[[str], Database]) -> Iterator[Database]:
    """An empty PostgreSQL; no later test of this worker is left with a connection that was cut."""
    database = make_database("postgresql")
    yield database
    database.engine.dispose()
