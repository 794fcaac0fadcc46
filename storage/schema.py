"""Brings a database to the shape of `tables`, and refuses one that a newer version has shaped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from storage.database import Database, UnusableDatabase
from workflow.refusals import Sentence

_MIGRATIONS = Path(__file__).with_name("migrations")
#: Any number that nobody else locks by: it keeps two servers from migrating at the same time.
_LOCK = 7_119_702_531

_NEWER = Sentence(
    "数据库由更新的版本（{revision}）升级过，当前程序无法安全使用。请安装新版本，或恢复升级前的备份。",
    "A newer version ({revision}) changed this database, and this program cannot use it safely. "
    "Install the newer version, or restore the backup from before.",
)


def migrate(database: Database) -> tuple[str, ...]:
    """Make every change of the schema that is still missing, all of them or none.

    Gives the numbers of those that were made. UnusableDatabase when the schema is newer than this
    program.
    """
    with _alone(database) as connection:
        missing = _missing(connection)
        if missing:
            command.upgrade(configuration(connection), "head")
    return missing


def pending(database: Database) -> tuple[str, ...]:
    """The numbers of the changes that `migrate` would make, in order. Raises as it does."""
    with database.engine.connect() as connection:
        return _missing(connection)


def configuration(connection: Connection) -> Config:
    """What Alembic needs to know, without a file: for tests and for writing the next migration."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _missing(connection: Connection) -> tuple[str, ...]:
    scripts = ScriptDirectory.from_config(configuration(connection))
    known = [script.revision for script in scripts.walk_revisions()][::-1]
    reached = MigrationContext.configure(connection).get_current_revision()
    if reached is None:
        return tuple(known)
    if reached not in known:
        raise UnusableDatabase(_NEWER.filled(revision=reached))
    return tuple(known[known.index(reached) + 1 :])


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """A transaction that no other server's migration overlaps."""
    with database.writing().connect() as connection:
        if database.dialect == "sqlite":
            # Rebuilding a table drops it for a moment, and what points at it must not go with it.
            # SQLite heeds this outside of transactions only.
            connection.connection.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if database.dialect == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:it)"), {"it": _LOCK})
                yield connection
        finally:
            if database.dialect == "sqlite":
                connection.connection.execute("PRAGMA foreign_keys=ON")
