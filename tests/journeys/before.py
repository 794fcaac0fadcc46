"""What came before a journey: people who work here, what the hospital has set, a patient in bed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count
from random import Random

from tests.journeys.conftest import Served
from tests.web.conftest import PASSWORD, quick_passwords
from web.demonstration.patients import id_number
from web.demonstration.stage import Stage
from workflow.nouns import SYSTEM, Actor, ParameterValue, RegisterRow, Scalar
from workflow.people.organisation import Department, Person, Post
from workflow.ports.house import (
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


def numbers_of(patient: str) -> tuple[str, str]:
    """The numbers on a patient's papers, their own and the same each time: identity and card."""
    chance = Random(patient)
    return id_number(chance, date(1990, 3, 7), "男"), f"SB{chance.randrange(10**8):08d}"


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
    id_no, card = numbers_of(patient)
    admitted = {**ADMITTED, "id_no": id_no, "ss_card_no": card}
    acts.do("feng", stay, "admit_insured", admitted, files=copies)
    return stay
