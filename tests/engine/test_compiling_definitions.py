"""Every expression of a definition is compiled when it is read, with the place of what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.definitions.writing import (
    FILE,
    GOOD,
    column_of,
    edited,
    line_of,
    parsed,
    small_register,
)
from workflow.conditions.expressions import Compiled, compile_expressions
from workflow.conditions.language import Kind
from workflow.conditions.vocabulary import ALWAYS, vocabulary
from workflow.design.definition import Definition
from workflow.design.effects import SetField
from workflow.design.expression import Expression
from workflow.design.form_rules import OPENING
from workflow.design.plan import conditions_of, expressions_of
from workflow.design.problems import Problem

NOBODY: Mapping[str, Definition] = {}
CHILD_OPENING = "  who: {role: nurse}\n  parent: {process: ward-round, field: round}"
PARENT = """\
process: ward-round
version: 1
name: {zh: 查房, en: Round}
summary: {zh: 查房, en: Round}
category: {zh: 病区, en: Ward}
number: CF
title: '{place}'
open: {who: {role: nurse}}
form:
  place: {label: {zh: 地点, en: Place}, type: text}
  day: {label: {zh: 日期, en: Day}, type: date}
  at: {label: {zh: 时间, en: At}, type: datetime}
  beds: {label: {zh: 床数, en: Beds}, type: integer}
states:
  planned: {name: {zh: 计划, en: Planned}, entry: true}
  done: {name: {zh: 完成, en: Done}, final: true}
actions:
  finish: {name: {zh: 完成, en: Finish}, from: planned, to: done, who: {role: nurse}}
"""


def compiled(text: str = GOOD, others: Mapping[str, Definition] | None = None) -> Compiled:
    read = compile_expressions(parsed(text), small_register(), (others or NOBODY).get)
    assert isinstance(read, Compiled), [problem.said.en for problem in read]
    return read


def problems_of(text: str, others: Mapping[str, Definition] | None = None) -> tuple[Problem, ...]:
    read = compile_expressions(parsed(text), small_register(), (others or NOBODY).get)
    assert isinstance(read, tuple), "it was accepted"
    return read


def with_condition(when: str) -> str:
    """The good definition where approving depends on `when`, written in single quotes."""
    quoted = when.replace("'", "''")
    return edited(
        ("'!facts.seen'", f"'{quoted}'"), ("  seen: {history: approve, gives: exists}\n", "")
    )


def child(*edits: tuple[str, str]) -> str:
    """The good definition as a child of a ward round."""
    return edited(
        ("  who: {role: nurse}", CHILD_OPENING),
        (
            "  stand_in: {label: {zh: 代班人, en: Stand-in}, type: person}",
            "  round: {label: {zh: 查房, en: Round}, type: case, process: ward-round}",
        ),
        *edits,
    )


class TestWhatIsCompiled:
    def test_every_expression_can_be_had_by_what_the_definition_says(self) -> None:
        definition, ready = parsed(), compiled()
        expressions = list(expressions_of(definition))
        assert len(expressions) == 12
        for expression in expressions:
            assert ready.of(expression).text == expression.text

    def test_an_expression_of_another_definition_is_unknown(self) -> None:
        with pytest.raises(KeyError):
            compiled().of(Expression("form.days > 2"))

    def test_it_can_be_evaluated(self) -> None:
        condition = parsed().actions["submit"].conditions[0]
        ready = compiled().of(condition.when)
        assert ready.names == {"facts.taken", "form.days"}
        assert ready.evaluate({"facts.taken": 28, "form.days": 2}) is True
        assert ready.evaluate({"facts.taken": 28, "form.days": 3}) is False

    @pytest.mark.parametrize(
        ("field", "value", "kind"),
        [
            ("reason", "case.number", Kind.TEXT),
            ("days", "form.pay / 100", Kind.INT),
            ("pay", "300元", Kind.INT),
            ("starts", "today + 1", Kind.INT),
            ("called", "now", Kind.MOMENT),
            ("kind", '"事假"', Kind.TEXT),
            ("trips", "form.trips", Kind.ROWS),
            ("stand_in", "actor.id", Kind.TEXT),
        ],
    )
    def test_what_is_set_has_the_kind_of_its_field(
        self, field: str, value: str, kind: Kind
    ) -> None:
        text = edited(
            ("set: {ends: {after: form.starts, days: form.days}}", f"set: {{{field}: '{value}'}}")
        )
        setting = parsed(text).actions["submit"].effects[0]
        assert isinstance(setting, SetField)
        assert setting.value is not None
        assert compiled(text).of(setting.value).gives is kind

    @pytest.mark.parametrize("start", ["form.starts", "form.called", "case.opened_at", "today"])
    def test_a_clock_may_begin_on_a_day_or_at_a_moment(self, start: str) -> None:
        text = edited(("    then: lapse", f"    from: {start}\n    then: lapse"))
        rule = parsed(text).deadlines["patience"]
        assert rule.start is not None
        assert compiled(text).of(rule.start).gives in (Kind.INT, Kind.MOMENT)

    def test_the_cells_of_a_line_are_known_where_each_goes_through_a_table(self) -> None:
        text = edited(
            (
                "row: {person: applicant.id, days: form.days",
                "row: {person: line.place, days: line.nights",
            ),
            ("        key: [person, starts]", "        each: trips"),
        )
        compiled(text)

    def test_a_list_is_gone_through_by_its_texts(self) -> None:
        text = edited(
            ("type: person}", "type: list}"),
            ("row: {person: applicant.id, days", "row: {person: line.text, days"),
            ("        key: [person, starts]", "        each: stand_in"),
        )
        compiled(text)


class TestTheVocabulary:
    def test_fields_facts_policy_and_the_scene_have_names(self) -> None:
        names = vocabulary(parsed(), small_register(), NOBODY.get)
        assert names["form.pay"] is Kind.INT
        assert names["given.pay"] is Kind.BOOL
        assert names["day.called"] is Kind.INT
        assert "day.starts" not in names
        assert names["facts.taken"] is Kind.INT
        assert names["facts.clashing"] is Kind.TEXTS
        assert names["param.leave.sick_note"] is Kind.BOOL
        assert names["given_param.leave.answer_days"] is Kind.BOOL
        assert ALWAYS.items() <= names.items()

    def test_a_parameter_that_is_not_declared_has_no_name(self) -> None:
        text = edited((", leave.year]", "]"))
        assert "param.leave.year" not in vocabulary(parsed(text), small_register(), NOBODY.get)
        (problem,) = problems_of(
            text.replace("'!facts.seen'", "'!facts.seen || param.leave.year == \"service\"'")
        )
        assert "param.leave.year" in problem.because.zh

    def test_figures_by_option_have_a_name_each(self) -> None:
        text = edited((", leave.year]", ", leave.limits]"))
        names = vocabulary(parsed(text), small_register(), NOBODY.get)
        assert names["param.leave.limits.sick"] is Kind.INT
        assert names["given_param.leave.limits.private"] is Kind.BOOL
        assert "param.leave.limits" not in names

    def test_a_parent_is_known_by_its_own_form(self) -> None:
        others = {"ward-round": parsed(PARENT)}
        names = vocabulary(parsed(child()), small_register(), others.get)
        assert names["parent.form.beds"] is Kind.INT
        assert names["parent.given.place"] is Kind.BOOL
        assert names["parent.day.at"] is Kind.INT
        assert names["parent.state"] is Kind.TEXT
        assert not any(
            name.startswith("parent.")
            for name in vocabulary(parsed(), small_register(), others.get)
        )

    def test_the_first_of_related_cases_has_the_kind_of_their_field(self) -> None:
        fact = "  seen: {related: children, process: ward-round, gives: first, column: beds}\n"
        text = edited(
            ("  seen: {history: approve, gives: exists}\n", fact),
            ("'!facts.seen'", "facts.seen > 3"),
        )
        compiled(text, {"ward-round": parsed(PARENT)})


class TestWhatIsWrong:
    def test_a_misspelt_field_is_told_at_its_very_letter(self) -> None:
        text = with_condition("form.days > 3 && form.dais < 9")
        (problem,) = problems_of(text)
        assert problem.line == line_of(text, "form.dais")
        assert problem.column == column_of(text, "form.dais")
        assert problem.path == "actions.approve.conditions.1.when"
        assert problem.file == FILE
        assert "form.days" in problem.because.zh

    def test_doubled_quotes_move_no_place(self) -> None:
        text = with_condition("form.reason != 'x' && form.dais < 9")
        (problem,) = problems_of(text)
        assert problem.column == column_of(text, "form.dais")

    def test_a_text_without_quotes_is_placed_too(self) -> None:
        text = edited(
            ("when: facts.taken + form.days <= 30", "when: facts.taken + form.dais <= 30")
        )
        (problem,) = problems_of(text)
        assert problem.column == column_of(text, "form.dais")

    def test_a_block_of_lines_is_placed_by_its_line(self) -> None:
        block = "when: |-\n          facts.taken + form.days <= 30 &&\n          form.dais > 1"
        text = edited(("when: facts.taken + form.days <= 30", block))
        (problem,) = problems_of(text)
        assert (problem.line, problem.column) == (
            line_of(text, "form.dais"),
            column_of(text, "form.dais"),
        )

    def test_a_folded_text_is_told_at_its_beginning(self) -> None:
        folded = "when: facts.taken + form.days\n          <= form.dais"
        text = edited(("when: facts.taken + form.days <= 30", folded))
        (problem,) = problems_of(text)
        assert problem.line == line_of(text, "when: facts.taken")

    def test_a_condition_that_is_no_yes_or_no(self) -> None:
        (problem,) = problems_of(with_condition("form.days + 1"))
        assert "真或假" in problem.because.zh

    def test_a_condition_that_looks_at_nothing(self) -> None:
        (problem,) = problems_of(with_condition("1 < 2"))
        assert "没有用到任何数据" in problem.because.zh
        assert "looks at nothing" in problem.because.en

    @pytest.mark.parametrize(
        ("value", "field"),
        [("today", "reason"), ('"三"', "days"), ("now", "starts"), ("true", "pay")],
    )
    def test_a_value_of_another_kind_than_its_field(self, value: str, field: str) -> None:
        text = edited(
            ("set: {ends: {after: form.starts, days: form.days}}", f"set: {{{field}: '{value}'}}")
        )
        (problem,) = problems_of(text)
        assert problem.path == f"actions.submit.effects.1.set.{field}"

    def test_a_cell_of_another_kind_than_its_column(self) -> None:
        text = edited(
            ("days: form.days, starts: form.starts}", "days: form.reason, starts: today}")
        )
        (problem,) = problems_of(text)
        assert problem.path == "actions.approve.effects.1.row.days"

    def test_a_look_up_of_another_kind_than_its_column(self) -> None:
        (problem,) = problems_of(edited(("where: {starts: form.starts}", "where: {starts: now}")))
        assert problem.path == "facts.clashing.where.starts"

    @pytest.mark.parametrize("when", ["facts.taken > 3", 'decision.opinion != ""'])
    def test_whether_a_task_waits_is_known_without_looking_anything_up(self, when: str) -> None:
        (problem,) = problems_of(edited(("duty: false", f"duty: {when}")))
        assert problem.path == "actions.withdraw.duty"

    @pytest.mark.parametrize("where", ["facts.taken", "decision.opinion"])
    def test_a_look_up_by_what_is_not_known_yet(self, where: str) -> None:
        text = edited(("where: {starts: form.starts}", f"where: {{person: string({where})}}"))
        (problem,) = problems_of(text)
        assert where in problem.because.zh

    @pytest.mark.parametrize(
        ("edit", "path"),
        [
            (("{after: form.starts, days: form.days}", "5"), "actions.submit.effects.1.set.ends"),
            (
                ("{after: form.starts, days: form.days}", "{after: 5, days: form.days}"),
                "actions.submit.effects.1.set.ends.after",
            ),
            (("starts: form.starts}\n        key", "starts: 5}\n        key"), "row.starts"),
            (("where: {starts: form.starts}", "where: {starts: 5}"), "facts.clashing.where.starts"),
            (
                ("    length: {workdays: param.leave.answer_days}", "    until: 5"),
                "deadlines.patience.until",
            ),
            (("    then: lapse", "    from: 5\n    then: lapse"), "deadlines.patience.from"),
        ],
    )
    def test_a_bare_number_for_a_day(self, edit: tuple[str, str], path: str) -> None:
        text = edited(edit)
        (problem,) = problems_of(text)
        assert problem.path.endswith(path)
        assert problem.line == line_of(text, edit[1])
        assert "这里需要一个日期，写的却是数字 5" in problem.because.zh
        assert "Here a day is needed, and this is the number 5" in problem.because.en

    def test_a_day_that_is_counted_from_today_is_no_bare_number(self) -> None:
        text = edited(("{after: form.starts, days: form.days}", "today + 5"))
        assert isinstance(compiled(text), Compiled)

    def test_a_clock_that_begins_at_a_word(self) -> None:
        (problem,) = problems_of(
            edited(("    then: lapse", "    from: form.reason\n    then: lapse"))
        )
        assert "日期" in problem.because.zh
        assert "moment" in problem.because.en

    def test_a_clock_that_begins_at_a_misspelt_field(self) -> None:
        (problem,) = problems_of(
            edited(("    then: lapse", "    from: form.begins\n    then: lapse"))
        )
        assert "form.begins" in problem.because.zh

    def test_a_length_that_is_no_figure(self) -> None:
        text = edited(
            ("length: {workdays: param.leave.answer_days}", "length: {workdays: form.reason}")
        )
        (problem,) = problems_of(text)
        assert problem.path == "deadlines.patience.length.workdays"

    def test_a_line_where_there_is_none(self) -> None:
        text = edited(("row: {person: applicant.id, days", "row: {person: line.place, days"))
        (problem,) = problems_of(text)
        assert "line.place" in problem.because.zh

    def test_a_parent_that_is_not_declared(self) -> None:
        (problem,) = problems_of(with_condition('parent.state == "done"'))
        assert "parent.state" in problem.because.zh

    def test_a_parent_that_nobody_knows(self) -> None:
        problems = problems_of(child())
        assert ["没有流程“ward-round”" in one.because.zh for one in problems] == [True]

    def test_a_started_case_gets_values_of_its_own_fields_kinds(self) -> None:
        start = "      - {start: ward-round, fields: {place: form.reason, beds: form.reason}}\n"
        text = edited(("      - notify: applicant\n", start))
        (problem,) = problems_of(text, {"ward-round": parsed(PARENT)})
        assert problem.path == "actions.approve.effects.2.fields.beds"

    def test_everything_is_told_at_once(self) -> None:
        text = edited(
            ("when: facts.taken + form.days <= 30", "when: facts.taken + form.dais <= 30"),
            ("'!facts.seen'", "'!facts.sean'"),
            ("length: {workdays: param.leave.answer_days}", "length: {workdays: param.leave.days}"),
        )
        lines = [problem.line for problem in problems_of(text)]
        assert lines == [
            line_of(text, "form.dais"),
            line_of(text, "facts.sean"),
            line_of(text, "param.leave.days"),
        ]


class TestWhatClosesAButton:
    """A condition that no input can change closes; one that input can change only asks."""

    @pytest.mark.parametrize(
        ("when", "closes"),
        [
            ("case.round < 3", True),
            ("param.leave.sick_note", True),
            ("form.days < 3", True),
            ("today >= form.starts", True),
            ("actor.id != form.stand_in", True),
            ("given.ward", True),
            ('decision.opinion != "好"', False),
            ('form.head_opinion != "好"', False),
            ("given.pay", False),
            ("form.pay > 3元", False),
            ("size(facts.clashing) == 0", True),
        ],
    )
    def test_an_approval_asks_only_for_what_it_accepts(self, when: str, closes: bool) -> None:
        text = with_condition(when).replace("    signs: true", "    signs: true\n    fields: [pay]")
        condition = parsed(text).actions["approve"].conditions[0]
        assert compiled(text).standing(condition, "approve") is closes

    def test_a_fact_that_is_looked_up_by_an_accepted_field_only_asks(self) -> None:
        text = with_condition("size(facts.clashing) == 0").replace(
            "    signs: true", "    signs: true\n    fields: [starts]"
        )
        condition = parsed(text).actions["approve"].conditions[0]
        assert compiled(text).standing(condition, "approve") is False

    def test_handing_in_asks_for_all_that_the_opening_accepts(self) -> None:
        ready = compiled()
        assert [ready.standing(one, "submit") for one in parsed().actions["submit"].conditions] == [
            False,
            False,
        ]

    def test_an_opening_asks_for_its_fields_and_closes_on_the_rest(self) -> None:
        text = edited(
            (
                "  who: {role: nurse}\n",
                """\
  who: {role: nurse}
  conditions:
    - {when: form.days > 1, otherwise: {zh: 一, en: One}}
    - {when: param.leave.sick_note, otherwise: {zh: 二, en: Two}}
""",
            )
        )
        ready, conditions = compiled(text), parsed(text).opening.conditions
        assert [one.name for one in conditions] == ["opening.1", "opening.2"]
        assert [ready.standing(one, OPENING) for one in conditions] == [False, True]

    def test_every_condition_has_a_name_of_its_own(self) -> None:
        names = [condition.name for condition in conditions_of(parsed())]
        assert len(names) == len(set(names))
