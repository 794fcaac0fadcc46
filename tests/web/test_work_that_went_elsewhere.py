"""Work whose chair is empty says so where it waits; what an administrator means to do stands above
everything else.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.committees import hands_in, publishes
from tests.web.consumables import see
from web.house import House
from workflow.nouns import Actor, Decision

As = Callable[[str], TestClient]


@pytest.fixture
def number(as_person: As) -> str:
    """An escort is asked for; there is no head nurse, so it waits for 赵院长."""
    publishes(as_person("sun"), "empty-chair")
    return hands_in(as_person("zhang"), "empty-chair", what="夜间陪检")


def test_the_page_says_for_whom_it_was_meant_and_why_it_is_not_there(
    as_person: As, number: str
) -> None:
    page = see(as_person("zhao"), f"/c/{number}")
    why = "原应由护士长办理，但目前无人担任"
    assert why in page.one(id="who-is-next").text
    assert f"分管领导：{why}" in page.one(id="timeline").text
    assert "send" in [button for form in page.all("form") for button in form.buttons]


def test_what_an_administrator_proposes_stands_above_everything_else(
    as_person: As, house: House, number: str
) -> None:
    wish = Decision(Actor("sun", "孙工"), "case.suspend", house.clock(), "k1", opinion="等设备到货")
    assert house.service.decide(number, wish).refused is None
    told = see(as_person("zhang"), f"/c/{number}").one(id="case-course").text
    assert "管理员孙工提请“暂停案件”（等设备到货），待另一位管理员同意" in told
