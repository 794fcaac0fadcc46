"""`qianpi worker`: deadlines have their effect beside the server, until somebody ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from storage.database import Database, UnusableDatabase, open_database
from storage.memory import MemoryStore
from storage.schema import migrate
from storage.unit_of_work import DatabaseStore
from tests.faults.serving import settle_in
from tests.faults.timing import CLOCKS, serve
from tests.workflow.hospital import FILLED
from web import commands
from web.commands import CANNOT, DONE, main
from web.settings import TABLE
from workflow.nouns import Actor, DeadlineState, Decision, Opening
from workflow.ports.deciding import LONGEST_LEASE
from workflow.ports.reading import AuditQuery, CaseQuery
from workflow.refusals import Sentence
from workflow.service.clockwork import CLOCK_JUMPED, CLOCKS_DIFFER, Clockwork
from workflow.service.deciding import LEASE, pause_after

MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
_ALL = CaseQuery(limit=10)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database file that the settings name, with a house in it."""
    monkeypatch.chdir(tmp_path)
    for setting in TABLE:
        monkeypatch.delenv(setting.name, raising=False)
    url = f"sqlite:///{tmp_path}/qianpi.db"
    monkeypatch.setenv("DATABASE_URL", url)
    return url


def test_without_anything_due_it_says_so_and_ends(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["worker", "--once"]) == DONE
    assert "处理了 0 个到期的时限" in capsys.readouterr().out
    assert url


def test_it_is_refused_beside_a_server_where_two_would_endanger_the_data(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def refuse(database: Database, workers: int) -> None:
        asked.append((str(database.engine.url), workers))
        raise UnusableDatabase(Sentence("不安全", "Not safe"))

    monkeypatch.setattr(commands, "refuse_unsafe_workers", refuse)
    assert main(["worker", "--once"]) == CANNOT
    assert asked == [(url.replace("sqlite:", "sqlite+pysqlite:"), 2)]
    assert capsys.readouterr().err


@contextmanager
def working(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A worker in a process of its own."""
    started = subprocess.Popen(
        [sys.executable, "-m", "web.commands", "worker"],
        cwd=Path(__file__).parents[2],
        env={"DATABASE_URL": f"sqlite:///{tmp_path}/qianpi.db", "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with started as process:
        try:
            yield process
        finally:
            process.kill()


def test_it_ends_when_it_is_told_to(url: str, tmp_path: Path) -> None:
    assert url
    with working(tmp_path) as process:
        assert process.stdout is not None
        assert any("正在处理" in line for line in process.stdout)
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
        assert process.wait() == DONE, rest


# ---- the time ------------------------------------------------------------------------------------


class Hands:
    """A clock on the wall and one that only runs on, both set by hand."""

    def __init__(self) -> None:
        self.wall = MORNING
        self.steady = 100.0

    def pass_by(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.steady += seconds


def watched(store: MemoryStore, hands: Hands) -> Clockwork:
    return Clockwork(store, lambda: hands.wall, lambda: hands.steady, "w1")


def jumps(store: MemoryStore) -> list[str | None]:
    rows = store.readings.audit(AuditQuery(event=CLOCK_JUMPED)).rows
    return [row.entry.body.decode() for row in rows]


def test_a_clock_that_runs_on_leaves_no_line() -> None:
    store, hands = MemoryStore(), Hands()
    clockwork = watched(store, hands)
    for seconds in (0, 5, 3600, 86400):
        hands.pass_by(seconds)
        assert clockwork.now() == hands.wall
    hands.wall += 5 * SECOND  # set right by a little
    clockwork.now()
    assert jumps(store) == []


@pytest.mark.parametrize("by", [6, 3600, -6, -7200, 86400 * 365])
def test_a_clock_that_jumps_leaves_a_line_in_the_ledger_of_the_house(by: int) -> None:
    store, hands = MemoryStore(), Hands()
    clockwork = watched(store, hands)
    clockwork.now()
    hands.pass_by(5)
    hands.wall += by * SECOND
    clockwork.now()
    (line,) = jumps(store)
    assert f'"seconds":{by}' in (line or "")
    hands.pass_by(5)
    clockwork.now()
    assert len(jumps(store)) == 1


def test_what_several_workers_notice_is_told_once() -> None:
    store, hands = MemoryStore(), Hands()
    workers = [watched(store, hands) for _ in range(4)]
    for jumped in (False, True):
        hands.wall += 3600 * SECOND * jumped
        for worker in workers:
            worker.now()
    assert len(jumps(store)) == 1


def test_a_worker_that_was_stopped_while_it_asked_takes_that_for_no_jump() -> None:
    store, hands = MemoryStore(), Hands()

    def slowly() -> datetime:
        at = hands.wall
        hands.pass_by(60)
        return at

    clockwork = watched(store, hands)
    clockwork.now()
    clockwork.here = slowly
    clockwork.now()
    clockwork.here = lambda: hands.wall
    clockwork.now()
    assert jumps(store) == []


class Elsewhere(MemoryStore):
    """A store on another machine, whose clock is its own."""

    ahead = timedelta()

    def now(self, here: datetime) -> datetime:
        return here + self.ahead


@pytest.mark.parametrize("ahead", [-7200, -2, 2, 3600])
def test_a_machine_that_is_apart_from_the_store_is_told_and_the_store_counts(ahead: int) -> None:
    store, hands = Elsewhere(), Hands()
    store.ahead = ahead * SECOND
    clockwork = watched(store, hands)
    for _ in range(3):
        hands.pass_by(5)
        assert clockwork.now() == hands.wall + ahead * SECOND
    (row,) = store.readings.audit(AuditQuery(event=CLOCKS_DIFFER)).rows
    assert f'"milliseconds":{-1000 * ahead}' in row.entry.body.decode()
    hands.pass_by(6 * 3600)
    clockwork.now()
    assert len(store.readings.audit(AuditQuery(event=CLOCKS_DIFFER)).rows) == 2
    assert jumps(store) == []


def test_machines_that_are_nearly_together_leave_no_line() -> None:
    store, hands = Elsewhere(), Hands()
    store.ahead = timedelta(milliseconds=900)
    watched(store, hands).now()
    assert not store.readings.audit(AuditQuery(event=CLOCKS_DIFFER)).rows


# ---- one that fails ------------------------------------------------------------------------------


def test_one_clock_that_fails_holds_up_no_other_and_is_tried_again(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/qianpi.db")
    migrate(database)
    store = DatabaseStore(database)
    settle_in(store)
    service, amy = serve(store), Actor("amy", "Amy")
    for n in range(3):
        opened = service.open(Opening(amy, "purchase", MORNING, f"{n}:open", dict(FILLED)))
        assert opened.number is not None
        service.decide(opened.number, Decision(amy, "submit", MORNING, f"{n}:submit"))
    first, *others = [row.case for row in store.readings.cases(_ALL).rows]
    # Nobody can read what stands there now, so nothing can be decided on that case.
    with database.writing().begin() as connection:
        connection.exec_driver_sql("UPDATE \"case\" SET form = 'x' WHERE id = ?", (first.id,))

    now = MORNING + timedelta(hours=1)
    with capture_logs(), pytest.raises(ValueError, match=r"unexpected|invalid|JSON"):
        service.tick(now)

    for case in others:
        file = store.readings.case_file(case.number)
        assert file is not None
        assert [one.state for one in file.deadlines] == [DeadlineState.FIRED] * CLOCKS
    assert service.tick(now) == 0  # not before the pause is over
    with database.writing().begin() as connection:
        connection.exec_driver_sql("UPDATE \"case\" SET form = '{}' WHERE id = ?", (first.id,))
    assert service.tick(now + timedelta(minutes=15)) == CLOCKS
    database.close()


def test_the_pause_after_a_failure_grows_and_never_beyond_a_lease() -> None:
    pauses = [pause_after(attempts) for attempts in (1, 2, 3, 6, 1_000_000)]
    assert pauses[:3] == [LEASE, 2 * LEASE, 4 * LEASE]
    assert pauses[3:] == [LONGEST_LEASE] * 2
