"""孙工 takes the personnel office's list in: sees its faults, mends it, sees what it would do, and
confirms; whoever joined is found at once.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import WIDTHS, Visit, Visitor
from web.exporting import as_csv, as_xlsx

HEADER = ("工号", "姓名", "科室", "岗位", "起", "登录名")


def sends(sun: Visitor, file: Path) -> Page:
    """Choose the file and ask what it would do."""
    page = sun.page
    page.get_by_label("CSV 或 Excel").set_input_files(file)
    page.get_by_role("button", name="预览").click()
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_a_list_is_mended_seen_and_confirmed(visitor: Visit, tmp_path: Path, width: int) -> None:
    joins = f"han{width}"
    row = (joins, f"韩医生{width}", "外科", "临床医生", "2026-03-01", "")
    wrong = tmp_path / "名单.csv"
    wrong.write_bytes(
        as_csv(HEADER, [(*row[:-1], joins), ("lost", "迷路", "火星科", "魔术师", "明天", "")])
    )
    right = tmp_path / "名单.xlsx"
    right.write_bytes(as_xlsx(HEADER, [row], "人员"))

    sun = visitor("sun", width)
    sun.goes_to("/admin/org").get_by_role("link", name="从表格导入").click()
    sun.looks_closely()

    page = sends(sun, wrong)
    faults = page.locator("#import-faults")
    expect(faults).to_contain_text("“火星科”：没有这个科室")
    expect(faults).to_contain_text("“魔术师”：没有这个角色")
    expect(faults).to_contain_text("“明天”不是日期")
    expect(faults).to_contain_text("上岗")
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
    sun.looks_closely()

    page = sends(sun, right)
    expect(page.locator("#import-preview")).to_contain_text("新岗位：外科临床医生")
    sun.looks_closely()
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("#announcement")).to_contain_text("已导入：新增 1")
    sun.goes_to(f"/admin/org?q={joins}")
    page.get_by_role("link", name=f"韩医生{width}").click()
    expect(page.locator("#person-posts")).to_contain_text("临床医生")
    sun.looks_closely()


def test_a_list_is_imported_without_scripts_too(visitor: Visit, tmp_path: Path) -> None:
    file = tmp_path / "科室.csv"
    rows = [("plain-eye", "朴素眼科", "临床科室", "外科")]
    file.write_bytes(as_csv(("科室编号", "科室名称", "类别", "上级科室"), rows))
    sun = visitor("sun", scripts=False)
    sun.goes_to("/admin/org/import/departments")
    page = sends(sun, file)
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("#departments")).to_contain_text("朴素眼科")
