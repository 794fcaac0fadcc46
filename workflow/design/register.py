"""The register: the documents a hospital is governed by, clause by clause, and what it decides.

Every rule of the product points at a clause here, every seat at a role, every policy at a
parameter. Pure values; `workflow.design.register_files` reads them from files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workflow.design.parameters import Measure, Parameter, ParameterKind
from workflow.nouns import ParameterValue
from workflow.refusals import Sentence

__all__ = [
    "Account",
    "Clause",
    "ClauseKind",
    "ClauseSet",
    "ConflictGroup",
    "Document",
    "Heading",
    "Measure",
    "Parameter",
    "ParameterKind",
    "PolicyInvalid",
    "Profile",
    "Register",
    "RegisterCard",
    "Role",
]


class ClauseKind(StrEnum):
    """What a clause asks of the software."""

    WORKFLOW = "workflow"
    TRANSITION_RULE = "transition-rule"
    FORM_RULE = "form-rule"
    DEADLINE = "deadline"
    ROLE = "role"
    LIMIT = "limit"
    RECORD_RETENTION = "record-retention"
    REPORT = "report"
    PENALTY = "penalty"
    NOTIFICATION = "notification"
    VERIFICATION = "verification"
    REFERENCE = "reference"


class Account(StrEnum):
    """How the holders of a role reach the product."""

    LOGIN = "login"  # signs in at the hospital
    EXTERNAL = "external"  # of another body: recorded, or signed in as a guest
    NONE = "none"  # never signs in: staff record the act and the signature
    SYSTEM = "system"  # the engine itself


@dataclass(frozen=True, slots=True)
class ClauseSet:
    """A part of a document with clauses of its own: one rule set, or one chapter."""

    id: str
    title: Sentence
    about: Sentence


@dataclass(frozen=True, slots=True)
class Document:
    """A source document."""

    id: str
    title: Sentence
    about: Sentence
    sets: tuple[ClauseSet, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule of a document in our words.

    `place` is where it stands there (set and article, in Chinese), `line` the line of the text
    that it was read from. `process` owns it (None: nothing to run), `also` are touched by it.
    `conflicts` are clauses that disagree; `conflict_groups` settle it by a parameter. `reason`:
    why no rule can carry it, for a clause that concerns no process.
    """

    id: str
    set_id: str
    place: str
    line: int
    says: Sentence
    kind: ClauseKind
    process: str | None
    also: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    conflict_groups: tuple[str, ...] = ()
    reason: Sentence | None = None

    @property
    def processes(self) -> tuple[str, ...]:
        """The processes that it concerns, its owner first."""
        return self.also if self.process is None else (self.process, *self.also)


@dataclass(frozen=True, slots=True)
class ConflictGroup:
    """Clauses that disagree, side by side, and the parameter by which the hospital decides."""

    id: str
    parameter: str
    subject: Sentence
    disagreement: Sentence
    sides: tuple[tuple[str, ...], ...]

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses of every side."""
        return tuple(clause for side in self.sides for clause in side)

    def against(self, clause: str) -> tuple[str, ...]:
        """The clauses of the sides that `clause` is not on; none if it is on no side."""
        if clause not in self.clauses:
            return ()
        return tuple(other for side in self.sides if clause not in side for other in side)


@dataclass(frozen=True, slots=True)
class Role:
    """Who may be asked. `name` is short, as on a button; `aliases` are other words for it."""

    key: str
    name: Sentence
    unit: Sentence
    account: Account
    aliases: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """A base profile of policy parameters. `source` is the clause set or document it speaks for."""

    key: str
    name: Sentence
    source: str


@dataclass(frozen=True, slots=True)
class RegisterCard:
    """What holds for a register of business facts, whichever processes write it.

    `readers` are the roles that look it up. `masked` are columns that are shown in part, each with
    the roles whose work needs all of it; `protected` ones are shown to nobody. `by` are the columns
    that tell one row from every other. `brought`: a hospital may bring its list along (see decision
    16). `words` are what people call the values of a column that a process keeps in its own.
    """

    key: str
    heading: str
    readers: tuple[str, ...]
    masked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    protected: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    brought: bool = False
    words: Mapping[str, Mapping[str, Sentence]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heading:
    """Registers that stand together, and who reads them where a register does not say it."""

    key: str
    name: Sentence
    readers: tuple[str, ...]


class PolicyInvalid(ValueError):
    """A hospital's policy names unknown profiles or keys, or gives values that do not fit."""

    def __init__(self, problems: Mapping[str, Sentence]) -> None:
        """`problems` holds one sentence for each profile or key that is wrong."""
        super().__init__("\n".join(sentence.en for sentence in problems.values()))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Register:
    """All of it, by key, in the order of the files."""

    documents: Mapping[str, Document]
    clauses: Mapping[str, Clause]
    conflict_groups: Mapping[str, ConflictGroup]
    roles: Mapping[str, Role]
    profiles: Mapping[str, Profile]
    parameters: Mapping[str, Parameter]
    headings: Mapping[str, Heading] = field(default_factory=dict)
    cards: Mapping[str, RegisterCard] = field(default_factory=dict)

    def role_called(self, word: str) -> Role | None:
        """The role of a key, a Chinese name or an alias."""
        by_key = self.roles.get(word)
        if by_key is not None:
            return by_key
        called = (role for role in self.roles.values() if word in (role.name.zh, *role.aliases))
        return next(called, None)

    def clauses_of(self, process: str) -> tuple[Clause, ...]:
        """The clauses that concern a process."""
        return tuple(clause for clause in self.clauses.values() if process in clause.processes)

    def resolve(
        self,
        profile: str | None,
        overrides: Mapping[str, ParameterValue],
        wanted: Iterable[str] | None = None,
    ) -> Mapping[str, ParameterValue]:
        """The value of every parameter (or of those that are wanted, where they are known) under a
        base profile, single keys overridden.

        Values are in the stored shape. None means that no figure is set. Raises PolicyInvalid with
        every unknown key and every value that does not fit.
        """
        problems = self._profile_problem(profile) | self._override_problems(overrides)
        if problems:
            raise PolicyInvalid(problems)
        known = self.parameters
        return {
            key: overrides[key] if key in overrides else known[key].value_in(profile)
            for key in (known if wanted is None else filter(known.__contains__, wanted))
        }

    def read_policy(self, written: Mapping[str, object]) -> Mapping[str, ParameterValue]:
        """What somebody wrote for single parameters, in the stored shape (see `Parameter.read`).

        Raises PolicyInvalid with everything that is wrong.
        """
        values: dict[str, ParameterValue] = {}
        problems: dict[str, Sentence] = {}
        for key, said in written.items():
            one = self.parameters.get(key)
            value = _unknown(key) if one is None else one.read(said)
            if isinstance(value, Sentence):
                problems[key] = value if one is None else _about(key, value)
            else:
                values[key] = value
        if problems:
            raise PolicyInvalid(problems)
        return values

    def to_be_entered(self, policy: Mapping[str, ParameterValue]) -> tuple[str, ...]:
        """The parameters that the hospital still has to set: no source names a figure for them."""
        return tuple(
            key
            for key, one in self.parameters.items()
            if one.must_be_entered and policy.get(key) is None
        )

    def _profile_problem(self, profile: str | None) -> dict[str, Sentence]:
        if profile is None or profile in self.profiles:
            return {}
        known = ", ".join(self.profiles)
        return {
            profile: Sentence(
                f"没有“{profile}”这个规则档案。可以写：{known}。",
                f"There is no profile “{profile}”. There are: {known}.",
            )
        }

    def _override_problems(self, overrides: Mapping[str, ParameterValue]) -> dict[str, Sentence]:
        problems: dict[str, Sentence] = {}
        for key, value in overrides.items():
            one = self.parameters.get(key)
            because = _unknown(key) if one is None else one.accepts(value)
            if because is not None:
                problems[key] = because if one is None else _about(key, because)
        return problems


def _unknown(key: str) -> Sentence:
    return Sentence(f"没有“{key}”这个政策参数。", f"There is no policy parameter “{key}”.")


def _about(key: str, because: Sentence) -> Sentence:
    return Sentence(f"{key}：{because.zh}", f"{key}: {because.en}")
