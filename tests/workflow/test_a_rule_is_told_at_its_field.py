"""A rule that the typed values break names the field where it can be mended, and none where the
person could not mend it.
"""

from __future__ import annotations

from tests.workflow.hospital import FILLED, PURCHASE, Hospital, edited, refused
from workflow.refusals import Code, Refusal

BOUGHT = "      - when: '!facts.had_already'\n"
SIGN = "    opinion: {required: true, into: dept_opinion}\n"
MORE = "".join(
    f"  {key}: {{label: {{zh: {key} 项, en: {key} part}}, type: integer}}\n"
    for key in ("one", "two", "three")
)


def ruled(when: str) -> str:
    """Purchases that are handed in only when this holds too."""
    rule = f"      - {{when: '{when}', otherwise: {{zh: 不行, en: No}}, clauses: [P-2]}}\n"
    fields = ("registers:\n", MORE + "registers:\n")
    return edited(PURCHASE, (BOUGHT, rule + BOUGHT), fields)


def signed_only(when: str) -> str:
    """Purchases that a head signs only when this holds."""
    rule = f"    conditions: [{{when: '{when}', otherwise: {{zh: 不行, en: No}}}}]\n"
    return edited(PURCHASE, (SIGN, SIGN + rule))


def unmet_at_submit(when: str, **answers: object) -> Refusal:
    """The rule that keeps Amy from handing in what she wrote."""
    hospital = Hospital(ruled(when))
    number = hospital.opened("amy", "purchase", None, **{**FILLED, **answers})
    answer = hospital.decide("amy", "submit", number)
    found = refused(answer)
    assert found.code is Code.CONDITION_NOT_MET
    return found.refusals[0]


def unmet_at_signing(when: str) -> Refusal:
    """The rule that keeps Dr Lee from signing."""
    hospital = Hospital(signed_only(when))
    return refused(hospital.decide("lee", "dept_sign", hospital.submitted(), "同意")).refusals[0]


def test_the_field_that_a_rule_reads_is_named() -> None:
    found = unmet_at_submit("form.price < 20000")
    assert (found.field, found.clauses, found.standing) == ("price", ("P-2",), False)


def test_of_a_few_fields_the_one_that_is_filled_last_is_named() -> None:
    assert unmet_at_submit('form.price < 20000 || form.thing == "线"').field == "price"
    assert unmet_at_submit("form.one == form.price - form.two", one=1, two=2).field == "two"


def test_beside_many_fields_none_is_named() -> None:
    sums = "form.one + form.two + form.three == form.price"
    assert unmet_at_submit(sums, one=1, two=2, three=3).field is None


def test_a_rule_about_facts_names_no_field() -> None:
    hospital = Hospital()
    bought = hospital.submitted()
    for who, action in (("lee", "dept_sign"), ("fang", "finance_sign"), ("wu", "approve")):
        hospital.takes(who, action, bought, "同意")
    again = hospital.opened("amy", **FILLED)
    assert refused(hospital.decide("amy", "submit", again)).fields == ()


def test_a_field_that_the_step_does_not_take_is_not_named() -> None:
    found = unmet_at_signing("form.price < 20000")
    assert (found.code, found.field) == (Code.CONDITION_NOT_MET, None)


def test_of_two_fields_the_one_that_the_step_takes_is_named() -> None:
    found = unmet_at_signing('form.price < 20000 || form.dept_opinion == "急"')
    assert found.field == "dept_opinion"


def test_a_rule_that_holds_names_nothing() -> None:
    hospital = Hospital(ruled("form.price < 50000"))
    assert hospital.takes("amy", "submit", hospital.opened("amy", **FILLED)) == "dept"
