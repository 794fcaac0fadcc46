"""How policy values came to hold: since when, by which case, why, what lies ahead; and what the
documents say side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from web.presenters.office import Posted, address
from web.presenters.policy import (
    DEFAULT,
    GROUPS,
    REST,
    ClauseSaid,
    Held,
    ParameterView,
    PolicyView,
    ProfileValue,
    clauses_said,
    held_of,
    parameter_view,
)
from web.presenters.speech import speech_of
from web.visit import Visit
from workflow.design.definition import Definition
from workflow.design.parameters import BASE_PROFILE, LEFT_TO_PROFILE, Parameter
from workflow.nouns import Case
from workflow.ports.hospital import PolicyChange
from workflow.ports.reading import CaseQuery
from workflow.refusals import Sentence

#: So many proposals are shown as under way.
UNDER_WAY = 100
SET_UP = Sentence("初始设置，{by}填写、{agreed}复核", "set up by {by}, agreed by {agreed}")
THE_PROFILE = Sentence("规则档案", "Base profile")


@dataclass(frozen=True, slots=True)
class Coming:
    """A value that lies ahead: decided for a day to come, or proposed in a case. `url` is "" where
    this person may not read the case.
    """

    key: str
    label: str
    value: str
    day: str
    state: str
    number: str
    url: str


@dataclass(frozen=True, slots=True)
class Past:
    """A value as it came into force."""

    label: str
    value: str
    day: str
    number: str
    url: str
    reason: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """Clauses that say the same, of those that disagree."""

    clauses: tuple[ClauseSaid, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """One subject on which clauses disagree, and what the hospital chose."""

    id: str
    key: str
    label: str
    subject: str
    disagreement: str
    sides: tuple[Side, ...]
    held: Held


@dataclass(frozen=True, slots=True)
class ConflictsView:
    """All subjects on which clauses disagree."""

    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What a profile says; "" where it is silent."""

    profile: str
    value: str
    followed: bool


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A parameter as the profiles have it, beside what holds here."""

    key: str
    label: str
    held: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ProfilesView:
    """The base profiles side by side, by subject."""

    heads: tuple[tuple[str, str, bool], ...]
    groups: tuple[tuple[str, tuple[ProfileRow, ...]], ...]


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """The list of parameters with what lies ahead."""

    list: PolicyView
    coming: tuple[Coming, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A value that a document gives, to be proposed with a click; `url` is "" for who may not."""

    said: ProfileValue
    url: str


@dataclass(frozen=True, slots=True)
class ParameterPage:
    """One parameter with how it came to hold what it holds, and where another value is proposed.

    `proposers` are who may, for those who may not.
    """

    one: ParameterView
    offers: tuple[Offer, ...]
    coming: tuple[Coming, ...]
    history: tuple[Past, ...]
    case_url: str
    propose_url: str
    back_url: str
    proposers: str


def parameter_page(visit: Visit, one: Parameter, posted: Posted) -> ParameterPage:
    """Words for one parameter."""
    view = parameter_view(visit, one, posted)
    governing, speech = visit.house.catalog().governing, speech_of(visit)
    seats = () if governing is None else governing.opening.seats
    url = propose_url(visit, one)
    offers = []
    for said in view.profiles:
        value = one.default if not said.key else one.values.get(said.key)
        offered = url and said.value != view.held.value and not said.silent and value is not None
        offers.append(Offer(said, propose_url(visit, one, one.as_text(value)) if offered else ""))
    back = url and view.held.own
    return ParameterPage(
        view,
        tuple(offers),
        coming(visit, one.key),
        history(visit, one.key),
        _url(visit, view.held.number) if view.held.number else "",
        url,
        propose_url(visit, one, LEFT_TO_PROFILE.zh) if back else "",
        speech.list(speech.role(seat.role) for seat in seats if seat.role is not None),
    )


def conflicts_view(visit: Visit) -> ConflictsView:
    """The groups of clauses that disagree, with their words and the hospital's choice."""
    register = visit.house.catalog().register
    groups = []
    for group in register.conflict_groups.values():
        one = register.parameters[group.parameter]
        groups.append(
            Group(
                group.id,
                one.key,
                visit.say(one.label),
                visit.say(group.subject),
                visit.say(group.disagreement),
                tuple(Side(clauses_said(visit, side)) for side in group.sides),
                held_of(visit, one),
            )
        )
    return ConflictsView(tuple(groups))


def profiles_view(visit: Visit) -> ProfilesView:
    """What the base profiles say, side by side; parameters on which all are silent are left out."""
    register = visit.house.catalog().register
    followed = visit.hospital.policy_at(visit.now).profile
    heads = (
        ("", visit.say(DEFAULT), followed is None),
        *((p.key, visit.say(p.name), p.key == followed) for p in register.profiles.values()),
    )
    groups: dict[str, list[ProfileRow]] = {}
    for one in register.parameters.values():
        if one.values:
            name = visit.say(GROUPS.get(one.key.partition(".")[0], REST))
            groups.setdefault(name, []).append(_profile_row(visit, one, heads))
    return ProfilesView(heads, tuple((name, tuple(rows)) for name, rows in groups.items()))


def _profile_row(
    visit: Visit, one: Parameter, heads: Iterable[tuple[str, str, bool]]
) -> ProfileRow:
    cells = []
    for key, _, followed in heads:
        said = one.default if not key else one.values.get(key)
        silent = bool(key) and key not in one.values
        cells.append(Cell(key, "" if silent else visit.say(one.shown(said)), followed))
    return ProfileRow(one.key, visit.say(one.label), held_of(visit, one).value, tuple(cells))


def coming(visit: Visit, key: str | None = None) -> tuple[Coming, ...]:
    """What lies ahead, of one parameter or of all: decided first, then proposed."""
    found = [
        one for one in visit.hospital.policy.changes if one.since > visit.today and _is(one, key)
    ]
    ahead = [_decided(visit, one) for one in sorted(found, key=lambda one: one.since)]
    return (*ahead, *_proposed(visit, key))


def _is(change: PolicyChange, key: str | None) -> bool:
    return key is None or change.parameter == key


def _decided(visit: Visit, change: PolicyChange) -> Coming:
    return Coming(
        change.parameter,
        _label(visit, change.parameter),
        _value(visit, change),
        speech_of(visit).day(change.since),
        "",
        change.number,
        _url(visit, change.number),
    )


def _proposed(visit: Visit, key: str | None) -> Iterator[Coming]:
    """Cases of the policy process that have put nothing in force yet."""
    governing = visit.house.catalog().governing
    if governing is None:
        return
    done = {change.case for change in visit.hospital.policy.changes}
    query = CaseQuery(process=governing.key, open_only=True, limit=UNDER_WAY)
    for row in visit.house.store.readings.cases(query).rows:
        if row.case.id not in done:
            one = _of_case(visit, row.case)
            if one is not None and key in (None, one.key):
                yield one


def _of_case(visit: Visit, case: Case) -> Coming | None:
    rulebook = visit.house.catalog().rulebook(case.process, case.definition_version)
    effect = next(iter(rulebook.governs), None)
    if effect is None:
        return None
    key = str(case.form.get(effect.parameter) or "")
    named = "" if effect.since is None else effect.since.text.removeprefix("form.")
    day = str(case.form.get(named) or "")
    return Coming(
        key,
        _label(visit, key),
        _written(visit, key, str(case.form.get(effect.value) or "")),
        speech_of(visit).day(date.fromisoformat(day)) if day else "",
        visit.say(rulebook.definition.states[case.state].name),
        case.number,
        _url(visit, case.number),
    )


def _written(visit: Visit, key: str, text: str) -> str:
    """A value as somebody wrote it into a form, in the words of a page."""
    register = visit.house.catalog().register
    one, profile = register.parameters.get(key), register.profiles.get(text)
    if key == BASE_PROFILE:
        return text if profile is None else visit.say(profile.name)
    if one is None or text == LEFT_TO_PROFILE.zh:
        return text
    value = one.from_text(text)
    return text if isinstance(value, Sentence) else visit.say(one.shown(value))


def history(visit: Visit, key: str) -> tuple[Past, ...]:
    """How a parameter came to hold what it holds, the newest first; changes of the base profile
    are among them.
    """
    changes = [
        one
        for one in visit.hospital.policy.changes
        if one.parameter in (key, BASE_PROFILE) and one.since <= visit.today
    ]
    told = [_past(visit, one) for one in sorted(changes, key=lambda one: one.since)]
    return (*reversed(told), *_set_up(visit, key))


def _past(visit: Visit, change: PolicyChange) -> Past:
    return Past(
        _label(visit, change.parameter) if change.parameter == BASE_PROFILE else "",
        _value(visit, change),
        speech_of(visit).day(change.since),
        change.number,
        _url(visit, change.number),
        change.reason,
        change.clauses,
    )


def _set_up(visit: Visit, key: str) -> Iterator[Past]:
    set_up, register = visit.hospital.policy.set_up, visit.house.catalog().register
    if set_up is None or set_up.agreed_at is None:
        return
    speech = speech_of(visit)
    day = speech.full_moment(set_up.agreed_at)
    how = SET_UP.filled(
        by=speech.list(speech.person(one) for one in set_up.by),
        agreed=speech.person(set_up.agreed_by or ""),
    )
    one, profile = register.parameters.get(key), register.profiles.get(set_up.profile or "")
    if one is not None and key in set_up.overrides:
        value = visit.say(one.shown(set_up.overrides[key]))
        reason = set_up.reasons.get(key, "")
        yield Past("", value, day, visit.say(how), "", reason, ())
    if profile is not None:
        reason = set_up.reasons.get(BASE_PROFILE, "")
        name = visit.say(profile.name)
        yield Past(visit.say(THE_PROFILE), name, day, visit.say(how), "", reason, ())


def _label(visit: Visit, key: str) -> str:
    one = visit.house.catalog().register.parameters.get(key)
    return visit.say(THE_PROFILE) if one is None else visit.say(one.label)


def _value(visit: Visit, change: PolicyChange) -> str:
    register = visit.house.catalog().register
    if change.parameter == BASE_PROFILE:
        profile = register.profiles.get(str(change.value))
        return visit.say(DEFAULT if profile is None else profile.name)
    one = register.parameters.get(change.parameter)
    if change.left or one is None:
        return visit.say(LEFT_TO_PROFILE)
    return visit.say(one.shown(change.value))


def _url(visit: Visit, number: str) -> str:
    readable = visit.house.looking.readable(number, visit.person.id, visit.now)
    return "" if readable is None else f"/c/{number}"


def propose_url(visit: Visit, one: Parameter, value: str = "") -> str:
    """Where this person proposes another value, with what is known filled in; "" if not they."""
    governing = visit.house.catalog().governing
    if governing is None or not _may_start(visit, governing):
        return ""
    effect = visit.house.catalog().rulebook(governing.key).governs[0]
    held = held_of(visit, one)
    known = {
        effect.parameter: one.key,
        effect.value: value,
        effect.clauses or "": "\n".join(one.clauses),
        # Names that the process has beside those of its effect.
        "old_value": held.written,
        "hospital": visit.house.settings.hospital_name,
    }
    filled = {f"f.{name}": text for name, text in known.items() if name in governing.form}
    return address(f"/requests/new/{governing.key}", parent=held.number, **filled)


def _may_start(visit: Visit, governing: Definition) -> bool:
    startable = visit.house.looking.may_open(visit.person.id, visit.now)
    return any(one.definition.key == governing.key for one in startable)
