"""Going out, here or from afar: the session ends in the store, not only in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable

from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from tests.web.conftest import PASSWORD, browser
from tests.web.test_signing_in import events, sign_in
from web import identity
from web.house import House


def test_signing_out_ends_the_session_and_leaves_a_line(
    as_person: Callable[[str], TestClient], house: House
) -> None:
    zhang = as_person("zhang")
    token = zhang.cookies[identity.COOKIE]
    answer = zhang.post("/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert events(house)[-1] == ("signed_out", "zhang")
    zhang.cookies.set(identity.COOKIE, token)
    assert zhang.get("/me").status_code == 303


def test_signing_out_is_an_act_and_not_a_link(as_person: Callable[[str], TestClient]) -> None:
    zhang = as_person("zhang")
    assert zhang.get("/sign-out").status_code == 405
    assert zhang.get("/me").status_code == 200


def test_another_browser_of_mine_can_be_signed_out_from_here(app: FastAPI) -> None:
    here, there = browser(app), browser(app)
    sign_in(there)
    sign_in(here)
    shown = here.get("/me").text
    buttons = re.findall(r'action="(/me/sessions/[0-9a-f]+/end)"', shown)
    assert len(buttons) == 2
    assert shown.count("当前") >= 1
    mine = identity.token_hash(here.cookies[identity.COOKIE])[:16]
    other = next(button for button in buttons if mine not in button)
    answer = here.post(other)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me")
    assert there.get("/me").status_code == 303
    assert "该处登录已结束" in here.get("/me").text


def test_ending_the_session_that_i_use_signs_me_out(
    as_person: Callable[[str], TestClient],
) -> None:
    zhang = as_person("zhang")
    mine = identity.token_hash(zhang.cookies[identity.COOKIE])[:16]
    assert zhang.post(f"/me/sessions/{mine}/end").headers["Location"] == "/sign-in"
    assert zhang.get("/me").status_code == 303


def test_nobody_ends_the_session_of_somebody_else(
    as_person: Callable[[str], TestClient],
) -> None:
    zhang, chen = as_person("zhang"), as_person("chen")
    his = identity.token_hash(zhang.cookies[identity.COOKIE])[:16]
    chen.post(f"/me/sessions/{his}/end")
    assert zhang.get("/me").status_code == 200


def change(client: TestClient, present: str, wanted: str, again: str | None = None) -> Response:
    form = {"present": present, "wanted": wanted, "again": wanted if again is None else again}
    return client.post("/me/password", data=form)


def test_a_new_password_ends_my_other_sessions_and_works_from_then_on(app: FastAPI) -> None:
    here, there = browser(app), browser(app)
    sign_in(there)
    sign_in(here)
    assert change(here, PASSWORD, "清晨的鸽子飞过屋顶").status_code == 303
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 303
    assert sign_in(browser(app)).status_code == 403
    assert sign_in(browser(app), password="清晨的鸽子飞过屋顶").status_code == 303


def test_changing_a_password_needs_the_present_one(app: FastAPI) -> None:
    here = browser(app)
    sign_in(here)
    answer = change(here, "falsch", "清晨的鸽子飞过屋顶")
    assert answer.status_code == 422
    assert "当前密码不正确" in answer.text
    assert sign_in(browser(app)).status_code == 303


def test_every_problem_of_a_new_password_is_told_at_its_field(
    as_person: Callable[[str], TestClient],
) -> None:
    answer = change(as_person("zhang"), "falsch", "kurz", "anders")
    assert answer.status_code == 422
    for sentence in ("当前密码不正确", "至少 8 个字符", "两次输入的新密码不一致"):
        assert sentence in answer.text
    assert answer.text.count('aria-invalid="true"') == 3
    for typed in ("falsch", "kurz", "anders"):
        assert f'value="{typed}"' not in answer.text


def test_a_password_that_is_easily_guessed_is_refused(
    as_person: Callable[[str], TestClient],
) -> None:
    zhang = as_person("zhang")
    for guessed in ("12345678", "aaaaaaaaa", "zhang青山医院", "Password1", "87654321"):
        assert "太容易猜到" in change(zhang, PASSWORD, guessed).text, guessed
