"""拿回: whoever took the last decision undoes it while nobody has acted on what it led to.

What was decided is read from the ledger, and the case goes back to how its lines before that one
leave it: state, visit, form, clocks, and work for the same people. Both lines stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from workflow import ledger
from workflow.design.definition import TAKE_BACK, Tool
from workflow.nouns import (
    Actor,
    Branch,
    Case,
    Deadline,
    DeadlineState,
    Decision,
    Entry,
    FieldValue,
    Form,
    Handling,
    Task,
    TaskEnd,
    Topic,
)
from workflow.people.eligibility import Standing
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.running import branches, handling
from workflow.running.advance import closed_to_handling, title_of
from workflow.running.effects import notices_to
from workflow.running.lines import REMINDED, VIEW, Act, After, outcome_of, request_digest
from workflow.running.outcome import Outcome
from workflow.running.recounting import CALENDAR_CHANGED
from workflow.running.rulebook import SAVE
from workflow.running.situation import Ids, Situation
from workflow.running.urging import URGE

NOTHING = Sentence(
    "您在本案没有可以拿回的决定", "There is no decision of yours on this case to take back"
)
NOT_THE_LAST = Sentence(
    "您最后的决定不是这一项；只能拿回自己最后一次的决定",
    "That is not your last decision; only your last one can be taken back",
)
NOT_ALLOWED = Sentence(
    "“{state}”这一步的流程定义没有允许拿回",
    "The definition does not let a decision at “{state}” be taken back",
)
ACTED = Sentence(
    "{who}已在此之后办理，不能再拿回。如需改变，请与其联系退回",
    "{who} has acted since, so it can no longer be taken back; ask them to return the case",
)
WENT_ON = Sentence(
    "系统已按结果继续办理，不能由一人拿回",
    "The process has gone on by its result, which one person cannot take back",
)
HAD_EFFECTS = Sentence(
    "这项决定已登记入册或发起、推动了别的案件，不能拿回；请走撤销流程",
    "This decision wrote into a register or moved other cases and cannot be taken back; "
    "revoke it by a case of its own",
)
SEEN = Sentence(
    "{who}已经看过，按本流程规定不能再拿回",
    "{who} has seen it, after which this process lets nothing be taken back",
)

#: Lines that are nobody's act on the work that a decision has led to.
_IDLE = frozenset({REMINDED, VIEW, URGE, CALENDAR_CHANGED})


@dataclass(frozen=True, slots=True)
class Line:
    """A ledger line that was no refusal, read."""

    entry: Entry
    said: Mapping[str, Any]

    @property
    def branch(self) -> str | None:
        """The branch in which it was taken."""
        return self.said.get("branch")

    @property
    def moves(self) -> bool:
        """Whether it led to another step."""
        return self.entry.from_state != self.entry.to_state

    def closed(self) -> Iterator[Mapping[str, Any]]:
        """The tasks that it closed by its own action: the one that was decided."""
        return (
            one
            for one in self.said.get("closed", ())
            if one["as"] == self.entry.event and one["by"] == self.entry.actor
        )


@dataclass(frozen=True, slots=True)
class Undoing:
    """A decision that may be undone: its line, its task, and the case as it stood before."""

    line: Line
    task: Task
    before: ledger.Rebuilt
    situation: Situation  # where it is undone: in the branch, or as it is
    stays: bool  # it led to no other step: a vote, or one of several signatures


def last_decision(
    situation: Situation, actor: Actor, entries: Sequence[Entry], task: str | None = None
) -> Undoing | Refusal:
    """What this person would take back now, or why not. `task` is the id of the task that they
    decided, when it has to be that one and no other.
    """
    lines = [Line(one, orjson.loads(one.body)) for one in entries if one.refused is None]
    found = next((one for one in reversed(lines) if _is_theirs(situation, one, actor)), None)
    if found is None:
        return _no(Code.NOT_PERMITTED, NOTHING, "decision")
    own = next(found.closed())["id"]
    if task not in (None, own):
        return replace(_no(Code.INVALID_FORM, NOT_THE_LAST, "decision"), field="target")
    decided = next(one for one in situation.tasks if one.id == own)
    state = situation.definition.states[decided.step]
    if Tool.TAKE_BACK not in state.may:
        because = Sentence(
            NOT_ALLOWED.zh.format(state=state.name.zh), NOT_ALLOWED.en.format(state=state.name.en)
        )
        return _no(Code.NOT_PERMITTED, because, "may", state.clauses)
    here = situation
    if found.branch in situation.case.course.branches and _stays_inside(situation, found):
        here = branches.in_branch(situation, found.branch or "")
    since = lines[lines.index(found) + 1 :]
    refusal = _too_late(here, found, decided, since)
    if refusal is not None:
        return refusal
    earlier = [one.body for one in entries if one.seq < found.entry.seq]
    return Undoing(found, decided, ledger.rebuild(earlier), here, not found.moves)


def _is_theirs(situation: Situation, line: Line, actor: Actor) -> bool:
    entry = line.entry
    return (
        entry.event in situation.definition.actions
        and (entry.actor, entry.acting_for) == (actor.id, actor.acting_for)
        and any(
            task.id == one["id"] and task.closed_as == entry.event
            for one in line.closed()
            for task in situation.tasks
        )
    )


def _stays_inside(situation: Situation, line: Line) -> bool:
    """Whether a line of a branch left the case in the same parallel state."""
    state = situation.definition.states[line.entry.to_state or ""]
    return state.within == (line.said.get("stands"), line.branch)


def _too_late(
    situation: Situation, line: Line, decided: Task, since: Sequence[Line]
) -> Refusal | None:
    """Why a decision stands: who has acted on it, what it has done, who has seen it."""
    if any(line.said.get(key) for key in ("rows", "opens", "acts", "policy")):
        return _no(Code.CONDITION_NOT_MET, HAD_EFFECTS, "effects")
    acted = [one for one in since if one.entry.event not in _IDLE]
    if situation.branch is not None:
        acted = [one for one in acted if _concerns(one, line)]
    if not line.moves:
        acted = _on_freed(line, decided, acted)
    if acted:
        return _acted(situation, acted[0])
    if situation.definition.states[decided.step].seen_binds:
        looked = (one.entry.actor for one in since if one.entry.event == VIEW)
        who = next((person for person in looked if _works_here(situation, person)), None)
        if who is not None:
            name = situation.organisation.person_name(who)
            return _no(Code.CONDITION_NOT_MET, SEEN.filled(who=name), "seen")
    return None


def _works_here(situation: Situation, person: str) -> bool:
    """Whether work waits for somebody where the decision has led to."""
    actor = Actor(person, person)
    here = branches.work_here(situation, situation.open_tasks)
    return any(handling.is_theirs(situation, task, actor) for task in here)


def _concerns(later: Line, line: Line) -> bool:
    """Whether a later line is about the branch of an earlier one: in it, or of the whole case."""
    if later.branch is None:
        return later.entry.event != SAVE
    return later.branch == line.branch or later.said.get("stands") != line.said.get("stands")


def _on_freed(line: Line, decided: Task, since: Iterable[Line]) -> list[Line]:
    """Of the lines after a vote those that make it too late: one that leads on, or an act of those
    whose turn the vote has made it.
    """
    freed = {one["id"] for one in line.said.get("tasks", ())} | {decided.id}
    freed |= {one["id"] for one in line.said.get("opened", ())}

    def touches(one: Line) -> bool:
        touched = (*one.said.get("closed", ()), *one.said.get("tasks", ()))
        of_freed = any(
            task["id"] in freed and ("as" in task or "handling" in task) for task in touched
        )
        left = one.said.get("stands") != line.said.get("stands")  # another branch ended this one
        here = one.branch in (line.branch, None) or left
        return (one.moves and here) or of_freed

    return [one for one in since if touches(one)]


def _acted(situation: Situation, line: Line) -> Refusal:
    if line.entry.actor in situation.organisation.people:
        who = situation.organisation.person_name(line.entry.actor)
        return _no(Code.CONDITION_NOT_MET, ACTED.filled(who=who), "acted")
    return _no(Code.CONDITION_NOT_MET, WENT_ON, "acted")


# ---- undoing -------------------------------------------------------------------------------------


def take_back(
    situation: Situation, decision: Decision, entries: Sequence[Entry], ids: Ids
) -> Outcome | Refused:
    """Undo the person's last decision; `decision.target` (or `task`) may name its task."""
    closed = closed_to_handling(situation, decision)
    if closed is not None:
        return Refused.of([closed])
    named = decision.target or decision.task
    found = last_decision(situation, decision.actor, entries, named)
    if isinstance(found, Refusal):
        return Refused.of([found])
    here, line = found.situation, found.line
    stood = found.task.step
    target = stood
    if not found.stays:
        flow = here.rulebook.flow
        target = flow.move(here.case.state, TAKE_BACK, lambda: True, stood) or stood
    work = _work_again(found, decision, ids)
    form = _form_before(situation.case.form, line.said["form"])
    act = Act(
        situation=here,
        actor=decision.actor,
        event=TAKE_BACK,
        key=decision.key,
        ids=ids,
        standing=Standing(
            handling.BY_TASK,
            line.entry.role,
            line.entry.department,
            found.task.address,
            line.said.get("grant"),
        ),
        opinion=decision.opinion.strip(),
        target=found.task.id,
        attachments=decision.attachments,
        request=request_digest(decision),
    )
    after = replace(
        _case_before(found, target),
        form=form,
        version=situation.case.version + 1,
        title=title_of(situation, form),
    )
    told = [task.address for task in work.closed]
    return outcome_of(
        act,
        replace(
            work,
            case=after,
            deadlines=tuple(_clocks_before(found)),
            notices=notices_to(here, told, TAKE_BACK, ids, Topic.COPY),
        ),
    )


def _case_before(found: Undoing, target: str) -> Case:
    """The case (or the branch) where it stood; what has happened beside it since stays."""
    case, before = found.situation.case, found.before.case
    if found.stays:
        return case
    if found.situation.branch is None:
        course = replace(before.course, proposed=case.course.proposed)
        return replace(
            case,
            state=before.state if before.course.branches else target,
            entered_at=before.entered_at,
            round=before.round,
            course=course,
        )
    branch: Branch = before.course.branches[found.situation.branch]
    course = replace(case.course, back_to=branch.back_to)
    return replace(case, state=target, entered_at=branch.entered_at, course=course)


def _work_again(found: Undoing, decision: Decision, ids: Ids) -> After:
    """The work of the next step ends; that of the step before is there again, for the same."""
    situation, line, now = found.situation, found.line, found.situation.now
    ended = {one["id"] for one in line.said.get("closed", ())}
    before = {task.id: task for task in found.before.tasks if task.is_open}
    again = {old: ids() for old in before if old in ended}
    opened = tuple(
        replace(
            before[old],
            id=new,
            opened_at=now,
            overdue=before[old].overdue or _is_missed(situation, before[old]),
            handling=_from_new(before[old].handling, again),
        )
        for old, new in again.items()
    )
    undone = replace(found.task, closed_at=now, closed_as=TaskEnd.TAKEN_BACK.value)
    here = branches.work_here(situation, situation.open_tasks)
    needless = () if found.stays else tuple(task for task in here if task.id not in before)
    led_to = {one["id"] for one in line.said.get("opened", ())}
    closing = (*needless, *(t for t in here if found.stays and t.id in led_to))
    closed = tuple(
        replace(
            task,
            closed_at=now,
            closed_as=TaskEnd.TAKEN_BACK.value,
            closed_by=decision.actor.id,
            closed_for=decision.actor.acting_for,
        )
        for task in closing
    )
    gone = {task.id for task in closed}
    changed = tuple(
        after
        for task in situation.open_tasks
        if task.id not in gone and (after := _as_before(line, before, again, task)) != task
    )
    return After(situation.case, opened, closed, changed, undone=(undone,))


def _is_missed(situation: Situation, task: Task) -> bool:
    """Whether the clock of a task has run out since."""
    rules = situation.definition.deadlines
    return any(
        clock.state is DeadlineState.FIRED and clock.due_at == task.due_at and rules[clock.key].due
        for clock in situation.deadlines
    )


def _as_before(
    line: Line, before: Mapping[str, Task], again: Mapping[str, str], task: Task
) -> Task:
    """An open task as it was handled before; one that hung on a task that is new hangs on it."""
    touched = any(one["id"] == task.id for one in line.said.get("tasks", ()))
    if touched and task.id in before:
        was = before[task.id]
        task = replace(
            task,
            handling=was.handling,
            due_at=task.due_at if task.overdue else was.due_at,
            excluded=was.excluded,
        )
    return replace(task, handling=_from_new(task.handling, again))


def _from_new(handled: Handling, again: Mapping[str, str]) -> Handling:
    origin = again.get(handled.origin or "")
    return handled if origin is None else replace(handled, origin=origin)


def _clocks_before(found: Undoing) -> Iterator[Deadline]:
    """The clocks that the decision has turned, as they ran before; those it began stop."""
    before = {clock.id: clock for clock in found.before.deadlines}
    present = {clock.id: clock for clock in found.situation.deadlines}
    for said in found.line.said.get("deadlines", ()):
        now = present[said["id"]]
        was = before.get(now.id)
        if was is None:
            was = replace(now, state=DeadlineState.STOPPED, paused_at=None, rung_at=None)
        if was != now:
            yield was


def _form_before(form: Form, said: Mapping[str, Any]) -> dict[str, FieldValue]:
    """The form without what the decision wrote, where nobody has written over it since."""
    kept = dict(form)
    for key, (was, became) in said.items():
        present = kept.get(key)
        if _plain(present) == became:
            kept[key] = tuple(was) if isinstance(was, list) else was
        elif isinstance(present, tuple) and isinstance(was, list) and isinstance(became, list):
            kept[key] = _rows_before(present, was, became)
    return kept


def _rows_before(present: tuple[Any, ...], was: list[Any], became: list[Any]) -> FieldValue:
    """Rows of a table that several have decided: those that this decision wrote are as before."""
    if not len(present) == len(was) == len(became):
        return present
    rows = zip(present, was, became, strict=True)
    return tuple(old if _plain(now) == new else now for now, old, new in rows)


def _plain(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


# ---- having seen ---------------------------------------------------------------------------------


def look_counts(situation: Situation, actor: Actor, entries: Sequence[Entry]) -> bool:
    """Whether a look at the case binds whoever decided before: work waits here for this person,
    they have not looked since it came, and the step before says that a look counts.
    """
    states = situation.definition.states
    if not any(state.seen_binds for state in states.values()) or actor.acting_for is not None:
        return False
    mine = [one for one in situation.open_tasks if handling.is_theirs(situation, one, actor)]
    if not mine:
        return False
    newest: dict[str | None, Line] = {}
    for entry in entries:
        if entry.refused is not None:
            continue
        line = Line(entry, orjson.loads(entry.body))
        if entry.event == VIEW:
            newest = {k: v for k, v in newest.items() if entry.actor != actor.id}
        elif line.moves and entry.actor != actor.id and entry.from_state in states:
            newest[line.branch] = line
    return any(states[line.entry.from_state or ""].seen_binds for line in newest.values())


def look(
    situation: Situation, decision: Decision, entries: Sequence[Entry], ids: Ids
) -> Outcome | Refused:
    """Somebody for whom work waits has opened the case: a line, where it counts. Nothing moves and
    the version stays.
    """
    if not look_counts(situation, decision.actor, entries):
        return Refused.of([_no(Code.CONDITION_NOT_MET, NO_NEED, VIEW)])
    act = Act(
        situation=situation,
        actor=decision.actor,
        event=VIEW,
        key=decision.key,
        ids=ids,
        request=request_digest(decision),
    )
    return outcome_of(act, After(situation.case))


NO_NEED = Sentence("这次查看无需记录", "This look needs no record")


def _no(code: Code, because: Sentence, rule: str, clauses: tuple[str, ...] = ()) -> Refusal:
    return Refusal(code, because, clauses, rule=rule, standing=True)
