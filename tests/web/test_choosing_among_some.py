"""A form lists just those whom the definition lets it name, and takes nobody else."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.consumables import see
from web.house import House
from workflow.nouns import SYSTEM, Actor
from workflow.ports import Deed, PublishDefinition, Store, StoredDefinition

As = Callable[[str], TestClient]
SEMANTICS = Path(__file__).parents[1] / "scenarios" / "semantics"
TEXT = (
    (SEMANTICS / "chosen-from-a-set.yaml")
    .read_text("utf-8")
    .replace("{role: attending_doctor, of: case.department}", "{role: finance_officer}")
)


@pytest.fixture(autouse=True)
def published(house: House, store: Store) -> None:
    """A process in which a finance officer has to be named."""
    digest = sha256(TEXT.encode()).hexdigest()
    one = StoredDefinition("chosen-from-a-set", 1, TEXT, digest, house.clock(), SYSTEM)
    store.house.change(Deed(Actor(SYSTEM, SYSTEM), house.clock()), PublishDefinition(one))


def test_only_those_who_may_be_chosen_are_listed(as_person: As, house: House) -> None:
    page = see(as_person("zhang"), "/requests/new/chosen-from-a-set")
    listed = {
        option.attributes["value"] for option in page.one("select", name="f.owner").all("option")
    }

    hospital = house.store.readings.hospital()
    day = hospital.calendar.local_day(house.clock())
    officers = {one.id for one in hospital.organisation.holders("finance_officer", None, day)}

    assert officers
    assert listed - {""} == officers
