"""Two people with the same page open: the second gets a calm answer, and keeps the words they
wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock
from tests.web.consumables import asks, card_form, see, send_decision, signs
from tests.web.paper import read_page
from workflow.people.organisation import Delegation
from workflow.ports.store import Store

As = Callable[[str], TestClient]


@pytest.fixture
def delegations() -> tuple[Delegation, ...]:
    """吴主任 stands in for 李主任, who is in the house all the same."""
    return (Delegation("d1", "li", "wu", date(2026, 3, 1), date(2026, 3, 31)),)


@pytest.fixture
def number(as_person: As) -> str:
    return asks(as_person("zhang"))


def state_of(store: Store, number: str) -> str:
    file = store.readings.case_file(number)
    assert file is not None
    return file.case.state


def test_the_second_is_told_who_did_what_and_when(
    as_person: As, number: str, clock: SetClock, store: Store
) -> None:
    late = card_form(as_person("wu"), number, "dept_sign")
    signs(as_person("li"), number, "dept_sign")
    clock.move(minutes=5)
    answer = send_decision(as_person("wu"), late, "dept_sign", "我也同意")
    assert answer.status_code == 409
    page = read_page(answer.text)
    calm = page.one(id="overtaken")
    assert "您打开页面之后，本案已由李主任于今天 09:00办理：科主任签署同意" in calm.text
    assert "您刚才的操作没有执行" in calm.text
    assert state_of(store, number) == "finance_review"


def test_the_words_that_were_typed_are_still_there(as_person: As, number: str) -> None:
    late = card_form(as_person("wu"), number, "reject")
    signs(as_person("li"), number, "dept_sign")
    page = read_page(send_decision(as_person("wu"), late, "reject", "与现有材料重复").text)
    assert page.one(id="kept-opinion").text == "与现有材料重复"


def test_a_case_that_was_withdrawn_meanwhile_says_so(
    as_person: As, number: str, store: Store
) -> None:
    late = card_form(as_person("li"), number, "dept_sign")
    withdraw = card_form(as_person("zhang"), number, "withdraw")
    send_decision(as_person("zhang"), withdraw, "withdraw")
    answer = send_decision(as_person("li"), late, "dept_sign", "同意")
    assert answer.status_code == 409
    assert "本案已由张医生于今天 09:00办理：撤回" in read_page(answer.text).one(id="overtaken").text
    assert state_of(store, number) == "withdrawn"


def test_a_step_that_came_back_in_a_new_round_must_be_looked_at_again(
    as_person: As, number: str, store: Store
) -> None:
    late = card_form(as_person("wu"), number, "dept_sign")
    signs(as_person("li"), number, "return_for_completion", "数量请核实")
    draft = card_form(as_person("zhang"), number, "submit")
    send_decision(as_person("zhang"), draft, "submit", **{"f.quantity": "2000"})
    answer = send_decision(as_person("wu"), late, "dept_sign", "同意二十个")
    assert answer.status_code == 409
    page = read_page(answer.text)
    assert "张医生" in page.one(id="overtaken").text
    # The step is open again: what was written stands in its box, and nothing was signed.
    boxes = [form.fields["opinion"] for form in page.one(id="decision-card").all("form")]
    assert boxes == ["同意二十个"]
    assert state_of(store, number) == "dept_review"


def test_with_htmx_the_calm_answer_takes_the_place_of_the_case(as_person: As, number: str) -> None:
    late = card_form(as_person("wu"), number, "dept_sign")
    signs(as_person("li"), number, "dept_sign")
    answer = as_person("wu").post(
        late.attributes["action"],
        data={**late.fields, "action": "dept_sign", "opinion": "同意"},
        headers={"HX-Request": "true", "HX-Target": "case"},
    )
    assert answer.status_code == 409
    page = read_page(answer.text)
    assert not page.all("html")
    assert page.one(id="case").has("overtaken")


def test_a_save_over_somebody_elses_change_is_not_made(as_person: As, store: Store) -> None:
    zhang = as_person("zhang")
    form = see(zhang, "/requests/new/consumable-approval").one("form", id="request-form")
    zhang.post(
        "/requests/new/consumable-approval",
        data={**form.fields, "f.material_name": "纱布", "do": "draft"},
    )
    first = card_form(zhang, "HC2026-000001", "submit")
    zhang.post("/c/HC2026-000001/save", data={**first.fields, "f.spec": "大号"})
    answer = zhang.post("/c/HC2026-000001/save", data={**first.fields, "f.spec": "小号"})
    assert answer.status_code == 409
    page = read_page(answer.text)
    assert page.has("overtaken")
    assert page.one(id="f-spec").attributes["value"] == "小号"
    file = store.readings.case_file("HC2026-000001")
    assert file is not None
    assert file.case.form["spec"] == "大号"


def test_what_was_filled_in_is_kept_where_the_page_has_no_field_for_it_any_more(
    as_person: As, number: str
) -> None:
    signs(as_person("li"), number, "return_for_completion", "请写全")
    zhang = as_person("zhang")
    late = card_form(zhang, number, "submit")
    send_decision(zhang, card_form(zhang, number, "submit"), "submit")
    filled = {"f.spec": "60×80cm", "f.ref_unit_price": "12.50"}
    page = read_page(send_decision(zhang, late, "submit", **filled).text)
    assert page.one(id="kept-fields").text == "规格：60×80cm 参考单价：12.50"


def test_somebody_with_two_windows_is_told_what_they_did_in_the_other(
    as_person: As, number: str
) -> None:
    late = card_form(as_person("li"), number, "dept_sign")
    signs(as_person("li"), number, "return_for_completion", "请写全")
    page = read_page(send_decision(as_person("li"), late, "dept_sign", "同意").text)
    calm = page.one(id="overtaken").text
    assert "您打开这个页面之后，已于今天 09:00在别处办理过本案：退回补填" in calm
