"""The people and the service that the benchmarks use: the shipped definitions on a fresh SQLite
file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from storage.database import open_database
from storage.schema import migrate
from storage.unit_of_work import DatabaseStore
from workflow.calendar import parse_calendar
from workflow.design.definition import Definition
from workflow.design.effects import StartCase
from workflow.design.register_files import load_register
from workflow.nouns import SYSTEM, Actor, Decision, Opening
from workflow.people.organisation import Department, Person, Post
from workflow.ports.house import Deed, SaveCalendar, SaveDepartment, SavePerson
from workflow.running.rulebook import Rulebook
from workflow.service.bundles import load_bundles
from workflow.service.catalog import Catalog
from workflow.service.deciding import Service

DEFINITIONS = Path(__file__).parents[1] / "definitions"
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
STEPS = (
    ("amy", "submit"),
    ("lee", "dept_sign"),
    ("fang", "finance_sign"),
    ("wu", "leader_approve"),
)


#: Amy asks, Lee heads the department, Fang keeps the money, Wu approves.
PEOPLE = (
    Person("amy", "Amy", "surgery", (Post("clinician", "surgery"),)),
    Person("lee", "Dr Lee", "surgery", (Post("dept_head", "surgery"),)),
    Person("fang", "Fang", "finance", (Post("finance_officer", "finance"),)),
    Person("wu", "Wu", "leadership", (Post("vice_president", "leadership"),)),
)
DEPARTMENTS = (
    Department("surgery", "外科"),
    Department("finance", "财务科", "functional"),
    Department("leadership", "院领导", "leadership"),
)


def catalog() -> Catalog:
    """The shipped definitions, ready to run."""
    register = load_register(DEFINITIONS)
    roles = {key: role.name for key, role in register.roles.items()}
    bundles = load_bundles(DEFINITIONS, register).bundles.values()
    return Catalog.of(
        register, [Rulebook.of(alone(one.definition), one.compiled, roles) for one in bundles]
    )


def alone(definition: Definition) -> Definition:
    """A definition whose cases open no others: what is measured is five steps of one case, on both
    sides, whatever the hospital has follow from an approval.
    """
    actions = {
        key: replace(one, effects=tuple(e for e in one.effects if not isinstance(e, StartCase)))
        for key, one in definition.actions.items()
    }
    return replace(definition, actions=actions)


def sqlite_store(path: Path) -> DatabaseStore:
    """A fresh database file with the cast in it."""
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    store = DatabaseStore(database)
    calendar = parse_calendar((DEFINITIONS / "calendars" / "statutory.csv").read_text("utf-8"))
    store.house.change(
        Deed(Actor(SYSTEM, SYSTEM), NOW),
        *(SaveDepartment(one) for one in DEPARTMENTS),
        *(SavePerson(one) for one in PEOPLE),
        SaveCalendar(calendar),
    )
    return store


def ids() -> Callable[[], str]:
    """Ids in a row: the benchmark repeats itself."""
    numbers = count(1)
    return lambda: f"id{next(numbers):012d}"


class Approvals:
    """Takes consumable approvals through the whole service, one after another: a step a second, as
    no two decisions of a hospital are of one microsecond, with keys that grow as those of pages.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._keys = ids()
        self._moments = (NOW + timedelta(seconds=n) for n in count())

    def approve(self, number: int) -> int:
        """Open, submit, and have three people approve one case; gives the steps taken."""
        case = self.submit(number)
        for who, action in STEPS[1:]:
            self._decide(case, who, action)
        return 1 + len(STEPS)

    def submit(self, number: int) -> str:
        """Open one case and hand it in; gives its number."""
        form = {
            "material_name": f"止血材料{number}",
            "spec": "5cm",
            "purpose": "手术止血",
            "manufacturer": "甲厂",
            "agent": "乙公司",
            "quantity": 20,
            "ref_unit_price": "300.00",
        }
        at = next(self._moments)
        key = self._keys()
        opening = Opening(Actor("amy", "Amy"), "consumable-approval", at, key, form)
        answer = self._service.open(opening)
        if answer.refused is not None or answer.number is None:
            raise RuntimeError(answer.refused)
        self._decide(answer.number, *STEPS[0])
        return answer.number

    def _decide(self, case: str, who: str, action: str) -> None:
        at = next(self._moments)
        decision = Decision(Actor(who, who), action, at, self._keys(), opinion="同意")
        done = self._service.decide(case, decision)
        if done.refused is not None:
            raise RuntimeError(done.refused)
