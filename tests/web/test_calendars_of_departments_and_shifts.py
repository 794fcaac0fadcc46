"""A department or a shift gets a calendar of its own, and a year is brought by table."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock
from web.exporting import as_csv, as_xlsx
from web.house import House
from workflow.calendar import Calendar

OWN = "/admin/calendars/own"
EMERGENCY = {
    "key": "emergency",
    "name": "急诊",
    "department": "",
    "weekdays": ["0", "1", "2", "3", "4", "5", "6"],
    "hours": "00:00-24:00",
    "reason": "急诊全天上班",
}
NIGHT = {
    "key": "night",
    "name": "夜班",
    "hours": "20:00—08:00",
    "holidays": "yes",
    "reason": "设夜班",
}


@pytest.fixture
def sun(as_person: Callable[[str], TestClient]) -> TestClient:
    """The administrator."""
    return as_person("sun")


def kept(house: House) -> Calendar:
    return house.store.readings.hospital().calendar


def test_a_shift_gets_a_calendar_and_the_page_shows_it(sun: TestClient, house: House) -> None:
    assert sun.post(OWN, data=EMERGENCY).status_code == 303
    assert sun.post(OWN, data=NIGHT).status_code == 303
    own = kept(house).own
    assert own["emergency"].hours == ((time(0), time(0)),)
    assert (own["emergency"].weekdays, own["emergency"].holidays) == ((0, 1, 2, 3, 4, 5, 6), False)
    assert (own["night"].hours, own["night"].holidays) == (((time(20), time(8)),), True)
    page = sun.get("/admin/calendars").text
    assert "急诊" in page
    assert "20:00-08:00" in page
    year = sun.get("/admin/calendars?year=2026&own=emergency").text
    assert "2026年2月17日 周二 上班" in year
    assert "2026年2月17日 周二 放假" in sun.get("/admin/calendars?year=2026&own=night").text


def test_the_hospitals_own_hours_stand_on_the_page_and_are_changed(
    sun: TestClient, house: House
) -> None:
    assert "全院上班时间：08:00-12:00, 14:00-18:00" in sun.get("/admin/calendars").text
    typed = {"hours": "08:30-12:00、14:30-17:30", "reason": "夏令时"}
    assert sun.post("/admin/calendars/hours", data=typed).status_code == 303
    assert kept(house).hours == ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))
    for wrong, field in (({"hours": "九点到五点"}, "hours"), ({"reason": ""}, "reason")):
        answer = sun.post("/admin/calendars/hours", data={**typed, **wrong})
        assert answer.status_code == 422
        assert f'id="hours-{field}-problem"' in answer.text


def test_its_days_are_its_own(sun: TestClient, house: House) -> None:
    sun.post(OWN, data=EMERGENCY)
    day = {
        "own": "emergency",
        "day": "2026-03-03",
        "worked": "false",
        "name": "检修",
        "reason": "检修",
    }
    answer = sun.post("/admin/calendars/days", data=day)
    assert answer.headers["location"] == "/admin/calendars?year=2026&own=emergency"
    assert dict(kept(house).own["emergency"].days) == {date(2026, 3, 3): False}
    assert date(2026, 3, 3) not in kept(house).days


def test_it_is_changed_and_removed(sun: TestClient, house: House) -> None:
    sun.post(OWN, data=EMERGENCY)
    sun.post(OWN, data={**EMERGENCY, "name": "急诊科", "hours": ""})
    assert (kept(house).own["emergency"].name, kept(house).own["emergency"].hours) == (
        "急诊科",
        None,
    )
    without = sun.post(f"{OWN}/remove", data={"own": "emergency", "reason": ""})
    assert without.status_code == 422
    assert sun.post(f"{OWN}/remove", data={"own": "emergency", "reason": "并入"}).status_code == 303
    assert not kept(house).own


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"key": "急诊"}, "key"),
        ({"name": ""}, "name"),
        ({"department": "mars"}, "department"),
        ({"hours": "from nine to five"}, "hours"),
        ({"hours": "25:00-26:00"}, "hours"),
        ({"hours": "14:00-18:00, 08:00-12:00"}, "hours"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    sun: TestClient, house: House, wrong: dict[str, str], field: str
) -> None:
    answer = sun.post(OWN, data={**EMERGENCY, **wrong})
    assert answer.status_code == 422
    assert f'id="own-{field}-problem"' in answer.text
    assert not kept(house).own


@pytest.mark.parametrize("who", ["zhang", "zhao"])
def test_nobody_else_may(who: str, as_person: Callable[[str], TestClient], house: House) -> None:
    other = as_person(who)
    assert other.post(OWN, data=EMERGENCY).status_code == 403
    assert other.post(f"{OWN}/remove", data={"own": "x", "reason": "y"}).status_code == 403
    assert other.get("/admin/org/import/calendar").status_code == 403
    assert not kept(house).own


HEADER = ["日期", "是否上班", "名称"]
ROWS = [("2027-01-01", "放假", "元旦"), ("2027-01-03", "上班", "元旦调休上班")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("2027.csv", as_csv(HEADER, ROWS)),
        ("2027.xlsx", as_xlsx(HEADER, ROWS, "2027")),
    ],
)
def test_a_new_year_is_brought_by_a_table(
    sun: TestClient, house: House, name: str, data: bytes
) -> None:
    seen = sun.post("/admin/org/import/calendar", files={"table": (name, data)})
    assert seen.status_code == 200, seen.text
    assert "放假安排公布到 2027-12-31" in seen.text
    assert kept(house).covered_until == date(2026, 12, 31)
    hidden = dict(re.findall(r'name="(content|seen|name)" value="([^"]*)"', seen.text))
    content = hidden["content"].replace("&#34;", '"').replace("&quot;", '"')
    answer = sun.post(
        "/admin/org/import/calendar/confirm", data={**hidden, "content": content, "reason": "国办"}
    )
    assert answer.status_code == 303
    assert kept(house).covered_until == date(2027, 12, 31)
    assert not kept(house).is_workday(date(2027, 1, 1))
    assert kept(house).is_workday(date(2027, 1, 3))


def test_every_bad_row_is_named(sun: TestClient, house: House) -> None:
    data = "日期,是否上班\n2027-02-30,放假\n2027-01-01,也许\n".encode()
    answer = sun.post("/admin/org/import/calendar", files={"table": ("x.csv", data)})
    assert answer.status_code == 422
    for told in ("第 2 行", "第 3 行", "2027-02-30", "也许"):
        assert told in answer.text
    assert kept(house).covered_until == date(2026, 12, 31)


def test_from_october_the_missing_year_is_told(sun: TestClient, clock: SetClock) -> None:
    assert "放假安排只公布到" not in sun.get("/admin").text
    clock.move(days=213)  # 1 October
    sun.post("/sign-in", data={"login": "sun", "password": "一把雨伞放在门后"})
    assert "放假安排只公布到 2026-12-31" in sun.get("/admin").text
    assert "即将用完" in sun.get("/admin/calendars").text
