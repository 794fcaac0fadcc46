"""A case on paper: who signed what, in which words, from which post; and how to check the sheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from starlette.testclient import TestClient

from tests.web.consumables import asks, card_form, decides, see, send_decision, signs
from tests.web.paper import Element
from web.presenters.words import money_in_capitals
from workflow.people.organisation import Delegation
from workflow.ports.store import Store

As = Callable[[str], TestClient]


@pytest.fixture
def delegations() -> tuple[Delegation, ...]:
    return (Delegation("d1", "zhao", "wu", date(2026, 3, 1), date(2026, 3, 31)),)


@pytest.fixture
def number(as_person: As) -> str:
    number = asks(as_person("zhang"))
    signs(as_person("li"), number, "dept_sign", "同意，临床确需")
    return number


def blocks(page: Element) -> list[str]:
    return [block.text for block in page.all("table", class_="paper-opinion")]


def test_the_sheet_names_the_hospital_the_case_and_every_field(as_person: As, number: str) -> None:
    page = see(as_person("li"), f"/c/{number}/print")
    assert page.one(class_="paper-hospital").text == "青山医院"
    assert page.one("h1").text == "新增卫生材料采购申请表"
    assert f"编号 {number}" in page.text
    form = page.one("section", class_="paper-section").text
    assert "材料名称 止血材料" in form
    assert "¥300.00 大写：叁佰元整" in form
    assert page.one(class_="paper-heading").text.startswith("申请人：张医生 登记时间：")


def test_each_step_has_its_block_with_words_name_post_and_time(as_person: As, number: str) -> None:
    _, signed, *_ = blocks(see(as_person("li"), f"/c/{number}/print"))
    assert signed.startswith("科主任意见 科主任签署同意：")
    assert "同意，临床确需" in signed
    assert "李主任 外科 科主任 2026年3月2日 09:00" in signed


def test_who_signed_for_somebody_else_is_printed_with_both_names(
    as_person: As, number: str
) -> None:
    signs(as_person("wang"), number, "finance_sign")
    form = card_form(as_person("wu"), number, "leader_approve")
    send_decision(as_person("wu"), form, "leader_approve", "同意采购")
    signed = blocks(see(as_person("zhang"), f"/c/{number}/print"))[-1]
    assert "吴主任（代 赵院长） 代理编号 " in signed


def test_a_void_signature_says_that_it_is(as_person: As, number: str) -> None:
    decides(as_person("wang"), number, "return_for_completion", "请附报价")
    page = see(as_person("zhang"), f"/c/{number}/print")
    void = page.one(class_="voided").text
    assert "李主任" not in " ".join(blocks(page))
    assert "科主任签署同意（已作废）" in void


def test_a_refused_attempt_is_not_on_the_sheet(as_person: As, number: str) -> None:
    as_person("li").post(f"/c/{number}/t/-/decide", data={"action": "finance_sign"})
    assert "财务签署同意" not in " ".join(blocks(see(as_person("li"), f"/c/{number}/print")))


def test_the_sheet_ends_with_what_the_ledger_ends_with(
    as_person: As, number: str, store: Store
) -> None:
    file = store.readings.case_file(number)
    assert file is not None
    foot = see(as_person("li"), f"/c/{number}/print").one("footer").text
    assert file.case.head[:16] in foot
    assert f"账本 {file.case.seq} 条" in foot
    assert "李主任 打印于 2026年3月2日 09:00" in foot


def test_who_may_not_read_a_case_cannot_print_it(as_person: As, number: str) -> None:
    assert as_person("chen").get(f"/c/{number}/print").status_code == 404


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (100, "壹元整"),
        (10_00, "壹拾元整"),
        (100_10, "壹佰元壹角整"),
        (1001_00, "壹仟零壹元整"),
        (10_050_00, "壹万零伍拾元整"),
        (123_456_789, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
        (10_000_000_001, "壹亿元零壹分"),
        (100_000_000_00, "壹亿元整"),
        (100_010_000_00, "壹亿零壹万元整"),
        (-300_00, "负叁佰元整"),
    ],
)
def test_amounts_in_capitals(fen: int, words: str) -> None:
    assert money_in_capitals(fen) == words
