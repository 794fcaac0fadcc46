"""Every table, as plain columns: what is kept, how it is found, what the database itself refuses.

Moments are fixed-width UTC text (`ledger.moment_text`), forms and the money in them stand inside
JSON text, ledger lines are exact bytes. Nothing here is a session object: rows travel as tuples
(see `mapping`), for a decision has no time to spare.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

# Before the first model: a migration can only drop what has a name.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

METADATA = SQLModel.metadata

_OPEN = "closed_at IS NULL"

#: Text that machines compare and sort, byte by byte on both databases: a Chinese collation would
#: put "~" before the digits.
Key = String().with_variant(String(collation="C"), "postgresql")
#: Counts up by itself; gives rows the order in which they were written.
Number = BigInteger().with_variant(Integer, "sqlite")


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index of those rows alone; queries have to repeat `where` to profit from it."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class CaseTable(SQLModel, table=True):
    """`acted_at` is the moment of the last act that was not refused.

    The indexes hold only what never changes, for every page of an index that a decision touches
    is a page that must reach the disk before somebody is told that it succeeded. Lists by process
    and by department walk along the first one, and pass by what they do not want without a look
    at its row.
    """

    __tablename__ = "case"
    __table_args__ = (
        Index("ix_case_opened", "opened_at", "process", "department"),
        Index(None, "applicant", "opened_at"),
        _partial("ix_case_parent", "parent", where="parent IS NOT NULL"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    number: str = Field(sa_type=Key, unique=True)
    process: str = Field(sa_type=Key)
    definition_version: int
    state: str = Field(sa_type=Key)
    applicant: str = Field(sa_type=Key)
    department: str = Field(sa_type=Key)
    form: str
    parameters: str
    opened_at: str = Field(sa_type=Key)
    entered_at: str = Field(sa_type=Key)
    round: int
    version: int
    seq: int
    head: str = Field(sa_type=Key)
    parent: str | None = Field(sa_type=Key)
    title: str
    closed_at: str | None = Field(sa_type=Key)
    course: str
    acted_at: str = Field(sa_type=Key)


class TaskTable(SQLModel, table=True):
    """`work` is `<process>/<step>`, and `rank` sorts an inbox (see `mapping.task_rank`); what has
    one rank comes in the order of `no`.

    Tasks of one case lie together: a decision ends one and opens the next on the same page.
    `address` is the key by which inboxes find it; of a task that is held, none that they ask for.
    `excluded` has a bar before and after every person, so that a whole id is found in it.
    """

    __tablename__ = "task"
    __table_args__ = (
        PrimaryKeyConstraint("case_id", "id"),
        # The first three are the order of an inbox; with the rest, counts and filters by process
        # and step are answered from the index alone.
        _partial("ix_task_inbox", "address", "rank", "no", "work", "excluded", where=_OPEN),
        {"sqlite_with_rowid": False},
    )

    id: str = Field(sa_type=Key)
    case_id: str = Field(sa_type=Key, foreign_key="case.id")
    step: str = Field(sa_type=Key)
    address: str = Field(sa_type=Key)
    round: int
    opened_at: str = Field(sa_type=Key)
    due_at: str | None = Field(sa_type=Key)
    overdue: bool
    closed_at: str | None = Field(sa_type=Key)
    closed_as: str | None = Field(sa_type=Key)
    closed_by: str | None = Field(sa_type=Key)
    closed_for: str | None = Field(sa_type=Key)
    excluded: str = Field(sa_type=Key)
    handling: str
    work: str = Field(sa_type=Key)
    rank: str = Field(sa_type=Key)
    no: int = Field(sa_type=Number)


class EntryTable(SQLModel, table=True):
    """The ledger lines of cases and, under `sys:…`, of the house. Triggers refuse any change."""

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        # What somebody has done is found here; what is asked without naming anybody, in `trail`.
        Index(None, "actor", "at"),
        _partial("ix_entry_acting_for", "acting_for", "at", where="acting_for IS NOT NULL"),
        _partial("ix_entry_refused", "at", where="refused IS NOT NULL"),
    )

    no: int | None = Field(default=None, primary_key=True, sa_type=Number)
    case_id: str = Field(sa_type=Key)
    seq: int
    at: str = Field(sa_type=Key)
    event: str = Field(sa_type=Key)
    actor: str = Field(sa_type=Key)
    acting_for: str | None = Field(sa_type=Key)
    role: str | None = Field(sa_type=Key)
    department: str | None = Field(sa_type=Key)
    process: str = Field(sa_type=Key)
    from_state: str | None = Field(sa_type=Key)
    to_state: str | None = Field(sa_type=Key)
    refused: str | None = Field(sa_type=Key)
    key: str | None = Field(sa_type=Key, unique=True)
    body: bytes
    digest: str = Field(sa_type=Key)


class TrailTable(SQLModel, table=True):
    """What is asked of all ledger lines together, one row for each: see `storage.trail`."""

    __tablename__ = "trail"
    __table_args__ = (
        # The order of an auditor's list, and what became of one event; each answers alone.
        Index("ix_trail_at", "at", "event", "process", "department", "role", "actor"),
        Index("ix_trail_event", "event", "at", "process", "department", "role", "actor"),
    )

    no: int = Field(primary_key=True, sa_type=Number, sa_column_kwargs={"autoincrement": False})
    at: str = Field(sa_type=Key)
    event: str = Field(sa_type=Key)
    process: str = Field(sa_type=Key)
    department: str | None = Field(sa_type=Key)
    role: str | None = Field(sa_type=Key)
    actor: str = Field(sa_type=Key)


class StreamTable(SQLModel, table=True):
    """The length and the head of a chain that belongs to no case."""

    __tablename__ = "stream"

    id: str = Field(primary_key=True, sa_type=Key)
    seq: int
    head: str = Field(sa_type=Key)


class DeadlineTable(SQLModel, table=True):
    """The clocks of cases; `fires_at` is when one does something next.

    Who is at work on one stands in the last three columns (see `workflow.ports.deciding.Claim`);
    they are no part of the case, and no ledger tells of them.
    """

    __tablename__ = "deadline"
    __table_args__ = (_partial("ix_deadline_fires", "fires_at", where="fires_at IS NOT NULL"),)

    no: int | None = Field(default=None, primary_key=True, sa_type=Number)
    id: str = Field(sa_type=Key, unique=True)
    case_id: str = Field(sa_type=Key, foreign_key="case.id", index=True)
    key: str = Field(sa_type=Key)
    started_at: str = Field(sa_type=Key)
    due_at: str = Field(sa_type=Key)
    state: str = Field(sa_type=Key)
    provisional: bool
    paused_at: str | None = Field(sa_type=Key)
    fires_at: str | None = Field(sa_type=Key)
    run: str
    lease_until: str | None = Field(sa_type=Key)
    worker: str | None = Field(sa_type=Key)
    attempts: int = Field(sa_column_kwargs={"server_default": "0"})


class NoticeTable(SQLModel, table=True):
    """Messages that something happened, kept in the order in which they are read.

    `fresh` until it is known who shall hear of it by which channel: those lie apart from the
    others, so that they are found without an index, which each decision would have to write.
    """

    __tablename__ = "notice"
    __table_args__ = (
        PrimaryKeyConstraint("fresh", "address", "at", "id"),
        {"sqlite_with_rowid": False},
    )

    address: str = Field(sa_type=Key)
    at: str = Field(sa_type=Key)
    id: str = Field(sa_type=Key)
    case_id: str = Field(sa_type=Key, foreign_key="case.id")
    kind: str = Field(sa_type=Key)
    topic: str = Field(sa_type=Key)
    fresh: bool


class NoticeReadTable(SQLModel, table=True):
    """Up to when somebody has read all that was sent to them, which bounds what is counted."""

    __tablename__ = "notice_read"

    person: str = Field(primary_key=True, sa_type=Key)
    until: str = Field(sa_type=Key)


class NoticeSeenTable(SQLModel, table=True):
    """Who has read which notice, and when: 已阅."""

    __tablename__ = "notice_seen"

    person: str = Field(primary_key=True, sa_type=Key)
    notice: str = Field(primary_key=True, sa_type=Key)
    case_id: str = Field(sa_type=Key, foreign_key="case.id", index=True)
    at: str = Field(sa_type=Key)


class NoticeChoiceTable(SQLModel, table=True):
    """By which channels somebody wants to hear of what; the hospital's default bears no name."""

    __tablename__ = "notice_choice"

    person: str = Field(primary_key=True, sa_type=Key)
    choice: str


class DeliveryTable(SQLModel, table=True):
    """Messages on their way out of the house; the key is the same however often one is sent."""

    __tablename__ = "delivery"
    __table_args__ = (
        _partial("ix_delivery_open", "due_at", where="sent_at IS NULL AND dead_at IS NULL"),
        _partial("ix_delivery_dead", "dead_at", where="dead_at IS NOT NULL"),
    )

    key: str = Field(primary_key=True, sa_type=Key)
    notice: str = Field(sa_type=Key)
    case_id: str = Field(sa_type=Key, foreign_key="case.id")
    person: str = Field(sa_type=Key)
    channel: str = Field(sa_type=Key)
    kind: str = Field(sa_type=Key)
    topic: str = Field(sa_type=Key)
    at: str = Field(sa_type=Key)
    bundle: str = Field(sa_type=Key, index=True)
    due_at: str = Field(sa_type=Key)
    attempts: int
    worker: str | None = Field(sa_type=Key)
    lease_until: str | None = Field(sa_type=Key)
    sent_at: str | None = Field(sa_type=Key)
    dead_at: str | None = Field(sa_type=Key)
    trouble: str = Field(sa_type=Key)


class RegisterRowTable(SQLModel, table=True):
    """Rows of registers. One that was superseded stays for the record and has no cells any more."""

    __tablename__ = "register_row"
    __table_args__ = (
        _partial("ix_register_row_current", "register_key", "no", where="current"),
        _partial("ix_register_row_past", "register_key", "no", where="NOT current"),
    )

    no: int | None = Field(default=None, primary_key=True, sa_type=Number)
    id: str = Field(sa_type=Key, unique=True)
    register_key: str = Field(sa_type=Key)
    cells: str
    case_id: str | None = Field(sa_type=Key, foreign_key="case.id")
    seq: int | None
    at: str = Field(sa_type=Key)
    number: str | None = Field(sa_type=Key)
    current: bool


class RegisterLookupTable(SQLModel, table=True):
    """By which columns together decisions look rows up. It grows with their first question."""

    __tablename__ = "register_lookup"

    register_key: str = Field(primary_key=True, sa_type=Key)
    columns: str = Field(primary_key=True, sa_type=Key)


class RegisterCellTable(SQLModel, table=True):
    """Where current rows are found by equality: for each look-up of their register what stands in
    its columns (`cells.cells_text`); nothing where one of them is empty.
    """

    __tablename__ = "register_cell"
    # The key is all that there is, so SQLite need not keep it twice.
    __table_args__ = ({"sqlite_with_rowid": False},)

    register_key: str = Field(primary_key=True, sa_type=Key)
    columns: str = Field(primary_key=True, sa_type=Key)
    value: str = Field(primary_key=True, sa_type=Key)
    row_id: str = Field(primary_key=True, sa_type=Key, foreign_key="register_row.id")


class CounterTable(SQLModel, table=True):
    """The last running number of a process in a year."""

    __tablename__ = "counter"

    prefix: str = Field(primary_key=True, sa_type=Key)
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last: int


class OccurrenceTable(SQLModel, table=True):
    """What became of the turns of schedules; `id` holds process, schedule, slot and subject."""

    __tablename__ = "occurrence"
    __table_args__ = (
        Index(None, "process", "schedule", "due_at"),
        Index(None, "due_at"),
        _partial("ix_occurrence_missed", "at", where="state = 'missed'"),
    )

    id: str = Field(primary_key=True, sa_type=Key)
    process: str = Field(sa_type=Key)
    schedule: str = Field(sa_type=Key)
    subject: str = Field(sa_type=Key)
    slot: str = Field(sa_type=Key)
    due_at: str = Field(sa_type=Key)
    state: str = Field(sa_type=Key)
    at: str = Field(sa_type=Key)
    case_id: str | None = Field(sa_type=Key, foreign_key="case.id")
    number: str | None = Field(sa_type=Key)
    why: str


class WatchTable(SQLModel, table=True):
    """How far each schedule has been looked at (see `workflow.ports.deciding.Watch`)."""

    __tablename__ = "watch"

    process: str = Field(primary_key=True, sa_type=Key)
    schedule: str = Field(primary_key=True, sa_type=Key)
    since: str = Field(sa_type=Key)
    until: str = Field(sa_type=Key)
    version: int
    parameters: str


class FileTable(SQLModel, table=True):
    """Bytes, by their SHA-256. They come before the decision that names them."""

    __tablename__ = "file"

    digest: str = Field(primary_key=True, sa_type=Key)
    content: bytes
    kept_at: str = Field(sa_type=Key)


class AttachmentTable(SQLModel, table=True):
    """Which file belongs to which case."""

    __tablename__ = "attachment"

    no: int | None = Field(default=None, primary_key=True, sa_type=Number)
    id: str = Field(sa_type=Key, unique=True)
    case_id: str = Field(sa_type=Key, foreign_key="case.id", index=True)
    name: str
    media_type: str
    size: int = Field(sa_type=BigInteger)
    digest: str = Field(sa_type=Key, foreign_key="file.digest", index=True)
    field: str | None = Field(sa_type=Key)


# ---- the house -----------------------------------------------------------------------------------


class HospitalTable(SQLModel, table=True):
    """One line: the revision of all that rarely changes, the policy, the calendar but its days."""

    __tablename__ = "hospital"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    revision: int
    profile: str | None
    overrides: str
    covered_until: str | None
    zone: str | None
    hours: str | None
    own_calendars: str = Field(sa_column_kwargs={"server_default": "{}"})
    set_up: str | None


class PolicyChangeTable(SQLModel, table=True):
    """Values that cases have put in force, in the order in which they did; never changed again."""

    __tablename__ = "policy_change"

    no: int | None = Field(default=None, primary_key=True, sa_type=Number)
    parameter: str = Field(sa_type=Key)
    value: str
    since: str = Field(sa_type=Key)
    case_id: str = Field(sa_type=Key, foreign_key="case.id")
    number: str = Field(sa_type=Key)
    seq: int
    at: str = Field(sa_type=Key)
    left_to_profile: bool
    reason: str
    clauses: str


class DepartmentTable(SQLModel, table=True):
    """Units of the hospital."""

    __tablename__ = "department"

    id: str = Field(primary_key=True, sa_type=Key)
    name: str
    type: str = Field(sa_type=Key)
    parent: str | None = Field(sa_type=Key)


class PersonTable(SQLModel, table=True):
    """People who may be asked, or once were."""

    __tablename__ = "person"

    id: str = Field(primary_key=True, sa_type=Key)
    name: str
    department: str = Field(sa_type=Key)
    active: bool


class PostTable(SQLModel, table=True):
    """Roles that people hold in departments."""

    __tablename__ = "post"

    no: int | None = Field(default=None, primary_key=True, sa_type=Number)
    person: str = Field(sa_type=Key, foreign_key="person.id", index=True)
    role: str = Field(sa_type=Key)
    department: str = Field(sa_type=Key)
    starts_on: str | None = Field(sa_type=Key)
    ends_on: str | None = Field(sa_type=Key)
    limit_fen: int | None = Field(sa_type=Number)


class DelegationTable(SQLModel, table=True):
    """Who stands in for whom. `roles` and `processes` are JSON lists; empty means all."""

    __tablename__ = "delegation"

    id: str = Field(primary_key=True, sa_type=Key)
    principal: str = Field(sa_type=Key, foreign_key="person.id")
    delegate: str = Field(sa_type=Key, foreign_key="person.id")
    starts_on: str = Field(sa_type=Key)
    ends_on: str = Field(sa_type=Key)
    roles: str
    processes: str
    max_fen: int | None = Field(sa_type=Number)


class RosterTable(SQLModel, table=True):
    """Who is on duty. `shifts` and `duties` are JSON lists of lists."""

    __tablename__ = "roster"

    key: str = Field(primary_key=True, sa_type=Key)
    name: str
    shifts: str
    duties: str


class CalendarDayTable(SQLModel, table=True):
    """Days that differ from Monday to Friday."""

    __tablename__ = "calendar_day"

    day: str = Field(primary_key=True, sa_type=Key)
    worked: bool
    name: str


class DefinitionTable(SQLModel, table=True):
    """Published definitions. Triggers refuse any change but retiring and its undoing."""

    __tablename__ = "definition"

    key: str = Field(primary_key=True, sa_type=Key)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    source: str
    digest: str = Field(sa_type=Key)
    published_at: str = Field(sa_type=Key)
    published_by: str = Field(sa_type=Key)
    retired: bool


# ---- the door ------------------------------------------------------------------------------------


class AccountTable(SQLModel, table=True):
    """How people sign in."""

    __tablename__ = "account"

    person: str = Field(primary_key=True, sa_type=Key, foreign_key="person.id")
    login: str = Field(sa_type=Key, unique=True)
    password_hash: str | None
    demonstration: bool


class SessionTable(SQLModel, table=True):
    """Browsers that are signed in, by the hash of their token."""

    __tablename__ = "session"

    token_hash: str = Field(primary_key=True, sa_type=Key)
    person: str = Field(sa_type=Key, foreign_key="person.id", index=True)
    created_at: str = Field(sa_type=Key)
    seen_at: str = Field(sa_type=Key)
    address: str
    ended_at: str | None = Field(sa_type=Key)


class LoginAttemptTable(SQLModel, table=True):
    """Tries to sign in, counted per account and per address."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index(None, "login", "at"), Index(None, "address", "at"))

    no: int | None = Field(default=None, primary_key=True, sa_type=Number)
    login: str = Field(sa_type=Key)
    address: str = Field(sa_type=Key)
    at: str = Field(sa_type=Key)
    succeeded: bool


class ApiTokenTable(SQLModel, table=True):
    """Keys for programs, by the hash of the secret."""

    __tablename__ = "api_token"

    id: str = Field(primary_key=True, sa_type=Key)
    token_hash: str = Field(sa_type=Key, unique=True)
    person: str = Field(sa_type=Key, foreign_key="person.id", index=True)
    name: str
    created_at: str = Field(sa_type=Key)
    revoked_at: str | None = Field(sa_type=Key)


class UnsentFormTable(SQLModel, table=True):
    """What somebody typed and has not sent yet."""

    __tablename__ = "unsent_form"

    person: str = Field(primary_key=True, sa_type=Key)
    process: str = Field(primary_key=True, sa_type=Key)
    answers: str
    updated_at: str = Field(sa_type=Key)
