"""Institutions that are asked about an agreement text read their own opinion, not each other's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock
from web.house import House
from workflow.nouns import Actor, Decision, Opening, RegisterRow
from workflow.people.organisation import Department, Person, Post
from workflow.ports.house import AddRow, Deed, SaveDepartment, SavePerson
from workflow.ports.store import Store

As = Callable[[str], TestClient]
#: Who is who: the bureau asks; 李 stands for a house of that name, 吴 for one that the register
#: knows by its unit; 陈 is a colleague who is asked as well.
POSTS = {
    "zhao": ("赵局长", "leadership", "city_bureau"),
    "he": ("何科长", "leadership", "designation_section"),
    "li": ("李院长", "renhe", "institution_rep"),
    "wu": ("吴院长", "group", "institution_rep"),
    "chen": ("陈老师", "medicine", "clinician"),
}
TEXT = {
    "version": "2026版",
    "kind": "调整",
    "national_template": "国家范本",
    "provincial_template": "省范本",
    "legal_basis": "新政策",
    "text": "协议.docx",
    "institutions": ["仁和医院", "康宁诊所", "远山诊所"],
}
OURS, THEIRS, NOBODYS = "请放宽报备时限", "请提高结算标准", "远山的意见"
OPINIONS = [
    {"institution": "仁和医院", "comment": OURS},
    {"institution": "康宁诊所", "comment": THEIRS},
    {"institution": "远山诊所", "comment": NOBODYS},
]


def acts(
    house: House,
    clock: SetClock,
    who: str,
    action: str,
    number: str,
    answers: Mapping[str, object] | None = None,
    opinion: str = "",
    target: str | None = None,
) -> None:
    clock.move(minutes=1)
    actor = Actor(who, POSTS[who][0])
    decision = Decision(
        actor, action, clock(), f"{clock()}", dict(answers or {}), opinion, target=target
    )
    refused = house.service.decide(number, decision).refused
    assert refused is None, refused


@pytest.fixture
def text(house: House, store: Store, clock: SetClock) -> str:
    """A text about which three institutions have said something."""
    people = (
        SavePerson(Person(id_, name, unit, (Post(role, unit),)))
        for id_, (name, unit, role) in POSTS.items()
    )
    units = {"institution": "康宁诊所", "department": "group"}
    store.house.change(
        Deed(Actor("sun", "孙工"), clock()),
        SaveDepartment(Department("renhe", "仁和医院", "external")),
        SaveDepartment(Department("group", "康宁集团", "external")),
        *people,
        AddRow(RegisterRow("u1", "institution_units", units, None, None, clock())),
    )
    opening = Opening(Actor("zhao", "赵局长"), "agreement-text", clock(), "o", TEXT)
    number = house.service.open(opening).number
    assert number is not None
    acts(house, clock, "zhao", "consult", number)
    acts(house, clock, "zhao", "save", number, answers={"consultation": OPINIONS})
    return number


def read(as_person: As, person: str, number: str) -> Mapping[str, str]:
    """The page, the paper and the API's answers for one person."""
    addresses = {
        "page": f"/c/{number}",
        "paper": f"/c/{number}/print",
        "api": f"/api/v1/cases/{number}",
        "history": f"/api/v1/cases/{number}/history",
    }
    answers = {name: as_person(person).get(url) for name, url in addresses.items()}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {name: answer.text for name, answer in answers.items()}


@pytest.mark.parametrize(("who", "own", "other"), [("li", OURS, THEIRS), ("wu", THEIRS, OURS)])
def test_each_institution_reads_its_own(
    as_person: As, text: str, who: str, own: str, other: str
) -> None:
    seen = read(as_person, who, text)
    assert all(own in seen[place] for place in ("page", "paper", "api"))
    assert not any(said in page for page in seen.values() for said in (other, NOBODYS))


@pytest.mark.parametrize("who", ["zhao", "he", "qian"])
def test_the_bureau_and_the_auditor_read_them_all(as_person: As, text: str, who: str) -> None:
    seen = read(as_person, who, text)
    for place in ("page", "paper", "api", "history"):
        assert all(said in seen[place] for said in (OURS, THEIRS, NOBODYS)), place


def test_what_one_who_was_consulted_answers_no_other_reads(
    house: House, clock: SetClock, as_person: As, text: str
) -> None:
    for who, answer in (("li", "仁和的答复"), ("wu", "康宁的答复"), ("chen", "同事的答复")):
        acts(house, clock, "zhao", "task.consult", text, target=who)
        acts(house, clock, who, "task.comment", text, opinion=answer)
    for who, own in (("li", "仁和的答复"), ("wu", "康宁的答复"), ("chen", "同事的答复")):
        seen = read(as_person, who, text)
        for said in ("仁和的答复", "康宁的答复", "同事的答复"):
            assert (said in seen["page"]) is (said == own), (who, said)
            assert (said in seen["history"]) is (said == own), (who, said)
    assert "康宁的答复" in read(as_person, "zhao", text)["page"]
