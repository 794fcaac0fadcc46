"""A list of cases leads to each of them, so that a hand-over is followed from both ends."""

from __future__ import annotations

from tests.web.paper import read_page
from web.house import House
from web.presenters.speech import Speech
from web.presenters.values import Reader, shown_value
from web.templating import load_templates
from workflow.design.form import DepartmentType, Field, FieldType
from workflow.refusals import Sentence

NUMBERS = ("CB2026-000001", "CB2026-000002")


def _links(house: House, process: str | None) -> list[str]:
    line = Field("budgets", Sentence("指标", "Targets"), FieldType.LIST, process=process)
    speech = Speech("zh_CN", house.store.readings.hospital(), house.clock())
    macros = load_templates().environments["zh_CN"].get_template("shown.html").module
    page = read_page(str(macros.shown_value(shown_value(line, NUMBERS, Reader(speech)))))  # type: ignore[attr-defined]
    assert all(number in page.text for number in NUMBERS)
    return list(page.links)


def test_each_number_is_a_link_to_its_case(house: House) -> None:
    assert _links(house, "budget-overrun") == [f"/c/{number}" for number in NUMBERS]


def test_departments_of_a_list_are_told_by_their_names(house: House) -> None:
    hospital = house.store.readings.hospital()
    (unit, *_) = hospital.organisation.departments.values()
    kind = DepartmentType(unit.type)
    line = Field("units", Sentence("科室", "Units"), FieldType.LIST, departments=(kind,))
    speech = Speech("zh_CN", hospital, house.clock())
    assert unit.id != unit.name
    assert shown_value(line, (unit.id,), Reader(speech)).items == (unit.name,)


def test_other_lists_are_words(house: House) -> None:
    assert _links(house, None) == []
