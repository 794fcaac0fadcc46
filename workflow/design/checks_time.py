"""Whether clocks run where they can, end in something, and every clause is answered for."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.calendar import Length, Unit
from workflow.design.deadlines import Rung
from workflow.design.definition import Definition
from workflow.design.expression import Span, place_of_key
from workflow.design.plan import Check, Finding, Plan, conditions_of, spans_of
from workflow.design.seats import SeatKind
from workflow.refusals import Sentence


def clocks_end_in_something(plan: Plan) -> Iterator[Finding]:
    """A deadline that expires without a trace is none."""
    for rule in plan.definition.deadlines.values():
        if rule.action is None and not (rule.overdue or rule.effects or rule.ladder):
            yield (
                rule.place,
                Sentence(
                    f"期限 {rule.key} 到期后什么也不会发生；请写 then（动作）、overdue: true、"
                    "effects 或 ladder。",
                    f"Nothing happens when deadline {rule.key} expires; say then (an action), "
                    "overdue: true, effects or a ladder.",
                ),
            )


def clocks_without_due_work_only_have_effects(plan: Plan) -> Iterator[Finding]:
    """A clock that no work is due by makes nobody late, hurries nobody and takes no action, whose
    failing would make the step overdue.
    """
    for rule in plan.definition.deadlines.values():
        written = (
            ("overdue", rule.overdue),
            ("then", rule.action is not None),
            ("ladder", bool(rule.ladder)),
        )
        for key, is_there in written:
            if is_there and not rule.due:
                yield (
                    rule.place,
                    Sentence(
                        f"期限 {rule.key} 写了 due: false，没有谁的任务以它为限，{key} 就没有意义；"
                        "请删去其一。",
                        f"No work is due by deadline {rule.key} (due: false), so {key} means "
                        "nothing there; remove one of them.",
                    ),
                )


def clocks_run_before_the_end(plan: Plan) -> Iterator[Finding]:
    """No clock runs or stands still where a case has ended."""
    for rule in plan.definition.deadlines.values():
        for key in (*rule.states, *rule.pauses):
            if plan.definition.states[key].final:
                yield (
                    rule.place,
                    Sentence(
                        f"期限 {rule.key} 写了终点状态 {key}，案件在那里已办结，不再计时；"
                        "请删去它。",
                        f"Deadline {rule.key} names the final state {key}, where the case has "
                        "ended and no clock runs; remove it.",
                    ),
                )


def clocks_run_or_stand_still(plan: Plan) -> Iterator[Finding]:
    """A state is not both counted and paused, except by a condition."""
    for rule in plan.definition.deadlines.values():
        for key in rule.states:
            if key in rule.pauses and rule.pauses_when is None:
                yield (
                    rule.place,
                    Sentence(
                        f"期限 {rule.key} 在状态 {key} 既计时（while）又暂停（pauses）；"
                        "请只留一处。",
                        f"Deadline {rule.key} both runs (while) and pauses in state {key}; keep "
                        "one.",
                    ),
                )


def timers_can_act(plan: Plan) -> Iterator[Finding]:
    """What a deadline fires is an action of the timer, in every state in which it may expire."""
    for rule in plan.definition.deadlines.values():
        action = plan.definition.actions.get(rule.action or "")
        if action is None:
            continue
        if all(seat.kind is not SeatKind.TIMER for seat in action.seats):
            yield (
                rule.place,
                Sentence(
                    f"期限 {rule.key} 到期要办理 {action.key}，可它的 who 里没有 timer；请加上。",
                    f"Deadline {rule.key} fires {action.key}, whose `who` has no timer; add it.",
                ),
            )
        for key in rule.states:
            if key not in action.sources:
                yield (
                    rule.place,
                    Sentence(
                        f"期限 {rule.key} 会在状态 {key} 到期，但动作 {action.key} "
                        "不能在那里办理；"
                        "请改 while，或在该动作的 from 中加上它。",
                        f"Deadline {rule.key} may expire in state {key}, where action "
                        f"{action.key} "
                        "cannot be taken; change `while`, or add the state to its `from`.",
                    ),
                )


def clocks_can_be_told_from_actions(plan: Plan) -> Iterator[Finding]:
    """In the ledger, what happened is named by its key. A clock may share one with an action that
    the timer does not take: by who acted it is told which of both happened. A notice bears no
    actor; of a clock by which nothing is due it does not even say that time is up.
    """
    for key, rule in plan.definition.deadlines.items():
        action = plan.definition.actions.get(key)
        if action is not None and action.is_timers:
            yield (
                rule.place,
                Sentence(
                    f"期限和计时器办理的动作都叫 {key}，记录里分不清；请给期限换一个键。",
                    f"A deadline and an action that the timer takes are both called {key}, and the "
                    "record could not tell them apart; give the deadline another key.",
                ),
            )
        elif action is not None and not rule.due:
            yield (
                rule.place,
                Sentence(
                    f"期限（due: false）和动作都叫 {key}，通知里分不清；请给期限换一个键。",
                    f"A deadline (due: false) and an action are both called {key}, and a notice "
                    "could not tell them apart; give the deadline another key.",
                ),
            )


def ladders_lead_upwards(plan: Plan) -> Iterator[Finding]:
    """The reminders of a clock stand in the order in which they come, as far as figures tell."""
    for rule in plan.definition.deadlines.values():
        last: dict[Unit | None, int] = {}
        for number, rung in enumerate(rule.ladder, start=1):
            distance = _distance(rung)
            if distance is None:
                continue
            unit, amount = distance
            # The end itself can be compared with every unit.
            known = last.values() if unit is None else (last.get(unit), last.get(None))
            if any(one is not None and one >= amount for one in known):
                yield (
                    rung.place,
                    Sentence(
                        f"期限 {rule.key} 的第 {number} 档提醒不晚于它前面的一档；"
                        "请按时间先后写，每个时点一档。",
                        f"Rung {number} of deadline {rule.key} comes no later than one before it; "
                        "write them in order of time, one for each moment.",
                    ),
                )
            last[unit] = max(amount, last.get(unit, amount))


def reminders_come_after_the_beginning(plan: Plan) -> Iterator[Finding]:
    """A reminder so long before the end that the clock has not begun yet is never sent."""
    for rule in plan.definition.deadlines.values():
        lengths = [_figure(span) for span in rule.spans]
        for rung in rule.ladder:
            distance = _distance(rung)
            if distance is None or distance[1] >= 0 or not lengths:
                continue
            unit, amount = distance
            if all(one is not None and one[0] is unit and one[1] <= -amount for one in lengths):
                yield (
                    rung.place,
                    Sentence(
                        f"期限 {rule.key} 一共只有这么长，"
                        f"提前 {-amount} {unit} 的提醒永远不会发出；请改短。",
                        f"Deadline {rule.key} is no longer than that: the reminder {-amount} "
                        f"{unit} before its end is never sent; make it shorter.",
                    ),
                )


def _distance(rung: Rung) -> tuple[Unit | None, int] | None:
    """How far a rung lies after the end (negative: before), in its unit; None when no figure
    tells. The end itself has no unit.
    """
    if not rung.spans:
        return (None, 0)
    figures = [_figure(span) for span in rung.spans]
    if len(figures) != 1 or figures[0] is None:
        return None
    unit, amount = figures[0]
    return unit, -amount if rung.back else amount


def _figure(span: Span) -> tuple[Unit, int] | None:
    text = span.amount.text.strip()
    return (span.unit, int(text)) if text.isdecimal() else None


def lengths_are_possible(plan: Plan) -> Iterator[Finding]:
    """A written figure is a length that can be counted, and every alternative can be met."""
    for spans in spans_of(plan.definition):
        for number, span in enumerate(spans, start=1):
            if not _is_possible(span):
                yield (
                    span.amount.place,
                    Sentence(
                        f"时长 {span.amount.text} {span.unit} 太长或为负，无法计算；请改小。",
                        f"A length of {span.amount.text} {span.unit} is negative or too long to "
                        "count; change it.",
                    ),
                )
            if span.when is None and number < len(spans):
                yield (
                    span.amount.place,
                    Sentence(
                        "这个时长没有写 when，总会用上它，后面的时长永远轮不到；请写上 when "
                        "或移到最后。",
                        "This length has no `when`, so it always counts and those after it never "
                        "do; add `when`, or move it to the end.",
                    ),
                )


def _is_possible(span: Span) -> bool:
    text = span.amount.text.strip()
    if not text.removeprefix("-").isdecimal():
        return True
    try:
        Length(int(text), span.unit)
    except ValueError:
        return False
    return True


_UNITS = frozenset(str(unit) for unit in Unit)


def units_agree(plan: Plan) -> Iterator[Finding]:
    """A parameter that counts working days is not used as calendar days."""
    for spans in spans_of(plan.definition):
        for span in spans:
            key = span.amount.text.strip().removeprefix("param.")
            parameter = plan.register.parameters.get(key)
            counted = "" if parameter is None else str(parameter.unit)
            if counted in _UNITS - {str(span.unit)}:
                yield (
                    span.amount.place,
                    Sentence(
                        f"参数 {key} 的单位是 {counted}，这里却当作 {span.unit}；请改成一致。",
                        f"The parameter {key} counts {counted}, but here {span.unit}; make them "
                        "agree.",
                    ),
                )


def every_clause_is_answered_for(plan: Plan) -> Iterator[Finding]:
    """A clause that names this process is carried by a rule, or it is said why not; never both."""
    definition = plan.definition
    carried = set(carried_clauses(definition))
    place = place_of_key("not_enforced", definition.source)
    for clause in definition.not_enforced:
        if clause in carried:
            yield (
                place,
                Sentence(
                    f"条款 {clause} 写在 not_enforced 里，却又有规则依据它；请只留一处。",
                    f"Clause {clause} stands under not_enforced, but a rule rests on it; keep one.",
                ),
            )
    for one in plan.register.clauses_of(definition.key):
        if one.id not in carried and one.id not in definition.not_enforced:
            yield (
                place,
                Sentence(
                    f"条款 {one.id}（{one.says.zh}）提到本流程，却没有规则依据它；"
                    "请写到相应的 clauses 里，或在 not_enforced 说明原因。",
                    f"Clause {one.id} ({one.says.en}) names this process, but no rule rests on "
                    "it; "
                    "add it to the rule's clauses, or give the reason under not_enforced.",
                ),
            )


def carried_clauses(definition: Definition) -> Iterator[str]:
    """Every clause that some part of a definition rests on, as often as it is named."""
    yield from definition.clauses
    yield from definition.opening.clauses
    for use in definition.calculations.values():
        yield from use.clauses
    yield from _of_form(definition)
    for condition in conditions_of(definition):
        yield from condition.clauses
    for state in definition.states.values():
        yield from state.clauses
    for action in definition.actions.values():
        yield from action.clauses
    for rule in definition.deadlines.values():
        yield from rule.clauses
    for schedule in definition.schedules.values():
        yield from schedule.clauses


def _of_form(definition: Definition) -> Iterator[str]:
    for field in definition.form.values():
        yield from field.clauses
        for requirement in field.required:
            yield from requirement.clauses
        for column in field.columns:
            yield from column.clauses


TIME_CHECKS: tuple[Check, ...] = (
    clocks_end_in_something,
    clocks_without_due_work_only_have_effects,
    clocks_run_before_the_end,
    clocks_run_or_stand_still,
    timers_can_act,
    clocks_can_be_told_from_actions,
    ladders_lead_upwards,
    reminders_come_after_the_beginning,
    lengths_are_possible,
    units_agree,
)
CLAUSE_CHECKS: tuple[Check, ...] = (every_clause_is_answered_for,)
