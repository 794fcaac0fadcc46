"""An administrator changes working days; deadlines of running cases move, and people see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from storage.memory import MemoryStore
from tests.web.conftest import MONDAY, SetClock, catalog
from web import opening
from web.app import build_house
from web.house import House
from web.settings import Settings
from workflow.nouns import Actor, Decision, Opening
from workflow.ports.hospital import Policy
from workflow.ports.house import Deed, SavePolicy
from workflow.ports.store import Seed

DAYS = "/admin/calendars/days"
TUESDAY = {"day": "2026-03-03", "worked": "false", "name": "停诊", "reason": "全院消毒"}


@pytest.fixture
def sun(as_person: Callable[[str], TestClient]) -> TestClient:
    """The administrator."""
    return as_person("sun")


@pytest.fixture
def timed(sun: TestClient, house: House, clock: SetClock) -> str:
    """A consumable that waits for its head of department, with two working days to sign."""
    policy = Policy(overrides={"consumable.step_reminder_days": 2})
    house.store.house.change(Deed(Actor("sun", "孙工"), clock()), SavePolicy(policy))
    zhang = Actor("zhang", "张医生")
    fields = {
        "material_name": "缝线",
        "spec": "3-0",
        "purpose": "缝合",
        "manufacturer": "某厂",
        "agent": "无",
        "quantity": "10",
        "ref_unit_price": "5",
    }
    answer = house.service.open(Opening(zhang, "consumable-approval", clock(), "o", fields))
    assert answer.number is not None
    house.service.decide(answer.number, Decision(zhang, "submit", clock(), "s"))
    return answer.number


def due(house: House, number: str) -> str:
    file = house.store.readings.case_file(number)
    assert file is not None
    (task,) = (task for task in file.tasks if task.is_open)
    assert task.due_at is not None
    return task.due_at.isoformat()


def test_a_holiday_puts_off_what_is_due_and_says_how_many_cases_moved(
    sun: TestClient, house: House, timed: str, as_person: Callable[[str], TestClient]
) -> None:
    assert due(house, timed) == "2026-03-04T16:00:00+00:00"
    assert sun.post(DAYS, data=TUESDAY).status_code == 303
    assert "1 个进行中案件" in sun.get("/admin/calendars").text
    assert due(house, timed) == "2026-03-05T16:00:00+00:00"
    assert "3月5日" in as_person("li").get(f"/c/{timed}").text


def test_the_year_shows_the_day_with_its_name(sun: TestClient) -> None:
    sun.post(DAYS, data=TUESDAY)
    page = sun.get("/admin/calendars?year=2026").text
    assert "2026年3月3日 周二 放假 停诊" in page
    assert "2026年2月14日 周六 调休上班" in page


def test_several_days_are_changed_at_once(sun: TestClient, house: House) -> None:
    sun.post(DAYS, data={**TUESDAY, "until": "2026-03-05"})
    calendar = house.store.readings.hospital().calendar
    assert [calendar.is_workday(day) for day in sorted(calendar.days) if day.month == 3] == [
        False
    ] * 3


def test_a_last_day_before_the_first_is_told_at_its_field(sun: TestClient) -> None:
    answer = sun.post(DAYS, data={**TUESDAY, "until": "2026-03-01"})
    assert answer.status_code == 422
    assert 'id="day-until-problem"' in answer.text
    assert "结束日期不能早于开始日期" in answer.text


def test_a_year_is_entered_from_its_notice(sun: TestClient, house: House) -> None:
    lines = "# covered_until: 2027-12-31\ndate,is_work,name\n2027-01-01,false,元旦\n"
    answer = sun.post("/admin/calendars/lines", data={"lines": lines, "reason": "国办通知"})
    assert answer.status_code == 303
    assert "2027年12月31日" in sun.get("/admin/calendars").text


def test_every_wrong_line_is_named_and_the_list_stays(sun: TestClient) -> None:
    lines = "date,is_work,name\n2027-01-01,perhaps,元旦\n"
    answer = sun.post("/admin/calendars/lines", data={"lines": lines, "reason": "国办通知"})
    assert answer.status_code == 422
    assert "第 1 行" in answer.text
    assert "第 2 行" in answer.text
    assert "2027-01-01,perhaps,元旦" in answer.text


def test_it_warns_before_the_decreed_days_run_out(
    sun: TestClient, clock: SetClock, as_person: Callable[[str], TestClient]
) -> None:
    assert "即将用完" not in sun.get("/admin/calendars").text
    assert "还没有公布安排" in sun.get("/admin/calendars?year=2027").text
    clock.move(days=260)
    sun.post("/sign-in", data={"login": "sun", "password": "一把雨伞放在门后"})
    assert "即将用完" in sun.get("/admin/calendars").text
    assert "放假安排只公布到 2026-12-31" in sun.get("/admin").text


def test_what_is_missing_or_wrong_stands_at_its_field(sun: TestClient, house: House) -> None:
    before = house.store.readings.hospital().calendar
    for wrong, field in (
        ({**TUESDAY, "day": "3月3日"}, "day"),
        ({**TUESDAY, "day": ""}, "day"),
        ({**TUESDAY, "until": "soon"}, "until"),
        ({**TUESDAY, "worked": "maybe"}, "worked"),
        ({**TUESDAY, "reason": ""}, "reason"),
        ({**TUESDAY, "name": "长" * 31}, "name"),
        ({**TUESDAY, "until": "2028-03-03"}, "day"),
    ):
        answer = sun.post(DAYS, data=wrong)
        assert answer.status_code == 422, wrong
        assert f'id="day-{field}-problem"' in answer.text, wrong
    assert house.store.readings.hospital().calendar == before


@pytest.mark.parametrize("who", ["zhang", "zhao", "qian"])
def test_nobody_else_changes_it(
    who: str, as_person: Callable[[str], TestClient], house: House, timed: str
) -> None:
    other = as_person(who)
    assert other.get("/admin/calendars").status_code == 403
    assert other.post(DAYS, data=TUESDAY).status_code == 403
    assert other.post("/admin/calendars/finish").status_code == 403
    assert due(house, timed) == "2026-03-04T16:00:00+00:00"


def test_a_new_hospital_has_no_change_that_was_left_half_done() -> None:
    store = MemoryStore(Seed())
    opening.ship(store, MONDAY, lambda _: None)
    house = build_house(Settings(), store, lambda: MONDAY, catalog=catalog())
    assert house.administering.calendar.unfinished() is None
