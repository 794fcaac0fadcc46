"""Tables of which everybody sees their own rows: institutions that are asked for their opinion do
not read each other's.

The case is shown as it would stand had the others said nothing, so that page, paper and API need no
rule of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflow.design.form import Field
from workflow.making import replace
from workflow.nouns import Actor, FieldValue
from workflow.ports.deciding import CaseFile
from workflow.running.handling import ANSWER, COMMENT
from workflow.running.situation import Situation
from workflow.service.gathering import Source, with_facts
from workflow.service.sights import LedgerLine

_SAID_TO_OTHERS = frozenset({ANSWER, COMMENT})
#: What stands in the place of what somebody else was asked and said.
_NOT_THEIRS = "***"


def kept_apart(situation: Situation, withheld: frozenset[str]) -> tuple[Field, ...]:
    """The tables of which somebody sees their own rows alone; `withheld`: what is for others."""
    form = situation.definition.form.values()
    return tuple(one for one in form if one.own_rows is not None and one.key in withheld)


def theirs_alone(
    situation: Situation,
    source: Source,
    actor: Actor,
    people: Iterable[str],
    file: CaseFile,
    lines: tuple[LedgerLine, ...],
    tables: tuple[Field, ...],
) -> tuple[CaseFile, tuple[LedgerLine, ...]]:
    """A case and its story without what others said in `tables` and in answer to a question.

    `people` are the actor and those for whom they stand in here: theirs is what is of a department
    in which one of them works.
    """
    people = frozenset(people)
    units = _units_of(situation, people)
    wanted = [table.own_rows for table in tables if table.own_rows is not None]
    facts = with_facts(situation, source, wanted, actor).facts
    form = {**file.case.form, **dict(_own(file.case.form, tables, facts, units))}
    seen = replace(file, case=replace(file.case, form=form))
    keys = frozenset(table.key for table in tables)
    return seen, tuple(_line(situation, one, keys, people, units) for one in lines)


def _own(
    form: Mapping[str, FieldValue],
    tables: tuple[Field, ...],
    facts: Mapping[str, object],
    units: frozenset[str],
) -> Iterable[tuple[str, FieldValue]]:
    for table in tables:
        rows, of_rows = form.get(table.key), facts.get(table.own_rows or "")
        if isinstance(rows, tuple | list):
            whose = of_rows if isinstance(of_rows, tuple) else ()
            # A row of which it is not known whose it is has no entry: it is nobody's.
            own = tuple(
                row
                for row, unit in zip(rows, whose, strict=False)
                if unit in units and isinstance(row, Mapping)
            )
            yield table.key, own or None


def _line(
    situation: Situation,
    line: LedgerLine,
    tables: frozenset[str],
    people: frozenset[str],
    units: frozenset[str],
) -> LedgerLine:
    changes = tuple(one for one in line.changes if one.field not in tables)
    entry = line.entry
    writers = {entry.actor, entry.acting_for or entry.actor}
    if line.action not in _SAID_TO_OTHERS or not writers.isdisjoint(people):
        return replace(line, changes=changes)
    theirs = not _units_of(situation, writers).isdisjoint(units)
    return replace(line, changes=changes, opinion=line.opinion if theirs else _NOT_THEIRS)


def _units_of(situation: Situation, people: Iterable[str]) -> frozenset[str]:
    """The departments to which people belong or in which they hold a post."""
    organisation, day = situation.organisation, situation.scene.day
    homes = (organisation.people[one].department for one in people if one in organisation.people)
    posts = (post.department for one in people for post in organisation.posts_of(one, day))
    return frozenset((*homes, *posts))
