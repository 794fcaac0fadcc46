"""How somebody wants to be told, on their page; the hospital's default and what got stuck, on the
administrator's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock
from tests.web.consumables import announced, asks, see
from tests.web.paper import read_page
from tests.workflow.post import Letterbox, mailed
from web.house import House
from workflow.nouns import Topic
from workflow.service.delivering import Undelivered
from workflow.service.noticing import AS_SHIPPED, HOSPITAL, Channel, Choice

As = Callable[[str], TestClient]

WISH = {
    "address": "li@hospital.cn",
    "topics": ["mail:work", "mail:copy"],
    "digest_hour": "8",
    "quiet_from": "22",
    "quiet_until": "7",
}


def test_what_i_choose_is_kept_and_shown(as_person: As, house: House) -> None:
    answer = as_person("li").post("/me/notices", data=WISH)
    assert answer.status_code == 303
    topics = {Channel.MAIL: frozenset({Topic.WORK, Topic.COPY})}
    choice = Choice("li@hospital.cn", topics, 8, (22, 7), urgent_passes=False)
    assert house.noticing.choice("li") == choice
    form = see(as_person("li"), "/me/notices").one("form", action="/me/notices")
    assert {**form.fields, "topics": WISH["topics"]} == WISH
    assert house.noticing.choice("wang") == AS_SHIPPED


def test_everything_that_is_wrong_is_said_and_nothing_is_lost(as_person: As, house: House) -> None:
    wrong = {**WISH, "address": "li@", "quiet_until": ""}
    answer = as_person("li").post("/me/notices", data=wrong)
    assert answer.status_code == 422
    page = read_page(answer.text)
    assert "邮箱地址写法不对" in page.one(id="address-problem").text
    assert "开始和结束" in page.one(id="quiet-problem").text
    form = page.one("form", action="/me/notices")
    assert form.fields["address"] == "li@"
    assert form.fields["digest_hour"] == "8"
    assert house.noticing.choice("li") == AS_SHIPPED


def test_a_person_does_not_choose_for_robots(as_person: As, house: House) -> None:
    as_person("li").post("/me/notices", data={"topics": ["wecom:work"]})
    assert not house.noticing.choice("li").wants(Channel.WECOM, Topic.WORK)


def test_it_is_said_that_the_hospital_sends_no_mail_yet(as_person: As) -> None:
    assert "尚未开通" in see(as_person("li"), "/me/notices").text


@pytest.mark.parametrize("path", ["/admin/deliveries/default", "/admin/deliveries/again"])
def test_only_administrators_choose_for_the_hospital(as_person: As, path: str) -> None:
    assert as_person("li").post(path, data={"key": "x"}).status_code == 403


def test_the_hospitals_default_leaves_a_line(as_person: As, house: House) -> None:
    answer = as_person("sun").post("/admin/deliveries/default", data={"topics": ["feishu:urge"]})
    assert answer.status_code == 303
    assert house.noticing.choice(HOSPITAL).wants(Channel.FEISHU, Topic.URGE)
    assert not house.noticing.choice("li").wants(Channel.MAIL, Topic.WORK)
    events = [entry.event for entry in house.store.readings.entries("sys:house")]
    assert events[-1] == "notice_default_saved"


# ---- what got stuck ------------------------------------------------------------------------------


@pytest.fixture
def mail(house: House) -> Letterbox:
    """A mail server that refuses everything; 李主任 reads mail."""
    box = Letterbox()
    box.closed = Undelivered("refused", for_good=True)
    house.noticing.choose("li", mailed("li@hospital.cn"))
    return box


def looks(house: House, mail: Letterbox) -> int:
    """A worker looks once."""
    worker = replace(house.delivering, transports={Channel.MAIL: mail})
    return worker.deliver(house.clock())


def test_an_administrator_is_alarmed_and_sends_it_again(
    as_person: As, house: House, mail: Letterbox, clock: SetClock
) -> None:
    number = asks(as_person("zhang"))
    looks(house, mail)
    sun = as_person("sun")
    assert "有通知没能送出（电子邮件）" in see(sun, "/notices").text
    assert sun.get("/readyz").json()["undelivered"] == 1
    assert "1 条通知没能送出" in see(sun, "/admin").text
    page = see(sun, "/admin/deliveries")
    assert number in page.text
    assert "李主任" in page.text
    assert "拒收" in page.text
    mail.closed = None
    clock.move(minutes=5)
    form = page.one("form", action="/admin/deliveries/again")
    assert sun.post("/admin/deliveries/again", data=form.fields).status_code == 303
    assert looks(house, mail) == 1
    assert "没有。所有消息都已送出" in see(sun, "/admin/deliveries").text
    events = [entry.event for entry in house.store.readings.entries("sys:house")]
    assert events[-2:] == ["delivery_given_up", "deliveries_tried_again"]


def test_nothing_ticked_is_told_and_does_nothing(as_person: As) -> None:
    answer = as_person("sun").post("/admin/deliveries/again")
    assert "请先勾选" in announced(answer)


def test_the_address_itself_is_shown_to_nobody_else(
    as_person: As, house: House, mail: Letterbox
) -> None:
    asks(as_person("zhang"))
    looks(house, mail)
    assert "li@hospital.cn" not in as_person("sun").get("/admin/deliveries").text
