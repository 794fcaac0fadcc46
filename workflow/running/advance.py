"""The core: one act on one case, in; everything that follows, or every reason against it, out.

Pure functions. Time, ids, people and facts arrive as arguments, so a test is three lines and a
replay gives the same answer. Each act makes exactly one ledger line; a refusal too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from workflow.conditions.language import Value
from workflow.conditions.values import View, stored
from workflow.design.deadlines import DeadlineRule
from workflow.design.definition import OF_PARENT, TITLE_PLACE, Action, OpinionRule
from workflow.design.effects import Notify, TellUsers
from workflow.design.engine_rules import NOT_BY_HAND
from workflow.design.form import Field
from workflow.design.form_rules import OPENING
from workflow.making import quick, replace
from workflow.nouns import (
    OPENED,
    TIMER,
    Actor,
    Case,
    Deadline,
    Decision,
    FieldValue,
    Form,
    Notice,
    Opening,
    Task,
    Topic,
)
from workflow.people.eligibility import Scene, address_of, is_active
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.running import (
    branches,
    handling,
    panels,
    returning,
    rows,
    tasks,
    unseating,
    urging,
)
from workflow.running import deadlines as clocks
from workflow.running.answers import read_answers
from workflow.running.calculating import with_calculations, with_formulas
from workflow.running.choosing import outsiders
from workflow.running.effects import (
    Consequences,
    notices,
    notices_to,
    users_not_told,
    work_out,
)
from workflow.running.governing import unfit
from workflow.running.judging import (
    Judgement,
    Reading,
    inactive,
    judge_input,
    judge_opening,
    judge_standing,
    may_save,
    not_from_here,
    read,
    signed_otherwise,
    suspended,
    unknown_action,
    where_taken,
)
from workflow.running.lines import (
    SCHEDULE_MISSED,
    Act,
    After,
    Sizes,
    outcome_of,
    reminder_of,
    request_digest,
)
from workflow.running.machine import NoTransition
from workflow.running.outcome import Outcome
from workflow.running.rulebook import SAVE
from workflow.running.situation import Ids, Situation

#: True of whoever it was: a colleague, the clock, or the person themselves on another page.
CHANGED = Sentence(
    "您打开页面以后，本案又有了变动，请看最新情况后再决定",
    "This case has changed since you opened the page; look at it again, then decide",
)
NO_EDIT = Sentence(
    "“{state}”阶段不能直接修改表单", "At “{state}” the form cannot be changed directly"
)
ENDED = Sentence("本案已办结，不能再修改", "This case has ended; nothing can be changed any more")
NO_ENTRY = Sentence("不能从“{state}”开始", "A case cannot be opened at “{state}”")


def advance(situation: Situation, decision: Decision, ids: Ids) -> Outcome | Refused:
    """Take an action on a case.

    Refuses with every reason at once: the version that the person saw is no longer the case's
    (conflict, or their own decision is already made), the rules of standing, or the rules of
    input.
    """
    action = situation.definition.actions.get(decision.action)
    if action is None:
        return Refused.of([unknown_action(decision.action)])
    stale = _stale(situation, decision, action)
    if stale is not None:
        return Refused.of([stale])
    situation = where_taken(situation, decision.actor, action, decision.task)
    if not situation.rulebook.flow.leads_to(situation.case.state, action.key):
        # Whether the case has ended, or the person took it before, says more than "not here"; what
        # was said with it is not even read.
        return Refused.of(judge_standing(situation, decision.actor, action).refusals)
    opinion, answers = opinion_of(action, decision)
    wanted, against = returning.promises_in(action, answers)
    of_rows = rows.rows_in(situation, action, answers)
    reading = _with_problems(read(situation, action.key, answers), against)
    reading = _calculated(situation, action.key, reading, decision.actor, opinion, decision.target)
    view = situation.view(decision.actor, reading.form, opinion, decision.target)
    judged = _Judged(situation, action, reading, view)
    aim = returning.aim_of(situation, action, decision.target)
    if isinstance(aim, Refusal):
        standing = judge_standing(situation, decision.actor, action)
        return Refused.of((*standing.refusals, aim) if standing.refusals else (aim,))
    try:
        target = situation.rulebook.flow.move(situation.case.state, action.key, judged, aim)
    except NoTransition:
        return Refused.of(judge_standing(situation, decision.actor, action).refusals)
    if target is None:
        return Refused.of(judged.judgement.refusals)
    mine = judged.judgement.mine
    said = rows.said_of_rows(situation, action, mine, of_rows, reading.form)
    if said.refusals:
        return Refused.of(said.refusals)
    act = Act(
        situation=situation,
        actor=decision.actor,
        event=action.key,
        key=decision.key,
        ids=ids,
        standing=judged.judgement.standing,
        results=judged.judgement.results,
        opinion=opinion,
        target=decision.target,
        attachments=decision.attachments,
        request=request_digest(decision),
        promises=wanted,
        calculated=reading.worked,
    )
    return _taken(act, action, target, _with_rows(reading, said), view, mine)


def _with_rows(reading: Reading, said: rows.Said) -> Reading:
    return replace(reading, form={**reading.form, **said.form}) if said.form else reading


def _with_problems(reading: Reading, against: tuple[Refusal, ...]) -> Reading:
    return replace(reading, refusals=(*reading.refusals, *against)) if against else reading


def _calculated(
    situation: Situation,
    act: str,
    reading: Reading,
    actor: Actor,
    opinion: str = "",
    target: str | None = None,
) -> Reading:
    """The reading with everything that is worked out with an act, if anything is."""
    if not situation.rulebook.formulas and not situation.definition.calculations_at(act):
        return reading
    view = situation.view(actor, reading.form, opinion, target)
    return with_calculations(situation, act, reading, view)


_UNJUDGED = Judgement(())


class _Judged:
    """What the machine asks before it moves: both halves of the judgement, kept for the answer."""

    def __init__(
        self,
        situation: Situation,
        action: Action,
        reading: Reading,
        view: View,
    ) -> None:
        self._arguments = (situation, action, reading, view)
        self.judgement = _UNJUDGED

    def __call__(self) -> bool:
        situation, action, reading, view = self._arguments
        standing = judge_standing(situation, view.actor, action)
        self.judgement = standing
        if [r for r in standing.refusals if r.code is not Code.CONDITION_NOT_MET]:
            return False
        asked = judge_input(situation, action, reading, view)
        if asked.refusals or asked.results:
            self.judgement = Judgement(
                (*standing.refusals, *asked.refusals),
                (*standing.results, *asked.results),
                standing.standing,
                standing.mine,
            )
        return not self.judgement.refusals


def opinion_of(action: Action, decision: Decision) -> tuple[str, dict[str, object]]:
    """The words of a decision, and its other answers: the form field of the opinion may carry
    them as well.
    """
    answers = dict(decision.answers)
    opinion = decision.opinion.strip()
    if action.opinion_field is not None and action.opinion is not OpinionRule.NONE:
        typed = answers.pop(action.opinion_field, None)
        opinion = opinion or (str(typed).strip() if typed is not None else "")
        if opinion:
            answers[action.opinion_field] = opinion
    return opinion, answers


def _stale(situation: Situation, decision: Decision, action: Action) -> Refusal | None:
    case = situation.case
    if decision.seen_version is None or decision.seen_version == case.version:
        return None
    if case.closed_at is None or not situation.rulebook.flow.leads_to(case.state, action.key):
        for task in situation.tasks:
            if (
                task.closed_as == action.key
                and task.closed_by == decision.actor.id
                and task.round == case.round
            ):
                return not_from_here(situation, decision.actor, action)
    return Refusal(Code.CONFLICT, CHANGED, rule="version", standing=True)


def _taken(
    act: Act,
    action: Action,
    target: str,
    reading: Reading,
    view: View,
    mine: Task | None,
    fired: str | None = None,
) -> Outcome:
    situation = act.situation
    case = situation.case
    waiting = tasks.others_must_sign(situation, action, mine)
    if waiting:
        target = case.state
    moves = target != case.state
    closed = tasks.closed_by(situation, act.actor, action, mine, target, moves=moves, waits=waiting)
    freed = tasks.freed(situation, mine) if waiting else ()
    if view.form is not reading.form:
        view = replace(view, form=reading.form)
    effects = (
        Consequences()
        if waiting
        else work_out(situation, view, action.effects, case.seq + 1, act.ids)
    )
    form = {**reading.form, **effects.form}
    after = replace(
        case,
        state=target,
        form=form,
        version=case.version + 1,
        round=case.round + 1 if action.new_round and not waiting else case.round,
        entered_at=situation.now if moves else case.entered_at,
        closed_at=situation.now if situation.definition.states[target].final else None,
        title=title_of(situation, form),
        course=returning.course_after(situation, action, target),
    )
    more = tasks.promised(situation, action, target, act.promises, act.ids) if act.promises else ()
    step = Step(action.key, closed, entered=moves, fired=fired, freed=freed, more=more)
    return outcome_of(act, _settled(act, after, effects, step))


@quick
@dataclass(frozen=True, slots=True)
class Step:
    """What an act has done to the tasks, and whether the case has come to another step.

    `kind` is what notices are about. `fired`: the key of the clock whose expiry is the act.
    `freed` are tasks whose turn has come, `more` are opened beside those of a step.
    """

    kind: str
    closed: tuple[Task, ...] = ()
    entered: bool = False
    fired: str | None = None
    freed: tuple[Task, ...] = ()
    more: tuple[Task, ...] = ()


def _settled(act: Act, case: Case, effects: Consequences, step: Step) -> After:
    """Bring tasks, clocks and notices into line with the case as the act leaves it."""
    closed, freed, entered = step.closed, step.freed, step.entered
    definition = act.situation.definition
    starts = branches.starts_of(definition, case.state) if entered else ()
    for state in (case.state, *starts) if entered else ():
        anew = rows.called_anew(definition, state, case.form)
        if anew is not case.form:
            case = replace(case, form=anew)
    situation = replace(act.situation, case=case)
    view = situation.view(act.actor, case.form, act.opinion, act.target)
    inside = not entered or branches.stays_inside(situation, case.state)
    turned = clocks.turn(
        situation.rulebook,
        view,
        case.state,
        situation.deadlines,
        act.ids,
        entered,
        fired=step.fired,
        rules=branches.clocks_of(situation) if inside else None,
    )
    others = tuple(branches.beside(situation)) if inside else ()
    for other in others:
        turned += _turned_beside(act, other)
    running = clocks.merged(situation.deadlines, turned)
    due = clocks.earliest(situation.rulebook, case.state, running)
    history = tasks.merged(situation.tasks, closed)
    if not entered:
        as_it_is = tasks.merged(history, (*freed, *step.more))
        settled = panels.settled(situation, as_it_is, act.actor.id)
        closed, freed = (*closed, *settled.closed), (*freed, *settled.changed)
        history = tasks.merged(history, (*settled.closed, *freed))
    remaining = [task for task in history if task.is_open]
    # What work waits for and of whom a notice tells may hang on who has just decided. People and
    # day are still those by which the act was judged.
    scene = replace(act.situation.scene, case=case, tasks=history)
    opened = tasks.tasks_for(situation, history, due, act.ids, scene) if entered else ()
    missed = clocks.missed(situation.rulebook, case.state, running)
    if missed is not None:
        opened = tuple(replace(task, overdue=True, due_at=missed) for task in opened)
    changed = {task.id: task for task in freed}
    # Of every branch: whoever signs in one may no longer decide in another.
    for here in (situation, *others) if remaining else ():
        due = clocks.earliest(situation.rulebook, here.case.state, running)
        up = tasks.brought_up(here, remaining, history, due)
        changed.update({task.id: task for task in up})
    begun: tuple[Task, ...] = ()
    if starts:
        begun, turned = _with_branches(act, situation, starts, closed, turned)
    waiting = (*opened, *begun) if entered else branches.work_here(situation, remaining)
    sent = _told(act, situation, effects, step, waiting, scene)
    opened = (*opened, *step.more, *begun)
    return After(case, opened, closed, tuple(changed.values()), turned, effects, sent)


def _told(
    act: Act,
    situation: Situation,
    effects: Consequences,
    step: Step,
    waiting: tuple[Task, ...],
    scene: Scene,
) -> tuple[Notice, ...]:
    """The notices of an act; whoever works by what it puts in force hears once."""
    by_timer = act.actor.id == TIMER
    sent = notices(situation, effects.notify, step.kind, waiting, act.ids, scene, by_timer=by_timer)
    if not effects.users:
        return sent
    users = users_not_told(situation, effects.users, sent)
    return (*sent, *notices_to(situation, users, step.kind, act.ids, Topic.COPY))


def _turned_beside(act: Act, other: Situation) -> tuple[Deadline, ...]:
    """The clocks of another branch, which may look at what an act has changed of the case."""
    return clocks.turn(
        other.rulebook,
        other.view(act.actor),
        other.case.state,
        other.deadlines,
        act.ids,
        entered=False,
        rules=branches.clocks_of(other),
    )


def _with_branches(
    act: Act,
    situation: Situation,
    starts: tuple[str, ...],
    closed: tuple[Task, ...],
    turned: tuple[Deadline, ...],
) -> tuple[tuple[Task, ...], tuple[Deadline, ...]]:
    """The tasks of the branches that begin with the state that was entered; the clocks that have
    turned, with theirs.
    """
    opened: tuple[Task, ...] = ()
    for start in starts:
        inside = branches.beginning(situation, start)
        begun = clocks.turn(
            inside.rulebook,
            inside.view(act.actor),
            start,
            clocks.merged(situation.deadlines, turned),
            act.ids,
            entered=True,
            rules=branches.clocks_of(inside),
        )
        due = clocks.earliest(inside.rulebook, start, begun)
        history = tasks.merged(situation.tasks, closed)
        scene = replace(inside.scene, tasks=history)
        opened += tasks.tasks_for(inside, history, due, act.ids, scene)
        turned += begun
    return opened, turned


# ---- what is done with tasks besides deciding
# ----------------------------------------------------------


def handle(situation: Situation, decision: Decision, ids: Ids) -> Outcome | Refused:
    """Do something with a task that does not decide its step (`workflow.running.handling`)."""
    closed = closed_to_handling(situation, decision)
    if closed is not None:
        return Refused.of([closed])
    return _carried_out(situation, decision, handling.judge_handling(situation, decision, ids), ids)


def unseat(situation: Situation, decision: Decision, ids: Ids) -> Outcome | Refused:
    """The engine takes from somebody what they may no longer decide; no person can
    (`workflow.running.unseating`).
    """
    task = next(unseating.unusable(situation), None)
    if task is None or not decision.actor.is_automatic:
        return Refused.of([unknown_action(decision.action)])
    decision = replace(decision, opinion="", target=task.address.person)
    return _carried_out(
        situation, decision, unseating.unseated(situation, decision, task, ids), ids
    )


def _carried_out(
    situation: Situation, decision: Decision, judged: handling.Judged, ids: Ids
) -> Outcome | Refused:
    if judged.situation is None:
        return Refused.of(judged.refusals)
    act = Act(
        situation=judged.situation,
        actor=decision.actor,
        event=decision.action,
        key=decision.key,
        ids=ids,
        standing=judged.standing,
        opinion=decision.opinion.strip(),
        target=decision.target,
        attachments=decision.attachments,
        request=request_digest(decision),
    )
    case = replace(judged.situation.case, version=situation.case.version + 1)
    moves = judged.moves
    act = replace(act, members=_members_changed(judged.situation, act.event, moves))
    step = Step(decision.action, moves.closed, freed=moves.changed, more=moves.opened)
    after = _settled(act, case, Consequences(), step)
    told = notices_to(judged.situation, moves.told, decision.action, ids)
    return outcome_of(act, replace(after, notices=(*after.notices, *told)))


def _members_changed(situation: Situation, act: str, moves: handling.Moves) -> Sizes | None:
    """How many sat in the panel before and after; None for an act that is not about that."""
    if act not in handling.ABOUT_MEMBERS or panels.panel_here(situation) is None:
        return None
    after = tasks.merged(situation.tasks, (*moves.closed, *moves.changed, *moves.opened))
    return (
        len(panels.ballots_of(situation, situation.tasks)),
        len(panels.ballots_of(situation, after)),
    )


def urge(
    situation: Situation, decision: Decision, earlier: Sequence[datetime], ids: Ids
) -> Outcome | Refused:
    """The applicant asks for haste: a line and notices, and nothing moves.

    No decision: the version stays, so nobody's open page grows old by it.
    """
    closed = closed_to_handling(situation, replace(decision, seen_version=None))
    refusal = closed or urging.urge_refusal(situation, decision, earlier)
    if refusal is not None:
        return Refused.of([refusal])
    act = Act(
        situation=situation,
        actor=decision.actor,
        event=decision.action,
        key=decision.key,
        ids=ids,
        opinion=decision.opinion.strip(),
        request=request_digest(decision),
    )
    return outcome_of(act, After(situation.case, notices=urging.urge_notices(situation, ids)))


def closed_to_handling(situation: Situation, decision: Decision) -> Refusal | None:
    """Why nobody may do anything with the tasks of this case, or this person nothing at all."""
    case = situation.case
    if case.closed_at is not None:
        return Refusal(Code.CLOSED, ENDED, rule="ended", standing=True)
    if decision.seen_version not in (None, case.version):
        claimed = handling.claimed_meanwhile(situation, decision)
        return claimed or Refusal(Code.CONFLICT, CHANGED, rule="version", standing=True)
    if not is_active(decision.actor, situation.organisation):
        return inactive()
    if case.course.suspended is not None:
        return suspended(case.course.suspended)
    return None


# ---- opening
# ----------------------------------------------------------------------------------------------


def open_case(
    situation: Situation,
    opening: Opening,
    ids: Ids,
    values: Mapping[str, Value] | None = None,
) -> Outcome | Refused:
    """Open a case.

    `situation.case` is the blank case (see `blank_case`); `values` are typed fields given by an
    effect.
    """
    definition = situation.definition
    if situation.case.state not in definition.entries:
        state = definition.states.get(situation.case.state)
        name = situation.case.state if state is None else state.name.zh
        because = NO_ENTRY.filled(state=name)
        return Refused.of([Refusal(Code.UNKNOWN_ACTION, because, rule="entry", standing=True)])
    given = given_at_opening(situation, values)
    answers = {key: raw for key, raw in opening.answers.items() if key not in given}
    reading = read(situation, OPENING, answers)
    reading = Reading({**reading.values, **given}, {**reading.form, **given}, reading.refusals)
    reading = _calculated(situation, OPENING, reading, opening.actor)
    judged = judge_opening(situation, opening.actor, reading)
    if judged.refusals:
        return Refused.of(judged.refusals)
    act = Act(
        situation=situation,
        actor=opening.actor,
        event=OPENED,
        opens=True,
        key=opening.key,
        ids=ids,
        standing=judged.standing,
        results=judged.results,
        attachments=opening.attachments,
        request=request_digest(opening),
        occurrence=opening.occurrence,
        calculated=reading.worked,
    )
    view = situation.view(opening.actor, reading.form)
    effects = work_out(situation, view, definition.opening.effects, 1, ids)
    form = {**reading.form, **effects.form}
    case = replace(situation.case, form=form, title=title_of(situation, form), version=1)
    after = _settled(act, case, effects, Step(OPENED, entered=True))
    return outcome_of(act, replace(after, notices=(*after.notices, *_told_late(act, opening))))


def _told_late(act: Act, opening: Opening) -> tuple[Notice, ...]:
    """Those responsible hear with this case that turns before it were missed."""
    one = opening.occurrence
    rule = None if one is None else act.situation.definition.schedules.get(one.schedule)
    if rule is None or not opening.missed_before:
        return ()
    places = [address_of(seat, act.situation.scene) for seat in rule.tells]
    told = [place for place in places if place is not None]
    return notices_to(act.situation, told, SCHEDULE_MISSED, act.ids, Topic.DEADLINE)


def given_at_opening(
    situation: Situation, values: Mapping[str, Value] | None
) -> dict[str, FieldValue]:
    """What stands in the form whatever anybody answers: the fields that an effect gives the case
    which it opens, and the number of the parent.
    """
    definition = situation.definition
    given = {
        key: stored(definition.form[key].type, value)
        for key, value in (values or {}).items()
        if key in definition.form
    }
    if definition.opening.parent_field is not None and situation.parent is not None:
        given[definition.opening.parent_field] = situation.parent.number
    return given


#: What is left of a title's brackets when the field inside is not filled.
_EMPTY = re.compile(r"[(（]\s*[)）]")


def title_of(situation: Situation, form: Form) -> str:
    """The line by which people know a case, built from its fields; its process' name while they
    are empty.
    """
    definition = situation.definition
    if _says_the_same(situation, form):
        return situation.case.title
    if all(form.get(key) in (None, "") for key in definition.form):
        return definition.name.zh
    said = {place: _in_title(situation, form, place) for place in definition.title_places}
    title = definition.title
    if not all(said.values()):
        # Before anything is filled in: what somebody typed may end in a dash, or hold brackets.
        title = TITLE_PLACE.sub(lambda at: at[0] if said[at[1]] else "", title)
        title = _EMPTY.sub("", title).strip(" ·-—/，,")
    return TITLE_PLACE.sub(lambda at: said[at[1]], title) or definition.name.zh


def _says_the_same(situation: Situation, form: Form) -> bool:
    """Whether a title stands that is made of this case's fields, and none of them has changed."""
    before, is_filled = situation.case.form, False
    for key in situation.definition.title_places:
        value = before.get(key)
        if form.get(key) != value or key.startswith(OF_PARENT):
            return False
        is_filled = is_filled or value not in (None, "")
    return is_filled


def _in_title(situation: Situation, form: Form, place: str) -> str:
    """What stands at a place. Of the case above, whose patient is meant is told, not who it is:
    whoever reads this case may not be of those who read that one.
    """
    if not place.startswith(OF_PARENT):
        return _shown(situation.definition.form[place], form.get(place))
    parent, definition = situation.parent, situation.parent_definition
    key = place.removeprefix(OF_PARENT)
    if parent is None or definition is None or key not in definition.form:
        return ""
    said = _shown(definition.form[key], parent.form.get(key))
    return f"{said[:1]}{'*' * (len(said) - 1)}"


def _shown(line: Field, value: FieldValue) -> str:
    if value is None:
        return ""
    return next((one.label.zh for one in line.options if one.value == value), str(value))


# ---- saving
# -----------------------------------------------------------------------------------------------


def save(situation: Situation, decision: Decision, ids: Ids) -> Outcome | Refused:
    """Change form fields in the present state without taking an action, where the definition lets
    this person.
    """
    case, definition = situation.case, situation.definition
    if case.closed_at is not None:
        return Refused.of([Refusal(Code.CLOSED, ENDED, rule="ended", standing=True)])
    if decision.seen_version is not None and decision.seen_version != case.version:
        return Refused.of([Refusal(Code.CONFLICT, CHANGED, rule="version", standing=True)])
    if not is_active(decision.actor, situation.organisation):
        return Refused.of([inactive()])
    if case.course.suspended is not None:
        return Refused.of([suspended(case.course.suspended)])
    state = definition.states[case.state]
    saves = may_save(situation, decision.actor)
    if saves is None:
        because = Sentence(
            NO_EDIT.zh.format(state=state.name.zh), NO_EDIT.en.format(state=state.name.en)
        )
        # Amounts are changed by a case of their own, never by hand.
        refusal = Refusal(
            Code.NOT_PERMITTED,
            because,
            state.clauses or NOT_BY_HAND.clauses,
            rule="edit",
            standing=True,
        )
        return Refused.of([refusal])
    standing, editable = saves
    reading = _read_edit(situation, editable, decision.answers)
    if reading.refusals:
        return Refused.of(reading.refusals)
    if situation.rulebook.formulas:
        view = situation.view(decision.actor, reading.form)
        reading = with_formulas(situation, reading, view)
    act = Act(
        situation=situation,
        actor=decision.actor,
        event=SAVE,
        key=decision.key,
        ids=ids,
        standing=standing,
        attachments=decision.attachments,
        request=request_digest(decision),
    )
    after = replace(
        case,
        form=reading.form,
        version=case.version + 1,
        title=title_of(situation, reading.form),
    )
    return outcome_of(act, _settled(act, after, Consequences(), Step(SAVE)))


def saved_form(situation: Situation, decision: Decision) -> Form:
    """The form as a saving would leave it, for looking facts up; as it is where nothing is theirs
    to save.
    """
    saves = may_save(situation, decision.actor)
    if saves is None:
        return situation.case.form
    return _read_edit(situation, saves[1], decision.answers).form


def _read_edit(
    situation: Situation, editable: tuple[str, ...], answers: Mapping[str, object]
) -> Reading:
    values, refusals = read_answers(situation.definition.form, editable, answers)
    form = {**situation.case.form, **values}
    named, unread = outsiders(situation, values, form), unfit(situation, values, form)
    signed = (
        refusal
        for action in situation.definition.actions_from(situation.case.state)
        for refusal in signed_otherwise(situation, action, values)
    )
    return Reading(values, form, (*refusals, *named, *unread, *signed))


# ---- the clock
# --------------------------------------------------------------------------------------------


def expire(situation: Situation, deadline: Deadline, ids: Ids) -> Outcome:
    """A clock has run out: take the action that the definition names if its rules hold, else mark
    and tell.
    """
    rule = situation.definition.deadlines[deadline.key]
    situation = branches.at_clock(situation, rule)
    timer = Actor(TIMER, TIMER)
    view = situation.view(timer)
    if rule.action is not None and situation.rulebook.flow.leads_to(
        situation.case.state, rule.action
    ):
        wanted = rule.action_when is None or (
            view.evaluate(situation.rulebook.ready(rule.action_when)) is True
        )
        if wanted:
            outcome = _expired_into(situation, rule, rule.action, deadline, ids)
            if outcome is not None:
                return outcome
    # What was to happen and could not is never without a trace: the step is overdue.
    marked = replace(rule, overdue=rule.overdue or rule.action is not None)
    return _expired(situation, marked, deadline, ids)


def remind(situation: Situation, deadline: Deadline, ids: Ids) -> Outcome:
    """A rung of a clock's ladder has come: whoever it names is told.

    No decision: the version stays, so nobody who is just reading the case is told that somebody
    else acted.
    """
    rulebook, case = situation.rulebook, situation.case
    rule = situation.definition.deadlines[deadline.key]
    view = situation.view(Actor(TIMER, TIMER))
    number = clocks.due_rung(rulebook, rule, deadline, view)
    told: tuple[Notice, ...] = ()
    if number is not None:
        seats = (tell.to for tell in rule.ladder[number].tells)
        waiting = branches.work_here(situation, situation.open_tasks)
        told = notices(situation, seats, rule.key, waiting, ids, situation.scene, by_timer=True)
        if rule.ladder[number].back:
            told = tuple(replace(notice, topic=Topic.SOON) for notice in told)
        deadline = replace(deadline, rungs=(*deadline.rungs, number))
    after = clocks.armed(rulebook, rule, deadline, view, case.state)
    return Outcome(reminder_of(situation, after, number, told))


def expire_alone(situation: Situation, deadline: Deadline, ids: Ids) -> Outcome:
    """A clock has run out and what should follow may not happen: the step is marked overdue where
    its work was due by it, and whoever was to be told is told.
    """
    rule = situation.definition.deadlines[deadline.key]
    told = tuple(effect for effect in rule.effects if isinstance(effect, Notify | TellUsers))
    return _expired(situation, replace(rule, overdue=rule.due, effects=told), deadline, ids)


def _expired_into(
    situation: Situation, rule: DeadlineRule, key: str, deadline: Deadline, ids: Ids
) -> Outcome | None:
    action = situation.definition.actions[key]
    timer = Actor(TIMER, TIMER)
    reading = Reading({}, situation.case.form)
    reading = _calculated(situation, key, reading, timer, TIMER)
    judged = judge_standing(situation, timer, action)
    asked = judge_input(situation, action, reading, situation.view(timer, reading.form, TIMER))
    if judged.refusals or asked.refusals:
        return None
    act = Act(
        situation=situation,
        actor=timer,
        event=key,
        key=f"timer:{deadline.id}",
        ids=ids,
        standing=judged.standing,
        results=(*judged.results, *asked.results),
        calculated=reading.worked,
    )
    both = replace(action, effects=(*action.effects, *rule.effects))
    mine = tasks.own_task(situation, judged.standing)
    view = situation.view(timer, reading.form)
    return _taken(act, both, action.target, reading, view, mine, fired=rule.key)


def _expired(situation: Situation, rule: DeadlineRule, deadline: Deadline, ids: Ids) -> Outcome:
    timer = Actor(TIMER, TIMER)
    case = situation.case
    act = Act(situation=situation, actor=timer, event=rule.key, key=f"timer:{deadline.id}", ids=ids)
    effects = work_out(situation, situation.view(timer), rule.effects, case.seq + 1, ids)
    form = {**case.form, **effects.form}
    after = replace(case, form=form, version=case.version + 1, title=title_of(situation, form))
    settled = _settled(act, after, effects, Step(rule.key, fired=rule.key))
    if rule.overdue:
        late = {task.id for task in branches.work_here(situation, situation.open_tasks)}
        changed = {task.id: task for task in situation.open_tasks if task.id in late}
        changed.update({task.id: task for task in settled.changed})
        settled = replace(
            settled,
            changed=tuple(
                replace(task, overdue=True, due_at=deadline.due_at) if task.id in late else task
                for task in changed.values()
            ),
        )
    return outcome_of(act, settled)
