"""The bed was charged two days too many: 周护士 raises it, three people correct it, and until then
nobody settles.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.before import Acts, hires, knows, lies_in
from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.stays import chooses, does, fills, form_of, hears, opens, presses
from workflow.nouns import Scalar

DISPUTE = "住院费用争议更正"
CALL = "通知结算"
#: Twelve days were charged; the patient lay there for ten.
BEFORE, AFTER = "¥480.00", "¥400.00"
NEVER_ALONE = "费用更正未经医保办同意，不得更改金额"


@dataclass(frozen=True)
class Bill:
    """A stay at its pre-settlement check, with one charge."""

    stay: str
    charge: str


@pytest.fixture
def bill(served: Served) -> Bill:
    """What came before: 刘大妈 was here, 罗记账 booked her bed, and she has left."""
    hires(
        served,
        ("tang", "唐医生", "surgery", "dept_rep"),
        ("luo", "罗记账", "surgery", "charge_clerk"),
    )
    knows(served, "price_list", "bed", PRICE)
    knows(served, "orders", "order", ORDER)
    stay = lies_in(served, "刘大妈")
    acts = Acts(served)
    charge = acts.open("luo", "charge-entry", BED, parent=stay)
    acts.do("luo", charge, "book")
    notice = {"discharge_notice_date": "2026-03-02"}
    acts.do("zhang", stay, "issue_discharge_notice", notice, opinion="切口愈合，符合出院标准")
    left = {"discharge_time": "2026-03-02T08:55:00+08:00", "briefing_done": True}
    acts.do("zhou", stay, "leave_hospital", left)
    acts.do("ding", stay, "start_charge_review")
    return Bill(stay, charge)


BED = {
    "service_date": "2026-03-02",
    "order_id": "Y1",
    "item_code": "C1",
    "item_name": "普通床位费",
    "qty": 12,
    "unit_price": "40.00",
    "amount": "480.00",
    "cost_type": "床位",
}
PRICE: dict[str, Scalar] = {
    "item_code": "C1",
    "item_name": "普通床位费",
    "unit_price": 40_00,
    "pay_class": "医保",
}
ORDER: dict[str, Scalar] = {"order_id": "Y1", "item_code": "C1", "qty": 12}


def raises_a_dispute(zhou: Visitor, bill: Bill) -> str:
    """From the page of the stay; the number of the correction."""
    page = opens(zhou, bill.stay)
    page.locator("#related-cases").get_by_role("link", name=DISPUTE).click()
    form = page.locator("#request-form")
    expect(form.get_by_label("所属案件")).to_have_value(bill.stay)
    chooses(form, {"提出人": "家属", "提出阶段": "预结账"})
    charges = form.get_by_role("group", name="争议明细")
    charges.get_by_role("checkbox", name=bill.charge).check()
    fills(form, {"疑问说明": "床位费记了12天，实际住10天"})
    zhou.looks_closely()
    form.get_by_role("button", name="发起").click()
    expect(page.locator("#case")).to_contain_text("已提出")
    found = re.search(r"/c/(GZ\d+-\d+)", page.url)
    assert found is not None
    return found[1]


def cannot_be_settled(ding: Visitor, bill: Bill, correction: str) -> None:
    """The page of the stay names the case that is in the way, and leads there."""
    page = opens(ding, bill.stay)
    expect(page.get_by_role("button", name=CALL)).to_have_count(0)
    closed = page.locator("#decision-card .closed").get_by_role("listitem").filter(has_text=CALL)
    expect(closed).to_contain_text("有费用更正尚未办结，先办结再通知结算")
    closed.get_by_role("link", name=correction).click()
    expect(page.locator("#case")).to_contain_text(correction)


def cannot_be_edited(someone: Visitor, bill: Bill) -> Page:
    """No box and no button for the amount of what is booked."""
    page = opens(someone, bill.charge)
    expect(page.locator("#case")).to_contain_text(BEFORE)
    expect(page.locator("#case-edit")).to_have_count(0)
    expect(page.get_by_label("金额")).to_have_count(0)
    expect(page.get_by_label("数量")).to_have_count(0)
    expect(page.get_by_role("button", name="更正")).to_have_count(0)
    return page


def is_disputed(zhou: Visitor, bill: Bill, correction: str) -> None:
    """The charge is marked, and the ward finds that it has to be changed."""
    page = cannot_be_edited(zhou, bill)
    does(page, "争议", "更正中")
    page = opens(zhou, correction)
    form = form_of(page, "确需更改")
    chooses(form, {"核对结果": "需更改"})
    presses(form, "确需更改")
    hears(page, "下一步由唐医生办理")


def states(tang: Visitor, correction: str) -> None:
    """What happened, and the values before and after."""
    page = opens(tang, correction)
    form = form_of(page, "科室说明情况")
    fills(form, {"原数量": "12", "原金额": "480", "更改后数量": "10", "更改后金额": "400"})
    fills(form, {"意见": "录入时多记两天"})
    presses(form, "科室说明情况")
    hears(page, "下一步由何老师办理")


def agrees(he: Visitor, correction: str) -> None:
    """The insurance office reads the old and the new, and agrees."""
    page = opens(he, correction)
    shows_old_and_new(page)
    form = form_of(page, "医保办同意")
    expect(form.get_by_label("更改后金额")).to_have_count(0)
    fills(form, {"意见": "与医嘱一致，同意更改"})
    presses(form, "医保办同意")
    hears(page, "下一步由丁老师办理")


def shows_old_and_new(page: Page) -> None:
    """Both values, and what the department said."""
    content = page.locator("#case-form")
    for label, value in (("原金额", BEFORE), ("更改后金额", AFTER), ("科室情况说明", "多记两天")):
        told = content.locator("div").filter(has=page.get_by_text(label, exact=True)).last
        expect(told).to_contain_text(value)


def test_a_disputed_fee_is_corrected(visitor: Visit, served: Served, bill: Bill) -> None:
    zhou, ding, tang, he = (visitor(person) for person in ("zhou", "ding", "tang", "he"))
    correction = raises_a_dispute(zhou, bill)
    cannot_be_settled(ding, bill, correction)
    is_disputed(zhou, bill, correction)

    page = cannot_be_edited(ding, bill)
    closed = page.locator("#decision-card .closed")
    expect(closed).to_contain_text(NEVER_ALONE)
    expect(closed.get_by_role("link", name="S0-07-02a")).to_be_visible()

    states(tang, correction)
    agrees(he, correction)
    page = opens(ding, correction)
    shows_old_and_new(page)
    does(page, "入出院处更改", "已更改")
    does(page, "结案", "本案办结：结案(已更改)")
    shows_old_and_new(page)
    ding.looks_closely()

    page = opens(ding, bill.charge)
    expect(page.locator("#case")).to_contain_text("已冲销")
    expect(page.locator("#case")).to_contain_text(BEFORE)
    page = opens(ding, bill.stay)
    expect(form_of(page, CALL).get_by_role("button", name=CALL, exact=True)).to_be_visible()

    rows = served.store.readings.rows("charges", {"stay_id": bill.stay, "reversed": False})
    assert [(row.values["qty"], row.values["amount"]) for row in rows] == [(10, 400_00)]
