"""The form: its fields, their types and bounds, and when each must be filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from workflow.design.expression import Expression
from workflow.design.form import DepartmentType, Field, FieldType, Option, Requirement
from workflow.design.form_rules import OPENING, START
from workflow.design.parsing_basics import (
    CLAUSES,
    FLAG,
    FLAG_OR_FORMULA,
    FORMULA,
    SENTENCE,
    TEXT,
    UNREAD,
    RuledTable,
)
from workflow.design.parsing_people import PEOPLE_SEAT
from workflow.design.shapes import (
    RESERVED,
    SLUG,
    Choice,
    Either,
    Entries,
    Figure,
    Listing,
    Made,
    NewKey,
    Reference,
    Text,
)
from workflow.design.spots import Name
from workflow.design.tables import Key, Section, Table, Values
from workflow.refusals import Sentence

_ACT = Reference(Name.ACTION, START, OPENING)
_TYPE = Sentence("表单项类型", "field type")
_CELL_TYPES = tuple(t for t in FieldType if t not in (FieldType.TABLE, FieldType.LIST))

_COUNTED = (FieldType.TEXT, FieldType.LONG_TEXT, FieldType.LIST, FieldType.TABLE)
_NUMBERS = (FieldType.INTEGER, FieldType.MONEY)
#: With which types a key has a meaning; keys that are not listed go with every type.
_GOES_WITH: Mapping[str, tuple[FieldType, ...]] = {
    "min": (*_COUNTED, *_NUMBERS),
    "max": (*_COUNTED, *_NUMBERS),
    "above": _NUMBERS,
    "options": (FieldType.ENUM,),
    "open_options": (FieldType.ENUM,),
    "columns": (FieldType.TABLE,),
    "process": (FieldType.CASE, FieldType.LIST),
    "departments": (FieldType.DEPARTMENT, FieldType.LIST),
    "among": (FieldType.PERSON,),
    "own_rows": (FieldType.TABLE,),
}
#: Without which key a type means nothing.
_NEEDS: Mapping[FieldType, str] = {FieldType.ENUM: "options", FieldType.TABLE: "columns"}


class OptionKeys(Table):
    """A choice with its labels."""

    noun = Sentence("选项", "An option")

    value = Key(
        TEXT,
        "选项的中文，也是存下来的值",
        "the Chinese word, which is also what is stored",
        required=True,
    )
    zh = Key(
        TEXT,
        "中文显示；存的是键而不是词时才写",
        "how it reads in Chinese, where a key is stored rather than the word",
    )
    en = Key(TEXT, "英文显示", "how it reads in English", required=True)


def _option(values: Values) -> Option:
    word = values.get(OptionKeys.value, "")
    said = values.get(OptionKeys.zh, word)
    return Option(word, Sentence(said, values.get(OptionKeys.en, "")))


_OPTION = Either(
    Made(TEXT, lambda word: Option(word, Sentence(word, word))),
    Section(OptionKeys, _option),
)


class RequirementKeys(Table):
    """A rule that says when a field must be filled."""

    noun = Sentence("必填规则", "A rule on filling")

    at = Key(
        Listing(_ACT),
        "办理哪个动作时必填；opening 指立案时，没有叫 start 的动作时也可写 start",
        "at which action; opening is the opening, and so is start where no action is called so",
        required=True,
    )
    when = Key(FORMULA, "满足什么条件才必填", "only when this holds")
    clauses = Key(CLAUSES, "所依据的条款编号", "the clauses that it rests on")


def _requirements(values: Values) -> tuple[Requirement, ...]:
    when, clauses = values.get(RequirementKeys.when), values.get(RequirementKeys.clauses, ())
    return tuple(Requirement(act, when, clauses) for act in values.get(RequirementKeys.at, ()))


_REQUIREMENTS = Listing(
    Either(
        Made(_ACT, lambda act: (Requirement(act),)),
        Section(RequirementKeys, _requirements),
    )
)


class FieldTable(RuledTable):
    """What a form field and a column of a table have in common."""

    label = Key(SENTENCE, "显示名称", "the label", required=True)
    help = Key(SENTENCE, "填写说明", "a hint for whoever fills it")
    min = Key(
        Figure(),
        "最小值（金额以元计）；文字为最少字数，列表和表格为最少行数",
        "the least value (money in yuan); characters of a text, rows of a list or table",
    )
    max = Key(Figure(), "最大值；单位同 min", "the greatest value, counted as min is")
    above = Key(
        Figure(), "必须大于此数（金额以元计）", "the value must be more than this (money in yuan)"
    )
    options = Key(
        Listing(_OPTION),
        "可选项：中文词，或 {value: 中文, en: 英文}；存的是键时 {value: 键, zh: 中文, en: 英文}",
        "the choices: Chinese words, or {value: …, en: …}, with zh: … where a key is stored",
    )
    open_options = Key(
        FLAG,
        "原文列举不全，允许管理员增补选项",
        "the source's list is incomplete: an administrator may extend it",
    )
    process = Key(
        Text(Sentence("流程名", "a process"), SLUG),
        "所引用案件属于哪个流程；列表（list）写了它，各项就是案件编号",
        "of which process the case is; a list with it holds the numbers of cases",
    )
    departments = Key(
        Listing(Choice(Sentence("科室类型", "kind of department"), *DepartmentType)),
        "只能填这些类型的科室，如 [clinical, medical_technology]；其他科室一律拒绝；"
        "列表（list）写了它，各项就是科室",
        "only a department of these kinds may be named, as [clinical, medical_technology]; any "
        "other is refused; a list with it holds departments",
    )


class CellKeys(FieldTable):
    """A column of a table field."""

    noun = Sentence("表格列", "A column")

    type = Key(Choice(_TYPE, *_CELL_TYPES), "列的类型", "the type of its cells", required=True)
    required = Key(FLAG, "每一行都必填", "whether every row must have it")


def _cell(values: Values) -> Field | None:
    type_ = values.get(CellKeys.type)
    if type_ is None:
        return None
    always = (Requirement(OPENING),) if values.get(CellKeys.required) else ()
    return replace(_common(values, type_), required=always)


class FieldKeys(FieldTable):
    """A field of the form."""

    noun = Sentence("表单项", "A form field")

    type = Key(Choice(_TYPE, *FieldType), "类型", "its type", required=True)
    required = Key(
        _REQUIREMENTS,
        "办理哪些动作时必填：动作名、{at, when, clauses}，或它们的列表；该动作因此可以填写它",
        "at which actions it must be filled: an action, {at, when, clauses}, or a list of these; "
        "the action thereby accepts it",
    )
    columns = Key(
        Entries(
            NewKey(Sentence("列", "column")),
            Section(CellKeys, _cell),
            Sentence("各列 {列名: {label, type}}", "the columns {key: {label, type}}"),
        ),
        "表格的各列",
        "the columns of a table",
    )
    among = Key(
        PEOPLE_SEAT,
        "只能填这些人中的一位，如 {role: attending_doctor, of: case.department}；其他人一律拒绝",
        "only one of these people may be named, as {role: attending_doctor, of: case.department}; "
        "anybody else is refused",
    )
    computed = Key(
        FLAG_OR_FORMULA,
        "由系统填写，任何人都不能填；写表达式的（如 facts.representatives），"
        "立案、每次办理和保存时按它重新填，先于条件，没有结果就清空",
        "filled by the system only, nobody may type it; with an expression, such as "
        "facts.representatives, anew with the opening, every act and every saving, before the "
        "conditions, and emptied when it gives nothing",
    )
    masked = Key(
        FLAG, "敏感信息，对无需知情的人只显示一部分", "shown in part to those without need to know"
    )
    whole_for = Key(
        Listing(Reference(Name.ROLE)),
        "敏感信息只给这些岗位的人和申请人看全，经办本案的其他人也只看到一部分",
        "the only roles, beside the applicant, who see what is masked whole; all others who work "
        "on the case see part of it",
    )
    own_rows = Key(
        Reference(Name.FACT),
        "各看各的：表格每行归哪个科室的逐行查询（each 是本表格，gives: first）；whole_for 以外的人"
        "只看得到自己科室的行，看不到别人回复的征询",
        "each their own: the look-up line by line of this table (gives: first) that tells of a row "
        "whose department's it is; all but whole_for see the rows of their own department, and no "
        "comments of others who were consulted",
    )


def _field(values: Values) -> Field | None:
    type_ = values.get(FieldKeys.type)
    if type_ is None:
        return None
    computed = values.get(FieldKeys.computed, False)
    return replace(
        _common(values, type_),
        required=tuple(one for some in values.get(FieldKeys.required, ()) for one in some),
        columns=tuple(values.get(FieldKeys.columns, {}).values()),
        among=values.get(FieldKeys.among),
        computed=computed is not False,
        formula=computed if isinstance(computed, Expression) else None,
        masked=values.get(FieldKeys.masked, False),
        whole_for=values.get(FieldKeys.whole_for, ()),
        own_rows=values.get(FieldKeys.own_rows),
    )


def _common(values: Values, type_: FieldType) -> Field:
    _fits(values, type_)
    return Field(
        key=values.spot.key,
        label=values.get(FieldTable.label, UNREAD),
        type=type_,
        help=values.get(FieldTable.help),
        minimum=_bound(values, FieldTable.min, type_),
        maximum=_bound(values, FieldTable.max, type_),
        above=_bound(values, FieldTable.above, type_),
        options=values.get(FieldTable.options, ()),
        open_options=values.get(FieldTable.open_options, False),
        process=values.get(FieldTable.process),
        departments=values.get(FieldTable.departments, ()),
        clauses=values.get(FieldTable.clauses, ()),
        design_choice=values.get(FieldTable.design_choice, False),
        place=values.spot.key_place,
    )


def _fits(values: Values, type_: FieldType) -> None:
    for name, types in _GOES_WITH.items():
        if name in values.spots and type_ not in types:
            zh, en = "、".join(types), ", ".join(types)
            values.reading.complain(
                values.spots[name].key_place,
                f"“{name}”只用于类型 {zh}，而这一项的类型是 {type_}；请删去或改类型。",
                f"“{name}” goes with type {en}, but this is of type {type_}; remove it or change "
                f"the type.",
            )
    needed = _NEEDS.get(type_)
    if needed is not None and needed not in values.spots:
        values.reading.complain(
            values.spot.key_place,
            f"类型 {type_} 必须写“{needed}”，请补上。",
            f"Type {type_} needs “{needed}”; add it.",
        )


def _bound(values: Values, key: Key[Decimal], type_: FieldType) -> int | None:
    """A bound in the unit that is stored: fen for money."""
    figure = values.get(key)
    if figure is None:
        return None
    stored = figure * 100 if type_ is FieldType.MONEY else figure
    if stored != stored.to_integral_value():
        values.reading.complain(
            values.at(key).place,
            f"“{key.name}”写的是 {figure}：金额最多两位小数，其他类型须是整数。",
            f"“{key.name}” is {figure}: money has at most two decimals, other types are whole.",
        )
        return None
    return int(stored)


FORM = Entries(
    NewKey(Sentence("表单项", "form field"), RESERVED | {"all"}),
    Section(FieldKeys, _field),
    Sentence("各表单项 {键: {label, type, …}}", "the fields {key: {label, type, …}}"),
)
