"""What a leaver leaves behind: their posts pass on by themselves, what waits for them by name does
not.

A successor inherits the work of the post (S1-01-03). Panels, transfers and forms name people; their
open tasks are listed here, and planned for moving to others in one act, each case by the one door.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from workflow.nouns import Actor, Address, Decision, Task
from workflow.people.organisation import Organisation
from workflow.ports import InboxQuery, InboxRow, Readings
from workflow.refusals import Code, Refusal, Sentence

#: So many tasks of one person are listed at most; the rest comes with the next list.
MOST = 200

NO_ONE = Sentence("请为这件待办选择接手的人", "Choose who takes this over")
LEFT = Sentence("{who}已停用，不能接手", "{who} has left and cannot take it over")
STRANGER = Sentence("没有“{who}”这个人", "There is no “{who}”")
SAME = Sentence("接手的人就是离开的人", "That is the person who leaves")
APPLICANT = Sentence(
    "{who}是本案申请人，不能接手办理", "{who} filed this case and cannot decide on it"
)
EXCLUDED = Sentence(
    "{who}已在本案别的环节签署，不能接手", "{who} has signed another step of this case"
)


@dataclass(frozen=True, slots=True)
class Behind:
    """What waits for one person by name. `to_move` can be given to others; `own` are their own
    requests, which nobody can take over: they are withdrawn or cancelled.
    """

    person: str
    to_move: tuple[InboxRow, ...]
    own: tuple[InboxRow, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """One task that goes to somebody else."""

    number: str
    task: str
    to: str
    seen_version: int

    def decision(self, actor: Actor, action: str, at: datetime, reason: str, key: str) -> Decision:
        """The act on the case: `action` is the administrators' word for it, `key` one for all of
        the list, so that a repeated click moves nothing twice.
        """
        return Decision(
            actor=actor,
            action=action,
            at=at,
            key=f"{key}:{self.task}",
            opinion=reason,
            target=self.to,
            seen_version=self.seen_version,
            task=self.task,
        )


def left_behind(readings: Readings, person: str) -> Behind:
    """What waits for a person by name, the most urgent first; at most MOST."""
    # Nobody's own view: the empty name is on no list of excluded people.
    query = InboxQuery("", (Address(person=person).key,), limit=MOST)
    rows = readings.inbox(query).rows
    own = tuple(row for row in rows if _is_own(row, person))
    return Behind(person, tuple(row for row in rows if row not in own), own)


def _is_own(row: InboxRow, person: str) -> bool:
    """Whether a task is the applicant's own seat, and not one for which they were chosen."""
    return row.case.applicant == person and row.task.handling.role is None


def moves_of(
    behind: Behind, heirs: Mapping[str, str], organisation: Organisation
) -> tuple[tuple[Move, ...], tuple[Refusal, ...]]:
    """The moves of a list, or every problem with it: `heirs` gives a person for each task id.

    A problem's field is the task's id. Nothing is moved while there is a problem. Whether somebody
    may decide there is asked again, with the whole case, when it is moved.
    """
    problems = tuple(
        Refusal(
            Code.INVALID_FORM, because, field=row.task.id, rule="heir", cases=(row.case.number,)
        )
        for row in behind.to_move
        if (because := _problem(row, heirs.get(row.task.id, ""), behind.person, organisation))
    )
    if problems:
        return (), problems
    return tuple(_moved(row, heirs) for row in behind.to_move), ()


def _moved(row: InboxRow, heirs: Mapping[str, str]) -> Move:
    return Move(row.case.number, row.task.id, heirs[row.task.id], row.case.version)


def _problem(row: InboxRow, heir: str, leaver: str, organisation: Organisation) -> Sentence | None:
    if not heir:
        return NO_ONE
    known = organisation.people.get(heir)
    if known is None:
        return STRANGER.filled(who=heir)
    if heir == leaver:
        return SAME
    if not known.active:
        return LEFT.filled(who=known.name)
    if heir == row.case.applicant:
        return APPLICANT.filled(who=known.name)
    return EXCLUDED.filled(who=known.name) if heir in _excluded(row.task) else None


def _excluded(task: Task) -> Iterable[str]:
    return (*task.excluded, *task.handling.recused)
