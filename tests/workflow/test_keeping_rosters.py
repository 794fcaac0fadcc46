"""An administrator keeps the duty rosters: whole, or not at all, with every wrong row named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

from tests.workflow.office import Office, done, why
from workflow.people.rosters import Duty, Roster, Shift

DAY = date(2026, 3, 2)
GENERAL = Roster(
    "general",
    "总值班",
    (Duty(DAY, "lee", "夜班", "surgery"), Duty(DAY, "wu")),
    (Shift("夜班", time(18), time(8)),),
)


def test_a_roster_is_saved_and_holds_from_then_on() -> None:
    office = Office()

    done(office.administering.rosters.save(office.deed(), GENERAL))

    assert office.store.hospital().organisation.rosters == {"general": GENERAL}
    assert office.last()["event"] == "roster_saved"


def test_every_wrong_row_is_named_at_once_and_nothing_is_saved() -> None:
    office = Office()
    wrong = replace(
        GENERAL,
        key="总值班",
        rows=(
            *GENERAL.rows,
            Duty(DAY, "nobody"),
            Duty(DAY, "lee", "白班"),
            Duty(DAY, "wu", "", "nowhere"),
            Duty(DAY, "wu"),
        ),
    )

    answer = office.administering.rosters.save(office.deed(), wrong)

    assert why(answer) == (
        "invalid_form key",
        "invalid_form rows.3",
        "invalid_form rows.4",
        "invalid_form rows.5",
        "invalid_form rows.6",
    )
    assert office.store.hospital().organisation.rosters == {}


def test_a_shift_is_given_once() -> None:
    office = Office()
    twice = replace(GENERAL, shifts=(*GENERAL.shifts, *GENERAL.shifts))

    assert why(office.administering.rosters.save(office.deed(), twice)) == ("invalid_form shifts",)


def test_only_administrators_keep_rosters() -> None:
    office = Office()

    answer = office.administering.rosters.save(office.deed("lee"), GENERAL)

    assert why(answer) == ("not_permitted post",)
