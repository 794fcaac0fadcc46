"""Clocks that have run out come to the worker once, and news to whom it was sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.storage.clerk import (
    AMY,
    DR_LEE,
    FANG,
    MORNING,
    Blank,
    Move,
    act,
    new_id,
    open_case,
    opening,
    submitted,
    write,
)
from workflow.nouns import Deadline, DeadlineState
from workflow.ports import Store

HOUR = timedelta(hours=1)


def clock(hours: int, state: DeadlineState = DeadlineState.RUNNING) -> Deadline:
    return Deadline(new_id("clock"), "", "limit", MORNING, MORNING + hours * HOUR, state)


def test_clocks_that_have_run_out_come_earliest_first(store: Store) -> None:
    change = opening(Blank("CA-1", deadlines=(clock(3), clock(1), clock(2), clock(9))))
    write(store, change)
    three, one, two, _ = change.deadlines
    with store.begin() as tx:
        assert list(tx.due(MORNING + 3 * HOUR, 10)) == [one, two, three]
        assert list(tx.due(MORNING + 3 * HOUR, 2)) == [one, two]
        assert list(tx.due(MORNING, 10)) == []
        assert tx.next_due() == MORNING + HOUR


def test_only_a_running_clock_fires(store: Store) -> None:
    still = (DeadlineState.PAUSED, DeadlineState.FIRED, DeadlineState.STOPPED)
    open_case(store, Blank("CA-1", deadlines=tuple(clock(1, state) for state in still)))
    with store.begin() as tx:
        assert list(tx.due(MORNING + 9 * HOUR, 10)) == []
        assert tx.next_due() is None


def test_a_clock_that_changes_stays_the_same_clock(store: Store) -> None:
    change = opening(Blank("CA-1", deadlines=(clock(1), clock(2))))
    write(store, change)
    first, second = change.deadlines
    paused = replace(first, state=DeadlineState.PAUSED, paused_at=MORNING, provisional=True)
    act(store, "CA-1", Move(deadlines=(paused,)))
    file = store.readings.case_file("CA-1")
    assert file is not None
    assert file.deadlines == (paused, second)


def test_notices_come_newest_first_to_whom_they_were_sent(store: Store) -> None:
    case = submitted(store, Blank("CA-1"))
    first = act(store, "CA-1", Move(tells=(AMY, FANG), at=MORNING + HOUR)).notices
    second = act(
        store, "CA-1", Move(event="pay", tells=(DR_LEE, AMY), at=MORNING + 2 * HOUR)
    ).notices
    assert list(store.readings.notices("amy", (), 9)) == [second[1], first[0]]
    assert list(store.readings.notices("amy", (), 1)) == [second[1]]
    posts = ("r:dept_head", DR_LEE.key, FANG.key)
    assert list(store.readings.notices("lee", posts, 9)) == [second[0], first[1]]
    assert list(store.readings.notices("sam", ("r:nobody",), 9)) == []
    assert {notice.case for notice in first} == {case.id}


def test_reading_notices_reaches_up_to_a_moment(store: Store) -> None:
    assert store.desk.notices_read_until("amy") is None
    store.desk.read_notices("amy", MORNING)
    store.desk.read_notices("amy", MORNING + HOUR)
    assert store.desk.notices_read_until("amy") == MORNING + HOUR
    assert store.desk.notices_read_until("lee") is None
