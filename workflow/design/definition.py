"""A process on paper: what an administrator wrote, as frozen values without behaviour.

The parser fills these, the checks read them, the engine runs them. Expressions stand here as text
with the place they came from; they are compiled beside the engine. Once published, a definition
is never edited: a case is pinned to (key, version).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from workflow.calendar import Unit
from workflow.making import quick_members
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


@quick_members
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
    """A field must be filled when `action` ("opening" for the opening) is taken and `when` holds
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


@quick_members
class Scope(StrEnum):
    """In which department a role counts."""

    ANY = "any"
    APPLICANT = "applicant.department"
    CASE = "case.department"
    PARENT = "parent.department"
    FORM = "form"  # the department named by a form field
    STEP = "step"  # the department of whoever decided a step of this case


@quick_members
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


@quick_members
class IfEmpty(StrEnum):
    """What becomes of a seat in which nobody can decide, when no other seat takes it over. Neither
    ever decides.
    """

    ADMIN = "admin"  # an administrator gets the task, to find somebody for it
    BLOCK = "block"  # the definition is not published while a department lacks a holder


@quick_members
class IfApplicant(StrEnum):
    """What becomes of a seat in which only the applicant sits, when no other seat takes it over."""

    ABOVE = "above"  # the same post one department up
    DENY = "deny"  # it stays, and the applicant may not decide it


@quick_members
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


@quick_members
class FactKind(StrEnum):
    """Where a fact is looked up: the only doors to what lies outside the case."""

    REGISTER = "register"
    RELATED = "related"
    HISTORY = "history"


@quick_members
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


@quick_members
class Relation(StrEnum):
    """Which other cases are meant."""

    CHILDREN = "children"
    PARENT = "parent"
    SIBLINGS = "siblings"
    NAMED = "named"  # the case with the number that `named_by` gives, wherever it belongs


@quick_members
class Compared(StrEnum):
    """How a column is compared with a value that it need not equal."""

    BELOW = "below"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    ABOVE = "above"


@dataclass(frozen=True, slots=True)
class Bound:
    """A row counts when its `column` lies so to `value`; with `or_empty` also when it has none."""

    column: str
    how: Compared
    value: Expression
    or_empty: bool = False


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
    bounds: tuple[Bound, ...] = ()
    column: str | None = None
    each: str | None = None  # register: looked up once a line of this table, for effects on it
    process: str | None = None
    relation: Relation = Relation.CHILDREN
    named_by: Expression | None = None  # related: only the case with this number
    states: tuple[str, ...] = ()  # related: only in these states
    open_only: bool = False  # related: only cases that have not ended
    action: str | None = None  # history / actors
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def sought(self) -> tuple[Expression, ...]:
        """Every expression by which rows or cases are looked for."""
        named = () if self.named_by is None else (self.named_by,)
        return (*(one for _, one in self.where), *(bound.value for bound in self.bounds), *named)


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
    from expressions. `under`: as a child of the case with this number instead. `into`: the field of
    this case that receives the number of the new one.
    """

    process: str
    fields: tuple[tuple[str, Expression], ...] = ()
    entry: str | None = None
    sibling: bool = False
    under: Expression | None = None
    into: str | None = None
    each: str | None = None  # a table field: once a line, its cells known as `line.<column>`
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


@dataclass(frozen=True, slots=True)
class Revoke:
    """Effect: the case above this one loses its effect (撤销). It keeps its state, which must be
    one of `states`, and names this case from then on.
    """

    process: str
    states: tuple[str, ...]
    when: Expression | None = None
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class PutInForce:
    """Effect: a policy value that the form names holds from a day on, for cases opened then.

    `parameter` and `value` are fields (the value as people write it, see `Parameter.from_text`),
    as are `reason` (a text) and `clauses` (a list of clause ids); `before` is a field that has to
    hold the value in force. `since` is a day; None: today. An earlier day counts as today: what
    has been opened keeps its values.
    """

    parameter: str
    value: str
    since: Expression | None = None
    reason: str | None = None
    clauses: str | None = None
    when: Expression | None = None
    place: Place = dataclasses.field(default=Place(), compare=False)
    before: str | None = None


Effect = SetField | WriteRow | StartCase | ActOn | Revoke | PutInForce | Notify


# ---- what is calculated
# ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineInput:
    """Rows that go into a calculation: one a line of a table (or list) field, its cells known as
    `line.<column>`; only the lines for which `when` holds.
    """

    each: str
    cells: tuple[tuple[str, Expression], ...]
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class CalculationUse:
    """A declared calculation (`workflow.calculations`) worked out with the acts in `at`, before
    their conditions are judged. `inputs` by input, `into` result by result the field that gets it.
    """

    key: str
    of: str
    at: tuple[str, ...]
    inputs: tuple[tuple[str, Expression | LineInput], ...]
    into: tuple[tuple[str, str], ...]
    when: Expression | None = None
    clauses: tuple[str, ...] = ()
    design_choice: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def fields(self) -> tuple[str, ...]:
        """The form fields that it fills."""
        return tuple(field for _, field in self.into)

    @property
    def expressions(self) -> Iterator[Expression]:
        """Every expression that stands in it."""
        if self.when is not None:
            yield self.when
        for _, given in self.inputs:
            if isinstance(given, LineInput):
                yield from (one for _, one in given.cells)
                if given.when is not None:
                    yield given.when
            else:
                yield given


# ---- the flow
# ---------------------------------------------------------------------------------------------


@quick_members
class OpinionRule(StrEnum):
    """Whether words are asked for with an action."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@quick_members
class Tool(StrEnum):
    """What may be done with a task at a step besides deciding it; each is allowed by name."""

    CLAIM = "claim"  # take a shared task for oneself, and give it back
    TRANSFER = "transfer"  # 转办: somebody else has it now, with the responsibility
    ADD_BEFORE = "add_before"  # 前加签: somebody is heard before me
    ADD_AFTER = "add_after"  # 后加签: somebody decides after me
    ADD_BESIDE = "add_beside"  # 并加签: one more member of the panel
    REMOVE = "remove"  # 减签: one member less, who has not decided
    ASK = "ask"  # 委派: an opinion, upon which it comes back to me
    CONSULT = "consult"  # 征询: somebody reads and comments
    RECUSE = "recuse"  # 回避: a conflict of interest is declared
    TAKE_BACK = "take_back"  # 拿回: my last decision is undone while nobody has acted on it


@quick_members
class Vote(StrEnum):
    """What an action counts for in a panel."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


@quick_members
class Order(StrEnum):
    """Whether the members of a panel decide side by side, or one after the other."""

    ANY = "any"
    IN_TURN = "in_turn"


@quick_members
class OnNo(StrEnum):
    """What a vote against does: the panel stops as soon as its result is certain, or every opinion
    is gathered first.
    """

    STOP = "stop"
    GATHER = "gather"


@quick_members
class Pass(StrEnum):
    """What passes a panel: one vote for, all of them, or a share."""

    ANY = "any"
    ALL = "all"
    RATIO = "ratio"


@quick_members
class ShareOf(StrEnum):
    """Of what a share is taken: of the votes for and against, or of all members who sit."""

    VOTES = "votes"
    MEMBERS = "members"


@quick_members
class RowsRule(StrEnum):
    """When a member's rows make up a vote for: all are agreed, more than are refused, or one."""

    ALL = "all"
    MOST = "most"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Panel:
    """Several people decide a step together. Counts are made of their decisions, never stored.

    `members` are the seats; everybody who holds one when the step opens sits, once. With `each` (a
    table field) and `owner` (a person column) whoever is named in the rows sits for their own rows,
    and their decision is written into the column `decision`; `rows` says what their rows make of
    their vote. `percent` belongs to a share.
    `quorum`: so many must have taken part. `weights` by role (1 if not named). A vote against by a
    role in `veto` fails at once. Whoever recuses themselves is replaced by the next holder of
    `replace`, if there is one. `passed` and `failed` are the system's actions that carry the result
    out.
    """

    members: tuple[Seat, ...]
    passed: str
    failed: str
    each: str | None = None
    owner: str | None = None
    decision: str | None = None
    rows: RowsRule = RowsRule.ALL
    order: Order = Order.ANY
    rule: Pass = Pass.ALL
    percent: int = 100
    share_of: ShareOf = ShareOf.VOTES
    on_no: OnNo = OnNo.STOP
    quorum: int | None = None
    weights: tuple[tuple[str, int], ...] = ()
    veto: tuple[str, ...] = ()
    replace: tuple[Seat, ...] = ()
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Region:
    """One of the branches that run side by side in a parallel state: where it starts, and the
    states in which it is done.
    """

    key: str
    start: str
    done: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parallel:
    """Branches that run side by side. When `needed` of them are done, the system takes `then`."""

    regions: tuple[Region, ...]
    needed: int
    then: str
    place: Place = dataclasses.field(default=Place(), compare=False)


@quick_members
class Back(StrEnum):
    """To which of the steps that the case has been at it goes back: the one before, or any."""

    PREVIOUS = "previous"
    VISITED = "visited"


@quick_members
class Resubmit(StrEnum):
    """Where a returned case goes on: through every step again, or back to who returned it."""

    RERUN = "rerun"
    COME_BACK = "come_back"


@dataclass(frozen=True, slots=True)
class UrgeLimit:
    """How often a case may be urged: once in so many hours, and so many times a local day."""

    hours: int = 4
    a_day: int = 3

    @property
    def day_counts(self) -> bool:
        """Whether the hours alone would let the case be urged more often than that in a day."""
        return self.a_day * self.hours < 24


@quick_members
class SameApprover(StrEnum):
    """Whether whoever has agreed at a step is asked again at a later one: always, not at the very
    next, not at any.
    """

    NONE = "none"
    ADJACENT = "adjacent"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class State:
    """A place where a case may stand. `entry`: a case may be opened here; `final`: it has ended.

    `may` is what can be done with a task here besides deciding it. `within` is (parallel state,
    region) for a state of a branch.
    """

    key: str
    name: Sentence
    entry: bool = False
    final: bool = False
    editors: tuple[Seat, ...] = ()  # who may save fields here without an action
    editable: tuple[str, ...] = ()
    panel: Panel | None = None
    may: frozenset[Tool] = frozenset()
    longest_chain: int = 3  # of transfers
    seen_binds: bool = False  # a decision that the next person has seen is not taken back
    parallel: Parallel | None = None
    within: tuple[str, str] | None = None
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
    colours the button: forward, back, stop, plain. `vote`: it counts in the panel of its state and
    leads nowhere itself. `back`: it leads to a step that the case has been at, which the decision
    names (`target` is then ""). `resubmit`: how the case goes on after a return. `promises`: for
    whom the conditions wait that are named with it; the case does not end before they are met.
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
    vote: Vote | None = None
    back: Back | None = None
    resubmit: Resubmit = Resubmit.RERUN
    promises: tuple[Seat, ...] = ()
    tone: str = "forward"
    clauses: tuple[str, ...] = ()
    design_choice: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def is_timers(self) -> bool:
        """Whether a clock may take it."""
        return any(seat.kind is SeatKind.TIMER for seat in self.seats)


#: 拿回: the general act that undoes a decision; it has ways of its own, back along each.
TAKE_BACK = "task.take_back"
_UNDONE = Action(TAKE_BACK, Sentence("拿回", "Take back"), (), "", (), back=Back.PREVIOUS)


@dataclass(frozen=True, slots=True)
class Rung:
    """A reminder of a clock's ladder: who is told, and when.

    The first span that applies, before (`back`) or after the end of the clock; without spans at
    the end itself.
    """

    tells: tuple[Notify, ...]
    spans: tuple[Span, ...] = ()
    back: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A clock: runs while the case is in one of `states`, from `start` (a moment or a date; None:
    from entering), for the first span that applies. `until` instead of `start` and `spans`: a
    date or moment that is the end itself. `pauses`: states in which it stands still, where
    `pauses_when` holds. On expiry
    `action` is taken by the timer if `action_when` holds; else the step is marked `overdue`;
    notices always go out. `calendar` says by which calendar it counts (see `Calendar.by`). The
    rungs of its `ladder` stop with it, move with it, and are each sent once.
    """

    key: str
    name: Sentence
    states: tuple[str, ...]
    start: Expression | None = None
    spans: tuple[Span, ...] = ()
    until: Expression | None = None
    pauses: tuple[str, ...] = ()
    pauses_when: Expression | None = None
    action: str | None = None
    action_when: Expression | None = None
    overdue: bool = False
    effects: tuple[Effect, ...] = ()
    calendar: str | None = None
    ladder: tuple[Rung, ...] = ()
    clauses: tuple[str, ...] = ()
    design_choice: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def restarts(self) -> bool:
        """Whether it counts from entering a state, so that each entering winds it anew."""
        return self.start is None and self.until is None

    @property
    def lengths(self) -> tuple[tuple[Span, ...], ...]:
        """Every choice of lengths: its own, and those of its ladder."""
        return (self.spans, *(rung.spans for rung in self.ladder))


@quick_members
class Every(StrEnum):
    """In what a schedule counts: on every working day, once a half-year, and so on."""

    DAY = "day"
    WORKDAY = "workday"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a schedule is due, in the hospital's local time.

    `times` of a day are fixed, or (`times_from`) the clock times in a parameter. In a week
    `weekday` (Monday is 1). In whatever is longer: in its `month`-th month on `day` (beyond the
    month's end: its last day) or on the `workday`-th working day, counted from the end when
    negative.
    """

    every: Every
    times: tuple[time, ...] = ()
    times_from: Expression | None = None
    weekday: int = 1
    month: int = 1
    day: Expression | None = None
    workday: Expression | None = None


@quick_members
class Each(StrEnum):
    """For what a schedule opens cases: one for the house, for each department, for each row."""

    HOUSE = "house"
    DEPARTMENT = "department"
    ROLE = "role"  # each department in which somebody holds it
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class ForEach:
    """For what a schedule opens a case each: departments of some `types`, those where `role` is
    held, or the current rows of a register (with `where`), told apart by the column `key`.
    """

    each: Each = Each.HOUSE
    types: tuple[str, ...] = ()
    role: str | None = None
    register: str | None = None
    key: str | None = None
    where: tuple[tuple[str, Expression], ...] = ()


@dataclass(frozen=True, slots=True)
class ScheduleRule:
    """Cases that the system opens on time, once each, while `when` holds (always, if None).

    What could not be opened within `missed_after` of its moment is marked missed and never opened;
    `tells` hear of it with the next case. `fields` see what is due as `due.…`, a row as `line.…`.
    """

    key: str
    name: Sentence
    rhythm: Rhythm
    missed_after: tuple[Span, ...]
    each: ForEach = ForEach()
    fields: tuple[tuple[str, Expression], ...] = ()
    when: Expression | None = None
    entry: str | None = None
    tells: tuple[Seat, ...] = ()
    clauses: tuple[str, ...] = ()
    design_choice: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Everything in it that is compiled, but its lengths."""
        rhythm = self.rhythm
        found: list[Expression | None] = [rhythm.times_from, rhythm.day, rhythm.workday, self.when]
        found += [value for _, value in (*self.fields, *self.each.where)]
        return tuple(one for one in found if one is not None)


# ---- on paper
# -----------------------------------------------------------------------------------------------


@quick_members
class Heading(StrEnum):
    """What stands at the top of a paper beside its title and the number of the case."""

    APPLICANT = "applicant"
    DEPARTMENT = "department"
    OPENED = "opened"  # when the case was opened
    PARENT = "parent"  # the case to which it belongs, with its title


@dataclass(frozen=True, slots=True)
class PrintColumn:
    """A column of a table that stands on paper."""

    key: str
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class PrintCell:
    """A field on paper, under its own label or another; of a table only these columns, in this
    order (all, if none is named).
    """

    field: str
    label: Sentence | None = None
    columns: tuple[PrintColumn, ...] = ()
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class PrintSection:
    """Rows of fields side by side, under a heading of their own or none.

    `inside`: it stands only on copies that stay in the house. `optional`: it is left off while
    nothing in it is filled.
    """

    rows: tuple[tuple[PrintCell, ...], ...]
    name: Sentence | None = None
    inside: bool = False
    optional: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def cells(self) -> tuple[PrintCell, ...]:
        """Every cell, row by row."""
        return tuple(cell for row in self.rows for cell in row)


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """Where people sign: the acts at these steps, of these actions, from these roles (whatever is
    not named does not narrow); or `by_hand`: lines for whoever has no account, as a patient.
    """

    name: Sentence
    steps: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    by_hand: bool = False
    lines: tuple[Sentence, ...] = ()  # what is written by hand beside signature and date
    seal: bool = False
    inside: bool = False
    optional: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class PrintCopy:
    """One of the copies of a paper. `outside`: it leaves the house, as a patient's; then nothing
    stands on it that is kept from others. `without`: fields that are not on this copy.
    """

    name: Sentence
    outside: bool = False
    without: tuple[str, ...] = ()
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class PrintNote:
    """A sentence of the paper itself, in our own words, with the clauses that it tells of."""

    says: Sentence
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintForm:
    """The paper that is filed of a case.

    Only in the states of `in_force` it counts; before and elsewhere it bears a mark. `left_off`:
    why a field that people must fill does not stand on it; `unsigned`: why a decision has no block.
    """

    title: Sentence
    in_force: tuple[str, ...]
    sections: tuple[PrintSection, ...]
    signatures: tuple[SignatureBlock, ...] = ()
    heading: tuple[Heading, ...] = (Heading.APPLICANT, Heading.DEPARTMENT, Heading.OPENED)
    preface: tuple[PrintNote, ...] = ()
    notes: tuple[PrintNote, ...] = ()
    copies: tuple[PrintCopy, ...] = ()
    left_off: Mapping[str, Sentence] = dataclasses.field(default_factory=dict)
    unsigned: Mapping[str, Sentence] = dataclasses.field(default_factory=dict)
    clauses: tuple[str, ...] = ()
    design_choice: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def cells(self) -> tuple[PrintCell, ...]:
        """Every cell of every section."""
        return tuple(cell for section in self.sections for cell in section.cells)


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
    """Who may open a case, with which fields; `parent_processes` are those whose cases it may
    belong to, `parent_field` the form field that receives the parent's number.
    """

    seats: tuple[Seat, ...]
    fields: tuple[str, ...] = ()
    parent_processes: tuple[str, ...] = ()
    parent_field: str | None = None
    parent_required: bool = False
    conditions: tuple[Condition, ...] = ()
    effects: tuple[Effect, ...] = ()
    clauses: tuple[str, ...] = ()
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Way:
    """One transition: what the machine moves along when an action is taken."""

    source: str
    action: Action
    target: str


#: A place in a title that a field fills; of a field of the parent the name begins so.
TITLE_PLACE = re.compile(r"\{([^{}]*)\}")
OF_PARENT = "parent.form."


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole process, immutable. `digest` is the hex SHA-256 of its source text."""

    key: str
    version: int
    name: Sentence
    summary: Sentence
    category: Sentence
    number_prefix: str
    title: str  # `{field}` and `{parent.form.field}` places
    key_figure: str | None
    opening: Opening
    form: Mapping[str, Field]
    states: Mapping[str, State]
    actions: Mapping[str, Action]
    facts: Mapping[str, Fact] = dataclasses.field(default_factory=dict)
    deadlines: Mapping[str, DeadlineRule] = dataclasses.field(default_factory=dict)
    registers: Mapping[str, RegisterDeclaration] = dataclasses.field(default_factory=dict)
    schedules: Mapping[str, ScheduleRule] = dataclasses.field(default_factory=dict)
    calculations: Mapping[str, CalculationUse] = dataclasses.field(default_factory=dict)
    parameters: tuple[str, ...] = ()  # the policy parameters that its expressions may name
    clauses: tuple[str, ...] = ()
    not_enforced: Mapping[str, Sentence] = dataclasses.field(
        default_factory=dict
    )  # clause -> why no rule of this process carries it
    confidential: bool = False
    hidden_from: tuple[str, ...] = ()  # person fields: who is named there does not read the case
    same_approver: SameApprover = SameApprover.NONE
    urge: UrgeLimit = UrgeLimit()
    print_form: PrintForm | None = None  # None: derived, see `workflow.design.papers`
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
    #: The actions that the engine itself takes when a panel or the branches have their result.
    results: frozenset[str] = dataclasses.field(init=False, repr=False, compare=False)
    #: Every transition there is, by the state that it leaves.
    ways: Mapping[str, tuple[Way, ...]] = dataclasses.field(init=False, repr=False, compare=False)
    #: What stands in the title, as written between its braces.
    title_places: tuple[str, ...] = dataclasses.field(init=False, repr=False, compare=False)

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

    def calculations_at(self, act: str) -> tuple[CalculationUse, ...]:
        """What is calculated with an action (or the opening), in the order of the definition."""
        return tuple(one for one in self.calculations.values() if act in one.at)

    def duties_of(self, state: str) -> tuple[Seat, ...]:
        """The seats for which a task waits in a state, each once."""
        return self._duties.get(state, ())

    def clock_of(self, event: str, *, by_timer: bool) -> DeadlineRule | None:
        """The clock whose end an event of the ledger tells of; None for an act. A clock and an
        action may share a key, and then the timer takes no such action: who acted tells them apart.
        """
        action = self.actions.get(event)
        if action is not None and (not by_timer or action.is_timers):
            return None
        return self.deadlines.get(event)

    def action_of(self, event: str, *, by_timer: bool) -> Action | None:
        """The action that an event of the ledger tells of; None for anything else."""
        clock = self.clock_of(event, by_timer=by_timer)
        return self.actions.get(event) if clock is None else None

    def __post_init__(self) -> None:
        # Asked for at every decision, so worked out once; a definition never changes.
        leaving = {
            state: tuple(a for a in self.actions.values() if state in a.sources)
            for state in self.states
        }
        duties = {state: _duties(actions) for state, actions in leaving.items()}
        signing = [a for a in self.actions.values() if a.signs or a.all_sign or a.vote is not None]
        object.__setattr__(self, "signing_actions", frozenset(a.key for a in signing))
        object.__setattr__(self, "signing_steps", frozenset(s for a in signing for s in a.sources))
        object.__setattr__(self, "results", frozenset(_results(self.states)))
        object.__setattr__(self, "ways", _ways(self))
        object.__setattr__(self, "title_places", tuple(TITLE_PLACE.findall(self.title)))
        object.__setattr__(self, "_leaving", leaving)
        object.__setattr__(self, "_duties", duties)


def _results(states: Mapping[str, State]) -> Iterator[str]:
    for state in states.values():
        if state.panel is not None:
            yield from (state.panel.passed, state.panel.failed)
        if state.parallel is not None:
            yield state.parallel.then


def _ways(definition: Definition) -> dict[str, tuple[Way, ...]]:
    """Every transition: of an action's own, of a vote (which stays), of a return to any step in
    the same branch, and of a resubmission that comes back to who returned the case.
    """
    states = definition.states
    returners = [
        source
        for action in definition.actions.values()
        if action.resubmit is Resubmit.COME_BACK
        for source in action.sources
    ]
    ways: dict[str, list[Way]] = {state: [] for state in states}
    for action in definition.actions.values():
        for source in action.sources:
            if source not in states:
                continue
            ways[source] += [
                Way(source, action, target)
                for target in dict.fromkeys(_targets(definition, action, source, returners))
                if target in states
            ]
    for source, found in list(ways.items()):
        if Tool.TAKE_BACK in states[source].may:
            led_to = dict.fromkeys(way.target for way in found if way.action is not _UNDONE)
            for target in led_to:
                ways[target].append(Way(target, _UNDONE, source))
    return {state: tuple(found) for state, found in ways.items()}


def _targets(
    definition: Definition, action: Action, source: str, returners: list[str]
) -> Iterator[str]:
    states = definition.states
    if action.vote is not None:
        yield source
        return
    if action.back is not None:
        yield from (
            key
            for key, state in states.items()
            if key != source and not state.final and _beside(states, source, key)
        )
        return
    yield action.target
    if action.tone == "forward" and not states[source].final:
        yield from (key for key in returners if key != source and _beside(states, source, key))


def _beside(states: Mapping[str, State], one: str, other: str) -> bool:
    """Whether two states are of the same branch, or both of none."""
    return one in states and other in states and states[one].within == states[other].within


def _duties(actions: tuple[Action, ...]) -> tuple[Seat, ...]:
    seats = (
        seat
        for action in actions
        if action.duty
        for seat in action.duty_seats or action.seats
        if seat.kind in NAMED
    )
    return tuple(dict.fromkeys(seats))
