"""Sending a case back: to the step before, or to one that is chosen among those it has been at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.committees import hands_in, publishes, state_of
from tests.web.consumables import card_form, decides, see, send_decision, signs
from tests.web.paper import read_page
from workflow.ports.store import Store

As = Callable[[str], TestClient]


@pytest.fixture
def number(as_person: As) -> str:
    """A device that waits for 赵院长, after the committee."""
    publishes(as_person("sun"), "device-committee")
    number = hands_in(as_person("zhang"), "device-committee", what="超声刀")
    for member in ("li", "wu", "wang"):
        signs(as_person(member), number, "agree")
    return number


def test_the_steps_to_choose_from_are_those_that_the_case_has_been_at(
    as_person: As, number: str
) -> None:
    form = card_form(as_person("zhao"), number, "send_back")
    assert [label.text for label in form.all("label", class_="choice")] == ["论证会", "草稿"]
    button = card_form(as_person("zhao"), number, "hand_back")
    assert "退回到“论证会”" in button.text


def test_a_step_has_to_be_chosen_and_the_words_stay(as_person: As, number: str) -> None:
    answer = decides(as_person("zhao"), number, "send_back", "请补充报价")
    assert answer.status_code == 422
    page = read_page(answer.text)
    form = next(form for form in page.all("form") if "send_back" in form.buttons)
    assert "请选择退回到哪一步" in form.text
    assert form.fields["opinion"] == "请补充报价"


def test_a_step_that_the_case_never_was_at_is_refused(
    as_person: As, store: Store, number: str
) -> None:
    answer = decides(as_person("zhao"), number, "send_back", "请补充报价", target="refused")
    assert answer.status_code == 422
    assert "本案没有到过“未批准”" in read_page(answer.text).text
    assert state_of(store, number) == "approval"


def test_after_a_return_the_page_says_where_it_goes_when_it_is_handed_in(
    as_person: As, store: Store, number: str
) -> None:
    answer = decides(as_person("zhao"), number, "send_back", "请补充报价", target="draft")
    assert answer.status_code == 303
    page = see(as_person("zhang"), f"/c/{number}")
    told = page.one(id="case-course").text
    assert "退回：请补充报价" in told
    assert "本案由赵院长退回。重新提交后直接回到“待院长批准”，中间各步不再重办" in told
    path = page.one(id="who-is-next").one("ol").all("li")
    assert path[0].text == "待院长批准 赵院长"
    form = next(f for f in page.all("form") if "submit" in f.buttons)
    assert "下一步：赵院长" in form.text
    sent = send_decision(as_person("zhang"), form, "submit")
    assert sent.status_code == 303
    assert state_of(store, number) == "approval"
    assert not see(as_person("zhao"), f"/c/{number}").has("case-course")


def test_back_one_step_the_members_vote_anew(as_person: As, store: Store, number: str) -> None:
    signs(as_person("zhao"), number, "hand_back", "请再议")
    assert state_of(store, number) == "committee"
    panel = see(as_person("li"), f"/c/{number}").one("section", class_="panel")
    assert "赞成 0，反对 0，弃权 0，未表决 4" in panel.text


def test_what_is_to_be_mended_stands_before_the_form_until_it_is_handed_in(
    as_person: As, number: str
) -> None:
    decides(as_person("zhao"), number, "hand_back", "请再议报价")
    for reader in ("zhang", "li"):
        told = see(as_person(reader), f"/c/{number}").one(id="case-course").text
        assert "赵院长于" in told
        assert "退回：请再议报价" in told
    for member in ("li", "wu", "wang"):
        signs(as_person(member), number, "agree")
    assert not see(as_person("zhang"), f"/c/{number}").has("case-course")
