"""A department that a form takes is one of the house, and of the kind that the form asks for."""

from __future__ import annotations

import pytest

from tests.workflow.hospital import Hospital, reasons, refused
from workflow.refusals import Code

SHARING = """\
process: sharing
version: 1
name: {zh: 分摊, en: Sharing}
summary: {zh: 分摊, en: Sharing}
category: {zh: 财务, en: Finance}
number: FT
title: '{what}'
open: {who: {role: clinician}}
form:
  what: {label: {zh: 事由, en: What}, type: text}
  ward:
    label: {zh: 科室, en: Ward}
    type: department
    departments: [clinical, medical_technology]
    clauses: [P-1]
  several: {label: {zh: 几个科室, en: Several}, type: list, departments: clinical}
  anywhere: {label: {zh: 任何科室, en: Anywhere}, type: department}
  parts:
    label: {zh: 明细, en: Parts}
    type: table
    columns:
      bearer: {label: {zh: 科室, en: Bearer}, type: department, departments: clinical}
      price: {label: {zh: 金额, en: Price}, type: money}
states:
  drawn_up: {name: {zh: 已拟, en: Drawn up}, entry: true, edit: {who: applicant}}
  done: {name: {zh: 完成, en: Done}, final: true}
actions:
  close: {name: {zh: 完成, en: Close}, from: drawn_up, to: done, who: applicant, fields: [ward]}
"""


@pytest.fixture
def hospital() -> Hospital:
    return Hospital(SHARING)


def test_a_department_of_the_kind_is_taken(hospital: Hospital) -> None:
    number = hospital.opened(
        "amy", "sharing", None, ward="icu", parts=[{"bearer": "surgery", "price": "1.00"}]
    )
    assert hospital.case(number).form["ward"] == "icu"


@pytest.mark.parametrize("other", ["finance", "leadership", "nowhere"])
def test_another_is_refused_at_its_field_with_the_kinds(hospital: Hospital, other: str) -> None:
    answer = hospital.open("amy", "sharing", ward=other)

    (refusal,) = refused(answer).refusals
    assert (refusal.code, refusal.field, refusal.clauses) == (Code.INVALID_FORM, "ward", ("P-1",))
    assert "临床科室、医技科室" in refusal.because.zh


def test_each_row_of_a_table_is_looked_at(hospital: Hospital) -> None:
    rows = [{"bearer": "surgery"}, {"price": "1.00"}, {"bearer": "finance"}]
    answer = hospital.open("amy", "sharing", parts=rows)

    assert [(one.field, "财务科" in one.because.zh) for one in refused(answer).refusals] == [
        ("parts", True)
    ]


def test_so_is_each_item_of_a_list(hospital: Hospital) -> None:
    number = hospital.opened("amy", "sharing", None, several=["surgery", "icu"])
    assert hospital.case(number).form["several"] == ("surgery", "icu")

    answer = hospital.open("amy", "sharing", several=["surgery", "finance"])
    assert [(one.field, "财务科" in one.because.zh) for one in refused(answer).refusals] == [
        ("several", True)
    ]


def test_saving_and_deciding_are_refused_alike(hospital: Hospital) -> None:
    number = hospital.opened("amy", "sharing", None, what="试")

    assert refused(hospital.saves("amy", number, ward="finance")).refusals[0].field == "ward"
    assert reasons(hospital.decide("amy", "close", number, ward="finance"))
    hospital.takes("amy", "close", number, ward="surgery")


def test_a_field_that_asks_for_no_kind_takes_any(hospital: Hospital) -> None:
    number = hospital.opened("amy", "sharing", None, anywhere="finance")
    assert hospital.case(number).form["anywhere"] == "finance"
