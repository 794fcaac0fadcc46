"""Fills an empty database with the demonstration hospital, all of it or noticeably unfinished.

It begins with a line in the house's ledger and ends with the accounts: whatever has the first and
not the second was interrupted and has to be made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from operator import attrgetter
from random import Random

from web.demonstration import hospital
from web.demonstration.consumables import Consumables
from web.demonstration.diary import Diary
from web.demonstration.house_acts import HouseActs
from web.demonstration.prices import ITEMS
from web.demonstration.records import Records
from web.demonstration.reports import Reports
from web.demonstration.requesting import Catalogue, brought_along
from web.demonstration.retelling import Retelling
from web.demonstration.schedules import Schedules
from web.demonstration.stage import Stage
from web.demonstration.wards import Wards
from web.demonstration.world import World
from workflow.calendar import Calendar
from workflow.nouns import SYSTEM, Actor, RegisterRow, Scalar
from workflow.people.organisation import Organisation, Person
from workflow.ports.house import (
    Account,
    AddRow,
    Deed,
    HouseChange,
    SaveAccount,
    SaveDepartment,
    SavePerson,
)
from workflow.ports.reading import AuditQuery, CaseQuery
from workflow.ports.store import Store
from workflow.service.administering import Administering
from workflow.service.deciding import Service
from workflow.service.looking import Looking

#: How far back the work goes.
DAYS = 60
#: Whoever works in a hospital reads what they are told: what is older was read, by everybody.
UNREAD = timedelta(days=3)
#: The line of the house's ledger with which the making begins.
BEGUN = "demonstration_begun"


class Progress(Enum):
    """What a database holds, as far as the demonstration is concerned."""

    EMPTY = "empty"
    UNFINISHED = "unfinished"
    FURNISHED = "furnished"
    #: People or cases that are none of ours.
    TAKEN = "taken"


class NotEmpty(Exception):
    """There are people or cases in the database: it is left as it is."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(progress.value)
        self.progress = progress


@dataclass(frozen=True, slots=True)
class Pieces:
    """What the demonstration is made through: those of the house that will serve it."""

    store: Store
    service: Service
    administering: Administering
    looking: Looking


@dataclass(frozen=True, slots=True)
class Shown:
    """An account for visitors: its login, who that is, and where they work."""

    login: str
    name: str
    department: str


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What was made: the accounts for visitors, in the order in which a case meets them."""

    accounts: tuple[Shown, ...]


def begins(now: datetime, calendar: Calendar) -> datetime:
    """The first moment of the demonstration's sixty days; its definitions are published by then."""
    return calendar.end_of_day(calendar.local_day(now) - timedelta(days=DAYS + 1))


def progress_of(store: Store) -> Progress:
    """Whether there is a demonstration in the database, and whether it was finished."""
    if any(account.demonstration for account in store.house.accounts()):
        return Progress.FURNISHED
    if store.readings.audit(AuditQuery(event=BEGUN, limit=1)).rows:
        return Progress.UNFINISHED
    has_people = bool(store.readings.hospital().organisation.people)
    has_cases = bool(store.readings.cases(CaseQuery(limit=1)).rows)
    return Progress.TAKEN if has_people or has_cases else Progress.EMPTY


def furnish(
    pieces: Pieces, now: datetime, seed: int, password: str, password_hash: Callable[[str], str]
) -> Demonstration:
    """Make the demonstration hospital with its sixty days up to `now`.

    The database must hold the shipped definitions and calendar and nothing else, else NotEmpty is
    raised and nothing is written. The same seed, moment and ids make the same ledgers. Everybody
    has an account with the same password.
    """
    progress = progress_of(pieces.store)
    if progress is not Progress.EMPTY:
        raise NotEmpty(progress)
    calendar = pieces.store.readings.hospital().calendar
    begin = begins(now, calendar)
    pieces.store.house.record(_deed(begin), BEGUN, {"seed": seed})
    pieces.store.house.change(_deed(begin), *_brought_along(begin))
    organisation = pieces.store.readings.hospital().organisation
    rng = Random(seed)
    world = World(
        stage=Stage(pieces.service, pieces.store, organisation, begin),
        diary=Diary(now, calendar, rng),
        staff=hospital.Staff.of(hospital.people()),
        rng=rng,
        # The first patient comes when the rules have been decided.
        begin=begin + timedelta(hours=1),
    )
    _plan(world, pieces)
    _play(world)
    hashed = password_hash(password)
    people = pieces.store.readings.hospital().organisation.people.values()
    for person in people:
        pieces.store.desk.read_notices(person.id, now - UNREAD)
    accounts = (Account(person.id, person.id, hashed, True) for person in people if person.active)
    # Written last, so that nobody works in half a hospital; dated with the people they belong to.
    pieces.store.house.change(_deed(begin), *(SaveAccount(account) for account in accounts))
    return told(pieces.store)


def told(store: Store) -> Demonstration:
    """The visitors' accounts of a demonstration that stands."""
    organisation = store.readings.hospital().organisation
    known = (organisation.people[id_] for id_ in hospital.SHOWN if id_ in organisation.people)
    return Demonstration(tuple(_shown(person, organisation) for person in known))


def _shown(person: Person, organisation: Organisation) -> Shown:
    """Where somebody works as what their account is named after, which may not be their ward."""
    places = [post.department for post in person.posts if post.role == person.id]
    department = places[0] if places else person.department
    return Shown(person.id, person.name, organisation.department_name(department))


def _plan(world: World, pieces: Pieces) -> None:
    Consumables(world, Catalogue(world)).plan()
    records = Records(world)
    Wards(world, records).plan()
    records.plan()
    Reports(world).plan()
    Retelling(world, pieces.store, pieces.service.catalog()).plan()
    Schedules(world, pieces.service).plan()
    # Last, for it hands over the orders of all the others.
    HouseActs(world, pieces.store, pieces.administering, pieces.looking).plan()


def _play(world: World) -> None:
    """Everything in the order of time; what is planned for one moment, in the order of planning."""
    for cue in sorted(world.cues, key=attrgetter("at")):
        world.stage.pass_until(cue.at)
        cue.deed()
    world.stage.pass_until(world.diary.now)


def _brought_along(at: datetime) -> Iterator[HouseChange]:
    """What a hospital has on the day when it begins with this software."""
    yield from (SaveDepartment(department) for department in hospital.DEPARTMENTS)
    yield from (SavePerson(person) for person in hospital.people())
    for number, (register, values) in enumerate(_rows(), start=1):
        yield AddRow(RegisterRow(f"{register}.{number:03d}", register, values, None, None, at))


def _rows() -> Iterator[tuple[str, dict[str, Scalar]]]:
    for item in ITEMS:
        values: dict[str, Scalar] = {
            "item_code": item.code,
            "item_name": item.name,
            "unit_price": item.fen,
            "pay_class": "自费" if item.self_pay else "医保",
            "high_value": item.high_value,
        }
        yield "price_list", values
    for row in brought_along():
        yield "approved_materials", row
    for institution, unit in hospital.INSTITUTIONS:
        yield "institution_units", {"institution": institution, "department": unit}


def _deed(at: datetime) -> Deed:
    return Deed(Actor(SYSTEM, SYSTEM), at, "演示医院")
