"""What somebody sees of a case: values that a page, a sheet of paper or the API may show as they
are.

The ledger's lines are decoded here once, so that nobody else reads their bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from workflow.design.definition import Action, Definition
from workflow.design.form import Field
from workflow.design.form_rules import OPENING
from workflow.design.panels import Panel, Vote
from workflow.ledger import moment_of
from workflow.nouns import (
    OPENED,
    Address,
    Attachment,
    Case,
    Deadline,
    Entry,
    RuleResult,
    Task,
    TaskKind,
)
from workflow.people.eligibility import WENT_ELSEWHERE, Because
from workflow.people.organisation import Person
from workflow.ports.deciding import CaseFile
from workflow.ports.hospital import Hospital
from workflow.refusals import Code, Refusal, Sentence
from workflow.running.deadlines import alive
from workflow.running.offers import Offer
from workflow.running.outcome import Calculated
from workflow.running.panels import Result, Tally
from workflow.running.tools import ToolOffer


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A form field before and after one act, as stored; None: not filled."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Work that went to `address` though it was meant for `meant` (None: nobody was named)."""

    step: str
    address: Address
    meant: Address | None
    because: str

    def in_words(self, name: Callable[[Address], str]) -> Sentence:
        """Why, for people; `name` says an address."""
        meant = "" if self.meant is None else name(self.meant)
        return WENT_ELSEWHERE[Because(self.because)].filled(meant=meant)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Which turn of which schedule opened a case, and whether it was late."""

    key: str
    due_at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One ledger line, read. `action` is what was wanted: the event itself, or for a refusal what
    was refused.
    """

    entry: Entry
    action: str
    opinion: str
    changes: tuple[FieldChange, ...]
    rules: tuple[RuleResult, ...]
    refusals: tuple[Refusal, ...]
    attachments: tuple[str, ...]
    round: int
    version: int
    grant: str | None = None  # the delegation by which somebody stood in
    target: str | None = None  # the person or state that the act named
    elsewhere: tuple[Elsewhere, ...] = ()
    calculations: tuple[Calculated, ...] = ()
    schedule: Scheduled | None = None  # the turn that opened the case
    told: bool = False  # somebody was told of it

    @property
    def refused(self) -> bool:
        """Whether the act was refused and changed nothing."""
        return self.entry.refused is not None


class SeatIs(StrEnum):
    """How it stands with a member of a panel."""

    DECIDED = "decided"
    WAITING = "waiting"
    NOT_YET = "not_yet"  # somebody has to be heard first
    NOT_NEEDED = "not_needed"  # the others have decided without them
    RECUSED = "recused"
    SIGNED_ELSEWHERE = "signed_elsewhere"  # in another branch
    REMOVED = "removed"
    PASSED_ON = "passed_on"
    GONE = "gone"  # the case has left the step


@dataclass(frozen=True, slots=True)
class SeatSight:
    """A member's seat. `line` is the ledger line of their vote; `after` who sits there instead of
    whoever has passed it on or may decide no more; `hears` whose opinion the member has asked for
    and waits for.
    """

    task: Task
    stands: SeatIs
    vote: Vote | None = None
    line: LedgerLine | None = None
    after: Address | None = None
    hears: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class PanelSight:
    """A panel of the present visit of a step, or (not `here`) of its last one."""

    step: str
    panel: Panel
    seats: tuple[SeatSight, ...]
    tally: Tally
    result: Result | None
    here: bool
    for_veto: bool = False  # it would have passed, and only whoever may veto is waited for


@dataclass(frozen=True, slots=True)
class BranchSight:
    """Where one branch of a parallel state stands."""

    key: str
    state: str
    entered_at: datetime
    done: bool


@dataclass(frozen=True, slots=True)
class Aim:
    """Where an action leads, and who is asked there. "" where that is not known beforehand."""

    state: str
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class Hat:
    """What one person may do as themselves (`acting_for` None) or for somebody who lent them their
    posts: the definition's actions, and the general acts on their tasks.
    """

    acting_for: str | None
    offers: tuple[Offer, ...]
    tools: tuple[ToolOffer, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that waits, who may take it, and by which actions' rules it came to them."""

    task: Task
    people: tuple[Person, ...]
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class PathStep:
    """A step that lies ahead if everybody agrees, and who would be asked there."""

    state: str
    addresses: tuple[Address, ...]
    people: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class CaseSight:
    """A case as one person sees it at one moment."""

    file: CaseFile
    definition: Definition
    roles: Mapping[str, Sentence]
    hospital: Hospital
    now: datetime
    lines: tuple[LedgerLine, ...]
    hats: tuple[Hat, ...]
    aims: Mapping[str, Aim]
    editable: Mapping[str, Field]
    waiting: tuple[Waiting, ...]
    path: tuple[PathStep, ...]
    parent: Case | None
    children: tuple[Case, ...]
    attachments: tuple[Attachment, ...]
    panels: tuple[PanelSight, ...]
    branches: tuple[BranchSight, ...]
    openable: tuple[Definition, ...]  # what may be started from this case, by this person
    seen_in_full: bool  # False: masked fields stay masked
    withheld: frozenset[str] = frozenset()  # masked fields that are for others even then
    beside: Mapping[str, tuple[Case, ...]] = field(default_factory=dict)  # to name, by field
    look_counts: bool = False  # it binds whoever decided before, and is to be recorded

    def shows_whole(self, field: Field) -> bool:
        """Whether this person sees all of what stands in a field."""
        return not field.masked or (self.seen_in_full and field.key not in self.withheld)

    @property
    def case(self) -> Case:
        """The case itself."""
        return self.file.case

    @property
    def running(self) -> tuple[Deadline, ...]:
        """The clocks that run or pause and by which work is due, the nearest first."""
        found = alive(self.definition, self.file.deadlines)
        return tuple(sorted(found, key=lambda deadline: deadline.due_at))

    @property
    def promised(self) -> tuple[Task, ...]:
        """The conditions of an approval, met or not, the first first."""
        kept = (t for t in self.file.tasks if t.handling.kind is TaskKind.PROMISE)
        return tuple(sorted(kept, key=lambda task: task.opened_at))

    def role_name(self, role: str) -> Sentence:
        """What people call a role."""
        return self.roles.get(role, Sentence(role, role))


def elsewhere_of(task: Task) -> Elsewhere | None:
    """Why a task is where it is, when it was meant for somebody else."""
    because, meant = task.handling.because, task.handling.meant
    if because not in WENT_ELSEWHERE:
        return None
    return Elsewhere(task.step, task.address, None if meant is None else Address.of(meant), because)


def line_of(entry: Entry) -> LedgerLine:
    """Read the bytes of a ledger line."""
    body: Mapping[str, Any] = orjson.loads(entry.body)
    return LedgerLine(
        entry=entry,
        action=OPENING if _opens(entry) else str(body.get("action", entry.event)),
        opinion=str(body.get("opinion", "")),
        changes=tuple(
            FieldChange(key, before, after) for key, (before, after) in body.get("form", {}).items()
        ),
        rules=tuple(
            RuleResult(rule, holds, tuple(clauses))
            for rule, holds, clauses in body.get("rules", ())
        ),
        refusals=tuple(_refusal(kept) for kept in body.get("refused", ())),
        attachments=tuple(str(kept["id"]) for kept in body.get("attachments", ())),
        round=int(body.get("round", 0)),
        version=int(body.get("version", 0)),
        grant=body.get("grant"),
        target=body.get("target"),
        elsewhere=tuple(_elsewhere(body.get("opened", ()))),
        calculations=tuple(
            Calculated(kept["use"], kept["of"], kept["inputs"], kept["results"])
            for kept in body.get("calculations", ())
        ),
        schedule=_scheduled(body.get("schedule")),
        told=bool(body.get("notices")),
    )


def _scheduled(kept: Mapping[str, Any] | None) -> Scheduled | None:
    if kept is None:
        return None
    return Scheduled(str(kept["key"]), moment_of(kept["due"]), bool(kept["late"]))


def _opens(entry: Entry) -> bool:
    """Whether a case begins with this line; an action of its process may be called `start` too."""
    return entry.seq == 1 and entry.event == OPENED and entry.refused is None


def _elsewhere(opened: Iterable[Mapping[str, Any]]) -> Iterator[Elsewhere]:
    for kept in opened:
        handling = kept.get("handling", {})
        if handling.get("because") in WENT_ELSEWHERE:
            meant = handling.get("meant")
            yield Elsewhere(
                str(kept["step"]),
                Address(kept["person"], kept["role"], kept["department"]),
                None if meant is None else Address.of(meant),
                str(handling["because"]),
            )


def _refusal(kept: Mapping[str, Any]) -> Refusal:
    return Refusal(
        Code(kept["code"]),
        Sentence(kept["zh"], kept["en"]),
        tuple(kept["clauses"]),
        kept["field"],
        kept["rule"],
        tuple(kept["cases"]),
        kept["standing"],
    )
