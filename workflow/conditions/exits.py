"""Whatever the hospital decides in its policy, nobody may be stuck: every choice leaves a way on.

"With the insurance review switched on, nobody can leave this state" is found here by trying every
setting of the parameters that a state's actions depend on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product

from workflow.conditions.expressions import Compiled
from workflow.conditions.language import Expression, Value
from workflow.design.definition import Action
from workflow.design.graph import example
from workflow.design.parameters import Parameter, ParameterKind
from workflow.design.plan import Plan
from workflow.design.problems import Problem
from workflow.refusals import Sentence

#: Settings are tried up to this many a state; nobody writes a process with more switches.
_MOST_SETTINGS = 1024
Setting = Mapping[str, Value]


def check_exits(plan: Plan, compiled: Compiled) -> tuple[Problem, ...]:
    """A problem for each state that some policy setting leaves without a way on.

    Only conditions that look at nothing but switches and choices count; of all others it is taken
    that they can be met.
    """
    problems = []
    for key, state in plan.definition.states.items():
        taken = [edge.action for edge in plan.graph.leaving[key] if plan.is_taken(edge.action, key)]
        setting = _closing(plan, compiled, taken)
        if setting is not None:
            way = example(key, plan.ways)
            chosen = ", ".join(f"{name} = {_shown(value)}" for name, value in setting.items())
            because = Sentence(
                f"参数设为 {chosen} 时，案件到了状态 {key} 就走不动了：离开它的动作条件都不成立。"
                f"请让其中一个动作在这种设置下也能办理。{way.zh}",
                f"With {chosen}, a case is stuck in state {key}: the conditions of every action "
                f"that leaves it fail. Let one of them be taken with this setting too.{way.en}",
            )
            place = state.place
            problems.append(
                Problem(plan.definition.file, place.line, place.column, place.path, because)
            )
    return tuple(problems)


def _closing(plan: Plan, compiled: Compiled, actions: list[Action]) -> Setting | None:
    """A setting under which none of the actions can be taken; None when there is none."""
    rules = [list(_of_policy(plan, compiled, action)) for action in actions]
    if not rules or not all(rules):
        return None
    names = sorted({name for some in rules for rule in some for name in rule.names})
    for setting in islice(_settings(plan, names), _MOST_SETTINGS):
        values = {**setting, **{f"given_{name}": True for name in setting}}
        if all(any(rule.evaluate(values) is not True for rule in some) for some in rules):
            return setting
    return None


def _of_policy(plan: Plan, compiled: Compiled, action: Action) -> Iterator[Expression]:
    """The conditions of an action that nothing but switches and choices decides."""
    for condition in action.conditions:
        rule = compiled.of(condition.when)
        if all(_domain(plan, name) for name in rule.names):
            yield rule


def _settings(plan: Plan, names: list[str]) -> Iterator[Setting]:
    parameters = list(dict.fromkeys(name.removeprefix("given_") for name in names))
    for values in product(*(_domain(plan, name) for name in parameters)):
        yield dict(zip(parameters, values, strict=True))


def _domain(plan: Plan, name: str) -> tuple[Value, ...]:
    """Every value of a switch or choice that must have one; nothing for any other name."""
    kind, _, key = name.removeprefix("given_").partition(".")
    parameter = plan.register.parameters.get(key) if kind == "param" else None
    return () if parameter is None or parameter.may_be_empty else _values(parameter)


def _values(parameter: Parameter) -> tuple[Value, ...]:
    if parameter.kind is ParameterKind.ON_OFF:
        return (False, True)
    return tuple(parameter.options) if parameter.kind is ParameterKind.CHOICE else ()


def _shown(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
