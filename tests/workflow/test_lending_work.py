"""Somebody who will be away lends their work, and takes it back; administrators do it for whoever
is away already.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.workflow.office import Office, done, why
from workflow.nouns import Actor
from workflow.people.organisation import Delegation
from workflow.ports.house import Deed
from workflow.service.lending import Lending, Wish, lendable_roles, may_stand_in

TODAY = date(2026, 3, 2)
WEEK = Wish("lee", "ben", TODAY, TODAY + timedelta(days=6))


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def lending(office: Office) -> Lending:
    return office.administering.lending


def in_force(office: Office) -> tuple[Delegation, ...]:
    return office.store.readings.hospital().organisation.delegations


def test_everybody_lends_their_own_work(office: Office, lending: Lending) -> None:
    done(lending.lend(office.deed("lee"), "d1", WEEK))
    assert in_force(office) == (Delegation("d1", "lee", "ben", TODAY, WEEK.end or TODAY),)
    line = office.last()
    assert (line["event"], line["actor"]) == ("delegation_saved", "lee")


def test_what_is_lent_can_be_less_than_all(office: Office, lending: Lending) -> None:
    less = replace(WEEK, roles=("dept_head",), processes=("purchase",), max_amount=500_000)
    done(lending.lend(office.deed("lee"), "d1", less))
    (made,) = in_force(office)
    assert (made.roles, made.processes, made.max_amount) == (
        ("dept_head",),
        ("purchase",),
        500_000,
    )


def test_an_administrator_lends_for_somebody_who_is_away_and_says_why(
    office: Office, lending: Lending
) -> None:
    assert why(lending.lend(office.deed("ada"), "d1", WEEK)) == ("invalid_form reason",)
    done(lending.lend(office.deed("ada", "突发疾病住院"), "d1", WEEK))
    assert office.last()["reason"] == "突发疾病住院"
    assert why(lending.end(office.deed("max"), "d1")) == ("invalid_form reason",)
    done(lending.end(office.deed("max", "已返岗"), "d1"))
    assert not in_force(office)


@pytest.mark.parametrize("who", ["ben", "wu", "eve", "sam"])
def test_nobody_lends_or_ends_what_is_anothers(office: Office, lending: Lending, who: str) -> None:
    assert why(lending.lend(office.deed(who, "帮忙"), "d1", WEEK)) == ("not_permitted own",)
    done(lending.lend(office.deed("lee"), "d1", WEEK))
    assert why(lending.end(office.deed(who, "帮忙"), "d1")) == ("not_permitted own",)
    assert len(in_force(office)) == 1


def test_whoever_stands_in_does_not_pass_it_on(office: Office, lending: Lending) -> None:
    done(lending.lend(office.deed("lee"), "d1", WEEK))
    ben_for_lee = Deed(Actor("lee", "Lee", "ben"), office.hospital.now)
    assert why(lending.lend(ben_for_lee, "d2", replace(WEEK, delegate="ida"))) == (
        "not_permitted own",
    )


@pytest.mark.parametrize(
    ("wish", "reasons"),
    [
        (replace(WEEK, delegate="lee"), ("delegate",)),
        (replace(WEEK, delegate="ghost"), ("delegate",)),
        (replace(WEEK, delegate="ada"), ("delegate",)),
        (replace(WEEK, delegate="eve"), ("delegate",)),
        (replace(WEEK, start=None, end=None), ("start", "end")),
        (replace(WEEK, start=TODAY - timedelta(days=1)), ("start",)),
        (replace(WEEK, end=TODAY - timedelta(days=1)), ("end",)),
        (replace(WEEK, end=TODAY + timedelta(days=366)), ("end",)),
        (replace(WEEK, roles=("vice_president", "ghost")), ("roles", "roles")),
        (replace(WEEK, processes=("ghost",)), ("processes",)),
        (replace(WEEK, max_amount=0), ("max_amount",)),
        (Wish("lee", "", None, None, ("ghost",), ("ghost",), -1), (
            "delegate", "start", "end", "roles", "processes", "max_amount",
        )),
    ],
)  # fmt: skip
def test_what_cannot_be_lent_is_told_at_its_field(
    office: Office, lending: Lending, wish: Wish, reasons: tuple[str, ...]
) -> None:
    found = why(lending.lend(office.deed("lee"), "d1", wish))
    assert found == tuple(f"invalid_form {name}" for name in reasons)
    assert not in_force(office)


def test_somebody_without_a_post_has_nothing_to_lend(office: Office, lending: Lending) -> None:
    wish = replace(WEEK, principal="sam")
    assert why(lending.lend(office.deed("sam"), "d1", wish)) == ("invalid_form principal",)
    wish = replace(WEEK, principal="ada")
    assert why(lending.lend(office.deed("ada"), "d1", wish)) == ("invalid_form principal",)


def test_two_people_do_not_stand_in_for_each_other(office: Office, lending: Lending) -> None:
    done(lending.lend(office.deed("lee"), "d1", WEEK))
    last = WEEK.end or TODAY
    back = Wish("ben", "lee", last, last + timedelta(days=3))
    assert why(lending.lend(office.deed("ben"), "d2", back)) == ("conflict delegate",)
    assert why(lending.lend(office.deed("lee"), "d2", WEEK)) == ("conflict delegate",)
    later = replace(back, start=last + timedelta(days=1))
    done(lending.lend(office.deed("ben"), "d2", later))
    done(lending.lend(office.deed("lee"), "d3", replace(WEEK, delegate="ida")))


def test_one_that_is_ended_ends_at_once_and_is_remembered(office: Office, lending: Lending) -> None:
    done(lending.lend(office.deed("lee"), "d1", WEEK))
    office.hospital.now += timedelta(days=2)
    done(lending.end(office.deed("lee"), "d1"))
    (ended,) = in_force(office)
    assert (ended.start, ended.end) == (TODAY, TODAY + timedelta(days=1))
    assert why(lending.end(office.deed("lee"), "d1")) == ("closed over",)
    assert why(lending.end(office.deed("lee"), "ghost")) == ("not_found delegation",)


def test_one_that_has_not_begun_is_taken_back(office: Office, lending: Lending) -> None:
    done(lending.lend(office.deed("lee"), "d1", replace(WEEK, start=TODAY + timedelta(days=3))))
    done(lending.end(office.deed("lee"), "d1"))
    assert not in_force(office)
    assert office.last()["event"] == "delegation_removed"


def test_who_keeps_the_house_is_never_offered(office: Office) -> None:
    organisation = office.store.readings.hospital().organisation
    offered = [one.id for one in may_stand_in(organisation, "lee", TODAY)]
    assert "ben" in offered
    assert {"ada", "max", "eve", "lee"}.isdisjoint(offered)
    assert lendable_roles(organisation.people["ada"], TODAY) == ()
    assert lendable_roles(organisation.people["lee"], TODAY) == ("dept_head",)
