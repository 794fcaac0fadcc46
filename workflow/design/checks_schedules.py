"""Whether what recurs can be opened by the system, and is due at all."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.calendar import Unit
from workflow.design.form import DepartmentType
from workflow.design.form_rules import OPENING, requirements
from workflow.design.plan import Check, Finding, Plan
from workflow.design.seats import SeatKind
from workflow.refusals import Sentence

#: The types of department that a hospital has.
_FIRST_DAY, _LAST_DAY, _MOST_WORKDAYS = 1, 31, 23


def the_system_may_open(plan: Plan) -> Iterator[Finding]:
    """A schedule opens by `system`, which the opening has to allow."""
    definition = plan.definition
    if any(seat.kind is SeatKind.SYSTEM for seat in definition.opening.seats):
        return
    for rule in definition.schedules.values():
        yield (
            rule.place,
            Sentence(
                f"定期事项 {rule.key} 由系统立案，可 open.who 里没有 system；请加上。",
                f"Schedule {rule.key} opens by the system, which is not in open.who; add it.",
            ),
        )


def what_is_required_is_given(plan: Plan) -> Iterator[Finding]:
    """Nobody is there to fill in what the opening asks for, so the schedule has to."""
    definition = plan.definition
    for rule in definition.schedules.values():
        given = {key for key, _ in rule.fields}
        for field, requirement in requirements(definition, OPENING):
            if requirement.when is None and field.key not in given:
                yield (
                    rule.place,
                    Sentence(
                        f"定期事项 {rule.key} 没有给出立案必填的 {field.key}；请写进 fields，"
                        "或让它在以后的动作才必填。",
                        f"Schedule {rule.key} does not give {field.key}, which the opening "
                        "requires; put it under fields, or require it at a later action.",
                    ),
                )
        if definition.opening.parent_required:
            yield (
                rule.place,
                Sentence(
                    f"立案时必须有上级案件，定期事项 {rule.key} 却没有；请去掉其中之一。",
                    f"No case is opened without a parent, and schedule {rule.key} has none; "
                    "remove one of the two.",
                ),
            )


def it_begins_at_an_entry(plan: Plan) -> Iterator[Finding]:
    """The state in which a schedule opens is one in which cases begin."""
    for rule in plan.definition.schedules.values():
        if rule.entry is not None and not plan.definition.states[rule.entry].entry:
            yield (
                rule.place,
                Sentence(
                    f"定期事项 {rule.key} 从 {rule.entry} 开始，可它不是入口状态。",
                    f"Schedule {rule.key} begins in {rule.entry}, where no case begins.",
                ),
            )


def figures_can_come(plan: Plan) -> Iterator[Finding]:
    """A written day is one that a month may have; grace is counted in units that need no case."""
    for rule in plan.definition.schedules.values():
        rhythm = rule.rhythm
        for figure, least, most in (
            (rhythm.day, _FIRST_DAY, _LAST_DAY),
            (rhythm.workday, -_MOST_WORKDAYS, _MOST_WORKDAYS),
        ):
            text = "" if figure is None else figure.text.strip()
            if text.removeprefix("-").isdecimal() and (
                not least <= int(text) <= most or int(text) == 0
            ):
                yield (
                    rule.place,
                    Sentence(
                        f"定期事项 {rule.key} 的日子 {text} 不在 {least} 至 {most} 之间。",
                        f"The day {text} of schedule {rule.key} is not between {least} and {most}.",
                    ),
                )
        if any(span.unit is Unit.WORKING_HOURS for span in rule.missed_after):
            yield (
                rule.place,
                Sentence(
                    f"定期事项 {rule.key} 的 missed_after 请用小时、天等自然时间，"
                    "不用 working_hours。",
                    f"The missed_after of schedule {rule.key} is counted in hours, days or more, "
                    "not in working_hours.",
                ),
            )


def departments_are_of_a_kind(plan: Plan) -> Iterator[Finding]:
    """A type of department that no hospital has would open nothing for ever."""
    for rule in plan.definition.schedules.values():
        for word in rule.each.types:
            if word not in tuple(DepartmentType):
                known = "、".join(DepartmentType)
                yield (
                    rule.place,
                    Sentence(
                        f"定期事项 {rule.key} 的科室类型“{word}”不存在；可用的有：{known}。",
                        f"Schedule {rule.key} names the type of department “{word}”; there are: "
                        f"{', '.join(DepartmentType)}.",
                    ),
                )


SCHEDULE_CHECKS: tuple[Check, ...] = (
    the_system_may_open,
    what_is_required_is_given,
    it_begins_at_an_entry,
    figures_can_come,
    departments_are_of_a_kind,
)
