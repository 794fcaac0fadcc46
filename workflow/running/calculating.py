"""Works out what a definition calculates with an act, before the rules of the act are judged.

The inputs are taken from the form as the act would leave it and from the facts; the results go into
the form, where conditions and effects find them. Inputs and results are kept in the ledger line, so
that anybody can work them out again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from workflow.calculations.declaring import Calculation, Cell, Datum, Given, Row, Slot, Type
from workflow.calculations.table import CALCULATIONS
from workflow.conditions.language import Unevaluable, Value
from workflow.conditions.values import View, day_of, facts_at, line_of, stored
from workflow.design.calculated import CalculationUse, LineInput
from workflow.design.expression import Expression
from workflow.design.form import Field, FieldType
from workflow.nouns import FieldValue
from workflow.nouns import Row as StoredRow
from workflow.refusals import Code, Refusal, Sentence
from workflow.running.judging import FILL, Reading, fields_of, labels
from workflow.running.outcome import Calculated
from workflow.running.situation import Situation

WANTING = Sentence(
    "“{name}”无法计算，缺少：{names}", "“{name}” cannot be worked out; missing: {names}"
)


def with_formulas(situation: Situation, reading: Reading, view: View) -> Reading:
    """The reading with the fields that have a formula filled anew, in the order of the form; what
    their formula gives nothing for is emptied, so that no field speaks of what stood there before.
    """
    form = reading.form
    for field, formula in situation.rulebook.formulas:
        value = _value(situation, replace(view, form=form), formula)
        form = {**form, field.key: stored(field.type, value)}
    return reading if form is reading.form else replace(reading, form=form)


def with_calculations(situation: Situation, act: str, reading: Reading, view: View) -> Reading:
    """The reading with everything that is worked out with `act`: what has a formula, then what is
    calculated. `view` is that of its input.

    What cannot be worked out is a refusal: at the fields that are still to be filled, else of the
    act as a whole.
    """
    reading = with_formulas(situation, reading, view)
    for use in situation.definition.calculations_at(act):
        view = replace(view, form=reading.form)
        if use.when is not None and _value(situation, view, use.when) is not True:
            continue
        inputs = _inputs(situation, view, use)
        if isinstance(inputs, Unevaluable):
            refusals = _wanting(situation, view, use, act, inputs, reading)
            reading = _refused(reading, use, refusals)
            continue
        calculation = CALCULATIONS[use.of]
        results = calculation.work(Given(inputs))
        if isinstance(results, Sentence):
            refusal = Refusal(Code.CONDITION_NOT_MET, results, _clauses(use), rule=_rule(use))
            reading = _refused(reading, use, [refusal])
            continue
        form = {**reading.form, **_filled(situation, use, results)}
        worked = Calculated(use.key, use.of, _plain(inputs), _plain(results))
        reading = replace(reading, form=form, worked=(*reading.worked, worked))
    return reading


def _refused(reading: Reading, use: CalculationUse, refusals: Iterable[Refusal]) -> Reading:
    """Without results no rule judges those of an earlier act: what they rest on is said once."""
    form = {key: value for key, value in reading.form.items() if key not in use.fields}
    return replace(
        reading,
        form=form,
        refusals=(*reading.refusals, *refusals),
        unworked=reading.unworked | set(use.fields),
    )


def _rule(use: CalculationUse) -> str:
    return f"calculations.{use.key}"


def _clauses(use: CalculationUse) -> tuple[str, ...]:
    return use.clauses or CALCULATIONS[use.of].clauses


def _wanting(
    situation: Situation,
    view: View,
    use: CalculationUse,
    act: str,
    wanting: Unevaluable,
    reading: Reading,
) -> list[Refusal]:
    fields = fields_of(situation, view, wanting)
    askable = fields & set(situation.rulebook.accepted[act])
    named = {refusal.field for refusal in reading.refusals}
    if askable:
        return [
            Refusal(Code.INVALID_FORM, FILL, _clauses(use), field=key, rule=_rule(use))
            for key in sorted(askable - named)
        ]
    if fields & named:
        return []  # its field is already asked for
    name = CALCULATIONS[use.of].name
    zh, en = labels(situation.definition, wanting)
    because = Sentence(
        WANTING.zh.format(name=name.zh, names=zh or wanting.detail),
        WANTING.en.format(name=name.en, names=en or wanting.detail),
    )
    return [Refusal(Code.CONDITION_NOT_MET, because, _clauses(use), rule=_rule(use))]


# ---- what goes in


def _inputs(
    situation: Situation, view: View, use: CalculationUse
) -> dict[str, Datum] | Unevaluable:
    """The inputs by key; what was left out, or has no value and may be left out, is missing."""
    calculation, given = CALCULATIONS[use.of], dict(use.inputs)
    found: dict[str, Datum] = {}
    for slot in calculation.inputs:
        source = given.get(slot.key)
        if source is None:
            continue
        value = (
            _rows(situation, view, slot, source)
            if isinstance(source, LineInput)
            else _datum(situation, view, slot, source)
        )
        if not isinstance(value, Unevaluable):
            found[slot.key] = value
        elif not slot.optional:
            return value
    return found


def _rows(
    situation: Situation, view: View, slot: Slot, source: LineInput
) -> tuple[Row, ...] | Unevaluable:
    field = view.definition.form[source.each]
    lines = view.form.get(source.each)
    if not isinstance(lines, tuple | list) or not lines:
        return Unevaluable((f"form.{source.each}",), f"form.{source.each} has no value")
    columns, cells = {column.key: column for column in slot.columns}, dict(source.cells)
    rows: list[Row] = []
    for place, line in enumerate(lines):
        facts = facts_at(view, source.each, place)
        here = replace(view, line=line_of(field, line), facts=facts)
        if source.when is not None and _value(situation, here, source.when) is not True:
            continue
        row: dict[str, Cell] = {}
        for key, column in columns.items():
            if key not in cells:
                continue
            value = _datum(situation, here, column, cells[key])
            if isinstance(value, Unevaluable):
                if not column.optional:
                    return value
            else:
                row[key] = value  # type: ignore[assignment]  # a column is never many
        rows.append(row)
    return tuple(rows)


def _datum(
    situation: Situation, view: View, slot: Slot, expression: Expression
) -> Datum | Unevaluable:
    value = view.evaluate(situation.rulebook.ready(expression))
    if isinstance(value, Unevaluable):
        return value
    if slot.type is Type.DATE and isinstance(value, int):
        try:
            return day_of(value)
        except (OverflowError, ValueError):
            return Unevaluable((), "a day beyond the years that dates know")
    return value  # type: ignore[return-value]  # the compiler checked the kind


def _value(situation: Situation, view: View, expression: Expression) -> Value:
    value = view.evaluate(situation.rulebook.ready(expression))
    return None if isinstance(value, Unevaluable) else value


# ---- what comes out


def _filled(
    situation: Situation, use: CalculationUse, results: Mapping[str, Datum]
) -> dict[str, FieldValue]:
    form = situation.definition.form
    return {target: _stored(form[target], results.get(key)) for key, target in use.into}


def _stored(field: Field, value: Datum) -> FieldValue:
    """A result as the form keeps it; of rows the columns that the table has."""
    if field.type is FieldType.TABLE:
        rows: tuple[StoredRow, ...] = tuple(
            {c.key: _cell(row.get(c.key)) for c in field.columns}
            for row in (value if isinstance(value, tuple) else ())
            if isinstance(row, Mapping)
        )
        return rows
    if isinstance(value, date):
        return value.isoformat()
    return value  # type: ignore[return-value]  # the checks compared the types


def _cell(cell: Cell) -> bool | int | str | None:
    return cell.isoformat() if isinstance(cell, date) else cell


def _plain(values: Mapping[str, Datum]) -> dict[str, object]:
    """Inputs or results as the ledger keeps them."""
    return {key: _told(value) for key, value in values.items()}


def _told(value: Datum) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [
            {key: _cell(cell) for key, cell in one.items()} if isinstance(one, Mapping) else one
            for one in value
        ]
    return value


def again(calculation: Calculation, inputs: Mapping[str, object]) -> Mapping[str, object] | None:
    """The results of a calculation as the ledger keeps them, from inputs as it keeps them; None
    when it comes to nothing.
    """
    results = calculation.work(Given(_read(calculation.inputs, inputs)))
    return None if isinstance(results, Sentence) else _plain(results)


def _read(slots: Iterable[Slot], kept: Mapping[str, object]) -> dict[str, Datum]:
    found: dict[str, Datum] = {}
    for slot in slots:
        if slot.key not in kept:
            continue
        value = kept[slot.key]
        match slot.type:
            case Type.DATE:
                found[slot.key] = date.fromisoformat(str(value))
            case Type.TEXTS if isinstance(value, list):
                found[slot.key] = tuple(str(one) for one in value)
            case Type.ROWS if isinstance(value, list):
                rows = tuple(_read(slot.columns, row) for row in value)
                found[slot.key] = rows  # type: ignore[assignment]  # columns are never many
            case _:
                found[slot.key] = value  # type: ignore[assignment]  # kept as it was
    return found
