"""Signing, returning and refusing: what the card offers, what follows, and what is refused with
which words.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from starlette.testclient import TestClient

from tests.web.consumables import (
    announced,
    asks,
    card_form,
    decides,
    see,
    send_decision,
    signs,
)
from tests.web.paper import read_page
from web.house import House
from workflow.nouns import SYSTEM, Actor
from workflow.people.organisation import Delegation, Person, Post
from workflow.ports.hospital import Policy
from workflow.ports.house import Deed, SavePerson, SavePolicy
from workflow.ports.store import Store

As = Callable[[str], TestClient]
PART = {"HX-Request": "true", "HX-Target": "case"}


@pytest.fixture
def number(as_person: As) -> str:
    """A request of 张医生 that waits for the head of surgery."""
    return asks(as_person("zhang"))


def state_of(store: Store, number: str) -> str:
    file = store.readings.case_file(number)
    assert file is not None
    return file.case.state


def refusals(store: Store, number: str) -> list[str]:
    file = store.readings.case_file(number)
    assert file is not None
    return [e.refused for e in store.readings.entries(file.case.id) if e.refused is not None]


# ---- what is offered -----------------------------------------------------------------------------


def test_a_button_says_what_it_does_and_who_is_next(as_person: As, number: str) -> None:
    card = see(as_person("li"), f"/c/{number}").one(id="decision-card")
    assert "同意后转财务科审核 · 下一步：王会计" in card.text
    assert "驳回申请，该材料不得使用 · 办理后本案结束：已驳回" in card.text


def test_the_page_says_who_is_next_and_why(as_person: As, number: str) -> None:
    part = see(as_person("zhang"), f"/c/{number}").one(id="who-is-next")
    assert "李主任" in part.text
    assert "“科主任签署同意”由外科 科主任办理" in part.text
    assert "/clauses/S0-03-B02b" in part.links
    assert [step.text for step in part.one("ol").all("li")] == [
        "待财务审核 王会计",
        "待领导审批 赵院长",
        "已批准",
    ]


def test_what_is_for_others_is_closed_with_the_reason(as_person: As, number: str) -> None:
    card = see(as_person("wang"), f"/c/{number}").one(id="decision-card")
    assert not card.all("form")
    assert "现在没有需要您办理的事项" in card.text
    assert "“科主任签署同意”由申请科室的科主任办理" in card.text


def test_a_head_does_not_sign_their_own_request_and_reads_why(as_person: As) -> None:
    number = asks(as_person("li"))
    card = see(as_person("li"), f"/c/{number}").one(id="decision-card")
    assert "dept_sign" not in [b for form in card.all("form") for b in form.buttons]
    assert "这是您自己提交的申请，须由其他人办理" in card.one("ul", class_="closed").text
    assert "/clauses/S0-15-31" in card.links


def test_the_way_by_the_insurance_office_is_closed_where_the_hospital_does_not_use_it(
    as_person: As, number: str
) -> None:
    signs(as_person("li"), number, "dept_sign")
    card = see(as_person("wang"), f"/c/{number}").one(id="decision-card")
    assert "本院未启用医保审核环节" in card.one("ul", class_="closed").text
    assert "/clauses/S0-03-B04a" in card.links


# ---- what follows --------------------------------------------------------------------------------


def test_a_signature_goes_on_with_its_words(as_person: As, number: str) -> None:
    answer = decides(as_person("li"), number, "dept_sign", "同意，临床确需")
    assert answer.status_code == 303
    assert announced(answer) == "已办理。现在“待财务审核”，下一步由王会计办理。"
    page = see(as_person("wang"), f"/c/{number}")
    assert "同意，临床确需" in page.one(id="timeline").text
    assert f"/c/{number}" in see(as_person("wang"), "/inbox").links
    assert f"/c/{number}" not in see(as_person("li"), "/inbox").links
    assert f"/c/{number}" in see(as_person("li"), "/inbox/done").links


def test_an_opinion_that_was_left_out_is_told_as_that_and_not_as_forbidden(
    as_person: As, number: str
) -> None:
    assert decides(as_person("li"), number, "dept_sign", "").status_code == 422
    story = see(as_person("li"), f"/c/{number}").one(id="timeline").text
    assert "填写有误，未办成" in story
    assert "未获允许" not in story


def test_after_a_decision_the_next_piece_of_work_is_offered(as_person: As, number: str) -> None:
    other = asks(as_person("zhang"), material_name="缝合线")
    answer = decides(as_person("li"), number, "dept_sign")
    page = see(as_person("li"), answer.headers["location"])
    # First of what waits at the same step, so that what is alike is decided in a row.
    assert "同一环节还有 1 件等您办理。下一件" in page.one(id="next-item").text
    assert page.one(id="next-item").links == [f"/c/{other}", "/inbox"]
    answer = decides(as_person("li"), other, "dept_sign")
    page = see(as_person("li"), answer.headers["location"])
    assert "您的待办已全部办完" in page.one(id="next-item").text


def test_what_waits_for_one_post_and_is_closed_to_another_is_not_called_mine(
    as_person: As, store: Store, house: House
) -> None:
    trainer = Person("guo", "郭老师", "audit", (Post("training_admin", "audit"),))
    policy = Policy(overrides={"exam.pass_mark": 60})
    for change in (SavePerson(trainer), SavePolicy(policy)):
        store.house.change(Deed(Actor(SYSTEM, SYSTEM), house.clock()), change)
    guo, new = as_person("guo"), "/requests/new/training-exam"
    form = see(guo, new).one("form", id="request-form")
    said = {"f.kind": "岗前", "f.date": house.clock().date().isoformat(), "f.attendees": "chen"}
    number = guo.post(new, data={**form.fields, **said}).headers["location"].removeprefix("/c/")
    answer = send_decision(guo, card_form(guo, number, "hold"), "hold")
    page = see(guo, answer.headers["location"])
    assert "下一步仍由您办理" not in page.one(id="next-item").text


def test_with_htmx_the_answer_is_the_case_itself_with_what_is_read_out(
    as_person: As, number: str
) -> None:
    form = card_form(as_person("li"), number, "dept_sign")
    data = {**form.fields, "opinion": "同意", "action": "dept_sign"}
    answer = as_person("li").post(form.attributes["action"], data=data, headers=PART)
    assert answer.status_code == 200
    page = read_page(answer.text)
    assert not page.all("html")
    assert "待财务审核" in page.one(id="case").text
    assert "下一步由王会计办理" in page.one(hx_swap_oob="innerHTML:#announcement").text
    assert page.one("nav", id="side-bar").attributes["hx-swap-oob"] == "true"


def test_a_return_makes_the_signatures_of_the_round_void(as_person: As, number: str) -> None:
    signs(as_person("li"), number, "dept_sign")
    signs(as_person("wang"), number, "return_for_completion", "请附报价单")
    story = see(as_person("zhang"), f"/c/{number}").one(id="timeline")
    signed = next(line for line in story.all("li") if "科主任签署同意" in line.text)
    assert "已作废" in signed.text
    assert "请附报价单" in story.text


def test_a_refusal_ends_the_case(as_person: As, number: str, store: Store) -> None:
    answer = decides(as_person("li"), number, "reject", "科室已有同类材料")
    assert announced(answer) == "已办理，本案办结：已驳回。"
    assert state_of(store, number) == "rejected"
    assert "本案已办结" in see(as_person("zhang"), f"/c/{number}").one(id="decision-card").text


def test_whoever_withdraws_is_not_asked_for_the_form_again(as_person: As, number: str) -> None:
    page = as_person("zhang").get(f"/c/{number}").text
    assert 'value="withdraw"' in page
    assert "f.quantity" not in page


def test_the_applicant_withdraws_without_words(as_person: As, number: str, store: Store) -> None:
    decides(as_person("zhang"), number, "withdraw", "")
    assert state_of(store, number) == "withdrawn"


def test_the_same_click_twice_is_one_decision(as_person: As, number: str, store: Store) -> None:
    form = card_form(as_person("li"), number, "dept_sign")
    first = send_decision(as_person("li"), form, "dept_sign", "同意")
    second = send_decision(as_person("li"), form, "dept_sign", "同意")
    assert first.status_code == second.status_code == 303
    file = store.readings.case_file(number)
    assert file is not None
    assert [e.event for e in store.readings.entries(file.case.id)].count("dept_sign") == 1


# ---- what is refused -----------------------------------------------------------------------------


def test_a_missing_opinion_is_asked_for_at_its_box(
    as_person: As, number: str, store: Store
) -> None:
    answer = decides(as_person("li"), number, "dept_sign", "  ")
    assert answer.status_code == 422
    page = read_page(answer.text)
    box = next(t for t in page.all("textarea") if t.attributes.get("name") == "opinion")
    assert box.attributes["aria-invalid"] == "true"
    assert page.one(id=box.attributes["aria-describedby"]).text == "请填写意见"
    assert state_of(store, number) == "dept_review"


def test_a_return_without_a_reason_says_that_it_needs_one(as_person: As, number: str) -> None:
    page = read_page(decides(as_person("li"), number, "return_for_completion", "").text)
    assert "请写明理由：退回或不同意必须说明原因" in page.one(id="decision-card").text


def test_finance_cannot_sign_before_the_head_even_with_a_hand_made_form(
    as_person: As, number: str, store: Store
) -> None:
    answer = as_person("wang").post(
        f"/c/{number}/t/-/decide", data={"action": "finance_sign", "opinion": "同意"}
    )
    assert answer.status_code == 409
    assert "现在处于“待科主任签署”，不能“财务签署同意”" in read_page(answer.text).text
    assert state_of(store, number) == "dept_review"
    assert refusals(store, number) == ["unknown_action"]


def test_the_head_of_another_department_does_not_even_find_the_case(
    as_person: As, number: str, store: Store
) -> None:
    answer = as_person("wu").post(
        f"/c/{number}/t/-/decide", data={"action": "dept_sign", "opinion": "同意"}
    )
    assert answer.status_code == 404
    assert state_of(store, number) == "dept_review"


def test_a_colleague_of_the_applicant_may_look_but_not_sign(
    as_person: As, number: str, store: Store
) -> None:
    answer = as_person("he").post(
        f"/c/{number}/t/-/decide", data={"action": "dept_sign", "opinion": "同意"}
    )
    assert answer.status_code == 403
    page = read_page(answer.text)
    assert "“科主任签署同意”由申请科室的科主任办理" in page.one(class_="refusal").text
    assert refusals(store, number) == ["not_permitted"]


def test_a_signer_cannot_change_the_request(as_person: As, number: str, store: Store) -> None:
    form = card_form(as_person("li"), number, "dept_sign")
    answer = send_decision(as_person("li"), form, "dept_sign", "同意", **{"f.quantity": "9999"})
    assert answer.status_code == 422
    assert "这一步不能填写或修改此项" in read_page(answer.text).text
    assert state_of(store, number) == "dept_review"


def test_the_form_cannot_be_changed_once_it_is_handed_in(
    as_person: As, number: str, store: Store
) -> None:
    answer = as_person("zhang").post(f"/c/{number}/save", data={"f.quantity": "9999"})
    assert answer.status_code == 403
    assert "“待科主任签署”阶段不能直接修改表单" in read_page(answer.text).text
    file = store.readings.case_file(number)
    assert file is not None
    assert file.case.form["quantity"] == 20


def test_an_action_that_does_not_exist_is_refused(as_person: As, number: str) -> None:
    answer = as_person("li").post(f"/c/{number}/t/-/decide", data={"action": "approve_all"})
    assert answer.status_code == 409
    assert "本流程没有“approve_all”这一操作" in read_page(answer.text).text


def test_looking_never_decides(as_person: As, number: str, store: Store) -> None:
    answer = as_person("li").get(f"/c/{number}/t/-/decide?action=dept_sign&opinion=x")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/c/{number}"
    assert state_of(store, number) == "dept_review"


# ---- standing in ---------------------------------------------------------------------------------


class TestWhileTheVicePresidentIsAway:
    """赵院长 has lent the post to 吴主任 for the week."""

    @pytest.fixture
    def delegations(self) -> tuple[Delegation, ...]:
        week = (date(2026, 3, 2), date(2026, 3, 6))
        return (Delegation("d1", "zhao", "wu", *week),)

    @pytest.fixture
    def waiting(self, as_person: As, number: str) -> str:
        """It waits for the vice-president."""
        signs(as_person("li"), number, "dept_sign")
        signs(as_person("wang"), number, "finance_sign")
        return number

    def test_the_delegate_finds_it_under_a_tab_of_its_own(
        self, as_person: As, waiting: str
    ) -> None:
        inbox = see(as_person("wu"), "/inbox")
        assert f"/c/{waiting}" not in inbox.links
        assert "代 赵院长 办理 1" in inbox.one("nav", class_="boxes").text
        lent = see(as_person("wu"), "/inbox?for=zhao")
        assert f"/c/{waiting}" in lent.links
        assert "代 赵院长" in lent.one("table").text

    def test_both_names_are_shown_before_and_kept_after(
        self, as_person: As, waiting: str, store: Store
    ) -> None:
        form = card_form(as_person("wu"), waiting, "leader_approve")
        assert "代 赵院长 办理：记录中会同时写明您和 赵院长 的姓名" in form.text
        assert form.fields["for"] == "zhao"
        assert send_decision(as_person("wu"), form, "leader_approve", "同意").status_code == 303
        story = see(as_person("zhang"), f"/c/{waiting}").one(id="timeline")
        assert "吴主任（代 赵院长）" in story.text.replace(" （", "（").replace("） ", "）")
        assert story.all("li")[0].matches("li", {"class_": "delegated"})
        file = store.readings.case_file(waiting)
        assert file is not None
        last = store.readings.entries(file.case.id)[-1]
        assert (last.actor, last.acting_for) == ("wu", "zhao")

    def test_nobody_acts_for_somebody_who_lent_them_nothing(
        self, as_person: As, waiting: str, store: Store
    ) -> None:
        answer = as_person("wang").post(
            f"/c/{waiting}/t/-/decide",
            data={"action": "leader_approve", "opinion": "同意", "for": "zhao"},
        )
        assert answer.status_code == 403
        assert state_of(store, waiting) == "leader_review"


class TestWhereBothHeadsMaySignAnyway:
    """吴主任 heads 外科 too for a time; 李主任 has lent the post to 吴主任 besides."""

    @pytest.fixture
    def delegations(self) -> tuple[Delegation, ...]:
        return (Delegation("d1", "li", "wu", date(2026, 3, 2), date(2026, 3, 6)),)

    @pytest.fixture
    def shared(self, as_person: As, number: str, house: House, store: Store) -> str:
        """It waits for either head."""
        posts = (Post("dept_head", "medicine"), Post("dept_head", "surgery"))
        wu = Person("wu", "吴主任", "medicine", posts)
        store.house.change(Deed(Actor(SYSTEM, SYSTEM), house.clock()), SavePerson(wu))
        return number

    def test_the_own_name_comes_first_and_the_others_lies_folded(
        self, as_person: As, shared: str
    ) -> None:
        card = see(as_person("wu"), f"/c/{shared}").one(id="decision-card")
        own, lent = card.all("form", class_="decision-form")
        assert ("for" in own.fields, lent.fields["for"]) == (False, "li")
        (fold,) = [
            one for one in card.all("details", class_="fold") if "代 李主任 办理" in one.text
        ]
        assert [one.fields["for"] for one in fold.all("form")] == ["li"]

    def test_what_went_wrong_in_the_folded_one_is_shown_open(
        self, as_person: As, shared: str
    ) -> None:
        wu = as_person("wu")
        lent = (
            see(wu, f"/c/{shared}").one(id="decision-card").all("form", class_="decision-form")[1]
        )
        answer = send_decision(wu, lent, "dept_sign", "")
        card = read_page(answer.text).one(id="decision-card")
        assert not [one for one in card.all("details", class_="fold") if one.all("form")]
        assert "请填写意见" in card.text
