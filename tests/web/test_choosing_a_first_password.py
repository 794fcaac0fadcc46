"""A password that somebody else has seen opens the door once, to choose one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from tests.web.conftest import SetClock, browser
from tests.web.test_signing_in import sign_in
from web.house import House
from web.passwords import ONE_TIME_FOR, new_password
from workflow.nouns import Actor
from workflow.ports.house import Account, Deed, SaveAccount

FIRST = "abcd-efgh-2345"
OWN = "清晨的鸽子飞过屋顶"


@pytest.fixture(autouse=True)
def reset(house: House, clock: SetClock) -> None:
    """孙工 has given 张医生 a new one-time password."""
    account = Account("zhang", "zhang", house.passwords.hash_once(FIRST, clock()))
    house.store.house.change(Deed(Actor("sun", "孙工"), clock()), SaveAccount(account))


def choose(
    client: TestClient, present: str = FIRST, wanted: str = OWN, again: str = OWN
) -> Response:
    form = {"login": "zhang", "present": present, "wanted": wanted, "again": again, "next": "/me"}
    return client.post("/first-password", data=form)


def test_a_one_time_password_asks_for_ones_own_and_signs_nobody_in(client: TestClient) -> None:
    answer = sign_in(client, password=FIRST)
    assert answer.status_code == 200
    assert "设置您的密码" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert FIRST not in answer.text
    assert client.get("/me").status_code == 303


def test_ones_own_password_signs_in_and_works_from_then_on(
    client: TestClient, app: FastAPI
) -> None:
    answer = choose(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me")
    assert client.get("/me").status_code == 200
    assert sign_in(browser(app), password=OWN).status_code == 303
    assert sign_in(browser(app), password=FIRST).status_code == 403


def test_a_one_time_password_is_good_once(client: TestClient, app: FastAPI) -> None:
    assert choose(client).status_code == 303
    assert choose(browser(app)).status_code == 403


def test_a_password_of_ones_own_cannot_be_replaced_at_this_door(
    client: TestClient, app: FastAPI
) -> None:
    choose(client)
    answer = choose(browser(app), OWN, "另一句很长的话在这里", "另一句很长的话在这里")
    assert answer.status_code == 403
    assert sign_in(browser(app), password=OWN).status_code == 303


def test_after_three_days_it_is_no_longer_good(client: TestClient, clock: SetClock) -> None:
    clock.move(seconds=(ONE_TIME_FOR - timedelta(seconds=1)).total_seconds())
    assert sign_in(client, password=FIRST).status_code == 200
    clock.move(seconds=1)
    answer = sign_in(client, password=FIRST)
    assert answer.status_code == 403
    assert "一次性密码已失效" in answer.text
    assert choose(client).status_code == 403


def test_a_weak_or_unequal_or_unchanged_password_is_refused(client: TestClient) -> None:
    for wanted, again, sentence in (
        ("kurz", "kurz", "至少 8 个字符"),
        (OWN, "anders gesagt", "两次输入的新密码不一致"),
        (FIRST, FIRST, "与当前密码相同"),
    ):
        answer = choose(client, wanted=wanted, again=again)
        assert answer.status_code == 422
        assert sentence in answer.text


def test_guessing_here_is_counted_like_guessing_there(client: TestClient) -> None:
    for _ in range(5):
        assert choose(client, present="geraten").status_code == 403
    assert choose(client).status_code == 429
    assert sign_in(client, password=FIRST).status_code == 429


def test_passwords_that_are_handed_out_are_readable_and_never_the_same() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(one) == 14 and not set(one) & set("lo01I") for one in made)
