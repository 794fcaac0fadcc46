"""The auditor asks who did or tried what; every line opens, and a refusal looks like one."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.auditing import Story, two_requests
from tests.web.conftest import SetClock
from web.house import House


@pytest.fixture
def qian(as_person: Callable[[str], TestClient]) -> TestClient:
    """The auditor."""
    return as_person("qian")


@pytest.fixture
def numbers(house: House, clock: SetClock) -> tuple[str, str]:
    return two_requests(house, clock)


def lines(qian: TestClient, **query: str) -> list[str]:
    """The text of each line of the table, tags left out."""
    page = qian.get("/audit/search", params=query)
    assert page.status_code == 200
    table = page.text.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows]


def test_a_refused_attempt_is_found_with_who_tried_and_why(
    qian: TestClient, numbers: tuple[str, str]
) -> None:
    found = lines(qian, refused="1", person="吴主任")
    assert len(found) == 1
    assert "尝试“科主任签署同意”，未获允许" in found[0]
    assert "申请科室的科主任" in found[0]
    assert numbers[0] in found[0]
    page = qian.get("/audit/search?refused=1").text
    assert page.count('class="refused"') == 2
    assert "拒绝" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"process": "consumable-approval"}, 6),
        ({"process": "consumable-approval", "person": "zhang"}, 3),
        ({"process": "consumable-approval", "person": "张医生"}, 3),
        # What was signed, and what two heads of departments tried in vain.
        ({"process": "consumable-approval", "role": "dept_head"}, 3),
        ({"process": "consumable-approval", "department": "surgery"}, 5),
        ({"process": "consumable-approval", "action": "dept_sign"}, 1),
        ({"process": "consumable-approval", "action": "refused"}, 2),
        ({"process": "consumable-approval", "since": "2026-03-02", "until": "2026-03-02"}, 6),
        ({"process": "consumable-approval", "until": "2026-03-01"}, 0),
        ({"process": "consumable-approval", "since": "2026-03-03"}, 0),
        ({"process": "medical-record"}, 0),
        ({"case": "hc2026-000001"}, 5),
    ],
)
def test_the_ledger_is_asked_by_what_is_known(
    qian: TestClient, numbers: tuple[str, str], query: dict[str, str], count: int
) -> None:
    assert len(lines(qian, **query)) == count


def test_the_filters_stand_in_the_address_and_on_the_page(
    qian: TestClient, numbers: tuple[str, str]
) -> None:
    page = qian.get("/audit/search?person=li&refused=1&since=2026-03-01").text
    assert 'name="person" maxlength="60" value="li"' in page
    assert 'value="2026-03-01"' in page
    assert re.search(r'name="refused" value="1" checked', page)
    assert "/audit/export.csv?person=li&amp;since=2026-03-01&amp;refused=1" in page


def test_a_name_that_nobody_or_several_bear_is_told(
    qian: TestClient, numbers: tuple[str, str]
) -> None:
    assert "没有叫“王二麻子”的人" in qian.get("/audit/search?person=王二麻子").text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"since": "2026-02-30"}, "没有这一天"),
        ({"until": "gestern"}, "没有这一天"),
        ({"since": "2026-03-05", "until": "2026-03-01"}, "结束日期早于开始日期"),
    ],
)
def test_days_that_cannot_be_meant_are_told_and_find_nothing(
    qian: TestClient, numbers: tuple[str, str], query: dict[str, str], told: str
) -> None:
    assert told in qian.get("/audit/search", params=query).text
    assert lines(qian, **query) == []
    assert qian.get("/audit/export.csv", params=query).text.count("\n") == 1


def test_a_line_opens_with_rules_changes_and_digest(
    qian: TestClient, house: House, numbers: tuple[str, str]
) -> None:
    case = house.store.readings.case_file(numbers[0])
    assert case is not None
    entries = house.store.readings.entries(case.case.id)
    submitted = qian.get(f"/audit/entry/{case.case.id}/2").text
    assert entries[1].digest in submitted
    assert "submit.1" in submitted
    assert "符合" in submitted
    assert "草稿 → 待科主任签署" in submitted
    refused = qian.get(f"/audit/entry/{case.case.id}/3").text
    assert "not_permitted" in refused
    signed = qian.get(f"/audit/entry/{case.case.id}/5").text
    assert "同意，急需" in signed
    assert "科主任意见" in signed


def test_a_line_of_the_house_opens_with_before_and_after(
    qian: TestClient, as_person: Callable[[str], TestClient]
) -> None:
    as_person("sun").post("/admin/org/people/guo", data={"name": "郭敏", "department": "audit"})
    page = qian.get("/audit/search?action=person_saved").text
    link = re.search(r'href="(/audit/entry/sys:house/\d+)"', page)
    assert link is not None
    entry = qian.get(link[1]).text
    assert "郭老师" in entry
    assert "郭敏" in entry


def test_a_refused_change_of_the_house_is_found(
    qian: TestClient, as_person: Callable[[str], TestClient]
) -> None:
    as_person("sun").post("/admin/org/people/sun/end", data={"reason": "不干了"})
    found = lines(qian, refused="1")
    assert "停用人员" in found[0]
    assert "另一位管理员" in found[0]


def test_the_ledger_of_a_case_says_whether_it_is_whole(
    qian: TestClient, numbers: tuple[str, str]
) -> None:
    page = qian.get(f"/audit/case/{numbers[0]}").text
    assert "5 条记录首尾相连" in page
    assert page.count('<details class="card entry') == 5
    assert qian.get("/audit/case/HC2026-999999").status_code == 404
    assert qian.get("/audit/entry/sys:house/9999").status_code == 404


def test_a_confidential_case_stays_closed_until_it_is_opened_and_opening_is_recorded(
    qian: TestClient, house: House, clock: SetClock
) -> None:
    story = Story(house, clock)
    number = story.opens(
        "zhang", "identity-fraud-report", stage="门诊", kind="冒名", card_owner="张三"
    )
    table = " ".join(lines(qian, case=number))
    assert "保密案件，打开即留痕" in table
    assert "张三" not in table
    assert lines(qian, action="read_confidential") == []
    assert qian.get(f"/audit/case/{number}").status_code == 409
    assert lines(qian, action="read_confidential") == []
    why = {"reason": "上级来函核查", "next": f"/audit/case/{number}"}
    said = qian.post(f"/c/{number}/reason", data=why)
    assert said.headers["location"] == f"/audit/case/{number}"
    assert qian.get(f"/audit/case/{number}").status_code == 200
    (line,) = lines(qian, action="read_confidential")
    assert number in line


def test_what_people_typed_stays_text(qian: TestClient, house: House, clock: SetClock) -> None:
    Story(house, clock).opens("zhang", material_name="<img src=x onerror=alert(1)>")
    page = qian.get("/audit/search").text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_pages_of_the_table_follow_each_other(
    as_person: Callable[[str], TestClient], house: House, clock: SetClock
) -> None:
    story = Story(house, clock)
    for _ in range(60):
        story.opens("zhang")
    qian = as_person("qian")
    first = qian.get("/audit/search?process=consumable-approval").text
    assert "60 条记录" in first
    assert "上一页" not in first
    assert "/audit/search?process=consumable-approval&amp;page=2" in first
    assert len(lines(qian, process="consumable-approval", page="2")) == 10
    assert lines(qian, process="consumable-approval", page="nonsense")


@pytest.mark.parametrize("who", ["zhang", "zhao", "he", "sun"])
def test_nobody_else_asks_the_ledger(
    who: str, as_person: Callable[[str], TestClient], house: House, numbers: tuple[str, str]
) -> None:
    other = as_person(who)
    for path in (
        "/audit/search",
        f"/audit/case/{numbers[0]}",
        "/audit/entry/sys:house/1",
        "/audit/verify",
        "/audit/export.csv",
        "/audit/export.xlsx",
    ):
        answer = other.get(path)
        assert answer.status_code == 403, path
        assert "仅供审计使用" in answer.text
        assert "可吸收缝线" not in answer.text
