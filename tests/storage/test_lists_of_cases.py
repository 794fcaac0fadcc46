"""Lists of cases: one's own, those one decided, those that match."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.storage.clerk import (
    MORNING,
    SUBMIT,
    Blank,
    Move,
    act,
    open_case,
    opening,
    submitted,
    write,
)
from workflow.ports.reading import MANY, CaseQuery
from workflow.ports.store import Store

HOUR = timedelta(hours=1)
DRAFTS = (("consumable-approval", "draft"), ("purchase-order", "draft"))


def numbers(store: Store, query: CaseQuery) -> list[str]:
    return [row.case.number for row in store.readings.cases(query).rows]


def four_cases(store: Store) -> None:
    open_case(store, Blank("CA-1"))
    submitted(store, Blank("CA-2", at=MORNING + HOUR, title="骨科用针"))
    submitted(store, Blank("PO-1", "purchase-order", at=MORNING + 2 * HOUR, department="surgery"))
    submitted(store, Blank("PO-2", "purchase-order", applicant="ann", at=MORNING + 3 * HOUR))
    act(store, "PO-2", Move(event="dept_reject", to="rejected", ends=True, at=MORNING + 4 * HOUR))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (CaseQuery(), ["PO-2", "PO-1", "CA-2", "CA-1"]),
        (CaseQuery(applicant="amy"), ["PO-1", "CA-2", "CA-1"]),
        (CaseQuery(applicant="sam"), []),
        (CaseQuery(process="purchase-order"), ["PO-2", "PO-1"]),
        (CaseQuery(department="surgery"), ["PO-1"]),
        (CaseQuery(states=("draft", "rejected")), ["PO-2", "CA-1"]),
        (CaseQuery(open_only=True), ["PO-1", "CA-2", "CA-1"]),
        (CaseQuery(text="用针"), ["CA-2"]),
        (CaseQuery(text="po-"), ["PO-2", "PO-1"]),
        (CaseQuery(entry_states=DRAFTS), ["CA-1"]),
        (CaseQuery(entry_states=DRAFTS, without_entry_states=True), ["PO-2", "PO-1", "CA-2"]),
        (CaseQuery(entry_states=(("purchase-order", "draft"),)), []),
        (CaseQuery(applicant="amy", process="purchase-order", text="注射"), ["PO-1"]),
    ],
)
def test_cases_are_found_by_what_is_known_of_them(
    store: Store, query: CaseQuery, expected: list[str]
) -> None:
    four_cases(store)
    page = store.readings.cases(query)
    assert [row.case.number for row in page.rows] == expected
    assert (page.total, page.capped) == (len(expected), False)


def test_a_list_tells_when_something_last_happened(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    act(store, "CA-1", Move(at=MORNING + HOUR))
    act(store, "CA-1", Move(at=MORNING + 2 * HOUR, refused="not_permitted", by="sam"))
    (row,) = store.readings.cases(CaseQuery()).rows
    assert (row.at, row.event) == (MORNING + HOUR, None)


def test_what_somebody_decided_is_listed_by_their_last_decision(store: Store) -> None:
    for number in ("CA-1", "CA-2", "CA-3", "CA-4"):
        submitted(store, Blank(number))
    act(store, "CA-1", Move(at=MORNING + HOUR))
    act(store, "CA-2", Move(at=MORNING + 2 * HOUR))
    again = Move(event="dept_withdraw", to="dept_review", at=MORNING + 3 * HOUR)
    act(store, "CA-1", again)
    act(store, "CA-3", Move(at=MORNING + 4 * HOUR, refused="condition_not_met"))
    act(store, "CA-1", Move(by="fang", at=MORNING + 5 * HOUR))
    rows = store.readings.cases(CaseQuery(decided_by="lee")).rows
    assert [(row.case.number, row.event, row.at) for row in rows] == [
        ("CA-1", "dept_withdraw", MORNING + 3 * HOUR),
        ("CA-2", "dept_sign", MORNING + 2 * HOUR),
    ]
    assert numbers(store, CaseQuery(decided_by="lee", states=("finance_review",))) == [
        "CA-1",
        "CA-2",
    ]
    assert numbers(store, CaseQuery(decided_by="sam")) == []


def test_pages_of_cases_follow_each_other(store: Store) -> None:
    write(store, *(opening(Blank(f"CA-{n}")) for n in range(5)))
    pages = [CaseQuery(limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [numbers(store, page) for page in pages] == [
        ["CA-4", "CA-3"],
        ["CA-2", "CA-1"],
        ["CA-0"],
    ]
    assert {store.readings.cases(page).total for page in pages} == {5}


def test_a_long_list_says_only_that_it_is_long(store: Store) -> None:
    write(store, *(opening(Blank(f"CA-{n:03d}")) for n in range(MANY + 1)))
    page = store.readings.cases(CaseQuery(limit=1))
    assert (len(page.rows), page.total, page.capped) == (1, MANY, True)
    exact = store.readings.cases(CaseQuery(limit=1, text="CA-00"))
    assert (exact.total, exact.capped) == (10, False)


def test_drafts_are_counted_without_being_read(store: Store) -> None:
    four_cases(store)
    submitted(store, Blank("CA-9"), replace(SUBMIT, to="draft"))
    page = store.readings.cases(CaseQuery(applicant="amy", entry_states=DRAFTS, limit=1))
    assert (len(page.rows), page.total) == (1, 2)
