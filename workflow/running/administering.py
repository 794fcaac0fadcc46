"""What administrators do to a case: move work, extend a deadline, suspend, resume, cancel.

Always with a reason, never on a case of their own, and never a decision. Where the house asks for
four eyes, an act of one administrator is only proposed; it happens when a second one agrees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from workflow.design.seats import Seat, SeatKind
from workflow.nouns import (
    Actor,
    Address,
    Case,
    Deadline,
    DeadlineState,
    Decision,
    Notice,
    Proposed,
    Task,
    TaskEnd,
    TaskKind,
    Topic,
)
from workflow.people.eligibility import Standing, is_active
from workflow.people.organisation import ADMINISTRATOR
from workflow.people.signing import excluded_from, shut_at
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.running import branches, handling, panels, tasks
from workflow.running import deadlines as clocks
from workflow.running.advance import CHANGED, ENDED
from workflow.running.answers import words_problem
from workflow.running.effects import Consequences, notices_to, work_out
from workflow.running.judging import inactive
from workflow.running.lines import Act, After, outcome_of, request_digest
from workflow.running.outcome import Outcome
from workflow.running.situation import Ids, Situation

REROUTE = "task.reroute"
EXTEND = "case.extend"
SUSPEND = "case.suspend"
RESUME = "case.resume"
CANCEL = "case.cancel"
AGREE = "case.agree"
TURN_DOWN = "case.turn_down"
PROPOSE = "case.propose"
#: The policy parameter that asks for a second administrator.
FOUR_EYES = "house.admin_four_eyes"

ONLY_ADMINISTRATORS = Sentence(
    "只有系统管理员可以这样做，且须以本人名义",
    "Only an administrator may do this, in their own name",
)
OWN_CASE = Sentence(
    "这是您自己提交的申请，请由别的管理员处理",
    "You submitted this yourself; another administrator has to see to it",
)
REASON = Sentence("请写明理由，案件账本要记下", "Please give the reason; the ledger keeps it")
WHICH_TASK = Sentence(
    "请选择改派哪一件待办", "Choose the task that is to be given to somebody else"
)
TO_WHOM = Sentence("请选择改派给谁（人员或岗位）", "Choose the person or post that gets it")
NOT_THERE = Sentence("没有“{who}”，或已停用", "There is no “{who}” here, or no longer")
EXCLUDED = Sentence(
    "{who}是本案申请人或已在别的环节签署，不能再办理本案",
    "{who} filed this case or has signed another step of it, and may not decide on it",
)
NOT_TO_KEEPERS = Sentence(
    "{who}是系统管理员：管理员只管理，不代人决定",
    "{who} is an administrator, and administrators decide nothing",
)
THEIRS = Sentence("这件待办本来就在{who}那里", "This task is with {who} already")
WHICH_CLOCK = Sentence("请选择延长哪个期限", "Choose the deadline that is to be extended")
UNTIL_WHEN = Sentence(
    "请写延长到何时（比现在的到期时间晚），或延长几天",
    "Say until when (later than it ends now), or by how many days",
)
IS_SUSPENDED = Sentence("本案已经暂停", "The case is suspended already")
IS_RUNNING = Sentence("本案没有暂停", "The case is not suspended")
NO_PROPOSAL = Sentence("没有等待复核的管理操作", "No administrator's act waits for a second")
LAPSED = Sentence(
    "提出之后案件又有了变化，这项提议已失效，请重新提出",
    "The case has changed since; the proposal has lapsed and has to be made again",
)
PENDING = Sentence(
    "{who}已提出一项管理操作，等待另一位管理员复核",
    "{who} has proposed an act that waits for another administrator",
)
SECOND = Sentence(
    "须由另一位管理员复核，不能自己同意自己提出的操作",
    "Another administrator has to agree; nobody agrees to their own proposal",
)

_BY_POST = Standing(Seat(SeatKind.ROLE, role=ADMINISTRATOR), ADMINISTRATOR)
_MOST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Wish:
    """An administrator's act with its arguments, as asked for or as proposed before."""

    act: str
    actor: Actor
    reason: str
    task: str | None
    target: str | None
    answers: Mapping[str, object]
    ids: Ids


@dataclass(frozen=True, slots=True)
class Done:
    """What an act comes to."""

    case: Case
    opened: tuple[Task, ...] = ()
    closed: tuple[Task, ...] = ()
    changed: tuple[Task, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    told: tuple[Address, ...] = ()
    topic: Topic = Topic.WORK
    target: str | None = None
    effects: Consequences = field(default_factory=Consequences)


Verb = Callable[[Situation, Wish], Done | Refusal]


# ---- judging -------------------------------------------------------------------------------------


def administer(
    situation: Situation, decision: Decision, ids: Ids, *, four_eyes: bool
) -> Outcome | Refused:
    """Do what an administrator asks for, propose it, or say why not."""
    refusals = tuple(_refusals(situation, decision))
    if refusals:
        return Refused.of(refusals)
    if decision.action in (AGREE, TURN_DOWN):
        return _seconded(situation, decision, ids)
    wish = _wish_of(decision, ids)
    done = VERBS[wish.act](situation, wish)
    if isinstance(done, Refusal):
        return Refused.of([done])
    if not four_eyes:
        return _carried_out(situation, decision, wish, done)
    pending = situation.case.course.proposed
    if pending is not None and pending.version == situation.case.version:
        who = situation.organisation.person_name(pending.by)
        return Refused.of([_no(Code.CONDITION_NOT_MET, PENDING.filled(who=who), "proposed")])
    return _proposed(situation, decision, wish)


def _refusals(situation: Situation, decision: Decision) -> Iterator[Refusal]:
    closed = why_closed(situation, decision.actor, decision.seen_version)
    if closed is not None:
        yield closed
        return
    words = decision.opinion.strip()
    if decision.action != AGREE and not words:
        yield Refusal(Code.OPINION_REQUIRED, REASON, rule="opinion")
    problem = words_problem(words)
    if problem is not None:
        yield Refusal(Code.INVALID_FORM, problem, rule="opinion")


def why_closed(situation: Situation, actor: Actor, seen: int | None = None) -> Refusal | None:
    """Why this person may do nothing of the kind to the case, for the button as for the act."""
    case = situation.case
    if case.closed_at is not None:
        return _no(Code.CLOSED, ENDED, "ended")
    if not is_active(actor, situation.organisation):
        return inactive()
    day = situation.scene.day
    held = {post.role for post in situation.organisation.posts_of(actor.id, day)}
    if ADMINISTRATOR not in held or actor.acting_for is not None:
        return _no(Code.NOT_PERMITTED, ONLY_ADMINISTRATORS, "post")
    if actor.id == case.applicant:
        return _no(Code.SEPARATION_OF_DUTIES, OWN_CASE, "own_submission")
    if seen not in (None, case.version):
        return _no(Code.CONFLICT, CHANGED, "version")
    return None


def _wish_of(decision: Decision, ids: Ids) -> Wish:
    return Wish(
        decision.action,
        decision.actor,
        decision.opinion.strip(),
        decision.task,
        decision.target,
        decision.answers,
        ids,
    )


def _seconded(situation: Situation, decision: Decision, ids: Ids) -> Outcome | Refused:
    """A second administrator agrees to what was proposed, or turns it down."""
    case = situation.case
    proposed = case.course.proposed
    if proposed is None:
        return Refused.of([_no(Code.CONDITION_NOT_MET, NO_PROPOSAL, "proposed")])
    if proposed.by == decision.actor.id:
        return Refused.of([_no(Code.SEPARATION_OF_DUTIES, SECOND, "four_eyes")])
    settled = replace(situation, case=replace(case, course=replace(case.course, proposed=None)))
    if decision.action == TURN_DOWN:
        told = (Address(person=proposed.by),)
        act = _act_of(situation, decision, TURN_DOWN, decision.opinion.strip(), proposed.act, ids)
        done = Done(settled.case, told=told, topic=Topic.PROGRESS)
        return _line(act, done, decision.action)
    if proposed.version != case.version:
        return Refused.of([_no(Code.CONDITION_NOT_MET, LAPSED, "lapsed")])
    wish = Wish(
        proposed.act,
        decision.actor,
        proposed.reason,
        proposed.task,
        proposed.target,
        proposed.answers,
        ids,
    )
    result = VERBS[wish.act](settled, wish)
    if isinstance(result, Refusal):
        return Refused.of([result])
    return _carried_out(situation, decision, wish, result, proposed.by)


def _proposed(situation: Situation, decision: Decision, wish: Wish) -> Outcome:
    case = situation.case
    answers = {key: str(value) for key, value in wish.answers.items()}
    proposed = Proposed(
        wish.act,
        wish.actor.id,
        situation.now,
        case.version + 1,
        wish.reason,
        wish.task,
        wish.target,
        answers,
    )
    after = replace(case, course=replace(case.course, proposed=proposed))
    act = _act_of(situation, decision, PROPOSE, wish.reason, wish.act, wish.ids)
    return _line(act, Done(after, told=(Address(role=ADMINISTRATOR),)), PROPOSE)


def _carried_out(
    situation: Situation,
    decision: Decision,
    wish: Wish,
    done: Done,
    first: str | None = None,
) -> Outcome:
    act = _act_of(situation, decision, wish.act, wish.reason, done.target, wish.ids)
    return _line(replace(act, proposed_by=first), done, wish.act)


def _act_of(
    situation: Situation,
    decision: Decision,
    event: str,
    reason: str,
    target: str | None,
    ids: Ids,
) -> Act:
    return Act(
        situation=situation,
        actor=decision.actor,
        event=event,
        key=decision.key,
        ids=ids,
        standing=_BY_POST,
        opinion=reason,
        target=target,
        request=request_digest(decision),
    )


def _line(act: Act, done: Done, kind: str) -> Outcome:
    told: tuple[Notice, ...] = notices_to(act.situation, done.told, kind, act.ids, done.topic)
    return outcome_of(
        act,
        After(
            replace(done.case, version=act.situation.case.version + 1),
            done.opened,
            done.closed,
            done.changed,
            done.deadlines,
            done.effects,
            told,
        ),
    )


# ---- moving work ---------------------------------------------------------------------------------


def _reroute(situation: Situation, wish: Wish) -> Done | Refusal:
    waiting = [task for task in situation.open_tasks if wish.task in (None, task.id)]
    if len(waiting) != 1:
        return _at("task", WHICH_TASK)
    return rerouted(situation, waiting, wish)


def rerouted(situation: Situation, moving: Sequence[Task], wish: Wish) -> Done | Refusal:
    """Give tasks of one case to the person or post that `wish.target` names: a person's id,
    `role@department` or a role.
    """
    address = _address(situation, (wish.target or "").strip())
    if isinstance(address, Refusal):
        return address
    refusal = next((r for task in moving if (r := _unfit(situation, task, address))), None)
    if refusal is not None:
        return refusal
    opened: list[Task] = []
    changed: list[Task] = []
    for task in moving:
        new = _moved(situation, task, address, wish)
        opened.append(new)
        changed += [
            replace(one, handling=replace(one.handling, origin=new.id))
            for one in situation.open_tasks
            if one.handling.origin == task.id and one not in moving
        ]
    return Done(
        situation.case,
        tuple(opened),
        tuple(_closed(situation, task, TaskEnd.REROUTED, wish.actor) for task in moving),
        tuple(changed),
        told=() if all(task.handling.held for task in moving) else (address,),
        target=address.person or address.key.removeprefix("r:"),
    )


def move_work(situation: Situation, leaver: str, decision: Decision, ids: Ids) -> Outcome | Refused:
    """Give everything that waits for somebody by name on a case to `decision.target`, in one line;
    a shared task that they have claimed is free again.
    """
    refusals = tuple(_refusals(situation, decision))
    if refusals:
        return Refused.of(refusals)
    wish = _wish_of(decision, ids)
    theirs = [task for task in situation.open_tasks if task.address.person == leaver]
    done = rerouted(situation, theirs, wish)
    if isinstance(done, Refusal):
        return Refused.of([done])
    freed = tuple(
        replace(task, handling=replace(task.handling, claimed_by=None))
        for task in situation.open_tasks
        if task.handling.claimed_by == leaver
    )
    return _carried_out(situation, decision, wish, replace(done, changed=(*done.changed, *freed)))


def _address(situation: Situation, target: str) -> Address | Refusal:
    if not target:
        return _at("target", TO_WHOM)
    person = situation.organisation.people.get(target)
    if person is not None and person.active:
        posts = situation.organisation.posts_of(target, situation.scene.day)
        if any(post.role == ADMINISTRATOR for post in posts):
            return _at("target", NOT_TO_KEEPERS.filled(who=person.name))
        return Address(person=target)
    role, _, department = target.partition("@")
    address = Address(role=role, department=department or None)
    if role != ADMINISTRATOR and situation.organisation.reached_by(address, situation.scene.day):
        return address
    return _at("target", NOT_THERE.filled(who=target))


def _unfit(situation: Situation, task: Task, address: Address) -> Refusal | None:
    """Why a task cannot go to an address: it is there, or nobody there may decide it."""
    names = situation.organisation
    if address == task.address:
        who = names.person_name(address.person or "") or address.role or ""
        return _at("target", THEIRS.filled(who=who))
    here = branches.at_step(situation, task.step)
    if address.person is not None and task.handling.kind is TaskKind.STEP:
        who = names.person_name(address.person)
        if address.person in handling.recused_here(here):
            return _at("target", handling.CONFLICTED.filled(who=who))
        if address.person in handling.sitting_here(here):
            return _at("target", handling.SITS_HERE.filled(who=who))
    shut = excluded_from(situation.definition, here.case, task.step, situation.tasks)
    people = names.reached_by(address, situation.scene.day)
    if any(person.id not in shut for person in people):
        return None
    who = "、".join(person.name for person in people)
    return _at("target", EXCLUDED.filled(who=who))


def _moved(situation: Situation, task: Task, address: Address, wish: Wish) -> Task:
    handled, meant = task.handling, task.address
    if handled.because and handled.meant is not None:
        meant = Address.of(handled.meant)
    role = handled.role or meant.role
    case = branches.at_step(situation, task.step).case
    shut = excluded_from(situation.definition, case, task.step, situation.tasks)
    return replace(
        task,
        id=wish.ids(),
        address=address,
        opened_at=situation.now,
        excluded=shut_at(address, situation.definition, case, task.step, situation.tasks, shut),
        handling=replace(
            handled,
            role=role if address.person is not None else None,
            origin=panels.origin_after(task, situation.tasks),
            added_by=wish.actor.id,
            claimed_by=None,
            because="",
            meant=None,
        ),
    )


def _closed(situation: Situation, task: Task, end: TaskEnd, by: Actor) -> Task:
    return replace(task, closed_at=situation.now, closed_as=end.value, closed_by=by.id)


# ---- deadlines -----------------------------------------------------------------------------------


def _extend(situation: Situation, wish: Wish) -> Done | Refusal:
    named = str(wish.answers.get("deadline") or "")
    alive = clocks.alive(situation.definition, situation.deadlines)
    found = [clock for clock in alive if named in ("", clock.key)]
    if len(found) != 1:
        return _at("deadline", WHICH_CLOCK)
    clock = found[0]
    until = _later(situation, wish, clock)
    if until is None or until <= clock.due_at:
        return _at("until", UNTIL_WHEN)
    rule = situation.definition.deadlines[clock.key]
    here = branches.at_clock(situation, rule)
    after = replace(
        clock,
        due_at=until,
        extended=until,
        provisional=situation.calendar.is_provisional(until),
    )
    view = here.view(wish.actor)
    after = clocks.armed(here.rulebook, rule, after, view, here.case.state)
    every = clocks.merged(situation.deadlines, (after,))
    told = tuple(task.address for task in branches.work_here(here, here.open_tasks))
    return Done(
        situation.case,
        changed=_due_again(situation, every),
        deadlines=(after,),
        told=told,
        topic=Topic.COPY,
        target=clock.key,
    )


def _later(situation: Situation, wish: Wish, clock: Deadline) -> datetime | None:
    """The moment that was asked for: a moment, the end of a day, or so many days on."""
    given, days = wish.answers.get("until"), wish.answers.get("days")
    try:
        if given in (None, ""):
            count = int(str(days))
            return clock.due_at + timedelta(days=count) if 0 < count <= _MOST_DAYS else None
        text = str(given)
        if len(text) == len("2026-03-02"):
            return situation.calendar.end_of_day(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or situation.calendar.zone)


def _due_again(situation: Situation, every: tuple[Deadline, ...]) -> tuple[Task, ...]:
    """The open tasks whose due date is another now."""
    changed: list[Task] = []
    places = branches.places(situation.case)
    for task in situation.open_tasks:
        if task.step not in places or not tasks.is_of_step(task) or task.overdue:
            continue
        due = clocks.earliest(situation.rulebook, task.step, every)
        if due != task.due_at:
            changed.append(replace(task, due_at=due))
    return tuple(changed)


# ---- stopping, going on, ending ------------------------------------------------------------------


def _suspend(situation: Situation, wish: Wish) -> Done | Refusal:
    if situation.case.course.suspended is not None:
        return _no(Code.CONDITION_NOT_MET, IS_SUSPENDED, "suspended")
    return _halted(situation, wish, wish.reason)


def _resume(situation: Situation, wish: Wish) -> Done | Refusal:
    if situation.case.course.suspended is None:
        return _no(Code.CONDITION_NOT_MET, IS_RUNNING, "suspended")
    return _halted(situation, wish, None)


def _halted(situation: Situation, wish: Wish, reason: str | None) -> Done:
    """The case stands still, or goes on: its clocks with it, in every branch."""
    case = replace(situation.case, course=replace(situation.case.course, suspended=reason))
    after = replace(situation, case=case)
    turned = tuple(
        clock
        for here in (after, *branches.beside(after))
        for clock in clocks.turn(
            here.rulebook,
            here.view(wish.actor),
            here.case.state,
            here.deadlines,
            wish.ids,
            entered=False,
            rules=branches.clocks_of(here),
        )
    )
    every = clocks.merged(situation.deadlines, turned)
    told = dict.fromkeys(
        (Address(person=case.applicant), *(task.address for task in situation.open_tasks))
    )
    changed = _due_again(situation, every)
    return Done(case, changed=changed, deadlines=turned, told=tuple(told), topic=Topic.PROGRESS)


def _cancel(situation: Situation, wish: Wish) -> Done | Refusal:
    course = replace(situation.case.course, cancelled=wish.reason, suspended=None)
    case = replace(situation.case, closed_at=situation.now, course=course)
    stopped = tuple(
        replace(clock, state=state, paused_at=None, rung_at=None)
        for clock in situation.deadlines
        if (state := _over(clock)) is not clock.state or clock.rung_at is not None
    )
    told = dict.fromkeys(
        (Address(person=case.applicant), *(task.address for task in situation.open_tasks))
    )
    return Done(
        case,
        closed=tuple(
            _closed(situation, task, TaskEnd.CANCELLED, wish.actor) for task in situation.open_tasks
        ),
        deadlines=stopped,
        told=tuple(told),
        topic=Topic.PROGRESS,
        effects=_left_behind(situation, wish),
    )


def _left_behind(situation: Situation, wish: Wish) -> Consequences:
    """What the definition has follow: rows and other cases that went by this one being open."""
    view, cancelled = situation.view(wish.actor), situation.definition.cancelled
    return work_out(situation, view, cancelled, situation.case.seq + 1, wish.ids)


def _over(clock: Deadline) -> DeadlineState:
    alive = clock.state in (DeadlineState.RUNNING, DeadlineState.PAUSED)
    return DeadlineState.STOPPED if alive else clock.state


VERBS: Mapping[str, Verb] = {
    REROUTE: _reroute,
    EXTEND: _extend,
    SUSPEND: _suspend,
    RESUME: _resume,
    CANCEL: _cancel,
}
#: Every act of an administrator on a case.
ACTS = frozenset((*VERBS, AGREE, TURN_DOWN))


def _at(field: str, because: Sentence) -> Refusal:
    return Refusal(Code.INVALID_FORM, because, field=field, rule=field)


def _no(code: Code, because: Sentence, rule: str) -> Refusal:
    return Refusal(code, because, rule=rule, standing=True)
