"""A definition with `if_empty: block` is not published while a chair that it needs is empty."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.workflow.hospital import PURCHASE, edited
from tests.workflow.office import Office, done, why
from workflow.people.organisation import Post
from workflow.refusals import Refused

SEAT = "who: {role: dept_head, of: applicant.department}"


def second_version(seat: str) -> str:
    return edited(PURCHASE, ("version: 1", "version: 2"), (SEAT, f"who: {seat}"))


def test_it_is_published_while_every_department_that_asks_has_a_holder() -> None:
    office = Office()

    text = second_version("{role: dept_head, of: applicant.department, if_empty: block}")

    done(office.publishing.publish(office.deed(reason="改进"), text))


def test_it_is_not_while_one_lacks_a_holder_and_that_one_is_named() -> None:
    office = Office()
    staff = office.administering.staff
    done(staff.end_post(office.deed(), "ida", Post("dept_head", "icu"), date(2026, 3, 1)))
    text = second_version("{role: dept_head, of: applicant.department, if_empty: block}")

    answer = office.publishing.publish(office.deed(reason="改进"), text)

    assert isinstance(answer, Refused)
    assert why(answer) == ("definition_invalid empty_chair",)
    assert "重症医学科" in answer.because.zh
    assert "外科" not in answer.because.zh


def test_a_post_of_the_whole_hospital_needs_one_holder() -> None:
    office = Office()
    done(office.administering.staff.end_person(office.deed(), "fang"))
    text = edited(
        PURCHASE,
        ("version: 1", "version: 2"),
        ("who: {role: finance_officer}", "who: {role: finance_officer, if_empty: block}"),
    )

    assert isinstance(office.publishing.publish(office.deed(reason="改进"), text), Refused)


def test_a_head_further_up_will_do_and_none_at_all_will_not() -> None:
    office = Office()
    staff = office.administering.staff
    text = second_version("{head: applicant.department, if_empty: block}")
    done(staff.end_post(office.deed(), "ida", Post("dept_head", "icu"), date(2026, 3, 1)))
    assert isinstance(office.publishing.publish(office.deed(reason="改进"), text), Refused)
    icu = office.store.hospital().organisation.departments["icu"]
    done(staff.change_department(office.deed(), replace(icu, parent="leadership")))

    done(office.publishing.publish(office.deed(reason="改进"), text))


def test_without_block_an_empty_chair_does_not_stand_in_the_way() -> None:
    office = Office()
    staff = office.administering.staff
    done(staff.end_post(office.deed(), "ida", Post("dept_head", "icu"), date(2026, 3, 1)))
    text = second_version("{role: dept_head, of: applicant.department, if_empty: admin}")

    done(office.publishing.publish(office.deed(reason="改进"), text))
