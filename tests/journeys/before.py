"""What came before a journey: people who work here, what the hospital has set, a patient in bed."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from tests.journeys.conftest import Served
from tests.web.conftest import PASSWORD, quick_passwords
from web.demonstration.stage import Stage
from workflow.nouns import SYSTEM, Actor, ParameterValue, RegisterRow, Scalar
from workflow.people.organisation import Department, Person, Post
from workflow.ports import (
    Account,
    AddRow,
    Deed,
    SaveAccount,
    SaveDepartment,
    SavePerson,
    SavePolicy,
)

#: Where those work who sign in as guests.
OUTSIDE = Department("outside", "院外", "external")
_keys = count(1)
PAPERS = (("社保卡", "card_copy"), ("身份证", "id_copy"))
ADMITTED = {
    "id_no": "110105199003078510",
    "ss_card_no": "SB009",
    "insurance_scheme": "职工",
    "admission_category": "医保",
    "payer_nature": "市社保",
    "route": "普通",
    "admission_time": "2026-03-02T08:00:00+08:00",
    "is_injury": False,
    "photo_match": True,
    "three_way_match": True,
    "criteria_met": True,
}


def _deed(served: Served) -> Deed:
    return Deed(Actor(SYSTEM, SYSTEM), served.clock())


def hires(served: Served, *people: tuple[str, str, str, str]) -> None:
    """Id, name, department and role of people who are not of the cast, with accounts."""
    hashed = quick_passwords().hash(PASSWORD)
    served.store.house.change(_deed(served), SaveDepartment(OUTSIDE))
    for id_, name, department, role in people:
        person = Person(id_, name, department, (Post(role, department),))
        account = SaveAccount(Account(id_, id_, hashed))
        served.store.house.change(_deed(served), SavePerson(person), account)


def decides_that(served: Served, parameter: str, value: ParameterValue) -> None:
    """A value of the policy that the hospital has set itself."""
    policy = served.store.readings.hospital().policy
    decided = replace(policy, overrides={**policy.overrides, parameter: value})
    served.store.house.change(_deed(served), SavePolicy(decided))


def knows(served: Served, register: str, id_: str, row: dict[str, Scalar]) -> None:
    """A line of a register."""
    line = RegisterRow(id_, register, row, None, None, served.clock())
    served.store.house.change(_deed(served), AddRow(line))


class Acts(Stage):
    """What needs no page, by its people, now; the stories of one server share its keys."""

    def __init__(self, served: Served) -> None:
        organisation = served.store.readings.hospital().organisation
        super().__init__(served.house.service, served.store, organisation, served.clock())

    def _key(self) -> str:
        return f"before:{next(_keys)}"


def lies_in(served: Served, patient: str) -> str:
    """A patient of 张医生's is admitted with the card; the number of the stay."""
    acts = Acts(served)
    slip = {"patient_name": patient, "admission_diagnosis": "胆囊炎"}
    stay = acts.open("zhang", "inpatient-settlement", slip)
    acts.do("feng", stay, "start_verify")
    copies = [acts.file(f"{patient}{name}", (), field) for name, field in PAPERS]
    acts.do("feng", stay, "admit_insured", ADMITTED, files=copies)
    return stay
