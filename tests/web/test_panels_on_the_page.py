"""A committee on the page of its case: who sits, how the votes stand, and why it is still open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.committees import hands_in, publishes, state_of, uses
from tests.web.consumables import card_form, see, send_decision, signs
from tests.web.paper import Element, read_page
from workflow.ports.store import Store

As = Callable[[str], TestClient]


@pytest.fixture
def number(as_person: As) -> str:
    """A device that waits for the committee: 李主任, 吴主任, 王会计 and 何老师."""
    publishes(as_person("sun"), "device-committee")
    return hands_in(as_person("zhang"), "device-committee", what="超声刀")


def panel_of(browser: TestClient, number: str) -> Element:
    return see(browser, f"/c/{number}").one("section", class_="panel")


def seats_of(browser: TestClient, number: str) -> list[str]:
    return [row.text for row in panel_of(browser, number).one("tbody").all("tr")]


def test_everybody_reads_who_sits_and_how_the_votes_stand(as_person: As, number: str) -> None:
    signs(as_person("li"), number, "agree", "确有需要")
    panel = panel_of(as_person("zhang"), number)
    assert "赞成 1，反对 0，弃权 0，未表决 3" in panel.text
    assert "赞成须达赞成与反对票的 60%、法定 2 人、财务科反对即不通过" in panel.text
    assert "参加人数未到法定 2 人，还差 1 人" in panel.text
    rows = seats_of(as_person("zhang"), number)
    assert rows[0] == "李主任 科主任 赞成 今天 09:00 确有需要"
    assert [row.split()[0] for row in rows] == ["李主任", "吴主任", "王会计", "何老师"]
    assert all("待表决" in row for row in rows[1:])


def test_the_sheet_names_every_member_with_vote_words_and_day(as_person: As, number: str) -> None:
    signs(as_person("li"), number, "agree", "确有需要")
    signs(as_person("wu"), number, "object", "现有设备够用")
    panel = see(as_person("zhang"), f"/c/{number}/print").all("section", class_="paper-panel")[0]
    assert "论证会：会签 论证会 · 赞成还不到 60%" in panel.text
    assert "赞成 1，反对 1，弃权 0，未表决 2" in panel.text
    rows = [row.text for row in panel.one("tbody").all("tr")]
    assert rows[:2] == [
        "李主任（科主任） 赞成 确有需要 2026年3月2日 09:00",
        "吴主任（科主任） 反对 现有设备够用 2026年3月2日 09:00",
    ]
    assert all("待表决" in row for row in rows[2:])


def test_a_member_finds_their_own_seat_and_reads_what_a_vote_does(
    as_person: As, number: str
) -> None:
    page = see(as_person("wu"), f"/c/{number}")
    mine = page.one("section", class_="panel").one("tr", class_="mine")
    assert mine.text.startswith("吴主任 您")
    card = page.one(id="decision-card").text
    assert "记一票赞成；通过后：待院长批准" in card
    assert "记一票反对；不通过则：未批准" in card
    assert "记为弃权：算参加，不算赞成或反对" in card


def test_the_result_closes_the_panel_and_is_kept_with_every_vote(
    as_person: As, store: Store, number: str
) -> None:
    signs(as_person("li"), number, "agree")
    signs(as_person("wu"), number, "agree")
    signs(as_person("he"), number, "abstain", "")
    assert state_of(store, number) == "committee"
    assert "还要等可以一票否决的财务科表决" in panel_of(as_person("zhang"), number).text
    signs(as_person("wang"), number, "agree")
    assert state_of(store, number) == "approval"
    page = see(as_person("zhang"), f"/c/{number}")
    panel = page.one("section", class_="panel")
    assert "论证会：会签 已通过" in panel.text
    assert "赞成 3，反对 0，弃权 1，未表决 0" in panel.text
    assert "论证通过 → 待院长批准 自动" in page.one(id="timeline").text


def test_a_veto_ends_it_at_once(as_person: As, store: Store, number: str) -> None:
    signs(as_person("wang"), number, "object", "预算已用完")
    assert state_of(store, number) == "refused"
    assert "论证会：会签 未通过" in panel_of(as_person("zhang"), number).text


def test_whoever_comes_after_the_result_is_told_calmly_and_keeps_their_words(
    as_person: As, number: str
) -> None:
    late = card_form(as_person("he"), number, "agree")
    signs(as_person("wang"), number, "object", "预算已用完")
    answer = send_decision(as_person("he"), late, "agree", "应当购置")
    assert answer.status_code == 409
    overtaken = read_page(answer.text).one(id="overtaken")
    assert "王会计" in overtaken.text
    assert overtaken.one("textarea").text == "应当购置"


def test_who_is_waited_for_is_said_once_for_the_whole_panel(as_person: As, number: str) -> None:
    part = see(as_person("zhang"), f"/c/{number}").one(id="who-is-next")
    assert len(part.all("div", class_="waiting")) == 1
    assert "李主任、吴主任、王会计等 4 人" in part.text
    assert [step.text for step in part.one("ol").all("li")] == [
        "待院长批准 赵院长",
        "待采购 冯老师",
        "已采购",
    ]


def test_whoever_recuses_themselves_is_replaced_and_reads_so_before(
    as_person: As, store: Store, number: str
) -> None:
    card = see(as_person("li"), f"/c/{number}").one(id="more-acts")
    assert "此后您不能办理本环节，理由记入案件。之后由同岗位的下一位同事递补" in card.text
    uses(as_person("li"), number, "task.recuse", "供应商是我的亲属")
    rows = seats_of(as_person("wu"), number)
    assert rows[0].startswith("李主任 科主任 · 由张医生接替 已回避") is False
    page = see(as_person("li"), f"/c/{number}")
    assert "agree" not in [button for form in page.all("form") for button in form.buttons]
    assert "供应商是我的亲属" in see(as_person("wu"), f"/c/{number}").one(id="timeline").text


def test_a_member_who_is_added_can_be_taken_off_by_whoever_added_them(
    as_person: As, number: str
) -> None:
    uses(as_person("li"), number, "task.add_beside", target="chen")
    assert any("陈医生" in row and "李主任加签" in row for row in seats_of(as_person("wu"), number))
    uses(as_person("li"), number, "task.remove", target="chen")
    assert any("陈医生" in row and "已减签" in row for row in seats_of(as_person("wu"), number))


@pytest.fixture
def prices(as_person: As) -> str:
    """Three rows: 李主任 answers for the first and the third, 王会计 for the second."""
    publishes(as_person("sun"), "price-list")
    rows: dict[str, str] = {}
    for row, (item, owner) in enumerate((("床位", "li"), ("护理", "wang"), ("诊查", "li"))):
        rows |= {f"lines.{row}.item": item, f"lines.{row}.owner": owner}
    return hands_in(as_person("zhang"), "price-list", what="价格", **rows)


def test_own_rows_are_marked_where_rows_have_owners(as_person: As, prices: str) -> None:
    number = prices
    page = see(as_person("li"), f"/c/{number}")
    table = page.one(id="case-form").one("table")
    assert [row.text for row in table.all("tr", class_="mine")] == [
        "床位 归您办理 李主任",
        "诊查 归您办理 李主任",
    ]
    signs(as_person("li"), number, "object", "价格偏高")
    panel = panel_of(as_person("wang"), number).text
    assert "结果要等所有意见收齐后才定，还差 1 人" in panel
    assert "李主任 第 1、3 行 不同意" in panel


def test_single_rows_are_decided_unlike_the_vote_and_a_contradiction_keeps_what_was_chosen(
    as_person: As, store: Store, prices: str
) -> None:
    li = as_person("li")
    form = card_form(li, prices, "agree")
    assert [legend.text for legend in form.all("legend")] == ["第 1 行 床位", "第 3 行 诊查"]
    third = {"row.3": "object"}
    answer = send_decision(li, form, "agree", "第三行偏高", **third)
    assert answer.status_code == 422
    again = next(f for f in read_page(answer.text).all("form") if "agree" in f.buttons)
    assert "您对各行的意见合起来是“不同意”" in again.text
    assert again.fields["row.3"] == "object"
    assert again.fields["opinion"] == "第三行偏高"
    sent = send_decision(li, again, "object", "第三行偏高", **third, **{"row.1": "agree"})
    assert sent.status_code == 303
    table = see(as_person("wang"), f"/c/{prices}").one(id="case-form").one("tbody")
    assert [row.text for row in table.all("tr")] == [
        "床位 李主任 同意",
        "护理 归您办理 王会计",
        "诊查 李主任 不同意",
    ]
