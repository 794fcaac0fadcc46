"""Passing a task on, adding a colleague before or after, and claiming what several could do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from starlette.testclient import TestClient

from tests.web.committees import (
    hands_in,
    open_tool,
    publishes,
    sends_tool,
    state_of,
    tools_of,
    uses,
)
from tests.web.consumables import card_form, see, send_decision, signs
from tests.web.paper import read_page
from workflow.people.organisation import Delegation
from workflow.ports.store import Store

As = Callable[[str], TestClient]


@pytest.fixture
def number(as_person: As) -> str:
    """A device that waits for the committee."""
    publishes(as_person("sun"), "device-committee")
    return hands_in(as_person("zhang"), "device-committee", what="超声刀")


@pytest.fixture
def approval(as_person: As, number: str) -> str:
    """The same, once the committee is for it: it waits for 赵院长."""
    for member in ("li", "wu", "wang"):
        signs(as_person(member), number, "agree")
    return number


def test_only_what_the_step_allows_is_offered(as_person: As, approval: str) -> None:
    assert tools_of(as_person("zhao"), approval) == ["委派", "征询", "认领", "转办"]
    assert not see(as_person("zhang"), f"/c/{approval}").one(id="more-acts").all("a")


def test_a_task_passed_on_is_the_colleagues_and_the_first_holder_still_reads(
    as_person: As, store: Store, number: str
) -> None:
    form = open_tool(as_person("li"), number, "task.transfer")
    groups = [group.attributes["label"] for group in form.all("optgroup")]
    assert "内科" in groups
    people = [option.attributes["value"] for option in form.all("option")]
    assert "zhang" not in people  # who asks may not decide
    assert not {"li", "wu", "wang", "he"} & set(people)  # they sit here already
    assert "lin" not in people  # who has left
    uses(as_person("li"), number, "task.transfer", "我外出开会", target="chen")
    assert "转办 → 陈医生" in see(as_person("zhang"), f"/c/{number}").one(id="timeline").text
    assert (
        "由陈医生接替" in see(as_person("li"), f"/c/{number}").one("section", class_="panel").text
    )
    assert not see(as_person("li"), f"/c/{number}").one(id="decision-card").all("form")
    signs(as_person("chen"), number, "agree")
    assert number in as_person("chen").get("/inbox/done").text


def test_who_is_chosen_by_hand_and_may_not_decide_is_refused_with_the_words_kept(
    as_person: As, number: str
) -> None:
    form = open_tool(as_person("li"), number, "task.transfer")
    answer = sends_tool(as_person("li"), form, "task.transfer", "请代为办理", target="zhang")
    assert answer.status_code == 422
    page = read_page(answer.text)
    shown = next(f for f in page.all("form", class_="tool-form") if "task.transfer" in f.buttons)
    assert "张医生是本案申请人或已在别的环节签署，不能再办理本案" in shown.text
    assert shown.fields["opinion"] == "请代为办理"
    nobody = sends_tool(as_person("li"), shown, "task.transfer", "", target="")
    assert nobody.status_code == 422
    assert "请选择一位同事" in read_page(nobody.text).text


def test_a_task_is_not_passed_on_for_ever(as_person: As, number: str) -> None:
    for holder, colleague in (("li", "chen"), ("chen", "ding"), ("ding", "feng")):
        uses(as_person(holder), number, "task.transfer", target=colleague)
    more = see(as_person("feng"), f"/c/{number}").one(id="more-acts")
    assert "这件待办已转办 3 次，不能再转；请自行办理或退回" in more.text
    assert "转办" not in [link.text for link in more.all("a")]


def test_what_a_colleague_has_claimed_is_closed_to_the_others_by_name(
    as_person: As, store: Store, approval: str
) -> None:
    uses(as_person("zhao"), approval, "task.claim")
    page = see(as_person("zhang"), f"/c/{approval}")
    assert "已由赵院长认领" in page.one(id="who-is-next").text
    assert "您已认领" in see(as_person("zhao"), "/inbox").text
    assert tools_of(as_person("zhao"), approval) == ["委派", "征询", "放回", "转办"]
    uses(as_person("zhao"), approval, "task.release")
    assert "认领" not in see(as_person("zhang"), f"/c/{approval}").one(id="who-is-next").text
    signs(as_person("zhao"), approval, "approve")
    assert state_of(store, approval) == "buying"


def test_who_comes_too_late_with_a_general_act_is_told_calmly(as_person: As, number: str) -> None:
    form = open_tool(as_person("li"), number, "task.transfer")
    signs(as_person("wu"), number, "agree")
    answer = sends_tool(as_person("li"), form, "task.transfer", "我外出", target="chen")
    assert answer.status_code == 409
    overtaken = read_page(answer.text).one(id="overtaken")
    assert "本案已由吴主任于今天 09:00办理：赞成" in overtaken.text
    assert overtaken.one("textarea").text == "我外出"


def test_who_decides_after_me_is_waited_for_once_i_have_agreed(
    as_person: As, store: Store, approval: str
) -> None:
    uses(as_person("zhao"), approval, "task.transfer", target="guo")
    assert "请选择同事" not in see(as_person("guo"), f"/c/{approval}").one(id="more-acts").text
    signs(as_person("guo"), approval, "approve")
    assert state_of(store, approval) == "buying"


def test_a_member_has_somebody_decide_after_them(as_person: As, store: Store, number: str) -> None:
    uses(as_person("li"), number, "task.add_after", "请复核", target="guo")
    assert "超声刀" not in as_person("guo").get("/inbox").text
    rows = see(as_person("zhang"), f"/c/{number}").one("section", class_="panel").text
    assert "郭老师" in rows
    assert "还没轮到" in rows
    signs(as_person("li"), number, "agree")
    assert "超声刀" in as_person("guo").get("/inbox").text
    signs(as_person("guo"), number, "agree")
    assert state_of(store, number) == "committee"


class TestStandingIn:
    """陈医生 stands in for 吴主任 as head."""

    @pytest.fixture
    def delegations(self) -> tuple[Delegation, ...]:
        day = date(2026, 3, 2)
        return (Delegation("d1", "wu", "chen", day, day),)

    def test_a_delegate_votes_for_a_member_with_both_names(
        self, as_person: As, number: str
    ) -> None:
        chen = as_person("chen")
        assert "超声刀" in chen.get("/inbox?for=wu").text
        answer = send_decision(chen, card_form(chen, number, "agree"), "agree", "同意")
        assert answer.status_code == 303
        page = see(as_person("zhang"), f"/c/{number}")
        assert "陈医生 办理" in page.one("section", class_="panel").text
        assert "陈医生（代 吴主任）" in page.one(id="timeline").text

    def test_a_delegate_passes_on_what_they_may_decide(self, as_person: As, number: str) -> None:
        form = open_tool(as_person("chen"), number, "task.transfer")
        assert form.fields["for"] == "wu"
        assert "代 吴主任 办理" in form.text
        uses(as_person("chen"), number, "task.transfer", target="ding")
        assert (
            "陈医生（代 吴主任）" in see(as_person("zhang"), f"/c/{number}").one(id="timeline").text
        )
