"""Cases that belong together: the parent's number in the form, its fields in rules, what blocks."""

from __future__ import annotations

import pytest

from tests.workflow.hospital import Hospital, edited, reasons, refused
from workflow.refusals import Code

#: A stay; complaints belong to it, and it does not end while one is open.
STAY = """\
process: stay
version: 1
name: {zh: 住院, en: Stay}
summary: {zh: 住院, en: Stay}
category: {zh: 住院, en: Stays}
number: ZY
title: '{patient}'
open: {who: {role: clinician}}
form:
  patient: {label: {zh: 姓名, en: Patient}, type: text}
  admitted: {label: {zh: 入院日, en: Admitted}, type: date}
  left_at: {label: {zh: 离院, en: Left at}, type: datetime}
facts:
  open_ones: {related: children, process: complaint, open: true, gives: numbers}
  any_open: {related: children, process: complaint, open: true, gives: exists}
  upheld: {related: children, process: complaint, states: [upheld], gives: count}
  who_upheld: {related: children, process: complaint, action: uphold, gives: actors}
  fine: {related: children, process: complaint, states: [upheld], gives: first, column: fine}
states:
  here: {name: {zh: 在院, en: Here}, entry: true, edit: {who: applicant, fields: all}}
  gone: {name: {zh: 离院, en: Gone}, final: true}
  billed: {name: {zh: 扣款, en: Billed}, final: true}
actions:
  leave:
    name: {zh: 离院, en: Leave}
    from: here
    to: gone
    who: {role: dept_head}
    conditions:
      - when: '!facts.any_open'
        otherwise: {zh: 有投诉未办结, en: A complaint is still open}
        names_cases: open_ones
        clauses: [P-3]
  bill:
    name: {zh: 扣款, en: Bill}
    from: here
    to: billed
    who: {role: finance_officer}
    conditions:
      - when: facts.upheld > 0 && facts.fine == 500
        otherwise: {zh: 没有成立的投诉, en: No complaint was upheld}
      - when: '!(actor.id in facts.who_upheld)'
        otherwise: {zh: 须由他人扣款, en: Somebody else has to bill}
"""
COMPLAINT = """\
process: complaint
version: 1
name: {zh: 投诉, en: Complaint}
summary: {zh: 投诉, en: Complaint}
category: {zh: 住院, en: Stays}
number: TS
title: '{what}'
open:
  who: [{role: clinician}, {role: dept_head}]
  parent: {process: stay, field: stay, required: true}
  conditions:
    - when: parent.state == "here"
      otherwise: {zh: 患者已离院, en: The patient has left}
form:
  stay: {label: {zh: 住院号, en: Stay}, type: case, process: stay}
  what: {label: {zh: 事由, en: What}, type: text}
  day: {label: {zh: 日期, en: Day}, type: date}
  fine: {label: {zh: 扣款, en: Fine}, type: money}
  patient: {label: {zh: 姓名, en: Patient}, type: text, computed: true}
facts:
  others: {related: siblings, process: complaint, open: true, gives: count}
states:
  raised: {name: {zh: 已提出, en: Raised}, entry: true}
  upheld: {name: {zh: 成立, en: Upheld}, final: true}
  dropped: {name: {zh: 撤销, en: Dropped}, final: true}
actions:
  uphold:
    name: {zh: 成立, en: Uphold}
    from: raised
    to: upheld
    who: {role: dept_head, of: parent.department}
    fields: [fine]
    conditions:
      - when: '!given.day || form.day >= parent.form.admitted'
        otherwise: {zh: 早于入院日, en: Before the admission}
      - when: '!parent.given.left_at || today <= parent.day.left_at'
        otherwise: {zh: 已离院, en: The patient has left}
    effects: [{set: {patient: parent.form.patient}}]
  drop:
    name: {zh: 撤销, en: Drop}
    from: raised
    to: dropped
    who: applicant
    conditions:
      - when: facts.others == 0
        otherwise: {zh: 还有别的投诉, en: There are others}
"""


@pytest.fixture
def hospital() -> Hospital:
    return Hospital(STAY, COMPLAINT)


def stay_of(hospital: Hospital, **answers: object) -> str:
    """The number of a stay in surgery."""
    return hospital.opened("amy", "stay", None, **{"patient": "王五", **answers})


# ---- the parent ----------------------------------------------------------------------------------


def test_the_number_of_the_parent_stands_in_its_field(hospital: Hospital) -> None:
    stay = stay_of(hospital)

    complaint = hospital.opened("amy", "complaint", stay, what="太吵")

    assert hospital.case(complaint).form["stay"] == stay
    assert hospital.case(complaint).parent == hospital.case(stay).id


def test_the_parent_may_be_named_in_its_field(hospital: Hospital) -> None:
    stay = stay_of(hospital)

    complaint = hospital.opened("amy", "complaint", None, stay=f" {stay} ")

    assert hospital.case(complaint).parent == hospital.case(stay).id
    assert hospital.case(complaint).form["stay"] == stay


def test_what_is_said_and_what_is_typed_cannot_differ(hospital: Hospital) -> None:
    stay, other = stay_of(hospital), stay_of(hospital)

    complaint = hospital.opened("amy", "complaint", stay, stay=other)

    assert hospital.case(complaint).form["stay"] == stay


def test_a_case_that_needs_a_parent_is_not_opened_without_one(hospital: Hospital) -> None:
    answer = hospital.open("amy", "complaint", what="太吵")

    (reason,) = refused(answer).refusals
    assert (reason.code, reason.field) == (Code.INVALID_FORM, "stay")
    assert reason.because.en == "Please choose the case that this one belongs to"


def test_a_parent_that_is_not_there_is_told_at_its_field(hospital: Hospital) -> None:
    answer = hospital.open("amy", "complaint", stay="ZY2026-000099")

    (reason,) = refused(answer).refusals
    assert reason.field == "stay"
    assert reason.because.en == "There is no case with the number ZY2026-000099"


def test_a_parent_of_another_process_is_none(hospital: Hospital) -> None:
    complaint = hospital.opened("amy", "complaint", stay_of(hospital))

    answer = hospital.open("amy", "complaint", parent=complaint)

    assert refused(answer).fields == ("stay",)
    assert hospital.cases("complaint") == (complaint,)


def test_the_parent_is_not_changed_by_its_child(hospital: Hospital) -> None:
    stay = stay_of(hospital)
    before = hospital.file(stay), hospital.entries(stay)

    hospital.opened("amy", "complaint", stay)

    assert (hospital.file(stay), hospital.entries(stay)) == before


# ---- the parent in rules -------------------------------------------------------------------------


def test_a_rule_may_look_at_the_state_of_the_parent(hospital: Hospital) -> None:
    stay = stay_of(hospital)
    hospital.takes("lee", "leave", stay)

    answer = hospital.open("amy", "complaint", parent=stay)

    assert reasons(answer) == ["The patient has left"]


def test_a_rule_may_look_at_the_fields_of_the_parent_as_they_are_now(hospital: Hospital) -> None:
    stay = stay_of(hospital, admitted="2026-03-05")
    complaint = hospital.opened("amy", "complaint", stay, day="2026-03-04")
    assert reasons(hospital.decide("lee", "uphold", complaint)) == ["Before the admission"]

    hospital.saves("amy", stay, admitted="2026-03-01")

    assert hospital.takes("lee", "uphold", complaint) == "upheld"


def test_a_rule_about_an_empty_field_of_the_parent_fails_closed(hospital: Hospital) -> None:
    complaint = hospital.opened("amy", "complaint", stay_of(hospital), day="2026-03-04")

    answer = hospital.decide("lee", "uphold", complaint)

    (reason,) = refused(answer).refusals
    assert reason.code is Code.CONDITION_NOT_MET
    assert reason.because.en.startswith("Before the admission (The condition cannot be judged")


def test_a_rule_may_ask_whether_a_field_of_the_parent_is_filled(hospital: Hospital) -> None:
    stay = stay_of(hospital, admitted="2026-03-01")
    complaint = hospital.opened("amy", "complaint", stay)
    hospital.saves("amy", stay, left_at="2026-03-02 23:30")
    hospital.wait(days=1)
    assert reasons(hospital.decide("lee", "uphold", complaint)) == ["The patient has left"]

    hospital.saves("amy", stay, left_at="2026-03-03 00:10")

    assert hospital.takes("lee", "uphold", complaint) == "upheld"


def test_an_effect_may_take_a_field_of_the_parent(hospital: Hospital) -> None:
    complaint = hospital.opened("amy", "complaint", stay_of(hospital))

    hospital.takes("lee", "uphold", complaint)

    assert hospital.case(complaint).form["patient"] == "王五"


def test_the_head_of_the_parents_department_acts(hospital: Hospital) -> None:
    """Ida raises it, of a stay in surgery: not she decides, but the head of surgery."""
    complaint = hospital.opened("ida", "complaint", stay_of(hospital))

    assert hospital.waits_for(complaint) == ("r:dept_head@surgery", "p:ida")
    assert refused(hospital.decide("ida", "uphold", complaint)).code is Code.NOT_PERMITTED
    assert hospital.takes("lee", "uphold", complaint) == "upheld"


# ---- what blocks ---------------------------------------------------------------------------------


def test_open_cases_block_and_are_named(hospital: Hospital) -> None:
    stay = stay_of(hospital)
    first = hospital.opened("amy", "complaint", stay)
    second = hospital.opened("amy", "complaint", stay)
    hospital.opened("amy", "complaint", stay_of(hospital))

    answer = hospital.decide("lee", "leave", stay)

    (reason,) = refused(answer).refusals
    assert reason.code is Code.CONDITION_NOT_MET
    assert reason.cases == (first, second)
    assert (reason.clauses, reason.because.en) == (("P-3",), "A complaint is still open")
    assert hospital.lines(stay)[-1]["refused"][0]["cases"] == [first, second]


def test_the_closed_button_names_them_too(hospital: Hospital) -> None:
    stay = stay_of(hospital)
    complaint = hospital.opened("amy", "complaint", stay)

    offer = hospital.offers("lee", stay)["leave"]

    assert not offer.is_open
    assert offer.closed_because[0].cases == (complaint,)
    assert offer.closed_because[0].standing


def test_when_the_last_has_ended_nothing_blocks(hospital: Hospital) -> None:
    stay = stay_of(hospital)
    complaint = hospital.opened("amy", "complaint", stay)
    hospital.takes("amy", "drop", complaint)

    assert hospital.can("lee", stay) == {"leave"}
    assert hospital.takes("lee", "leave", stay) == "gone"


def test_a_rule_may_look_at_siblings_but_not_at_itself(hospital: Hospital) -> None:
    stay = stay_of(hospital)
    first = hospital.opened("amy", "complaint", stay)
    second = hospital.opened("amy", "complaint", stay)
    hospital.opened("amy", "complaint", stay_of(hospital))
    assert reasons(hospital.decide("amy", "drop", first)) == ["There are others"]

    hospital.takes("lee", "uphold", second)

    assert hospital.takes("amy", "drop", first) == "dropped"


def test_a_rule_may_look_at_a_field_of_the_newest_and_at_who_acted_there(
    hospital: Hospital,
) -> None:
    stay = stay_of(hospital)
    assert reasons(hospital.decide("fang", "bill", stay))[0].startswith("No complaint was upheld")
    complaint = hospital.opened("amy", "complaint", stay)
    hospital.takes("lee", "uphold", complaint, fine="5.00")

    line_before = len(hospital.lines(stay))
    assert hospital.takes("fang", "bill", stay) == "billed"

    facts = hospital.lines(stay)[line_before]["facts"]
    assert facts == {"upheld": 1, "fine": 500, "who_upheld": ["lee"]}


def test_who_acted_in_the_other_case_may_be_kept_from_acting_here() -> None:
    text = edited(STAY, ("who: {role: finance_officer}", "who: {role: dept_head}"))
    hospital = Hospital(text, COMPLAINT)
    stay = stay_of(hospital)
    hospital.takes("lee", "uphold", hospital.opened("amy", "complaint", stay), fine="5.00")

    assert reasons(hospital.decide("lee", "bill", stay)) == ["Somebody else has to bill"]
    assert hospital.takes("ida", "bill", stay) == "billed"


def test_facts_are_kept_in_the_line_and_not_looked_up_again(hospital: Hospital) -> None:
    stay = stay_of(hospital)
    complaint = hospital.opened("amy", "complaint", stay)
    hospital.decide("lee", "leave", stay)
    hospital.takes("amy", "drop", complaint)

    hospital.takes("lee", "leave", stay)

    assert hospital.lines(stay)[-1]["facts"] == {"any_open": False, "open_ones": []}
