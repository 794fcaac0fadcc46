"""Policy parameters in words: what each profile says side by side, where clauses disagree, and
what the hospital chose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from web.presenters.office import Posted
from web.presenters.staff import Choice
from web.visit import Visit
from workflow.design.parameters import MEASURED, Parameter, ParameterKind
from workflow.design.register import ConflictGroup
from workflow.nouns import ParameterValue
from workflow.refusals import Sentence

#: Parameters are grouped by the word before their first dot; what else there is stands at the end.
GROUPS: Mapping[str, Sentence] = {
    "rx": Sentence("处方与带药", "Prescriptions"),
    "leave": Sentence("请假", "Leave"),
    "card": Sentence("卡证", "Cards"),
    "fraud": Sentence("冒名与骗保", "Fraud"),
    "exclusion": Sentence("不予医保", "Exclusions"),
    "redlist": Sentence("不予医保", "Exclusions"),
    "overstay": Sentence("住院与结算", "Stay and settlement"),
    "unsettled": Sentence("住院与结算", "Stay and settlement"),
    "payment": Sentence("住院与结算", "Stay and settlement"),
    "charge": Sentence("费用", "Charges"),
    "fee_correction": Sentence("费用", "Charges"),
    "close": Sentence("费用", "Charges"),
    "statement": Sentence("费用", "Charges"),
    "overrun": Sentence("费用", "Charges"),
    "round": Sentence("查房", "Ward rounds"),
    "consumable": Sentence("材料与外购", "Materials"),
    "implant": Sentence("材料与外购", "Materials"),
    "external": Sentence("材料与外购", "Materials"),
    "consent": Sentence("知情同意与责任", "Consent and liability"),
    "liability": Sentence("知情同意与责任", "Consent and liability"),
    "record": Sentence("病历", "Records"),
    "agreement": Sentence("协议", "Agreements"),
    "suspension": Sentence("协议", "Agreements"),
    "renewal": Sentence("协议", "Agreements"),
    "breach": Sentence("协议", "Agreements"),
}
REST = Sentence("其他", "Other")

DEFAULT = Sentence("出厂默认", "Default")
BY_DEFAULT = Sentence("默认", "default")
BY_PROFILE = Sentence("按规则档案", "from the profile")
BY_HOSPITAL = Sentence("本院决定", "the hospital's choice")


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """A parameter in the list. `origin`: whether default, profile or the hospital set it."""

    key: str
    label: str
    value: str
    origin: str
    own: bool
    missing: bool
    conflict: str
    design_choice: bool


@dataclass(frozen=True, slots=True)
class PolicyView:
    """The list of parameters by group, with the profile that the hospital follows."""

    profile: str
    profiles: tuple[Choice, ...]
    groups: tuple[tuple[str, tuple[ParameterRow, ...]], ...]
    own: int
    missing: int
    posted: Posted


@dataclass(frozen=True, slots=True)
class ProfileValue:
    """What one profile says about a parameter; `silent` ones leave it to the default."""

    key: str
    name: str
    value: str
    silent: bool
    followed: bool


@dataclass(frozen=True, slots=True)
class ClauseSaid:
    """A clause with its words."""

    id: str
    place: str
    says: str


@dataclass(frozen=True, slots=True)
class ConflictSaid:
    """Where clauses disagree, side by side."""

    id: str
    subject: str
    disagreement: str
    sides: tuple[tuple[ClauseSaid, ...], ...]


@dataclass(frozen=True, slots=True)
class NumberLine:
    """One figure of a parameter that has several."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class ParameterView:
    """The page of one parameter. `kind` and what follows it tell how its form looks."""

    key: str
    label: str
    help: str
    value: str
    origin: str
    own: bool
    missing: bool
    design_choice: bool
    profiles: tuple[ProfileValue, ...]
    conflict: ConflictSaid | None
    clauses: tuple[ClauseSaid, ...]
    used_by: tuple[tuple[str, str], ...]
    kind: str
    may_be_empty: bool
    choices: tuple[Choice, ...]
    numbers: tuple[NumberLine, ...]
    text: str
    unit: str
    posted: Posted


def policy_view(visit: Visit, posted: Posted) -> PolicyView:
    """Every parameter with the value that new cases get."""
    register, policy = visit.house.catalog().register, visit.hospital.policy
    values = register.resolve(policy.profile, policy.overrides)
    groups: dict[str, list[ParameterRow]] = {}
    for one in register.parameters.values():
        name = visit.say(GROUPS.get(one.key.partition(".")[0], REST))
        groups.setdefault(name, []).append(_row(visit, one, values[one.key]))
    rows = [row for all_ in groups.values() for row in all_]
    rest = groups.pop(visit.say(REST), [])
    return PolicyView(
        profile=visit.say(_profile_name(visit, policy.profile)),
        profiles=_profiles(visit, policy.profile),
        groups=(
            *((name, tuple(all_)) for name, all_ in groups.items()),
            (visit.say(REST), tuple(rest)),
        ),
        own=len(policy.overrides),
        missing=sum(row.missing for row in rows),
        posted=posted,
    )


def _profile_name(visit: Visit, profile: str | None) -> Sentence:
    known = visit.house.catalog().register.profiles.get(profile or "")
    return DEFAULT if known is None else known.name


def _profiles(visit: Visit, chosen: str | None) -> tuple[Choice, ...]:
    return (
        Choice("", visit.say(DEFAULT), chosen is None),
        *(
            Choice(one.key, f"{one.key} {visit.say(one.name)}", one.key == chosen)
            for one in visit.house.catalog().register.profiles.values()
        ),
    )


def _row(visit: Visit, one: Parameter, value: ParameterValue) -> ParameterRow:
    return ParameterRow(
        key=one.key,
        label=visit.say(one.label),
        value=visit.say(one.shown(value)),
        origin=visit.say(_origin(visit, one)),
        own=one.key in visit.hospital.policy.overrides,
        missing=one.must_be_entered and value is None,
        conflict=one.group or "",
        design_choice=one.design_choice,
    )


def _origin(visit: Visit, one: Parameter) -> Sentence:
    policy = visit.hospital.policy
    if one.key in policy.overrides:
        return BY_HOSPITAL
    return BY_PROFILE if policy.profile in one.values else BY_DEFAULT


def parameter_view(visit: Visit, one: Parameter, posted: Posted) -> ParameterView:
    """One parameter: what the sources say, what holds, and the form to change it."""
    register, policy = visit.house.catalog().register, visit.hospital.policy
    value = register.resolve(policy.profile, policy.overrides)[one.key]
    row = _row(visit, one, value)
    group = register.conflict_groups.get(one.group or "")
    return ParameterView(
        key=one.key,
        label=row.label,
        help=visit.say(one.help),
        value=row.value,
        origin=row.origin,
        own=row.own,
        missing=row.missing,
        design_choice=one.design_choice,
        profiles=_side_by_side(visit, one),
        conflict=None if group is None else _conflict(visit, group),
        clauses=_clauses(visit, one.clauses),
        used_by=tuple(
            (definition.key, visit.say(definition.name))
            for definition in visit.house.catalog().in_force()
            if one.key in definition.parameters
        ),
        kind=one.kind.value,
        may_be_empty=one.may_be_empty,
        choices=_choices(visit, one, value, posted),
        numbers=_numbers(visit, one, value, posted),
        text=posted.value("parameter", "value", _typed(one, value)),
        unit="" if one.unit is None else visit.say(MEASURED[one.unit].filled(n="")).strip(),
        posted=posted,
    )


def _side_by_side(visit: Visit, one: Parameter) -> tuple[ProfileValue, ...]:
    policy = visit.hospital.policy
    default = ProfileValue(
        "", visit.say(DEFAULT), visit.say(one.shown(one.default)), False, policy.profile is None
    )
    return (
        default,
        *(
            ProfileValue(
                profile.key,
                visit.say(profile.name),
                visit.say(one.shown(one.value_in(profile.key))),
                profile.key not in one.values,
                profile.key == policy.profile,
            )
            for profile in visit.house.catalog().register.profiles.values()
            if profile.key in one.values or profile.key == policy.profile
        ),
    )


def _conflict(visit: Visit, group: ConflictGroup) -> ConflictSaid:
    return ConflictSaid(
        group.id,
        visit.say(group.subject),
        visit.say(group.disagreement),
        tuple(_clauses(visit, side) for side in group.sides),
    )


def _clauses(visit: Visit, ids: tuple[str, ...]) -> tuple[ClauseSaid, ...]:
    known = visit.house.catalog().register.clauses
    return tuple(
        ClauseSaid(id_, known[id_].place, visit.say(known[id_].says)) for id_ in ids if id_ in known
    )


_ON_OFF = (("true", Sentence("开", "On")), ("false", Sentence("关", "Off")))


def _choices(
    visit: Visit, one: Parameter, value: ParameterValue, posted: Posted
) -> tuple[Choice, ...]:
    if one.kind is ParameterKind.ON_OFF:
        chosen = posted.value("parameter", "value", str(value).lower())
        return tuple(Choice(key, visit.say(word), key == chosen) for key, word in _ON_OFF)
    held = set(value) if isinstance(value, tuple) else {str(value)}
    if posted.form == "parameter":
        held = set(posted.value("parameter", "value").split("\n"))
    return tuple(Choice(key, visit.say(word), key in held) for key, word in one.options.items())


def _numbers(
    visit: Visit, one: Parameter, value: ParameterValue, posted: Posted
) -> tuple[NumberLine, ...]:
    if one.kind is not ParameterKind.WHOLE_NUMBERS:
        return ()
    held = value if isinstance(value, Mapping) else {}
    return tuple(
        NumberLine(
            key,
            visit.say(word),
            posted.value("parameter", f"n.{key}", str(held.get(key, ""))),
        )
        for key, word in one.options.items()
    )


def _typed(one: Parameter, value: ParameterValue) -> str:
    """A value as its form field holds it."""
    if value is None:
        return ""
    if one.kind in (ParameterKind.MONEY, ParameterKind.PERCENT) and isinstance(value, int):
        return f"{value // 100}.{value % 100:02d}"
    if isinstance(value, tuple):
        return "\n".join(value)
    return str(value)
