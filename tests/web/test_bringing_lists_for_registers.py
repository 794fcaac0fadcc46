"""An administrator brings a hospital's own list along for a register: seen first, all or none, with
a second administrator, and never over what somebody has written.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import orjson
import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock
from tests.web.consumables import GAUZE, asks, send_request, signs
from tests.web.test_importing_staff import hidden
from web.exporting import as_csv, as_xlsx
from web.house import House
from web.tables import read_table
from workflow.nouns import Actor
from workflow.people.organisation import Person, Post
from workflow.ports.hospital import Policy
from workflow.ports.house import Account, Deed, SaveAccount, SavePerson, SavePolicy
from workflow.ports.reading import AuditQuery
from workflow.ports.store import Store
from workflow.service.tables_in import Table

As = Callable[[str], TestClient]
MATERIALS = "/admin/registers/approved_materials/import"
HEADER = ("材料名称", "规格", "材料生产单位", "参考单价", "医保已审核", "批准日期")
NEEDLE = ("针", "5cm", "甲厂", "9.00", "是", "2024/3/2")
GLOVE = ("手套", "M", "乙厂", "1,200.5", "否", "2023年11月5日")


@pytest.fixture
def one_is_enough(store: Store, clock: SetClock) -> None:
    """The hospital does not want four eyes."""
    deed = Deed(Actor("sun", "孙工"), clock())
    store.house.change(deed, SavePolicy(Policy(None, {"house.admin_four_eyes": False})))


@pytest.fixture
def second(store: Store, clock: SetClock) -> str:
    """卫工, another administrator."""
    deed = Deed(Actor("sun", "孙工"), clock())
    known = store.house.account_of("sun")
    assert known is not None
    store.house.change(
        deed,
        SavePerson(Person("wei", "卫工", "it", (Post("admin", "it"),))),
        SaveAccount(Account("wei", "wei", known.password_hash)),
    )
    return "wei"


def sent(who: TestClient, content: bytes, name: str = "材料.csv", path: str = MATERIALS) -> str:
    answer = who.post(path, files={"table": (name, content)})
    assert answer.status_code == 200, answer.text[:3000]
    return answer.text


def confirmed(who: TestClient, page: str, path: str = MATERIALS) -> int:
    return who.post(f"{path}/confirm", data=hidden(page)).status_code


def materials(store: Store) -> list[dict[str, object]]:
    return [dict(row.values) for row in store.readings.rows("approved_materials", {})]


@pytest.mark.usefixtures("one_is_enough")
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_list_is_seen_then_brought_along(as_person: As, store: Store, ending: str) -> None:
    sun, rows = as_person("sun"), [NEEDLE, GLOVE]
    content = as_csv(HEADER, rows) if ending == "csv" else as_xlsx(HEADER, rows, "材料")
    page = sent(sun, content, f"材料.{ending}")
    assert "新增 <strong>2" in page
    assert "¥1,200.50" in page
    assert materials(store) == []
    assert confirmed(sun, page) == 303
    glove, needle = materials(store)
    assert needle == {
        "material_name": "针",
        "spec": "5cm",
        "manufacturer": "甲厂",
        "ref_unit_price": 900,
        "medins_reviewed": True,
        "approved_on": "2024-03-02",
    }
    assert glove["ref_unit_price"] == 120050
    (line,) = store.readings.audit(AuditQuery(event="register_rows_brought")).rows
    facts = orjson.loads(line.entry.body)["facts"]
    assert facts["sha256"] == sha256(content).hexdigest()
    assert (line.entry.actor, facts["file"], facts["count"]) == ("sun", f"材料.{ending}", 2)
    looked = as_person("qian").get("/registers/approved_materials").text
    assert f'href="/audit/entry/sys:house/{line.entry.seq}"' in looked
    entry = as_person("qian").get(f"/audit/entry/sys:house/{line.entry.seq}").text
    assert "导入登记簿的已有记录" in entry
    assert facts["sha256"] in entry
    again = sent(sun, content, f"材料.{ending}")
    assert "没有要添加的" in again


@pytest.mark.usefixtures("one_is_enough")
def test_what_was_brought_along_counts_as_if_a_case_had_written_it(
    as_person: As, store: Store
) -> None:
    """What 张医生 asks for is on the hospital's old list: it need not be asked for again."""
    zhang = as_person("zhang")
    sun = as_person("sun")
    old = (GAUZE["f.material_name"], GAUZE["f.spec"], GAUZE["f.manufacturer"])
    assert confirmed(sun, sent(sun, as_csv(HEADER[:3], [old]))) == 303
    answer = send_request(zhang)
    assert answer.status_code == 409
    assert "已批准" in answer.text
    assert send_request(zhang, spec="另一种").status_code == 303


@pytest.mark.usefixtures("one_is_enough")
def test_one_bad_row_keeps_everything_out_and_every_one_is_named(
    as_person: As, store: Store
) -> None:
    rows = [
        NEEDLE,
        ("", "5cm", "甲厂", "9", "是", "2024-03-02"),
        ("线", "3-0", "丙厂", "九元", "也许", "2024-02-30"),
        ("针", "5cm", "甲厂", "8.00", "是", "2024-03-02"),
    ]
    answer = as_person("sun").post(MATERIALS, files={"table": ("材料.csv", as_csv(HEADER, rows))})
    assert answer.status_code == 422
    assert answer.text.count("第 4 行") == 3
    assert "请填数字" in answer.text
    assert "请写 是 或 否" in answer.text
    assert "不是日期" in answer.text
    assert "confirm" not in answer.text
    blank = as_csv(HEADER, rows[:2])
    told = as_person("sun").post(MATERIALS, files={"table": ("材料.csv", blank)})
    assert "第 3 行" in told.text
    twice = as_csv(HEADER, [NEEDLE, rows[3]])
    told = as_person("sun").post(MATERIALS, files={"table": ("材料.csv", twice)})
    assert "与第 2 行是同一条（材料名称、规格、材料生产单位相同）" in told.text
    assert materials(store) == []


@pytest.mark.usefixtures("one_is_enough")
def test_what_a_case_has_written_stays_and_the_case_is_named(as_person: As, store: Store) -> None:
    number = asks(as_person("zhang"))
    for person, action in (("li", "dept_sign"), ("wang", "finance_sign")):
        signs(as_person(person), number, action)
    signs(as_person("zhao"), number, "leader_approve")
    (before,) = materials(store)
    mine = tuple(str(before[key]) for key in ("material_name", "spec", "manufacturer"))
    content = as_csv(HEADER, [(*mine, "0.01", "是", "2020-01-01"), NEEDLE])
    answer = as_person("sun").post(MATERIALS, files={"table": ("材料.csv", content)})
    assert answer.status_code == 422
    assert f"由案件 {number} 写入" in answer.text
    assert materials(store) == [before]


def test_a_second_administrator_looks_at_the_same_file(
    as_person: As, store: Store, second: str
) -> None:
    sun, wei = as_person("sun"), as_person(second)
    content = as_csv(HEADER, [NEEDLE])
    page = sent(sun, content)
    assert "提出导入，请另一位管理员确认" in page
    assert confirmed(sun, page) == 303
    assert materials(store) == []
    own = sent(sun, content)
    assert "您已经提出" in own
    assert confirmed(sun, own) == 403
    assert materials(store) == []
    assert "孙工" in wei.get("/admin/registers").text
    assert "材料.csv" in wei.get(MATERIALS).text
    other = sent(wei, as_csv(HEADER, [GLOVE]))
    assert "提出导入，请另一位管理员确认" in other
    theirs = sent(wei, content)
    assert "孙工 于" in theirs
    assert "确认导入以上内容" in theirs
    assert confirmed(wei, theirs) == 303
    assert [row["material_name"] for row in materials(store)] == ["针"]
    (line,) = store.readings.audit(AuditQuery(event="register_rows_brought")).rows
    assert orjson.loads(line.entry.body)["facts"]["proposed_by"] == "sun"
    assert "等待另一位管理员确认" not in wei.get("/admin/registers").text


def test_a_proposal_of_somebody_who_is_no_administrator_any_more_does_not_count(
    as_person: As, store: Store, second: str, clock: SetClock
) -> None:
    sun, wei = as_person("sun"), as_person(second)
    content = as_csv(HEADER, [NEEDLE])
    assert confirmed(wei, sent(wei, content)) == 303
    deed = Deed(Actor("sun", "孙工"), clock())
    store.house.change(deed, SavePerson(Person("wei", "卫工", "it")))
    assert confirmed(sun, sent(sun, content)) == 303
    assert materials(store) == []


@pytest.mark.usefixtures("one_is_enough")
def test_what_was_written_since_the_preview_is_shown_again(as_person: As, store: Store) -> None:
    sun = as_person("sun")
    page = sent(sun, as_csv(HEADER, [NEEDLE, GLOVE]))
    assert confirmed(sun, sent(sun, as_csv(HEADER, [NEEDLE]))) == 303
    answer = sun.post(f"{MATERIALS}/confirm", data=hidden(page))
    assert answer.status_code == 409
    assert "预览之后" in answer.text
    assert "新增 <strong>1" in answer.text
    assert confirmed(sun, answer.text) == 303
    assert len(materials(store)) == 2


@pytest.mark.usefixtures("one_is_enough")
def test_what_comes_back_from_the_browser_is_not_believed(as_person: As, store: Store) -> None:
    sun = as_person("sun")
    seen = hidden(sent(sun, as_csv(HEADER, [NEEDLE])))
    for content in ("", "@@", "bm90aGluZw=="):
        answer = sun.post(f"{MATERIALS}/confirm", data={**seen, "content": content})
        assert answer.status_code == 422, content
    other = hidden(sent(sun, as_csv(HEADER, [GLOVE])))["content"]
    answer = sun.post(f"{MATERIALS}/confirm", data={**seen, "content": other})
    assert answer.status_code == 409
    assert materials(store) == []


def test_only_administrators_bring_lists_and_only_for_some_registers(as_person: As) -> None:
    for person in ("zhang", "he", "qian"):
        assert as_person(person).get(MATERIALS).status_code == 403
        answer = as_person(person).post(f"{MATERIALS}/confirm", data={"content": "x"})
        assert answer.status_code == 403
    # Amounts and statistics are for cases alone.
    for key in ("charges", "fee_corrections", "statistics_reports", "monthly_settlements", "x"):
        assert as_person("sun").get(f"/admin/registers/{key}/import").status_code == 404
        assert as_person("sun").post(f"/admin/registers/{key}/import/confirm").status_code == 404


def test_people_choices_and_years_are_understood(as_person: As, store: Store, house: House) -> None:
    agreements = "/admin/registers/agreements/import"
    header = ("协议编号", "机构名称", "开始", "截止", "状态")
    page = sent(
        as_person("sun"),
        as_csv(header, [("XY-1", "仁爱诊所", "2026-01-01", "2026-12-31", "有效")]),
        path=agreements,
    )
    assert "新增 <strong>1" in page
    answer = as_person("sun").post(
        agreements, files={"table": ("a.csv", as_csv(header, [("XY-2", "诊所", "", "", "不明")]))}
    )
    assert answer.status_code == 422
    assert "请从这些里选一个：有效、中止、终止" in answer.text


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_empty_list_has_the_headings_that_are_understood(as_person: As, ending: str) -> None:
    answer = as_person("sun").get(f"/admin/registers/approved_materials/template.{ending}")
    table = read_table(answer.content, f"a.{ending}")
    assert isinstance(table, Table)
    assert set(HEADER) <= set(table.header.cells)


UNITS = "/admin/registers/institution_units/import"


@pytest.mark.usefixtures("one_is_enough")
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_where_the_representatives_of_institutions_are_is_brought_along(
    as_person: As, store: Store, ending: str
) -> None:
    """Departments are written by their names; whose name is nobody's keeps the whole list out."""
    sun, header = as_person("sun"), ("机构名称", "代表所在单位")
    rows = [("康宁诊所", "医保办"), ("仁和医院", "财务科")]
    unknown = as_csv(header, [*rows, ("远山诊所", "远山")])
    answer = sun.post(UNITS, files={"table": ("单位.csv", unknown)})
    assert (answer.status_code, "没有叫“远山”的" in answer.text) == (422, True)
    assert store.readings.rows("institution_units", {}) == []

    content = as_csv(header, rows) if ending == "csv" else as_xlsx(header, rows, "单位")
    page = sent(sun, content, f"单位.{ending}", path=UNITS)
    assert confirmed(sun, page, UNITS) == 303
    kept = {row.values["institution"]: row for row in store.readings.rows("institution_units", {})}
    names = {
        key: one.name for key, one in store.readings.hospital().organisation.departments.items()
    }
    found = {name: names[str(row.values["department"])] for name, row in kept.items()}
    assert found == dict(rows)
