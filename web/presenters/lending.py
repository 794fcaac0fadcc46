"""Who stands in for whom, in words: what is in force, what is coming, what is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from web.presenters.office import Posted
from web.presenters.staff import Choice
from web.presenters.words import money, short_day
from web.visit import Visit
from workflow.people.organisation import Delegation, Person
from workflow.refusals import Sentence
from workflow.service.lending import lendable_roles, may_stand_in

#: What is over is shown for a glance back; the ledger has the rest.
MOST_ENDED = 50

ALL_POSTS = Sentence("全部岗位", "all posts")
ALL_PROCESSES = Sentence("全部流程", "all processes")
UP_TO = Sentence("不超过 {amount}", "up to {amount}")
IN_FORCE = (Sentence("生效中", "In force"), "good", "circle-check")
COMING = (Sentence("未开始", "Coming"), "waiting", "clock")
ENDED = (Sentence("已结束", "Ended"), "quiet", "history")


@dataclass(frozen=True, slots=True)
class LentLine:
    """One delegation."""

    id: str
    principal: str
    delegate: str
    since: str
    until: str
    scope: str
    state: str
    tone: str
    icon: str
    may_end: bool


@dataclass(frozen=True, slots=True)
class LendingForm:
    """The form that lends somebody's work. `person` is whose work; "" until one is chosen."""

    action: str
    person: str
    name: str
    delegates: tuple[Choice, ...]
    roles: tuple[Choice, ...]
    processes: tuple[Choice, ...]
    today: str
    needs_reason: bool


@dataclass(frozen=True, slots=True)
class MyLending:
    """My page: whom I asked, and who asked me."""

    given: tuple[LentLine, ...]
    taken: tuple[LentLine, ...]
    form: LendingForm
    posted: Posted


@dataclass(frozen=True, slots=True)
class AllLending:
    """The administrator's page: everybody's, and a form for whoever is away."""

    lines: tuple[LentLine, ...]
    people: tuple[Choice, ...]
    form: LendingForm | None
    posted: Posted


def my_lending(visit: Visit, posted: Posted) -> MyLending:
    """What I lent, what is lent to me, and the form."""
    mine, all_ = visit.person.id, visit.organisation.delegations
    return MyLending(
        given=_lines(visit, (one for one in all_ if one.principal == mine), may_end=True),
        taken=_lines(visit, (one for one in all_ if one.delegate == mine), may_end=False),
        form=_form(visit, visit.person, "/me/delegations", posted, needs_reason=False),
        posted=posted,
    )


def all_lending(visit: Visit, person: str, posted: Posted) -> AllLending:
    """Everybody's delegations, and the form for one person who is away."""
    known = visit.organisation.people.get(person)
    lenders = [
        one
        for one in visit.organisation.people.values()
        if one.active and lendable_roles(one, visit.today)
    ]
    lenders.sort(key=lambda one: (one.department, one.name))
    return AllLending(
        lines=_lines(visit, visit.organisation.delegations, may_end=True),
        people=tuple(Choice(one.id, _named(visit, one), one.id == person) for one in lenders),
        form=None
        if known is None
        else _form(visit, known, "/admin/delegations", posted, needs_reason=True),
        posted=posted,
    )


def _form(
    visit: Visit, person: Person, action: str, posted: Posted, *, needs_reason: bool
) -> LendingForm:
    chosen = {
        name: posted.value("lend", name).split("\n") for name in ("delegate", "roles", "processes")
    }
    latest = visit.house.catalog().latest
    return LendingForm(
        action=action,
        person=person.id,
        name=person.name,
        delegates=tuple(
            Choice(one.id, _named(visit, one), one.id in chosen["delegate"])
            for one in may_stand_in(visit.organisation, person.id, visit.today)
        ),
        roles=tuple(
            Choice(role, visit.say(visit.house.role_name(role)), role in chosen["roles"])
            for role in lendable_roles(person, visit.today)
        ),
        processes=tuple(
            Choice(key, visit.say(definition.name), key in chosen["processes"])
            for key, definition in latest.items()
        ),
        today=visit.today.isoformat(),
        needs_reason=needs_reason,
    )


def _named(visit: Visit, person: Person) -> str:
    return f"{person.name} · {visit.organisation.department_name(person.department)}"


def _lines(
    visit: Visit, delegations: Iterable[Delegation], *, may_end: bool
) -> tuple[LentLine, ...]:
    """In force first, then what is coming, then what is over, the latest first."""
    today = visit.today
    sorted_ = sorted(delegations, key=lambda one: (one.start, one.id))
    live = [one for one in sorted_ if one.end >= today]
    over = [one for one in reversed(sorted_) if one.end < today][:MOST_ENDED]
    return tuple(_line(visit, one, may_end=may_end and one.end >= today) for one in live + over)


def _line(visit: Visit, one: Delegation, *, may_end: bool) -> LentLine:
    state, tone, icon = _state(one, visit.today)
    return LentLine(
        id=one.id,
        principal=visit.organisation.person_name(one.principal),
        delegate=visit.organisation.person_name(one.delegate),
        since=short_day(one.start, visit.today, visit.language),
        until=short_day(one.end, visit.today, visit.language),
        scope=_scope(visit, one),
        state=visit.say(state),
        tone=tone,
        icon=icon,
        may_end=may_end,
    )


def _state(one: Delegation, today: date) -> tuple[Sentence, str, str]:
    if one.end < today:
        return ENDED
    return COMING if one.start > today else IN_FORCE


def _scope(visit: Visit, one: Delegation) -> str:
    latest = visit.house.catalog().latest
    roles = [visit.say(visit.house.role_name(role)) for role in one.roles]
    processes = [
        visit.say(latest[process].name) if process in latest else process
        for process in one.processes
    ]
    between = "、" if visit.language == "zh_CN" else ", "
    parts = [
        between.join(roles) or visit.say(ALL_POSTS),
        between.join(processes) or visit.say(ALL_PROCESSES),
    ]
    if one.max_amount is not None:
        parts.append(visit.say(UP_TO.filled(amount=money(one.max_amount))))
    return " · ".join(parts)
