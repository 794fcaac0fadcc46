"""A definition is read strictly: what cannot be meant is refused at its place, all at once."""

from __future__ import annotations

from hashlib import sha256

import pytest

from tests.definitions.writing import (
    FILE,
    GOOD,
    column_of,
    edited,
    line_of,
    parsed,
    problems_of,
    small_register,
)
from workflow.calendar import Unit
from workflow.design.definition import OpinionRule, UrgeLimit
from workflow.design.effects import ActOn, Notify, SetField, StartCase, WriteRow
from workflow.design.facts import FactKind, Gives, Relation
from workflow.design.form import FieldType, Requirement
from workflow.design.form_rules import OPENING, accepted_fields, hands_in, requirements
from workflow.design.parsing import parse_definition
from workflow.design.seats import Scope, Seat, SeatKind
from workflow.refusals import Sentence


class TestWhatIsRead:
    def test_a_good_definition_becomes_values(self) -> None:
        definition = parsed()
        assert (definition.key, definition.version) == ("leave-request", 1)
        assert definition.name == Sentence("请假", "Leave")
        assert definition.number_prefix == "QJ"
        assert definition.parameters == ("leave.answer_days", "leave.sick_note", "leave.year")
        assert definition.entries == ("draft",)
        assert list(definition.actions) == ["submit", "approve", "refuse", "lapse", "withdraw"]

    def test_its_digest_is_that_of_its_very_text(self) -> None:
        assert parsed().digest == sha256(GOOD.encode()).hexdigest()
        assert parsed().source == GOOD
        assert parsed(GOOD + "\n").digest != parsed().digest

    def test_how_often_a_case_is_urged(self) -> None:
        head = "key_figure: days\n"
        assert parsed().urge == UrgeLimit(hours=4, a_day=3)
        assert parsed(edited((head, f"{head}urge: {{hours: 168}}\n"))).urge == UrgeLimit(168, 3)
        most = parsed(edited((head, f"{head}urge: {{hours: 8, a_day: 3}}\n")))
        assert most.urge == UrgeLimit(8, 3)

    def test_what_looks_like_a_number_is_a_text_in_quotes(self) -> None:
        for word in ("5", "2.50", "0123", "1e5", "+86", "0x1F", "true"):
            for quote in ("'", '"'):
                name = f"name: {{zh: {quote}{word}{quote}, en: Leave}}"
                text = edited(("name: {zh: 请假, en: Leave}", name))
                assert parsed(text).name == Sentence(word, "Leave")
        block = edited(("name: {zh: 请假, en: Leave}", "name:\n  zh: >-\n    5\n  en: Leave"))
        assert parsed(block).name.zh == "5"

    def test_words_with_figures_in_them_need_no_quotes(self) -> None:
        for word in ("24小时", "2026-03-02", "08:30", "3月", "1.2.3", "A4", "5%"):
            text = edited(("name: {zh: 请假, en: Leave}", f"name: {{zh: {word}, en: {word}}}"))
            assert parsed(text).name.zh == word

    def test_numbers_stand_without_quotes_where_numbers_are_meant(self) -> None:
        text = edited(
            ("max: 100}", "max: 99, min: 1}"),
            ("{after: form.starts, days: form.days}", "{after: form.starts, days: 5}"),
            ("length: {workdays: param.leave.answer_days}", "length: {workdays: 2}"),
        )
        assert (parsed(text).form["reason"].minimum, parsed(text).form["reason"].maximum) == (1, 99)

    def test_a_list_of_one_may_stand_bare(self) -> None:
        definition = parsed()
        assert definition.actions["submit"].sources == ("draft",)
        assert definition.form["reason"].required == (Requirement("submit"),)
        assert definition.form["starts"].required == (Requirement("submit"),)
        assert definition.opening.seats == (Seat(SeatKind.ROLE, role="nurse"),)

    def test_all_fields_are_those_that_a_person_fills_as_such(self) -> None:
        everything = (
            "reason",
            "days",
            "pay",
            "starts",
            "called",
            "kind",
            "trips",
            "stand_in",
            "ward",
        )
        assert parsed().opening.fields == everything
        assert parsed().states["draft"].editable == everything

    def test_a_requirement_may_depend_on_a_condition_and_rest_on_a_clause(self) -> None:
        (rule,) = parsed().form["kind"].required
        assert rule.when is not None
        assert (rule.action, rule.when.text, rule.clauses) == (
            "submit",
            "param.leave.sick_note",
            ("L-1",),
        )

    def test_requirements_may_be_mixed_in_a_list(self) -> None:
        text = edited(
            ("required: [submit]", "required: [start, {at: [submit, approve], clauses: L-1}]")
        )
        assert parsed(text).form["starts"].required == (
            Requirement("opening"),
            Requirement("submit", clauses=("L-1",)),
            Requirement("approve", clauses=("L-1",)),
        )

    def test_bounds_of_money_are_written_in_yuan_and_kept_in_fen(self) -> None:
        text = edited(("type: money, above: 0", "type: money, min: 0.01, max: 1000, above: 0"))
        pay = parsed(text).form["pay"]
        assert (pay.minimum, pay.maximum, pay.above) == (1, 100_000, 0)
        assert parsed().form["days"].maximum == 30

    def test_an_option_keeps_its_chinese_word_and_has_an_english_label(self) -> None:
        text = edited(("[{value: 事假, en: Private}, ", "[婚假, "))
        married, sick = parsed(text).form["kind"].options
        assert (married.value, married.label) == ("婚假", Sentence("婚假", "婚假"))
        assert (sick.value, sick.label) == ("病假", Sentence("病假", "Sick"))

    def test_a_table_has_columns_of_which_some_must_be_filled(self) -> None:
        place, nights = parsed().form["trips"].columns
        assert (place.key, bool(place.required)) == ("place", True)
        assert (nights.type, bool(nights.required)) == (FieldType.INTEGER, False)

    def test_seats_are_words_roles_and_persons(self) -> None:
        text = edited(
            (
                "who: {role: head, of: applicant.department}",
                "who: [{role: head, of: form.ward, or_anyone: true}, {person: form.stand_in}]",
            )
        )
        assert parsed(text).actions["approve"].seats == (
            Seat(SeatKind.ROLE, "head", Scope.FORM, "ward", or_anyone=True),
            Seat(SeatKind.PERSON, field="stand_in"),
        )
        assert parsed().actions["refuse"].seats == (Seat(SeatKind.REVIEWER),)

    def test_a_task_may_wait_for_some_of_the_seats_only(self) -> None:
        text = edited(
            (
                "who: {role: head, of: applicant.department}",
                "who: [{role: head}, {role: nurse}]\n    waits_for: {role: head}",
            )
        )
        assert parsed(text).actions["approve"].duty_seats == (Seat(SeatKind.ROLE, "head"),)

    def test_a_task_may_wait_only_where_an_expression_holds(self) -> None:
        always, sometimes = parsed(), parsed(edited(("duty: false", "duty: form.days > 3")))
        assert always.actions["approve"].duty_when is None
        withdraw = sometimes.actions["withdraw"]
        assert withdraw.duty
        assert withdraw.duty_when is not None
        assert withdraw.duty_when.text == "form.days > 3"

    def test_an_opinion_may_go_into_a_field(self) -> None:
        definition = parsed()
        approve, refuse = definition.actions["approve"], definition.actions["refuse"]
        assert (approve.opinion, approve.opinion_field) == (OpinionRule.REQUIRED, "head_opinion")
        assert (refuse.opinion, refuse.opinion_field) == (OpinionRule.REQUIRED, None)
        assert definition.actions["submit"].opinion is OpinionRule.NONE

    def test_conditions_are_named_after_their_action_and_number(self) -> None:
        first, second = parsed().actions["submit"].conditions
        assert (first.name, second.name) == ("submit.1", "submit.2")
        assert (first.clauses, second.names_cases) == (("L-1",), "clashing")

    def test_effects_come_in_their_order_one_a_field(self) -> None:
        setting, notice = parsed().actions["submit"].effects
        assert isinstance(setting, SetField)
        assert setting.start is not None
        assert (setting.field, setting.start.text) == ("ends", "form.starts")
        assert [(one.amount.text, one.unit) for one in setting.spans] == [("form.days", Unit.DAYS)]
        assert isinstance(notice, Notify)
        assert notice.to.kind is SeatKind.REVIEWER
        writing = parsed().actions["approve"].effects[0]
        assert isinstance(writing, WriteRow)
        assert [column for column, _ in writing.values] == ["person", "days", "starts"]
        assert writing.key == ("person", "starts")

    def test_one_of_several_lengths_may_be_chosen_by_condition(self) -> None:
        several = "length: [{when: param.leave.sick_note, hours: 4}, {workdays: 2}]"
        rule = parsed(edited(("length: {workdays: param.leave.answer_days}", several))).deadlines
        first, second = rule["patience"].spans
        assert first.when is not None
        assert (first.amount.text, first.unit) == ("4", Unit.HOURS)
        assert (second.when, second.amount.text, second.unit) == (None, "2", Unit.WORKDAYS)

    def test_a_timer_may_act_on_a_condition_only(self) -> None:
        text = edited(
            ("then: lapse", "then: {action: lapse, when: form.days > 3}\n    overdue: true")
        )
        rule = parsed(text).deadlines["patience"]
        assert rule.action_when is not None
        assert (rule.action, rule.action_when.text, rule.overdue) == (
            "lapse",
            "form.days > 3",
            True,
        )

    def test_other_processes_are_started_and_acted_on(self) -> None:
        text = edited(
            (
                "      - notify: applicant\n",
                """\
      - start: ward-round
        fields: {reason: form.reason}
        entry: planned
        sibling: true
        when: form.days > 3
      - act: settle
        on: siblings
        process: ward-round
        states: open
        named_by: case.number
""",
            )
        )
        start, act = parsed(text).actions["approve"].effects[1:]
        assert isinstance(start, StartCase)
        assert (start.process, start.entry, start.sibling) == ("ward-round", "planned", True)
        assert isinstance(act, ActOn)
        assert (act.action, act.relation, act.states) == ("settle", Relation.SIBLINGS, ("open",))

    def test_facts_come_from_registers_related_cases_and_the_cases_own_history(self) -> None:
        text = edited(
            (
                "  seen: {history: approve, gives: exists}\n",
                """\
  seen: {history: approve, gives: exists}
  rounds: {related: children, process: ward-round, states: [open], open: true, gives: count}
  last: {related: children, process: ward-round, gives: first, column: place}
""",
            )
        )
        facts = parsed(text).facts
        assert [fact.kind for fact in facts.values()] == [
            FactKind.REGISTER,
            FactKind.REGISTER,
            FactKind.HISTORY,
            FactKind.RELATED,
            FactKind.RELATED,
        ]
        assert (facts["taken"].gives, facts["taken"].column) == (Gives.SUM, "days")
        assert (facts["rounds"].states, facts["rounds"].open_only) == (("open",), True)
        assert (facts["last"].gives, facts["last"].column) == (Gives.FIRST, "place")

    def test_true_and_figures_are_expressions_too(self) -> None:
        definition = parsed(
            edited(("- set: {ends: {after: form.starts, days: form.days}}", "- set: {days: 3}"))
        )
        setting = definition.actions["submit"].effects[0]
        assert isinstance(setting, SetField)
        assert setting.value is not None
        assert setting.value.text == "3"

    def test_an_expression_knows_its_place_behind_the_quote(self) -> None:
        when = parsed().actions["approve"].conditions[0].when
        assert when.place.line == line_of(GOOD, "'!facts.seen'")
        assert when.place.column == column_of(GOOD, "!facts.seen")
        assert when.place.path == "actions.approve.conditions.1.when"

    def test_states_and_actions_know_the_line_of_their_key(self) -> None:
        definition = parsed()
        assert definition.actions["approve"].place.line == line_of(GOOD, "  approve:")
        assert definition.states["review"].place.line == line_of(GOOD, "  review:")
        assert definition.form["trips"].place.path == "form.trips"


class TestWhichFieldsAnActAccepts:
    def test_the_opening_accepts_what_it_lists_and_requires(self) -> None:
        text = edited(
            ("  who: {role: nurse}", "  who: {role: nurse}\n  fields: [days]"),
            ("required: [submit]", "required: [start]"),
        )
        assert accepted_fields(parsed(text), OPENING) == ("days", "starts")

    def test_handing_in_accepts_whatever_the_opening_accepts(self) -> None:
        definition = parsed()
        assert hands_in(definition, definition.actions["submit"])
        assert accepted_fields(definition, "submit") == accepted_fields(definition, OPENING)

    def test_another_action_accepts_its_fields_its_requirements_and_its_opinion(self) -> None:
        text = edited(
            ("    signs: true", "    signs: true\n    fields: [days]"),
            ("type: money, above: 0", "type: money, above: 0, required: approve"),
        )
        assert accepted_fields(parsed(text), "approve") == ("days", "pay", "head_opinion")
        assert accepted_fields(parsed(), "refuse") == ()

    def test_what_the_engine_computes_nobody_may_send(self) -> None:
        text = edited(
            ("type: date, computed: true", "type: date, computed: true, required: approve")
        )
        assert "ends" not in accepted_fields(parsed(text), "approve")

    def test_requirements_come_with_their_rule(self) -> None:
        required = requirements(parsed(), "submit")
        assert [field.key for field, _ in required] == ["reason", "days", "starts", "kind"]

    def test_an_unknown_action_is_a_key_error(self) -> None:
        with pytest.raises(KeyError):
            accepted_fields(parsed(), "celebrate")


#: What is spoiled, where the problem must stand, its path, and what its sentences must say.
REFUSED = [
    pytest.param(
        ("    to: review\n", "    too: review\n"),
        "too: review",
        "actions.submit.too",
        ("没有“too”这个键。是不是想写“to”？", "has no key “too”. Did you mean “to”?"),
        id="an unknown key, with the one that was meant",
    ),
    pytest.param(
        ("    to: review\n", ""),
        "submit:\n",
        "actions.submit",
        ("动作 submit 要写明去向", "Action submit needs exactly one of"),
        id="no word on where it leads",
    ),
    pytest.param(
        ("    to: review\n", "    to: reveiw\n"),
        "reveiw",
        "actions.submit.to",
        (
            "状态“reveiw”不存在。是不是想写“review”？",
            "There is no state “reveiw”. Did you mean “review”?",
        ),
        id="a state that does not exist",
    ),
    pytest.param(
        ("    from: review\n    to: approved", "    from: [review, revue]\n    to: approved"),
        "revue",
        "actions.approve.from.2",
        ("状态“revue”不存在", "There is no state “revue”"),
        id="a source that does not exist",
    ),
    pytest.param(
        ("who: {role: nurse}", "who: {role: nurs}"),
        "nurs}",
        "open.who.role",
        ("角色“nurs”不存在。是不是想写“nurse”？", "There is no role “nurs”"),
        id="an unknown role",
    ),
    pytest.param(
        (
            "en: Thirty days are taken}\n        clauses: [L-1]",
            "en: Thirty}\n        clauses: [L-9]",
        ),
        "L-9",
        "actions.submit.conditions.1.clauses.1",
        ("条款“L-9”不存在", "There is no clause “L-9”"),
        id="an unknown clause",
    ),
    pytest.param(
        ("parameters: [leave.answer_days, ", "parameters: [leave.awnser_days, "),
        "leave.awnser_days",
        "parameters.1",
        ("政策参数“leave.awnser_days”不存在。是不是想写“leave.answer_days”", "no policy parameter"),
        id="an unknown parameter",
    ),
    pytest.param(
        ("- write: leaves", "- write: leafs"),
        "leafs",
        "actions.approve.effects.1.write",
        ("登记簿“leafs”不存在", "There is no register “leafs”"),
        id="an unknown register",
    ),
    pytest.param(
        ("row: {person: applicant.id, days", "row: {persan: applicant.id, days"),
        "persan",
        "actions.approve.effects.1.row.persan",
        ("登记簿 leaves 的列“persan”不存在。是不是想写“person”？", "no column of register leaves"),
        id="an unknown column of a row",
    ),
    pytest.param(
        ("where: {starts: form.starts}", "where: {begins: form.starts}"),
        "begins",
        "facts.clashing.where.begins",
        ("登记簿 leaves 的列“begins”不存在", "no column of register leaves “begins”"),
        id="an unknown column of a look-up",
    ),
    pytest.param(
        ("gives: sum, column: days", "gives: sum, column: dais"),
        "dais",
        "facts.taken.column",
        ("登记簿 leaves 的列“dais”不存在", "“dais”"),
        id="an unknown column of an answer",
    ),
    pytest.param(
        ("gives: sum, column: days", "gives: sum"),
        "taken:",
        "facts.taken",
        ("gives: sum 要写明取哪一列", "gives: sum needs a column"),
        id="a sum of nothing",
    ),
    pytest.param(
        ("gives: numbers}", "gives: numbers, column: days}"),
        "column: days}\n  seen",
        "facts.clashing.column",
        ("不看任何一列", "looks at no column"),
        id="a column where none is looked at",
    ),
    pytest.param(
        ("gives: sum, column: days", "gives: first, column: person, or_held: haed"),
        "haed",
        "facts.taken.or_held",
        ("角色“haed”不存在", "There is no role “haed”"),
        id="an unknown role whose department is meant",
    ),
    pytest.param(
        ("gives: sum, column: days", "gives: sum, column: days, or_held: head"),
        "or_held",
        "facts.taken.or_held",
        ("or_held 用于按一个名称查科室", "or_held looks a department up by one name"),
        id="a sum of departments",
    ),
    pytest.param(
        ("where: {person: applicant.id}, gives: sum", "or_held: head, gives: first"),
        "or_held",
        "facts.taken.or_held",
        ("or_held 用于按一个名称查科室", "or_held looks a department up by one name"),
        id="the department of no name",
    ),
    pytest.param(
        (
            "where: {person: applicant.id}, gives: sum",
            "where: {person: applicant.id, days: '3'}, or_held: head, gives: first",
        ),
        "or_held",
        "facts.taken.or_held",
        ("or_held 用于按一个名称查科室", "or_held looks a department up by one name"),
        id="the department of two names",
    ),
    pytest.param(
        (
            "where: {person: applicant.id}, gives: sum",
            "where: {days: {above: '3'}}, or_held: head, gives: first",
        ),
        "or_held",
        "facts.taken.or_held",
        ("or_held 用于按一个名称查科室", "or_held looks a department up by one name"),
        id="the department of a range",
    ),
    pytest.param(
        ("names_cases: clashing", "names_cases: clashed"),
        "clashed",
        "actions.submit.conditions.2.names_cases",
        ("查询事实“clashed”不存在", "There is no fact “clashed”"),
        id="an unknown fact",
    ),
    pytest.param(
        ("{history: approve, ", "{history: aprove, "),
        "aprove",
        "facts.seen.history",
        ("动作“aprove”不存在", "There is no action “aprove”"),
        id="an unknown action in a fact",
    ),
    pytest.param(
        ("then: lapse", "then: laps"),
        "laps\n",
        "deadlines.patience.then",
        ("动作“laps”不存在。是不是想写“lapse”？", "There is no action “laps”"),
        id="an unknown action of a timer",
    ),
    pytest.param(
        ("required: [submit]", "required: [sumbit]"),
        "sumbit",
        "form.starts.required.1",
        ("动作“sumbit”不存在。是不是想写“submit”？", "There is no action “sumbit”"),
        id="an unknown action in a requirement",
    ),
    pytest.param(
        ("into: head_opinion", "into: haed_opinion"),
        "haed_opinion",
        "actions.approve.opinion.into",
        ("表单项“haed_opinion”不存在", "There is no form field “haed_opinion”"),
        id="an opinion into a field that does not exist",
    ),
    pytest.param(
        ("set: {ends: {after", "set: {end: {after"),
        "end: {after",
        "actions.submit.effects.1.set.end",
        ("表单项“end”不存在。是不是想写“ends”？", "There is no form field “end”"),
        id="a setting of a field that does not exist",
    ),
    pytest.param(
        ("title: '{reason}'", "title: '{raeson}'"),
        "'{raeson}'",
        "title",
        ("表单项“raeson”不存在", "There is no form field “raeson”"),
        id="a title of a field that does not exist",
    ),
    pytest.param(
        ("title: '{reason}'", "title: '{reason'"),
        "'{reason'",
        "title",
        ("花括号没有成对", "braces in the title"),
        id="a title with an open brace",
    ),
    pytest.param(
        ("title: '{reason}'", "title: '{parent.form.ward}'"),
        "'{parent.form.ward}'",
        "title",
        ("open 中没有写 parent", "open declares no parent"),
        id="a title of a parent that there is not",
    ),
    pytest.param(
        ("key_figure: days", "key_figure: dayz"),
        "dayz",
        "key_figure",
        ("表单项“dayz”不存在", "There is no form field “dayz”"),
        id="a key figure that does not exist",
    ),
    pytest.param(
        ("number: QJ", "number: qj"),
        "qj",
        "number",
        ("2 至 4 个大写字母", "2 to 4 capital letters"),
        id="a number prefix in small letters",
    ),
    pytest.param(
        ("version: 1", "version: 0"),
        "0\nname",
        "version",
        ("从 1 起的整数", "a whole number from 1"),
        id="a version before the first",
    ),
    pytest.param(
        ("version: 1", "version: yes"),
        "yes",
        "version",
        ("写的却是文字“yes”", "found the text “yes”"),
        id="a version that is a word",
    ),
    pytest.param(
        ("process: leave-request", "process: Leave Request"),
        "Leave Request",
        "process",
        ("流程名", "the name of a process"),
        id="a process name that cannot be a folder",
    ),
    pytest.param(
        ("duty: false", "duty: no"),
        "no\n    tone",
        "actions.withdraw.duty",
        ("true（是）、false（否），或一个表达式", "true, false, or an expression"),
        id="a yes-or-no in another spelling",
    ),
    pytest.param(
        ("en: Ward}, type: department}", "en: Ward}, type: department, departments: wards}"),
        "wards",
        "form.ward.departments",
        ("科室类型“wards”不存在", "There is no kind of department “wards”"),
        id="a kind of department that there is not",
    ),
    pytest.param(
        ("category: {zh: 人事, en: Staff}", "category: 人事"),
        "人事\n",
        "category",
        ("中英文两种说法", "A sentence in both languages"),
        id="a sentence in one language",
    ),
    pytest.param(
        ("category: {zh: 人事, en: Staff}", "category: {zh: 人事, en: ''}"),
        "''}",
        "category.en",
        ("这里应写文字，写的却是文字“”", "Expected a text"),
        id="a sentence with nothing in it",
    ),
    pytest.param(
        ("type: money, above: 0", "type: monney, above: 0"),
        "monney",
        "form.pay.type",
        ("表单项类型“monney”不存在。是不是想写“money”？", "There is no field type “monney”"),
        id="an unknown type",
    ),
    pytest.param(
        ("type: money, above: 0", "type: money, above: 0.001"),
        "0.001",
        "form.pay.above",
        ("金额最多两位小数", "money has at most two decimals"),
        id="a bound of less than a fen",
    ),
    pytest.param(
        ("min: 1, max: 30", "min: 1.5, max: 30"),
        "1.5",
        "form.days.min",
        ("其他类型须是整数", "other types are whole"),
        id="a bound that is not whole",
    ),
    pytest.param(
        ("type: date, required: [submit]", "type: date, required: [submit], max: 3"),
        "max: 3}",
        "form.starts.max",
        ("“max”只用于类型", "“max” goes with type"),
        id="a bound on a type that has none",
    ),
    pytest.param(
        ("  stand_in: {", "  stand_in: {departments: clinical, "),
        "departments: clinical",
        "form.stand_in.departments",
        (
            "“departments”只用于类型 department、list",
            "“departments” goes with type department, list",
        ),
        id="a kind of department on something else",
    ),
    pytest.param(
        ("    options: [{value: 事假, en: Private}, {value: 病假, en: Sick}]\n", ""),
        "kind:\n    label",
        "form.kind",
        ("类型 enum 必须写“options”", "Type enum needs “options”"),
        id="a choice without options",
    ),
    pytest.param(
        ("type: text, required: true}", "type: table, required: true}"),
        "table, required",
        "form.trips.columns.place.type",
        ("表单项类型“table”不存在", "There is no field type “table”"),
        id="a table in a table",
    ),
    pytest.param(
        ("  stand_in: {", "  in: {"),
        "in: {label: {zh: 代班人",
        "form.in",
        ("“in”是保留字", "“in” is a reserved word"),
        id="a key that no expression could name",
    ),
    pytest.param(
        ("  stand_in: {", "  Stand-In: {"),
        "Stand-In",
        "form.Stand-In",
        ("小写字母开头", "begin with a small letter"),
        id="a key with other letters",
    ),
    pytest.param(
        ("  withdraw:\n", "  save:\n"),
        "save:",
        "actions.save",
        ("“save”是保留字", "“save” is a reserved word"),
        id="an action with the name of the engine's own act",
    ),
    pytest.param(
        ("who: reviewer", "who: reviever"),
        "reviever",
        "actions.refuse.who",
        ("办理人“reviever”不存在。是不是想写“reviewer”？", "There is no seat “reviever”"),
        id="a seat that does not exist",
    ),
    pytest.param(
        ("of: applicant.department", "of: aplicant.department"),
        "aplicant.department",
        "actions.approve.who.of",
        (
            "科室范围“aplicant.department”不存在。是不是想写“applicant.department”",
            "department scope",
        ),
        id="a scope that does not exist",
    ),
    pytest.param(
        ("of: applicant.department", "of: form.wards"),
        "form.wards",
        "actions.approve.who.of",
        ("表单项“wards”不存在", "There is no form field “wards”"),
        id="a scope of a field that does not exist",
    ),
    pytest.param(
        ("who: {role: head, of: applicant.department}", "who: {rol: head}"),
        "rol: head",
        "actions.approve.who.rol",
        ("办理人“rol”不存在。是不是想写“role”？", "Did you mean “role”?"),
        id="a seat of no known kind",
    ),
    pytest.param(
        ("  who: {role: nurse}", "  who: applicant"),
        "applicant\nform",
        "open.who",
        ("办理人“applicant”不存在", "There is no seat “applicant”"),
        id="an opening by the applicant who is not there yet",
    ),
    pytest.param(
        ("- notify: applicant", "- notify: timer"),
        "timer\n",
        "actions.approve.effects.2.notify",
        ("办理人“timer”不存在", "There is no seat “timer”"),
        id="a notice to the clock",
    ),
    pytest.param(
        ("- notify: applicant", "- tell: applicant"),
        "tell: applicant",
        "actions.approve.effects.2.tell",
        (
            "后果“tell”不存在。可以写：set、write、start、act、revoke、put_in_force、notify、tell_users",
            "There is no effect “tell”",
        ),
        id="an effect of no known kind",
    ),
    pytest.param(
        ("key: [person, starts]", "key: [person, nights]"),
        "[person, nights]",
        "actions.approve.effects.1.key",
        ("key 中的列“nights”没有写在 row 里", "The key column “nights” has no value in row"),
        id="a key that the row does not have",
    ),
    pytest.param(
        ("{after: form.starts, days: form.days}", "{after: form.starts}"),
        "{after: form.starts}",
        "actions.submit.effects.1.set.ends",
        ("时长应写且只写一个单位", "A length has exactly one unit"),
        id="a date that is counted by nothing",
    ),
    pytest.param(
        ("{after: form.starts, days: form.days}", "{after: form.starts, days: 1, weeks: 1}"),
        "{after: form.starts",
        "actions.submit.effects.1.set.ends",
        ("这里写了 2 个", "here are 2"),
        id="a length in two units",
    ),
    pytest.param(
        (
            "{after: form.starts, days: form.days}",
            "{after: form.starts, days: 1, length: {weeks: 1}}",
        ),
        "days: 1, length",
        "actions.submit.effects.1.set.ends.days",
        ("已经写了 length", "There is a length already"),
        id="a length said twice",
    ),
    pytest.param(
        ("    length: {workdays: param.leave.answer_days}\n", ""),
        "patience:",
        "deadlines.patience",
        ("要么写 length（多久），要么写 until", "either length (how long) or until"),
        id="a deadline without an end",
    ),
    pytest.param(
        (
            "    length: {workdays: param.leave.answer_days}\n",
            "    until: today\n    pauses: draft\n",
        ),
        "pauses:",
        "deadlines.patience.pauses",
        ("until 已定死期限的终点", "until fixes the end"),
        id="a fixed end that stands still",
    ),
    pytest.param(
        ("from: [draft, review]", "from: [draft, review, draft]"),
        "draft]\n    to",
        "actions.withdraw.from.3",
        ("“draft”在这个列表里已经写过一次", "“draft” already stands in this list"),
        id="a state listed twice",
    ),
    pytest.param(
        ("from: [draft, review]", "from: []"),
        "[]\n    to",
        "actions.withdraw.from",
        ("这个列表有 0 项；至少应有 1 项", "This list has 0 items"),
        id="an empty list",
    ),
    pytest.param(
        ("- when: '!facts.seen'", "- when: ''"),
        "''\n",
        "actions.approve.conditions.1.when",
        ("一个表达式", "an expression"),
        id="an expression that says nothing",
    ),
    pytest.param(
        ("tone: stop\n  lapse", "tone: red\n  lapse"),
        "red\n  lapse",
        "actions.refuse.tone",
        ("按钮语气“red”不存在。可以写：forward、back、stop、plain", "There is no tone “red”"),
        id="an unknown tone",
    ),
    pytest.param(
        ("title: '{reason}'", "title: 5"),
        "5\nkey_figure",
        "title",
        (
            "这里应写文字，写的却是没有加引号的数 5。如果就是要这几个字，请加引号：'5'。",
            (
                "Expected a text, found the number 5 without quotes. If these very characters are "
                "meant, write '5'."
            ),
        ),
        id="a number for a title",
    ),
    pytest.param(
        ("name: {zh: 请假, en: Leave}", "name: 5"),
        "5\nsummary",
        "name",
        ("{zh: …, en: …}，写的却是数字 5", "found the number 5"),
        id="a number for a name in two languages",
    ),
    pytest.param(
        ("name: {zh: 请假, en: Leave}", "name: {zh: 请假, en: 2.50}"),
        "2.50}",
        "name.en",
        ("没有加引号的数 2.50", "write '2.50'"),
        id="decimals for a name",
    ),
    pytest.param(
        ("name: {zh: 请假, en: Leave}", "name: {zh: 0123, en: Leave}"),
        "0123",
        "name.zh",
        ("没有加引号的数 0123。如果就是要这几个字，请加引号：'0123'", "the number 0123 without"),
        id="figures that begin with a nought",
    ),
    pytest.param(
        ("name: {zh: 请假, en: Leave}", "name: {zh: 请假, en: 1e5}"),
        "1e5",
        "name.en",
        ("没有加引号的数 1e5", "the number 1e5 without quotes"),
        id="a power of ten for a name",
    ),
    pytest.param(
        ("[{value: 事假, en: Private}, ", "[1, "),
        "1, {value",
        "form.kind.options.1",
        ("没有加引号的数 1。", "the number 1 without quotes"),
        id="a number for an option",
    ),
    pytest.param(
        ("{value: 事假, en: Private}", "{value: 3, en: Private}"),
        "3, en",
        "form.kind.options.1.value",
        ("没有加引号的数 3。", "the number 3 without quotes"),
        id="a number for the value of an option",
    ),
    pytest.param(
        ("name: {zh: 请假, en: Leave}", "name: {zh: 请假, en: true}"),
        "true}",
        "name.en",
        ("写的却是是非值 true", "found the yes-or-no value true"),
        id="yes for a name",
    ),
    pytest.param(
        ("clauses: [L-1]}\n    options", "clauses: [5]}\n    options"),
        "5]}",
        "form.kind.required.clauses.1",
        ("一个条款的名称，写的却是数字 5", "found the number 5"),
        id="a number for a clause",
    ),
    pytest.param(
        ("max: 100}", "max: '100'}"),
        "'100'",
        "form.reason.max",
        ("一个数，如 1 或 0.01，写的却是文字“100”", "found the text “100”"),
        id="a text for a bound",
    ),
    pytest.param(
        ("version: 1\n", "version: '1'\n"),
        "'1'\n",
        "version",
        ("从 1 起的整数，写的却是文字“1”", "found the text “1”"),
        id="a text for a version",
    ),
    pytest.param(
        ("key_figure: days\n", "key_figure: days\nurge: {hours: 0}\n"),
        "0}\n",
        "urge.hours",
        ("小时数，1 至 168 的整数，写的却是数字 0", "whole hours, 1 to 168, found the number 0"),
        id="urging without a pause",
    ),
    pytest.param(
        ("key_figure: days\n", "key_figure: days\nurge: {hours: 1.5}\n"),
        "1.5}",
        "urge.hours",
        ("1 至 168 的整数，写的却是数字 1.5", "found the number 1.5"),
        id="urging by parts of an hour",
    ),
    pytest.param(
        ("key_figure: days\n", "key_figure: days\nurge: {a_day: 11}\n"),
        "11}",
        "urge.a_day",
        ("次数，1 至 10 的整数", "a whole number of times, 1 to 10"),
        id="urging all day long",
    ),
    pytest.param(
        ("key_figure: days\n", "key_figure: days\nurge: {hours: 8, a_day: 4}\n"),
        "4}\n",
        "urge.a_day",
        ("每隔 8 小时才能催一次，一天怎样也催不到 4 次", "With 8 hours between two urges"),
        id="urging more often than the hours allow",
    ),
    pytest.param(
        ("key_figure: days\n", "key_figure: days\nurge: never\n"),
        "never",
        "urge",
        ("写的却是文字“never”", "found the text “never”"),
        id="urging that is no limit",
    ),
    pytest.param(
        ("  lapse: {", "  refuse: {"),
        "refuse: {name: {zh: 逾期作废",
        "actions.refuse",
        ("已经写过", "already stands in line"),
        id="a key twice",
    ),
]


@pytest.mark.parametrize(("edit", "part", "path", "said"), REFUSED)
def test_what_cannot_be_meant_is_refused_at_its_place(
    edit: tuple[str, str], part: str, path: str, said: tuple[str, str]
) -> None:
    text = edited(edit)
    matching = [one for one in problems_of(text) if one.path == path]
    assert len(matching) == 1, [one.said.en for one in problems_of(text)]
    (problem,) = matching
    assert (problem.line, problem.column) == (line_of(text, part), column_of(text, part))
    assert problem.file == FILE
    assert said[0] in problem.because.zh
    assert said[1] in problem.because.en


def test_every_problem_is_told_at_once_in_the_order_of_the_lines() -> None:
    text = edited(
        ("number: QJ", "number: q"),
        ("who: {role: nurse}", "who: {role: nurs}"),
        ("type: money, above: 0", "typ: money, above: 0"),
        ("    to: review\n", "    to: reveiw\n"),
        ("then: lapse", "then: laps"),
    )
    lines = [problem.line for problem in problems_of(text)]
    assert lines == sorted(lines)
    for part in ("number: q", "nurs}", "typ: money", "reveiw", "then: laps"):
        assert line_of(text, part) in lines


def test_a_key_that_stands_twice_hides_no_other_mistake() -> None:
    text = edited(("  lapse: {", "  refuse: {"), ("number: QJ", "number: q"))
    said = [one.because.en for one in problems_of(text)]
    assert any("already stands in line" in one for one in said)
    assert line_of(text, "number: q") in [one.line for one in problems_of(text)]


def test_what_yaml_refuses_is_not_refused_a_second_time_at_the_same_place() -> None:
    for wrong in ("!x QJ", "&x QJ", "*x", "1234567890123456789"):
        (problem,) = problems_of(edited(("number: QJ", f"number: {wrong}")))
        assert problem.path == "number"


def test_one_mistake_is_told_once() -> None:
    assert len(problems_of(edited(("    to: review\n", "    to: reveiw\n")))) == 1
    assert len(problems_of(edited(("number: QJ", "number: 12")))) == 1


def test_what_is_no_mapping_at_all_is_refused() -> None:
    (problem,) = problems_of("- a\n- b\n")
    assert (problem.line, problem.path) == (1, "")
    assert "流程定义" in problem.because.zh


def test_a_broken_file_is_told_by_the_reader_of_yaml() -> None:
    (problem,) = problems_of("process: [a\n")
    assert problem.file == FILE


def test_a_byte_order_mark_moves_no_place() -> None:
    text = "\ufeff" + edited(("'!facts.seen'", "'!facts.sean'"))
    read = parse_definition(text, FILE, small_register())
    assert not isinstance(read, tuple)
    assert read.actions["approve"].conditions[0].when.place.column == column_of(text, "!facts.sean")
