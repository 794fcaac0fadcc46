"""An administrator takes people in, gives them posts and accounts, and lets them go."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import ORIGIN, PASSWORD, SetClock, may_work
from web.house import House

PEOPLE = "/admin/org/people"


@pytest.fixture
def sun(as_person: Callable[[str], TestClient]) -> TestClient:
    """The administrator."""
    return as_person("sun")


def shown_password(page: str) -> str:
    found = re.search(r'class="secret">([^<]+)<', page)
    assert found is not None
    return found[1]


def test_who_has_passed_no_exam_joins_without_an_account(sun: TestClient, house: House) -> None:
    new = {"id": "han", "name": "韩医生", "department": "surgery", "login": "han"}
    page = sun.post(PEOPLE, data=new)
    assert page.status_code == 422
    assert 'id="person-login-problem"' in page.text
    assert "岗前培训考试合格才能开账号" in page.text
    assert "（依据 S0-05-B1）" in page.text
    assert "han" not in house.store.readings.hospital().organisation.people
    assert sun.post(PEOPLE, data={**new, "login": ""}).status_code == 303
    refused = sun.post(f"{PEOPLE}/han/account", data={"login": "han"})
    assert refused.status_code == 422
    assert "岗前培训考试合格才能开账号" in refused.text
    assert house.store.house.account_of("han") is None
    line = house.store.readings.entries("sys:house")[-1]
    assert b"S0-05-B1" in line.body


def test_somebody_joins_chooses_a_password_and_works(
    sun: TestClient, client: TestClient, house: House, clock: SetClock
) -> None:
    may_work(house.store, clock(), "han")
    new = {"id": "han", "name": "韩医生", "department": "surgery", "login": "han"}
    page = sun.post(PEOPLE, data=new)
    assert page.status_code == 200
    once = shown_password(page.text)
    post = {"role": "clinician", "department": "surgery"}
    assert sun.post(f"{PEOPLE}/han/posts", data=post).status_code == 303
    asked = client.post("/sign-in", data={"login": "han", "password": once})
    assert "first-password" in asked.text
    chosen = {
        "login": "han",
        "present": once,
        "wanted": "三只猫坐在窗台上晒太阳",
        "again": "三只猫坐在窗台上晒太阳",
    }
    assert client.post("/first-password", data=chosen).status_code == 303
    assert "新增卫生材料审批" in client.get("/requests/new").text
    assert once not in sun.get(f"{PEOPLE}/han").text
    assert house.store.readings.hospital().organisation.people["han"].name == "韩医生"


def test_all_that_is_wrong_stands_at_its_field_and_what_was_typed_stays(sun: TestClient) -> None:
    new = {"id": "Han!", "name": "", "department": "", "login": "zhang"}
    page = sun.post(PEOPLE, data=new)
    assert page.status_code == 422
    for field in ("id", "name", "department", "login"):
        assert f'id="person-{field}-problem"' in page.text, field
    assert 'value="Han!"' in page.text
    assert "“zhang”已被使用" in page.text


def test_people_are_found_by_name_login_department_and_post(sun: TestClient) -> None:
    def found(**query: str) -> list[str]:
        page = sun.get("/admin/org", params=query).text
        table = page.partition('id="people"')[2].partition('id="departments"')[0]
        return re.findall(r'href="/admin/org/people/([a-z]+)"', table)

    assert found(q="张") == ["zhang"]
    assert found(q="ＺＨＡＮＧ") == ["zhang"]
    assert set(found(department="surgery")) == {"zhang", "li", "zhou"}
    assert set(found(role="dept_head")) == {"li", "wu"}
    assert found(left="1") == ["lin"]
    assert found(q="没有这个人") == []


def test_a_post_is_given_and_ended(
    sun: TestClient, as_person: Callable[[str], TestClient], clock: SetClock
) -> None:
    page = sun.get(f"{PEOPLE}/guo").text
    assert "没有岗位" in page
    given = {"role": "dept_head", "department": "audit", "start": "2026-03-03", "end": ""}
    assert sun.post(f"{PEOPLE}/guo/posts", data=given).status_code == 303
    assert "未开始" in sun.get(f"{PEOPLE}/guo").text
    ended = {**given, "last": "2026-03-04"}
    assert sun.post(f"{PEOPLE}/guo/posts/end", data=ended).status_code == 303
    clock.move(days=1)
    guo = as_person("guo")
    assert "科主任" in guo.get("/me").text
    clock.move(days=2)
    guo.post("/sign-in", data={"login": "guo", "password": PASSWORD})
    assert "没有岗位" in guo.get("/me").text


def test_a_post_that_is_not_possible_is_refused_at_its_field(sun: TestClient) -> None:
    wrong = {"role": "admin", "department": "surgery"}
    page = sun.post(f"{PEOPLE}/zhang/posts", data=wrong)
    assert page.status_code == 403
    assert 'id="post-role-problem"' in page.text
    assert "不能兼任" in page.text
    dated = {"role": "ward_nurse", "department": "surgery", "start": "03/03/2026"}
    page = sun.post(f"{PEOPLE}/zhang/posts", data=dated)
    assert page.status_code == 422
    assert 'id="post-start-problem"' in page.text


def test_who_leaves_is_out_at_once(sun: TestClient, as_person: Callable[[str], TestClient]) -> None:
    zhang = as_person("zhang")
    assert zhang.get("/me").status_code == 200
    assert sun.post(f"{PEOPLE}/zhang/end", data={"reason": "调离"}).status_code == 303
    assert zhang.get("/me").status_code == 303
    page = sun.get(f"{PEOPLE}/zhang").text
    assert "已停用" in page
    assert sun.post(f"{PEOPLE}/zhang/back").status_code == 303
    assert "已停用" not in sun.get(f"{PEOPLE}/zhang").text


def test_a_reset_password_signs_out_and_works_once(
    sun: TestClient, as_person: Callable[[str], TestClient], client: TestClient
) -> None:
    zhang = as_person("zhang")
    once = shown_password(sun.post(f"{PEOPLE}/zhang/password").text)
    assert zhang.get("/me").status_code == 303
    asked = client.post("/sign-in", data={"login": "zhang", "password": once})
    assert "first-password" in asked.text


def test_somebody_is_signed_out_everywhere(
    sun: TestClient, as_person: Callable[[str], TestClient]
) -> None:
    zhang = as_person("zhang")
    assert "最近使用" in sun.get(f"{PEOPLE}/zhang").text
    assert sun.post(f"{PEOPLE}/zhang/sessions/end").status_code == 303
    assert zhang.get("/me").status_code == 303


def test_a_department_is_added_changed_and_closed(sun: TestClient) -> None:
    new = {"id": "eye", "name": "眼科", "type": "clinical", "parent": "surgery"}
    assert sun.post("/admin/org/departments", data=new).status_code == 303
    changed = {"name": "眼科中心", "type": "clinical", "parent": ""}
    assert sun.post("/admin/org/departments/eye", data=changed).status_code == 303
    assert "眼科中心" in sun.get("/admin/org").text
    assert sun.post("/admin/org/departments/eye/close").status_code == 303
    assert "已撤销" in sun.get("/admin/org/departments/eye").text
    used = sun.post("/admin/org/departments/surgery/close")
    assert used.status_code == 409
    assert "张医生" in used.text


def test_an_administrator_does_not_change_themselves(sun: TestClient, house: House) -> None:
    page = sun.get(f"{PEOPLE}/sun").text
    assert "须由另一位管理员办理" in page
    assert f'action="{PEOPLE}/sun/posts"' not in page
    for path, data in (
        ("posts", {"role": "dept_head", "department": "it"}),
        ("end", {}),
        ("password", {}),
    ):
        answer = sun.post(f"{PEOPLE}/sun/{path}", data=data)
        assert answer.status_code == 403, path
        assert "另一位管理员" in answer.text
    roles = {p.role for p in house.store.readings.hospital().organisation.people["sun"].posts}
    assert roles == {"admin"}


def test_a_person_who_is_not_there_is_not_found(sun: TestClient) -> None:
    assert sun.get(f"{PEOPLE}/ghost").status_code == 404
    assert sun.post(f"{PEOPLE}/ghost/end").status_code == 404
    assert sun.get("/admin/org/departments/ghost").status_code == 404


def test_another_site_cannot_make_an_administrator_do_it(sun: TestClient, house: House) -> None:
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = sun.post(f"{PEOPLE}/zhang/end", headers=headers)
        assert answer.status_code == 403
    assert house.store.readings.hospital().organisation.people["zhang"].active
    assert sun.headers["Origin"] == ORIGIN


@pytest.mark.parametrize("who", ["zhang", "zhao", "qian"])
def test_nobody_else_gets_in(
    who: str, as_person: Callable[[str], TestClient], house: House
) -> None:
    other = as_person(who)
    for answer in (
        other.get("/admin"),
        other.get("/admin/org"),
        other.get(f"{PEOPLE}/sun"),
        other.post(f"{PEOPLE}/{who}/posts", data={"role": "vice_president", "department": "it"}),
        other.post(f"{PEOPLE}/sun/password"),
        other.post(f"{PEOPLE}/sun/end"),
    ):
        assert answer.status_code == 403
        assert "孙工" not in answer.text
    assert house.store.readings.hospital().organisation.people["sun"].active
