"""What each check of a step asks, and the answer when it does not hold; `check_keys` lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from workflow.design.definition import Field, FieldType
from workflow.design.form_rules import requirements
from workflow.nouns import SYSTEM, Case, DeadlineState, FieldValue, RegisterRow, Task
from workflow.ports import CaseFile
from workflow.refusals import Code
from workflow.running.answers import Unreadable, read_value, yuan
from workflow.running.rulebook import SAVE, START
from workflow.scenarios.pairing import pairs
from workflow.scenarios.scene import Scene
from workflow.scenarios.setting import Fields, Mismatch, Raw, Start
from workflow.scenarios.words import differ, refusal_shown, same, same_in_any_order, shown
from workflow.service.offering import hats_of
from workflow.service.sights import line_of

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
    return _nothing_changed(scene) or _refusal_kept(scene, answer.refused.code)


def _nothing_changed(scene: Scene) -> Mismatch | None:
    before, after = scene.before, scene.stage.picture()
    for number, file in after.cases.items():
        if number not in before.cases:
            return Mismatch("no case is opened by a refused act", f"{number} was opened")
        changed = _what_differs(before.cases[number], file)
        if changed:
            return Mismatch("a refused act changes nothing", f"{number}: {shown(changed)} changed")
    for register, rows in after.rows.items():
        if rows != before.rows[register]:
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


def _refusal_kept(scene: Scene, code: Code) -> Mismatch | None:
    """The case's ledger gained one line, the refusal's; no other ledger gained any."""
    opening = isinstance(scene.act, Start)
    for number, entries in scene.stage.picture().entries.items():
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


# ---- where the case stands -----------------------------------------------------------------------


def state(scene: Scene, states: tuple[str, ...]) -> Mismatch | None:
    """The case is in that state."""
    found = scene.file.case.state
    if len(states) == 1:
        return same("state", states[0], found)
    return same_in_any_order("state", states, (found,))


@dataclass(frozen=True, slots=True)
class WantedTask:
    """A task as a scenario tells it: what is None is not compared."""

    step: str | None = None
    role: str | None = None
    department: str | None = None
    person: str | None = None


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
    }
    return {key: value for key, value in every.items() if value is not None}


def _as_told(task: Task) -> dict[str, str]:
    address = task.address
    return _told(WantedTask(task.step, address.role, address.department, address.person))


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
    """The earliest open deadline, or each named timer's, falls at that moment."""
    open_now = {
        deadline.key: deadline.due_at
        for deadline in scene.file.deadlines
        if deadline.state is DeadlineState.RUNNING
    }
    if isinstance(wanted, DueAt):
        earliest = min(open_now.values(), default=None)
        return None if earliest in wanted.moments else differ("due", wanted.text, earliest)
    for timer, at in wanted.items():
        if open_now.get(timer) not in at.moments:
            return differ("due", {timer: at.text}, open_now)
    return None


def overdue(scene: Scene, steps: tuple[str, ...]) -> Mismatch | None:
    """Exactly these steps have tasks that are overdue."""
    late = {task.step for task in scene.file.tasks if task.is_open and task.overdue}
    return same_in_any_order("overdue", sorted(set(steps)), sorted(late))


# ---- what follows elsewhere ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WantedRows:
    """Rows that a register has, or (`none`) has not."""

    rows: tuple[Fields, ...]
    none: bool = False


def registers(scene: Scene, wanted: Mapping[str, WantedRows]) -> Mismatch | None:
    """Each register has a matching row for each of these, or none."""
    for register, wish in wanted.items():
        found = scene.stage.rows(register)
        for row in wish.rows:
            unknown = _unknown_columns(scene, register, row, found)
            if unknown:
                known = shown(list(scene.stage.columns.get(register, {})))
                return Mismatch(f"registers: {register} with {shown(unknown)}", f"it has {known}")
            there = any(_row_is(scene, row, one) for one in found)
            if there is wish.none:
                asked: object = {"none": [row]} if wish.none else [row]
                values = [one.values for one in found]
                return differ("registers", {register: asked}, {register: values})
    return None


def _unknown_columns(
    scene: Scene, register: str, wish: Fields, found: Sequence[RegisterRow]
) -> list[str]:
    """A misspelt column would make `none` hold for nothing."""
    known = {*scene.stage.columns.get(register, {}), *(key for row in found for key in row.values)}
    return [column for column in wish if column not in known]


def _row_is(scene: Scene, wish: Fields, row: RegisterRow) -> bool:
    for column, raw in wish.items():
        found = row.values.get(column)
        # A row may name a case by its number, which a scenario knows by its name.
        named = scene.stage.cases.get(raw) if isinstance(raw, str) else None
        if found != scene.stage.cell(row.register, column, raw) and (
            named is None or found != named
        ):
            return False
    return True


def notified(scene: Scene, people: Mapping[str, tuple[str, ...]]) -> Mismatch | None:
    """The notices that reached each person since they were last asked about include these."""
    case = scene.file.case if scene.named else None
    for person, kinds in people.items():
        news = scene.stage.news_for(scene.stage.people[person], case)
        found = [notice.kind for notice in news]
        scene.stage.asked.add(person)
        if Counter(kinds) - Counter(found):
            return differ("notified", {person: kinds}, {person: found})
    return None


@dataclass(frozen=True, slots=True)
class WantedCase:
    """A case that was started; what is None is not compared. `name` is what later steps call it."""

    process: str | None = None
    state: str | None = None
    name: str | None = None


def children(scene: Scene, wanted: tuple[WantedCase, ...]) -> Mismatch | None:
    """The cases that it started are exactly these; they get their names by this check."""
    found = _started_by(scene)
    chosen = pairs(wanted, found, _is_case)
    if chosen is None:
        told = [{"process": wish.process, "state": wish.state} for wish in wanted]
        return differ("children", told, [{"process": c.process, "state": c.state} for c in found])
    for position, wish in enumerate(wanted):
        if wish.name is not None:
            scene.stage.cases[wish.name] = found[chosen[position]].number
    return None


def _is_case(wish: WantedCase, case: Case) -> bool:
    return wish.process in (None, case.process) and wish.state in (None, case.state)


def _started_by(scene: Scene) -> list[Case]:
    """The cases that acts on this one opened, as its ledger tells."""
    ids = [key for entry in scene.entries for key, _ in orjson.loads(entry.body).get("opens", ())]
    found = (scene.stage.store.readings.case_by_id(key) for key in ids)
    return [case for case in found if case is not None]


# ---- what is written down ------------------------------------------------------------------------


def history(scene: Scene, events: tuple[str, ...]) -> Mismatch | None:
    """The ledger's events of the case end with these."""
    found = tuple(entry.event for entry in scene.entries)
    return None if found[len(found) - len(events) :] == events else differ("history", events, found)


@dataclass(frozen=True, slots=True)
class WantedActor:
    """Who acted; what is None is not compared."""

    by: str | None = None
    acting_for: str | None = None


def acted(scene: Scene, wanted: WantedActor) -> Mismatch | None:
    """The last entry names both; what the engine did after the person's act is left aside."""
    entries = [e for e in scene.entries if e.actor != SYSTEM or wanted.by == SYSTEM]
    last = entries[-1]
    if wanted.by in (None, last.actor) and wanted.acting_for in (None, last.acting_for):
        return None
    found = {"by": last.actor, "for": last.acting_for}
    return differ("acted", {"by": wanted.by, "for": wanted.acting_for}, found)


def cites(scene: Scene, clauses: tuple[str, ...]) -> Mismatch | None:
    """The last act's rule, or its refusal, cites at least these clauses."""
    found = tuple(dict.fromkeys(_cited(scene)))
    return None if set(clauses) <= set(found) else differ("cites", clauses, found)


def _cited(scene: Scene) -> list[str]:
    answer = scene.answer
    if isinstance(scene.act, Start) and answer is not None and answer.refused is not None:
        opening = scene.stage.catalog.definition(scene.act.process).opening
        return [*answer.refused.clauses, *opening.clauses]
    file, definition = scene.file, scene.definition
    timers = {f"timer:{deadline.id}": deadline.key for deadline in file.deadlines}
    found: list[str] = []
    for entry in scene.latest:
        line = line_of(entry)
        found += _of_rule(scene, line.action)
        found += [clause for result in line.rules for clause in result.clauses]
        found += [clause for refusal in line.refusals for clause in refusal.clauses]
        timer = timers.get(entry.key or "")
        if timer is not None:
            found += definition.deadlines[timer].clauses
        if line.action == SAVE:
            found += definition.states[file.case.state].clauses
    return found


def _of_rule(scene: Scene, act: str) -> list[str]:
    """The clauses of an action (or of the opening) and of the fields that it requires."""
    definition = scene.definition
    found: list[str] = []
    if act == START:
        found += definition.opening.clauses
    elif act in definition.actions:
        found += definition.actions[act].clauses
    for line, requirement in requirements(definition, act):
        found += requirement.clauses or line.clauses
    return found
