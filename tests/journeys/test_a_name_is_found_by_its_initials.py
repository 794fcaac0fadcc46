"""何老师 looks for a parameter, a register and a process among many, by a few letters."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visit


def test_a_name_is_found_by_its_initials(visitor: Visit) -> None:
    he = visitor("he")
    page = he.page
    he.goes_to("/requests/new/policy-profile")
    page.get_by_role("searchbox", name="输入名称或拼音首字母查找").fill("gqkshgx")
    expect(page.locator("#f-key")).to_have_value("exam.pass_mark")
    page.get_by_role("searchbox", name="输入名称或拼音首字母查找").fill("")
    assert page.locator("#f-key option").count() > 80

    he.goes_to("/registers")
    finder = page.get_by_role("searchbox", name="输入名称或拼音首字母查找")
    finder.fill("zzzz")
    expect(page.get_by_text("没有这样的登记簿")).to_be_visible()
    finder.fill("qjdj")
    expect(page.get_by_role("link", name="请假登记")).to_be_visible()
    expect(page.get_by_role("link", name="定点协议")).to_be_hidden()
    finder.press("Enter")
    expect(page).to_have_url(re.compile("/registers/leaves$"))
