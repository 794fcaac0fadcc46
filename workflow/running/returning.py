"""Going back: to which steps a case may be sent, and how it goes on from there.

The target is always one of the case's own history, read from its tasks; a forged one is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from workflow.design.definition import Action, Back, Resubmit
from workflow.design.form import Field, FieldType
from workflow.making import replace
from workflow.nouns import Course
from workflow.refusals import Code, Refusal, Sentence
from workflow.running import branches
from workflow.running.answers import Unreadable, read_value
from workflow.running.situation import Situation

#: What an approval may promise at most: conditions, and characters of each.
MOST_PROMISES = 20
LONGEST_PROMISE = 200
PROMISES = "promises"
_PROMISE = Field(PROMISES, Sentence("条件", "Condition"), FieldType.TEXT, maximum=LONGEST_PROMISE)
NO_PROMISES = Sentence("请每行写一项条件", "Write one condition a line")
BAD_PROMISE = Sentence("第{line}行：{problem}", "Line {line}: {problem}")
TOO_MANY_PROMISES = Sentence(
    "最多附带 {most} 项条件，现有 {count} 项", "At most {most} conditions; there are {count}"
)

NOWHERE_BACK = Sentence("本案还没有到过别的步骤，无处可退", "The case has been at no other step")
CHOOSE_STEP = Sentence(
    "请选择退回到哪一步：{steps}", "Choose the step that it goes back to: {steps}"
)
NOT_VISITED = Sentence(
    "本案没有到过“{step}”，只能退回到：{steps}",
    "The case has not been at “{step}”; it can go back to: {steps}",
)


def visited(situation: Situation) -> tuple[str, ...]:
    """The steps by which the case has come to the present one, each time that it came; the one
    from which it came last is the last. Of a branch only its own.

    Where it was sent back to a step, what lay beyond has not led here.
    """
    states, here = situation.definition.states, situation.case.state
    way: list[str] = []
    found: dict[str, None] = {}
    for task in situation.tasks:
        step = branches.seen_from(states, here, task.step)
        if step is None or states[step].final:
            continue
        way = [*way[: way.index(step)], step] if step in way else [*way, step]
        if step == here:
            found = _last_of(found, way[:-1])
    # A step at which nobody has a task leaves none to tell of it.
    return tuple(found if way[-1:] == [here] else _last_of(found, way))


def _last_of(found: dict[str, None], way: Sequence[str]) -> dict[str, None]:
    """The steps found so far, those of this way behind the others."""
    others = (step for step in found if step not in way)
    return dict.fromkeys((*others, *way))


def targets_of(situation: Situation, action: Action) -> tuple[str, ...]:
    """The steps among which whoever takes a return may choose."""
    if action.back is None:
        return ()
    trail = visited(situation)
    return trail[-1:] if action.back is Back.PREVIOUS else trail


def aim_of(situation: Situation, action: Action, target: str | None) -> str | Refusal | None:
    """The state that an action is to lead to, where that is not simply its own."""
    if action.back is not None:
        return _step_back(situation, action, target)
    back_to = situation.case.course.back_to
    if back_to is None or action.tone != "forward" or action.vote is not None:
        return None
    ways = situation.definition.ways[situation.case.state]
    known = any(way.action is action and way.target == back_to for way in ways)
    return back_to if known and back_to != action.target else None


def _step_back(situation: Situation, action: Action, target: str | None) -> str | Refusal:
    choices = targets_of(situation, action)
    if not choices:
        return Refusal(Code.CONDITION_NOT_MET, NOWHERE_BACK, rule="back", standing=True)
    if action.back is Back.PREVIOUS and not target:
        return choices[0]
    if target in choices:
        return target or ""
    states = situation.definition.states
    zh = "、".join(states[key].name.zh for key in choices)
    en = ", ".join(states[key].name.en for key in choices)
    if not target:
        because = Sentence(CHOOSE_STEP.zh.format(steps=zh), CHOOSE_STEP.en.format(steps=en))
    else:
        named = states[target].name if target in states else Sentence(target, target)
        because = Sentence(
            NOT_VISITED.zh.format(step=named.zh, steps=zh),
            NOT_VISITED.en.format(step=named.en, steps=en),
        )
    return Refusal(Code.INVALID_FORM, because, action.clauses, field="target", rule="back")


def course_after(situation: Situation, action: Action, target: str) -> Course:
    """How the case runs on after an action: whether it will come back to who returned it."""
    case = situation.case
    if target == case.state:
        return case.course
    inside = branches.stays_inside(situation, target)
    course = case.course if inside else branches.whole_case(situation).course
    if action.resubmit is Resubmit.COME_BACK:
        return replace(course, back_to=case.state)
    came_back = target == course.back_to or situation.definition.states[target].final
    if course.back_to is not None and (came_back or action.tone == "back"):
        return replace(course, back_to=None)
    return course


def promises_in(
    action: Action, answers: dict[str, object]
) -> tuple[tuple[str, ...], tuple[Refusal, ...]]:
    """The conditions that are named with an approval, taken out of its answers, and why some
    cannot be: a refusal a line, and one where they are too many.

    A list of texts, or one a line; what says the same twice counts once. Where the action asks for
    none the answers stay as they are, and an unknown field is refused.
    """
    if not action.promises or PROMISES not in answers:
        return (), ()
    given = answers.pop(PROMISES)
    lines: object = given.splitlines() if isinstance(given, str) else given or ()
    if not isinstance(lines, list | tuple):
        return (), (_no_promise(action, NO_PROMISES),)
    named: dict[str, None] = {}
    refusals: list[Refusal] = []
    for position, line in enumerate(lines, start=1):
        try:
            words = read_value(_PROMISE, line)
        except Unreadable as problem:
            said = problem.because
            refusals.append(
                _no_promise(
                    action,
                    Sentence(
                        BAD_PROMISE.zh.format(line=position, problem=said.zh),
                        BAD_PROMISE.en.format(line=position, problem=said.en),
                    ),
                )
            )
        else:
            named.update({} if words is None else {str(words): None})
    count = len(named) + len(refusals)
    if count > MOST_PROMISES:
        because = TOO_MANY_PROMISES.filled(most=MOST_PROMISES, count=count)
        refusals.append(_no_promise(action, because))
    return tuple(named), tuple(refusals)


def _no_promise(action: Action, because: Sentence) -> Refusal:
    return Refusal(
        Code.INVALID_FORM, because, action.clauses, field=PROMISES, rule=f"form.{PROMISES}"
    )
