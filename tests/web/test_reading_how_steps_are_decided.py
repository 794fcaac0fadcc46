"""An administrator reads in words what a definition says of panels, branches and returns."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.committees import publishes
from tests.web.consumables import see

As = Callable[[str], TestClient]


@pytest.fixture
def sun(as_person: As) -> TestClient:
    """The administrator."""
    return as_person("sun")


def said_of(sun: TestClient, process: str) -> dict[str, list[str]]:
    publishes(sun, process)
    steps = see(sun, f"/admin/definitions/{process}").one(id="steps")
    return {
        step.one("dt").text: [line.text for line in step.all("li")]
        for step in steps.one("dl").all("div")
    }


def test_a_panel_is_told_with_its_members_its_rule_and_its_tools(sun: TestClient) -> None:
    said = said_of(sun, "device-committee")["论证会"]
    assert said[:5] == [
        "成员：科主任、财务科、医保办",
        "通过：赞成须达赞成与反对票的 60%、法定 2 人、财务科反对即不通过",
        "结果一定即停",
        "有人回避由主管医师递补",
        "通过后“论证通过”，不通过则“论证未通过”",
    ]
    assert "转办、前加签、后加签、并加签、减签、委派、征询、回避" in said[5]
    assert "最多转办 3 次" in said[5]


def test_returns_and_conditions_are_told_where_they_may_be_taken(sun: TestClient) -> None:
    said = said_of(sun, "device-committee")["待院长批准"]
    assert said[:4] == [
        "“批准”可附条件，由医保办确认",
        "“退回上一步”退回上一步",
        "“退回”可退回到过的任一步",
        "“退回”之后重新提交，直接回到本环节",
    ]


def test_the_drawing_says_what_no_line_shows(sun: TestClient) -> None:
    publishes(sun, "device-committee")
    drawn = see(sun, "/admin/definitions/device-committee").one(id="diagram").text
    assert "“退回”：办理时从案件到过的环节中选一步退回，图上不画线" in drawn
    assert "赞成 → 表决（结果由会签得出）" in drawn


def test_branches_are_told_with_when_they_meet(sun: TestClient) -> None:
    assert said_of(sun, "two-offices")["两处会办"] == [
        "同时进行：财务核对、医保核对",
        "各分支都办完后才往下走",
    ]


def test_a_plain_process_needs_no_such_words(sun: TestClient) -> None:
    assert not see(sun, "/admin/definitions/consumable-approval").has("steps")
