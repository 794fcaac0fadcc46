"""Who came in and may stay, what they typed and have not sent, and files before they are named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from tests.storage.clerk import MORNING, Blank, Move, act, new_id, submitted
from workflow.nouns import Actor, Attachment
from workflow.people.organisation import Person
from workflow.ports.doors import Session, UnsentForm
from workflow.ports.house import Account, ApiToken, Deed, SaveAccount, SavePerson, SaveToken
from workflow.ports.store import Store

MINUTE = timedelta(minutes=1)
WARD = Session("hash-1", "amy", MORNING, MORNING, "10.0.0.7")


@pytest.fixture
def house(store: Store) -> Store:
    """A store that knows Amy and Dr Lee, each with an account."""
    deed = Deed(Actor("root", "管理员"), MORNING)
    people = (Person("amy", "艾米", "ortho"), Person("lee", "李主任", "ortho"))
    accounts = (Account(person.id, person.id, "$argon2id$") for person in people)
    store.house.change(deed, *map(SavePerson, people), *map(SaveAccount, accounts))
    return store


def test_an_account_is_found_by_its_login(house: Store) -> None:
    assert house.door.account("amy") == Account("amy", "amy", "$argon2id$")
    assert house.door.account("AMY") is None
    assert house.door.account("sam") is None


def test_a_session_lasts_until_it_is_ended(house: Store) -> None:
    house.door.open_session(WARD)
    assert house.door.session("hash-1") == WARD
    house.door.seen("hash-1", MORNING + MINUTE)
    assert house.door.session("hash-1") == replace(WARD, seen_at=MORNING + MINUTE)
    house.door.end_session("hash-1", MORNING + 2 * MINUTE)
    assert house.door.session("hash-1") is None
    assert house.door.session("hash-2") is None


def test_all_sessions_of_a_person_can_be_ended_but_one(house: Store) -> None:
    later = replace(WARD, token_hash="hash-2", created_at=MORNING + MINUTE)
    lees = replace(WARD, token_hash="hash-3", person="lee")
    for session in (WARD, later, lees):
        house.door.open_session(session)
    assert list(house.door.sessions_of("amy")) == [later, WARD]
    assert house.door.end_sessions_of("amy", MORNING + MINUTE, but="hash-2") == 1
    assert list(house.door.sessions_of("amy")) == [later]
    assert house.door.end_sessions_of("amy", MORNING + MINUTE) == 1
    assert house.door.end_sessions_of("amy", MORNING + MINUTE) == 0
    assert house.door.session("hash-3") == lees


def test_failures_are_counted_for_the_login_since_its_last_success(house: Store) -> None:
    tries = [
        ("amy", "10.0.0.7", 0, False),
        ("amy", "10.0.0.7", 1, True),
        ("amy", "10.0.0.8", 2, False),
        ("amy", "10.0.0.7", 3, False),
        ("lee", "10.0.0.7", 4, False),
    ]
    for login, address, minute, succeeded in tries:
        house.door.note_attempt(login, address, MORNING + minute * MINUTE, succeeded=succeeded)
    failures = house.door.failures
    assert failures(MORNING, login="amy", address="10.0.0.7") == (2, 3)
    assert failures(MORNING + 3 * MINUTE, login="amy", address="10.0.0.7") == (1, 2)
    assert failures(MORNING, login="sam", address="10.0.0.9") == (0, 0)


def test_a_revoked_key_opens_nothing(house: Store) -> None:
    deed = Deed(Actor("root", "管理员"), MORNING)
    token = ApiToken("t-1", "a" * 64, "amy", "检验系统", MORNING)
    house.house.change(deed, SaveToken(token))
    assert house.door.token("a" * 64) == token
    house.house.change(deed, SaveToken(replace(token, revoked_at=MORNING + MINUTE)))
    assert house.door.token("a" * 64) is None


def test_what_was_typed_is_kept_until_it_is_sent(store: Store) -> None:
    form = UnsentForm("amy", "syringes", {"name": "针", "count": "3", "lines": []}, MORNING)
    store.desk.keep_unsent(form)
    longer = replace(form, answers={"name": "针头"}, updated_at=MORNING + MINUTE)
    store.desk.keep_unsent(longer)
    assert store.desk.unsent("amy", "syringes") == longer
    assert store.desk.unsent("lee", "syringes") is None
    store.desk.drop_unsent("amy", "syringes")
    assert store.desk.unsent("amy", "syringes") is None


def test_unsent_forms_come_newest_first(store: Store) -> None:
    old = UnsentForm("amy", "syringes", {}, MORNING)
    new = UnsentForm("amy", "beds", {}, MORNING + MINUTE)
    for form in (new, old, UnsentForm("lee", "beds", {}, MORNING)):
        store.desk.keep_unsent(form)
    assert list(store.desk.unsent_of("amy")) == [new, old]


def test_a_file_is_named_by_what_is_in_it(store: Store) -> None:
    digest = store.desk.keep_file(b"quote", MORNING)
    assert digest == sha256(b"quote").hexdigest()
    assert store.desk.keep_file(b"quote", MORNING) == digest
    assert store.readings.attachment_bytes("nothing") is None


def test_only_files_that_no_case_names_are_let_go(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    named, fresh = store.desk.keep_file(b"named", MORNING), b"fresh"
    store.desk.keep_file(b"forgotten", MORNING)
    store.desk.keep_file(fresh, MORNING + MINUTE)
    attachment = Attachment(new_id("file"), "报价单.pdf", "application/pdf", 5, named)
    act(store, "CA-1", Move(attachments=(attachment,)))
    assert store.desk.drop_files(MORNING + MINUTE) == 1
    assert store.desk.drop_files(MORNING + MINUTE) == 0
    assert store.readings.attachment_bytes(attachment.id) == b"named"
    assert store.desk.drop_files(MORNING + 2 * MINUTE) == 1
