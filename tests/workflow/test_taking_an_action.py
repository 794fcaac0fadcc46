"""Amy asks, Dr Lee signs, Fang signs, Wu approves: what an act does, and all that it does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.workflow.hospital import MONDAY, PURCHASE, Hospital, edited, local, reasons
from workflow.nouns import Case, Task


def test_a_request_goes_from_hand_to_hand_until_it_is_approved() -> None:
    hospital = Hospital()
    request = hospital.opened("amy", thing="止血钳", price="300.00")

    assert hospital.takes("amy", "submit", request) == "dept"
    assert hospital.takes("lee", "dept_sign", request, "临床需要") == "finance"
    assert hospital.takes("fang", "finance_sign", request, "有预算") == "leader"
    assert hospital.takes("wu", "approve", request, "同意") == "approved"

    assert hospital.events(request) == ("start", "submit", "dept_sign", "finance_sign", "approve")


def test_the_work_waits_with_one_person_at_a_time() -> None:
    hospital = Hospital()
    request = hospital.opened("amy", thing="止血钳", price="300.00")
    waited = [hospital.waits_for(request)]

    for who, action in SIGNERS:
        hospital.takes(who, action, request, "同意")
        waited.append(hospital.waits_for(request))

    assert waited == [
        ("p:amy",),
        ("r:dept_head@surgery",),
        ("r:finance_officer",),
        ("r:vice_president",),
        (),
    ]


SIGNERS = (("amy", "submit"), ("lee", "dept_sign"), ("fang", "finance_sign"), ("wu", "approve"))


def test_a_task_is_closed_by_the_act_that_answered_it() -> None:
    hospital = Hospital()
    request = hospital.submitted()

    hospital.takes("lee", "dept_sign", request, "同意")

    signed = closed_at(hospital, request, "dept")
    assert (signed.closed_as, signed.closed_by, signed.closed_for) == ("dept_sign", "lee", None)
    assert signed.closed_at == hospital.now


def test_a_task_that_nobody_answered_is_closed_because_the_case_moved_on() -> None:
    hospital = Hospital()
    request = hospital.submitted()

    hospital.takes("amy", "withdraw", request)

    left = closed_at(hospital, request, "dept")
    assert (left.closed_as, left.closed_by) == ("moved", "amy")


def test_every_act_counts_once() -> None:
    hospital = Hospital()
    request = hospital.opened("amy", thing="止血钳", price="300.00")
    versions = [hospital.case(request).version]

    for who, action in SIGNERS:
        hospital.takes(who, action, request, "同意")
        versions.append(hospital.case(request).version)

    assert versions == [1, 2, 3, 4, 5]


def test_a_case_remembers_when_it_came_to_its_step_and_when_it_ended() -> None:
    hospital = Hospital()
    request = hospital.opened("amy", thing="止血钳", price="300.00")
    hospital.wait(hours=1)
    hospital.takes("amy", "submit", request)
    hospital.wait(hours=1)
    assert times(hospital.case(request)) == (MONDAY, MONDAY + timedelta(hours=1), None)

    hospital.takes("lee", "reject", request, "已有同类")

    later = MONDAY + timedelta(hours=2)
    assert times(hospital.case(request)) == (MONDAY, later, later)


def times(case: Case) -> tuple[object, object, object]:
    return case.opened_at, case.entered_at, case.closed_at


def test_a_form_may_be_filled_and_handed_in_with_one_click() -> None:
    hospital = Hospital()
    request = hospital.opened("amy")

    hospital.takes("amy", "submit", request, thing="止血钳", price="300.00")

    assert hospital.case(request).form == {"thing": "止血钳", "price": 30000}


def test_what_was_filled_in_before_stays() -> None:
    hospital = Hospital()
    request = hospital.opened("amy", thing="止血钳", price="300.00")

    hospital.takes("amy", "submit", request, price="280.00")

    assert hospital.case(request).form == {"thing": "止血钳", "price": 28000}


def test_an_opinion_goes_into_its_field_of_the_form() -> None:
    hospital = Hospital()
    request = hospital.submitted()

    hospital.takes("lee", "dept_sign", request, "  临床需要 ")

    assert hospital.case(request).form["dept_opinion"] == "临床需要"
    assert hospital.lines(request)[-1]["opinion"] == "临床需要"


def test_an_opinion_typed_into_its_field_is_an_opinion() -> None:
    hospital = Hospital()
    request = hospital.submitted()

    hospital.takes("lee", "dept_sign", request, dept_opinion="临床需要")

    assert hospital.case(request).form["dept_opinion"] == "临床需要"


def test_an_approval_writes_its_row_with_case_and_line() -> None:
    hospital = Hospital()
    request = approved(hospital)

    (row,) = hospital.rows("bought")

    case = hospital.case(request)
    assert row.values == {"thing": "止血钳", "price": 30000}
    assert (row.case, row.number, row.seq) == (case.id, request, 5)


def test_who_must_act_next_and_who_asked_are_told() -> None:
    hospital = Hospital()
    request = hospital.submitted()
    assert hospital.news("lee") == ("submit",)

    hospital.takes("lee", "dept_sign", request, "同意")
    hospital.takes("fang", "finance_sign", request, "同意")
    hospital.takes("wu", "approve", request, "同意")

    assert hospital.news("amy") == ("approve",)
    assert hospital.news("sam") == ()


def test_the_title_says_what_it_is_about() -> None:
    hospital = Hospital()
    request = hospital.opened("amy")
    assert hospital.case(request).title == "采购"

    hospital.saves("amy", request, thing="止血钳")

    assert hospital.case(request).title == "止血钳"


def test_an_empty_field_leaves_no_empty_brackets_in_a_title() -> None:
    hospital = Hospital(edited(PURCHASE, ("title: '{thing}'", "title: '{thing}（{price}）'")))

    request = hospital.opened("amy", thing="止血钳")

    assert hospital.case(request).title == "止血钳"


#: What it is, how large, and who makes it: `-2 · 大（华佗）`.
OF_THREE = edited(
    PURCHASE,
    ("title: '{thing}'", "title: '{thing} · {size}（{maker}）'"),
    (
        "  dept_opinion:",
        """\
  size: {label: {zh: 大小, en: Size}, type: text}
  maker: {label: {zh: 厂家, en: Maker}, type: text}
  dept_opinion:""",
    ),
)


@pytest.mark.parametrize(
    ("thing", "size", "maker", "title"),
    [
        ("-2", "大", "华佗", "-2 · 大（华佗）"),
        ("-2", "大/", "", "-2 · 大/"),
        ("，-2", "", "", "，-2"),
        ("扎带()", "大", "", "扎带() · 大"),
        ("", "-大-", "", "-大-"),
        ("—", "", "", "—"),
        ("止血钳", "", "", "止血钳"),
        ("", "大", "华佗", "大（华佗）"),
    ],
)
def test_what_somebody_typed_stays_in_a_title_and_what_surrounds_nothing_goes(
    thing: str, size: str, maker: str, title: str
) -> None:
    hospital = Hospital(OF_THREE)

    request = hospital.opened("amy", thing=thing, size=size, maker=maker)

    assert hospital.case(request).title == title


def test_numbers_run_by_process_and_year() -> None:
    hospital = Hospital()

    opened = [hospital.opened("amy"), hospital.opened("ben")]

    assert opened == ["CG2026-000001", "CG2026-000002"]


def test_the_year_of_a_number_is_the_year_on_the_wall() -> None:
    hospital = Hospital(now=local("2027-01-01 00:30"))

    assert hospital.opened("amy") == "CG2027-000001"


def test_a_refused_opening_uses_up_no_number() -> None:
    hospital = Hospital()
    hospital.open("sam")

    assert hospital.opened("amy") == "CG2026-000001"


def test_saving_keeps_what_was_typed_and_moves_nothing() -> None:
    hospital = Hospital()
    request = hospital.opened("amy")
    waiting = hospital.waiting(request)

    answer = hospital.saves("amy", request, thing="止血钳")

    assert answer.refused is None
    assert hospital.case(request).form == {"thing": "止血钳"}
    assert (hospital.case(request).state, hospital.waiting(request)) == ("draft", waiting)


def test_a_field_that_was_filled_can_be_emptied() -> None:
    hospital = Hospital()
    request = hospital.opened("amy", thing="止血钳")

    hospital.saves("amy", request, thing="")

    assert hospital.case(request).form == {"thing": None}
    assert reasons(hospital.decide("amy", "submit", request, price="1")) == ["Please fill this in"]


def test_a_field_that_stays_empty_is_no_part_of_the_form() -> None:
    hospital = Hospital()

    request = hospital.opened("amy", thing="", price=None)

    assert hospital.case(request).form == {}
    assert hospital.lines(request)[0]["form"] == {}


def test_a_role_without_a_department_counts_wherever_it_is_held() -> None:
    hospital = Hospital()
    request = hospital.submitted("ben")
    hospital.takes("ida", "dept_sign", request, "同意")

    assert hospital.takes("fang", "finance_sign", request, "同意") == "leader"


def test_an_act_that_leads_back_to_its_own_step_leaves_the_work_waiting() -> None:
    note = "  note: {label: {zh: 备注, en: Note}, type: text}\nregisters:"
    remark = (
        "  remark: {name: {zh: 备注, en: Remark}, from: dept, to: dept, who: {role: dept_head}, "
        "fields: [note]}\n  withdraw:"
    )
    hospital = Hospital(edited(PURCHASE, ("registers:", note), ("  withdraw:", remark)))
    request = hospital.submitted()
    waiting, entered = hospital.waiting(request), hospital.case(request).entered_at
    hospital.wait(hours=1)

    hospital.takes("lee", "remark", request, note="急用")

    # The head of any department may remark, so two tasks wait, and both still do.
    assert hospital.waits_for(request) == ("r:dept_head@surgery", "r:dept_head")
    assert hospital.waiting(request) == waiting
    assert hospital.case(request).entered_at == entered
    assert hospital.case(request).form["note"] == "急用"


def test_the_answer_tells_where_the_case_stands() -> None:
    hospital = Hospital()
    request = hospital.submitted()

    answer = hospital.decide("lee", "dept_sign", request, "同意")

    assert (answer.number, answer.state, answer.repeated) == (request, "finance", False)
    assert answer.entry == hospital.entries(request)[-1]


def approved(hospital: Hospital) -> str:
    """The number of a purchase that was approved."""
    request = hospital.submitted()
    for who, action in SIGNERS[1:]:
        hospital.takes(who, action, request, "同意")
    return request


def closed_at(hospital: Hospital, number: str, step: str) -> Task:
    """The closed task of a step."""
    (found,) = (task for task in hospital.file(number).tasks if task.step == step)
    return found
