"""The parts of a paper in words: its sections with their cells, and its signature blocks.

A paper is Chinese; whoever reads English finds the labels in both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from web.presenters import words
from web.presenters.panels import PanelView
from web.presenters.speech import Speech
from web.presenters.timeline import UNDER, act_name
from web.presenters.values import Reader, Shown, shown_value
from workflow.design.definition import TAKE_BACK, Definition
from workflow.design.form import Field, FieldType
from workflow.design.form_rules import OPENING
from workflow.design.papers import roles_at, signed_in
from workflow.design.print_form import PrintCell, PrintCopy, PrintForm, PrintSection, SignatureBlock
from workflow.nouns import SYSTEM, TIMER
from workflow.refusals import Sentence
from workflow.service.sights import CaseSight, LedgerLine

CAPITALS = Sentence("大写：{words}", "in words: {words}")
#: The columns of a row by how many fields stand in it: of the label, and of the value. Each row
#: is 24 columns wide.
WIDTHS = {1: (4, 20), 2: (4, 8), 3: (3, 5), 4: (3, 3)}


@dataclass(frozen=True, slots=True)
class Label:
    """Words of a paper: in Chinese, and beside it in English for whoever reads that."""

    zh: str
    en: str = ""


Labels = Callable[[Sentence], Label]


class PaperSpeech(Speech):
    """Names and moments as they stand on paper: a date without its weekday, which fits its box."""

    def day(self, day: date) -> str:
        return f"{day.year}年{day.month}月{day.day}日"


def labels_in(language: str) -> Labels:
    """How the labels of a paper are said to a reader."""
    both = language == "en"
    return lambda said: Label(said.zh, said.en if both and said.en != said.zh else "")


@dataclass(frozen=True, slots=True)
class CellView:
    """A field on paper; `label_span` and `span` of the 24 columns."""

    label: Label
    shown: Shown
    columns: tuple[Label, ...]
    label_span: int
    span: int


@dataclass(frozen=True, slots=True)
class SectionView:
    """Rows of cells under a heading; a table is a row of its own."""

    name: Label | None
    rows: tuple[tuple[CellView, ...], ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """One act of the record: what was decided, in which words, by whom, from which post, when."""

    step: str
    act: str
    opinion: str
    who: str
    post: str
    acting_for: str
    grant: str
    at: str
    automatic: bool
    voided: bool


@dataclass(frozen=True, slots=True)
class BlockView:
    """A signature block: who has signed, or (`waits`) lines for whoever has to; `missed`: the case
    has ended without it.
    """

    name: Label
    signed: tuple[Signature, ...]
    panels: tuple[PanelView, ...]
    waits: bool
    missed: bool
    role: str
    by_hand: bool
    lines: tuple[Label, ...]
    seal: bool


# ---- sections ------------------------------------------------------------------------------------


def sections_on(
    form: PrintForm, copy: PrintCopy, sight: CaseSight, reader: Reader, labels: Labels
) -> tuple[SectionView, ...]:
    """The sections of one copy. Of a paper that nobody has declared only what is filled in."""
    found = (
        _section(section, copy, sight, reader, labels)
        for section in form.sections
        if not (section.inside and copy.outside)
    )
    return tuple(section for section in found if section is not None)


def _section(
    section: PrintSection, copy: PrintCopy, sight: CaseSight, reader: Reader, labels: Labels
) -> SectionView | None:
    declared = sight.definition.print_form is not None
    rows = []
    for row in section.rows:
        cells = [cell for cell in row if cell.field not in copy.without]
        view = tuple(_cell(cell, len(cells), sight, reader, labels) for cell in cells)
        if view and (declared or any(not cell.shown.is_empty for cell in view)):
            rows.append(view)
    empty = all(cell.shown.is_empty for row in rows for cell in row)
    if not rows or (section.optional and empty):
        return None
    return SectionView(None if section.name is None else labels(section.name), tuple(rows))


def _cell(
    cell: PrintCell, beside: int, sight: CaseSight, reader: Reader, labels: Labels
) -> CellView:
    line = sight.definition.form[cell.field]
    if cell.columns:
        known = {column.key: column for column in line.columns}
        line = replace(line, columns=tuple(known[column.key] for column in cell.columns))
    shown = _in_both(line, sight.case.form.get(line.key), reader, labels)
    label_span, span = WIDTHS[beside]
    return CellView(
        labels(cell.label or line.label),
        shown,
        tuple(labels(column.label) for column in line.columns),
        label_span,
        span,
    )


def _in_both(line: Field, value: object, reader: Reader, labels: Labels) -> Shown:
    """A value on paper: money in capitals too, a choice in English too for whoever reads that."""
    shown = shown_value(line, value, reader)
    if shown.hidden:
        return replace(shown, note="")
    if line.type is FieldType.MONEY and isinstance(value, int):
        capitals = CAPITALS.filled(words=words.money_in_capitals(value))
        return replace(shown, note=reader.speech.say(capitals))
    if line.type is FieldType.ENUM:
        label = next((labels(one.label) for one in line.options if one.value == value), Label(""))
        return replace(shown, note=label.en) if label.en else shown
    return shown


# ---- signatures ----------------------------------------------------------------------------------


def acts_of(sight: CaseSight) -> tuple[LedgerLine, ...]:
    """The lines of the record: everything that moved the case or is a signature, but not saving
    and opening.
    """
    return tuple(line for line in sight.lines if _is_an_act(line, sight.definition))


def _is_an_act(line: LedgerLine, definition: Definition) -> bool:
    entry = line.entry
    moved = entry.from_state is not None and entry.from_state != entry.to_state
    in_branch = _steps_of(line, definition) != (entry.from_state,)
    action = definition.action_of(line.action, by_timer=entry.actor == TIMER)
    signs = action is not None and (_signs(line, definition) or bool(line.opinion))
    return not line.refused and line.action != OPENING and (moved or in_branch or signs)


def _steps_of(line: LedgerLine, definition: Definition) -> tuple[str | None, ...]:
    """The step at which an act was taken; in a parallel state those of its branches that have such
    an act, which is nearly always one.
    """
    here = line.entry.from_state
    action = definition.actions.get(line.action)
    if action is None or here in action.sources:
        return (here,)
    within = ((step, definition.states[step].within) for step in action.sources)
    return tuple(step for step, branch in within if branch and branch[0] == here) or (here,)


def standing_acts(sight: CaseSight) -> tuple[LedgerLine, ...]:
    """Those of them that still count: not void by a new round, not taken back."""
    standing: list[LedgerLine] = []
    for line in acts_of(sight):
        if line.action == TAKE_BACK:
            theirs = [one for one in standing if one.entry.actor == line.entry.actor]
            if theirs:
                standing.remove(theirs[-1])
        elif not _is_void(line, sight):
            standing.append(line)
    return tuple(standing)


def _is_void(line: LedgerLine, sight: CaseSight) -> bool:
    return _signs(line, sight.definition) and line.round < sight.case.round


def _signs(line: LedgerLine, definition: Definition) -> bool:
    """Whether an act is a signature, as each of several that are needed is (`all_sign`)."""
    action = definition.action_of(line.action, by_timer=line.entry.actor == TIMER)
    return action is not None and action.key in definition.signing_actions


def signed_by(
    block: SignatureBlock, acts: Iterable[LedgerLine], sight: CaseSight
) -> tuple[LedgerLine, ...]:
    """Who has signed in a block: of each post at each step the last."""
    latest: dict[tuple[str | None, ...], LedgerLine] = {}
    for line in acts:
        entry = line.entry
        action = sight.definition.action_of(line.action, by_timer=entry.actor == TIMER)
        steps = _steps_of(line, sight.definition)
        if action is None or not any(signed_in(block, step, action) for step in steps):
            continue
        if block.roles and entry.role not in block.roles:
            continue
        post = (entry.role, entry.department) if entry.role else (entry.actor, None)
        latest.pop((*steps, *post), None)
        latest[(*steps, *post)] = line
    return tuple(latest.values())


def blocks_on(
    form: PrintForm,
    copy: PrintCopy,
    sight: CaseSight,
    speech: Speech,
    labels: Labels,
    panels: Mapping[str, PanelView],
) -> Iterator[BlockView]:
    """The signature blocks of one copy. `panels` by step: their votes stand in the block that has
    the acts of that step.
    """
    standing = standing_acts(sight)
    ended = sight.definition.states[sight.case.state].final
    for block in form.signatures:
        if block.inside and copy.outside:
            continue
        voted = panels_in(block, sight.definition)
        signed = tuple(
            signature(line, sight, speech, silent=_is_silent(line, copy, sight.definition))
            for line in signed_by(block, standing, sight)
            if line.entry.from_state not in voted or line.entry.from_state not in panels
        )
        shown = tuple(panels[step] for step in voted if step in panels)
        if block.optional and not signed and not shown:
            continue
        open_ = not block.by_hand and not signed and not shown
        yield BlockView(
            labels(block.name),
            signed,
            shown,
            waits=open_ and not ended,
            missed=open_ and ended,
            role=_asked(block, sight.definition, speech),
            by_hand=block.by_hand,
            lines=tuple(labels(line) for line in block.lines),
            seal=block.seal,
        )


def panels_in(block: SignatureBlock, definition: Definition) -> tuple[str, ...]:
    """The steps of panels whose votes stand in a block."""
    return tuple(
        dict.fromkeys(
            step
            for action in definition.actions.values()
            if action.vote is not None
            for step in action.sources
            if definition.states[step].panel is not None and signed_in(block, step, action)
        )
    )


def _is_silent(line: LedgerLine, copy: PrintCopy, definition: Definition) -> bool:
    """Whether the words of an act are left off a copy, because their field is."""
    action = definition.actions.get(line.action)
    return action is not None and action.opinion_field in copy.without


def _asked(block: SignatureBlock, definition: Definition, speech: Speech) -> str:
    """The roles that are waited for in a block."""
    asked = block.roles or sorted(
        role
        for action in definition.actions.values()
        for step in action.sources
        if signed_in(block, step, action)
        for role in roles_at(definition, action, step)
    )
    return speech.list(dict.fromkeys(speech.role(role) for role in asked))


def signature(
    line: LedgerLine, sight: CaseSight, speech: Speech, *, silent: bool = False
) -> Signature:
    """One act in words; `silent`: without what was said with it."""
    entry, definition = line.entry, sight.definition
    automatic = entry.actor in (TIMER, SYSTEM)
    steps = _steps_of(line, definition)
    step = definition.states.get((steps[0] if len(steps) == 1 else entry.from_state) or "")
    return Signature(
        step="" if step is None else speech.say(step.name),
        act=speech.say(act_name(line.action, definition, by_timer=entry.actor == TIMER)),
        opinion="" if automatic or silent else line.opinion,
        who=speech.person(entry.actor),
        post=speech.post(entry.role, entry.department),
        acting_for="" if entry.acting_for is None else speech.person(entry.acting_for),
        grant="" if line.grant is None else speech.say(UNDER.filled(grant=line.grant)),
        at=speech.full_moment(entry.at),
        automatic=automatic,
        voided=_is_void(line, sight),
    )
