"""A hospital's list of patients is brought along: one row a person, true numbers only, shown in
part; and whoever is known by their number is known at the desk.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock
from tests.web.test_importing_staff import hidden
from web.exporting import as_csv, as_xlsx
from web.house import House
from workflow.nouns import Actor, Opening
from workflow.ports.hospital import Policy
from workflow.ports.house import Deed, SavePolicy
from workflow.ports.store import Store

As = Callable[[str], TestClient]
PATIENTS = "/admin/registers/patients/import"
HEADER = ("身份证号", "姓名", "社保卡号", "医保手册号", "险种")
WANG = ("110105199003078510", "王大爷", "SB001", "", "职工")
LI = ("11010519491231002x", "李大妈", "SB900", "SC9", "居民")


@pytest.fixture(autouse=True)
def one_is_enough(store: Store, clock: SetClock) -> None:
    """The hospital does not want four eyes."""
    deed = Deed(Actor("sun", "孙工"), clock())
    store.house.change(deed, SavePolicy(Policy(None, {"house.admin_four_eyes": False})))


def sent(who: TestClient, rows: list[tuple[str, ...]], ending: str = "csv") -> str:
    content = as_csv(HEADER, rows) if ending == "csv" else as_xlsx(HEADER, rows, "患者")
    answer = who.post(PATIENTS, files={"table": (f"患者.{ending}", content)})
    assert answer.status_code in (200, 422), answer.text[:3000]
    return answer.text


def numbers(store: Store) -> list[str]:
    return sorted(str(row.values["id_no"]) for row in store.readings.rows("patients", {}))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_list_of_patients_is_brought_along(as_person: As, store: Store, ending: str) -> None:
    sun = as_person("sun")
    page = sent(sun, [WANG, LI], ending)
    assert "新增 <strong>2" in page
    assert sun.post(f"{PATIENTS}/confirm", data=hidden(page)).status_code == 303
    assert numbers(store) == ["11010519491231002X", "110105199003078510"]
    assert "没有要添加的" in sent(sun, [WANG, LI], ending)


def test_a_number_stands_once_and_has_to_be_true(as_person: As, store: Store) -> None:
    sun = as_person("sun")
    false = ("110105199003078511", "王二", "", "", "")
    again = ("11010519491231002X", "李小妹", "", "", "")
    page = sent(sun, [WANG, false, LI, again])
    assert "第 3 行" in page
    assert "校验" in page
    assert "第 5 行" in page
    assert "第 2 行" not in page
    assert numbers(store) == []


def test_who_is_known_otherwise_keeps_the_list_out(as_person: As, store: Store) -> None:
    sun = as_person("sun")
    page = sent(sun, [WANG])
    assert sun.post(f"{PATIENTS}/confirm", data=hidden(page)).status_code == 303
    page = sent(sun, [LI, (WANG[0], "王二", "", "", "")])
    assert "导入不能改它" in page
    assert numbers(store) == [WANG[0]]


def test_numbers_are_shown_in_part_and_people_are_found_by_name(
    as_person: As, store: Store
) -> None:
    sun = as_person("sun")
    page = sent(sun, [WANG, LI])
    sun.post(f"{PATIENTS}/confirm", data=hidden(page))
    he = as_person("he")
    shown = he.get("/registers/patients", params={"q": "王大爷"}).text
    assert "王大爷" in shown
    assert "李大妈" not in shown
    assert WANG[0] not in shown
    assert WANG[0][-4:] in shown
    exported = he.get("/registers/patients/export.csv", params={"q": "王大爷"}).text
    assert "王大爷" in exported
    assert "李大妈" not in exported
    assert WANG[0] not in exported


def test_whoever_is_known_is_known_at_the_desk(
    as_person: As, store: Store, house: House, clock: SetClock
) -> None:
    sun = as_person("sun")
    page = sent(sun, [WANG])
    sun.post(f"{PATIENTS}/confirm", data=hidden(page))
    answers = {"id_no": WANG[0], "admission_diagnosis": "肺炎"}
    opening = Opening(Actor("zhang", "张医生"), "inpatient-settlement", clock(), "k1", answers)
    opened = house.service.open(opening)
    assert opened.number is not None, opened.refused
    file = store.readings.case_file(number=opened.number)
    assert file is not None
    form = file.case.form
    assert (form["patient_name"], form["ss_card_no"]) == ("王大爷", "SB001")
