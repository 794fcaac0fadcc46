"""A click that arrives twice is one decision with one answer: also a refusal, also an opening."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.workflow.hospital import CAST, FILLED, PURCHASE, Hospital, edited, reasons, refused
from tests.workflow.racing import RacingStore
from workflow.nouns import Actor, Opening
from workflow.ports.house import SavePerson
from workflow.refusals import Code
from workflow.service.deciding import Answer

OTHER = "This key already stands for another request; reload the page and send again"


def test_a_decision_is_made_once() -> None:
    hospital = Hospital()
    request = hospital.submitted()
    first = hospital.decide("lee", "dept_sign", request, "同意", key="click")

    second = hospital.decide("lee", "dept_sign", request, "同意", key="click")

    assert (first.repeated, second.repeated) == (False, True)
    assert second.refused is None
    assert (second.number, second.entry) == (first.number, first.entry)
    assert hospital.events(request) == ("start", "submit", "dept_sign")


def test_the_first_answer_is_given_again_after_the_case_has_moved_on() -> None:
    hospital = Hospital()
    request = hospital.submitted()
    first = hospital.decide("lee", "dept_sign", request, "同意", key="click")
    hospital.takes("fang", "finance_sign", request, "同意")
    hospital.takes("wu", "reject", request, "不需要")
    hospital.wait(days=1)

    again = hospital.decide("lee", "dept_sign", request, "同意", key="click")

    assert again.refused is None
    assert (again.entry, again.state) == (first.entry, "finance")


def test_a_refusal_is_written_once_and_told_in_the_same_words() -> None:
    hospital = Hospital()
    request = hospital.submitted()
    first = hospital.decide("ida", "dept_sign", request, "同意", key="click")

    second = hospital.decide("ida", "dept_sign", request, "同意", key="click")

    assert second.repeated
    assert refused(second) == refused(first)
    assert hospital.events(request) == ("start", "submit", "refused")


def test_a_refusal_stays_one_though_the_same_act_would_be_allowed_by_now() -> None:
    """Whoever means it anew clicks anew."""
    hospital = Hospital()
    request = hospital.submitted()
    early = hospital.decide("fang", "finance_sign", request, "同意", key="click")
    hospital.takes("lee", "dept_sign", request, "同意")

    again = hospital.decide("fang", "finance_sign", request, "同意", key="click")

    assert refused(again) == refused(early)
    assert hospital.case(request).state == "finance"
    assert hospital.takes("fang", "finance_sign", request, "同意") == "leader"


def test_a_case_is_opened_once() -> None:
    hospital = Hospital()
    first = hospital.open("amy", key="click", **FILLED)

    second = hospital.open("amy", key="click", **FILLED)

    assert second.repeated
    assert (second.number, second.case, second.entry) == (first.number, first.case, first.entry)
    assert hospital.cases("purchase") == ("CG2026-000001",)


def test_a_case_that_could_not_be_opened_any_more_was_opened_all_the_same() -> None:
    hospital = Hospital()
    first = hospital.open("amy", key="click", **FILLED)
    (amy,) = (person for person in CAST if person.id == "amy")
    hospital.changes(SavePerson(replace(amy, posts=())))

    assert refused(hospital.open("amy", key="another", **FILLED)).code is Code.NOT_PERMITTED
    again = hospital.open("amy", key="click", **FILLED)

    assert again.repeated
    assert (again.number, again.entry, again.refused) == (first.number, first.entry, None)


def test_a_repeated_opening_uses_up_no_number() -> None:
    hospital = Hospital()
    for _ in range(3):
        hospital.open("amy", key="click")

    assert hospital.opened("amy") == "CG2026-000002"


def test_a_refused_opening_may_be_mended_and_sent_with_the_same_key() -> None:
    """There is no case whose ledger could hold the key: the form is simply sent again."""
    hospital = Hospital()
    wrong = hospital.open("amy", key="click", price="viel")
    assert refused(wrong).code is Code.INVALID_FORM

    assert hospital.open("amy", key="click", price="3").refused is None


def test_saving_twice_saves_once() -> None:
    hospital = Hospital()
    draft = hospital.opened("amy")
    hospital.decide("amy", "save", draft, key="click", thing="止血钳")
    hospital.saves("amy", draft, thing="持针器")

    again = hospital.decide("amy", "save", draft, key="click", thing="止血钳")

    assert again.repeated
    assert hospital.case(draft).form["thing"] == "持针器"


def test_two_clicks_are_two_decisions() -> None:
    hospital = Hospital()
    request = hospital.submitted()
    hospital.decide("lee", "dept_sign", request, "同意", key="one")

    other = hospital.decide("lee", "dept_sign", request, "同意", key="two")

    assert refused(other).code is Code.ALREADY_DECIDED
    assert not other.repeated


# ---- one key for two requests --------------------------------------------------------------------


def another_opinion(hospital: Hospital, request: str) -> Answer:
    return hospital.decide("lee", "dept_sign", request, "不同意见", key="click")


def another_action(hospital: Hospital, request: str) -> Answer:
    return hospital.decide("lee", "reject", request, "同意", key="click")


def another_person(hospital: Hospital, request: str) -> Answer:
    return hospital.decide("ida", "dept_sign", request, "同意", key="click")


def another_name(hospital: Hospital, request: str) -> Answer:
    return hospital.decide("lee", "dept_sign", request, "同意", key="click", acting_for="ida")


def another_field(hospital: Hospital, request: str) -> Answer:
    return hospital.decide("lee", "dept_sign", request, "同意", key="click", thing="别的")


def another_case(hospital: Hospital, request: str) -> Answer:
    other = hospital.submitted(thing="别的")
    return hospital.decide("lee", "dept_sign", other, "同意", key="click")


def an_opening(hospital: Hospital, request: str) -> Answer:
    return hospital.open("lee", key="click")


@pytest.mark.parametrize(
    "other",
    [
        another_opinion,
        another_action,
        another_person,
        another_name,
        another_field,
        another_case,
        an_opening,
    ],
    ids=lambda other: other.__name__,
)
def test_one_key_does_not_stand_for_two_requests(
    other: Callable[[Hospital, str], Answer],
) -> None:
    hospital = Hospital()
    request = hospital.submitted()
    hospital.decide("lee", "dept_sign", request, "同意", key="click")
    before = dict(hospital.store.kept.cases)

    answer = other(hospital, request)

    assert refused(answer).code is Code.CONFLICT
    assert reasons(answer) == [OTHER]
    assert not answer.repeated
    after = hospital.store.kept.cases
    assert {key: after[key] for key in before} == before
    assert all(case.state == "dept" for key, case in after.items() if key not in before)


def test_a_key_of_the_clock_answers_nobody() -> None:
    clock = """\
deadlines:
  patience: {name: {zh: 限, en: Patience}, while: dept, length: {days: 1}, overdue: true}
"""
    hospital = Hospital(PURCHASE + clock)
    request = hospital.submitted()
    hospital.wait(days=3)
    (line,) = (line for line in hospital.lines(request) if line["event"] == "patience")

    answer = hospital.decide("lee", "dept_sign", request, "同意", key=line["key"])

    assert reasons(answer) == [OTHER]
    assert hospital.case(request).state == "dept"


# ---- when somebody else writes in between --------------------------------------------------------

#: A head may remark on a request without moving it.
REMARK = """\
  remark: {name: {zh: 备注, en: Remark}, from: dept, to: dept, who: {role: dept_head}, duty: false}
  withdraw:
"""


def racing() -> tuple[Hospital, RacingStore]:
    """A hospital whose store lets a rival be faster."""
    text = edited(PURCHASE, ("  withdraw:\n", REMARK))
    hospital = Hospital(text, new_store=RacingStore)
    assert isinstance(hospital.store, RacingStore)
    return hospital, hospital.store


def test_a_stale_write_is_judged_again_and_made_once() -> None:
    hospital, store = racing()
    request = hospital.submitted()
    store.rival = lambda: hospital.takes("lee", "remark", request)

    first = hospital.decide("amy", "withdraw", request, key="click")
    second = hospital.decide("amy", "withdraw", request, key="click")

    assert hospital.case(request).state == "withdrawn"
    assert hospital.events(request)[-2:] == ("remark", "withdraw")
    assert (second.repeated, second.entry) == (True, first.entry)


def test_a_refusal_after_a_stale_write_is_one_refusal() -> None:
    hospital, store = racing()
    request = hospital.submitted()
    store.rival = lambda: hospital.takes("lee", "dept_sign", request, "同意")

    first = hospital.decide("amy", "withdraw", request, key="click")
    second = hospital.decide("amy", "withdraw", request, key="click")

    assert refused(first).code is Code.UNKNOWN_ACTION  # finance has it by now
    assert refused(second) == refused(first)
    assert hospital.events(request)[-2:] == ("dept_sign", "refused")


def test_the_same_click_on_two_servers_at_once_is_one_decision() -> None:
    hospital, store = racing()
    request = hospital.submitted()
    answers: list[Answer] = []
    store.rival = lambda: answers.append(
        hospital.decide("lee", "dept_sign", request, "同意", key="click")
    )

    answers.append(hospital.decide("lee", "dept_sign", request, "同意", key="click"))

    first, second = answers
    assert (first.repeated, second.repeated) == (False, True)
    assert first.entry == second.entry
    assert hospital.events(request) == ("start", "submit", "dept_sign")


def test_the_same_opening_on_two_servers_at_once_is_one_case() -> None:
    hospital = Hospital()
    actor = Actor("amy", "Amy")
    opening = Opening(actor, "purchase", hospital.now, "click", dict(FILLED))

    answers = [hospital.ask(opening) for _ in range(3)]

    assert [answer.repeated for answer in answers] == [False, True, True]
    assert len({answer.number for answer in answers}) == 1
