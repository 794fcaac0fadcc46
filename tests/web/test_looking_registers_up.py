"""Whoever may look a register up searches it, filters it, follows a row to the case that wrote it,
and takes it along; nobody finds what is not theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import orjson
import pytest
from starlette.testclient import TestClient

from storage.memory import MemoryStore
from tests.web.auditing import Story
from tests.web.conftest import MONDAY, SetClock
from tests.web.consumables import asks, see, signs
from tests.web.paper import Element, read_page
from web.house import House
from web.tables import read_table
from workflow.nouns import Actor, RegisterRow, Scalar
from workflow.people.organisation import Person, Post
from workflow.ports.deciding import Superseded
from workflow.ports.hospital import Policy
from workflow.ports.house import AddRow, Deed, SavePerson, SavePolicy
from workflow.ports.reading import AuditQuery
from workflow.ports.store import Store
from workflow.service.tables_in import Table

As = Callable[[str], TestClient]
DEED = Deed(Actor("sun", "孙工"), MONDAY)
ID_NO = "110101199003074530"


def keep(store: Store, register: str, id: str, number: str | None = None, **cells: Scalar) -> None:
    """A row that stands in a register, written by the case with that number."""
    row = RegisterRow(id, register, cells, None, None, MONDAY, number)
    store.house.change(DEED, AddRow(row))


def lines_of(store: Store, event: str) -> list[tuple[str, dict[str, object], str | None]]:
    """Who left such a line, what it tells, and whether it was refused."""
    rows = store.readings.audit(AuditQuery(event=event, limit=None)).rows
    return [
        (row.entry.actor, orjson.loads(row.entry.body)["facts"], row.entry.refused) for row in rows
    ]


@pytest.fixture
def approved(as_person: As) -> str:
    """A consumable that 张医生 asked for and everybody approved."""
    number = asks(as_person("zhang"))
    for person, action in (("li", "dept_sign"), ("wang", "finance_sign")):
        signs(as_person(person), number, action)
    signs(as_person("zhao"), number, "leader_approve")
    return number


def test_a_row_leads_to_the_case_and_the_line_that_wrote_it(as_person: As, approved: str) -> None:
    page = as_person("zhang").get("/registers/approved_materials").text
    assert "共 1 条" in page
    assert "止血材料" in page
    assert f'href="/c/{approved}"' in page
    assert f'href="/c/{approved}#timeline"' in page
    assert f'href="/c/{approved}"' in as_person("qian").get("/registers/approved_materials").text
    assert "/audit/entry/" in as_person("qian").get("/registers/approved_materials").text


def test_a_case_that_is_not_theirs_is_named_and_not_opened(as_person: As, approved: str) -> None:
    """陈医生 of another department learns that the material is approved, and reads no case."""
    page = as_person("chen").get("/registers/approved_materials").text
    assert approved in page
    assert f'href="/c/{approved}' not in page


def test_each_sees_the_registers_of_their_posts(as_person: As) -> None:
    assert "已批准卫生材料目录" in as_person("zhang").get("/registers").text
    assert "违规处理档案" not in as_person("zhang").get("/registers").text
    assert "违规处理档案" in as_person("he").get("/registers").text
    for path in ("/registers/staff_sanctions", "/registers/no_such_thing"):
        answer = as_person("zhang").get(path)
        assert answer.status_code == 404
        assert "没有这个登记簿，或您无权查阅" in answer.text
    for path in (
        "/registers/charges",
        "/registers/charges/rows/x",
        "/registers/charges/export.csv",
    ):
        assert as_person("guo").get(path).status_code == 404


def test_medical_affairs_looks_everything_up_only_where_it_supervises(
    as_person: As, store: Store
) -> None:
    others, post = "/registers/charges", Post("medical_affairs", "medins")
    store.house.change(DEED, SavePerson(Person("guo", "郭主任", "medins", (post,))))
    guo = as_person("guo")
    assert guo.get(others).status_code == 200
    policy = Policy(overrides={"org.supervising_dept": "medins_office"})
    store.house.change(DEED, SavePolicy(policy))
    assert guo.get(others).status_code == 404
    assert f'href="{others}"' not in guo.get("/registers").text
    assert guo.get("/registers/staff_sanctions").status_code == 200  # of its own work
    assert as_person("he").get(others).status_code == 200


def test_the_side_bar_leads_there_whoever_may_look_one_up(as_person: As) -> None:
    assert 'href="/registers"' in as_person("zhang").get("/inbox").text
    assert 'href="/registers"' not in as_person("guo").get("/inbox").text
    assert "没有可以查阅的登记簿" in as_person("guo").get("/registers").text


def materials(store: Store) -> None:
    """Three materials of a hospital's list."""
    for id_, name, price, day in (
        ("m1", "针", 900, "2026-01-05"),
        ("m2", "缝线", 3550, "2026-02-11"),
        ("m3", "=HYPERLINK(1)", 120000, "2026-02-20"),
    ):
        keep(store, "approved_materials", id_, material_name=name, ref_unit_price=price,
             approved_on=day, medins_reviewed=id_ == "m2")  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "缝"}, ["缝线"]),
        ({"q": "material_name"}, []),
        ({"f.ref_unit_price.from": "9", "f.ref_unit_price.to": "35.5"}, ["缝线", "针"]),
        ({"f.approved_on.from": "2026-02-12"}, ["=HYPERLINK(1)"]),
        ({"f.medins_reviewed": "true"}, ["缝线"]),
        ({"order": "ref_unit_price"}, ["针", "缝线", "=HYPERLINK(1)"]),
        ({"order": "-approved_on"}, ["=HYPERLINK(1)", "缝线", "针"]),
        ({"order": "colour", "f.colour": "red"}, ["=HYPERLINK(1)", "缝线", "针"]),
        ({"after": "m2"}, ["针"]),
        ({"after": "x' OR 1=1 --"}, ["=HYPERLINK(1)", "缝线", "针"]),
    ],
)
def test_filters_and_orders_choose(
    as_person: As, store: Store, asked: dict[str, str], found: list[str]
) -> None:
    materials(store)
    page = see_with(as_person("zhang"), "/registers/approved_materials", asked)
    rows = [row.all("th")[0].text for row in page.one("section", id="register-rows").all("tr")[1:]]
    assert rows == found


def see_with(browser: TestClient, path: str, asked: dict[str, str]) -> Element:
    answer = browser.get(path, params=asked)
    assert answer.status_code == 200, answer.text[:500]
    return read_page(answer.text)


def test_what_cannot_be_read_is_told_at_its_field_and_finds_nothing(
    as_person: As, store: Store
) -> None:
    materials(store)
    answer = as_person("zhang").get(
        "/registers/approved_materials",
        params={"f.ref_unit_price.from": "很多", "f.approved_on.to": "明天"},
    )
    assert answer.status_code == 422
    assert "请填数字" in answer.text
    assert "请填日期" in answer.text
    assert "缝线" not in answer.text
    assert 'value="很多"' in answer.text


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_was_found_is_taken_along_and_that_is_recorded(
    as_person: As, store: Store, ending: str
) -> None:
    materials(store)
    path = f"/registers/approved_materials/export.{ending}"
    answer = as_person("zhang").get(path, params={"f.approved_on.from": "2026-02-01"})
    assert answer.status_code == 200
    table = read_table(answer.content, f"a.{ending}")
    assert isinstance(table, Table)
    assert [row.cells[0] for row in table.rows] == ["=HYPERLINK(1)", "缝线"]
    assert table.rows[1].cells[4:6] == ("35.50", "是")
    if ending == "csv":
        assert "'=HYPERLINK(1)" in answer.text
    ((who, facts, _),) = lines_of(store, "register_exported")
    assert (who, facts["key"], facts["rows"]) == ("zhang", "approved_materials", 2)
    assert as_person("zhang").get("/registers/approved_materials/export.pdf").status_code == 404


def test_a_file_without_content_is_still_a_file(as_person: As) -> None:
    content = as_person("zhang").get("/registers/approved_materials/export.xlsx").content
    assert BytesIO(content).read(2) == b"PK"


# ---- masked cells --------------------------------------------------------------------------------


@pytest.fixture
def unsettled(store: Store) -> str:
    """A patient who has not settled, with the number of the identity card."""
    keep(store, "unsettled_reports", "u1", stay_id="ZY2026-000001", id_no=ID_NO, handbook_no="H1")
    return "/registers/unsettled_reports"


def test_numbers_of_patients_are_masked_and_not_searched(
    as_person: As, store: Store, unsettled: str
) -> None:
    for path in (unsettled, f"{unsettled}/rows/u1", f"{unsettled}/export.csv"):
        page = as_person("ding").get(path).text
        assert ID_NO not in page, path
        assert "110***********4530" in page, path
    # Searching must not tell what the page does not show.
    assert "110***" not in as_person("ding").get(unsettled, params={"q": ID_NO}).text
    assert "110***" in as_person("ding").get(unsettled, params={"f.id_no": "x"}).text
    assert lines_of(store, "register_read") == []


def test_whose_work_needs_them_says_why_and_sees_them_for_a_while(
    as_person: As, store: Store, clock: SetClock, unsettled: str
) -> None:
    ding = as_person("ding")
    asked = ding.get(unsettled, params={"full": "1"})
    assert asked.status_code == 409
    assert "请先写明理由" in asked.text
    assert ID_NO not in asked.text
    short = ding.post(f"{unsettled}/reason", data={"reason": "看"})
    assert short.status_code == 422
    goal = f"{unsettled}?full=1"
    told = ding.post(f"{unsettled}/reason", data={"reason": "电话核对本人", "next": goal})
    assert told.headers["location"] == goal
    assert ID_NO in ding.get(goal).text
    assert ID_NO in ding.get(goal, params={"q": ID_NO}).text
    looks = lines_of(store, "register_read")
    assert next((who, facts["in_full"]) for who, facts, _ in looks) == (
        "ding",
        ["handbook_no", "id_no"],
    )
    assert ID_NO.encode() not in b"".join(
        row.entry.body for row in store.readings.audit(AuditQuery(event="register_read")).rows
    )
    for _ in range(3):
        clock.move(minutes=11)
        ding.get("/registers")
    assert ding.get(goal).status_code == 409


def test_others_do_not_see_them_whatever_they_say(as_person: As, unsettled: str) -> None:
    wang = as_person("wang")
    wang.post(f"{unsettled}/reason", data={"reason": "想核对一下"})
    page = wang.get(unsettled, params={"full": "1"}).text
    assert ID_NO not in page
    assert "110***********4530" in page


def test_a_reason_leads_back_to_the_register_and_nowhere_else(
    as_person: As, unsettled: str
) -> None:
    data = {"reason": "电话核对本人", "next": "https://elsewhere.example/"}
    answer = as_person("ding").post(f"{unsettled}/reason", data=data)
    assert answer.headers["location"] == unsettled
    assert as_person("guo").post(f"{unsettled}/reason", data=data).status_code == 404


# ---- what confidential cases wrote ---------------------------------------------------------------


@pytest.fixture
def withheld(as_person: As, store: Store) -> str:
    """周护士's report of a false card, the row that it wrote, and one of the old book."""
    form = see(as_person("zhou"), "/requests/new/identity-fraud-report").one(
        "form", id="request-form"
    )
    data = {
        **form.fields,
        "f.stage": "门诊",
        "f.kind": "冒名",
        "f.card_owner": "王某",
        "f.evidence": "照片不符",
        "f.document_withheld": "false",
        "do": "submit",
    }
    answer = as_person("zhou").post("/requests/new/identity-fraud-report", data=data)
    number = answer.headers["location"].removeprefix("/c/")
    keep(store, "withheld_documents", "w1", number, report=number, item="王某的医保卡")
    keep(store, "withheld_documents", "w2", report="旧-17", item="旧簿的医保卡")
    return "/registers/withheld_documents"


def test_what_a_confidential_case_wrote_is_for_those_who_may_see_the_case(
    as_person: As, store: Store, withheld: str
) -> None:
    """冯老师 keeps the documents and has no part in that report."""
    page = as_person("feng").get(withheld).text
    assert "旧簿的医保卡" in page
    assert "王某的医保卡" not in page
    assert as_person("feng").get(f"{withheld}/rows/w1").status_code == 404
    assert "王某" not in as_person("feng").get(f"{withheld}/export.csv").text
    assert "—" in as_person("feng").get("/registers").text
    assert [who for who, _, _ in lines_of(store, "register_read")] == ["feng"]


def test_the_auditor_says_why_and_reads_it_all(as_person: As, store: Store, withheld: str) -> None:
    qian = as_person("qian")
    for path in (withheld, f"{withheld}/rows/w1", f"{withheld}/export.csv"):
        answer = qian.get(path)
        assert answer.status_code == 409, path
        assert "王某" not in answer.text
    qian.post(f"{withheld}/reason", data={"reason": "年度检查"})
    assert "王某的医保卡" in qian.get(withheld).text
    assert "王某的医保卡" in qian.get(f"{withheld}/rows/w1").text
    assert [who for who, _, _ in lines_of(store, "register_read")] == ["qian", "qian"]


def test_whoever_tries_without_a_post_leaves_a_line(
    as_person: As, store: Store, withheld: str
) -> None:
    assert as_person("zhang").get(withheld).status_code == 404
    assert [(who, code) for who, _, code in lines_of(store, "register_read")] == [
        ("zhang", "not_found")
    ]


# ---- one row -------------------------------------------------------------------------------------


def test_a_row_tells_what_stood_there_before(
    as_person: As, house: House, store: Store, clock: SetClock
) -> None:
    """A price was brought along; what a case wrote later took its place."""
    assert isinstance(store, MemoryStore)
    keep(store, "price_list", "p1", item_code="YP1", item_name="药", unit_price=1200)
    number = Story(house, clock).opens("zhang")
    with store.begin() as tx:
        tx.now.supersede(Superseded("price_list", {"item_code": "YP1"}))
        tx.commit()
    clock.move(minutes=5)
    new = RegisterRow(
        "p2", "price_list", {"item_code": "YP1", "item_name": "药", "unit_price": 1100},
        None, None, clock(), number,
    )  # fmt: skip
    store.house.change(DEED, AddRow(new))
    page = as_person("he").get("/registers/price_list/rows/p2").text
    assert "¥12.00 → ¥11.00" in page
    old = as_person("he").get("/registers/price_list/rows/p1").text
    assert "已被后来的记录取代" in old
    assert "¥12.00" in old
    assert as_person("he").get("/registers/charges/rows/p2").status_code == 404


def test_in_english_the_same_page_speaks_english(as_person: As, store: Store) -> None:
    materials(store)
    browser = as_person("zhang")
    browser.cookies.set("language", "en")
    assert "3 in all" in browser.get("/registers/approved_materials").text
