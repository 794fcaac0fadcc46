"""The same databases as the tests of storage have."""

from __future__ import annotations

from tests.storage.conftest import database, empty_sqlite, make_database, postgresql

__all__ = ["database", "empty_sqlite", "make_database", "postgresql"]
