"""A round goes through its lines: for each that applies a case is opened under the stay that it
names, or that stay is acted upon; the number of a case that is opened stands in a field.
"""

from __future__ import annotations

import pytest

from tests.workflow.hospital import MONDAY, Hospital, edited, reasons
from workflow.nouns import RegisterRow
from workflow.refusals import Code

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
states:
  here: {name: {zh: 在院, en: Here}, entry: true}
  locked: {name: {zh: 锁定, en: Locked}}
  gone: {name: {zh: 离院, en: Gone}, final: true}
actions:
  lock: {name: {zh: 锁定, en: Lock}, from: here, to: locked, who: [{role: dept_head}, system]}
  leave: {name: {zh: 离院, en: Leave}, from: [here, locked], to: gone, who: {role: dept_head}}
"""
ABSENCE = """\
process: absence
version: 1
name: {zh: 不在床, en: Absence}
summary: {zh: 不在床, en: Absence}
category: {zh: 住院, en: Stays}
number: BZ
title: '{why}'
open: {who: system, parent: {process: stay, field: stay, required: true}}
form:
  stay: {label: {zh: 住院号, en: Stay}, type: case, process: stay}
  why: {label: {zh: 原因, en: Why}, type: text}
states:
  found: {name: {zh: 发现, en: Found}, entry: true}
  done: {name: {zh: 完成, en: Done}, final: true}
actions:
  close: {name: {zh: 完成, en: Close}, from: found, to: done, who: {role: dept_head}}
"""
AUDIT = edited(
    ABSENCE,
    ("process: absence", "process: audit"),
    ("number: BZ", "number: ZC"),
    (
        "open: {who: system, parent: {process: stay, field: stay, required: true}}",
        "open: {who: system}",
    ),
    ("type: case, process: stay}", "type: text}"),
)
ROUND = """\
process: round
version: 1
name: {zh: 查房, en: Round}
summary: {zh: 查房, en: Round}
category: {zh: 监管, en: Supervision}
number: CF
title: '{ward}'
open: {who: {role: clinician}}
form:
  ward: {label: {zh: 病区, en: Ward}, type: text}
  first: {label: {zh: 第一位, en: First}, type: case, process: stay}
  audit: {label: {zh: 审查, en: Audit}, type: case, process: audit, computed: true}
  lines:
    label: {zh: 病人, en: Patients}
    type: table
    columns:
      stay: {label: {zh: 住院号, en: Stay}, type: case, process: stay}
      present: {label: {zh: 在床, en: Present}, type: bool}
registers:
  audits:
    name: {zh: 审查簿, en: Audits}
    columns: {number: {type: text, label: {zh: 编号, en: Number}}}
  beds:
    name: {zh: 床位簿, en: Beds}
    columns:
      stay: {type: text, label: {zh: 住院号, en: Stay}}
      doctor: {type: text, label: {zh: 医生, en: Doctor}}
facts:
  doctor: {register: beds, where: {stay: line.stay}, gives: first, column: doctor, each: lines}
  known: {register: beds, where: {stay: line.stay}, gives: exists, each: lines}
  first_is_here: {related: named, named_by: form.first, process: stay, states: here, gives: exists}
states:
  planned: {name: {zh: 计划, en: Planned}, entry: true}
  done: {name: {zh: 完成, en: Done}, final: true}
actions:
  record:
    name: {zh: 记录, en: Record}
    from: planned
    to: done
    who: {role: dept_head}
    fields: [lines, first]
    conditions:
      - when: '!given.first || facts.first_is_here'
        otherwise: {zh: 第一位不在院, en: The first is not here}
    effects:
      - write: audits
        row: {number: form.audit}
      - start: absence
        each: lines
        under: line.stay
        fields: {why: 'facts.known ? facts.doctor : form.ward'}
        when: '!line.present'
      - act: lock
        on: named
        process: stay
        each: lines
        named_by: line.stay
        states: here
        when: '!line.present'
      - start: audit
        into: audit
        fields: {why: form.ward}
        when: form.lines.exists(line, !line.present)
"""


@pytest.fixture
def hospital() -> Hospital:
    return Hospital(STAY, ABSENCE, AUDIT, ROUND)


def recorded(hospital: Hospital, *lines: tuple[str, bool]) -> str:
    """The number of a round with these lines."""
    number = hospital.opened("amy", "round", None, ward="内科")
    rows = [{"stay": stay, "present": present} for stay, present in lines]
    hospital.takes("lee", "record", number, lines=rows)
    return number


def test_a_case_is_opened_for_each_line_that_applies_under_the_case_that_it_names(
    hospital: Hospital,
) -> None:
    first, second, third = (hospital.opened("amy", "stay") for _ in range(3))

    recorded(hospital, (first, False), (second, True), (third, False))

    found = [hospital.case(number) for number in hospital.cases("absence")]
    assert [case.parent for case in found] == [hospital.case(one).id for one in (first, third)]
    assert [case.form["stay"] for case in found] == [first, third]


def test_a_fact_is_looked_up_for_each_line(hospital: Hospital) -> None:
    first, second, third = (hospital.opened("amy", "stay") for _ in range(3))
    beds = [{"stay": first, "doctor": "陈"}, {"stay": third, "doctor": "李"}]
    rows = tuple(
        RegisterRow(f"row-{n}", "beds", values, None, None, MONDAY) for n, values in enumerate(beds)
    )
    known = Hospital(STAY, ABSENCE, AUDIT, ROUND, rows=rows)
    for _ in range(3):
        known.opened("amy", "stay")

    recorded(known, (first, False), (second, False), (third, False))

    found = [known.case(number).form["why"] for number in known.cases("absence")]
    assert found == ["陈", "内科", "李"]


def test_a_case_under_another_is_of_its_department(hospital: Hospital) -> None:
    stay = hospital.opened("amy", "stay")

    recorded(hospital, (stay, False))

    (absence,) = hospital.cases("absence")
    assert hospital.case(absence).department == hospital.case(stay).department


def test_a_case_is_acted_upon_by_its_number_wherever_it_belongs(hospital: Hospital) -> None:
    first, second = (hospital.opened("amy", "stay") for _ in range(2))

    recorded(hospital, (first, False), (second, True))

    assert [hospital.case(one).state for one in (first, second)] == ["locked", "here"]


def test_nothing_follows_where_no_line_applies(hospital: Hospital) -> None:
    number = recorded(hospital, (hospital.opened("amy", "stay"), True))

    assert hospital.cases("absence") == ()
    assert hospital.cases("audit") == ()
    assert "audit" not in hospital.case(number).form


def test_the_number_of_the_new_case_stands_in_the_field_and_in_what_follows(
    hospital: Hospital,
) -> None:
    number = recorded(hospital, (hospital.opened("amy", "stay"), False))

    (audit,) = hospital.cases("audit")
    assert hospital.case(number).form["audit"] == audit
    assert [row.values["number"] for row in hospital.rows("audits")] == [audit]
    assert hospital.lines(number)[-1]["form"]["audit"] == [None, audit]


def test_a_line_that_names_no_case_stops_the_whole_act(hospital: Hospital) -> None:
    stay = hospital.opened("amy", "stay")
    number = hospital.opened("amy", "round", None, ward="内科")
    rows = [{"stay": stay, "present": False}, {"stay": "ZY2026-000099", "present": False}]

    answer = hospital.decide("lee", "record", number, lines=rows)

    assert "There is no case with the number ZY2026-000099" in " ".join(reasons(answer))
    assert hospital.case(number).state == "planned"
    assert hospital.cases("absence") == ()
    assert hospital.case(stay).state == "here"


def test_a_fact_may_look_at_the_case_that_a_field_names(hospital: Hospital) -> None:
    stay = hospital.opened("amy", "stay")
    hospital.takes("lee", "leave", stay)
    number = hospital.opened("amy", "round", None, ward="内科")

    gone = hospital.decide("lee", "record", number, lines=[], first=stay)
    nobody = hospital.decide("lee", "record", number, lines=[], first="ZY2026-000099")

    assert reasons(gone) == ["The first is not here"]
    assert reasons(nobody) == ["The first is not here"]
    assert gone.refused is not None
    assert gone.refused.code is Code.CONDITION_NOT_MET
    assert hospital.takes("lee", "record", number, lines=[], first=hospital.opened("amy", "stay"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "        under: line.stay\n",
            "        under: line.stay\n        sibling: true\n",
            "sibling or under",
        ),
        ("        into: audit\n", "        into: audit\n        each: lines\n", "remove into"),
        ("        named_by: line.stay\n", "", "named_by has to say which"),
        ("named_by: form.first, ", "", "named_by has to say which"),
        ("process: audit, computed: true}", "process: stay, computed: true}", "for cases of audit"),
        (
            "        into: audit\n",
            "        into: audit\n        under: form.first\n",
            "under means nothing",
        ),
        (
            "gives: first, column: doctor, each: lines",
            "gives: all, column: doctor, each: lines",
            "gives exists, count, sum or first",
        ),
        ("when: '!given.first || facts.first_is_here'", "when: facts.known", "facts.known"),
        (
            "when: '!line.present'\n      - start: audit",
            "when: line.gone\n      - start: audit",
            "line.gone",
        ),
    ],
)
def test_what_makes_no_sense_is_found_when_it_is_read(old: str, new: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        Hospital(STAY, ABSENCE, AUDIT, edited(ROUND, (old, new)))
