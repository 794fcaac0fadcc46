"""The flow: states, the actions that lead on, and the conditions on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from workflow.design.definition import Action, Back, OpinionRule, Resubmit, State
from workflow.design.expression import Expression
from workflow.design.facts import Condition
from workflow.design.form_rules import OPENING
from workflow.design.panels import Vote
from workflow.design.parsing_basics import (
    FIELD,
    FIELDS,
    FLAG,
    FLAG_OR_FORMULA,
    FORMULA,
    SENTENCE,
    STATES,
    UNREAD,
    RuledTable,
)
from workflow.design.parsing_effects import EFFECTS
from workflow.design.parsing_panels import MAY, PANEL, PARALLEL, WITHIN, Allowed
from workflow.design.parsing_people import ACTORS, EDITORS
from workflow.design.seats import Seat
from workflow.design.shapes import (
    RESERVED,
    Choice,
    Either,
    Entries,
    Listing,
    Made,
    NewKey,
    Reference,
    Schema,
    Shape,
    any_of,
)
from workflow.design.spots import Name, Reading, Spot
from workflow.design.tables import Key, Section, Table, Values
from workflow.refusals import Sentence

#: Stands for "every ordinary field" until the whole definition is read; no field may have this key.
EVERY: tuple[str, ...] = ("all",)
#: Deeds of the engine itself, as the ledger names them; no action may be called so.
RESERVED_ACTS = frozenset({OPENING, "save", "view", "refused"})


class FieldsShape(Shape[tuple[str, ...]]):
    """`all`, or a list of fields."""

    expected = Sentence("all（全部），或表单项的列表", "all, or a list of fields")

    def read(self, spot: Spot, reading: Reading) -> tuple[str, ...] | None:
        """The fields, or `EVERY`."""
        return EVERY if spot.node.value == "all" else FIELDS.read(spot, reading)

    def schema(self) -> Schema:
        """The word, or the list."""
        return any_of({"const": "all"}, FIELDS.schema())


FIELDS_OR_ALL = FieldsShape()


# ---- conditions --------------------------------------------------------------------------


class ConditionKeys(RuledTable):
    """A rule that must hold."""

    noun = Sentence("条件", "A condition")

    when = Key(FORMULA, "必须成立的表达式", "the expression that must hold", required=True)
    otherwise = Key(
        SENTENCE,
        "不成立时对人说的话：为什么不行，该怎么办",
        "what people are told when it does not",
        required=True,
    )
    names_cases = Key(
        Reference(Name.FACT),
        "一个 gives: numbers 的查询事实，用来指出是哪些案件挡住了",
        "a fact with gives: numbers that tells which cases stand in the way",
    )


def _condition(values: Values) -> Condition | None:
    when = values.get(ConditionKeys.when)
    if when is None:
        return None
    return Condition(
        name="",
        when=when,
        otherwise=values.get(ConditionKeys.otherwise, UNREAD),
        clauses=values.get(ConditionKeys.clauses, ()),
        names_cases=values.get(ConditionKeys.names_cases),
        design_choice=values.get(ConditionKeys.design_choice, False),
        place=values.spot.place,
    )


CONDITIONS = Listing(Section(ConditionKeys, _condition))


def named(act: str, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Conditions with their stable names: the act's key and their number, from 1."""
    return tuple(replace(one, name=f"{act}.{n}") for n, one in enumerate(conditions, start=1))


# ---- states ------------------------------------------------------------------------------


class EditKeys(Table):
    """Who may save what in a state, without an action."""

    noun = Sentence("保存权限", "A right to save")

    who = Key(EDITORS, "谁可以修改并保存", "who may change and save", required=True)
    fields = Key(FIELDS_OR_ALL, "可改哪些表单项；不写即 all", "which fields; all when not written")


_EDIT = Section(
    EditKeys,
    lambda values: (
        values.get(EditKeys.who, ()),
        values.get(EditKeys.fields, EVERY),
    ),
)
_NO_EDIT: tuple[tuple[Seat, ...], tuple[str, ...]] = ((), ())


class StateKeys(RuledTable):
    """A place where a case may stand."""

    noun = Sentence("状态", "A state")

    name = Key(SENTENCE, "名称", "its name", required=True)
    entry = Key(
        FLAG, "可以从这里立案；第一个是通常的入口", "a case may be opened here; the first is usual"
    )
    final = Key(FLAG, "到此办结", "the case has ended here")
    edit = Key(_EDIT, "谁可以在此状态直接保存表单", "who may save the form here without an action")
    panel = Key(PANEL, "由几个人一起决定（会签、票签）", "several people decide it together")
    may = Key(
        MAY,
        "除了办理，还可以对待办做什么（加签、转办、征询……）；不写则都不可以",
        "what may be done with a task besides deciding it; nothing when not written",
    )
    parallel = Key(PARALLEL, "在此状态中同时进行的分支", "branches that run side by side in it")
    in_ = Key(
        WITHIN, "属于哪个并行状态的哪个分支", "to which branch of a parallel state it belongs"
    )


def _state(values: Values) -> State:
    editors, editable = values.get(StateKeys.edit, _NO_EDIT)
    allowed = values.get(StateKeys.may, Allowed())
    return State(
        key=values.spot.key,
        name=values.get(StateKeys.name, UNREAD),
        entry=values.get(StateKeys.entry, False),
        final=values.get(StateKeys.final, False),
        editors=editors,
        editable=editable,
        panel=values.get(StateKeys.panel),
        may=frozenset(allowed.tools),
        longest_chain=allowed.longest_chain,
        seen_binds=allowed.seen_binds,
        parallel=values.get(StateKeys.parallel),
        within=values.get(StateKeys.in_),
        clauses=values.get(StateKeys.clauses, ()),
        design_choice=values.get(StateKeys.design_choice, False),
        place=values.spot.key_place,
    )


STATES_SHAPE = Entries(
    NewKey(Sentence("状态", "state")),
    Section(StateKeys, _state),
    Sentence("各状态 {键: {name, …}}", "the states {key: {name, …}}"),
)


# ---- actions -----------------------------------------------------------------------------


class Tone(StrEnum):
    """The colour of a button."""

    FORWARD = "forward"
    BACK = "back"
    STOP = "stop"
    PLAIN = "plain"


class OpinionKeys(Table):
    """Whether an opinion is asked for, and which field of the form receives it."""

    noun = Sentence("意见", "An opinion")

    required = Key(FLAG, "是否必填", "whether it must be given", required=True)
    into = Key(FIELD, "写入哪个表单项", "the field that receives it")


@dataclass(frozen=True, slots=True)
class _Opinion:
    rule: OpinionRule = OpinionRule.NONE
    into: str | None = None


def _opinion(values: Values) -> _Opinion:
    needed = values.get(OpinionKeys.required, False)
    return _Opinion(
        OpinionRule.REQUIRED if needed else OpinionRule.OPTIONAL, values.get(OpinionKeys.into)
    )


_OPINION = Either(
    Made(
        Choice(Sentence("意见要求", "rule on opinions"), *OpinionRule),
        _Opinion,
    ),
    Section(OpinionKeys, _opinion),
)


class ActionKeys(RuledTable):
    """The verb on a button, with its way from state to state."""

    noun = Sentence("动作", "An action")

    name = Key(SENTENCE, "按钮上的字", "what the button says", required=True)
    does = Key(SENTENCE, "点了以后会怎样", "what happens when it is pressed")
    from_ = Key(STATES, "在哪些状态可以办理", "the states in which it can be taken", required=True)
    to = Key(
        Reference(Name.STATE),
        "办理后到哪个状态；表决（vote）和退回（back）不写",
        "the state that it leads to; not written for a vote or a return by `back`",
    )
    vote = Key(
        Choice(Sentence("表决", "vote"), *Vote),
        "在会签小组中算什么票：for 赞成，against 反对，abstain 弃权",
        "what it counts for in the panel: for, against, abstain",
    )
    back = Key(
        Choice(Sentence("退回到哪里", "where it goes back to"), *Back),
        "退回：previous 上一步，visited 到过的任一步（办理时选）",
        "a return: to the previous step, or to any that was visited (chosen with it)",
    )
    resubmit = Key(
        Choice(Sentence("重新提交后", "after resubmission"), *Resubmit),
        "退回后重新提交：rerun 各步重走，come_back 直接回到退回人；不写即 rerun",
        "after a return: rerun every step, or come_back to who returned it; rerun when not written",
    )
    promises = Key(
        ACTORS,
        "附条件同意：所附条件由谁逐条确认；确认完之前案件不能办结",
        "who confirms the conditions named with it; the case does not end before they are met",
    )
    who = Key(
        ACTORS,
        "谁办理：applicant 申请人、reviewer 本步骤的办理人、timer 计时器、system 系统、"
        "{role: …} 角色、{person: form.…} 表单指定的人",
        "who takes it: applicant, reviewer (whoever has a task at this step), timer, system, "
        "{role: …} or {person: form.…}",
        required=True,
    )
    fields = Key(FIELDS, "办理时可以填写的表单项", "the fields that may be filled with it")
    opinion = Key(
        _OPINION,
        "意见：none 不问，optional 可写，required 必写；或 {required: true, into: 表单项}",
        "an opinion: none, optional, required; or {required: true, into: field}",
    )
    conditions = Key(CONDITIONS, "办理的条件，全部成立才可办理", "the rules that must all hold")
    effects = Key(EFFECTS, "办理后自动发生的事", "what follows from it")
    duty = Key(
        FLAG_OR_FORMULA,
        "是否在来源状态给办理人建待办；不写即是（true）；写条件的，案件到来时成立才建",
        "whether a task waits for its seats in its source states; true when not written; a "
        "condition: only when it holds as the case comes there",
    )
    waits_for = Key(
        ACTORS,
        "待办只建给其中哪几方；不写即 who 的每一方",
        "for whom of them the task waits; everybody in who when not written",
    )
    signs = Key(
        FLAG,
        "是一次签署：同一人不得在同案签两个不同步骤；表决和 all_sign 总是签署",
        "it is a signature: nobody signs two different steps of one case; votes and all_sign "
        "always are",
    )
    all_sign = Key(
        FLAG,
        "会签：who 中每一方都办理后案件才往下走",
        "every seat must take it before the case moves",
    )
    by_applicant = Key(
        FLAG,
        "申请人本人担任该角色时也可办理",
        "the applicant may take it, though they filed the case",
    )
    new_round = Key(
        FLAG, "开始新一轮，本轮签署作废", "begins a new round: this round's signatures are void"
    )
    automatic = Key(
        FLAG,
        "条件一成立，系统就自动办理（who 须为 system）",
        "taken by system as soon as its conditions hold",
    )
    tone = Key(
        Choice(Sentence("按钮语气", "tone"), *Tone),
        "按钮颜色：forward 前进，back 退回，stop 终止，plain 普通",
        "the button's colour: forward, back, stop or plain",
    )


def _ways_on(values: Values) -> tuple[bool, ...]:
    """Which of the keys that say where an action leads are written."""
    return tuple(values.has(key) for key in (ActionKeys.to, ActionKeys.vote, ActionKeys.back))


def _action(values: Values) -> Action:
    opinion = values.get(ActionKeys.opinion, _Opinion())
    duty = values.get(ActionKeys.duty, True)
    key = values.spot.key
    if sum(_ways_on(values)) != 1:
        values.reading.complain(
            values.spot.key_place,
            f"动作 {key} 要写明去向，且只写一个：to（到哪个状态）、vote（表决）或 back（退回）。",
            f"Action {key} needs exactly one of: to (a state), vote, back.",
        )
    return Action(
        key=key,
        name=values.get(ActionKeys.name, UNREAD),
        sources=values.get(ActionKeys.from_, ()),
        target=values.get(ActionKeys.to, ""),
        seats=values.get(ActionKeys.who, ()),
        does=values.get(ActionKeys.does),
        fields=values.get(ActionKeys.fields, ()),
        opinion=opinion.rule,
        opinion_field=opinion.into,
        conditions=named(key, values.get(ActionKeys.conditions, ())),
        effects=values.get(ActionKeys.effects, ()),
        duty=duty is not False,
        duty_when=duty if isinstance(duty, Expression) else None,
        duty_seats=values.get(ActionKeys.waits_for, ()),
        signs=values.get(ActionKeys.signs, False),
        all_sign=values.get(ActionKeys.all_sign, False),
        by_applicant=values.get(ActionKeys.by_applicant, False),
        new_round=values.get(ActionKeys.new_round, False),
        automatic=values.get(ActionKeys.automatic, False),
        vote=values.get(ActionKeys.vote),
        back=values.get(ActionKeys.back),
        resubmit=values.get(ActionKeys.resubmit, Resubmit.RERUN),
        promises=values.get(ActionKeys.promises, ()),
        tone=str(values.get(ActionKeys.tone, Tone.FORWARD)),
        clauses=values.get(ActionKeys.clauses, ()),
        design_choice=values.get(ActionKeys.design_choice, False),
        place=values.spot.key_place,
    )


ACTIONS = Entries(
    NewKey(Sentence("动作", "action"), RESERVED | RESERVED_ACTS),
    Section(ActionKeys, _action),
    Sentence(
        "各动作 {键: {name, from, to, who, …}}", "the actions {key: {name, from, to, who, …}}"
    ),
)
