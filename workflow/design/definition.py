"""A process on paper: what an administrator wrote, as frozen values without behaviour.

The parser fills these, the checks read them, the engine runs them. Expressions stand here as text
with the place they came from; they are compiled beside the engine. Once published, a definition
is never edited: a case is pinned to (key, version).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflow.calendar import Unit
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its file something stands, for messages: 1-based line and column, and the dotted
    path of keys.
    """

    line: int = 0
    column: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Expression:
    """Text in the expression language (CEL), not yet compiled."""

    text: str
    place: Place = dataclasses.field(default=Place(), compare=False)


# ---- the form
# ---------------------------------------------------------------------------------------------


class FieldType(StrEnum):
    """What a form field holds. The stored shapes are told at `workflow.nouns.FieldValue`."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    MONEY = "money"
    BOOL = "bool"
    DATE = "date"
    DATETIME = "datetime"
    ENUM = "enum"
    CITIZEN_ID = "citizen_id"  # 18 digits with check digit (GB 11643)
    FILE = "file"
    CASE = "case"  # the number of another case
    DEPARTMENT = "department"
    PERSON = "person"
    LIST = "list"  # several texts
    TABLE = "table"  # rows with declared columns


@dataclass(frozen=True, slots=True)
class Option:
    """One value of an enum: the stored Chinese word and its English label."""

    value: str
    label: Sentence


@dataclass(frozen=True, slots=True)
class Requirement:
    """A field must be filled when `action` ("start" for the opening) is taken and `when` holds
    (always, if None).
    """

    action: str
    when: Expression | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form.

    `minimum`, `maximum`, `above` are in the stored unit (fen for money, characters for text, rows
    for lists and tables). `computed` fields are set by effects only. `masked`: shown in part to
    those without need to know.
    """

    key: str
    label: Sentence
    type: FieldType
    help: Sentence | None = None
    required: tuple[Requirement, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    above: int | None = None
    options: tuple[Option, ...] = ()
    open_options: bool = False  # an administrator may extend the list (register convention V9)
    columns: tuple[Field, ...] = ()
    process: str | None = None  # for CASE: of which process
    among: Seat | None = None  # for PERSON: only somebody who sits there may be named
    computed: bool = False
    masked: bool = False
    clauses: tuple[str, ...] = ()
    design_choice: bool = (
        False  # † in the register: the hospital's choice, not a rule of the documents
    )
    place: Place = dataclasses.field(default=Place(), compare=False)


# ---- people
# -----------------------------------------------------------------------------------------------


class Scope(StrEnum):
    """In which department a role counts."""

    ANY = "any"
    APPLICANT = "applicant.department"
    CASE = "case.department"
    PARENT = "parent.department"
    FORM = "form"  # the department named by a form field
    STEP = "step"  # the department of whoever decided a step of this case


class SeatKind(StrEnum):
    """Who is meant: a role, the applicant, a person in a form field, the head of a department, the
    heads above one another, whoever is on duty, whoever reviews at this step, the clock, the
    engine.
    """

    ROLE = "role"
    APPLICANT = "applicant"
    PERSON = "person"
    HEAD = "head"
    HEADS = "heads"
    ROSTER = "roster"
    REVIEWER = "reviewer"
    TIMER = "timer"
    SYSTEM = "system"


class IfEmpty(StrEnum):
    """What becomes of a seat in which nobody can decide, when no other seat takes it over. Neither
    ever decides.
    """

    ADMIN = "admin"  # an administrator gets the task, to find somebody for it
    BLOCK = "block"  # the definition is not published while a department lacks a holder


class IfApplicant(StrEnum):
    """What becomes of a seat in which only the applicant sits, when no other seat takes it over."""

    ABOVE = "above"  # the same post one department up
    DENY = "deny"  # it stays, and the applicant may not decide it


class Holders(StrEnum):
    """Who counts as a holder of a post while work waits for it."""

    LIVE = "live"  # whoever holds it when they act: a successor inherits the work
    AT_OPENING = "at_opening"  # those who held it when the work came, each with a task of their own


@dataclass(frozen=True, slots=True)
class Seat:
    """A place to decide from.

    `or_anyone`: when nobody in the scope's department holds the role, any holder counts. `levels`:
    for HEAD which head, counted from the department's own; for HEADS how many at most. `amount`: a
    money field; HEADS ends with a head whose limit covers it. `if_empty` and `if_applicant` say who
    is asked instead; None: nobody, the task stays (a head's own request goes to the next head).
    """

    kind: SeatKind
    role: str | None = None
    scope: Scope = Scope.ANY
    field: str | None = None  # for PERSON, and for a department with Scope.FORM
    step: str | None = None  # with Scope.STEP
    or_anyone: bool = False
    levels: int = 1
    amount: str | None = None
    roster: str | None = None
    holders: Holders = Holders.LIVE
    if_empty: Seat | IfEmpty | None = None
    if_applicant: Seat | IfApplicant | None = None
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def stand_ins(self) -> tuple[Seat, ...]:
        """The seats that may take this one over, and those that may take over these."""
        direct = [one for one in (self.if_empty, self.if_applicant) if isinstance(one, Seat)]
        return tuple(seat for one in direct for seat in (one, *one.stand_ins))


#: Seats for which a task can wait: it is known who they are.
NAMED = frozenset(
    {SeatKind.ROLE, SeatKind.APPLICANT, SeatKind.PERSON, SeatKind.HEAD, SeatKind.ROSTER}
)


# ---- what the conditions may look at
# ----------------------------------------------------------------------


class FactKind(StrEnum):
    """Where a fact is looked up: the only doors to what lies outside the case."""

    REGISTER = "register"
    RELATED = "related"
    HISTORY = "history"


class Gives(StrEnum):
    """What a fact answers with."""

    EXISTS = "exists"  # bool
    COUNT = "count"  # int
    SUM = "sum"  # int, of `column`
    FIRST = (
        "first"  # value of `column` in the newest row; its type is the column's, absent if no row
    )
    ALL = "all"  # texts: values of `column`
    NUMBERS = (
        "numbers"  # texts: the numbers of the related cases, or of the cases that wrote the rows
    )
    ACTORS = "actors"  # texts: ids of who took the action (history, or `action` of related cases)


class Relation(StrEnum):
    """Which other cases are meant."""

    CHILDREN = "children"
    PARENT = "parent"
    SIBLINGS = "siblings"


@dataclass(frozen=True, slots=True)
class Fact:
    """A look-up that is done before the core runs and kept in the entry.

    Known to conditions as `facts.<key>`.
    """

    key: str
    kind: FactKind
    gives: Gives
    register: str | None = None
    where: tuple[tuple[str, Expression], ...] = ()  # column -> expression that it must equal
    column: str | None = None
    process: str | None = None
    relation: Relation = Relation.CHILDREN
    states: tuple[str, ...] = ()  # related: only in these states
    open_only: bool = False  # related: only cases that have not ended
    action: str | None = None  # history / actors
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule of an action:

    `when` must hold, `otherwise` says why not. `names_cases`: a fact that gives the blocking
    cases' numbers.
    """

    name: str  # stable: <action>.<n>
    when: Expression
    otherwise: Sentence
    clauses: tuple[str, ...] = ()
    names_cases: str | None = None
    design_choice: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)


# ---- what follows
# -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: the first alternative whose `when` holds.

    `amount` is an INT expression; absent value: no deadline.
    """

    amount: Expression
    unit: Unit
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class SetField:
    """Effect: a form field gets a value: of an expression, or of a moment `spans` after `start`."""

    field: str
    value: Expression | None = None
    start: Expression | None = None
    spans: tuple[Span, ...] = ()
    when: Expression | None = None
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class WriteRow:
    """Effect: a register row is written; with `key` columns an earlier row with the same key is
    superseded.
    """

    register: str
    values: tuple[tuple[str, Expression], ...]
    key: tuple[str, ...] = ()
    when: Expression | None = None
    each: str | None = None  # a table field: one row a line, its cells known as `line.<column>`
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class StartCase:
    """Effect: another case is opened as a child of this one (or as its sibling), with form fields
    from expressions.
    """

    process: str
    fields: tuple[tuple[str, Expression], ...] = ()
    entry: str | None = None
    sibling: bool = False
    when: Expression | None = None
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class ActOn:
    """Effect: a `system` action is taken on related cases of a process that stand in one of
    `states` (any, if empty).
    """

    process: str
    action: str
    relation: Relation = Relation.CHILDREN
    states: tuple[str, ...] = ()
    named_by: Expression | None = None  # only the case with this number
    each: str | None = None  # a table field: once a line, its cells known as `line.<column>`
    when: Expression | None = None
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Notify:
    """Effect: a notice to a seat (role, applicant, person).

    Its kind is the action or timer that causes it.
    """

    to: Seat
    when: Expression | None = None
    place: Place = dataclasses.field(default=Place(), compare=False)


Effect = SetField | WriteRow | StartCase | ActOn | Notify


# ---- the flow
# ---------------------------------------------------------------------------------------------


class OpinionRule(StrEnum):
    """Whether words are asked for with an action."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class State:
    """A place where a case may stand. `entry`: a case may be opened here; `final`: it has ended."""

    key: str
    name: Sentence
    entry: bool = False
    final: bool = False
    editors: tuple[Seat, ...] = ()  # who may save fields here without an action
    editable: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    design_choice: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Action:
    """The verb on a button, with its transitions (one a source state).

    `duty`: at its source states a task waits for its seats. `signs`: it is a signature (register
    convention V6). `all_sign`: every seat must take it before the case moves. `by_applicant`: the
    applicant may take it though they filed the case. `new_round`: signatures of the round become
    void. `automatic`: a `system` action that is taken as soon as its conditions hold. `tone`
    colours the button: forward, back, stop, plain.
    """

    key: str
    name: Sentence
    sources: tuple[str, ...]
    target: str
    seats: tuple[Seat, ...]
    does: Sentence | None = None
    fields: tuple[str, ...] = ()
    opinion: OpinionRule = OpinionRule.NONE
    opinion_field: str | None = None
    conditions: tuple[Condition, ...] = ()
    effects: tuple[Effect, ...] = ()
    duty: bool = True
    duty_seats: tuple[Seat, ...] = ()  # for whom the task waits, when not for every seat
    signs: bool = False
    all_sign: bool = False
    by_applicant: bool = False
    new_round: bool = False
    automatic: bool = False
    tone: str = "forward"
    clauses: tuple[str, ...] = ()
    design_choice: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A clock: runs while the case is in one of `states`, from `start` (a moment or a date; None:
    from entering), for the first span that applies. `until` instead of `start` and `spans`: a
    date or moment that is the end itself. `pauses`: states in which it stands still. On expiry
    `action` is taken by the timer if `action_when` holds; else the step is marked `overdue`;
    notices always go out.
    """

    key: str
    name: Sentence
    states: tuple[str, ...]
    start: Expression | None = None
    spans: tuple[Span, ...] = ()
    until: Expression | None = None
    pauses: tuple[str, ...] = ()
    action: str | None = None
    action_when: Expression | None = None
    overdue: bool = False
    effects: tuple[Effect, ...] = ()
    clauses: tuple[str, ...] = ()
    design_choice: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class RegisterColumn:
    """A column of a register: key, type (text, integer, money, bool, date, datetime) and label."""

    key: str
    type: FieldType
    label: Sentence


@dataclass(frozen=True, slots=True)
class RegisterDeclaration:
    """A named table of business facts that this process reads or writes."""

    key: str
    name: Sentence
    columns: tuple[RegisterColumn, ...]
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Opening:
    """Who may open a case, with which fields; `parents` are the processes whose cases it may
    belong to, `parent_field` the form field that receives the parent's number.
    """

    seats: tuple[Seat, ...]
    fields: tuple[str, ...] = ()
    parent_process: str | None = None
    parent_field: str | None = None
    parent_required: bool = False
    conditions: tuple[Condition, ...] = ()
    effects: tuple[Effect, ...] = ()
    clauses: tuple[str, ...] = ()
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole process, immutable. `digest` is the hex SHA-256 of its source text."""

    key: str
    version: int
    name: Sentence
    summary: Sentence
    category: Sentence
    number_prefix: str
    title: str  # `{field}` places
    key_figure: str | None
    opening: Opening
    form: Mapping[str, Field]
    states: Mapping[str, State]
    actions: Mapping[str, Action]
    facts: Mapping[str, Fact] = dataclasses.field(default_factory=dict)
    deadlines: Mapping[str, DeadlineRule] = dataclasses.field(default_factory=dict)
    registers: Mapping[str, RegisterDeclaration] = dataclasses.field(default_factory=dict)
    parameters: tuple[str, ...] = ()  # the policy parameters that its expressions may name
    clauses: tuple[str, ...] = ()
    not_enforced: Mapping[str, Sentence] = dataclasses.field(
        default_factory=dict
    )  # clause -> why no rule of this process carries it
    confidential: bool = False
    source: str = ""
    digest: str = ""
    _leaving: Mapping[str, tuple[Action, ...]] = dataclasses.field(
        init=False, repr=False, compare=False
    )
    _duties: Mapping[str, tuple[Seat, ...]] = dataclasses.field(
        init=False, repr=False, compare=False
    )
    #: The actions that are signatures, and the steps at which one is asked for.
    signing_actions: frozenset[str] = dataclasses.field(init=False, repr=False, compare=False)
    signing_steps: frozenset[str] = dataclasses.field(init=False, repr=False, compare=False)

    @property
    def file(self) -> str:
        """Where it stands below `definitions/`; messages name it so."""
        return f"{self.key}/{self.version}.yaml"

    @property
    def entries(self) -> tuple[str, ...]:
        """The states in which a case may be opened; the first is the usual one."""
        return tuple(key for key, state in self.states.items() if state.entry)

    def actions_from(self, state: str) -> tuple[Action, ...]:
        """The actions that leave a state, in the order of the definition."""
        return self._leaving.get(state, ())

    def duties_of(self, state: str) -> tuple[Seat, ...]:
        """The seats for which a task waits in a state, each once."""
        return self._duties.get(state, ())

    def __post_init__(self) -> None:
        # Asked for at every decision, so worked out once; a definition never changes.
        leaving = {
            state: tuple(a for a in self.actions.values() if state in a.sources)
            for state in self.states
        }
        duties = {state: _duties(actions) for state, actions in leaving.items()}
        signing = [action for action in self.actions.values() if action.signs]
        object.__setattr__(self, "signing_actions", frozenset(a.key for a in signing))
        object.__setattr__(self, "signing_steps", frozenset(s for a in signing for s in a.sources))
        object.__setattr__(self, "_leaving", leaving)
        object.__setattr__(self, "_duties", duties)


def _duties(actions: tuple[Action, ...]) -> tuple[Seat, ...]:
    seats = (
        seat
        for action in actions
        if action.duty
        for seat in action.duty_seats or action.seats
        if seat.kind in NAMED
    )
    return tuple(dict.fromkeys(seats))
