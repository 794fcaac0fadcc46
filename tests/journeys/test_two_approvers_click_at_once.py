"""Two people may decide the same step: the first decides, the second is told calmly and loses
no word.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import WIDTHS, Served, Visit
from workflow.nouns import SYSTEM, Actor
from workflow.people.organisation import Delegation
from workflow.ports.house import Deed, SaveDelegation


@pytest.fixture
def standing_in(served: Served) -> Iterator[None]:
    """吴主任 stands in for 李主任 today."""
    deed = Deed(Actor(SYSTEM, SYSTEM), served.clock())
    today = served.house.store.readings.hospital().calendar.local_day(served.clock())
    lent = Delegation("journey", "li", "wu", today, today)
    served.store.house.change(deed, SaveDelegation(lent))
    yield
    before = Delegation("journey", "li", "wu", date(2026, 1, 1), date(2026, 1, 1))
    served.store.house.change(deed, SaveDelegation(before))


@pytest.mark.usefixtures("standing_in")
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scripts", [True, False])
def test_the_second_is_told_who_was_faster(
    visitor: Visit, served: Served, width: int, *, scripts: bool
) -> None:
    material = f"同时办理{width}{scripts}"
    page = visitor("zhang").goes_to("/requests/new/consumable-approval")
    typed = ("材料名称", "规格", "用途", "材料生产单位", "代理单位")
    for label in typed:
        page.get_by_label(label).fill(material)
    page.get_by_label("需要数量").fill("1")
    page.get_by_label("参考单价").fill("1")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#case")).to_contain_text("待科主任签署")
    case = page.url.partition("?")[0].removeprefix(served.url)

    first, second = visitor("li", width), visitor("wu", width, scripts=scripts)
    for one, words in ((first, "同意"), (second, "数量偏多，建议减半")):
        one.goes_to(case).get_by_label("意见").fill(words)
    first.page.get_by_role("button", name="科主任签署同意", exact=True).click()
    expect(first.page.get_by_role("status").first).to_contain_text("下一步由王会计办理")
    second.page.get_by_role("button", name="退回补填").click()

    calm = second.page.locator("#overtaken")
    expect(calm).to_contain_text("本案已由李主任于今天 09:00办理：科主任签署同意")
    expect(calm).to_contain_text("您刚才的操作没有执行")
    expect(second.page.get_by_label("您刚才写的意见")).to_have_value("数量偏多，建议减半")
    if scripts:
        second.looks_closely()
    file = served.store.readings.case_file(case.removeprefix("/c/"))
    assert file is not None
    assert file.case.state == "finance_review"


@pytest.mark.usefixtures("standing_in")
def test_the_same_button_pressed_twice_decides_once(visitor: Visit, served: Served) -> None:
    page = visitor("zhang").goes_to("/requests/new/consumable-approval")
    for label in ("材料名称", "规格", "用途", "材料生产单位", "代理单位"):
        page.get_by_label(label).fill("双击")
    page.get_by_label("需要数量").fill("1")
    page.get_by_label("参考单价").fill("1")
    page.get_by_role("button", name="提交").dblclick()
    expect(page.locator("#case")).to_contain_text("待科主任签署")
    case = page.url.partition("?")[0].removeprefix(served.url)
    li = visitor("li").goes_to(case)
    li.get_by_label("意见").fill("同意")
    li.get_by_role("button", name="科主任签署同意", exact=True).dblclick()
    expect(li.get_by_role("status").first).to_contain_text("下一步由王会计办理")
    file = served.store.readings.case_file(case.removeprefix("/c/"))
    assert file is not None
    events = [entry.event for entry in served.store.readings.entries(file.case.id)]
    assert events.count("dept_sign") == 1
    assert events.count("start") == 1
