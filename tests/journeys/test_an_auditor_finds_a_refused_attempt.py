"""An auditor finds who tried what the rules refused, reads it, checks the ledger, takes it."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import WIDTHS, Served, Visit
from workflow.nouns import Actor, Decision, Opening

_keys = count(1)
FIELDS = {
    "spec": "3-0",
    "purpose": "缝合",
    "manufacturer": "某厂",
    "agent": "无",
    "quantity": "10",
    "ref_unit_price": "35.50",
}


def refused_attempt(served: Served, material: str) -> str:
    """吴主任 of another department tries to sign for 外科; the number of the case."""
    house = served.house
    zhang, wu = Actor("zhang", "张医生"), Actor("wu", "吴主任")

    def key() -> str:
        return f"refused-attempt-{next(_keys)}"

    answers = {"material_name": material, **FIELDS}
    opening = Opening(zhang, "consumable-approval", house.clock(), key(), answers)
    number = house.service.open(opening).number
    assert number is not None
    house.service.decide(number, Decision(zhang, "submit", house.clock(), key()))
    tried = Decision(wu, "dept_sign", house.clock(), key(), {}, "我来签")
    assert house.service.decide(number, tried).refused is not None
    return number


@pytest.mark.parametrize("width", WIDTHS)
def test_a_refused_attempt_is_found_opened_and_taken_along(
    visitor: Visit, served: Served, width: int
) -> None:
    number = refused_attempt(served, f"审计试验{width}")
    qian = visitor("qian", width)
    page = qian.goes_to("/audit/search")
    page.get_by_label("案件编号").fill(number)
    page.get_by_label("只看被拒绝的").check()
    page.get_by_role("button", name="查询").click()
    row = page.locator("tr.refused")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("吴主任")
    expect(row).to_contain_text("申请科室的科主任")
    qian.looks_closely()

    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    text = Path(taken.value.path()).read_bytes().decode("utf-8-sig")
    assert text.count("\r\n") == 2
    assert number in text
    assert "吴主任" in text

    row.get_by_role("link").first.click()
    expect(page.locator("#ledger-entry")).to_contain_text("not_permitted")
    qian.looks_closely()
    page.get_by_role("link", name=f"{number} 的账本").click()
    expect(page.locator("main")).to_contain_text("3 条记录首尾相连")
    for entry in page.locator("details.entry").all():
        entry.locator("summary").click()
    qian.looks_closely()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_ledger_is_checked_by_a_button(visitor: Visit, width: int) -> None:
    qian = visitor("qian", width)
    page = qian.goes_to("/audit/verify")
    page.get_by_role("button", name="开始校验").click()
    expect(page.locator("#verification")).to_contain_text("账本完好")
    qian.looks_closely()


def test_everything_works_without_scripts(visitor: Visit, served: Served) -> None:
    number = refused_attempt(served, "无脚本试验")
    qian = visitor("qian", scripts=False)
    page = qian.goes_to(f"/audit/search?case={number}")
    expect(page.locator("tr.refused")).to_have_count(1)
    page.goto(f"{served.url}/audit/verify")
    page.get_by_role("button", name="开始校验").click()
    expect(page.locator("#verification")).to_contain_text("账本完好")
