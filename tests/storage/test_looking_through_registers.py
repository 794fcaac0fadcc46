"""A register is looked through: a page at a time, filtered, in an order, with what stood before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.storage.clerk import MORNING, Blank, Move, act, submitted
from workflow.nouns import Actor, RegisterRow, Scalar
from workflow.ports.deciding import Superseded
from workflow.ports.house import AddRow, Deed
from workflow.ports.reading import CellSpan, KeptRow, RegisterQuery
from workflow.ports.store import Store

DEED = Deed(Actor("root", "管理员"), MORNING)
ASKED = RegisterQuery("materials")


def row(id: str, **values: Scalar) -> RegisterRow:
    at = MORNING + timedelta(minutes=int(id[1:]))
    return RegisterRow(id, "materials", values, None, None, at)


NEEDLE = row("r1", name="针", price=900, on="2026-03-01", used=True)
THREAD = row("r2", name="线", price=12000, on="2026-03-05", used=False)
GLOVE = row("r3", name="手套", price=-5, on=None, used=True)
GAUZE = row("r4", name='纱布 "10%"', on="2026-02-11")
ALL = (NEEDLE, THREAD, GLOVE, GAUZE)


@pytest.fixture
def shelf(store: Store) -> Store:
    """Four materials, brought along in their order, and one row of another register."""
    budget = RegisterRow("b1", "budgets", {"name": "针"}, None, None, MORNING)
    store.house.change(DEED, *(AddRow(each) for each in (*ALL, budget)))
    return store


def found(store: Store, query: RegisterQuery) -> list[str]:
    return [row.id for row in store.readings.register_rows(query)]


def every_page(store: Store, query: RegisterQuery) -> list[str]:
    """What one finds by going on from page to page."""
    ids: list[str] = []
    while some := found(store, replace(query, after=ids[-1] if ids else None)):
        ids += some
        assert len(ids) <= 10
    return ids


def test_the_newest_stand_first(shelf: Store) -> None:
    assert list(shelf.readings.register_rows(ASKED)) == list(ALL[::-1])
    assert found(shelf, replace(ASKED, descending=False)) == ["r1", "r2", "r3", "r4"]
    assert found(shelf, replace(ASKED, limit=2)) == ["r4", "r3"]


@pytest.mark.parametrize("limit", [1, 2, 3])
@pytest.mark.parametrize(
    ("query", "order"),
    [
        (ASKED, ["r4", "r3", "r2", "r1"]),
        (replace(ASKED, descending=False), ["r1", "r2", "r3", "r4"]),
        (replace(ASKED, order="on"), ["r2", "r1", "r4", "r3"]),
        (replace(ASKED, order="on", descending=False), ["r4", "r1", "r2", "r3"]),
        (replace(ASKED, order="price", by_number=True), ["r2", "r1", "r3", "r4"]),
        (
            replace(ASKED, order="price", by_number=True, descending=False),
            ["r3", "r1", "r2", "r4"],
        ),
        (replace(ASKED, order="used", where=(("used", True),)), ["r3", "r1"]),
    ],
)
def test_page_by_page_every_row_comes_once_and_in_order(
    shelf: Store, query: RegisterQuery, order: list[str], limit: int
) -> None:
    assert every_page(shelf, replace(query, limit=limit)) == order


def test_a_page_goes_on_where_its_last_row_stood_even_when_that_was_superseded(
    shelf: Store,
) -> None:
    case = submitted(shelf, Blank("CA-1"))
    later = MORNING + timedelta(hours=1)
    new = RegisterRow("r9", "materials", {"name": "手套", "price": 7}, case.id, 3, later, "CA-1")
    act(shelf, "CA-1", Move(rows=(new,), superseded=(Superseded("materials", {"name": "手套"}),)))
    assert found(shelf, replace(ASKED, after="r3")) == ["r2", "r1"]
    by_price = replace(ASKED, order="price", by_number=True, descending=False, after="r3")
    assert found(shelf, by_price) == ["r9", "r1", "r2", "r4"]


def test_going_on_after_a_row_that_nobody_knows_is_starting_anew(shelf: Store) -> None:
    assert found(shelf, replace(ASKED, after="gone")) == ["r4", "r3", "r2", "r1"]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        (replace(ASKED, text="针"), ["r1"]),
        (replace(ASKED, text='"10%"'), ["r4"]),
        (replace(ASKED, text="1_%"), []),
        (replace(ASKED, where=(("used", True),)), ["r3", "r1"]),
        (replace(ASKED, where=(("used", True), ("name", "针"))), ["r1"]),
        (replace(ASKED, spans=(CellSpan("on", "2026-03-01", "2026-03-05"),)), ["r2", "r1"]),
        (replace(ASKED, spans=(CellSpan("on", None, "2026-02-28"),)), ["r4"]),
        (replace(ASKED, spans=(CellSpan("price", 900, None),)), ["r2", "r1"]),
        (replace(ASKED, spans=(CellSpan("price", None, 0),)), ["r3"]),
        (replace(ASKED, spans=(CellSpan("name", 1, 9),)), []),
        (replace(ASKED, spans=(CellSpan("price", 0, 900), CellSpan("on", "2026-01-01"))), ["r1"]),
        (RegisterQuery("budgets", text="针"), ["b1"]),
        (RegisterQuery("nothing"), []),
    ],
)
def test_filters_choose(shelf: Store, query: RegisterQuery, ids: list[str]) -> None:
    assert found(shelf, query) == ids


def test_the_number_of_the_case_is_searched_too(shelf: Store) -> None:
    case = submitted(shelf, Blank("CA-1"))
    new = RegisterRow("r9", "materials", {"name": "剪刀"}, case.id, 3, MORNING, "CA-1")
    act(shelf, "CA-1", Move(rows=(new,)))
    assert found(shelf, replace(ASKED, text="ca-1")) == ["r9"]


def test_what_stood_before_is_kept_and_told_newest_first(shelf: Store) -> None:
    case = submitted(shelf, Blank("CA-1"))
    later = RegisterRow("r8", "materials", {"name": "针", "price": 1}, case.id, 3, MORNING, "CA-1")
    last = RegisterRow("r9", "materials", {"name": "针", "price": 2}, case.id, 4, MORNING, "CA-1")
    gone = Superseded("materials", {"name": "针"})
    act(shelf, "CA-1", Move(rows=(later,), superseded=(gone,)))
    act(shelf, "CA-1", Move(rows=(last,), superseded=(gone,)))
    readings = shelf.readings
    assert list(readings.superseded_rows("materials", {"name": "针"}, 9)) == [later, NEEDLE]
    assert list(readings.superseded_rows("materials", {"name": "针"}, 1)) == [later]
    assert list(readings.superseded_rows("materials", {"name": "线"}, 9)) == []
    assert readings.register_row("r8") == KeptRow(later, current=False)
    assert readings.register_row("r9") == KeptRow(last, current=True)
    assert readings.register_row("r7") is None


def test_each_register_says_how_many_rows_it_has(shelf: Store) -> None:
    assert shelf.readings.register_counts() == {"materials": 4, "budgets": 1}
