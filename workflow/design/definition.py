"""A process on paper: what an administrator wrote, as frozen values without behaviour.

The parser fills these, the checks read them, the engine runs them. Its parts have modules of their
own beside this one (form, seats, facts, effects, panels, deadlines, …), each filled by the parser
of the same name; here they become one whole. Once published, a definition is never edited: a case
is pinned to (key, version).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from workflow.design.calculated import CalculationUse
from workflow.design.deadlines import DeadlineRule
from workflow.design.effects import Effect
from workflow.design.expression import Expression, Place
from workflow.design.facts import Condition, Fact
from workflow.design.form import Field, FieldType
from workflow.design.panels import Panel, Parallel, Vote
from workflow.design.print_form import PrintForm
from workflow.design.schedules import ScheduleRule
from workflow.design.seats import NAMED, Seat, SeatKind
from workflow.making import quick_members
from workflow.refusals import Sentence


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

    `duty`: at its source states a task waits for its seats; `duty_when`: only where it held when
    the case came there. `signs`: it is a signature (register
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
    duty_when: Expression | None = None
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
    #: What each column holds.
    types: Mapping[str, FieldType] = dataclasses.field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "types", {column.key: column.type for column in self.columns})


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
    cancelled: tuple[Effect, ...] = ()  # what follows when an administrator cancels a case
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
    #: The steps whose task may be the applicant's own though they hold a post, and those at which
    #: whoever has the task reviews.
    applicant_steps: frozenset[str] = dataclasses.field(init=False, repr=False, compare=False)
    review_steps: frozenset[str] = dataclasses.field(init=False, repr=False, compare=False)
    #: The fields whose answers name people or departments, themselves or in their rows.
    naming: frozenset[str] = dataclasses.field(init=False, repr=False, compare=False)
    #: The states at which some task waits only where a condition holds.
    unsure_duties: frozenset[str] = dataclasses.field(init=False, repr=False, compare=False)
    #: The actions that the engine itself takes when a panel or the branches have their result.
    results: frozenset[str] = dataclasses.field(init=False, repr=False, compare=False)
    #: The states in which a case may be opened; the first is the usual one.
    entries: tuple[str, ...] = dataclasses.field(init=False, repr=False, compare=False)
    #: What the engine may take without anybody where a case stands, by state, in that order.
    following: Mapping[str, tuple[str, ...]] = dataclasses.field(
        init=False, repr=False, compare=False
    )
    #: Every transition there is, by the state that it leaves.
    ways: Mapping[str, tuple[Way, ...]] = dataclasses.field(init=False, repr=False, compare=False)
    #: What stands in the title, as written between its braces.
    title_places: tuple[str, ...] = dataclasses.field(init=False, repr=False, compare=False)

    @property
    def file(self) -> str:
        """Where it stands below `definitions/`; messages name it so."""
        return f"{self.key}/{self.version}.yaml"

    def actions_from(self, state: str) -> tuple[Action, ...]:
        """The actions that leave a state, in the order of the definition."""
        return self._leaving.get(state, ())

    def calculations_at(self, act: str) -> tuple[CalculationUse, ...]:
        """What is calculated with an action (or the opening), in the order of the definition."""
        if not self.calculations:
            return ()
        return tuple(one for one in self.calculations.values() if act in one.at)

    def duties_of(self, state: str) -> tuple[Seat, ...]:
        """The seats for which a task waits in a state, each once."""
        return self._duties.get(state, ())

    def is_review(self, action: Action, step: str) -> bool:
        """Whether taking `action` at `step` is a reviewer's act: a signature, or a return or
        refusal in its place.
        """
        if action.key in self.signing_actions:
            return True
        by_reviewer = any(seat.kind is SeatKind.REVIEWER for seat in action.seats)
        return by_reviewer and step in self.signing_steps

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
        duties = {state: seats_asked(actions) for state, actions in leaving.items()}
        signing = [a for a in self.actions.values() if a.signs or a.all_sign or a.vote is not None]
        object.__setattr__(self, "signing_actions", frozenset(a.key for a in signing))
        object.__setattr__(self, "signing_steps", frozenset(s for a in signing for s in a.sources))
        asked = {state: [a for a in actions if a.duty] for state, actions in leaving.items()}
        own = (state for state, some in asked.items() if any(a.by_applicant for a in some))
        reviews = (
            state for state, some in asked.items() if any(self.is_review(a, state) for a in some)
        )
        object.__setattr__(self, "applicant_steps", frozenset(own))
        object.__setattr__(self, "review_steps", frozenset(reviews))
        naming = (key for key, field in self.form.items() if _may_name(field))
        object.__setattr__(self, "naming", frozenset(naming))
        results = {key: tuple(_results_at(state)) for key, state in self.states.items()}
        following = {
            key: (*results[key], *(a.key for a in actions if a.automatic))
            for key, actions in leaving.items()
        }
        entries = tuple(key for key, state in self.states.items() if state.entry)
        unsure = {key for key, actions in leaving.items() for a in actions if a.duty_when}
        object.__setattr__(self, "entries", entries)
        object.__setattr__(self, "unsure_duties", frozenset(unsure))
        object.__setattr__(self, "results", frozenset(chain.from_iterable(results.values())))
        object.__setattr__(self, "following", following)
        object.__setattr__(self, "ways", _ways(self))
        object.__setattr__(self, "title_places", tuple(TITLE_PLACE.findall(self.title)))
        object.__setattr__(self, "_leaving", leaving)
        object.__setattr__(self, "_duties", duties)


def _may_name(field: Field) -> bool:
    if field.departments or field.among is not None:
        return True
    return field.type in (FieldType.PERSON, FieldType.TABLE)


def _results_at(state: State) -> Iterator[str]:
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


def seats_asked(actions: Iterable[Action]) -> tuple[Seat, ...]:
    """The seats for which these actions have a task wait, each once."""
    seats = (
        seat
        for action in actions
        if action.duty
        for seat in action.duty_seats or action.seats
        if seat.kind in NAMED
    )
    return tuple(dict.fromkeys(seats))
