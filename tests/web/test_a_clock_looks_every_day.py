"""A clock by which nothing is due: no page shows it as a limit, and its looks bury nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.committees import PROCESSES, hands_in
from tests.web.conftest import SetClock
from tests.web.consumables import see
from tests.web.paper import Element
from web.house import House
from web.settings import Settings

As = Callable[[str], TestClient]
#: Every day somebody sees that the notice still waits; of the third day the head is told.
LOOKS = """\
deadlines:
  time:
    name: {zh: 审核时限, en: Time to check}
    while: check
    length: {days: 30}
    overdue: true
    design_choice: true
  daily:
    name: {zh: 公告还没有审, en: Still to be checked}
    while: check
    until: 'given.looked_on ? form.looked_on : case.opened_on'
    due: false
    effects:
      - set: {looked_on: today}
      - notify: {role: dept_head, of: applicant.department}
        when: today == case.opened_on + 3
    design_choice: true
"""


@pytest.fixture
def settings() -> Settings:
    """Nobody is signed out while days pass."""
    return Settings(tick_seconds=0, session_idle_minutes=60 * 24 * 60, session_hours=24 * 60)


@pytest.fixture
def number(as_person: As) -> str:
    """A notice of 张医生's that waits for 李主任."""
    text = (PROCESSES / "bulletin-board.yaml").read_text("utf-8")
    field = "  looked_on: {label: {zh: 最近查看, en: Looked}, type: date, computed: true}\n"
    watched = text.replace("bulletin-board", "watched-board").replace("number: GG", "number: TT")
    watched = watched.replace("states:\n", f"{field}states:\n") + LOOKS
    data = {"text": watched, "act": "publish"}
    assert as_person("sun").post("/admin/definitions/new", data=data).status_code == 303
    return hands_in(as_person("zhang"), "watched-board", what="夜间停水通知")


def days_pass(house: House, clock: SetClock, days: int) -> None:
    """Every clock fires at its own moment."""
    for _ in range(days * 24):
        clock.move(hours=1)
        house.service.tick(clock())


def story(browser: TestClient, number: str) -> list[Element]:
    """The lines of a case, the newest first; what changed is listed within them."""
    items = see(browser, f"/c/{number}").one(id="timeline").all("li")
    return [one for one in items if one.attributes.get("id", "").startswith("line-")]


def test_of_the_limits_of_a_case_it_is_none(as_person: As, house: House, number: str) -> None:
    page = see(as_person("li"), f"/c/{number}").text
    assert "审核时限" in page
    assert "公告还没有审" not in page

    told = as_person("li").get(f"/api/v1/cases/{number}").json()
    assert [one["key"] for one in told["deadlines"]] == ["time"]
    assert [one["due_at"] for one in told["tasks"]] == [told["deadlines"][0]["due_at"]]

    kept = see(as_person("sun"), f"/admin/cases/{number}").text
    assert "审核时限" in kept
    assert "公告还没有审" not in kept


def test_looks_that_found_nothing_stand_as_one_line(
    as_person: As, house: House, number: str, clock: SetClock
) -> None:
    before = len(story(as_person("li"), number))

    days_pass(house, clock, 2)
    assert (
        "按时查看“公告还没有审”：没有新情况（连续 2 次）" in story(as_person("li"), number)[0].text
    )
    assert len(story(as_person("li"), number)) == before + 1


def test_one_that_told_somebody_stands_alone(
    as_person: As, house: House, number: str, clock: SetClock
) -> None:
    before = len(story(as_person("li"), number))

    days_pass(house, clock, 5)

    later, told, earlier = (line.text for line in story(as_person("li"), number)[:-before])
    assert "按时查看“公告还没有审”：没有新情况（连续 2 次）" in later
    assert "按时查看“公告还没有审”：已告知" in told
    assert "连续" not in told
    assert "按时查看“公告还没有审”：没有新情况（连续 2 次）" in earlier
    assert "抄送" in see(as_person("li"), "/notices").text
