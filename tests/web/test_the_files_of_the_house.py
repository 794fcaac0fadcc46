"""What every page needs comes small, and only once."""

from __future__ import annotations

from fastapi import FastAPI

from tests.web.conftest import browser
from web.templating import STATIC

SHEET = "/static/vendor/tabler/tabler.min.css"


def test_a_style_sheet_comes_compressed_and_whole(app: FastAPI) -> None:
    answer = browser(app).get(SHEET, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert int(answer.headers["Content-Length"]) < len(answer.content) / 4
    assert answer.content == (STATIC / "vendor/tabler/tabler.min.css").read_bytes()
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_whoever_does_not_take_it_so_gets_it_plain(app: FastAPI) -> None:
    answer = browser(app).get(SHEET, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in answer.headers
    assert answer.content == (STATIC / "vendor/tabler/tabler.min.css").read_bytes()
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_it_is_not_sent_again_while_it_is_the_same(app: FastAPI) -> None:
    visitor = browser(app)
    first = visitor.get(SHEET)
    again = visitor.get(SHEET, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_not_there_is_not_found(app: FastAPI) -> None:
    assert browser(app).get("/static/nothing.css").status_code == 404
    assert browser(app).get("/static/../app.py").status_code == 404
