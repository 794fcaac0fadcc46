"""李主任 has a page open while 张医生 asks for something: the bell lights and leads to it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import WIDTHS, Served, Visit


def asks_for(visitor: Visit, served: Served, material: str) -> str:
    """张医生 asks for a consumable; its number."""
    page = visitor("zhang").goes_to("/requests/new/consumable-approval")
    for label in ("材料名称", "规格", "用途", "材料生产单位", "代理单位"):
        page.get_by_label(label).fill(material)
    page.get_by_label("需要数量").fill("1")
    page.get_by_label("参考单价").fill("1")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#case")).to_contain_text("待科主任签署")
    return page.url.partition("?")[0].rpartition("/")[2]


@pytest.mark.parametrize("width", WIDTHS)
def test_it_lights_while_the_page_is_open(visitor: Visit, served: Served, width: int) -> None:
    served.house.live.every = 0.2
    li = visitor("li", width)
    li.goes_to("/notices").request.post(
        f"{served.url}/notices/read-all", headers={"Origin": served.url}
    )
    page = li.goes_to("/help")
    badge = page.locator("#bell .count")
    expect(badge).to_be_hidden()

    number = asks_for(visitor, served, f"铃铛{width}")

    expect(badge).to_have_text("1")
    page.locator("#bell").click()
    line = page.locator(".notices .unread")
    expect(line).to_have_count(1)
    expect(line).to_contain_text(number)
    li.looks_closely()
    line.get_by_role("link").click()
    expect(page.locator("#case")).to_contain_text(number)
    expect(page.locator("#bell .count")).to_be_hidden()
    page.locator("#case-told summary").click()
    expect(page.locator("#case-told")).to_contain_text("李主任 今天 09:00 已阅")
    li.looks_closely()


@pytest.mark.parametrize("width", WIDTHS)
def test_without_scripts_it_is_counted_with_the_page(
    visitor: Visit, served: Served, width: int
) -> None:
    number = asks_for(visitor, served, f"无脚本{width}")
    li = visitor("li", width, scripts=False)
    page = li.goes_to("/notices?show=unread")
    expect(page.locator("#bell .count")).to_be_visible()
    line = page.locator(".notices > li", has_text=number)
    line.get_by_role("button").click()
    expect(page.locator(".notices > li", has_text=number)).to_have_count(0)


@pytest.mark.parametrize("width", WIDTHS)
def test_everybody_chooses_how_to_be_told(visitor: Visit, served: Served, width: int) -> None:
    li = visitor("li", width)
    page = li.goes_to("/me/notices")
    page.get_by_label("邮箱地址").fill("li")
    page.get_by_label("抄送给我").check()
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#address-problem")).to_contain_text("邮箱地址写法不对")
    li.looks_closely()
    page.get_by_label("邮箱地址").fill("li@hospital.cn")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#announcement")).to_contain_text("通知设置已保存")
    expect(page.get_by_label("抄送给我")).to_be_checked()


@pytest.mark.parametrize("width", WIDTHS)
def test_an_administrator_sees_what_left(visitor: Visit, width: int) -> None:
    sun = visitor("sun", width)
    sun.goes_to("/admin/deliveries")
    sun.looks_closely()
