"""Taking one's last decision back while nobody has seen it, and urging those who have the work."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.committees import hands_in, publishes, state_of, tools_of, uses
from tests.web.conftest import PASSWORD, SetClock
from tests.web.consumables import see, signs
from workflow.ports.store import Store

As = Callable[[str], TestClient]


@pytest.fixture
def number(as_person: As) -> str:
    """A bulletin that 李主任 has just passed on to 赵院长."""
    publishes(as_person("sun"), "bulletin-board")
    number = hands_in(as_person("zhang"), "bulletin-board", what="停水通知")
    signs(as_person("li"), number, "pass_on")
    return number


def test_whoever_decided_last_takes_it_back_and_both_lines_stay(
    as_person: As, store: Store, number: str
) -> None:
    assert tools_of(as_person("li"), number) == ["拿回"]
    uses(as_person("li"), number, "task.take_back", "标题有误")
    assert state_of(store, number) == "check"
    story = see(as_person("zhang"), f"/c/{number}").one(id="timeline").text
    assert "拿回" in story
    assert "标题有误" in story
    assert "审核通过" in story
    signs(as_person("li"), number, "pass_on")
    assert state_of(store, number) == "issue"


def test_once_the_next_has_seen_it_the_page_says_why_it_stands(
    as_person: As, store: Store, number: str
) -> None:
    see(as_person("zhao"), f"/c/{number}")
    more = see(as_person("li"), f"/c/{number}").one(id="more-acts")
    assert "赵院长已经看过，按本流程规定不能再拿回" in more.text
    assert not more.all("form")
    story = see(as_person("zhang"), f"/c/{number}").one(id="timeline").text
    assert story.count("查看 赵院长") == 1
    see(as_person("zhao"), f"/c/{number}")
    again = see(as_person("zhang"), f"/c/{number}").one(id="timeline").text
    assert again.count("查看 赵院长") == 1  # the first look is enough


def test_a_look_of_those_who_have_no_work_there_binds_nobody(as_person: As, number: str) -> None:
    see(as_person("zhang"), f"/c/{number}")
    assert tools_of(as_person("li"), number) == ["拿回"]


def test_the_applicant_urges_and_reads_when_they_may_urge_again(
    as_person: As, number: str, clock: SetClock
) -> None:
    assert tools_of(as_person("zhang"), number) == ["催办"]
    assert "催办" not in tools_of(as_person("li"), number)
    page = see(as_person("zhang"), f"/c/{number}").text
    assert "提醒正在办理的人尽快办理；每 4 小时可催一次，一天最多 3 次" in page
    uses(as_person("zhang"), number, "task.urge", "明早要贴出")
    assert "催办" in see(as_person("zhang"), f"/c/{number}").one(id="timeline").text
    more = see(as_person("zhang"), f"/c/{number}").one(id="more-acts").text
    assert "刚催办过，办理人已收到提醒。今天 13:00 以后可以再催" in more
    clock.move(hours=5)
    again = as_person("zhang").post("/sign-in", data={"login": "zhang", "password": PASSWORD})
    assert again.status_code == 303
    assert tools_of(as_person("zhang"), number) == ["催办"]
