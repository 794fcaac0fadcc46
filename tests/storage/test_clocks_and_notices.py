"""Clocks that have run out come to the worker once, and news to whom it was sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

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
from workflow.ports.deciding import Claim
from workflow.ports.store import Store

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)


def clock(hours: int, state: DeadlineState = DeadlineState.RUNNING) -> Deadline:
    return Deadline(new_id("clock"), "", "limit", MORNING, MORNING + hours * HOUR, state)


def claims(store: Store, worker: str, now: datetime, limit: int = 10) -> list[Claim]:
    with store.begin() as tx:
        found = list(tx.claim(now, worker, now + MINUTE, limit))
        tx.commit()
    return found


def claimed(store: Store, worker: str, now: datetime, limit: int = 10) -> list[Deadline]:
    return [claim.deadline for claim in claims(store, worker, now, limit)]


def test_clocks_that_have_run_out_come_earliest_first(store: Store) -> None:
    change = opening(Blank("CA-1", deadlines=(clock(3), clock(1), clock(2), clock(9))))
    write(store, change)
    three, one, two, _ = change.deadlines
    assert claimed(store, "ann", MORNING) == []
    assert claimed(store, "ann", MORNING + 3 * HOUR, limit=2) == [one, two]
    assert claimed(store, "ben", MORNING + 3 * HOUR) == [three]
    with store.begin() as tx:
        assert tx.next_due() == MORNING + HOUR


def test_clocks_of_one_process_are_taken_apart(store: Store) -> None:
    ours, theirs = (
        opening(Blank("CA-1", deadlines=(clock(1), clock(2)))),
        opening(Blank("CA-2", deadlines=(clock(1),))),
    )
    other = replace(theirs, case=replace(theirs.case, process="other"))
    write(store, ours)
    write(store, other)
    late = MORNING + 3 * HOUR
    with store.begin() as tx:
        found = list(tx.claim(late, "ann", late + MINUTE, 10, "other"))
        assert [one.deadline for one in found] == list(other.deadlines)
        assert list(tx.claim(late, "ben", late + MINUTE, 10, "nobody's")) == []
        tx.commit()
    assert claimed(store, "ben", late) == list(ours.deadlines)


def test_a_reminder_comes_before_the_end_and_after_it(store: Store) -> None:
    early = replace(clock(2), rung_at=MORNING + HOUR)
    late = replace(clock(1, DeadlineState.FIRED), rung_at=MORNING + 3 * HOUR)
    change = opening(Blank("CA-1", deadlines=(early, late)))
    write(store, change)
    early, late = change.deadlines
    assert claimed(store, "ann", MORNING + HOUR - TICK) == []
    assert claimed(store, "ann", MORNING + HOUR) == [early]
    # Nothing came of it, so it is taken again with the other.
    assert claimed(store, "ann", MORNING + 3 * HOUR) == [early, late]


def test_nobody_takes_what_another_worker_has_until_its_lease_runs_out(store: Store) -> None:
    open_case(store, Blank("CA-1", deadlines=(clock(1),)))
    now = MORNING + HOUR
    assert len(claimed(store, "ann", now)) == 1
    assert claimed(store, "ben", now + MINUTE - TICK) == []
    assert len(claimed(store, "ben", now + MINUTE)) == 1


def test_a_worker_that_slept_past_its_lease_holds_nothing(store: Store) -> None:
    open_case(store, Blank("CA-1", deadlines=(clock(1),)))
    now = MORNING + HOUR
    first, second = claims(store, "ann", now), claims(store, "ann", now + MINUTE)
    with store.begin() as tx:
        assert not tx.hold(first[0])
        tx.put_off(first[0], None)
        assert tx.hold(second[0])
        tx.commit()
    with store.begin() as tx:
        assert not tx.hold(second[0])


def test_what_was_not_kept_was_not_let_go_of(store: Store) -> None:
    open_case(store, Blank("CA-1", deadlines=(clock(1),)))
    (claim,) = claims(store, "ann", MORNING + HOUR)
    with store.begin() as tx:
        assert tx.hold(claim)
    with store.begin() as tx:
        assert tx.hold(claim)


def test_a_clock_can_be_put_off_and_counts_its_attempts(store: Store) -> None:
    open_case(store, Blank("CA-1", deadlines=(clock(1),)))
    now = MORNING + HOUR
    for attempt in (1, 2):
        (claim,) = claims(store, "ann", now)
        assert claim.attempts == attempt
        with store.begin() as tx:
            tx.put_off(claim, None)
            tx.commit()
    (claim,) = claims(store, "ann", now)
    with store.begin() as tx:
        tx.put_off(claim, now + 5 * MINUTE)
        tx.commit()
    assert claims(store, "ben", now + 4 * MINUTE) == []
    (claim,) = claims(store, "ben", now + 5 * MINUTE)
    assert claim.attempts == 4


def test_a_lease_from_a_clock_that_jumped_back_holds_nobody_up(store: Store) -> None:
    open_case(store, Blank("CA-1", deadlines=(clock(1),)))
    tomorrow = MORNING + 24 * HOUR
    assert len(claimed(store, "ann", tomorrow)) == 1
    assert len(claimed(store, "ben", tomorrow - 2 * HOUR)) == 1


def test_only_a_running_clock_fires(store: Store) -> None:
    still = (DeadlineState.PAUSED, DeadlineState.FIRED, DeadlineState.STOPPED)
    open_case(store, Blank("CA-1", deadlines=tuple(clock(1, state) for state in still)))
    assert claimed(store, "ann", MORNING + 9 * HOUR) == []
    with store.begin() as tx:
        assert tx.next_due() is None


def test_a_clock_that_changes_stays_the_same_clock(store: Store) -> None:
    change = opening(Blank("CA-1", deadlines=(clock(1), clock(2))))
    write(store, change)
    first, second = change.deadlines
    paused = replace(
        first,
        state=DeadlineState.PAUSED,
        paused_at=MORNING,
        provisional=True,
        stood=((MORNING - HOUR, MORNING),),
        rungs=(0, 2),
        rung_at=MORNING + HOUR,
    )
    act(store, "CA-1", Move(deadlines=(paused,)))
    file = store.readings.case_file("CA-1")
    assert file is not None
    assert file.deadlines == (paused, second)


def test_a_store_says_what_time_it_is(store: Store) -> None:
    here = datetime.now(UTC)
    assert here - 5 * MINUTE < store.now(here) < here + 5 * MINUTE
    assert store.now(here).utcoffset() == timedelta()


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
