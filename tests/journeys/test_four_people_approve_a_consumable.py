"""张医生 asks, 李主任 signs, 王会计 signs, 赵院长 approves: from the catalogue to the sheet of
paper.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import WIDTHS, Served, Visit, Visitor

FIELDS = {
    "规格": "5cm×10",
    "用途": "手术止血",
    "材料生产单位": "甲厂",
    "代理单位": "乙公司",
    "需要数量": "20",
    "参考单价": "300",
}


def asks_for(zhang: Visitor, material: str) -> str:
    """From the inbox through the catalogue to a request that is handed in; its number."""
    page = zhang.page
    zhang.looks_closely()
    page.get_by_role("link", name="发起申请").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("发起申请")
    zhang.looks_closely()
    page.get_by_role("link", name="新增卫生材料审批").last.click()
    zhang.looks_closely()
    page.get_by_label("材料名称").fill(material)
    for label, value in FIELDS.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status").first).to_contain_text("下一步由李主任办理")
    zhang.looks_closely()
    found = re.search(r"/c/(HC\d+-\d+)", page.url)
    assert found is not None
    return found[1]


def finds_in_the_inbox(someone: Visitor, material: str) -> Page:
    """The way from the inbox to the case."""
    page = someone.goes_to("/inbox")
    someone.looks_closely()
    page.get_by_role("link", name=material).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(material)
    someone.looks_closely()
    return page


def signs(someone: Visitor, material: str, button: str, opinion: str, then: str) -> None:
    """Read the case, write the words, press the button, and be told what comes next."""
    page = finds_in_the_inbox(someone, material)
    bar = page.get_by_role("link", name="去办理")
    if bar.is_visible():  # on a phone it is always at hand
        bar.click()
    page.get_by_label("意见").fill(opinion)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text(then)
    someone.looks_closely()


@pytest.mark.parametrize("width", WIDTHS)
def test_four_people_approve_a_consumable(visitor: Visit, served: Served, width: int) -> None:
    material = f"止血材料{width}"
    zhang, li, wang, zhao = (
        visitor(person, width, at_the_door=True) for person in ("zhang", "li", "wang", "zhao")
    )
    number = asks_for(zhang, material)
    signs(li, material, "科主任签署同意", "同意，临床确需", "下一步由王会计办理")
    signs(wang, material, "财务签署同意", "价格合理", "下一步由赵院长办理")
    signs(zhao, material, "分管领导批准", "同意采购", "本案办结：已批准")

    page = zhang.goes_to(f"/c/{number}")
    expect(page.locator("#timeline")).to_contain_text("同意，临床确需")
    expect(page.locator("#case-diagram g.here")).to_contain_text("已批准")
    zhang.looks_closely()
    page.get_by_role("link", name="打印").click()
    zhang.looks_closely()
    sheet = page.locator("main")
    for words in ("青山医院", material, "大写：叁佰元整", "李主任", "王会计", "赵院长"):
        expect(sheet).to_contain_text(words)

    rows = served.store.readings.rows("approved_materials", {"material_name": material})
    assert [row.number for row in rows] == [number]


def test_it_goes_without_any_script_too(visitor: Visit, served: Served) -> None:
    material = "无脚本材料"
    zhang = visitor("zhang", scripts=False)
    page = zhang.goes_to("/requests/new/consumable-approval")
    page.get_by_label("材料名称").fill(material)
    for label, value in FIELDS.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="提交").click()
    for person, button in (
        ("li", "科主任签署同意"),
        ("wang", "财务签署同意"),
        ("zhao", "分管领导批准"),
    ):
        page = visitor(person, scripts=False).goes_to("/inbox")
        page.get_by_role("link", name=material).click()
        page.get_by_label("意见").fill("同意")
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("status").first).to_contain_text("已办理")
    assert served.store.readings.rows("approved_materials", {"material_name": material})


def test_what_is_being_typed_keeps_itself(visitor: Visit) -> None:
    chen = visitor("chen")
    page = chen.goes_to("/requests/new/consumable-approval")
    page.get_by_label("材料名称").press_sequentially("导管")
    expect(page.locator("#saved-mark")).to_contain_text("已自动保存")
    chen.goes_to("/inbox")
    page = chen.goes_to("/requests/new/consumable-approval")
    expect(page.get_by_label("材料名称")).to_have_value("导管")
    expect(page.get_by_text("未提交的内容")).to_be_visible()
    chen.looks_closely()
    page.get_by_role("button", name="清空重填").click()
    expect(page.get_by_label("材料名称")).to_have_value("")
