"""What follows from an act: lengths of time, and effects of seven kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from workflow.calendar import Unit
from workflow.design.effects import (
    ActOn,
    Effect,
    Notify,
    PutInForce,
    Revoke,
    SetField,
    StartCase,
    TellUsers,
    WriteRow,
)
from workflow.design.expression import Expression, Span
from workflow.design.facts import Relation
from workflow.design.parsing_basics import FIELD, FLAG, FORMULA
from workflow.design.parsing_people import TOLD
from workflow.design.shapes import (
    KEY,
    SLUG,
    Choice,
    Either,
    Entries,
    KnownKey,
    Listing,
    Made,
    Placed,
    Reference,
    Text,
)
from workflow.design.spots import Name
from workflow.design.tables import ByKey, Key, Section, Table, Values
from workflow.refusals import Sentence

PROCESS = Text(
    Sentence("流程名，如 fee-correction", "the name of a process such as fee-correction"), SLUG
)
#: A state or an action of another process: whether it exists is asked when that one is at hand.
FOREIGN = Text(Sentence("另一流程中的键", "a key of that process"), KEY)
T = TypeVar("T")
RELATION = Choice(Sentence("关系", "relation"), *Relation)


# ---- lengths -----------------------------------------------------------------------------


class SpanTable(Table):
    """A length: one of the units with an amount."""

    minutes = Key(FORMULA, "分钟", "minutes")
    hours = Key(FORMULA, "小时，昼夜和周末照算", "hours, through nights and weekends")
    working_hours = Key(FORMULA, "上班时间内的小时", "hours of working time")
    days = Key(FORMULA, "自然日", "calendar days")
    workdays = Key(FORMULA, "工作日（按节假日历）", "working days by the holiday calendar")
    weeks = Key(FORMULA, "周", "weeks")
    months = Key(FORMULA, "月", "months")
    years = Key(FORMULA, "年", "years")

    @classmethod
    def span(cls, values: Values, when: Expression | None) -> Span | None:
        """The one length that is written; a problem when it is none or several."""
        written = [unit for unit in Unit if unit in values.spots]
        if len(written) == 1:
            amount = values.get(getattr(cls, written[0]))
            return None if amount is None else Span(amount, written[0], when)
        zh, en = "、".join(Unit), ", ".join(Unit)
        values.reading.complain(
            values.spot.place,
            f"时长应写且只写一个单位（{zh}之一），这里写了 {len(written)} 个。",
            f"A length has exactly one unit (one of {en}); here are {len(written)}.",
        )
        return None


class SpanKeys(SpanTable):
    """A length, or one of several by condition."""

    noun = Sentence("时长", "A length")

    when = Key(FORMULA, "满足什么条件时用这个时长", "this length counts when this holds")


def _span(values: Values) -> Span | None:
    return SpanTable.span(values, values.get(SpanKeys.when))


#: One length, or a list of which the first counts whose `when` holds.
SPANS = Listing(Section(SpanKeys, _span))


# ---- set ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Given:
    """What a field is set to: a value, or the end of a length that begins somewhere."""

    value: Expression | None = None
    start: Expression | None = None
    spans: tuple[Span, ...] = ()


class AfterKeys(SpanTable):
    """A day or moment that lies a length after another."""

    noun = Sentence("推算的日期", "A date that is counted")

    after = Key(
        FORMULA, "从哪个日期或时刻起算", "the day or moment from which is counted", required=True
    )
    length = Key(
        SPANS,
        "时长；也可直接写 days: 3 这样的单位。多个时长用列表，取第一个 when 成立的",
        "the length; a unit such as days: 3 may stand here directly. Of a list, the first counts "
        "whose when holds",
    )


def _after(values: Values) -> _Given:
    start = values.get(AfterKeys.after)
    if values.has(AfterKeys.length):
        for unit in [unit for unit in Unit if unit in values.spots]:
            values.reading.complain(
                values.spots[unit].key_place,
                f"已经写了 length，就不要再写“{unit}”，请删去一个。",
                f"There is a length already; remove it or “{unit}”.",
            )
        return _Given(start=start, spans=values.get(AfterKeys.length, ()))
    span = SpanTable.span(values, None)
    return _Given(start=start, spans=() if span is None else (span,))


class SetKeys(Table):
    """Fields of this case get values."""

    noun = Sentence("赋值", "A setting of fields")

    set = Key(
        Entries(
            KnownKey(Name.FIELD),
            Either(
                Placed(FORMULA, lambda value, spot: (_Given(value), spot)),
                Placed(Section(AfterKeys, _after), lambda given, spot: (given, spot)),
            ),
            Sentence("{表单项: 表达式}", "{field: expression}"),
        ),
        "给本案表单项赋值：{表单项: 表达式}，或 {表单项: {after: 起算, days: 3}}",
        "fields of this case get values: {field: expression}, or {field: {after: start, days: 3}}",
        required=True,
    )
    when = Key(FORMULA, "满足条件才执行", "only when this holds")


def _set(values: Values) -> tuple[Effect, ...]:
    when = values.get(SetKeys.when)
    return tuple(
        SetField(field, given.value, given.start, given.spans, when, spot.key_place)
        for field, (given, spot) in values.get(SetKeys.set, {}).items()
    )


# ---- the other kinds ---------------------------------------------------------------------


class WriteKeys(Table):
    """A row of a register is written."""

    noun = Sentence("登记", "A writing of a row")

    write = Key(Reference(Name.REGISTER), "写入哪个登记簿", "the register", required=True)
    row = Key(
        Entries(None, FORMULA, Sentence("{列: 表达式}", "{column: expression}")),
        "各列的值",
        "the values by column",
        required=True,
    )
    key = Key(
        Listing(Text(Sentence("列名", "a column"), KEY)),
        "这些列相同的旧行被新行取代",
        "an earlier row with the same values in these columns is superseded",
    )
    each = Key(
        FIELD,
        "表格或列表项：每行写一条，行内的值写作 line.<列>（列表为 line.text）",
        "a table or list field: one row a line; its cells are line.<column> (a list: line.text)",
    )
    when = Key(FORMULA, "满足条件才执行", "only when this holds")


def _write(values: Values) -> tuple[Effect, ...]:
    register = values.get(WriteKeys.write)
    row = values.get(WriteKeys.row, {})
    if register is not None:
        known_columns(register, WriteKeys.row, values)
        _keys_stand_in_row(values)
    return (
        WriteRow(
            register or "",
            tuple(row.items()),
            values.get(WriteKeys.key, ()),
            values.get(WriteKeys.when),
            values.get(WriteKeys.each),
            values.spot.key_place,
        ),
    )


def known_columns(register: str, key: Key[dict[str, T]], values: Values) -> None:
    """Say which keys of the mapping under `key` name no column of a register."""
    columns = values.reading.columns[register]
    for column, spot in values.at(key).children().items():
        if column not in columns:
            noun = Sentence(f"登记簿 {register} 的列", f"column of register {register}")
            values.reading.unknown(spot.key_place, noun, column, columns)


def _keys_stand_in_row(values: Values) -> None:
    row = values.at(WriteKeys.row).children()
    for column in values.get(WriteKeys.key, ()):
        if column not in row:
            values.reading.complain(
                values.at(WriteKeys.key).place,
                f"key 中的列“{column}”没有写在 row 里，无法比较新旧行；请在 row 中给出它的值。",
                f"The key column “{column}” has no value in row, so old and new rows cannot be "
                f"compared; give it there.",
            )


class StartKeys(Table):
    """Another case is opened."""

    noun = Sentence("发起另一流程", "A start of another process")

    start = Key(PROCESS, "发起哪个流程", "the process", required=True)
    fields = Key(
        Entries(None, FORMULA, Sentence("{表单项: 表达式}", "{field: expression}")),
        "新案件的表单项",
        "fields of the new case",
    )
    entry = Key(
        FOREIGN, "从哪个入口状态开始；不写即第一个", "its entry state; the first when not written"
    )
    sibling = Key(
        FLAG, "与本案同属一个上级案件，而不是本案的下级", "beside this case, not below it"
    )
    under = Key(
        FORMULA,
        "从属于编号等于此值的案件，而不是本案",
        "below the case with this number, not below this one",
    )
    into = Key(
        FIELD,
        "新案件的编号写入本案哪个表单项（type: case，computed）",
        "the field of this case (type case, computed) that receives the new one's number",
    )
    each = Key(
        FIELD,
        "表格或列表项：每行发起一件，行内的值写作 line.<列>（列表为 line.text）",
        "a table or list field: one case a line; its cells are line.<column> (a list: line.text)",
    )
    when = Key(FORMULA, "满足条件才执行", "only when this holds")


def _start(values: Values) -> tuple[Effect, ...]:
    _one_place(values)
    return (
        StartCase(
            process=values.get(StartKeys.start, ""),
            fields=tuple(values.get(StartKeys.fields, {}).items()),
            entry=values.get(StartKeys.entry),
            sibling=values.get(StartKeys.sibling, False),
            under=values.get(StartKeys.under),
            into=values.get(StartKeys.into),
            each=values.get(StartKeys.each),
            when=values.get(StartKeys.when),
            place=values.spot.key_place,
        ),
    )


def _one_place(values: Values) -> None:
    """A new case has one place, and one number is written into one field."""
    if values.get(StartKeys.sibling, False) and values.has(StartKeys.under):
        values.reading.complain(
            values.at(StartKeys.under).place,
            "sibling 与 under 只能写一个：新案件要么与本案并列，要么从属于所写编号的案件。",
            "Write sibling or under: the new case is beside this one, or below the one named.",
        )
    if values.has(StartKeys.into) and values.has(StartKeys.each):
        values.reading.complain(
            values.at(StartKeys.into).place,
            "each 会发起几件，一个表单项记不下几个编号；请删去 into。",
            "each opens several cases, and one field does not hold several numbers; remove into.",
        )


def named_has_a_number(values: Values, relation: Relation | None, key: Key[Expression]) -> None:
    """A case that is found by its number needs the number."""
    if relation is Relation.NAMED and not values.has(key):
        values.reading.complain(
            values.spot.key_place,
            "named 按编号找案件，须写 named_by（编号从哪里来）。",
            "named finds a case by its number, so named_by has to say which.",
        )


class ActKeys(Table):
    """An action is taken on other cases."""

    noun = Sentence("办理相关案件", "An act on other cases")

    act = Key(
        FOREIGN,
        "在相关案件上办理的动作（须由 system 办理）",
        "the action; a seat of it is system",
        required=True,
    )
    on = Key(
        RELATION,
        "哪些相关案件：children、parent、siblings，或 named（按编号，不论从属）；不写即 children",
        "which related cases: children, parent, siblings, or named (by number, wherever it "
        "belongs); children when not written",
    )
    process = Key(PROCESS, "相关案件的流程", "the process of those cases", required=True)
    states = Key(Listing(FOREIGN), "只办理处于这些状态的案件", "only cases in these states")
    named_by = Key(FORMULA, "只办理编号等于此值的案件", "only the case with this number")
    each = Key(
        FIELD,
        "表格或列表项：每行办理一次，行内的值写作 line.<列>（列表为 line.text）",
        "a table or list field: once a line; its cells are line.<column> (a list: line.text)",
    )
    when = Key(FORMULA, "满足条件才执行", "only when this holds")


def _act(values: Values) -> tuple[Effect, ...]:
    named_has_a_number(values, values.get(ActKeys.on), ActKeys.named_by)
    return (
        ActOn(
            process=values.get(ActKeys.process, ""),
            action=values.get(ActKeys.act, ""),
            relation=values.get(ActKeys.on, Relation.CHILDREN),
            states=values.get(ActKeys.states, ()),
            named_by=values.get(ActKeys.named_by),
            each=values.get(ActKeys.each),
            when=values.get(ActKeys.when),
            place=values.spot.key_place,
        ),
    )


class RevokeKeys(Table):
    """The case above loses its effect."""

    noun = Sentence("撤销", "A revocation")

    revoke = Key(
        Choice(Sentence("撤销哪个案件", "which case is revoked"), Relation.PARENT),
        "撤销上级案件（parent）：它仍处于原来的终点，但注明已被本案撤销",
        "the case above (parent): it stays where it ended and names this case as what revoked it",
        required=True,
    )
    process = Key(PROCESS, "上级案件的流程", "the process of the case above", required=True)
    states = Key(
        Listing(FOREIGN),
        "只有办结于这些状态的案件才可撤销；没有到过，或已被撤销的，不能再撤销",
        "it must have ended in one of these states, and not be revoked already",
        required=True,
    )
    when = Key(FORMULA, "满足条件才执行", "only when this holds")


def _revoke(values: Values) -> tuple[Effect, ...]:
    return (
        Revoke(
            values.get(RevokeKeys.process, ""),
            values.get(RevokeKeys.states, ()),
            values.get(RevokeKeys.when),
            values.spot.key_place,
        ),
    )


class PutInForceKeys(Table):
    """A policy value holds from a day on."""

    noun = Sentence("政策参数生效", "A policy value coming into force")

    put_in_force = Key(
        FIELD,
        "哪个表单项写着参数键；其值为 profile 时，改的是规则档案",
        "the field that names the parameter; where it says profile, the base profile changes",
        required=True,
    )
    value = Key(FIELD, "哪个表单项写着新值", "the field that holds the new value", required=True)
    from_ = Key(
        FORMULA,
        "从哪一天零点起生效；不写即今天，早于今天的按今天",
        "the day at whose beginning it holds; today when not written, and never earlier",
    )
    reason = Key(FIELD, "哪个文字项写着理由", "the text field that holds the reason")
    clauses = Key(FIELD, "哪个列表项写着依据条款", "the list field that names the clauses")
    before = Key(
        FIELD,
        "哪个文字项写着旧值；填写和提交它的动作要求它就是现在的值",
        "the text field that holds the value so far: filled or required, it has to be "
        "the value in force",
    )
    when = Key(FORMULA, "满足条件才执行", "only when this holds")


def _put_in_force(values: Values) -> tuple[Effect, ...]:
    return (
        PutInForce(
            values.get(PutInForceKeys.put_in_force, ""),
            values.get(PutInForceKeys.value, ""),
            values.get(PutInForceKeys.from_),
            values.get(PutInForceKeys.reason),
            values.get(PutInForceKeys.clauses),
            values.get(PutInForceKeys.when),
            values.spot.key_place,
            values.get(PutInForceKeys.before),
        ),
    )


class NotifyKeys(Table):
    """Somebody is told."""

    noun = Sentence("通知", "A notice")

    notify = Key(
        TOLD,
        "通知谁：applicant、reviewer（新任务的办理人）、{role: …} 或 {person: …}",
        "whom: applicant, reviewer (whom the new tasks wait for), {role: …} or {person: …}",
        required=True,
    )
    reads = Key(
        FLAG,
        "收到通知的人是否因此可以看本案；不写即可以（true），写 false 只告知有这件事",
        "whether whoever is told may read the case for it; they may when not written, with false "
        "they only hear of it",
    )
    when = Key(FORMULA, "满足条件才执行", "only when this holds")


def _notify(values: Values) -> tuple[Effect, ...]:
    seat = values.get(NotifyKeys.notify)
    if seat is None:
        return ()
    reads = values.get(NotifyKeys.reads, True)
    return (Notify(seat, values.get(NotifyKeys.when), reads, values.spot.key_place),)


class TellUsersKeys(Table):
    """Who works by a policy value is told."""

    noun = Sentence("告知参数的使用者", "A notice to who works by a policy value")

    tell_users = Key(
        FIELD,
        "哪个表单项写着参数键：读取它的各流程里办理的各岗位都收到通知，每人一次；本次已另有通知的不再重复",
        "the field that names the parameter: every role that takes part in a process reading it is "
        "told, each person once, and nobody whom another notice of the act reaches",
        required=True,
    )
    when = Key(FORMULA, "满足条件才执行", "only when this holds")


def _tell_users(values: Values) -> tuple[Effect, ...]:
    return (
        TellUsers(
            values.get(TellUsersKeys.tell_users, ""),
            values.get(TellUsersKeys.when),
            values.spot.key_place,
        ),
    )


_EFFECT = ByKey(
    Sentence("后果", "effect"),
    {
        "set": Section(SetKeys, _set),
        "write": Section(WriteKeys, _write),
        "start": Section(StartKeys, _start),
        "act": Section(ActKeys, _act),
        "revoke": Section(RevokeKeys, _revoke),
        "put_in_force": Section(PutInForceKeys, _put_in_force),
        "notify": Section(NotifyKeys, _notify),
        "tell_users": Section(TellUsersKeys, _tell_users),
    },
)
#: What follows a cancellation: it decides nothing, so it neither begins a case nor sets a field.
LEFT_BEHIND = Made(
    Listing(
        ByKey(
            Sentence("登记或办理", "row or act"),
            {"write": Section(WriteKeys, _write), "act": Section(ActKeys, _act)},
        )
    ),
    lambda groups: tuple(one for group in groups for one in group),
)
EFFECTS = Made(Listing(_EFFECT), lambda groups: tuple(one for group in groups for one in group))
