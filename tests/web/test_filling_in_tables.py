"""Tables, dates and files of a form: an administrator's own process, without any script."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import pytest
from starlette.testclient import TestClient

from tests.web.consumables import card_form, see, send_decision
from tests.web.paper import Element, read_page
from tests.workflow.cars import CAR, KEY
from web.house import House
from workflow.nouns import SYSTEM, Actor
from workflow.ports.house import Deed, PublishDefinition, StoredDefinition
from workflow.ports.store import Store

As = Callable[[str], TestClient]
FORM = "/requests/new/car-request"
TRIP = {
    "f.purpose": "接病人",
    "f.deposit": "100",
    "f.leaves_on": "2026-03-09",
    "f.leaves_at": "2026-03-09T07:30",
    "f.stops.0.place": "东院",
    "f.stops.0.km": "12",
    "f.stops.1.place": "",
    "f.stops.1.km": "",
}
LICENCE = {"file.licence": ("驾照.png", b"\x89PNG\r\n\x1a\n..")}


@pytest.fixture(autouse=True)
def published(house: House, store: Store) -> None:
    """The administrator has published two processes of their own this morning."""
    published = (
        PublishDefinition(
            StoredDefinition(key, 1, text, sha256(text.encode()).hexdigest(), house.clock(), SYSTEM)
        )
        for key, text in (("car-request", CAR), ("key-return", KEY))
    )
    store.house.change(Deed(Actor(SYSTEM, SYSTEM), house.clock()), *published)


def form_of(browser: TestClient) -> Element:
    return see(browser, FORM).one("form", id="request-form")


def send(browser: TestClient, **changes: str) -> Element:
    """Send the form; the page that answers."""
    data = {**form_of(browser).fields, **TRIP, **changes}
    answer = browser.post(FORM, data=data, files=LICENCE, follow_redirects=True)
    return read_page(answer.text)


def test_a_table_has_its_columns_and_room_to_write(as_person: As) -> None:
    table = form_of(as_person("zhang")).one("table", class_="entry-table")
    assert [column.text for column in table.one("thead").all("th")] == ["#", "地点", "公里"]
    assert len(table.one("tbody").all("tr")) == 2
    cell = table.one(id="f-stops-0-place")
    assert cell.attributes["aria-required"] == "true"


def test_every_cell_has_a_label_of_its_own(as_person: As) -> None:
    form = form_of(as_person("zhang"))
    labelled = {label.attributes.get("for") for label in form.all("label")}
    cells = [e.attributes["id"] for e in form.one("table", class_="entry-table").all("input")]
    assert cells
    assert labelled.issuperset(cells)


def test_one_more_row_keeps_everything_and_sends_nothing(as_person: As, store: Store) -> None:
    page = send(as_person("zhang"), add_row="stops", do="")
    form = page.one("form", id="request-form")
    assert len(form.one("table", class_="entry-table").one("tbody").all("tr")) == 3
    assert form.fields["f.stops.0.place"] == "东院"
    assert form.fields["f.leaves_at"] == "2026-03-09T07:30"
    assert "驾照.png" in form.text
    assert store.readings.case_file("JC2026-000001") is None


def test_a_cell_that_is_wrong_is_named_by_its_row_and_column(as_person: As) -> None:
    changes = {"f.stops.1.place": "西院", "f.stops.1.km": "很远", "do": "submit"}
    page = send(as_person("zhang"), **changes)
    assert page.one(id="f-stops-problem").text == "第2行“公里”：请填数字"
    assert page.one(class_="error-summary").links == ["#f-stops"]
    assert page.one("form", id="request-form").fields["f.stops.1.km"] == "很远"


def test_a_cell_that_must_be_filled_says_so(as_person: As) -> None:
    page = send(as_person("zhang"), **{"f.stops.1.km": "5", "do": "submit"})
    assert page.one(id="f-stops-problem").text == "第2行“地点”未填"


def test_what_was_filled_in_is_shown_as_people_read_it(as_person: As) -> None:
    page = send(as_person("zhang"), do="submit")
    shown = page.one(id="case-form")
    table = shown.one("table", class_="shown-table")
    assert [cell.text for cell in table.one("tbody").all("td")] == ["东院", "12"]
    for words in ("¥100.00", "2026年3月9日 周一", "2026年3月9日 07:30", "驾照.png"):
        assert words in shown.text
    link = next(link for link in shown.links if "/files/" in link)
    assert as_person("zhang").get(link).content.startswith(b"\x89PNG")


def test_a_draft_comes_back_with_its_rows_and_its_file(as_person: As) -> None:
    zhang = as_person("zhang")
    send(zhang, do="draft")
    form = card_form(zhang, "JC2026-000001", "submit")
    assert form.fields["f.stops.0.place"] == "东院"
    assert form.fields["f.leaves_at"] == "2026-03-09T07:30"
    assert "驾照.png" in form.text
    more = {"f.stops.1.place": "西院", "f.stops.1.km": "8"}
    assert send_decision(zhang, form, "submit", **more).status_code == 303
    table = see(zhang, "/c/JC2026-000001").one("table", class_="shown-table")
    assert [cell.text for cell in table.one("tbody").all("td")] == ["东院", "12", "西院", "8"]


def test_a_row_can_be_added_to_a_draft_as_well(as_person: As) -> None:
    zhang = as_person("zhang")
    send(zhang, do="draft")
    form = card_form(zhang, "JC2026-000001", "submit")
    data = {**form.fields, "f.stops.1.place": "西院", "add_row": "stops"}
    page = read_page(zhang.post("/c/JC2026-000001/save", data=data).text)
    again = page.one("form", id="case-edit")
    assert len(again.one("table", class_="entry-table").one("tbody").all("tr")) == 3
    assert again.fields["f.stops.1.place"] == "西院"


def test_a_column_that_the_table_does_not_have_is_refused(as_person: As) -> None:
    page = send(as_person("zhang"), **{"f.stops.0.price": "1", "do": "submit"})
    assert "第1行有未知的列：price" in page.one(id="f-stops-problem").text


def test_a_child_case_is_started_from_its_parent_and_tied_to_it(as_person: As) -> None:
    zhang = as_person("zhang")
    send(zhang, do="submit")
    approve = card_form(as_person("li"), "JC2026-000001", "approve")
    assert send_decision(as_person("li"), approve, "approve", "同意").status_code == 303
    related = see(zhang, "/c/JC2026-000001").one(id="related-cases")
    assert "/c/YS2026-000001" in related.links
    assert "还钥匙" in related.text


def test_a_file_field_is_filled_by_a_file_and_by_nothing_else(as_person: As) -> None:
    zhang = as_person("zhang")
    data = {**form_of(zhang).fields, **TRIP, "f.licence": "somebody-elses-file", "do": "submit"}
    page = read_page(zhang.post(FORM, data=data, follow_redirects=True).text)
    assert "somebody-elses-file" not in page.text
