"""移交待办: what waits for a leaver by name goes to one colleague, with a list before and after."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tests.web.committees import hands_in as asks
from tests.web.committees import publishes, uses
from tests.web.consumables import announced, see
from tests.web.paper import read_page
from web.house import House
from workflow.nouns import Address

As = Callable[[str], TestClient]
LI = "/admin/org/people/li"


@pytest.fixture
def number(as_person: As) -> str:
    """A notice that 李主任 has passed on to 吴主任, by name."""
    publishes(as_person("sun"), "bulletin-board")
    number = asks(as_person("zhang"), "bulletin-board", what="夜间停水通知")
    uses(as_person("li"), number, "task.transfer", "请吴主任看", target="wu")
    return number


WU = "/admin/org/people/wu"


def leaves(administrator: TestClient) -> None:
    """吴主任's account is closed."""
    assert administrator.post(f"{WU}/end", data={"reason": "调离"}).status_code == 303


def moves(administrator: TestClient, **typed: str) -> Response:
    """Fill the form on the person's page and send it."""
    form = see(administrator, WU).one("form", action=f"{WU}/work")
    return administrator.post(f"{WU}/work", data={**form.fields, **typed})


def waits_for(house: House, number: str) -> list[Address]:
    file = house.store.readings.case_file(number)
    assert file is not None
    return [task.address for task in file.tasks if task.is_open]


def test_all_that_waits_for_a_leaver_goes_to_a_colleague(
    as_person: As, house: House, number: str
) -> None:
    sun = as_person("sun")
    leaves(sun)
    listed = see(sun, WU).one(id="person-work").text
    assert number in listed
    assert "待科主任审" in listed
    assert "夜间停水通知" not in listed
    answer = moves(sun, to="chen", reason="吴主任调离")
    assert answer.status_code == 303, read_page(answer.text).text[:1500]
    assert "已把 1 个案件的待办移交给陈医生" in announced(answer)
    assert waits_for(house, number) == [Address(person="chen")]
    after = see(sun, WU).one(id="person-work")
    assert "给 陈医生 · 孙工 办理" in after.text
    assert "吴主任调离" in after.text
    assert f"/admin/cases/{number}" in after.links
    assert not after.all("form")


def test_what_is_wrong_stands_at_its_field_and_nothing_moves(
    as_person: As, house: House, number: str
) -> None:
    sun = as_person("sun")
    leaves(sun)
    answer = moves(sun, to="", reason="")
    assert answer.status_code == 422
    page = read_page(answer.text)
    assert page.has("work-to-problem")
    assert page.has("work-reason-problem")
    own = moves(sun, to="sun", reason="吴主任调离")
    assert "管理员只管理，不代人决定" in read_page(own.text).one(id="work-to-problem").text
    assert 'value="吴主任调离"' in own.text
    applicant = moves(sun, to="zhang", reason="吴主任调离")
    assert applicant.status_code == 409
    assert number in read_page(applicant.text).one(id="person-work").text
    assert waits_for(house, number) == [Address(person="wu")]


def test_whoever_is_still_here_keeps_their_work_and_the_page_says_why(
    as_person: As, house: House, number: str
) -> None:
    sun = as_person("sun")
    work = see(sun, WU).one(id="person-work")
    assert number in work.text
    assert "吴主任仍在职" in work.text
    assert not work.all("form")
    answer = sun.post(f"{WU}/work", data={"to": "chen", "reason": "换班"})
    assert answer.status_code == 409
    assert "吴主任仍在职" in answer.text
    assert waits_for(house, number) == [Address(person="wu")]


def test_nothing_is_offered_where_nothing_waits_by_name(as_person: As, number: str) -> None:
    work = see(as_person("sun"), LI).one(id="person-work")
    assert "没有指名由此人办理的待办" in work.text
    assert number not in work.text


def test_a_second_click_moves_nothing_more(as_person: As, house: House, number: str) -> None:
    sun = as_person("sun")
    leaves(sun)
    form = see(sun, WU).one("form", action=f"{WU}/work")
    data = {**form.fields, "to": "chen", "reason": "吴主任调离"}
    assert sun.post(f"{WU}/work", data=data).status_code == 303
    again = sun.post(f"{WU}/work", data=data)
    assert again.status_code == 409
    assert "没有指定由吴主任办理的待办" in again.text
    file = house.store.readings.case_file(number)
    assert file is not None
    events = [entry.event for entry in house.store.readings.entries(file.case.id)]
    assert events.count("task.reroute") == 1


@pytest.mark.parametrize("who", ["zhang", "li", "qian"])
def test_nobody_else_moves_it(as_person: As, house: House, number: str, who: str) -> None:
    leaves(as_person("sun"))
    answer = as_person(who).post(f"{WU}/work", data={"to": "chen", "reason": "x"})
    assert answer.status_code == 403
    assert waits_for(house, number) == [Address(person="wu")]
