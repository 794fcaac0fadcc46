"""Messages on their way out of the house: none is lost, each has one holder, the dead can be woken.

Dr Lee heads orthopaedics and reads mail; two workers carry it.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

from tests.storage.clerk import AMY, DR_LEE, MORNING, Blank, Move, act, new_id, submitted
from workflow.nouns import Address, Notice, Topic
from workflow.ports.outbox import Delivery
from workflow.ports.store import Store

MINUTE = timedelta(minutes=1)


def told(store: Store, number: str = "CA-1") -> Notice:
    """The notice of a decision that tells Amy."""
    submitted(store, Blank(number))
    (notice,) = act(store, number, Move(tells=(AMY,))).notices
    return notice


def to_amy(notice: Notice, channel: str = "mail", bundle: str = "") -> Delivery:
    key = f"{notice.id}:amy:{channel}"
    return Delivery(
        key=key,
        notice=notice.id,
        case=notice.case,
        person="amy",
        channel=channel,
        kind=notice.kind,
        topic=notice.topic,
        at=notice.at,
        bundle=bundle or key,
        due_at=MORNING,
    )


def test_a_notice_is_fresh_until_it_is_handed_on(store: Store) -> None:
    notice = told(store)
    assert list(store.outbox.fresh(9)) == [notice]
    store.outbox.hand_on([notice], [])
    assert list(store.outbox.fresh(9)) == []


def test_the_oldest_are_handed_on_first(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    submitted(store, Blank("CA-2"))
    late = act(store, "CA-1", Move(tells=(AMY,), at=MORNING + MINUTE)).notices
    early = act(store, "CA-2", Move(tells=(AMY,), at=MORNING)).notices
    assert [notice.id for notice in store.outbox.fresh(1)] == [early[0].id]
    assert [notice.id for notice in store.outbox.fresh(9)] == [early[0].id, late[0].id]


def test_handing_on_twice_makes_one_delivery(store: Store) -> None:
    notice = told(store)
    store.outbox.hand_on([notice], [to_amy(notice)])
    store.outbox.hand_on([notice], [replace(to_amy(notice), due_at=MORNING + MINUTE)])
    (claimed,) = store.outbox.claim("mail", MORNING, MORNING + MINUTE, "one", 9)
    assert claimed == replace(to_amy(notice), attempts=1)


def test_a_copy_for_one_more_person_is_made_once_and_goes_the_same_way(store: Store) -> None:
    notice = told(store)
    copy = replace(notice, id=f"{notice.id}/bo", to=Address(person="bo"))
    store.outbox.hand_on([notice], [], [copy])
    assert list(store.outbox.fresh(9)) == [copy]
    store.outbox.hand_on([copy], [])
    store.outbox.hand_on([notice], [], [copy])
    assert list(store.outbox.fresh(9)) == []


def test_what_one_worker_holds_no_other_gets_until_the_lease_ends(store: Store) -> None:
    notice = told(store)
    store.outbox.hand_on([notice], [to_amy(notice)])
    (first,) = store.outbox.claim("mail", MORNING, MORNING + MINUTE, "one", 9)
    assert list(store.outbox.claim("mail", MORNING, MORNING + MINUTE, "two", 9)) == []
    (second,) = store.outbox.claim("mail", MORNING + MINUTE, MORNING + 2 * MINUTE, "two", 9)
    assert (first.attempts, second.attempts) == (1, 2)


def test_workers_at_once_share_what_is_due(store: Store) -> None:
    """On a database server they really run side by side."""
    notice = told(store)
    due = [replace(to_amy(notice), key=f"k{n}", bundle=f"k{n}") for n in range(40)]
    store.outbox.hand_on([notice], due)
    claimed: list[str] = []

    def work(name: str) -> None:
        while found := store.outbox.claim("mail", MORNING, MORNING + MINUTE, name, 3):
            claimed.extend(each.key for each in found)
            assert store.outbox.sent(found, name, MORNING) == len(found)

    workers = [threading.Thread(target=work, args=(name,)) for name in ("one", "two", "three")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(claimed) == sorted(each.key for each in due)


def test_a_lease_from_a_clock_that_jumped_back_holds_nobody_up(store: Store) -> None:
    notice = told(store)
    store.outbox.hand_on([notice], [to_amy(notice)])
    store.outbox.claim("mail", MORNING + 90 * MINUTE, MORNING + 91 * MINUTE, "one", 9)
    assert len(store.outbox.claim("mail", MORNING, MORNING + MINUTE, "two", 9)) == 1


def test_a_worker_that_slept_too_long_reports_nothing(store: Store) -> None:
    notice = told(store)
    store.outbox.hand_on([notice], [to_amy(notice)])
    slow = store.outbox.claim("mail", MORNING, MORNING + MINUTE, "one", 9)
    quick = store.outbox.claim("mail", MORNING + MINUTE, MORNING + 2 * MINUTE, "two", 9)
    assert store.outbox.put_off(slow, "one", MORNING + 9 * MINUTE, "away") == 0
    assert store.outbox.give_up(slow, "one", MORNING, "away", None) == 0
    assert store.outbox.sent(slow, "one", MORNING) == 0
    assert store.outbox.sent(quick, "two", MORNING + MINUTE) == 1
    assert (
        list(store.outbox.claim("mail", MORNING + 9 * MINUTE, MORNING + 10 * MINUTE, "one", 9))
        == []
    )


def test_the_same_worker_may_not_report_an_earlier_try(store: Store) -> None:
    notice = told(store)
    store.outbox.hand_on([notice], [to_amy(notice)])
    earlier = store.outbox.claim("mail", MORNING, MORNING + MINUTE, "one", 9)
    store.outbox.claim("mail", MORNING + MINUTE, MORNING + 2 * MINUTE, "one", 9)
    assert store.outbox.sent(earlier, "one", MORNING + MINUTE) == 0


def test_a_channel_is_claimed_by_itself(store: Store) -> None:
    notice = told(store)
    store.outbox.hand_on([notice], [to_amy(notice), to_amy(notice, "wecom")])
    (claimed,) = store.outbox.claim("wecom", MORNING, MORNING + MINUTE, "one", 9)
    assert claimed.channel == "wecom"


def test_nothing_is_claimed_before_it_is_due(store: Store) -> None:
    notice = told(store)
    store.outbox.hand_on([notice], [replace(to_amy(notice), due_at=MORNING + MINUTE)])
    assert list(store.outbox.claim("mail", MORNING, MORNING + MINUTE, "one", 9)) == []
    assert len(store.outbox.claim("mail", MORNING + MINUTE, MORNING + 2 * MINUTE, "one", 9)) == 1


def test_what_was_put_off_comes_back_with_its_trouble(store: Store) -> None:
    notice = told(store)
    store.outbox.hand_on([notice], [to_amy(notice)])
    held = store.outbox.claim("mail", MORNING, MORNING + MINUTE, "one", 9)
    assert store.outbox.put_off(held, "one", MORNING + 5 * MINUTE, "away") == 1
    assert list(store.outbox.claim("mail", MORNING + MINUTE, MORNING + 2 * MINUTE, "one", 9)) == []
    (again,) = store.outbox.claim("mail", MORNING + 5 * MINUTE, MORNING + 6 * MINUTE, "one", 9)
    assert (again.attempts, again.trouble) == (2, "away")


def test_a_bundle_is_claimed_whole_and_counts_as_one(store: Store) -> None:
    one, two, alone = (told(store, f"CA-{n}") for n in (1, 2, 3))
    store.outbox.hand_on(
        [one, two, alone],
        [to_amy(one, bundle="digest"), to_amy(two, bundle="digest"), to_amy(alone, bundle="z")],
    )
    first = store.outbox.claim("mail", MORNING, MORNING + MINUTE, "one", 1)
    assert {each.notice for each in first} == {one.id, two.id}
    second = store.outbox.claim("mail", MORNING, MORNING + MINUTE, "two", 1)
    assert [each.notice for each in second] == [alone.id]


def test_what_is_given_up_raises_its_alarm_and_can_be_tried_again(store: Store) -> None:
    notice = told(store)
    store.outbox.hand_on([notice], [to_amy(notice)])
    held = store.outbox.claim("mail", MORNING, MORNING + MINUTE, "one", 9)
    admin = Address(role="admin")
    alarm = Notice(new_id("alarm"), notice.case, "undelivered", admin, MORNING, Topic.ALARM)
    assert store.outbox.give_up(held, "one", MORNING, "refused", alarm) == 1
    assert list(store.outbox.fresh(9)) == [alarm]
    (dead,) = store.outbox.dead(9)
    assert (dead.key, dead.trouble, dead.dead_at) == (held[0].key, "refused", MORNING)
    assert store.outbox.dead_since(MORNING - MINUTE) == 1
    assert store.outbox.dead_since(MORNING - MINUTE, "mail") == 1
    assert store.outbox.dead_since(MORNING - MINUTE, "wecom") == 0
    assert store.outbox.dead_since(MORNING) == 0
    assert (
        list(store.outbox.claim("mail", MORNING + 9 * MINUTE, MORNING + 10 * MINUTE, "one", 9))
        == []
    )
    assert store.outbox.try_again([dead.key, "nothing"], MORNING + MINUTE) == 1
    assert list(store.outbox.dead(9)) == []
    (again,) = store.outbox.claim("mail", MORNING + MINUTE, MORNING + 2 * MINUTE, "two", 9)
    assert again.attempts == 1


def test_an_alarm_of_a_lost_lease_is_not_raised(store: Store) -> None:
    notice = told(store)
    store.outbox.hand_on([notice], [to_amy(notice)])
    slow = store.outbox.claim("mail", MORNING, MORNING + MINUTE, "one", 9)
    store.outbox.claim("mail", MORNING + MINUTE, MORNING + 2 * MINUTE, "two", 9)
    alarm = Notice(new_id("alarm"), notice.case, "undelivered", DR_LEE, MORNING, Topic.ALARM)
    store.outbox.give_up(slow, "one", MORNING, "away", alarm)
    assert list(store.outbox.fresh(9)) == []


def test_choices_are_kept_by_person(store: Store) -> None:
    assert store.desk.choices(["amy", "lee"]) == {}
    assert store.desk.choices([]) == {}
    store.desk.choose("amy", {"mail": "amy@example.org"})
    store.desk.choose("amy", {"mail": "a@example.org", "quiet": [22, 7]})
    store.desk.choose("", {"mail": ""})
    assert store.desk.choices(["amy", "lee", ""]) == {
        "amy": {"mail": "a@example.org", "quiet": [22, 7]},
        "": {"mail": ""},
    }
