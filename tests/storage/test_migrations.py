"""A database is brought to its shape once, by whoever comes first, or left alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url

from storage.database import Database, UnusableDatabase, open_database
from storage.schema import configuration, migrate, pending
from storage.tables import METADATA


@pytest.fixture(params=["sqlite", "postgresql"])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table."""
    if request.param == "sqlite":
        database = open_database(f"sqlite:///{tmp_path / 'blank.db'}")
        yield database
        database.close()
        return
    url = make_url(request.getfixturevalue("pg_url"))
    name = f"{url.database}_blank"
    server = create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    database = open_database(url.set(database=name).render_as_string(hide_password=False))
    yield database
    database.close()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


def test_migrating_makes_what_is_pending(blank: Database) -> None:
    steps = pending(blank)
    assert steps[0] == "0001"
    assert migrate(blank) == steps
    assert pending(blank) == ()
    assert migrate(blank) == ()


def test_the_tables_are_what_the_migrations_make(blank: Database) -> None:
    migrate(blank)
    with blank.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_as_batch": True})
        assert compare_metadata(context, METADATA) == []
        command.check(configuration(connection))


def test_a_migration_can_be_taken_back(blank: Database) -> None:
    migrate(blank)
    with blank.writing().begin() as connection:
        command.downgrade(configuration(connection), "base")
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    assert migrate(blank) != ()


def test_a_database_of_a_newer_version_is_refused(blank: Database) -> None:
    migrate(blank)
    with blank.writing().begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for use in (migrate, pending):
        with pytest.raises(UnusableDatabase) as refused:
            use(blank)
        assert "9999" in refused.value.because.zh
    with blank.engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_a_migration_that_is_cut_off_has_not_happened(blank: Database) -> None:
    class PowerCut(Exception):
        pass

    def cut_off() -> None:
        with blank.writing().begin() as connection:
            command.upgrade(configuration(connection), "head")
            assert "entry" in inspect(connection).get_table_names()
            raise PowerCut

    with pytest.raises(PowerCut):
        cut_off()
    with blank.engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    assert migrate(blank) != ()


def test_two_servers_that_start_together_migrate_once(blank: Database) -> None:
    made: list[tuple[str, ...]] = []
    threads = [threading.Thread(target=lambda: made.append(migrate(blank))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert min(map(len, made)) == 0
    assert sum(map(len, made)) == len(set().union(*made))
