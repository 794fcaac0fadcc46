"""Coming in: what opens the door, what keeps it shut, and what the cookie may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from tests.web.conftest import GONE, PASSWORD, SetClock, browser
from web import identity
from web.house import House
from web.passwords import Passwords
from workflow.nouns import SYSTEM, Actor
from workflow.people.organisation import Person
from workflow.ports.house import Account, Deed, SaveAccount, SavePerson
from workflow.ports.reading import AuditQuery


def events(house: House) -> list[tuple[str, str]]:
    """Who did what, in the house's own ledger of sign-ins, oldest first."""
    rows = house.store.readings.audit(AuditQuery(limit=None)).rows
    lines = [row.entry for row in rows if row.entry.case == identity.LEDGER]
    return [(line.event, line.actor) for line in sorted(lines, key=lambda line: line.seq)]


def sign_in(
    client: TestClient, login: str = "zhang", password: str = PASSWORD, next_: str = "/"
) -> Response:
    return client.post("/sign-in", data={"login": login, "password": password, "next": next_})


def test_whoever_is_not_signed_in_is_asked_to_and_brought_back(client: TestClient) -> None:
    asked = client.get("/me?tab=posts")
    assert (asked.status_code, asked.headers["Location"]) == (
        303,
        "/sign-in?next=%2Fme%3Ftab%3Dposts",
    )
    assert sign_in(client, next_="/me?tab=posts").headers["Location"] == "/me?tab=posts"
    assert client.get("/me").status_code == 200


def test_a_part_that_is_asked_for_without_a_session_makes_the_browser_sign_in(
    client: TestClient,
) -> None:
    answer = client.get("/me", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in?next=%2Fme")


def test_signing_in_leaves_a_line_in_the_ledger(client: TestClient, house: House) -> None:
    sign_in(client)
    assert events(house) == [("signed_in", "zhang")]


def test_a_wrong_password_opens_nothing_and_leaves_a_line(client: TestClient, house: House) -> None:
    answer = sign_in(client, password="falsch")
    assert answer.status_code == 403
    assert "账号或密码不正确" in answer.text
    assert 'value="zhang"' in answer.text
    assert "falsch" not in answer.text
    assert not answer.cookies
    assert events(house) == [("sign_in_failed", "zhang")]


def test_an_unknown_account_looks_like_a_wrong_password(client: TestClient, house: House) -> None:
    known, unknown = sign_in(client, password="x"), sign_in(client, "nobody", "x")
    told = [answer.text.replace("nobody", "zhang") for answer in (known, unknown)]
    assert told[0] == told[1]
    assert known.status_code == unknown.status_code
    assert known.headers.keys() == unknown.headers.keys()
    assert events(house)[1] == ("sign_in_failed", SYSTEM)


def test_an_unknown_account_costs_the_same_hash(client: TestClient, app: FastAPI) -> None:
    counting = CountingPasswords()
    app.state.house = replace(app.state.house, passwords=counting)
    sign_in(client, password="x")
    sign_in(client, "nobody", "x")
    assert counting.verified == [True, False]


class CountingPasswords(Passwords):
    """Remembers for each verification whether there was a hash to compare with."""

    def __init__(self) -> None:
        super().__init__()
        self.verified: list[bool] = []

    def verify(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        self.verified.append(kept is not None)
        return False, None


def test_what_somebody_mistypes_as_their_account_is_not_kept(
    client: TestClient, house: House
) -> None:
    sign_in(client, "my-secret-password", "x")
    rows = house.store.readings.audit(AuditQuery(limit=None)).rows
    assert not any(b"my-secret-password" in row.entry.body for row in rows)


def test_somebody_who_has_left_cannot_come_in(client: TestClient) -> None:
    assert sign_in(client, GONE.id).status_code == 403


def test_somebody_who_leaves_is_out_at_once(
    as_person: Callable[[str], TestClient], house: House, clock: SetClock
) -> None:
    zhang = as_person("zhang")
    assert zhang.get("/me").status_code == 200
    gone = Person("zhang", "张医生", "surgery", active=False)
    house.store.house.change(Deed(Actor("sun", "孙工"), clock()), SavePerson(gone))
    assert zhang.get("/me").status_code == 303


def test_an_account_without_a_password_cannot_come_in(
    client: TestClient, house: House, clock: SetClock
) -> None:
    bare = SaveAccount(Account("zhang", "zhang", None))
    house.store.house.change(Deed(Actor("sun", "孙工"), clock()), bare)
    assert sign_in(client, password="").status_code == 403


def test_the_cookie_is_for_the_server_alone(client: TestClient) -> None:
    cookie = sign_in(client).headers["Set-Cookie"]
    assert cookie.startswith(f"{identity.COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_over_https_the_cookie_is_bound_to_host_and_https(app: FastAPI) -> None:
    secure = TestClient(
        app,
        "https://qianpi.example",
        headers={"Origin": "https://qianpi.example"},
        follow_redirects=False,
    )
    cookie = sign_in(secure).headers["Set-Cookie"]
    assert cookie.startswith(f"{identity.SECURE_COOKIE}=")
    assert "Secure" in cookie
    assert secure.get("/me").status_code == 200


def test_the_token_is_new_each_time_and_only_its_hash_is_kept(app: FastAPI, house: House) -> None:
    tokens = {sign_in(browser(app)).cookies[identity.COOKIE] for _ in range(3)}
    kept = {session.token_hash for session in house.store.door.sessions_of("zhang")}
    assert len(tokens) == 3
    assert kept == {identity.token_hash(token) for token in tokens}
    assert tokens.isdisjoint(kept)


def test_signing_in_again_ends_the_session_before(client: TestClient, house: House) -> None:
    first = sign_in(client).cookies[identity.COOKIE]
    sign_in(client)
    kept = {session.token_hash for session in house.store.door.sessions_of("zhang")}
    assert identity.token_hash(first) not in kept
    assert len(kept) == 1


def test_a_session_ends_after_a_quarter_of_an_hour_without_use(
    as_person: Callable[[str], TestClient], clock: SetClock
) -> None:
    zhang = as_person("zhang")
    clock.move(minutes=14, seconds=59)
    assert zhang.get("/me").status_code == 200
    clock.move(minutes=14, seconds=59)
    assert zhang.get("/me").status_code == 200
    clock.move(minutes=15)
    assert zhang.get("/me").status_code == 303


def test_a_session_ends_after_twelve_hours_however_busy(
    as_person: Callable[[str], TestClient], clock: SetClock
) -> None:
    zhang = as_person("zhang")
    for _ in range(71):
        clock.move(minutes=10)
        assert zhang.get("/me").status_code == 200
    clock.move(minutes=10)
    assert zhang.get("/me").status_code == 303


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "\\\\elsewhere.example",
        "javascript:alert(1)",
        "/\t/elsewhere.example",
        "/\n/elsewhere.example",
        "https:elsewhere.example",
        "",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(client: TestClient, elsewhere: str) -> None:
    assert sign_in(client, next_=elsewhere).headers["Location"] == "/"


def test_a_hash_with_older_costs_is_renewed_at_the_next_sign_in(
    client: TestClient, app: FastAPI, house: House
) -> None:
    before = house.store.house.account_of("zhang")
    app.state.house = replace(app.state.house, passwords=Passwords())
    assert sign_in(client).status_code == 303
    after = house.store.house.account_of("zhang")
    assert before is not None
    assert after is not None
    assert "m=19456,t=2,p=1" in (after.password_hash or "")
    assert before.password_hash != after.password_hash


def test_passwords_are_hashed_with_the_costs_that_were_set() -> None:
    hashed = Passwords().hash("ein Satz")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert Passwords().verify("ein Satz", hashed) == (True, None)
    assert Passwords().verify("kein Satz", hashed) == (False, None)
    assert Passwords().verify("ein Satz", None) == (False, None)
