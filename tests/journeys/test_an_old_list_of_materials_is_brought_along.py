"""孙工 proposes the old list of materials, 卫工 looks at the same file and confirms; from then on
张医生 is told that the material needs no approval any more, and finds it in the register.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import WIDTHS, Served, Visit, Visitor
from tests.journeys.test_four_people_approve_a_consumable import FIELDS
from tests.web.conftest import PASSWORD, quick_passwords
from web.exporting import as_csv, as_xlsx
from workflow.nouns import SYSTEM, Actor
from workflow.people.organisation import Person, Post
from workflow.ports.house import Account, Deed, SaveAccount, SavePerson

HEADER = ("材料名称", "规格", "材料生产单位", "参考单价", "批准日期")


def sends(somebody: Visitor, file: Path) -> Page:
    """The way from the side bar to what the file would add, or what is wrong with it."""
    page = somebody.goes_to("/admin/registers")
    page.get_by_role("link", name="导入已批准卫生材料目录").click()
    somebody.looks_closely()
    page.get_by_label("CSV 或 Excel").set_input_files(file)
    page.get_by_role("button", name="预览").click()
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_what_was_approved_on_paper_is_known_from_then_on(
    visitor: Visit, served: Served, tmp_path: Path, width: int
) -> None:
    deed = Deed(Actor(SYSTEM, SYSTEM), served.clock())
    account = Account("wei", "wei", quick_passwords().hash(PASSWORD))
    wei = Person("wei", "卫工", "it", (Post("admin", "it"),))
    served.store.house.change(deed, SavePerson(wei), SaveAccount(account))
    material = f"旧目录缝线{width}"
    row = (material, FIELDS["规格"], FIELDS["材料生产单位"], "35.50", "2023-11-05")
    wrong, right = tmp_path / "材料.csv", tmp_path / "材料.xlsx"
    wrong.write_bytes(as_csv(HEADER, [row, (material, "", "甲厂", "九元", "2023-02-30")]))
    right.write_bytes(as_xlsx(HEADER, [row], "材料"))

    sun = visitor("sun", width)
    page = sends(sun, wrong)
    faults = page.locator("#import-faults")
    expect(faults).to_contain_text("不是日期")
    expect(faults).to_contain_text("请填数字")
    expect(page.get_by_role("button", name="提出导入")).to_have_count(0)
    sun.looks_closely()
    page = sends(sun, right)
    expect(page.locator("#list-preview")).to_contain_text(material)
    sun.looks_closely()
    page.get_by_role("button", name="提出导入").click()
    expect(page.locator("#announcement")).to_contain_text("请另一位管理员")
    sun.looks_closely()

    other = visitor("wei", width)
    page = sends(other, right)
    expect(page.locator("#list-preview")).to_contain_text("孙工 于")
    other.looks_closely()
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("#announcement")).to_contain_text("已导入 1 条")

    zhang = visitor("zhang", width)
    page = zhang.goes_to("/requests/new/consumable-approval")
    page.get_by_label("材料名称").fill(material)
    for label, value in FIELDS.items():
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#main")).to_contain_text("该材料已审批，再次使用无需审批")
    page = zhang.goes_to("/registers/approved_materials")
    page.get_by_label("查找文字").fill(material)
    page.get_by_role("button", name="查询").click()
    zhang.looks_closely()
    page.get_by_role("link", name=material).click()
    expect(page.locator("#main")).to_contain_text("医院带来的已有记录")
    expect(page.locator("#main")).to_contain_text("¥35.50")
    zhang.looks_closely()
