"""Somebody stands in for somebody else: in their posts, on their days, never in their own name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from tests.workflow.hospital import (
    CAST,
    PURCHASE,
    Hospital,
    edited,
    local,
    reasons,
    refused,
    with_posts,
)
from workflow.people.organisation import Delegation, Person, Post
from workflow.ports.house import RemoveDelegation, SaveDelegation, SavePerson
from workflow.refusals import Code

#: Dr Lee is away from Tuesday to Thursday; Ben stands in for him.
AWAY = Delegation("d1", "lee", "ben", date(2026, 3, 3), date(2026, 3, 5))

BOTH_NAMES = """\
    conditions:
      - when: facts.heads == ["ben", "lee"]
        otherwise: {zh: 两人都要在, en: Both have to be there}
"""


def on(day: str, delegations: Sequence[Delegation] = (AWAY,)) -> tuple[Hospital, str]:
    """The hospital at a moment, and a request that waits for Dr Lee."""
    hospital = Hospital(delegations=delegations)
    request = hospital.submitted()
    hospital.wait_until(local(day))
    return hospital, request


def test_a_delegate_signs_and_both_names_are_kept() -> None:
    hospital, request = on("2026-03-04 10:00")

    assert hospital.stands_in("ben", "lee", "dept_sign", request, "代签") == "finance"

    line = hospital.lines(request)[-1]
    assert (line["actor"], line["for"], line["role"]) == ("ben", "lee", "dept_head")
    assert line["department"] == "surgery"
    signed = [task for task in hospital.file(request).tasks if task.step == "dept"]
    assert [(task.closed_by, task.closed_for) for task in signed] == [("ben", "lee")]


def test_what_a_delegate_did_the_other_has_done_as_well() -> None:
    """A rule that asks who signed hears both names: neither of them decides once more."""
    wu = "    who: {role: vice_president}\n    signs: true\n    opinion: required\n"
    both = edited(
        PURCHASE,
        ("states:\n", "  heads: {history: dept_sign, gives: actors}\nstates:\n"),
        (wu, wu + BOTH_NAMES),
    )
    hospital = Hospital(both, delegations=[AWAY])
    request = hospital.submitted()
    hospital.wait_until(local("2026-03-04 10:00"))
    hospital.stands_in("ben", "lee", "dept_sign", request, "代签")
    hospital.takes("fang", "finance_sign", request, "同意")

    assert hospital.takes("wu", "approve", request, "同意") == "approved"


def ruled(when: str) -> str:
    """The process in which the leader approves only when this holds."""
    wu = "    who: {role: vice_president}\n    signs: true\n    opinion: required\n"
    rule = f"""\
    conditions:
      - when: '{when}'
        otherwise: {{zh: 您不能批, en: You cannot approve this}}
"""
    looked_up = "  checkers: {history: check, gives: actors}\n" if "checkers" in when else ""
    return edited(
        PURCHASE,
        ("states:\n", f"{looked_up}states:\n"),
        ("  leader:", "  checking: {name: {zh: 待核对, en: To be checked}}\n  leader:"),
        ("    to: leader\n", "    to: checking\n"),
        ("  approve:\n", CHECK + "  approve:\n"),
        (wu, wu + rule),
    )


#: Whoever has a look at it before it is approved; no signature, so the engine keeps nobody apart.
CHECK = """\
  check:
    name: {zh: 核对, en: Check}
    from: checking
    to: leader
    who: [{role: clinician}, {role: vice_president}, {role: finance_officer}]
"""
#: Ben stands in for the leader.
FOR_THE_LEADER = replace(AWAY, principal="wu")


def to_be_checked(
    when: str, lent: Delegation = FOR_THE_LEADER, people: Sequence[Person] = CAST
) -> tuple[Hospital, str]:
    """A request that waits for the check before the leader, in the days of a delegation."""
    hospital = Hospital(ruled(when), people=people, delegations=[lent])
    request = hospital.submitted()
    hospital.takes("lee", "dept_sign", request, "同意")
    hospital.takes("fang", "finance_sign", request, "同意")
    hospital.wait_until(local("2026-03-04 10:00"))
    return hospital, request


#: Who has checked it does not approve it.
APART = "!(actor.id in facts.checkers)"


@pytest.mark.parametrize("checker", ["ben", "wu"])
def test_who_is_kept_apart_is_so_in_both_names(checker: str) -> None:
    """What either of them has checked neither approves, whoever presses the button."""
    hospital, request = to_be_checked(APART)
    hospital.takes(checker, "check", request, "")

    assert hospital.can("ben", request, acting_for="wu") & {"approve"} == set()
    answer = hospital.decide("ben", "approve", request, "代批", acting_for="wu")

    assert refused(answer).code is Code.CONDITION_NOT_MET
    theirs = " (this is about Wu, for whom you act)" if checker == "wu" else ""
    assert reasons(answer) == [f"You cannot approve this{theirs}"]


def test_a_delegate_of_whom_nothing_speaks_is_not_kept_apart() -> None:
    hospital, request = to_be_checked(APART)
    hospital.takes("fang", "check", request, "")

    assert "approve" in hospital.can("ben", request, acting_for="wu")
    assert hospital.stands_in("ben", "wu", "approve", request, "代批") == "approved"


def test_what_was_checked_for_somebody_they_do_not_approve_themselves() -> None:
    hospital, request = to_be_checked(APART)
    hospital.stands_in("ben", "wu", "check", request, "")

    assert refused(hospital.decide("wu", "approve", request, "同意")).code is (
        Code.CONDITION_NOT_MET
    )


@pytest.mark.parametrize("asked_for", ["ben", "wu"])
def test_a_rule_that_asks_for_somebody_is_met_by_either(asked_for: str) -> None:
    hospital, request = to_be_checked(f'actor.id == "{asked_for}"')
    hospital.takes("fang", "check", request, "")

    assert "approve" in hospital.can("ben", request, acting_for="wu")
    assert hospital.stands_in("ben", "wu", "approve", request, "代批") == "approved"


def test_a_rule_that_asks_for_somebody_else_is_met_by_neither() -> None:
    hospital, request = to_be_checked('actor.id == "fang"')
    hospital.takes("fang", "check", request, "")

    answer = hospital.decide("ben", "approve", request, "代批", acting_for="wu")

    assert reasons(answer) == ["You cannot approve this"]


@pytest.mark.parametrize(
    ("when", "lent", "may"),
    [
        ('"finance_officer" in actor.roles', ("vice_president",), False),
        ('"finance_officer" in actor.roles', ("vice_president", "finance_officer"), True),
        ('!("finance_officer" in actor.roles)', ("vice_president",), False),
        ('!("clinician" in actor.roles)', ("vice_president",), False),
        ('!("keeper" in actor.roles)', ("vice_president",), True),
    ],
)
def test_a_post_that_was_not_lent_opens_nothing_and_still_keeps_apart(
    when: str, lent: tuple[str, ...], may: bool
) -> None:
    people = with_posts(("wu", "finance_officer", "finance"))
    hospital, request = to_be_checked(when, replace(FOR_THE_LEADER, roles=lent), people)
    hospital.takes("fang", "check", request, "")

    assert ("approve" in hospital.can("ben", request, acting_for="wu")) is may
    answer = hospital.decide("ben", "approve", request, "代批", acting_for="wu")
    assert (answer.refused is None) is may


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        ("2026-03-02 23:59", False),
        ("2026-03-03 00:00", True),
        ("2026-03-05 23:59", True),
        ("2026-03-06 00:00", False),
    ],
)
def test_it_holds_from_the_first_day_to_the_end_of_the_last(moment: str, may: bool) -> None:
    hospital, request = on(moment)

    answer = hospital.decide("ben", "dept_sign", request, "代签", acting_for="lee")

    assert (answer.refused is None) is may
    if not may:
        assert refused(answer).code is Code.NOT_PERMITTED


def test_who_is_away_may_still_sign_themselves() -> None:
    hospital, request = on("2026-03-04 10:00")

    assert hospital.takes("lee", "dept_sign", request, "我在") == "finance"


def test_a_delegate_has_nothing_as_themselves() -> None:
    hospital, request = on("2026-03-04 10:00")

    assert refused(hospital.decide("ben", "dept_sign", request, "签")).code is Code.NOT_PERMITTED
    assert hospital.can("ben", request) == set()
    assert hospital.can("ben", request, acting_for="lee") == {"dept_sign", "return_it", "reject"}


def test_nobody_stands_in_who_was_not_asked() -> None:
    hospital, request = on("2026-03-04 10:00")

    for who in ("sam", "ida", "amy"):
        answer = hospital.decide(who, "dept_sign", request, "代签", acting_for="lee")
        assert refused(answer).code is Code.NOT_PERMITTED


def test_it_works_in_one_direction_only() -> None:
    hospital = Hospital(
        delegations=[replace(AWAY, principal="ben", delegate="lee", start=date(2026, 3, 2))]
    )
    request = hospital.submitted()

    answer = hospital.decide("ben", "dept_sign", request, "代签", acting_for="lee")

    assert refused(answer).code is Code.NOT_PERMITTED


def test_what_was_lent_is_not_lent_on() -> None:
    """Lee lends to Ben and Ben to Sam: Sam stands in for Ben, and never for Lee."""
    onward = replace(AWAY, id="d2", principal="ben", delegate="sam")
    hospital, request = on("2026-03-04 10:00", [AWAY, onward])

    for principal in ("ben", "lee"):
        answer = hospital.decide("sam", "dept_sign", request, "代签", acting_for=principal)
        assert refused(answer).code is Code.NOT_PERMITTED


def test_only_the_roles_that_were_named_are_lent() -> None:
    hospital = Hospital(
        people=with_posts(("lee", "finance_officer", "finance")),
        delegations=[replace(AWAY, roles=("finance_officer",))],
    )
    request = hospital.submitted()
    hospital.wait_until(local("2026-03-04 10:00"))
    assert hospital.can("ben", request, acting_for="lee") == set()

    hospital.changes(SaveDelegation(replace(AWAY, roles=("finance_officer", "dept_head"))))

    assert hospital.can("ben", request, acting_for="lee") == {"dept_sign", "return_it", "reject"}


def test_a_lent_role_signs_where_it_counts() -> None:
    hospital = Hospital(delegations=[replace(AWAY, principal="fang", roles=("finance_officer",))])
    request = hospital.submitted()
    hospital.takes("lee", "dept_sign", request, "同意")
    hospital.wait_until(local("2026-03-04 10:00"))

    assert hospital.stands_in("ben", "fang", "finance_sign", request, "代签") == "leader"


def test_a_department_counts_as_that_of_who_is_away() -> None:
    """Ben works in intensive care; standing in for Lee he signs for surgery, not for his own."""
    hospital = Hospital(delegations=[AWAY], people=with_posts(("mia", "clinician", "icu")))
    own = hospital.submitted("mia")
    hospital.wait_until(local("2026-03-04 10:00"))

    answer = hospital.decide("ben", "dept_sign", own, "代签", acting_for="lee")

    assert refused(answer).code is Code.NOT_PERMITTED


def test_ones_own_seat_cannot_be_lent() -> None:
    """Handing in and withdrawing are Amy's alone, whoever stands in for her."""
    hospital = Hospital(
        delegations=[replace(AWAY, principal="amy", delegate="ben", start=date(2026, 3, 2))]
    )
    draft = hospital.opened("amy", thing="止血钳", price="300.00")

    for action in ("submit", "withdraw"):
        answer = hospital.decide("ben", action, draft, acting_for="amy")
        assert refused(answer).code is Code.NOT_PERMITTED
    saved = hospital.decide("ben", "save", draft, acting_for="amy", thing="别的")
    assert refused(saved).code is Code.NOT_PERMITTED
    assert hospital.case(draft).form["thing"] == "止血钳"


def test_a_named_persons_seat_cannot_be_lent() -> None:
    text = edited(
        PURCHASE,
        ("who: {role: vice_president}", "who: {person: form.named}"),
        (
            "  dept_opinion:",
            "  named: {label: {zh: 指定, en: Named}, type: person}\n  dept_opinion:",
        ),
    )
    hospital = Hospital(
        text, delegations=[replace(AWAY, principal="wu", delegate="ben", start=date(2026, 3, 2))]
    )
    request = hospital.submitted(named="wu")
    hospital.takes("lee", "dept_sign", request, "同意")
    hospital.takes("fang", "finance_sign", request, "同意")

    answer = hospital.decide("ben", "approve", request, "代签", acting_for="wu")

    assert refused(answer).code is Code.NOT_PERMITTED
    assert hospital.takes("wu", "approve", request, "同意") == "approved"


def test_a_post_that_is_no_longer_held_is_lent_no_more() -> None:
    lee = Person("lee", "Dr Lee", "surgery", (Post("dept_head", "surgery", end=date(2026, 3, 3)),))
    people = [lee, *(one for one in CAST if one.id != "lee")]
    hospital = Hospital(people=people, delegations=[AWAY])
    request = hospital.submitted()
    hospital.wait_until(local("2026-03-04 10:00"))

    answer = hospital.decide("ben", "dept_sign", request, "代签", acting_for="lee")

    assert refused(answer).code is Code.NOT_PERMITTED


@pytest.mark.parametrize("gone", ["lee", "ben"])
def test_when_either_of_them_has_left_nothing_is_lent(gone: str) -> None:
    hospital, request = on("2026-03-04 10:00")
    person = next(one for one in CAST if one.id == gone)
    hospital.changes(SavePerson(replace(person, active=False)))

    answer = hospital.decide("ben", "dept_sign", request, "代签", acting_for="lee")

    assert refused(answer).code is Code.NOT_PERMITTED


def test_a_delegation_that_was_ended_early_is_over() -> None:
    hospital, request = on("2026-03-04 10:00")
    hospital.changes(SaveDelegation(replace(AWAY, end=date(2026, 3, 3))))

    answer = hospital.decide("ben", "dept_sign", request, "代签", acting_for="lee")

    assert refused(answer).code is Code.NOT_PERMITTED


def test_a_delegation_that_was_taken_back_never_was() -> None:
    hospital, request = on("2026-03-04 10:00")
    hospital.changes(RemoveDelegation(AWAY.id))

    assert hospital.can("ben", request, acting_for="lee") == set()


def test_what_a_delegate_did_stays_done_when_the_delegation_is_over() -> None:
    hospital, request = on("2026-03-04 10:00")
    hospital.stands_in("ben", "lee", "dept_sign", request, "代签")
    hospital.wait_until(local("2026-03-09 10:00"))

    assert hospital.takes("fang", "finance_sign", request, "同意") == "leader"


def test_a_refused_delegate_is_named_with_whom_they_named() -> None:
    hospital, request = on("2026-03-06 10:00")
    hospital.decide("ben", "dept_sign", request, "代签", acting_for="lee")

    line = hospital.lines(request)[-1]

    assert (line["event"], line["actor"], line["for"]) == ("refused", "ben", "lee")


def test_who_opens_for_another_opens_from_their_post() -> None:
    hospital = Hospital(
        delegations=[replace(AWAY, principal="amy", delegate="sam", start=date(2026, 3, 2))]
    )

    answer = hospital.open("sam", acting_for="amy")

    assert answer.refused is None
    assert answer.number is not None
    line = hospital.lines(answer.number)[0]
    assert (line["actor"], line["for"], line["role"]) == ("sam", "amy", "clinician")
