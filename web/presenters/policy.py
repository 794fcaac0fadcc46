"""Policy parameters in words: what each profile says side by side, where clauses disagree, and
what the hospital chose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from web.presenters.office import Posted
from web.presenters.speech import speech_of
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
class Held:
    """What holds of a parameter and how that came: `origin` says whether by default, profile or
    the hospital; `number` is the case that put it in force, "" if none did; `written` is the value
    as the policy process takes it.
    """

    value: str
    written: str
    origin: str
    own: bool
    missing: bool
    since: str = ""
    number: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """A parameter in the list."""

    key: str
    label: str
    held: Held
    conflict: str
    design_choice: bool


@dataclass(frozen=True, slots=True)
class SetUpView:
    """The first set-up of a hospital without cases: what is proposed, by whom, and whether this
    person may agree.
    """

    profile: str
    values: tuple[tuple[str, str, str, str], ...]
    by: str
    waits: bool
    may_agree: bool


@dataclass(frozen=True, slots=True)
class PolicyView:
    """The list of parameters by group, with the profile that the hospital follows."""

    profile: str
    profiles: tuple[Choice, ...]
    groups: tuple[tuple[str, tuple[ParameterRow, ...]], ...]
    own: int
    missing: int
    shown: str
    query: str
    found: int
    set_up: SetUpView | None
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
    document: str
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
    held: Held
    design_choice: bool
    set_up_open: bool
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


#: What the list may be narrowed to.
SHOWN = ("", "own", "missing", "conflict")


def policy_view(visit: Visit, posted: Posted, query: str = "", shown: str = "") -> PolicyView:
    """Every parameter with the value that new cases get, or those that are looked for."""
    register, policy = visit.house.catalog().register, visit.hospital.policy_at(visit.now)
    rows = [(one, _row(visit, one)) for one in register.parameters.values()]
    groups: dict[str, list[ParameterRow]] = {}
    for one, row in rows:
        if _is_looked_for(visit, one, row, query.strip().lower(), shown):
            name = visit.say(GROUPS.get(one.key.partition(".")[0], REST))
            groups.setdefault(name, []).append(row)
    rest = groups.pop(visit.say(REST), [])
    return PolicyView(
        profile=visit.say(_profile_name(visit, policy.profile)),
        profiles=_profiles(visit, _first_profile(visit)),
        groups=(
            *((name, tuple(all_)) for name, all_ in groups.items()),
            *(((visit.say(REST), tuple(rest)),) if rest else ()),
        ),
        own=len(policy.overrides),
        missing=sum(row.held.missing for _, row in rows),
        shown=shown if shown in SHOWN else "",
        query=query,
        found=len(rest) + sum(map(len, groups.values())),
        set_up=_set_up(visit),
        posted=posted,
    )


def _is_looked_for(visit: Visit, one: Parameter, row: ParameterRow, query: str, shown: str) -> bool:
    wanted = {"own": row.held.own, "missing": row.held.missing, "conflict": bool(row.conflict)}
    if not wanted.get(shown, True):
        return False
    clauses = visit.house.catalog().register.clauses
    words = [one.key, one.label.zh, one.label.en, row.held.value, *one.clauses]
    words += [clauses[id_].says.zh for id_ in one.clauses if id_ in clauses]
    return any(query in word.lower() for word in words)


def _first_profile(visit: Visit) -> str | None:
    set_up = visit.hospital.policy.set_up
    return visit.hospital.policy.profile if set_up is None else set_up.profile


def _set_up(visit: Visit) -> SetUpView | None:
    """The set-up, for administrators and while it may still be done."""
    if "admin" not in visit.roles or not visit.house.administering.policy.is_open():
        return None
    set_up, register = visit.hospital.policy.set_up, visit.house.catalog().register
    if set_up is None:
        return SetUpView("", (), "", waits=False, may_agree=False)
    waits = set_up.agreed_by is None
    return SetUpView(
        visit.say(_profile_name(visit, set_up.profile)),
        tuple(
            (
                key,
                visit.say(register.parameters[key].label),
                visit.say(register.parameters[key].shown(value)),
                set_up.reasons.get(key, ""),
            )
            for key, value in set_up.overrides.items()
            if key in register.parameters
        ),
        "、".join(visit.organisation.person_name(one) for one in set_up.by),
        waits=waits,
        may_agree=waits and visit.person.id not in set_up.by,
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


def _row(visit: Visit, one: Parameter) -> ParameterRow:
    return ParameterRow(
        key=one.key,
        label=visit.say(one.label),
        held=held_of(visit, one),
        conflict=one.group or "",
        design_choice=one.design_choice,
    )


def held_of(visit: Visit, one: Parameter) -> Held:
    """What holds of a parameter today, and how that came."""
    policy = visit.hospital.policy_at(visit.now)
    own = one.key in policy.overrides
    value = policy.overrides[one.key] if own else one.value_in(policy.profile)
    origin = BY_HOSPITAL if own else BY_PROFILE if policy.profile in one.values else BY_DEFAULT
    held = Held(
        visit.say(one.shown(value)),
        one.as_text(value),
        visit.say(origin),
        own,
        one.must_be_entered and value is None,
    )
    changes = [c for c in visit.hospital.policy.changes if c.since <= visit.today]
    mine = [c for c in sorted(changes, key=lambda c: c.since) if c.parameter == one.key]
    speech = speech_of(visit)
    if mine:
        last = mine[-1]
        day = speech.day(last.since)
        return replace(held, since=day, number=last.number, reason=last.reason)
    set_up = visit.hospital.policy.set_up
    if own and set_up is not None and set_up.agreed_at is not None:
        at = speech.full_moment(set_up.agreed_at)
        return replace(held, since=at, reason=set_up.reasons.get(one.key, ""))
    return held


def parameter_view(visit: Visit, one: Parameter, posted: Posted) -> ParameterView:
    """One parameter: what the sources say, what holds, and the form of the first set-up."""
    register = visit.house.catalog().register
    row = _row(visit, one)
    group = register.conflict_groups.get(one.group or "")
    set_up = visit.hospital.policy.set_up
    held = visit.hospital.policy_at(visit.now)
    value = register.resolve(held.profile, held.overrides)[one.key]
    if set_up is not None and set_up.agreed_by is None:
        value = set_up.overrides.get(one.key, one.value_in(set_up.profile))
    return ParameterView(
        key=one.key,
        label=row.label,
        help=visit.say(one.help),
        held=row.held,
        design_choice=one.design_choice,
        set_up_open=_set_up(visit) is not None,
        profiles=_side_by_side(visit, one),
        conflict=None if group is None else _conflict(visit, group),
        clauses=clauses_said(visit, one.clauses),
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
    policy = visit.hospital.policy_at(visit.now)
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
        tuple(clauses_said(visit, side) for side in group.sides),
    )


def clauses_said(visit: Visit, ids: tuple[str, ...]) -> tuple[ClauseSaid, ...]:
    """Clauses with their words, their document and their place in it."""
    register = visit.house.catalog().register
    documents = {
        part.id: document.title
        for document in register.documents.values()
        for part in document.sets
    }
    nameless = Sentence("", "")
    found = (register.clauses[id_] for id_ in ids if id_ in register.clauses)
    return tuple(
        ClauseSaid(
            one.id, visit.say(documents.get(one.set_id, nameless)), one.place, visit.say(one.says)
        )
        for one in found
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
