"""李主任 is away: 陈医生 stands in, signs under both names, and 李主任 takes the work back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import WIDTHS, Visit
from tests.journeys.test_four_people_approve_a_consumable import asks_for


@pytest.mark.parametrize("width", WIDTHS)
def test_work_is_lent_done_under_both_names_and_taken_back(visitor: Visit, width: int) -> None:
    material = f"代理缝线{width}"
    li = visitor("li", width)
    page = li.goes_to("/me")
    page.get_by_role("link", name="委托别人代办").click()
    li.looks_closely()
    page.get_by_label("委托给谁").select_option(label="陈医生 · 内科")
    page.get_by_label("到哪天止").fill("2099-01-01")
    page.get_by_role("button", name="设置代理").click()
    expect(page.locator("#lend-end-problem")).to_contain_text("最多委托 366 天")
    li.looks_closely()
    page.get_by_label("到哪天止").fill(li.served.clock().date().isoformat())
    page.get_by_role("button", name="设置代理").click()
    given = page.locator("#lent-given")
    expect(given).to_contain_text("李主任 → 陈医生")
    expect(given).to_contain_text("生效中")
    li.looks_closely()

    number = asks_for(visitor("zhang", width), material)
    chen = visitor("chen", width)
    chen.goes_to("/inbox?for=li")
    chen.page.get_by_role("link", name=re.compile(material)).first.click()
    expect(chen.page.locator("#decision-card")).to_contain_text("代 李主任 办理")
    chen.page.get_by_label("意见").first.fill("主任外出，代为同意")
    chen.page.get_by_role("button", name=re.compile("同意")).first.click()
    expect(chen.page.locator("#case")).to_contain_text("陈医生")
    chen.goes_to(f"/c/{number}")
    expect(chen.page.locator("#timeline")).to_contain_text("代 李主任")
    chen.looks_closely()

    page = li.goes_to("/me/delegations")
    page.get_by_role("button", name="现在结束").first.click()
    expect(page.locator("#announcement")).to_contain_text("代理已结束")
    expect(chen.goes_to("/me").locator("#my-posts")).not_to_contain_text("李主任")


@pytest.mark.parametrize("width", WIDTHS)
def test_an_administrator_sets_it_up_for_whoever_is_away(visitor: Visit, width: int) -> None:
    sun = visitor("sun", width)
    page = sun.goes_to("/admin/delegations")
    sun.looks_closely()
    page.get_by_label("谁不在岗").select_option(label="吴主任 · 内科")
    page.get_by_role("button", name="为此人设置代理").click()
    page.get_by_label("委托给谁").select_option(label="陈医生 · 内科")
    page.get_by_label("到哪天止").fill(sun.served.clock().date().isoformat())
    page.get_by_label("理由（写入账本）").fill("突发疾病住院")
    page.get_by_role("button", name="设置代理", exact=True).click()
    line = page.get_by_role("row").filter(has_text="吴主任 → 陈医生").first
    sun.looks_closely()
    line.get_by_label(re.compile("理由")).fill("已返岗")
    line.get_by_role("button", name="现在结束").click()
    expect(page.locator("#announcement")).to_contain_text("代理已结束")
