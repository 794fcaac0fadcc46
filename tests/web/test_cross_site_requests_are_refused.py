"""A page of another site cannot make a hospital's browser do anything here."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.web.conftest import ORIGIN, PASSWORD, methods_of, routes_of
from web.protection import SAFE_METHODS

OURS = (
    {"Origin": ORIGIN},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": ORIGIN},
)
ELSEWHERE: tuple[dict[str, str], ...] = (
    {},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": f"{ORIGIN}.elsewhere.example"},
    {"Origin": f"{ORIGIN}:8443"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
    {"Sec-Fetch-Site": ""},
    {"Referer": f"{ORIGIN}/me"},
)


@pytest.fixture
def bare(app: FastAPI) -> TestClient:
    """A browser that says nothing of itself but what a test makes it say."""
    return TestClient(app, ORIGIN, follow_redirects=False)


@pytest.mark.parametrize("said", OURS)
def test_our_own_pages_are_served(bare: TestClient, said: dict[str, str]) -> None:
    form = {"login": "zhang", "password": PASSWORD}
    assert bare.post("/sign-in", data=form, headers=said).status_code == 303


@pytest.mark.parametrize("said", ELSEWHERE)
def test_other_sites_are_refused_before_anything_happens(
    bare: TestClient, said: dict[str, str]
) -> None:
    form = {"login": "zhang", "password": PASSWORD}
    answer = bare.post("/sign-in", data=form, headers=said)
    assert answer.status_code == 403
    assert "不是从本系统的页面发出的" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_every_unsafe_address_refuses_other_sites(
    app: FastAPI, as_person: Callable[[str], TestClient]
) -> None:
    zhang = as_person("sun")
    tried = 0
    for route in routes_of(app):
        for method in sorted(methods_of(route) - SAFE_METHODS):
            path = route.path.replace("{", "").replace("}", "")
            answer = zhang.request(method, path, headers={"Origin": "https://elsewhere.example"})
            assert answer.status_code == 403, route.path
            tried += 1
    assert tried >= 4


def test_a_method_in_disguise_is_no_way_around(bare: TestClient) -> None:
    answer = bare.get("/sign-out", headers={"X-HTTP-Method-Override": "POST"})
    assert answer.status_code == 405


def test_a_program_with_a_token_of_its_own_needs_no_origin(bare: TestClient) -> None:
    """A site cannot make a browser send this header, and no cookie is heeded beside it."""
    answer = bare.post("/sign-out", headers={"Authorization": "Bearer nothing"})
    assert answer.status_code != 403
