"""Where a form asks for cases of the same stay, those there are can be ticked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock
from tests.web.consumables import see
from tests.web.paper import Element, read_page
from web.house import House
from workflow.nouns import SYSTEM, Actor, Opening
from workflow.people.organisation import Person, Post
from workflow.ports.house import Deed, SavePerson
from workflow.ports.store import Store

As = Callable[[str], TestClient]
DISPUTE = "/requests/new/fee-correction"


@pytest.fixture
def charges(house: House, store: Store, clock: SetClock) -> tuple[str, list[str]]:
    """A stay with two charges, and their numbers."""
    luo = Person("luo", "罗记账", "surgery", (Post("charge_clerk", "surgery"),))
    store.house.change(Deed(Actor(SYSTEM, SYSTEM), clock()), SavePerson(luo))

    def opened(who: str, process: str, parent: str | None = None, **fields: object) -> str:
        key = f"{process}{fields}"
        actor = Actor(who, house.store.readings.hospital().organisation.person_name(who))
        asked = Opening(actor, process, clock(), key, fields, parent=parent)
        answer = house.service.open(asked)
        assert answer.number is not None, answer.refused
        return answer.number

    stay = opened(
        "zhang", "inpatient-settlement", patient_name="刘大爷", admission_diagnosis="肺炎"
    )
    day = house.store.readings.hospital().calendar.local_day(clock()).isoformat()
    numbers = [
        opened(
            "luo",
            "charge-entry",
            stay,
            service_date=day,
            item_code=f"C{n}",
            item_name=name,
            qty=n,
            unit_price="40.00",
            amount=f"{40 * n}.00",
            cost_type="床位",
            order_id=f"O{n}",
        )
        for n, name in ((1, "床位费"), (2, "护理费"))
    ]
    return stay, numbers


def ticks(form: Element) -> dict[str, bool]:
    """The cases to tick, and whether each is ticked."""
    found = form.all("input", name="pick.disputed_lines")
    return {one.attributes["value"]: "checked" in one.attributes for one in found}


def test_the_charges_of_the_stay_are_there_to_tick(
    as_person: As, charges: tuple[str, list[str]]
) -> None:
    stay, numbers = charges
    form = see(as_person("zhou"), f"{DISPUTE}?parent={stay}").one("form", id="request-form")
    assert ticks(form) == dict.fromkeys(reversed(numbers), False)
    assert "床位费" in form.text
    assert "刘大爷" not in form.one(id="f-disputed_lines").text


def test_what_is_ticked_and_what_is_written_are_both_named(
    as_person: As, charges: tuple[str, list[str]], house: House
) -> None:
    stay, (bed, _) = charges
    zhou = as_person("zhou")
    form = see(zhou, f"{DISPUTE}?parent={stay}").one("form", id="request-form")
    asked = {"f.raised_by": "患者", "f.phase": "住院中", "f.question": "天数不符"}
    sent = {**form.fields, **asked, "pick.disputed_lines": bed, "f.disputed_lines": "被服费\n"}
    answer = zhou.post(DISPUTE, data={**sent, "do": "submit"})
    assert answer.status_code == 303, answer.text
    number = answer.headers["location"].removeprefix("/c/").partition("?")[0]
    file = house.store.readings.case_file(number=number)
    assert file is not None
    assert file.case.form["disputed_lines"] == (bed, "被服费")

    card = see(zhou, f"/c/{number}").one(id="decision-card")
    (tying,) = [one for one in card.all("form") if ticks(one)]
    assert ticks(tying)[bed]
    assert tying.fields["f.disputed_lines"] == "被服费"


def test_what_was_ticked_stays_so_when_something_else_is_wrong(
    as_person: As, charges: tuple[str, list[str]]
) -> None:
    stay, (bed, care) = charges
    zhou = as_person("zhou")
    form = see(zhou, f"{DISPUTE}?parent={stay}").one("form", id="request-form")
    answer = zhou.post(DISPUTE, data={**form.fields, "pick.disputed_lines": bed, "do": "submit"})
    assert answer.status_code == 422
    again = see(zhou, f"{DISPUTE}?parent={stay}").one("form", id="request-form")
    assert ticks(again) == {bed: True, care: False}


def test_another_stay_brings_its_own_and_keeps_what_was_written(
    as_person: As, charges: tuple[str, list[str]]
) -> None:
    stay, (bed, care) = charges
    zhou = as_person("zhou")
    form = see(zhou, DISPUTE).one("form", id="request-form")
    assert form.one("noscript").one("button").attributes["name"] == "list"
    typed = {"f.question": "天数不符", "parent": stay, "list": "1"}
    begun = read_page(zhou.post(DISPUTE, data={**form.fields, **typed}).text)
    again = begun.one("form", id="request-form")
    assert ticks(again) == {care: False, bed: False}
    assert again.fields["f.question"] == "天数不符"

    none = {**again.fields, "pick.disputed_lines": bed, "parent": "", "list": "1"}
    emptied = read_page(zhou.post(DISPUTE, data=none).text).one("form", id="request-form")
    assert ticks(emptied) == {}
    assert not emptied.fields["f.disputed_lines"]


def test_without_a_stay_there_is_nothing_to_tick(as_person: As) -> None:
    form = see(as_person("zhou"), DISPUTE).one("form", id="request-form")
    assert ticks(form) == {}
    assert "f.disputed_lines" in form.fields
