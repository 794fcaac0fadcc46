"""Every page says who is signed in and what they are here; a demonstration says so too."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.web.conftest import SetClock, browser
from web.house import House
from workflow.nouns import Actor
from workflow.people.organisation import Delegation, Person, Post
from workflow.ports.house import Account, Deed, SaveAccount, SavePerson

BANNER = "演示系统"


def test_the_top_bar_names_me_and_my_posts(as_person: Callable[[str], TestClient]) -> None:
    for person, shown in (
        ("zhang", ("张医生", "外科 临床医生", "外科 主管医师")),
        ("li", ("李主任", "外科 科主任")),
        ("guo", ("郭老师", "目前没有岗位")),
    ):
        bar = re.search(
            r'<header id="top-bar".*?</header>', as_person(person).get("/me").text, re.DOTALL
        )
        assert bar is not None
        words = " ".join(re.sub(r"<[^>]+>", " ", bar[0]).split())
        for one in shown:
            assert one in words


def test_a_post_that_ended_is_not_mine_any_more(
    as_person: Callable[[str], TestClient], house: House, clock: SetClock
) -> None:
    ended = Post("dept_head", "surgery", end=date(2026, 3, 2))
    deed = Deed(Actor("sun", "孙工"), clock())
    house.store.house.change(deed, SavePerson(Person("li", "李主任", "surgery", (ended,))))
    li = as_person("li")
    assert "至 3月2日" in li.get("/me").text
    clock.move(days=1)
    later = browser(li.app)  # type: ignore[arg-type]  # the server that this browser speaks to
    later.post("/sign-in", data={"login": "li", "password": "一把雨伞放在门后"})
    assert "您目前没有岗位" in later.get("/me").text


class TestWhileSomebodyIsAway:
    """王会计 is on leave, and 李主任 stands in."""

    @pytest.fixture
    def delegations(self) -> Sequence[Delegation]:
        leave = Delegation("d1", "wang", "li", date(2026, 3, 1), date(2026, 3, 10))
        return (leave,)

    def test_it_says_for_whom_i_may_act(self, as_person: Callable[[str], TestClient]) -> None:
        assert "可代 王会计 办理，至 3月10日" in as_person("li").get("/me").text
        assert "王会计" not in as_person("zhang").get("/me").text


@pytest.mark.parametrize("person", ["zhang", "sun", "qian"])
def test_every_line_of_the_menu_leads_somewhere(
    as_person: Callable[[str], TestClient], person: str
) -> None:
    mine = as_person(person)
    menu = re.search(r'<nav id="side-bar".*?</nav>', mine.get("/me").text, re.DOTALL)
    assert menu is not None
    paths = re.findall(r'href="([^"]+)"', menu[0])
    assert len(paths) >= 5
    for path in paths:
        answer = mine.get(path)
        assert answer.status_code == 200, path
        marked = re.findall(r'href="([^"]+)" aria-current="page"', answer.text)
        assert marked[0] == path


def test_the_menu_shows_administrators_and_auditors_their_rooms_alone(
    as_person: Callable[[str], TestClient],
) -> None:
    for person, mine, others in (
        ("zhang", (), ("/admin/", "/audit/")),
        ("sun", ("/admin/",), ("/audit/",)),
        ("qian", ("/audit/",), ("/admin/",)),
    ):
        shown = as_person(person).get("/me").text
        assert all(f'href="{room}' in shown for room in mine)
        assert not any(f'href="{room}' in shown for room in others)


@pytest.mark.parametrize(
    ("person", "start"),
    [("zhang", "/inbox"), ("sun", "/admin"), ("qian", "/audit/search")],
)
def test_the_front_door_leads_to_my_work(
    as_person: Callable[[str], TestClient], person: str, start: str
) -> None:
    assert as_person(person).get("/").headers["Location"] == start


@pytest.fixture
def demonstration(house: House, clock: SetClock, app: FastAPI) -> None:
    """The accounts of this hospital are for show; so says every page from the next start."""
    accounts = (replace(account, demonstration=True) for account in house.store.house.accounts())
    deed = Deed(Actor("sun", "孙工"), clock())
    house.store.house.change(deed, *(SaveAccount(account) for account in accounts))
    zhang = house.store.house.account_of("zhang")
    assert zhang is not None
    house.store.house.change(deed, SaveAccount(replace(zhang, login="clinician")))
    app.state.house = replace(app.state.house, demonstration=True)


@pytest.mark.usefixtures("demonstration")
def test_every_page_of_a_demonstration_says_that_it_is_one(
    client: TestClient, as_person: Callable[[str], TestClient]
) -> None:
    li = as_person("li")
    for answer in (client.get("/sign-in"), li.get("/me"), li.get("/inbox"), li.get("/nothing")):
        assert BANNER in answer.text


@pytest.mark.usefixtures("demonstration")
def test_a_demonstration_offers_its_accounts_by_the_names_of_roles(client: TestClient) -> None:
    shown = client.get("/sign-in?next=/me").text
    assert 'href="/sign-in?login=clinician&amp;next=%2Fme"' in shown
    assert "张医生" in shown
    assert ">li<" not in shown
    assert 'value="clinician"' in client.get("/sign-in?login=clinician").text


def test_a_hospital_in_real_use_names_nobody_at_the_door(client: TestClient) -> None:
    shown = client.get("/sign-in").text
    assert BANNER not in shown
    assert "张医生" not in shown


def test_an_account_is_not_a_person(client: TestClient, house: House, clock: SetClock) -> None:
    """People sign in by a login of the administrator's choice, and are shown by their name."""
    account = house.store.house.account_of("zhang")
    assert account is not None
    renamed = Account("zhang", "zhang.s", account.password_hash)
    house.store.house.change(Deed(Actor("sun", "孙工"), clock()), SaveAccount(renamed))
    form = {"login": "zhang.s", "password": "一把雨伞放在门后"}
    assert client.post("/sign-in", data=form).status_code == 303
    assert "账号 zhang.s" in client.get("/me").text
