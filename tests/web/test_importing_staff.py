"""An administrator sends a list of people, sees what it would do, and confirms exactly that."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock, may_work
from web.exporting import as_csv, as_xlsx
from web.house import House
from web.tables import LARGEST_MB, read_table
from workflow.people.organisation import Post
from workflow.service.tables_in import Table

PEOPLE = "/admin/org/import/people"
DEPARTMENTS = "/admin/org/import/departments"
HEADER = ("工号", "姓名", "科室", "岗位", "登录名")


@pytest.fixture
def sun(as_person: Callable[[str], TestClient]) -> TestClient:
    """The administrator."""
    return as_person("sun")


def sent(who: TestClient, path: str, content: bytes, name: str = "名单.csv") -> tuple[int, str]:
    answer = who.post(path, files={"table": (name, content)})
    return answer.status_code, answer.text


def hidden(page: str) -> dict[str, str]:
    """What the confirming form carries."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    return {name: value.replace("&#34;", '"').replace("&amp;", "&") for name, value in found}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_list_is_seen_then_confirmed(
    sun: TestClient, house: House, clock: SetClock, ending: str
) -> None:
    may_work(house.store, clock(), "han")
    rows = [
        ("han", "韩医生", "外科", "科主任@内科、临床医生", "han"),
        ("guo", "郭大伟", "", "", ""),
    ]
    content = as_csv(HEADER, rows) if ending == "csv" else as_xlsx(HEADER, rows, "人员")
    status, page = sent(sun, PEOPLE, content, f"名单.{ending}")
    assert status == 200
    for words in ("新增 <strong>1", "修改 <strong>1", "新岗位：内科科主任", "郭老师 → 郭大伟"):
        assert words in page, words
    assert "han" not in house.store.readings.hospital().organisation.people
    answer = sun.post(f"{PEOPLE}/confirm", data=hidden(page))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/org")
    people = house.store.readings.hospital().organisation.people
    assert people["han"].posts == (Post("dept_head", "medicine"), Post("clinician", "surgery"))
    assert people["guo"].name == "郭大伟"
    assert "韩医生" in sun.get("/admin/org", params={"q": "han"}).text


def test_a_list_opens_no_account_for_whoever_passed_no_exam(sun: TestClient, house: House) -> None:
    rows = [("han", "韩医生", "外科", "临床医生", "han"), ("lu", "陆医生", "外科", "临床医生", "")]
    status, page = sent(sun, PEOPLE, as_csv(HEADER, rows))
    assert status == 422
    assert "岗前培训考试合格才能开账号" in page
    assert page.count("第 2 行") == 1
    assert "第 3 行" not in page
    assert "lu" not in house.store.readings.hospital().organisation.people


def test_one_bad_row_keeps_everything_out_and_is_named(sun: TestClient, house: House) -> None:
    rows = [("han", "韩医生", "外科", "", ""), ("Ma!", "马", "火星科", "魔术师", "zhang")]
    status, page = sent(sun, PEOPLE, as_csv(HEADER, rows))
    assert status == 422
    assert page.count("第 3 行") == 5  # one of them: no exam passed
    assert "没有这个科室" in page
    assert "“zhang”已被使用" in page
    assert "confirm" not in page
    assert "han" not in house.store.readings.hospital().organisation.people


def test_a_file_that_is_no_list_says_what_to_do(sun: TestClient) -> None:
    assert "请选择文件" in sun.post(PEOPLE, data={}).text
    assert "另存为 .xlsx" in sent(sun, PEOPLE, b"x", "名单.xls")[1]
    assert "不认识“电话”这一列" in sent(sun, PEOPLE, as_csv(("工号", "电话"), [("1", "2")]))[1]
    status, page = sent(sun, PEOPLE, b"x" * (LARGEST_MB * 1024 * 1024 + 1))
    assert status == 422
    assert f"超过 {LARGEST_MB} MB" in page


def test_what_changed_since_is_shown_again_and_not_done(
    sun: TestClient, house: House, clock: SetClock
) -> None:
    wanted = as_csv(("工号", "姓名"), [("guo", "郭大伟")])
    before = hidden(sent(sun, PEOPLE, wanted)[1])
    clock.move(minutes=1)
    sun.post("/admin/org/people/guo", data={"name": "郭大明", "department": "audit"})
    answer = sun.post(f"{PEOPLE}/confirm", data={**before, "reason": "人事调整"})
    assert answer.status_code == 409
    assert "预览之后" in answer.text
    assert "郭大明 → 郭大伟" in answer.text
    assert 'value="人事调整"' in answer.text
    assert sun.post(f"{PEOPLE}/confirm", data=hidden(answer.text)).status_code == 303
    assert house.store.readings.hospital().organisation.people["guo"].name == "郭大伟"


def test_what_comes_back_from_the_browser_is_not_believed(sun: TestClient, house: House) -> None:
    wanted = as_csv(("工号", "姓名"), [("guo", "郭大伟")])
    seen = hidden(sent(sun, PEOPLE, wanted)[1])
    for content in ("", "[]", "{", "工号", b64encode(b"\xff\x00").decode()):
        answer = sun.post(f"{PEOPLE}/confirm", data={**seen, "content": content})
        assert answer.status_code == 422, content
    other = b64decode(seen["content"]).replace("郭大伟".encode(), "别人".encode())
    changed = b64encode(other).decode()
    assert sun.post(f"{PEOPLE}/confirm", data={**seen, "content": changed}).status_code == 409
    assert house.store.readings.hospital().organisation.people["guo"].name == "郭老师"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("path", [PEOPLE, DEPARTMENTS])
def test_the_present_list_is_taken_along_and_comes_back(
    sun: TestClient, path: str, ending: str
) -> None:
    taken = sun.post(f"{path}/current.{ending}")
    assert taken.status_code == 200
    status, page = sent(sun, path, taken.content, f"名单.{ending}")
    assert status == 200
    assert "没有要改的" in page
    template = read_table(sun.get(f"{path}/template.{ending}").content, f"a.{ending}")
    assert isinstance(template, Table)
    assert not template.rows


def test_departments_come_by_a_list_too(sun: TestClient, house: House) -> None:
    header = ("科室编号", "科室名称", "类别", "上级科室")
    status, page = sent(sun, DEPARTMENTS, as_csv(header, [("eye", "眼科", "临床科室", "外科")]))
    assert status == 200
    assert sun.post(f"{DEPARTMENTS}/confirm", data=hidden(page)).status_code == 303
    assert house.store.readings.hospital().organisation.departments["eye"].parent == "surgery"


def test_names_that_look_like_formulas_stay_text(sun: TestClient) -> None:
    wanted = as_csv(("工号", "姓名"), [("guo", '=HYPERLINK("http://x")<b>')])
    page = sent(sun, PEOPLE, wanted)[1]
    assert "&lt;b&gt;" in page
    assert "=HYPERLINK" in page


@pytest.mark.parametrize("who", ["zhang", "qian"])
def test_nobody_else_gets_in(who: str, as_person: Callable[[str], TestClient]) -> None:
    other = as_person(who)
    for answer in (
        other.get(PEOPLE),
        other.get(f"{PEOPLE}/template.csv"),
        other.post(f"{PEOPLE}/current.csv"),
        other.post(PEOPLE, files={"table": ("a.csv", b"x")}),
        other.post(f"{PEOPLE}/confirm", data={"content": "[]"}),
    ):
        assert answer.status_code == 403


def test_there_is_no_other_kind_of_list(sun: TestClient) -> None:
    for path in ("/admin/org/import/secrets", f"{PEOPLE}/template.exe"):
        assert sun.get(path).status_code == 404
    assert sun.post(f"{PEOPLE}/current.exe").status_code == 404
