"""A small hospital with its people at the pages: in memory, on a clock that is set.

`as_person("zhang")` is 张医生 in a browser of their own, signed in through the page like everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.testclient import TestClient

from storage.database import open_database
from storage.memory import MemoryStore
from storage.schema import migrate
from storage.unit_of_work import DatabaseStore
from tests.definitions import shipped
from web.app import create_app
from web.house import House
from web.opening import shipped_calendar
from web.passwords import Passwords
from web.settings import Settings
from workflow.nouns import SYSTEM, Actor, RegisterRow, Scalar
from workflow.people.organisation import Delegation, Department, Person, Post
from workflow.ports.house import (
    Account,
    AddRow,
    Deed,
    PublishDefinition,
    SaveAccount,
    SaveCalendar,
    SaveDelegation,
    SaveDepartment,
    SavePerson,
    StoredDefinition,
)
from workflow.ports.store import Seed, Store
from workflow.running.rulebook import Rulebook
from workflow.service.bundles import Bundles
from workflow.service.catalog import Catalog
from workflow.service.catalogs import role_names

DEFINITIONS = Path(__file__).parents[2] / "definitions"
ORIGIN = "http://testserver"
PASSWORD = "一把雨伞放在门后"
#: A Monday morning at nine in Shanghai.
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

DEPARTMENTS = (
    Department("surgery", "外科"),
    Department("medicine", "内科"),
    Department("finance", "财务科", "functional"),
    Department("leadership", "院领导", "leadership"),
    Department("medins", "医保办", "functional"),
    Department("admissions", "住院处", "functional"),
    Department("records", "病案室", "functional"),
    Department("it", "信息科", "functional"),
    Department("audit", "审计科", "functional"),
)

#: id, name, department, roles. 陈医生 and 吴主任 work elsewhere; 林工 has left.
CAST: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("zhang", "张医生", "surgery", ("clinician", "attending_doctor")),
    ("li", "李主任", "surgery", ("dept_head",)),
    ("zhou", "周护士", "surgery", ("ward_nurse",)),
    ("chen", "陈医生", "medicine", ("clinician",)),
    ("wu", "吴主任", "medicine", ("dept_head",)),
    ("wang", "王会计", "finance", ("finance_officer",)),
    ("zhao", "赵院长", "leadership", ("vice_president",)),
    ("he", "何老师", "medins", ("medins_officer",)),
    ("feng", "冯老师", "admissions", ("admission_clerk",)),
    ("ding", "丁老师", "admissions", ("discharge_clerk",)),
    ("sun", "孙工", "it", ("admin",)),
    ("qian", "钱老师", "audit", ("auditor",)),
    ("guo", "郭老师", "audit", ()),
)
GONE = Person("lin", "林工", "it", (Post("admin", "it"),), active=False)


class SetClock:
    """The time it is, until somebody moves it."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Let time pass: `clock.move(hours=3)`."""
        self.now += timedelta(**by)


def cast() -> tuple[Person, ...]:
    """Everybody, with their posts."""
    people = (
        Person(id_, name, department, tuple(Post(role, department) for role in roles))
        for id_, name, department, roles in CAST
    )
    return (*people, GONE)


def routes_of(app: FastAPI) -> list[APIRoute]:
    """Every address of ours: those of the routers that the app includes, and any of its own."""
    routers = [getattr(route, "original_router", None) for route in app.routes]
    inner = [route for router in routers if router is not None for route in router.routes]
    return [route for route in (*app.routes, *inner) if isinstance(route, APIRoute)]


def methods_of(route: APIRoute) -> set[str]:
    """The methods that an address answers."""
    return set(route.methods or ())


def quick_passwords() -> Passwords:
    """The same hasher with the least costs: a test signs in many times."""
    return Passwords(PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)))


def bundles() -> Bundles:
    """The shipped definitions, read once for all tests."""
    return shipped.bundles()


@cache
def catalog() -> Catalog:
    """The same, ready to run, for every server that the tests start."""
    register = shipped.register()
    roles = role_names(register)
    rulebooks = (
        Rulebook.of(one.definition, one.compiled, roles) for one in bundles().bundles.values()
    )
    return Catalog.of(register, rulebooks)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def settings() -> Settings:
    return Settings(hospital_name="青山医院", tick_seconds=0)


@pytest.fixture
def delegations() -> tuple[Delegation, ...]:
    """Nobody stands in for anybody; a test that wants it gives its own."""
    return ()


@pytest.fixture
def store_kind() -> str:
    """Where this hospital is kept: `memory`, or `sqlite` for a test that asks for a database."""
    return "memory"


@pytest.fixture
def store(
    store_kind: str, clock: SetClock, delegations: tuple[Delegation, ...], tmp_path: Path
) -> Iterator[Store]:
    """The cast with accounts and every shipped definition, and no case yet."""
    if store_kind == "memory":
        seed = Seed(cast(), DEPARTMENTS, delegations, shipped_calendar())
        yield furnish(MemoryStore(seed), clock())
        return
    with closing(open_database(f"sqlite:///{tmp_path}/hospital.db")) as database:
        migrate(database)
        kept = DatabaseStore(database)
        kept.house.change(
            Deed(Actor(SYSTEM, SYSTEM), clock()),
            SaveCalendar(shipped_calendar()),
            *(SaveDepartment(department) for department in DEPARTMENTS),
            *(SavePerson(person) for person in cast()),
            *(SaveDelegation(delegation) for delegation in delegations),
        )
        yield furnish(kept, clock())


def furnish(store: Store, now: datetime) -> Store:
    """Give everybody an account and publish the shipped definitions."""
    hashed = quick_passwords().hash(PASSWORD)
    accounts = (SaveAccount(Account(person.id, person.id, hashed)) for person in cast())
    published = (
        PublishDefinition(
            StoredDefinition(
                one.definition.key,
                one.definition.version,
                one.definition.source,
                one.definition.digest,
                now,
                SYSTEM,
            )
        )
        for one in bundles().bundles.values()
    )
    store.house.change(Deed(Actor(SYSTEM, SYSTEM), now), *accounts, *published)
    return store


def may_work(store: Store, now: datetime, person: str) -> None:
    """Somebody new has passed the exam before starting work."""
    cells: dict[str, Scalar] = {"person": person, "allowed": True}
    row = RegisterRow(f"exam-{person}", "work_permits", cells, None, None, now)
    store.house.change(Deed(Actor(SYSTEM, SYSTEM), now), AddRow(row))


@pytest.fixture
def app(settings: Settings, store: Store, clock: SetClock) -> FastAPI:
    """The whole server over that store; ids count up."""
    numbers = count(1)
    made = create_app(settings, store, clock, lambda: f"id{next(numbers):06d}", catalog())
    made.state.house = replace(made.state.house, passwords=quick_passwords())
    return made


@pytest.fixture
def house(app: FastAPI) -> House:
    found: House = app.state.house
    return found


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A browser that nobody has signed in with."""
    with browser(app) as opened:
        yield opened


def browser(app: FastAPI) -> TestClient:
    """One more browser."""
    return TestClient(
        app, ORIGIN, headers={"Origin": ORIGIN}, follow_redirects=False, client=("10.0.0.7", 50000)
    )


@pytest.fixture
def as_person(app: FastAPI) -> Callable[[str], TestClient]:
    """Somebody of the cast, signed in; the same browser each time that they are named."""

    @cache
    def signed_in(person: str) -> TestClient:
        opened = browser(app)
        answer = opened.post("/sign-in", data={"login": person, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return opened

    return signed_in
