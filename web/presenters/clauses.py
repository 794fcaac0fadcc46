"""A clause as a page: what it says, where it stands, what disagrees with it and how that is
settled.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from web.presenters.speech import Speech
from web.presenters.tracing import CarriedView
from workflow.design.register import Clause, ConflictGroup, Register
from workflow.service.catalog import Catalog


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """Another clause: its id and what it says."""

    id: str
    says: str
    place: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A subject on which clauses disagree, and the parameter by which the hospital decides."""

    subject: str
    disagreement: str
    parameter: str
    parameter_name: str
    against: tuple[ClauseLine, ...]


@dataclass(frozen=True, slots=True)
class ClauseView:
    """The page of one clause."""

    id: str
    says: str
    place: str
    document: str
    about: str
    conflicts: tuple[ClauseLine, ...]
    disagreements: tuple[Disagreement, ...]
    processes: tuple[str, ...]
    carried: CarriedView
    set: str


def clause_view(
    clause: Clause, catalog: Catalog, speech: Speech, carried: CarriedView
) -> ClauseView:
    """Words for one clause."""
    register = catalog.register
    groups = [
        register.conflict_groups[key]
        for key in clause.conflict_groups
        if key in register.conflict_groups
    ]
    settled = {other for group in groups for other in group.against(clause.id)}
    names = {one.key: one.name for one in catalog.in_force()}
    document, about = _source(clause, register, speech)
    return ClauseView(
        id=clause.id,
        says=speech.say(clause.says),
        place=clause.place,
        document=document,
        about=about,
        conflicts=_lines((c for c in clause.conflicts if c not in settled), register, speech),
        disagreements=tuple(_disagreement(group, clause, register, speech) for group in groups),
        processes=tuple(speech.say(names[p]) for p in clause.processes if p in names),
        carried=carried,
        set=clause.set_id,
    )


def _source(clause: Clause, register: Register, speech: Speech) -> tuple[str, str]:
    for document in register.documents.values():
        for part in document.sets:
            if part.id == clause.set_id:
                return speech.say(document.title), speech.say(part.about)
    return "", ""


def _disagreement(
    group: ConflictGroup, clause: Clause, register: Register, speech: Speech
) -> Disagreement:
    parameter = register.parameters.get(group.parameter)
    return Disagreement(
        speech.say(group.subject),
        speech.say(group.disagreement),
        group.parameter,
        group.parameter if parameter is None else speech.say(parameter.label),
        _lines(group.against(clause.id), register, speech),
    )


def _lines(ids: Iterable[str], register: Register, speech: Speech) -> tuple[ClauseLine, ...]:
    known = (register.clauses[id_] for id_ in ids if id_ in register.clauses)
    return tuple(ClauseLine(c.id, speech.say(c.says), c.place) for c in known)
