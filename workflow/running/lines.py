"""From an act and what it leaves to the one ledger line that it makes, and the change that
storage writes.

Everything that the case is afterwards can be read off its lines, so what is left out here is
lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from operator import itemgetter
from typing import Any

import orjson

from workflow import ledger
from workflow.conditions.language import Value
from workflow.making import quick, replace
from workflow.nouns import (
    ORDINARY,
    STRAIGHT,
    TIMER,
    Actor,
    Attachment,
    Case,
    Deadline,
    Decision,
    FieldValue,
    Form,
    Notice,
    Occurrence,
    OccurrenceState,
    Opening,
    RegisterRow,
    RuleResult,
    Task,
)
from workflow.people.eligibility import Standing
from workflow.ports.deciding import Change
from workflow.refusals import Refusal, Refused
from workflow.running import branches
from workflow.running.effects import Consequences
from workflow.running.governing import policy_facts
from workflow.running.outcome import Calculated, Outcome, ToAct, ToOpen
from workflow.running.situation import Ids, Situation

#: How many sit in a panel, before and after.
Sizes = tuple[int, int]
#: The event of a line that tells of a look at a case, where that binds somebody.
VIEW = "view"
#: The event of a reminder's line.
REMINDED = "reminder_sent"
#: What a notice is about that tells of turns of a schedule that were missed.
SCHEDULE_MISSED = "schedule.missed"


@quick
@dataclass(frozen=True, slots=True)
class Act:
    """What is common to everything that becomes a ledger line."""

    situation: Situation
    actor: Actor
    event: str
    key: str | None
    ids: Ids
    standing: Standing | None = None
    results: tuple[RuleResult, ...] = ()
    opinion: str = ""
    target: str | None = None
    attachments: tuple[Attachment, ...] = ()
    request: str | None = None
    promises: tuple[str, ...] = ()
    calculated: tuple[Calculated, ...] = ()
    opens: bool = False  # the line with which a case begins
    occurrence: Occurrence | None = None  # the turn of a schedule that opens it
    proposed_by: str | None = None
    #: How many sat in the panel before and after, where that has changed.
    members: Sizes | None = None


@quick
@dataclass(frozen=True, slots=True)
class After:
    """The case and what belongs to it as the act leaves them."""

    case: Case
    opened: tuple[Task, ...] = ()
    closed: tuple[Task, ...] = ()
    changed: tuple[Task, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    effects: Consequences = field(default_factory=Consequences)
    notices: tuple[Notice, ...] = ()
    undone: tuple[Task, ...] = ()


def request_digest(wish: Decision | Opening) -> str:
    """A fingerprint of what was asked, so that one key cannot stand for two different requests."""
    asked: list[Any] = (
        [wish.action, wish.opinion, wish.target]
        if isinstance(wish, Decision)
        else [wish.process, wish.entry, wish.parent]
    )
    asked = [wish.actor.id, wish.actor.acting_for, *asked, dict(wish.answers)]
    try:
        options = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
        said = orjson.dumps(asked, default=str, option=options)
    except TypeError:  # a number or a text beyond what JSON holds: refused, but told apart
        said = repr(asked).encode("utf-8", "surrogatepass")
    return sha256(said).hexdigest()[:32]


# ---- the ledger line
# --------------------------------------------------------------------------------------


def refusal_entry(
    case: Case,
    actor: Actor,
    event: str,
    refused: Refused,
    decision: Decision | Opening,
) -> Change:
    """The ledger line of a refusal: it changes nothing else."""
    heading = ledger.Heading(
        case=case.id,
        process=case.process,
        at=decision.at,
        event="refused",
        actor=actor.id,
        acting_for=actor.acting_for,
        from_state=case.state,
        to_state=case.state,
        refused=refused.code.value,
        key=decision.key,
    )
    facts = {
        "action": event,
        "version": case.version,
        "request": request_digest(decision),
        "refused": [refusal_facts(r) for r in refused.refusals],
    }
    entry = ledger.seal(heading, case.seq + 1, case.head, facts)
    return Change(
        case=replace(case, seq=entry.seq, head=entry.digest),
        entry=entry,
        seen_version=case.version,
        seen_seq=case.seq,
    )


def reminder_of(
    situation: Situation, deadline: Deadline, rung: int | None, notices: tuple[Notice, ...]
) -> Change:
    """The line of a reminder, with what it sends; the case stays as it is."""
    case = situation.case
    facts = {
        **_nothing_moved(case),
        "reminder": {"deadline": deadline.key, "rung": rung},
        "deadlines": [ledger.deadline_facts(deadline)],
        "notices": [[notice.id, notice.to.key] for notice in notices],
    }
    heading = ledger.Heading(
        case=case.id,
        process=case.process,
        at=situation.now,
        event=REMINDED,
        actor=TIMER,
        from_state=case.state,
        to_state=case.state,
    )
    entry = ledger.seal(heading, case.seq + 1, case.head, facts)
    return Change(
        case=replace(case, seq=entry.seq, head=entry.digest),
        entry=entry,
        seen_version=case.version,
        seen_seq=case.seq,
        deadlines=(deadline,),
        notices=notices,
    )


def _nothing_moved(case: Case) -> dict[str, Any]:
    return {
        "version": case.version,
        "round": case.round,
        "title": case.title,
        "entered": False,
        "ended": False,
        "form": {},
        "rules": [],
        "facts": {},
    }


def refusal_facts(refusal: Refusal) -> dict[str, Any]:
    """One reason as the ledger keeps it; the sentence is kept as the person saw it."""
    return {
        "code": refusal.code.value,
        "zh": refusal.because.zh,
        "en": refusal.because.en,
        "clauses": list(refusal.clauses),
        "field": refusal.field,
        "rule": refusal.rule,
        "cases": list(refusal.cases),
        "standing": refusal.standing,
    }


#: Whether a key and what belongs to it say anything.
_IS_SAID = itemgetter(1)


def outcome_of(act: Act, after: After) -> Outcome:
    """Seal the line of an act and collect what has to be written with it."""
    before = act.situation.case
    opening = act.opens
    moved = after.case.state
    case = branches.put_back(act.situation, after.case)
    whole = branches.whole_case(act.situation)
    old: Form = {} if opening else before.form
    form = _filled(old, after.case.form)
    facts: dict[str, Any] = {
        "version": case.version,
        "round": case.round,
        "title": case.title,
        "entered": case.entered_at == act.situation.now and (opening or case.state != whole.state),
        "ended": case.closed_at is not None and (opening or whole.closed_at is None),
        "form": _differences(old, form),
        "rules": [[r.rule, r.holds, list(r.clauses)] for r in act.results],
        "facts": {key: _plain(value) for key, value in act.situation.facts.items()},
        "request": act.request,
    }
    optional: tuple[tuple[str, object], ...] = (
        ("opinion", act.opinion),
        ("grant", None if act.standing is None else act.standing.grant),
        ("target", act.target),
        ("proposed_by", act.proposed_by),
        ("members", act.members),
    )
    facts.update(filter(_IS_SAID, optional))
    facts.update(_lists_of(act, after))
    if case.entered_at not in (whole.entered_at, act.situation.now):
        facts["since"] = ledger.moment_text(case.entered_at)
    course = STRAIGHT if opening else whole.course
    if case.course is not course and case.course != course:
        facts["course"] = ledger.course_facts(case.course)
    if act.situation.branch is not None:
        facts["branch"] = act.situation.branch
        facts["stands"] = case.state
    if opening:
        facts["opening"] = {
            "number": case.number,
            "definition_version": case.definition_version,
            "definition": act.situation.definition.digest,
            "applicant": case.applicant,
            "department": case.department,
            "parameters": case.parameters,
            "parent": case.parent,
        }
    occurrence = act.occurrence
    if occurrence is not None:
        facts["schedule"] = schedule_facts(occurrence)
        occurrence = replace(occurrence, case=case.id, number=case.number)
    heading = ledger.Heading(
        case.id,
        case.process,
        act.situation.now,
        act.event,
        act.actor.id,
        act.actor.acting_for,
        None if act.standing is None else act.standing.role,
        None if act.standing is None else act.standing.department,
        from_state=None if opening else before.state,
        to_state=moved,
        key=act.key,
    )
    entry = ledger.seal(heading, before.seq + 1, before.head, facts)
    opened, touched = _each_once(after.opened, (*after.closed, *after.changed))
    change = Change(
        replace(case, form=form, seq=entry.seq, head=entry.digest),
        entry,
        None if opening else before.version,
        before.seq,
        opened,
        touched,
        after.undone,
        after.deadlines,
        after.notices,
        tuple(after.effects.rows),
        tuple(after.effects.superseded),
        act.attachments,
        occurrence,
        tuple(after.effects.policy),
    )
    return Outcome(change, tuple(after.effects.opens), tuple(after.effects.acts))


def _each_once(
    opened: tuple[Task, ...], touched: tuple[Task, ...]
) -> tuple[tuple[Task, ...], tuple[Task, ...]]:
    """The tasks to add and those to change. Whoever replaces a member may be needless at once, by
    the result to which that leads: such a task is added as it ends.
    """
    born = {task.id for task in opened}
    at_once = {task.id: task for task in touched if task.id in born}
    if not at_once:
        return opened, touched
    return (
        tuple(at_once.get(task.id, task) for task in opened),
        tuple(task for task in touched if task.id not in born),
    )


def _lists_of(act: Act, after: After) -> dict[str, list[Any]]:
    """What an act did of each kind; nothing of the kinds of which it did none."""
    done: Iterable[tuple[str, Sequence[Any], Callable[[Any], object]]] = (
        ("calculations", act.calculated, _calculation_facts),
        ("attachments", act.attachments, ledger.attachment_facts),
        ("opened", after.opened, ledger.task_facts),
        ("closed", (*after.closed, *after.undone), _closed_facts),
        ("tasks", after.changed, partial(_changed_facts, act.situation)),
        ("deadlines", after.deadlines, ledger.deadline_facts),
        ("rows", after.effects.rows, _row_facts),
        ("notices", after.notices, _notice_facts),
        ("opens", after.effects.opens, _opens_facts),
        ("acts", after.effects.acts, _acts_facts),
        ("policy", after.effects.policy, policy_facts),
    )
    return {key: list(map(facts_of, ones)) for key, ones, facts_of in filter(_IS_SAID, done)}


def _calculation_facts(one: Calculated) -> dict[str, Any]:
    return {"use": one.use, "of": one.of, "inputs": one.inputs, "results": one.results}


def _closed_facts(task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "as": task.closed_as,
        "by": task.closed_by,
        "for": task.closed_for,
    }


def _changed_facts(situation: Situation, task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "overdue": task.overdue,
        "due": None if task.due_at is None else ledger.moment_text(task.due_at),
        "excluded": list(task.excluded),
        **_handling_change(situation, task),
    }


def _row_facts(row: RegisterRow) -> dict[str, Any]:
    return {"id": row.id, "register": row.register, "values": row.values}


def _notice_facts(notice: Notice) -> list[str]:
    return [notice.id, notice.to.key]


def _opens_facts(wish: ToOpen) -> list[str]:
    return [wish.id, wish.process]


def _acts_facts(wish: ToAct) -> list[str]:
    return [wish.process, wish.action]


def schedule_facts(one: Occurrence) -> dict[str, Any]:
    """Which turn of which schedule opened a case."""
    return {
        "key": one.schedule,
        "subject": one.subject,
        "slot": one.slot,
        "due": ledger.moment_text(one.due_at),
        "late": one.state is OccurrenceState.LATE,
    }


def _handling_change(situation: Situation, task: Task) -> dict[str, Any]:
    """How a task is to be handled from now on, where that has changed."""
    before = next((t.handling for t in situation.tasks if t.id == task.id), ORDINARY)
    return {} if before == task.handling else {"handling": ledger.handling_facts(task.handling)}


def _filled(before: Form, after: Form) -> Form:
    """A form without the fields that were left empty: what no line tells of, no fold can make."""
    if None not in after.values():
        return after
    return {key: value for key, value in after.items() if value is not None or key in before}


def _differences(before: Form, after: Form) -> dict[str, list[FieldValue]]:
    return {
        key: [before.get(key), value] for key, value in after.items() if before.get(key) != value
    }


def _plain(value: Value) -> object:
    return ledger.moment_text(value) if hasattr(value, "isoformat") else value
