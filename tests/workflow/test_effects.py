"""What follows from an act in its own case: fields that are set, rows that are written, notices."""

from __future__ import annotations

import pytest

from tests.workflow.hospital import Hospital, local, refused
from tests.workflow.orders import ORDER, ROW, agreed, order
from workflow.nouns import RegisterRow
from workflow.refusals import Code

# ---- set -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "expression", "kept"),
    [
        ("note", '"已批"', "已批"),
        ("note", "case.number", "DH2026-000001"),
        ("note", "decision.opinion", "快办"),
        ("note", "actor.id", "lee"),
        ("amount", "form.amount + 1", 4),
        ("price", "form.price * form.amount", 15000),
        ("day", "today + 1", "2026-03-03"),
        ("moment", "now", "2026-03-02T01:00:00.000000Z"),
        ("urgent", "form.amount > 2", True),
    ],
)
def test_a_field_gets_the_value_of_an_expression(field: str, expression: str, kept: object) -> None:
    hospital = Hospital(order(f"set: {{{field}: '{expression}'}}"))

    number = agreed(hospital, "快办", amount=3, price="50.00")

    assert hospital.case(number).form[field] == kept


@pytest.mark.parametrize(
    ("field", "after", "kept"),
    [
        ("day", "after: form.day, days: 10", "2026-03-20"),
        ("day", "after: form.day, workdays: 5", "2026-03-17"),
        ("day", "after: form.day, weeks: 1", "2026-03-17"),
        ("day", "after: form.day, months: 1", "2026-04-10"),
        ("day", "after: form.day, years: 15", "2041-03-10"),
        ("day", "after: form.moment, years: 2", "2028-03-05"),
        ("moment", "after: now, hours: 72", "2026-03-05T01:00:00.000000Z"),
        ("moment", "after: form.moment, minutes: 30", "2026-03-05T00:30:00.000000Z"),
    ],
)
def test_a_field_gets_a_day_or_moment_that_lies_a_length_after_another(
    field: str, after: str, kept: str
) -> None:
    hospital = Hospital(order(f"set: {{{field}: {{{after}}}}}"))

    number = agreed(hospital, day="2026-03-10", moment="2026-03-05 08:00")

    assert hospital.case(number).form[field] == kept


def test_of_several_lengths_the_first_counts_whose_condition_holds() -> None:
    lengths = "[{when: 'given.urgent && form.urgent', days: 1}, {days: 9}]"
    hospital = Hospital(order(f"set: {{day: {{after: today, length: {lengths}}}}}"))

    urgent, calm = agreed(hospital, urgent=True), agreed(hospital)

    assert hospital.case(urgent).form["day"] == "2026-03-03"
    assert hospital.case(calm).form["day"] == "2026-03-11"


def test_what_cannot_be_worked_out_leaves_the_field_empty() -> None:
    hospital = Hospital(
        order("set: {amount: form.amount + 1}", "set: {day: {after: form.day, days: 1}}")
    )

    number = agreed(hospital)

    assert hospital.case(number).form == {}


@pytest.mark.parametrize("days", [-1, 36501, 2**53 - 1])
def test_a_length_that_nobody_can_count_leaves_the_field_empty(days: int) -> None:
    hospital = Hospital(order("set: {day: {after: today, days: form.amount}}"))

    assert "day" not in hospital.case(agreed(hospital, amount=days)).form


def test_a_day_beyond_all_calendars_leaves_the_field_empty() -> None:
    hospital = Hospital(order("set: {day: today + form.amount}"))

    assert "day" not in hospital.case(agreed(hospital, amount=2**53 - 1)).form


def test_later_effects_see_what_earlier_ones_set_and_fields_come_first() -> None:
    hospital = Hospital(
        order(
            "write: orders\n        row: {number: form.note, count: form.amount}",
            "set: {amount: 7}",
            'set: {note: \'"第" + string(form.amount) + "号"\'}',
        )
    )

    agreed(hospital, amount=1)

    assert hospital.rows("orders")[0].values == {"number": "第7号", "count": 7}


def test_an_effect_with_a_condition_happens_only_when_it_holds() -> None:
    hospital = Hospital(
        order("set: {note: '\"大单\"'}\n        when: given.amount && form.amount > 10")
    )

    assert hospital.case(agreed(hospital, amount=11)).form["note"] == "大单"
    assert "note" not in hospital.case(agreed(hospital, amount=10)).form
    assert "note" not in hospital.case(agreed(hospital)).form


# ---- write ---------------------------------------------------------------------------------------


def test_a_row_holds_each_value_as_its_column_keeps_it() -> None:
    hospital = Hospital(order(ROW))

    number = agreed(
        hospital,
        note="止血钳",
        amount=3,
        price="12.50",
        day="2026-03-10",
        moment="2026-03-05 08:00",
        urgent=True,
    )

    (row,) = hospital.rows("orders")
    assert row.values == {
        "number": number,
        "thing": "止血钳",
        "count": 3,
        "sum": 1250,
        "day": "2026-03-10",
        "at": "2026-03-05T00:00:00.000000Z",
        "urgent": True,
    }
    assert (row.number, row.at) == (number, hospital.now)
    assert row.seq == hospital.entries(number)[-1].seq


def test_what_is_not_filled_is_an_empty_cell() -> None:
    hospital = Hospital(order(ROW))

    number = agreed(hospital)

    assert {key for key, value in hospital.rows("orders")[0].values.items() if value is None} == {
        "thing",
        "count",
        "sum",
        "day",
        "at",
        "urgent",
    }
    assert hospital.rows("orders")[0].values["number"] == number


def test_a_row_with_a_key_takes_the_place_of_the_row_before() -> None:
    hospital = Hospital(order(f"{ROW}\n        key: [number]"))
    number = agreed(hospital, amount=3)
    hospital.takes("lee", "again", number)
    hospital.wait(hours=1)

    hospital.takes("lee", "agree", number)

    (row,) = hospital.rows("orders")
    assert row.seq == hospital.entries(number)[-1].seq


def test_a_row_with_a_key_leaves_rows_of_other_keys_alone() -> None:
    hospital = Hospital(order(f"{ROW}\n        key: [number, thing]"))

    agreed(hospital, note="甲")
    agreed(hospital, note="乙")

    assert [row.values["thing"] for row in hospital.rows("orders")] == ["乙", "甲"]


def test_an_empty_cell_of_a_key_is_a_value_like_any_other() -> None:
    hospital = Hospital(order(f"{ROW}\n        key: [thing]"))

    agreed(hospital, amount=1)
    agreed(hospital, amount=2)

    assert [row.values["count"] for row in hospital.rows("orders")] == [2]


def test_without_a_key_every_act_writes_a_row() -> None:
    hospital = Hospital(order(ROW))
    number = agreed(hospital)
    hospital.takes("lee", "again", number)
    hospital.takes("lee", "agree", number)

    assert len(hospital.rows("orders")) == 2


EACH_LINE = """\
write: orders
        each: lines
        row: {number: case.number, thing: line.thing, count: line.count, day: line.needed}"""


def test_each_line_of_a_table_writes_a_row() -> None:
    hospital = Hospital(order(EACH_LINE))

    number = agreed(
        hospital,
        lines=[{"thing": "纱布", "count": 5, "needed": "2026-03-09"}, {"thing": "缝线"}],
    )

    assert [row.values for row in reversed(hospital.rows("orders"))] == [
        {"number": number, "thing": "纱布", "count": 5, "day": "2026-03-09"},
        {"number": number, "thing": "缝线", "count": None, "day": None},
    ]


def test_each_item_of_a_list_writes_a_row() -> None:
    hospital = Hospital(
        order("write: orders\n        each: names\n        row: {thing: line.text}")
    )

    agreed(hospital, names="甲\n乙\n丙")

    assert [row.values["thing"] for row in hospital.rows("orders")] == ["丙", "乙", "甲"]


def test_an_empty_table_writes_nothing() -> None:
    hospital = Hospital(order(EACH_LINE))

    agreed(hospital, lines=[])
    agreed(hospital)

    assert hospital.rows("orders") == ()


def test_a_row_that_an_act_would_have_written_is_not_there_when_it_was_refused() -> None:
    then = local("2026-03-01 08:00")
    values = {"number": "DH2026-000001"}
    brought = [RegisterRow(f"r{n}", "orders", values, None, None, then) for n in range(100)]
    hospital = Hospital(order(ROW), rows=brought)
    number = hospital.opened("amy", "order")
    hospital.takes("amy", "ask", number)

    answer = hospital.decide("lee", "agree", number)

    assert refused(answer).code is Code.CONDITION_NOT_MET
    assert len(hospital.rows("orders")) == 100


# ---- notify --------------------------------------------------------------------------------------


def test_a_notice_goes_to_the_applicant() -> None:
    hospital = Hospital(ORDER)

    agreed(hospital)

    assert hospital.news("amy") == ("agree",)


def test_a_notice_goes_to_whoever_the_next_work_waits_for() -> None:
    hospital = Hospital(order("notify: reviewer"))

    agreed(hospital)

    assert (hospital.news("lee"), hospital.news("ida")) == (("agree",), ("agree",))
    assert hospital.news("amy") == ()


def test_a_notice_goes_to_a_role_in_a_department_or_anywhere() -> None:
    inside = Hospital(order("notify: {role: dept_head, of: applicant.department}"))
    anywhere = Hospital(order("notify: {role: dept_head}"))

    agreed(inside)
    agreed(anywhere)

    assert (inside.news("lee"), inside.news("ida")) == (("agree",), ())
    assert (anywhere.news("lee"), anywhere.news("ida")) == (("agree",), ("agree",))


def test_a_notice_goes_to_the_person_in_the_form_and_to_nobody_when_there_is_none() -> None:
    hospital = Hospital(order("notify: {person: form.head}"))

    agreed(hospital, head="sam")
    agreed(hospital)

    assert hospital.news("sam") == ("agree",)
    assert len(hospital.store.kept.notices) == 1


def test_whoever_is_told_twice_is_told_once() -> None:
    hospital = Hospital(order("notify: applicant", "notify: applicant"))

    agreed(hospital)

    assert hospital.news("amy") == ("agree",)
