"""Long lists of names carry the letters by which somebody finds them, and what one started last
stands first.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.consumables import asks, see
from web.house import House
from web.presenters.initials import initials
from workflow.nouns import SYSTEM, Actor
from workflow.people.organisation import Person, Post
from workflow.ports.house import Deed, SavePerson
from workflow.ports.store import Store

As = Callable[[str], TestClient]


@pytest.mark.parametrize(
    ("words", "letters"),
    [
        ("新增卫生材料审批", "xzwsclsp"),
        ("入院—出院—结算", "rycyjs"),
        ("喻小满", "yxm"),
        ("谭雨桐", "tyt"),
        ("CT 检查（A1）", "ctjca1"),
        ("㐀𠀀", ""),
    ],
)
def test_words_have_the_letters_of_their_reading(words: str, letters: str) -> None:
    assert initials(words) == letters


def test_a_long_catalogue_is_searched_and_begins_with_what_was_started_last(
    as_person: As, store: Store, house: House
) -> None:
    few = see(as_person("chen"), "/requests/new")
    assert not [one for one in few.all("div") if "data-narrow" in one.attributes]
    roles = ("clinician", "attending_doctor", "medins_officer", "ward_nurse", "dept_rep")
    busy = Person("guo", "郭老师", "surgery", tuple(Post(role, "surgery") for role in roles))
    store.house.change(Deed(Actor(SYSTEM, SYSTEM), house.clock()), SavePerson(busy))
    assert not see(as_person("guo"), "/requests/new").all("nav", class_="lately")
    asks(as_person("guo"))
    page = see(as_person("guo"), "/requests/new")
    assert page.one("nav", class_="lately").links == ["/requests/new/consumable-approval"]
    (narrow,) = [one for one in page.all("div") if "data-narrow" in one.attributes]
    cards = {one.links[0]: one.attributes["data-initials"] for one in narrow.all("li")}
    assert cards["/requests/new/consumable-approval"] == "xzwsclsp"


def test_registers_and_colleagues_carry_their_letters_too(as_person: As) -> None:
    page = see(as_person("he"), "/registers")
    letters = {one.attributes.get("data-initials") for one in page.all("tr")}
    assert "qjdj" in letters
    form = see(as_person("he"), "/requests/new/complaint").one("select", id="f-subject_person")
    assert "zhs" in {one.attributes.get("data-initials") for one in form.all("option")}
