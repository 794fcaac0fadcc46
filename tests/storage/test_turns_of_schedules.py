"""What became of a turn of a schedule is kept once for ever; how far one was looked at is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.storage.clerk import MORNING, Blank, opening, write
from workflow.nouns import SYSTEM, Actor, Occurrence, OccurrenceState
from workflow.ports.deciding import DuplicateKey, Watch
from workflow.ports.house import Deed, MarkMissed, Missed
from workflow.ports.reading import OccurrenceQuery
from workflow.ports.store import Store

DEED = Deed(Actor(SYSTEM, SYSTEM), MORNING)
HOUR = timedelta(hours=1)


def turn(n: int = 0, **other: object) -> Occurrence:
    due = MORNING + n * HOUR
    plain = Occurrence(
        "ward-round",
        "rounds",
        "surgery",
        f"2026-03-02T{9 + n:02}:00",
        due,
        OccurrenceState.OPENED,
        due,
    )
    return replace(plain, **other)  # type: ignore[arg-type]


def opened(store: Store, one: Occurrence, number: str = "CF2026-000001") -> Occurrence:
    """The turn, with the case that it opened."""
    change = opening(Blank(number))
    one = replace(one, case=change.case.id, number=number)
    write(store, replace(change, occurrence=one))
    return one


def missed(n: int) -> Occurrence:
    return turn(n, state=OccurrenceState.MISSED, why=("没有人", "nobody"))


def test_a_turn_is_kept_with_the_case_that_it_opens(store: Store) -> None:
    one = opened(store, turn())

    assert list(store.readings.occurrences(OccurrenceQuery())) == [one]


def test_a_turn_opens_one_case_whoever_tries_again(store: Store) -> None:
    first = opened(store, turn())

    with pytest.raises(DuplicateKey):
        opened(store, turn(), "CF2026-000002")
    assert list(store.readings.occurrences(OccurrenceQuery())) == [first]
    assert store.readings.case_file("CF2026-000002") is None


def test_what_was_missed_is_told_in_the_ledger_of_the_house(store: Store) -> None:
    (entry,) = store.house.change(DEED, MarkMissed(Missed((missed(0), missed(1)))))

    assert entry.event == "schedule_missed"
    found = store.readings.occurrences(OccurrenceQuery(state=OccurrenceState.MISSED))
    assert list(found) == [missed(1), missed(0)]


def test_what_was_opened_is_not_missed_and_what_was_missed_is_not_opened(store: Store) -> None:
    one = opened(store, turn(0))
    store.house.change(DEED, MarkMissed(Missed((missed(0), missed(1)))))

    assert not store.house.change(DEED, MarkMissed(Missed((missed(0), missed(1)))))
    assert list(store.readings.occurrences(OccurrenceQuery())) == [missed(1), one]
    with pytest.raises(DuplicateKey):
        opened(store, turn(1), "CF2026-000002")


def test_turns_are_found_by_what_they_belong_to_and_by_time(store: Store) -> None:
    turns = [
        missed(0),
        replace(missed(1), process="emergency-cart"),
        replace(missed(2), schedule="daily"),
        replace(missed(3), subject="icu"),
        replace(missed(4), at=MORNING + 9 * HOUR),
    ]
    store.house.change(DEED, MarkMissed(Missed(tuple(turns))))

    def found(query: OccurrenceQuery) -> list[int]:
        return sorted(turns.index(one) for one in store.readings.occurrences(query))

    assert found(OccurrenceQuery(process="emergency-cart")) == [1]
    assert found(OccurrenceQuery(process="ward-round", schedule="rounds")) == [0, 3, 4]
    assert found(OccurrenceQuery(subject="icu")) == [3]
    assert found(OccurrenceQuery(state=OccurrenceState.OPENED)) == []
    assert found(OccurrenceQuery(due_after=MORNING + 2 * HOUR)) == [3, 4]
    assert found(OccurrenceQuery(noted_after=MORNING + 4 * HOUR)) == [4]
    assert found(OccurrenceQuery(limit=2)) == [3, 4]


def test_how_far_a_schedule_was_looked_at_is_kept_until_it_is_dropped(store: Store) -> None:
    watch = Watch(
        "ward-round", "rounds", MORNING, MORNING, 1, {"round.schedule": ("08:30",), "day": None}
    )
    later = replace(watch, until=MORNING + HOUR, version=2)
    other = replace(watch, process="emergency-cart")
    for one in (watch, other, later):
        with store.begin() as tx:
            tx.keep_watch(one)
            tx.commit()

    assert list(store.readings.watches()) == [other, later]
    with store.begin() as tx:
        tx.drop_watch("emergency-cart", "rounds")
        tx.commit()
    assert list(store.readings.watches()) == [later]
