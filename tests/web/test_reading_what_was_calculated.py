"""What was calculated stands on the page, on paper and in the trail: from what, by which rule."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.committees import hands_in
from tests.web.consumables import card_form, see
from tests.web.paper import read_page

As = Callable[[str], TestClient]


@pytest.fixture
def number(as_person: As) -> str:
    """A month's subsidy, from which Wang deducts what was irregular."""
    wang = as_person("wang")
    number = hands_in(wang, "subsidy-claim", period="2026-02", generated="80000.00")
    form = card_form(wang, number, "deduct")
    data = {**form.fields, "f.irregular": "3500.05", "opinion": "分解住院", "action": "deduct"}
    answer = wang.post(form.attributes["action"], data=data)
    assert answer.status_code == 303, read_page(answer.text).text[:1500]
    return number


def test_the_story_tells_from_what_it_was_calculated(as_person: As, number: str) -> None:
    page = see(as_person("wang"), f"/c/{number}")
    (told,) = page.one(id="timeline").all("details", class_="calculation")
    assert "计算：补助申报额 违规扣除额 ¥3,500.05" in told.text
    assert "申报额 ¥76,499.95" in told.text
    assert "系统生成补助额 ¥80,000.00" in told.text
    assert "申报额＝系统生成额－违规扣除额" in told.text
    assert "依据 S0-03-C03" in told.text


def test_the_sheet_has_it_too(as_person: As, number: str) -> None:
    page = see(as_person("wang"), f"/c/{number}/print")
    first = page.all("section", class_="paper-panel")[0].text
    assert first.startswith("计算：补助申报额（扣除 2026年3月2日")
    assert "申报额 ¥76,499.95" in first


def test_the_button_says_what_will_be_worked_out(as_person: As) -> None:
    wang = as_person("wang")
    number = hands_in(wang, "subsidy-claim", period="2026-02", generated="80000.00")
    assert "系统同时计算：补助申报额" in see(wang, f"/c/{number}").one(id="decision-card").text


def test_it_reads_in_english_too(as_person: As, number: str) -> None:
    wang = as_person("wang")
    wang.post("/language", data={"language": "en", "next": "/"})
    (told,) = see(wang, f"/c/{number}").one(id="timeline").all("details", class_="calculation")
    assert "Calculated: Claim less irregular subsidies" in told.text
    assert "Generated subsidy ¥80,000.00" in told.text


def test_an_auditor_reads_it_in_the_line_of_the_ledger(as_person: As, number: str) -> None:
    page = see(as_person("qian"), f"/audit/case/{number}")
    assert "计算：补助申报额" in page.text
