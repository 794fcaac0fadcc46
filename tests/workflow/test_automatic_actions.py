"""What the engine does by itself: as soon as it may, at once, and never in a person's stead."""

from __future__ import annotations

from dataclasses import replace

from tests.workflow.hospital import CAST, Hospital, edited, reasons, refused
from workflow.nouns import SYSTEM
from workflow.ports.house import SavePerson
from workflow.refusals import Code

#: A parcel goes on by itself when it is weighed: light ones straight home, heavy ones to the store.
PARCEL = """\
process: parcel
version: 1
name: {zh: 包裹, en: Parcel}
summary: {zh: 包裹, en: Parcel}
category: {zh: 后勤, en: Logistics}
number: BG
title: '{note}'
open: {who: {role: clinician}}
form:
  note: {label: {zh: 说明, en: Note}, type: text}
  weight: {label: {zh: 重量, en: Weight}, type: integer}
  sealed: {label: {zh: 已封, en: Sealed}, type: bool, computed: true}
states:
  packed: {name: {zh: 已装, en: Packed}, entry: true, edit: {who: applicant, fields: all}}
  light: {name: {zh: 轻件, en: Light}}
  heavy: {name: {zh: 重件, en: Heavy}}
  home: {name: {zh: 送达, en: At home}, final: true}
actions:
  sort_heavy:
    name: {zh: 重件分拣, en: Sort heavy}
    from: packed
    to: heavy
    who: system
    automatic: true
    conditions: [{when: form.weight > 10, otherwise: {zh: 不重, en: It is not heavy}}]
  sort:
    name: {zh: 分拣, en: Sort}
    from: packed
    to: light
    who: [system, {role: keeper}]
    automatic: true
    conditions: [{when: given.weight, otherwise: {zh: 未称重, en: It is not weighed}}]
    effects:
      - set: {sealed: 'true'}
      - notify: applicant
  deliver: {name: {zh: 送, en: Deliver}, from: light, to: home, who: system, automatic: true}
  weigh:
    name: {zh: 称重, en: Weigh}
    from: packed
    to: packed
    who: {role: keeper}
    fields: [weight]
  carry: {name: {zh: 搬, en: Carry}, from: heavy, to: home, who: {role: keeper}}
"""


def test_it_waits_until_its_condition_holds() -> None:
    hospital = Hospital(PARCEL)

    parcel = hospital.opened("amy", "parcel")

    assert hospital.case(parcel).state == "packed"
    assert hospital.events(parcel) == ("start",)


def test_it_happens_with_the_act_that_makes_it_hold() -> None:
    hospital = Hospital(PARCEL)
    parcel = hospital.opened("amy", "parcel")

    answer = hospital.saves("amy", parcel, weight=3)

    assert answer.refused is None
    assert hospital.events(parcel) == ("start", "save", "sort", "deliver")
    assert hospital.case(parcel).state == "home"


def test_it_happens_at_the_opening_if_it_may() -> None:
    hospital = Hospital(PARCEL)

    parcel = hospital.opened("amy", "parcel", weight=30)

    assert hospital.events(parcel) == ("start", "sort_heavy")
    assert hospital.waits_for(parcel) == ("r:keeper",)


def test_the_first_whose_conditions_hold_is_taken() -> None:
    hospital = Hospital(PARCEL)

    heavy = hospital.opened("amy", "parcel", weight=11)
    light = hospital.opened("amy", "parcel", weight=10)

    assert (hospital.case(heavy).state, hospital.case(light).state) == ("heavy", "home")


def test_what_it_does_not_do_is_no_refusal() -> None:
    hospital = Hospital(PARCEL)
    parcel = hospital.opened("amy", "parcel")

    hospital.saves("amy", parcel, note="易碎")

    assert hospital.events(parcel) == ("start", "save")


def test_each_is_a_line_of_its_own_in_the_name_of_the_engine() -> None:
    hospital = Hospital(PARCEL)

    parcel = hospital.opened("amy", "parcel", weight=3)

    lines = hospital.lines(parcel)
    assert [line["actor"] for line in lines] == ["amy", SYSTEM, SYSTEM]
    assert [line["version"] for line in lines] == [1, 2, 3]
    assert len({line["key"] for line in lines}) == 3
    assert {line["at"] for line in lines} == {lines[0]["at"]}


def test_its_effects_follow_too() -> None:
    hospital = Hospital(PARCEL)

    parcel = hospital.opened("amy", "parcel", weight=3)

    assert hospital.case(parcel).form["sealed"] is True
    assert hospital.news("amy") == ("sort",)


def test_the_answer_is_about_what_the_person_did() -> None:
    hospital = Hospital(PARCEL)
    parcel = hospital.opened("amy", "parcel")

    answer = hospital.saves("amy", parcel, weight=3)

    assert answer.entry is not None
    assert answer.entry.event == "save"


def test_the_same_click_again_does_nothing_by_itself_again() -> None:
    hospital = Hospital(PARCEL)
    parcel = hospital.opened("amy", "parcel")

    for _ in range(2):
        hospital.decide("amy", "save", parcel, key="click", weight=3)

    assert hospital.events(parcel) == ("start", "save", "sort", "deliver")


def test_nobody_takes_what_is_the_engines_alone() -> None:
    hospital = Hospital(PARCEL)
    parcel = hospital.opened("amy", "parcel")

    for who in ("amy", "kim", "wu"):
        answer = hospital.decide(who, "sort_heavy", parcel)
        assert refused(answer).code is Code.NOT_PERMITTED
        assert reasons(answer) == ["“Sort heavy” is for: the system"]
        assert "sort_heavy" not in hospital.offers(who, parcel)


def test_a_person_who_sits_beside_the_engine_has_a_button_of_their_own() -> None:
    hospital = Hospital(PARCEL)
    parcel = hospital.opened("amy", "parcel")

    assert hospital.waits_for(parcel) == ("r:keeper",)
    assert reasons(hospital.decide("kim", "sort", parcel)) == ["It is not weighed"]
    assert refused(hospital.decide("amy", "sort", parcel)).code is Code.NOT_PERMITTED


def test_the_engine_is_nobody_who_has_signed_or_filed() -> None:
    """Separation of duties is about people: what the engine does binds nobody and nothing."""
    signing = edited(
        PARCEL, ("to: home, who: {role: keeper}}", "to: home, who: {role: keeper}, signs: true}")
    )
    hospital = Hospital(signing)

    parcel = hospital.opened("amy", "parcel", weight=30)

    assert hospital.takes("kim", "carry", parcel) == "home"


def test_it_also_follows_an_act_of_the_clock() -> None:
    clock = """\
deadlines:
  patience:
    name: {zh: 限, en: Patience}
    while: packed
    length: {days: 1}
    effects: [{set: {weight: '1'}}]
"""
    hospital = Hospital(PARCEL + clock)
    parcel = hospital.opened("amy", "parcel")

    hospital.wait(days=3)

    assert hospital.events(parcel) == ("start", "patience", "sort", "deliver")
    assert hospital.clocks(parcel) == ("patience fired",)


def test_a_broken_rule_of_an_automatic_action_leaves_the_case_where_it_is() -> None:
    """A condition that cannot be judged fails closed, for the engine as for anybody."""
    unguarded = edited(PARCEL, ("when: given.weight,", "when: form.weight < 100,"))
    hospital = Hospital(unguarded)

    parcel = hospital.opened("amy", "parcel")

    assert hospital.case(parcel).state == "packed"


def test_who_left_does_not_keep_the_engine_from_its_work() -> None:
    hospital = Hospital(PARCEL)
    parcel = hospital.opened("amy", "parcel")
    amy = next(person for person in CAST if person.id == "amy")
    hospital.changes(SavePerson(replace(amy, active=False)))

    hospital.takes("kim", "weigh", parcel, weight=3)

    assert hospital.case(parcel).state == "home"
