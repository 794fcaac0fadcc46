"""Checks of the act and of where its case stands: None when one holds, else what was found instead.

`check_keys` is the table of all checks; those of what an act leaves behind are in `traces`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from workflow.design.engine_rules import NEED_TO_KNOW
from workflow.design.form import Field, FieldType
from workflow.nouns import DeadlineState, FieldValue, Task
from workflow.ports.deciding import CaseFile
from workflow.ports.reading import InboxQuery
from workflow.refusals import Code
from workflow.running.answers import Unreadable, read_value, yuan
from workflow.running.situation import Situation
from workflow.scenarios.pairing import pairs
from workflow.scenarios.scene import Scene
from workflow.scenarios.setting import Fields, Mismatch, Raw, Start
from workflow.scenarios.stage import Picture
from workflow.scenarios.words import differ, refusal_shown, same, same_in_any_order, shown
from workflow.service.offering import hats_of
from workflow.service.visibility import may_see, supervisors_now, takes_part, was_let_in

# ---- the act and its refusal ---------------------------------------------------------------------


def refused(scene: Scene, codes: tuple[Code, ...]) -> Mismatch | None:
    """The act was refused with one of these codes; nothing changed but the ledger's new line."""
    expected = codes[0].value if len(codes) == 1 else tuple(code.value for code in codes)
    answer = scene.answer
    if answer is None or answer.refused is None:
        state = "" if answer is None else f"it was taken, the case is at {answer.state}"
        return Mismatch(f"refused: {shown(expected)}", state)
    if answer.refused.code not in codes:
        return Mismatch(f"refused: {shown(expected)}", refusal_shown(answer.refused))
    after = scene.stage.picture()
    return _nothing_changed(scene.before, after) or _refusal_kept(scene, after, answer.refused.code)


def _nothing_changed(before: Picture, after: Picture) -> Mismatch | None:
    for number, file in after.cases.items():
        if number not in before.cases:
            return Mismatch("no case is opened by a refused act", f"{number} was opened")
        changed = _what_differs(before.cases[number], file)
        if changed:
            return Mismatch("a refused act changes nothing", f"{number}: {shown(changed)} changed")
    for register in dict.fromkeys((*before.rows, *after.rows)):
        if before.rows.get(register) != after.rows.get(register):
            return Mismatch("a refused act changes nothing", f"register {register} changed")
    return None


def _what_differs(before: CaseFile, after: CaseFile) -> tuple[str, ...]:
    """What changed of a case, its growing ledger left aside."""
    kept = replace(after.case, seq=before.case.seq, head=before.case.head)
    compared = {
        "state": before.case.state == kept.state,
        "form": before.case.form == kept.form,
        "version": before.case.version == kept.version,
        "tasks": before.tasks == after.tasks,
        "deadlines": before.deadlines == after.deadlines,
        "case": before.case == kept,
    }
    return tuple(what for what, equal in compared.items() if not equal)


def _refusal_kept(scene: Scene, after: Picture, code: Code) -> Mismatch | None:
    """The case's ledger gained one line, the refusal's; no other ledger gained any."""
    opening = isinstance(scene.act, Start)
    for number, entries in after.entries.items():
        gained = entries[len(scene.before.entries.get(number, ())) :]
        wanted = [code.value] if number == scene.case and not opening else []
        if [entry.refused for entry in gained] != wanted:
            events = shown([entry.event for entry in gained])
            return Mismatch(f"the ledger of {number} gains {shown(wanted)}", f"it gained {events}")
    return None


def names(scene: Scene, fields: tuple[str, ...]) -> Mismatch | None:
    """The refusal named exactly these fields."""
    refusal = None if scene.answer is None else scene.answer.refused
    found = () if refusal is None else refusal.fields
    return same_in_any_order("names", fields, found)


def says(scene: Scene, words: tuple[str, ...]) -> Mismatch | None:
    """Each of these words is said in the refusal, in one of its languages."""
    refusal = None if scene.answer is None else scene.answer.refused
    reasons = () if refusal is None else refusal.refusals
    said = " ".join(f"{one.because.zh} {one.because.en}" for one in reasons)
    return None if all(word in said for word in words) else differ("says", words, said)


# ---- where the case stands -----------------------------------------------------------------------


def state(scene: Scene, states: tuple[str, ...]) -> Mismatch | None:
    """The case is in that state; a list: its branches are in these."""
    case = scene.file.case
    if len(states) == 1:
        return same("state", states[0], case.state)
    found = tuple(branch.state for branch in case.course.branches.values())
    return same_in_any_order("state", states, found or (case.state,))


@dataclass(frozen=True, slots=True)
class WantedTask:
    """A task as a scenario tells it: what is None is not compared."""

    step: str | None = None
    role: str | None = None
    department: str | None = None
    person: str | None = None
    because: str | None = None
    meant: str | None = None
    ended: str | None = None
    by: str | None = None


def closed(scene: Scene, wanted: tuple[WantedTask, ...]) -> Mismatch | None:
    """The tasks that this step has closed are exactly these, ended so by whom."""
    before = scene.before.cases.get(scene.case or "")
    waited = {task.id for task in (() if before is None else before.tasks) if task.is_open}
    found = [task for task in scene.file.tasks if task.id in waited and not task.is_open]
    if pairs(wanted, found, lambda wish, task: _fits(scene, wish, task)) is not None:
        return None
    return differ("closed", [_told(wish) for wish in wanted], [_as_told(task) for task in found])


def tasks(scene: Scene, wanted: tuple[WantedTask, ...]) -> Mismatch | None:
    """The open tasks of the case are exactly these."""
    found = [task for task in scene.file.tasks if task.is_open]
    if pairs(wanted, found, lambda wish, task: _fits(scene, wish, task)) is not None:
        return None
    return differ("tasks", [_told(wish) for wish in wanted], [_as_told(task) for task in found])


def _fits(scene: Scene, wish: WantedTask, task: Task) -> bool:
    return (
        wish.step in (None, task.step)
        and wish.role in (None, task.address.role)
        and wish.person in (None, task.address.person)
        and wish.because in (None, task.handling.because)
        and wish.meant in (None, task.handling.meant)
        and wish.ended in (None, task.closed_as)
        and wish.by in (None, task.closed_by)
        and (wish.department is None or _waits_in(scene, task, wish.department))
    )


def _waits_in(scene: Scene, task: Task, department: str) -> bool:
    """Whether a task waits in a department: for its post, or for a role that is held there."""
    if task.address.role is None or task.address.department is not None:
        return task.address.department == department
    situation = scene.stage.situation(scene.file)
    holders = situation.organisation.holders(task.address.role, department, situation.scene.day)
    return bool(holders)


def _told(wish: WantedTask) -> dict[str, str]:
    every = {
        "step": wish.step,
        "role": wish.role,
        "department": wish.department,
        "person": wish.person,
        "because": wish.because,
        "meant": wish.meant,
        "as": wish.ended,
        "by": wish.by,
    }
    return {key: value for key, value in every.items() if value is not None}


def _as_told(task: Task) -> dict[str, str]:
    address, handling = task.address, task.handling
    because = handling.because or None
    wanted = WantedTask(
        task.step,
        address.role,
        address.department,
        address.person,
        because,
        handling.meant,
        task.closed_as,
        task.closed_by,
    )
    return _told(wanted)


def can(scene: Scene, people: Mapping[str, tuple[str, ...]]) -> Mismatch | None:
    """Those are exactly the actions that are open to each person, as themselves or for others."""
    situation = scene.stage.situation(scene.file)
    for person, wanted in people.items():
        hats = hats_of(situation, scene.stage.store.readings, scene.stage.people[person])
        found = dict.fromkeys(offer.action for hat in hats for offer in hat.offers if offer.is_open)
        problem = same_in_any_order("can", wanted, tuple(found))
        if problem is not None:
            return differ("can", {person: wanted}, {person: tuple(found)})
    return None


def inbox(scene: Scene, people: Mapping[str, tuple[str, ...]]) -> Mismatch | None:
    """The steps of the case that wait in each person's own inbox are exactly these."""
    situation = scene.stage.situation(scene.file)
    wall = situation.scene.clock
    for person, wanted in people.items():
        places = situation.organisation.addresses_of(person, situation.scene.day, wall)
        rows = scene.stage.store.readings.inbox(InboxQuery(person, places, limit=1000)).rows
        found = tuple(row.task.step for row in rows if row.case.id == scene.file.case.id)
        if sorted(wanted) != sorted(found):
            return differ("inbox", {person: wanted}, {person: found})
    return None


class Reads(StrEnum):
    """Whether somebody may read a case: at once, once they have said why, or not at all."""

    YES = "yes"
    WITH_REASON = "with_reason"
    NO = "no"


def reads(scene: Scene, people: Mapping[str, Reads]) -> Mismatch | None:
    """Each person may read the case so far, and no further."""
    situation = scene.stage.situation(scene.file)
    for person, wanted in people.items():
        found = _reads(scene, situation, person)
        if found is not wanted:
            return differ("reads", {person: wanted.value}, {person: found.value})
        if situation.definition.confidential and found is not Reads.YES:
            scene.stage.engine.add(NEED_TO_KNOW.key)
    return None


def _reads(scene: Scene, situation: Situation, person: str) -> Reads:
    definition, tasks = situation.definition, situation.tasks
    if not may_see(person, situation.scene, definition, tasks, supervisors_now(situation)):
        copied = not definition.confidential and _was_told(scene, situation, person)
        return Reads.YES if copied else Reads.NO
    if not definition.confidential or takes_part(person, situation.scene, definition, tasks):
        return Reads.YES
    return Reads.WITH_REASON


def _was_told(scene: Scene, situation: Situation, person: str) -> bool:
    """Whether somebody has got a notice of the case that lets them read it (抄送)."""
    readings = scene.stage.store.readings
    return was_let_in(person, situation.scene, situation.definition, readings)


def fields(scene: Scene, wanted: Fields) -> Mismatch | None:
    """These form fields have these values."""
    form = scene.definition.form
    for key, raw in wanted.items():
        line = form.get(key)
        if line is None:
            return Mismatch(f"fields: a field {key}", f"the form has {shown(list(form))}")
        found = scene.file.case.form.get(key)
        if not _is(line, scene.stage.meant(line, raw), found):
            return differ("fields", {key: raw}, {key: _shown_value(line, found)})
    return None


def _is(line: Field, raw: Raw, found: FieldValue) -> bool:
    """Whether a stored value is the written one; of a table's rows the written columns count."""
    if line.type is FieldType.TABLE and isinstance(raw, list) and isinstance(found, tuple):
        columns = {column.key: column for column in line.columns}
        return len(raw) == len(found) and all(
            isinstance(wish, Mapping)
            and isinstance(row, Mapping)
            and all(
                key in columns and _is(columns[key], cell, row.get(key))
                for key, cell in wish.items()
            )
            for wish, row in zip(raw, found, strict=True)
        )
    # A check may ask for what the form would refuse: bounds are not its business.
    free = replace(line, minimum=None, maximum=None, above=None, open_options=True)
    try:
        return read_value(free, raw) == found
    except Unreadable:
        return False


def _shown_value(line: Field, found: FieldValue) -> object:
    if line.type is FieldType.MONEY and isinstance(found, int):
        return yuan(found)
    if line.type is FieldType.DATETIME and isinstance(found, str):
        return datetime.fromisoformat(found)
    return found


# ---- time ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DueAt:
    """A written end of a deadline, with the moments that it may mean (a day ends at midnight)."""

    text: str
    moments: frozenset[datetime]


def due(scene: Scene, wanted: DueAt | Mapping[str, DueAt]) -> Mismatch | None:
    """The earliest open deadline by which work is due, or each named timer's, falls at that
    moment.
    """
    open_now = {
        deadline.key: deadline.due_at
        for deadline in scene.file.deadlines
        if deadline.state is DeadlineState.RUNNING
    }
    if isinstance(wanted, DueAt):
        rules = scene.definition.deadlines
        earliest = min((at for key, at in open_now.items() if rules[key].due), default=None)
        return None if earliest in wanted.moments else differ("due", wanted.text, earliest)
    for timer, at in wanted.items():
        if open_now.get(timer) not in at.moments:
            return differ("due", {timer: at.text}, open_now)
    return None


def overdue(scene: Scene, steps: tuple[str, ...]) -> Mismatch | None:
    """Exactly these steps have tasks that are overdue."""
    late = {task.step for task in scene.file.tasks if task.is_open and task.overdue}
    return same_in_any_order("overdue", sorted(set(steps)), sorted(late))
