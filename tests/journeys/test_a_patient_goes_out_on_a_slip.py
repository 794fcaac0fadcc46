"""周护士 asks for 王大爷's leave, 张医生 grants it, he goes out on a slip and comes back; the third
time in one stay is refused.
"""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.before import Acts, lies_in
from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.stays import (
    begins_from,
    does,
    fills,
    finds,
    form_of,
    hands_in,
    hears,
    presses,
)

SLIP = "请假条编号"
USED_UP = "本次住院的请假次数已用完，不能再批准；转科不重新计数"


def asks_for_leave(zhou: Visitor, stay: str, day: str) -> str:
    """For a day, from the page of the stay; the number of the case."""
    form = begins_from(zhou, stay, "住院患者请假")
    fills(form, {"离开时间": f"{day}T08:30", "计划返回时间": f"{day}T18:00", "事由": "家中有事"})
    return hands_in(zhou, "已申请")


def goes_out_and_comes_back(zhou: Visitor, leave: str) -> None:
    """Not without the number of the slip."""
    page = finds(zhou, leave)
    presses(form_of(page, "离院"), "离院")
    expect(page.get_by_label(SLIP)).to_have_accessible_description(
        "编号不能与其他请假条重复。 请填写"
    )
    form = form_of(page, "离院")
    fills(form, {SLIP: "QJ-01"})
    presses(form, "离院")
    hears(page, "外出中")
    form = form_of(page, "返回")
    fills(form, {"实际返回时间": "2026-03-02T09:00"})
    presses(form, "返回")
    hears(page, "本案办结：已返回")


def was_granted_once_more(served: Served, stay: str) -> None:
    """The second time, which needs no page."""
    acts = Acts(served)
    slip = {
        "leave_from": "2026-03-03T09:00:00+08:00",
        "leave_to_planned": "2026-03-03T18:00:00+08:00",
        "reason": "取衣物",
    }
    leave = acts.open("zhou", "patient-leave", slip, parent=stay)
    acts.do("zhang", leave, "approve")


def cannot_grant(zhang: Visitor, leave: str) -> None:
    """The button is not there; what is in the way is, with its clause."""
    page = finds(zhang, leave)
    expect(page.get_by_role("button", name="批准", exact=True)).to_have_count(0)
    closed = page.locator("#decision-card .closed").get_by_role("listitem").filter(has_text="批准")
    expect(closed).to_contain_text(USED_UP)
    expect(closed.get_by_role("link", name="S0-02-B09c")).to_be_visible()
    form = form_of(page, "不准")
    fills(form, {"意见": "本次住院已请假两次"})
    zhang.looks_closely()
    presses(form, "不准")
    hears(page, "本案办结：不准假")


def test_a_patient_goes_out_on_a_slip(visitor: Visit, served: Served) -> None:
    stay = lies_in(served, "请假的王大爷")
    zhou, zhang = visitor("zhou"), visitor("zhang")

    leave = asks_for_leave(zhou, stay, "2026-03-02")
    does(finds(zhang, leave), "批准", "下一步由周护士办理")
    goes_out_and_comes_back(zhou, leave)
    was_granted_once_more(served, stay)
    cannot_grant(zhang, asks_for_leave(zhou, stay, "2026-03-04"))

    rows = served.store.readings.rows("leaves", {"stay_id": stay, "counted": True})
    assert {row.values["ordinal"] for row in rows} == {1, 2}
