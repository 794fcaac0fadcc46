"""The hospital as of one moment: its people, its calendar, and the policy in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from workflow.calendar import Calendar
from workflow.design.parameters import BASE_PROFILE
from workflow.nouns import ParameterValue
from workflow.people.organisation import Organisation


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
