"""Somebody lends their posts for some days: who may, what is refused, and how it ends early."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.workflow.office import Office
from workflow.people.organisation import Delegation
from workflow.refusals import Refused

AWAY = Delegation("g1", "lee", "ben", date(2026, 3, 3), date(2026, 3, 5))


def lent(office: Office, by: str, grant: Delegation = AWAY) -> Refused | None:
    """What stands against it, if anything."""
    done = office.administering.lending.add_delegation(office.deed(by), grant)
    return done if isinstance(done, Refused) else None


def grants(office: Office) -> tuple[Delegation, ...]:
    return office.hospital.store.readings.hospital().organisation.delegations


def fields(refused: Refused | None) -> list[str | None]:
    assert refused is not None
    return [refusal.field for refusal in refused.refusals]


def test_somebody_lends_their_own_posts() -> None:
    office = Office()

    assert lent(office, "lee") is None

    assert grants(office) == (AWAY,)


def test_an_administrator_does_it_for_somebody() -> None:
    office = Office()

    assert lent(office, "ada") is None


def test_nobody_lends_what_is_another_persons() -> None:
    office = Office()

    assert lent(office, "ben") is not None
    assert lent(office, "sam") is not None
    assert grants(office) == ()


def test_every_problem_is_told_at_once() -> None:
    office = Office()
    wrong = replace(
        AWAY,
        delegate="nobody",
        roles=("finance_officer",),
        processes=("no-such",),
        max_amount=0,
    )

    refused = lent(office, "lee", wrong)

    assert fields(refused) == ["delegate", "roles", "processes", "max_amount"]


def test_nobody_stands_in_for_themselves_or_in_the_past() -> None:
    office = Office()
    over = replace(AWAY, delegate="lee", start=date(2026, 2, 1), end=date(2026, 2, 2))

    assert fields(lent(office, "lee", over)) == ["delegate", "end"]
    backwards = replace(AWAY, end=date(2026, 3, 2))
    assert fields(lent(office, "lee", backwards)) == ["end"]


def test_it_goes_one_way_only_on_the_same_days() -> None:
    office = Office()
    lent(office, "lee")
    back = replace(AWAY, id="g2", principal="ben", delegate="lee", start=date(2026, 3, 5))

    refused = lent(office, "ben", back)

    assert fields(refused) == ["delegate"]
    assert refused is not None
    assert "2026-03-05" in refused.because.zh
    after = replace(back, start=date(2026, 3, 6), end=date(2026, 3, 9))
    assert lent(office, "ben", after) is None


def test_whoever_keeps_the_house_neither_lends_nor_stands_in() -> None:
    office = Office()

    assert fields(lent(office, "lee", replace(AWAY, delegate="eve"))) == ["delegate"]
    assert "principal" in fields(lent(office, "max", replace(AWAY, principal="max")))


def test_whoever_holds_no_post_has_nothing_to_lend() -> None:
    office = Office()

    assert fields(lent(office, "sam", replace(AWAY, principal="sam"))) == ["principal"]


def test_what_has_not_begun_is_taken_back() -> None:
    office = Office()
    lent(office, "lee")

    office.administering.lending.end_delegation(office.deed("lee"), "g1", date(2026, 3, 1))

    assert grants(office) == ()


def test_what_has_begun_ends_early_and_stays_on_record() -> None:
    office = Office()
    lent(office, "lee", replace(AWAY, start=date(2026, 3, 2)))

    office.administering.lending.end_delegation(office.deed("ada"), "g1", date(2026, 3, 2))

    assert [grant.end for grant in grants(office)] == [date(2026, 3, 2)]


def test_past_days_cannot_be_changed_and_an_end_is_never_later() -> None:
    office = Office()
    lent(office, "lee", replace(AWAY, start=date(2026, 3, 2)))

    for day in (date(2026, 2, 27), date(2026, 3, 9)):
        done = office.administering.lending.end_delegation(office.deed("lee"), "g1", day)
        assert isinstance(done, Refused)
    assert [grant.end for grant in grants(office)] == [date(2026, 3, 5)]


def test_the_delegate_and_strangers_end_nothing() -> None:
    office = Office()
    lent(office, "lee")

    for who in ("ben", "sam"):
        done = office.administering.lending.end_delegation(office.deed(who), "g1", date(2026, 3, 1))
        assert isinstance(done, Refused)
    assert grants(office) == (AWAY,)


def test_a_refused_try_leaves_a_line() -> None:
    office = Office()

    lent(office, "sam")

    assert office.last()["facts"]["action"] == "add_delegation"
