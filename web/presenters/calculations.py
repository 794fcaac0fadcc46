"""What was calculated with an act, in words: from what, by which rule, with what result."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from web.presenters.values import Reader, Shown, shown_value
from workflow.calculations.declaring import Slot, Type
from workflow.calculations.sharing import percent_words
from workflow.calculations.table import CALCULATIONS
from workflow.design.calculated import CalculationUse
from workflow.design.definition import Definition
from workflow.design.expression import Expression
from workflow.design.form import Field, FieldType
from workflow.refusals import Sentence
from workflow.service.sights import LedgerLine

#: How a slot of each type is shown; a percentage is put into words first.
_SHOWN_AS: Mapping[Type, FieldType] = {
    Type.MONEY: FieldType.MONEY,
    Type.INTEGER: FieldType.INTEGER,
    Type.PERCENT: FieldType.TEXT,
    Type.TEXT: FieldType.TEXT,
    Type.DEPARTMENT: FieldType.DEPARTMENT,
    Type.BOOL: FieldType.BOOL,
    Type.DATE: FieldType.DATE,
    Type.TEXTS: FieldType.LIST,
    Type.ROWS: FieldType.TABLE,
}
_FIELD = re.compile(r"form\.([a-z][a-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Worked:
    """A calculation with its inputs and results. `brief`: the results that fit on a line."""

    name: str
    rule: str
    brief: tuple[Shown, ...]
    inputs: tuple[Shown, ...]
    results: tuple[Shown, ...]
    clauses: tuple[str, ...]


def worked(line: LedgerLine, definition: Definition, reader: Reader) -> tuple[Worked, ...]:
    """What was calculated with the act of a ledger line; what is no longer known is left out."""
    found = []
    for one in line.calculations:
        calculation = CALCULATIONS.get(one.of)
        if calculation is None:
            continue
        use = definition.calculations.get(one.use)
        results = _shown(calculation.results, one.results, _fields_after(use, definition), reader)
        found.append(
            Worked(
                name=reader.speech.say(calculation.name),
                rule=reader.speech.say(calculation.rule),
                brief=tuple(
                    shown
                    for shown in results
                    if shown.kind in ("text", "money") and _is_kept(shown.key, use)
                ),
                inputs=_shown(
                    calculation.inputs, one.inputs, _fields_before(use, definition), reader
                ),
                results=results,
                clauses=calculation.clauses if use is None or not use.clauses else use.clauses,
            )
        )
    return tuple(found)


def _is_kept(result: str, use: CalculationUse | None) -> bool:
    """Whether a result has gone into the form; what has not is told in the table alone."""
    return use is None or any(key == result for key, _ in use.into)


def _fields_before(use: CalculationUse | None, definition: Definition) -> dict[str, Field]:
    """The fields that are inputs as they stand, by input: people know them by their labels."""
    found: dict[str, Field] = {}
    for key, given in () if use is None else use.inputs:
        named = _FIELD.fullmatch(given.text) if isinstance(given, Expression) else None
        if named is not None and named[1] in definition.form:
            found[key] = definition.form[named[1]]
    return found


def _fields_after(use: CalculationUse | None, definition: Definition) -> dict[str, Field]:
    """The fields that got the results, by result."""
    into = () if use is None else use.into
    return {key: definition.form[field] for key, field in into if field in definition.form}


def _shown(
    slots: Iterable[Slot],
    values: Mapping[str, object],
    fields: Mapping[str, Field],
    reader: Reader,
) -> tuple[Shown, ...]:
    return tuple(
        _one(slot, values[slot.key], fields.get(slot.key), reader)
        for slot in slots
        if values.get(slot.key) is not None
    )


def _one(slot: Slot, value: object, field: Field | None, reader: Reader) -> Shown:
    label = slot.label if field is None else field.label
    shown = shown_value(_as_field(slot, label), _worded(slot, value), reader)
    if shown.is_empty and slot.type in (Type.TEXTS, Type.ROWS):
        return replace(shown, text=reader.speech.say(NOTHING))
    return replace(shown, kind="long") if shown.kind == "list" else shown


NOTHING = Sentence("无", "none")


def _as_field(slot: Slot, label: Sentence) -> Field:
    columns = tuple(_as_field(column, column.label) for column in slot.columns)
    return Field(slot.key, label, _SHOWN_AS[slot.type], columns=columns)


def _worded(slot: Slot, value: object) -> object:
    """The value with its percentages in words."""
    if slot.type is Type.PERCENT and isinstance(value, int):
        return percent_words(value)
    if slot.type is Type.ROWS and isinstance(value, list | tuple):
        columns = {column.key: column for column in slot.columns}
        return tuple(
            {key: _worded(columns[key], cell) for key, cell in row.items() if key in columns}
            for row in value
            if isinstance(row, Mapping)
        )
    return value
