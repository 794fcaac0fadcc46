"""A case on paper: the form that its definition declares, who has signed it, and how its ledger
ends, so that a sheet can be checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from web.presenters.calculations import Worked, worked
from web.presenters.panels import PanelView, panels_on_paper
from web.presenters.printed import (
    BlockView,
    Label,
    Labels,
    PaperSpeech,
    SectionView,
    Signature,
    acts_of,
    blocks_on,
    labels_in,
    panels_in,
    sections_on,
    signature,
    signed_by,
    standing_acts,
)
from web.presenters.speech import Speech
from web.presenters.timeline import act_name
from web.presenters.values import Reader
from workflow.design.definition import Definition
from workflow.design.papers import paper_of
from workflow.design.print_form import Heading, PrintCopy, PrintForm, PrintNote
from workflow.nouns import Case
from workflow.refusals import Sentence
from workflow.service.sights import CaseSight

#: So much of the last digest names a ledger's end beyond doubt, and fits on a line.
HEAD_SHOWN = 16
#: A paper that declares no copies has one.
ONLY = PrintCopy(Sentence("", ""))

DRAFT = Sentence("草稿", "DRAFT")
NOT_YET = Sentence("未生效", "NOT IN FORCE")
VOID = Sentence("不生效", "VOID")
REVOKED = Sentence("已撤销", "REVOKED")

HEADINGS = {
    Heading.APPLICANT: Sentence("申请人", "Applicant"),
    Heading.DEPARTMENT: Sentence("科室", "Department"),
    Heading.OPENED: Sentence("登记时间", "Registered"),
    Heading.PARENT: Sentence("所属案件", "Belongs to"),
}


@dataclass(frozen=True, slots=True)
class WorkedOnPaper:
    """What was calculated with an act, and when."""

    act: str
    at: str
    worked: tuple[Worked, ...]


@dataclass(frozen=True, slots=True)
class NoteView:
    """A sentence of the paper, and the clauses that it tells of."""

    says: Label
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CopyView:
    """One copy. What is only for the house (`calculations`, `others`, `panels`, `files`) is empty
    on a copy that leaves it.
    """

    number: int
    name: Label | None
    preface: tuple[NoteView, ...]
    sections: tuple[SectionView, ...]
    blocks: tuple[BlockView, ...]
    notes: tuple[NoteView, ...]
    calculations: tuple[WorkedOnPaper, ...]
    panels: tuple[PanelView, ...]
    others: tuple[Signature, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetView:
    """The sheet. `mark` says why it does not count; None where it does."""

    hospital: str
    number: str
    title: Label
    mark: Label | None
    state: Label
    heading: tuple[tuple[Label, str], ...]
    names: tuple[Label, ...]
    copies: tuple[CopyView, ...]
    version: int
    entries: int
    head: str
    printed: str
    printed_by: str


def sheet_view(
    sight: CaseSight, speech: Speech, hospital: str, printed_by: str, only: int | None = None
) -> SheetView:
    """Words for the sheet of one case; `only` one of its copies (from 1), or all of them."""
    case, definition = sight.case, sight.definition
    form, labels = paper_of(definition), labels_in(speech.language)
    chinese = PaperSpeech("zh_CN", speech.hospital, speech.now, speech.roles)
    copies = form.copies or (ONLY,)
    every = range(1, len(copies) + 1)
    chosen = [number for number in every if number == only] or every
    return SheetView(
        hospital=hospital,
        number=case.number,
        title=labels(form.title),
        mark=None if (mark := _mark(case, form, definition)) is None else labels(mark),
        state=labels(definition.states[case.state].name),
        heading=tuple(_heading(form, sight, chinese, labels)),
        names=tuple(labels(copy.name) for copy in form.copies),
        copies=tuple(_copy(n, copies[n - 1], form, sight, chinese, labels) for n in chosen),
        version=definition.version,
        entries=case.seq,
        head=case.head[:HEAD_SHOWN],
        printed=chinese.full_moment(sight.now),
        printed_by=printed_by,
    )


def _mark(case: Case, form: PrintForm, definition: Definition) -> Sentence | None:
    """Why a paper does not count: nobody has decided yet, or it has ended otherwise."""
    if case.course.revoked_by is not None:
        return REVOKED
    if case.course.cancelled is not None:
        return VOID
    if case.state in form.in_force:
        return None
    state = definition.states[case.state]
    if state.final:
        return VOID
    return DRAFT if state.entry else NOT_YET


def _heading(
    form: PrintForm, sight: CaseSight, speech: Speech, labels: Labels
) -> Iterator[tuple[Label, str]]:
    case, parent = sight.case, sight.parent
    said = {
        Heading.APPLICANT: speech.person(case.applicant),
        Heading.DEPARTMENT: speech.department(case.department),
        Heading.OPENED: speech.full_moment(case.opened_at),
        Heading.PARENT: "" if parent is None else f"{parent.number} {parent.title}",
    }
    for one in form.heading:
        if said[one]:
            yield labels(HEADINGS[one]), said[one]


def _notes(notes: tuple[PrintNote, ...], copy: PrintCopy, labels: Labels) -> tuple[NoteView, ...]:
    """Ids of clauses mean something to the house alone."""
    return tuple(
        NoteView(labels(note.says), () if copy.outside else note.clauses) for note in notes
    )


def _copy(
    number: int,
    copy: PrintCopy,
    form: PrintForm,
    sight: CaseSight,
    speech: Speech,
    labels: Labels,
) -> CopyView:
    reader = Reader(speech, sight.case.number, sight.attachments, sight.shows_whole)
    panels = dict(zip((p.step for p in sight.panels), panels_on_paper(sight, speech), strict=True))
    placed = {step for block in form.signatures for step in panels_in(block, sight.definition)}
    return CopyView(
        number=number,
        name=labels(copy.name) if copy.name.zh else None,
        preface=_notes(form.preface, copy, labels),
        notes=_notes(form.notes, copy, labels),
        sections=sections_on(form, copy, sight, reader, labels),
        blocks=tuple(blocks_on(form, copy, sight, speech, labels, panels)),
        calculations=() if copy.outside else tuple(_calculations(sight, reader)),
        panels=()
        if copy.outside
        else tuple(view for step, view in panels.items() if step not in placed),
        others=() if copy.outside else tuple(_others(form, sight, speech, set(panels))),
        files=()
        if copy.outside
        else tuple(f"{f.name}（SHA-256 {f.digest[:HEAD_SHOWN]}）" for f in sight.attachments),
    )


def _calculations(sight: CaseSight, reader: Reader) -> Iterator[WorkedOnPaper]:
    """What was worked out, each calculation as it was done last."""
    latest = {one.use: line.entry.seq for line in sight.lines for one in line.calculations}
    for line in sight.lines:
        last = tuple(one for one in line.calculations if latest[one.use] == line.entry.seq)
        if last:
            yield WorkedOnPaper(
                reader.speech.say(act_name(line.action, sight.definition)),
                reader.speech.full_moment(line.entry.at),
                worked(replace(line, calculations=last), sight.definition, reader),
            )


def _others(
    form: PrintForm, sight: CaseSight, speech: Speech, voted: set[str]
) -> Iterator[Signature]:
    """Every act that stands in no block, such as a return or a signature that is void."""
    standing = standing_acts(sight)
    placed = {
        line.entry.seq for block in form.signatures for line in signed_by(block, standing, sight)
    }
    for line in acts_of(sight):
        action = sight.definition.actions.get(line.action)
        voting = action is not None and action.vote is not None and line.entry.from_state in voted
        if line.entry.seq not in placed and not (voting and line in standing):
            yield signature(line, sight, speech)
