"""Notices in a list with their cases, how many are unread, and who has read which (已阅)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.storage.clerk import AMY, DR_LEE, FANG, MORNING, Blank, Move, act, submitted
from workflow.nouns import Topic
from workflow.ports.reading import MANY, NoticeQuery
from workflow.ports.store import Store

MINUTE = timedelta(minutes=1)
LONG_AGO = MORNING - timedelta(days=30)
LEE = NoticeQuery("lee", ("p:lee", "r:dept_head", DR_LEE.key), LONG_AGO)


def test_a_line_shows_its_case_and_whether_i_have_read_it(store: Store) -> None:
    case = submitted(store, Blank("CA-1"))
    (notice,) = act(store, "CA-1", Move(tells=(DR_LEE,))).notices
    (row,) = store.readings.notice_page(LEE).rows
    assert (row.notice, row.case.number, row.case.id, row.read) == (notice, "CA-1", case.id, False)
    assert row.notice.topic is Topic.COPY
    store.desk.mark_read("lee", [notice], MORNING + MINUTE)
    (row,) = store.readings.notice_page(LEE).rows
    assert row.read


def test_what_others_have_read_is_unread_to_me(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    notices = act(store, "CA-1", Move(tells=(DR_LEE,))).notices
    store.desk.mark_read("sam", notices, MORNING)
    assert store.readings.unread_notices(LEE) == 1


def test_the_newest_come_first_from_every_address(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    submitted(store, Blank("CA-2"))
    old = act(store, "CA-1", Move(tells=(DR_LEE, AMY))).notices[0]
    new = act(store, "CA-2", Move(tells=(FANG, DR_LEE), at=MORNING + MINUTE)).notices[1]
    page = store.readings.notice_page(LEE)
    assert [row.notice.id for row in page.rows] == [new.id, old.id]
    assert (page.total, page.capped) == (2, False)


def test_pages_follow_one_another(store: Store) -> None:
    for n in range(3):
        submitted(store, Blank(f"CA-{n}"))
        act(store, f"CA-{n}", Move(tells=(DR_LEE,), at=MORNING + n * MINUTE))
    first = store.readings.notice_page(NoticeQuery("lee", LEE.addresses, LONG_AGO, limit=2))
    second = store.readings.notice_page(
        NoticeQuery("lee", LEE.addresses, LONG_AGO, limit=2, offset=2)
    )
    assert [row.case.number for row in first.rows] == ["CA-2", "CA-1"]
    assert [row.case.number for row in second.rows] == ["CA-0"]
    assert (first.total, second.total) == (3, 3)


def test_what_was_sent_up_to_a_moment_counts_as_read(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    act(store, "CA-1", Move(tells=(DR_LEE,)))
    after = NoticeQuery("lee", LEE.addresses, MORNING)
    assert store.readings.unread_notices(LEE) == 1
    assert store.readings.unread_notices(after) == 0
    assert store.readings.notice_page(after).rows[0].read


def test_what_a_person_has_marked_up_to_a_moment_counts_as_read(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    act(store, "CA-1", Move(tells=(DR_LEE,)))
    act(store, "CA-1", Move(tells=(DR_LEE,), at=MORNING + MINUTE))
    store.desk.read_notices("lee", MORNING)
    store.desk.read_notices("sam", MORNING + MINUTE)
    assert store.readings.unread_notices(LEE) == 1
    assert [row.read for row in store.readings.notice_page(LEE).rows] == [False, True]


@pytest.mark.parametrize(
    ("topic", "left"),
    [
        (Topic.WORK, 0),
        (Topic.SOON, 0),
        (Topic.URGE, 0),
        (Topic.COPY, 1),
        (Topic.PROGRESS, 1),
        (Topic.DEADLINE, 1),
        (Topic.ALARM, 1),
    ],
)
def test_what_asked_for_an_act_is_over_when_the_case_has_gone_on(
    store: Store, topic: Topic, left: int
) -> None:
    submitted(store, Blank("CA-1"))
    act(store, "CA-1", Move(to="dept_review", tells=(DR_LEE,), about=topic))
    assert store.readings.unread_notices(LEE) == 1
    assert not store.readings.notice_page(LEE).rows[0].read

    act(store, "CA-1", Move(at=MORNING + MINUTE))

    assert store.readings.unread_notices(LEE) == left
    assert store.readings.notice_page(replace(LEE, unread_only=True)).total == left
    assert store.readings.notice_page(LEE).rows[0].read is (left == 0)
    # It was not read for that.
    unseen = replace(LEE, with_over=True)
    assert store.readings.unread_notices(unseen) == 1
    assert not store.readings.notice_page(unseen).rows[0].read


def test_only_the_unread_and_only_one_case_can_be_asked_for(store: Store) -> None:
    one, two = submitted(store, Blank("CA-1")), submitted(store, Blank("CA-2"))
    first = act(store, "CA-1", Move(tells=(DR_LEE,))).notices
    act(store, "CA-2", Move(tells=(DR_LEE,), at=MORNING + MINUTE))
    store.desk.mark_read("lee", first, MORNING + MINUTE)
    unread = NoticeQuery("lee", LEE.addresses, LONG_AGO, unread_only=True)
    of_one = NoticeQuery("lee", LEE.addresses, LONG_AGO, case=one.id)
    unread_of_two = NoticeQuery("lee", LEE.addresses, LONG_AGO, unread_only=True, case=two.id)
    assert [row.case.number for row in store.readings.notice_page(unread).rows] == ["CA-2"]
    assert [row.case.number for row in store.readings.notice_page(of_one).rows] == ["CA-1"]
    assert store.readings.unread_notices(unread_of_two) == 1


def test_nobody_without_an_address_is_told_anything(store: Store) -> None:
    nowhere = NoticeQuery("sam", (), LONG_AGO)
    assert store.readings.unread_notices(nowhere) == 0
    assert store.readings.notice_page(nowhere).rows == ()


def test_a_read_mark_keeps_its_first_moment(store: Store) -> None:
    case = submitted(store, Blank("CA-1"))
    (to_lee, to_fang) = act(store, "CA-1", Move(tells=(DR_LEE, FANG))).notices
    store.desk.mark_read("lee", [to_lee], MORNING + MINUTE)
    store.desk.mark_read("lee", [to_lee], MORNING + 2 * MINUTE)
    store.desk.mark_read("fang", [to_fang], MORNING + 3 * MINUTE)
    marks = store.readings.read_marks(case.id)
    assert [(mark.person, mark.notice, mark.at) for mark in marks] == [
        ("lee", to_lee.id, MORNING + MINUTE),
        ("fang", to_fang.id, MORNING + 3 * MINUTE),
    ]


def test_nobody_counts_further_than_many(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    act(store, "CA-1", Move(tells=(DR_LEE,) * (MANY + 5)))
    assert store.readings.unread_notices(LEE) == MANY + 1
