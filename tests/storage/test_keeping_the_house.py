"""What administrators and auditors do ends the same in memory, on SQLite, on PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count

import pytest

from tests.workflow.hospital import CAST, DEPARTMENTS, FILLED, MONDAY, PURCHASE
from tests.workflow.office import KEEPERS, office_register, why
from workflow.calendar import Calendar
from workflow.ledger import differences, rebuild
from workflow.nouns import Actor, Decision, Opening
from workflow.people.organisation import Post
from workflow.ports.deciding import CaseFile
from workflow.ports.house import Deed, SaveCalendar, SaveDepartment, SavePerson
from workflow.ports.reading import AuditQuery
from workflow.ports.store import Store
from workflow.refusals import Refused
from workflow.service.administering import Administering
from workflow.service.auditing import Auditing, CaseLedger
from workflow.service.catalogs import Catalogs
from workflow.service.deciding import Service
from workflow.service.housework import Housework
from workflow.service.publishing import Publishing
from workflow.service.stuck import stuck_tasks
from workflow.service.timekeeping import DayChange, Moved
from workflow.service.verifying import verify_readings

TIMED = (
    PURCHASE
    + """\
deadlines:
  answer:
    name: {zh: 答复期限, en: Time to answer}
    while: [dept]
    length: {workdays: 2}
    overdue: true
"""
)
ADA = Deed(Actor("ada", "Ada"), MONDAY, "院务会决定")
EVE = Deed(Actor("eve", "Eve"), MONDAY)


class House:
    """The small hospital on some store, with one purchase that waits for its head."""

    def __init__(self, store: Store) -> None:
        store.house.change(
            ADA,
            *(SaveDepartment(one) for one in DEPARTMENTS),
            *(SavePerson(one) for one in (*CAST, *KEEPERS)),
            SaveCalendar(Calendar({}, {}, date(2026, 12, 31))),
        )
        self.store = store
        self.catalogs = Catalogs(store.readings.definitions, office_register())
        work = Housework(store)
        published = Publishing(work, self.catalogs, lambda *_: ()).publish(ADA, TIMED)
        assert not isinstance(published, Refused)
        self.administering = Administering(work, self.catalogs)
        self.auditing = Auditing(work, self.catalogs, lambda: verify_readings(store.readings))
        numbers = count(1)
        self.service = Service(store, self.catalogs, lambda: f"{next(numbers):08x}")
        amy = Actor("amy", "Amy")
        opened = self.service.open(Opening(amy, "purchase", MONDAY, "open", FILLED))
        assert opened.number is not None
        self.number = opened.number
        answer = self.service.decide(self.number, Decision(amy, "submit", MONDAY, "submit"))
        assert answer.refused is None

    @property
    def file(self) -> CaseFile:
        """The purchase."""
        found = self.store.readings.case_file(self.number)
        assert found is not None
        return found


@pytest.fixture
def house(store: Store) -> House:
    return House(store)


def test_a_holiday_moves_the_clock_the_task_and_the_ledger_together(house: House) -> None:
    before = house.file
    days = {date(2026, 3, 3): DayChange(worked=False, name="停诊")}
    answer = house.administering.calendar.change_days(ADA, days)
    assert isinstance(answer, Moved)
    assert answer.cases == 1
    after = house.file
    assert after.deadlines[0].due_at == before.deadlines[0].due_at + timedelta(days=1)
    due = [task.due_at for task in after.tasks if task.is_open]
    assert due == [after.deadlines[0].due_at]
    lines = house.store.readings.entries(after.case.id)
    made = rebuild(line.body for line in lines)
    assert differences(after.case, made.case) == ()
    assert made.deadlines == after.deadlines
    assert house.administering.calendar.unfinished() is None
    assert house.service.tick(after.deadlines[0].due_at - timedelta(seconds=1)) == 0
    assert house.service.tick(after.deadlines[0].due_at) == 1


def test_work_without_anybody_is_found_and_found_again_no_more(house: House) -> None:
    def stuck() -> list[str]:
        readings = house.store.readings
        organisation = readings.hospital().organisation
        found = stuck_tasks(readings, house.catalogs().register, organisation, date(2026, 3, 2))
        return [one.case.number for one in found]

    assert stuck() == []
    staff = house.administering.staff
    post = Post("dept_head", "surgery")
    assert not isinstance(staff.end_post(ADA, "lee", post, date(2026, 3, 1)), Refused)
    assert stuck() == [house.number]
    assert not isinstance(staff.give_post(ADA, "ben", post), Refused)
    assert stuck() == []


def test_the_trail_of_both_ledgers_is_found_and_whole(house: House) -> None:
    lee = house.administering.staff.end_person(Deed(Actor("lee", "Dr Lee"), MONDAY), "ada")
    assert why(lee) == ("not_permitted post",)
    found = house.auditing.search(EVE, AuditQuery(refused_only=True))
    assert not isinstance(found, Refused)
    assert [(row.entry.event, row.entry.actor) for row in found.rows] == [("refused", "lee")]
    published = house.auditing.search(EVE, AuditQuery(event="definition_published"))
    assert not isinstance(published, Refused)
    assert len(published.rows) == 1
    ledger = house.auditing.case(EVE, house.number)
    assert isinstance(ledger, CaseLedger)
    assert (ledger.fault, ledger.differs) == (None, ())
    checked = house.auditing.verify(EVE)
    assert not isinstance(checked, Refused)
    assert checked.whole
    rows = house.auditing.export(EVE, AuditQuery(process="purchase"), "csv")
    assert not isinstance(rows, Refused)
    assert [row.entry.event for row in rows] == ["submit", "start"]
