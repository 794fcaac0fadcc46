"""An administrator brings a list of people or departments: it is seen first, then made as seen,
all or none, by the rules that hold for one person at a time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.workflow.hospital import CAST
from tests.workflow.office import KEEPERS, Office, done, why
from workflow.people.organisation import Department, Person, Post
from workflow.ports.doors import Session
from workflow.ports.house import (
    Account,
    ApiToken,
    SaveAccount,
    SaveDepartment,
    SavePerson,
    SaveToken,
)
from workflow.refusals import Refused
from workflow.service.importing import Draft, How, Importing
from workflow.service.tables_in import Row, Table

TODAY = date(2026, 3, 2)


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def imports(office: Office) -> Importing:
    return office.administering.imports


def table(text: str) -> Table:
    """Rows as a spreadsheet shows them, columns parted by bars."""
    rows = [
        Row(line, tuple(cell.strip() for cell in said.split("|")))
        for line, said in enumerate(text.strip().splitlines(), 1)
    ]
    return Table(rows[0], tuple(rows[1:]))


def brought(office: Office, kind: str, text: str, who: str = "ada") -> Draft:
    """See a list, confirm it, and see that nothing is left of it to do."""
    imports, deed = office.administering.imports, office.deed(who, "import")
    draft = imports.preview(kind, deed, table(text))
    assert not draft.faults, draft.faults
    done(imports.carry_out(kind, deed, table(text), draft.digest))
    assert not imports.preview(kind, deed, table(text)).planned
    return draft


def faults(office: Office, kind: str, text: str, who: str = "ada") -> list[tuple[int, str]]:
    """Where a list is wrong; and that nothing of it can be made."""
    imports, deed = office.administering.imports, office.deed(who)
    before = office.store.readings.hospital()
    draft = imports.preview(kind, deed, table(text))
    assert not draft.planned
    assert not draft.changes
    refused = imports.carry_out(kind, deed, table(text), draft.digest)
    assert isinstance(refused, Refused)
    assert len(refused.refusals) == len(draft.faults)
    assert office.store.readings.hospital().organisation == before.organisation
    return [(fault.line, fault.column) for fault in draft.faults]


def test_people_join_move_and_leave_by_one_list(office: Office) -> None:
    draft = brought(
        office,
        "people",
        """工号|姓名|科室|岗位|起|止|登录名|在职
        nora|Nora|外科|科主任|2026-03-05|无|nora|是
        ben|Benjamin|重症医学科||||||
        kim||||||| 否
        amy||||||| 是""",
    )
    assert [(one.line, one.id, one.how) for one in draft.planned] == [
        (2, "nora", How.NEW),
        (3, "ben", How.CHANGED),
        (4, "kim", How.ENDED),
    ]
    assert (draft.same, draft.count(How.NEW)) == (1, 1)
    nora = Person("nora", "Nora", "surgery", (Post("dept_head", "surgery", date(2026, 3, 5)),))
    assert office.person("nora") == nora
    assert office.store.house.account_of("nora") == Account("nora", "nora", None)
    assert (office.person("ben").name, office.person("ben").posts) == ("Benjamin", CAST[6].posts)
    assert not office.person("kim").active
    assert office.person("sam") == CAST[7]
    said = office.lines()[-4:]
    assert [line["event"] for line in said] == [
        "person_saved", "account_saved", "person_saved", "person_saved"
    ]  # fmt: skip
    assert {line["reason"] for line in said} == {"import"}


def test_english_headings_and_keys_say_the_same(office: Office) -> None:
    brought(
        office,
        "people",
        """Person number|Name|Department|Posts|From|Until
        nora|Nora|icu|keeper@store; clinician|2026/3/5|20260630""",
    )
    start, end = date(2026, 3, 5), date(2026, 6, 30)
    posts = (Post("keeper", "store", start, end), Post("clinician", "icu", start, end))
    assert office.person("nora").posts == posts


def test_rows_that_name_posts_name_all_that_are_held(office: Office) -> None:
    brought(
        office,
        "people",
        """工号|岗位|起|止
        lee|dept_head|2026-01-01|2026-12-31
        lee|clinician@icu||2026-06-30
        ida|无
        ben|clinician""",
    )
    assert office.person("lee").posts == (
        Post("dept_head", "surgery", date(2026, 1, 1), date(2026, 12, 31)),
        Post("clinician", "icu", None, date(2026, 6, 30)),
    )
    assert office.person("ida").posts == (Post("dept_head", "icu", None, TODAY),)
    assert office.person("ben").posts == CAST[6].posts


def test_a_post_carries_its_limit(office: Office) -> None:
    brought(office, "people", "工号|岗位|金额上限（元）\nlee|dept_head|50,000.5\nida|dept_head|")
    assert office.person("lee").posts == (Post("dept_head", "surgery", limit=5_000_050),)
    brought(office, "people", "工号|岗位|金额上限\nlee|dept_head|50000。7")
    assert office.person("lee").posts == (Post("dept_head", "surgery", limit=5_000_070),)
    brought(office, "people", "工号|岗位|金额上限\nlee|dept_head|无")
    assert office.person("lee").posts == (Post("dept_head", "surgery"),)
    assert faults(office, "people", "工号|岗位|金额上限\nlee|dept_head|很多") == [(2, "limit")]


@pytest.mark.parametrize("kind", ["people", "departments"])
def test_a_list_that_is_handed_out_comes_back_without_a_change(office: Office, kind: str) -> None:
    office.store.house.change(
        office.deed(),
        SaveDepartment(Department("icu2", "重症医学科", "clinical", "icu")),
        SaveAccount(Account("amy", "amy", None)),
        SavePerson(
            Person(
                "sam",
                "Sam",
                "icu2",
                (
                    Post("clinician", "icu2", TODAY, TODAY, 123456),
                    Post("keeper", "icu"),
                    Post("keeper", "store", None, TODAY - timedelta(days=1)),
                ),
            )
        ),
    )
    imports = office.administering.imports
    rows = imports.hand_out(kind, office.deed())
    assert not isinstance(rows, Refused)
    assert office.last()["event"] == "list_exported"
    titles = tuple(column.title.zh for column in imports.kinds[kind].columns)
    back = Table(Row(1, titles), tuple(Row(line, row) for line, row in enumerate(rows, 2)))
    draft = imports.preview(kind, office.deed(), back)
    assert (draft.faults, draft.planned) == ((), ())
    assert draft.same > 5
    assert why(imports.hand_out(kind, office.deed("sam"))) == ("not_permitted post",)


def test_a_post_that_never_began_is_gone_and_one_that_ended_stays() -> None:
    past = Post("clinician", "icu", date(2025, 1, 1), date(2025, 12, 31))
    coming = Post("dept_head", "icu", TODAY + timedelta(days=9))
    sam = replace(CAST[7], posts=(past, coming))
    office = Office(people=(*CAST[:7], sam, *KEEPERS))
    brought(office, "people", "工号|岗位\nsam|clinician@surgery")
    assert office.person("sam").posts == (past, Post("clinician", "surgery"))


def test_whoever_leaves_by_a_list_is_out_with_their_keys(office: Office) -> None:
    now = office.hospital.now
    key = ApiToken("k1", "hash", "amy", "robot", now)
    office.store.house.change(office.deed(), SaveToken(key))
    office.store.door.open_session(Session("token", "amy", now, now, "10.0.0.1"))
    brought(office, "people", "工号|在职\namy|离职")
    assert office.store.door.token("hash") is None
    assert office.store.door.session("token") is None


def test_all_that_is_wrong_is_told_with_row_and_column_and_nothing_is_done(office: Office) -> None:
    office.store.house.change(office.deed(), SaveAccount(Account("amy", "amy", None)))
    assert faults(
        office,
        "people",
        """工号|姓名|科室|岗位|起|止|登录名|在职
        No Ra|Nora|外科|||||
        nora||火星科|||||
        new1|N|外科|魔术师||||
        new2|N|外科|patient||||
        new3|N|外科|clinician|2026-05-01|2026-04-01||
        new4|N|外科|clinician、魔术师|明天|后天||
        new5|N|外科||2026-05-01|||
        new6|N|外科||||amy|
        new7|N|外科||||both|大概
        new8|N|外科||||both|
        new9|N|外科|auditor、clinician||||
        ben|||clinician@store、clinician@store||||
        amy||||||other|
        sam|||||||
        sam|Other||||||
        sam|Another||||||
        ada||||||| 否
        kim|||keeper@store||||否""",
    ) == [
        (2, "id"),
        (3, "name"),
        (3, "department"),
        (4, "posts"),
        (5, "posts"),
        (6, "end"),
        (7, "posts"),
        (7, "start"),
        (7, "end"),
        (8, "posts"),
        (9, "login"),
        (10, "active"),
        (11, "login"),
        (12, "posts"),
        (13, "posts"),
        (14, "login"),
        (17, "name"),
        (18, ""),
    ]
    assert office.last()["code"] == "invalid_form"
    assert office.last()["facts"]["action"] == "import"


def test_nobody_helps_themselves_by_a_list(office: Office) -> None:
    assert faults(office, "people", "工号|岗位\nada|admin、dept_head") == [(2, ""), (2, "posts")]
    assert faults(office, "people", "工号|岗位\nada|无") == [(2, "")]
    brought(office, "people", "工号|姓名\nada|Ada the Great")


def test_what_is_confirmed_is_what_was_seen(office: Office, imports: Importing) -> None:
    first, other = table("工号|姓名\nsam|Samuel"), table("工号|姓名\nsam|Samson")
    seen = imports.preview("people", office.deed(), first).digest
    assert why(imports.carry_out("people", office.deed(), other, seen)) == (
        "conflict changed_since",
    )
    done(office.administering.staff.change_person(office.deed("max"), "sam", "S.", "icu"))
    assert imports.preview("people", office.deed(), first).digest != seen
    assert why(imports.carry_out("people", office.deed(), first, seen)) == (
        "conflict changed_since",
    )
    assert office.person("sam").name == "S."


def test_nobody_but_an_administrator_imports(office: Office, imports: Importing) -> None:
    wanted = table("工号|姓名\nsam|Samuel")
    seen = imports.preview("people", office.deed(), wanted).digest
    for who in ("eve", "wu", "sam"):
        assert why(imports.carry_out("people", office.deed(who), wanted, seen)) == (
            "not_permitted post",
        )
    assert office.person("sam").name == "Sam"


def test_departments_are_added_moved_and_closed_by_one_list(office: Office) -> None:
    office.store.house.change(office.deed(), SaveDepartment(Department("attic", "阁楼")))
    draft = brought(
        office,
        "departments",
        """科室编号|科室名称|类别|上级科室
        retina|眼底组|临床科室|眼科
        eye|眼科|clinical|外科
        store|中心库房||无
        attic||已撤销|
        icu|||""",
    )
    assert [(one.id, one.how) for one in draft.planned] == [
        ("retina", How.NEW),
        ("eye", How.NEW),
        ("store", How.CHANGED),
        ("attic", How.ENDED),
    ]
    units = office.store.readings.hospital().organisation.departments
    assert units["retina"] == Department("retina", "眼底组", "clinical", "eye")
    assert units["eye"].parent == "surgery"
    assert units["store"] == Department("store", "中心库房", "functional")
    assert units["attic"].type == "closed"


def test_departments_that_cannot_be_are_named(office: Office) -> None:
    office.store.house.change(office.deed(), SaveDepartment(Department("icu2", "重症医学科")))
    assert faults(
        office,
        "departments",
        """科室编号|科室名称|类别|上级科室
        EYE|眼科|临床科室|
        ear|耳科|奇怪的|火星
        surgery|||surgery
        icu|||重症医学科
        finance||已撤销|
        ear|耳科||""",
    ) == [(2, "id"), (3, "type"), (3, "parent"), (4, "parent"), (5, "parent"), (6, ""), (7, "id")]


def test_the_examples_of_the_form_can_be_imported() -> None:
    for kind in Office().administering.imports.kinds.values():
        for row in kind.examples:
            assert len(row) == len(kind.columns), kind.key
