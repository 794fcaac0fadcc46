"""Notices leave the house: at least once, each once where all goes well, and none in silence.

Amy asks and Dr Lee heads the department; both have given an address. Fang has not. Root looks after
the system.
"""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.workflow.hospital import CAST, Hospital
from tests.workflow.post import Letterbox, Post, mailed
from workflow.nouns import Topic
from workflow.people.organisation import Person
from workflow.people.organisation import Post as Holding
from workflow.service.delivering import LEASE, PAUSES, Delivering, Message, Undelivered
from workflow.service.noticing import HOSPITAL, Channel, Choice

ROOT = Person("root", "Root", "store", (Holding("admin", "store"),))
AWAY = Undelivered("unreachable")


@pytest.fixture
def hospital() -> Hospital:
    return Hospital(people=(*CAST, ROOT))


@pytest.fixture
def post(hospital: Hospital) -> Post:
    return Post(hospital)


def test_the_head_hears_of_what_waits_for_them(hospital: Hospital, post: Post) -> None:
    number = hospital.submitted()
    assert post.goes_out() == 1
    (letter,) = post.mail.letters
    assert letter.to == "lee@hospital.cn"
    assert letter.subject == f"采购 {number}：转到您这里办理（上一步：提交）"
    assert "当前步骤：待科主任" in letter.body
    assert f"https://qianpi.hospital.cn/notices/c/{number}" in letter.body


def test_nothing_that_was_typed_leaves_the_house(hospital: Hospital, post: Post) -> None:
    hospital.submitted(thing="王小明专用支架")
    post.goes_out()
    (letter,) = post.mail.letters
    assert "王小明" not in letter.subject + letter.body
    assert "Amy" not in letter.subject + letter.body


def test_a_letter_goes_out_once(hospital: Hospital, post: Post) -> None:
    hospital.submitted()
    assert [post.goes_out(), post.goes_out()] == [1, 0]
    assert len(post.mail.letters) == 1


def test_who_gave_no_address_gets_no_letter(hospital: Hospital, post: Post) -> None:
    number = hospital.submitted()
    post.noticing.choose("lee", Choice())
    assert post.goes_out() == 0
    assert hospital.news("lee") == ("submit",)
    assert hospital.case(number).state == "dept"


def test_nothing_is_sent_where_nothing_is_configured(hospital: Hospital) -> None:
    hospital.submitted()
    silent = Delivering(hospital.store, lambda: hospital.catalog, hospital.id, {}, "one")
    assert silent.deliver(hospital.now) == 0
    later = Post(hospital)
    assert later.goes_out() == 0


def test_a_refused_act_sends_nothing(hospital: Hospital, post: Post) -> None:
    number = hospital.submitted()
    post.goes_out()
    hospital.decide("amy", "dept_sign", number, "好")
    assert post.goes_out() == 0


def test_a_group_hears_once_however_many_are_in_it(hospital: Hospital) -> None:
    post = Post(hospital, Channel.MAIL, Channel.WECOM)
    topics = {Channel.WECOM: frozenset({Topic.WORK})}
    post.noticing.choose(HOSPITAL, Choice(topics=topics))
    number = hospital.submitted()
    post.goes_out()
    (said,) = post.boxes[Channel.WECOM].letters
    assert said.to == ""
    assert number in said.subject


def test_a_robot_says_nothing_unless_the_hospital_wants_it(hospital: Hospital) -> None:
    post = Post(hospital, Channel.DINGTALK)
    hospital.submitted()
    assert post.goes_out() == 0


# ---- when it does not get through ----------------------------------------------------------------


def test_a_mail_server_that_is_down_gets_the_letter_later(hospital: Hospital, post: Post) -> None:
    hospital.submitted()
    post.mail.closed = AWAY
    assert post.goes_out() == 0
    post.mail.closed = None
    assert post.passes(seconds=59) == 0
    assert post.passes(seconds=1) == 1


def test_the_pauses_grow(hospital: Hospital, post: Post) -> None:
    hospital.submitted()
    post.mail.closed = AWAY
    post.goes_out()
    for tries, pause in enumerate(PAUSES, start=1):
        post.passes(seconds=(pause - timedelta(seconds=1)).total_seconds())
        assert post.mail.tried == tries
        post.passes(seconds=1)
        assert post.mail.tried == tries + 1
    assert list(PAUSES) == sorted(PAUSES)


def test_a_channel_that_fails_rests_until_the_next_look(hospital: Hospital, post: Post) -> None:
    for _ in range(3):
        hospital.submitted()
    post.mail.closed = AWAY
    post.goes_out()
    assert post.mail.tried == 1


def test_one_channel_that_is_down_does_not_hold_up_another(hospital: Hospital) -> None:
    post = Post(hospital, Channel.MAIL, Channel.FEISHU)
    topics = {Channel.FEISHU: frozenset({Topic.WORK})}
    post.noticing.choose(HOSPITAL, Choice(topics=topics))
    post.mail.closed = AWAY
    hospital.submitted()
    hospital.submitted()
    assert post.goes_out() == 2
    assert len(post.boxes[Channel.FEISHU].letters) == 2


def gives_up(post: Post) -> None:
    """Nothing gets through until nobody tries any more."""
    post.mail.closed = AWAY
    post.goes_out()
    for pause in PAUSES:
        post.passes(seconds=pause.total_seconds())


def test_after_the_last_try_administrators_are_alarmed(hospital: Hospital, post: Post) -> None:
    number = hospital.submitted()
    gives_up(post)
    assert post.mail.tried == len(PAUSES) + 1
    assert hospital.news("root") == ("undelivered:mail",)
    (dead,) = hospital.store.outbox.dead(9)
    assert (dead.trouble, dead.case) == ("unreachable", hospital.case(number).id)
    post.mail.closed = None
    assert post.passes(days=2) == 0


def test_giving_up_leaves_a_line_in_the_ledger_of_the_house(hospital: Hospital, post: Post) -> None:
    hospital.submitted()
    gives_up(post)
    events = [entry.event for entry in hospital.store.readings.entries("sys:house")]
    assert events.count("delivery_given_up") == 1


def test_one_alarm_a_day_is_enough(hospital: Hospital, post: Post) -> None:
    for _ in range(3):
        hospital.submitted()
    post.mail.closed = AWAY
    for _ in range(3):
        post.goes_out()
    for pause in PAUSES:
        hospital.wait(seconds=pause.total_seconds())
        for _ in range(3):
            post.goes_out()
    assert len(hospital.store.outbox.dead(9)) == 3
    assert hospital.news("root") == ("undelivered:mail",)


def test_an_alarm_that_dies_raises_no_other(hospital: Hospital, post: Post) -> None:
    post.noticing.choose("root", mailed("root@hospital.cn"))
    hospital.submitted()
    gives_up(post)
    for pause in (*PAUSES, timedelta(days=2)):
        post.passes(seconds=pause.total_seconds())
    assert len(hospital.store.outbox.dead(9)) == 2
    assert hospital.news("root") == ("undelivered:mail",)


def test_what_was_given_up_can_be_tried_again(hospital: Hospital, post: Post) -> None:
    hospital.submitted()
    gives_up(post)
    post.mail.closed = None
    keys = [each.key for each in hospital.store.outbox.dead(9)]
    assert hospital.store.outbox.try_again(keys, hospital.now) == 1
    assert post.goes_out() == 1
    assert hospital.store.outbox.dead(9) == []


def test_an_address_that_is_refused_for_good_is_not_tried_again(
    hospital: Hospital, post: Post
) -> None:
    hospital.submitted()
    post.mail.closed = Undelivered("refused", for_good=True)
    post.goes_out()
    assert hospital.news("root") == ("undelivered:mail",)
    assert post.passes(days=2) == 0
    assert post.mail.tried == 1


def test_one_poisoned_letter_does_not_stop_the_others(hospital: Hospital, post: Post) -> None:
    class Choking(Letterbox):
        def send(self, message: Message) -> None:
            self.tried += 1
            if self.tried == 1:
                raise KeyError("a mistake of ours")
            self.letters.append(message)

    post.boxes[Channel.MAIL] = box = Choking()
    hospital.submitted()
    hospital.submitted()
    post.goes_out()
    post.goes_out()
    assert len(box.letters) == 1
    post.passes(minutes=1)
    assert len(box.letters) == 2


# ---- dying and racing ----------------------------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


class Dying(Letterbox):
    """The letter has left, and then the lights go out."""

    def send(self, message: Message) -> None:
        """Send, and die before anybody can write it down."""
        super().send(message)
        raise Killed


def test_whoever_dies_between_sending_and_writing_sends_again_under_the_same_key(
    hospital: Hospital, post: Post
) -> None:
    post.boxes[Channel.MAIL] = dying = Dying()
    hospital.submitted()
    with pytest.raises(Killed):
        post.goes_out()
    post.boxes[Channel.MAIL] = box = Letterbox()
    assert post.passes(seconds=(LEASE - timedelta(seconds=1)).total_seconds()) == 0
    assert post.passes(seconds=1) == 1
    assert dying.copies() == box.copies()


def test_a_letter_that_kills_every_worker_is_given_up_in_the_end(
    hospital: Hospital, post: Post
) -> None:
    post.boxes[Channel.MAIL] = dying = Dying()
    hospital.submitted()
    for _ in range(len(PAUSES) + 1):
        with pytest.raises(Killed):
            post.goes_out()
        hospital.wait(seconds=LEASE.total_seconds())
    assert post.goes_out() == 0
    assert dying.tried == len(PAUSES) + 1
    assert [each.trouble for each in hospital.store.outbox.dead(9)] == ["worker_lost"]


def test_two_workers_at_once_send_each_letter_once(hospital: Hospital, post: Post) -> None:
    numbers = [hospital.submitted() for _ in range(20)]
    workers = [post.worker(name) for name in ("one", "two")]
    threads = [threading.Thread(target=worker.deliver, args=(hospital.now,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(post.mail.copies().values()) == {1}
    assert len(post.mail.letters) == len(numbers)
