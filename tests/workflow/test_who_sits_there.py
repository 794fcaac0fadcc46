"""Who sits in a seat today: heads one above the other, whoever is on duty, those of a post, and who
is asked where nobody can decide.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from tests.workflow.hospital import CAST, MONDAY, PURCHASE, rulebooks_of
from workflow.design.seats import IfApplicant, IfEmpty, Scope, Seat, SeatKind
from workflow.nouns import Actor, Address, Case, Handling, Task
from workflow.people.eligibility import (
    Because,
    Member,
    Placed,
    Scene,
    address_of,
    members_of,
    places_of,
    standing_of,
)
from workflow.people.organisation import Department, Organisation, Person, Post, organisation_of
from workflow.people.rosters import Duty, Roster, Shift

TODAY = date(2026, 3, 2)
DEFINITION = rulebooks_of((PURCHASE,))[0].definition
TREE = (
    Department("ward", "一病区", parent="surgery"),
    Department("surgery", "外科", parent="division"),
    Department("division", "外科部", parent="leadership"),
    Department("leadership", "院领导", "leadership"),
)
HEADS = (
    Person("amy", "Amy", "ward", (Post("clinician", "ward"),)),
    Person("lee", "Lee", "surgery", (Post("dept_head", "surgery", limit=1_000_000),)),
    Person("ida", "Ida", "division", (Post("dept_head", "division", limit=5_000_000),)),
    Person("wu", "Wu", "leadership", (Post("vice_president", "leadership"),)),
)
HEAD = Seat(SeatKind.HEAD, scope=Scope.APPLICANT)


def house(*people: Person, rosters: tuple[Roster, ...] = ()) -> Organisation:
    return organisation_of(people or HEADS, TREE, (), rosters)


def scene(
    organisation: Organisation | None = None,
    applicant: str = "amy",
    tasks: tuple[Task, ...] = (),
    clock: time | None = None,
    **form: int | str,
) -> Scene:
    """Amy's request at the step of the heads."""
    case = Case(
        id="c",
        number="CG2026-000001",
        process="purchase",
        definition_version=1,
        state="dept",
        applicant=applicant,
        department="ward",
        form=form,
        parameters={},
        opened_at=MONDAY,
        entered_at=MONDAY,
    )
    there = house() if organisation is None else organisation
    return Scene(case, there, TODAY, None, DEFINITION, tasks, clock)


def waiting(address: Address, handling: Handling | None = None) -> Task:
    task = Task("t", "c", "dept", address, 1, MONDAY)
    return task if handling is None else replace(task, handling=handling)


def without(*ids: str) -> Organisation:
    return house(*(person for person in HEADS if person.id not in ids))


# ---- heads ---------------------------------------------------------------------------------------


def test_the_nearest_head_is_asked_where_the_ward_has_none() -> None:
    assert address_of(HEAD, scene()) == Address(role="dept_head", department="surgery")


@pytest.mark.parametrize(
    ("level", "where"), [(1, "surgery"), (2, "surgery"), (3, "division"), (4, "leadership")]
)
def test_levels_count_departments_from_ones_own(level: int, where: str) -> None:
    found = address_of(replace(HEAD, levels=level), scene())

    assert found is not None
    assert found.department == where


def test_a_tree_that_ends_early_ends_with_its_top() -> None:
    assert address_of(replace(HEAD, levels=9), scene()) == Address(
        role="vice_president", department="leadership"
    )


def test_a_heads_own_request_goes_to_the_next_head() -> None:
    found = address_of(HEAD, scene(applicant="lee"))

    assert found == Address(role="dept_head", department="division")


def test_unless_it_says_that_it_stays() -> None:
    seat = replace(HEAD, if_applicant=IfApplicant.DENY)

    assert address_of(seat, scene(applicant="lee")) == Address(
        role="dept_head", department="surgery"
    )


def test_what_waits_for_a_head_does_not_climb_on_when_they_leave() -> None:
    asked = waiting(Address(role="dept_head", department="surgery"))

    found = address_of(HEAD, scene(without("lee"), tasks=(asked,)))

    assert found == asked.address


def test_a_circle_of_departments_ends() -> None:
    circle = organisation_of(
        [], [Department("ward", "一", parent="two"), Department("two", "二", parent="ward")]
    )

    assert circle.upwards("ward") == ("ward", "two")


@pytest.mark.parametrize(
    ("cost", "heads"),
    [
        (800_000, ["lee"]),
        (1_000_000, ["lee"]),
        (1_000_001, ["lee", "ida"]),
        (8_000_000, ["lee", "ida", "wu"]),
    ],
)
def test_heads_sign_up_to_the_one_whose_limit_covers_it(cost: int, heads: list[str]) -> None:
    seat = Seat(SeatKind.HEADS, scope=Scope.APPLICANT, levels=3, amount="price")

    assert [member.person for member in members_of(seat, scene(price=cost))] == heads


def test_heads_end_with_the_last_level_whatever_it_costs() -> None:
    seat = Seat(SeatKind.HEADS, scope=Scope.APPLICANT, levels=2, amount="price")

    found = members_of(seat, scene(price=8_000_000))

    assert found == (
        Member("lee", "dept_head", "surgery"),
        Member("ida", "dept_head", "division"),
    )


def test_while_the_amount_is_not_known_every_level_signs() -> None:
    seat = Seat(SeatKind.HEADS, scope=Scope.APPLICANT, levels=3, amount="price")

    assert len(members_of(seat, scene())) == 3


def test_whoever_heads_two_levels_signs_once() -> None:
    lee = replace(HEADS[1], posts=(*HEADS[1].posts, Post("dept_head", "division")))
    people = house(HEADS[0], lee, HEADS[3])
    seat = Seat(SeatKind.HEADS, scope=Scope.APPLICANT, levels=2)

    assert [member.person for member in members_of(seat, scene(people))] == ["lee", "wu"]


# ---- duty ----------------------------------------------------------------------------------------

NIGHTS = Roster(
    "general",
    "总值班",
    (Duty(TODAY, "lee", "day"), Duty(TODAY, "ida", "night"), Duty(date(2026, 3, 3), "wu")),
    (Shift("day", time(8), time(18)), Shift("night", time(18), time(8))),
)
ON_DUTY = Seat(SeatKind.ROSTER, roster="general")


@pytest.mark.parametrize(
    ("day", "clock", "who"),
    [
        (TODAY, time(7, 59), []),
        (TODAY, time(8), ["lee"]),
        (TODAY, time(17, 59), ["lee"]),
        (TODAY, time(18), ["ida"]),
        (date(2026, 3, 3), time(7, 59), ["ida", "wu"]),
        (date(2026, 3, 3), time(8), ["wu"]),
        (date(2026, 3, 4), time(8), []),
    ],
)
def test_on_duty_is_whose_shift_it_is(day: date, clock: time, who: list[str]) -> None:
    people = house(rosters=(NIGHTS,))
    there = replace(scene(people, clock=clock), day=day)

    assert sorted(member.person for member in members_of(ON_DUTY, there)) == who
    for person in ("lee", "ida", "wu"):
        actor = Actor(person, person)
        may = standing_of(actor, (ON_DUTY,), "dept", DEFINITION, there) is not None
        assert may is (person in who)
        assert ("r:duty:general" in people.addresses_of(person, day, clock)) is (person in who)


def test_nobody_is_on_a_roster_that_does_not_exist() -> None:
    assert members_of(ON_DUTY, scene()) == ()


# ---- empty chairs --------------------------------------------------------------------------------

KEEPER = Seat(SeatKind.ROLE, role="keeper")
VICE = Seat(SeatKind.ROLE, role="vice_president")


def test_an_empty_chair_without_a_policy_stays_empty() -> None:
    assert places_of(KEEPER, scene()) == (Placed(Address(role="keeper")),)
    assert members_of(KEEPER, scene()) == ()


def test_a_stand_in_gets_the_work_with_the_reason() -> None:
    seat = replace(KEEPER, if_empty=VICE)

    assert places_of(seat, scene()) == (
        Placed(Address(role="vice_president"), Address(role="keeper"), Because.VACANT),
    )
    assert members_of(seat, scene()) == (Member("wu", "vice_president", "leadership"),)


def test_one_stand_in_after_the_other() -> None:
    seat = replace(KEEPER, if_empty=replace(KEEPER, role="cashier", if_empty=VICE))

    (placed,) = places_of(seat, scene())

    assert placed.address == Address(role="vice_president")


@pytest.mark.parametrize("policy", [IfEmpty.ADMIN, replace(KEEPER, role="cashier")])
def test_in_the_end_an_administrator_finds_somebody_and_never_decides(
    policy: IfEmpty | Seat,
) -> None:
    ada = Person("ada", "Ada", "ward", (Post("admin", "ward"),))
    there = scene(house(*HEADS, ada))
    seat = replace(KEEPER, if_empty=policy)

    (placed,) = places_of(seat, there)

    assert placed.address == Address(role="admin")
    assert standing_of(Actor("ada", "Ada"), (seat,), "dept", DEFINITION, there) is None
    assert members_of(seat, there) == ()


def test_work_that_has_gone_elsewhere_stays_there() -> None:
    """The keeper is back: what the vice president was asked is still theirs to decide."""
    kim = Person("kim", "Kim", "ward", (Post("keeper", "ward"),))
    asked = waiting(
        Address(role="vice_president"), Handling(because="vacant", meant=Address(role="keeper").key)
    )
    there = scene(house(*HEADS, kim), tasks=(asked,))
    seat = replace(KEEPER, if_empty=VICE)

    def may(who: str) -> bool:
        return standing_of(Actor(who, who), (seat,), "dept", DEFINITION, there) is not None

    assert (may("wu"), may("kim")) == (True, False)


def test_whom_the_form_does_not_name_somebody_else_is_asked() -> None:
    seat = Seat(SeatKind.PERSON, field="named", if_empty=VICE)

    (placed,) = places_of(seat, scene())

    assert (placed.meant, placed.because) == (None, Because.UNNAMED)


def test_only_the_applicant_there_is_not_the_same_as_nobody() -> None:
    seat = Seat(
        SeatKind.ROLE,
        role="dept_head",
        scope=Scope.APPLICANT,
        if_empty=VICE,
        if_applicant=IfApplicant.ABOVE,
    )

    (own,) = places_of(seat, scene(applicant="lee"))
    (vacant,) = places_of(seat, scene(applicant="amy"))

    assert (own.address.department, own.because) == ("division", Because.APPLICANT)
    assert (vacant.address.role, vacant.because) == ("vice_president", Because.VACANT)


def test_a_step_that_somebody_decided_lends_its_department() -> None:
    signed = Task(
        "t",
        "c",
        "finance",
        Address(role="finance_officer"),
        1,
        MONDAY,
        closed_at=MONDAY,
        closed_as="finance_sign",
        closed_by="ida",
    )
    seat = Seat(SeatKind.ROLE, role="keeper", scope=Scope.STEP, step="finance")

    assert address_of(seat, scene(tasks=(signed,))) == Address(role="keeper", department="division")
    assert address_of(seat, scene()) is None


def test_the_small_hospital_sits_where_it_always_sat() -> None:
    people = organisation_of(CAST, [Department("surgery", "外科")])

    found = members_of(Seat(SeatKind.ROLE, role="dept_head"), scene(people))

    assert found == (Member("lee", "dept_head", "surgery"), Member("ida", "dept_head", "icu"))
