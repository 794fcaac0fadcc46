"""What recurs is opened while the server runs, and administrators see what became of it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.web.conftest import ORIGIN, SetClock
from web.house import House
from web.ticking import Ticking
from workflow.nouns import Actor
from workflow.ports.hospital import Policy
from workflow.ports.house import Deed, SavePolicy
from workflow.ports.reading import AuditQuery, OccurrenceQuery
from workflow.service.recurring import Recurring

PAGE = "/admin/schedules"


def looks(house: House) -> int:
    """One look of the server's own clockwork."""
    return Ticking(house).look()


def run_until_half_past_eleven(house: House, clock: SetClock) -> None:
    """The server has run since nine; at 11:40 the second rounds of the day are due."""
    looks(house)
    clock.move(hours=2, minutes=40)
    looks(house)


def numbers(house: House) -> list[str]:
    turns = house.store.readings.occurrences(OccurrenceQuery())
    return [one.number for one in turns if one.number is not None]


def test_a_fresh_server_opens_nothing_for_what_lies_behind_it(
    house: House, as_person: Callable[[str], TestClient]
) -> None:
    assert looks(house) == 0

    text = as_person("sun").get(PAGE).text
    assert "按时查房" in text
    assert "每天 08:30、11:40、14:30、17:00" in text
    assert "每个科室一案，现有 2 个" in text
    assert "还没有到过期" in text


def test_what_is_due_is_opened_and_listed_with_its_case(
    house: House, clock: SetClock, as_person: Callable[[str], TestClient]
) -> None:
    run_until_half_past_eleven(house, clock)

    assert len(numbers(house)) == 2
    text = as_person("sun").get(PAGE).text
    for number in numbers(house):
        assert f'href="/admin/cases/{number}"' in text
    assert "外科" in text
    assert "按时" in text


def test_what_needs_a_figure_says_which(
    house: House, clock: SetClock, as_person: Callable[[str], TestClient]
) -> None:
    text = as_person("sun").get(PAGE).text
    assert "参数“月对账单报送日”还没有设置" in text

    policy = Policy(None, {"statement.due_day": 10})
    house.store.house.change(Deed(Actor("sun", "孙工"), clock()), SavePolicy(policy))
    text = as_person("sun").get(PAGE).text
    assert "参数“月对账单报送日”还没有设置" not in text
    assert "每月 1 日 08:00" in text


def test_what_opens_by_itself_is_counted_as_a_decision(
    app: FastAPI, house: House, clock: SetClock
) -> None:
    run_until_half_past_eleven(house, clock)
    counted = TestClient(app, ORIGIN, client=("127.0.0.1", 40000)).get("/metrics").text
    assert 'qianpi_decisions_total{process="ward-round"} 2.0' in counted


def test_a_working_day_that_nobody_has_decreed_is_provisional(
    house: House, clock: SetClock, as_person: Callable[[str], TestClient]
) -> None:
    def told() -> dict[str, bool]:
        standings = Recurring(house.service).standings(clock())
        return {f"{one.process}.{one.rule.key}": one.provisional for one in standings}

    guess = "节假日安排未公布，暂按周一至周五计算"
    assert house.store.readings.hospital().calendar.covered_until.year == 2026
    assert not told()["training-exam.monthly_training"]
    assert told()["institution-roster.yearly_list"]
    text = as_person("sun").get(PAGE).text
    assert guess in text.partition("全年名单")[2].partition("</tr>")[0]
    assert guess not in text.partition("专管员月训")[2].partition("</tr>")[0]
    assert guess not in text.partition("按时查房")[2].partition("</tr>")[0]


def test_what_was_missed_is_told_everywhere(
    app: FastAPI, house: House, clock: SetClock, as_person: Callable[[str], TestClient]
) -> None:
    looks(house)
    clock.move(hours=6)
    looks(house)

    text = as_person("sun").get(f"{PAGE}?missed=1").text
    assert "到期后一直没有运行，来不及补立" in text
    assert not numbers(house) or numbers(house)[0] not in text
    assert "近 30 天有 2 次定期事项漏办" in as_person("sun").get("/admin").text
    watcher = TestClient(app, ORIGIN, client=("127.0.0.1", 40000))
    assert watcher.get("/readyz").json()["missed"] == 2
    assert "qianpi_schedules_missed 2.0" in watcher.get("/metrics").text


def test_a_case_says_that_a_schedule_opened_it(
    house: House, clock: SetClock, as_person: Callable[[str], TestClient]
) -> None:
    looks(house)
    clock.move(hours=2, minutes=50)
    looks(house)

    (number, *_) = numbers(house)
    text = as_person("he").get(f"/c/{number}").text
    assert "按定期事项“按时查房”补立，应于" in text


def test_only_administrators_see_the_page(as_person: Callable[[str], TestClient]) -> None:
    assert as_person("he").get(PAGE).status_code == 403


def test_in_english_too(house: House, as_person: Callable[[str], TestClient]) -> None:
    looks(house)
    sun = as_person("sun")
    sun.post("/language", data={"language": "en", "next": PAGE})
    text = sun.get(PAGE).text
    assert "Rounds at their times" in text
    assert "Every day 08:30, 11:40, 14:30, 17:00" in text
    assert "Every half-year, month 1, working day 1 08:00" in text


def test_an_auditor_finds_what_was_missed(
    house: House, clock: SetClock, as_person: Callable[[str], TestClient]
) -> None:
    looks(house)
    clock.move(hours=6)
    looks(house)

    text = as_person("qian").get("/audit/search?action=schedule_missed").text
    assert "记下漏办的定期事项" in text
    (entry,) = [
        row.entry for row in house.store.readings.audit(AuditQuery(event="schedule_missed")).rows
    ]
    assert as_person("qian").get(f"/audit/entry/{entry.case}/{entry.seq}").status_code == 200
