"""A committee votes: one member passes the work on, another asks a colleague first, the result
follows by itself, and the vice president names a condition that is confirmed before the end.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import WIDTHS, Served, Visit, Visitor
from tests.web.committees import PROCESSES


def is_published(visitor: Visit, served: Served) -> None:
    """The small process of this story, published by 孙工 like any other."""
    if "device-committee" in served.house.catalog().newest:
        return
    page = visitor("sun").page
    text = (PROCESSES / "device-committee.yaml").read_text("utf-8")
    answer = page.request.post(
        f"{served.url}/admin/definitions/new",
        form={"text": text, "act": "publish"},
        headers={"Origin": served.url},
    )
    assert answer.ok


def asks_for(zhang: Visitor, device: str) -> str:
    """A device is asked for; where its case is."""
    page = zhang.goes_to("/requests/new/device-committee")
    page.get_by_label("设备").fill(device)
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#case")).to_contain_text("论证会")
    found = re.search(r"/c/SL\d+-\d+", page.url)
    assert found is not None
    return found[0]


def goes_to_decide(page: Page) -> None:
    """On a phone the card is at the end of a link that is always at hand."""
    bar = page.get_by_role("link", name="去办理")
    if bar.is_visible():
        bar.click()


def uses(someone: Visitor, case: str, tool: str, colleague: str, words: str) -> Page:
    """Open "more", choose the tool, find the colleague by typing, write a word, and send it."""
    page = someone.goes_to(case)
    goes_to_decide(page)
    page.get_by_text("更多操作").click()
    page.get_by_role("link", name=tool, exact=True).click()
    page.get_by_label("输入姓名、科室或岗位查找").fill(colleague)
    chosen = page.get_by_label("请选择同事").locator("option:checked")
    expect(chosen).to_contain_text(colleague)
    page.locator("#more-acts textarea[name=opinion]").first.fill(words)
    someone.looks_closely()
    page.get_by_role("button", name=tool, exact=True).click()
    expect(page.locator("#timeline")).to_contain_text(f"{tool} → {colleague}")
    return page


def votes(someone: Visitor, case: str, action: str, opinion: str) -> Page:
    """Write an opinion and press the button."""
    page = someone.goes_to(case)
    goes_to_decide(page)
    page.locator(".decision-form").first.get_by_label("意见").fill(opinion)
    page.get_by_role("button", name=action, exact=True).click()
    expect(page.locator("#timeline")).to_contain_text(opinion)
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_a_committee_votes_and_one_member_passes_the_work_on(
    visitor: Visit, served: Served, width: int
) -> None:
    is_published(visitor, served)
    device = f"超声刀{width}"
    case = asks_for(visitor("zhang", width), device)
    li, wu, he, wang = (visitor(name, width) for name in ("li", "wu", "he", "wang"))

    page = uses(he, case, "转办", "郭老师", "我外出学习")
    expect(page.locator(".panel")).to_contain_text("由郭老师接替")
    he.looks_closely()
    guo = visitor("guo", width)
    guo.goes_to("/inbox").get_by_role("link", name=device).click()
    expect(guo.page.locator(".panel tr.mine")).to_contain_text("郭老师")

    page = uses(wang, case, "委派", "丁老师", "科目还有余额吗？")
    expect(page.locator("#decision-card")).to_contain_text("要先等丁老师办理，才轮到您")
    wang.looks_closely()
    ding = visitor("ding", width)
    page = ding.goes_to("/inbox")
    expect(page.locator("#inbox-rows")).to_contain_text("王会计请您给出意见：科目还有余额吗？")
    ding.looks_closely()
    page.get_by_role("link", name=device).click()
    goes_to_decide(page)
    page.get_by_label("您的意见").fill("还有二十万元")
    ding.looks_closely()
    page.get_by_role("button", name="答复").click()
    expect(page.locator("#timeline")).to_contain_text("还有二十万元")

    votes(li, case, "赞成", "确有需要")
    page = votes(guo, case, "弃权", "不熟悉")
    expect(page.locator(".panel")).to_contain_text("赞成 1，反对 0，弃权 1，未表决 2")
    votes(wu, case, "赞成", "同意购置")
    expect(wu.page.locator(".why-open")).to_contain_text("还要等可以一票否决的财务科表决")
    wu.looks_closely()
    votes(wang, case, "赞成", "预算内")
    expect(wang.page.locator(".page-head")).to_contain_text("待院长批准")
    expect(wang.page.locator("#timeline")).to_contain_text("论证通过 → 待院长批准")

    zhao = visitor("zhao", width)
    page = zhao.goes_to(case)
    goes_to_decide(page)
    page.get_by_label("附带的条件").fill("厂家培训两次")
    zhao.looks_closely()
    page.get_by_role("button", name="批准", exact=True).click()
    expect(page.locator(".promises")).to_contain_text("待确认 厂家培训两次")
    page = he.goes_to(case)
    goes_to_decide(page)
    page.get_by_role("button", name="确认条件").click()
    expect(page.locator(".promises")).to_contain_text("已落实 厂家培训两次")
    he.looks_closely()
    feng = visitor("feng", width)
    page = feng.goes_to(case)
    goes_to_decide(page)
    page.get_by_role("button", name="采购完成").click()
    expect(page.locator(".page-head")).to_contain_text("已采购")


def test_without_scripts_a_colleague_is_chosen_from_the_list(
    visitor: Visit, served: Served
) -> None:
    is_published(visitor, served)
    case = asks_for(visitor("zhang"), "床旁超声")
    page = visitor("li", scripts=False).goes_to(case)
    page.get_by_text("更多操作").click()
    page.get_by_role("link", name="转办", exact=True).click()
    page.get_by_label("请选择同事").select_option(label="陈医生（临床医生）")
    page.get_by_role("button", name="转办", exact=True).click()
    expect(page.locator("#timeline")).to_contain_text("转办 → 陈医生")
