"""Nobody decides on their own submission, and nobody signs two different steps of one case."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workflow.hospital import (
    PURCHASE,
    Hospital,
    edited,
    reasons,
    refused,
    with_posts,
)
from workflow.people.organisation import Delegation, Person, Post
from workflow.ports.house import SavePerson
from workflow.refusals import Code
from workflow.service.deciding import Answer

#: Lee also keeps the money; Mei heads surgery beside him.
TWO_POSTS = with_posts(("lee", "finance_officer", "finance"), ("mei", "dept_head", "surgery"))
LOOSENED = (
    "    signs: true\n    opinion: {required: true, into: dept_opinion}",
    "    by_applicant: true\n    signs: true\n    opinion: {required: true, into: dept_opinion}",
)
#: Who filed may sign for the department after all.
LOOSENED = (
    "    signs: true\n    opinion: {required: true, into: dept_opinion}",
    "    signs: true\n    by_applicant: true\n    opinion: {required: true, into: dept_opinion}",
)
OWN = "You submitted this yourself; somebody else has to decide on it"
BEFORE = (
    "You already signed this case at “With the head”; nobody signs two different steps of one case"
)


def is_about_duties(answer: Answer) -> bool:
    """Whether the answer is a refusal for the sake of separated duties, and of nothing else."""
    return {reason.code for reason in refused(answer).refusals} == {Code.SEPARATION_OF_DUTIES}


# ---- one's own submission ------------------------------------------------------------------------


def test_a_head_does_not_sign_their_own_request() -> None:
    hospital = Hospital()
    request = hospital.submitted("lee")

    answer = hospital.decide("lee", "dept_sign", request, "同意")

    assert is_about_duties(answer)
    assert reasons(answer) == [OWN]
    assert refused(answer).clauses == ("S0-15-31",)


def test_another_head_of_the_department_signs_it() -> None:
    hospital = Hospital(people=TWO_POSTS)
    request = hospital.submitted("lee")

    assert hospital.takes("mei", "dept_sign", request, "同意") == "finance"


@pytest.mark.parametrize("action", ["dept_sign", "return_it", "reject"])
def test_no_way_out_of_the_step_is_open_to_who_filed(action: str) -> None:
    hospital = Hospital()
    request = hospital.submitted("lee")

    assert is_about_duties(hospital.decide("lee", action, request, "理由"))
    assert hospital.can("lee", request) == {"withdraw"}


def test_who_filed_does_not_sign_at_a_later_step_either() -> None:
    hospital = Hospital(people=with_posts(("amy", "finance_officer", "finance")))
    request = hospital.submitted("amy")
    hospital.takes("lee", "dept_sign", request, "同意")

    assert is_about_duties(hospital.decide("amy", "finance_sign", request, "同意"))


def test_the_task_says_who_may_not_do_it() -> None:
    hospital = Hospital(people=TWO_POSTS)
    request = hospital.submitted("lee")
    (task,) = hospital.waiting(request)
    assert task.excluded == ("lee",)

    hospital.takes("mei", "dept_sign", request, "同意")
    (task,) = hospital.waiting(request)
    assert task.excluded == ("lee", "mei")


def test_where_the_definition_allows_it_who_filed_decides() -> None:
    hospital = Hospital(edited(PURCHASE, LOOSENED))
    request = hospital.submitted("lee")
    (task,) = hospital.waiting(request)
    assert task.excluded == ()

    assert hospital.takes("lee", "dept_sign", request, "同意") == "finance"


def test_what_is_allowed_at_one_action_is_not_allowed_at_the_next() -> None:
    hospital = Hospital(edited(PURCHASE, LOOSENED))
    request = hospital.submitted("lee")

    assert is_about_duties(hospital.decide("lee", "reject", request, "理由"))


def test_withdrawing_is_an_act_upon_ones_own_request_and_stays_open() -> None:
    hospital = Hospital()
    request = hospital.submitted("lee")

    assert hospital.takes("lee", "withdraw", request) == "withdrawn"


# ---- two steps -----------------------------------------------------------------------------------


def test_nobody_signs_two_steps_though_they_hold_both_posts() -> None:
    hospital = Hospital(people=TWO_POSTS)
    request = hospital.submitted("amy")
    hospital.takes("lee", "dept_sign", request, "同意")

    answer = hospital.decide("lee", "finance_sign", request, "同意")

    assert is_about_duties(answer)
    assert reasons(answer) == [BEFORE]


@pytest.mark.parametrize("action", ["finance_sign", "return_it", "reject"])
def test_a_refusal_in_the_place_of_a_signature_is_a_review_too(action: str) -> None:
    hospital = Hospital(people=TWO_POSTS)
    request = hospital.submitted("amy")
    hospital.takes("lee", "dept_sign", request, "同意")

    assert is_about_duties(hospital.decide("lee", action, request, "理由"))
    assert hospital.can("lee", request) == set()


def test_who_returned_a_case_may_still_sign_another_step() -> None:
    """A return is no signature: only signatures bind to a step."""
    hospital = Hospital(people=TWO_POSTS)
    request = hospital.submitted("amy")
    hospital.takes("lee", "return_it", request, "请补规格")
    hospital.takes("amy", "submit", request)
    hospital.takes("mei", "dept_sign", request, "同意")

    assert hospital.takes("lee", "finance_sign", request, "同意") == "leader"


def test_a_colleague_with_the_same_post_signs_the_second_step() -> None:
    hospital = Hospital(people=TWO_POSTS)
    request = hospital.submitted("amy")
    hospital.takes("lee", "dept_sign", request, "同意")

    assert hospital.takes("fang", "finance_sign", request, "同意") == "leader"


def test_a_voided_signature_still_binds_its_signer_to_the_step() -> None:
    hospital = Hospital(people=TWO_POSTS)
    request = hospital.submitted("amy")
    hospital.takes("lee", "dept_sign", request, "同意")
    hospital.takes("fang", "return_it", request, "请补规格")
    hospital.takes("amy", "submit", request)
    hospital.takes("mei", "dept_sign", request, "同意")

    answer = hospital.decide("lee", "finance_sign", request, "同意")

    assert reasons(answer) == [BEFORE]


def test_the_same_step_may_be_signed_again_in_another_round() -> None:
    hospital = Hospital(people=TWO_POSTS)
    request = hospital.submitted("amy")
    hospital.takes("lee", "dept_sign", request, "同意")
    hospital.takes("fang", "return_it", request, "请补规格")
    hospital.takes("amy", "submit", request)

    assert hospital.takes("lee", "dept_sign", request, "再次同意") == "finance"


def test_signatures_of_another_case_do_not_count() -> None:
    hospital = Hospital(people=TWO_POSTS)
    first, second = hospital.submitted("amy"), hospital.submitted("amy", thing="持针器")
    hospital.takes("lee", "dept_sign", first, "同意")
    hospital.takes("mei", "dept_sign", second, "同意")

    assert hospital.takes("lee", "finance_sign", second, "同意") == "leader"
    assert is_about_duties(hospital.decide("lee", "finance_sign", first, "同意"))


def test_what_waits_stays_with_the_head_of_the_department_that_the_applicant_has_left() -> None:
    """Amy changes departments while her request waits: it is decided by whoever has it in their
    inbox, and their signature counts. What she asks for from then on is the new head's.
    """
    hospital = Hospital(people=with_posts(("lee", "finance_officer", "finance")))
    request = hospital.submitted("amy")
    moved_to_icu(hospital)

    assert hospital.waits_for(request) == ("r:dept_head@surgery",)
    assert refused(hospital.decide("ida", "dept_sign", request, "同意")).code is Code.NOT_PERMITTED
    assert hospital.takes("lee", "dept_sign", request, "同意") == "finance"
    assert is_about_duties(hospital.decide("lee", "finance_sign", request, "同意"))

    later = hospital.submitted("amy")
    assert hospital.waits_for(later) == ("r:dept_head@icu",)
    assert hospital.takes("ida", "dept_sign", later, "同意") == "finance"


def moved_to_icu(hospital: Hospital) -> None:
    """Amy works in intensive care from now on."""
    hospital.changes(SavePerson(Person("amy", "Amy", "icu", (Post("clinician", "icu"),))))


# ---- delegates, in both names --------------------------------------------------------------------


def lent(principal: str, delegate: str) -> Delegation:
    """Somebody's posts are lent to somebody else for the day."""
    monday = date(2026, 3, 2)
    return Delegation(f"{principal}-{delegate}", principal, delegate, monday, monday)


def test_a_delegate_does_not_decide_on_what_they_filed_themselves() -> None:
    hospital = Hospital(delegations=[lent("lee", "amy")])
    request = hospital.submitted("amy")

    answer = hospital.decide("amy", "dept_sign", request, "同意", acting_for="lee")

    assert reasons(answer) == [OWN]
    assert hospital.can("amy", request, acting_for="lee") == set()


def test_a_delegate_does_not_decide_on_what_their_principal_filed() -> None:
    hospital = Hospital(delegations=[lent("lee", "ben")])
    request = hospital.submitted("lee")

    assert reasons(hospital.decide("ben", "dept_sign", request, "同意", acting_for="lee")) == [OWN]


def test_who_signed_as_a_delegate_does_not_sign_another_step_as_themselves() -> None:
    hospital = Hospital(delegations=[lent("lee", "fang")])
    request = hospital.submitted("amy")
    hospital.stands_in("fang", "lee", "dept_sign", request, "代签")

    assert is_about_duties(hospital.decide("fang", "finance_sign", request, "同意"))


def test_who_was_signed_for_does_not_sign_another_step_either() -> None:
    hospital = Hospital(people=TWO_POSTS, delegations=[lent("lee", "ben")])
    request = hospital.submitted("amy")
    hospital.stands_in("ben", "lee", "dept_sign", request, "代签")

    assert is_about_duties(hospital.decide("lee", "finance_sign", request, "同意"))


def test_who_signed_as_themselves_does_not_sign_another_step_as_a_delegate() -> None:
    hospital = Hospital(delegations=[lent("fang", "lee")])
    request = hospital.submitted("amy")
    hospital.takes("lee", "dept_sign", request, "同意")

    answer = hospital.decide("lee", "finance_sign", request, "同意", acting_for="fang")

    assert reasons(answer) == [BEFORE]


def test_a_delegate_of_somebody_who_signed_does_not_sign_the_next_step_in_their_name() -> None:
    hospital = Hospital(people=TWO_POSTS, delegations=[lent("lee", "ben")])
    request = hospital.submitted("amy")
    hospital.takes("lee", "dept_sign", request, "同意")

    answer = hospital.decide("ben", "finance_sign", request, "同意", acting_for="lee")

    assert is_about_duties(answer)


def test_a_third_person_signs_for_whom_nobody_has_signed() -> None:
    hospital = Hospital(delegations=[lent("fang", "ben")])
    request = hospital.submitted("amy")
    hospital.takes("lee", "dept_sign", request, "同意")

    assert hospital.stands_in("ben", "fang", "finance_sign", request, "代签") == "leader"
