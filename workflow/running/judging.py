"""May this person do this now? The one place where it is answered, for the button as for the
decision.

Rules about standing (state, post, duty, and conditions that no input of the act can change) close
an action. Rules about input (fields, opinion, the remaining conditions) only make it ask. An
offer runs the first half; a decision runs both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from workflow.conditions.language import Unevaluable
from workflow.conditions.standing_in import Asked
from workflow.conditions.values import View, is_given
from workflow.design.definition import Action, Definition, OpinionRule
from workflow.design.facts import Condition
from workflow.design.form_rules import OPENING
from workflow.design.panels import Panel
from workflow.design.seats import Scope, Seat, SeatKind
from workflow.making import quick
from workflow.nouns import Actor, FieldValue, Form, RuleResult, Task, TaskEnd, TaskKind
from workflow.people import separation
from workflow.people.eligibility import Standing, is_active, standing_of
from workflow.refusals import Code, Refusal, Sentence
from workflow.running import branches, following, handling, panels, tasks
from workflow.running.answers import read_answers, words_problem
from workflow.running.choosing import outsiders
from workflow.running.governing import unfit
from workflow.running.outcome import Calculated
from workflow.running.situation import Situation
from workflow.running.tasks import is_of_step

ENDED = Sentence("本案已办结，不能再办理", "This case has ended; nothing more can be done on it")
ENDED_BY = Sentence(
    "{who}已经办理，本案已办结，不再需要您办理",
    "{who} has decided and this case has ended; you are no longer needed",
)
NOT_HERE = Sentence(
    "现在处于“{state}”，不能“{action}”", "The case is at “{state}”; “{action}” cannot be taken now"
)
DECIDED = Sentence(
    "您已经办理过（{action}），无需再次办理",
    "You have already decided this ({action}); nothing more is needed",
)
SIGNED_FOR = Sentence(
    "{who}已在此签署，本岗位无需再签", "{who} has signed here; no further signature is needed"
)
SIGNED_THIS = Sentence(
    "{who}已按所写的内容签字，不能再改；不同意请先不签，与其商量，由其拿回后重填",
    "{who} has signed this as it is; ask them to take it back if you disagree",
)
INACTIVE = Sentence("您的账号已停用", "Your account is not active")
ONLY = Sentence("“{action}”由{who}办理", "“{action}” is for: {who}")
NO_SUCH = Sentence("本流程没有“{action}”这一操作", "This process has no action “{action}”")
UNJUDGED = Sentence(
    "条件无法判定，缺少：{names}", "The condition cannot be judged; missing: {names}"
)
ABOUT = Sentence("（说的是您所代的{who}）", " (this is about {who}, for whom you act)")
DECIDED_BY = Sentence(
    "{who}已经办理，这一步不再需要您办理", "{who} has decided; you are no longer needed here"
)
VOTED = Sentence(
    "您在这一步已经办理过，无需再次办理", "You have decided at this step; nothing more is needed"
)
HANDED_ON = Sentence("这件待办已转由{who}办理", "This has been passed on to {who}")
REMOVED = Sentence("您已不是这一步的成员", "You are no longer a member of this step")
RECUSED = Sentence("您已声明回避，不能办理本案的这一步", "You have recused yourself from this step")
SUSPENDED = Sentence(
    "本案已由管理员暂停：{reason}。恢复后才能办理",
    "An administrator has suspended this case: {reason}. It goes on when it is resumed",
)
FILL = Sentence("请填写", "Please fill this in")
OPINION = Sentence("请填写意见", "Please write your opinion")
REASON = Sentence(
    "请写明理由：退回或不同意必须说明原因", "Please give the reason: a return or refusal needs one"
)


@quick
@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules said: the reasons against (none: it may happen), each rule's result, from
    where the person acts, and the open task of theirs that this answers.
    """

    refusals: tuple[Refusal, ...]
    results: tuple[RuleResult, ...] = ()
    standing: Standing | None = None
    mine: Task | None = None


@quick
@dataclass(frozen=True, slots=True)
class Reading:
    """The input of an act as read: the values that changed, the form with them, what could not be
    read, and what was calculated of it.
    """

    values: dict[str, FieldValue]
    form: Form
    refusals: tuple[Refusal, ...] = ()
    worked: tuple[Calculated, ...] = ()
    unworked: frozenset[str] = frozenset()  # the fields of what could not be calculated


def judge_standing(situation: Situation, actor: Actor, action: Action) -> Judgement:
    """The rules that no input can mend, in the order in which a person would ask them."""
    situation = branches.at_action(situation, action)
    closed = _closed_to_all(situation, actor, action)
    if closed is not None:
        return Judgement((closed,))
    standing = _standing_for(situation, actor, action)
    if standing is None:
        return Judgement((_not_theirs(situation, actor, action),))
    mine = tasks.own_task(situation, standing)
    against = _closed_to_them(situation, actor, action, standing, mine)
    if against is not None:
        return Judgement((against,), (), standing, mine)
    conditions = situation.rulebook.closing[action.key]
    if not conditions:
        return Judgement((), (), standing, mine)
    refusals, results = judge_conditions(
        situation, situation.view(actor), conditions, accepted=(), standing=True
    )
    return Judgement(refusals, results, standing, mine)


def where_taken(
    situation: Situation, actor: Actor, action: Action, task: str | None = None
) -> Situation:
    """The situation from which somebody takes an action: of several branches that it leaves, the
    first in which it is open to them.
    """
    if not situation.case.course.branches:
        return situation
    first, *others = branches.all_at_action(situation, action, task)
    if not others:
        return first
    open_ones = (one for one in (first, *others) if not judge_standing(one, actor, action).refusals)
    return next(open_ones, first)


def may_save(situation: Situation, actor: Actor) -> tuple[Standing, tuple[str, ...]] | None:
    """From where somebody may save fields without an action, and which: of the state, and of those
    in which branches stand. None: nothing is theirs to save.
    """
    definition = situation.definition
    if situation.case.course.suspended is not None:
        return None
    found: Standing | None = None
    editable: list[str] = []
    for here in (situation, *branches.beside(situation)):
        state = definition.states[here.case.state]
        standing = standing_of(actor, state.editors, state.key, definition, here.scene)
        if standing is not None:
            found = found or standing
            editable += state.editable
    return None if found is None else (found, tuple(dict.fromkeys(editable)))


def _closed_to_all(situation: Situation, actor: Actor, action: Action) -> Refusal | None:
    """Why nobody may do this now, or this person nothing at all."""
    case = situation.case
    if case.closed_at is not None:
        return _standing(Code.CLOSED, _ended_how(situation, actor), "ended")
    if not situation.rulebook.flow.leads_to(case.state, action.key):
        return not_from_here(situation, actor, action)
    if not is_active(actor, situation.organisation):
        return inactive()
    if case.course.suspended is not None and not actor.is_automatic:
        return suspended(case.course.suspended)
    return None


def _closed_to_them(
    situation: Situation, actor: Actor, action: Action, standing: Standing, mine: Task | None
) -> Refusal | None:
    """Why this person may not, although the post is theirs."""
    duty = separation.against(
        actor, action, standing, situation.case, situation.tasks, situation.definition
    )
    if duty is not None:
        return duty
    waiting = _must_wait(situation, actor, mine) or _promises_open(situation, action)
    if waiting is not None or not action.all_sign:
        return waiting
    signed = tasks.signed_for(situation, action, standing.seat)
    return None if signed is None else _signed_already(situation, action, signed)


def _standing_for(situation: Situation, actor: Actor, action: Action) -> Standing | None:
    """From which seat somebody acts; of several for a joint signature, one that is still to
    sign.
    """
    definition, step, scene = situation.definition, situation.case.state, situation.scene
    if actor.is_automatic and action.key in definition.results:
        return Standing(action.seats[0]) if _result_is(situation, action) else None
    if actor.is_automatic and actor.acting_for is not None:
        return following.standing_of_agreement(situation, actor)
    handed = tasks.handed_task(situation, actor)
    if handed is not None and _is_about(situation, handed, action):
        role = handed.handling.role or handed.address.role
        return Standing(handling.BY_TASK, role, handed.address.department, handed.address)
    panel = definition.states[step].panel
    if action.vote is not None and panel is not None:
        seats = _vacant(situation, panel)
        posts = (standing_of(actor, (seat,), step, definition, scene) for seat in seats)
        # A seat of the panel that somebody else has is no reason to vote beside them.
        return next((one for one in posts if tasks.own_task(situation, one) is not None), None)
    found = _seated(situation, actor, action)
    if found is None:
        return None
    if not action.all_sign and (action.duty or _by_reviewer(action)):
        return _with_work(situation, actor, action, found)
    # What was passed on is no longer decided from where it waited.
    return found if tasks.handed_on(situation, found.address) is None else None


def _by_reviewer(action: Action) -> bool:
    return any(seat.kind is SeatKind.REVIEWER for seat in action.seats)


def _with_work(
    situation: Situation, actor: Actor, action: Action, found: Standing
) -> Standing | None:
    """The seat, or another one of this person, from which there is still something to decide: what
    was passed on, or signed beside others, is decided no more.
    """
    definition, step = situation.definition, situation.case.state
    if not tasks.is_over(situation, found.address):
        return found
    for seat in (*action.seats, *definition.duties_of(step)):
        other = standing_of(actor, (seat,), step, definition, situation.scene)
        if other is not None and not tasks.is_over(situation, other.address):
            return other
    return None


def _seated(situation: Situation, actor: Actor, action: Action) -> Standing | None:
    definition, step, scene = situation.definition, situation.case.state, situation.scene
    if action.all_sign:
        waiting = tuple(s for s in action.seats if tasks.signed_for(situation, action, s) is None)
        found = standing_of(actor, waiting, step, definition, scene)
        if found is not None:
            return found
    return standing_of(actor, action.seats, step, definition, scene)


def _is_about(situation: Situation, handed: Task, action: Action) -> bool:
    """Whether an action is what a task is about that somebody has by name: a vote, whatever
    `reviewer` takes, or what its post takes from whom it came.
    """
    kinds = {seat.kind for seat in action.seats}
    if action.vote is not None or SeatKind.REVIEWER in kinds:
        return True
    return action.duty and tasks.came_from(situation, handed, action.seats)


def _vacant(situation: Situation, panel: Panel) -> tuple[Seat, ...]:
    """The seats of a panel in which nobody could sit when it was called."""
    here = panels.seats_of(situation, situation.open_tasks)
    empty = any(task.address.person is None for task in here)
    return (*panel.members, *panel.replace) if empty else ()


def _result_is(situation: Situation, action: Action) -> bool:
    """Whether the engine may take the action that carries out a panel's result, or a join."""
    state = situation.definition.states[situation.case.state]
    if state.parallel is not None and state.parallel.then == action.key:
        return branches.is_joined(situation.definition, branches.whole_case(situation))
    result = panels.outcome_here(situation, situation.tasks)
    if state.panel is None or result is None:
        return False
    wanted = state.panel.passed if result is panels.Result.PASSED else state.panel.failed
    return wanted == action.key


def _not_theirs(situation: Situation, actor: Actor, action: Action) -> Refusal:
    """Why this person has nothing to decide here: done already, passed on, or never theirs."""
    mine = actor.acting_for or actor.id
    here = situation.here
    voted = any(
        {task.closed_by, task.closed_for} & {actor.id, mine}
        and task.closed_as in situation.definition.actions
        for task in here
    )
    if voted:
        return _standing(Code.ALREADY_DECIDED, VOTED, "decided", action.clauses)
    found = _seated(situation, actor, action)
    gone = None if found is None else tasks.handed_on(situation, found.address)
    gone = gone or next((t for t in here if t.address.person == mine and is_of_step(t)), None)
    if gone is not None and gone.closed_as == TaskEnd.SIGNED_ELSEWHERE:
        case, definition = situation.case, situation.definition
        signed = separation.signed_already(actor, action, case, situation.tasks, definition)
        if signed is not None:
            return signed
    left = None if gone is None else _left(situation, here, gone)
    if left is not None:
        return _standing(Code.NOT_PERMITTED, left, "left", action.clauses)
    return not_permitted(situation, action)


_LEFT: Mapping[str, Sentence] = {TaskEnd.RECUSED: RECUSED, TaskEnd.REMOVED: REMOVED}


def _left(situation: Situation, here: Iterable[Task], gone: Task) -> Sentence | None:
    """Why somebody who had a task of this step has it no longer."""
    simply = _LEFT.get(gone.closed_as or "")
    if simply is not None:
        return simply
    after = next((task for task in here if task.handling.origin == gone.id), None)
    if gone.closed_as not in panels.HANDED_ON or after is None or after.address.person is None:
        return None
    return HANDED_ON.filled(who=situation.organisation.person_name(after.address.person))


def _must_wait(situation: Situation, actor: Actor, mine: Task | None) -> Refusal | None:
    """Why it is not (or no longer) this person's turn, though the task is there."""
    if mine is None:
        return None
    # A conflict of interest is the person's: it binds them in every post that they hold here.
    if not {actor.id, actor.acting_for}.isdisjoint(handling.recused_here(situation)):
        return _standing(Code.NOT_PERMITTED, RECUSED, "recused")
    if mine.handling.held:
        return handling.held_back(situation, mine)
    return handling.claimed_by_other(situation, mine, actor)


def _promises_open(situation: Situation, action: Action) -> Refusal | None:
    """An approval does not end a case while a condition of it is open."""
    target = situation.definition.states.get(action.target)
    if target is None or not target.final or action.tone != "forward":
        return None
    still = [t for t in situation.open_tasks if t.handling.kind is TaskKind.PROMISE]
    if not still:
        return None
    what = "；".join(task.handling.subject for task in still)
    because = handling.PROMISED.filled(what=what)
    return _standing(Code.CONDITION_NOT_MET, because, "promises", action.clauses)


def suspended(reason: str) -> Refusal:
    """Nothing is done on a case while an administrator has stopped it."""
    return _standing(Code.CONDITION_NOT_MET, SUSPENDED.filled(reason=reason), "suspended")


def _signed_already(situation: Situation, action: Action, signed: Task) -> Refusal:
    who = situation.organisation.person_name(signed.closed_by or "")
    because = SIGNED_FOR.filled(who=who)
    return _standing(Code.ALREADY_DECIDED, because, "signed_for", action.clauses)


def judge_input(situation: Situation, action: Action, reading: Reading, view: View) -> Judgement:
    """The rules that the person's input decides: every problem at once. `view` shows it all."""
    rulebook = situation.rulebook
    accepted = rulebook.accepted[action.key]
    unreadable = {r.field for r in reading.refusals} | reading.unworked
    missing = missing_fields(situation, view, action.key, unreadable)
    conditions = rulebook.asking[action.key]
    already = unreadable | {r.field for r in missing}
    refused, results = judge_conditions(situation, view, conditions, accepted, already)
    refusals = [*refused, *reading.refusals, *missing, *_unreadable_words(action, view)]
    refusals += signed_otherwise(situation, action, reading.values)
    if action.opinion is OpinionRule.REQUIRED and not view.opinion:
        because = OPINION if action.tone == "forward" else REASON
        refusals.append(Refusal(Code.OPINION_REQUIRED, because, action.clauses, rule="opinion"))
    return Judgement(tuple(refusals), results)


def signed_otherwise(
    situation: Situation, action: Action, values: Mapping[str, FieldValue]
) -> Iterable[Refusal]:
    """What a joint signature of this visit was given for stays as it is: all sign the same."""
    if not action.all_sign:
        return
    signed = next((t for t in situation.here if t.closed_as == action.key and is_of_step(t)), None)
    if signed is None:
        return
    before = situation.case.form
    because = SIGNED_THIS.filled(who=situation.organisation.person_name(signed.closed_by or ""))
    for key, value in values.items():
        if is_given(before.get(key)) and value != before[key]:
            yield Refusal(Code.INVALID_FORM, because, action.clauses, field=key, rule=f"form.{key}")


def _unreadable_words(action: Action, view: View) -> Iterable[Refusal]:
    """What is wrong with words that go into no field: they stay in the ledger all the same."""
    for words in (view.opinion if action.opinion_field is None else "", view.target):
        problem = words_problem(words) if words else None
        if problem is not None:
            yield Refusal(Code.INVALID_FORM, problem, rule="opinion")


def read(situation: Situation, act: str, answers: dict[str, object]) -> Reading:
    """Read the answers of an act against the fields that it accepts."""
    definition = situation.definition
    accepted = situation.rulebook.accepted[act]
    values, refusals = read_answers(definition.form, accepted, answers)
    form = {**situation.case.form, **values}
    unread = unfit(situation, values, form, act)
    refusals = (*refusals, *outsiders(situation, values, form), *unread)
    for refusal in refusals:
        # An unreadable answer is no answer: rules must not judge the old value. A field that the
        # act does not take keeps its own.
        if refusal.field in accepted:
            form.pop(refusal.field, None)
    return Reading(values, form, refusals)


def missing_fields(
    situation: Situation, view: View, act: str, skip: Iterable[str | None] = ()
) -> tuple[Refusal, ...]:
    """A refusal for each field that must be filled for the act and is not."""
    required = situation.rulebook.required[act]
    if not required:
        return ()
    found = []
    skipped = set(skip)
    for line, requirement in required:
        if line.key in skipped or is_given(view.form.get(line.key)):
            continue
        if requirement.when is not None:
            applies = view.evaluate(situation.rulebook.ready(requirement.when))
            if applies is not True:
                continue
        clauses = requirement.clauses or line.clauses
        found.append(
            Refusal(Code.INVALID_FORM, FILL, clauses, field=line.key, rule=f"form.{line.key}")
        )
        skipped.add(line.key)
    return tuple(found)


def judge_conditions(
    situation: Situation,
    view: View,
    conditions: Collection[Condition],
    accepted: Iterable[str],
    already_named: Iterable[str | None] = (),
    standing: bool = False,
) -> tuple[tuple[Refusal, ...], tuple[RuleResult, ...]]:
    """Judge conditions in a view.

    One that cannot be judged fails closed: at the fields that the person can fill, if there are
    any.
    """
    if not conditions:
        return (), ()
    refusals: list[Refusal] = []
    results: list[RuleResult] = []
    named = set(already_named)
    can_fill = set(accepted)
    for condition in conditions:
        value = view.evaluate(situation.rulebook.ready(condition.when))
        holds = None if isinstance(value, Unevaluable) else value is True
        results.append(RuleResult(condition.name, holds, condition.clauses))
        if holds:
            continue
        if isinstance(value, Unevaluable):
            wanting = fields_of(situation, view, value)
            if wanting & named:
                continue  # its field is already asked for
            askable = wanting & can_fill
            refusals += [
                Refusal(Code.INVALID_FORM, FILL, condition.clauses, field=key, rule=condition.name)
                for key in sorted(askable)
            ]
            named |= askable
            if askable:
                continue
        unmet = _unmet(situation, view, condition, value, standing)
        if not isinstance(value, Unevaluable):
            unmet = replace(unmet, field=_field_to_mend(situation, condition, can_fill))
        refusals.append(unmet)
    return tuple(refusals), tuple(results)


def _field_to_mend(
    situation: Situation, condition: Condition, fillable: Collection[str]
) -> str | None:
    """The field at which an unmet condition is told as well: one that it reads and that the person
    can fill; of a few, the one that comes last in the form.
    """
    names = situation.rulebook.ready(condition.when).names
    read = {path[1] for name in names if (path := name.split("."))[0] in _READ_OF_FIELDS}
    found = [key for key in situation.definition.form if key in read and key in fillable]
    return found[-1] if 1 <= len(found) <= _FEW else None


#: Beside more fields than these nobody would know which one is meant.
_FEW = 3


def _unmet(
    situation: Situation, view: View, condition: Condition, value: object, standing: bool
) -> Refusal:
    because = condition.otherwise
    if isinstance(value, Unevaluable):
        names_zh, names_en = labels(situation.definition, value)
        missing = UNJUDGED.filled(names="")
        because = Sentence(
            f"{because.zh}（{missing.zh}{names_zh}）", f"{because.en} ({missing.en}{names_en})"
        )
    elif _is_of_principal(situation, view, condition):
        who = ABOUT.filled(who=situation.organisation.person_name(view.actor.acting_for or ""))
        because = Sentence(f"{because.zh}{who.zh}", f"{because.en}{who.en}")
    cases = situation.fact_cases.get(condition.names_cases or "", ())
    return Refusal(
        Code.CONDITION_NOT_MET,
        because,
        condition.clauses,
        rule=condition.name,
        cases=cases,
        standing=standing,
    )


def _is_of_principal(situation: Situation, view: View, condition: Condition) -> bool:
    """Whether a delegate would pass in their own name: then it is the other whom it keeps out."""
    ready = situation.rulebook.ready(condition.when)
    if view.actor.acting_for is None or ready.asked is not Asked.BOTH:
        return False
    return replace(view, actor=replace(view.actor, acting_for=None)).evaluate(ready) is True


def fields_of(situation: Situation, view: View, value: Unevaluable) -> set[str]:
    """The unfilled fields for want of which a condition cannot be judged.

    A fact that is not known is not known because the fields that it is looked up by are not filled.
    """
    names = set(value.names)
    for key, fact in situation.definition.facts.items():
        if f"facts.{key}" in names:
            for expression in fact.sought:
                names |= situation.rulebook.ready(expression).names
    wanted = (name.split(".") for name in names)
    return {
        path[1] for path in wanted if path[0] in _OF_FIELDS and not is_given(view.form.get(path[1]))
    }


#: Names that have no value while their field is not filled.
_OF_FIELDS = frozenset({"form", "day", "department", "roles", "month", "first_day", "last_day"})
#: Names that are read of a field, filled or not.
_READ_OF_FIELDS = _OF_FIELDS | {"given"}


def labels(definition: Definition, value: Unevaluable) -> tuple[str, str]:
    """What people call the names that have no value, in both languages."""
    zh, en = [], []
    for name in value.names:
        line = definition.form.get(name.partition(".")[2])
        zh.append(name if line is None else line.label.zh)
        en.append(name if line is None else line.label.en)
    return "、".join(zh), ", ".join(en)


def not_from_here(situation: Situation, actor: Actor, action: Action) -> Refusal:
    """Why an action is none of the present state's: this person took it already, or it is not its
    turn.
    """
    case, definition = situation.case, situation.definition
    name = action.name
    for task in reversed(situation.tasks):
        mine = actor.id in (task.closed_by, task.closed_for)
        if mine and task.closed_as == action.key and task.round == case.round:
            because = Sentence(DECIDED.zh.format(action=name.zh), DECIDED.en.format(action=name.en))
            return _standing(Code.ALREADY_DECIDED, because, "decided", action.clauses)
    decider = _decided_without(situation, actor, action)
    if decider is not None:
        because = DECIDED_BY.filled(who=situation.organisation.person_name(decider))
        return _standing(Code.ALREADY_DECIDED, because, "decided", action.clauses)
    state = definition.states[case.state].name
    because = Sentence(
        NOT_HERE.zh.format(state=state.zh, action=name.zh),
        NOT_HERE.en.format(state=state.en, action=name.en),
    )
    return _standing(Code.UNKNOWN_ACTION, because, "not_here", action.clauses)


def _ended_how(situation: Situation, actor: Actor) -> Sentence:
    """That a case has ended; to a member who was not heard, by whose decision."""
    for task in reversed(situation.tasks):
        mine = task.address.person in (actor.id, actor.acting_for)
        if mine and task.closed_as == TaskEnd.NOT_NEEDED and task.closed_by is not None:
            who = situation.organisation.person_name(task.closed_by)
            return ENDED_BY.filled(who=who)
    return ENDED


def _decided_without(situation: Situation, actor: Actor, action: Action) -> str | None:
    """Who decided a panel before this member could."""
    for task in reversed(situation.tasks):
        mine = task.address.person in (actor.id, actor.acting_for)
        if mine and task.step in action.sources and task.round == situation.case.round:
            return task.closed_by if task.closed_as == TaskEnd.NOT_NEEDED else None
    return None


def inactive() -> Refusal:
    """Whoever has left, or never was here, may do nothing."""
    return _standing(Code.NOT_PERMITTED, INACTIVE, "inactive")


def unknown_action(key: str) -> Refusal:
    """The process has no such action at all."""
    return _standing(Code.UNKNOWN_ACTION, NO_SUCH.filled(action=key), "unknown")


def not_permitted(situation: Situation, action: Action) -> Refusal:
    """Who could have taken it instead."""
    who = seats_in_words(situation, action.seats)
    because = Sentence(
        ONLY.zh.format(action=action.name.zh, who=who.zh),
        ONLY.en.format(action=action.name.en, who=who.en),
    )
    return _standing(Code.NOT_PERMITTED, because, "post", action.clauses)


def seats_in_words(situation: Situation, seats: Iterable[Seat]) -> Sentence:
    """Who a list of seats means, for people."""
    zh: list[str] = []
    en: list[str] = []
    for seat in seats:
        if seat.kind is SeatKind.REVIEWER:
            words = seats_in_words(situation, _reviewers(situation))
        else:
            words = _seat_in_words(situation, seat)
        zh.append(words.zh)
        en.append(words.en)
    return Sentence("、".join(dict.fromkeys(zh)), ", ".join(dict.fromkeys(en)))


def _reviewers(situation: Situation) -> tuple[Seat, ...]:
    step = situation.definition.states[situation.case.state]
    members = () if step.panel is None else step.panel.members
    return (*members, *situation.definition.duties_of(step.key))


_KINDS = {
    SeatKind.APPLICANT: Sentence("申请人", "the applicant"),
    SeatKind.TIMER: Sentence("系统计时", "the clock"),
    SeatKind.SYSTEM: Sentence("系统", "the system"),
    SeatKind.PERSON: Sentence("表单指定的人", "the person named in the form"),
}
_SCOPES = {
    Scope.APPLICANT: Sentence("申请科室", "of the applying department"),
    Scope.CASE: Sentence("本案科室", "of the case's department"),
    Scope.PARENT: Sentence("上级案件科室", "of the parent case's department"),
    Scope.FORM: Sentence("表单所列科室", "of the department in the form"),
}
_HEAD = Sentence("{scope}的负责人", "the head {scope}")
_HEAD_ABOVE = Sentence("{scope}往上第{level}级负责人", "the head on level {level} {scope}")
_ON_DUTY = Sentence("{roster}的值班人员", "whoever is on duty ({roster})")


def _seat_in_words(situation: Situation, seat: Seat) -> Sentence:
    if seat.kind in _KINDS:
        return _KINDS[seat.kind]
    if seat.kind is SeatKind.ROSTER:
        known = situation.organisation.rosters.get(seat.roster or "")
        return _ON_DUTY.filled(roster=seat.roster if known is None else known.name)
    role = situation.rulebook.role_name(seat.role or "")
    if seat.scope is Scope.ANY:
        return role
    scope = _scope_in_words(situation, seat)
    if seat.kind in (SeatKind.HEAD, SeatKind.HEADS):
        words = _HEAD if seat.levels == 1 else _HEAD_ABOVE
        return Sentence(
            words.zh.format(scope=scope.zh, level=seat.levels),
            words.en.format(scope=scope.en, level=seat.levels),
        )
    return Sentence(f"{scope.zh}的{role.zh}", f"{role.en} {scope.en}")


def _scope_in_words(situation: Situation, seat: Seat) -> Sentence:
    if seat.scope is not Scope.STEP:
        return _SCOPES[seat.scope]
    step = situation.definition.states[seat.step or ""].name
    return Sentence(
        f"办理“{step.zh}”的人所在科室", f"of the department of whoever decided “{step.en}”"
    )


def judge_opening(situation: Situation, actor: Actor, reading: Reading) -> Judgement:
    """May this person open a case of this process with this form?"""
    definition = situation.definition
    if not is_active(actor, situation.organisation):
        return Judgement((inactive(),))
    standing = None
    if not actor.is_automatic:
        standing = standing_of(
            actor, definition.opening.seats, situation.case.state, definition, situation.scene
        )
        if standing is None:
            who = seats_in_words(situation, definition.opening.seats)
            because = Sentence(
                f"“{definition.name.zh}”由{who.zh}发起",
                f"“{definition.name.en}” is opened by: {who.en}",
            )
            clauses = definition.opening.clauses
            return Judgement((_standing(Code.NOT_PERMITTED, because, "post", clauses),))
    view = situation.view(actor, reading.form)
    unreadable = {r.field for r in reading.refusals} | reading.unworked
    missing = missing_fields(situation, view, OPENING, unreadable)
    already = unreadable | {r.field for r in missing}
    accepted = situation.rulebook.accepted[OPENING]
    refused, results = judge_conditions(
        situation, view, definition.opening.conditions, accepted, already
    )
    return Judgement((*refused, *reading.refusals, *missing), results, standing)


def _standing(code: Code, because: Sentence, rule: str, clauses: tuple[str, ...] = ()) -> Refusal:
    return Refusal(code, because, clauses, rule=rule, standing=True)
