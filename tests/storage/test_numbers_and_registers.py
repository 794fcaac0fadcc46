"""Running numbers have no gaps, and rows of registers are found by what stands in them."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from tests.storage.clerk import MORNING, Blank, Move, act, new_id, open_case, opening, submitted
from workflow.nouns import Actor, RegisterRow, Scalar
from workflow.ports.deciding import Superseded
from workflow.ports.house import AddRow, BringRows, Deed, KeyTaken
from workflow.ports.store import Store

DEED = Deed(Actor("root", "管理员"), MORNING)


def row(register: str = "materials", **values: Scalar) -> RegisterRow:
    return RegisterRow(new_id("row"), register, values, None, None, MORNING)


def brought_along(store: Store, *rows: RegisterRow) -> None:
    store.house.change(DEED, *(AddRow(each) for each in rows))


def test_numbers_run_from_one_for_each_process_and_year(store: Store) -> None:
    with store.begin() as tx:
        assert [tx.next_number("CA", 2026) for _ in range(3)] == [1, 2, 3]
        assert tx.next_number("CA", 2027) == 1
        assert tx.next_number("PO", 2026) == 1
        tx.commit()
    with store.begin() as tx:
        assert tx.next_number("CA", 2026) == 4


def test_a_number_is_given_back_when_the_case_is_not_opened(store: Store) -> None:
    with store.begin() as tx:
        number = tx.next_number("CA", 2026)
        tx.write(opening(Blank(f"CA2026-{number:06d}")))
    with store.begin() as tx:
        assert tx.next_number("CA", 2026) == number


def test_a_row_is_found_when_every_named_column_has_the_value(store: Store) -> None:
    needle, thread = row(name="针", spec="5cm"), row(name="线", spec="5cm")
    brought_along(store, needle, thread)
    assert list(store.readings.rows("materials", {"name": "针", "spec": "5cm"})) == [needle]
    assert list(store.readings.rows("materials", {"spec": "5cm"})) == [thread, needle]
    assert list(store.readings.rows("materials", {"name": "针", "spec": "9cm"})) == []
    assert list(store.readings.rows("budgets", {"name": "针"})) == []


def test_whether_a_register_has_any_row_is_known_without_reading_them(store: Store) -> None:
    assert not store.readings.has_rows("materials")
    first = row(name="针", spec="5cm")
    brought_along(store, first, row(name="线", spec="5cm"))
    assert store.readings.has_rows("materials")
    assert not store.readings.has_rows("budgets")
    with store.begin() as tx:
        assert tx.has_rows("materials")
        assert not tx.has_rows("budgets")
    submitted(store, Blank("CA-1"))
    act(store, "CA-1", Move(superseded=(Superseded("materials", {"agent": None}),)))
    assert not store.readings.has_rows("materials")


def looked_up(store: Store, **where: Scalar) -> list[RegisterRow]:
    """What a decision finds, which is kept, and what a page finds after it: the same."""
    with store.begin() as tx:
        found = list(tx.rows("materials", where))
        tx.write(opening(Blank(f"CA-{new_id('number')}")))
        tx.commit()
    assert list(store.readings.rows("materials", where)) == found
    return found


def test_decisions_find_what_was_there_before_they_first_asked_and_what_came_after(
    store: Store,
) -> None:
    needle, thread = row(name="针", spec="5cm", maker="甲"), row(name="线", spec="5cm", maker="甲")
    brought_along(store, needle, thread)
    assert looked_up(store, name="针", spec="5cm") == [needle]
    later, nameless = row(name="针", spec="5cm"), row(spec="5cm")
    brought_along(store, later, nameless)
    assert looked_up(store, name="针", spec="5cm") == [later, needle]
    assert looked_up(store, spec="5cm") == [nameless, later, thread, needle]
    assert looked_up(store, name="针", maker=None) == [later]
    assert looked_up(store, name="针|5cm") == []
    assert looked_up(store) == [nameless, later, thread, needle]
    assert list(store.readings.rows("materials", {"spec": "5cm", "maker": "甲"})) == [
        thread,
        needle,
    ]


def test_decisions_tell_values_apart_that_look_alike(store: Store) -> None:
    rows = [row(a="x", b='y"|"z'), row(a='x"|"y', b="z"), row(a="%", b="_"), row(a=1, b=True)]
    brought_along(store, *rows)
    for each in rows:
        assert list(store.readings.rows("materials", each.values)) == [each]
    for _ in range(2):
        for each in rows:
            assert looked_up(store, **each.values) == [each]
    assert looked_up(store, a="X", b='Y"|"Z') == []


def test_what_decisions_look_up_is_found_no_more_when_it_was_superseded(store: Store) -> None:
    case = submitted(store, Blank("CA-1"))
    old, other = row(name="针", price=100), row(name="线", price=100)
    brought_along(store, old, other)
    assert looked_up(store, name="针", price=100) == [old]
    new = RegisterRow(
        new_id("row"), "materials", {"name": "针", "price": 100}, case.id, 3, MORNING, "CA-1"
    )
    act(store, "CA-1", Move(rows=(new,), superseded=(Superseded("materials", {"name": "针"}),)))
    assert looked_up(store, name="针", price=100) == [new]
    assert looked_up(store, name="针") == [new]
    assert looked_up(store, price=100) == [new, other]


def test_a_question_of_a_decision_that_is_left_is_forgotten_whole(store: Store) -> None:
    needle, thread = row(name="针"), row(name="线")
    brought_along(store, needle)
    with store.begin() as tx:
        assert list(tx.rows("materials", {"name": "针"})) == [needle]
    brought_along(store, thread)
    assert list(store.readings.rows("materials", {"name": "线"})) == [thread]
    assert looked_up(store, name="线") == [thread]


def test_without_a_condition_all_rows_come_newest_first(store: Store) -> None:
    rows = [row(name=f"材料{n}") for n in range(3)]
    brought_along(store, *rows)
    assert list(store.readings.rows("materials", {})) == rows[::-1]


def test_a_number_a_text_and_a_yes_are_three_values(store: Store) -> None:
    number, text, yes = row(value=1), row(value="1"), row(value=True)
    brought_along(store, number, text, yes)
    for found, value in ((number, 1), (text, "1"), (yes, True)):
        assert list(store.readings.rows("materials", {"value": value})) == [found]


def test_an_empty_cell_is_found_as_nothing_like_a_missing_one(store: Store) -> None:
    empty, missing, filled = row(name="针", agent=None), row(name="针"), row(name="针", agent="乙")
    brought_along(store, empty, missing, filled)
    found = store.readings.rows("materials", {"name": "针", "agent": None})
    assert list(found) == [missing, empty]


def test_very_long_cells_are_compared_whole(store: Store) -> None:
    one, other = row(note="长" * 5000 + "甲"), row(note="长" * 5000 + "乙")
    brought_along(store, one, other)
    assert list(store.readings.rows("materials", {"note": "长" * 5000 + "乙"})) == [other]


def test_a_superseded_row_is_no_longer_current(store: Store) -> None:
    case = submitted(store, Blank("CA-1"))
    old, other = row(name="针", price=100), row(name="线", price=100)
    brought_along(store, old, other)
    new = RegisterRow(
        new_id("row"), "materials", {"name": "针", "price": 90}, case.id, 3, MORNING, "CA-1"
    )
    act(store, "CA-1", Move(rows=(new,), superseded=(Superseded("materials", {"name": "针"}),)))
    assert list(store.readings.rows("materials", {"name": "针"})) == [new]
    assert list(store.readings.rows("materials", {"price": 100})) == [other]
    assert list(store.readings.rows("materials", {})) == [new, other]


def test_what_a_transaction_superseded_is_current_again_when_it_is_left(store: Store) -> None:
    submitted(store, Blank("CA-1"))
    old = row(name="针")
    brought_along(store, old)
    with store.begin() as tx:
        file = tx.case_file(number="CA-1")
        assert file is not None
        change = opening(Blank("CA-2"))
        gone = Superseded("materials", {"name": "针"})
        tx.write(replace(change, superseded=(gone,)))
        assert list(tx.rows("materials", {"name": "针"})) == []
    assert list(store.readings.rows("materials", {"name": "针"})) == [old]


def test_a_decision_sees_the_rows_that_stand(store: Store) -> None:
    open_case(store, Blank("CA-1"))
    needle = row(name="针")
    brought_along(store, needle)
    with store.begin() as tx:
        assert list(tx.rows("materials", {"name": "针"})) == [needle]


# ---- lists that are brought along ----------------------------------------------------------------


def test_a_list_is_brought_along_whole_with_one_line_that_its_rows_point_at(store: Store) -> None:
    rows = (row(name="针", price=900), row(name="线", price=None))
    (entry,) = store.house.change(
        DEED, BringRows("materials", ("name",), rows, "材料.xlsx", "ab" * 32, "tan")
    )
    kept = list(store.readings.rows("materials", {}))
    assert kept == [replace(each, seq=entry.seq) for each in rows[::-1]]
    assert list(store.readings.rows("materials", {"name": "线"})) == [kept[0]]
    facts = orjson.loads(entry.body)["facts"]
    assert (facts["key"], facts["file"], facts["count"]) == ("materials", "材料.xlsx", 2)
    assert (facts["sha256"], facts["proposed_by"]) == ("ab" * 32, "tan")
    assert [each["values"] for each in facts["rows"]] == [dict(each.values) for each in rows]


def test_nothing_is_brought_along_where_one_key_stands_already(store: Store) -> None:
    old = row(name="针", spec="5cm", price=900)
    brought_along(store, old)
    before = list(store.readings.entries("sys:house"))
    rows = (row(name="线", spec="5cm", price=1), row(name="针", spec="5cm", price=2))
    with pytest.raises(KeyTaken) as taken:
        store.house.change(DEED, BringRows("materials", ("name", "spec"), rows, "a", "b"))
    assert taken.value.row == old
    assert list(store.readings.rows("materials", {})) == [old]
    assert list(store.readings.entries("sys:house")) == before


def test_an_empty_list_leaves_nothing(store: Store) -> None:
    assert not store.house.change(DEED, BringRows("materials", ("name",), (), "a", "b"))


def test_a_decision_that_learned_to_look_finds_what_was_brought_along(store: Store) -> None:
    open_case(store, Blank("CA-1"))
    with store.begin() as tx:
        assert list(tx.rows("materials", {"name": "针"})) == []
        tx.commit()
    needle = row(name="针")
    (entry,) = store.house.change(DEED, BringRows("materials", ("name",), (needle,), "a", "b"))
    with store.begin() as tx:
        assert list(tx.rows("materials", {"name": "针"})) == [replace(needle, seq=entry.seq)]
