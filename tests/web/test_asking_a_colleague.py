"""Asking somebody before one decides, consulting them, and conditions that somebody confirms."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.committees import hands_in, open_tool, publishes, sends_tool, state_of, uses
from tests.web.consumables import card_form, see, send_decision, signs
from tests.web.paper import read_page
from workflow.ports.store import Store

As = Callable[[str], TestClient]


@pytest.fixture(autouse=True)
def _published(as_person: As) -> None:
    publishes(as_person("sun"), "device-committee")


@pytest.fixture
def number(as_person: As) -> str:
    """A device that waits for 赵院长, after the committee."""
    number = hands_in(as_person("zhang"), "device-committee", what="超声刀")
    for member in ("li", "wu", "wang"):
        signs(as_person(member), number, "agree")
    return number


def test_who_is_asked_reads_the_question_and_answers_it(
    as_person: As, store: Store, number: str
) -> None:
    uses(as_person("zhao"), number, "task.ask", "维保费用谁出？", target="ding")
    assert "赵院长请您给出意见：维保费用谁出？" in see(as_person("ding"), "/inbox").text
    assert "超声刀" not in as_person("zhao").get("/inbox").text
    waiting = see(as_person("zhang"), f"/c/{number}").one(id="who-is-next").text
    assert "丁老师" in waiting
    assert "赵院长请其给出意见" in waiting
    card = see(as_person("ding"), f"/c/{number}").one(id="decision-card")
    assert "赵院长请您给出意见" in card.text
    assert card.one("blockquote").text == "维保费用谁出？"
    empty = sends_tool(
        as_person("ding"), open_tool(as_person("ding"), number, "task.answer"), "task.answer", ""
    )
    assert empty.status_code == 422
    assert "请写明意见或理由" in read_page(empty.text).text
    uses(as_person("ding"), number, "task.answer", "厂家承担三年")
    assert state_of(store, number) == "approval"
    assert "厂家承担三年" in see(as_person("zhao"), f"/c/{number}").one(id="timeline").text
    signs(as_person("zhao"), number, "approve")


def test_while_somebody_is_asked_the_one_who_asks_waits_and_reads_for_whom(
    as_person: As, number: str
) -> None:
    uses(as_person("zhao"), number, "task.ask", "维保费用谁出？", target="ding")
    card = see(as_person("zhao"), f"/c/{number}").one(id="decision-card")
    assert "approve" not in [b for form in card.all("form") for b in form.buttons]
    assert "要先等丁老师办理，才轮到您" in card.one("ul", class_="closed").text


def test_a_member_who_asks_waits_for_that_one_only(as_person: As) -> None:
    number = hands_in(as_person("zhang"), "device-committee", what="电刀")
    uses(as_person("wang"), number, "task.ask", "还有余额吗？", target="ding")
    page = see(as_person("wang"), f"/c/{number}")
    closed = page.one(id="decision-card").one("ul", class_="closed").all("li")
    assert [one.text for one in closed] == ["赞成、反对、弃权 要先等丁老师办理，才轮到您"]
    assert "先听取丁老师的意见 还没轮到" in page.one("section", class_="panel").text


def test_who_is_consulted_reads_and_comments_and_decides_nothing(
    as_person: As, store: Store, number: str
) -> None:
    assert as_person("ding").get(f"/c/{number}").status_code == 404
    uses(as_person("zhao"), number, "task.consult", "用过这个牌子吗？", target="ding")
    card = see(as_person("ding"), f"/c/{number}").one(id="decision-card")
    assert "赵院长征询您的看法" in card.text
    form = card_form(as_person("zhao"), number, "approve")
    forged = {"as": "ding"}
    refused = send_decision(as_person("ding"), form, "approve", **forged)
    assert refused.status_code == 403
    uses(as_person("ding"), number, "task.comment", "好用")
    assert "好用" in see(as_person("zhao"), f"/c/{number}").one(id="timeline").text
    signs(as_person("zhao"), number, "approve")
    assert state_of(store, number) == "buying"


def test_conditions_that_are_too_long_stay_on_the_page_with_what_is_wrong_at_the_field(
    as_person: As, store: Store, number: str
) -> None:
    zhao = as_person("zhao")
    said = f"厂家培训两次\n{'长' * 201}\n{'大' * 202}"
    form = card_form(zhao, number, "approve")

    answer = send_decision(zhao, form, "approve", "同意", **{"f.promises": said})

    assert answer.status_code == 422
    page = read_page(answer.text)
    box = page.one("textarea", name="f.promises")
    assert box.text.split() == said.split()
    problem = page.one(id=f"{box.attributes['id']}-problem").text
    assert "第2行：最多 200 字，现有 201 字；第3行：最多 200 字，现有 202 字" in problem
    assert "有 2 处需要修改" in page.text
    assert state_of(store, number) == "approval"


def test_conditions_are_named_one_a_line_and_confirmed_before_the_case_ends(
    as_person: As, store: Store, number: str
) -> None:
    zhao, feng, he = (as_person(name) for name in ("zhao", "feng", "he"))
    form = card_form(zhao, number, "approve")
    assert "每行一项" in form.text
    said = {"f.promises": "厂家培训两次\n签维保合同\n"}
    assert send_decision(zhao, form, "approve", "同意", **said).status_code == 303
    rows = see(feng, f"/c/{number}").one("section", class_="promises").all("li")
    assert [row.text for row in rows] == [
        "待确认 厂家培训两次 待医保办确认",
        "待确认 签维保合同 待医保办确认",
    ]
    card = see(feng, f"/c/{number}").one(id="decision-card")
    assert "还有附带条件没有确认：厂家培训两次；签维保合同" in card.one("ul", class_="closed").text
    forms = [f for f in see(he, f"/c/{number}").all("form") if "task.confirm" in f.buttons]
    assert [form.one("blockquote").text for form in forms] == ["厂家培训两次", "签维保合同"]
    for _ in forms:
        first = next(f for f in see(he, f"/c/{number}").all("form") if "task.confirm" in f.buttons)
        assert sends_tool(he, first, "task.confirm", "已落实").status_code == 303
    rows = see(feng, f"/c/{number}").one("section", class_="promises").all("li")
    assert [row.text for row in rows] == [
        "已落实 厂家培训两次 何老师于今天 09:00确认",
        "已落实 签维保合同 何老师于今天 09:00确认",
    ]
    signs(feng, number, "buy", "")
    assert state_of(store, number) == "bought"
