"""Notices on their page: 张医生 asks, 李主任 is told, 郭老师 hears nothing that is not for them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock
from tests.web.consumables import asks, see, signs
from tests.web.paper import Element
from web.house import House
from web.settings import Settings
from workflow.ports.store import Store

As = Callable[[str], TestClient]


@pytest.fixture
def settings() -> Settings:
    """Nobody is signed out while weeks pass."""
    return Settings(
        hospital_name="青山医院",
        tick_seconds=0,
        session_idle_minutes=60 * 24 * 60,
        session_hours=24 * 60,
    )


def bell(browser: TestClient) -> str:
    """What the bell shows at page load."""
    return see(browser, "/help").one("a", id="bell").one("span", class_="count").text


def lines(browser: TestClient, path: str = "/notices") -> list[Element]:
    found = see(browser, path).all("ul", class_="notices")
    return found[0].all("li") if found else []


@pytest.fixture
def number(as_person: As) -> str:
    """A request of 张医生 that waits for 李主任."""
    return asks(as_person("zhang"))


def test_whoever_has_to_act_is_told(as_person: As, number: str) -> None:
    (line,) = lines(as_person("li"))
    assert number in line.text
    assert "转到您这里办理" in line.text
    assert "止血材料" in line.text
    assert "未读" in line.text
    assert bell(as_person("li")) == "1"


def test_nobody_else_is(as_person: As, number: str) -> None:
    for other in ("wu", "wang", "guo", "zhang"):
        assert lines(as_person(other)) == []
        assert bell(as_person(other)) == ""
        assert number not in see(as_person(other), "/notices").text


def test_an_empty_page_says_what_will_come(as_person: As) -> None:
    assert "还没有通知" in see(as_person("guo"), "/notices").text
    assert "没有未读的通知" in see(as_person("guo"), "/notices?show=unread").text


def test_a_link_opens_the_case_and_decides_nothing(
    as_person: As, number: str, store: Store
) -> None:
    before = store.readings.case_file(number)
    (line,) = lines(as_person("li"))
    answer = as_person("li").get(line.links[0])
    assert (answer.status_code, answer.headers["location"]) == (303, f"/c/{number}")
    assert store.readings.case_file(number) == before
    assert bell(as_person("li")) == ""


def test_looking_at_the_case_counts_as_reading(as_person: As, number: str) -> None:
    see(as_person("li"), f"/c/{number}")
    (line,) = lines(as_person("li"))
    assert "未读" not in line.text


def test_a_link_to_what_is_not_there_or_not_mine_tells_nothing(as_person: As, number: str) -> None:
    for strange in (number, "HC2026-999999"):
        answer = as_person("guo").get(f"/notices/c/{strange}")
        assert answer.status_code == 303
        assert as_person("guo").get(answer.headers["location"]).status_code == 404


def test_a_link_asks_a_stranger_to_sign_in(client: TestClient, number: str) -> None:
    answer = client.get(f"/notices/c/{number}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


def test_one_is_marked_and_the_others_stay(as_person: As, number: str) -> None:
    asks(as_person("zhang"), spec="10cm")
    (newest, _) = lines(as_person("li"), "/notices?show=unread")
    form = newest.one("form")
    answer = as_person("li").post(form.attributes["action"], data=form.fields)
    assert answer.headers["location"] == "/notices?show=unread"
    (left,) = lines(as_person("li"), "/notices?show=unread")
    assert number in left.text
    assert len(lines(as_person("li"))) == 2


def test_all_are_marked_at_once(as_person: As, number: str) -> None:
    asks(as_person("zhang"), spec="10cm")
    as_person("li").post("/notices/read-all")
    assert lines(as_person("li"), "/notices?show=unread") == []
    assert bell(as_person("li")) == ""


def test_nobody_marks_what_others_were_told(as_person: As, number: str) -> None:
    (line,) = lines(as_person("li"))
    as_person("guo").post("/notices/read", data={"id": line.one("form").fields["id"]})
    assert bell(as_person("li")) == "1"


def test_what_is_a_month_old_is_no_news(as_person: As, number: str, clock: SetClock) -> None:
    clock.move(days=31)
    assert bell(as_person("li")) == ""


def test_the_pages_speak_english_too(as_person: As, number: str) -> None:
    browser = as_person("li")
    browser.cookies.set("language", "en")
    (line,) = lines(browser)
    assert "it is with you now" in line.text
    assert "Unread" in line.text


# ---- 抄送 and 已阅 -------------------------------------------------------------------------------


def told(browser: TestClient, number: str) -> str:
    return see(browser, f"/c/{number}").one("section", id="case-told").text


def test_the_case_shows_who_has_read_and_when(as_person: As, number: str) -> None:
    assert "还没有人阅读" in told(as_person("zhang"), number)
    see(as_person("li"), f"/c/{number}")
    assert "李主任 今天 09:00 已阅" in told(as_person("zhang"), number)


def test_a_rejection_takes_no_notice_away(as_person: As, number: str, house: House) -> None:
    signs(as_person("li"), number, "dept_sign")
    signs(as_person("wang"), number, "reject", "价格高于同类")
    text = told(as_person("zhang"), number)
    assert "外科 科主任" in text
    assert "李主任 今天 09:00 已阅" in text
    assert len(lines(as_person("wang"))) == 1
    assert house.store.readings.case_file(number) is not None
