"""Administrators keep people, posts, departments and accounts; nobody is deleted, nobody helps
themselves.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.workflow.hospital import FILLED, MONDAY
from tests.workflow.office import Office, done, why
from workflow.nouns import RegisterRow
from workflow.people.organisation import Department, Post
from workflow.ports.doors import Session
from workflow.ports.house import ApiToken, SaveToken
from workflow.refusals import Refused
from workflow.service.staffing import NewPerson, Staffing

NURSE = NewPerson("nora", "Nora", "surgery", "nora", "argon2 hash")


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def staff(office: Office) -> Staffing:
    return office.administering.staff


# ---- people -------------------------------------------------------------------------------------


def test_somebody_joins_with_an_account(office: Office, staff: Staffing) -> None:
    done(staff.add_person(office.deed(), NURSE))
    assert office.person("nora").department == "surgery"
    account = office.store.house.account_of("nora")
    assert account is not None
    assert (account.login, account.password_hash) == ("nora", "argon2 hash")
    assert [line["event"] for line in office.lines()[-2:]] == ["person_saved", "account_saved"]
    assert b"argon2" not in office.store.readings.entries("sys:house")[-1].body


def test_somebody_joins_without_an_account(office: Office, staff: Staffing) -> None:
    done(staff.add_person(office.deed(), NewPerson("nora", "Nora", "surgery")))
    assert office.store.house.account_of("nora") is None


def exam(passed: bool) -> RegisterRow:
    """What the last exam before starting work has left of Nora."""
    return RegisterRow(
        "exam", "work_permits", {"person": "nora", "allowed": passed}, None, None, MONDAY
    )


def test_whoever_failed_the_exam_gets_no_account() -> None:
    office = Office(rows=(exam(passed=False),))
    staff = office.administering.staff
    done(staff.add_person(office.deed(), NewPerson("nora", "Nora", "surgery")))

    answer = staff.open_account(office.deed(), "nora", "nora", "argon2 hash")

    assert why(answer) == ("invalid_form login",)
    assert office.store.house.account_of("nora") is None


def test_whoever_passed_the_exam_gets_an_account() -> None:
    office = Office(rows=(exam(passed=True),))
    staff = office.administering.staff
    done(staff.add_person(office.deed(), NewPerson("nora", "Nora", "surgery")))

    done(staff.open_account(office.deed(), "nora", "nora", "argon2 hash"))

    assert office.store.house.account_of("nora") is not None


def test_whoever_failed_the_exam_is_not_brought_back() -> None:
    office = Office(rows=(exam(passed=False),))
    staff = office.administering.staff
    done(staff.add_person(office.deed(), NewPerson("nora", "Nora", "surgery")))
    done(staff.end_person(office.deed(), "nora"))

    assert why(staff.bring_back(office.deed(), "nora")) == ("invalid_form person",)
    assert not office.person("nora").active


def test_all_that_is_wrong_with_a_new_person_is_told_at_once(
    office: Office, staff: Staffing
) -> None:
    wrong = NewPerson("No Ra!", "", "nowhere", "UPPER CASE")
    assert why(staff.add_person(office.deed(), wrong)) == (
        "invalid_form id",
        "invalid_form name",
        "invalid_form department",
        "invalid_form login",
    )


@pytest.mark.parametrize("taken", ["amy", "timer", "system"])
def test_an_id_belongs_to_one_person_for_ever(office: Office, staff: Staffing, taken: str) -> None:
    new = NewPerson(taken, "Amy", "surgery")
    assert why(staff.add_person(office.deed(), new)) == ("invalid_form id",)


def test_two_logins_that_look_alike_are_the_same(office: Office, staff: Staffing) -> None:
    done(staff.add_person(office.deed(), NURSE))
    twin = NewPerson("nora2", "Nora", "icu", "ｎＯＲＡ")
    assert why(staff.add_person(office.deed(), twin)) == ("invalid_form login",)


def test_names_hide_nothing(office: Office, staff: Staffing) -> None:
    for name in ("Nora\x00", "No\u202era", "No\u200bra"):
        new = NewPerson("nora", name, "surgery")
        assert why(staff.add_person(office.deed(), new)) == ("invalid_form name",)


def test_a_rare_name_is_kept_as_it_is_written(office: Office, staff: Staffing) -> None:
    done(staff.add_person(office.deed(), NewPerson("ye", "𠮷野·阿依古丽", "surgery")))
    assert office.person("ye").name == "𠮷野·阿依古丽"


def test_a_name_is_corrected_and_posts_stay(office: Office, staff: Staffing) -> None:
    done(staff.change_person(office.deed(), "amy", "Amy Li", "icu"))
    amy = office.person("amy")
    assert (amy.name, amy.department) == ("Amy Li", "icu")
    assert amy.posts == (Post("clinician", "surgery"),)
    facts = office.last()["facts"]
    assert (facts["before"]["name"], facts["after"]["name"]) == ("Amy", "Amy Li")


def test_who_leaves_is_out_at_once_and_stays_on_record(office: Office, staff: Staffing) -> None:
    number = office.hospital.submitted()
    now = office.hospital.now
    office.store.door.open_session(Session("hash", "amy", now, now, "10.0.0.1"))
    token = ApiToken("t1", "x" * 64, "amy", "对接", now)
    office.store.house.change(office.deed(), SaveToken(token))
    done(staff.end_person(office.deed(), "amy"))
    assert office.person("amy").active is False
    assert office.store.door.session("hash") is None
    assert office.store.door.token("x" * 64) is None
    assert office.hospital.case(number).applicant == "amy"
    answer = office.hospital.open("amy", **FILLED)
    assert answer.refused is not None


def test_who_left_may_come_back(office: Office, staff: Staffing) -> None:
    done(staff.end_person(office.deed(), "amy"))
    done(staff.bring_back(office.deed(), "amy"))
    office.hospital.opened("amy", **FILLED)


# ---- posts --------------------------------------------------------------------------------------


def test_a_new_post_counts_from_its_first_day(office: Office, staff: Staffing) -> None:
    number = office.hospital.submitted()
    post = Post("dept_head", "surgery", date(2026, 3, 3))
    done(staff.give_post(office.deed(), "ben", post))
    assert office.hospital.decide("ben", "dept_sign", number, "同意").refused is not None
    office.hospital.wait(days=1)
    assert office.hospital.takes("ben", "dept_sign", number, "同意") == "finance"


def test_a_successor_inherits_what_waits_for_the_post(office: Office, staff: Staffing) -> None:
    number = office.hospital.submitted()
    done(staff.end_post(office.deed(), "lee", Post("dept_head", "surgery"), date(2026, 3, 2)))
    done(staff.give_post(office.deed(), "ben", Post("dept_head", "surgery", date(2026, 3, 3))))
    office.hospital.wait(days=1)
    assert office.hospital.decide("lee", "dept_sign", number, "同意").refused is not None
    assert office.hospital.takes("ben", "dept_sign", number, "同意") == "finance"


def test_a_post_that_never_began_is_taken_away(office: Office, staff: Staffing) -> None:
    post = Post("dept_head", "icu", date(2026, 5, 1))
    done(staff.give_post(office.deed(), "amy", post))
    done(staff.end_post(office.deed(), "amy", post, date(2026, 4, 1)))
    assert post not in office.person("amy").posts


def test_posts_need_a_role_that_people_hold_a_department_and_an_order(
    office: Office, staff: Staffing
) -> None:
    def refused(post: Post) -> tuple[str, ...]:
        return why(staff.give_post(office.deed(), "sam", post))

    assert refused(Post("king", "surgery")) == ("invalid_form role",)
    assert refused(Post("patient", "surgery")) == ("invalid_form role",)
    assert refused(Post("dept_head", "nowhere")) == ("invalid_form department",)
    backwards = Post("dept_head", "icu", date(2026, 5, 1), date(2026, 4, 1))
    assert refused(backwards) == ("invalid_form end",)
    done(staff.give_post(office.deed(), "sam", Post("keeper", "kitchen")))
    assert refused(Post("keeper", "kitchen")) == ("conflict role",)


def test_keeping_auditing_and_deciding_stay_apart(office: Office, staff: Staffing) -> None:
    for who, role in (("amy", "admin"), ("amy", "auditor"), ("eve", "admin"), ("max", "dept_head")):
        answer = staff.give_post(office.deed(), who, Post(role, "surgery"))
        assert why(answer) == ("separation_of_duties role",), (who, role)


def test_a_post_that_has_ended_stands_in_nobodys_way(office: Office, staff: Staffing) -> None:
    done(staff.end_post(office.deed(), "max", Post("admin", "kitchen"), date(2026, 3, 2)))
    after = Post("keeper", "kitchen", date(2026, 3, 3))
    done(staff.give_post(office.deed(), "max", after))


def test_a_post_given_anew_without_a_first_day_is_told_the_days_that_it_meets(
    office: Office, staff: Staffing
) -> None:
    done(staff.end_post(office.deed(), "max", Post("admin", "kitchen"), date(2026, 3, 2)))
    refused = staff.give_post(office.deed(), "max", Post("admin", "kitchen"))
    assert isinstance(refused, Refused)
    assert "任期是不限至2026-03-02" in refused.because.zh
    assert "from any day to 2026-03-02" in refused.because.en
    done(staff.give_post(office.deed(), "max", Post("admin", "kitchen", date(2026, 3, 3))))


def test_nobody_changes_their_own_posts_or_account(office: Office, staff: Staffing) -> None:
    own = ("separation_of_duties own",)
    assert why(staff.give_post(office.deed(), "ada", Post("keeper", "icu"))) == own
    last = date(2026, 3, 2)
    assert why(staff.end_post(office.deed(), "ada", Post("admin", "kitchen"), last)) == own
    assert why(staff.end_person(office.deed(), "ada")) == own
    assert why(staff.reset_password(office.deed(), "ada", "hash")) == own
    done(staff.end_person(office.deed("max"), "ada"))


# ---- departments --------------------------------------------------------------------------------


def test_a_department_is_added_changed_and_closed(office: Office, staff: Staffing) -> None:
    done(staff.add_department(office.deed(), Department("eye", "眼科")))
    done(
        staff.change_department(office.deed(), Department("eye", "眼科中心", "clinical", "surgery"))
    )
    assert office.store.hospital().organisation.department_name("eye") == "眼科中心"
    done(staff.close_department(office.deed(), "eye"))
    new = NewPerson("nora", "Nora", "eye")
    assert why(staff.add_person(office.deed(), new)) == ("invalid_form department",)
    done(staff.change_department(office.deed(), Department("eye", "眼科")))
    done(staff.add_person(office.deed(), new))


def test_a_department_with_people_or_posts_is_not_closed(office: Office, staff: Staffing) -> None:
    assert why(staff.close_department(office.deed(), "surgery")) == ("conflict used",)
    done(staff.add_department(office.deed(), Department("eye", "眼科")))
    done(staff.give_post(office.deed(), "sam", Post("keeper", "eye")))
    answer = staff.close_department(office.deed(), "eye")
    assert why(answer) == ("conflict used",)


def test_no_department_stands_above_itself(office: Office, staff: Staffing) -> None:
    done(staff.change_department(office.deed(), Department("icu", "重症", "clinical", "surgery")))
    circle = Department("surgery", "外科", "clinical", "icu")
    assert why(staff.change_department(office.deed(), circle)) == ("invalid_form parent",)
    wrong = Department("eye", "", "palace", "nowhere")
    assert why(staff.add_department(office.deed(), wrong)) == (
        "invalid_form name",
        "invalid_form type",
        "invalid_form parent",
    )


# ---- accounts -----------------------------------------------------------------------------------


def test_a_reset_password_ends_every_session(office: Office, staff: Staffing) -> None:
    done(staff.open_account(office.deed(), "sam", "sam", "first"))
    assert why(staff.open_account(office.deed(), "sam", "sam2", "x")) == ("conflict login",)
    now = datetime(2026, 3, 2, 1, tzinfo=UTC)
    office.store.door.open_session(Session("hash", "sam", now, now, "10.0.0.1"))
    done(staff.reset_password(office.deed(), "sam", "second"))
    assert office.store.door.session("hash") is None
    assert office.last()["facts"]["password_changed"] is True
    assert why(staff.reset_password(office.deed(), "amy", "x")) == ("not_found account",)


def test_signing_somebody_out_everywhere_leaves_a_line(office: Office, staff: Staffing) -> None:
    now = office.hospital.now
    office.store.door.open_session(Session("hash", "sam", now, now, "10.0.0.1"))
    done(staff.end_sessions(office.deed(), "sam"))
    assert office.store.door.session("hash") is None
    assert (office.last()["event"], office.last()["facts"]["person"]) == ("end_sessions", "sam")


# ---- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["amy", "lee", "wu", "eve", "sam", "nobody"])
def test_nobody_but_an_administrator_keeps_people(
    office: Office, staff: Staffing, who: str
) -> None:
    deed = office.deed(who)
    for answer in (
        staff.add_person(deed, NURSE),
        staff.change_person(deed, "amy", "X", "icu"),
        staff.end_person(deed, "lee"),
        staff.give_post(deed, "sam", Post("admin", "kitchen")),
        staff.end_post(deed, "lee", Post("dept_head", "surgery"), date(2026, 3, 2)),
        staff.add_department(deed, Department("eye", "眼科")),
        staff.close_department(deed, "kitchen"),
        staff.reset_password(deed, "lee", "mine"),
        staff.end_sessions(deed, "lee"),
    ):
        assert why(answer) == ("not_permitted post",)
        assert (office.last()["event"], office.last()["actor"]) == ("refused", who)
    assert office.person("sam").posts == ()


def test_an_administrator_whose_post_has_ended_is_none(office: Office, staff: Staffing) -> None:
    done(staff.end_post(office.deed(), "max", Post("admin", "kitchen"), date(2026, 3, 1)))
    assert why(staff.add_person(office.deed("max"), NURSE)) == ("not_permitted post",)


def test_who_is_not_there_is_not_found(office: Office, staff: Staffing) -> None:
    deed = office.deed()
    for answer in (
        staff.change_person(deed, "ghost", "X", "icu"),
        staff.end_person(deed, "ghost"),
        staff.bring_back(deed, "ghost"),
        staff.give_post(deed, "ghost", Post("dept_head", "icu")),
        staff.reset_password(deed, "ghost", "x"),
        staff.end_sessions(deed, "ghost"),
    ):
        assert why(answer) == ("not_found person",)


def test_a_refusal_tells_nothing_secret(office: Office, staff: Staffing) -> None:
    staff.reset_password(office.deed("amy"), "lee", "a very secret hash")
    body = office.store.readings.entries("sys:house")[-1].body
    assert b"secret" not in body
