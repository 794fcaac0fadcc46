"""Somebody who was away for too long: what they typed meanwhile is kept until they are back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tests.web.conftest import PASSWORD, SetClock
from tests.web.consumables import asks, card_form, see, send_decision
from tests.web.paper import read_page
from workflow.ports.store import Store

As = Callable[[str], TestClient]
PART = {"HX-Request": "true", "HX-Target": "case"}
OPINION = '数量偏多，"建议"减半\n<b>再议</b>'


@pytest.fixture
def number(as_person: As) -> str:
    return asks(as_person("zhang"))


@pytest.fixture
def late(as_person: As, number: str, clock: SetClock) -> Response:
    """The answer to 李主任, who returns a request half an hour after looking at it."""
    form = card_form(as_person("li"), number, "return_for_completion")
    clock.move(minutes=30)
    return send_decision(as_person("li"), form, "return_for_completion", OPINION)


def sign_in_again(client: TestClient, person: str) -> None:
    answer = client.post("/sign-in", data={"login": person, "password": PASSWORD})
    assert answer.status_code == 303


def state_of(store: Store, number: str) -> str:
    file = store.readings.case_file(number)
    assert file is not None
    return file.case.state


def test_nothing_is_carried_out_and_the_words_are_shown(
    late: Response, number: str, store: Store
) -> None:
    assert late.status_code == 401
    page = read_page(late.text)
    assert "登录已过期" in page.one(id="signed-out").text
    assert page.one(id="written").text == " ".join(OPINION.split())
    assert state_of(store, number) == "dept_review"


def test_once_signed_in_the_same_is_sent_again(
    late: Response, number: str, as_person: As, store: Store
) -> None:
    li = as_person("li")
    sign_in_again(li, "li")
    form = read_page(late.text).one("form")
    answer = li.post(form.attributes["action"], data=form.fields)
    assert answer.status_code == 303
    assert state_of(store, number) == "draft"
    assert "<b>再议</b>" in see(li, f"/c/{number}").one(id="timeline").text


def test_a_part_of_the_page_leaves_the_page_and_what_was_typed_in_place(
    as_person: As, number: str, clock: SetClock
) -> None:
    li = as_person("li")
    form = card_form(li, number, "return_for_completion")
    clock.move(minutes=30)
    for path in (form.attributes["action"], f"/c/{number}/unsent"):
        answer = li.post(path, data={**form.fields, "opinion": OPINION}, headers=PART)
        assert answer.status_code == 401
        assert "HX-Redirect" not in answer.headers
        told = read_page(answer.text).one(id="signed-out")
        assert "您填写的内容还在本页" in told.text
        assert told.one("a").attributes["target"] == "_blank"


def test_a_new_request_is_kept_too_and_its_files_are_asked_for_anew(
    as_person: As, clock: SetClock
) -> None:
    zhang = as_person("zhang")
    clock.move(minutes=30)
    answer = zhang.post(
        "/requests/new/consumable-approval",
        data={"f.material_name": "可吸收缝线", "do": "draft"},
        files={"files": ("说明书.txt", "见附件".encode())},
    )
    assert answer.status_code == 401
    assert read_page(answer.text).one(id="written").text == "可吸收缝线"
    assert "请在再次提交后重新选择" in answer.text


def as_somebody_else(browser: TestClient, person: str) -> None:
    """Somebody else signs in in another window of the same browser."""
    browser.cookies.clear()
    sign_in_again(browser, person)


@pytest.mark.parametrize("headers", [{}, PART])
def test_a_page_that_a_colleague_left_open_acts_for_nobody_else(
    as_person: As, number: str, store: Store, headers: dict[str, str]
) -> None:
    browser = as_person("li")
    form = card_form(browser, number, "dept_sign")
    as_somebody_else(browser, "wu")
    sent = {**form.fields, "action": "dept_sign", "opinion": "同意"}
    for path in (form.attributes["action"], f"/c/{number}/unsent"):
        answer = browser.post(path, data=sent, headers=headers)
        assert answer.status_code == 401
        told = read_page(answer.text).one(id="signed-out").text
        assert "现在登录的是吴主任，这一页是别人打开的" in told
    assert state_of(store, number) == "dept_review"
    file = store.readings.case_file(number)
    assert file is not None
    actors = {line.actor for line in store.readings.entries(file.case.id)}
    assert "wu" not in actors


def test_a_request_that_a_colleague_began_is_not_handed_in_as_ones_own(as_person: As) -> None:
    browser = as_person("zhang")
    form = see(browser, "/requests/new/consumable-approval").one("form", id="request-form")
    as_somebody_else(browser, "chen")
    sent = {**form.fields, "f.material_name": "可吸收缝线", "do": "draft"}
    answer = browser.post("/requests/new/consumable-approval", data=sent)
    assert answer.status_code == 401
    assert read_page(answer.text).one(id="written").text == "可吸收缝线"


def test_where_nothing_was_written_one_signs_in_at_once(as_person: As, clock: SetClock) -> None:
    zhang = as_person("zhang")
    clock.move(minutes=30)
    secret = {"present": "einmal-geheim", "wanted": "zweimal-geheim", "again": "zweimal-geheim"}
    for path, data in (("/notices/read-all", {}), ("/me/password", secret)):
        answer = zhang.post(path, data=data)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


def test_nobodys_body_is_read_for_a_stranger(client: TestClient) -> None:
    answer = client.post("/requests/new/consumable-approval", data={"f.material_name": "x"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
