"""Who is asked: the applicant, a role in some department or in any, the person in the form."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from workflow.people.organisation import Person, Post
from workflow.ports.house import SavePerson
from workflow.refusals import Code

#: Amy sends it; whoever sits in SEAT may take it; the kitchen may throw it away.
SEATED = """\
process: seated
version: 1
name: {zh: 座位, en: Seated}
summary: {zh: 座位, en: Seated}
category: {zh: 后勤, en: Logistics}
number: ZW
title: '{note}'
open:
  who: {role: clinician}
  parent: {process: seated, field: above}
form:
  note: {label: {zh: 说明, en: Note}, type: text}
  above: {label: {zh: 上级, en: Above}, type: case, process: seated}
  named: {label: {zh: 指定人, en: Named}, type: person}
  ward: {label: {zh: 科室, en: Ward}, type: department}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true}
  waiting: {name: {zh: 等待, en: Waiting}}
  taken: {name: {zh: 已办, en: Taken}, final: true}
  thrown: {name: {zh: 作废, en: Thrown away}, final: true}
actions:
  send:
    name: {zh: 送, en: Send}
    from: draft
    to: waiting
    who: applicant
    effects: [{notify: reviewer}]
  take:
    name: {zh: 办, en: Take}
    from: waiting
    to: taken
    who: SEAT
    by_applicant: true
  throw:
    name: {zh: 废, en: Throw away}
    from: waiting
    to: thrown
    who: {role: vice_president}
    duty: false
"""


def seated(seat: str) -> str:
    """The process with that seat."""
    text = edited(SEATED, ("who: SEAT", f"who: {seat}"))
    # Whether the applicant may act matters only where others could.
    return text if seat != "applicant" else edited(text, ("    by_applicant: true\n", ""))


def sent(hospital: Hospital, who: str = "amy", parent: str | None = None, **answers: object) -> str:
    """The number of a case that waits for its seat."""
    number = hospital.opened(who, "seated", parent, **answers)
    hospital.takes(who, "send", number)
    return number


#: Ida's head nurse does not exist: nobody keeps anything in intensive care; Kim keeps the store.
EVERYBODY = [person.id for person in CAST]


@dataclass(frozen=True)
class Seating:
    """A seat, at which address its work waits, and who of the cast may take it."""

    seat: str
    address: tuple[str, ...]
    may: set[str]


SEATINGS = [
    Seating("applicant", ("p:amy",), {"amy"}),
    Seating("{role: dept_head}", ("r:dept_head",), {"lee", "ida"}),
    Seating("{role: dept_head, of: any}", ("r:dept_head",), {"lee", "ida"}),
    Seating("{role: dept_head, of: applicant.department}", ("r:dept_head@surgery",), {"lee"}),
    Seating("{role: dept_head, of: case.department}", ("r:dept_head@surgery",), {"lee"}),
    Seating("{role: dept_head, of: form.ward}", ("r:dept_head@icu",), {"ida"}),
    Seating("{person: form.named}", ("p:sam",), {"sam"}),
    Seating("{role: keeper, of: case.department}", ("r:keeper@surgery",), set()),
    Seating("{role: keeper, of: case.department, or_anyone: true}", ("r:keeper",), {"kim"}),
    Seating(
        "{role: dept_head, of: case.department, or_anyone: true}", ("r:dept_head@surgery",), {"lee"}
    ),
    Seating(
        "[{role: keeper}, {person: form.named}, applicant]",
        ("r:keeper", "p:sam", "p:amy"),
        {"kim", "sam", "amy"},
    ),
]


@pytest.mark.parametrize("seating", SEATINGS, ids=lambda seating: seating.seat)
def test_the_work_waits_where_the_seat_is(seating: Seating) -> None:
    hospital = Hospital(seated(seating.seat))

    number = sent(hospital, named="sam", ward="icu")

    assert hospital.waits_for(number) == seating.address


@pytest.mark.parametrize("seating", SEATINGS, ids=lambda seating: seating.seat)
def test_exactly_those_who_sit_there_may_act(seating: Seating) -> None:
    hospital = Hospital(seated(seating.seat))
    number = sent(hospital, named="sam", ward="icu")

    assert {who for who in EVERYBODY if "take" in hospital.can(who, number)} == seating.may
    for who in set(EVERYBODY) - seating.may:
        assert refused(hospital.decide(who, "take", number)).code is Code.NOT_PERMITTED
    for who in seating.may:
        again = sent(hospital, named="sam", ward="icu")
        assert hospital.takes(who, "take", again) == "taken"


@pytest.mark.parametrize("seating", SEATINGS, ids=lambda seating: seating.seat)
def test_exactly_those_are_told(seating: Seating) -> None:
    hospital = Hospital(seated(seating.seat))

    sent(hospital, named="sam", ward="icu")

    assert {who for who in EVERYBODY if hospital.news(who)} == seating.may


def test_the_line_says_from_which_post_somebody_acted() -> None:
    hospital = Hospital(seated("[{role: dept_head}, applicant]"))
    first, second = sent(hospital), sent(hospital)

    hospital.takes("ida", "take", first)
    hospital.takes("amy", "take", second)

    lines = [hospital.lines(number)[-1] for number in (first, second)]
    assert [(line["role"], line["department"]) for line in lines] == [
        ("dept_head", "icu"),
        (None, None),
    ]


def test_whoever_holds_the_post_by_now_finds_the_work_waiting() -> None:
    """Roles are bound to a post: a successor takes over what waits, a predecessor loses it."""
    hospital = Hospital(seated("{role: dept_head, of: applicant.department}"))
    number = sent(hospital)
    hospital.changes(
        SavePerson(Person("lee", "Dr Lee", "surgery")),
        SavePerson(Person("mei", "Mei", "surgery", (Post("dept_head", "surgery"),))),
    )

    assert refused(hospital.decide("lee", "take", number)).code is Code.NOT_PERMITTED
    assert hospital.takes("mei", "take", number) == "taken"


def test_a_post_counts_from_its_first_day_to_its_last() -> None:
    post = Post("dept_head", "surgery", date(2026, 3, 4), date(2026, 3, 5))
    people = [replace(p, posts=(post,)) if p.id == "lee" else p for p in CAST]
    hospital = Hospital(seated("{role: dept_head, of: applicant.department}"), people=people)
    number = sent(hospital)

    may = []
    for moment in ("2026-03-03 23:59", "2026-03-04 00:00", "2026-03-05 23:59", "2026-03-06 00:00"):
        hospital.wait_until(local(moment))
        may.append("take" in hospital.can("lee", number))

    assert may == [False, True, True, False]


def test_several_posts_count_each_where_it_is() -> None:
    people = with_posts(("ida", "dept_head", "surgery"))
    hospital = Hospital(seated("{role: dept_head, of: applicant.department}"), people=people)
    number = sent(hospital)

    assert hospital.takes("ida", "take", number) == "taken"
    assert hospital.lines(number)[-1]["department"] == "surgery"


def test_the_applicants_department_is_where_they_work_now() -> None:
    hospital = Hospital(seated("{role: dept_head, of: applicant.department}"))
    number = hospital.opened("amy", "seated")
    amy = next(person for person in CAST if person.id == "amy")
    hospital.changes(SavePerson(replace(amy, department="icu")))

    hospital.takes("amy", "send", number)

    assert hospital.waits_for(number) == ("r:dept_head@icu",)


def test_the_cases_department_is_where_it_was_opened() -> None:
    hospital = Hospital(seated("{role: dept_head, of: case.department}"))
    number = hospital.opened("amy", "seated")
    amy = next(person for person in CAST if person.id == "amy")
    hospital.changes(SavePerson(replace(amy, department="icu")))

    hospital.takes("amy", "send", number)

    assert hospital.waits_for(number) == ("r:dept_head@surgery",)


def test_the_parents_department_counts_and_ones_own_where_there_is_no_parent() -> None:
    hospital = Hospital(seated("{role: dept_head, of: parent.department}"))
    above = hospital.opened("ben", "seated")

    below, alone = sent(hospital, parent=above), sent(hospital)

    assert hospital.waits_for(below) == ("r:dept_head@icu",)
    assert hospital.waits_for(alone) == ("r:dept_head@surgery",)
    assert hospital.can("lee", below) == set()


def test_anyone_counts_only_while_the_department_has_nobody() -> None:
    text = seated("{role: keeper, of: case.department, or_anyone: true}")
    hospital = Hospital(text)
    number = sent(hospital)
    assert "take" in hospital.can("kim", number)

    hospital.changes(SavePerson(Person("eva", "Eva", "surgery", (Post("keeper", "surgery"),))))

    assert "take" not in hospital.can("kim", number)
    assert hospital.takes("eva", "take", number) == "taken"
    closed = [task.closed_by for task in hospital.file(number).tasks if task.closed_as == "take"]
    assert closed == ["eva"]


@pytest.mark.parametrize("seat", ["{person: form.named}", "{role: dept_head, of: form.ward}"])
def test_while_nobody_is_named_an_administrator_has_to_find_somebody(seat: str) -> None:
    hospital = Hospital(seated(seat))

    number = sent(hospital)

    assert hospital.waits_for(number) == ("r:admin",)
    for who in EVERYBODY:
        assert "take" not in hospital.can(who, number)
    assert hospital.takes("wu", "throw", number) == "thrown"


def test_a_name_that_nobody_bears_is_refused_where_it_is_written() -> None:
    hospital = Hospital(seated("{person: form.named}"))

    answer = hospital.open("amy", "seated", named="nobody")

    assert refused(answer).fields == ("named",)
    assert reasons(answer) == ["Named: choose somebody from the list, there is no such person"]


def test_who_is_closed_out_is_told_who_is_meant() -> None:
    seat = "[{role: dept_head, of: form.ward}, {person: form.named}, applicant]"
    hospital = Hospital(seated(seat))
    number = sent(hospital, named="sam", ward="icu")

    answer = hospital.decide("fang", "take", number)

    told = "Department head of the department in the form, the person named in the form"
    assert reasons(answer) == [f"“Take” is for: {told}, the applicant"]
    assert refused(answer).because.zh == ("“办”由表单所列科室的科主任、表单指定的人、申请人办理")


def test_some_may_act_without_being_asked() -> None:
    """No task waits for the vice president, and the button is hers all the same."""
    hospital = Hospital(seated("applicant"))
    number = sent(hospital)

    assert hospital.waits_for(number) == ("p:amy",)
    assert hospital.takes("wu", "throw", number) == "thrown"


def test_two_seats_of_one_address_are_one_task() -> None:
    seat = "[{role: dept_head, of: applicant.department}, {role: dept_head, of: case.department}]"
    hospital = Hospital(seated(seat))

    assert hospital.waits_for(sent(hospital)) == ("r:dept_head@surgery",)


def test_the_work_may_wait_for_some_of_those_who_may_act() -> None:
    text = edited(
        seated("[{role: dept_head}, {role: keeper}]"),
        ("    by_applicant: true\n", "    by_applicant: true\n    waits_for: {role: keeper}\n"),
    )
    hospital = Hospital(text)
    number = sent(hospital)

    assert hospital.waits_for(number) == ("r:keeper",)
    assert hospital.takes("ida", "take", number) == "taken"


def test_an_opening_has_its_seats_too() -> None:
    hospital = Hospital(seated("applicant"))

    may = {who for who in EVERYBODY if hospital.open(who, "seated").refused is None}

    assert may == {"amy", "ben"}


def test_work_that_came_while_nobody_held_the_post_is_done_by_who_holds_it_next() -> None:
    hospital = Hospital(
        seated("{role: keeper, of: case.department, holders: at_opening}"),
        people=tuple(person for person in CAST if person.id != "kim"),
    )
    number = sent(hospital)

    hospital.changes(SavePerson(Person("eva", "Eva", "surgery", (Post("keeper", "surgery"),))))

    assert hospital.takes("eva", "take", number) == "taken"
    closed = [task.closed_by for task in hospital.file(number).tasks if task.closed_as == "take"]
    assert closed == ["eva"]


# ---- where work is told of -----------------------------------------------------------------------

#: Any head signs; then the money of that head's own department is asked, and told of it.
OWN_MONEY = edited(
    PURCHASE,
    ("who: {role: dept_head, of: applicant.department}", "who: {role: dept_head}"),
    (
        "into: dept_opinion}\n",
        "into: dept_opinion}\n    effects: [{notify: {role: finance_officer, of: step.dept}}]\n",
    ),
    ("who: {role: finance_officer}", "who: {role: finance_officer, of: step.dept}"),
)


def test_who_is_told_of_work_is_who_has_it_by_whom_has_just_decided() -> None:
    """The notice goes by the step that the act itself decides, as the task does."""
    people = with_posts(("ben", "finance_officer", "icu"), ("amy", "finance_officer", "surgery"))
    hospital = Hospital(OWN_MONEY, people=people)
    request = hospital.submitted("ben")
    hospital.takes("ida", "dept_sign", request, "同意")
    assert hospital.waits_for(request) == ("r:finance_officer@icu",)
    assert hospital.news("ben") == ("dept_sign",)
    assert (hospital.news("amy"), hospital.news("fang")) == ((), ())


def test_when_it_comes_a_second_time_they_are_told_by_who_decided_then() -> None:
    people = with_posts(("ben", "finance_officer", "icu"), ("amy", "finance_officer", "surgery"))
    hospital = Hospital(OWN_MONEY, people=people)
    request = hospital.submitted("amy")
    hospital.takes("ida", "dept_sign", request, "同意")
    hospital.takes("ben", "return_it", request, "再看")
    hospital.takes("amy", "submit", request)
    hospital.takes("lee", "dept_sign", request, "同意")
    assert hospital.waits_for(request) == ("r:finance_officer@surgery",)
    assert hospital.news("ben") == ("dept_sign",)
    assert "dept_sign" in hospital.news("amy")
