"""Two people look at the same page: the first decides, the second is told so and loses nothing."""

from __future__ import annotations

from tests.workflow.hospital import PURCHASE, Hospital, reasons, refused, with_posts
from tests.workflow.racing import RacingStore
from workflow.refusals import Code

CHANGED_SINCE = "This case has changed since you opened the page; look at it again, then decide"

#: Mei heads surgery beside Dr Lee.
TWO_HEADS = with_posts(("mei", "dept_head", "surgery"))


def test_of_two_heads_the_first_decides_and_the_second_is_told() -> None:
    hospital = Hospital(people=TWO_HEADS)
    request = hospital.submitted()
    seen = hospital.case(request).version

    first = hospital.decide("lee", "dept_sign", request, "同意", seen=seen)
    second = hospital.decide("mei", "reject", request, "不需要", seen=seen)

    assert first.refused is None
    assert refused(second).code is Code.CONFLICT
    assert reasons(second) == [CHANGED_SINCE]
    assert hospital.case(request).state == "finance"


def test_who_decided_it_themselves_on_another_screen_is_told_that_it_is_done() -> None:
    hospital = Hospital()
    request = hospital.submitted()
    seen = hospital.case(request).version
    hospital.decide("lee", "dept_sign", request, "同意", seen=seen)

    again = hospital.decide("lee", "dept_sign", request, "同意", seen=seen)

    assert refused(again).code is Code.ALREADY_DECIDED
    assert reasons(again) == [
        "You have already decided this (Sign for the department); nothing more is needed"
    ]


def test_who_changes_their_mind_on_the_old_page_is_told_that_it_has_changed() -> None:
    hospital = Hospital()
    request = hospital.submitted()
    seen = hospital.case(request).version
    hospital.decide("lee", "dept_sign", request, "同意", seen=seen)

    other = hospital.decide("lee", "reject", request, "算了", seen=seen)

    assert refused(other).code is Code.CONFLICT
    assert reasons(other) == [CHANGED_SINCE]
    assert "他人" not in refused(other).refusals[0].because.zh  # it was Lee who acted


def test_an_old_page_from_before_a_return_is_out_of_date_though_it_was_decided_there() -> None:
    hospital = Hospital()
    request = hospital.submitted()
    seen = hospital.case(request).version
    hospital.decide("lee", "dept_sign", request, "同意", seen=seen)
    hospital.takes("fang", "return_it", request, "补规格")
    hospital.takes("amy", "submit", request)

    answer = hospital.decide("lee", "dept_sign", request, "同意", seen=seen)

    assert refused(answer).code is Code.CONFLICT
    assert hospital.waits_for(request) == ("r:dept_head@surgery",)


def test_an_unsafe_old_page_is_stopped_before_anything_else_is_judged() -> None:
    """Also the form on an old page is not judged: what it shows is no longer what is there."""
    hospital = Hospital()
    request = hospital.submitted()

    answer = hospital.decide("lee", "dept_sign", request, seen=1, price="x")

    assert [reason.code for reason in refused(answer).refusals] == [Code.CONFLICT]


def test_a_page_from_the_future_is_no_page() -> None:
    hospital = Hospital()
    request = hospital.submitted()

    answer = hospital.decide("lee", "dept_sign", request, "同意", seen=99)

    assert refused(answer).code is Code.CONFLICT


def test_after_looking_again_it_can_be_decided() -> None:
    hospital = Hospital()
    draft = hospital.opened("amy", thing="止血钳", price="300.00")
    seen = hospital.case(draft).version
    hospital.saves("amy", draft, price="280.00")
    early = hospital.decide("amy", "submit", draft, seen=seen)
    assert refused(early).code is Code.CONFLICT
    assert reasons(early) == [CHANGED_SINCE]

    answer = hospital.decide("amy", "submit", draft, seen=hospital.case(draft).version)

    assert answer.refused is None


def test_a_refused_try_of_somebody_else_does_not_make_a_page_old() -> None:
    hospital = Hospital()
    request = hospital.submitted()
    seen = hospital.case(request).version
    hospital.decide("sam", "dept_sign", request, "同意")

    assert hospital.decide("lee", "dept_sign", request, "同意", seen=seen).refused is None


def test_whoever_says_no_version_acts_on_what_is_there() -> None:
    hospital = Hospital()
    request = hospital.submitted()
    hospital.takes("lee", "dept_sign", request, "同意")

    assert hospital.decide("fang", "finance_sign", request, "同意").refused is None


def test_who_comes_too_late_leaves_a_line_and_nothing_else() -> None:
    hospital = Hospital(people=TWO_HEADS)
    request = hospital.submitted()
    seen = hospital.case(request).version
    hospital.decide("lee", "dept_sign", request, "同意", seen=seen)
    case = hospital.case(request)

    hospital.decide("mei", "dept_sign", request, "同意", seen=seen)

    assert hospital.events(request)[-2:] == ("dept_sign", "refused")
    assert (hospital.case(request).version, hospital.case(request).form) == (
        case.version,
        case.form,
    )


def test_it_has_ended_meanwhile() -> None:
    hospital = Hospital()
    request = hospital.submitted()
    seen = hospital.case(request).version
    hospital.takes("amy", "withdraw", request)

    on_the_old_page = hospital.decide("lee", "dept_sign", request, "同意", seen=seen)
    on_the_new_page = hospital.decide("lee", "dept_sign", request, "同意")

    assert refused(on_the_old_page).code is Code.CONFLICT
    assert refused(on_the_new_page).code is Code.CLOSED


def test_a_rival_between_reading_and_writing_is_noticed() -> None:
    """Both pages were fresh: the store itself notices that the case was written in between."""
    hospital = Hospital(PURCHASE, people=TWO_HEADS, new_store=RacingStore)
    assert isinstance(hospital.store, RacingStore)
    request = hospital.submitted()
    seen = hospital.case(request).version
    hospital.store.rival = lambda: hospital.decide("mei", "reject", request, "不需要", seen=seen)

    answer = hospital.decide("lee", "dept_sign", request, "同意", seen=seen)

    assert refused(answer).code is Code.CONFLICT
    assert hospital.case(request).state == "rejected"
    assert hospital.events(request)[-2:] == ("reject", "refused")


def test_the_clock_may_be_faster_too() -> None:
    clock = """\
  lapse: {name: {zh: 逾期, en: Lapse}, from: dept, to: withdrawn, who: timer}
deadlines:
  patience: {name: {zh: 限, en: Patience}, while: dept, length: {days: 1}, then: lapse}
"""
    hospital = Hospital(PURCHASE + clock)
    request = hospital.submitted()
    seen = hospital.case(request).version
    hospital.wait(days=3)

    answer = hospital.decide("lee", "dept_sign", request, "同意", seen=seen)

    assert refused(answer).code is Code.CONFLICT
    assert hospital.case(request).state == "withdrawn"


def test_a_reminder_of_the_clock_makes_a_page_old_but_decides_nothing() -> None:
    reminder = """\
deadlines:
  patience: {name: {zh: 限, en: Patience}, while: dept, length: {days: 1}, overdue: true}
"""
    hospital = Hospital(PURCHASE + reminder)
    request = hospital.submitted()
    seen = hospital.case(request).version
    hospital.wait(days=3)

    answer = hospital.decide("lee", "dept_sign", request, "同意", seen=seen)

    assert refused(answer).code is Code.CONFLICT
    assert hospital.takes("lee", "dept_sign", request, "同意") == "finance"
