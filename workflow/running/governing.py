"""Policy values that a case puts in force: read from its form, refused where they do not fit, and
kept with the line that did it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from workflow.conditions.values import View, day_of
from workflow.design.effects import PutInForce
from workflow.design.parameters import BASE_PROFILE, LEFT_TO_PROFILE
from workflow.design.register import Register
from workflow.nouns import FieldValue, Form, ParameterValue
from workflow.ports.hospital import PolicyChange
from workflow.refusals import Code, Refusal, Sentence
from workflow.running.situation import Situation

NO_PARAMETER = Sentence("没有“{key}”这个政策参数", "There is no policy parameter “{key}”")
NO_PROFILE = Sentence(
    "没有“{profile}”这个规则档案，可以写：{known}",
    "There is no profile “{profile}”; there are: {known}",
)
NO_CLAUSE = Sentence(
    "登记册里没有这些条款：{ids}。请写条款编号，如 S0-02-B05a，一行一个",
    "The register has no such clauses: {ids}. Give clause ids such as S0-02-B05a, one a line",
)
NOT_IN_FORCE = Sentence(
    "旧值要写现在的值：{value}。请改正后再办",
    "The value so far is {value}; correct it first",
)
#: What the base profile is called that is none.
NO_PROFILE_WORD = Sentence("出厂默认", "defaults")


class Ungovernable(ValueError):
    """A change of the policy that no register can read: the product's has changed since."""

    def __init__(self, number: str, because: str) -> None:
        super().__init__(f"{number}: {because}")


@dataclass(frozen=True, slots=True)
class Meant:
    """A value as a change of the policy means it; `left`: none, the profile speaks again."""

    value: ParameterValue
    left: bool = False


def read_change(register: Register, parameter: str, written: str) -> Meant | Sentence:
    """What is meant by a value written for a parameter (or BASE_PROFILE), or what is expected."""
    said = written.strip()
    if parameter == BASE_PROFILE:
        if said in register.profiles:
            return Meant(said)
        known = "、".join((*register.profiles, NO_PROFILE_WORD.zh))
        is_none = said == NO_PROFILE_WORD.zh
        return Meant(None) if is_none else NO_PROFILE.filled(profile=said, known=known)
    one = register.parameters.get(parameter)
    if one is None:
        return NO_PARAMETER.filled(key=parameter)
    if said == LEFT_TO_PROFILE.zh:
        return Meant(None, left=True)
    value = one.from_text(said)
    return value if isinstance(value, Sentence) else Meant(value)


def unfit(
    situation: Situation,
    values: Mapping[str, FieldValue],
    form: Form,
    act: str = "",
) -> tuple[Refusal, ...]:
    """A refusal at each field, filled by this act, that no later effect could put in force; and at
    the value so far, filled or required by `act`, where another is in force.
    """
    if situation.register is None or not situation.rulebook.governs:
        return ()
    found: list[Refusal] = []
    needed = {field.key for field, _ in situation.rulebook.required.get(act, ())}
    for effect in situation.rulebook.governs:
        fields = (effect.parameter, effect.value)
        if any(values.get(key) is not None for key in fields):
            found += _unfit_value(situation, situation.register, effect, form)
        found += _unknown_clauses(situation, situation.register, effect, values)
        before = effect.before or ""
        if values.get(before) is not None or before in needed:
            found += _not_in_force(situation, situation.register, effect, form)
    return tuple(dict.fromkeys(found))


def _unfit_value(
    situation: Situation, register: Register, effect: PutInForce, form: Form
) -> Iterator[Refusal]:
    parameter, written = form.get(effect.parameter), form.get(effect.value)
    if isinstance(parameter, str) and isinstance(written, str):
        meant = read_change(register, parameter, written)
        if isinstance(meant, Sentence):
            yield _refusal(situation, effect.value, meant)


def _unknown_clauses(
    situation: Situation,
    register: Register,
    effect: PutInForce,
    values: Mapping[str, FieldValue],
) -> Iterator[Refusal]:
    named = values.get(effect.clauses or "")
    if effect.clauses is None or not isinstance(named, tuple | list):
        return
    unknown = [str(id_) for id_ in named if id_ not in register.clauses]
    if unknown:
        yield _refusal(situation, effect.clauses, NO_CLAUSE.filled(ids="、".join(unknown)))


def _not_in_force(
    situation: Situation, register: Register, effect: PutInForce, form: Form
) -> Iterator[Refusal]:
    parameter, written = form.get(effect.parameter), form.get(effect.before or "")
    if not isinstance(parameter, str) or not isinstance(written, str) or situation.policy is None:
        return
    held = situation.policy.on(situation.calendar.local_day(situation.now))
    if parameter == BASE_PROFILE:
        value: ParameterValue = held.profile
        shown = held.profile or NO_PROFILE_WORD.zh
    elif parameter in register.parameters:
        value = register.resolve(held.profile, held.overrides)[parameter]
        shown = register.parameters[parameter].as_text(value)
    else:
        return
    meant = read_change(register, parameter, written)
    same = isinstance(meant, Meant) and not meant.left and _alike(meant.value, value)
    if not same:
        yield _refusal(situation, effect.before or "", NOT_IN_FORCE.filled(value=shown))


def _alike(one: ParameterValue, other: ParameterValue) -> bool:
    """Whether two values are the same; in a list of words the order does not count."""
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return sorted(one) == sorted(other)
    return one == other


def _refusal(situation: Situation, field: str, because: Sentence) -> Refusal:
    clauses = situation.definition.form[field].clauses
    return Refusal(Code.INVALID_FORM, because, clauses, field=field, rule=f"form.{field}")


def put_in_force(situation: Situation, view: View, effect: PutInForce, seq: int) -> PolicyChange:
    """The change that an effect comes to; `seq` is the ledger line that will do it.

    Ungovernable when the form cannot be read as a change: nothing may then happen at all.
    """
    parameter, written = view.form.get(effect.parameter), view.form.get(effect.value)
    if situation.register is None:
        raise Ungovernable(situation.case.number, "no register to read the change with")
    meant = read_change(situation.register, str(parameter or ""), str(written or ""))
    if isinstance(meant, Sentence):
        raise Ungovernable(situation.case.number, meant.en)
    reason = view.form.get(effect.reason or "")
    clauses = view.form.get(effect.clauses or "")
    today = view.calendar.local_day(view.now)
    return PolicyChange(
        parameter=str(parameter or ""),
        value=meant.value,
        since=max(today, _day(situation, view, effect) or today),
        case=view.case.id,
        number=view.case.number,
        seq=seq,
        at=view.now,
        left=meant.left,
        reason=reason if isinstance(reason, str) else "",
        clauses=tuple(str(id_) for id_ in clauses) if isinstance(clauses, tuple | list) else (),
    )


def _day(situation: Situation, view: View, effect: PutInForce) -> date | None:
    if effect.since is None:
        return None
    value = view.evaluate(situation.rulebook.ready(effect.since))
    return day_of(value) if isinstance(value, int) else None


def policy_facts(change: PolicyChange) -> dict[str, object]:
    """What the ledger line tells of a change that it makes."""
    return {
        "parameter": change.parameter,
        "value": dict(change.value) if isinstance(change.value, Mapping) else change.value,
        "since": change.since.isoformat(),
        **({"left": True} if change.left else {}),
    }
