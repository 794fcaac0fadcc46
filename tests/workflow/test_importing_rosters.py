"""An administrator brings next month's duty roster as a list: the days that it names are as it
says, all others stay.
"""

from __future__ import annotations

from datetime import date, time

import pytest

from tests.workflow.office import Office, done
from tests.workflow.test_importing_staff import brought, faults
from workflow.people.rosters import Duty, Roster, Shift
from workflow.ports.house import SaveRoster
from workflow.refusals import Refused
from workflow.service.importing import How
from workflow.service.tables_in import Row, Table

MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
NIGHT = Shift("夜班", time(18), time(8))


@pytest.fixture
def office() -> Office:
    return Office()


def roster(office: Office) -> Roster:
    return office.store.readings.hospital().organisation.rosters["general"]


def test_a_new_roster_comes_with_its_shifts(office: Office) -> None:
    draft = brought(
        office,
        "rosters",
        """值班表编号|值班表名称|日期|班次|班次开始|班次结束|值班人|科室
        general|总值班|2026-03-02|夜班|18:00|8:00|Dr Lee|外科
        general||2026/3/3|夜班|||ben|""",
    )
    assert [(one.id, one.name, one.how) for one in draft.planned] == [
        ("general", "总值班", How.NEW)
    ]
    assert roster(office) == Roster(
        "general",
        "总值班",
        (Duty(MONDAY, "lee", "夜班", "surgery"), Duty(TUESDAY, "ben", "夜班")),
        (NIGHT,),
    )
    assert office.last()["event"] == "roster_saved"


def test_days_that_the_list_names_are_replaced_and_others_stay(office: Office) -> None:
    rows = (Duty(MONDAY, "lee"), Duty(TUESDAY, "ben"), Duty(WEDNESDAY, "ida"))
    office.store.house.change(office.deed(), SaveRoster(Roster("general", "总值班", rows)))
    brought(
        office,
        "rosters",
        """roster|date|person
        general|2026-03-03|amy
        general|2026-03-03|kim
        general|2026-03-04|无""",
    )
    assert roster(office).rows == (
        Duty(MONDAY, "lee"),
        Duty(TUESDAY, "amy"),
        Duty(TUESDAY, "kim"),
    )
    assert roster(office).name == "总值班"


def test_everything_wrong_is_named_and_nothing_is_done(office: Office) -> None:
    done(office.administering.staff.end_person(office.deed(), "sam"))
    assert faults(
        office,
        "rosters",
        """值班表|日期|班次|班次开始|班次结束|值班人|科室
        General|2026-03-02||||ben|
        general|明天||||ben|
        general|2026-03-02||||nobody|
        general|2026-03-02||||ben|火星
        general|2026-03-02||||sam|
        general|2026-03-02|早班|||ben|
        general|2026-03-02|晚班|25:00|8点|ben|
        general|2026-03-02|夜班|18:00||ben|
        general|2026-03-02|中班|12:00|18:00|ben|
        general|2026-03-03|中班|12:00|20:00|ben|
        general|2026-03-04||||ida|
        general|2026-03-04||||ida|
        general|||||ida|""",
    ) == [
        (2, "roster"),
        (3, "date"),
        (4, "person"),
        (5, "department"),
        (6, "person"),
        (7, "person"),
        (8, "start"),
        (8, "end"),
        (8, "person"),
        (9, "shift"),
        (9, "person"),
        (11, "shift"),
        (13, "person"),
        (14, "date"),
    ]


def test_a_roster_that_is_handed_out_comes_back_without_a_change(office: Office) -> None:
    rows = (Duty(TUESDAY, "ben", "夜班", "icu"), Duty(MONDAY, "lee"))
    kept = Roster("general", "总值班", rows, (NIGHT,))
    office.store.house.change(office.deed(), SaveRoster(kept))
    imports = office.administering.imports
    handed = imports.hand_out("rosters", office.deed())
    assert not isinstance(handed, Refused)
    titles = tuple(column.title.zh for column in imports.kinds["rosters"].columns)
    back = Table(Row(1, titles), tuple(Row(line, row) for line, row in enumerate(handed, 2)))
    draft = imports.preview("rosters", office.deed(), back)
    assert (draft.faults, draft.planned, draft.same) == ((), (), 1)


def test_two_people_of_one_name_are_told_apart_by_their_number(office: Office) -> None:
    for person in ("kim", "amy"):
        done(office.administering.staff.change_person(office.deed(), person, "Lin", "store"))
    assert faults(office, "rosters", "值班表|日期|值班人\ngeneral|2026-03-02|Lin") == [
        (2, "person")
    ]
    brought(office, "rosters", "值班表|日期|值班人\ngeneral|2026-03-02|kim")
    assert roster(office).rows == (Duty(MONDAY, "kim"),)
