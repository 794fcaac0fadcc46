"""Checks of what an act leaves behind: registers, notices, other cases, and the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from workflow.design.form_rules import OPENING, requirements
from workflow.nouns import SYSTEM, Case, Entry, RegisterRow
from workflow.running.rulebook import SAVE
from workflow.scenarios.pairing import pairs
from workflow.scenarios.scene import Scene
from workflow.scenarios.setting import Fields, Mismatch, Start
from workflow.scenarios.words import differ, shown
from workflow.service.sights import line_of

# ---- elsewhere ----------------------------------------------------------------------


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
    """The notices that reached each person since they were last asked about include these; an
    empty list means that there were none.
    """
    case = scene.file.case if scene.named else None
    for person, kinds in people.items():
        news = scene.stage.news_for(scene.stage.people[person], case)
        found = [notice.kind for notice in news]
        scene.stage.asked.add(person)
        if Counter(kinds) - Counter(found) or (found and not kinds):
            return differ("notified", {person: kinds}, {person: found})
    return None


@dataclass(frozen=True, slots=True)
class WantedCase:
    """A case that was started; what is None is not compared. `name` is what later steps call it,
    `schedule` the one that opened it.
    """

    process: str | None = None
    state: str | None = None
    name: str | None = None
    schedule: str | None = None
    department: str | None = None


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


def opened(scene: Scene, wanted: tuple[WantedCase, ...]) -> Mismatch | None:
    """The cases that schedules opened since this was last asked are exactly these; they get their
    names by this check.
    """
    found = scene.stage.opened()

    def fits(wish: WantedCase, one: tuple[str, Case]) -> bool:
        schedule, case = one
        return (
            _is_case(wish, case)
            and wish.schedule in (None, schedule)
            and wish.department in (None, case.department)
        )

    chosen = pairs(wanted, found, fits)
    if chosen is None:
        told = [
            {"schedule": wish.schedule, "department": wish.department, "state": wish.state}
            for wish in wanted
        ]
        there = [
            {"schedule": schedule, "department": case.department, "state": case.state}
            for schedule, case in found
        ]
        return differ("opened", told, there)
    for position, wish in enumerate(wanted):
        if wish.name is not None:
            scene.stage.cases[wish.name] = found[chosen[position]][1].number
    return None


def missed(scene: Scene, wanted: Mapping[str, int]) -> Mismatch | None:
    """So many turns of each schedule were missed so far, and of no other."""
    found = scene.stage.missed()
    return None if found == dict(wanted) else differ("missed", dict(wanted), found)


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
    grant: bool | None = None


def acted(scene: Scene, wanted: WantedActor) -> Mismatch | None:
    """The last entry names both; what the engine did after the person's act is left aside."""
    entries = [e for e in scene.entries if e.actor != SYSTEM or wanted.by == SYSTEM]
    last = entries[-1]
    granted = _grant_named(scene, last)
    if (
        wanted.by in (None, last.actor)
        and wanted.acting_for in (None, last.acting_for)
        and wanted.grant in (None, granted)
    ):
        return None
    found: dict[str, object] = {"by": last.actor, "for": last.acting_for}
    asked: dict[str, object] = {"by": wanted.by, "for": wanted.acting_for}
    if wanted.grant is not None:
        found, asked = {**found, "grant": granted}, {**asked, "grant": wanted.grant}
    return differ("acted", asked, found)


def _grant_named(scene: Scene, entry: Entry) -> bool:
    """Whether an entry bears the id of the delegation by which its actor stood in."""
    organisation = scene.stage.situation(scene.file).organisation
    grant = orjson.loads(entry.body).get("grant")
    return any(
        (one.id, one.principal, one.delegate) == (grant, entry.acting_for, entry.actor)
        for one in organisation.delegations
    )


def members(scene: Scene, wanted: tuple[int, ...]) -> Mismatch | None:
    """What the last act says of how many sat in the panel, before and after."""
    said = orjson.loads(scene.latest[-1].body).get("members", ())
    return None if tuple(said) == wanted else differ("members", wanted, said)


def revoked_by(scene: Scene, name: str) -> Mismatch | None:
    """The case that took the effect of this one away."""
    found = scene.file.case.course.revoked_by
    names = {number: name for name, number in scene.stage.cases.items()}
    known = None if found is None else names.get(found, found)
    return None if known == name else differ("revoked_by", name, known)


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
    if act == OPENING:
        found += definition.opening.clauses
    elif act in definition.actions:
        found += definition.actions[act].clauses
    for line, requirement in requirements(definition, act):
        found += requirement.clauses or line.clauses
    return found
