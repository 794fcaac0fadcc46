"""A patient comes without the card: admitted at once, the card made up the next day, and after the
bill the handbook goes home with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.before import numbers_of
from tests.journeys.conftest import WIDTHS, Served, Visit, Visitor
from tests.journeys.stays import chooses, does, fills, form_of, hears, is_refused, opens, presses

SetTime = Callable[[str], None]

#: Files whose first bytes are what their names say.
COPIES = {
    "社保卡复印件": ("社保卡.png", b"\x89PNG\r\n\x1a\n" + b"card" * 64),
    "身份证复印件": ("身份证.pdf", b"%PDF-1.4\n" + b"id card\n" * 64),
}
CHECKED = dict.fromkeys(("照片相符", "人证卡相符", "符合住院标准"), "是")
CERTIFICATES = dict.fromkeys(("诊断证明已交患者", "诊断证明已入病历", "诊断证明已交出院处"), "是")
HAND_BACK = "返还手册结案"


@pytest.fixture
def set_time(served: Served) -> Iterator[SetTime]:
    """`set_time("2026-03-03T10:00")`, as the clock in the hall shows it; put back afterwards."""
    before = served.clock.now
    zone = served.store.readings.hospital().calendar.zone

    def set_time(local: str) -> None:
        served.clock.now = datetime.fromisoformat(local).replace(tzinfo=zone)

    yield set_time
    served.clock.now = before


def is_sent_to_the_ward(zhang: Visitor, patient: str) -> str:
    """The slip of an admission; its number."""
    page = zhang.goes_to("/requests/new")
    page.get_by_role("link", name="入院—出院—结算").last.click()
    page.get_by_label("姓名").fill(patient)
    page.get_by_label("入院诊断").fill("肺炎")
    zhang.looks_closely()
    page.get_by_role("button", name="发起").click()
    expect(page.locator("#case")).to_contain_text("已开住院单")
    found = re.search(r"/c/(ZY\d+-\d+)", page.url)
    assert found is not None
    return found[1]


def is_admitted_without_the_card(feng: Visitor, number: str) -> None:
    """Checked and admitted; the page says until when the card must come."""
    page = opens(feng, number)
    does(page, "开始核验", "身份资格核验")
    form = form_of(page, "待补卡登记")
    fills_in_the_clock_on_the_wall(form, "入院时间")
    fills(form, {"入院时间": "2026-03-02T08:50"})
    chooses(form, {"入院途径": "急诊", "是否外伤": "否"})
    feng.looks_closely()
    presses(form, "待补卡登记")
    hears(page, "在院待补卡")
    expect(page.locator("#key-facts")).to_contain_text("2026年3月3日 周二之内")


def fills_in_the_clock_on_the_wall(form: Locator, label: str) -> None:
    """The button beside a moment knows what time it is in the hospital, wherever the browser is."""
    wall = ZoneInfo("Asia/Shanghai")
    begun = datetime.now(wall)
    form.get_by_role("button", name="现在").first.click()
    shown = form.get_by_label(label).input_value()
    ended = datetime.now(wall)
    assert shown in {f"{at:%Y-%m-%dT%H:%M}" for at in (begun, ended)}


def makes_up_the_card(feng: Visitor, patient: str, number: str, folder: Path) -> None:
    """The card is there, with copies of both papers."""
    page = feng.goes_to("/inbox")
    expect(page.locator("main")).to_contain_text("今天到期")
    page.get_by_role("link", name=patient).click()
    expect(page.locator("#key-facts")).to_contain_text("今天到期")
    form = form_of(page, "补刷卡改类别")
    id_no, card = numbers_of(patient)
    fills(form, {"身份证号": id_no, "社保卡号": card, "险种": "职工"})
    chooses(form, CHECKED)
    for label, (name, content) in COPIES.items():
        (folder / name).write_bytes(content)
        form.get_by_label(label).set_input_files(folder / name)
    feng.looks_closely()
    presses(form, "补刷卡改类别")
    hears(page, "医保类在院")
    expect(page.locator("#key-facts")).not_to_contain_text("补卡期限")
    for name, content in COPIES.values():
        with page.expect_download() as download:
            page.locator("#case-files").get_by_role("link", name=name).click()
        assert Path(download.value.path()).read_bytes() == content
    assert number in page.url


def is_told_to_go_home_for_a_reason(zhang: Visitor, number: str) -> None:
    """A quota is no reason; the criteria that are met are one."""
    page = opens(zhang, number)
    form = form_of(page, "开出院通知")
    fills(form, {"出院通知日期": "2026-03-03", "意见": "本月医保定额已用完，请先出院"})
    presses(form, "开出院通知")
    is_refused(zhang, "不得以医保定额、额度等支付政策为由要求未达标准的病人出院", "S0-15-16b")
    form = form_of(page, "开出院通知")
    expect(form.get_by_label("意见")).to_have_value("本月医保定额已用完，请先出院")
    expect(form.get_by_label("出院通知日期")).to_have_value("2026-03-03")
    fills(form, {"意见": "体温正常三天，符合出院标准"})
    expect(page.locator("#saved-mark")).to_contain_text("已自动保存")
    presses(form, "开出院通知")
    hears(page, "下一步由周护士办理")


def leaves(zhou: Visitor, number: str) -> None:
    """The nurse writes down when the patient left."""
    page = opens(zhou, number)
    form = form_of(page, "离院")
    fills(form, {"离院时间": "2026-03-03T09:30"})
    chooses(form, {"入院宣教": "是"})
    presses(form, "离院")
    hears(page, "下一步由丁老师办理")


def is_called_to_settle(ding: Visitor, number: str) -> None:
    """Everything is checked before the patient is called."""
    page = opens(ding, number)
    does(page, "预结账核对", "预结账核对")
    form = form_of(page, "通知结算")
    chooses(form, {"床位费已核": "是", "护理费已核": "是"})
    fills(form, {"通知结算日期": "2026-03-03"})
    presses(form, "通知结算")
    hears(page, "已通知结算")


def reads_that_the_handbook_comes_last(ding: Visitor) -> None:
    """Nothing to press, and a line that says when there will be."""
    page = ding.page
    expect(page.get_by_role("button", name=HAND_BACK)).to_have_count(0)
    ahead = page.locator("#who-is-next").get_by_role("listitem").first
    expect(ahead).to_contain_text("已结算")
    expect(ahead).to_contain_text(f"到这一步您才能办理“{HAND_BACK}”")


def settles(ding: Visitor) -> None:
    """A sum that does not add up is refused, and only the sum has to be typed again."""
    page = ding.page
    form = form_of(page, "结算")
    chooses(form, {**CERTIFICATES, "结算时人证卡相符": "是", "结算方式": "直接结算"})
    fills(form, {"费用总额": "8000", "基金支付": "6500", "个人支付": "1600"})
    presses(form, "结算")
    is_refused(ding, "基金支付与个人支付之和须等于费用总额", "S0-07-02b")
    form = form_of(page, "结算")
    for asked in CERTIFICATES:
        expect(form.get_by_role("group", name=asked).get_by_label("是")).to_be_checked()
    for label, kept in {"费用总额": "8000", "基金支付": "6500", "个人支付": "1600"}.items():
        expect(form.get_by_label(label)).to_have_value(kept)
    fills(form, {"个人支付": "1500"})
    presses(form, "结算")
    hears(page, "已结算")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_stay_with_a_card_made_up_later(
    visitor: Visit, served: Served, set_time: SetTime, tmp_path: Path, width: int
) -> None:
    patient = f"王大爷{width}"
    zhang, feng, zhou, ding = (visitor(one, width) for one in ("zhang", "feng", "zhou", "ding"))

    number = is_sent_to_the_ward(zhang, patient)
    is_admitted_without_the_card(feng, number)
    page = opens(zhou, number)
    expect(page.locator("#case")).to_contain_text("在院待补卡")
    expect(page.locator("#key-facts")).to_contain_text("补卡期限")
    expect(page.locator("#key-facts")).to_contain_text("2026年3月3日 周二之内")

    set_time("2026-03-03T10:00")
    makes_up_the_card(feng, patient, number, tmp_path)
    is_told_to_go_home_for_a_reason(zhang, number)
    leaves(zhou, number)
    is_called_to_settle(ding, number)
    reads_that_the_handbook_comes_last(ding)
    settles(ding)
    does(ding.page, HAND_BACK, "本案办结：手册已还、结案")
    ding.looks_closely()

    rows = served.store.readings.rows("stay_custody", {"stay_id": number})
    assert [row.values["handed_back"] for row in rows] == [True]
    rows = served.store.readings.rows("settled_stays", {"stay_id": number})
    assert [row.values["own_part"] for row in rows] == [1500_00]
