"""An auditor finds every line by what it tells, the newest first, and takes all of them away."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.storage.clerk import MORNING, Blank, Move, act, submitted
from workflow.nouns import Actor
from workflow.people.organisation import Person, Post
from workflow.ports.house import Deed, SavePerson
from workflow.ports.reading import MANY, AuditQuery
from workflow.ports.store import Store

HOUR = timedelta(hours=1)


def a_busy_day(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    act(
        store,
        "CA-1",
        Move(refused="not_permitted", by="sam", role=None, department=None, at=MORNING + HOUR),
    )
    act(store, "CA-1", Move(by="meng", acting_for="lee", at=MORNING + 2 * HOUR))
    submitted(
        store,
        Blank("PO-1", "purchase-order", department="surgery", at=MORNING + 3 * HOUR),
    )
    deed = Deed(Actor("wu", "吴"), MORNING + 4 * HOUR, "年度检查")
    store.house.record(deed, "audit_exported", {"lines": 4})


def found(store: Store, query: AuditQuery) -> list[tuple[str, str]]:
    rows = store.readings.audit(query).rows
    return [(row.case_number, row.entry.event) for row in rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (
            AuditQuery(),
            [
                ("", "audit_exported"),
                ("PO-1", "submit"),
                ("PO-1", "start"),
                ("CA-1", "dept_sign"),
                ("CA-1", "refused"),
                ("CA-1", "submit"),
                ("CA-1", "start"),
            ],
        ),
        (AuditQuery(case_number="PO-1"), [("PO-1", "submit"), ("PO-1", "start")]),
        (AuditQuery(case_number="PO-9"), []),
        (AuditQuery(person="meng"), [("CA-1", "dept_sign")]),
        (AuditQuery(person="lee"), [("CA-1", "dept_sign")]),
        (AuditQuery(role="dept_head"), [("CA-1", "dept_sign")]),
        (AuditQuery(department="surgery"), [("PO-1", "start")]),
        (AuditQuery(process="purchase-order"), [("PO-1", "submit"), ("PO-1", "start")]),
        (AuditQuery(event="audit_exported"), [("", "audit_exported")]),
        (AuditQuery(refused_only=True), [("CA-1", "refused")]),
        (
            AuditQuery(since=MORNING + HOUR, until=MORNING + 3 * HOUR),
            [("CA-1", "dept_sign"), ("CA-1", "refused")],
        ),
        (AuditQuery(event="submit", process="purchase-order"), [("PO-1", "submit")]),
        (AuditQuery(limit=2, offset=3), [("CA-1", "dept_sign"), ("CA-1", "refused")]),
    ],
)
def test_lines_are_found_by_what_they_tell(
    store: Store, query: AuditQuery, expected: list[tuple[str, str]]
) -> None:
    a_busy_day(store)
    assert found(store, query) == expected


def test_what_was_done_from_no_post_is_found_by_who_did_it(store: Store) -> None:
    """What was refused names no post, and neither does what applicants do with their own cases."""
    nurse = Person("sam", "山姆", "ortho", (Post("ward_nurse", "ortho"),))
    asks = Person("amy", "艾米", "surgery", (Post("clinician", "surgery"),))
    store.house.change(Deed(Actor("root", "管理员"), MORNING), *map(SavePerson, (nurse, asks)))
    a_busy_day(store)
    taken_back = Move(event="withdraw", by="amy", role=None, department=None, at=MORNING + 5 * HOUR)
    act(store, "PO-1", taken_back)
    refused, withdrawn = [("CA-1", "refused")], [("PO-1", "withdraw")]
    assert found(store, AuditQuery(department="ortho", refused_only=True)) == refused
    assert found(store, AuditQuery(role="ward_nurse", refused_only=True)) == refused
    assert found(store, AuditQuery(role="ward_nurse")) == refused
    assert refused[0] in found(store, AuditQuery(department="ortho", case_number="CA-1"))
    assert found(store, AuditQuery(role="dept_head", refused_only=True)) == []
    assert found(store, AuditQuery(department="surgery", event="withdraw")) == withdrawn
    assert found(store, AuditQuery(role="clinician", event="withdraw")) == withdrawn
    assert found(store, AuditQuery(department="ortho", event="withdraw")) == []


def test_lines_of_some_cases_are_left_out(store: Store) -> None:
    a_busy_day(store)
    ids = {one.case_number: one.entry.case for one in store.readings.audit(AuditQuery()).rows}
    query = AuditQuery(without=(ids["CA-1"], "nothing"))
    left = [("", "audit_exported"), ("PO-1", "submit"), ("PO-1", "start")]
    assert found(store, query) == left
    assert store.readings.audit(replace(query, limit=1)).total == 3
    assert [row.case_number for row in store.readings.audit_lines(query)] == ["", "PO-1", "PO-1"]


def test_a_found_line_is_the_line_itself_with_the_name_of_its_case(store: Store) -> None:
    case = submitted(store, Blank("CA-1"))
    rows = store.readings.audit(AuditQuery()).rows
    assert [row.entry for row in rows][::-1] == list(store.readings.entries(case.id))
    assert {(row.case_number, row.case_title) for row in rows} == {("CA-1", "一次性注射器")}


def test_an_export_takes_every_line(store: Store) -> None:
    for number in range(MANY):
        submitted(store, Blank(f"CA-{number}"))
    assert len(list(store.readings.audit_lines(AuditQuery(limit=5, offset=2)))) == 2 * MANY
    shown = store.readings.audit(AuditQuery(limit=None, event="start"))
    exported = store.readings.audit_lines(AuditQuery(event="start"))
    assert tuple(exported) == shown.rows


def test_an_export_that_is_broken_off_holds_nobody_up(store: Store) -> None:
    a_busy_day(store)
    lines = store.readings.audit_lines(AuditQuery())
    next(lines)
    lines.close()  # type: ignore[attr-defined]
    submitted(store, Blank("CA-2"))
    assert found(store, replace(AuditQuery(), limit=1)) == [("", "audit_exported")]


def test_of_each_event_in_the_cases_of_a_process_the_last_line_is_known(store: Store) -> None:
    a_busy_day(store)
    submitted(store, Blank("CA-2", at=MORNING + 5 * HOUR))
    act(store, "CA-2", Move(refused="not_permitted", by="sam", role=None, at=MORNING + 6 * HOUR))

    found = store.readings.latest_lines()

    assert [(one.process, one.event, one.case_number, one.seq) for one in found] == [
        ("consumable-approval", "dept_sign", "CA-1", 4),
        ("consumable-approval", "refused", "CA-2", 3),
        ("consumable-approval", "start", "CA-2", 1),
        ("consumable-approval", "submit", "CA-2", 2),
        ("purchase-order", "start", "PO-1", 1),
        ("purchase-order", "submit", "PO-1", 2),
    ]
    assert found[1].at == MORNING + 6 * HOUR
