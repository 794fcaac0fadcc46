"""张医生 asks for a consumable: what the catalogue offers, what the form says, and that nothing
is lost.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock
from tests.web.consumables import (
    GAUZE,
    REQUEST,
    announced,
    asks,
    card_form,
    decides,
    see,
    send_decision,
    send_request,
    signs,
)
from tests.web.paper import read_page
from workflow.ports.store import Store

As = Callable[[str], TestClient]
PART = {"HX-Request": "true"}


# ---- the catalogue -------------------------------------------------------------------------------


def test_the_catalogue_offers_what_ones_posts_may_start_and_says_what_it_is_for(
    as_person: As,
) -> None:
    page = see(as_person("zhang"), "/requests/new")
    assert REQUEST in page.links
    assert "临床科室申请采购新的卫生材料" in page.text
    assert "物资与收费" in page.text


def test_the_catalogue_keeps_silent_about_what_others_start(as_person: As) -> None:
    assert REQUEST not in see(as_person("feng"), "/requests/new").links


def test_somebody_who_may_start_nothing_is_told_so_and_what_to_do(as_person: As) -> None:
    page = see(as_person("guo"), "/requests/new")
    assert "您目前的岗位没有可以发起的流程" in page.text
    assert "联系管理员" in page.text


def test_a_process_that_one_may_not_start_is_refused_with_its_name_and_clauses(
    as_person: As,
) -> None:
    for answer in (
        as_person("wang").get(REQUEST),
        as_person("wang").post(REQUEST, data={**GAUZE, "do": "submit"}),
    ):
        assert answer.status_code == 403
        assert "您目前的岗位" not in GAUZE
        assert "“新增卫生材料审批”不由您目前的岗位发起" in read_page(answer.text).text
        assert "S0-03-B02a" in answer.text


def test_a_process_that_does_not_exist_is_not_found(as_person: As) -> None:
    answer = as_person("zhang").get("/requests/new/sick-leave")
    assert answer.status_code == 404


# ---- the form ------------------------------------------------------------------------------------


def test_every_field_has_its_label_its_help_and_whether_it_is_needed(as_person: As) -> None:
    form = see(as_person("zhang"), REQUEST).one("form", id="request-form")
    labels = {one.attributes["for"]: one.text for one in form.all("label") if one.attributes}
    for key in GAUZE:
        assert labels[key.replace(".", "-")].endswith("必填")
    assert "没有代理单位时请填“无”" in form.text
    agent = form.one(id="f-agent")
    assert agent.attributes["aria-describedby"] == "f-agent-help"
    assert agent.attributes["aria-required"] == "true"


def test_what_the_engine_fills_in_and_the_opinions_are_not_asked_for(as_person: As) -> None:
    form = see(as_person("zhang"), REQUEST).one("form", id="request-form")
    assert not form.has("f-department")
    assert not form.has("f-dept_opinion")


def test_handing_in_opens_a_case_and_tells_who_is_next(as_person: As) -> None:
    answer = send_request(as_person("zhang"))
    assert answer.status_code == 303
    assert answer.headers["location"] == "/c/HC2026-000001"
    assert announced(answer) == "已办理。现在“待科主任签署”，下一步由李主任办理。"
    case = see(as_person("zhang"), "/c/HC2026-000001")
    assert case.one("h1").text == "止血材料（5cm）"
    assert "¥300.00" in case.one(id="key-facts").text
    assert "/c/HC2026-000001" in see(as_person("li"), "/inbox").links


def test_every_problem_is_told_at_once_at_its_field_and_what_was_typed_stays(
    as_person: As,
) -> None:
    answer = send_request(as_person("zhang"), agent="", quantity="0", ref_unit_price="三百")
    assert answer.status_code == 422
    page = read_page(answer.text)
    summary = page.one(class_="error-summary")
    assert "有 3 处需要修改" in summary.text
    assert summary.links == ["#f-agent", "#f-quantity", "#f-ref_unit_price"]
    assert page.one(id="f-agent-problem").text == "请填写"
    assert page.one(id="f-quantity-problem").text == "不得小于 1"
    assert page.one(id="f-ref_unit_price-problem").text == "请填数字"
    assert page.one(id="f-quantity").attributes["aria-invalid"] == "true"
    form = page.one("form", id="request-form")
    assert form.fields["f.ref_unit_price"] == "三百"
    assert form.fields["f.purpose"] == "手术止血"


def test_a_form_with_problems_makes_no_case(as_person: As, store: Store) -> None:
    send_request(as_person("zhang"), agent="")
    assert store.readings.case_file("HC2026-000001") is None


def test_a_field_that_the_form_does_not_have_is_refused_and_nothing_is_kept(
    as_person: As, store: Store
) -> None:
    answer = send_request(as_person("zhang"), department="finance")
    assert answer.status_code == 422
    assert "这一步不能填写或修改此项" in read_page(answer.text).text
    assert store.readings.case_file("HC2026-000001") is None


def test_what_people_type_is_shown_and_never_run(as_person: As) -> None:
    number = asks(as_person("zhang"), material_name="<script>alert(1)</script>", spec="{{7*7}}")
    page = as_person("zhang").get(f"/c/{number}").text
    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{7*7}}" in page


def test_the_same_click_twice_makes_one_case(as_person: As, store: Store) -> None:
    zhang = as_person("zhang")
    form = see(zhang, REQUEST).one("form", id="request-form")
    data = {**form.fields, **GAUZE, "do": "submit"}
    first, second = zhang.post(REQUEST, data=data), zhang.post(REQUEST, data=data)
    assert first.headers["location"] == second.headers["location"] == "/c/HC2026-000001"
    assert store.readings.case_file("HC2026-000002") is None


# ---- drafts --------------------------------------------------------------------------------------


def test_a_draft_is_kept_and_handed_in_later(as_person: As) -> None:
    zhang = as_person("zhang")
    answer = send_request(zhang, do="draft", agent="", ref_unit_price="")
    assert announced(answer) == "已存为草稿 HC2026-000001，尚未提交。"
    assert "/c/HC2026-000001" in see(zhang, "/drafts").links
    form = card_form(zhang, "HC2026-000001", "submit")
    assert form.fields["f.spec"] == "5cm"
    more = {"f.agent": "无", "f.ref_unit_price": "300"}
    answer = send_decision(zhang, form, "submit", **more)
    assert answer.status_code == 303
    assert "/c/HC2026-000001" not in see(zhang, "/drafts").links
    assert "/c/HC2026-000001" in see(zhang, "/requests").links


def test_a_draft_that_is_not_complete_says_what_is_missing_at_its_fields(as_person: As) -> None:
    zhang = as_person("zhang")
    send_request(zhang, do="draft", agent="")
    form = card_form(zhang, "HC2026-000001", "submit")
    answer = send_decision(zhang, form, "submit", **{"f.spec": "6cm"})
    assert answer.status_code == 422
    page = read_page(answer.text)
    assert page.one(id="f-agent-problem").text == "请填写"
    assert page.one(id="f-spec").attributes["value"] == "6cm"


def test_a_draft_can_be_changed_without_handing_it_in(as_person: As) -> None:
    zhang = as_person("zhang")
    send_request(zhang, do="draft")
    form = card_form(zhang, "HC2026-000001", "submit")
    answer = zhang.post("/c/HC2026-000001/save", data={**form.fields, "f.spec": "7cm"})
    assert announced(answer) == "已保存修改，尚未提交。"
    assert card_form(zhang, "HC2026-000001", "submit").fields["f.spec"] == "7cm"


def test_what_is_being_typed_keeps_itself_and_comes_back(as_person: As, clock: SetClock) -> None:
    zhang = as_person("zhang")
    typed = {"f.material_name": "止血", "f.ref_unit_price": "三", "do": "submit"}
    kept = zhang.post(f"{REQUEST}/unsent", data=typed, headers=PART)
    assert "已自动保存 今天 09:00" in read_page(kept.text).one(id="saved-mark").text
    assert "<html" not in kept.text
    clock.move(minutes=10)
    page = see(zhang, REQUEST)
    assert "已恢复您 今天 09:00 未提交的内容" in page.text
    assert page.one("form", id="request-form").fields["f.ref_unit_price"] == "三"
    assert "有未提交的内容" in see(zhang, "/requests/new").text


def test_what_one_person_types_is_nobody_elses_to_read(as_person: As) -> None:
    as_person("zhang").post(f"{REQUEST}/unsent", data={"f.material_name": "止血"}, headers=PART)
    page = see(as_person("chen"), REQUEST)
    assert page.one("form", id="request-form").fields["f.material_name"] == ""


def test_what_was_kept_can_be_cleared(as_person: As) -> None:
    zhang = as_person("zhang")
    zhang.post(f"{REQUEST}/unsent", data={"f.material_name": "止血"}, headers=PART)
    zhang.post(f"{REQUEST}/clear")
    assert see(zhang, REQUEST).one("form", id="request-form").fields["f.material_name"] == ""


def test_what_was_refused_comes_back_too_and_what_was_sent_does_not(as_person: As) -> None:
    zhang = as_person("zhang")
    send_request(zhang, agent="")
    assert see(zhang, REQUEST).one("form", id="request-form").fields["f.spec"] == "5cm"
    asks(zhang)
    assert see(zhang, REQUEST).one("form", id="request-form").fields["f.spec"] == ""


# ---- what the rules say --------------------------------------------------------------------------


@pytest.fixture
def approved(as_person: As) -> str:
    """A consumable that everybody agreed to."""
    number = asks(as_person("zhang"))
    signs(as_person("li"), number, "dept_sign")
    signs(as_person("wang"), number, "finance_sign")
    signs(as_person("zhao"), number, "leader_approve")
    return number


def test_a_material_that_is_approved_already_needs_no_new_approval(
    as_person: As, approved: str, store: Store
) -> None:
    answer = send_request(as_person("chen"))
    assert answer.status_code == 409
    page = read_page(answer.text)
    refusal = page.one(class_="refusal")
    assert "该材料已审批，再次使用无需审批" in refusal.text
    assert "/clauses/S0-03-B03" in refusal.links
    assert f"/c/{approved}" in refusal.links
    # The refused attempt is a fact, and what was written is a draft now.
    file = store.readings.case_file("HC2026-000002")
    assert file is not None
    assert file.case.state == "draft"
    assert [e.refused for e in store.readings.entries(file.case.id)] == [None, "condition_not_met"]
    assert card_form(as_person("chen"), "HC2026-000002", "submit").fields["f.spec"] == "5cm"


def test_a_returned_request_shows_what_changed_since(as_person: As) -> None:
    number = asks(as_person("zhang"))
    decides(as_person("li"), number, "return_for_completion", "规格请写全")
    form = card_form(as_person("zhang"), number, "submit")
    assert send_decision(as_person("zhang"), form, "submit", **{"f.spec": "5cm×10"}).is_redirect
    page = see(as_person("li"), f"/c/{number}")
    changed = [one.text for one in page.one(id="case-form").all(class_="changed")]
    assert len(changed) == 1
    assert "5cm×10" in changed[0]
    assert "退回后修改，原为：5cm" in changed[0]
    assert "曾退回" in see(as_person("li"), "/inbox").text


def test_a_text_that_is_too_long_is_told_and_not_cut(as_person: As) -> None:
    """A field that took no more would drop the end of what is pasted, and say nothing."""
    long = "材料" * 2000
    answer = send_request(as_person("zhang"), purpose=long * 2, spec=long)
    assert answer.status_code == 422
    form = read_page(answer.text).one("form", id="request-form")
    assert "现有 4000 字" in form.text
    assert "现有 8000 字" in form.text
    assert form.fields["f.spec"] == long
    assert not [one for one in form.walk() if "maxlength" in one.attributes]


def test_an_opinion_that_is_too_long_is_told_and_not_cut(as_person: As) -> None:
    number, long = asks(as_person("zhang")), "意见" * 4000
    form = card_form(as_person("li"), number, "dept_sign")
    assert not [one for one in form.walk() if "maxlength" in one.attributes]
    answer = send_decision(as_person("li"), form, "dept_sign", long)
    assert answer.status_code == 422
    again = read_page(answer.text)
    assert "现有 8000 字" in again.text
    assert long in [one.fields.get("opinion") for one in again.all("form")]
