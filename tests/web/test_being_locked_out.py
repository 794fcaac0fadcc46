"""Guessing passwords: five tries, then a pause; counted in the store, by the clock given."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.web.conftest import ORIGIN, SetClock, browser
from tests.web.test_signing_in import events, sign_in
from web import identity
from web.house import House
from web.settings import Settings


def from_address(app: FastAPI, address: str) -> TestClient:
    return TestClient(
        app, ORIGIN, headers={"Origin": ORIGIN}, follow_redirects=False, client=(address, 40000)
    )


def guess(client: TestClient, login: str = "zhang", times: int = 5) -> None:
    for _ in range(times):
        assert sign_in(client, login, "geraten").status_code == 403


def test_after_five_wrong_tries_even_the_right_password_waits(
    client: TestClient, house: House
) -> None:
    guess(client)
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "登录已暂停" in answer.text
    assert events(house)[-1][0] == "sign_in_locked"


def test_after_fifteen_minutes_one_may_try_again(client: TestClient, clock: SetClock) -> None:
    guess(client)
    clock.move(minutes=14, seconds=59)
    assert sign_in(client).status_code == 429
    clock.move(seconds=2)
    assert sign_in(client).status_code == 303


def test_tries_while_locked_do_not_make_it_longer(client: TestClient, clock: SetClock) -> None:
    guess(client)
    clock.move(minutes=10)
    sign_in(client, password="geraten")
    clock.move(minutes=5, seconds=1)
    assert sign_in(client).status_code == 303


def test_a_success_in_between_starts_the_count_anew(client: TestClient) -> None:
    guess(client, times=4)
    assert sign_in(client).status_code == 303
    guess(client, times=4)
    assert sign_in(client).status_code == 303


def test_one_account_that_is_locked_locks_nobody_else(client: TestClient) -> None:
    guess(client)
    assert sign_in(client, "li").status_code == 303


def test_a_locked_account_is_locked_from_everywhere(app: FastAPI) -> None:
    guess(from_address(app, "10.0.0.8"))
    assert sign_in(from_address(app, "10.0.0.9")).status_code == 429


def test_an_account_that_does_not_exist_is_locked_all_the_same(client: TestClient) -> None:
    guess(client, "nobody")
    assert sign_in(client, "nobody").status_code == 429


def test_an_address_that_guesses_at_many_accounts_is_locked(app: FastAPI) -> None:
    thief = from_address(app, "10.9.9.9")
    for number in range(identity.FAILURES_OF_ADDRESS):
        sign_in(thief, f"person{number}", "geraten")
    assert sign_in(thief).status_code == 429
    assert sign_in(from_address(app, "10.0.0.8")).status_code == 303


class TestBehindAProxyThatTheSettingsName:
    """10.0.0.7 is the hospital's own proxy."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(tick_seconds=0, trusted_proxies=("10.0.0.7", "10.0.0.6"))

    def test_the_address_that_it_tells_is_the_one_that_counts(self, app: FastAPI) -> None:
        proxy = browser(app)
        proxy.headers["X-Forwarded-For"] = "192.0.2.1, 10.9.9.9, 10.0.0.6"
        for number in range(identity.FAILURES_OF_ADDRESS):
            sign_in(proxy, f"person{number}", "geraten")
        assert sign_in(proxy).status_code == 429
        proxy.headers["X-Forwarded-For"] = "192.0.2.1"
        assert sign_in(proxy).status_code == 303

    def test_https_that_ends_there_makes_the_cookie_secure(self, app: FastAPI) -> None:
        proxy = browser(app)
        proxy.headers |= {"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"}
        answer = sign_in(proxy)
        assert answer.headers["Set-Cookie"].startswith(identity.SECURE_COOKIE)
        assert "Strict-Transport-Security" in answer.headers


def test_https_that_anybody_may_claim_is_not_believed(app: FastAPI) -> None:
    stranger = browser(app)
    stranger.headers["X-Forwarded-Proto"] = "https"
    assert sign_in(stranger).headers["Set-Cookie"].startswith(f"{identity.COOKIE}=")


@pytest.mark.parametrize("store_kind", ["sqlite"])
def test_a_database_counts_the_same(client: TestClient, clock: SetClock) -> None:
    guess(client)
    assert sign_in(client).status_code == 429
    clock.move(minutes=15, seconds=1)
    assert sign_in(client).status_code == 303
    clock.move(minutes=14)
    assert client.get("/me").status_code == 200
    assert client.post("/sign-out").status_code == 303
    assert client.get("/me").status_code == 303


@pytest.mark.parametrize("store_kind", ["sqlite"])
def test_guesses_that_come_at_once_are_counted_one_by_one(app: FastAPI) -> None:
    with ThreadPoolExecutor(8) as pool:
        tries = [pool.submit(sign_in, browser(app), "zhang", "geraten") for _ in range(16)]
    assert sorted(one.result().status_code for one in tries) == [403] * 5 + [429] * 11


def test_an_address_that_anybody_may_claim_is_not_believed(app: FastAPI) -> None:
    thief = browser(app)
    for number in range(identity.FAILURES_OF_ADDRESS):
        thief.headers["X-Forwarded-For"] = f"192.0.2.{number}"
        sign_in(thief, f"person{number}", "geraten")
    assert sign_in(thief).status_code == 429
