"""A new hospital sets its policy up before any case: one proposes, another agrees."""

from __future__ import annotations

import pytest

from tests.workflow.hospital import FILLED, PURCHASE, edited
from tests.workflow.office import Office, done, why
from workflow.service.governing import Governing

KEY = "purchase.answer_days"
TIMED = (
    edited(
        PURCHASE,
        ("clauses: [P-1]\nopen:", f"clauses: [P-1]\nparameters: [{KEY}]\nopen:"),
    )
    + f"""\
deadlines:
  answer:
    name: {{zh: 答复期限, en: Time to answer}}
    while: [dept]
    length: {{workdays: param.{KEY}}}
    overdue: true
    design_choice: true
"""
)


@pytest.fixture
def office() -> Office:
    return Office(TIMED)


@pytest.fixture
def policy(office: Office) -> Governing:
    return office.administering.policy


def value(office: Office) -> object:
    """What a case opened now would keep."""
    held = office.store.readings.hospital().policy_at(office.hospital.now)
    return office.administering.policy.register().resolve(held.profile, held.overrides)[KEY]


def test_what_one_administrator_proposes_holds_when_another_agrees(
    office: Office, policy: Governing
) -> None:
    done(policy.decide(office.deed(reason="院务会决定"), KEY, "5"))
    assert value(office) is None
    done(policy.confirm(office.deed("max")))
    assert value(office) == 5
    set_up = office.store.readings.hospital().policy.set_up
    assert set_up is not None
    assert (set_up.by, set_up.agreed_by) == (("ada",), "max")
    assert set_up.reasons == {KEY: "院务会决定"}


def test_nobody_agrees_to_what_they_took_part_in(office: Office, policy: Governing) -> None:
    done(policy.decide(office.deed(reason="院务会决定"), KEY, "5"))
    assert why(policy.confirm(office.deed())) == ("separation_of_duties four_eyes",)
    done(policy.follow(office.deed("max", "采用第1套"), "H1"))
    assert why(policy.confirm(office.deed("max"))) == ("separation_of_duties four_eyes",)
    assert value(office) is None


def test_a_proposal_is_thrown_away_by_anybody_who_keeps_the_house(
    office: Office, policy: Governing
) -> None:
    done(policy.decide(office.deed(reason="院务会决定"), KEY, "5"))
    done(policy.discard(office.deed("max")))
    assert why(policy.confirm(office.deed("max"))) == ("conflict proposed",)
    assert why(policy.discard(office.deed("max"))) == ("conflict proposed",)


def test_when_the_first_case_is_opened_the_set_up_is_over(
    office: Office, policy: Governing
) -> None:
    done(policy.decide(office.deed(reason="院务会决定"), KEY, "5"))
    office.hospital.opened("amy", **FILLED)
    assert not policy.is_open()
    deed = office.deed("max", "再改")
    for answer in (
        policy.follow(deed, "H1"),
        policy.decide(deed, KEY, "6"),
        policy.leave_to_profile(deed, KEY),
        policy.confirm(deed),
        policy.discard(deed),
    ):
        assert why(answer) == ("conflict set_up",)
        assert office.last()["event"] == "refused"
    assert value(office) is None


def test_the_line_tells_before_after_and_why(office: Office, policy: Governing) -> None:
    done(policy.decide(office.deed(reason="院务会决定"), KEY, "5"))
    line = office.last()
    assert (line["event"], line["reason"]) == ("policy_saved", "院务会决定")
    assert line["facts"]["after"]["overrides"] == {}
    assert line["facts"]["after"]["set_up"]["overrides"] == {KEY: 5}
    assert line["facts"]["after"]["set_up"]["by"] == ["ada"]
    done(policy.confirm(office.deed("max")))
    line = office.last()
    assert line["facts"]["after"]["overrides"] == {KEY: 5}
    assert line["facts"]["after"]["set_up"]["agreed_by"] == "max"


def test_the_profile_speaks_where_the_hospital_does_not(office: Office, policy: Governing) -> None:
    done(policy.follow(office.deed(reason="采用第1套"), "H1"))
    done(policy.decide(office.deed(reason="本院从严"), KEY, "2"))
    done(policy.confirm(office.deed("max")))
    assert value(office) == 2
    done(policy.leave_to_profile(office.deed(reason="恢复"), KEY))
    done(policy.confirm(office.deed("max")))
    assert value(office) == 3


@pytest.mark.parametrize("written", ["0", "-3", "many", "2.5", ["5"]])
def test_a_value_that_does_not_fit_is_refused_at_its_field(
    office: Office, policy: Governing, written: object
) -> None:
    answer = policy.decide(office.deed(reason="试"), KEY, written)
    assert why(answer) == ("invalid_form value",)
    assert office.last()["event"] == "refused"


def test_a_change_needs_a_reason(office: Office, policy: Governing) -> None:
    for reason in ("", "   "):
        deed = office.deed(reason=reason)
        assert why(policy.decide(deed, KEY, "5")) == ("invalid_form reason",)
        assert why(policy.follow(deed, "H1")) == ("invalid_form reason",)
        assert why(policy.leave_to_profile(deed, KEY)) == ("invalid_form reason",)
    too_long = office.deed(reason="因" * 501)
    assert why(policy.decide(too_long, KEY, "0")) == ("invalid_form value", "invalid_form reason")


def test_what_does_not_exist_is_told(office: Office, policy: Governing) -> None:
    deed = office.deed(reason="试")
    assert why(policy.decide(deed, "no.such_key", "5")) == ("not_found parameter",)
    assert why(policy.leave_to_profile(deed, "no.such_key")) == ("not_found parameter",)
    assert why(policy.follow(deed, "H99")) == ("invalid_form profile",)


def test_what_holds_already_is_no_change(office: Office, policy: Governing) -> None:
    deed = office.deed(reason="再定一次")
    done(policy.decide(deed, KEY, "5"))
    assert why(policy.decide(deed, KEY, "5")) == ("conflict value",)
    assert why(policy.follow(deed, None)) == ("conflict profile",)
    assert why(policy.leave_to_profile(deed, "purchase.finance_first")) == ("conflict value",)


@pytest.mark.parametrize("who", ["amy", "wu", "eve", "nobody"])
def test_nobody_but_an_administrator_changes_the_policy(
    office: Office, policy: Governing, who: str
) -> None:
    deed = office.deed(who, "我来定")
    for answer in (
        policy.decide(deed, KEY, "5"),
        policy.follow(deed, "H1"),
        policy.leave_to_profile(deed, KEY),
        policy.confirm(deed),
        policy.discard(deed),
    ):
        assert why(answer) == ("not_permitted post",)
        assert office.last()["actor"] == who
    assert value(office) is None
