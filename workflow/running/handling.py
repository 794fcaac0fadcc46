"""What may be done with a task besides deciding it: 认领 转办 加签 减签 委派 征询 回避 拿回.

None of these decides the step. Each is a decision through the one door with a dotted name that no
definition's action can have, is refused with a reason, and leaves one ledger line. A definition
allows them by name at a state (`may`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from workflow.design.definition import TAKE_BACK, State, Tool
from workflow.design.panels import Order, Panel
from workflow.design.seats import Seat, SeatKind
from workflow.nouns import Actor, Address, Decision, Handling, Task, TaskEnd, TaskKind
from workflow.people.eligibility import Because, Member, Standing, grant_for
from workflow.people.organisation import ADMINISTRATOR, Person
from workflow.people.signing import excluded_from
from workflow.refusals import Code, Refusal, Sentence
from workflow.running import branches, panels
from workflow.running.answers import words_problem
from workflow.running.outcome import REVOKE
from workflow.running.situation import Ids, Situation

CLAIM = "task.claim"
RELEASE = "task.release"
TRANSFER = "task.transfer"
ADD_BEFORE = "task.add_before"
ADD_AFTER = "task.add_after"
ADD_BESIDE = "task.add_beside"
REMOVE = "task.remove"
ASK = "task.ask"
ANSWER = "task.answer"
CONSULT = "task.consult"
COMMENT = "task.comment"
RECUSE = "task.recuse"
CONFIRM = "task.confirm"
#: The engine's own: whoever has signed in one branch leaves what waits for them in another.
UNSEAT = "task.unseat"

NO_TASK = Sentence(
    "您在本案没有可以这样处理的待办", "You have no task on this case that this can be done with"
)
NOT_ALLOWED = Sentence(
    "“{state}”这一步的流程定义没有允许“{act}”",
    "At “{state}” the definition does not allow “{act}”",
)
NOT_SHARED = Sentence(
    "这件待办只交给您一人，无需认领", "This task waits for you alone; there is nothing to claim"
)
CLAIMED = Sentence("已由{who}认领，请与本人联系", "{who} has claimed this; speak to them")
NOT_YOURS = Sentence("这件待办不是您认领的", "It was not you who claimed this")
NOBODY = Sentence("请选择一位同事", "Choose a colleague")
UNKNOWN = Sentence("没有“{who}”这个人，或已停用", "There is no “{who}” here, or no longer")
YOURSELF = Sentence("不能选择自己", "You cannot choose yourself")
EXCLUDED = Sentence(
    "{who}是本案申请人或已在别的环节签署，不能再办理本案",
    "{who} filed this case or has signed another step of it, and may not decide on it",
)
CONFLICTED = Sentence(
    "{who}已声明回避，不能再参与这一步，请另选一位",
    "{who} has recused themselves from this step; choose somebody else",
)
SITS_HERE = Sentence("{who}在这一步已有待办", "{who} has a task at this step already")
CHAIN = Sentence(
    "这件待办已转办 {times} 次，不能再转；请自行办理或退回",
    "This task has been passed on {times} times and cannot be passed on again",
)
NO_PANEL = Sentence(
    "这一步不是多人会签，不能增减成员", "No panel decides this step; there are no members"
)
NOT_ADDED = Sentence(
    "{who}不是您加签的成员，或已经办理，不能减去",
    "{who} was not added by you, or has decided already, and cannot be removed",
)
WORDS_NEEDED = Sentence("请写明意见或理由", "Please write your opinion or reason")
HELD = Sentence("要先等{who}办理，才轮到您", "{who} has to be heard first; then it is your turn")
PROMISED = Sentence(
    "还有附带条件没有确认：{what}。全部确认后才能办结",
    "Conditions are still open: {what}. The case can end when they are confirmed",
)

#: Acts that change who sits in a panel.
ABOUT_MEMBERS = frozenset({ADD_BESIDE, REMOVE, RECUSE, UNSEAT})

#: From where whoever has been handed a task acts.
BY_TASK = Seat(SeatKind.REVIEWER)

#: What people read: on buttons and in refusals.
NAMES: Mapping[str, Sentence] = {
    CLAIM: Sentence("认领", "Claim"),
    RELEASE: Sentence("放回", "Release"),
    TRANSFER: Sentence("转办", "Transfer"),
    ADD_BEFORE: Sentence("前加签", "Hear somebody first"),
    ADD_AFTER: Sentence("后加签", "Have somebody decide after me"),
    ADD_BESIDE: Sentence("并加签", "Add a member"),
    REMOVE: Sentence("减签", "Remove a member"),
    ASK: Sentence("委派", "Ask for an opinion"),
    ANSWER: Sentence("答复", "Answer"),
    CONSULT: Sentence("征询", "Consult"),
    COMMENT: Sentence("回复征询", "Comment"),
    RECUSE: Sentence("回避", "Recuse myself"),
    CONFIRM: Sentence("确认条件", "Confirm the condition"),
    UNSEAT: Sentence(
        "席位空出（原办理人已在别的分支签署）",
        "A seat is free (its owner has signed in another branch)",
    ),
    TAKE_BACK: Sentence("拿回", "Take back"),
    REVOKE: Sentence("撤销", "Revoke"),
    "view": Sentence("查看", "Looked at it"),
    "task.reroute": Sentence("改派", "Give to somebody else"),
    "case.extend": Sentence("延长期限", "Extend a deadline"),
    "case.suspend": Sentence("暂停案件", "Suspend the case"),
    "case.resume": Sentence("恢复案件", "Resume the case"),
    "case.cancel": Sentence("取消案件", "Cancel the case"),
    "case.propose": Sentence("提请复核", "Propose an act"),
    "case.agree": Sentence("同意所提操作", "Agree to the proposal"),
    "case.turn_down": Sentence("否决所提操作", "Turn the proposal down"),
}


@dataclass(frozen=True, slots=True)
class Moves:
    """What an act does to the tasks of a case, and who is told."""

    opened: tuple[Task, ...] = ()
    closed: tuple[Task, ...] = ()
    changed: tuple[Task, ...] = ()
    told: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Hand:
    """One act as it is judged: the person's own task, and what they asked for."""

    situation: Situation
    decision: Decision
    mine: Task
    ids: Ids

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.decision.actor

    def closed(self, task: Task, end: TaskEnd) -> Task:
        """A task that this act ends."""
        return replace(
            task,
            closed_at=self.situation.now,
            closed_as=end.value,
            closed_by=self.actor.id,
            closed_for=self.actor.acting_for,
        )

    def opened(self, person: str, handling: Handling) -> Task:
        """A task for one person at the same step."""
        return Task(
            id=self.ids(),
            case=self.mine.case,
            step=self.mine.step,
            address=Address(person=person),
            round=self.mine.round,
            opened_at=self.situation.now,
            due_at=self.mine.due_at,
            overdue=self.mine.overdue,
            handling=replace(handling, added_by=self.actor.id),
        )


class Verb(Protocol):
    """One of the acts, once it is known whose task it is about."""

    def __call__(self, hand: Hand) -> Moves | Refusal: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """What an act needs before its verb is asked: which tool the state must allow, with what kinds
    of task, whether somebody is named, whether words are asked for.
    """

    verb: Verb
    tool: Tool | None = None
    kinds: frozenset[TaskKind] = frozenset({TaskKind.STEP})
    names_somebody: bool = False
    must_be_free: bool = False
    needs_words: bool = False


# ---- the acts ------------------------------------------------------------------------------------


def _claim(hand: Hand) -> Moves | Refusal:
    mine = hand.mine
    if mine.address.person is not None:
        return _no(Code.CONDITION_NOT_MET, NOT_SHARED, "shared")
    return Moves(changed=(_handled(mine, claimed_by=hand.actor.id),))


def _release(hand: Hand) -> Moves | Refusal:
    if hand.mine.handling.claimed_by != hand.actor.id:
        return _no(Code.NOT_PERMITTED, NOT_YOURS, "claimed")
    return Moves(changed=(_handled(hand.mine, claimed_by=None),))


def _transfer(hand: Hand) -> Moves | Refusal:
    mine, situation = hand.mine, hand.situation
    longest = situation.definition.states[mine.step].longest_chain
    if chain_of(situation, mine) >= longest:
        return _no(Code.CONDITION_NOT_MET, CHAIN.filled(times=longest), "chain")
    handling = replace(
        mine.handling,
        role=mine.handling.role or mine.address.role,
        origin=mine.id,
        claimed_by=None,
        because="",
    )
    task = hand.opened(hand.decision.target or "", handling)
    # Whoever was to be heard first or after still is: they now belong to the new task.
    moved = tuple(
        _handled(one, origin=task.id)
        for one in situation.open_tasks
        if one.handling.origin == mine.id
    )
    return Moves((task,), (hand.closed(mine, TaskEnd.TRANSFERRED),), moved, (task.address,))


def chain_of(situation: Situation, task: Task) -> int:
    """How often a task has been passed on."""
    by_id = {one.id: one for one in situation.tasks}
    length = 0
    before = by_id.get(task.handling.origin or "")
    while before is not None and before.closed_as == TaskEnd.TRANSFERRED:
        length += 1
        before = by_id.get(before.handling.origin or "")
    return length


def _add_before(hand: Hand) -> Moves | Refusal:
    return _heard_first(hand, TaskKind.HELPER)


def _ask(hand: Hand) -> Moves | Refusal:
    return _heard_first(hand, TaskKind.ASKED)


def _heard_first(hand: Hand, kind: TaskKind) -> Moves:
    """Somebody gives an opinion; until then the task of whoever asks is held."""
    asked = Handling(kind=kind, origin=hand.mine.id, subject=hand.decision.opinion.strip())
    task = hand.opened(hand.decision.target or "", asked)
    return Moves((task,), (), (_handled(hand.mine, held=True),), (task.address,))


def _add_after(hand: Hand) -> Moves | Refusal:
    mine = hand.mine.handling
    after = Handling(
        role=mine.role or hand.mine.address.role,
        weight=mine.weight,
        turn=mine.turn,
        held=True,
        origin=hand.mine.id,
        lines=mine.lines,
    )
    task = hand.opened(hand.decision.target or "", after)
    return Moves((task,))


def _add_beside(hand: Hand) -> Moves | Refusal:
    panel = panels.panel_here(hand.situation)
    if panel is None:
        return _no(Code.CONDITION_NOT_MET, NO_PANEL, "panel")
    seats = panels.seats_of(hand.situation, hand.situation.tasks)
    turn = max((one.handling.turn for one in seats), default=0) + 1
    in_turn = panel.order is Order.IN_TURN
    task = hand.opened(hand.decision.target or "", Handling(turn=turn, held=in_turn))
    return Moves((task,), told=() if in_turn else (task.address,))


def _remove(hand: Hand) -> Moves | Refusal:
    """A member leaves whom I have added, or a question that nobody answers is withdrawn."""
    who = hand.decision.target
    for task in removable(hand.situation, hand.actor):
        if task.address.person == who:
            after = [o for o in hand.situation.open_tasks if o.handling.origin == task.id]
            idle = panels.not_needed(hand.situation, after, hand.actor.id)
            closed = (hand.closed(task, TaskEnd.REMOVED), *idle)
            return Moves((), closed, _unlocked(hand, task))
    name = hand.situation.organisation.person_name(who or "")
    return _no(Code.CONDITION_NOT_MET, NOT_ADDED.filled(who=name), "added")


def _answer(hand: Hand) -> Moves | Refusal:
    """An opinion is given, and the task of whoever asked is theirs again."""
    changed = _unlocked(hand, hand.mine)
    told = tuple(one.address for one in changed)
    return Moves((), (hand.closed(hand.mine, TaskEnd.ANSWERED),), changed, told)


def _unlocked(hand: Hand, asked: Task) -> tuple[Task, ...]:
    """The task of whoever asked, once nobody else is asked first."""
    if asked.handling.kind not in _FIRST:
        return ()
    origin = asked.handling.origin
    others = any(
        one.handling.origin == origin and one.handling.kind in _FIRST and one.id != asked.id
        for one in hand.situation.open_tasks
    )
    waiting = (one for one in hand.situation.open_tasks if one.id == origin and not others)
    return tuple(_handled(one, held=False) for one in waiting)


def _consult(hand: Hand) -> Moves | Refusal:
    words = hand.decision.opinion.strip()
    asked = Handling(kind=TaskKind.CONSULTED, origin=hand.mine.id, subject=words)
    task = hand.opened(hand.decision.target or "", asked)
    return Moves((task,), told=(task.address,))


def _comment(hand: Hand) -> Moves | Refusal:
    told = () if hand.mine.handling.added_by is None else (_person(hand.mine.handling.added_by),)
    return Moves(closed=(hand.closed(hand.mine, TaskEnd.ANSWERED),), told=told)


def _recuse(hand: Hand) -> Moves | Refusal:
    situation, mine = hand.situation, hand.mine
    panel = panels.panel_here(situation)
    if mine.address.person is None:
        # A shared task goes on waiting for the other holders of the post.
        recused = tuple(dict.fromkeys((*mine.handling.recused, hand.actor.id)))
        shut = tuple(dict.fromkeys((*mine.excluded, hand.actor.id)))
        after = _handled(mine, recused=recused, claimed_by=None)
        return Moves(changed=(replace(after, excluded=shut),))
    successor = None if panel is None else _replacement(situation, panel)
    return seat_given_up(hand, TaskEnd.RECUSED, successor)


def seat_given_up(hand: Hand, end: TaskEnd, successor: Member | None) -> Moves:
    """What becomes of the work that somebody had by name and decides no more: the successor's, in
    the same seat; nobody's, where the panel can do without; else its post's or an administrator's.
    """
    situation, mine = hand.situation, hand.mine
    panel = panels.panel_here(situation)
    closed = (hand.closed(mine, end),)
    mine_too = [one for one in situation.open_tasks if one.handling.origin == mine.id]
    if panel is None or successor is None:
        # Nobody has the seat any more, so nobody is heard for it or decides after it. A seat with
        # rows stays, for an administrator to fill: else these rows would be nobody's.
        idle = panels.not_needed(situation, mine_too, hand.actor.id)
        left = tasks_after(situation, (*closed, *idle))
        undecided = panels.rows_left(mine, panels.seats_of(situation, left))
        if panel is not None and not undecided and panels.ballots_of(situation, left):
            return Moves(closed=(*closed, *idle))
        vacated = _vacated(hand, end)
        return Moves((vacated,), (*closed, *idle), told=(vacated.address,))
    asked = [one for one in mine_too if one.handling.kind is not TaskKind.STEP]
    held = mine.handling.held and not asked
    handling = replace(
        mine.handling,
        role=successor.role,
        weight=dict(panel.weights).get(successor.role or "", 1),
        origin=panels.origin_after(mine, situation.tasks),
        held=held,
    )
    task = hand.opened(successor.person, handling)
    moved = tuple(_handled(one, origin=task.id) for one in mine_too if one not in asked)
    idle = panels.not_needed(situation, asked, hand.actor.id)
    return Moves((task,), (*closed, *idle), moved, () if held else (task.address,))


def tasks_after(situation: Situation, changed: Iterable[Task]) -> tuple[Task, ...]:
    """The tasks of the case with the changed ones in place."""
    by_id = {one.id: one for one in situation.tasks}
    by_id.update({one.id: one for one in changed})
    return tuple(by_id.values())


def _vacated(hand: Hand, end: TaskEnd) -> Task:
    """The work of whoever was the last to have it: its post's again, else an administrator's, who
    has to find somebody. No case is left without anybody who can go on.
    """
    mine, situation = hand.mine, hand.situation
    recused = recused_here(situation)
    why = Because.EXCLUDED
    if end is TaskEnd.RECUSED:
        gone = (hand.actor.id, mine.address.person)
        recused = tuple(dict.fromkeys((*recused, *(name for name in gone if name is not None))))
        why = Because.VACANT
    post = _post_of(situation, mine)
    handling = replace(
        mine.handling,
        origin=mine.id,
        held=False,
        recused=recused,
        because="" if post is not None else why.value,
        meant=None if post is not None else mine.address.key,
    )
    task = hand.opened("", handling)
    shut = excluded_from(situation.definition, situation.case, mine.step, situation.tasks)
    return replace(
        task,
        address=post or Address(role=ADMINISTRATOR),
        excluded=tuple(dict.fromkeys((*shut, *handling.recused))),
    )


def _post_of(situation: Situation, task: Task) -> Address | None:
    """The post for which somebody has a task by name; None for a task of their own."""
    by_id = {one.id: one for one in situation.tasks}
    before: Task | None = task
    while before is not None:
        if before.address.person is None and before.address.role != ADMINISTRATOR:
            return before.address
        before = by_id.get(before.handling.origin or "")
    role = task.handling.role
    return None if role is None else Address(role=role)


def recused_here(situation: Situation) -> tuple[str, ...]:
    """Who has declared a conflict of interest in this visit of the step."""
    found: list[str | None] = []
    for one in situation.here:
        found += one.handling.recused
        if one.closed_as == TaskEnd.RECUSED:
            found += [one.closed_by, one.address.person]
    if not found:
        return ()
    return tuple(dict.fromkeys(name for name in found if name is not None))


def _replacement(situation: Situation, panel: Panel) -> Member | None:
    """Who takes the seat: the next holder who has had none in this visit and may decide."""
    here = situation.here
    known = {*(one.address.person for one in here), *recused_here(situation)}
    return panels.replacement(situation, panel, known)


def _confirm(hand: Hand) -> Moves | Refusal:
    return Moves(closed=(hand.closed(hand.mine, TaskEnd.CONFIRMED),))


_FIRST = frozenset({TaskKind.HELPER, TaskKind.ASKED})
_CONSULTED = frozenset({TaskKind.CONSULTED})
_PROMISED = frozenset({TaskKind.PROMISE})

RULES: Mapping[str, Rule] = {
    CLAIM: Rule(_claim, Tool.CLAIM),
    RELEASE: Rule(_release, Tool.CLAIM),
    TRANSFER: Rule(_transfer, Tool.TRANSFER, names_somebody=True, must_be_free=True),
    ADD_BEFORE: Rule(_add_before, Tool.ADD_BEFORE, names_somebody=True),
    ADD_AFTER: Rule(_add_after, Tool.ADD_AFTER, names_somebody=True, must_be_free=True),
    ADD_BESIDE: Rule(_add_beside, Tool.ADD_BESIDE, names_somebody=True, must_be_free=True),
    REMOVE: Rule(_remove, Tool.REMOVE),
    ASK: Rule(_ask, Tool.ASK, names_somebody=True),
    ANSWER: Rule(_answer, kinds=_FIRST, needs_words=True),
    CONSULT: Rule(_consult, Tool.CONSULT, names_somebody=True),
    COMMENT: Rule(_comment, kinds=_CONSULTED, needs_words=True),
    RECUSE: Rule(_recuse, Tool.RECUSE, needs_words=True),
    CONFIRM: Rule(_confirm, kinds=_PROMISED),
}


# ---- judging -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """The answer to an act: why not, or from where the person acts and what it does.

    `situation` is that of the branch in which the task is.
    """

    refusals: tuple[Refusal, ...] = ()
    situation: Situation | None = None
    standing: Standing | None = None
    moves: Moves = Moves()


def judge_handling(situation: Situation, decision: Decision, ids: Ids) -> Judged:
    """May this person do this with their task, and what does it come to? Every reason at once."""
    rule = RULES[decision.action]
    closing, mine = why_closed(situation, decision.actor, decision.action, decision.task)
    if mine is None or closing:
        return Judged(closing)
    here = branches.at_step(situation, mine.step)
    refusals = list(_input(here, decision, rule, mine))
    if refusals:
        return Judged(tuple(refusals))
    done = rule.verb(Hand(here, decision, mine, ids))
    if isinstance(done, Refusal):
        return Judged((done,))
    role = mine.handling.role or mine.address.role
    standing = Standing(BY_TASK, role, mine.address.department, mine.address)
    return Judged((), here, standing, done)


def why_closed(
    situation: Situation, actor: Actor, act: str, task: str | None = None
) -> tuple[tuple[Refusal, ...], Task | None]:
    """The reasons that no input can mend, for the button as for the act; else the task."""
    rule = RULES[act]
    mine = _mine(situation, actor, act, task)
    if mine is None:
        return (_no(Code.NOT_PERMITTED, NO_TASK, "task"),), None
    state = situation.definition.states[mine.step]
    if not _allows(state, act, rule):
        name = NAMES[act]
        because = Sentence(
            NOT_ALLOWED.zh.format(state=state.name.zh, act=name.zh),
            NOT_ALLOWED.en.format(state=state.name.en, act=name.en),
        )
        return (_no(Code.NOT_PERMITTED, because, "may", state.clauses),), mine
    other = claimed_by_other(situation, mine, actor)
    if other is not None:
        return (other,), mine
    if mine.handling.held and act not in (RECUSE, REMOVE):
        return (held_back(situation, mine),), mine
    return (), mine


def _allows(state: State, act: str, rule: Rule) -> bool:
    """Whether an act is allowed here. Whoever may ask may also withdraw what they asked."""
    if act == REMOVE and _WITHDRAWN & state.may:
        return True
    return rule.tool is None or rule.tool in state.may


_WITHDRAWN = frozenset({Tool.ADD_BEFORE, Tool.ADD_AFTER, Tool.ASK, Tool.CONSULT})


def _mine(situation: Situation, actor: Actor, act: str, task: str | None) -> Task | None:
    """The person's open task that an act is about: the one that is named, or the first that allows
    it; where none does, their first, by which it is told why not.
    """
    rule, states = RULES[act], situation.definition.states
    found = [
        one
        for one in situation.open_tasks
        if one.handling.kind in rule.kinds
        and (task is None or one.id == task)
        and is_theirs(situation, one, actor)
    ]
    allowing = (one for one in found if _allows(states[one.step], act, rule))
    return next(allowing, found[0] if found else None)


def is_theirs(situation: Situation, task: Task, actor: Actor) -> bool:
    """Whether a task waits for this person (or for whom they stand in), and they may decide."""
    names = {actor.id, actor.acting_for or actor.id}
    if names & set(task.excluded) or actor.is_automatic:
        return False
    acting = actor.acting_for or actor.id
    scene = situation.scene
    reached = situation.organisation.reached_by(task.address, scene.day, scene.clock)
    if acting not in {person.id for person in reached}:
        return False
    if actor.acting_for is None:
        return True
    role = task.handling.role or task.address.role
    return role is not None and grant_for(actor, role, scene) is not None


def claimed_by_other(situation: Situation, task: Task, actor: Actor) -> Refusal | None:
    """A shared task that a colleague has taken for themselves is decided by nobody else."""
    claimed = task.handling.claimed_by
    if claimed is None or claimed in (actor.id, actor.acting_for):
        return None
    who = situation.organisation.person_name(claimed)
    return _no(Code.CONFLICT, CLAIMED.filled(who=who), "claimed")


def claimed_meanwhile(situation: Situation, decision: Decision) -> Refusal | None:
    """Who was faster, where a colleague has claimed what somebody still sees as free."""
    known = decision.action in RULES
    mine = _mine(situation, decision.actor, decision.action, decision.task) if known else None
    return None if mine is None else claimed_by_other(situation, mine, decision.actor)


def held_back(situation: Situation, task: Task) -> Refusal:
    """Whose word is waited for before it is this task's turn."""
    who = "、".join(_waited_for(situation, task)) or "…"
    return _no(Code.CONDITION_NOT_MET, HELD.filled(who=who), "turn")


def _waited_for(situation: Situation, task: Task) -> Iterable[str]:
    panel = situation.definition.states[task.step].panel
    by_turns = panel is not None and panel.order is Order.IN_TURN
    for one in situation.open_tasks:
        first = one.handling.kind in _FIRST and one.handling.origin == task.id
        before = one.id == task.handling.origin
        in_turn = (
            by_turns
            and one.step == task.step
            and one.handling.kind is TaskKind.STEP
            and one.handling.turn < task.handling.turn
        )
        if first or before or in_turn:
            yield _who_has(situation, one)


def _who_has(situation: Situation, task: Task) -> str:
    """For whom a task waits, in a word: somebody's name, else that of the post."""
    person = task.address.person or task.handling.claimed_by
    if person is not None:
        return situation.organisation.person_name(person)
    return situation.rulebook.role_name(task.address.role or "").zh


def _input(situation: Situation, decision: Decision, rule: Rule, mine: Task) -> Iterable[Refusal]:
    words = decision.opinion.strip()
    if rule.needs_words and not words:
        yield _no(Code.OPINION_REQUIRED, WORDS_NEEDED, "opinion", standing=False)
    problem = words_problem(words)
    if problem is not None:
        yield _no(Code.INVALID_FORM, problem, "opinion", standing=False)
    if rule.names_somebody:
        yield from _person_named(situation, decision, mine, free=rule.must_be_free)


def _person_named(
    situation: Situation, decision: Decision, mine: Task, *, free: bool
) -> Iterable[Refusal]:
    """Why the colleague who is named may not be given this."""
    target = (decision.target or "").strip()
    person = situation.organisation.people.get(target)
    if not target:
        yield _at(NOBODY)
    elif person is None or not person.active:
        yield _at(UNKNOWN.filled(who=target))
    elif target in (decision.actor.id, decision.actor.acting_for, mine.address.person):
        yield _at(YOURSELF)
    elif target in (
        excluded_from(situation.definition, situation.case, mine.step, situation.tasks)
    ):
        yield _at(EXCLUDED.filled(who=person.name))
    elif target in recused_here(situation):
        yield _at(CONFLICTED.filled(who=person.name))
    elif free and target in sitting_here(situation):
        yield _at(SITS_HERE.filled(who=person.name))


def sitting_here(situation: Situation) -> frozenset[str]:
    """Who has a task of this visit by name, or has decided one."""
    here = [
        one
        for one in situation.here
        if one.handling.kind is TaskKind.STEP
        and (one.is_open or one.closed_as in situation.definition.actions)
    ]
    names = {name for one in here for name in (one.address.person, one.closed_by)}
    return frozenset(name for name in names if name is not None)


def may_be_named(situation: Situation, actor: Actor, act: str, mine: Task) -> tuple[Person, ...]:
    """The colleagues among whom whoever takes an act may choose; none where it names nobody."""
    here = branches.at_step(situation, mine.step)
    everybody = here.organisation.people.values()
    if act == REMOVE:
        added = {task.address.person for task in removable(here, actor)}
        return tuple(person for person in everybody if person.id in added)
    if not RULES[act].names_somebody:
        return ()
    shut = {actor.id, actor.acting_for, mine.address.person}
    shut |= set(excluded_from(here.definition, here.case, mine.step, here.tasks))
    shut |= set(recused_here(here))
    if RULES[act].must_be_free:
        shut |= sitting_here(here)
    return tuple(person for person in everybody if person.active and person.id not in shut)


def removable(situation: Situation, actor: Actor) -> tuple[Task, ...]:
    """The open tasks of this step that somebody has because this person has added or asked them.

    Not those that they passed on: that seat is the other's. Nor who decides after somebody who has
    agreed: the step waits for nobody else.
    """
    panel = panels.panel_here(situation)
    gone = {task.id for task in situation.tasks if task.closed_as in panels.HANDED_ON}
    return tuple(
        task
        for task in situation.open_tasks
        if task.step == situation.case.state
        and task.handling.added_by == actor.id
        and task.handling.kind is not TaskKind.PROMISE
        and task.handling.origin not in gone
        and (panel is not None or task.handling.held or task.handling.kind is not TaskKind.STEP)
    )


def _at(because: Sentence) -> Refusal:
    return Refusal(Code.INVALID_FORM, because, field="target", rule="target")


def _no(
    code: Code,
    because: Sentence,
    rule: str,
    clauses: tuple[str, ...] = (),
    *,
    standing: bool = True,
) -> Refusal:
    return Refusal(code, because, clauses, rule=rule, standing=standing)


def _handled(task: Task, **changes: object) -> Task:
    make: Callable[..., Handling] = replace
    return replace(task, handling=make(task.handling, **changes))


def _person(id: str) -> Address:
    return Address(person=id)
