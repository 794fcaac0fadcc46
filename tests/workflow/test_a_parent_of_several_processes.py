"""A case may belong to a case of one of several processes; rules see what all of these have."""

from __future__ import annotations

import pytest

from tests.workflow.hospital import Hospital, edited, reasons, refused

#: A stay and a visit; a report of an impersonation belongs to either.
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
  bed: {label: {zh: 床号, en: Bed}, type: integer}
states:
  here: {name: {zh: 在院, en: Here}, entry: true}
  gone: {name: {zh: 离院, en: Gone}, final: true}
actions:
  leave: {name: {zh: 离院, en: Leave}, from: here, to: gone, who: {role: dept_head}}
"""
VISIT = edited(
    STAY,
    ("process: stay", "process: visit"),
    ("number: ZY", "number: MZ"),
    ("type: integer", "type: text"),
)
REPORT = """\
process: report
version: 1
name: {zh: 报告, en: Report}
summary: {zh: 报告, en: Report}
category: {zh: 监管, en: Supervision}
number: MB
title: '{about}'
open:
  who: {role: clinician}
  parent: {process: [stay, visit], field: about, required: true}
  conditions:
    - when: parent.state == "here"
      otherwise: {zh: 已离开, en: The patient has left}
form:
  about: {label: {zh: 就诊, en: About}, type: case}
  who: {label: {zh: 姓名, en: Who}, type: text, computed: true}
  found_at: {label: {zh: 环节, en: Found at}, type: text, computed: true}
states:
  found: {name: {zh: 发现, en: Found}, entry: true}
  done: {name: {zh: 完成, en: Done}, final: true}
actions:
  close:
    name: {zh: 结案, en: Close}
    from: found
    to: done
    who: {role: dept_head}
    effects:
      - set: {who: parent.form.patient, found_at: parent.process}
"""


@pytest.fixture
def hospital() -> Hospital:
    return Hospital(STAY, VISIT, REPORT)


@pytest.mark.parametrize("process", ["stay", "visit"])
def test_it_belongs_to_a_case_of_either(hospital: Hospital, process: str) -> None:
    parent = hospital.opened("amy", process, None, patient="王五")
    report = hospital.opened("amy", "report", parent)

    hospital.takes("lee", "close", report)

    form = hospital.case(report).form
    assert (form["about"], form["who"], form["found_at"]) == (parent, "王五", process)


def test_it_does_not_belong_to_any_other(hospital: Hospital) -> None:
    report = hospital.opened("amy", "report", hospital.opened("amy", "stay"))

    assert refused(hospital.open("amy", "report", parent=report)).fields == ("about",)


def test_the_rules_of_the_opening_see_whichever_it_is(hospital: Hospital) -> None:
    visit = hospital.opened("amy", "visit")
    hospital.takes("lee", "leave", visit)

    assert reasons(hospital.open("amy", "report", parent=visit)) == ["The patient has left"]


def test_what_only_one_of_them_has_is_no_name() -> None:
    with pytest.raises(AssertionError, match=r"parent\.form\.bed"):
        Hospital(STAY, VISIT, edited(REPORT, ("parent.form.patient", "parent.form.bed")))


def test_the_field_of_its_number_names_no_process() -> None:
    with pytest.raises(AssertionError, match="of several processes it names none"):
        Hospital(STAY, VISIT, edited(REPORT, ("type: case}", "type: case, process: stay}")))
