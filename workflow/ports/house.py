"""What administrators change, each change a line of the house's own ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from workflow.calendar import Calendar
from workflow.nouns import Actor, Entry, Occurrence, RegisterRow
from workflow.people.organisation import Delegation, Department, Person
from workflow.people.rosters import Roster
from workflow.ports.hospital import Policy
from workflow.refusals import Sentence


class PlanOutdated(Exception):
    """The house was changed since the plan of a change was made. Plan again."""


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
