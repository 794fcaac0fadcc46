"""A case on paper: the form, the opinions step by step, and how its ledger ends, so that a
sheet can be checked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from web.presenters.calculations import Worked, worked
from web.presenters.panels import PanelView, panels_on_paper
from web.presenters.speech import Speech
from web.presenters.timeline import UNDER, act_name
from web.presenters.values import Reader, Shown, shown_form
from web.presenters.words import money_in_capitals
from workflow.design.definition import FieldType
from workflow.design.form_rules import OPENING
from workflow.nouns import SYSTEM, TIMER
from workflow.refusals import Sentence
from workflow.service.sights import CaseSight, LedgerLine

CAPITALS = Sentence("大写：{words}", "in words: {words}")
#: So much of the last digest names a ledger's end beyond doubt, and fits on a line.
HEAD_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Signature:
    """The block of one step: what was decided, in which words, by whom, from which post, when."""

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
class WorkedOnPaper:
    """What was calculated with an act, and when."""

    act: str
    at: str
    worked: tuple[Worked, ...]


@dataclass(frozen=True, slots=True)
class SheetView:
    """The sheet."""

    hospital: str
    number: str
    process: str
    title: str
    state: str
    applicant: str
    department: str
    opened: str
    lines: tuple[Shown, ...]
    calculations: tuple[WorkedOnPaper, ...]
    signatures: tuple[Signature, ...]
    panels: tuple[PanelView, ...]
    files: tuple[str, ...]
    version: int
    entries: int
    head: str
    printed: str
    printed_by: str


def sheet_view(sight: CaseSight, speech: Speech, hospital: str, printed_by: str) -> SheetView:
    """Words for the sheet of one case."""
    case, definition = sight.case, sight.definition
    reader = Reader(speech, case.number, sight.attachments, sight.seen_in_full)
    opinions = {action.opinion_field for action in definition.actions.values()}
    return SheetView(
        hospital=hospital,
        number=case.number,
        process=speech.say(definition.name),
        title=case.title,
        state=speech.say(definition.states[case.state].name),
        applicant=speech.person(case.applicant),
        department=speech.department(case.department),
        opened=speech.full_moment(case.opened_at),
        lines=tuple(
            _on_paper(shown, sight, speech)
            for shown in shown_form(definition, case.form, reader)
            if shown.key not in opinions and not shown.is_empty
        ),
        calculations=tuple(
            WorkedOnPaper(
                speech.say(act_name(line.action, definition)),
                speech.full_moment(line.entry.at),
                worked(line, definition, reader),
            )
            for line in sight.lines
            if line.calculations
        ),
        signatures=tuple(
            _signature(line, sight, speech) for line in sight.lines if _is_signed(line, sight)
        ),
        panels=panels_on_paper(sight, speech),
        files=tuple(
            f"{file.name}（SHA-256 {file.digest[:HEAD_SHOWN]}）" for file in sight.attachments
        ),
        version=definition.version,
        entries=case.seq,
        head=case.head[:HEAD_SHOWN],
        printed=speech.full_moment(sight.now),
        printed_by=printed_by,
    )


def _on_paper(shown: Shown, sight: CaseSight, speech: Speech) -> Shown:
    """Money stands on vouchers in capitals too."""
    line = sight.definition.form[shown.key]
    value = sight.case.form.get(shown.key)
    if line.type is not FieldType.MONEY or not isinstance(value, int):
        return shown
    return replace(shown, note=speech.say(CAPITALS.filled(words=money_in_capitals(value))))


def _is_signed(line: LedgerLine, sight: CaseSight) -> bool:
    """Acts that stand on the sheet: everything that moved the case, but not saving and opening."""
    entry = line.entry
    moved = entry.from_state is not None and entry.from_state != entry.to_state
    action = sight.definition.action_of(line.action, by_timer=entry.actor == TIMER)
    signs = action is not None and (action.signs or bool(line.opinion))
    return not line.refused and line.action != OPENING and (moved or signs)


def _signature(line: LedgerLine, sight: CaseSight, speech: Speech) -> Signature:
    entry, definition = line.entry, sight.definition
    action = definition.action_of(line.action, by_timer=entry.actor == TIMER)
    automatic = entry.actor in (TIMER, SYSTEM)
    step = definition.states.get(entry.from_state or "")
    return Signature(
        step="" if step is None else speech.say(step.name),
        act=speech.say(act_name(line.action, definition, by_timer=entry.actor == TIMER)),
        opinion="" if automatic else line.opinion,
        who=speech.person(entry.actor),
        post=speech.post(entry.role, entry.department),
        acting_for="" if entry.acting_for is None else speech.person(entry.acting_for),
        grant="" if line.grant is None else speech.say(UNDER.filled(grant=line.grant)),
        at=speech.full_moment(entry.at),
        automatic=automatic,
        voided=bool(action and action.signs and line.round < sight.case.round),
    )
