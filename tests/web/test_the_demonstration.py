"""The demonstration hospital: everybody finds work, every state is there, the ledger is whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from storage.database import open_database
from storage.memory import MemoryStore
from storage.schema import migrate
from storage.unit_of_work import DatabaseStore
from tests.web.conftest import bundles, catalog
from web.app import build_house
from web.demonstration.furnishing import (
    BEGUN,
    DAYS,
    Demonstration,
    NotEmpty,
    Pieces,
    Progress,
    begins,
    furnish,
    progress_of,
    told,
)
from web.demonstration.hospital import SHOWN
from web.demonstration.retelling import LEADING
from web.house import House
from web.opening import shipped_calendar
from web.settings import Settings
from workflow.design.definition import Definition
from workflow.design.register import Account as Kind
from workflow.nouns import SYSTEM, Actor, Case, Entry, OccurrenceState
from workflow.people.organisation import Department, Person, Post
from workflow.ports.house import Deed, PublishDefinition, SaveCalendar, StoredDefinition
from workflow.ports.reading import MANY, AuditQuery, CaseQuery, InboxQuery, OccurrenceQuery
from workflow.ports.store import Seed, Store
from workflow.refusals import Code
from workflow.service.inboxes import Box, InboxFilters
from workflow.service.recurring import Recurring
from workflow.service.verifying import verify_readings

#: A Monday afternoon, and a Sunday before dawn in the long holiday of October.
MONDAY = datetime(2026, 6, 15, 7, 20, tzinfo=UTC)
HOLIDAY = datetime(2026, 10, 3, 21, 40, tzinfo=UTC)
SEED = 20260615
EVERY = 100_000

REVIEW = "consumable.medins_review"

#: Who keeps the house and takes no part in its decisions.
APART = {"admin", "auditor"}
#: Whose work has deadlines of its own, wherever one looks.
HURRIED = (
    "dept_head",
    "finance_officer",
    "medins_officer",
    "vice_president",
    "ward_nurse",
    "dept_rep",
    "admission_clerk",
    "discharge_clerk",
    "charge_clerk",
)


def not_hashed(password: str) -> str:
    return f"hash of {password}"


def shipped(at: datetime) -> Iterator[PublishDefinition]:
    for bundle in bundles().bundles.values():
        one = bundle.definition
        kept = StoredDefinition(one.key, one.version, one.source, one.digest, at, SYSTEM)
        yield PublishDefinition(kept)


def with_definitions(store: Store, now: datetime) -> Store:
    """What the start of the product puts into an empty database."""
    at = begins(now, shipped_calendar())
    deed = Deed(Actor(SYSTEM, SYSTEM), at)
    store.house.change(deed, SaveCalendar(shipped_calendar()), *shipped(at))
    return store


def house_over(store: Store, now: datetime) -> House:
    numbers = count(1)
    return build_house(Settings(), store, lambda: now, lambda: f"{next(numbers):032x}", catalog())


def pieces_of(house: House) -> Pieces:
    return Pieces(house.store, house.service, house.administering, house.looking)


def in_memory(now: datetime, seed: int) -> House:
    house = house_over(with_definitions(MemoryStore(), now), now)
    furnish(pieces_of(house), now, seed, "猜不到", not_hashed)
    return house


@contextmanager
def database(folder: Path) -> Iterator[DatabaseStore]:
    opened = open_database(f"sqlite:///{folder / 'demonstration.db'}")
    try:
        migrate(opened)
        yield DatabaseStore(opened)
    finally:
        opened.close()


@dataclass(frozen=True)
class Stood:
    """A demonstration that was made, and where it stands."""

    house: House
    made: Demonstration
    now: datetime

    @property
    def store(self) -> Store:
        return self.house.store

    def cases(self) -> list[Case]:
        return [row.case for row in self.store.readings.cases(CaseQuery(limit=EVERY)).rows]

    def lines(self, **wanted: object) -> list[Entry]:
        query = AuditQuery(**wanted)  # type: ignore[arg-type]  # named as the query names them
        return [row.entry for row in self.store.readings.audit_lines(query)]


@pytest.fixture(scope="module", params=[MONDAY, HOLIDAY], ids=["monday", "holiday"])
def stood(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stood]:
    """One on SQLite, made on a Monday afternoon; one in memory, in the middle of a holiday."""
    now: datetime = request.param
    with ExitStack() as opened:
        store: Store = MemoryStore()
        if now is MONDAY:
            store = opened.enter_context(database(tmp_path_factory.mktemp("demonstration")))
        house = house_over(with_definitions(store, now), now)
        made = furnish(pieces_of(house), now, SEED, "猜不到", not_hashed)
        yield Stood(house, made, now)


# ---- who is there --------------------------------------------------------------------------------


def test_accounts_are_named_after_the_keys_of_roles(stood: Stood) -> None:
    roles = stood.house.catalog().register.roles
    held = {
        person.id: {post.role for post in person.posts}
        for person in stood.store.readings.hospital().organisation.people.values()
    }
    assert [shown.login for shown in stood.made.accounts] == list(SHOWN)
    assert all(login in roles and login in held[login] for login in SHOWN)


def asked_for(definition: Definition) -> set[str]:
    """The roles of everybody who opens, decides, edits or is asked instead."""
    seats = [
        *definition.opening.seats,
        *(seat for action in definition.actions.values() for seat in action.seats),
        *(seat for state in definition.states.values() for seat in state.editors),
    ]
    known = [one for seat in seats for one in (seat, *seat.stand_ins)]
    return {seat.role for seat in known if seat.role is not None}


def test_whoever_a_process_asks_for_is_there(stood: Stood) -> None:
    organisation = stood.store.readings.hospital().organisation
    day = shipped_calendar().local_day(stood.now)
    asked = {
        role for definition in stood.house.catalog().in_force() for role in asked_for(definition)
    }
    assert {role for role in asked if not organisation.holders(role, None, day)} == set()


def test_whoever_the_register_knows_and_can_sign_in_is_there(stood: Stood) -> None:
    """A definition of tomorrow finds its people; whoever tells or is told is among them."""
    organisation = stood.store.readings.hospital().organisation
    day = shipped_calendar().local_day(stood.now)
    for role in stood.house.catalog().register.roles.values():
        signs_in = role.account in (Kind.LOGIN, Kind.EXTERNAL)
        assert bool(organisation.holders(role.key, None, day)) == signs_in, role.key


def test_other_bodies_are_departments_outside_the_house(stood: Stood) -> None:
    organisation = stood.store.readings.hospital().organisation
    roles = stood.house.catalog().register.roles
    inside = {
        post.role
        for person in organisation.people.values()
        for post in person.posts
        if organisation.departments[post.department].type != "external"
    }
    external = {role.key for role in roles.values() if role.account is Kind.EXTERNAL}
    # The hospital has an auditor of its own.
    assert inside & external == {"auditor"}


def test_everybody_has_one_password_and_may_only_sign_in_to_a_demonstration(stood: Stood) -> None:
    accounts = stood.store.house.accounts()
    assert len(accounts) > 60
    assert all(account.demonstration for account in accounts)
    assert {account.password_hash for account in accounts} == {not_hashed("猜不到")}
    assert house_over(stood.store, stood.now).demonstration


def test_the_clinical_accounts_work_in_one_ward(stood: Stood) -> None:
    together = "clinician dept_head attending_doctor ward_nurse dept_rep charge_clerk".split()  # noqa: SIM905
    wards = {shown.department for shown in stood.made.accounts if shown.login in together}
    assert wards == {"内科"}


# ---- what is there -------------------------------------------------------------------------------


def test_some_four_hundred_cases_over_the_six_leading_processes(stood: Stood) -> None:
    found = Counter(case.process for case in stood.cases() if case.process in LEADING)
    # Stories of further processes bring stays and charges of their own; the bed is booked daily.
    assert 300 <= found.total() - len(beds(stood)) <= 700
    least = {
        "consumable-approval": 60,
        "inpatient-settlement": 60,
        "charge-entry": 80,
        "fee-correction": 18,
        "identity-fraud-report": 25,
        "medical-record": 35,
    }
    assert {key: found[key] >= number for key, number in least.items()} == dict.fromkeys(
        least, True
    )


def beds(stood: Stood) -> list[Case]:
    """What was booked for the beds of the wards' own patients, day by day."""
    charges = (case for case in stood.cases() if case.process == "charge-entry")
    return [one for one in charges if str(one.form.get("item_name")).endswith("病房床位费")]


def test_the_bed_is_booked_for_each_day_once(stood: Stood) -> None:
    """So a ward is told of days without charges as rarely as a real one, and once in a while."""
    of_stays: dict[str | None, list[Case]] = {}
    for one in beds(stood):
        of_stays.setdefault(one.parent, []).append(one)
    stays = {case.id: case for case in stood.cases()}
    days = {id_: [one.form["service_date"] for one in some] for id_, some in of_stays.items()}
    assert all(len(set(booked)) == len(booked) for booked in days.values())
    told = [id_ for id_ in of_stays if stays[str(id_)].form.get("uncharged_told_on")]
    assert 1 <= len(told) <= len(of_stays) // 10


def test_every_state_of_a_leading_process_has_a_case(stood: Stood) -> None:
    found = {(case.process, case.state) for case in stood.cases()}
    states = {
        (definition.key, state)
        for definition in stood.house.catalog().in_force()
        if definition.key in LEADING
        for state in definition.states
    }
    assert states - found == set()


def test_every_process_can_be_opened_by_somebody_and_has_a_case(stood: Stood) -> None:
    organisation = stood.store.readings.hospital().organisation
    day = shipped_calendar().local_day(stood.now)
    found = {case.process for case in stood.cases()}
    for definition in stood.house.catalog().in_force():
        roles = {seat.role for seat in definition.opening.seats if seat.role is not None}
        if not roles:  # only other cases start it
            continue
        assert any(organisation.holders(role, None, day) for role in roles), definition.key
        assert definition.key in found


def test_further_processes_have_ended_cases_and_open_ones(stood: Stood) -> None:
    catalog = stood.house.catalog()
    further = [case for case in stood.cases() if case.process not in LEADING]
    ended = {
        catalog.definition(case.process, case.definition_version).states[case.state].final
        for case in further
    }
    assert ended == {True, False}
    assert len({shipped_calendar().local_day(case.opened_at) for case in further}) >= 8


def test_the_work_lies_in_the_last_sixty_days(stood: Stood) -> None:
    begin = begins(stood.now, shipped_calendar())
    assert timedelta(days=DAYS) <= stood.now - begin < timedelta(days=DAYS + 1)
    moments = [entry.at for entry in stood.lines()]
    assert begin <= min(moments)
    assert max(moments) <= stood.now


def test_what_people_sign_they_sign_in_office_hours(stood: Stood) -> None:
    calendar = shipped_calendar()
    signed = [
        entry.at
        for entry in stood.lines(process="consumable-approval")
        if entry.actor not in ("system", "timer")
    ]
    assert signed
    for at in signed:
        local = at.astimezone(calendar.zone)
        assert calendar.is_workday(local.date())
        assert any(opens <= local.time() < closes for opens, closes in calendar.hours)


def test_no_deadline_that_ran_out_waits_for_the_server_to_start(stood: Stood) -> None:
    assert stood.house.service.tick(stood.now) == 0


def test_deadlines_ran_out_at_their_own_moment(stood: Stood) -> None:
    """The clock's lines are spread over the days, and not written in one go at the end."""
    fired = [entry.at for entry in stood.lines(person="timer")]
    assert len({at.date() for at in fired}) >= 8


def test_every_bell_tells_how_much_is_new(stood: Stood) -> None:
    """Nobody's says “more than I can count”, and those of the wards are lit."""
    hospital = stood.store.readings.hospital()
    unread = {
        one.login: stood.house.noticing.unread(one.login, hospital, stood.now)
        for one in stood.made.accounts
    }
    assert max(unread.values()) <= MANY, unread
    assert unread["ward_nurse"]
    assert unread["charge_clerk"]


def test_people_tried_what_they_may_not_and_were_told_why(stood: Stood) -> None:
    refused = stood.lines(refused_only=True)
    codes = Counter(entry.refused for entry in refused)
    assert codes.total() >= 40
    assert {
        code.value
        for code in (
            Code.NOT_PERMITTED,
            Code.SEPARATION_OF_DUTIES,
            Code.CONDITION_NOT_MET,
            Code.OPINION_REQUIRED,
            Code.INVALID_FORM,
            Code.UNKNOWN_ACTION,
        )
    } <= set(codes)


def test_an_open_correction_stands_in_the_way_of_a_settlement(stood: Stood) -> None:
    blocked = [
        entry
        for entry in stood.lines(event="refused", process="inpatient-settlement")
        if b'"action":"notify_settlement"' in entry.body and b"GZ20" in entry.body
    ]
    assert blocked
    waiting = {case.id for case in stood.cases() if case.state == "charge_review"}
    assert waiting & {entry.case for entry in blocked}


def test_a_locked_stay_has_its_report(stood: Stood) -> None:
    cases = stood.cases()
    locked = {case.id for case in cases if case.state == "fraud_hold"}
    reported = {case.parent for case in cases if case.process == "identity-fraud-report"}
    assert locked
    assert locked <= reported


def test_a_changed_rule_holds_for_new_cases_only(stood: Stood) -> None:
    requests = [case for case in stood.cases() if case.process == "consumable-approval"]
    before = {case.opened_at for case in requests if not case.parameters[REVIEW]}
    after = {case.opened_at for case in requests if case.parameters[REVIEW]}
    assert before
    assert after
    assert max(before) < min(after)


def test_a_leader_signed_for_another_who_was_away(stood: Stood) -> None:
    (lent,) = [entry for entry in stood.lines() if entry.acting_for is not None]
    assert (lent.actor, lent.acting_for, lent.event) == (
        "vice_president",
        "yanbingwen",
        "leader_approve",
    )


def test_texts_differ_from_case_to_case(stood: Stood) -> None:
    titles = Counter(case.title for case in stood.cases() if case.process == "consumable-approval")
    assert max(titles.values()) <= 3
    patients = {
        case.form["patient_name"]
        for case in stood.cases()
        if case.process == "inpatient-settlement"
    }
    assert len(patients) > 60


def test_papers_can_be_fetched_and_are_what_their_names_say(stood: Stood) -> None:
    readings = stood.store.readings
    stay = next(case for case in stood.cases() if case.state == "admitted_insured")
    papers = {one.field: one for one in readings.attachments(stay.id)}
    assert set(papers) >= {"card_copy", "id_copy"}
    content = readings.attachment_bytes(papers["card_copy"].id)
    assert content is not None
    assert content.startswith(b"%PDF-1.4")
    assert len(content) == papers["card_copy"].size


# ---- what each account finds ---------------------------------------------------------------------


def box(stood: Stood, login: str, which: Box) -> int:
    inbox = stood.house.looking.inbox(login, stood.now, InboxFilters(which))
    return inbox.work.total if which is Box.TODO else inbox.cases.total


@pytest.mark.parametrize("login", [login for login in SHOWN if login not in APART])
def test_every_account_finds_something_in_each_of_its_boxes(stood: Stood, login: str) -> None:
    found = {which: box(stood, login, which) for which in Box}
    assert all(found.values()), found


@pytest.mark.parametrize("login", HURRIED)
def test_something_is_overdue_and_something_is_due_soon(stood: Stood, login: str) -> None:
    organisation = stood.store.readings.hospital().organisation
    addresses = organisation.addresses_of(login, shipped_calendar().local_day(stood.now))
    query = InboxQuery(login, addresses, limit=EVERY)
    tasks = [row.task for row in stood.store.readings.inbox(query).rows]
    soon = [
        task
        for task in tasks
        if task.due_at is not None and stood.now < task.due_at <= stood.now + timedelta(days=12)
    ]
    assert any(task.overdue for task in tasks)
    assert soon


def test_who_keeps_the_house_decides_nothing(stood: Stood) -> None:
    assert {which: box(stood, "admin", which) for which in Box} == dict.fromkeys(Box, 0)


def test_who_audits_the_house_takes_part_only_where_auditing_is_the_process(stood: Stood) -> None:
    organisation = stood.store.readings.hospital().organisation
    addresses = organisation.addresses_of("auditor", shipped_calendar().local_day(stood.now))
    waiting = stood.store.readings.inbox(InboxQuery("auditor", addresses, limit=EVERY)).rows
    asked = stood.store.readings.cases(CaseQuery(applicant="auditor", limit=EVERY)).rows
    decided = stood.store.readings.cases(CaseQuery(decided_by="auditor", limit=EVERY)).rows
    found = {row.case.process for row in waiting}
    found |= {row.case.process for row in (*asked, *decided)}
    assert found <= {"fund-supervision"}


def test_the_auditor_finds_looks_into_confidential_cases_and_changes_of_the_house(
    stood: Stood,
) -> None:
    events = Counter(entry.event for entry in stood.lines())
    for wanted in ("read_confidential", "policy_saved", "person_saved", "delegation_saved"):
        assert events[wanted], wanted


# ---- that it holds -------------------------------------------------------------------------------


def test_the_ledger_is_whole(stood: Stood) -> None:
    found = verify_readings(stood.store.readings)
    assert found.faults == ()
    assert found.cases == len(stood.cases())


def test_what_stands_is_told_again_at_the_next_start(stood: Stood) -> None:
    assert progress_of(stood.store) is Progress.FURNISHED
    assert told(stood.store) == stood.made


def heads(house: House) -> dict[str, str]:
    rows = house.store.readings.cases(CaseQuery(limit=EVERY)).rows
    found = {row.case.number: row.case.head for row in rows}
    lines = house.store.readings.entries("sys:house")
    return {**found, "house": lines[-1].digest}


@pytest.mark.parametrize("stood", [MONDAY], ids=["monday"], indirect=True)
def test_the_same_seed_makes_the_same_ledgers_in_memory_and_in_a_database(stood: Stood) -> None:
    assert heads(in_memory(MONDAY, SEED)) == heads(stood.house)


# ---- where it may not be made --------------------------------------------------------------------


def a_hospital_of_its_own() -> MemoryStore:
    zhang = Person("zhang", "张医生", "surgery", (Post("clinician", "surgery"),))
    seed = Seed((zhang,), (Department("surgery", "外科"),), (), shipped_calendar())
    store = MemoryStore(seed)
    store.house.change(Deed(Actor(SYSTEM, SYSTEM), MONDAY), *shipped(MONDAY))
    return store


def test_a_hospital_of_its_own_is_left_as_it_is() -> None:
    store = a_hospital_of_its_own()
    before = store.readings.entries("sys:house")
    with pytest.raises(NotEmpty) as refused:
        furnish(pieces_of(house_over(store, MONDAY)), MONDAY, 1, "猜不到", not_hashed)
    assert refused.value.progress is Progress.TAKEN
    assert store.readings.entries("sys:house") == before
    assert not house_over(store, MONDAY).demonstration


def test_a_demonstration_is_not_made_twice(stood: Stood) -> None:
    number = len(stood.cases())
    with pytest.raises(NotEmpty) as refused:
        furnish(pieces_of(stood.house), stood.now, 2, "猜不到", not_hashed)
    assert refused.value.progress is Progress.FURNISHED
    assert len(stood.cases()) == number


class Interrupted(Exception):
    """The machine was switched off."""


def interrupted_after(acts: int, ids: Callable[[], str]) -> Callable[[], str]:
    left = count(acts, -1)

    def give() -> str:
        if next(left) <= 0:
            raise Interrupted
        return ids()

    return give


def begun(acts: int, seed: int) -> House:
    """One that was interrupted while it was made."""
    store = with_definitions(MemoryStore(), MONDAY)
    numbers = count(1)
    ids = interrupted_after(acts, lambda: f"{next(numbers):032x}")
    house = build_house(Settings(), store, lambda: MONDAY, ids, catalog())
    with pytest.raises(Interrupted):
        furnish(pieces_of(house), MONDAY, seed, "猜不到", not_hashed)
    return house


def test_another_seed_makes_other_ledgers() -> None:
    """As the first acts show already; the same seed makes the same ones."""
    first = heads(begun(400, 1))
    assert len(first) > 20
    assert heads(begun(400, 1)) == first
    assert heads(begun(400, 2)) != first


@pytest.mark.parametrize("acts", [3, 400, 2500])
def test_one_that_was_interrupted_is_noticed_and_lets_nobody_in(acts: int) -> None:
    store = begun(acts, 1).store
    assert progress_of(store) is Progress.UNFINISHED
    assert store.house.accounts() == []
    assert [row.entry.event for row in store.readings.audit(AuditQuery(event=BEGUN)).rows] == [
        BEGUN
    ]


def test_an_empty_database_is_known_by_what_it_lacks() -> None:
    assert progress_of(with_definitions(MemoryStore(), MONDAY)) is Progress.EMPTY


def test_what_recurs_was_opened_on_time_and_a_server_that_starts_opens_nothing_more(
    stood: Stood,
) -> None:
    turns = stood.store.readings.occurrences(OccurrenceQuery(limit=100))
    assert {one.process for one in turns} == {"training-exam"}
    assert {one.state for one in turns} == {OccurrenceState.OPENED}
    assert {one.schedule for one in turns} >= {"monthly_training"}

    before = len(stood.cases())
    assert not Recurring(stood.house.service).look(stood.now)
    assert len(stood.cases()) == before
