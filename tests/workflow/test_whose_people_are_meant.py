"""A field that a formula fills says whose people are told and act, as a register has it that day.

Amy lends what belongs to a firm; the register of firms says in which department its people sit, and
with `or_held` the organisation does where the register does not.
"""

from __future__ import annotations

import pytest

from tests.workflow.hospital import CAST, DEPARTMENTS, Hospital, reasons, refused
from workflow.nouns import RegisterRow
from workflow.people.organisation import Department, Person, Post
from workflow.ports.house import SavePerson
from workflow.refusals import Code
from workflow.service.looking import Looking

LENDING = """\
process: lending
version: 1
name: {zh: 借用, en: Lending}
summary: {zh: 借用厂家的设备。, en: What belongs to a firm is lent.}
category: {zh: 物资, en: Materials}
number: JY
title: '{firm}'
open: {who: {role: clinician}, fields: [firm, others]}
form:
  firm: {label: {zh: 厂家, en: Firm}, type: text, required: opening}
  unit: {label: {zh: 厂家的人在哪, en: Its people}, type: department, computed: facts.unit}
  others: {label: {zh: 其他厂家, en: Other firms}, type: list}
  units:
    label: {zh: 其他厂家的人在哪, en: Their people}
    type: list
    departments: [clinical, functional]
    computed: facts.units
registers:
  firms:
    name: {zh: 厂家, en: Firms}
    columns:
      firm: {type: text, label: {zh: 厂家, en: Firm}}
      unit: {type: text, label: {zh: 科室, en: Unit}}
facts:
  unit: {register: firms, where: {firm: form.firm}, gives: first, column: unit}
  units: {register: firms, where: {firm: form.others}, gives: distinct, column: unit}
states:
  asked: {name: {zh: 已提出, en: Asked}, entry: true, edit: {who: applicant, fields: [firm]}}
  lent: {name: {zh: 已借出, en: Lent}, final: true}
actions:
  tell:
    name: {zh: 通气, en: Tell}
    from: asked
    to: asked
    who: applicant
    fields: [firm]
    effects:
      - notify: {role: dept_head, of: form.unit, if_empty: {role: keeper}}
  tell_others:
    name: {zh: 告知其他, en: Tell the others}
    from: asked
    to: asked
    who: applicant
    effects:
      - notify: {role: dept_head, of: form.units}
        reads: false
  lend:
    name: {zh: 出借, en: Lend}
    from: asked
    to: lent
    who: {role: dept_head, of: form.unit}
"""


def _row(firm: str, unit: str, id: str = "r1") -> RegisterRow:
    return RegisterRow(id, "firms", {"firm": firm, "unit": unit}, None, None, Hospital(LENDING).now)


@pytest.fixture
def hospital() -> Hospital:
    return Hospital(LENDING, rows=(_row("Acme", "surgery"), _row("Zenith", "icu", "r2")))


def test_the_work_is_for_the_people_of_the_firm_alone(hospital: Hospital) -> None:
    number = hospital.opened("amy", "lending", firm="Acme")

    assert hospital.case(number).form["unit"] == "surgery"
    assert hospital.waits_for(number) == ("p:amy", "r:dept_head@surgery")
    answer = hospital.decide("ida", "lend", number)
    assert refused(answer).code is Code.NOT_PERMITTED
    assert hospital.takes("lee", "lend", number) == "lent"


def test_the_ledger_tells_what_was_filled_in(hospital: Hospital) -> None:
    number = hospital.opened("amy", "lending", firm="Acme")
    assert hospital.lines(number)[0]["form"]["unit"] == [None, "surgery"]


def test_nobody_types_whose_people_they_are(hospital: Hospital) -> None:
    answer = hospital.open("amy", "lending", firm="Acme", unit="icu")
    assert [one.field for one in refused(answer).refusals] == ["unit"], reasons(answer)


def test_the_field_follows_what_is_typed_with_an_act_before_anybody_is_told(
    hospital: Hospital,
) -> None:
    number = hospital.opened("amy", "lending", firm="Acme")
    hospital.takes("amy", "tell", number, firm="Zenith")

    assert hospital.case(number).form["unit"] == "icu"
    assert (hospital.news("ida"), hospital.news("lee")) == (("tell",), ())


def test_the_field_follows_what_is_saved(hospital: Hospital) -> None:
    number = hospital.opened("amy", "lending", firm="Acme")
    assert hospital.saves("amy", number, firm="Zenith").refused is None
    assert hospital.case(number).form["unit"] == "icu"


def test_it_is_emptied_when_the_register_knows_nothing_so_that_nobody_else_is_told(
    hospital: Hospital,
) -> None:
    number = hospital.opened("amy", "lending", firm="Acme")
    hospital.takes("amy", "tell", number, firm="Unheard of")

    assert not hospital.case(number).form.get("unit")
    assert (hospital.news("lee"), hospital.news("ida")) == ((), ())
    assert hospital.news("kim") == ("tell",)  # the keeper is told in their place


def test_where_nobody_holds_the_post_the_other_seat_is_told() -> None:
    hospital = Hospital(LENDING, rows=(_row("Acme", "store"),))
    number = hospital.opened("amy", "lending", firm="Acme")
    hospital.takes("amy", "tell", number)
    assert hospital.news("kim") == ("tell",)


def test_a_notice_goes_to_each_of_several_units_and_lets_nobody_in(hospital: Hospital) -> None:
    number = hospital.opened("amy", "lending", firm="Unheard of", others=["Zenith", "Nowhere"])
    hospital.takes("amy", "tell_others", number)
    looking = Looking(hospital.store, lambda: hospital.catalog)

    assert hospital.case(number).form["units"] == ("icu",)
    assert (hospital.news("ida"), hospital.news("lee")) == (("tell_others",), ())
    assert looking.readable(number, "ida", hospital.now) is None


def test_whoever_is_told_by_a_notice_that_lets_in_may_read(hospital: Hospital) -> None:
    number = hospital.opened("amy", "lending", firm="Unheard of")
    hospital.takes("amy", "tell", number)
    looking = Looking(hospital.store, lambda: hospital.catalog)

    assert looking.readable(number, "kim", hospital.now) is not None
    assert looking.readable(number, "ida", hospital.now) is None


# ---- what the register does not say, the organisation does ---------------------------------------

UNLISTED = LENDING.replace("column: unit}", "column: unit, or_held: dept_head}")
#: Nobody but Lee of surgery heads a department.
ONE_HEAD = tuple(one for one in CAST if one.id != "ida")


def _unit(hospital: Hospital, firm: str, by: str = "amy") -> object:
    return hospital.case(hospital.opened(by, "lending", firm=firm)).form.get("unit")


def test_the_register_comes_before_the_name() -> None:
    hospital = Hospital(UNLISTED, rows=(_row("外科", "icu"),))
    assert _unit(hospital, "外科") == "icu"


@pytest.mark.parametrize("firm", ["重症医学科", "icu"], ids=["its name", "its id"])
@pytest.mark.parametrize("rows", [(), (_row("Acme", "surgery"),)], ids=["no rows", "others' rows"])
def test_a_department_that_bears_the_name_is_meant(
    firm: str, rows: tuple[RegisterRow, ...]
) -> None:
    hospital = Hospital(UNLISTED, rows=rows)
    number = hospital.opened("amy", "lending", firm=firm)

    assert hospital.case(number).form["unit"] == "icu"
    assert refused(hospital.decide("lee", "lend", number)).code is Code.NOT_PERMITTED
    assert hospital.takes("ida", "lend", number) == "lent"


def test_a_department_in_which_nobody_holds_the_role_is_not_meant_by_its_name() -> None:
    assert _unit(Hospital(UNLISTED), "库房") is None


def test_of_two_departments_of_one_name_neither_is_meant_unless_by_its_id() -> None:
    twin = Department("icu2", "重症医学科")
    head = Person("joe", "Joe", "icu2", (Post("dept_head", "icu2"),))
    hospital = Hospital(UNLISTED, people=(*CAST, head), departments=(*DEPARTMENTS, twin))
    assert _unit(hospital, "重症医学科") is None
    assert _unit(hospital, "icu2") == "icu2"


def test_while_nobody_keeps_the_register_the_only_department_is_meant() -> None:
    assert _unit(Hospital(UNLISTED, people=ONE_HEAD), "Unheard of") == "surgery"


def test_two_in_one_department_are_of_one_department() -> None:
    second = Person("joe", "Joe", "surgery", (Post("dept_head", "surgery"),))
    assert _unit(Hospital(UNLISTED, people=(*ONE_HEAD, second)), "Unheard of") == "surgery"


def test_of_several_departments_that_of_the_applicant_is_meant_where_they_hold_the_role() -> None:
    asking = UNLISTED.replace("who: {role: clinician}", "who: {role: dept_head}")
    assert _unit(Hospital(asking), "Unheard of", by="ida") == "icu"
    assert _unit(Hospital(asking), "Unheard of", by="lee") == "surgery"


def test_of_several_departments_none_is_meant_where_the_applicant_holds_no_role_there() -> None:
    hospital = Hospital(UNLISTED)
    number = hospital.opened("amy", "lending", firm="Unheard of")
    hospital.takes("amy", "tell", number)

    assert not hospital.case(number).form.get("unit")
    assert (hospital.news("lee"), hospital.news("ida"), hospital.news("kim")) == ((), (), ("tell",))
    assert refused(hospital.decide("lee", "lend", number)).code is Code.NOT_PERMITTED


def test_once_the_register_is_kept_nobody_is_guessed_at() -> None:
    rows = (_row("Acme", "surgery"),)
    asking = UNLISTED.replace("who: {role: clinician}", "who: {role: dept_head}")
    assert _unit(Hospital(UNLISTED, people=ONE_HEAD, rows=rows), "Unheard of") is None
    assert _unit(Hospital(asking, rows=rows), "Unheard of", by="ida") is None


def test_of_several_names_each_is_looked_for() -> None:
    hospital = Hospital(UNLISTED, rows=(_row("Acme", "surgery"),))
    number = hospital.opened("amy", "lending", firm="Acme", others=["Acme", "重症医学科", "Nobody"])
    assert hospital.case(number).form["units"] == ("icu", "surgery")


def test_what_was_found_stays_with_the_case_when_the_organisation_changes() -> None:
    hospital = Hospital(UNLISTED, people=ONE_HEAD)
    number = hospital.opened("amy", "lending", firm="Unheard of")
    joe = Person("joe", "Joe", "icu", (Post("dept_head", "icu"),))
    hospital.changes(SavePerson(joe))

    assert hospital.lines(number)[0]["form"]["unit"] == [None, "surgery"]
    assert hospital.case(number).form["unit"] == "surgery"
    assert refused(hospital.decide("joe", "lend", number)).code is Code.NOT_PERMITTED
