"""No exam before the hospital has said what passes: 何老师 proposes a mark, 柯科长 checks it,
赵院长 approves it, and from its day on 考老师 holds 新医生's exam to it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys.before import hires
from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.stays import (
    begins,
    does,
    fills,
    finds,
    form_of,
    hands_in,
    hears,
    is_refused,
    presses,
)

TOO_EARLY = "生效日期不能早于批准日，请改为今天或以后"
TOO_LOW = "成绩没有达到合格线，不能评为合格"
MARK = "岗前考试合格线"
EXAM = "培训考试"


def cannot_begin(pei: Visitor) -> None:
    """The catalogue says which value is missing, with the clause that wants it."""
    page = pei.goes_to("/requests/new")
    tile = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=EXAM, exact=True))
    expect(tile).to_contain_text(f"“{MARK}”（exam.pass_mark）还没有填写：制度（S0-05-B1）")
    tile.get_by_role("link", name="到政策参数页填写").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(MARK)


def proposes(he: Visitor) -> str:
    """From the page of the parameter, which knows its clause; the number of the case."""
    he.goes_to("/policy/exam.pass_mark").get_by_role("link", name="提出变更").click()
    form = he.page.locator("#request-form")
    fills(form, {"新值": "60", "生效日期": "2026-03-03"})
    return hands_in(he, "提议")


def is_checked(ke: Visitor, change: str) -> None:
    """A day that has passed already is put right before it is approved."""
    page = finds(ke, change)
    does(page, "核对", "下一步由赵院长办理")


def is_approved(zhao: Visitor, change: str) -> None:
    """Not from a day before today on."""
    page = finds(zhao, change)
    form = form_of(page, "批准")
    fills(form, {"生效日期": "2026-03-01"})
    presses(form, "批准")
    is_refused(zhao, TOO_EARLY, "S2-A18")
    form = form_of(page, "批准")
    fills(form, {"生效日期": "2026-03-03"})
    presses(form, "批准")
    hears(page, "已批准")


def is_in_force(served: Served, he: Visitor) -> None:
    """The next day, and not before."""
    badge = he.goes_to("/policy/exam.pass_mark").locator("main .badge.big")
    expect(badge).to_contain_text("须由本院填写")
    served.clock.move(days=1)
    served.house.service.tick(served.clock())
    expect(he.goes_to("/policy/exam.pass_mark").locator("main .badge.big")).to_contain_text("60分")
    he.looks_closely()


def is_examined(kao: Visitor, exam: str) -> None:
    """Below the mark nobody passes; the second time it is enough."""
    page = finds(kao, exam)
    form = form_of(page, "考试")
    fills(form, {"成绩": "59"})
    presses(form, "考试")
    hears(page, "已考试")
    presses(form_of(page, "合格"), "合格")
    is_refused(kao, TOO_LOW, "S0-05-B1")
    form = form_of(page, "不合格")
    fills(form, {"意见": "差一分"})
    presses(form, "不合格")
    hears(page, "不合格待补")
    form = form_of(page, "补考")
    fills(form, {"成绩": "75"})
    presses(form, "补考")
    does(page, "合格", "本案办结：合格")


@pytest.fixture
def later(served: Served) -> Iterator[None]:
    """What day it is for the other journeys stays as it is."""
    before = served.clock.now
    yield
    served.clock.now = before


@pytest.mark.usefixtures("later")
def test_a_pass_mark_is_set_and_an_exam_taken(visitor: Visit, served: Served) -> None:
    hires(
        served,
        ("pei", "裴老师", "medins", "training_admin"),
        ("kao", "考老师", "medins", "examiner"),
        ("ke", "柯科长", "medins", "policy_owner"),
    )
    pei, he = visitor("pei"), visitor("he")
    cannot_begin(pei)
    change = proposes(he)
    is_checked(visitor("ke"), change)
    is_approved(visitor("zhao"), change)
    is_in_force(served, he)

    form = begins(pei, EXAM)
    fills(form, {"培训类型": "岗前", "对象": "xin", "日期": "2026-03-03"})
    exam = hands_in(pei, "计划")
    does(pei.page, "举办", "下一步由考老师")
    is_examined(visitor("kao"), exam)

    (row,) = served.store.readings.rows("work_permits", {"person": "xin"})
    assert row.values["allowed"] is True
