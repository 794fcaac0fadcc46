"""What administrators change: it holds from the next look on, and its ledger tells who did it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from storage.picture import NO_CALENDAR
from tests.storage.clerk import MORNING, Blank, new_id, opening
from workflow.calendar import Calendar, OwnCalendar
from workflow.ledger import first_break
from workflow.nouns import Actor, Entry, ParameterValue, RegisterRow
from workflow.people.organisation import Delegation, Department, Person, Post
from workflow.people.rosters import Duty, Roster, Shift
from workflow.ports.deciding import StaleWrite
from workflow.ports.hospital import Policy, PolicyChange, SetUp
from workflow.ports.house import (
    Account,
    AddRow,
    AlreadyPublished,
    ApiToken,
    Deed,
    HouseChange,
    PlanOutdated,
    PublishDefinition,
    RemoveDelegation,
    RetireDefinition,
    SaveAccount,
    SaveCalendar,
    SaveDelegation,
    SaveDepartment,
    SavePerson,
    SavePolicy,
    SaveRoster,
    SaveToken,
    StoredDefinition,
)
from workflow.ports.store import Store

DEED = Deed(Actor("root", "管理员"), MORNING, "新员工入职")
ORTHO = Department("ortho", "骨科", "clinical", "surgery")
AMY = Person(
    "amy",
    "艾米",
    "ortho",
    (Post("clinician", "ortho"), Post("mentor", "ortho", date(2026, 1, 1), date(2026, 6, 30))),
)
LEE = Person("lee", "李主任", "ortho", (Post("dept_head", "ortho", limit=1_000_000),))
STANDS_IN = Delegation(
    "d-1",
    "lee",
    "amy",
    date(2026, 3, 1),
    date(2026, 3, 9),
    ("dept_head",),
    ("purchase", "leave-request"),
    500_000,
)
ON_DUTY = Roster(
    "general",
    "总值班",
    (Duty(date(2026, 3, 2), "amy", "夜班", "ortho"), Duty(date(2026, 3, 2), "lee")),
    (Shift("夜班", time(18), time(8)),),
)
CALENDAR = Calendar(
    {date(2026, 1, 1): False, date(2026, 1, 4): True},
    {date(2026, 1, 1): "元旦"},
    date(2026, 12, 31),
    ZoneInfo("Asia/Urumqi"),
    ((time(10), time(14)), (time(16), time(20))),
    own={
        "night": OwnCalendar("night", "夜班", holidays=False, hours=((time(20), time(8)),)),
        "clinic": OwnCalendar(
            "clinic",
            "门诊",
            "ortho",
            (0, 1, 2, 3, 4, 5),
            days={date(2026, 3, 7): False},
            names={date(2026, 3, 7): "停诊"},
        ),
    },
)
POLICY = Policy("H02", {"limit_fen": 5_000_000, "leaders": ("wu", "qian"), "strict": True})
SYRINGES = StoredDefinition("syringes", 1, "process: syringes", "0" * 64, MORNING, "root")
EVERYTHING: tuple[HouseChange, ...] = (
    SaveDepartment(ORTHO),
    SavePerson(AMY),
    SavePerson(LEE),
    SaveDelegation(STANDS_IN),
    SaveRoster(ON_DUTY),
    SaveCalendar(CALENDAR),
    SavePolicy(POLICY),
    SaveAccount(Account("amy", "amy", "$argon2id$secret")),
    AddRow(RegisterRow("row-1", "materials", {"name": "针"}, None, None, MORNING)),
    PublishDefinition(SYRINGES),
    SaveToken(ApiToken("t-1", "a" * 64, "amy", "检验系统", MORNING)),
)


def told(entry: Entry) -> dict[str, Any]:
    body = orjson.loads(entry.body)
    assert isinstance(body, dict)
    return body


def test_a_new_house_is_empty(store: Store) -> None:
    hospital = store.readings.hospital()
    assert hospital.organisation.people == {}
    assert hospital.calendar == NO_CALENDAR
    assert hospital.policy == Policy()
    assert hospital.revision == 0


def test_the_hospital_is_read_again_as_it_was_saved(store: Store) -> None:
    store.house.change(DEED, *EVERYTHING)
    hospital = store.readings.hospital()
    assert hospital.organisation.people == {"amy": AMY, "lee": LEE}
    assert hospital.organisation.departments == {"ortho": ORTHO}
    assert hospital.organisation.delegations == (STANDS_IN,)
    assert hospital.organisation.rosters == {"general": ON_DUTY}
    assert hospital.calendar == CALENDAR
    assert hospital.policy == POLICY
    with store.begin() as tx:
        assert tx.hospital() == hospital


# ---- what cases put in force ---------------------------------------------------------------------

CHANGES = (
    PolicyChange("strict", False, date(2026, 3, 2), "", "CA-1", 1, MORNING, reason="从宽"),
    PolicyChange("leaders", ("wu",), date(2026, 3, 9), "", "CA-1", 1, MORNING, clauses=("S-1",)),
    PolicyChange("limit_fen", None, date(2026, 3, 2), "", "CA-1", 1, MORNING, left=True),
)


def put(store: Store) -> tuple[PolicyChange, ...]:
    """A case is opened and puts three values in force."""
    change = opening(Blank("CA-1"))
    made = tuple(replace(one, case=change.case.id) for one in CHANGES)
    with store.begin() as tx:
        tx.write(replace(change, policy=made))
        tx.commit()
    return made


def test_what_a_case_puts_in_force_is_kept_with_its_trail(store: Store) -> None:
    store.house.change(DEED, SavePolicy(POLICY))
    made = put(store)
    hospital = store.readings.hospital()
    assert hospital.policy == replace(POLICY, changes=made)
    assert hospital.revision == 2
    with store.begin() as tx:
        assert tx.hospital() == hospital


def test_administrators_do_not_change_what_cases_put_in_force(store: Store) -> None:
    made = put(store)
    store.house.change(DEED, SavePolicy(Policy("H02")))
    assert store.readings.hospital().policy == Policy("H02", {}, made)
    assert store.house.change(DEED, SavePolicy(Policy("H02"))) == []


def test_a_value_holds_from_its_day_on() -> None:
    policy = replace(POLICY, changes=CHANGES)
    assert policy.on(date(2026, 3, 1)) == POLICY
    assert policy.on(date(2026, 3, 2)) == Policy(
        "H02", {"leaders": ("wu", "qian"), "strict": False}
    )
    assert policy.on(date(2026, 3, 9)) == Policy("H02", {"leaders": ("wu",), "strict": False})


def test_what_is_not_committed_is_not_in_force(store: Store) -> None:
    change = opening(Blank("CA-1"))
    with store.begin() as tx:
        tx.write(replace(change, policy=(replace(CHANGES[0], case=change.case.id),)))
    assert store.readings.hospital() == replace(store.readings.hospital(), policy=Policy())


def test_a_set_up_is_kept(store: Store) -> None:
    own: dict[str, ParameterValue] = {"limit_fen": 1, "leaders": ("wu",)}
    set_up = SetUp("H03", own, ("root", "sun"), {"limit_fen": "从严"}, "lee", MORNING)
    store.house.change(DEED, SavePolicy(replace(POLICY, set_up=set_up)))
    assert store.readings.hospital().policy == replace(POLICY, set_up=set_up)
    store.house.change(DEED, SavePolicy(POLICY))
    assert store.readings.hospital().policy == POLICY


def test_people_stand_in_the_order_of_their_ids(store: Store) -> None:
    store.house.change(DEED, SaveDepartment(ORTHO), SavePerson(LEE), SavePerson(AMY))
    assert list(store.readings.hospital().organisation.people) == ["amy", "lee"]


def test_a_transaction_sees_the_change_that_was_made_before_it(store: Store) -> None:
    store.house.change(DEED, SavePolicy(Policy("H02")))
    with store.begin() as tx:
        assert tx.hospital().policy == Policy("H02")
    store.house.change(DEED, SavePolicy(Policy("H03")))
    with store.begin() as tx:
        assert tx.hospital().policy == Policy("H03")


def test_each_change_raises_the_revision_once(store: Store) -> None:
    store.house.change(DEED, *EVERYTHING)
    assert store.readings.hospital().revision == 1
    store.house.change(DEED, SavePerson(replace(AMY, active=False)))
    assert store.readings.hospital().revision == 2
    assert not store.readings.hospital().organisation.people["amy"].active


def test_a_change_that_was_planned_for_another_picture_is_not_made(store: Store) -> None:
    store.house.change(DEED, SaveDepartment(ORTHO))
    planned_at = store.readings.hospital().revision
    store.house.change(DEED, SavePerson(AMY), planned_at=planned_at)
    with pytest.raises(PlanOutdated):
        store.house.change(DEED, SavePerson(LEE), planned_at=planned_at)
    hospital = store.readings.hospital()
    assert (list(hospital.organisation.people), hospital.revision) == (["amy"], planned_at + 1)


def test_what_was_so_already_leaves_no_line(store: Store) -> None:
    assert len(store.house.change(DEED, *EVERYTHING)) == len(EVERYTHING)
    assert list(store.house.change(DEED, *EVERYTHING)) == []
    assert store.readings.hospital().revision == 1


def test_every_change_tells_who_made_it_and_what_was_before(store: Store) -> None:
    store.house.change(DEED, SavePerson(LEE))
    moved = replace(LEE, department="surgery", posts=())
    (entry,) = store.house.change(replace(DEED, reason="调动"), SavePerson(moved))
    body = told(entry)
    assert (entry.case, entry.seq, entry.event, entry.actor) == (
        "sys:house",
        2,
        "person_saved",
        "root",
    )
    assert body["reason"] == "调动"
    assert body["facts"]["before"]["posts"][0]["role"] == "dept_head"
    assert body["facts"]["after"]["department"] == "surgery"
    assert body["facts"]["after"]["posts"] == []


def test_the_lines_of_the_house_are_a_chain(store: Store) -> None:
    store.house.change(DEED, *EVERYTHING)
    store.house.record(DEED, "audit_exported", {"lines": 3}, refused="not_permitted")
    lines = store.readings.entries("sys:house")
    assert len(lines) == len(EVERYTHING) + 1
    chain = [(line.seq, line.body, line.digest) for line in lines]
    assert first_break("sys:house", chain, lines[-1].digest) is None
    assert lines[-1].refused == "not_permitted"


def test_streams_do_not_share_a_chain(store: Store) -> None:
    store.house.record(DEED, "signed_in", {"person": "amy"}, stream="sys:door")
    store.house.record(DEED, "signed_in", {"person": "lee"}, stream="sys:door")
    store.house.change(DEED, SavePerson(AMY))
    assert [line.seq for line in store.readings.entries("sys:door")] == [1, 2]
    assert [line.seq for line in store.readings.entries("sys:house")] == [1]


def test_no_secret_comes_into_the_ledger(store: Store) -> None:
    store.house.change(DEED, *EVERYTHING)
    changed = SaveAccount(Account("amy", "amy", "$argon2id$other"))
    (entry,) = store.house.change(DEED, changed)
    assert told(entry)["facts"]["password_changed"] is True
    bodies = b"".join(line.body for line in store.readings.entries("sys:house"))
    for secret in (b"argon2id", b"a" * 64, b"process: syringes"):
        assert secret not in bodies


def test_all_changes_are_made_or_none(store: Store) -> None:
    store.house.change(DEED, PublishDefinition(SYRINGES))
    with pytest.raises(AlreadyPublished):
        store.house.change(
            DEED, SavePolicy(POLICY), PublishDefinition(replace(SYRINGES, digest="1" * 64))
        )
    assert store.readings.hospital().policy == Policy()
    assert len(store.readings.entries("sys:house")) == 1


def test_a_published_definition_is_never_replaced(store: Store) -> None:
    store.house.change(DEED, PublishDefinition(SYRINGES))
    other = replace(SYRINGES, source="process: other", digest="1" * 64)
    with pytest.raises(AlreadyPublished) as refused:
        store.house.change(DEED, PublishDefinition(other))
    assert "已经发布" in refused.value.because.zh
    assert list(store.readings.definitions()) == [SYRINGES]


def test_publishing_the_same_again_changes_nothing(store: Store) -> None:
    store.house.change(DEED, PublishDefinition(SYRINGES))
    again = replace(SYRINGES, published_at=datetime(2027, 1, 1, tzinfo=UTC), published_by="wu")
    assert list(store.house.change(DEED, PublishDefinition(again))) == []
    assert list(store.readings.definitions()) == [SYRINGES]


def test_definitions_stand_by_key_and_version(store: Store) -> None:
    versions = [replace(SYRINGES, version=version, digest=f"{version:064}") for version in (10, 2)]
    first = replace(SYRINGES, key="beds")
    store.house.change(DEED, *(PublishDefinition(each) for each in (*versions, first)))
    assert list(store.readings.definitions()) == [first, versions[1], versions[0]]


def test_a_definition_can_be_retired_and_restored(store: Store) -> None:
    store.house.change(DEED, PublishDefinition(SYRINGES))
    (entry,) = store.house.change(DEED, RetireDefinition("syringes", 1))
    assert entry.event == "definition_retired"
    assert [each.retired for each in store.readings.definitions()] == [True]
    assert list(store.house.change(DEED, RetireDefinition("syringes", 1))) == []
    store.house.change(DEED, RetireDefinition("syringes", 1, retired=False))
    assert list(store.readings.definitions()) == [SYRINGES]
    with pytest.raises(LookupError):
        store.house.change(DEED, RetireDefinition("syringes", 2))


def test_a_delegation_can_end_early_or_be_taken_back(store: Store) -> None:
    store.house.change(DEED, SavePerson(AMY), SavePerson(LEE), SaveDelegation(STANDS_IN))
    ended = replace(STANDS_IN, end=date(2026, 3, 2))
    store.house.change(DEED, SaveDelegation(ended))
    assert store.readings.hospital().organisation.delegations == (ended,)
    store.house.change(DEED, RemoveDelegation("d-1"))
    assert store.readings.hospital().organisation.delegations == ()
    assert list(store.house.change(DEED, RemoveDelegation("d-1"))) == []


def test_a_calendar_is_replaced_whole(store: Store) -> None:
    store.house.change(DEED, SaveCalendar(CALENDAR))
    other = Calendar({date(2027, 1, 1): False}, {}, date(2027, 12, 31))
    store.house.change(DEED, SaveCalendar(other))
    assert store.readings.hospital().calendar == other


def test_a_login_belongs_to_one_person(store: Store) -> None:
    store.house.change(DEED, SavePerson(AMY), SavePerson(LEE))
    store.house.change(DEED, SaveAccount(Account("amy", "amy", None)))
    with pytest.raises(StaleWrite):
        store.house.change(DEED, SaveAccount(Account("lee", "amy", None)))
    assert store.door.account("amy") == Account("amy", "amy", None)


def test_accounts_and_keys_are_listed(store: Store) -> None:
    lee = Account("lee", "li", None, demonstration=True)
    store.house.change(DEED, *EVERYTHING, SaveAccount(lee))
    assert list(store.house.accounts()) == [Account("amy", "amy", "$argon2id$secret"), lee]
    assert store.house.account_of("lee") == lee
    assert store.house.account_of("sam") is None
    older = ApiToken(new_id("token"), "b" * 64, "amy", "影像系统", datetime(2025, 1, 1, tzinfo=UTC))
    store.house.change(DEED, SaveToken(older))
    assert [token.name for token in store.house.tokens()] == ["影像系统", "检验系统"]
