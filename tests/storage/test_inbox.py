"""What waits for somebody: in the order of urgency, without what they may not decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.storage.clerk import (
    AMY,
    DR_LEE,
    FANG,
    MORNING,
    SUBMIT,
    Blank,
    Move,
    act,
    open_case,
    submitted,
)
from workflow.nouns import Actor, Address
from workflow.people.organisation import Person
from workflow.ports.house import Deed, SavePerson
from workflow.ports.reading import MANY, InboxQuery
from workflow.ports.store import Store

DAY = timedelta(days=1)
LEES = InboxQuery("lee", (f"p:{'lee'}", "r:dept_head", DR_LEE.key))
FANGS = InboxQuery("fang", ("p:fang", FANG.key))


def numbers(store: Store, query: InboxQuery) -> list[str]:
    return [row.case.number for row in store.readings.inbox(query).rows]


def test_a_person_sees_what_waits_for_them_and_for_their_posts(store: Store) -> None:
    open_case(store, Blank("CA-1"))
    submitted(store, Blank("CA-2"))
    submitted(store, Blank("CA-3"), replace(SUBMIT, asks=(Address(person="lee"),)))
    submitted(store, Blank("CA-4"), replace(SUBMIT, asks=(Address(role="dept_head"),)))
    submitted(store, Blank("CA-5"), replace(SUBMIT, asks=(FANG,)))
    assert numbers(store, LEES) == ["CA-2", "CA-3", "CA-4"]
    assert numbers(store, InboxQuery("amy", (AMY.key,))) == ["CA-1"]


def test_who_holds_nothing_sees_nothing(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    for addresses in ((), ("p:sam",), ("p:sam", "r:dept_head@surgery")):
        page = store.readings.inbox(InboxQuery("sam", addresses))
        assert (page.rows, page.total) == ((), 0)
        assert store.readings.inbox_counts(InboxQuery("sam", addresses)) == {}


def test_what_was_done_is_gone(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    act(store, "CA-1", Move())
    assert numbers(store, LEES) == []
    assert numbers(store, FANGS) == ["CA-1"]


def test_what_has_to_wait_for_somebody_else_is_in_nobodys_inbox_until_its_turn(
    store: Store,
) -> None:
    submitted(store, Blank("CA-1"))
    for held in (True, False):
        file = store.readings.case_file("CA-1")
        assert file is not None
        task = file.tasks[-1]
        changed = replace(task, handling=replace(task.handling, held=held))
        act(store, "CA-1", Move(event="timer", to="dept_review", asks=(), changed=(changed,)))
        assert numbers(store, LEES) == ([] if held else ["CA-1"])
        assert sum(store.readings.inbox_counts(LEES).values()) == (0 if held else 1)


def test_what_waits_for_one_person_who_is_kept_from_it_is_found(store: Store) -> None:
    lee = replace(SUBMIT, asks=(Address(person="lee"),))
    submitted(store, Blank("CA-1"), replace(lee, excluded=("amy", "lee")))
    submitted(store, Blank("CA-2"), replace(lee, excluded=("LEE", "lee2")))
    submitted(store, Blank("CA-3"), replace(SUBMIT, excluded=("lee",)))
    submitted(store, Blank("CA-4"), replace(lee, excluded=("lee",)))

    found = store.readings.barred(10)

    assert [row.case.number for row in found] == ["CA-1", "CA-4"]
    assert [row.task.address for row in found] == [Address(person="lee")] * 2
    assert len(store.readings.barred(1)) == 1
    assert numbers(store, LEES) == ["CA-2"]


def test_a_row_shows_the_task_and_its_case(store: Store) -> None:
    case = submitted(store, Blank("CA-1"))
    (row,) = store.readings.inbox(LEES).rows
    assert row.case == case
    assert (row.task.step, row.task.address, row.task.is_open) == ("dept_review", DR_LEE, True)


def test_overdue_comes_first_then_the_nearest_date_then_the_longest_wait(store: Store) -> None:
    later = MORNING + timedelta(hours=1)
    for number, at, due in (
        ("NO-DATE-LATE", later, None),
        ("NO-DATE-EARLY", MORNING, None),
        ("SOON", later, MORNING + DAY),
        ("LATER", MORNING, MORNING + 3 * DAY),
        ("OVERDUE", later, MORNING + 2 * DAY),
    ):
        submitted(store, Blank(number, at=at), replace(SUBMIT, due_at=due))
    overdue = store.readings.case_file("OVERDUE")
    assert overdue is not None
    late = replace(overdue.tasks[-1], overdue=True)
    act(store, "OVERDUE", Move(event="timer", to="dept_review", asks=(), changed=(late,)))
    assert numbers(store, LEES) == ["OVERDUE", "SOON", "LATER", "NO-DATE-EARLY", "NO-DATE-LATE"]
    assert numbers(store, replace(LEES, overdue_only=True)) == ["OVERDUE"]
    assert numbers(store, replace(LEES, due_before=MORNING + 2 * DAY)) == ["SOON"]


def test_tasks_of_one_moment_keep_the_order_of_writing(store: Store) -> None:
    for number in ("CA-3", "CA-1", "CA-2"):
        submitted(store, Blank(number))
    assert numbers(store, LEES) == ["CA-3", "CA-1", "CA-2"]


def test_a_person_who_may_not_decide_is_not_asked(store: Store) -> None:
    submitted(store, Blank("CA-1"), replace(SUBMIT, excluded=("amy", "lee")))
    submitted(store, Blank("CA-2"), replace(SUBMIT, excluded=("lee2", "LEE")))
    assert numbers(store, LEES) == ["CA-2"]
    assert numbers(store, replace(LEES, person="lee2")) == ["CA-1"]
    assert store.readings.inbox_counts(LEES) == {("consumable-approval", "dept_review"): 1}
    assert store.readings.inbox(LEES).total == 1


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        (replace(LEES, process="consumable-approval"), ["CA-1", "CA-2"]),
        (replace(LEES, process="consumable"), []),
        (replace(LEES, step="dept_review"), ["CA-1", "CA-2", "PO-1"]),
        (replace(LEES, process="purchase-order", step="dept_review"), ["PO-1"]),
        (replace(LEES, process="purchase-order", step="finance_review"), []),
        (replace(LEES, department="surgery"), ["CA-2"]),
        (replace(LEES, text="骨钉"), ["PO-1"]),
        (replace(LEES, text="ca-"), ["CA-1", "CA-2"]),
        (replace(LEES, text="艾米"), ["CA-1", "PO-1"]),
        (replace(LEES, text="100%_"), ["CA-2"]),
        (replace(LEES, text="_"), ["CA-2"]),
        (replace(LEES, text="\\"), []),
        (replace(LEES, text="骨钉", process="consumable-approval"), []),
    ],
)
def test_an_inbox_can_be_narrowed(store: Store, narrowed: InboxQuery, expected: list[str]) -> None:
    deed = Deed(Actor("root", "管理员"), MORNING)
    store.house.change(deed, SavePerson(Person("amy", "艾米", "ortho")))
    submitted(store, Blank("CA-1"))
    submitted(store, Blank("CA-2", applicant="ann", department="surgery", title="酒精100%_消毒"))
    submitted(store, Blank("PO-1", process="purchase-order", title="骨钉"))
    page = store.readings.inbox(narrowed)
    assert [row.case.number for row in page.rows] == expected
    assert page.total == len(expected)


def test_pages_follow_each_other(store: Store) -> None:
    for number in range(5):
        submitted(store, Blank(f"CA-{number}"))
    pages = [replace(LEES, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [numbers(store, page) for page in pages] == [
        ["CA-0", "CA-1"],
        ["CA-2", "CA-3"],
        ["CA-4"],
        [],
    ]
    assert [store.readings.inbox(page).total for page in pages] == [5, 5, 5, 5]


def test_what_was_counted_already_is_not_counted_again(store: Store) -> None:
    for number in range(3):
        submitted(store, Blank(f"CA-{number}"))
    some = replace(LEES, limit=2)
    for known, total in ((3, 3), (1, 2), (MANY, MANY), (MANY + 1, MANY)):
        page = store.readings.inbox(some, known)
        assert page.rows == store.readings.inbox(some).rows
        assert (page.total, page.capped) == (total, known > MANY)


def test_counts_stop_where_people_stop_reading_them(store: Store) -> None:
    heads = tuple(Address(role="dept_head", department=f"dept-{n}") for n in range(MANY + 2))
    submitted(store, Blank("CA-1"), replace(SUBMIT, asks=heads))
    everything = InboxQuery("wu", tuple(head.key for head in heads), limit=3)
    page = store.readings.inbox(everything)
    assert (len(page.rows), page.total, page.capped) == (3, MANY, True)
    work = ("consumable-approval", "dept_review")
    assert store.readings.inbox_counts(everything) == {work: MANY + 1}


def test_counts_tell_what_waits_by_process_and_step(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    submitted(store, Blank("CA-2"))
    submitted(store, Blank("CA-3"), replace(SUBMIT, asks=(Address(role="dept_head"),)))
    submitted(store, Blank("PO-1", process="purchase-order"))
    submitted(store, Blank("PO-2", process="purchase-order"), replace(SUBMIT, asks=(FANG,)))
    open_case(store, Blank("CA-4", applicant="lee"))
    assert store.readings.inbox_counts(replace(LEES, step="draft", text="nothing")) == {
        ("consumable-approval", "dept_review"): 3,
        ("purchase-order", "dept_review"): 1,
        ("consumable-approval", "draft"): 1,
    }
