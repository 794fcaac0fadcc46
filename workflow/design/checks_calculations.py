"""Whether what is calculated finds a place, and nobody's words get lost or shown by it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from workflow.calculations.declaring import Slot, Type
from workflow.calculations.table import CALCULATIONS
from workflow.design.calculated import CalculationUse, LineInput
from workflow.design.definition import Definition
from workflow.design.facts import Fact
from workflow.design.form import Field, FieldType
from workflow.design.form_rules import accepted_fields
from workflow.design.plan import Check, Finding, Plan
from workflow.refusals import Sentence

#: The types of fields that hold a result.
_HOLD: Mapping[Type, tuple[FieldType, ...]] = MappingProxyType(
    {
        Type.MONEY: (FieldType.MONEY,),
        Type.INTEGER: (FieldType.INTEGER,),
        Type.PERCENT: (FieldType.INTEGER,),
        Type.DATE: (FieldType.DATE,),
        Type.TEXT: (FieldType.TEXT, FieldType.LONG_TEXT),
        Type.DEPARTMENT: (FieldType.DEPARTMENT, FieldType.TEXT),
        Type.BOOL: (FieldType.BOOL,),
        Type.TEXTS: (FieldType.LIST,),
        Type.ROWS: (FieldType.TABLE,),
    }
)
_ORDERED = (FieldType.INTEGER, FieldType.MONEY, FieldType.DATE, FieldType.DATETIME)
_NAMED = re.compile(r"\b(?:form|given|sum|count)\.([a-z][a-z0-9_]*)")


def results_find_a_place(plan: Plan) -> Iterator[Finding]:
    """A result goes into a field of its type; a table takes columns of the same name."""
    form = plan.definition.form
    for use in plan.definition.calculations.values():
        for key, target in use.into:
            slot, field = CALCULATIONS[use.of].result(key), form.get(target)
            if slot is None or field is None:
                continue
            if field.type not in _HOLD[slot.type]:
                wanted = _HOLD[slot.type][0]
                yield (
                    use.place,
                    Sentence(
                        f"计算 {use.key} 的结果 {key} 是 {slot.type}，要填入 {wanted} 的表单项；"
                        f"{target} 是 {field.type}。",
                        f"The result {key} of {use.key} is {slot.type} and goes into a field of "
                        f"type {wanted}; {target} is {field.type}.",
                    ),
                )
            elif slot.type is Type.ROWS:
                yield from _columns(use, slot, field)


def _columns(use: CalculationUse, slot: Slot, field: Field) -> Iterator[Finding]:
    known = {column.key: column for column in slot.columns}
    for column in field.columns:
        given = known.get(column.key)
        if given is not None and column.type not in _HOLD[given.type]:
            yield (
                use.place,
                Sentence(
                    f"{field.key} 的列 {column.key} 是 {column.type}，计算给出的是 {given.type}。",
                    f"Column {column.key} of {field.key} is {column.type}; the calculation gives "
                    f"{given.type}.",
                ),
            )
        elif given is None and column.required:
            yield (
                use.place,
                Sentence(
                    f"{field.key} 的必填列 {column.key} 不在计算结果里；"
                    f"可用的列：{'、'.join(known)}。",
                    f"The calculation gives no {column.key}, which every row of {field.key} must "
                    f"have; it gives {', '.join(known)}.",
                ),
            )
    if not known.keys() & {column.key for column in field.columns}:
        yield (
            use.place,
            Sentence(
                f"{field.key} 没有一列与计算结果同名；可用的列：{'、'.join(known)}。",
                f"No column of {field.key} is named as in the result: {', '.join(known)}.",
            ),
        )


def nothing_typed_is_lost(plan: Plan) -> Iterator[Finding]:
    """What somebody may fill in with an act is not overwritten by it without asking."""
    definition = plan.definition
    for use in definition.calculations.values():
        if use.when is not None:
            continue
        for act in use.at:
            typed = set(accepted_fields(definition, act)) & set(use.fields)
            for field in sorted(typed):
                yield (
                    use.place,
                    Sentence(
                        f"{act} 时可以填写 {field}，计算 {use.key} 又会改写它；"
                        f"请把它设为 computed，或写 when（如 '!given.{field}'）。",
                        f"{field} may be filled at {act} and is overwritten by {use.key}; make it "
                        f"computed, or give a when such as '!given.{field}'.",
                    ),
                )


def what_is_masked_is_not_shown(plan: Plan) -> Iterator[Finding]:
    """Inputs are shown with their result, so nothing that is masked goes in."""
    form = plan.definition.form
    for use in plan.definition.calculations.values():
        named = {name for one in use.expressions for name in _NAMED.findall(one.text)}
        named |= {given.each for _, given in use.inputs if isinstance(given, LineInput)}
        for key in sorted(named):
            if key in form and (form[key].masked or form[key].own_rows is not None):
                yield (
                    use.place,
                    Sentence(
                        f"计算的输入会显示在记录里，不能用敏感项 {key}。",
                        f"The inputs of a calculation are shown; the masked field {key} cannot be "
                        "one.",
                    ),
                )


def rows_come_from_tables(plan: Plan) -> Iterator[Finding]:
    """Rows are the lines of a table or a list."""
    for use in plan.definition.calculations.values():
        for key, given in use.inputs:
            field = plan.definition.form.get(given.each) if isinstance(given, LineInput) else None
            if field is not None and field.type not in (FieldType.TABLE, FieldType.LIST):
                yield (
                    use.place,
                    Sentence(
                        f"{key} 的 each 要用类型为 table 或 list 的表单项，"
                        f"{field.key} 是 {field.type}。",
                        f"each of {key} takes a field of type table or list; {field.key} is "
                        f"{field.type}.",
                    ),
                )


def ranges_have_an_order(plan: Plan) -> Iterator[Finding]:
    """Only columns of figures, days and moments lie before or after a value."""
    for fact in plan.definition.facts.values():
        for column in dict.fromkeys(bound.column for bound in fact.bounds):
            type_ = _column_type(plan.definition, fact, column)
            if type_ is not None and type_ not in _ORDERED:
                yield (
                    fact.place,
                    Sentence(
                        f"列 {column} 是 {type_}，没有大小先后，不能写范围。",
                        f"Column {column} is {type_} and has no order; a range makes no sense.",
                    ),
                )


def _column_type(definition: Definition, fact: Fact, key: str) -> FieldType | None:
    return definition.registers[fact.register or ""].types.get(key)


CALCULATION_CHECKS: tuple[Check, ...] = (
    results_find_a_place,
    nothing_typed_is_lost,
    what_is_masked_is_not_shown,
    rows_come_from_tables,
    ranges_have_an_order,
)
