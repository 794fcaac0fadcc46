"""何老师 takes a complaint about 宁老师 in, who may not look into it and cannot even see it; 刁老师
finds it true, the complainant is answered, and 钱老师 reads it only after saying why.
"""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys.before import decides_that, hires
from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.stays import (
    begins,
    chooses,
    does,
    fills,
    finds,
    form_of,
    hands_in,
    hears,
    presses,
)

WHO = "龚女士 13800000000"
TOLD = {
    "渠道": "电话",
    "举报人信息": WHO,
    "事实": "窗口收下证件，三天没有归还",
    "被举报对象": "医保窗口",
}


def is_taken_in(he: Visitor) -> str:
    """The form asks whom it is about, so that they are kept out."""
    form = begins(he, "投诉举报")
    chooses(form, {"类型": "服务投诉"})
    fills(form, TOLD)
    form.get_by_label("被举报的本院人员").select_option(label="宁老师（调查人）")
    return hands_in(he, "已受理")


def is_given_to_somebody_else(he: Visitor, complaint: str) -> None:
    """Whom it is about is no investigator of it."""
    form = form_of(finds(he, complaint), "调查")
    investigator = form.get_by_label("调查人")
    expect(investigator).not_to_contain_text("宁老师")
    investigator.select_option(label="刁老师（调查人）")
    presses(form, "调查")
    hears(he.page, "下一步由刁老师办理")


def cannot_be_seen(ning: Visitor, complaint: str) -> None:
    """Not in the inbox, and not behind its address."""
    expect(ning.page.locator("main")).not_to_contain_text(complaint)
    page = ning.goes_to(f"/c/{complaint}")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有找到")


def is_found_true(diao: Visitor, complaint: str) -> None:
    """Only words that go with the button are offered beside it."""
    page = finds(diao, complaint)
    form = form_of(page, "属实")
    found = form.get_by_role("group", name="核实结论")
    expect(found.get_by_role("radio")).to_have_count(2)
    expect(found.get_by_label("不实", exact=True)).to_have_count(0)
    chooses(form, {"核实结论": "部分属实"})
    fills(form, {"意见": "登记簿和监控对得上"})
    presses(form, "属实")
    hears(page, "属实")


def says_why(qian: Visitor, complaint: str) -> Page:
    """The question stands before the case; what was answered opens it."""
    page = qian.goes_to(f"/c/{complaint}")
    expect(page.locator("main")).not_to_contain_text(TOLD["事实"])
    qian.looks_closely()
    page.get_by_label("查看的理由").fill("季度投诉抽查")
    page.get_by_role("button", name="记录理由并查看").click()
    expect(page.locator("#case")).to_contain_text(TOLD["事实"])
    return page


def test_a_complaint_protects_who_complains(visitor: Visit, served: Served) -> None:
    decides_that(served, "complaint.days", 15)
    decides_that(served, "complaint.reward", 500_00)
    hires(
        served,
        ("ning", "宁老师", "medins", "investigator"),
        ("diao", "刁老师", "audit", "investigator"),
    )
    he, diao = (visitor(person, at_the_door=True) for person in ("he", "diao"))

    complaint = is_taken_in(he)
    is_given_to_somebody_else(he, complaint)
    cannot_be_seen(visitor("ning"), complaint)

    is_found_true(diao, complaint)
    page = finds(he, complaint)
    form = form_of(page, "答复")
    fills(form, {"答复": "经查属实，证件已归还，向您致歉"})
    presses(form, "答复")
    hears(page, "已答复")
    does(page, "结案", "本案办结：结案")
    expect(page.locator("#case")).to_contain_text(WHO)

    page = says_why(visitor("qian"), complaint)
    expect(page.locator("#case")).not_to_contain_text(WHO)
