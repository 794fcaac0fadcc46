"""One database, opened by its address: SQLite for one server, PostgreSQL for several.

What keeps acknowledged decisions through a crash is set here, on every connection, and never left
to a default: WAL with `synchronous=FULL`, foreign keys, and a lock that is taken when a writing
transaction begins. A transaction that first reads and then wants to write cannot wait its turn.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any, Literal

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from storage.writers import Writers
from workflow.refusals import Sentence

#: How long somebody waits for another's transaction before they are told to try again. SQLite's
#: lock is unfair between processes, so it must be longer than one would think.
PATIENCE_SECONDS = 15.0
#: Up to 3.51.2, two processes that write one WAL file can corrupt it (the WAL-reset race).
_SAFE_SQLITE = (3, 51, 3)
_SETTINGS = (
    ("journal_mode", "WAL"),
    ("synchronous", "FULL"),
    ("foreign_keys", "ON"),
    # In pages: 16 MB. What ten decisions wrote to one page is copied into the file once.
    ("wal_autocheckpoint", "4000"),
    # In KB for each connection; what everybody asks for stays at hand.
    ("cache_size", "-8000"),
)
#: A server with one of these off loses decisions that it acknowledged.
_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")

DialectName = Literal["sqlite", "postgresql"]

_UNKNOWN_ADDRESS = Sentence(
    "数据库地址“{url}”无法使用。请写成 sqlite:///路径 或 postgresql://用户@主机/库名。",
    "The database address “{url}” cannot be used. Write sqlite:///path or postgresql://user@host/name.",
)
_IN_MEMORY = Sentence(
    "地址“{url}”只在内存中，重启后一切丢失。请在 sqlite:/// 后写明文件路径。",
    "The address “{url}” lives in memory and is lost at the next start. Name a file after sqlite:///.",
)
_UNSAFE_SQLITE = Sentence(
    "SQLite {version} 在多个进程同时写入时可能损坏数据库（3.51.3 起已修复）。"
    "请只用一个工作进程，或安装 pysqlite3，或改用 PostgreSQL。",
    "SQLite {version} can corrupt the database when several processes write (mended in 3.51.3). "
    "Run one worker, or install pysqlite3, or use PostgreSQL.",
)
_NOT_DURABLE = Sentence(
    "PostgreSQL 的 {setting} 已关闭：断电会丢失已确认的审批。请在服务器上打开它。",
    "PostgreSQL runs with {setting} off: a power cut loses decisions that were confirmed. "
    "Switch it on.",
)


class UnusableDatabase(Exception):
    """This address or this server cannot be worked with; `because` says why and what to do."""

    def __init__(self, because: Sentence) -> None:
        super().__init__(because.en)
        self.because = because


@dataclass(frozen=True)
class Database:
    """An open database, and the writers of this process when it is a file."""

    engine: Engine
    patience_seconds: float
    writers: Writers = field(default_factory=Writers, repr=False, compare=False)
    _idle: deque[Any] = field(default_factory=deque, repr=False, compare=False)

    @cached_property
    def dialect(self) -> DialectName:
        """Which of the two it is."""
        return "sqlite" if self.engine.dialect.name == "sqlite" else "postgresql"

    @cached_property
    def errors(self) -> tuple[type[Exception], ...]:
        """What the driver and its pool raise."""
        driver: Any = self.engine.dialect.loaded_dbapi
        return (driver.Error, SQLAlchemyError)

    def writing(self) -> Engine:
        """The same connections, for transactions by SQLAlchemy that will write: migrations."""
        if self.dialect == "postgresql":
            return self.engine.execution_options(isolation_level="READ COMMITTED")
        return self.engine.execution_options(writes=True)

    def take(self) -> Any:  # noqa: ANN401
        """A connection to a file, to be given back.

        They are kept at hand here: the pool's bookkeeping for one costs a quarter of what the
        decision on it costs.
        """
        try:
            return self._idle.pop()
        except IndexError:
            connection = self.engine.raw_connection()
            connection.detach()
            return connection.dbapi_connection

    def give(self, connection: Any) -> None:  # noqa: ANN401
        """Take a connection back. Whatever was not committed on it is undone."""
        try:
            connection.rollback()
        except Exception:
            connection.close()
            raise
        self._idle.append(connection)

    def close(self) -> None:
        """Let go of every connection."""
        while self._idle:
            self._idle.pop().close()
        self.engine.dispose()


def open_database(
    url: str,
    *,
    pool_size: int = 10,
    patience_seconds: float = PATIENCE_SECONDS,
    driver: ModuleType | None = None,
) -> Database:
    """Open a database by its address; no connection is made yet.

    `sqlite:///path` or `postgresql://user:password@host/name`. UnusableDatabase for anything else.
    `driver` is the DBAPI module for SQLite (see `sqlite_driver`).
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        engine = _sqlite(address, pool_size, patience_seconds, driver or sqlite_driver())
    else:
        engine = _postgresql(address, pool_size, patience_seconds)
    return Database(engine, patience_seconds)


def safety_notes(database: Database) -> tuple[Sentence, ...]:
    """What about this database could lose or corrupt decisions; empty when all is well."""
    if database.dialect == "sqlite":
        unsafe = unsafe_for_processes(database)
        return () if unsafe is None else (unsafe,)
    with database.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT name FROM pg_settings WHERE name = ANY(:names) AND setting = 'off'"),
            {"names": list(_DURABLE)},
        )
        return tuple(_NOT_DURABLE.filled(setting=name) for (name,) in rows)


def unsafe_for_processes(database: Database) -> Sentence | None:
    """Why several processes must not write this database at once; None when they may."""
    if database.dialect == "postgresql":
        return None
    version: str = database.engine.dialect.loaded_dbapi.sqlite_version
    return _UNSAFE_SQLITE.filled(version=version) if has_wal_race(version) else None


def has_wal_race(version: str) -> bool:
    """Whether several processes can corrupt a WAL file of this SQLite: "3.51.2" and older."""
    return tuple(int(part) for part in version.split(".")) < _SAFE_SQLITE


def refuse_unsafe_workers(database: Database, workers: int) -> None:
    """Raise UnusableDatabase when that many processes would endanger the data."""
    unsafe = unsafe_for_processes(database) if workers > 1 else None
    if unsafe is not None:
        raise UnusableDatabase(unsafe)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise UnusableDatabase(_UNKNOWN_ADDRESS.filled(url=url)) from None
    backend = address.get_backend_name()
    if backend == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        shown = address.render_as_string(hide_password=True)
        raise UnusableDatabase(_UNKNOWN_ADDRESS.filled(url=shown))
    if not address.database or address.database == ":memory:":
        raise UnusableDatabase(_IN_MEMORY.filled(url=url))
    return address.set(drivername="sqlite+pysqlite")


def sqlite_driver() -> ModuleType:
    """A current SQLite where one is installed; else the interpreter's own, whose age is noticed."""
    try:
        # Imported here: there is no wheel of it for every machine.
        from pysqlite3 import dbapi2  # noqa: PLC0415
    except ImportError:
        return sqlite3
    module: ModuleType = dbapi2
    return module


def _sqlite(address: URL, pool_size: int, patience_seconds: float, driver: ModuleType) -> Engine:
    # For these the driver asks around who could turn them into something else, in vain each time:
    # twenty times a decision, and at more than its statements cost.
    for kept in (type(None), bool, bytes):
        driver.register_adapter(kept, _as_it_is)
    engine = create_engine(
        address,
        module=driver,
        pool_size=pool_size,
        max_overflow=-1,  # a thread that waits for a connection to a file would wait for nothing
        connect_args={"timeout": patience_seconds, "cached_statements": 256},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _as_it_is(value: object) -> object:
    return value


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not open transactions by itself: it would open deferred ones.
    connection.isolation_level = None
    for name, value in _SETTINGS:
        connection.execute(f"PRAGMA {name}={value}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(address: URL, pool_size: int, patience_seconds: float) -> Engine:
    engine = create_engine(
        address,
        paramstyle="format",  # values by position, as for SQLite
        pool_size=pool_size,
        max_overflow=2 * pool_size,
        pool_timeout=patience_seconds,
        pool_use_lifo=True,  # a connection that was just used has its statements prepared
        isolation_level="AUTOCOMMIT",  # `wires` begins and commits in words of its own
    )

    def prepare(connection: psycopg.Connection, _entry: ConnectionPoolEntry) -> None:
        milliseconds = f"{patience_seconds * 1000:.0f}ms"
        connection.execute("SELECT set_config('lock_timeout', %s, false)", (milliseconds,))

    event.listen(engine, "connect", prepare)
    return engine
