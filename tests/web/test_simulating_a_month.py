"""A hospital works for some days by itself; what it did holds together, and to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest

from storage.memory import MemoryStore
from tests.web.conftest import bundles, catalog
from web.app import build_house
from web.commands import main
from web.demonstration.furnishing import Pieces
from web.opening import shipped_calendar
from web.settings import Settings
from web.simulation.month import Simulated, simulate
from web.simulation.reconciling import cases_of, counts, disagreeing
from workflow.nouns import SYSTEM, Actor, RegisterRow, Scalar
from workflow.ports.house import AddRow, Deed, PublishDefinition, StoredDefinition
from workflow.ports.store import Seed
from workflow.service.verifying import verify_readings

BEFORE = datetime(2026, 3, 1, tzinfo=UTC)
BEGINS = date(2026, 4, 13)
SYSTEMS = Deed(Actor(SYSTEM, SYSTEM), BEFORE)


class Lived:
    """A hospital that has worked from Monday to Thursday in the middle of April."""

    def __init__(self, seed: int) -> None:
        self.store = MemoryStore(Seed((), (), (), shipped_calendar()))
        self.store.house.change(
            SYSTEMS,
            *(
                PublishDefinition(
                    StoredDefinition(d.key, d.version, d.source, d.digest, BEFORE, SYSTEM)
                )
                for d in (one.definition for one in bundles().bundles.values())
            ),
        )
        numbers = count(1)
        house = build_house(
            Settings(), self.store, ids=lambda: f"id{next(numbers):07d}", catalog=catalog()
        )
        pieces = Pieces(self.store, house.service, house.administering, house.looking)
        self.simulated: Simulated = simulate(pieces, BEGINS, 4, seed)

    def states(self, process: str) -> set[str]:
        """Where the cases of a process stand in the end."""
        return {case.state for case in cases_of(self.store.readings, process)}


@pytest.fixture(scope="module")
def lived() -> Lived:
    return Lived(seed=2)


def test_every_sum_agrees_to_the_cent(lived: Lived) -> None:
    assert lived.simulated.period == "2026-04"
    assert disagreeing(lived.simulated.counts) == ()
    by_name = {one.what.en: one.one for one in lived.simulated.counts}
    assert by_name["settled bills = their booked lines"] > 0
    assert by_name["attributed = deducted"] > 0


def test_every_ledger_holds_and_makes_its_case_again(lived: Lived) -> None:
    found = verify_readings(lived.store.readings)
    assert found.whole, found.faults
    assert found.entries > lived.simulated.acts


@pytest.mark.parametrize(
    ("process", "reached"),
    [
        ("inpatient-settlement", {"closed"}),
        ("ward-round", {"closed"}),
        ("medical-record", {"archived"}),
        ("monthly-settlement", {"analysed"}),
        ("agency-payment", {"paid"}),
        ("rejection-attribution", {"recovered"}),
        ("charge-entry", {"settled"}),
        ("budget-overrun", {"confirmed"}),
    ],
)
def test_each_kind_of_work_comes_to_its_end(lived: Lived, process: str, reached: set[str]) -> None:
    assert reached <= lived.states(process)


def test_the_same_seed_makes_the_same_days(lived: Lived) -> None:
    again = Lived(seed=2)
    assert again.simulated == lived.simulated
    heads = [{case.number: case.head for case in cases_of(one.store.readings, "charge-entry")}
             for one in (lived, again)]  # fmt: skip
    assert heads[0] == heads[1] != {}


def test_a_sum_that_somebody_adds_beside_the_cases_is_found(lived: Lived) -> None:
    """The registers are counted against the cases, so a row from nowhere shows."""
    values: dict[str, Scalar] = {
        "period": "2026-04",
        "target": "医保中心",
        "kind": "住院",
        "amount": 1,
    }
    row = RegisterRow("from-nowhere", "settlement_details", values, None, None, BEFORE)
    lived.store.house.change(SYSTEMS, AddRow(row))
    wrong = disagreeing(counts(lived.store.readings, "2026-04"))
    assert {one.what.en for one in wrong} == {
        "details of the month = bills of the insured",
        "uploaded totals = details of the month",
    }
    assert {abs(one.one - one.other) for one in wrong} == {1}


def test_the_command_tells_what_it_came_to_and_keeps_the_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "month.db"
    asked = ["simulate", "--days=3", "--seed=2", "--begins=2026-04-20", f"--keep={kept}"]
    assert main(asked) == 0
    told = capsys.readouterr().out
    assert "The ledger is whole" in told
    assert "differs " not in told.replace("stays whose bill differs", "")
    assert kept.exists()
    assert main(asked) == 2
    assert "choose another name" in capsys.readouterr().err


@pytest.mark.parametrize("days", ["0", "367", "many"])
def test_days_that_cannot_be_are_refused(days: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["simulate", "--days", days])
    assert "--days" in capsys.readouterr().err
