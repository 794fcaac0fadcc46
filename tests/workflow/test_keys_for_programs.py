"""A program gets a key that acts as one person; only its hash is kept, and it is taken back at any
time.
"""

from __future__ import annotations

import pytest

from tests.workflow.office import Office, done, why
from workflow.service.program_keys import ProgramKeys

HASH = "a" * 64


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def keys(office: Office) -> ProgramKeys:
    return office.administering.keys


def test_a_key_opens_until_it_is_taken_back(office: Office, keys: ProgramKeys) -> None:
    done(keys.give(office.deed(), "t1", "amy", " 对接程序 ", HASH))
    found = office.store.door.token(HASH)
    assert found is not None
    assert (found.person, found.name) == ("amy", "对接程序")
    done(keys.take_back(office.deed(), "t1"))
    assert office.store.door.token(HASH) is None
    assert [key.id for key in keys.all()] == ["t1"]
    assert why(keys.take_back(office.deed(), "t1")) == ("not_found token",)


def test_the_ledger_never_holds_the_hash(office: Office, keys: ProgramKeys) -> None:
    done(keys.give(office.deed(), "t1", "amy", "对接程序", HASH))
    assert all(HASH.encode() not in one.body for one in office.store.readings.entries("sys:house"))


def test_a_key_needs_a_name_and_somebody_who_works_here(office: Office, keys: ProgramKeys) -> None:
    answer = keys.give(office.deed(), "t1", "ghost", "", HASH)
    assert why(answer) == ("invalid_form name", "invalid_form person")
    assert office.store.door.token(HASH) is None


@pytest.mark.parametrize("who", ["amy", "eve", "nobody"])
def test_nobody_but_an_administrator_gives_keys(
    office: Office, keys: ProgramKeys, who: str
) -> None:
    assert why(keys.give(office.deed(who), "t1", who, "我的", HASH)) == ("not_permitted post",)
    done(keys.give(office.deed(), "t2", "amy", "对接程序", HASH))
    assert why(keys.take_back(office.deed(who), "t2")) == ("not_permitted post",)
    assert office.store.door.token(HASH) is not None
