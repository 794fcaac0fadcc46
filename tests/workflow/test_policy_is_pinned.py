"""A case keeps the policy and the definition of its opening, whatever is decided later (V4)."""

from __future__ import annotations

import pytest

from tests.workflow.hospital import (
    FILLED,
    PURCHASE,
    Hospital,
    edited,
    reasons,
    refused,
    rulebooks_of,
    small_register,
)
from workflow.ports.hospital import Policy
from workflow.ports.house import SavePolicy
from workflow.refusals import Code
from workflow.running.rulebook import Rulebook
from workflow.service.catalog import Catalog, UnknownProcess

LEE = "    who: {role: dept_head, of: applicant.department}\n"
RULES = """\
    conditions:
      - when: '!param.purchase.finance_first'
        otherwise: {zh: 财务先行, en: Finance goes first}
      - when: '!given_param.purchase.answer_days || param.purchase.answer_days > 1'
        otherwise: {zh: 期限太短, en: The time is too short}
"""
PARAMETERS = "clauses: [P-1]\nparameters: [purchase.finance_first, purchase.answer_days]\nopen:"
#: What Lee may sign hangs on two figures of the hospital.
GOVERNED = edited(PURCHASE, ("clauses: [P-1]\nopen:", PARAMETERS), (LEE, LEE + RULES))


def policy(first: bool, days: int | None = None) -> SavePolicy:
    """The hospital decides."""
    figures = {} if days is None else {"purchase.answer_days": days}
    return SavePolicy(Policy(None, {"purchase.finance_first": first, **figures}))


def test_a_case_keeps_the_policy_of_its_opening() -> None:
    hospital = Hospital(GOVERNED)
    before = hospital.submitted()
    hospital.changes(policy(first=True))
    after = hospital.submitted()

    assert hospital.takes("lee", "dept_sign", before, "同意") == "finance"
    assert reasons(hospital.decide("lee", "dept_sign", after, "同意")) == ["Finance goes first"]


def test_what_was_forbidden_at_the_opening_stays_forbidden() -> None:
    hospital = Hospital(GOVERNED, policy={"purchase.finance_first": True})
    before = hospital.submitted()
    hospital.changes(policy(first=False))

    assert refused(hospital.decide("lee", "dept_sign", before, "同意")).refusals[0].standing
    assert hospital.can("lee", before) == {"return_it", "reject"}
    assert hospital.takes("lee", "dept_sign", hospital.submitted(thing="剪刀"), "同意") == "finance"


def test_a_figure_that_was_not_set_stays_not_set() -> None:
    hospital = Hospital(GOVERNED)
    before = hospital.submitted()
    hospital.changes(policy(first=False, days=1))

    assert hospital.takes("lee", "dept_sign", before, "同意") == "finance"
    after = hospital.submitted()
    assert reasons(hospital.decide("lee", "dept_sign", after, "同意")) == ["The time is too short"]


def test_only_what_the_process_looks_at_is_pinned_and_stands_in_the_first_line() -> None:
    governed = Hospital(GOVERNED, policy={"purchase.answer_days": 3})
    other = Hospital(PURCHASE, policy={"purchase.answer_days": 3})

    line = governed.lines(governed.opened("amy"))[0]

    pinned = {"purchase.finance_first": False, "purchase.answer_days": 3}
    assert line["opening"]["parameters"] == pinned
    assert other.lines(other.opened("amy"))[0]["opening"]["parameters"] == {}


def test_a_return_does_not_renew_the_policy() -> None:
    hospital = Hospital(GOVERNED)
    request = hospital.submitted()
    hospital.takes("lee", "return_it", request, "补规格")
    hospital.changes(policy(first=True))
    hospital.takes("amy", "submit", request)

    assert hospital.takes("lee", "dept_sign", request, "同意") == "finance"


# ---- the definition ------------------------------------------------------------------------------

#: The second version: without finance, under another name, with a further field.
SECOND = edited(
    PURCHASE,
    ("version: 1\n", "version: 2\n"),
    (
        "  dept_opinion: {",
        "  spec: {label: {zh: 规格, en: Spec}, type: text, required: submit}\n  dept_opinion: {",
    ),
    ("    from: dept\n    to: finance\n", "    from: dept\n    to: leader\n"),
    ("  finance_sign:\n", "  never:\n"),
    ("    from: finance\n    to: leader\n", "    from: leader\n    to: leader\n"),
    (
        "    from: [dept, finance, leader]\n    to: draft\n",
        "    from: [dept, leader]\n    to: draft\n",
    ),
    (
        "    from: [dept, finance, leader]\n    to: rejected\n",
        "    from: [dept, leader]\n    to: rejected\n",
    ),
    ("  finance: {name: {zh: 待财务, en: With finance}}\n", ""),
)


def books() -> tuple[Rulebook, ...]:
    """Both versions."""
    return rulebooks_of((PURCHASE, SECOND))


def published(hospital: Hospital, retired: frozenset[tuple[str, int]] = frozenset()) -> None:
    """The second version is in force from now on."""
    hospital.catalog = Catalog.of(small_register(), books(), retired)


def test_a_running_case_stays_on_its_version() -> None:
    hospital = Hospital(PURCHASE)
    before = hospital.submitted()
    published(hospital)

    assert hospital.takes("lee", "dept_sign", before, "同意") == "finance"
    assert hospital.takes("fang", "finance_sign", before, "同意") == "leader"
    assert hospital.case(before).definition_version == 1


def test_a_new_case_takes_the_newest_version() -> None:
    hospital = Hospital(PURCHASE)
    published(hospital)

    after = hospital.opened("amy", "purchase", None, **FILLED)

    assert hospital.case(after).definition_version == 2
    assert refused(hospital.decide("amy", "submit", after)).fields == ("spec",)
    hospital.takes("amy", "submit", after, spec="14cm")
    assert hospital.takes("lee", "dept_sign", after, "同意") == "leader"


def test_a_field_of_the_new_version_is_none_of_an_old_case() -> None:
    hospital = Hospital(PURCHASE)
    before = hospital.opened("amy")
    published(hospital)

    answer = hospital.saves("amy", before, spec="14cm")

    assert (refused(answer).code, refused(answer).fields) == (Code.INVALID_FORM, ("spec",))


def test_an_action_that_the_new_version_dropped_is_still_there_for_an_old_case() -> None:
    hospital = Hospital(PURCHASE)
    before = hospital.submitted()
    published(hospital)
    after = hospital.opened("amy", "purchase", None, **FILLED)

    gone = hospital.decide("fang", "finance_sign", after, "同意")
    not_yet = hospital.decide("fang", "finance_sign", before, "同意")

    assert reasons(gone) == ["This process has no action “finance_sign”"]
    assert reasons(not_yet)[0].startswith("The case is at “With the head”")


def test_the_version_stands_in_the_first_line_with_the_digest_of_its_text() -> None:
    hospital = Hospital(PURCHASE)
    published(hospital)

    opening = hospital.lines(hospital.opened("amy"))[0]["opening"]

    assert opening["definition_version"] == 2
    assert opening["definition"] == hospital.catalog.definition("purchase", 2).digest


def test_when_the_newest_is_retired_the_one_before_opens_cases_again() -> None:
    hospital = Hospital(PURCHASE)
    published(hospital)
    on_the_second = hospital.opened("amy", "purchase", None, **FILLED)
    published(hospital, retired=frozenset({("purchase", 2)}))

    assert hospital.case(hospital.opened("amy")).definition_version == 1
    hospital.takes("amy", "submit", on_the_second, spec="14cm")
    assert hospital.takes("lee", "dept_sign", on_the_second, "同意") == "leader"


def test_when_all_are_retired_no_case_is_opened_and_running_ones_go_on() -> None:
    hospital = Hospital(PURCHASE)
    before = hospital.submitted()
    published(hospital, retired=frozenset({("purchase", 1), ("purchase", 2)}))

    assert refused(hospital.open("amy")).code is Code.NOT_FOUND
    with pytest.raises(UnknownProcess):
        hospital.catalog.rulebook("purchase")
    assert hospital.takes("lee", "dept_sign", before, "同意") == "finance"
