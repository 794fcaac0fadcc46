"""What is refused says why, where the person looks, with the clause: on the page, not in a
trace.
"""

from __future__ import annotations

from itertools import count

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import WIDTHS, Served, Visit, Visitor

_names = count(1)
TYPED = {
    "规格": "1",
    "用途": "试用",
    "材料生产单位": "甲厂",
    "代理单位": "无",
    "需要数量": "1",
    "参考单价": "10",
}


def fills(visitor: Visitor, material: str, **but: str) -> None:
    """Fill a request without sending it."""
    page = visitor.goes_to("/requests/new/consumable-approval")
    for label, value in {"材料名称": material, **TYPED, **but}.items():
        page.get_by_label(label).fill(value)


def asks(visitor: Visitor, material: str) -> str:
    """Hand a request in; its address."""
    fills(visitor, material)
    visitor.page.get_by_role("button", name="提交").click()
    expect(visitor.page.locator("#case")).to_contain_text("待科主任签署")
    return visitor.page.url.partition("?")[0].removeprefix(visitor.served.url)


@pytest.fixture
def material() -> str:
    """A name that no other journey asks for."""
    return f"拒绝试验{next(_names)}"


@pytest.mark.parametrize("width", WIDTHS)
def test_missing_and_misspelt_fields_are_told_all_at_once(
    visitor: Visit, width: int, material: str
) -> None:
    zhang = visitor("zhang", width)
    fills(zhang, material, 代理单位="", 需要数量="很多")
    page = zhang.page
    page.get_by_role("button", name="提交").click()
    summary = page.get_by_role("alert").first
    expect(summary).to_contain_text("有 2 处需要修改")
    expect(summary).to_be_focused()
    zhang.looks_closely()
    summary.get_by_role("link", name="代理单位").click()
    expect(page.get_by_label("代理单位")).to_be_focused()
    expect(page.get_by_label("需要数量")).to_have_value("很多")
    expect(page.get_by_label("需要数量")).to_have_accessible_description("至少 1 请填数字")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_missing_opinion_is_asked_for_where_it_is_written(
    visitor: Visit, width: int, material: str
) -> None:
    case = asks(visitor("zhang", width), material)
    li = visitor("li", width)
    page = li.goes_to(case)
    page.get_by_role("button", name="退回补填").click()
    box = page.get_by_label("意见")
    expect(box).to_have_accessible_description("请写明理由：退回或不同意必须说明原因")
    expect(box).to_be_focused()
    li.looks_closely()


def test_ones_own_request_is_not_ones_own_to_sign(visitor: Visit, material: str) -> None:
    li = visitor("li")
    case = asks(li, material)
    page = li.goes_to(case)
    card = page.locator("#decision-card")
    expect(card).to_contain_text("这是您自己提交的申请，须由其他人办理")
    expect(card.get_by_role("link", name="S0-15-31").first).to_be_visible()
    li.looks_closely()


def test_finance_reads_that_the_head_comes_first(visitor: Visit, material: str) -> None:
    case = asks(visitor("zhang"), material)
    wang = visitor("wang")
    page = wang.goes_to(case)
    page.get_by_text("本环节由他人办理的操作").click()
    expect(page.locator("#decision-card")).to_contain_text("“科主任签署同意”由申请科室的科主任办理")
    wang.looks_closely()


def test_a_material_that_was_approved_needs_no_new_approval(visitor: Visit, material: str) -> None:
    case = asks(visitor("zhang"), material)
    for person, button in (
        ("li", "科主任签署同意"),
        ("wang", "财务签署同意"),
        ("zhao", "分管领导批准"),
    ):
        page = visitor(person).goes_to(case)
        page.get_by_label("意见").fill("同意")
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("status").first).to_contain_text("已办理")
    chen = visitor("chen")
    fills(chen, material)
    chen.page.get_by_role("button", name="提交").click()
    alert = chen.page.get_by_role("alert").first
    expect(alert).to_contain_text("该材料已审批，再次使用无需审批")
    chen.looks_closely()
    alert.get_by_role("link", name="S0-03-B03").click()
    expect(chen.page.get_by_role("heading", level=1)).to_have_text("条款 S0-03-B03")
    chen.looks_closely()


def test_a_case_of_another_department_is_not_there(visitor: Visit, material: str) -> None:
    case = asks(visitor("zhang"), material)
    wu = visitor("wu")
    page = wu.goes_to(case)
    expect(page.get_by_role("heading", level=1)).to_have_text("没有找到")
    expect(page.locator("main")).not_to_contain_text(material)
    wu.looks_closely()


def test_what_was_returned_comes_back_with_its_reason(
    visitor: Visit, served: Served, material: str
) -> None:
    zhang = visitor("zhang")
    case = asks(zhang, material)
    page = visitor("li").goes_to(case)
    page.get_by_label("意见").fill("请写明规格")
    page.get_by_role("button", name="退回补填").click()
    expect(page.get_by_role("status").first).to_contain_text("下一步由张医生办理")
    page = zhang.goes_to("/inbox")
    page.get_by_role("link", name=material).click()
    expect(page.locator("#timeline")).to_contain_text("请写明规格")
    zhang.looks_closely()
    page.get_by_label("规格").fill("大号")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status").first).to_contain_text("下一步由李主任办理")
    file = served.store.readings.case_file(case.removeprefix("/c/"))
    assert file is not None
    assert (file.case.state, file.case.round) == ("dept_review", 2)
