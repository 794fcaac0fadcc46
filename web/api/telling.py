"""From the engine's values to the shapes of the API: money with two decimals, moments with their
zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import cast

from pydantic import JsonValue

from web.api.shapes import (
    ActionShape,
    BranchShape,
    CalculationShape,
    CaseFull,
    CaseShort,
    ChangeShape,
    ConditionShape,
    CourseShape,
    DeadlineShape,
    Fields,
    FileShape,
    FormField,
    HistoryLine,
    OfferShape,
    OptionShape,
    PanelShape,
    ProcessFull,
    ProcessShape,
    ReasonShape,
    SeatShape,
    StateShape,
    TaskShape,
    ToolShape,
    Words,
)
from web.presenters.values import everything
from web.presenters.words import masked, plain_money
from web.visit import Visit
from workflow.design.definition import Action, Definition
from workflow.design.form import Field, FieldType
from workflow.design.panels import Pass
from workflow.design.seats import SeatKind
from workflow.nouns import Case, Task, TaskEnd
from workflow.refusals import Refusal, Sentence
from workflow.running.offers import Offer
from workflow.service.acts import ToolOffer
from workflow.service.sights import CaseSight, LedgerLine, PanelSight, SeatIs, SeatSight


def words(sentence: Sentence) -> Words:
    """A sentence."""
    return Words(zh=sentence.zh, en=sentence.en)


def maybe_words(sentence: Sentence | None) -> Words | None:
    """A sentence, where there may be none."""
    return None if sentence is None else words(sentence)


def moment(visit: Visit, at: datetime) -> str:
    """A moment in the hospital's zone: `2026-03-02T09:00:00+08:00`."""
    return at.astimezone(visit.hospital.calendar.zone).isoformat(timespec="seconds")


def maybe_moment(visit: Visit, at: datetime | None) -> str | None:
    """A moment, where there may be none."""
    return None if at is None else moment(visit, at)


# ---- forms --------------------------------------------------------------------------------------


def form_values(
    visit: Visit, definition: Definition, form: Mapping[str, object], whole: Callable[[Field], bool]
) -> Fields:
    """The fields of a form that are filled."""
    return {
        key: form_value(visit, definition.form[key], value, whole)
        for key, value in form.items()
        if key in definition.form and value is not None
    }


def form_value(
    visit: Visit, line: Field, value: object, whole: Callable[[Field], bool]
) -> JsonValue:
    """One stored value as JSON; `whole` says which fields this person sees all of."""
    if value is None:
        return None
    if not whole(line):
        return masked(str(value))
    if line.type is FieldType.MONEY and isinstance(value, int):
        return plain_money(value)
    if line.type is FieldType.DATETIME and isinstance(value, str):
        return moment(visit, datetime.fromisoformat(value))
    if line.type is FieldType.TABLE and isinstance(value, list | tuple):
        return [_row(visit, line, row) for row in value if isinstance(row, Mapping)]
    # What else a form holds is text, whole numbers, truth and lists of text: JSON as it is.
    return cast(JsonValue, list(value) if isinstance(value, tuple) else value)


def _row(visit: Visit, line: Field, row: Mapping[str, object]) -> JsonValue:
    return {
        column.key: form_value(visit, column, row.get(column.key), everything)
        for column in line.columns
    }


# ---- processes ----------------------------------------------------------------------------------


def process_short(definition: Definition, *, may_open: bool) -> ProcessShape:
    """A process in the catalogue."""
    return ProcessShape(
        key=definition.key,
        version=definition.version,
        name=words(definition.name),
        summary=words(definition.summary),
        category=words(definition.category),
        may_open=may_open,
        needs_parent=definition.opening.parent_required,
        confidential=definition.confidential,
    )


def process_full(definition: Definition, *, may_open: bool) -> ProcessFull:
    """A whole definition."""
    return ProcessFull(
        **dict(process_short(definition, may_open=may_open)),
        digest=definition.digest,
        entries=list(definition.entries),
        form=[_field(line) for line in definition.form.values()],
        states=[
            StateShape(key=one.key, name=words(one.name), entry=one.entry, final=one.final)
            for one in definition.states.values()
        ],
        actions=[_action(one) for one in definition.actions.values()],
        parameters=list(definition.parameters),
        clauses=list(definition.clauses),
    )


def _field(line: Field) -> FormField:
    return FormField(
        key=line.key,
        label=words(line.label),
        type=line.type.value,
        help=maybe_words(line.help),
        required_at=list(dict.fromkeys(one.action for one in line.required)),
        computed=line.computed,
        masked=line.masked,
        options=[OptionShape(value=one.value, label=words(one.label)) for one in line.options],
        columns=[_field(column) for column in line.columns],
        clauses=list(line.clauses),
    )


def _action(action: Action) -> ActionShape:
    roles = (seat.role for seat in action.seats if seat.kind is SeatKind.ROLE)
    return ActionShape(
        key=action.key,
        name=words(action.name),
        does=maybe_words(action.does),
        sources=list(action.sources),
        target=action.target,
        roles=[role for role in roles if role is not None],
        fields=list(action.fields),
        opinion=action.opinion.value,
        signs=action.signs,
        clauses=list(action.clauses),
    )


# ---- cases --------------------------------------------------------------------------------------


def case_short(visit: Visit, case: Case) -> CaseShort:
    """A case in a list."""
    definition = visit.house.catalog().definition(case.process, case.definition_version)
    return CaseShort(
        number=case.number,
        process=case.process,
        process_name=words(definition.name),
        title=case.title,
        state=case.state,
        state_name=words(definition.states[case.state].name),
        applicant=case.applicant,
        department=case.department,
        opened_at=moment(visit, case.opened_at),
        closed_at=maybe_moment(visit, case.closed_at),
        version=case.version,
    )


def case_full(visit: Visit, sight: CaseSight) -> CaseFull:
    """A case as this person sees it."""
    case, definition = sight.case, sight.definition
    rules = definition.deadlines
    return CaseFull(
        **dict(case_short(visit, case)),
        definition_version=case.definition_version,
        round=case.round,
        fields=form_values(visit, definition, case.form, sight.shows_whole),
        parent=None if sight.parent is None else sight.parent.number,
        children=[child.number for child in sight.children],
        tasks=[task_shape(visit, task) for task in sight.file.tasks if task.is_open],
        panels=[_panel(visit, one) for one in sight.panels],
        branches=[
            BranchShape(
                key=one.key,
                state=one.state,
                entered_at=moment(visit, one.entered_at),
                done=one.done,
            )
            for one in sight.branches
        ],
        course=CourseShape(
            back_to=case.course.back_to,
            suspended=case.course.suspended,
            revoked_by=case.course.revoked_by,
        ),
        conditions=[_condition(visit, task) for task in sight.promised],
        deadlines=[
            DeadlineShape(
                key=one.key,
                name=words(rules[one.key].name),
                due_at=moment(visit, one.due_at),
                state=one.state.value,
                provisional=one.provisional,
            )
            for one in sight.running
        ],
        files=[
            FileShape(
                id=one.id,
                name=one.name,
                media_type=one.media_type,
                size=one.size,
                digest=one.digest,
                field=one.field,
            )
            for one in sight.attachments
        ],
    )


def _panel(visit: Visit, one: PanelSight) -> PanelShape:
    tally, panel = one.tally, one.panel
    return PanelShape(
        step=one.step,
        here=one.here,
        result=None if one.result is None else one.result.value,
        votes_for=tally.yes,
        votes_against=tally.no,
        abstained=tally.abstained,
        votes_waiting=tally.waiting,
        percent=panel.percent if panel.rule is Pass.RATIO else None,
        quorum=panel.quorum,
        seats=[_seat(visit, seat) for seat in one.seats],
    )


def _seat(visit: Visit, seat: SeatSight) -> SeatShape:
    task, decided = seat.task, seat.stands is SeatIs.DECIDED
    return SeatShape(
        task=task.id,
        person=task.address.person,
        role=task.handling.role or task.address.role,
        weight=task.handling.weight,
        rows=[row + 1 for row in task.handling.lines],
        stands=seat.stands.value,
        action=task.closed_as if decided else None,
        vote=None if seat.vote is None else seat.vote.value,
        by=task.closed_by if decided else None,
        acting_for=task.closed_for if decided else None,
        at=maybe_moment(visit, task.closed_at) if decided else None,
        opinion="" if seat.line is None else seat.line.opinion,
    )


def _condition(visit: Visit, task: Task) -> ConditionShape:
    met = task.closed_as == TaskEnd.CONFIRMED
    return ConditionShape(
        task=task.id,
        subject=task.handling.subject,
        open=task.is_open,
        met=met,
        by=task.closed_by if met else None,
        at=maybe_moment(visit, task.closed_at) if met else None,
    )


def task_shape(visit: Visit, task: Task) -> TaskShape:
    """Work that waits."""
    return TaskShape(
        id=task.id,
        step=task.step,
        person=task.address.person,
        role=task.address.role,
        department=task.address.department,
        opened_at=moment(visit, task.opened_at),
        due_at=maybe_moment(visit, task.due_at),
        overdue=task.overdue,
        kind=task.handling.kind.value,
        held=task.handling.held,
        claimed_by=task.handling.claimed_by,
        added_by=task.handling.added_by,
        subject=task.handling.subject,
    )


def offer_shape(offer: Offer) -> OfferShape:
    """An action as offered."""
    return OfferShape(
        action=offer.action,
        name=words(offer.name),
        does=maybe_words(offer.does),
        open=offer.is_open,
        closed_because=reasons(offer.closed_because),
        asks=list(offer.asks),
        needs=list(offer.needs),
        opinion=offer.opinion.value,
        acting_for=offer.acting_for,
        task=offer.task,
        targets=list(offer.targets),
        conditions=offer.promises,
        vote=None if offer.vote is None else offer.vote.value,
        clauses=list(offer.clauses),
    )


def tool_shape(offer: ToolOffer) -> ToolShape:
    """A general act as offered."""
    return ToolShape(
        action=offer.act,
        name=words(offer.name),
        does=words(offer.does),
        task=None if offer.task is None else offer.task.id,
        names_somebody=offer.names_somebody,
        words=offer.words.value,
        open=offer.is_open,
        closed_because=reasons(offer.closed_because),
        acting_for=offer.acting_for,
    )


def reasons(refusals: Iterable[Refusal]) -> list[ReasonShape]:
    """Reasons against something."""
    return [
        ReasonShape(
            code=one.code.value,
            message=words(one.because),
            clauses=list(one.clauses),
            cases=list(one.cases),
        )
        for one in refusals
    ]


def history_line(visit: Visit, sight: CaseSight, line: LedgerLine) -> HistoryLine:
    """A line of the ledger as this person may read it."""
    entry, form = line.entry, sight.definition.form
    return HistoryLine(
        seq=entry.seq,
        at=moment(visit, entry.at),
        event=entry.event,
        action=line.action,
        actor=entry.actor,
        acting_for=entry.acting_for,
        role=entry.role,
        department=entry.department,
        from_state=entry.from_state,
        to_state=entry.to_state,
        refused=entry.refused,
        reasons=reasons(line.refusals),
        opinion=line.opinion,
        changes=[
            ChangeShape(
                field=one.field,
                before=form_value(visit, form[one.field], one.before, sight.shows_whole),
                after=form_value(visit, form[one.field], one.after, sight.shows_whole),
            )
            for one in line.changes
            if one.field in form
        ],
        calculations=[
            CalculationShape.model_validate(
                {"use": one.use, "of": one.of, "inputs": one.inputs, "results": one.results}
            )
            for one in line.calculations
        ],
        digest=entry.digest,
    )
