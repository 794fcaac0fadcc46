"""What an author may write in a condition, what it is worth, and what is refused before it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest

from workflow.conditions.language import (
    Expression,
    Kind,
    Language,
    Problem,
    Unevaluable,
    Value,
)
from workflow.conditions.standing_in import Asked

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY_MORNING = datetime(2026, 3, 2, 8, 30, tzinfo=SHANGHAI)

#: The names of a consumable request: Amy asks, Dr Lee heads the department, Fang keeps the money.
VOCABULARY: Mapping[str, Kind] = {
    "form.material_name": Kind.TEXT,
    "form.ref_unit_price": Kind.INT,
    "form.quantity": Kind.INT,
    "form.lines": Kind.ROWS,
    "form.wanted_on": Kind.INT,
    "form.asked_at": Kind.MOMENT,
    "given.ref_unit_price": Kind.BOOL,
    "param.consumable.medins_review": Kind.BOOL,
    "param.recall_hours": Kind.INT,
    "actor.id": Kind.TEXT,
    "actor.roles": Kind.TEXTS,
    "facts.numbers": Kind.INTS,
    "facts.approved": Kind.FACT,
    "now": Kind.MOMENT,
    "today": Kind.INT,
}
REQUEST: Mapping[str, Value] = {
    "form.material_name": "一次性导管",
    "form.ref_unit_price": 4_999_999,
    "form.quantity": 3,
    "form.lines": ({"name": "导管", "fen": 100}, {"name": "纱布", "fen": 250, "note": None}),
    "form.wanted_on": (date(2026, 3, 9) - date(1970, 1, 1)).days,
    "form.asked_at": MONDAY_MORNING,
    "given.ref_unit_price": True,
    "param.consumable.medins_review": False,
    "param.recall_hours": 72,
    "actor.id": "lee",
    "actor.roles": ("clinician", "dept_head"),
    "facts.numbers": (7, 11),
    "facts.approved": {"by": "Wu", "times": 2},  # type: ignore[dict-item]  # may be anything
    "now": MONDAY_MORNING + timedelta(hours=73),
    "today": (date(2026, 3, 5) - date(1970, 1, 1)).days,
}


@pytest.fixture(scope="module")
def language() -> Language:
    return Language(VOCABULARY)


@pytest.fixture(scope="module")
def worth(language: Language) -> Callable[..., Value | Unevaluable]:
    """The value of an expression for the request, with some values changed or (None) missing."""

    def evaluate(
        text: str, changes: Mapping[str, object] = MappingProxyType({}), gives: Kind = Kind.BOOL
    ) -> Value | Unevaluable:
        values: dict[str, Value] = {**REQUEST, **changes}  # type: ignore[dict-item]
        return accepted(language.compile(text, gives)).evaluate(values)

    return evaluate


@pytest.fixture(scope="module")
def refused(language: Language) -> Callable[..., tuple[Problem, ...]]:
    """The problems of an expression that must have some."""

    def problems(text: str, gives: Kind = Kind.BOOL) -> tuple[Problem, ...]:
        compiled = language.compile(text, gives)
        assert isinstance(compiled, tuple), f"accepted: {text}"
        assert all(problem.zh and problem.en for problem in compiled)
        return compiled

    return problems


def accepted(compiled: Expression | tuple[Problem, ...]) -> Expression:
    assert isinstance(compiled, Expression), compiled
    return compiled


Worth = Callable[..., Value | Unevaluable]
RefusedBecause = Callable[..., tuple[Problem, ...]]


# What can be said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("form.ref_unit_price < 50000 元", True),
        ("form.ref_unit_price < 49999.99元", False),
        ("form.ref_unit_price >= 5 万元", False),
        ("form.ref_unit_price == 4.999999万元", True),
        ("'dept_head' in actor.roles && !param.consumable.medins_review", True),
        ('form.material_name.startsWith("一次性") && size(form.material_name) == 5', True),
        ('form.material_name.matches("^一.*管$")', True),
        (r"form.material_name.matches(r'\d')", False),
        ("form.quantity in [1, 2, 3]", True),
        ("form.quantity * 2 - 1 == 5 && form.quantity % 2 == 1 && -form.quantity < 0", True),
        ('form.wanted_on >= date("2026-03-09")', True),
        ('form.wanted_on < date("2026-03-09")', False),
        ('date("1969-12-31") == -1 && date("1969-12-31") < date("1970-01-01")', True),
        ("form.wanted_on - today <= 4", True),
        ("now > form.asked_at + hours(72)", True),
        ("now > form.asked_at + days(3)", True),
        ("now - form.asked_at >= minutes(4380)", True),
        ("now > form.asked_at + hours(param.recall_hours)", True),
        ("now > form.asked_at + hours(param.recall_hours + 1)", False),
        ("now < form.asked_at + days(form.quantity + 1) - minutes(1)", True),
        ("form.asked_at.getHours('Asia/Shanghai') == 8", True),
        ("(now - form.asked_at).getHours() == 73", True),
        ("form.asked_at == timestamp('2026-03-02T08:30:00+08:00')", True),
        ("form.lines.all(row, row.fen > 0) && form.lines.exists(row, row.name == '纱布')", True),
        ("form.lines.exists(row, has(row.note)) || form.lines[1].note != null", False),
        ("form.lines.all(row, has(row.fen) && has( row . name ) && !has(row.note))", True),
        ("form.lines.filter(row, row.fen > 100).size() == 1", True),
        ("form.lines.all(a, form.lines.exists_one(b, b.name == a.name))", True),
        ("facts.approved.times == 2 && facts.approved.by == 'Wu'", True),
        ("has(facts.approved.by) && !has(facts.approved.on)", True),
        ("facts.numbers.map(n, n * 2) == [14, 22]", True),
        ("form.quantity > 2 // more than a pair\n  && form.quantity < 9", True),
        ("[1, 2].all(n, n > 0) && ![].exists(n, true)", True),
        ("form.quantity　==　3", True),  # the wide space of a Chinese keyboard
    ],
)
def test_an_author_can_say(worth: Worth, text: str, expected: bool) -> None:
    assert worth(text) is expected


@pytest.mark.parametrize(
    ("gives", "text", "expected"),
    [
        (Kind.INT, "form.quantity * form.ref_unit_price", 14_999_997),
        (Kind.INT, "30000 元", 3_000_000),
        (Kind.INT, "int(facts.approved.times) + 1", 3),
        (Kind.TEXT, "form.material_name + '×' + string(form.quantity)", "一次性导管×3"),
        (Kind.TEXT, "form.quantity > 2 ? 'many' : 'few'", "many"),
        (Kind.MOMENT, "form.asked_at + days(1)", datetime(2026, 3, 3, 0, 30, tzinfo=UTC)),
        (Kind.TEXTS, "actor.roles", ("clinician", "dept_head")),
        (Kind.TEXTS, "form.lines.map(row, string(row.name))", ("导管", "纱布")),
        (Kind.INTS, "facts.numbers + [form.quantity]", (7, 11, 3)),
        (Kind.ROWS, "form.lines.filter(row, row.fen > 100)", (REQUEST["form.lines"])[1:]),  # type: ignore[index]
        (Kind.FACT, "facts.approved", {"by": "Wu", "times": 2}),
        (Kind.FACT, "form.lines[0].fen", 100),
        (Kind.FACT, "form.lines[1].note", None),
    ],
)
def test_a_computed_value_has_its_kind(
    worth: Worth, gives: Kind, text: str, expected: object
) -> None:
    assert worth(text, gives=gives) == expected


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("form.quantity > 1", None),
        ("actor.id == form.material_name", Asked.EITHER),
        ("form.quantity > 1 || actor.id == 'lee' || 'keeper' in actor.roles", Asked.EITHER),
        ("!(actor.id != 'lee')", Asked.EITHER),
        ("form.quantity > 1 ? actor.id == 'lee' : 'keeper' in actor.roles", Asked.EITHER),
        ("actor.id != 'lee'", Asked.BOTH),
        ("!(actor.id in ['lee', 'wu'])", Asked.BOTH),
        ("!('keeper' in actor.roles) && form.quantity > 1", Asked.BOTH),
        ("!(form.quantity > 1 && actor.id == 'lee')", Asked.BOTH),
        ("!('keeper' in actor.roles) || actor.id == 'lee'", Asked.BOTH),
        ("actor.id == 'lee' ? form.quantity > 1 : form.quantity > 2", Asked.BOTH),
        ("(actor.id == 'lee') == (form.quantity > 1)", Asked.BOTH),
        ("size(actor.roles) == 1", Asked.BOTH),
        ("actor.roles.exists_one(role, role == 'keeper')", Asked.BOTH),
        ("form.lines.all(row, row.name != actor.id)", Asked.BOTH),
    ],
)
def test_what_keeps_people_apart_is_asked_of_both(
    language: Language, text: str, asked: Asked | None
) -> None:
    """While somebody stands in for another: whoever is only asked for may be either of them."""
    assert accepted(language.compile(text, Kind.BOOL)).asked is asked


def test_what_is_no_yes_or_no_is_asked_of_nobody_else(language: Language) -> None:
    assert accepted(language.compile("actor.id", Kind.TEXT)).asked is None


def test_a_moment_comes_back_in_utc(worth: Worth) -> None:
    moment = worth("form.asked_at", gives=Kind.MOMENT)
    assert isinstance(moment, datetime)
    assert moment.tzinfo is UTC


def test_an_expression_tells_its_text_its_kind_and_the_names_it_refers_to(
    language: Language,
) -> None:
    text = "form.lines.all(row, row.fen < form.quantity) || facts.approved.by == 'Wu'"
    expression = accepted(language.compile(text, Kind.BOOL))
    assert (expression.text, expression.gives) == (text, Kind.BOOL)
    assert expression.names == {"form.lines", "form.quantity", "facts.approved"}


def test_what_values_hold_beyond_the_names_does_not_matter(language: Language) -> None:
    expression = accepted(language.compile("form.quantity > 1", Kind.BOOL))
    assert expression.evaluate({"form.quantity": 2, "form.nonsense": "x"}) is True


# What has no value


@pytest.mark.parametrize(
    "text",
    [
        "given.ref_unit_price && form.ref_unit_price > 1",
        "form.ref_unit_price > 1 && given.ref_unit_price",
        "given.ref_unit_price ? form.ref_unit_price > 1 : false",
    ],
)
def test_a_missing_value_that_is_not_needed_does_no_harm(worth: Worth, text: str) -> None:
    assert worth(text, {"given.ref_unit_price": False, "form.ref_unit_price": None}) is False


def test_a_missing_value_that_is_needed_is_named(worth: Worth) -> None:
    answer = worth("given.ref_unit_price && form.ref_unit_price > 1", {"form.ref_unit_price": None})
    assert answer == Unevaluable(("form.ref_unit_price",), "form.ref_unit_price has no value")


def test_values_that_are_needed_together_are_named_together(worth: Worth) -> None:
    missing = {"form.ref_unit_price": None, "form.quantity": None, "today": None}
    answer = worth("form.ref_unit_price * form.quantity > 1 && today > 1", missing)
    assert isinstance(answer, Unevaluable)
    assert answer.names == ("form.quantity", "form.ref_unit_price")


def test_a_name_left_out_and_a_name_without_value_are_the_same(language: Language) -> None:
    expression = accepted(language.compile("form.quantity > 1", Kind.BOOL))
    assert expression.evaluate({}) == expression.evaluate({"form.quantity": None})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *((f"form.quantity {sign} 3", "form.quantity") for sign in ("==", "!=", "<", "<=", ">")),
        ("form.quantity>=3", "form.quantity"),
        ("!given.ref_unit_price", "given.ref_unit_price"),
        ("form.quantity == 007", "form.quantity"),
        ("facts.approved == 3", "facts.approved"),
    ],
)
@pytest.mark.parametrize("value", [2, 3, 4, -1, 2**63, 7, True, False, None, "three", 2.5])
def test_a_short_text_is_worth_what_the_same_is_worth_in_brackets(
    language: Language, text: str, name: str, value: Value
) -> None:
    short = accepted(language.compile(text, Kind.BOOL))
    spelt_out = accepted(language.compile(f"({text}) || false", Kind.BOOL))
    assert short.evaluate({name: value}) == spelt_out.evaluate({name: value})


#: What is made ready without the library, and what only looks like that.
SHORT = (
    *VOCABULARY,
    *(f"!{name}" for name in VOCABULARY),
    *(f"{name} > 0" for name in VOCABULARY),
    *("form.quantity == 007", "form.quantity == 1 == true", "form.quantity = 3"),
    *("form.quantitty", "!given.quantity", "given.ref_unit_price ", " today\n", "today\u3000"),
    *("true", "false", "!true", "0", "007", "72", "9999999999999999999", "1.5"),
    *('""', '"急诊"', '"a" "b"', '"\\n"', '"不完', f'"{"长" * 61}"'),
)


@pytest.mark.parametrize("gives", Kind)
def test_a_short_text_is_taken_or_refused_as_the_same_is_in_brackets(
    language: Language, gives: Kind
) -> None:
    for text in SHORT:
        short, spelt_out = language.compile(text, gives), language.compile(f"({text})", gives)
        if isinstance(spelt_out, Expression):
            taken = accepted(short)
            assert (taken.names, taken.asked) == (spelt_out.names, spelt_out.asked), text
            assert taken.evaluate(REQUEST) == spelt_out.evaluate(REQUEST), text
            assert taken.evaluate({}) == spelt_out.evaluate({}), text
        else:
            assert not isinstance(short, Expression), text
            assert [one.zh for one in short] == [one.zh for one in spelt_out], text


@pytest.mark.parametrize("gives", [kind for kind in Kind if kind is not Kind.BOOL])
def test_an_error_never_passes_for_a_value_of_any_kind(language: Language, gives: Kind) -> None:
    name = next(name for name, kind in VOCABULARY.items() if kind is gives)
    answer = accepted(language.compile(name, gives)).evaluate({})
    assert answer == Unevaluable((name,), f"{name} has no value")


@pytest.mark.parametrize(
    ("text", "changes", "because"),
    [
        ("1 / (form.quantity - 3) == 1", {}, "divide by zero"),
        ("1 % (form.quantity - 3) == 1", {}, "modulus by zero"),
        ("form.quantity + 1 > 0", {"form.quantity": 2**63 - 1}, "integer overflow"),
        ("-form.quantity > 0", {"form.quantity": -(2**63)}, "integer overflow"),
        ("form.lines[2].fen == 1", {}, "index=2 size=2"),
        ("form.lines.all(row, row.note == null)", {}, '"note"'),
        ("int(form.material_name) == 1", {}, "int"),
        ("form.lines[0].name - 1 == 0", {}, "overload"),
        ("now + days(form.quantity) > now", {"form.quantity": 10_000_000}, "duration"),
        ("facts.approved || false", {}, "overload"),
    ],
)
def test_what_cannot_be_worked_out_is_no_value_and_says_why(
    worth: Worth, text: str, changes: Mapping[str, object], because: str
) -> None:
    answer = worth(text, changes)
    assert isinstance(answer, Unevaluable)
    assert answer.names == ()
    assert because.lower() in answer.detail.lower()


@pytest.mark.parametrize(
    ("gives", "text"),
    [
        (Kind.BOOL, "([true] + facts.approved)[1]"),
        (Kind.INT, "(facts.numbers + facts.approved)[2]"),
        (Kind.TEXT, "(actor.roles + facts.approved)[2]"),
        (Kind.MOMENT, "([now] + facts.approved)[1]"),
        (Kind.INTS, "facts.numbers + facts.approved"),
        (Kind.TEXTS, "actor.roles + facts.approved"),
        (Kind.ROWS, "form.lines + facts.approved"),
    ],
)
@pytest.mark.parametrize("stranger", [None, True, 2, "x", [3], {"a": 1}])
def test_what_a_fact_brings_in_is_still_of_the_kind_that_was_promised(
    worth: Worth, gives: Kind, text: str, stranger: object
) -> None:
    fits = {
        Kind.BOOL: bool,
        Kind.INT: int,
        Kind.TEXT: str,
        Kind.INTS: int,
        Kind.TEXTS: str,
        Kind.ROWS: dict,
    }
    answer = worth(text, {"facts.approved": [stranger]}, gives=gives)
    assert isinstance(answer, Unevaluable) == (type(stranger) is not fits.get(gives))


class Grade(StrEnum):
    """A text that is a member of an enumeration."""

    HIGH = "high"


def cyclic() -> object:
    ring: list[object] = []
    ring.append(ring)
    return ring


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("form.quantity", True),
        ("form.quantity", 2.0),
        ("form.quantity", "2"),
        ("form.quantity", 2**63),
        ("given.ref_unit_price", 1),
        ("given.ref_unit_price", "true"),
        ("form.material_name", b"x"),
        ("form.material_name", "cut\0short"),
        ("form.material_name", "\ud800"),
        ("now", datetime(2026, 3, 2, 8)),  # noqa: DTZ001 - naive is the point
        ("now", date(2026, 3, 2)),
        ("now", datetime.max.replace(tzinfo=UTC)),
        ("actor.roles", "dept_head"),
        ("actor.roles", (1,)),
        ("facts.numbers", (1, True)),
        ("facts.numbers", tuple(range(10_001))),
        ("facts.approved", ["x"] * 10_001),
        ("form.lines", ({"fen": 1.5},)),
        ("form.lines", ("x",)),
        ("form.lines", ({1: 2},)),
        ("facts.approved", 1.5),
        ("facts.approved", date(2026, 3, 2)),
        ("facts.approved", MONDAY_MORNING),
        ("facts.approved", {"deep": object()}),
        ("facts.approved", cyclic()),
    ],
)
def test_a_value_of_another_kind_counts_as_none(worth: Worth, name: str, value: object) -> None:
    answer = worth(name, {name: value}, gives=VOCABULARY[name])
    assert isinstance(answer, Unevaluable)
    assert answer.names in ((name,), ())
    assert answer.detail


def test_lists_mappings_and_members_of_enumerations_enter_as_what_they_are(worth: Worth) -> None:
    approved = MappingProxyType({"grade": Grade.HIGH, "seen": [2, None, False]})
    answer = worth("facts.approved", {"facts.approved": approved}, gives=Kind.FACT)
    assert answer == {"grade": "high", "seen": (2, None, False)}
    assert worth("'high' in actor.roles", {"actor.roles": [Grade.HIGH]}) is True


# What is refused when the definition is read


@pytest.mark.parametrize(
    ("text", "offset", "zh", "en"),
    [
        ("form.ref_unit_prise > 1", 0, "form.ref_unit_price", "Did you mean"),
        ("true && form.nope.deeper > 1", 8, "form.nope.deeper", "form.nope.deeper"),
        ("form.quantity > 1 && tomorow == 1", 21, "tomorow", "tomorow"),
        ("True", 0, "是否想写：true", "true"),
        ("form > 1", 0, "form.lines", "form.lines"),
        ("form.quantity > 2.5", 16, "2.5 元", "2.5 元"),
        ("form.quantity > .5", 16, "元", "元"),
        ("form.quantity > 1e3", 16, "元", "元"),
        ("form.ref_unit_price > 0.005 元", 22, "分", "fen"),
        ("form.ref_unit_price > 99999999999999999 元", 22, "大", "large"),
        ("form.quantity > 9223372036854775808", 16, "太大", "too large"),
        ("form.quantity > 1u", 17, "运算符", "operator"),
        ("form.quantity = 1", 14, "==", "=="),
        ("form.quantity ＞ 1", 14, ">", ">"),
        ("form.material_name == “导管”", 22, "引号", "quotation mark"),
        ("form.material_name == '导管", 22, "引号", "quotation mark"),
        ("form.material_name == 导管", 22, "导", "quotation marks"),
        ("form.quantity > 1 and true", 18, "&&", "&&"),
        ("not true", 0, "!", "!"),
        ("(form.quantity > 1", 0, "配对", "partner"),
        ("form.quantity > 1)", 17, "配对", "partner"),
        ("form.quantity >", 15, "没有写完", "breaks off"),
        ("form.quantity > > 1", 16, ">", ">"),
        ("", 0, "空", "empty"),
        (" \n // only a remark", 0, "空", "empty"),
        ("if form.quantity > 1", 3, "运算符", "operator"),
        ("has(form.quantity)", 0, "given.*", "given.*"),
        ("true && has( form . ref_unit_price )", 8, "given.ref_unit_price", "form.ref_unit_price"),
        ("form.quantity == null", 14, "given", "given"),
        ("form.quantity == 'x'", 14, "整数与文字", "a whole number and a text"),
        ("form.quantity.x == 1", 13, "整数", "whole number"),
        ("now > form.asked_at + 3", 20, "hours", "hours"),
        ("now > '2026-03-01'", 4, "timestamp", "timestamp"),
        ("form.wanted_on > date('2026-02-30')", 22, "有效日期", "not a date"),
        ("form.wanted_on > date('20260301')", 22, "有效日期", "not a date"),
        ("form.wanted_on > date(form.material_name)", 17, "直接写", "itself"),
        ("now > form.asked_at + hours('3')", 22, "整数", "whole number"),
        ("now.getHours() == 8", 4, "时区", "time zone"),
        ("now.getHours('UTC') == 8", 4, "时区", "time zone"),
        ("now.getHours(form.material_name) == 8", 4, "时区", "time zone"),
        ("string(now) == ''", 0, "文字", "text"),
        ("form.material_name.matches(form.material_name)", 19, "直接写", "written out"),
        ("form.material_name.matches('(')", 27, "算不出", "never"),
        ("now > now + duration('1d')", 12, "算不出", "never"),
        ("now > timestamp('2027')", 6, "算不出", "never"),
        ("now + days(99999999) > now", 6, "算不出", "never"),
        ("form.quantity > 1 / 0", 18, "算不出", "never"),
        ("form.quantity > 0 || 9223372036854775807 + 1 > 0", 41, "算不出", "never"),
        ("double(form.quantity) > double(1)", 0, "double", "double"),
        ("type(form.quantity) == int", 0, "type", "type"),
        ("dyn(form.quantity) == 1", 0, "dyn", "dyn"),
        ("bytes('x') == bytes('x')", 0, "bytes", "bytes"),
        ("b'x' == b'x'", 1, "运算符", "operator"),
        ("{'a': 1}['a'] == 1", 0, "{", "{"),
        ("form.`quantity` == 1", 5, "`", "`"),
        ("siz(actor.roles) == 1", 0, "size(…)", "size(…)"),
        ("form.material_name.startwith('x')", 19, "startsWith", "startsWith"),
        ("form.lines.all(form, true)", 11, "row", "row"),
        ("form.lines.all(today, true)", 11, "row", "row"),
        ("form.lines.all(a, form.lines.all(a, true))", 29, "row", "row"),
        ("form.lines.all(row.x, true)", 18, "短名字", "short name"),
        ("form.lines.all(row, row.name + row.name == '')", 29, "int(row.a)", "int(row.a)"),
        ("actor.roles.all(x, form.material_name + x == '')", 38, "拼接", "joined"),
        ("facts.numbers.all(x, [x] + [x] == [])", 25, "拼接", "joined"),
        ("actor.roles.all(x, x.matches('a'))", 21, "matches", "matches"),
        ("form.material_name == 'a\u200bb'", 22, "看不见", "cannot be seen"),
        ("form.material_name == '\ud800'", 22, "看不见", "cannot be seen"),
        ("form.quantity == 1\0", 18, "U+0000", "U+0000"),
    ],
)
def test_an_author_is_told_what_is_wrong_and_where(
    refused: RefusedBecause, text: str, offset: int, zh: str, en: str
) -> None:
    problem = refused(text)[0]
    assert problem.offset == offset
    assert zh in problem.zh
    assert en in problem.en


def test_places_are_those_of_the_authors_text_behind_money_dates_and_line_ends(
    refused: RefusedBecause,
) -> None:
    text = "form.ref_unit_price > 3 万元 // 三万元\n  && today > date('2026-03-01')\n  && 😀"
    assert refused(text)[0].offset == text.index("😀")
    text = text.replace("😀", "'😀' == form.nope")
    assert refused(text)[0].offset == text.index("form.nope")
    text = "now > form.asked_at + hours(param.recall_hours + 1) && form.nope"
    assert refused(text)[0].offset == text.index("form.nope")


def test_every_problem_is_named_at_once(refused: RefusedBecause) -> None:
    text = "form.nope > 1 && form.quantity == 'x' && tomorow > 2"
    assert [problem.offset for problem in refused(text)] == [0, 31, 41]
    text = "form.quantity ＞ 1.5 && form.material_name = “x”"
    assert [problem.offset for problem in refused(text)] == [14, 16, 42, 44, 46]


@pytest.mark.parametrize("gives", Kind)
@pytest.mark.parametrize("name", VOCABULARY)
def test_the_result_must_be_exactly_of_the_kind_that_is_wanted(
    language: Language, name: str, gives: Kind
) -> None:
    compiled = language.compile(name, gives)
    assert isinstance(compiled, Expression) == (VOCABULARY[name] is gives)


def test_a_fact_must_be_compared_or_converted(refused: RefusedBecause, worth: Worth) -> None:
    assert "== true" in refused("facts.approved")[0].zh
    assert "int(…)" in refused("facts.approved", Kind.INT)[0].zh
    assert "string(…)" in refused("facts.approved", Kind.TEXT)[0].en
    assert worth("facts.approved == true", {"facts.approved": True}) is True


def test_a_length_of_time_is_no_result(refused: RefusedBecause) -> None:
    assert "时长" in refused("now - form.asked_at", Kind.INT)[0].zh


@pytest.mark.parametrize(
    "name",
    [
        "",
        "form.",
        ".form",
        "form..x",
        "form.in",
        "form.true",
        "in",
        "for.x",
        "表单.x",
        "a b",
        "int",
    ],
)
def test_a_name_that_could_not_be_written_is_refused_with_the_vocabulary(name: str) -> None:
    with pytest.raises(ValueError, match="no expression could use"):
        Language({"form.ok": Kind.INT, name: Kind.INT})


def test_words_of_programming_may_be_names_of_fields() -> None:
    language = Language({"form.function": Kind.INT, "form.package": Kind.INT})
    expression = accepted(language.compile("form.function > form.package", Kind.BOOL))
    assert expression.evaluate({"form.function": 2, "form.package": 1}) is True


# What would be too much


@pytest.mark.parametrize(
    "text",
    [
        "1" + "+1" * 50_000,
        "1" + "+1" * 200 + " > 1",
        "form.quantity > 0" + " && form.quantity > 0" * 20,
        "(" * 200 + "true" + ")" * 200,
        "[" * 200 + "]" * 200 + " == []",
        "true ? true : " * 30 + "true",
        "facts.approved" + ".a" * 200 + " == 1",
        "facts.approved" + "[0]" * 150 + " == 1",
        "form.material_name == '" + "a" * 500 + "'",
        "facts.numbers.all(a, facts.numbers.all(b, facts.numbers.all(c, true)))",
        "[1].all(a, [1].all(b, [1].all(c, [1].all(d, [1].all(e, [1].all(f, true))))))",
        "form.material_name.matches('" + "a" * 101 + "')",
        "form.material_name.matches('((a{100}){100}){100}')",
        f"{'9' * 400} > 1",
        f"{'9' * 400} 元 > 1",
        f"now + hours({'9' * 400}) > now",
        "9" * 511,
        "'" * 512,
        "has(" * 30 + "form.lines[0].name" + ")" * 30,
    ],
    ids=range(19),
)
def test_what_is_too_large_or_too_deep_is_refused(refused: RefusedBecause, text: str) -> None:
    assert refused(text)


def test_the_limits_themselves_are_allowed(worth: Worth) -> None:
    assert worth("'" + "a" * 504 + "' != ''") is True
    assert worth(" && ".join(["given.ref_unit_price"] * 21)) is True
    assert worth("(" * 28 + "given.ref_unit_price" + ")" * 28) is True


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        (
            "facts.numbers.all(a, facts.numbers.all(b, true))",
            {"facts.numbers": tuple(range(101))},
        ),
        ("facts.numbers.map(a, a + 1) == []", {"facts.numbers": tuple(range(1_001))}),
        (
            "form.lines.all(a, form.lines.all(b, a.codes == b.codes))",
            {"form.lines": ({"codes": ["x"] * 5_000},) * 90},
        ),
        (
            "facts.numbers.all(a, facts.numbers == facts.numbers)",
            {"facts.numbers": tuple(range(9_999))},
        ),
        (
            "facts.numbers.all(a, !form.material_name.contains('z'))",
            {"facts.numbers": tuple(range(9_999)), "form.material_name": "中" * 1_000_000},
        ),
        (
            "actor.roles.all(a, !(a in facts.approved) && facts.approved != 1)",
            {"actor.roles": ("x",) * 9_999, "facts.approved": ["y"] * 9_999},
        ),
    ],
    ids=["rounds", "building", "rows", "lists", "texts", "facts"],
)
def test_too_much_data_for_a_macro_ends_without_a_value(
    worth: Worth, text: str, changes: Mapping[str, object]
) -> None:
    answer = worth(text, changes)
    assert isinstance(answer, Unevaluable)
    assert answer.names == ()


def test_as_many_rows_as_a_form_has_are_no_burden(worth: Worth) -> None:
    rows = tuple({"name": f"line {n}", "fen": n, "note": "x" * 50} for n in range(1_000))
    names = tuple(f"line {n}" for n in range(1_000))
    assert worth(
        "form.lines.all(row, row.name in actor.roles && row.fen >= 0)",
        {"form.lines": rows, "actor.roles": names},
    )
    assert worth(
        "form.lines.all(a, form.lines.exists_one(b, b.name == a.name))", {"form.lines": rows[:99]}
    )


def test_signs_that_cancel_each_other_cost_nothing(worth: Worth) -> None:
    assert worth("!" * 400 + "true") is True
    assert worth("-" * 400 + "1 == 1") is True


def test_a_list_cannot_be_blown_up_beyond_measure(worth: Worth) -> None:
    answer = worth(
        "facts.numbers.map(n, form.material_name)",
        {"facts.numbers": tuple(range(1_000)), "form.material_name": "中" * 2_000},
        gives=Kind.TEXTS,
    )
    assert answer == Unevaluable((), "a result too large to hand out")


# What the library would do to the interpreter


def test_reading_nulls_takes_nothing_from_the_interpreter(worth: Worth) -> None:
    before = sys.getrefcount(None)
    for _ in range(500):
        worth("form.lines[1].note", gives=Kind.FACT)
        worth("form.lines", gives=Kind.ROWS)
    assert sys.getrefcount(None) > before - 250


def test_many_threads_may_share_a_language_and_its_expressions(language: Language) -> None:
    shared = [
        accepted(language.compile(f"form.quantity > {n} && 'a' in actor.roles", Kind.BOOL))
        for n in range(20)
    ]

    def work(seed: int) -> list[tuple[int, int]]:
        wrong = []
        for turn in range(100):
            n, quantity = (turn * 7 + seed) % 20, (turn + seed) % 25
            answer = shared[n].evaluate({"form.quantity": quantity, "actor.roles": ("a",)})
            own = accepted(language.compile(f"{turn} == form.quantity", Kind.BOOL))
            if answer is not (quantity > n) or not own.evaluate({"form.quantity": turn}):
                wrong.append((n, quantity))
        return wrong

    with ThreadPoolExecutor(8) as threads:
        assert [wrong for found in threads.map(work, range(8)) for wrong in found] == []
