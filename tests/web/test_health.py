"""What the people who watch the server ask it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.web.conftest import browser
from workflow.ports.deciding import Unavailable


def test_a_server_that_runs_says_so(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"alive": True}


def test_a_server_that_is_fit_for_work_says_so(client: TestClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ready"] is True


@pytest.mark.parametrize("name", ["database", "migrations"])
def test_a_server_that_lacks_something_names_it(app: FastAPI, name: str) -> None:
    app.state.house = replace(app.state.house, readiness=lambda: {name: False})
    answer = browser(app).get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "checks": {"database": True, name: False}}


def test_a_server_whose_database_is_away_lives_but_is_not_ready(app: FastAPI) -> None:
    def away() -> dict[str, bool]:
        raise Unavailable

    app.state.house = replace(app.state.house, readiness=away)
    watcher = browser(app)
    assert watcher.get("/healthz").status_code == 200
    assert watcher.get("/readyz").status_code == 503
    assert watcher.get("/readyz").json()["checks"] == {"database": False}
