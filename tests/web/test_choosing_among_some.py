"""A form lists just those whom the definition lets it name, and takes nobody else; and offers just
the words and beginnings that no rule would refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.web.consumables import see
from tests.web.paper import Element, read_page
from web.house import House
from workflow.nouns import SYSTEM, Actor
from workflow.people.organisation import Person, Post
from workflow.ports.hospital import Policy
from workflow.ports.house import Deed, PublishDefinition, SavePerson, SavePolicy, StoredDefinition
from workflow.ports.store import Store

As = Callable[[str], TestClient]
SEMANTICS = Path(__file__).parents[1] / "scenarios" / "semantics"
TEXT = (
    (SEMANTICS / "chosen-from-a-set.yaml")
    .read_text("utf-8")
    .replace("{role: attending_doctor, of: case.department}", "{role: finance_officer}")
)


@pytest.fixture(autouse=True)
def published(house: House, store: Store) -> None:
    """A process in which a finance officer has to be named."""
    digest = sha256(TEXT.encode()).hexdigest()
    one = StoredDefinition("chosen-from-a-set", 1, TEXT, digest, house.clock(), SYSTEM)
    store.house.change(Deed(Actor(SYSTEM, SYSTEM), house.clock()), PublishDefinition(one))


def test_only_those_who_may_be_chosen_are_listed(as_person: As, house: House) -> None:
    page = see(as_person("zhang"), "/requests/new/chosen-from-a-set")
    listed = {
        option.attributes["value"] for option in page.one("select", name="f.owner").all("option")
    }

    hospital = house.store.readings.hospital()
    day = hospital.calendar.local_day(house.clock())
    officers = {one.id for one in hospital.organisation.holders("finance_officer", None, day)}

    assert officers
    assert listed - {""} == officers


def words_of(form: Element, field: str) -> list[tuple[str, bool]]:
    """The words that a form offers for a field, and whether each is chosen."""
    found = [one for one in form.all("input") if one.attributes.get("name") == f"f.{field}"]
    return [(one.attributes["value"], "checked" in one.attributes) for one in found]


def test_each_act_offers_just_the_words_with_which_it_is_taken(as_person: As) -> None:
    new = "/requests/new/inpatient-settlement"
    form = see(as_person("zhang"), new).one("form", id="request-form")
    answer = as_person("zhang").post(new, data={**form.fields, "f.patient_name": "刘大爷"})
    stay = answer.headers["location"].removeprefix("/c/")
    asked = {"f.raised_by": "患者", "f.phase": "住院中", "f.disputed_lines": "床位费"}
    zhou, dispute = as_person("zhou"), "/requests/new/fee-correction"
    form = see(zhou, f"{dispute}?parent={stay}").one("form", id="request-form")
    answer = zhou.post(dispute, data={**form.fields, **asked, "f.question": "天数不符"})
    card = see(zhou, answer.headers["location"]).one(id="decision-card")
    offered = {
        form.one("button", name="action").attributes["value"]: words_of(form, "check_result")
        for form in card.all("form", class_="decision-form")
    }
    assert offered["ward_explain"] == [("无误", True)]
    assert offered["escalate"] == [("说不清", True)]


def test_a_form_begins_only_where_this_person_may_begin(
    as_person: As, store: Store, house: House
) -> None:
    new = "/requests/new/patient-leave"
    nurse = see(as_person("zhou"), new).one("form", id="request-form")
    assert not nurse.all("input", name="entry")

    inspector = Person("guo", "郭老师", "audit", (Post("round_inspector", "medins"),))
    store.house.change(Deed(Actor(SYSTEM, SYSTEM), house.clock()), SavePerson(inspector))
    form = see(as_person("guo"), new).one("form", id="request-form")
    assert [one.attributes["value"] for one in form.all("input", name="entry")] == [
        "requested",
        "unauthorised",
    ]


def test_of_a_beginning_that_goes_without_saying_the_needed_fields_are_marked(
    as_person: As,
) -> None:
    form = see(as_person("zhou"), "/requests/new/patient-leave").one("form", id="request-form")
    assert "离开时间 必填" in form.text
    assert "视情况必填" not in form.text


def test_who_works_here_is_not_listed_to_somebody_from_outside(
    as_person: As, store: Store, house: House
) -> None:
    new = "/requests/new/complaint"
    citizen = Person("guo", "郭老师", "audit", (Post("reporter", "audit"),))
    policy = Policy(overrides={"complaint.days": 15, "complaint.reward": 500_00})
    for change in (SavePerson(citizen), SavePolicy(policy)):
        store.house.change(Deed(Actor(SYSTEM, SYSTEM), house.clock()), change)
    form = see(as_person("guo"), new).one("form", id="request-form")
    assert "周护士" not in form.text
    said = {"f.channel": "电话", "f.kind": "服务投诉", "f.facts": "等了很久", "f.subject": "外科"}
    sent = {**form.fields, **said, "f.subject_person": "周护工"}
    page = as_person("guo").post(new, data=sent)
    assert page.status_code == 422
    assert "没有唯一一位叫这个名字的人" in page.text
    answer = as_person("guo").post(new, data={**sent, "f.subject_person": "周护士"})
    assert answer.status_code == 303, read_page(answer.text).one("main").text
    number = answer.headers["location"].removeprefix("/c/")
    file = store.readings.case_file(number)
    assert file is not None
    assert file.case.form["subject_person"] == "zhou"
    # Whoever works here chooses from all.
    assert "周护士" in see(as_person("he"), new).one("select", id="f-subject_person").text


def test_a_hint_that_the_help_has_given_is_not_given_again(as_person: As) -> None:
    form = see(as_person("he"), "/requests/new/policy-profile").one("form", id="request-form")
    assert "一行一个" in form.text
    assert "每行一项" not in form.text
