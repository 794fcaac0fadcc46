"""A rule that a typed value breaks is told with its clauses, and once more at the field where it
can be mended.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tests.web.committees import hands_in, publishes
from tests.web.consumables import decides, see
from tests.web.paper import Element, read_page

As = Callable[[str], TestClient]
NEW = "/requests/new/stock-order"
TOO_MANY = "一次最多领一百件"


@pytest.fixture(autouse=True)
def published(as_person: As) -> None:
    publishes(as_person("sun"), "stock-order")


def asks_for(browser: TestClient, quantity: str) -> Response:
    form = see(browser, NEW).one("form", id="request-form")
    typed = {"f.what": "手套", "f.quantity": quantity, "do": "submit"}
    return browser.post(NEW, data={**form.fields, **typed})


def field_of(page: Element, key: str) -> tuple[Element, str]:
    """The box of a field, and what is said to be wrong at it."""
    (box,) = (one for one in page.all("input") if one.attributes.get("name") == f"f.{key}")
    problem = page.one(id=f"{box.attributes['id']}-problem")
    assert problem.attributes["id"] in box.attributes["aria-describedby"].split()
    assert box.attributes["aria-invalid"] == "true"
    return box, problem.text


def test_it_is_told_at_the_field_and_with_its_clause(as_person: As) -> None:
    answer = asks_for(as_person("zhang"), "101")
    assert answer.status_code == 409
    page = read_page(answer.text)
    box, problem = field_of(page, "quantity")
    assert TOO_MANY in problem
    assert box.attributes["value"] == "101"
    refusal = page.one(class_="refusal")
    assert TOO_MANY in refusal.text
    assert "/clauses/S0-03-B03" in refusal.links


def test_a_value_that_the_rule_allows_goes_through(as_person: As) -> None:
    assert asks_for(as_person("zhang"), "100").status_code == 303


def test_it_is_told_at_the_field_that_the_decision_fills(as_person: As) -> None:
    number = hands_in(as_person("zhang"), "stock-order", what="手套", quantity="5")
    answer = decides(as_person("li"), number, "grant", opinion="", **{"f.granted": "6"})
    page = read_page(answer.text)
    assert "核给的不能比申请的多" in field_of(page, "granted")[1]
    assert "核给的不能比申请的多" in page.one(class_="refusal").text
