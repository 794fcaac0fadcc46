"""The administrator is shown work that nobody can do, with the reason; they mend the post, never
the case.
"""

from __future__ import annotations

from datetime import date

from tests.workflow.hospital import FILLED, PURCHASE, edited
from tests.workflow.office import Office, done
from workflow.people.organisation import Post
from workflow.service.stuck import Stuck, stuck_tasks


def stuck(office: Office) -> tuple[Stuck, ...]:
    hospital = office.store.hospital()
    day = hospital.calendar.local_day(office.hospital.now)
    register = office.catalogs().register
    return stuck_tasks(office.store.readings, register, hospital.organisation, day)


def test_work_that_somebody_can_do_is_not_shown() -> None:
    office = Office()
    office.hospital.submitted()
    office.hospital.opened("ben", **FILLED)
    assert stuck(office) == ()


def test_a_post_that_nobody_holds_is_named() -> None:
    office = Office()
    number = office.hospital.submitted()
    staff = office.administering.staff
    done(staff.end_post(office.deed(), "lee", Post("dept_head", "surgery"), date(2026, 3, 1)))
    (one,) = stuck(office)
    assert one.case.number == number
    assert (one.role, one.department) == ("dept_head", "surgery")
    assert one.because.zh.startswith("外科没有人担任科主任")
    done(staff.give_post(office.deed(), "ben", Post("dept_head", "surgery")))
    assert stuck(office) == ()


def test_a_head_who_asked_for_it_themselves_is_told_apart() -> None:
    office = Office()
    number = office.hospital.submitted("lee")
    (one,) = stuck(office)
    assert one.case.number == number
    assert "Dr Lee" in one.because.en
    assert "elsewhere" in one.because.en


def test_a_role_of_the_whole_hospital_is_named_without_a_department() -> None:
    office = Office()
    number = office.hospital.submitted()
    office.hospital.takes("lee", "dept_sign", number, "同意")
    done(office.administering.staff.end_person(office.deed(), "fang"))
    (one,) = stuck(office)
    assert (one.role, one.department) == ("finance_officer", None)


def test_work_of_somebody_who_left_is_shown() -> None:
    office = Office()
    number = office.hospital.submitted()
    office.hospital.takes("lee", "return_it", number, "请补充")
    done(office.administering.staff.end_person(office.deed(), "amy"))
    (one,) = stuck(office)
    assert "Amy" in one.because.zh
    assert one.role is None


def test_an_administrator_can_neither_take_nor_close_what_is_stuck() -> None:
    office = Office()
    number = office.hospital.submitted("lee")
    for action in ("dept_sign", "return_it", "reject", "withdraw"):
        answer = office.hospital.decide("ada", action, number, "替办")
        assert answer.refused is not None
        assert answer.refused.code == "not_permitted"
    assert office.hospital.case(number).state == "dept"


def test_what_was_given_to_the_administrators_tells_where_it_was_meant_for() -> None:
    text = edited(
        PURCHASE,
        (
            "who: {role: dept_head, of: applicant.department}",
            "who: {role: dept_head, of: applicant.department, if_empty: admin}",
        ),
    )
    office = Office(text)
    staff = office.administering.staff
    done(staff.end_post(office.deed(), "lee", Post("dept_head", "surgery"), date(2026, 3, 1)))
    number = office.hospital.submitted()

    (one,) = stuck(office)

    assert one.case.number == number
    assert (one.role, one.department) == ("dept_head", "surgery")
    assert one.because.zh == "原应由外科的科主任办理，但目前无人担任。请改派给能办理的人"
    assert office.hospital.can("ada", number) == set()


def test_work_for_one_person_who_signed_elsewhere_is_shown() -> None:
    text = edited(
        PURCHASE,
        ("form:\n", "form:\n  payer: {label: {zh: 付款人, en: Payer}, type: person}\n"),
        ("who: {role: finance_officer}", "who: {person: form.payer}"),
    )
    office = Office(text)
    number = office.hospital.submitted(payer="lee")
    office.hospital.takes("lee", "dept_sign", number, "同意")

    (one,) = stuck(office)

    assert (one.case.number, one.role) == (number, None)
    assert one.because.zh.startswith("指定由Dr Lee办理，但按职责分离")
    assert office.hospital.can("lee", number) == set()
    done(office.administering.staff.end_person(office.deed(), "lee"))
    assert ["停用" in one.because.zh for one in stuck(office)] == [True]
