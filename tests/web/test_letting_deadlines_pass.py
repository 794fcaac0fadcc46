"""Deadlines have their effect while the server runs; one look that fails does not end the looks."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from storage.memory import MemoryStore, MemoryTransaction
from tests.web.conftest import DEPARTMENTS, SetClock, browser, cast, furnish
from web.opening import shipped_calendar
from web.settings import Settings
from workflow.ports.store import Seed, Store


class Watched(MemoryStore):
    """A store that can be seen to be asked by the clock, and may fail it at first."""

    looks = threading.Semaphore(0)
    troubles = 0

    def begin(self) -> MemoryTransaction:
        if threading.current_thread().name != "ticking":
            return super().begin()
        self.looks.release()
        if self.troubles:
            self.troubles -= 1
            raise RuntimeError("张三的病历")
        return super().begin()


@pytest.fixture
def seconds() -> int:
    return 1


@pytest.fixture
def settings(seconds: int) -> Settings:
    return Settings(tick_seconds=seconds)


@pytest.fixture
def store(clock: SetClock) -> Store:
    watched = Watched(Seed(cast(), DEPARTMENTS, (), shipped_calendar()))
    furnish(watched, clock())
    watched.looks = threading.Semaphore(0)
    return watched


def running() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "ticking"]


@pytest.fixture(autouse=True)
def no_clock_is_left_over() -> Iterator[None]:
    assert not running()
    yield
    assert not running()


def test_while_the_server_runs_somebody_looks_and_afterwards_nobody(
    app: FastAPI, store: Watched
) -> None:
    with browser(app):
        assert len(running()) == 1
        assert store.looks.acquire(timeout=30)
    assert not running()


def test_trouble_is_logged_without_what_it_says_and_the_next_look_comes(
    app: FastAPI, store: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    store.troubles = 1
    with browser(app):
        assert store.looks.acquire(timeout=30)
        assert store.looks.acquire(timeout=30)
    logged = capsys.readouterr()
    assert "ticking_failed" in logged.out + logged.err
    assert "张三" not in logged.out + logged.err


@pytest.mark.parametrize("seconds", [0])
def test_a_server_that_is_told_not_to_look_does_not(app: FastAPI) -> None:
    with browser(app):
        assert not running()
