"""A step that several seats sign (会签): in any order, each once, and the case waits for all."""

from __future__ import annotations

from tests.workflow.hospital import Hospital, edited, reasons, refused, with_posts
from workflow.people.organisation import Person
from workflow.ports.house import SavePerson
from workflow.refusals import Code

#: The head of Amy's department and finance sign together; Wu looks at it and ends it.
JOINT = """\
process: joint
version: 1
name: {zh: 会签, en: Joint}
summary: {zh: 科室与财务会签，领导复核。, en: Department and finance sign together.}
category: {zh: 物资, en: Materials}
number: HQ
title: '{note}'
open: {who: {role: clinician}}
form:
  note: {label: {zh: 说明, en: Note}, type: text}
registers:
  signed:
    name: {zh: 会签簿, en: Signed}
    columns: {note: {type: text, label: {zh: 说明, en: Note}}}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true}
  signing: {name: {zh: 会签中, en: Being signed}}
  checking: {name: {zh: 复核, en: Being checked}}
  done: {name: {zh: 完成, en: Done}, final: true}
  refused: {name: {zh: 不同意, en: Refused}, final: true}
actions:
  send: {name: {zh: 送签, en: Send}, from: draft, to: signing, who: applicant}
  sign:
    name: {zh: 会签, en: Sign}
    from: signing
    to: checking
    who: [{role: dept_head, of: applicant.department}, {role: finance_officer}]
    all_sign: true
    signs: true
    opinion: optional
    fields: [note]
    effects:
      - write: signed
        row: {note: form.note}
      - notify: reviewer
  refuse:
    name: {zh: 不同意, en: Refuse}
    from: signing
    to: refused
    who: reviewer
    opinion: required
    tone: stop
  again:
    name: {zh: 重签, en: Sign again}
    from: checking
    to: signing
    who: {role: vice_president}
    opinion: required
    tone: back
  finish: {name: {zh: 完成, en: Finish}, from: checking, to: done, who: {role: vice_president}}
"""
#: Lee also keeps the money; Mei heads surgery beside him.
TWO_POSTS = with_posts(("lee", "finance_officer", "finance"), ("mei", "dept_head", "surgery"))


def sent(hospital: Hospital) -> str:
    """The number of a case that waits for both."""
    number = hospital.opened("amy", "joint", note="设备")
    hospital.takes("amy", "send", number)
    return number


def test_it_waits_for_both() -> None:
    hospital = Hospital(JOINT)

    number = sent(hospital)

    assert hospital.waits_for(number) == ("r:dept_head@surgery", "r:finance_officer")


def test_after_one_signature_it_still_waits_for_the_other() -> None:
    hospital = Hospital(JOINT)
    number = sent(hospital)

    assert hospital.takes("lee", "sign", number, "同意") == "signing"

    assert hospital.waits_for(number) == ("r:finance_officer",)


def test_after_both_it_moves_whoever_was_first() -> None:
    for first, second in (("lee", "fang"), ("fang", "lee")):
        hospital = Hospital(JOINT)
        number = sent(hospital)

        assert hospital.takes(first, "sign", number) == "signing"
        assert hospital.takes(second, "sign", number) == "checking"


def test_what_follows_follows_once_and_at_the_end() -> None:
    hospital = Hospital(JOINT)
    number = sent(hospital)
    hospital.takes("lee", "sign", number)
    assert (hospital.rows("signed"), hospital.news("wu")) == ((), ())

    hospital.takes("fang", "sign", number)

    assert [row.values for row in hospital.rows("signed")] == [{"note": "设备"}]
    assert hospital.news("wu") == ("sign",)


def test_each_signature_is_a_line_and_a_closed_task_of_its_own() -> None:
    hospital = Hospital(JOINT)
    number = sent(hospital)
    hospital.takes("fang", "sign", number)
    hospital.takes("lee", "sign", number)

    signed = [task.closed_by for task in hospital.file(number).tasks if task.closed_as == "sign"]
    assert sorted(map(str, signed)) == ["fang", "lee"]
    assert hospital.events(number)[-2:] == ("sign", "sign")


def test_what_one_signer_fills_in_the_other_sees() -> None:
    hospital = Hospital(JOINT)
    number = sent(hospital)

    hospital.takes("lee", "sign", number, note="设备两台")
    hospital.takes("fang", "sign", number)

    assert hospital.rows("signed")[0].values == {"note": "设备两台"}


def test_what_somebody_has_signed_the_next_does_not_change() -> None:
    hospital = Hospital(JOINT)
    number = sent(hospital)
    hospital.takes("lee", "sign", number, note="设备两台")

    answer = hospital.decide("fang", "sign", number, note="设备三台")

    assert refused(answer).code is Code.INVALID_FORM
    assert [one.field for one in refused(answer).refusals] == ["note"]
    assert reasons(answer) == [
        "Dr Lee has signed this as it is; ask them to take it back if you disagree"
    ]
    assert hospital.case(number).form["note"] == "设备两台"
    assert hospital.takes("fang", "sign", number, note="设备两台") == "checking"


def test_what_the_first_left_empty_the_next_may_fill_in() -> None:
    hospital = Hospital(JOINT)
    number = hospital.opened("amy", "joint")
    hospital.takes("amy", "send", number)
    hospital.takes("lee", "sign", number)

    assert hospital.takes("fang", "sign", number, note="设备") == "checking"


def test_what_somebody_has_signed_is_not_changed_by_saving_either() -> None:
    open_to_edit = (
        "signing: {name: {zh: 会签中, en: Being signed}, edit: {who: {role: finance_officer}}}"
    )
    hospital = Hospital(
        edited(JOINT, ("signing: {name: {zh: 会签中, en: Being signed}}", open_to_edit))
    )
    number = sent(hospital)
    assert hospital.saves("fang", number, note="设备两台").refused is None
    hospital.takes("lee", "sign", number)

    answer = hospital.saves("fang", number, note="设备三台")

    assert refused(answer).code is Code.INVALID_FORM
    assert hospital.case(number).form["note"] == "设备两台"


def test_a_case_that_was_sent_back_is_written_anew() -> None:
    hospital = Hospital(JOINT)
    number = sent(hospital)
    hospital.takes("lee", "sign", number, note="设备两台")
    hospital.takes("fang", "sign", number)
    hospital.takes("wu", "again", number, "金额有误")

    assert hospital.takes("fang", "sign", number, note="设备一台") == "signing"


def test_nobody_signs_twice_for_two_seats() -> None:
    hospital = Hospital(JOINT, people=with_posts(("lee", "finance_officer", "finance")))
    number = sent(hospital)
    hospital.takes("lee", "sign", number)

    answer = hospital.decide("lee", "sign", number)

    assert refused(answer).code is Code.SEPARATION_OF_DUTIES
    assert reasons(answer) == [
        "You already signed here; the other signature must be somebody else's"
    ]
    assert hospital.can("lee", number) == {"refuse"}


def test_the_applicant_signs_for_no_seat() -> None:
    hospital = Hospital(JOINT, people=with_posts(("amy", "finance_officer", "finance")))
    number = sent(hospital)

    assert refused(hospital.decide("amy", "sign", number)).code is Code.SEPARATION_OF_DUTIES


def test_a_seat_that_was_signed_for_is_not_signed_again() -> None:
    hospital = Hospital(JOINT, people=with_posts(("mei", "dept_head", "surgery")))
    number = sent(hospital)
    hospital.takes("mei", "sign", number)
    version = hospital.case(number).version

    answer = hospital.decide("lee", "sign", number)

    assert refused(answer).code is Code.ALREADY_DECIDED
    assert reasons(answer) == ["Mei has signed here; no further signature is needed"]
    assert hospital.case(number).version == version
    assert "sign" not in hospital.can("lee", number)


def test_who_holds_two_seats_signs_for_the_one_that_is_still_open() -> None:
    hospital = Hospital(JOINT, people=TWO_POSTS)
    number = sent(hospital)
    hospital.takes("mei", "sign", number)

    assert hospital.takes("lee", "sign", number) == "checking"

    signed = {task.address.key: task.closed_by for task in hospital.file(number).tasks}
    assert signed["r:finance_officer"] == "lee"


def test_one_no_ends_it_for_all() -> None:
    hospital = Hospital(JOINT)
    number = sent(hospital)
    hospital.takes("lee", "sign", number)

    assert hospital.takes("fang", "refuse", number, "没有预算") == "refused"

    closed = {task.address.key: task.closed_as for task in hospital.file(number).tasks}
    assert closed["r:finance_officer"] == "refuse"


def test_who_sees_the_old_page_is_told_that_a_colleague_signed_meanwhile() -> None:
    hospital = Hospital(JOINT)
    number = sent(hospital)
    seen = hospital.case(number).version
    hospital.decide("lee", "sign", number, seen=seen)

    answer = hospital.decide("fang", "sign", number, seen=seen)

    assert refused(answer).code is Code.CONFLICT
    assert hospital.takes("fang", "sign", number) == "checking"


def test_a_case_that_comes_back_is_signed_again_by_both() -> None:
    hospital = Hospital(JOINT)
    number = sent(hospital)
    hospital.takes("lee", "sign", number)
    hospital.takes("fang", "sign", number)
    hospital.takes("wu", "again", number, "金额有误")

    assert hospital.waits_for(number) == ("r:dept_head@surgery", "r:finance_officer")
    assert hospital.takes("lee", "sign", number) == "signing"
    assert hospital.takes("fang", "sign", number) == "checking"


def test_two_seats_of_the_same_address_are_one() -> None:
    """Case and applicant are of the same department: its head is one seat, and one signature."""
    both = (
        "who: [{role: dept_head, of: applicant.department}, {role: dept_head, of: case.department}]"
    )
    old = "who: [{role: dept_head, of: applicant.department}, {role: finance_officer}]"
    hospital = Hospital(edited(JOINT, (old, both)))
    number = sent(hospital)
    assert hospital.waits_for(number) == ("r:dept_head@surgery",)

    assert hospital.takes("lee", "sign", number) == "checking"


def test_a_seat_stays_with_the_department_that_the_applicant_has_left_and_is_waited_for() -> None:
    hospital = Hospital(JOINT)
    number = sent(hospital)
    hospital.changes(SavePerson(Person("amy", "Amy", "icu")))

    assert hospital.takes("fang", "sign", number) == "signing"
    assert refused(hospital.decide("ida", "sign", number)).code is Code.NOT_PERMITTED
    assert hospital.takes("lee", "sign", number) == "checking"
