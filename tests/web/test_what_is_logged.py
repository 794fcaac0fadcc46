"""The log is for whoever keeps the server: what happened, and nothing about whom."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog
from fastapi import FastAPI

from tests.web.conftest import PASSWORD, browser
from web.logs import set_up_logs

SECRETS = (PASSWORD, "zhang", "张医生", "geheim-4711", "110101199003070000")


class Log:
    """Everything that was written to standard error so far."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self._capture = capture
        self._text = ""

    @property
    def text(self) -> str:
        self._text += self._capture.readouterr().err
        return self._text

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[Log]:
    """The log, set up as in earnest."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    set_up_logs("DEBUG")
    yield Log(capsys)
    structlog.reset_defaults()
    root.handlers[:] = before[0]
    root.setLevel(before[1])


def test_a_request_is_one_line_with_its_number_and_pattern(app: FastAPI, logged: Log) -> None:
    answer = browser(app).get("/sign-in?next=%2Fme")
    (line,) = (line for line in logged.lines if line["event"] == "request")
    assert line["request"] == answer.headers["X-Request-ID"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/sign-in", 200)
    assert set(line) == {
        "event", "level", "timestamp", "request", "method", "route", "status", "ms",
    }  # fmt: skip


def test_nothing_of_anybody_is_in_the_log(app: FastAPI, logged: Log) -> None:
    visitor = browser(app)
    visitor.post("/sign-in", data={"login": "zhang", "password": "geheim-4711"})
    visitor.post("/sign-in", data={"login": "zhang", "password": PASSWORD})
    token = next(iter(visitor.cookies.jar)).value or ""
    visitor.get("/me?name=张医生")
    visitor.get("/c/110101199003070000")
    visitor.get("/nothing/张医生")
    assert len(logged.lines) >= 5
    for secret in (*SECRETS, token):
        assert secret not in logged.text


def test_an_error_is_logged_by_kind_and_place_without_its_message(
    app: FastAPI, logged: Log
) -> None:
    def broken() -> None:
        raise LookupError("110101199003070000")

    app.state.house = replace(app.state.house, clock=broken)
    answer = browser(app).get("/sign-in")
    (line,) = (line for line in logged.lines if line["event"] == "unexpected")
    assert line["error"] == "LookupError"
    assert line["request"] == answer.headers["X-Request-ID"]
    assert any("test_what_is_logged.py" in place for place in line["places"])  # type: ignore[attr-defined]
    assert "110101199003070000" not in logged.text


def test_what_a_library_logs_is_a_line_like_ours(logged: Log) -> None:
    try:
        dict[str, str]()["110101199003070000"]
    except LookupError:
        logging.getLogger("uvicorn.error").exception("it happened")
    logging.getLogger("uvicorn.error").info("said of daily work")
    (line,) = logged.lines
    assert (line["event"], line["level"], line["error"]) == ("it happened", "error", "KeyError")
    assert "110101199003070000" not in logged.text


@pytest.mark.usefixtures("logged")
def test_a_log_that_cannot_be_written_stops_nobody(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    assert browser(app).get("/sign-in").status_code == 200


def test_a_quieter_log_leaves_the_daily_work_out(app: FastAPI, logged: Log) -> None:
    set_up_logs("WARNING")
    browser(app).get("/sign-in")
    assert not logged.lines
