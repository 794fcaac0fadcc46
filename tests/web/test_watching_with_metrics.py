"""The hospital's monitoring reads how much is done and how fast; nobody else finds the page, and it
names nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from tests.web.conftest import ORIGIN, SetClock
from tests.web.consumables import see
from web.house import House
from web.settings import Settings
from workflow.nouns import Actor, Decision

PROXY = "10.9.9.9"
NEW = "/requests/new/consumable-approval"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, trusted_proxies=(PROXY,))


def watcher(app: FastAPI, address: str = "127.0.0.1", **headers: str) -> TestClient:
    return TestClient(app, ORIGIN, client=(address, 40000), headers=headers)


def samples(app: FastAPI) -> dict[tuple[str, ...], float]:
    """What is counted: name and labels, and how much."""
    answer = watcher(app).get("/metrics")
    assert answer.status_code == 200
    return dict(_samples(answer.text))


def _samples(text: str) -> Iterator[tuple[tuple[str, ...], float]]:
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield (sample.name, *sorted(sample.labels.values())), sample.value


def test_requests_are_counted_by_pattern_and_never_by_address(
    app: FastAPI, as_person: Callable[[str], TestClient]
) -> None:
    zhang = as_person("zhang")
    for number in ("HC2026-000001", "HC2026-000002"):
        assert zhang.get(f"/c/{number}").status_code == 404
    zhang.get("/nowhere/张医生")
    counted = samples(app)
    assert counted["qianpi_requests_total", "/c/{number}", "404", "GET"] == 2
    assert counted["qianpi_requests_total", "-", "-", "404"] == 1
    assert counted["qianpi_request_seconds_count", "/c/{number}"] == 2
    assert counted["qianpi_requests_open",] == 1  # this very look


def test_decisions_refusals_and_looks_at_deadlines_are_counted(
    app: FastAPI, as_person: Callable[[str], TestClient], house: House, clock: SetClock
) -> None:
    zhang = as_person("zhang")
    form = see(zhang, NEW).one("form", id="request-form")
    assert zhang.post(NEW, data={**form.fields, "do": "submit"}).status_code == 422
    zhang.post(NEW, data={**form.fields, "f.material_name": "缝线", "do": "draft"})
    house.service.tick(clock())
    counted = samples(app)
    assert counted["qianpi_decisions_total", "consumable-approval"] == 1
    assert counted["qianpi_ticks_total",] == 1
    assert counted["qianpi_deadlines_fired_total",] == 0
    decision = Decision(Actor("zhang", "张医生"), "submit", clock(), "k1")
    assert house.service.decide("HC2026-999999", decision).refused is not None
    assert samples(app)["qianpi_refusals_total", "not_found"] == 1


def test_it_names_nobody(app: FastAPI, as_person: Callable[[str], TestClient]) -> None:
    for who in ("zhang", "li"):
        as_person(who).get("/inbox", params={"q": "张医生"})
    text = watcher(app).get("/metrics").text
    for secret in ("zhang", "张", "10.0.0.7", 'li"', "HC2026"):
        assert secret not in text, secret


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("10.0.0.7", {}),
        ("10.0.0.7", {"X-Forwarded-For": "127.0.0.1"}),
        (PROXY, {"X-Forwarded-For": "10.0.0.7"}),
        (PROXY, {}),
        # A proxy on this machine that nobody named brings anybody.
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.7"}),
        ("127.0.0.1", {"Forwarded": "for=10.0.0.7"}),
    ],
)
def test_nobody_else_finds_it(app: FastAPI, address: str, headers: dict[str, str]) -> None:
    answer = watcher(app, address, **headers).get("/metrics")
    assert answer.status_code == 404
    assert "qianpi_" not in answer.text


def test_it_is_read_through_a_proxy_that_was_named(app: FastAPI) -> None:
    through = watcher(app, PROXY, **{"X-Forwarded-For": "127.0.0.1"})
    assert through.get("/metrics").status_code == 200
