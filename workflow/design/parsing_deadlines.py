"""The clocks of a process: while which states they run, for how long, and what happens then."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.design.definition import DeadlineRule, Expression
from workflow.design.parsing_basics import FLAG, FORMULA, SENTENCE, STATES, UNREAD, RuledTable
from workflow.design.parsing_effects import EFFECTS, SPANS
from workflow.design.parsing_flow import RESERVED_ACTS
from workflow.design.shapes import RESERVED, Either, Entries, Made, NewKey, Reference
from workflow.design.spots import Name
from workflow.design.tables import Key, Section, Table, Values
from workflow.refusals import Sentence


class ThenKeys(Table):
    """What the timer does."""

    noun = Sentence("到期办理", "A timer's act")

    action = Key(
        Reference(Name.ACTION),
        "到期由计时器办理的动作",
        "the action that the timer takes",
        required=True,
    )
    when = Key(
        FORMULA, "满足条件才办理，否则只标记超期", "only when this holds; else it is marked overdue"
    )


@dataclass(frozen=True, slots=True)
class _Then:
    action: str | None = None
    when: Expression | None = None


_THEN = Either(
    Made(Reference(Name.ACTION), _Then),
    Section(
        ThenKeys,
        lambda values: _Then(values.get(ThenKeys.action), values.get(ThenKeys.when)),
    ),
)


class DeadlineKeys(RuledTable):
    """A clock."""

    noun = Sentence("期限", "A deadline")

    name = Key(SENTENCE, "名称", "its name", required=True)
    while_ = Key(STATES, "在哪些状态计时", "the states in which it runs", required=True)
    from_ = Key(
        FORMULA,
        "从哪个日期或时刻起算；不写即进入状态时",
        "the day or moment from which it counts; entering the state when not written",
    )
    length = Key(
        SPANS,
        "时长，如 {workdays: 3}；列表中取第一个 when 成立的",
        "how long, as {workdays: 3}; of a list, the first counts whose when holds",
    )
    until = Key(
        FORMULA,
        "到哪个日期（含当日）或时刻为止；代替 from 和 length",
        "the day (included) or moment of its end; instead of from and length",
    )
    pauses = Key(STATES, "在哪些状态暂停计时", "the states in which it stands still")
    then = Key(
        _THEN,
        "到期由计时器办理的动作，或 {action, when}",
        "the action that the timer takes, or {action, when}",
    )
    overdue = Key(FLAG, "到期标记为超期", "marks the step overdue")
    effects = Key(EFFECTS, "到期时发生的事，如通知", "what follows, such as notices")


def _deadline(values: Values) -> DeadlineRule:
    _one_measure(values)
    then = values.get(DeadlineKeys.then, _Then())
    return DeadlineRule(
        key=values.spot.key,
        name=values.get(DeadlineKeys.name, UNREAD),
        states=values.get(DeadlineKeys.while_, ()),
        start=values.get(DeadlineKeys.from_),
        spans=values.get(DeadlineKeys.length, ()),
        until=values.get(DeadlineKeys.until),
        pauses=values.get(DeadlineKeys.pauses, ()),
        action=then.action,
        action_when=then.when,
        overdue=values.get(DeadlineKeys.overdue, False),
        effects=values.get(DeadlineKeys.effects, ()),
        clauses=values.get(DeadlineKeys.clauses, ()),
        design_choice=values.get(DeadlineKeys.design_choice, False),
        place=values.spot.key_place,
    )


def _one_measure(values: Values) -> None:
    """A clock has a length or an end, never both, never none."""
    has_length, has_end = values.has(DeadlineKeys.length), values.has(DeadlineKeys.until)
    if has_length == has_end:
        values.reading.complain(
            values.spot.key_place,
            "期限要么写 length（多久），要么写 until（到何时），两者写且只写一个。",
            "A deadline has either length (how long) or until (its end): exactly one of them.",
        )
    for name in ("from", "pauses"):
        if has_end and name in values.spots:
            values.reading.complain(
                values.spots[name].key_place,
                f"until 已定死期限的终点，“{name}”不起作用，请删去。",
                f"until fixes the end, so “{name}” has no effect; remove it.",
            )


DEADLINES = Entries(
    NewKey(Sentence("期限", "deadline"), RESERVED | RESERVED_ACTS),
    Section(DeadlineKeys, _deadline),
    Sentence(
        "各期限 {键: {name, while, length, …}}", "the deadlines {key: {name, while, length, …}}"
    ),
)
