"""What a definition calculates: which declared calculation, at which acts, from what, into what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflow.calculations.declaring import Calculation, Slot, Type
from workflow.calculations.table import CALCULATIONS
from workflow.design.calculated import CalculationUse, LineInput
from workflow.design.expression import Expression
from workflow.design.form_rules import OPENING, START
from workflow.design.parsing_basics import FIELD, FORMULA, RuledTable
from workflow.design.shapes import Either, Entries, Listing, NewKey, Reference, Shape
from workflow.design.spots import Name, Spot
from workflow.design.tables import Key, Section, Table, Values
from workflow.refusals import Sentence


class LineInputKeys(Table):
    """The rows that go into a calculation."""

    noun = Sentence("逐行的输入", "Rows as an input")

    each = Key(
        FIELD, "表格或列表项：每行一条", "a table or list field: one row a line", required=True
    )
    row = Key(
        Entries(None, FORMULA, Sentence("{列: 表达式}", "{column: expression}")),
        "各列的值，行内的值写作 line.<列>（列表为 line.text）",
        "the values by column; cells of the line are line.<column> (of a list: line.text)",
        required=True,
    )
    when = Key(FORMULA, "只取满足条件的行", "only lines for which this holds")


def _lines(values: Values) -> LineInput | None:
    each = values.get(LineInputKeys.each)
    if each is None:
        return None
    cells = tuple(values.get(LineInputKeys.row, {}).items())
    return LineInput(each, cells, values.get(LineInputKeys.when))


_INPUT: Shape[Expression | LineInput] = Either(FORMULA, Section(LineInputKeys, _lines))


class CalculationKeys(RuledTable):
    """A use of a declared calculation."""

    noun = Sentence("计算", "A calculation")

    of = Key(
        Reference(Name.CALCULATION),
        "哪一种计算（见“可用的计算”）",
        "which of the declared calculations",
        required=True,
    )
    at = Key(
        Listing(Reference(Name.ACTION, OPENING, START)),
        "办理哪些动作时计算；opening 指立案",
        "with which actions it is worked out; opening: the opening",
        required=True,
    )
    with_ = Key(
        Entries(
            None,
            _INPUT,
            Sentence("{输入: 表达式}", "{input: expression}"),
        ),
        "各项输入：表达式；表格写 {each, row}",
        "the inputs: an expression each, a table as {each, row}",
        required=True,
    )
    into = Key(
        Entries(None, FIELD, Sentence("{结果: 表单项}", "{result: field}")),
        "结果填入哪些表单项；表格按同名的列填入",
        "the fields that get the results; a table's columns of the same name are filled",
        required=True,
    )
    when = Key(FORMULA, "满足条件才计算", "it is worked out only when this holds")


def _calculation(values: Values) -> CalculationUse | None:
    of = values.get(CalculationKeys.of)
    if of is None:
        return None
    calculation = CALCULATIONS[of]
    given = values.get(CalculationKeys.with_, {})
    into = values.get(CalculationKeys.into, {})
    _inputs_fit(calculation, given, values)
    _results_fit(calculation, into, values)
    return CalculationUse(
        key=values.spot.key,
        of=of,
        at=values.get(CalculationKeys.at, ()),
        inputs=tuple(given.items()),
        into=tuple(into.items()),
        when=values.get(CalculationKeys.when),
        clauses=values.get(CalculationKeys.clauses, ()),
        design_choice=values.get(CalculationKeys.design_choice, False),
        place=values.spot.key_place,
    )


def _inputs_fit(
    calculation: Calculation, given: Mapping[str, Expression | LineInput], values: Values
) -> None:
    if not values.has(CalculationKeys.with_):
        return
    spot = values.at(CalculationKeys.with_)
    noun = Sentence(f"计算 {calculation.key} 的输入", f"input of {calculation.key}")
    _known(spot, calculation.inputs, noun, values)
    _complete(spot, calculation.inputs, noun, values)
    for key, child in spot.children().items():
        slot, one = calculation.input(key), given.get(key)
        if slot is None or one is None:
            continue
        if (slot.type is Type.ROWS) != isinstance(one, LineInput):
            _other_form(slot, child, values)
        elif isinstance(one, LineInput) and (row := child.child("row")) is not None:
            columns = Sentence(f"{noun.zh} {key} 的列", f"column of {key}, {noun.en}")
            _known(row, slot.columns, columns, values)
            _complete(row, slot.columns, columns, values)


def _results_fit(calculation: Calculation, into: Mapping[str, str], values: Values) -> None:
    if not values.has(CalculationKeys.into):
        return
    spot = values.at(CalculationKeys.into)
    noun = Sentence(f"计算 {calculation.key} 的结果", f"result of {calculation.key}")
    _known(spot, calculation.results, noun, values)
    if spot.is_mapping and not spot.children():
        values.reading.complain(
            spot.place,
            "结果没有填入任何表单项，等于没有计算；请至少写一项。",
            "No field gets a result, so nothing comes of it; name at least one.",
        )
    filled = list(into.values())
    for field in dict.fromkeys(one for one in filled if filled.count(one) > 1):
        values.reading.complain(
            spot.place,
            f"两个结果都填入 {field}；请各填一项。",
            f"Two results go into {field}; give each a field of its own.",
        )


def _known(spot: Spot, slots: Iterable[Slot], noun: Sentence, values: Values) -> None:
    names = [slot.key for slot in slots]
    for key, child in spot.children().items():
        if key not in names:
            values.reading.unknown(child.key_place, noun, key, names)


def _complete(spot: Spot, slots: Iterable[Slot], noun: Sentence, values: Values) -> None:
    for slot in slots:
        if not slot.optional and slot.key not in spot.children():
            values.reading.complain(
                spot.key_place,
                f"{noun.zh}缺少“{slot.key}”（{slot.label.zh}），请补上。",
                f"The {noun.en} “{slot.key}” ({slot.label.en}) is missing; add it.",
            )


def _other_form(slot: Slot, spot: Spot, values: Values) -> None:
    if slot.type is Type.ROWS:
        values.reading.complain(
            spot.place,
            f"“{slot.key}”要一行一行地给：{{each: 表格项, row: {{列: 表达式}}}}。",
            f"“{slot.key}” takes rows: {{each: field, row: {{column: expression}}}}.",
        )
    else:
        values.reading.complain(
            spot.place,
            f"“{slot.key}”要一个表达式，不是逐行的输入。",
            f"“{slot.key}” takes an expression, not rows.",
        )


CALCULATION_USES = Entries(
    NewKey(Sentence("计算", "calculation")),
    Section(CalculationKeys, _calculation),
    Sentence("各项计算 {键: {of, at, with, into}}", "the calculations {key: {of, at, with, into}}"),
)
