"""Whatever is answered, page, part, file or error, carries what keeps a browser safe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.web.conftest import browser
from web.protection import HEADERS, POLICY

ADDRESSES = (
    "/sign-in",
    "/me",
    "/",
    "/healthz",
    "/readyz",
    "/static/house.css",
    "/static/nothing.css",
    "/nothing",
    "/api/v1/nothing",
    "/sign-out",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_is_marked(as_person: Callable[[str], TestClient], address: str) -> None:
    headers = as_person("zhang").get(address).headers
    for name, value in HEADERS:
        assert headers[name] == value
    assert len(headers["X-Request-ID"]) == 12


def test_the_policy_lets_nothing_in_from_elsewhere_and_nothing_inline() -> None:
    directives = dict(part.split(" ", 1) for part in POLICY.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["base-uri"] == directives["frame-ancestors"] == "'none'"
    assert "unsafe" not in POLICY


def test_pages_are_not_kept_by_caches_and_files_may_be(
    as_person: Callable[[str], TestClient],
) -> None:
    zhang = as_person("zhang")
    page = zhang.get("/me").headers
    assert page["Cache-Control"] == "no-store"
    assert {"HX-Request", "HX-Target", "Cookie"} <= set(page["Vary"].split(", "))
    for address, kept in (
        ("/static/house.css?v=1", "public, max-age=31536000, immutable"),
        ("/static/house.css", "no-cache"),
        ("/static/nothing.css?v=1", "no-store"),
    ):
        assert zhang.get(address).headers["Cache-Control"] == kept


def test_over_https_the_browser_is_told_to_stay_there(app: FastAPI, client: TestClient) -> None:
    secure = TestClient(app, "https://testserver")
    assert (
        secure.get("/sign-in").headers["Strict-Transport-Security"].startswith("max-age=63072000")
    )
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers


def test_an_unknown_error_becomes_a_page_with_a_number_and_no_trace(
    app: FastAPI, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise RuntimeError("张三的身份证号 110101199003070000")

    app.state.house = replace(app.state.house, clock=broken)
    answer = browser(app).get("/sign-in")
    logged = capsys.readouterr()
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in answer.text
    for text in (answer.text, logged.out, logged.err):
        assert "110101199003070000" not in text
        assert "Traceback" not in text
    assert answer.headers["Content-Security-Policy"] == POLICY


def test_the_api_answers_errors_as_json(client: TestClient) -> None:
    answer = client.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
    assert set(answer.json()["error"]["message"]) == {"zh", "en"}


def test_what_is_too_large_is_refused_before_it_is_read(client: TestClient) -> None:
    form = {"login": "zhang", "password": "x" * (1024 * 1024 + 1)}
    answer = client.post("/sign-in", data=form)
    assert answer.status_code == 413
    assert "什么都没有保存" in answer.text


def test_what_hides_its_size_is_cut_off_where_the_limit_is(client: TestClient) -> None:
    def without_end() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 64 * 1024

    answer = client.post(
        "/sign-in",
        content=without_end(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413


def test_a_page_that_nobody_may_guess_at_looks_like_one_that_does_not_exist(
    client: TestClient,
) -> None:
    assert client.get("/docs").status_code == 404
    assert client.get("/openapi.json").status_code == 404
