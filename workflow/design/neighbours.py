"""Whether a process fits the others that it speaks to: parents, children, shared registers.

Whatever names a state, an action or a field of another process is looked up there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from workflow.design.definition import OF_PARENT, Definition, RegisterDeclaration
from workflow.design.effects import ActOn, Effect, Revoke, SetField, StartCase
from workflow.design.expression import Place, place_of_key
from workflow.design.facts import Fact, FactKind, Relation
from workflow.design.form import FieldType
from workflow.design.form_rules import OPENING, accepted_fields, requirements
from workflow.design.plan import Finding, effects_of
from workflow.design.problems import Problem
from workflow.design.reading import MOST_PROBLEMS
from workflow.design.seats import SeatKind
from workflow.design.spots import did_you_mean
from workflow.refusals import Sentence


def acts_fired(definitions: Iterable[Definition]) -> frozenset[tuple[str, str]]:
    """The (process, action) pairs that the effects of some definition fire."""
    return frozenset(
        (effect.process, effect.action)
        for definition in definitions
        for effect in effects_of(definition)
        if isinstance(effect, ActOn)
    )


def no_such_process(process: str) -> Sentence:
    """Nobody has published, or ships, a process of this name."""
    return Sentence(
        f"没有流程“{process}”；请核对名称，或先添加那个流程。",
        f"There is no process “{process}”; check the name, or add that process first.",
    )


def check_neighbours(
    definition: Definition, known: Mapping[str, Definition]
) -> tuple[Problem, ...]:
    """Everything in a definition that does not fit the others.

    `known` are the newest definitions by process; `definition` stands for its own process.
    """
    together = _Together(definition, {**known, definition.key: definition})
    problems = (
        Problem(definition.file, place.line, place.column, place.path, because)
        for check in _CHECKS
        for place, because in check(together)
    )
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda one: (one.line, one.column))[:MOST_PROBLEMS])


@dataclass(frozen=True, slots=True)
class _Together:
    """A definition among all."""

    me: Definition
    known: Mapping[str, Definition]

    def started(self, process: str) -> Iterator[tuple[Definition, StartCase]]:
        """Who starts a process, by which effect."""
        for other in self.known.values():
            for effect in effects_of(other):
                if isinstance(effect, StartCase) and effect.process == process:
                    yield other, effect

    def may_belong(self, child: str, parent: str) -> bool:
        """Whether a case of `child` can ever have a case of `parent` above it."""
        declared = self.known.get(child)
        if declared is not None and parent in declared.opening.parent_processes:
            return True
        return any(
            effect.sibling or (starter.key == parent and effect.under is None)
            for starter, effect in self.started(child)
        )


# ---- what is named exists -----------------------------------------------------------------


def _processes_exist(all_: _Together) -> Iterator[Finding]:
    for process, place in _named(all_.me):
        if process not in all_.known:
            yield place, no_such_process(process)


def _named(definition: Definition) -> list[tuple[str, Place]]:
    opening = definition.opening
    places: list[tuple[str | None, Place]] = [
        (process, opening.place) for process in opening.parent_processes
    ]
    for field in definition.form.values():
        places += [(one.process, one.place) for one in (field, *field.columns)]
    places += [(fact.process, fact.place) for fact in definition.facts.values()]
    for effect in effects_of(definition):
        if isinstance(effect, StartCase | ActOn | Revoke):
            places.append((effect.process, effect.place))
    return [(process, place) for process, place in places if process is not None]


def _titles_fit(all_: _Together) -> Iterator[Finding]:
    """What a title takes from the case above is there, and is a text that lists may show."""
    me = all_.me
    for place in me.title_places:
        key = place.removeprefix(OF_PARENT)
        for process in me.opening.parent_processes if key != place else ():
            other = all_.known.get(process)
            field = None if other is None else other.form.get(key)
            if other is not None and field is None:
                lacking = _lacks(other, Sentence("表单项", "field"), key, other.form)
                yield me.opening.place, lacking
            elif field is not None and (field.masked or field.type not in _TITLED):
                yield me.opening.place, _NOT_IN_TITLE.filled(process=process, key=key)


_TITLED = (FieldType.TEXT, FieldType.ENUM)
_NOT_IN_TITLE = Sentence(
    "标题会出现在每个列表里，不能用流程 {process} 的 {key}；请取不是敏感信息的文字（text、enum）。",
    "A title is shown in every list and cannot hold {key} of {process}; take a text or an enum "
    "that is not masked.",
)


def _facts_fit(all_: _Together) -> Iterator[Finding]:
    for fact in all_.me.facts.values():
        if fact.kind is FactKind.RELATED:
            process = fact.process
            above = all_.me.opening.parent_processes
            if fact.relation is Relation.PARENT and process is None and len(above) == 1:
                process = above[0]
            other = all_.known.get(process or "")
            if other is not None:
                yield from _states_exist(other, fact.states, fact.place)
                yield from _action_exists(other, fact.action, fact.place)
                yield from _field_serves(other, fact)
                yield from _relation_fits(all_, fact, other.key)


def _states_exist(other: Definition, states: Sequence[str], place: Place) -> Iterator[Finding]:
    for state in states:
        if state not in other.states:
            yield place, _lacks(other, Sentence("状态", "state"), state, other.states)


def _action_exists(other: Definition, action: str | None, place: Place) -> Iterator[Finding]:
    if action is not None and action not in other.actions:
        yield place, _lacks(other, Sentence("动作", "action"), action, other.actions)


def _field_serves(other: Definition, fact: Fact) -> Iterator[Finding]:
    if fact.column is None:
        return
    field = other.form.get(fact.column)
    if field is None:
        yield fact.place, _lacks(other, Sentence("表单项", "field"), fact.column, other.form)
    elif field.type not in _PLAIN:
        yield (
            fact.place,
            Sentence(
                f"流程 {other.key} 的 {field.key} 是 {field.type}，不能用 gives: first 取；"
                "请取文字、数字或是非的表单项。",
                f"{field.key} of {other.key} is {field.type}, which gives: first cannot take; "
                "take a text, a number or a yes-or-no.",
            ),
        )


#: Values that are the same in a stored form and in an expression.
_PLAIN = frozenset(FieldType) - {
    FieldType.DATE,
    FieldType.DATETIME,
    FieldType.LIST,
    FieldType.TABLE,
}


def _lacks(other: Definition, noun: Sentence, word: str, known: Mapping[str, object]) -> Sentence:
    hint = did_you_mean(word, known)
    return Sentence(
        f"流程 {other.key} 没有{noun.zh}“{word}”。{hint.zh}",
        f"The process {other.key} has no {noun.en} “{word}”. {hint.en}",
    )


def _relation_fits(all_: _Together, one: Fact | ActOn, process: str) -> Iterator[Finding]:
    me, parents = all_.me.key, all_.me.opening.parent_processes
    fits = {
        Relation.NAMED: True,
        Relation.CHILDREN: all_.may_belong(process, me),
        Relation.PARENT: not parents or process in parents,
        Relation.SIBLINGS: not parents
        or any(all_.may_belong(process, parent) for parent in parents),
    }
    if not fits[one.relation]:
        yield (
            one.place,
            Sentence(
                f"流程 {process} 的案件不可能是本流程案件的 {one.relation}；"
                f"请核对关系，或在两边写明 open.parent。",
                f"A case of {process} can never be among the {one.relation} of this process; "
                "check "
                f"the relation, or declare open.parent.",
            ),
        )


# ---- acts and starts can happen -----------------------------------------------------------


def _acts_fit(all_: _Together) -> Iterator[Finding]:
    for effect in effects_of(all_.me):
        other = all_.known.get(effect.process) if isinstance(effect, ActOn) else None
        if isinstance(effect, ActOn) and other is not None:
            yield from _states_exist(other, effect.states, effect.place)
            yield from _action_exists(other, effect.action, effect.place)
            yield from _relation_fits(all_, effect, other.key)
            yield from _act_is_possible(effect, other)


def _revocations_fit(all_: _Together) -> Iterator[Finding]:
    for effect in effects_of(all_.me):
        other = all_.known.get(effect.process) if isinstance(effect, Revoke) else None
        if not isinstance(effect, Revoke) or other is None:
            continue
        yield from _states_exist(other, effect.states, effect.place)
        if all_.me.opening.parent_processes != (other.key,):
            yield effect.place, _NO_PARENT.filled(process=other.key)
        for state in effect.states:
            if state in other.states and not other.states[state].final:
                yield effect.place, _NOT_ENDED.filled(state=state, process=other.key)


_NO_PARENT = Sentence(
    "要撤销流程 {process} 的案件，本流程的案件须属于它；请写 open.parent: {process}。",
    "To revoke a case of {process} this process must belong to one; say open.parent: {process}.",
)
_NOT_ENDED = Sentence(
    "流程 {process} 的状态 {state} 不是终点；只有办结的案件才谈得上撤销，未办结的请用 act 终止。",
    "State {state} of {process} is not final; only a case that has ended is revoked, and one that "
    "has not is stopped by `act`.",
)


def _act_is_possible(effect: ActOn, other: Definition) -> Iterator[Finding]:
    action = other.actions.get(effect.action)
    if action is None:
        return
    if all(seat.kind is not SeatKind.SYSTEM for seat in action.seats):
        yield (
            effect.place,
            Sentence(
                f"流程 {other.key} 的动作 {action.key} 不由 system 办理，别的流程不能替人办理它；"
                "请在那边的 who 中加上 system，或改用别的动作。",
                f"Action {action.key} of {other.key} is not for the system, so another process "
                "cannot take it; add system to its `who`, or name another action.",
            ),
        )
    for state in effect.states:
        if state in other.states and state not in action.sources:
            yield (
                effect.place,
                Sentence(
                    f"流程 {other.key} 的动作 {action.key} 不能在状态 {state} 办理；请从 states "
                    "中删去它。",
                    f"Action {action.key} of {other.key} cannot be taken in state {state}; remove "
                    "it from states.",
                ),
            )


def _starts_fit(all_: _Together) -> Iterator[Finding]:
    for effect in effects_of(all_.me):
        other = all_.known.get(effect.process) if isinstance(effect, StartCase) else None
        if isinstance(effect, StartCase) and other is not None:
            yield from _start_fits(all_, effect, other)


def _start_fits(all_: _Together, effect: StartCase, other: Definition) -> Iterator[Finding]:
    given = dict(effect.fields)
    for key in given:
        if key not in other.form:
            yield effect.place, _lacks(other, Sentence("表单项", "field"), key, other.form)
    if effect.entry is not None and effect.entry not in other.entries:
        entries = dict.fromkeys(other.entries)
        yield effect.place, _lacks(other, Sentence("入口状态", "entry"), effect.entry, entries)
    for field, rule in requirements(other, OPENING):
        needs = rule.when is None and field.key != other.opening.parent_field
        if needs and field.key not in given:
            yield (
                effect.place,
                Sentence(
                    f"流程 {other.key} 立案时必填 {field.key}（{field.label.zh}），这里没有给值；"
                    "请写到 fields 里。",
                    f"The process {other.key} requires {field.key} ({field.label.en}) at its "
                    "opening; give it a value under fields.",
                ),
            )
    yield from _place_fits(all_, effect, other)


def _place_fits(all_: _Together, effect: StartCase, other: Definition) -> Iterator[Finding]:
    """The new case belongs where it may."""
    wanted = other.opening.parent_processes
    if effect.under is not None:
        if not wanted:
            yield effect.place, _NO_PLACE.filled(process=other.key)
        return
    parents = all_.me.opening.parent_processes if effect.sibling else (all_.me.key,)
    if wanted and not set(parents) & set(wanted):
        belongs, here = "、".join(wanted), "、".join(parents)
        yield (
            effect.place,
            Sentence(
                f"流程 {other.key} 的上级案件须属于流程 {belongs}，"
                f"从这里发起的却会属于 {here or '（无上级）'}；请改 sibling，或改那边的 "
                "open.parent。",
                f"A case of {other.key} belongs to one of {belongs}, but "
                f"started here it belongs to {here or 'none'}; change sibling, or its "
                "open.parent.",
            ),
        )


_NO_PLACE = Sentence(
    "流程 {process} 没有上级案件（open 中没有写 parent），不能用 under；"
    "请删去它，或改那边的 open.parent。",
    "A case of {process} belongs to none (its open has no parent), so under means nothing; remove "
    "it, or declare its open.parent.",
)


def _starts_come_to_rest(all_: _Together) -> Iterator[Finding]:
    """Openings do not start each other for ever."""
    trail: list[str] = []
    process: str | None = all_.me.key
    while process is not None and process not in trail:
        trail.append(process)
        process = _started_at_once(all_.known.get(process))
    if process == all_.me.key:
        way = " → ".join((*trail, process))
        yield (
            all_.me.opening.place,
            Sentence(
                f"这些流程一立案就互相发起，没有尽头：{way}。请给其中一个 start 加上 when。",
                f"These processes start each other as they open, without end: {way}. Give one "
                "start a `when`.",
            ),
        )


def _started_at_once(definition: Definition | None) -> str | None:
    effects: Sequence[Effect] = () if definition is None else definition.opening.effects
    starts = (one for one in effects if isinstance(one, StartCase) and one.when is None)
    return next((one.process for one in starts), None)


# ---- what others must do for me -----------------------------------------------------------


def _somebody_opens_it(all_: _Together) -> Iterator[Finding]:
    me = all_.me
    only_system = all(seat.kind is SeatKind.SYSTEM for seat in me.opening.seats)
    if only_system and not me.schedules and not any(all_.started(me.key)):
        yield (
            me.opening.place,
            Sentence(
                "open.who 只有 system，却没有任何流程发起它，永远立不了案；"
                "请写上角色，或在别的流程里用 start 发起。",
                "Only the system opens it, but no process starts it, so no case ever begins; "
                "add a "
                "role, or start it from another process.",
            ),
        )


def _every_field_can_be_filled(all_: _Together) -> Iterator[Finding]:
    me = all_.me
    filled = {one.field for one in effects_of(me) if isinstance(one, SetField)}
    filled |= {key for use in me.calculations.values() for key in use.fields}
    filled |= {key for _, start in all_.started(me.key) for key, _ in start.fields}
    filled |= {
        one.into for one in effects_of(me) if isinstance(one, StartCase) and one.into is not None
    }
    filled |= {key for key, field in me.form.items() if field.formula is not None}
    filled.add(me.opening.parent_field or "")
    for act in (OPENING, *me.actions):
        filled.update(accepted_fields(me, act))
    for state in me.states.values():
        filled.update(state.editable if state.editors else ())
    for key, field in me.form.items():
        if key not in filled:
            yield field.place, _NEVER_SET if field.computed else _NEVER_FILLED


_NEVER_SET = Sentence(
    "这一项是 computed，却没有任何 set 或计算给它赋值，永远是空的；请写上，或删去这一项。",
    "This field is computed, but no `set` or calculation gives it a value, so it stays empty; add "
    "one, or remove the field.",
)
_NEVER_FILLED = Sentence(
    "没有人能填写这一项：立案、动作和 edit 都没有列出它；请加到其中一处，或删去这一项。",
    "Nobody can fill this field: neither the opening, an action nor edit lists it; add it to one, "
    "or remove the field.",
)


# ---- what is shared -----------------------------------------------------------------------


def _registers_agree(all_: _Together) -> Iterator[Finding]:
    for other in all_.known.values():
        if other.key == all_.me.key:
            continue
        for key, mine in all_.me.registers.items():
            theirs = other.registers.get(key)
            if theirs is not None:
                yield from _columns_agree(mine, theirs, other)


def _columns_agree(
    mine: RegisterDeclaration, theirs: RegisterDeclaration, other: Definition
) -> Iterator[Finding]:
    types = theirs.types
    for column in mine.columns:
        if types.get(column.key, column.type) is not column.type:
            yield (
                mine.place,
                Sentence(
                    f"登记簿 {mine.key} 的列 {column.key} 在这里是 {column.type}，"
                    f"在 {other.file} 里是 {types[column.key]}；请改成一致。",
                    f"Column {column.key} of register {mine.key} is {column.type} here and "
                    f"{types[column.key]} in {other.file}; make them agree.",
                ),
            )


def _numbers_differ(all_: _Together) -> Iterator[Finding]:
    for other in all_.known.values():
        if other.key != all_.me.key and other.number_prefix == all_.me.number_prefix:
            yield (
                place_of_key("number", all_.me.source),
                Sentence(
                    f"编号前缀 {other.number_prefix} 已被 {other.file} 使用；请换一个。",
                    f"The prefix {other.number_prefix} is used by {other.file}; choose another.",
                ),
            )


_CHECKS = (
    _processes_exist,
    _titles_fit,
    _facts_fit,
    _acts_fit,
    _revocations_fit,
    _starts_fit,
    _starts_come_to_rest,
    _somebody_opens_it,
    _every_field_can_be_filled,
    _registers_agree,
    _numbers_differ,
)
