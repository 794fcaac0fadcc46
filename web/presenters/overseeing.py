"""A case as administrators see it, in words: where it stands, whom it waits for, what they may do
to it and what that will come to. Nothing of its form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from web.presenters.office import Posted
from web.presenters.overview import StuckLine, stuck_lines
from web.presenters.speech import Speech, speech_of
from web.presenters.staff import Choice
from web.visit import Visit
from workflow.nouns import Address, Case, Deadline, DeadlineState, Proposed, Task
from workflow.people.organisation import Person, Post
from workflow.refusals import Sentence
from workflow.service.acts import NAMES
from workflow.service.housework import ADMINISTRATOR, AUDITOR
from workflow.service.overseeing import (
    AGREE,
    CANCEL,
    EXTEND,
    REROUTE,
    RESUME,
    SUSPEND,
    TURN_DOWN,
    Foreseen,
    Kept,
    Overseeing,
)
from workflow.service.sights import Elsewhere, LedgerLine

#: What each act is called in addresses and forms.
SLUGS = {
    "reroute": REROUTE,
    "extend": EXTEND,
    "suspend": SUSPEND,
    "resume": RESUME,
    "cancel": CANCEL,
    "agree": AGREE,
    "turn-down": TURN_DOWN,
}

APPLICANT = Sentence("申请人本人", "the applicant")
ENDED = Sentence("已结束", "Ended")
CANCELLED = Sentence("已取消", "Cancelled")
SUSPENDED = Sentence("已暂停", "Suspended")
CLAIMED = Sentence("{who}已认领", "claimed by {who}")
NOT_YET = Sentence("还没轮到", "not their turn yet")
STILL = Sentence("已暂停计时", "standing still")
DAYS = Sentence("{n} 天", "{n} days")

MOVES = Sentence(
    "“{step}”的待办由{old}改派给{new}；{old}不再能办理这一件。",
    "The work at “{step}” goes from {old} to {new}; {old} can no longer do it.",
)
PUTS_OFF = Sentence("“{name}”由 {old} 延长到 {new}。", "“{name}” is put off from {old} to {new}.")
STANDS = Sentence(
    "案件暂停：恢复之前谁都不能办理，{n} 个期限停止计时。",
    "The case stands still: nobody decides until it is resumed, and {n} deadlines stop.",
)
GOES_ON = Sentence(
    "案件恢复：各人接着办理，{n} 个期限接着计时。",
    "The case goes on: everybody decides as before, and {n} deadlines run on.",
)
ENDS = Sentence(
    "案件到此结束，{n} 件待办取消。不能恢复；如仍需要，须由申请人重新提交。",
    "The case ends here and {n} tasks with it. This cannot be undone; whoever still needs it "
    "submits it anew.",
)
TELLS = Sentence("通知：{who}。", "Told: {who}.")
BY_TWO = Sentence(
    "这一步只是提出：另一位管理员同意后才生效。",
    "This only proposes it: it happens when another administrator agrees.",
)
AT_ONCE = Sentence("确认后立即生效。", "It happens as soon as you confirm.")


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A task as it waits. `note`: claimed, or not their turn."""

    id: str
    step: str
    whom: str
    since: str
    due: str
    late: bool
    elsewhere: str
    note: str


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A clock of the case."""

    key: str
    name: str
    due: str
    still: str


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What one administrator would do if a second agreed; `what` in the words of the act."""

    name: str
    by: str
    at: str
    reason: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PastLine:
    """What administrators have done to the case."""

    name: str
    who: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class OverseenView:
    """The page of one case. `closed` tells by slug why an act cannot be; `shut`, where none can."""

    number: str
    title: str
    process: str
    state: str
    badge: str
    department: str
    opened: str
    version: int
    key: str
    suspended: str
    waiting: tuple[WaitingLine, ...]
    clocks: tuple[ClockLine, ...]
    proposal: ProposalView | None
    past: tuple[PastLine, ...]
    second: bool
    shut: str
    closed: dict[str, str]
    tasks: tuple[Choice, ...]
    deadlines: tuple[Choice, ...]
    people: tuple[Choice, ...]
    posts: tuple[Choice, ...]
    posted: Posted


@dataclass(frozen=True, slots=True)
class ConfirmView:
    """What an act will come to, before it is done. `values` travel in hidden fields."""

    number: str
    slug: str
    name: str
    what: tuple[str, ...]
    second: bool
    reason: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal in the list. `mine`: another administrator has to look at it."""

    number: str
    process: str
    name: str
    by: str
    at: str
    reason: str
    mine: bool


@dataclass(frozen=True, slots=True)
class CasesView:
    """The page of work that waits for administrators, with the search by number."""

    sought: str
    missing: bool
    stuck: tuple[StuckLine, ...]
    proposals: tuple[ProposalLine, ...]


def overseeing_of(visit: Visit) -> Overseeing:
    """What answers administrators' questions about cases."""
    return Overseeing(visit.house.store, visit.house.catalog)


# ---- the list ------------------------------------------------------------------------------------


def cases_view(visit: Visit, sought: str) -> CasesView:
    """What waits; `sought` is a number for which there is no case."""
    speech = speech_of(visit)
    proposals = overseeing_of(visit).proposals()
    return CasesView(
        sought=sought,
        missing=bool(sought),
        stuck=stuck_lines(visit),
        proposals=tuple(
            _proposal_line(visit, case, proposed, speech)
            for case in proposals
            if (proposed := case.course.proposed) is not None
        ),
    )


def _proposal_line(visit: Visit, case: Case, proposed: Proposed, speech: Speech) -> ProposalLine:
    definition = visit.house.catalog().definition(case.process, case.definition_version)
    return ProposalLine(
        number=case.number,
        process=speech.say(definition.name),
        name=speech.say(NAMES[proposed.act]),
        by=speech.person(proposed.by),
        at=speech.moment(proposed.at),
        reason=proposed.reason,
        mine=proposed.by == visit.person.id,
    )


# ---- one case ------------------------------------------------------------------------------------


def overseen_view(visit: Visit, kept: Kept, posted: Posted) -> OverseenView:
    """One case with everything that an administrator may do to it."""
    speech, case = speech_of(visit), kept.case
    closed = {slug: kept.closed[act] for slug, act in SLUGS.items() if act in kept.closed}
    whole = len(closed) == len(SLUGS) and len(set(closed.values())) == 1
    tasks = tuple(task for task in kept.file.tasks if task.is_open)
    open_ = () if whole else tasks
    chosen = posted.value("reroute", "target")
    return OverseenView(
        number=case.number,
        title=kept.title,
        process=speech.say(kept.definition.name),
        state=speech.list(speech.say(kept.definition.states[one].name) for one in kept.states),
        badge=_badge(case, speech),
        department=speech.department(case.department),
        opened=speech.moment(case.opened_at),
        version=case.version,
        key=visit.house.ids(),
        suspended=case.course.suspended or "",
        waiting=tuple(_waiting(kept, task, speech) for task in tasks),
        clocks=tuple(_clock(kept, clock, speech) for clock in kept.clocks),
        proposal=_proposal(kept, speech),
        past=tuple(_past(line, speech) for line in kept.lines),
        second=kept.second,
        shut=speech.say(next(iter(closed.values()))) if whole else "",
        closed={slug: speech.say(because) for slug, because in closed.items()},
        tasks=tuple(
            Choice(one.id, _task_words(kept, one, speech), one.id == posted.values.get("task"))
            for one in open_
        ),
        deadlines=tuple(
            Choice(
                one.key, _clock_name(kept, one, speech), one.key == posted.values.get("deadline")
            )
            for one in kept.clocks
        ),
        people=people_choices(visit, chosen) if open_ else (),
        posts=tuple(_post_choices(visit, chosen, speech)) if open_ else (),
        posted=posted,
    )


def _badge(case: Case, speech: Speech) -> str:
    if case.course.cancelled is not None:
        return speech.say(CANCELLED)
    if case.closed_at is not None:
        return speech.say(ENDED)
    return speech.say(SUSPENDED) if case.course.suspended is not None else ""


def _whom(case: Case, address: Address, speech: Speech) -> str:
    """For whom work waits; an applicant stays unnamed here."""
    return speech.say(APPLICANT) if address.person == case.applicant else speech.address(address)


def _waiting(kept: Kept, task: Task, speech: Speech) -> WaitingLine:
    handled, due = task.handling, task.due_at
    note = ""
    if handled.claimed_by is not None:
        note = speech.say(CLAIMED.filled(who=speech.person(handled.claimed_by)))
    elif handled.held:
        note = speech.say(NOT_YET)
    return WaitingLine(
        id=task.id,
        step=speech.say(kept.definition.states[task.step].name),
        whom=_whom(kept.case, task.address, speech),
        since=speech.moment(task.opened_at),
        due="" if due is None else speech.moment(due),
        late=task.overdue or (due is not None and due <= speech.now),
        elsewhere=_elsewhere(kept, task, speech),
        note=note,
    )


def _elsewhere(kept: Kept, task: Task, speech: Speech) -> str:
    handled = task.handling
    if not handled.because:
        return ""
    meant = None if handled.meant is None else Address.of(handled.meant)
    why = Elsewhere(task.step, task.address, meant, handled.because)
    return speech.say(why.in_words(lambda address: _whom(kept.case, address, speech)))


def _task_words(kept: Kept, task: Task, speech: Speech) -> str:
    step = speech.say(kept.definition.states[task.step].name)
    return f"{step} · {_whom(kept.case, task.address, speech)}"


def _clock_name(kept: Kept, clock: Deadline, speech: Speech) -> str:
    return speech.say(kept.definition.deadlines[clock.key].name)


def _clock(kept: Kept, clock: Deadline, speech: Speech) -> ClockLine:
    still = clock.state is DeadlineState.PAUSED
    return ClockLine(
        key=clock.key,
        name=_clock_name(kept, clock, speech),
        due=speech.moment(clock.due_at),
        still=speech.say(STILL) if still else "",
    )


def _proposal(kept: Kept, speech: Speech) -> ProposalView | None:
    proposed = kept.case.course.proposed
    if proposed is None or kept.case.closed_at is not None:
        return None
    return ProposalView(
        name=speech.say(NAMES[proposed.act]),
        by=speech.person(proposed.by),
        at=speech.moment(proposed.at),
        reason=proposed.reason,
        what=tuple(_asked(kept, proposed, speech)),
    )


def _asked(kept: Kept, proposed: Proposed, speech: Speech) -> Iterator[str]:
    """What was asked for: which task to whom, which deadline until when."""
    if proposed.act == REROUTE:
        task = next((one for one in kept.file.tasks if one.id == proposed.task), None)
        old = "" if task is None else _task_words(kept, task, speech)
        yield f"{old} → {target_words(proposed.target or '', speech)}"
    if proposed.act == EXTEND:
        rule = kept.definition.deadlines.get(proposed.answers.get("deadline", ""))
        name = "" if rule is None else speech.say(rule.name)
        until, days = proposed.answers.get("until"), proposed.answers.get("days")
        yield f"{name} → {until or '+' + speech.say(DAYS.filled(n=days))}"


def target_words(target: str, speech: Speech) -> str:
    """A person's id, or `role@department`, as people say it."""
    if target in speech.organisation.people:
        return speech.person(target)
    role, _, department = target.partition("@")
    return speech.post(role, department or None)


def _past(line: LedgerLine, speech: Speech) -> PastLine:
    return PastLine(
        name=speech.say(NAMES[line.action]),
        who=speech.person(line.entry.actor),
        at=speech.moment(line.entry.at),
        reason=line.opinion,
    )


# ---- to whom -------------------------------------------------------------------------------------


def people_choices(visit: Visit, chosen: str, but: str = "") -> tuple[Choice, ...]:
    """Everybody who works here and neither keeps the house nor audits it, by department."""
    people = [one for one in visit.organisation.people.values() if _works(visit, one)]
    people.sort(key=lambda one: (one.department, one.name))
    named = visit.organisation.department_name
    return tuple(
        Choice(one.id, f"{one.name} · {named(one.department)}", one.id == chosen)
        for one in people
        if one.id != but
    )


def _works(visit: Visit, person: Person) -> bool:
    posts = _held(visit, person)
    return bool(posts) and all(post.role not in (ADMINISTRATOR, AUDITOR) for post in posts)


def _held(visit: Visit, person: Person) -> tuple[Post, ...]:
    return visit.organisation.posts_of(person.id, visit.today) if person.active else ()


def _post_choices(visit: Visit, chosen: str, speech: Speech) -> Iterator[Choice]:
    """Every post that somebody holds today."""
    held = {
        (post.department, post.role)
        for person in visit.organisation.people.values()
        for post in _held(visit, person)
        if post.role not in (ADMINISTRATOR, AUDITOR)
    }
    for department, role in sorted(held):
        value = f"{role}@{department}"
        yield Choice(value, speech.post(role, department), value == chosen)


# ---- what an act comes to ------------------------------------------------------------------------


def confirm_view(
    visit: Visit, kept: Kept, slug: str, seen: Foreseen, values: dict[str, str]
) -> ConfirmView:
    """What will happen, before anything does."""
    speech = speech_of(visit)
    when = BY_TWO if seen.second else AT_ONCE
    proposed = kept.case.course.proposed
    agreeing = slug == "agree" and proposed is not None
    return ConfirmView(
        number=kept.case.number,
        slug=slug,
        name=speech.say(NAMES[seen.act]),
        what=(*_happens(kept, seen, speech), *_told(kept, seen, speech), speech.say(when)),
        second=seen.second,
        reason=proposed.reason if proposed is not None and agreeing else values.get("reason", ""),
        values=tuple(values.items()),
    )


def _happens(kept: Kept, seen: Foreseen, speech: Speech) -> Iterator[str]:
    change = seen.change
    turned = sum(kept.definition.deadlines[one.key].due for one in change.deadlines)
    if seen.act == REROUTE:
        before = [one for one in change.changed if not one.is_open]
        for old, new in zip(before, change.opened, strict=True):
            filled = MOVES.filled(
                step=speech.say(kept.definition.states[old.step].name),
                old=_whom(kept.case, old.address, speech),
                new=_whom(kept.case, new.address, speech),
            )
            yield speech.say(filled)
    elif seen.act == EXTEND:
        for clock in change.deadlines:
            old_due = next(one.due_at for one in kept.clocks if one.id == clock.id)
            filled = PUTS_OFF.filled(
                name=_clock_name(kept, clock, speech),
                old=speech.moment(old_due),
                new=speech.moment(clock.due_at),
            )
            yield speech.say(filled)
    elif seen.act == CANCEL:
        yield speech.say(ENDS.filled(n=sum(not one.is_open for one in change.changed)))
    elif seen.act in (SUSPEND, RESUME):
        yield speech.say((STANDS if seen.act == SUSPEND else GOES_ON).filled(n=turned))


def _told(kept: Kept, seen: Foreseen, speech: Speech) -> Iterator[str]:
    told = dict.fromkeys(_whom(kept.case, one.to, speech) for one in seen.change.notices)
    if told:
        yield speech.say(TELLS.filled(who=speech.list(told)))
