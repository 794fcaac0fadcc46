"""Whether the form can be filled by those who should, and holds what the process needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workflow.design.definition import OF_PARENT, Definition
from workflow.design.effects import ActOn, PutInForce, SetField, StartCase, TellUsers, WriteRow
from workflow.design.expression import Place
from workflow.design.facts import Fact, FactKind, Gives
from workflow.design.form import Field, FieldType
from workflow.design.form_rules import OPENING
from workflow.design.parameters import BASE_PROFILE
from workflow.design.plan import Check, Finding, Plan, conditions_of, effects_of, has_people
from workflow.design.seats import Seat, SeatKind
from workflow.refusals import Sentence

_PROSE = (FieldType.TEXT, FieldType.LONG_TEXT)
_FIGURES = (FieldType.INTEGER, FieldType.MONEY)
_UNITS = (FieldType.TEXT, FieldType.DEPARTMENT)
_MANY = (FieldType.LIST, FieldType.TABLE)
_COUNTED = (*_PROSE, *_MANY)


def labels_differ(plan: Plan) -> Iterator[Finding]:
    """A message that names a field by its label means one field."""
    seen: dict[str, str] = {}
    for key, field in plan.definition.form.items():
        other = seen.setdefault(field.label.zh, key)
        if other != key:
            yield (
                field.place,
                Sentence(
                    f"表单项 {key} 与 {other} 的名称都是“{field.label.zh}”；请改其中一个。",
                    f"The fields {key} and {other} are both labelled “{field.label.zh}”; give one "
                    "another label.",
                ),
            )


def bounds_leave_room(plan: Plan) -> Iterator[Finding]:
    """Some value lies between the bounds."""
    for field in _with_columns(plan.definition):
        if field.maximum is not None and _least(field) > field.maximum:
            yield (
                field.place,
                Sentence(
                    f"{field.key} 的最小值比最大值还大，什么也填不进去；请改 min、max 或 above。",
                    f"The least value of {field.key} is more than its greatest, so nothing fits; "
                    "change min, max or above.",
                ),
            )
        if field.type in _COUNTED and min(_least(field), field.maximum or 1) < 0:
            yield (
                field.place,
                Sentence(
                    f"{field.key} 的 min、max 是字数或行数，不能是负数。",
                    f"min and max of {field.key} count characters or rows and cannot be negative.",
                ),
            )


def _least(field: Field) -> int:
    bounds = [field.minimum, None if field.above is None else field.above + 1]
    given = [bound for bound in bounds if bound is not None]
    return max(given) if given else -(10**18) if field.type in _FIGURES else 0


def options_differ(plan: Plan) -> Iterator[Finding]:
    """A list to choose from offers each word once."""
    for field in _with_columns(plan.definition):
        words = [option.value for option in field.options]
        for word in dict.fromkeys(word for word in words if words.count(word) > 1):
            yield (
                field.place,
                Sentence(
                    f"{field.key} 的选项“{word}”写了不止一次，请只留一个。",
                    f"{field.key} offers “{word}” more than once; keep one.",
                ),
            )


def opinions_have_a_place(plan: Plan) -> Iterator[Finding]:
    """An opinion is written into a text field that nothing else computes."""
    for action in plan.definition.actions.values():
        field = plan.definition.form.get(action.opinion_field or "")
        if field is not None and (field.type not in _PROSE or field.computed):
            yield (
                action.place,
                Sentence(
                    f"动作 {action.key} 的意见要写入 {field.key}，它须是 text 或 long_text，"
                    f"且不是 computed；现在是{' computed 的' if field.computed else ''} "
                    f"{field.type}。",
                    f"The opinion of action {action.key} goes into {field.key}, which must be "
                    "text "
                    f"or long_text and not computed; it is {field.type}"
                    f"{', computed' if field.computed else ''}.",
                ),
            )


def nobody_types_what_is_not_theirs(plan: Plan) -> Iterator[Finding]:
    """Computed fields are set by effects, opinions by whoever gives them, and by nobody else."""
    definition = plan.definition
    opinions = _opinion_actions(definition)
    for place, noun, keys, action in _typed(definition):
        for key in keys:
            field = definition.form.get(key)
            if field is not None and field.computed:
                yield (
                    place,
                    Sentence(
                        f"{noun.zh}列出了 {key}，可它是 computed，只能由系统填写；请从中删去。",
                        f"{noun.en} lists {key}, which is computed and filled by effects only; "
                        "remove it.",
                    ),
                )
            elif opinions.get(key, {action}) - {action}:
                yield (
                    place,
                    Sentence(
                        f"{noun.zh}列出了 {key}，可它是另一动作的意见，只能由给意见的人写；"
                        "请从中删去。",
                        f"{noun.en} lists {key}, which is the opinion of another action and "
                        "written "
                        "by whoever gives it; remove it.",
                    ),
                )


def _typed(
    definition: Definition,
) -> Iterator[tuple[Place, Sentence, tuple[str, ...], str | None]]:
    yield (
        definition.opening.place,
        Sentence("open.fields ", "open.fields"),
        definition.opening.fields,
        None,
    )
    for state in definition.states.values():
        noun = Sentence(f"状态 {state.key} 的 edit ", f"edit of state {state.key}")
        yield state.place, noun, state.editable, None
    for action in definition.actions.values():
        noun = Sentence(f"动作 {action.key} 的 fields ", f"fields of action {action.key}")
        yield action.place, noun, action.fields, action.key


def _opinion_actions(definition: Definition) -> dict[str, set[str | None]]:
    found: dict[str, set[str | None]] = {}
    for action in definition.actions.values():
        if action.opinion_field is not None:
            found.setdefault(action.opinion_field, set()).add(action.key)
    return found


def what_is_required_can_be_given(plan: Plan) -> Iterator[Finding]:
    """Who must fill a field is somebody, and may fill it."""
    opinions = _opinion_actions(plan.definition)
    for field in plan.definition.form.values():
        for act in dict.fromkeys(one.action for one in field.required):
            because = _cannot_give(plan.definition, field, act, opinions.get(field.key, set()))
            if because is not None:
                yield field.place, because


def _cannot_give(
    definition: Definition, field: Field, act: str, opinions: set[str | None]
) -> Sentence | None:
    if field.computed:
        return Sentence(
            f"{field.key} 是 computed，没有人能在 {act} 时填写；如果要求它已有值，"
            f"请改写成条件 given.{field.key}。",
            f"{field.key} is computed, so nobody can fill it at {act}; to demand that it has a "
            f"value, write the condition given.{field.key}.",
        )
    if opinions and act not in opinions:
        return Sentence(
            f"{field.key} 是另一动作的意见，不能在 {act} 时填写；如果要求它已有值，"
            f"请改写成条件 given.{field.key}。",
            f"{field.key} is the opinion of another action and is not filled at {act}; to demand "
            f"that it has a value, write the condition given.{field.key}.",
        )
    if act != OPENING and not has_people(definition.actions[act]):
        return Sentence(
            f"{field.key} 要在 {act} 时填写，可这个动作没有人办理；如果要求它已有值，"
            f"请改写成条件 given.{field.key}。",
            f"{field.key} is required at {act}, which no person takes; to demand that it has a "
            f"value, write the condition given.{field.key}.",
        )
    return None


def titles_show_what_may_be_shown(plan: Plan) -> Iterator[Finding]:
    """Title and key figure stand in every list: nothing masked, nothing that is many."""
    definition = plan.definition
    own = (key for key in definition.title_places if not key.startswith(OF_PARENT))
    shown = dict.fromkeys(own, "title")
    if definition.key_figure is not None:
        shown[definition.key_figure] = "key_figure"
    for key, where in shown.items():
        field = definition.form[key]
        if field.masked or field.type in (*_MANY, FieldType.CITIZEN_ID):
            yield (
                field.place,
                Sentence(
                    f"{where} 会出现在每个列表里，不能用 {key}（敏感信息、身份证号、列表或表格）。",
                    f"{where} is shown in every list and cannot hold {key} (masked, an ID "
                    "number, a "
                    "list or a table).",
                ),
            )


def only_what_is_masked_is_kept_for_some(plan: Plan) -> Iterator[Finding]:
    """Whom a field is shown to whole says nothing of a field that everybody sees."""
    for field in plan.definition.form.values():
        if field.whole_for and not field.masked and field.own_rows is None:
            yield (
                field.place,
                Sentence(
                    f"{field.key} 不是敏感信息，人人都看得全，"
                    "whole_for 不起作用；请加上 masked: true。",
                    f"{field.key} is not masked, so everybody sees it whole and whole_for does "
                    "nothing; add masked: true.",
                ),
            )


def each_sees_rows_of_their_own(plan: Plan) -> Iterator[Finding]:
    """Rows that are shown to some alone: it is known whose each is, and who sees them all."""
    definition = plan.definition
    for field in definition.form.values():
        fact = definition.facts.get(field.own_rows or "")
        if fact is None:
            continue
        of_a_line = fact.each == field.key and fact.gives is Gives.FIRST
        if not of_a_line or _column_type(definition, fact) not in _UNITS:
            yield (
                field.place,
                Sentence(
                    f"own_rows 要用逐行查科室的事实：{fact.key} 须写 each: {field.key}、"
                    "gives: first，取 text 或 department 的列。",
                    f"own_rows takes a fact that gives the department of a line: {fact.key} needs "
                    f"each: {field.key} and gives: first, of a column of text or department.",
                ),
            )
        if not field.whole_for:
            yield (
                field.place,
                Sentence(
                    f"{field.key} 各看各的行，没有人看得全；请用 whole_for 写明谁看全部。",
                    f"Of {field.key} everybody sees their own rows and nobody all; say under "
                    "whole_for who does.",
                ),
            )
        yield from _written_without_seeing(definition, field)


def _written_without_seeing(definition: Definition, table: Field) -> Iterator[Finding]:
    """Whoever writes a table of which they see some rows would send those back as all of them."""
    places = (
        *((one.place, one.fields, one.seats) for one in definition.actions.values()),
        *((one.place, one.editable, one.editors) for one in definition.states.values()),
    )
    for place, fields, seats in places:
        if table.key in fields and any(not _sees_whole(seat, table) for seat in seats):
            yield (
                place,
                Sentence(
                    f"{table.key} 各看各的行，填写它的人却有看不全的，会把别人的行抹掉；"
                    "请只让 whole_for 里的角色或申请人填写。",
                    f"Of {table.key} everybody sees their own rows; who writes it here does not "
                    "see all and would wipe out the others. Let roles of whole_for or the "
                    "applicant write it.",
                ),
            )


def _sees_whole(seat: Seat, table: Field) -> bool:
    return seat.kind in (SeatKind.APPLICANT, SeatKind.SYSTEM, SeatKind.TIMER) or (
        seat.kind is SeatKind.ROLE and seat.role in table.whole_for
    )


def parents_have_a_field(plan: Plan) -> Iterator[Finding]:
    """The parent's number is kept in a field that holds a case of that process; where it may be of
    several, of any.
    """
    opening = plan.definition.opening
    field = plan.definition.form.get(opening.parent_field or "")
    if field is None:
        return
    wanted = opening.parent_processes
    fits = field.process is None or (field.process,) == wanted
    if field.type is not FieldType.CASE or not fits:
        named = wanted[0] if len(wanted) == 1 else None
        yield (
            field.place,
            Sentence(
                f"上级案件的编号记在 {field.key}，它须是 type: case，"
                + (f"process 须是 {named}。" if named else "上级可以是几个流程的，不写 process。"),
                f"The parent's number is kept in {field.key}, which must be of type case"
                + (f" with process {named}." if named else "; of several processes it names none."),
            ),
        )


def facts_answer_what_is_asked(plan: Plan) -> Iterator[Finding]:
    """A sum adds figures; a department is written as text; the cases in the way are named by their
    numbers.
    """
    definition = plan.definition
    for fact in definition.facts.values():
        if fact.or_held is not None and _column_type(definition, fact) is not FieldType.TEXT:
            yield (
                fact.place,
                Sentence(
                    f"or_held 取的是科室，{fact.column} 须是 text 的列。",
                    f"or_held gives a department, so {fact.column} must be a column of text.",
                ),
            )
        if fact.kind is FactKind.REGISTER and fact.gives is Gives.SUM:
            type_ = _column_type(definition, fact)
            if type_ is not None and type_ not in _FIGURES:
                yield (
                    fact.place,
                    Sentence(
                        f"gives: sum 只能合计 integer 或 money 的列，{fact.column} 是 {type_}。",
                        f"gives: sum adds columns of integer or money; {fact.column} is {type_}.",
                    ),
                )
    for condition in conditions_of(definition):
        named = definition.facts.get(condition.names_cases or "")
        if named is not None and named.gives is not Gives.NUMBERS:
            yield (
                condition.place,
                Sentence(
                    f"names_cases 要用 gives: numbers 的事实，{named.key} 是 gives: "
                    f"{named.gives}。",
                    f"names_cases takes a fact with gives: numbers; {named.key} gives "
                    f"{named.gives}.",
                ),
            )


def _column_type(definition: Definition, fact: Fact) -> FieldType | None:
    return definition.registers[fact.register or ""].types.get(fact.column or "")


def nothing_is_declared_in_vain(plan: Plan) -> Iterator[Finding]:
    """A fact that no expression names, or a register that nothing touches, is a leftover."""
    definition = plan.definition
    named = set(re.findall(r"\bfacts\.([a-z0-9_]+)", definition.source))
    named |= {condition.names_cases or "" for condition in conditions_of(definition)}
    named |= {field.own_rows or "" for field in definition.form.values()}
    for key, fact in definition.facts.items():
        if definition.source and key not in named:
            yield (
                fact.place,
                Sentence(
                    f"查询事实 {key} 没有被任何表达式用到；请用上它，或删去。",
                    f"No expression names the fact {key}; use it, or remove it.",
                ),
            )
    touched = {fact.register for fact in definition.facts.values()}
    touched |= {one.register for one in effects_of(definition) if isinstance(one, WriteRow)}
    touched |= {rule.each.register for rule in definition.schedules.values()}
    for key, declared in definition.registers.items():
        if key not in touched:
            yield (
                declared.place,
                Sentence(
                    f"登记簿 {key} 既没有写入也没有查询；请用上它，或删去。",
                    f"The register {key} is neither written nor read; use it, or remove it.",
                ),
            )


def lines_come_from_tables(plan: Plan) -> Iterator[Finding]:
    """`each` goes through the lines of a table or a list."""
    for effect in effects_of(plan.definition):
        if isinstance(effect, WriteRow | StartCase | ActOn) and effect.each is not None:
            field = plan.definition.form.get(effect.each)
            if field is not None and field.type not in (FieldType.TABLE, FieldType.LIST):
                yield (
                    effect.place,
                    Sentence(
                        f"each 要用类型为 table 或 list 的表单项，{field.key} 是 {field.type}。",
                        f"each takes a field of type table or list; {field.key} is {field.type}.",
                    ),
                )


def numbers_go_into_case_fields(plan: Plan) -> Iterator[Finding]:
    """The number of a case that is opened goes into a computed field for cases of its process."""
    for effect in effects_of(plan.definition):
        if not isinstance(effect, StartCase) or effect.into is None:
            continue
        field = plan.definition.form.get(effect.into)
        if field is None:
            continue
        fits = field.type is FieldType.CASE and field.process in (None, effect.process)
        if not (fits and field.computed):
            yield (
                effect.place,
                Sentence(
                    f"into 写入新案件的编号，{field.key} 须是 type: case、computed: true，"
                    f"process 为 {effect.process}。",
                    f"into receives the number of the new case, so {field.key} has to be of type "
                    f"case, computed, and for cases of {effect.process}.",
                ),
            )


def counted_dates_go_into_dates(plan: Plan) -> Iterator[Finding]:
    """A day or moment that is counted goes into a field for days or moments."""
    for effect in effects_of(plan.definition):
        if isinstance(effect, SetField) and effect.start is not None:
            field = plan.definition.form.get(effect.field)
            if field is not None and field.type not in (FieldType.DATE, FieldType.DATETIME):
                yield (
                    effect.place,
                    Sentence(
                        f"after 推算出的是日期，{field.key} 却是 {field.type}；"
                        "请用 date 或 datetime 的表单项。",
                        f"after counts a date, but {field.key} is {field.type}; use a field of "
                        "type "
                        "date or datetime.",
                    ),
                )


def policy_comes_from_fields(plan: Plan) -> Iterator[Finding]:
    """What comes into force is named by fields that can hold it, and every choice is known."""
    for effect in effects_of(plan.definition):
        wanted: tuple[tuple[str | None, tuple[FieldType, ...]], ...]
        match effect:
            case PutInForce():
                verb = "put_in_force"
                wanted = (
                    (effect.parameter, (FieldType.ENUM, FieldType.TEXT)),
                    (effect.value, _PROSE),
                    (effect.reason, _PROSE),
                    (effect.before, _PROSE),
                    (effect.clauses, (FieldType.LIST,)),
                )
            case TellUsers():
                verb, wanted = "tell_users", ((effect.parameter, (FieldType.ENUM, FieldType.TEXT)),)
            case _:
                continue
        for key, types in wanted:
            field = plan.definition.form.get(key or "")
            if field is not None and field.type not in types:
                names = " / ".join(types)
                yield (
                    effect.place,
                    Sentence(
                        f"{verb} 在这里要用类型为 {names} 的表单项，{key} 是 {field.type}。",
                        f"{verb} takes a field of type {names} here; {key} is {field.type}.",
                    ),
                )
        named = plan.definition.form.get(effect.parameter)
        for option in () if named is None else named.options:
            if option.value not in (BASE_PROFILE, *plan.register.parameters):
                yield (
                    named.place if named is not None else effect.place,
                    Sentence(
                        f"选项“{option.value}”不是政策参数（parameters.yaml）的键，请改正或删去。",
                        f"The option “{option.value}” is no policy parameter of parameters.yaml; "
                        "correct or remove it.",
                    ),
                )


def formulas_fill_alone(plan: Plan) -> Iterator[Finding]:
    """What a formula fills with every act nothing else sets: it would be overwritten."""
    definition = plan.definition
    set_by_others = {one.field for one in effects_of(definition) if isinstance(one, SetField)}
    set_by_others |= {key for use in definition.calculations.values() for key in use.fields}
    for field in definition.form.values():
        if field.formula is not None and field.key in set_by_others:
            yield (
                field.place,
                Sentence(
                    f"{field.key} 的 computed 写了表达式，每次办理都按它重新填，"
                    "set 或计算给它的值留不住；请只留一处。",
                    f"{field.key} is filled anew from its expression with every act, so what a "
                    "`set` or a calculation gives it does not last; keep one of them.",
                ),
            )


def _with_columns(definition: Definition) -> Iterator[Field]:
    for field in definition.form.values():
        yield field
        yield from field.columns


FORM_CHECKS: tuple[Check, ...] = (
    labels_differ,
    bounds_leave_room,
    options_differ,
    opinions_have_a_place,
    nobody_types_what_is_not_theirs,
    what_is_required_can_be_given,
    titles_show_what_may_be_shown,
    only_what_is_masked_is_kept_for_some,
    each_sees_rows_of_their_own,
    parents_have_a_field,
    facts_answer_what_is_asked,
    nothing_is_declared_in_vain,
    lines_come_from_tables,
    counted_dates_go_into_dates,
    numbers_go_into_case_fields,
    policy_comes_from_fields,
    formulas_fill_alone,
)
