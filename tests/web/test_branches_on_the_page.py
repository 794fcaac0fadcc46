"""Two offices work on one case side by side, and the page says where each stands."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.committees import hands_in, publishes, state_of, tools_of
from tests.web.consumables import see, signs
from workflow.ports.store import Store

As = Callable[[str], TestClient]


@pytest.fixture
def number(as_person: As) -> str:
    """A matter that waits at both offices."""
    publishes(as_person("sun"), "two-offices")
    return hands_in(as_person("zhang"), "two-offices", what="会办事项")


def test_the_page_says_where_each_branch_stands_and_who_is_waited_for(
    as_person: As, number: str
) -> None:
    page = see(as_person("zhang"), f"/c/{number}")
    branches = page.one("section", class_="branches")
    assert "各分支都办完后才往下走" in branches.text
    assert [row.text for row in branches.all("li")] == [
        "财务核对 王会计 自今天 09:00",
        "医保核对 何老师 自今天 09:00",
    ]
    waiting = [one.text for one in page.one(id="who-is-next").all("div", class_="waiting")]
    assert waiting[0].startswith("财务核对 王会计")
    assert waiting[1].startswith("医保核对 何老师")
    here = page.one(id="case-diagram").all("li")
    assert sum("现在在这里" in state.text for state in here) == 4  # the key, and three states


def test_each_decides_in_their_own_branch_and_the_others_go_on(
    as_person: As, store: Store, number: str
) -> None:
    assert "财务核对" in see(as_person("wang"), "/inbox").one("tbody").text
    assert tools_of(as_person("wang"), number) == ["征询"]
    assert tools_of(as_person("he"), number) == []
    signs(as_person("wang"), number, "finance_check")
    assert state_of(store, number) == "both"
    rows = see(as_person("he"), f"/c/{number}").one("section", class_="branches").all("li")
    assert rows[0].text == "财务已核 本分支已办完 自今天 09:00"
    signs(as_person("he"), number, "insurance_check")
    assert state_of(store, number) == "done"
    page = see(as_person("zhang"), f"/c/{number}")
    assert not page.all("section", class_="branches")
    assert "会办完成 → 已办结 自动" in page.one(id="timeline").text


def test_the_drawing_shows_branches_between_their_state_and_what_comes_after(
    as_person: As, number: str
) -> None:
    states = see(as_person("zhang"), f"/c/{number}").one(id="case-diagram").one("ol").text
    assert "分支 → 财务核对 分支 → 医保核对" in states
