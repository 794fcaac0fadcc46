"""Asking for something: what a person may start, and the form of one process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from web.presenters.initials import NAMES_AT_ONCE, initials
from web.presenters.inputs import Choice, Desk, Input, Typed, inputs_for, now_and_later
from web.presenters.speech import Reason, Speech
from workflow.design.definition import Action, Definition
from workflow.design.form import Field, FieldType
from workflow.design.form_rules import OPENING, accepted_fields, requirements
from workflow.nouns import Attachment, Case
from workflow.refusals import Code, Refusal, Sentence
from workflow.service.looking import Beginning, Startable

OTHER = Sentence("其他", "Other")
#: So many fields that need not be filled yet are shown all the same; more of them fold away.
SHOWN_ANYWAY = 6
PARENT = Sentence("所属案件", "The case it belongs to")
ATTACHMENTS = Sentence("附件", "Attachments")


@dataclass(frozen=True, slots=True)
class Missing:
    """A parameter that has to be entered before a process is started, and the whole sentence."""

    parameter: str
    because: str


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A process that may be started, and what it is for. `begun`: when something typed was left
    lying. `missing`: figures that the hospital has to enter first.
    """

    key: str
    name: str
    initials: str
    summary: str
    begun: str
    needs_parent: str
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class CatalogueGroup:
    """The processes of one category."""

    name: str
    entries: tuple[CatalogueEntry, ...]


@dataclass(frozen=True, slots=True)
class CatalogueView:
    """The page of everything that may be started; `lately`: what this person started last."""

    groups: tuple[CatalogueGroup, ...]
    lately: tuple[CatalogueEntry, ...]

    @property
    def is_long(self) -> bool:
        """Whether one would rather search it than read it."""
        return sum(len(group.entries) for group in self.groups) > NAMES_AT_ONCE


def catalogue_view(
    startable: Iterable[Startable],
    names: Mapping[str, Sentence],
    begun: Mapping[str, str],
    lately: Iterable[str],
    speech: Speech,
) -> CatalogueView:
    """`names` are the names of processes by key; `begun` since when an unsent form lies there."""
    groups: dict[str, list[CatalogueEntry]] = {}
    for one in startable:
        definition = one.definition
        parents = [names[one] for one in definition.opening.parent_processes if one in names]
        entry = CatalogueEntry(
            key=definition.key,
            name=speech.say(definition.name),
            initials=initials(speech.say(definition.name)),
            summary=speech.say(definition.summary),
            begun=begun.get(definition.key, ""),
            needs_parent=_either(parents, speech) if one.needs_parent else "",
            missing=tuple(Missing(r.parameter, r.text) for r in speech.reasons(one.missing)),
        )
        groups.setdefault(speech.say(definition.category), []).append(entry)
    known = {entry.key: entry for entries in groups.values() for entry in entries}
    return CatalogueView(
        tuple(CatalogueGroup(name, tuple(entries)) for name, entries in groups.items()),
        tuple(known[key] for key in lately if key in known),
    )


@dataclass(frozen=True, slots=True)
class Pending:
    """A file that was chosen and is kept until the form is sent."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """The form of a request. `problems` are (label, sentence, id of the field) for the summary."""

    process: str
    name: str
    summary: str
    key: str
    inputs: tuple[Input, ...]
    later: tuple[Input, ...]
    hand_in: str
    hand_in_does: str
    entries: tuple[Choice, ...]
    parent_name: str
    parent_first: bool
    parent_label: str
    parent_help: str
    parent_required: bool
    parent_problem: str
    parents: tuple[Choice, ...]
    parent_text: str
    parent_tells: bool  # what may be ticked depends on which case is chosen
    files: tuple[Pending, ...]
    files_problem: str
    limit_mb: int
    kept_at: str
    problems: tuple[tuple[str, str, str], ...]
    reasons: tuple[Reason, ...]


#: A form that offers all that its definition names.
ANYTHING = Beginning((), {}, frozenset())


@dataclass(frozen=True, slots=True)
class RequestState:
    """What a form was filled with so far, and whom it may name where the definition says it."""

    typed: Typed
    texts: Mapping[str, str]
    files: tuple[Attachment, ...] = ()
    problems: tuple[Refusal, ...] = ()
    kept_at: str = ""
    parent_text: str = ""
    choosable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    beginning: Beginning = ANYTHING
    from_outside: bool = False
    beside: Mapping[str, tuple[Case, ...]] = field(default_factory=dict)


def request_view(
    definition: Definition,
    hand_in: Action | None,
    state: RequestState,
    parents: Iterable[Case],
    parent_processes: Iterable[Definition],
    key: str,
    limit_mb: int,
    speech: Speech,
) -> RequestView:
    """The form of a process, with whatever was typed, and its problems at their fields."""
    desk = Desk(
        speech.language,
        speech.organisation,
        speech.calendar,
        speech.roles,
        state.files,
        state.choosable,
        state.beginning.words,
        state.beginning.needed,
        state.from_outside,
        state.beside,
    )
    acts = (OPENING,) if hand_in is None else (OPENING, hand_in.key)
    keys = request_fields(definition, hand_in)
    inputs = inputs_for(definition, keys, acts, {}, state.typed, state.problems, desk)
    parent_field = definition.opening.parent_field
    at_fields, reasons = split_problems(state.problems, inputs, speech, parent_field)
    first, later = now_and_later(inputs, SHOWN_ANYWAY)
    named = definition.form.get(parent_field or "")
    first_of_all = _begins_with(definition, parent_field)
    return RequestView(
        process=definition.key,
        name=speech.say(definition.name),
        summary=speech.say(definition.summary),
        key=key,
        inputs=first,
        later=later,
        hand_in="" if hand_in is None else speech.say(hand_in.name),
        hand_in_does="" if hand_in is None or hand_in.does is None else speech.say(hand_in.does),
        entries=_entries(definition, state.beginning.entries, state.texts.get("entry", ""), speech),
        parent_name=_either([one.name for one in parent_processes], speech),
        parent_first=first_of_all,
        parent_label="" if named is None or first_of_all else speech.say(named.label),
        parent_help="" if named is None or named.help is None else speech.say(named.help),
        parent_required=definition.opening.parent_required or _is_needed(definition, parent_field),
        parent_problem=_said_of(state.problems, lambda r: r.rule == "parent", speech)
        or _said_of(
            state.problems, lambda r: r.field is not None and r.field == parent_field, speech
        ),
        parents=_parents(parents, state.texts.get("parent", "")),
        parent_text=state.parent_text,
        parent_tells=any(_lists_cases(definition.form[key]) for key in keys),
        files=tuple(Pending(file.id, file.name) for file in state.files if file.field is None),
        files_problem=_said_of(
            state.problems, lambda r: r.rule == "upload" and r.field is None, speech
        ),
        limit_mb=limit_mb,
        kept_at=state.kept_at,
        problems=at_fields,
        reasons=reasons,
    )


def _lists_cases(line: Field) -> bool:
    return line.type is FieldType.LIST and line.process is not None


def _either(names: Iterable[Sentence], speech: Speech) -> str:
    """The processes of which a case may be the parent, in words."""
    return speech.say(Sentence("或", " or ")).join(speech.say(name) for name in names)


def request_fields(definition: Definition, hand_in: Action | None) -> tuple[str, ...]:
    """The fields that a request asks for: of the opening and of handing in, without what the engine
    fills.
    """
    wanted = set(accepted_fields(definition, OPENING))
    if hand_in is not None:
        wanted |= set(accepted_fields(definition, hand_in.key)) - {hand_in.opinion_field}
    wanted -= {definition.opening.parent_field}
    return tuple(
        key for key, line in definition.form.items() if key in wanted and not line.computed
    )


def split_problems(
    problems: Iterable[Refusal],
    inputs: Iterable[Input],
    speech: Speech,
    parent_field: str | None = None,
) -> tuple[tuple[tuple[str, str, str], ...], tuple[Reason, ...]]:
    """Problems of fields that the form shows, for its summary, and the reasons that are more than
    a field's own: a rule is told with its clauses, at a field as well where it reads one.
    """
    shown = {entry.key: entry for entry in inputs}
    at_fields: list[tuple[str, str, str]] = []
    others: list[Refusal] = []
    for refusal in problems:
        if refusal.field is not None and refusal.code is Code.CONDITION_NOT_MET:
            others.append(refusal)
        elif refusal.field in shown:
            entry = shown[refusal.field or ""]
            at_fields.append((entry.label, speech.say(refusal.because), entry.id))
        elif refusal.rule == "upload":
            at_fields.append((speech.say(ATTACHMENTS), speech.say(refusal.because), "files"))
        elif refusal.rule == "parent" or (refusal.field and refusal.field == parent_field):
            at_fields.append((speech.say(PARENT), speech.say(refusal.because), "parent"))
        else:
            others.append(refusal)
    order = {entry.id: position for position, entry in enumerate(shown.values())}
    at_fields.sort(key=lambda told: order.get(told[2], len(order)))
    return tuple(dict.fromkeys(at_fields)), speech.reasons(others)


def _is_needed(definition: Definition, field: str | None) -> bool:
    return any(
        line.key == field for line, rule in requirements(definition, OPENING) if not rule.when
    )


def _begins_with(definition: Definition, field: str | None) -> bool:
    """Whether the form begins with the case that it belongs to; one that is named nowhere does."""
    return field is None or field == next(iter(definition.form))


def _said_of(problems: Iterable[Refusal], wanted: Callable[[Refusal], bool], speech: Speech) -> str:
    return "；".join(dict.fromkeys(speech.say(p.because) for p in problems if wanted(p)))


def _entries(
    definition: Definition, left: tuple[str, ...], chosen: str, speech: Speech
) -> tuple[Choice, ...]:
    """Where this person may begin; nothing where it goes without saying."""
    if left in ((), definition.entries[:1]):
        return ()
    first = chosen if chosen in left else left[0]
    return tuple(Choice(key, speech.say(definition.states[key].name), key == first) for key in left)


def _parents(cases: Iterable[Case], chosen: str) -> tuple[Choice, ...]:
    found = [Choice(c.number, f"{c.number} {c.title}", c.number == chosen) for c in cases]
    if chosen and not any(choice.chosen for choice in found):
        found.insert(0, Choice(chosen, chosen, chosen=True))
    return tuple(found)
