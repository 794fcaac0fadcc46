"""The words of the house: what a case, a task, a decision and an entry are, and nothing that
acts.

All values are frozen; changing one means making the next. Moments are aware and in UTC, money is
whole fen, dates are ISO text inside forms. One word for one idea: see the README's map of the
house.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from workflow.making import quick, quick_members

#: A cell of a table field: what JSON can say, without floating point numbers.
Scalar = bool | int | str | None
Row = Mapping[str, Scalar]
#: A form value as stored: money in fen, dates `2026-03-02`, moments `2026-03-02T01:00:00.000000Z`,
#: files by the name or id of the attachment, tables as rows.
FieldValue = Scalar | tuple[Row, ...] | tuple[str, ...]
Form = Mapping[str, FieldValue]
#: A policy parameter as resolved when a case is opened; `None` means that no figure is set.
ParameterValue = bool | int | str | tuple[str, ...] | Mapping[str, int] | None

#: Deeds of the clock and of other cases are never anonymous either.
TIMER = "timer"
SYSTEM = "system"
_AUTOMATIC = frozenset({TIMER, SYSTEM})


@quick
@dataclass(frozen=True, slots=True)
class Address:
    """For whom a task or a notice is meant: one person, or whoever holds a role (in a
    department).
    """

    person: str | None = None
    role: str | None = None
    department: str | None = None

    @property
    def key(self) -> str:
        """One text that names it:

        `p:<person>`, `r:<role>` or `r:<role>@<department>`; what inboxes search by.
        """
        if self.person is not None:
            return f"p:{self.person}"
        return f"r:{self.role}" if self.department is None else f"r:{self.role}@{self.department}"

    @classmethod
    def of(cls, key: str) -> Address:
        """The address that `key` names."""
        kind, _, name = key.partition(":")
        if kind == "p":
            return cls(person=name)
        role, _, department = name.partition("@")
        return cls(role=role, department=department or None)


@quick
@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the person (or `timer`, `system`), for whom when acting as a delegate, and how
    they signed in.
    """

    id: str
    name: str
    acting_for: str | None = None

    @property
    def is_automatic(self) -> bool:
        """True for the clock and for deeds that follow from other cases."""
        return self.id in _AUTOMATIC


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to a case.

    `digest` is the SHA-256 of its bytes in hex; `field` names the form field it fills.
    """

    id: str
    name: str
    media_type: str
    size: int
    digest: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """Where one region of a parallel state stands, and since when; `back_to` as in a Course."""

    state: str
    entered_at: datetime
    back_to: str | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """An administrator's act that waits for a second administrator to agree.

    `version` is the case's as the proposal left it: once somebody has decided, it has lapsed.
    `task`, `target` and `answers` are those of the decision that proposed it.
    """

    act: str
    by: str
    at: datetime
    version: int
    reason: str
    task: str | None = None
    target: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Course:
    """How a case runs when it does not simply stand in its state.

    `branches` are the regions that run side by side while it is in a parallel state. `back_to` is
    the state that it comes back to after a return, instead of running every step again.
    `suspended` is the reason for which an administrator has stopped it, `cancelled` the reason for
    which one has ended it, `proposed` what one would do if a second agreed. `revoked_by` is the
    number of the later case that took its effect away.
    """

    branches: Mapping[str, Branch] = field(default_factory=dict)
    back_to: str | None = None
    suspended: str | None = None
    revoked_by: str | None = None
    cancelled: str | None = None
    proposed: Proposed | None = None


#: Nearly every case, nearly always.
STRAIGHT = Course()


@quick
@dataclass(frozen=True, slots=True)
class Case:
    """A running or ended process.

    `version` counts decisions that changed it (every form carries it back); `seq` and `head` are
    the length and the last digest of its ledger, which also grows by refusals. `parameters` are
    the policy values in force at its opening (register convention V4). `round` starts at 1 and
    grows when a return voids signatures.
    """

    id: str
    number: str
    process: str
    definition_version: int
    state: str
    applicant: str
    department: str
    form: Form
    parameters: Mapping[str, ParameterValue]
    opened_at: datetime
    entered_at: datetime
    round: int = 1
    version: int = 0
    seq: int = 0
    head: str = ""
    parent: str | None = None
    title: str = ""
    closed_at: datetime | None = None
    course: Course = STRAIGHT


@quick_members
class TaskEnd(StrEnum):
    """How a task ended when it was not by an action of the definition."""

    MOVED = "moved"  # the case left the step by another action
    NOT_NEEDED = "not_needed"  # the others have decided the step without it
    TRANSFERRED = "transferred"  # somebody else has it now, with the responsibility
    RECUSED = "recused"  # a conflict of interest was declared
    SIGNED_ELSEWHERE = "signed_elsewhere"  # its owner has signed in another branch meanwhile
    REMOVED = "removed"  # taken off the panel before deciding
    RETURNED = "returned"  # a parallel branch sent the whole case back
    TAKEN_BACK = "taken_back"  # the decision that opened it was undone
    ANSWERED = "answered"  # an opinion was given; it decides nothing
    CONFIRMED = "confirmed"  # what was promised has been done
    REROUTED = "rerouted"  # an administrator has moved it
    CANCELLED = "cancelled"  # an administrator has ended the case


@quick_members
class TaskKind(StrEnum):
    """What is asked of whoever has a task."""

    STEP = "step"  # decide the step
    HELPER = "helper"  # decide with it: somebody at the step has asked for this
    ASKED = "asked"  # give an opinion, upon which the task goes back to whoever asked
    CONSULTED = "consulted"  # read and comment; the step does not wait for it
    PROMISE = "promise"  # see that a condition of an approval is met


@quick
@dataclass(frozen=True, slots=True)
class Handling:
    """How a task came to somebody, when it did not simply wait for a post.

    `role` is the role for which a named person sits (a delegate may stand in for it), `weight` the
    weight of their vote. `turn` is their place in a panel that decides one after the other; `held`
    means that it is not their turn yet, so the task is in nobody's inbox. `claimed_by` has taken a
    shared task for themselves. `origin` is the task that this one came from, `added_by` who saw to
    that. `lines` are the rows (from 0) of the form's table that this member decides. `recused`
    are holders of the post who have declared a conflict of interest. `subject` is
    the question, or the condition to be met, in words. `because` tells why it is here and not
    where it was meant for (a rule's name), and `meant` where that was (an address key).
    """

    kind: TaskKind = TaskKind.STEP
    role: str | None = None
    weight: int = 1
    turn: int = 0
    held: bool = False
    claimed_by: str | None = None
    origin: str | None = None
    added_by: str | None = None
    lines: tuple[int, ...] = ()
    recused: tuple[str, ...] = ()
    subject: str = ""
    because: str = ""
    meant: str | None = None


#: Nearly every task.
ORDINARY = Handling()


@quick
@dataclass(frozen=True, slots=True)
class Task:
    """Work that waits for somebody at a step (a state) of a case.

    `closed_as` is the action that ended it, or a `TaskEnd`; `closed_by` the person, `closed_for`
    whom they stood in for. Who signed what is read from here: counts and signatures are computed,
    never stored. `excluded` are people who hold the post but may not decide here (their own
    submission, a signature elsewhere).
    """

    id: str
    case: str
    step: str
    address: Address
    round: int
    opened_at: datetime
    due_at: datetime | None = None
    overdue: bool = False
    closed_at: datetime | None = None
    closed_as: str | None = None
    closed_by: str | None = None
    closed_for: str | None = None
    excluded: tuple[str, ...] = ()
    handling: Handling = ORDINARY

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do it."""
        return self.closed_at is None


@quick_members
class DeadlineState(StrEnum):
    """A running clock may fire or be stopped; a paused one keeps what is left."""

    RUNNING = "running"
    PAUSED = "paused"
    FIRED = "fired"
    STOPPED = "stopped"


@quick
@dataclass(frozen=True, slots=True)
class Deadline:
    """A clock of a case: at `due_at` the timer named `key` fires once.

    `provisional`: counted beyond the last known calendar year. `stood` are the times, from and
    until, during which it stood still; `extended` until when an administrator has put it off at
    least. `rungs` are the numbers of the reminders of its ladder that
    were sent, `rung_at` is when the next one is to be sent.
    """

    id: str
    case: str
    key: str
    started_at: datetime
    due_at: datetime
    state: DeadlineState = DeadlineState.RUNNING
    provisional: bool = False
    paused_at: datetime | None = None
    stood: tuple[tuple[datetime, datetime], ...] = ()
    rungs: tuple[int, ...] = ()
    rung_at: datetime | None = None
    extended: datetime | None = None

    @property
    def is_running(self) -> bool:
        """Whether its end still has to come."""
        return self.state is DeadlineState.RUNNING

    @property
    def reminds_next(self) -> bool:
        """Whether a reminder comes before anything else that this clock does."""
        return self.rung_at is not None and (not self.is_running or self.rung_at <= self.due_at)

    @property
    def fires_at(self) -> datetime | None:
        """When it does something next: a reminder, or its end. None: never again."""
        return self.rung_at if self.reminds_next else self.due_at if self.is_running else None


@quick_members
class Topic(StrEnum):
    """Why a notice concerns whoever gets it: what people choose their channels by."""

    WORK = "work"  # something waits for them
    PROGRESS = "progress"  # their own request has moved
    COPY = "copy"  # 抄送: for information
    DEADLINE = "deadline"  # a clock has run out
    SOON = "soon"  # a clock will run out
    URGE = "urge"  # 催办: the applicant asks them to hurry
    ALARM = "alarm"  # the house itself needs care


#: What asks somebody to act at the step where the case stands: over when the case has gone on.
CALLS = frozenset({Topic.WORK, Topic.SOON, Topic.URGE})


@quick
@dataclass(frozen=True, slots=True)
class Notice:
    """A message that something happened.

    `kind` is the action or timer that caused it; it never decides anything.
    """

    id: str
    case: str
    kind: str
    to: Address
    at: datetime
    topic: Topic = Topic.COPY


@quick
@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A business fact in a named table, tied to the case (id and number) and the ledger line that
    wrote it.
    """

    id: str
    register: str
    values: Mapping[str, Scalar]
    case: str | None
    seq: int | None
    at: datetime
    number: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody asks for: the input of the engine.

    `answers` are raw or typed form values for fields of the action; `target` a state or person
    where the action asks for one; `seen_version` the version that the page showed (None: act on
    the present one); `key` makes a repeated click the same decision.
    """

    actor: Actor
    action: str
    at: datetime
    key: str
    answers: Mapping[str, object] = field(default_factory=dict)
    opinion: str = ""
    attachments: tuple[Attachment, ...] = ()
    target: str | None = None
    seen_version: int | None = None
    task: str | None = None


@quick_members
class OccurrenceState(StrEnum):
    """What became of a turn of a schedule."""

    OPENED = "opened"
    LATE = "late"  # opened, but not on time
    MISSED = "missed"  # never opened, and never will be


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A turn of a schedule for one subject (a department's id, the key of a row, "" for the
    house), of which there is one for ever.

    `slot` names the turn, `case` and `number` the case that it opened. `why` it was missed:
    (Chinese, English), "" when nobody was there to open it.
    """

    process: str
    schedule: str
    subject: str
    slot: str
    due_at: datetime
    state: OccurrenceState
    at: datetime
    case: str | None = None
    number: str | None = None
    why: tuple[str, str] = ("", "")

    @property
    def id(self) -> str:
        """What it is found by."""
        return f"{self.process}/{self.schedule}/{self.slot}/{self.subject}"


@quick
@dataclass(frozen=True, slots=True)
class Opening:
    """The wish to open a case: who, of which process, with which form, tied to which parent (case
    id).
    """

    actor: Actor
    process: str
    at: datetime
    key: str
    answers: Mapping[str, object] = field(default_factory=dict)
    entry: str | None = None
    parent: str | None = None
    department: str | None = None
    attachments: tuple[Attachment, ...] = ()
    on_behalf_of: str | None = None
    #: The turn of a schedule that opens it, and how many before that were missed in a row.
    occurrence: Occurrence | None = None
    missed_before: int = 0


@quick
@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one rule said about one act, as kept in the ledger.

    `holds` None: it could not be judged.
    """

    rule: str
    holds: bool | None
    clauses: tuple[str, ...] = ()


#: How the ledger calls the opening of a case: the event of the first line of each.
OPENED = "start"


@quick
@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's ledger.

    `body` are the exact bytes that `digest` (hex SHA-256) is computed over.
    """

    case: str
    seq: int
    at: datetime
    event: str
    actor: str
    acting_for: str | None
    role: str | None
    department: str | None
    process: str
    from_state: str | None
    to_state: str | None
    refused: str | None
    key: str | None
    body: bytes
    digest: str
