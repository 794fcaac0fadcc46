"""A new year's table is brought along: seen first, every bad row named, and deadlines move."""

from __future__ import annotations

from datetime import date, time

import pytest

from tests.workflow.hospital import local
from tests.workflow.office import Office, done, why
from tests.workflow.test_changing_the_calendar import TIMED
from workflow.calendar import Calendar
from workflow.refusals import Refused
from workflow.running.recounting import CALENDAR_CHANGED
from workflow.service.importing import Draft, How, Importing
from workflow.service.tables_in import Row, Table
from workflow.service.timekeeping import OwnWish

HEADER = ("日期", "是否上班", "名称", "日历")
NEW_YEAR = (
    ("2027-01-01", "放假", "元旦", ""),
    ("2027/1/2", "放假", "元旦", ""),
    ("2027年1月3日", "上班", "元旦调休上班", ""),
)


def table(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> Table:
    return Table(Row(1, header), tuple(Row(n, row) for n, row in enumerate(rows, start=2)))


@pytest.fixture
def office() -> Office:
    return Office(TIMED)


@pytest.fixture
def imports(office: Office) -> Importing:
    return office.administering.imports


def draft(office: Office, *rows: tuple[str, ...]) -> Draft:
    return office.administering.imports.preview("calendar", office.deed(), table(*rows))


def told(office: Office, *rows: tuple[str, ...]) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in draft(office, *rows).faults]


def brought(office: Office, *rows: tuple[str, ...]) -> None:
    seen = draft(office, *rows)
    assert seen.faults == ()
    imports = office.administering.imports
    done(imports.carry_out("calendar", office.deed(reason="国办通知"), table(*rows), seen.digest))


def kept(office: Office) -> Calendar:
    return office.store.hospital().calendar


def test_it_is_seen_before_it_is_done(office: Office) -> None:
    before = kept(office)
    seen = draft(office, *NEW_YEAR)
    assert kept(office) == before
    assert [one.id for one in seen.planned[:3]] == ["2027-01-01", "2027-01-02", "2027-01-03"]
    assert [one.how for one in seen.planned] == [How.NEW] * 3 + [How.CHANGED]
    assert seen.planned[0].details[0].zh == "照常 → 放假 元旦"
    assert "放假安排公布到 2027-12-31（原为 2026-12-31）" in seen.planned[3].details[0].zh


def test_what_was_a_guess_is_counted_again_with_a_line_for_each_clock(office: Office) -> None:
    office.hospital.wait_until(local("2026-12-31 09:00"))
    number = office.hospital.submitted()
    assert office.hospital.clock(number, "answer").provisional

    brought(office, *NEW_YEAR)

    clock = office.hospital.clock(number, "answer")
    assert (clock.provisional, clock.due_at) == (False, local("2027-01-05 00:00"))
    assert office.hospital.events(number)[-1] == CALENDAR_CHANGED
    assert office.administering.calendar.unfinished() is None


def test_every_bad_row_is_named_and_nothing_is_half_done(office: Office) -> None:
    before = kept(office)
    rows = (
        ("2027-02-30", "放假", "", ""),
        ("2027-01-01", "也许", "元旦", ""),
        ("", "放假", "", ""),
        ("2027-01-02", "放假", "长" * 31, ""),
        ("2027-01-03", "上班", "", "火星"),
        ("2027-01-04", "放假", "", ""),
        ("2027-01-04", "上班", "", ""),
        ("1999-01-04", "上班", "", ""),
    )
    assert told(office, *rows) == [
        (2, "date"),
        (3, "is_work"),
        (4, "date"),
        (5, "name"),
        (6, "calendar"),
        (8, "date"),
        (9, "date"),
    ]
    imports = office.administering.imports
    answer = imports.carry_out("calendar", office.deed(reason="试"), table(*rows), "")
    assert isinstance(answer, Refused)
    assert len(answer.refusals) == 7
    assert kept(office) == before


def test_a_year_cannot_be_left_out(office: Office) -> None:
    assert told(office, ("2028-01-01", "放假", "元旦", "")) == [(2, "date")]
    assert told(office, *NEW_YEAR, ("2028-01-03", "放假", "元旦", "")) == []


def test_missing_and_unknown_columns_are_told(office: Office, imports: Importing) -> None:
    wrong = table(("2027-01-01", "元旦"), header=("日期", "节日名"))
    faults = imports.preview("calendar", office.deed(), wrong).faults
    assert [fault.column for fault in faults] == ["节日名", "is_work"]


def test_what_is_there_already_changes_nothing(office: Office) -> None:
    brought(office, *NEW_YEAR)
    again = draft(office, *NEW_YEAR)
    assert (again.planned, again.changes, again.same) == ((), (), 3)


def test_a_list_that_is_taken_along_comes_back_as_it_was(
    office: Office, imports: Importing
) -> None:
    brought(office, *NEW_YEAR)
    rows = imports.hand_out("calendar", office.deed())
    assert not isinstance(rows, Refused)
    assert draft(office, *rows).changes == ()


def test_a_day_goes_back_to_usual(office: Office) -> None:
    brought(office, ("2026-03-03", "放假", "停诊", ""))
    assert not kept(office).is_workday(date(2026, 3, 3))
    brought(office, ("2026-03-03", "照常", "", ""))
    assert date(2026, 3, 3) not in kept(office).days


def test_what_is_confirmed_is_what_was_seen(office: Office, imports: Importing) -> None:
    seen = draft(office, *NEW_YEAR)
    brought(office, ("2027-01-01", "上班", "", ""))
    answer = imports.carry_out(
        "calendar", office.deed(reason="国办通知"), table(*NEW_YEAR), seen.digest
    )
    assert isinstance(answer, Refused)
    assert why(answer)[0].startswith("conflict")


def test_the_days_of_a_shift_are_its_own(office: Office) -> None:
    wish = OwnWish("emergency", "急诊", hours=((time(0), time(0)),))
    done(office.administering.calendar.save_own(office.deed(reason="设班"), wish))
    brought(office, ("2026-03-07", "上班", "值班", "急诊"), ("2026-03-08", "上班", "", "emergency"))
    calendar = kept(office)
    assert calendar.own["emergency"].days == {date(2026, 3, 7): True, date(2026, 3, 8): True}
    assert not calendar.is_workday(date(2026, 3, 7))
    assert calendar.covered_until == date(2026, 12, 31)


@pytest.mark.parametrize("who", ["amy", "wu"])
def test_nobody_but_an_administrator_brings_one(
    office: Office, imports: Importing, who: str
) -> None:
    before = kept(office)
    seen = draft(office, *NEW_YEAR)
    deed = office.deed(who, "想放假")
    answer = imports.carry_out("calendar", deed, table(*NEW_YEAR), seen.digest)
    assert isinstance(answer, Refused)
    assert why(answer) == ("not_permitted post",)
    assert kept(office) == before
