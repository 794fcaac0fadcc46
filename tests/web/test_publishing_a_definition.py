"""An administrator pastes a process, sees its problems at their lines, publishes it; it is used."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock
from web.house import House
from workflow.nouns import Actor
from workflow.ports.house import Deed, PublishDefinition, StoredDefinition

NOTE = """\
process: bulletin
version: 1
name: {zh: 科室通知, en: Bulletin}
summary: {zh: 医生拟稿，科主任签发。, en: A clinician drafts it and the head signs.}
category: {zh: 行政, en: Office}
number: TZ
title: '{subject}'
open: {who: {role: clinician}}
form:
  subject: {label: {zh: 主题, en: Subject}, type: text, required: submit, max: 60}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true, edit: {who: applicant, fields: all}}
  review: {name: {zh: 待签发, en: With the head}}
  issued: {name: {zh: 已签发, en: Issued}, final: true}
actions:
  submit: {name: {zh: 送签, en: Send}, from: draft, to: review, who: applicant}
  issue:
    name: {zh: 签发, en: Issue}
    from: review
    to: issued
    who: {role: dept_head, of: applicant.department}
    signs: true
"""
STORY = """\
- scenario: 科主任签发
  process: bulletin
  now: 2026-03-02T09:00:00+08:00
  people:
    amy: {department: surgery, roles: [clinician]}
    lee: {department: surgery, roles: [dept_head]}
  steps:
    - start: {subject: 停诊通知}
      by: amy
      state: draft
    - do: submit
      by: amy
      state: review
    - do: issue
      by: lee
      state: STATE
"""
NEW = "/admin/definitions/new"


@pytest.fixture
def sun(as_person: Callable[[str], TestClient]) -> TestClient:
    """The administrator."""
    return as_person("sun")


def lines_with_problems(page: str) -> set[int]:
    return {int(number) for number in re.findall(r'id="e(\d+)" class="faulty"', page)}


def test_a_pasted_process_is_published_and_used_at_once(
    sun: TestClient, as_person: Callable[[str], TestClient], house: House
) -> None:
    checked = sun.post(NEW, data={"text": NOTE, "act": "check"})
    assert checked.status_code == 200
    assert "检查通过，可以发布为第 1 版" in checked.text
    assert "bulletin" not in house.catalog().newest
    published = sun.post(NEW, data={"text": NOTE, "act": "publish", "note": "新开流程"})
    assert (published.status_code, published.headers["Location"]) == (
        303,
        "/admin/definitions/bulletin",
    )
    assert "已发布" in sun.get("/admin/definitions/bulletin").text
    zhang = as_person("zhang")
    assert "科室通知" in zhang.get("/requests/new").text
    asked = zhang.post(
        "/requests/new/bulletin", data={"f.subject": "停诊通知", "do": "submit", "key": "k1"}
    )
    assert asked.headers["Location"].startswith("/c/TZ2026-")
    assert "停诊通知" in as_person("li").get("/inbox").text


def test_every_problem_is_shown_at_its_line_beside_the_text(sun: TestClient) -> None:
    broken = NOTE.replace("to: review", "to: reveiw").replace("max: 60", "max: sixty")
    answer = sun.post(NEW, data={"text": broken, "act": "check"})
    wrong = {
        number
        for number, line in enumerate(broken.splitlines(), 1)
        if "reveiw" in line or "sixty" in line
    }
    assert lines_with_problems(answer.text) >= wrong
    assert "reveiw" in answer.text
    assert "是不是想写“review”" in answer.text


def test_a_definition_with_a_problem_is_not_published_and_nothing_typed_is_lost(
    sun: TestClient, house: House
) -> None:
    broken = NOTE.replace("to: issued", "to: nowhere")
    answer = sun.post(
        NEW, data={"text": broken, "act": "publish", "note": "新开", "scenarios": STORY}
    )
    assert answer.status_code == 422
    for typed in ("to: nowhere", 'value="新开"', "scenario: 科主任签发"):
        assert typed in answer.text, typed
    assert "bulletin" not in house.catalog().newest


def test_what_is_typed_stays_text(sun: TestClient) -> None:
    nasty = NOTE.replace("停诊", "x").replace(
        "name: {zh: 科室通知", "name: {zh: '<script>alert(1)</script>'"
    )
    for act in ("check", "publish"):
        answer = sun.post(NEW, data={"text": f"{nasty}</textarea><b>", "act": act})
        assert "<script>alert" not in answer.text
        assert "</textarea><b>" not in answer.text


def test_scenarios_are_run_beside_the_definition(sun: TestClient, house: House) -> None:
    failing = STORY.replace("STATE", "draft")
    answer = sun.post(NEW, data={"text": NOTE, "scenarios": failing, "act": "publish"})
    assert answer.status_code == 422
    assert "不通过" in answer.text
    assert "第 3 步" in answer.text
    assert "bulletin" not in house.catalog().newest
    holding = STORY.replace("STATE", "issued")
    answer = sun.post(NEW, data={"text": NOTE, "scenarios": holding, "act": "publish"})
    assert answer.status_code == 303
    assert "bulletin" in house.catalog().newest


def test_a_scenario_that_cannot_be_read_is_told_with_its_line(sun: TestClient) -> None:
    answer = sun.post(NEW, data={"text": NOTE, "scenarios": "- scenario: x\n", "act": "check"})
    assert "情景第 1 行" in answer.text


def test_a_file_is_uploaded_instead_of_pasted(sun: TestClient, house: House) -> None:
    answer = sun.post(
        NEW, data={"text": "", "act": "publish"}, files={"file": ("1.yaml", NOTE.encode())}
    )
    assert answer.status_code == 303
    assert "bulletin" in house.catalog().newest


def test_a_file_that_is_no_text_is_refused_and_the_pasted_text_stays(sun: TestClient) -> None:
    answer = sun.post(
        NEW, data={"text": NOTE, "act": "publish"}, files={"file": ("1.yaml", b"\xff\xfe\x00")}
    )
    assert answer.status_code == 422
    assert "不是 UTF-8" in answer.text
    assert "process: bulletin" in answer.text


def test_a_hostile_text_is_refused_like_any_other(sun: TestClient) -> None:
    bomb = "a: &a [x]\n" + "".join(f"b{n}: [*a, *a]\n" for n in range(50))
    for text in (bomb, "[" * 2000, "x" * 300_000, "\x00", "process: !!python/object:os.system x"):
        answer = sun.post(NEW, data={"text": text, "act": "check"})
        assert answer.status_code == 200
        assert "处问题" in answer.text


def test_the_next_version_shows_what_it_changes(sun: TestClient, house: House) -> None:
    sun.post(NEW, data={"text": NOTE, "act": "publish"})
    begun = sun.get(f"{NEW}?source=bulletin")
    assert "process: bulletin" in begun.text
    second = NOTE.replace("version: 1", "version: 2").replace("max: 60", "max: 80")
    answer = sun.post(NEW, data={"text": second, "act": "check"})
    assert "与“科室通知”现行版本相比" in answer.text
    assert "主题" in answer.text
    assert sun.post(NEW, data={"text": second, "act": "publish"}).status_code == 303
    page = sun.get("/admin/definitions/bulletin")
    assert "第 2 版" in page.text
    assert "第 1 版" in page.text
    assert house.catalog().newest["bulletin"] == 2


def test_a_version_is_shown_with_source_diagram_clauses_and_parameters(sun: TestClient) -> None:
    page = sun.get("/admin/definitions/consumable-approval").text
    assert "<svg" in page
    assert "process: consumable-approval" in page
    assert "S0-03-B03" in page
    assert "条件：该材料已审批，再次使用无需审批" in page
    assert 'href="/policy/consumable.medins_review"' in page
    assert sun.get("/admin/definitions/consumable-approval?version=9").status_code == 404
    assert sun.get("/admin/definitions/no-such-process").status_code == 404


def test_a_process_is_taken_out_of_use_with_a_reason(
    sun: TestClient, as_person: Callable[[str], TestClient]
) -> None:
    path = "/admin/definitions/consumable-approval/1/retire"
    silent = sun.post(path, data={"retired": "true"})
    assert silent.status_code == 422
    assert "请写明理由" in silent.text
    assert sun.post(path, data={"retired": "true", "reason": "停用"}).status_code == 303
    assert "新增卫生材料审批" not in as_person("zhang").get("/requests/new").text
    assert sun.post(path, data={"retired": "false", "reason": "恢复"}).status_code == 303
    assert "新增卫生材料审批" in as_person("zhang").get("/requests/new").text


@pytest.mark.parametrize("who", ["zhang", "zhao", "qian", "guo"])
def test_nobody_else_gets_in(
    who: str, as_person: Callable[[str], TestClient], house: House
) -> None:
    other = as_person(who)
    for answer in (
        other.get("/admin/definitions"),
        other.get(NEW),
        other.get("/admin/definitions/consumable-approval"),
        other.post(NEW, data={"text": NOTE, "act": "publish"}),
        other.post("/admin/definitions/consumable-approval/1/retire", data={"reason": "x"}),
    ):
        assert answer.status_code == 403
        assert "仅供系统管理员使用" in answer.text
        assert "process:" not in answer.text
    assert "bulletin" not in house.catalog().newest
    assert "consumable-approval" in house.catalog().newest


def test_english_speaks_english(sun: TestClient) -> None:
    sun.post("/language", data={"language": "en"})
    broken = NOTE.replace("to: review", "to: reveiw")
    answer = sun.post(NEW, data={"text": broken, "act": "check"})
    assert "Did you mean “review”?" in answer.text
    assert "Line 16" in answer.text


def test_a_version_that_can_no_longer_be_read_is_shown_with_what_is_wrong(
    sun: TestClient, house: House, clock: SetClock
) -> None:
    old = NOTE.replace("role: clinician", "role: barber_surgeon")
    for version, text in ((1, old), (2, NOTE.replace("version: 1", "version: 2"))):
        digest = sha256(text.encode()).hexdigest()
        stored = StoredDefinition("bulletin", version, text, digest, clock(), "system")
        house.store.house.change(
            Deed(Actor("system", "system"), clock()), PublishDefinition(stored)
        )
    assert sun.get("/admin/definitions").status_code == 200
    page = sun.get("/admin/definitions/bulletin?version=1")
    assert page.status_code == 200
    assert "角色“barber_surgeon”不存在" in page.text
