"""A case puts a policy value in force: from its day, for cases opened then, with a trail back."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workflow.hospital import (
    FILLED,
    PURCHASE,
    Hospital,
    edited,
    local,
    reasons,
    refused,
    small_register,
    with_posts,
)
from workflow.ports.hospital import PolicyChange
from workflow.refusals import Code
from workflow.service.bundles import examine

DAYS = "purchase.answer_days"
#: Kim proposes a value, Wu decides, and the case itself puts it in force.
RULING = """\
process: ruling
version: 1
name: {zh: 规则变更, en: Ruling}
summary: {zh: 库房提出，领导批准。, en: The store proposes and the leader approves.}
category: {zh: 管理, en: House}
number: GZ
title: '{what}'
open: {who: {role: keeper}}
form:
  what:
    label: {zh: 参数, en: Parameter}
    type: enum
    required: start
    options:
      - {value: purchase.answer_days, en: Days}
      - {value: purchase.finance_first, en: First}
      - {value: purchase.most, en: Most}
  value: {label: {zh: 新值, en: Value}, type: text, required: approve}
  note: {label: {zh: 理由, en: Reason}, type: text}
  ids: {label: {zh: 条款, en: Clauses}, type: list, clauses: [P-1]}
  day: {label: {zh: 生效日, en: Day}, type: date}
states:
  asked: {name: {zh: 已提出, en: Asked}, entry: true, edit: {who: applicant}}
  ruled: {name: {zh: 已定, en: Ruled}, final: true}
actions:
  approve:
    name: {zh: 批准, en: Approve}
    from: asked
    to: ruled
    who: {role: vice_president}
    effects:
      - {put_in_force: what, value: value, from: form.day, reason: note, clauses: ids}
"""
#: A purchase looks at the figure.
GOVERNED = (
    edited(
        PURCHASE,
        ("clauses: [P-1]\nopen:", f"clauses: [P-1]\nparameters: [{DAYS}]\nopen:"),
    )
    + """\
deadlines:
  answer:
    name: {zh: 答复期限, en: Time to answer}
    while: [dept]
    length: {workdays: param.purchase.answer_days}
    overdue: true
    design_choice: true
"""
)
#: A purchase needs a figure that no document gives.
LIMITED = edited(
    PURCHASE,
    ("clauses: [P-1]\nopen:", "clauses: [P-1]\nparameters: [purchase.most]\nopen:"),
    (
        "    conditions:\n",
        """\
    conditions:
      - when: form.price <= param.purchase.most
        otherwise: {zh: 超过限额, en: More than the limit}
""",
    ),
)


@pytest.fixture
def hospital() -> Hospital:
    return Hospital(GOVERNED, RULING)


def ruled(hospital: Hospital, key: str, value: str, **more: object) -> str:
    """Kim proposes and Wu approves."""
    number = hospital.opened("kim", "ruling", None, what=key, value=value, **more)
    hospital.takes("wu", "approve", number)
    return number


def kept(hospital: Hospital) -> object:
    """The figure that a purchase opened now keeps."""
    return hospital.case(hospital.opened("amy", "purchase", None, **FILLED)).parameters[DAYS]


def changes(hospital: Hospital) -> tuple[PolicyChange, ...]:
    return hospital.store.readings.hospital().policy.changes


def test_cases_opened_afterwards_take_it_and_running_ones_keep_theirs(hospital: Hospital) -> None:
    before = hospital.opened("amy", "purchase", None, **FILLED)
    ruled(hospital, DAYS, "5")
    assert kept(hospital) == 5
    assert hospital.case(before).parameters[DAYS] is None


#: A ruling that also tells what held so far.
KNOWING = edited(
    RULING,
    ("  note: {label", "  old: {label: {zh: 旧值, en: So far}, type: text}\n  note: {label"),
    ("clauses: ids}", "clauses: ids, before: old}"),
)


@pytest.mark.parametrize("old", ["3", "未设定的", "按规则档案"])
def test_the_value_so_far_has_to_be_the_one_in_force(old: str) -> None:
    hospital = Hospital(GOVERNED, KNOWING)
    answer = hospital.open("kim", "ruling", what=DAYS, old=old)
    assert [(r.field, r.code) for r in refused(answer).refusals] == [("old", Code.INVALID_FORM)]
    assert "未设定" in refused(answer).because.zh
    number = hospital.opened("kim", "ruling", None, what=DAYS, old="未设定", value="5")
    hospital.takes("wu", "approve", number)
    assert kept(hospital) == 5
    hospital.opened("kim", "ruling", None, what=DAYS, old="5")


def test_what_holds_from_tomorrow_does_not_count_today(hospital: Hospital) -> None:
    ruled(hospital, DAYS, "5", day="2026-03-03")
    assert kept(hospital) is None
    hospital.wait_until(local("2026-03-02 23:59"))
    assert kept(hospital) is None
    hospital.wait_until(local("2026-03-03 00:00"))
    assert kept(hospital) == 5


def test_a_day_that_is_past_counts_as_today(hospital: Hospital) -> None:
    ruled(hospital, DAYS, "5", day="2026-01-01")
    assert [one.since for one in changes(hospital)] == [date(2026, 3, 2)]


def test_the_trail_leads_from_the_value_to_the_line_and_back(hospital: Hospital) -> None:
    number = ruled(hospital, DAYS, "5", note="院务会决定", ids=["P-1", "P-3"])
    (change,) = changes(hospital)
    assert (change.number, change.reason, change.clauses) == (number, "院务会决定", ("P-1", "P-3"))
    line = hospital.lines(number)[change.seq - 1]
    assert line["event"] == "approve"
    assert line["policy"] == [{"parameter": DAYS, "value": 5, "since": "2026-03-02"}]


def test_of_two_for_one_day_the_later_holds_and_a_later_day_beats_both(hospital: Hospital) -> None:
    ruled(hospital, DAYS, "7", day="2026-03-05")
    ruled(hospital, DAYS, "5")
    ruled(hospital, DAYS, "6")
    assert kept(hospital) == 6
    hospital.wait_until(local("2026-03-05 08:00"))
    assert kept(hospital) == 7


def test_a_figure_is_taken_back_or_left_to_the_profile(hospital: Hospital) -> None:
    ruled(hospital, DAYS, "5")
    ruled(hospital, DAYS, "未设定")
    assert kept(hospital) is None
    ruled(hospital, DAYS, "4")
    ruled(hospital, DAYS, "按规则档案")
    assert kept(hospital) is None
    assert changes(hospital)[-1].left


@pytest.mark.parametrize(("key", "value"), [(DAYS, "五天"), (DAYS, "2.5"), ("purchase.most", "-1")])
def test_a_value_that_does_not_fit_is_refused_where_it_is_typed(
    hospital: Hospital, key: str, value: str
) -> None:
    answer = hospital.open("kim", "ruling", what=key, value=value)
    assert (refused(answer).code, refused(answer).fields) == (Code.INVALID_FORM, ("value",))
    number = hospital.opened("kim", "ruling", None, what=key)
    assert refused(hospital.saves("kim", number, value=value)).fields == ("value",)
    answer = hospital.decide("wu", "approve", number, value=value)
    assert refused(answer).fields == ("value",)
    assert changes(hospital) == ()


def test_a_clause_that_the_register_does_not_know_is_refused(hospital: Hospital) -> None:
    answer = hospital.open("kim", "ruling", what=DAYS, value="5", ids=["P-1", "X-9"])
    assert refused(answer).fields == ("ids",)
    assert "X-9" in reasons(answer)[0]
    assert "P-1" not in reasons(answer)[0]


def test_a_choice_that_is_no_parameter_does_not_pass_the_check(hospital: Hospital) -> None:
    text = RULING.replace("{value: purchase.most, en: Most}", "{value: purchase.least, en: Least}")
    text = text.replace("value: value, from", "value: day, from")
    examined = examine(text, "small.yaml", hospital.catalog.register, ())
    assert isinstance(examined, tuple)
    said = " ".join(one.said.en for one in examined)
    assert "purchase.least" in said
    assert "day is date" in said


# ---- figures that the documents leave open -------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "wrong", "said"),
    [
        ("put_in_force: what", "put_in_force: day", "day is date"),
        ("reason: note", "reason: ids", "ids is list"),
        ("clauses: ids", "clauses: note", "note is text"),
    ],
)
def test_a_field_that_cannot_hold_what_it_is_named_for_is_found(
    hospital: Hospital, named: str, wrong: str, said: str
) -> None:
    found = examine(edited(RULING, (named, wrong)), "small.yaml", hospital.catalog.register, ())
    assert isinstance(found, tuple)
    assert any(said in one.said.en for one in found)


def test_nobody_starts_a_process_before_its_figure_is_entered() -> None:
    hospital = Hospital(LIMITED, RULING)
    answer = hospital.open("amy", "purchase", **FILLED)
    refusal = refused(answer).refusals[0]
    assert refusal.code is Code.CONDITION_NOT_MET
    assert refusal.standing
    assert refusal.clauses == ("P-3",)
    for said in ("采购限额", "purchase.most", "P-3", "保管员", "规则变更", "政策参数"):
        assert said in refusal.because.zh
    assert hospital.cases("purchase") == ()


def test_the_start_tells_what_else_is_wrong_at_once() -> None:
    hospital = Hospital(LIMITED, RULING)
    answer = hospital.open("amy", "purchase", thing="钳", price="many")
    assert [one.rule for one in refused(answer).refusals] == [
        "parameter.purchase.most",
        "form.price",
    ]


def test_when_it_is_entered_the_process_starts_from_its_day_on() -> None:
    hospital = Hospital(LIMITED, RULING)
    ruled(hospital, "purchase.most", "500.00", day="2026-03-03")
    assert refused(hospital.open("amy", "purchase", **FILLED)).clauses == ("P-3",)
    hospital.wait_until(local("2026-03-03 00:00"))
    number = hospital.opened("amy", "purchase", None, **FILLED)
    assert hospital.case(number).parameters["purchase.most"] == 50_000


def test_whoever_may_not_start_it_anyway_is_told_that_first() -> None:
    hospital = Hospital(LIMITED, RULING)
    assert refused(hospital.open("sam", "purchase", **FILLED)).code is Code.NOT_PERMITTED


#: A ruling that waits for its day, and is put in force by a clock.
WAITING = (
    edited(
        RULING,
        (
            "  ruled: {name: {zh: 已定, en: Ruled}, final: true}",
            (
                "  waits: {name: {zh: 待生效, en: Waits}}\n"
                "  ruled: {name: {zh: 已定, en: Ruled}, final: true}"
            ),
        ),
        (
            "    to: ruled\n    who: {role: vice_president}\n    effects:\n",
            (
                "    to: waits\n    who: {role: vice_president}\n"
                "  begin:\n    name: {zh: 生效, en: Begins}\n    from: waits\n    to: ruled\n"
                "    who: timer\n    effects:\n"
            ),
        ),
    )
    + """\
deadlines:
  begins: {name: {zh: 生效, en: Begins}, while: waits, until: form.day - 1, then: begin}
"""
)


def test_a_case_of_the_first_second_has_the_value_of_the_day_though_nobody_looked() -> None:
    hospital = Hospital(GOVERNED, WAITING)
    number = ruled(hospital, DAYS, "5", day="2026-03-03")
    hospital.now = local("2026-03-02 23:59")
    assert kept(hospital) is None
    assert hospital.case(number).state == "waits"
    hospital.now = local("2026-03-03 00:00")
    assert kept(hospital) == 5
    assert hospital.case(number).state == "ruled"
    assert hospital.events(number)[-1] == "begin"


def test_other_clocks_wait_for_whoever_watches_them() -> None:
    hospital = Hospital(GOVERNED, WAITING)
    ruled(hospital, DAYS, "1")
    asked = hospital.opened("amy", "purchase", None, **FILLED)
    hospital.takes("amy", "submit", asked)
    ruled(hospital, DAYS, "5", day="2026-03-10")
    hospital.now = local("2026-03-10 00:00")
    assert kept(hospital) == 5
    assert "answer" not in hospital.events(asked)


# ---- who works by it -----------------------------------------------------------------------------

#: Whoever works by the value is told, beside the keeper of the store.
TELLING = edited(
    RULING,
    ("ids}\n", "ids}\n      - notify: applicant\n      - tell_users: what\n"),
)
#: Another process that reads another parameter.
ELSEWHERE = edited(
    LIMITED,
    ("process: purchase", "process: hire"),
    ("number: CG", "number: ZL"),
    ("{role: clinician}, {role: dept_head}", "{role: keeper}"),
)


def told(hospital: Hospital) -> dict[str, list[str]]:
    """Who has heard of an approval."""
    found = {who: list(hospital.news(who)) for who in ("amy", "lee", "ida", "fang", "wu", "kim")}
    return {who: news for who, news in found.items() if news}


def test_who_takes_part_in_a_process_that_reads_it_is_told_once() -> None:
    hospital = Hospital(GOVERNED, TELLING, ELSEWHERE)
    ruled(hospital, DAYS, "5")
    assert told(hospital) == {
        who: ["approve"] for who in ("amy", "lee", "ida", "fang", "wu", "kim")
    }


def test_who_holds_two_posts_is_told_once_all_the_same() -> None:
    people = with_posts(("lee", "clinician", "surgery"), ("kim", "finance_officer", "finance"))
    hospital = Hospital(GOVERNED, TELLING, ELSEWHERE, people=people)
    ruled(hospital, DAYS, "5")
    assert told(hospital) == {
        who: ["approve"] for who in ("amy", "lee", "ida", "fang", "wu", "kim")
    }


def test_who_works_by_another_value_hears_nothing() -> None:
    """Nobody but the keeper, who proposed it, works by what no process reads."""
    hospital = Hospital(GOVERNED, TELLING)
    ruled(hospital, "purchase.most", "30")
    assert told(hospital) == {"kim": ["approve"]}


def test_the_parameter_is_named_by_a_field_that_can() -> None:
    problems = examine(
        edited(TELLING, ("tell_users: what", "tell_users: ids")), "small.yaml", small_register(), []
    )
    assert isinstance(problems, tuple)
    (problem,) = problems
    assert problem.said.en.endswith(
        "tell_users takes a field of type enum / text here; ids is list."
    )
