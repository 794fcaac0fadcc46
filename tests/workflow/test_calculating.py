"""What a definition declares is calculated with the act, before its conditions, and kept."""

from __future__ import annotations

import pytest

from tests.workflow.hospital import Hospital, edited, local, reasons, refused, small_register
from tests.workflow.orders import ORDER
from workflow.calculations.table import CALCULATIONS
from workflow.conditions.expressions import compile_expressions
from workflow.design.checks import check_definition
from workflow.design.comparing import How, Part, compare
from workflow.design.definition import Definition
from workflow.design.parsing import parse_definition
from workflow.nouns import RegisterRow
from workflow.refusals import Code
from workflow.running.calculating import again

FIELDS = """\
  total: {label: {zh: 合计, en: Total}, type: money}
  differs: {label: {zh: 差额, en: Difference}, type: money}
  parts:
    label: {zh: 分摊, en: Parts}
    type: table
    columns:
      department: {label: {zh: 科室, en: Department}, type: text, required: true}
      share: {label: {zh: 分摊额, en: Share}, type: money}
  drawn: {label: {zh: 抽中, en: Drawn}, type: list}
  until: {label: {zh: 月末, en: End of month}, type: date}
registers:
"""
COST = "      cost: {label: {zh: 金额, en: Cost}, type: money}\n"
SUM = """\
calculations:
  costs:
    of: add_up
    at: [agree]
    with:
      lines: {each: lines, row: {item: line.thing, amount: line.cost}}
      stated: form.price
    into: {total: total, difference: differs}
    clauses: [P-1]
states:
"""
AGREES = """\
    conditions:
      - {when: facts.ordered < 100, otherwise: {zh: 太多, en: Too many}}
      - {when: form.differs == 0, otherwise: {zh: 与明细不符, en: It differs from the lines}}
"""
CONDITION = "    conditions: [{when: facts.ordered < 100, otherwise: {zh: 太多, en: Too many}}]\n"
LINES = [{"thing": "纱布", "count": 2, "cost": "10.00"}, {"thing": "针", "cost": "0.05"}]


def calculating(uses: str, conditions: str = CONDITION) -> str:
    """Orders whose lines have a cost, with these calculations."""
    return edited(
        ORDER,
        ("registers:\n", COST + FIELDS),
        ("states:\n", uses),
        (CONDITION, conditions),
        ("    opinion: optional\n", "    opinion: optional\n    fields: [price]\n"),
    )


def asked(hospital: Hospital, **answers: object) -> str:
    number = hospital.opened("amy", "order", None, **answers)
    hospital.takes("amy", "ask", number)
    return number


# ---- with an act


def test_conditions_see_what_was_calculated_and_refuse_a_cent() -> None:
    hospital = Hospital(calculating(SUM, AGREES))
    number = asked(hospital, lines=LINES)

    answer = hospital.decide("lee", "agree", number, price="10.06")

    assert reasons(answer) == ["It differs from the lines"]
    assert hospital.case(number).form.get("total") is None
    assert hospital.takes("lee", "agree", number, price="10.05") == "agreed"
    assert hospital.case(number).form["total"] == 1005


def test_inputs_and_results_are_kept_and_give_the_same_again() -> None:
    hospital = Hospital(calculating(SUM))
    number = asked(hospital, lines=LINES)

    hospital.takes("lee", "agree", number, price="11.00")

    kept = hospital.lines(number)[-1]["calculations"]
    assert kept == [
        {
            "use": "costs",
            "of": "add_up",
            "inputs": {
                "lines": [{"item": "纱布", "amount": 1000}, {"item": "针", "amount": 5}],
                "stated": 1100,
            },
            "results": {"total": 1005, "count": 2, "difference": 95},
        }
    ]
    assert again(CALCULATIONS["add_up"], kept[0]["inputs"]) == kept[0]["results"]


def test_an_input_that_may_be_left_out_is_left_out() -> None:
    hospital = Hospital(calculating(SUM))
    number = asked(hospital, lines=LINES)

    hospital.takes("lee", "agree", number)

    assert "stated" not in hospital.lines(number)[-1]["calculations"][0]["inputs"]
    assert hospital.case(number).form["differs"] == 0


def test_an_input_that_is_wanting_stops_the_act_and_says_which() -> None:
    hospital = Hospital(calculating(SUM))
    number = asked(hospital)

    (refusal,) = refused(hospital.decide("lee", "agree", number)).refusals

    assert refusal.code is Code.CONDITION_NOT_MET
    assert refusal.because.zh == "“明细合计”无法计算，缺少：明细"
    assert refusal.rule == "calculations.costs"
    assert refusal.clauses == ("P-1",)


def test_what_cannot_be_worked_out_is_said_once() -> None:
    hospital = Hospital(calculating(SUM, AGREES))
    number = asked(hospital)

    assert len(refused(hospital.decide("lee", "agree", number)).refusals) == 1


def test_a_clock_that_acts_calculates_too() -> None:
    text = edited(
        calculating(SUM.replace("at: [agree]", "at: [agree, lapse]")),
        ("actions:\n", LAPSE),
    )
    hospital = Hospital(f"{text}{LIMIT}")
    number, empty = asked(hospital, lines=LINES), asked(hospital)

    hospital.wait(days=3)

    assert (hospital.case(number).state, hospital.case(number).form["total"]) == ("over", 1005)
    assert hospital.lines(number)[-1]["calculations"][0]["results"]["total"] == 1005
    assert hospital.case(empty).state == "asked"  # nothing to add up: marked overdue instead


LAPSE = """\
actions:
  lapse: {name: {zh: 过期, en: Lapse}, from: asked, to: over, who: timer}
"""
LIMIT = """\
deadlines:
  limit: {name: {zh: 期限, en: Limit}, while: asked, length: {days: 1}, then: lapse}
"""


def test_an_input_that_can_be_filled_with_the_act_is_asked_for() -> None:
    uses = SUM.replace(
        "{each: lines, row: {item: line.thing, amount: line.cost}}",
        "{each: lines, row: {amount: form.price}}",
    )
    hospital = Hospital(calculating(uses))
    number = asked(hospital, lines=LINES)

    (refusal,) = refused(hospital.decide("lee", "agree", number)).refusals

    assert (refusal.code, refusal.field) == (Code.INVALID_FORM, "price")


def test_a_row_without_an_amount_is_not_taken_for_nothing() -> None:
    hospital = Hospital(calculating(SUM))
    number = asked(hospital, lines=[{"thing": "纱布"}])

    assert refused(hospital.decide("lee", "agree", number)).code is Code.CONDITION_NOT_MET


def test_a_button_stays_open_whose_conditions_rest_on_a_result() -> None:
    hospital = Hospital(calculating(SUM, AGREES))
    number = asked(hospital, lines=LINES)

    assert "agree" in hospital.can("lee", number)


SHARES = """\
calculations:
  split:
    of: allocate_overrun
    at: [agree]
    when: given.price
    with:
      overrun: form.price
      departments:
        each: lines
        row: {department: line.thing, weight: line.cost}
        when: line.count > 0
    into: {to_share: total, shares: parts}
  lot:
    of: draw_without_repeats
    at: [agree]
    with: {names: form.names, count: 2, seed: case.number, earlier: facts.things}
    into: {drawn: drawn}
  month:
    of: calendar_periods
    at: [opening]
    when: given.day
    with: {day: form.day}
    into: {month_end: until}
states:
"""
THINGS = ("facts:\n", "facts:\n  things: {register: orders, gives: all, column: thing}\n")


def test_rows_go_in_line_by_line_and_come_out_as_a_table() -> None:
    hospital = Hospital(edited(calculating(SHARES), THINGS))
    lines = [
        {"thing": "内科", "count": 1, "cost": "1.00"},
        {"thing": "外科", "count": 1, "cost": "2.00"},
        {"thing": "财务科", "count": 0, "cost": "9.00"},
    ]
    number = asked(hospital, lines=lines, names=["甲", "乙", "丙"])

    hospital.takes("lee", "agree", number, price="1.00")

    assert hospital.case(number).form["parts"] == (
        {"department": "内科", "share": 33},
        {"department": "外科", "share": 67},
    )
    assert hospital.case(number).form["total"] == 100


OF_LINES = (
    "facts:\n",
    """\
facts:
  had: {register: orders, each: lines, where: {thing: line.thing}, gives: sum, column: sum}
""",
)
EACH_ONCE = ("facts:\n", "facts:\n  known: {register: orders, gives: distinct, column: thing}\n")
HAD = """\
calculations:
  had:
    of: allocate_overrun
    at: [agree]
    with:
      overrun: form.price
      departments: {each: lines, row: {department: line.thing, weight: facts.had}}
    into: {shares: parts}
states:
"""


def _ordered(number: str, thing: str | None, fen: int) -> RegisterRow:
    cells = {"thing": thing, "sum": fen}
    return RegisterRow(number, "orders", cells, None, None, local("2026-01-05 09:00"), None)


def test_a_row_goes_in_with_what_was_looked_up_for_its_line_alone() -> None:
    rows = [_ordered("r1", "针", 300), _ordered("r2", "纱布", 100), _ordered("r3", "针", 300)]
    hospital = Hospital(edited(calculating(HAD), OF_LINES), rows=rows)
    lines = [{"thing": "针"}, {"thing": "线"}, {"thing": "纱布"}]
    number = asked(hospital, lines=lines)

    hospital.takes("lee", "agree", number, price="7.00")

    assert hospital.case(number).form["parts"] == (
        {"department": "针", "share": 600},
        {"department": "线", "share": 0},
        {"department": "纱布", "share": 100},
    )
    kept = hospital.lines(number)[-1]["calculations"][0]["inputs"]["departments"]
    assert [row["weight"] for row in kept] == [600, 0, 100]


def test_a_look_up_may_give_every_value_once() -> None:
    two = "facts.ordered < 1 && size(facts.known) == 2 && facts.known.all(one, one in ['针', '线'])"
    rows = [_ordered(f"r{n}", thing, 1) for n, thing in enumerate(("线", "针", None, "线", "针"))]
    text = edited(
        calculating("states:\n", CONDITION.replace("facts.ordered < 100", f'"{two}"')), EACH_ONCE
    )
    hospital = Hospital(text, rows=rows)
    fewer = Hospital(text, rows=rows[:1])

    hospital.takes("lee", "agree", asked(hospital, lines=LINES))

    assert reasons(fewer.decide("lee", "agree", asked(fewer, lines=LINES))) == ["Too many"]


def test_a_calculation_whose_condition_does_not_hold_is_left_out() -> None:
    hospital = Hospital(edited(calculating(SHARES), THINGS))
    number = asked(hospital, lines=LINES, names=["甲", "乙"])

    hospital.takes("lee", "agree", number)

    assert [one["use"] for one in hospital.lines(number)[-1]["calculations"]] == ["lot"]


def test_a_draw_leaves_out_what_the_register_knows_and_keeps_its_seed() -> None:
    row = RegisterRow("r1", "orders", {"thing": "甲"}, None, None, local("2026-01-05 09:00"), None)
    hospital = Hospital(edited(calculating(SHARES), THINGS), rows=[row])
    number = asked(hospital, names=["甲", "乙", "丙"], lines=LINES)
    short = asked(hospital, names=["甲", "乙"], lines=LINES)

    hospital.takes("lee", "agree", number)

    assert set(hospital.case(number).form["drawn"]) == {"乙", "丙"}  # type: ignore[arg-type]
    kept = hospital.lines(number)[-1]["calculations"][0]
    assert kept["inputs"]["seed"] == number
    assert again(CALCULATIONS["draw_without_repeats"], kept["inputs"]) == kept["results"]
    assert "1 were not drawn" in reasons(hospital.decide("lee", "agree", short))[0]


def test_an_opening_calculates_too() -> None:
    hospital = Hospital(edited(calculating(SHARES), THINGS))
    number = hospital.opened("amy", "order", None, day="2028-02-10")

    assert hospital.case(number).form["until"] == "2028-02-29"
    kept = hospital.lines(number)[0]["calculations"][0]
    assert kept["inputs"] == {"day": "2028-02-10"}
    assert again(CALCULATIONS["calendar_periods"], kept["inputs"]) == kept["results"]


# ---- what a definition may say


def read(text: str) -> Definition:
    definition = parse_definition(text, "order/1.yaml", small_register())
    assert isinstance(definition, Definition), definition
    return definition


def complaints(text: str) -> list[str]:
    """Everything that is found wrong with a definition, in English."""
    found = parse_definition(text, "order/1.yaml", small_register())
    if isinstance(found, Definition):
        register = small_register()
        compiled = compile_expressions(found, register, lambda _: None)
        wrong = compiled if isinstance(compiled, tuple) else ()
        found = (*check_definition(found, register), *wrong)
    return [one.because.en for one in found]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("of: add_up", "of: add_upp", "Did you mean “add_up”"),
        ("at: [agree]", "at: [agre]", "Did you mean “agree”"),
        ("stated: form.price", "said: form.price", "no input of add_up “said”"),
        ("      stated: form.price\n", "", None),
        ("{each: lines, row: {item: line.thing, amount: line.cost}}", "form.price", "takes rows"),
        ("stated: form.price", "stated: {each: lines, row: {a: '1'}}", "takes an expression"),
        (", amount: line.cost}", "}", "“amount” (Amount) is missing"),
        ("amount: line.cost", "amount: line.thing", "a whole number"),
        ("amount: line.cost", "amount: line.costs", "line.costs is not known"),
        ("stated: form.price", "stated: form.note", "a whole number"),
        ("into: {total: total", "into: {totl: total", "Did you mean “total”"),
        ("into: {total: total", "into: {total: drawn", "goes into a field of type money"),
        ("into: {total: total, difference: differs}", "into: {}", "name at least one"),
        ("difference: differs", "difference: total", "Two results go into total"),
        ("difference: differs", "difference: price", "price may be filled at agree"),
        ("lines: {each: lines,", "lines: {each: note,", "takes a field of type table or list"),
    ],
)
def test_what_is_wrong_with_a_calculation_is_told_at_once(
    old: str, new: str, said: str | None
) -> None:
    found = complaints(edited(calculating(SUM), (old, new)))

    assert any(said in one for one in found) if said is not None else not found


def test_several_mistakes_are_told_together() -> None:
    text = edited(calculating(SUM), ("stated:", "said:"), ("{total: total", "{totl: total"))

    assert len(complaints(text)) == 2


def test_what_is_masked_goes_into_no_calculation() -> None:
    text = edited(
        calculating(SUM),
        (
            "price: {label: {zh: 单价, en: Price}, type: money}",
            "price: {label: {zh: 单价, en: Price}, type: money, masked: true}",
        ),
    )

    assert any("masked field price" in one for one in complaints(text))


def test_a_table_takes_columns_of_the_same_name() -> None:
    text = edited(
        calculating(SHARES),
        THINGS,
        (
            "      department: {label: {zh: 科室, en: Department}",
            "      dept: {label: {zh: 科室, en: D}",
        ),
    )

    assert any("gives no dept" in one for one in complaints(text))


def test_a_new_calculation_is_told_when_versions_are_compared() -> None:
    before, after = read(calculating("states:\n")), read(calculating(SUM))

    assert any(
        (one.part, one.key, one.how) == (Part.CALCULATION, "costs", How.ADDED)
        for one in compare(before, after)
    )


# ---- names that are worked out, and ranges


def asking(condition: str) -> str:
    """The conditions of agreeing, with one more."""
    more = f"      - {{when: {condition}, otherwise: {{zh: 不, en: No}}}}\n"
    return (
        "    conditions:\n      - {when: facts.ordered < 100, otherwise: {zh: 太多, en: Many}}\n"
        + more
    )


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("sum.lines.cost == 1005", True),
        ("sum.lines.cost == 1004", False),
        ("count.lines == 2 && count.names == 0", True),
        ('month.day == "2026-02"', True),
        ('first_day.day == date("2026-02-01") && last_day.day == date("2026-02-28")', True),
        ('last_day.note == date("2026-07-31")', True),
        ("sum.lines.count == 2", False),  # a row has no count: nothing is added up
    ],
)
def test_sums_counts_and_months_have_names(condition: str, holds: bool) -> None:
    hospital = Hospital(calculating("states:\n", asking(f"'{condition}'")))
    number = asked(hospital, lines=LINES, day="2026-02-10", note="2026-07")

    answer = hospital.decide("lee", "agree", number)

    assert (answer.refused is None) is holds


def test_a_text_that_is_no_month_has_no_days() -> None:
    hospital = Hospital(calculating("states:\n", asking("last_day.note > 0")))

    for note in ("2026-13", "七月", "2026-7"):
        number = asked(hospital, note=note)
        assert refused(hospital.decide("lee", "agree", number)).code is Code.CONDITION_NOT_MET


def test_an_empty_table_adds_up_to_nothing() -> None:
    hospital = Hospital(calculating("states:\n", asking("sum.lines.cost == 0")))

    assert hospital.takes("lee", "agree", asked(hospital)) == "agreed"


def price(id_: str, day: str | None, fen: int) -> RegisterRow:
    values = {"thing": "针", "day": day, "sum": fen}
    return RegisterRow(id_, "orders", values, None, None, local("2026-01-05 09:00"), None)


PRICES = [price("r1", "2026-01-01", 100), price("r2", "2026-02-01", 200), price("r3", None, 300)]


@pytest.mark.parametrize(
    ("lies", "total"),
    [
        ("{at_most: form.day}", 300),
        ("{below: form.day}", 100),
        ("{at_least: form.day}", 200),
        ("{above: form.day}", 0),
        ("{above: form.day, or_empty: true}", 300),
        ("{at_least: form.day - 31, at_most: form.day}", 300),
    ],
)
def test_rows_are_found_by_a_range(lies: str, total: int) -> None:
    fact = f"  valid: {{register: orders, where: {{thing: form.note, day: {lies}}}, "
    text = edited(
        calculating("states:\n", asking(f"facts.valid == {total}")),
        ("facts:\n", f"facts:\n{fact}gives: sum, column: sum}}\n"),
    )
    hospital = Hospital(text, rows=PRICES)

    assert hospital.takes("lee", "agree", asked(hospital, note="针", day="2026-02-01")) == "agreed"


@pytest.mark.parametrize(
    ("lies", "said"),
    [
        ("{at_mst: form.day}", "no key “at_mst”"),
        ("{or_empty: true}", "at least one of below"),
        ("{at_most: form.note}", "a whole number"),
    ],
)
def test_a_range_that_cannot_be_is_told(lies: str, said: str) -> None:
    text = edited(
        calculating("states:\n"),
        ("where: {number: case.number}", f"where: {{day: {lies}}}"),
    )

    assert any(said in one for one in complaints(text))


def test_words_lie_in_no_range() -> None:
    text = edited(
        calculating("states:\n"),
        ("where: {number: case.number}", "where: {thing: {at_most: form.note}}"),
    )

    assert any("has no order" in one for one in complaints(text))
