"""What the engine needs of a store, in the engine's own words; storage implements it, twice
(database and memory).

Few verbs on purpose. A `Transaction` writes everything of a decision or nothing: leaving it
without `commit` undoes all. `Readings` answer the questions of pages. Both implementations are
held to one contract by the storage tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import ClassVar, Generic, Protocol, Self, TypeVar

from workflow.calendar import Calendar
from workflow.design.parameters import BASE_PROFILE
from workflow.making import quick
from workflow.nouns import (
    Actor,
    Attachment,
    Case,
    Deadline,
    Entry,
    Notice,
    Occurrence,
    OccurrenceState,
    ParameterValue,
    RegisterRow,
    Scalar,
    Task,
    Topic,
)
from workflow.people.organisation import Delegation, Department, Organisation, Person
from workflow.people.rosters import Roster
from workflow.refusals import Sentence

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A value that a case has put in force for all cases opened from the day `since` on.

    `parameter` is a key, or BASE_PROFILE for the base profile itself. `left`: the parameter is left
    to the profile again. `case` and `seq` are the ledger line that did it, `number` the case's.
    """

    parameter: str
    value: ParameterValue
    since: date
    case: str
    number: str
    seq: int
    at: datetime
    left: bool = False
    reason: str = ""
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetUp:
    """What administrators propose for a house that has not opened a case yet, who they are, and
    why (by parameter, BASE_PROFILE for the profile). It holds once somebody else has agreed.
    """

    profile: str | None
    overrides: Mapping[str, ParameterValue]
    by: tuple[str, ...]
    reasons: Mapping[str, str] = field(default_factory=dict)
    agreed_by: str | None = None
    agreed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The hospital's choice: a base profile and single values that differ from it.

    `changes` are what cases have put in force since, as they did: see `on`. `set_up` is how it
    began, or would.
    """

    profile: str | None = None
    overrides: Mapping[str, ParameterValue] = field(default_factory=dict)
    changes: tuple[PolicyChange, ...] = ()
    set_up: SetUp | None = None

    def on(self, day: date) -> Policy:
        """The profile and the single values that hold on a day, without what lies ahead."""
        profile, overrides = self.profile, dict(self.overrides)
        # Sorted by day alone: of two changes for one day, the later put holds.
        for change in sorted(self.changes, key=lambda one: one.since):
            if change.since > day:
                break
            if change.parameter == BASE_PROFILE:
                profile = change.value if isinstance(change.value, str) else None
            elif change.left:
                overrides.pop(change.parameter, None)
            else:
                overrides[change.parameter] = change.value
        return Policy(profile, overrides)


@dataclass(frozen=True, slots=True)
class Hospital:
    """Everything that is not a case and changes rarely, as it stood at one revision."""

    organisation: Organisation
    calendar: Calendar
    policy: Policy
    revision: int = 0

    def policy_at(self, at: datetime) -> Policy:
        """The profile and the single values that hold at a moment; days begin at midnight here."""
        return self.policy.on(self.calendar.local_day(at))


@quick
@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with all its tasks (open and closed) and clocks, read under the transaction's lock."""

    case: Case
    tasks: tuple[Task, ...]
    deadlines: tuple[Deadline, ...]


@dataclass(frozen=True, slots=True)
class Superseded:
    """Rows of a register whose `columns` have these values are no longer current."""

    register: str
    columns: Mapping[str, Scalar]


@quick
@dataclass(frozen=True, slots=True)
class Change:
    """What one decision does to one case: exactly this is written, guarded by `seen_version` and
    `seen_seq` of the case as read.

    `seen_version` is None for a case that is opened. A refusal changes nothing but appends its
    entry: then `tasks` and the rest are empty and `case` differs from what was read in `seq` and
    `head` alone.
    """

    case: Case
    entry: Entry
    seen_version: int | None
    seen_seq: int
    opened: tuple[Task, ...] = ()
    changed: tuple[Task, ...] = ()  # closed, marked overdue, or with another due date
    undone: tuple[Task, ...] = ()  # closed by a decision that is taken back
    deadlines: tuple[Deadline, ...] = ()  # new or changed, by id
    notices: tuple[Notice, ...] = ()
    rows: tuple[RegisterRow, ...] = ()
    superseded: tuple[Superseded, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    occurrence: Occurrence | None = None  # the turn of a schedule that opens the case
    policy: tuple[PolicyChange, ...] = ()


class StaleWrite(Exception):
    """Somebody else wrote the case since it was read.

    The transaction is void; read again and decide again.
    """


class PlanOutdated(Exception):
    """The house was changed since the plan of a change was made. Plan again."""


class DuplicateKey(Exception):
    """A decision with this key is already in a ledger (read its answer instead), or what became of
    this turn of a schedule is known already.
    """


class Unavailable(Exception):
    """The store cannot be read or written just now: locked too long, full, away.

    Nothing was kept, except where `commit` itself raised it: then only the decision's key can
    tell (`answered`).
    """

    because = Sentence(
        "系统暂时无法保存或读取。您填写的内容没有丢失，请稍后再试。",
        "The system cannot save or read just now. What you typed is not lost; "
        "please try again in a moment.",
    )


class MissingFile(Exception):
    """An attachment names bytes that were never kept (`Desk.keep_file`), or are gone."""


#: No lease is longer than this. One that ends later was given by a clock that has jumped back
#: since, and holds nobody up.
LONGEST_LEASE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Claim:
    """A clock that a worker has taken to let it have its effect, until a lease runs out.

    `attempts` counts how often it was taken since its last effect: with `worker` it tells this
    claim from a later one, so that a worker that slept past its lease changes nothing.
    """

    deadline: Deadline
    worker: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Watch:
    """How far a schedule has been looked at: what is due up to `until` is dealt with.

    It began at `since`; nothing from before is ever due. `version` of the definition and its
    `parameters` are those by which it was looked at last.
    """

    process: str
    schedule: str
    since: datetime
    until: datetime
    version: int
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)


class Transaction(Protocol):
    """One unit of work.

    Entering begins it (and takes the write lock), leaving without `commit` undoes it.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def hospital(self) -> Hospital:
        """The organisation, calendar and policy as of this transaction."""
        ...

    def case_file(self, *, number: str | None = None, id: str | None = None) -> CaseFile | None:
        """Read and lock one case, by its number or its id."""
        ...

    def case_state(self, id: str) -> Case | None:
        """Read one case without its tasks (a parent, a child)."""
        ...

    def related(self, parent: str, process: str | None = None) -> Sequence[Case]:
        """The cases whose parent is `parent` (a case id), in the order of opening."""
        ...

    def rows(self, register: str, where: Mapping[str, Scalar]) -> Sequence[RegisterRow]:
        """The current rows of a register in which every named column has the value, newest first.

        `None` means that the column is empty or missing.
        """
        ...

    def entries(self, case: str) -> Sequence[Entry]:
        """The ledger of a case, first line first."""
        ...

    def answered(self, key: str) -> Entry | None:
        """The ledger line that a decision with this key left, in whichever case."""
        ...

    def next_number(self, prefix: str, year: int) -> int:
        """The next running number of a process in a year, starting at 1; given back when the
        transaction is undone.
        """
        ...

    def write(self, change: Change) -> None:
        """Write one change.

        Raises StaleWrite, DuplicateKey or MissingFile; then this transaction can only be left.
        """
        ...

    def claim(
        self, now: datetime, worker: str, until: datetime, limit: int, process: str | None = None
    ) -> Sequence[Claim]:
        """Take clocks with `fires_at <= now` that no other worker has, earliest first; of the cases
        of one process alone where it is named.
        """
        ...

    def hold(self, claim: Claim) -> bool:
        """Whether a claim still stands; then it is done with, in this transaction."""
        ...

    def put_off(self, claim: Claim, until: datetime | None) -> None:
        """Nobody takes the clock before then (None: anybody may), if the claim still stands."""
        ...

    def next_due(self) -> datetime | None:
        """When the next clock does something."""
        ...

    def keep_watch(self, watch: Watch) -> None:
        """Keep how far a schedule has been looked at."""
        ...

    def drop_watch(self, process: str, schedule: str) -> None:
        """A schedule is not looked at any more; when it is again, it begins anew."""
        ...

    def commit(self) -> None:
        """Keep everything."""
        ...


#: Counts for people stop here and read "99+".
MANY = 99

# ---- what pages ask ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InboxQuery:
    """A page of work that waits for somebody.

    `addresses` are the keys under which it may wait (see Organisation.addresses_of).
    """

    person: str
    addresses: tuple[str, ...]
    process: str | None = None
    step: str | None = None
    department: str | None = None
    text: str | None = None  # in number, title or applicant's name
    due_before: datetime | None = None
    overdue_only: bool = False
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One line of an inbox: a task with what its case shows."""

    task: Task
    case: Case


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of a list of cases.

    `at` is the moment that the list is about (last act, own decision).
    """

    case: Case
    at: datetime
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows and how many there are in all; `capped`: there are more than `total`, which is
    MANY, and people read "99+".
    """

    rows: tuple[T, ...]
    total: int
    capped: bool = False


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Cases by what is known of them; the newest opened first, or by own decision the newest first.

    With `entry_states` only those that stand in one, or with `without_entry_states` only those
    that do not.
    """

    applicant: str | None = None
    decided_by: str | None = None
    states: tuple[str, ...] = ()
    entry_states: tuple[tuple[str, str], ...] = ()  # (process, state) pairs
    without_entry_states: bool = False
    process: str | None = None
    department: str | None = None
    text: str | None = None
    open_only: bool = False
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Ledger lines by case, person, role, department, process, event, period and outcome.

    The newest come first; `since` belongs to the period, `until` is the moment after it. `without`
    are the ids of cases of which no line comes.
    """

    case_number: str | None = None
    person: str | None = None  # who acted or for whom
    role: str | None = None
    department: str | None = None
    process: str | None = None
    event: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    refused_only: bool = False
    without: tuple[str, ...] = ()
    limit: int | None = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A ledger line with the number and title of its case (both "" for lines of the house
    itself).
    """

    entry: Entry
    case_number: str
    case_title: str


@dataclass(frozen=True, slots=True)
class LatestLine:
    """The newest ledger line of an event in the cases of a process."""

    process: str
    event: str
    at: datetime
    seq: int
    case_number: str


@dataclass(frozen=True, slots=True)
class StoredDefinition:
    """A definition as kept: its source, who published it and when."""

    key: str
    version: int
    source: str
    digest: str
    published_at: datetime
    published_by: str
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """How a person signs in. `password_hash` is argon2; None: cannot sign in with a password."""

    person: str
    login: str
    password_hash: str | None
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class NoticeQuery:
    """Notices that reach a person at their `addresses`.

    Those sent up to `since` count as read, and those up to what the person has marked
    (`Desk.read_notices`). `case` (an id) asks for one case alone.
    """

    person: str
    addresses: tuple[str, ...]
    since: datetime
    unread_only: bool = False
    case: str | None = None
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One line of a list of notices."""

    notice: Notice
    case: Case
    read: bool


@dataclass(frozen=True, slots=True)
class ReadMark:
    """已阅: somebody has read a notice (its id)."""

    person: str
    notice: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message about a notice, on its way to a person by a channel that leaves the house.

    `key` is the same however often it is sent, so that whoever receives it twice can tell. A
    `person` of "" is everybody who reads a group's channel. What bears one `bundle` leaves as one
    message, not before `due_at`. `attempts` counts the claims; `trouble` is why the last failed.
    """

    key: str
    notice: str
    case: str
    person: str
    channel: str
    kind: str
    topic: Topic
    at: datetime
    bundle: str
    due_at: datetime
    attempts: int = 0
    trouble: str = ""
    dead_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OccurrenceQuery:
    """What became of the turns of schedules; those that were due last come first."""

    process: str | None = None
    schedule: str | None = None
    subject: str | None = None
    state: OccurrenceState | None = None
    due_after: datetime | None = None
    noted_after: datetime | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class CellSpan:
    """A cell from `low` to `high`, both included and both of one kind: numbers, or texts compared
    sign by sign (days, moments). None: no bound.
    """

    column: str
    low: int | str | None = None
    high: int | str | None = None


@dataclass(frozen=True, slots=True)
class RegisterQuery:
    """Some of the current rows of a register, in an order.

    `text` stands somewhere in what is written in the row, or in the number of its case; whoever
    asks looks in which cell. `where` are cells with their values. Rows come by when they were
    written, or by the cell of the column `order` (of numbers, if `by_number`), those without one
    last. `after` is the id of the row after which they go on.
    """

    register: str
    text: str = ""
    where: tuple[tuple[str, bool | int | str], ...] = ()
    spans: tuple[CellSpan, ...] = ()
    order: str | None = None
    by_number: bool = False
    descending: bool = True
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row of a register, and whether it still counts or a later one has taken its place."""

    row: RegisterRow
    current: bool


class Readings(Protocol):
    """Questions without effect. Each is a constant number of statements."""

    def hospital(self) -> Hospital: ...
    def case_file(self, number: str) -> CaseFile | None: ...
    def case_by_id(self, id: str) -> Case | None: ...
    def entries(self, case: str) -> Sequence[Entry]: ...
    def related(self, parent: str, process: str | None = None) -> Sequence[Case]: ...
    def rows(self, register: str, where: Mapping[str, Scalar]) -> Sequence[RegisterRow]: ...
    def register_rows(self, query: RegisterQuery) -> Sequence[RegisterRow]:
        """Current rows, `limit` at most; fewer when there are no more."""
        ...

    def register_row(self, id: str) -> KeptRow | None: ...
    def superseded_rows(
        self, register: str, where: Mapping[str, Scalar], limit: int
    ) -> Sequence[RegisterRow]:
        """Rows with these cells that later ones have taken the place of, newest first."""
        ...

    def register_counts(self) -> Mapping[str, int]:
        """How many current rows each register has; one without any is not there."""
        ...

    def attachments(self, case: str) -> Sequence[Attachment]: ...
    def attachment_bytes(self, id: str) -> bytes | None: ...
    def inbox(self, query: InboxQuery) -> Page[InboxRow]: ...
    def inbox_counts(self, query: InboxQuery) -> Mapping[tuple[str, str], int]:
        """Open tasks at the addresses by (process, step), for the filters; no other field counts.

        None is above MANY + 1, which stands for more than MANY.
        """
        ...

    def barred(self, limit: int) -> Sequence[InboxRow]:
        """Open tasks for one person who is kept from deciding them, the most urgent first: they are
        in nobody's inbox.
        """
        ...

    def cases(self, query: CaseQuery) -> Page[CaseRow]: ...
    def audit(self, query: AuditQuery) -> Page[AuditRow]: ...
    def audit_lines(self, query: AuditQuery) -> Iterator[AuditRow]:
        """All lines that `audit` would page through, one by one, for an export.

        Take all of them or close the iterator: until then it holds a connection.
        """
        ...

    def latest_lines(self) -> Sequence[LatestLine]:
        """For each process and event the line that was written last, by process and event; without
        lines of the house.
        """
        ...

    def notices(self, person: str, addresses: Sequence[str], limit: int) -> Sequence[Notice]:
        """What was sent to the person or to one of the addresses, newest first."""
        ...

    def notice_page(self, query: NoticeQuery) -> Page[NoticeRow]:
        """What was sent to the addresses with its cases, newest first; `total` is at most MANY."""
        ...

    def unread_notices(self, query: NoticeQuery) -> int:
        """How many of them the person has not read; MANY + 1 stands for more than MANY."""
        ...

    def read_marks(self, case: str) -> Sequence[ReadMark]:
        """Who has read which notice of a case (by id), earliest first."""
        ...

    def definitions(self) -> Sequence[StoredDefinition]: ...
    def watches(self) -> Sequence[Watch]:
        """How far each schedule has been looked at, by process and schedule."""
        ...

    def occurrences(self, query: OccurrenceQuery) -> Sequence[Occurrence]: ...
    def children_open(self, parents: Sequence[str]) -> Sequence[Case]: ...


# ---- what administrators change ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deed:
    """Who changes the house, when, and why: it becomes a line of the house's own ledger."""

    by: Actor
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A key for a program that acts as `person`. Only the SHA-256 of the secret is kept."""

    id: str
    token_hash: str
    person: str
    name: str
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SavePerson:
    """A person as they are from now on, with all their posts."""

    event: ClassVar[str] = "person_saved"
    says: ClassVar[Sentence] = Sentence("修改人员", "Person saved")
    person: Person


@dataclass(frozen=True, slots=True)
class SaveDepartment:
    """A department as it is from now on."""

    event: ClassVar[str] = "department_saved"
    says: ClassVar[Sentence] = Sentence("修改科室", "Department saved")
    department: Department


@dataclass(frozen=True, slots=True)
class SaveDelegation:
    """A delegation as it is from now on; ending one early is saving it with an earlier end."""

    event: ClassVar[str] = "delegation_saved"
    says: ClassVar[Sentence] = Sentence("修改代理", "Delegation saved")
    delegation: Delegation


@dataclass(frozen=True, slots=True)
class RemoveDelegation:
    """A delegation that never came into force is taken back."""

    event: ClassVar[str] = "delegation_removed"
    says: ClassVar[Sentence] = Sentence("取消代理", "Delegation taken back")
    id: str


@dataclass(frozen=True, slots=True)
class SaveRoster:
    """A duty roster as it is from now on, with all its rows."""

    event: ClassVar[str] = "roster_saved"
    says: ClassVar[Sentence] = Sentence("修改值班表", "Roster saved")
    roster: Roster


@dataclass(frozen=True, slots=True)
class SaveAccount:
    """How a person signs in. The ledger keeps that the password changed, never its hash."""

    event: ClassVar[str] = "account_saved"
    says: ClassVar[Sentence] = Sentence("修改登录账号", "Account saved")
    account: Account


@dataclass(frozen=True, slots=True)
class SavePolicy:
    """The set-up of the policy: all of it but its `changes`, which are those of cases and stay."""

    event: ClassVar[str] = "policy_saved"
    says: ClassVar[Sentence] = Sentence("修改医院规则", "Policy saved")
    policy: Policy


@dataclass(frozen=True, slots=True)
class SaveCalendar:
    """The whole calendar from now on (see `Calendar.with_days` for changing some of it)."""

    event: ClassVar[str] = "calendar_saved"
    says: ClassVar[Sentence] = Sentence("修改工作日历", "Calendar saved")
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class AddRow:
    """A row of a register that no case wrote: what the hospital brings along."""

    event: ClassVar[str] = "register_row_added"
    says: ClassVar[Sentence] = Sentence("登记已有记录", "Row brought along")
    row: RegisterRow


@dataclass(frozen=True, slots=True)
class BringRows:
    """A hospital's own list for a register: rows that nobody has written yet, all or none.

    `by` are the columns that tell one row from every other, `name` and `digest` (SHA-256 in hex)
    those of the file, `proposed_by` another administrator who has looked at it first. The rows
    point at the line that this leaves. Raises KeyTaken.
    """

    event: ClassVar[str] = "register_rows_brought"
    says: ClassVar[Sentence] = Sentence("导入登记簿的已有记录", "List of a register brought along")
    register: str
    by: tuple[str, ...]
    rows: tuple[RegisterRow, ...]
    name: str
    digest: str
    proposed_by: str | None = None


class KeyTaken(Exception):
    """A row with this key stands in the register by now: nothing was brought along."""

    def __init__(self, row: RegisterRow) -> None:
        super().__init__(row.id)
        self.row = row


@dataclass(frozen=True, slots=True)
class PublishDefinition:
    """A definition may be used from now on. AlreadyPublished if its version has other content."""

    event: ClassVar[str] = "definition_published"
    says: ClassVar[Sentence] = Sentence("发布流程", "Definition published")
    definition: StoredDefinition


@dataclass(frozen=True, slots=True)
class RetireDefinition:
    """No case may be opened by it any more (or again, with `retired` False); open cases go on."""

    event: ClassVar[str] = "definition_retired"
    says: ClassVar[Sentence] = Sentence("停用或恢复流程", "Definition retired or restored")
    key: str
    version: int
    retired: bool = True


@dataclass(frozen=True, slots=True)
class SaveToken:
    """A key for a program is given, or revoked."""

    event: ClassVar[str] = "token_saved"
    says: ClassVar[Sentence] = Sentence("修改接口密钥", "Key of a program saved")
    token: ApiToken


@dataclass(frozen=True, slots=True)
class Missed:
    """Turns of one schedule that were not opened in time."""

    occurrences: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class MarkMissed:
    """Turns of a schedule count as missed, unless it is known already what became of them."""

    event: ClassVar[str] = "schedule_missed"
    says: ClassVar[Sentence] = Sentence("记下漏办的定期事项", "Recurring work was missed")
    missed: Missed


HouseChange = (
    SavePerson
    | SaveDepartment
    | SaveDelegation
    | RemoveDelegation
    | SaveRoster
    | SaveAccount
    | SavePolicy
    | SaveCalendar
    | AddRow
    | BringRows
    | PublishDefinition
    | RetireDefinition
    | SaveToken
    | MarkMissed
)


class AlreadyPublished(Exception):
    """This version of a definition was published with other content: it needs the next version."""

    def __init__(self, key: str, version: int) -> None:
        super().__init__(f"{key} {version}")
        self.because = Sentence(
            "{key} 第 {version} 版已经发布，发布后不能再改。请把版本号加一，再发布。",
            "Version {version} of {key} is published and cannot be edited any more. "
            "Publish the next version instead.",
        ).filled(key=key, version=version)


class HouseBook(Protocol):
    """Whatever people change about the house goes through here and leaves a line in its ledger."""

    def change(
        self, deed: Deed, *changes: HouseChange, planned_at: int | None = None
    ) -> Sequence[Entry]:
        """Make all changes or none, in one transaction; the hospital's revision goes up.

        Gives one ledger line for each change that changed something. `planned_at` is the revision
        for which they were thought out: PlanOutdated when there is a later one. Raises
        AlreadyPublished.
        """
        ...

    def record(
        self,
        deed: Deed,
        event: str,
        facts: Mapping[str, object],
        *,
        refused: str | None = None,
        stream: str = "sys:house",
    ) -> Entry:
        """A ledger line about what changes nothing here: a sign-in, an export, a refused look."""
        ...

    def accounts(self) -> Sequence[Account]: ...
    def account_of(self, person: str) -> Account | None: ...
    def tokens(self) -> Sequence[ApiToken]: ...


# ---- at the door and at the desk -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. Only the SHA-256 of its token is kept."""

    token_hash: str
    person: str
    created_at: datetime
    seen_at: datetime
    address: str


class Door(Protocol):
    """Who comes in: accounts, sessions and tries."""

    def account(self, login: str) -> Account | None: ...
    def token(self, token_hash: str) -> ApiToken | None:
        """The key with this hash, unless it was revoked."""
        ...

    def open_session(self, session: Session) -> None: ...
    def session(self, token_hash: str) -> Session | None:
        """The session with this token, unless it ended. When it is too old is the caller's rule."""
        ...

    def seen(self, token_hash: str, at: datetime) -> None: ...
    def end_session(self, token_hash: str, at: datetime) -> None: ...
    def end_sessions_of(self, person: str, at: datetime, *, but: str | None = None) -> int:
        """End all sessions of a person, but one (a token hash) if asked; how many ended."""
        ...

    def sessions_of(self, person: str) -> Sequence[Session]: ...
    def note_attempt(self, login: str, address: str, at: datetime, *, succeeded: bool) -> None: ...
    def failures(self, since: datetime, *, login: str, address: str) -> tuple[int, int]:
        """Failed tries since then: for this login after its last success, and from this address."""
        ...


@dataclass(frozen=True, slots=True)
class UnsentForm:
    """What somebody typed and has not sent. `process` is any text that tells their forms apart."""

    person: str
    process: str
    answers: Mapping[str, object]
    updated_at: datetime


class Desk(Protocol):
    """What people leave lying: unsent forms, files that no case names yet, how far they read."""

    def keep_unsent(self, form: UnsentForm) -> None: ...
    def unsent(self, person: str, process: str) -> UnsentForm | None: ...
    def unsent_of(self, person: str) -> Sequence[UnsentForm]:
        """All of them, the newest first."""
        ...

    def drop_unsent(self, person: str, process: str) -> None: ...
    def keep_file(self, content: bytes, at: datetime) -> str:
        """Keep bytes before the decision that names them; gives their `Attachment.digest`."""
        ...

    def drop_files(self, before: datetime) -> int:
        """Let go of bytes kept before then that no attachment names; how many."""
        ...

    def read_notices(self, person: str, until: datetime) -> None:
        """The person has read what was sent up to then."""
        ...

    def notices_read_until(self, person: str) -> datetime | None: ...
    def mark_read(self, person: str, notices: Sequence[Notice], at: datetime) -> None:
        """The person has read these; what they had read before keeps its moment."""
        ...

    def choose(self, person: str, choice: Mapping[str, object]) -> None:
        """Keep how a person wants to be told; of "" it is the hospital's default."""
        ...

    def choices(self, people: Sequence[str]) -> Mapping[str, Mapping[str, object]]:
        """What those of them have chosen who have."""
        ...


class Outbox(Protocol):
    """Messages on their way out of the house: at least once each, by any number of workers.

    A worker claims for a while; what it reports later counts only while the claim is its own.
    """

    def fresh(self, limit: int) -> Sequence[Notice]:
        """Notices of which nobody has worked out yet who shall hear of them, the oldest first."""
        ...

    def hand_on(
        self,
        notices: Sequence[Notice],
        deliveries: Sequence[Delivery],
        copies: Sequence[Notice] = (),
    ) -> None:
        """It is worked out: deliveries and copies that stand already stay as they are. A copy is a
        notice for one more person, fresh like any other.
        """
        ...

    def claim(
        self, channel: str, now: datetime, until: datetime, worker: str, bundles: int
    ) -> Sequence[Delivery]:
        """Take what is due and nobody else holds, whole bundles; `attempts` counts this one."""
        ...

    def sent(self, deliveries: Sequence[Delivery], worker: str, at: datetime) -> int:
        """They have left; how many of them the worker still held."""
        ...

    def put_off(
        self, deliveries: Sequence[Delivery], worker: str, until: datetime, trouble: str
    ) -> int:
        """They could not leave and are tried again at `until`."""
        ...

    def give_up(
        self,
        deliveries: Sequence[Delivery],
        worker: str,
        at: datetime,
        trouble: str,
        alarm: Notice | None,
    ) -> int:
        """They could not leave and are not tried again; `alarm` is sent in the same breath."""
        ...

    def dead(self, limit: int) -> Sequence[Delivery]:
        """What was given up, the newest first."""
        ...

    def dead_since(self, since: datetime, channel: str | None = None) -> int:
        """How much was given up after then."""
        ...

    def try_again(self, keys: Sequence[str], at: datetime) -> int:
        """What was given up is due once more, as if it had never been tried; how many."""
        ...


class Store(Protocol):
    """A place where cases live."""

    def begin(self) -> Transaction:
        """A transaction that will write."""
        ...

    def now(self, here: datetime) -> datetime:
        """What time it is for everybody who works on this store; `here` is the asking machine's
        clock, which counts where nobody else's can.
        """
        ...

    @property
    def readings(self) -> Readings: ...
    @property
    def house(self) -> HouseBook: ...
    @property
    def door(self) -> Door: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def outbox(self) -> Outbox: ...


@dataclass(frozen=True, slots=True)
class Seed:
    """What a store starts with: for tests, scenarios and the demonstration."""

    people: tuple[Person, ...] = ()
    departments: tuple[Department, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    calendar: Calendar | None = None
    policy: Policy = Policy()
    rows: tuple[RegisterRow, ...] = ()
    today: date | None = None
    rosters: tuple[Roster, ...] = ()
