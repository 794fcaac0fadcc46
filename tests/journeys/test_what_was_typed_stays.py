"""Whatever comes between: what somebody has typed stays before them, with the reason beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import FilePayload, expect

from tests.journeys.conftest import WIDTHS, Served, Visit, Visitor
from workflow.nouns import SYSTEM, Actor
from workflow.people.organisation import Person
from workflow.ports.house import Deed, SavePerson

NAME = "一次性使用无菌手术单"


def writes(visitor: Visitor) -> None:
    """Begin a request, and type."""
    visitor.goes_to("/requests/new/consumable-approval").get_by_label("材料名称").fill(NAME)


def holds(visitor: Visitor, name: str, value: str) -> None:
    """Give the browser another cookie."""
    visitor.page.context.add_cookies([{"name": name, "value": value, "url": visitor.served.url}])


def expects_refusals(visitor: Visitor) -> None:
    """The library that sends parts tells the browser of every refusal, and that is no fault."""
    others = [one for one in visitor.complaints if "Response Status Error Code" not in one]
    visitor.complaints[:] = others


@pytest.mark.parametrize("width", WIDTHS)
def test_a_session_that_ended_is_told_and_leaves_the_page_as_it_is(
    visitor: Visit, width: int
) -> None:
    zhang = visitor("zhang", width)
    writes(zhang)
    page = zhang.page
    cookie = next(one for one in page.context.cookies() if "session" in one["name"])
    holds(zhang, cookie["name"], "ended")
    with page.expect_response("**/unsent"):
        page.get_by_label("规格").fill("60×80cm")
    told = page.get_by_role("status").first
    expect(told).to_contain_text("登录已过期")
    expect(told.get_by_role("link", name="在新窗口登录")).to_have_attribute("target", "_blank")
    expect(page.get_by_label("材料名称")).to_have_value(NAME)
    zhang.looks_closely()
    holds(zhang, cookie["name"], cookie["value"])
    page.get_by_role("button", name="存为草稿").click()
    expect(page.locator("#case")).to_contain_text(NAME)
    expects_refusals(zhang)


@pytest.fixture
def without_post(served: Served) -> Iterator[Callable[[str], None]]:
    """Takes somebody's posts from them until the journey is over."""
    deed, before = Deed(Actor(SYSTEM, SYSTEM), served.clock()), list[Person]()

    def take(person: str) -> None:
        found = served.store.readings.hospital().organisation.people[person]
        before.append(found)
        served.store.house.change(deed, SavePerson(replace(found, posts=())))

    yield take
    served.store.house.change(deed, *(SavePerson(one) for one in before))


def test_an_answer_that_has_no_place_in_the_page_says_why(
    visitor: Visit, without_post: Callable[[str], None]
) -> None:
    zhang, li = visitor("zhang"), visitor("li")
    writes(zhang)
    page = zhang.page
    for label in ("规格", "用途", "材料生产单位", "代理单位"):
        page.get_by_label(label).fill("60×80cm")
    page.get_by_label("需要数量").fill("1")
    page.get_by_label("参考单价").fill("1")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#case")).to_contain_text("待科主任签署")
    page = li.goes_to(page.url.partition("?")[0].removeprefix(zhang.served.url))
    page.get_by_label("意见").fill("数量偏多")
    without_post("li")
    page.get_by_role("button", name="退回补填").click()
    told = page.get_by_role("status").first
    expect(told).to_contain_text("没有这个案件，或您无权查看")
    expect(told).not_to_contain_text("没有连上服务器")
    expect(page.get_by_label("意见")).to_have_value("数量偏多")
    expects_refusals(li)


def test_files_that_are_too_large_are_told_before_they_are_sent(visitor: Visit) -> None:
    zhang = visitor("zhang")
    writes(zhang)
    page = zhang.page
    content = b"%PDF-" + b"0" * 22_000_000
    large: FilePayload = {"name": "大图.pdf", "mimeType": "application/pdf", "buffer": content}
    page.get_by_label("附件").set_input_files([large])
    page.get_by_role("button", name="存为草稿").click()
    expect(page.get_by_role("status").first).to_contain_text("所选文件合计超过 20 MB，没有提交")
    expect(page.get_by_label("材料名称")).to_have_value(NAME)
    page.get_by_label("附件").set_input_files([])
    page.get_by_role("button", name="存为草稿").click()
    expect(page.locator("#case")).to_contain_text(NAME)
