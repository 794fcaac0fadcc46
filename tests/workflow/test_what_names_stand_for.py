"""What the names of an expression stand for, when it is judged, is what the vocabulary promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.definitions.writing import FILE, edited, parsed, small_register
from workflow.calendar import parse_calendar
from workflow.conditions.language import Kind, Value
from workflow.conditions.values import View, day_number, line_of
from workflow.conditions.vocabulary import line_names, vocabulary
from workflow.design.definition import Definition
from workflow.design.effects import WriteRow
from workflow.nouns import Actor, Case, Row
from workflow.people.organisation import Organisation, Person, Post
from workflow.service.bundles import Bundle, examine

CALENDAR = Path(__file__).parents[2] / "definitions" / "calendars" / "statutory.csv"
NINE = datetime(2026, 3, 2, 1, tzinfo=UTC)
LIMITED = edited((", leave.year]", ", leave.limits]"))
DATED = edited(
    (
        "      nights: {label: {zh: 晚数, en: Nights}, type: integer}\n",
        """\
      nights: {label: {zh: 晚数, en: Nights}, type: integer}
      leaves: {label: {zh: 出发日, en: Leaves on}, type: date}
      calls: {label: {zh: 报平安, en: Calls at}, type: datetime}
""",
    ),
    (
        "row: {person: applicant.id, days: form.days, starts: form.starts}",
        "row: {person: line.place, days: line.nights, starts: line.leaves}",
    ),
    ("        key: [person, starts]", "        each: trips"),
)
TRIP: Row = {
    "place": "南宁",
    "nights": 2,
    "leaves": "2026-03-05",
    "calls": "2026-03-05T12:00:00.000000Z",
}
KINDS = {
    Kind.BOOL: bool,
    Kind.INT: int,
    Kind.TEXT: str,
    Kind.MOMENT: datetime,
    Kind.TEXTS: tuple,
    Kind.ROWS: tuple,
}


def view_of(definition: Definition) -> View:
    """Amy's leave as the head of her ward sees it."""
    case = Case(
        id="c1",
        number="QJ-2026-0001",
        process="leave-request",
        definition_version=1,
        state="review",
        applicant="amy",
        department="ward1",
        form={
            "reason": "探亲",
            "days": 3,
            "pay": 5000,
            "starts": "2026-03-05",
            "called": "2026-03-02T01:00:00.000000Z",
            "kind": "事假",
            "trips": (TRIP,),
        },
        parameters={
            "leave.answer_days": 2,
            "leave.sick_note": True,
            "leave.limits": {"sick": 30},
        },
        opened_at=NINE,
        entered_at=NINE,
    )
    return View(
        definition=definition,
        case=case,
        form=case.form,
        actor=Actor("lee", "Dr Lee"),
        now=NINE,
        calendar=parse_calendar(CALENDAR.read_text("utf-8")),
        organisation=Organisation({}, {}, ()),
        facts={"taken": 4, "clashing": ("QJ-2026-0007",), "seen": False},
        opinion="同意",
        target="lee",
    )


def test_every_name_has_a_value_of_the_kind_that_was_promised() -> None:
    definition = parsed(LIMITED)
    names = vocabulary(definition, small_register(), lambda process: None)
    known = ((name, view_of(definition).value_of(name)) for name in names)
    values = {name: value for name, value in known if value is not None}
    for name, value in values.items():
        assert isinstance(value, KINDS[names[name]]), name
    without = {name.partition(".")[0] for name in names.keys() - values.keys()}
    assert without <= {
        *("form", "day", "department", "roles", "month", "first_day", "last_day", "param", "actor")
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("form.pay", 5000),
        ("form.starts", day_number(date(2026, 3, 5))),
        ("form.called", NINE),
        ("day.called", day_number(date(2026, 3, 2))),
        ("given.ward", False),
        ("param.leave.answer_days", 2),
        ("param.leave.limits.sick", 30),
        ("given_param.leave.limits.sick", True),
        ("given_param.leave.limits.private", False),
        ("facts.clashing", ("QJ-2026-0007",)),
        ("case.state", "review"),
        ("decision.opinion", "同意"),
        ("today", day_number(date(2026, 3, 2))),
    ],
)
def test_a_name_stands_for(name: str, value: Value) -> None:
    assert view_of(parsed(LIMITED)).value_of(name) == value


def test_whoever_a_person_field_names_has_a_department() -> None:
    definition = parsed(LIMITED)
    name = "department.stand_in"
    assert vocabulary(definition, small_register(), lambda process: None)[name] is Kind.TEXT
    people = {"wang": Person("wang", "王护士", "ward2")}
    view = replace(view_of(definition), organisation=Organisation(people, {}, ()))
    named = replace(view, form={**view.form, "stand_in": "wang"})
    assert named.value_of(name) == "ward2"
    left = replace(view, form={**view.form, "stand_in": "gone"})
    assert left.value_of(name) is view.value_of(name) is None


def test_a_department_that_a_field_names_has_the_roles_held_there() -> None:
    """Of the day: who begins tomorrow, or has left, holds nothing there yet or any more."""
    definition = parsed(LIMITED)
    name = "roles.ward"
    assert vocabulary(definition, small_register(), lambda process: None)[name] is Kind.TEXTS
    today = date(2026, 3, 2)
    wang = Person("wang", "王护士", "ward2", (Post("ward_nurse", "ward2"), Post("hr", "ward3")))
    lin = Person("lin", "林护士", "ward2", (Post("keeper", "ward2", end=date(2026, 3, 1)),))
    gao = Person("gao", "高主任", "ward2", (Post("dept_head", "ward2", start=today),))
    new = Person("new", "新主任", "ward2", (Post("head_nurse", "ward2", start=date(2026, 3, 3)),))
    everybody = {one.id: one for one in (wang, lin, gao, new)}
    view = replace(view_of(definition), organisation=Organisation(everybody, {}, ()))
    named = replace(view, form={**view.form, "ward": "ward2"})
    assert named.value_of(name) == ("dept_head", "ward_nurse")
    assert replace(view, form={**view.form, "ward": "gone"}).value_of(name) == ()
    assert view.value_of(name) is None


@pytest.mark.parametrize("name", ["form.ward", "param.leave.limits.private", "line.place"])
def test_what_is_not_there_has_no_value(name: str) -> None:
    assert view_of(parsed(LIMITED)).value_of(name) is None


def test_the_cells_of_a_line_are_what_their_columns_say() -> None:
    table = parsed(DATED).form["trips"]
    line = line_of(table, TRIP)
    assert line == {
        "place": "南宁",
        "nights": 2,
        "leaves": day_number(date(2026, 3, 5)),
        "calls": datetime(2026, 3, 5, 12, tzinfo=UTC),
    }
    for name, kind in line_names(table).items():
        assert isinstance(line[name.removeprefix("line.")], KINDS[kind])


def test_a_line_of_a_list_is_its_text() -> None:
    people = parsed(edited(("type: person}", "type: list}"))).form["stand_in"]
    assert line_of(people, "王护士") == {"text": "王护士"}
    assert line_names(people) == {"line.text": Kind.TEXT}


def test_a_row_is_written_with_the_day_of_its_line() -> None:
    bundle = examine(DATED, FILE, small_register())
    assert isinstance(bundle, Bundle)
    effect = bundle.definition.actions["approve"].effects[0]
    view = view_of(bundle.definition)
    assert isinstance(effect, WriteRow)
    seen = replace(view, line=line_of(bundle.definition.form["trips"], TRIP))
    row = {column: seen.evaluate(bundle.compiled.of(one)) for column, one in effect.values}
    assert row == {"person": "南宁", "days": 2, "starts": day_number(date(2026, 3, 5))}
