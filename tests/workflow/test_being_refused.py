"""What may not happen is told with every reason at once, changes nothing, and is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.memory_tables import Tables
from tests.workflow.hospital import FILLED, Hospital, reasons, refused, with_posts
from workflow.nouns import Case
from workflow.refusals import HTTP_STATUS, PRECEDENCE, STANDING, Code, Refusal, Refused, Sentence
from workflow.service.deciding import Answer


@dataclass(frozen=True)
class Try:
    """What somebody tries, on which case."""

    hospital: Hospital
    number: str
    act: Callable[[], Answer]


def unknown_case() -> Try:
    hospital = Hospital()
    request = hospital.submitted()
    return Try(hospital, request, lambda: hospital.decide("lee", "dept_sign", "CG2026-000009"))


def ended() -> Try:
    hospital = Hospital()
    request = hospital.submitted()
    hospital.takes("amy", "withdraw", request)
    return Try(hospital, request, lambda: hospital.decide("lee", "dept_sign", request, "同意"))


def decided_before() -> Try:
    hospital = Hospital()
    request = hospital.submitted()
    hospital.takes("lee", "dept_sign", request, "同意")
    return Try(hospital, request, lambda: hospital.decide("lee", "dept_sign", request, "同意"))


def seen_too_long_ago() -> Try:
    hospital = Hospital()
    request = hospital.submitted()
    return Try(
        hospital, request, lambda: hospital.decide("lee", "dept_sign", request, "同意", seen=1)
    )


def not_its_turn() -> Try:
    hospital = Hospital()
    request = hospital.submitted()
    return Try(hospital, request, lambda: hospital.decide("fang", "finance_sign", request, "同意"))


def no_such_action() -> Try:
    hospital = Hospital()
    request = hospital.submitted()
    return Try(hospital, request, lambda: hospital.decide("lee", "burn", request))


def head_of_another_department() -> Try:
    hospital = Hospital()
    request = hospital.submitted()
    return Try(hospital, request, lambda: hospital.decide("ida", "dept_sign", request, "同意"))


def own_request() -> Try:
    hospital = Hospital()
    request = hospital.submitted("lee")
    return Try(hospital, request, lambda: hospital.decide("lee", "dept_sign", request, "同意"))


def bought_before() -> Try:
    hospital = Hospital()
    first = hospital.submitted()
    for who, action in (("lee", "dept_sign"), ("fang", "finance_sign"), ("wu", "approve")):
        hospital.takes(who, action, first, "同意")
    again = hospital.opened("amy", "purchase", None, **FILLED)
    return Try(hospital, again, lambda: hospital.decide("amy", "submit", again))


def half_a_form() -> Try:
    hospital = Hospital()
    request = hospital.opened("amy", thing="止血钳")
    return Try(hospital, request, lambda: hospital.decide("amy", "submit", request))


def no_reason_given() -> Try:
    hospital = Hospital()
    request = hospital.submitted()
    return Try(hospital, request, lambda: hospital.decide("lee", "return_it", request))


STORIES: Mapping[Callable[[], Try], Code] = {
    unknown_case: Code.NOT_FOUND,
    ended: Code.CLOSED,
    decided_before: Code.ALREADY_DECIDED,
    seen_too_long_ago: Code.CONFLICT,
    not_its_turn: Code.UNKNOWN_ACTION,
    no_such_action: Code.UNKNOWN_ACTION,
    head_of_another_department: Code.NOT_PERMITTED,
    own_request: Code.SEPARATION_OF_DUTIES,
    bought_before: Code.CONDITION_NOT_MET,
    half_a_form: Code.INVALID_FORM,
    no_reason_given: Code.OPINION_REQUIRED,
}
#: A ledger could keep these: there is a case.
KEPT = [story for story in STORIES if story is not unknown_case]
each = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
each_on_a_case = pytest.mark.parametrize("story", KEPT, ids=lambda story: story.__name__)


def test_every_code_that_a_person_may_meet_has_its_story() -> None:
    # A definition that chases its own tail is no person's doing (see test_effects).
    assert set(STORIES.values()) == set(Code) - {Code.DEFINITION_INVALID}
    assert set(HTTP_STATUS) == set(Code)


@each
def test_the_answer_is_named_after_what_is_wrong(story: Callable[[], Try]) -> None:
    told = story()

    assert refused(told.act()).code is STORIES[story]


@each
def test_the_reason_is_a_sentence_in_both_languages(story: Callable[[], Try]) -> None:
    for reason in refused(story().act()).refusals:
        assert reason.because.zh
        assert reason.because.en
        assert "{" not in reason.because.zh + reason.because.en
        assert reason.because.zh != reason.because.en
        assert reason.rule


@each
def test_nothing_is_kept_of_what_was_tried(story: Callable[[], Try]) -> None:
    told = story()
    before = everything_but_ledgers(told.hospital.store.kept)

    told.act()

    assert everything_but_ledgers(told.hospital.store.kept) == before


@each_on_a_case
def test_the_ledger_grows_by_exactly_one_line(story: Callable[[], Try]) -> None:
    told = story()
    before = dict(told.hospital.store.kept.entries)

    answer = told.act()

    added = [e for place, e in told.hospital.store.kept.entries.items() if place not in before]
    assert added == [answer.entry]
    assert told.hospital.entries(told.number)[-1] == answer.entry


@each_on_a_case
def test_the_line_says_who_tried_what_and_why_not(story: Callable[[], Try]) -> None:
    told = story()
    state = told.hospital.case(told.number).state

    answer = told.act()

    line = told.hospital.lines(told.number)[-1]
    refusals = refused(answer).refusals
    assert (line["event"], line["code"]) == ("refused", refusals[0].code)
    assert (line["from"], line["to"]) == (state, state)
    assert line["action"]
    assert [
        (one["code"], one["zh"], one["en"], tuple(one["clauses"]), one["field"], one["rule"])
        for one in line["refused"]
    ] == [(r.code, r.because.zh, r.because.en, r.clauses, r.field, r.rule) for r in refusals]


@each
def test_whoever_asks_again_is_told_again(story: Callable[[], Try]) -> None:
    told = story()

    first, second = told.act(), told.act()

    assert reasons(first) == reasons(second)


@each
def test_codes_about_standing_say_that_no_input_could_mend_it(story: Callable[[], Try]) -> None:
    for reason in refused(story().act()).refusals:
        if reason.code in STANDING:
            assert reason.standing
        if reason.code in (Code.INVALID_FORM, Code.OPINION_REQUIRED):
            assert not reason.standing


def test_an_unknown_case_leaves_no_line_anywhere() -> None:
    told = unknown_case()
    before = dict(told.hospital.store.kept.entries)

    told.act()

    assert dict(told.hospital.store.kept.entries) == before


# ---- all reasons at once -------------------------------------------------------------------------


def test_every_problem_of_a_form_is_told_at_once() -> None:
    hospital = Hospital()
    request = hospital.opened("amy")

    answer = hospital.decide("amy", "submit", request, price="viel", secret="1")

    told = {reason.field: reason.because.en for reason in refused(answer).refusals}
    assert told == {
        "thing": "Please fill this in",
        "price": "Please enter a number",
        "secret": "The form has no such field",
    }


def test_a_missing_opinion_does_not_hide_a_wrong_field() -> None:
    hospital = Hospital()
    request = hospital.submitted()

    answer = hospital.decide("lee", "dept_sign", request, thing="别的")

    assert [reason.code for reason in refused(answer).refusals] == [
        Code.INVALID_FORM,
        Code.OPINION_REQUIRED,
    ]


def test_a_broken_rule_does_not_hide_what_else_is_wrong() -> None:
    told = bought_before()

    answer = told.hospital.decide("amy", "submit", told.number, price="0")

    assert [reason.code for reason in refused(answer).refusals] == [
        Code.CONDITION_NOT_MET,
        Code.INVALID_FORM,
    ]


def test_the_case_that_stands_in_the_way_is_named() -> None:
    told = bought_before()

    (reason,) = refused(told.act()).refusals

    assert reason.cases == ("CG2026-000001",)
    assert reason.clauses == ("P-3",)


def test_who_could_have_signed_is_named() -> None:
    told = head_of_another_department()

    (reason,) = refused(told.act()).refusals

    assert reason.because.zh == "“科室同意”由申请科室的科主任办理"
    assert reason.clauses == ("P-2",)


def test_a_field_that_the_step_does_not_take_is_told_and_not_dropped() -> None:
    hospital = Hospital()
    request = hospital.submitted()

    answer = hospital.decide("lee", "dept_sign", request, "同意", price="1.00")

    assert refused(answer).fields == ("price",)
    assert hospital.case(request).form["price"] == 30000


def test_a_computed_field_cannot_be_posted_by_hand() -> None:
    text = """\
process: sealed
version: 1
name: {zh: 封存, en: Sealed}
summary: {zh: 封存, en: Sealed}
category: {zh: 物资, en: Materials}
number: FC
title: '{thing}'
open: {who: {role: clinician}}
form:
  thing: {label: {zh: 物品, en: Thing}, type: text}
  seal: {label: {zh: 封号, en: Seal}, type: text, computed: true}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true, edit: {who: applicant, fields: all}}
  over: {name: {zh: 完成, en: Over}, final: true}
actions:
  finish:
    name: {zh: 完成, en: Finish}
    from: draft
    to: over
    who: applicant
    effects: [{set: {seal: case.number}}]
"""
    hospital = Hospital(text)

    at_opening = hospital.open("amy", "sealed", seal="伪造")
    box = hospital.opened("amy", "sealed")
    while_saving = hospital.saves("amy", box, seal="伪造")
    with_an_action = hospital.decide("amy", "finish", box, seal="伪造")

    for answer in (at_opening, while_saving, with_an_action):
        assert refused(answer).fields == ("seal",)
    hospital.takes("amy", "finish", box)
    assert hospital.case(box).form == {"seal": box}


def test_closed_says_more_than_not_here_and_not_here_more_than_not_yours() -> None:
    told = ended()
    hospital, request = told.hospital, told.number
    assert refused(hospital.decide("sam", "dept_sign", request)).code is Code.CLOSED

    waiting = hospital.submitted()
    assert refused(hospital.decide("sam", "finance_sign", waiting)).code is Code.UNKNOWN_ACTION
    assert refused(hospital.decide("sam", "dept_sign", waiting)).code is Code.NOT_PERMITTED


def test_who_may_not_act_learns_nothing_about_the_form() -> None:
    hospital = Hospital()
    request = hospital.submitted()

    answer = hospital.decide("sam", "dept_sign", request, price="x", thing="y")

    assert [reason.code for reason in refused(answer).refusals] == [Code.NOT_PERMITTED]


def test_duty_is_told_before_input() -> None:
    told = own_request()

    answer = told.hospital.decide("lee", "dept_sign", told.number, price="x")

    assert [reason.code for reason in refused(answer).refusals] == [Code.SEPARATION_OF_DUTIES]


# ---- openings ------------------------------------------------------------------------------------


def test_a_refused_opening_stands_in_the_ledger_of_the_house() -> None:
    hospital = Hospital()

    answer = hospital.open("sam", price="1")

    (line,) = (orjson.loads(e.body) for e in hospital.store.readings.entries("sys:house"))
    assert (line["event"], line["actor"], line["code"]) == ("refused", "sam", "not_permitted")
    assert line["facts"]["process"] == "purchase"
    assert line["facts"]["refused"][0]["en"] == reasons(answer)[0]
    assert hospital.store.kept.cases == {}


def test_an_unknown_process_cannot_be_opened() -> None:
    hospital = Hospital()

    answer = hospital.open("amy", "no-such-process")

    assert refused(answer).code is Code.NOT_FOUND
    assert hospital.store.kept.cases == {}


def test_a_case_cannot_be_opened_in_the_middle() -> None:
    hospital = Hospital()

    for entry in ("leader", "approved", "nowhere"):
        answer = hospital.open("amy", entry=entry)
        assert refused(answer).code is Code.UNKNOWN_ACTION
    assert hospital.store.kept.cases == {}


# ---- saving --------------------------------------------------------------------------------------


def test_nobody_changes_the_form_where_no_edit_is_declared() -> None:
    hospital = Hospital()
    request = hospital.submitted()

    for who in ("amy", "lee", "fang", "wu", "sam"):
        assert refused(hospital.saves(who, request, price="1.00")).code is Code.NOT_PERMITTED
    assert hospital.case(request).form["price"] == 30000


def test_nobody_changes_the_draft_of_another() -> None:
    hospital = Hospital()
    request = hospital.opened("amy", thing="止血钳")

    assert refused(hospital.saves("lee", request, thing="别的")).code is Code.NOT_PERMITTED


def test_nobody_changes_a_case_that_has_ended() -> None:
    told = ended()

    assert refused(told.hospital.saves("amy", told.number, thing="别的")).code is Code.CLOSED


def test_a_draft_that_was_seen_too_long_ago_is_not_overwritten() -> None:
    hospital = Hospital()
    request = hospital.opened("amy", thing="止血钳")
    hospital.saves("amy", request, thing="持针器")

    answer = hospital.decide("amy", "save", request, thing="剪刀", seen=1)

    assert refused(answer).code is Code.CONFLICT
    assert hospital.case(request).form["thing"] == "持针器"


def test_all_that_is_wrong_in_a_saved_draft_is_told_at_once() -> None:
    hospital = Hospital()
    request = hospital.opened("amy")

    answer = hospital.saves("amy", request, thing="长" * 51, price="x", secret="1")

    assert refused(answer).fields == ("thing", "price", "secret")


# ---- people who have left ------------------------------------------------------------------------


def test_who_was_never_here_may_do_nothing() -> None:
    hospital = Hospital()
    request = hospital.submitted()

    assert refused(hospital.open("nobody")).code is Code.NOT_PERMITTED
    assert refused(hospital.decide("nobody", "dept_sign", request)).code is Code.NOT_PERMITTED


def test_the_names_of_the_clock_and_the_engine_lend_nobody_their_rights() -> None:
    hospital = Hospital(people=with_posts(("sam", "finance_officer", "finance")))
    request = hospital.submitted()

    for name in ("timer", "system"):
        answer = hospital.decide(name, "dept_sign", request, "同意")
        assert refused(answer).code is Code.NOT_PERMITTED


# ---- the order of reasons ------------------------------------------------------------------------

CODES = st.sampled_from(list(Code))


@given(st.lists(CODES, min_size=1, max_size=8))
def test_reasons_stand_in_the_order_of_their_weight(codes: list[Code]) -> None:
    told = Refused.of(
        Refusal(code, Sentence(str(n), str(n)), field=f"f{n % 2}", clauses=(f"P-{n % 3}",))
        for n, code in enumerate(codes)
    )

    weights = [PRECEDENCE.index(reason.code) for reason in told.refusals]
    assert weights == sorted(weights)
    assert told.code is min(codes, key=PRECEDENCE.index)
    # Of equal weight, the first stays first; and nothing is lost.
    assert sorted(int(reason.because.en) for reason in told.refusals) == list(range(len(codes)))
    assert told.refusals == tuple(
        sorted(told.refusals, key=lambda r: (PRECEDENCE.index(r.code), int(r.because.en)))
    )
    assert len(told.fields) == len(set(told.fields))
    assert len(told.clauses) == len(set(told.clauses))


def test_a_refusal_without_a_reason_is_none() -> None:
    with pytest.raises(ValueError, match="reason"):
        Refused.of([])


def everything_but_ledgers(kept: Tables) -> dict[str, object]:
    """All tables, without ledger lines and what counts them."""
    lines = {"entries", "streams", "keys"}
    tables: dict[str, object] = {
        name: dict(getattr(kept, name)) for name in Tables.__annotations__ if name not in lines
    }
    tables["cases"] = {key: _without_head(case) for key, case in kept.cases.items()}
    return tables


def _without_head(case: Case) -> tuple[object, ...]:
    return (case.state, case.version, case.round, dict(case.form), case.title, case.closed_at)
