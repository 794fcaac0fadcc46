"""Somebody lends their work from their own page; an administrator does it for whoever is away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock
from web.house import House
from workflow.people.organisation import Delegation

MINE, ALL = "/me/delegations", "/admin/delegations"
WEEK = {"delegate": "chen", "start": "2026-03-02", "end": "2026-03-08"}


def lent(house: House) -> tuple[Delegation, ...]:
    return house.store.readings.hospital().organisation.delegations


def ended_at(house: House) -> str:
    return f"{lent(house)[0].id}/end"


def test_li_goes_to_a_congress_and_chen_stands_in(
    as_person: Callable[[str], TestClient], house: House
) -> None:
    li, chen = as_person("li"), as_person("chen")
    assert "您没有委托过别人" in li.get(MINE).text
    assert li.post(MINE, data=WEEK).status_code == 303
    page = li.get(MINE).text
    assert "李主任 → 陈医生" in page
    assert "全部岗位 · 全部流程" in page
    assert "生效中" in page
    assert "李主任 → 陈医生" in chen.get(MINE).text
    assert "可代 李主任 办理" in chen.get("/me").text
    assert li.post(f"{MINE}/{ended_at(house)}").status_code == 303
    assert not lent(house)


def test_less_than_all_can_be_lent(as_person: Callable[[str], TestClient], house: House) -> None:
    li = as_person("li")
    less = {
        **WEEK,
        "roles": ["dept_head"],
        "processes": ["consumable-approval"],
        "max_amount": "5,000",
    }
    answer = li.post(MINE, data=less)
    assert answer.status_code == 303, answer.text
    (made,) = lent(house)
    assert (made.roles, made.processes) == (("dept_head",), ("consumable-approval",))
    assert made.max_amount == 500_000
    assert "科主任 · 新增卫生材料审批 · 不超过 ¥5,000.00" in li.get(MINE).text


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    as_person: Callable[[str], TestClient], house: House
) -> None:
    li = as_person("li")
    wrong = {"delegate": "sun", "start": "2026-03-01", "end": "2026-03-08", "roles": ["dept_head"]}
    page = li.post(MINE, data=wrong)
    assert page.status_code == 422
    assert 'id="lend-delegate-problem"' in page.text
    assert 'id="lend-start-problem"' in page.text
    assert 'value="2026-03-01"' in page.text
    assert 'value="dept_head" checked' in page.text
    page = li.post(MINE, data={**WEEK, "start": "明天", "max_amount": "很多"})
    assert 'id="lend-start-problem"' in page.text
    assert 'id="lend-max_amount-problem"' in page.text
    assert 'id="lend-end-problem"' in li.post(MINE, data={**WEEK, "end": ""}).text
    assert not lent(house)


def test_keepers_and_auditors_are_not_offered(as_person: Callable[[str], TestClient]) -> None:
    page = as_person("li").get(MINE).text
    assert '<option value="chen"' in page
    for nobody in ("sun", "qian", "lin", "li"):
        assert f'<option value="{nobody}"' not in page, nobody
    assert "没有可以委托的岗位" in as_person("sun").get(MINE).text


def test_an_administrator_does_it_for_whoever_is_away(
    as_person: Callable[[str], TestClient], house: House, clock: SetClock
) -> None:
    sun = as_person("sun")
    assert "为 李主任 设置代理" in sun.get(ALL, params={"person": "li"}).text
    page = sun.post(ALL, data={**WEEK, "principal": "li"})
    assert page.status_code == 422
    assert 'id="lend-reason-problem"' in page.text
    done = sun.post(ALL, data={**WEEK, "principal": "li", "reason": "突发疾病住院"})
    assert done.status_code == 303
    assert "李主任 → 陈医生" in sun.get(ALL).text
    clock.move(days=2)
    sun = as_person("sun")
    sun.post("/sign-in", data={"login": "sun", "password": "一把雨伞放在门后"})
    assert sun.post(f"{ALL}/{ended_at(house)}", data={}).status_code == 422
    ended = sun.post(f"{ALL}/{ended_at(house)}", data={"reason": "已返岗"})
    assert ended.status_code == 303
    assert lent(house)[0].end == date(2026, 3, 3)
    assert "已结束" in sun.get(ALL).text


def test_nobody_touches_anothers(as_person: Callable[[str], TestClient], house: House) -> None:
    assert as_person("li").post(MINE, data=WEEK).status_code == 303
    for who in ("chen", "zhang", "zhao", "qian"):
        other = as_person(who)
        assert other.post(f"{MINE}/{ended_at(house)}").status_code == 403
        assert other.get(ALL).status_code == 403
        assert other.post(ALL, data={**WEEK, "principal": "wu", "reason": "x"}).status_code == 403
        assert other.post(f"{ALL}/{ended_at(house)}", data={"reason": "x"}).status_code == 403
    assert len(lent(house)) == 1


def test_a_principal_that_is_typed_into_the_own_form_counts_for_nothing(
    as_person: Callable[[str], TestClient], house: House
) -> None:
    assert as_person("li").post(MINE, data={**WEEK, "principal": "zhao"}).status_code == 303
    assert lent(house)[0].principal == "li"


@pytest.mark.parametrize("path", [f"{MINE}/ghost/end", f"{ALL}/ghost/end"])
def test_one_that_is_not_there_is_told_so(
    as_person: Callable[[str], TestClient], path: str
) -> None:
    answer = as_person("sun").post(path, data={"reason": "x"})
    assert answer.status_code == 404
    assert "没有这条代理" in answer.text
