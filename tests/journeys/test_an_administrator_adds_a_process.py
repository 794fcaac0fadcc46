"""An administrator writes a process of their own in the browser; a clinician uses it at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import WIDTHS, Visit, Visitor

#: What the administrator types; each journey gives it a name of its own.
LOAN = """\
process: equipment-loan-WIDTH
version: 1
name: {zh: 设备借用WIDTH, en: Equipment loan WIDTH}
summary: {zh: 向设备所在科室借用设备，由本科主任同意。, en: Borrowing equipment; the head agrees.}
category: {zh: 物资, en: Materials}
number: PREFIX
title: '{thing}'
open: {who: {role: clinician}}
form:
  thing: {label: {zh: 借用什么, en: What}, type: text, required: submit, max: 60}
  until: {label: {zh: 归还日期, en: Back on}, type: date, required: submit}
states:
  draft: {name: {zh: 草稿, en: Draft}, entry: true, edit: {who: applicant, fields: all}}
  asked: {name: {zh: 待科主任同意, en: With the head}}
  lent: {name: {zh: 已借出, en: Lent}, final: true}
  refused: {name: {zh: 未同意, en: Refused}, final: true}
actions:
  submit: {name: {zh: 提交, en: Submit}, from: draft, to: asked, who: applicant}
  agree:
    name: {zh: 同意借用, en: Agree}
    from: asked
    to: lent
    who: {role: dept_head, of: applicant.department}
    signs: true
  refuse:
    name: {zh: 不同意, en: Refuse}
    from: asked
    to: refused
    who: reviewer
    opinion: required
    tone: stop
"""
STORY = """\
- scenario: 本科主任同意后借出
  process: equipment-loan-WIDTH
  now: 2026-03-02T09:00:00+08:00
  people:
    amy: {department: surgery, roles: [clinician]}
    lee: {department: surgery, roles: [dept_head]}
    ida: {department: icu, roles: [dept_head]}
  steps:
    - start: {thing: 输液泵, until: 2026-03-09}
      by: amy
    - do: submit
      by: amy
      state: asked
    - do: agree
      by: ida
      refused: not_permitted
    - do: agree
      by: lee
      state: lent
"""


def writes(sun: Visitor, text: str, scenarios: str, button: str) -> None:
    """Type into the editor and press a button."""
    page = sun.page
    page.get_by_label("定义（YAML）").fill(text)
    page.get_by_label("情景（可选）").fill(scenarios)
    page.get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_process_is_written_mended_tried_published_and_used(visitor: Visit, width: int) -> None:
    text = LOAN.replace("WIDTH", str(width)).replace("PREFIX", {1440: "JYA", 390: "JYB"}[width])
    story = STORY.replace("WIDTH", str(width))
    name = f"设备借用{width}"
    sun = visitor("sun", width)
    sun.goes_to("/admin/definitions")
    sun.looks_closely()
    sun.page.get_by_role("link", name="新流程或新版本").click()
    page = sun.page

    writes(sun, text.replace("to: asked", "to: askd"), story, "发布")
    verdict = page.locator("#examination")
    expect(verdict).to_contain_text("有 1 处问题")
    expect(page.locator(".faulty")).to_contain_text("是不是想写“asked”？")
    sun.looks_closely()

    writes(sun, text, story.replace("state: lent", "state: refused"), "检查")
    expect(verdict).to_contain_text("1 个情景不通过")
    expect(verdict).to_contain_text("第 4 步")

    writes(sun, text, story, "检查")
    expect(verdict).to_contain_text("检查通过，可以发布为第 1 版")
    sun.looks_closely()
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator("#announcement")).to_contain_text("已发布")
    sun.looks_closely()

    zhang = visitor("zhang", width)
    zhang.goes_to("/requests/new").get_by_role("link", name=name).first.click()
    zhang.page.get_by_label("借用什么").fill("输液泵")
    zhang.page.get_by_label("归还日期").fill("2026-03-09")
    zhang.page.get_by_role("button", name="提交").click()
    expect(zhang.page.locator("#case")).to_contain_text("待科主任同意")

    li = visitor("li", width)
    li.goes_to("/inbox").get_by_role("link", name="输液泵").first.click()
    li.page.get_by_role("button", name=re.compile("同意借用")).click()
    expect(li.page.locator("#case")).to_contain_text("已借出")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_an_administrator_keep_nobody_out(visitor: Visit, width: int) -> None:
    sun = visitor("sun", width)
    for path in (
        "/admin",
        "/admin/definitions/new",
        "/admin/definitions/consumable-approval",
        "/admin/org",
        "/admin/org/people/new",
        "/admin/org/people/zhang",
        "/admin/org/departments/surgery",
        "/policy",
        "/policy/conflicts",
        "/policy/profiles",
        "/policy/card.makeup_mode",
        "/policy/rx.supply_days",
        "/policy/round.schedule",
        "/admin/calendars?day=2026-03-03",
        "/admin/tokens",
    ):
        sun.goes_to(path)
        sun.looks_closely()


def test_a_process_is_published_without_scripts_too(visitor: Visit) -> None:
    sun = visitor("sun", scripts=False)
    sun.goes_to("/admin/definitions/new")
    text = LOAN.replace("WIDTH", "plain").replace("PREFIX", "JYC")
    writes(sun, text.replace("设备借用plain", "朴素借用"), "", "发布")
    expect(sun.page.get_by_role("heading", level=1)).to_have_text("朴素借用")


def test_a_clinician_who_knows_the_address_is_told_that_it_is_not_for_them(visitor: Visit) -> None:
    zhang = visitor("zhang")
    page = zhang.goes_to("/admin/definitions/new")
    expect(page.locator("#problem")).to_contain_text("仅供系统管理员使用")
    expect(page.get_by_label("定义（YAML）")).to_have_count(0)
