"""Who lends their work to whom: everybody their own, an administrator for whoever is away.

A delegation is for days to come, goes one way, and is never passed on. What was done under it
stays; one that is ended early keeps its first day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from workflow.nouns import Actor
from workflow.people.organisation import Delegation, Organisation, Person
from workflow.ports.hospital import Hospital
from workflow.ports.house import Deed, HouseChange, RemoveDelegation, SaveDelegation
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.service.catalog import Catalog
from workflow.service.housework import (
    ADMINISTRATOR,
    AUDITOR,
    Done,
    Housework,
    at_field,
    keeper_problem,
    one,
    problems,
    reason_problem,
)

#: Longer absences are a change of posts, not a delegation.
LONGEST_DAYS = 366
_DAY = timedelta(days=1)
#: Roles that keep or audit the house; they are never lent, and their holders stand in for nobody.
_KEEPING = frozenset({ADMINISTRATOR, AUDITOR})

NOBODY = Sentence("没有这个人，请从列表中选择", "There is no such person; choose one")
GONE = Sentence("此人已停用，不能代理", "This person has left and cannot stand in")
ONESELF = Sentence("不能委托给本人", "Nobody stands in for themselves")
KEEPER = Sentence(
    "系统管理员和审计不参与审批，不能代理",
    "Administrators and auditors decide nothing, so they cannot stand in",
)
NOTHING_TO_LEND = Sentence("{name}没有可以委托的岗位", "{name} holds no post that could be lent")
NOT_THEIR_ROLE = Sentence("{name}没有这个岗位：{role}", "{name} does not hold this post: {role}")
NO_PROCESS = Sentence("没有这个流程：{process}", "There is no such process: {process}")
NO_DAYS = Sentence("请填日期，如 2026-03-02", "Enter a date such as 2026-03-02")
PAST = Sentence("不能从已经过去的日子开始", "It cannot begin on a day that is over")
END_FIRST = Sentence("结束日期不能早于开始日期", "The last day cannot come before the first")
TOO_LONG = Sentence(
    "一次最多委托 {days} 天；更久请由管理员调整岗位",
    "At most {days} days at once; for longer, posts have to change",
)
NO_AMOUNT = Sentence("金额须大于 0", "The amount must be more than 0")
BOTH_WAYS = Sentence(
    "这段时间 {delegate} 已委托 {principal} 代理（{start} 至 {end}），不能互相代理",
    "{principal} stands in for {delegate} from {start} to {end}; it cannot go both ways",
)
TWICE = Sentence(
    "这段时间已经委托过 {delegate}（{start} 至 {end}），请先结束那一条",
    "{delegate} stands in from {start} to {end} already; end that one first",
)
NO_DELEGATION = Sentence("没有这条代理", "There is no such delegation")
OVER = Sentence("这条代理已经结束", "This delegation is over")
NOT_YOURS = Sentence(
    "只能委托或结束自己的代理；为别人办理须由管理员操作",
    "You lend and end what is yours; for others an administrator has to do it",
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to lend. No `roles`: all that they hold; no `processes`: all of them;
    `max_amount` in fen.
    """

    principal: str
    delegate: str
    start: date | None
    end: date | None
    roles: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    max_amount: int | None = None


@dataclass(frozen=True)
class Lending:
    """Delegations made and ended; each `Done` or `Refused`."""

    work: Housework
    catalog: Callable[[], Catalog]

    def lend(self, deed: Deed, id: str, wish: Wish) -> Done | Refused:
        """Let somebody stand in, by a delegation of that `id`. For another person than oneself that
        is for administrators, with a reason.
        """

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            organisation = hospital.organisation
            principal = organisation.people.get(wish.principal)
            may = _may(deed, wish.principal, hospital)
            if may is not None:
                return may
            if principal is None:
                return problems(at_field("principal", NOBODY)) or ()
            day = hospital.calendar.local_day(deed.at)
            wrong = problems(
                _reason(deed, wish.principal),
                _lender_problem(principal, day),
                _delegate_problem(organisation, wish, day),
                *_term_problems(wish, day),
                *_scope_problems(self.catalog(), principal, wish, day),
            )
            if wrong is not None or wish.start is None or wish.end is None:
                return wrong or ()
            made = Delegation(
                id,
                wish.principal,
                wish.delegate,
                wish.start,
                wish.end,
                wish.roles,
                wish.processes,
                wish.max_amount,
            )
            return problems(_beside_others(organisation, made)) or (SaveDelegation(made),)

        asked = {"person": wish.principal, "delegate": wish.delegate}
        return self.work.do(deed, "lend", asked, plan, own=True)

    def end(self, deed: Deed, id: str) -> Done | Refused:
        """Nobody stands in by it from this moment; one that has not begun is taken back."""

        def plan(hospital: Hospital) -> tuple[HouseChange, ...] | Refused:
            known = next((one for one in hospital.organisation.delegations if one.id == id), None)
            if known is None:
                return one(Code.NOT_FOUND, NO_DELEGATION, "delegation")
            may = _may(deed, known.principal, hospital)
            if may is not None:
                return may
            day = hospital.calendar.local_day(deed.at)
            if known.end < day:
                return one(Code.CLOSED, OVER, "over")
            wrong = problems(_reason(deed, known.principal))
            if wrong is not None:
                return wrong
            # On its first day it is over before it held for a day: there is no day to end it with.
            if known.start >= day:
                return (RemoveDelegation(id),)
            return (SaveDelegation(replace(known, end=day - _DAY)),)

        return self.work.do(deed, "end_lending", {"id": id}, plan, own=True)


def lendable_roles(person: Person, day: date, until: date | None = None) -> tuple[str, ...]:
    """The roles that a person may lend from a day on, each once: those of posts in force then."""
    last = until or day
    held = (
        post.role
        for post in person.posts
        if (post.start is None or post.start <= last) and (post.end is None or post.end >= day)
    )
    return tuple(role for role in dict.fromkeys(held) if role not in _KEEPING)


def may_stand_in(organisation: Organisation, principal: str, day: date) -> Sequence[Person]:
    """Those whom a person may ask to stand in, by name."""
    found = [
        person
        for person in organisation.people.values()
        if person.active and person.id != principal and not _keeps(person, day)
    ]
    return sorted(found, key=lambda person: (person.department, person.name))


def _keeps(person: Person, day: date) -> bool:
    return any(post.role in _KEEPING and post.held_on(day) for post in person.posts)


def _may(deed: Deed, principal: str, hospital: Hospital) -> Refused | None:
    """Everybody for themselves; an administrator for anybody."""
    if _own(deed.by, principal):
        return None
    if keeper_problem(deed, hospital) is None:
        return None
    return one(Code.NOT_PERMITTED, NOT_YOURS, "own", standing=True)


def _own(by: Actor, principal: str) -> bool:
    return by.id == principal and by.acting_for is None


def _reason(deed: Deed, principal: str) -> Refusal | None:
    """Who lends their own work owes no reason; who lends another's does."""
    return None if _own(deed.by, principal) and not deed.reason else reason_problem(deed)


def _lender_problem(principal: Person, day: date) -> Refusal | None:
    if not principal.active:
        return at_field("principal", GONE)
    if lendable_roles(principal, day, day + timedelta(days=LONGEST_DAYS)):
        return None
    return at_field("principal", NOTHING_TO_LEND.filled(name=principal.name))


def _delegate_problem(organisation: Organisation, wish: Wish, day: date) -> Refusal | None:
    delegate = organisation.people.get(wish.delegate)
    if delegate is None:
        return at_field("delegate", NOBODY)
    if delegate.id == wish.principal:
        return at_field("delegate", ONESELF)
    if not delegate.active:
        return at_field("delegate", GONE)
    return at_field("delegate", KEEPER) if _keeps(delegate, wish.start or day) else None


def _term_problems(wish: Wish, day: date) -> tuple[Refusal | None, ...]:
    if wish.start is None or wish.end is None:
        return tuple(
            at_field(name, NO_DAYS)
            for name, given in (("start", wish.start), ("end", wish.end))
            if given is None
        )
    if wish.start < day:
        return (at_field("start", PAST),)
    if wish.end < wish.start:
        return (at_field("end", END_FIRST),)
    if (wish.end - wish.start).days >= LONGEST_DAYS:
        return (at_field("end", TOO_LONG.filled(days=LONGEST_DAYS)),)
    return ()


def _scope_problems(
    catalog: Catalog, principal: Person, wish: Wish, day: date
) -> tuple[Refusal | None, ...]:
    held = lendable_roles(principal, wish.start or day, wish.end)
    names = catalog.register.roles
    found: list[Refusal | None] = []
    for role in wish.roles:
        if role not in held:
            name = names[role].name if role in names else Sentence(role, role)
            because = Sentence(
                NOT_THEIR_ROLE.zh.format(name=principal.name, role=name.zh),
                NOT_THEIR_ROLE.en.format(name=principal.name, role=name.en),
            )
            found.append(at_field("roles", because))
    known = catalog.latest
    found += [
        at_field("processes", NO_PROCESS.filled(process=process))
        for process in wish.processes
        if process not in known
    ]
    if wish.max_amount is not None and wish.max_amount <= 0:
        found.append(at_field("max_amount", NO_AMOUNT))
    return tuple(found)


def _beside_others(organisation: Organisation, made: Delegation) -> Refusal | None:
    """Two people never stand in for each other on the same day, nor twice for the same."""
    for other in organisation.delegations:
        if not made.overlaps(other):
            continue
        if made.is_against(other):
            because = BOTH_WAYS
        elif (other.principal, other.delegate) == (made.principal, made.delegate) and (
            other.roles,
            other.processes,
            other.max_amount,
        ) == (made.roles, made.processes, made.max_amount):
            because = TWICE
        else:
            continue
        return Refusal(
            Code.CONFLICT,
            because.filled(
                delegate=organisation.person_name(made.delegate),
                principal=organisation.person_name(made.principal),
                start=other.start,
                end=other.end,
            ),
            field="delegate",
            rule="one_way",
        )
    return None
