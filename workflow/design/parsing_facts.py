"""Registers that a process reads or writes, and the facts that its conditions may look at."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.design.definition import RegisterColumn, RegisterDeclaration
from workflow.design.expression import Expression
from workflow.design.facts import Bound, Compared, Fact, FactKind, Gives, Relation
from workflow.design.form import FieldType
from workflow.design.parsing_basics import FIELD, FLAG, FORMULA, SENTENCE, UNREAD
from workflow.design.parsing_effects import (
    FOREIGN,
    PROCESS,
    RELATION,
    known_columns,
    named_has_a_number,
)
from workflow.design.shapes import (
    KEY,
    Choice,
    Either,
    Entries,
    Listing,
    Made,
    NewKey,
    Reference,
    Text,
)
from workflow.design.spots import Name, Spot
from workflow.design.tables import ByKey, Key, Section, Table, Values
from workflow.refusals import Sentence

_GIVES = Sentence("查询结果", "answer")
_COLUMN_TYPES = (
    FieldType.TEXT,
    FieldType.INTEGER,
    FieldType.MONEY,
    FieldType.BOOL,
    FieldType.DATE,
    FieldType.DATETIME,
)
#: Answers that speak of one column.
_OF_A_COLUMN = (Gives.SUM, Gives.FIRST, Gives.ALL, Gives.DISTINCT)


class ColumnKeys(Table):
    """A column of a register."""

    noun = Sentence("登记簿的列", "A register's column")

    type = Key(
        Choice(Sentence("列的类型", "column type"), *_COLUMN_TYPES),
        "类型",
        "its type",
        required=True,
    )
    label = Key(SENTENCE, "显示名称", "the label", required=True)


def _column(values: Values) -> RegisterColumn | None:
    type_ = values.get(ColumnKeys.type)
    if type_ is None:
        return None
    return RegisterColumn(values.spot.key, type_, values.get(ColumnKeys.label, UNREAD))


class RegisterKeys(Table):
    """A register: a table of business facts that outlive the cases."""

    noun = Sentence("登记簿", "A register")

    name = Key(SENTENCE, "名称", "its name", required=True)
    columns = Key(
        Entries(
            NewKey(Sentence("列", "column")),
            Section(ColumnKeys, _column),
            Sentence("各列 {列名: {type, label}}", "the columns {key: {type, label}}"),
        ),
        "各列；几个流程共用的登记簿，同名列的类型必须一致",
        "its columns; where several processes share a register, columns of one name have one type",
        required=True,
    )


def _register(values: Values) -> RegisterDeclaration:
    return RegisterDeclaration(
        values.spot.key,
        values.get(RegisterKeys.name, UNREAD),
        tuple(values.get(RegisterKeys.columns, {}).values()),
        values.spot.key_place,
    )


REGISTERS = Entries(
    NewKey(Sentence("登记簿", "register")),
    Section(RegisterKeys, _register),
    Sentence("各登记簿 {键: {name, columns}}", "the registers {key: {name, columns}}"),
)


def columns_of(registers: Spot | None) -> dict[str, frozenset[str]]:
    """The columns of every register, as far as they can be seen before the registers are read."""
    declared = {} if registers is None else registers.children()
    return {
        key: frozenset({} if (columns := one.child("columns")) is None else columns.children())
        for key, one in declared.items()
    }


@dataclass(frozen=True, slots=True)
class _Sought:
    """What a column has to equal, or how it has to lie."""

    equals: Expression | None = None
    bounds: tuple[tuple[Compared, Expression], ...] = ()
    or_empty: bool = False


class BoundKeys(Table):
    """How a column has to lie to a value."""

    noun = Sentence("范围", "A range")

    below = Key(FORMULA, "小于", "less than")
    at_most = Key(FORMULA, "不超过（含本数、含当日）", "at most, the value included")
    at_least = Key(FORMULA, "至少（含本数、含当日）", "at least, the value included")
    above = Key(FORMULA, "大于", "more than")
    or_empty = Key(FLAG, "该列没有填的行也算", "rows without a value in it count too")


def _bounds(values: Values) -> _Sought | None:
    found = [(how, values.get(getattr(BoundKeys, how))) for how in Compared]
    bounds = tuple((how, value) for how, value in found if value is not None)
    if not any(how in values.spots for how in Compared):
        values.reading.complain(
            values.spot.place,
            "范围要写 below、at_most、at_least、above 中的至少一个。",
            "A range has at least one of below, at_most, at_least and above.",
        )
        return None
    return _Sought(bounds=bounds, or_empty=values.get(BoundKeys.or_empty, False))


class RegisterFactKeys(Table):
    """Looked up in a register."""

    noun = Sentence("登记簿查询", "A look-up in a register")

    register = Key(Reference(Name.REGISTER), "查哪个登记簿", "the register", required=True)
    where = Key(
        Entries(
            None,
            Either(Made(FORMULA, _Sought), Section(BoundKeys, _bounds)),
            Sentence("{列: 表达式}", "{column: expression}"),
        ),
        "只看各列等于这些值的行（给出一组文字的，等于其中一个即可）；"
        "或 {列: {at_most: 表达式}} 落在范围内的行",
        "only rows whose columns equal these values (one of them, where several texts are given), "
        "or lie so: {column: {at_most: expression}}",
    )
    gives = Key(
        Choice(
            _GIVES,
            Gives.EXISTS,
            Gives.COUNT,
            Gives.SUM,
            Gives.FIRST,
            Gives.ALL,
            Gives.DISTINCT,
            Gives.NUMBERS,
        ),
        "得到什么：exists 有没有，count 几行，sum 合计，first 最新一行的值，all 所有的值，"
        "distinct 不同的值各一个，numbers 写入这些行的案件编号",
        "what it answers: exists, count, sum, first (of the newest row), all, distinct (every "
        "value once), or numbers (of the cases that wrote the rows)",
        required=True,
    )
    column = Key(
        Text(Sentence("列名", "a column"), KEY),
        "sum、first、all、distinct 取哪一列",
        "the column of sum, first, all, distinct",
    )
    or_held = Key(
        Reference(Name.ROLE),
        "first、distinct 取的是科室时：登记簿没有这个名称的，依次取以它为名（或编号）、其中有人担任"
        "此角色的科室；登记簿一行也没有的，取唯一有人担任此角色的科室，不止一个时取申请人担任此角色"
        "的科室；再没有就没有结果。逐行（each）查的只认名称",
        "where first or distinct gives a department and no row has the name: the department that "
        "bears it (or has it as its id) and in which somebody holds this role; while the register "
        "has no row at all, the only department in which anybody holds it, else that in which the "
        "applicant holds it; else nothing. Line by line (each) the name alone counts",
    )
    each = Key(
        FIELD,
        "表格或列表项：每行各查一次，where 中可写 line.<列>（列表为 line.text）；结果用在 each "
        "是同一项的后果和计算里，或表格的 own_rows",
        "a table or list field: looked up once a line, by line.<column> (of a list: line.text); "
        "known to effects and to inputs of calculations with the same each, and to own_rows",
    )


#: What can be known of each line by itself.
_OF_A_LINE = (Gives.EXISTS, Gives.COUNT, Gives.SUM, Gives.FIRST)


def _register_fact(values: Values) -> Fact | None:
    register, gives = values.get(RegisterFactKeys.register), values.get(RegisterFactKeys.gives)
    if register is None or gives is None:
        return None
    if values.has(RegisterFactKeys.where):
        known_columns(register, RegisterFactKeys.where, values)
    sought = values.get(RegisterFactKeys.where, {})
    return Fact(
        values.spot.key,
        FactKind.REGISTER,
        gives,
        register=register,
        where=tuple(
            (column, one.equals) for column, one in sought.items() if one.equals is not None
        ),
        bounds=tuple(
            Bound(column, how, value, one.or_empty)
            for column, one in sought.items()
            for how, value in one.bounds
        ),
        column=_answered_column(values, register, gives),
        or_held=_or_held(values, gives),
        each=_lines_of(values, gives),
        place=values.spot.key_place,
    )


#: Answers that may be departments.
_OF_A_UNIT = (Gives.FIRST, Gives.DISTINCT)


def _or_held(values: Values, gives: Gives) -> str | None:
    """The role of `or_held`, where the look-up is one by name that gives departments."""
    key = RegisterFactKeys.or_held
    if not values.has(key):
        return None
    sought = list(values.get(RegisterFactKeys.where, {}).values())
    by_name = len(sought) == 1 and sought[0].equals is not None
    if gives in _OF_A_UNIT and by_name:
        return values.get(key)
    values.reading.complain(
        values.at(key).key_place,
        "or_held 用于按一个名称查科室：gives 须是 first 或 distinct，where 只写一列等于哪个名称。",
        "or_held looks a department up by one name: gives is first or distinct, and where has one "
        "column that equals the name.",
    )
    return None


def _lines_of(values: Values, gives: Gives) -> str | None:
    if values.has(RegisterFactKeys.each) and gives not in _OF_A_LINE:
        values.reading.complain(
            values.at(RegisterFactKeys.each).place,
            f"逐行查询（each）只能得到 exists、count、sum 或 first，不能是 {gives}。",
            f"A look-up line by line gives exists, count, sum or first, not {gives}.",
        )
        return None
    return values.get(RegisterFactKeys.each)


def _answered_column(values: Values, register: str, gives: Gives) -> str | None:
    key = RegisterFactKeys.column
    reading = values.reading
    column, columns = values.get(key), reading.columns[register]
    if gives not in _OF_A_COLUMN:
        if values.has(key):
            reading.complain(
                values.at(key).key_place,
                f"gives: {gives} 不看任何一列，请删去 column。",
                f"gives: {gives} looks at no column; remove it.",
            )
        return None
    if not values.has(key):
        reading.complain(
            values.spot.key_place,
            f"gives: {gives} 要写明取哪一列，请补上 column。",
            f"gives: {gives} needs a column; add it.",
        )
    elif column is not None and column not in columns:
        noun = Sentence(f"登记簿 {register} 的列", f"column of register {register}")
        reading.unknown(values.at(key).place, noun, column, columns)
    return column


class RelatedFactKeys(Table):
    """Looked up among cases that belong together."""

    noun = Sentence("相关案件查询", "A look-up among related cases")

    related = Key(
        RELATION,
        "查哪些案件：children 下级，parent 上级，siblings 同属一个上级的，"
        "named 编号等于 named_by 的",
        "which cases: children, parent, siblings (of the same parent), or named (with the number "
        "that named_by gives)",
        required=True,
    )
    named_by = Key(FORMULA, "只看编号等于此值的案件", "only the case with this number")
    process = Key(PROCESS, "只看这个流程的案件", "only cases of this process")
    states = Key(Listing(FOREIGN), "只看处于这些状态的案件", "only cases in these states")
    open = Key(FLAG, "只看尚未办结的案件", "only cases that have not ended")
    gives = Key(
        Choice(_GIVES, Gives.EXISTS, Gives.COUNT, Gives.FIRST, Gives.NUMBERS, Gives.ACTORS),
        "得到什么：exists 有没有，count 几件，first 最新一件的 column 表单项，numbers 案件编号，"
        "actors 谁办理过 action（代办的，连同为谁代办）",
        "what it answers: exists, count, first (the form field `column` of the newest case), "
        "numbers (of the cases), or actors (who took the action, and for whom)",
        required=True,
    )
    column = Key(FOREIGN, "gives: first 时，取哪个表单项", "the form field, for gives: first")
    action = Key(FOREIGN, "gives: actors 时，指哪个动作", "the action, for gives: actors")


def _related_fact(values: Values) -> Fact | None:
    related, gives = values.get(RelatedFactKeys.related), values.get(RelatedFactKeys.gives)
    if related is None or gives is None:
        return None
    for name, needed_by in (("action", Gives.ACTORS), ("column", Gives.FIRST)):
        if (gives is needed_by) != (name in values.spots):
            values.reading.complain(
                values.spot.key_place,
                f"{name} 与 gives: {needed_by} 必须同时写或同时不写。",
                f"{name} and gives: {needed_by} go together; write both or neither.",
            )
    if related is not Relation.PARENT and not values.has(RelatedFactKeys.process):
        _process_is_needed(values)
    named_has_a_number(values, related, RelatedFactKeys.named_by)
    return Fact(
        values.spot.key,
        FactKind.RELATED,
        gives,
        process=values.get(RelatedFactKeys.process),
        relation=related,
        named_by=values.get(RelatedFactKeys.named_by),
        states=values.get(RelatedFactKeys.states, ()),
        open_only=values.get(RelatedFactKeys.open, False),
        action=values.get(RelatedFactKeys.action),
        column=values.get(RelatedFactKeys.column),
        place=values.spot.key_place,
    )


def _process_is_needed(values: Values) -> None:
    for name in ("states", "action", "column"):
        if name in values.spots:
            values.reading.complain(
                values.spots[name].key_place,
                f"写了“{name}”就要写明是哪个流程的，请补上 process。",
                f"“{name}” needs the process that it belongs to; add it.",
            )


class HistoryFactKeys(Table):
    """Looked up in the case's own ledger."""

    noun = Sentence("本案经过查询", "A look-up in the case's history")

    history = Key(
        Reference(Name.ACTION), "本案中办理过的哪个动作", "an action of this process", required=True
    )
    gives = Key(
        Choice(_GIVES, Gives.EXISTS, Gives.COUNT, Gives.ACTORS),
        "得到什么：exists 办理过没有，count 几次，actors 谁办理的（代办的，连同为谁代办）",
        "what it answers: exists, count, or actors (who took it, and for whom)",
        required=True,
    )


def _history_fact(values: Values) -> Fact | None:
    action, gives = values.get(HistoryFactKeys.history), values.get(HistoryFactKeys.gives)
    if action is None or gives is None:
        return None
    return Fact(
        values.spot.key, FactKind.HISTORY, gives, action=action, place=values.spot.key_place
    )


FACTS = Entries(
    NewKey(Sentence("查询事实", "fact")),
    ByKey(
        Sentence("查询事实", "fact"),
        {
            "register": Section(RegisterFactKeys, _register_fact),
            "related": Section(RelatedFactKeys, _related_fact),
            "history": Section(HistoryFactKeys, _history_fact),
        },
    ),
    Sentence(
        "各查询事实 {键: {register 或 related 或 history, gives}}",
        "the facts {key: {register, related or history, gives}}",
    ),
)
