"""What a notice says inside the house: its case by title, unless the process is confidential."""

from __future__ import annotations

import pytest

from tests.workflow.hospital import FILLED, PURCHASE, Hospital, edited, refused
from tests.workflow.post import Post
from workflow.nouns import Actor, Topic
from workflow.refusals import Code
from workflow.service.looking import Looking
from workflow.service.noticing import AT_ONCE, TOPIC_NAMES, NoticeLine, sentence_of

EVERYTHING = (False, 20, 0)
SECRET = edited(PURCHASE, ("number: CG\n", "number: CG\nconfidential: true\n"))


@pytest.fixture
def post() -> Post:
    return Post(Hospital())


def told(hospital: Hospital, who: str) -> tuple[NoticeLine, ...]:
    """What somebody reads on their page."""
    noticing = Post(hospital).noticing
    return noticing.page(who, hospital.store.hospital(), hospital.now, EVERYTHING).rows


def test_a_notice_names_process_number_and_act(post: Post) -> None:
    number = post.hospital.submitted()
    (line,) = told(post.hospital, "lee")
    assert line.says.zh == f"采购 {number}：转到您这里办理（上一步：提交）"
    assert line.says.en == f"Purchase {number}: it is with you now (after: Submit)"
    assert (line.title, line.step.zh) == ("止血钳", "待科主任")


def test_of_a_confidential_process_only_the_number_is_told() -> None:
    hospital = Hospital(SECRET)
    number = hospital.submitted()
    (line,) = told(hospital, "lee")
    assert line.title == ""
    assert number in line.says.zh
    assert FILLED["thing"] not in line.says.zh + line.says.en


def test_a_successor_finds_what_the_post_was_told(post: Post) -> None:
    """A notice to a post belongs to whoever holds it, and each reads it for themselves."""
    hospital = post.hospital
    hospital.submitted()
    house = hospital.store.hospital()
    post.noticing.read_all("lee", house, hospital.now)
    assert post.noticing.unread("lee", house, hospital.now) == 0
    assert hospital.news("lee") == ("submit",)
    assert told(hospital, "sam") == ()


def test_work_that_somebody_else_has_done_is_no_news(post: Post) -> None:
    """Dr Lee has it from the post; whoever holds the post beside him was told as well."""
    hospital = post.hospital
    number = hospital.submitted()
    assert post.noticing.unread("lee", hospital.store.hospital(), hospital.now) == 1
    hospital.wait(minutes=5)

    hospital.takes("lee", "dept_sign", number, "同意")

    house = hospital.store.hospital()
    assert post.noticing.unread("lee", house, hospital.now) == 0
    (line,) = told(hospital, "lee")
    assert line.row.read


def test_who_opens_the_case_later_has_read_of_work_that_is_done(post: Post) -> None:
    hospital = post.hospital
    number = hospital.submitted()
    hospital.wait(minutes=5)
    hospital.takes("lee", "dept_sign", number, "同意")
    case = hospital.case(number).id

    post.noticing.read_case("lee", hospital.store.hospital(), hospital.now, case)

    marks = hospital.store.readings.read_marks(case)
    assert [mark.person for mark in marks] == ["lee"]


@pytest.mark.parametrize("topic", Topic)
def test_every_topic_has_its_words(topic: Topic, post: Post) -> None:
    hospital = post.hospital
    number = hospital.submitted()
    case = hospital.case(number)
    definition = hospital.catalog.definition(case.process, case.definition_version)
    kind = "undelivered:mail" if topic is Topic.ALARM else "submit"
    said = sentence_of(kind, topic, hospital.now, case, definition)
    assert TOPIC_NAMES[topic].zh
    assert TOPIC_NAMES[topic].en
    assert "{" not in said.zh + said.en
    assert case.title not in said.zh + said.en


def test_reading_a_case_leaves_the_others_unread(post: Post) -> None:
    hospital = post.hospital
    first, _ = hospital.submitted(), hospital.submitted()
    house = hospital.store.hospital()
    case = hospital.case(first)
    assert post.noticing.read_case("lee", house, hospital.now, case.id) == 1
    assert post.noticing.read_case("lee", house, hospital.now, case.id) == 0
    assert post.noticing.unread("lee", house, hospital.now) == 1


def test_whoever_has_read_everything_is_counted_from_there_on(post: Post) -> None:
    hospital, desk = post.hospital, post.hospital.store.desk
    first, second = (hospital.case(hospital.submitted()).id for _ in range(2))
    house = hospital.store.hospital()
    hospital.wait(hours=1)
    post.noticing.read_case("lee", house, hospital.now, first)
    assert desk.notices_read_until("lee") is None
    post.noticing.read_case("lee", house, hospital.now, second)
    until = desk.notices_read_until("lee")
    assert until is not None
    assert until < hospital.now


def test_what_is_kept_a_moment_after_all_was_read_is_unread(post: Post) -> None:
    """Its decision began before the button was pressed, and was kept after it."""
    hospital = post.hospital
    house = hospital.store.hospital()
    began = hospital.now
    hospital.wait(seconds=5)
    post.noticing.read_all("lee", house, hospital.now)
    pressed, hospital.now = hospital.now, began
    hospital.submitted()
    assert post.noticing.unread("lee", house, pressed) == 1


def test_reading_all_marks_each_by_name(post: Post) -> None:
    hospital = post.hospital
    numbers = [hospital.submitted() for _ in range(3)]
    house = hospital.store.hospital()
    assert post.noticing.read_all("lee", house, hospital.now) == len(numbers) < AT_ONCE
    for number in numbers:
        (mark,) = hospital.store.readings.read_marks(hospital.case(number).id)
        assert (mark.person, mark.at) == ("lee", hospital.now)


def test_the_story_of_a_case_tells_copies_from_work(post: Post) -> None:
    copied = edited(
        PURCHASE,
        ("    effects: [{notify: reviewer}]\n", "    effects: [{notify: {role: keeper}}]\n"),
    )
    hospital = Hospital(copied)
    number = hospital.submitted()
    noticing = Post(hospital).noticing
    (line,) = noticing.told(hospital.file(number), hospital.entries(number))
    assert (line.to.key, line.copy, line.read) == ("r:keeper", True, ())
    hospital.takes("lee", "reject", number, "不需要")
    noticing.read_all("kim", hospital.store.hospital(), hospital.now)
    (line,) = noticing.told(hospital.file(number), hospital.entries(number))
    assert [mark.person for mark in line.read] == ["kim"]
    assert hospital.waits_for(number) == ()


class TestWhatANoticeOpens:
    """Kim of the storeroom gets a copy of what Amy hands in; the purchase is none of their work."""

    COPIED = ("    effects: [{notify: reviewer}]\n", "    effects: [{notify: {role: keeper}}]\n")

    def sees(self, hospital: Hospital, who: str, number: str) -> bool:
        looking = Looking(hospital.store, lambda: hospital.catalog)
        return looking.case(number, Actor(who, who.title()), hospital.now) is not None

    def test_whoever_got_a_copy_may_read_the_case_and_does_nothing_there(self) -> None:
        hospital = Hospital(edited(PURCHASE, self.COPIED))
        draft = hospital.opened("amy", **FILLED)
        number = hospital.submitted()
        assert self.sees(hospital, "kim", number)
        assert not self.sees(hospital, "kim", draft)
        assert refused(hospital.decide("kim", "dept_sign", number, "好")).code is Code.NOT_PERMITTED

    def test_whoever_was_told_nothing_may_not(self) -> None:
        hospital = Hospital()
        assert not self.sees(hospital, "kim", hospital.submitted())

    def test_what_is_confidential_is_not_opened_by_a_copy(self) -> None:
        hospital = Hospital(edited(SECRET, self.COPIED))
        number = hospital.submitted()
        assert [row.row.case.number for row in told(hospital, "kim")] == [number]
        assert not self.sees(hospital, "kim", number)
