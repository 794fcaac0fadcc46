"""The calendar is changed, and the deadlines of running cases move along, with a line in each
(E9).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from tests.workflow.bookkeeping import look_through
from tests.workflow.hospital import PURCHASE, edited, local
from tests.workflow.office import Office, done, why
from workflow.ports.house import SaveCalendar
from workflow.refusals import Refused
from workflow.running.recounting import CALENDAR_CHANGED
from workflow.service.timekeeping import (
    DEADLINES_MOVED,
    DayChange,
    Moved,
    OwnWish,
    Timekeeping,
)

TIMED = (
    PURCHASE
    + """\
deadlines:
  answer:
    name: {zh: 答复期限, en: Time to answer}
    while: [dept, finance]
    length: {workdays: 2}
    overdue: true
  settle:
    name: {zh: 办结期限, en: Time to settle}
    while: [dept, finance, leader]
    length: {days: 10}
    overdue: true
"""
)
PAUSED = edited(
    TIMED, ("    while: [dept, finance]\n", "    while: [dept]\n    pauses: [finance]\n")
)
#: Monday is 2 March 2026: two working days end with Wednesday.
WEDNESDAY_ENDS = local("2026-03-05 00:00")
TUESDAY, WEDNESDAY = date(2026, 3, 3), date(2026, 3, 4)
FREE, WORKED = DayChange(worked=False, name="停诊"), DayChange(worked=True)


@pytest.fixture
def office() -> Office:
    return Office(TIMED)


@pytest.fixture
def calendar(office: Office) -> Timekeeping:
    return office.administering.calendar


def due(office: Office, number: str, key: str = "answer") -> datetime:
    return office.hospital.clock(number, key).due_at


def moved(answer: Moved | Refused) -> int:
    done(answer)
    assert isinstance(answer, Moved)
    return answer.cases


def test_a_new_holiday_puts_deadlines_off(office: Office, calendar: Timekeeping) -> None:
    number = office.hospital.submitted()
    assert due(office, number) == WEDNESDAY_ENDS
    answer = calendar.change_days(office.deed(reason="停诊一天"), {TUESDAY: FREE})
    assert moved(answer) == 1
    assert due(office, number) == WEDNESDAY_ENDS + timedelta(days=1)
    (task,) = office.hospital.waiting(number)
    assert task.due_at == WEDNESDAY_ENDS + timedelta(days=1)
    look_through(office.store.kept, office.hospital.catalog)


def test_a_make_up_saturday_brings_deadlines_forward(office: Office, calendar: Timekeeping) -> None:
    office.hospital.wait_until(local("2026-03-06 09:00"))  # a Friday
    number = office.hospital.submitted()
    assert due(office, number) == local("2026-03-11 00:00")
    moved(calendar.change_days(office.deed(reason="调休"), {date(2026, 3, 7): WORKED}))
    assert due(office, number) == local("2026-03-10 00:00")


def test_each_case_that_moves_gets_one_line_and_keeps_its_version(
    office: Office, calendar: Timekeeping
) -> None:
    number = office.hospital.submitted()
    before = office.hospital.case(number)
    moved(calendar.change_days(office.deed(reason="停诊一天"), {TUESDAY: FREE}))
    after = office.hospital.case(number)
    assert office.hospital.events(number)[-1] == CALENDAR_CHANGED
    assert (after.version, after.seq) == (before.version, before.seq + 1)
    assert office.hospital.entries(number)[-1].actor == "ada"
    # Whoever was reading the case meanwhile decides as if nothing had happened.
    answer = office.hospital.decide("lee", "dept_sign", number, "同意", seen=before.version)
    assert answer.refused is None


def test_what_counts_plain_days_and_what_has_ended_stays(
    office: Office, calendar: Timekeeping
) -> None:
    running, ended = office.hospital.submitted(), office.hospital.submitted()
    office.hospital.takes("amy", "withdraw", ended)
    lines = len(office.hospital.entries(ended))
    settle = due(office, running, "settle")
    assert moved(calendar.change_days(office.deed(reason="停诊一天"), {TUESDAY: FREE})) == 1
    assert due(office, running, "settle") == settle
    assert len(office.hospital.entries(ended)) == lines


def test_a_day_that_no_deadline_crosses_moves_nothing(
    office: Office, calendar: Timekeeping
) -> None:
    number = office.hospital.submitted()
    lines = len(office.hospital.entries(number))
    assert moved(calendar.change_days(office.deed(reason="停诊"), {date(2026, 9, 1): FREE})) == 0
    assert len(office.hospital.entries(number)) == lines


def test_a_deadline_that_moves_into_the_past_fires_at_the_next_tick(
    office: Office, calendar: Timekeeping
) -> None:
    moved(calendar.change_days(office.deed(reason="停诊"), {TUESDAY: FREE, WEDNESDAY: FREE}))
    number = office.hospital.submitted()
    assert due(office, number) == local("2026-03-07 00:00")
    office.hospital.wait_until(local("2026-03-05 09:00"))
    plain = DayChange(worked=None)
    moved(calendar.change_days(office.deed(reason="恢复"), {TUESDAY: plain, WEDNESDAY: plain}))
    assert office.hospital.wait_until(local("2026-03-05 09:01")) == 1
    (task,) = office.hospital.waiting(number)
    assert task.overdue


def test_a_clock_that_was_paused_keeps_its_pause(office: Office) -> None:
    office = Office(PAUSED)
    number = office.hospital.submitted()
    office.hospital.wait(hours=6)
    office.hospital.takes("lee", "dept_sign", number, "同意")
    office.hospital.wait(hours=3)
    office.hospital.takes("fang", "return_it", number, "请补充")
    office.hospital.takes("amy", "submit", number)
    before = due(office, number)
    moved(
        office.administering.calendar.change_days(office.deed(reason="停诊一天"), {WEDNESDAY: FREE})
    )
    assert due(office, number) == before + timedelta(days=1)
    look_through(office.store.kept, office.hospital.catalog)


def test_a_clock_that_stands_still_moves_too(office: Office) -> None:
    office = Office(PAUSED)
    number = office.hospital.submitted()
    office.hospital.takes("lee", "dept_sign", number, "同意")
    assert office.hospital.clock(number, "answer").state == "paused"
    before = due(office, number)
    calendar = office.administering.calendar
    moved(calendar.change_days(office.deed(reason="停诊一天"), {TUESDAY: FREE}))
    assert due(office, number) == before + timedelta(days=1)


# ---- the calendar itself ------------------------------------------------------------------------


def test_days_get_their_name_and_lose_it(office: Office, calendar: Timekeeping) -> None:
    moved(calendar.change_days(office.deed(reason="停诊"), {TUESDAY: FREE}))
    kept = office.store.hospital().calendar
    assert not kept.is_workday(TUESDAY)
    assert kept.names[TUESDAY] == "停诊"
    moved(calendar.change_days(office.deed(reason="恢复"), {TUESDAY: DayChange(worked=None)}))
    kept = office.store.hospital().calendar
    assert kept.is_workday(TUESDAY)
    assert TUESDAY not in kept.days
    assert TUESDAY not in kept.names


def test_a_year_is_taken_over_from_a_list(office: Office, calendar: Timekeeping) -> None:
    moved(calendar.change_days(office.deed(reason="停诊"), {TUESDAY: FREE}))
    lines = "# covered_until: 2027-12-31\ndate,is_work,name\n2027-01-01,false,元旦\n"
    moved(calendar.take_over(office.deed(reason="国办通知"), lines))
    kept = office.store.hospital().calendar
    assert kept.covered_until == date(2027, 12, 31)
    assert not kept.is_workday(date(2027, 1, 1))
    assert not kept.is_workday(TUESDAY)


def test_every_line_that_cannot_be_read_is_named(office: Office, calendar: Timekeeping) -> None:
    lines = "date,is_work,name\n2027-02-30,false,x\n2027-01-01,perhaps,y\n"
    answer = calendar.take_over(office.deed(reason="国办通知"), lines)
    assert isinstance(answer, Refused)
    said = [one.because.en for one in answer.refusals]
    assert [text.partition(":")[0] for text in said] == ["Line 1", "Line 2", "Line 3"]
    assert why(answer) == ("invalid_form lines",) * 3


def test_a_deadline_beyond_the_decreed_days_is_provisional_until_they_are_decreed(
    office: Office, calendar: Timekeeping
) -> None:
    office.hospital.wait_until(local("2026-12-31 09:00"))
    number = office.hospital.submitted()
    assert office.hospital.clock(number, "answer").provisional
    assert due(office, number) == local("2027-01-05 00:00")  # Friday and Monday
    lines = (
        "# covered_until: 2027-12-31\ndate,is_work,name\n"
        "2027-01-01,false,元旦\n2027-01-02,false,元旦\n2027-01-03,true,元旦调休\n"
    )
    assert moved(calendar.take_over(office.deed(reason="国办通知"), lines)) == 1
    clock = office.hospital.clock(number, "answer")
    assert not clock.provisional
    assert clock.due_at == local("2027-01-05 00:00")  # Sunday and Monday


def test_a_change_needs_days_a_reason_and_does_not_go_back(
    office: Office, calendar: Timekeeping
) -> None:
    deed = office.deed(reason="试")
    assert why(calendar.change_days(deed, {})) == ("invalid_form day",)
    assert why(calendar.change_days(office.deed(), {TUESDAY: FREE})) == ("invalid_form reason",)
    back = calendar.change_days(deed, {}, covered_until=date(2025, 1, 1))
    assert why(back) == ("invalid_form covered_until",)
    assert why(calendar.change_days(deed, {date(2026, 3, 8): DayChange(worked=None)})) == (
        "conflict day",
    )
    long_name = DayChange(worked=False, name="长" * 31)
    assert why(calendar.change_days(deed, {TUESDAY: long_name})) == ("invalid_form name",)


@pytest.mark.parametrize("who", ["amy", "wu", "eve"])
def test_nobody_but_an_administrator_changes_the_calendar(
    office: Office, calendar: Timekeeping, who: str
) -> None:
    number = office.hospital.submitted()
    answer = calendar.change_days(office.deed(who, "想放假"), {TUESDAY: FREE})
    assert why(answer) == ("not_permitted post",)
    assert due(office, number) == WEDNESDAY_ENDS


def test_a_change_that_was_interrupted_is_finished_and_nothing_moves_twice(
    office: Office, calendar: Timekeeping
) -> None:
    number = office.hospital.submitted()
    # The calendar was changed, and the server stopped before it came to the cases.
    changed = office.store.hospital().calendar.with_days({TUESDAY: False})
    office.store.house.change(office.deed(reason="停诊"), SaveCalendar(changed))
    assert due(office, number) == WEDNESDAY_ENDS
    assert calendar.unfinished() is not None
    assert calendar.finish(office.deed()) == 1
    assert due(office, number) == WEDNESDAY_ENDS + timedelta(days=1)
    assert calendar.unfinished() is None
    assert calendar.finish(office.deed()) == 0
    assert office.last()["event"] == DEADLINES_MOVED


# ---- departments and shifts ----------------------------------------------------------------------

SATURDAY = date(2026, 3, 7)
CLINIC = OwnWish("clinic", "门诊", "surgery", weekdays=(0, 1, 2, 3, 4, 5))
NIGHT = OwnWish("night", "夜班", hours=((time(20), time(8)),), holidays=False)
BY_SHIFT = edited(TIMED, ("    length: {workdays: 2}\n", "    length: {working_hours: 4}\n"))
BY_SHIFT = edited(
    BY_SHIFT, ("    overdue: true\n  settle", "    overdue: true\n    calendar: night\n  settle")
)
BY_HOSPITAL = edited(
    TIMED, ("    length: {workdays: 2}\n", "    length: {workdays: 2}\n    calendar: hospital\n")
)


def test_a_departments_duty_days_count_for_its_cases(office: Office, calendar: Timekeeping) -> None:
    office.hospital.wait_until(local("2026-03-06 09:00"))  # a Friday
    number = office.hospital.submitted()
    assert due(office, number) == local("2026-03-11 00:00")

    assert moved(calendar.save_own(office.deed(reason="门诊周六上班"), CLINIC)) == 1

    assert due(office, number) == local("2026-03-10 00:00")
    assert office.hospital.events(number)[-1] == CALENDAR_CHANGED
    later = office.hospital.submitted()
    assert due(office, later) == local("2026-03-10 00:00")
    look_through(office.store.kept, office.hospital.catalog)


def test_another_departments_calendar_moves_nothing(office: Office, calendar: Timekeeping) -> None:
    number = office.hospital.submitted()
    lines = len(office.hospital.entries(number))
    wish = replace(CLINIC, department="finance")
    assert moved(calendar.save_own(office.deed(reason="财务周六上班"), wish)) == 0
    assert len(office.hospital.entries(number)) == lines


def test_a_rule_may_count_by_the_hospitals_calendar_all_the_same() -> None:
    office = Office(BY_HOSPITAL)
    office.hospital.wait_until(local("2026-03-06 09:00"))
    number = office.hospital.submitted()
    calendar = office.administering.calendar
    assert moved(calendar.save_own(office.deed(reason="门诊周六上班"), CLINIC)) == 0
    assert due(office, number) == local("2026-03-11 00:00")


def test_a_rule_may_count_by_a_shift() -> None:
    office = Office(BY_SHIFT)
    number = office.hospital.submitted()  # Monday 09:00
    assert due(office, number) == local("2026-03-02 15:00")  # there is no such shift yet

    calendar = office.administering.calendar
    assert moved(calendar.save_own(office.deed(reason="设夜班"), NIGHT)) == 1

    assert due(office, number) == local("2026-03-03 00:00")
    assert moved(calendar.remove_own(office.deed(reason="撤夜班"), "night")) == 1
    assert due(office, number) == local("2026-03-02 15:00")


BY_HOURS = edited(TIMED, ("    length: {workdays: 2}\n", "    length: {working_hours: 4}\n"))


def test_the_hospitals_own_hours_are_changed_and_deadlines_move() -> None:
    office = Office(BY_HOURS)
    number = office.hospital.submitted()  # Monday 09:00
    assert due(office, number) == local("2026-03-02 15:00")
    calendar = office.administering.calendar
    summer = ((time(8), time(11)), (time(15), time(19)))

    assert moved(calendar.change_hours(office.deed(reason="夏令时"), summer)) == 1

    assert due(office, number) == local("2026-03-02 17:00")
    assert office.store.hospital().calendar.hours == summer
    look_through(office.store.kept, office.hospital.catalog)


@pytest.mark.parametrize(
    "hours", [(), ((time(14), time(18)), (time(8), time(12)))], ids=["none", "out of order"]
)
def test_hours_that_cannot_be_are_refused(
    office: Office, calendar: Timekeeping, hours: tuple[tuple[time, time], ...]
) -> None:
    before = office.store.hospital().calendar.hours
    answer = calendar.change_hours(office.deed(reason="改"), hours)
    assert isinstance(answer, Refused)
    assert [refusal.field for refusal in answer.refusals] == ["hours"]
    assert office.store.hospital().calendar.hours == before


def test_a_departments_day_is_changed_and_its_cases_move(
    office: Office, calendar: Timekeeping
) -> None:
    office.hospital.wait_until(local("2026-03-06 09:00"))
    moved(calendar.save_own(office.deed(reason="门诊周六上班"), CLINIC))
    number = office.hospital.submitted()
    days = {SATURDAY: FREE}
    assert moved(calendar.change_own_days(office.deed(reason="停诊"), "clinic", days)) == 1
    assert due(office, number) == local("2026-03-11 00:00")
    own = office.store.hospital().calendar.own["clinic"]
    assert (dict(own.days), dict(own.names)) == ({SATURDAY: False}, {SATURDAY: "停诊"})
    renamed = replace(CLINIC, name="门诊部")
    moved(calendar.save_own(office.deed(reason="改名"), renamed))
    own = office.store.hospital().calendar.own["clinic"]
    assert (own.name, dict(own.days)) == ("门诊部", {SATURDAY: False})


@pytest.mark.parametrize(
    ("wish", "wrong"),
    [
        (replace(CLINIC, key="Clinic"), "key"),
        (replace(CLINIC, key="hospital"), "key"),
        (replace(CLINIC, name=""), "name"),
        (replace(CLINIC, department="mars"), "department"),
        (replace(CLINIC, weekdays=()), "weekdays"),
        (replace(NIGHT, hours=((time(14), time(18)), (time(8), time(12)))), "hours"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_at_its_field(
    office: Office, calendar: Timekeeping, wish: OwnWish, wrong: str
) -> None:
    answer = calendar.save_own(office.deed(reason="试"), wish)
    assert why(answer) == (f"invalid_form {wrong}",)
    assert not office.store.hospital().calendar.own


def test_a_department_has_one_calendar_and_an_unknown_one_is_told(
    office: Office, calendar: Timekeeping
) -> None:
    moved(calendar.save_own(office.deed(reason="门诊"), CLINIC))
    second = replace(CLINIC, key="second")
    assert why(calendar.save_own(office.deed(reason="再设"), second)) == (
        "invalid_form department",
    )
    assert why(calendar.save_own(office.deed(reason="再设"), CLINIC)) == ("conflict own",)
    assert why(calendar.remove_own(office.deed(reason="撤"), "mars")) == ("not_found own",)
    days = {SATURDAY: FREE}
    assert why(calendar.change_own_days(office.deed(reason="停"), "mars", days)) == (
        "not_found own",
    )
    assert why(calendar.remove_own(office.deed(), "clinic")) == ("invalid_form reason",)
    assert why(calendar.save_own(office.deed("amy", "想"), second)) == ("not_permitted post",)


def test_a_ladder_moves_with_the_calendar(office: Office) -> None:
    ladder = "    ladder: [{before: {workdays: 1}, remind: {role: dept_head}}]\n  settle"
    office = Office(edited(TIMED, ("    overdue: true\n  settle", f"    overdue: true\n{ladder}")))
    number = office.hospital.submitted()
    assert office.hospital.clock(number, "answer").rung_at == local("2026-03-04 00:00")
    days = {WEDNESDAY: FREE}
    moved(office.administering.calendar.change_days(office.deed(reason="停诊"), days))
    clock = office.hospital.clock(number, "answer")
    assert (clock.due_at, clock.rung_at) == (local("2026-03-06 00:00"), local("2026-03-04 00:00"))


def test_from_october_the_next_year_is_missed(office: Office) -> None:
    kept = office.store.hospital().calendar
    assert not kept.lacks_next_year(date(2026, 9, 30))
    assert kept.lacks_next_year(date(2026, 10, 1))
    decreed = kept.with_days({}, covered_until=date(2027, 12, 31))
    assert not decreed.lacks_next_year(date(2026, 12, 31))
    assert not decreed.lacks_next_year(date(2027, 9, 30))
    assert decreed.lacks_next_year(date(2027, 10, 1))
