"""Cases for programs: open, read, list, decide, save; what is offered, and what happened."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from web.api.common import PREFIX, ActKey, Caller, errors, not_found
from web.api.shapes import (
    Box,
    CaseFull,
    CaseList,
    Done,
    History,
    ListedCase,
    NewCase,
    NewDecision,
    NewFields,
    NewFile,
    NewReason,
    Offers,
    ReasonKept,
)
from web.api.telling import (
    case_full,
    case_short,
    history_line,
    moment,
    offer_shape,
    task_shape,
    tool_shape,
)
from web.posted import Upload
from web.uploads import take_in
from web.visit import Denied, Visit
from workflow.nouns import Attachment, Decision, Opening
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.service.deciding import NO_CASE, Answer
from workflow.service.inboxes import Box as InboxBox
from workflow.service.inboxes import InboxFilters
from workflow.service.reasons import LASTS
from workflow.service.sights import CaseSight

router = APIRouter(prefix=f"{PREFIX}/cases", tags=["cases"])

Number = Annotated[
    str, Path(max_length=40, description="The number of the case, as HC2026-000001.")
]
NOT_BASE64 = Sentence("文件内容须为 base64", "The content of a file has to be base64")


@router.get("", responses=errors(403))
def list_cases(
    visit: Caller,
    box: Box = "todo",
    process: Annotated[str | None, Query(max_length=100)] = None,
    step: Annotated[str | None, Query(max_length=100)] = None,
    text: Annotated[str | None, Query(max_length=100)] = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> CaseList:
    """One of my boxes: what waits for me, what I decided, what I asked for, my drafts."""
    filters = InboxFilters(InboxBox(box), process, step, text=text, page=page)
    found = visit.house.looking.inbox(visit.person.id, visit.now, filters)
    work = [
        ListedCase(case=case_short(visit, row.case), task=task_shape(visit, row.task))
        for row in found.work.rows
    ]
    cases = [ListedCase(case=case_short(visit, row.case), task=None) for row in found.cases.rows]
    pages = found.work if box == "todo" else found.cases
    return CaseList(
        items=[*work, *cases], total=pages.total, more_than_total=pages.capped, page=page
    )


@router.post("", status_code=201, responses=errors(403, 404, 409, 413))
def open_case(visit: Caller, key: ActKey, new: NewCase, response: Response) -> Done:
    """Open a case of a process; where it begins as a draft, an action hands it in."""
    files = _files(visit, new.files, key)
    opening = Opening(
        actor=visit.actor(),
        process=new.process,
        at=visit.now,
        key=key,
        answers={**new.fields, **_in_fields(files)},
        entry=new.entry,
        parent=new.parent,
        attachments=files,
    )
    done = _done(visit, visit.house.service.open(opening, within_sight=True))
    response.headers["Location"] = f"{PREFIX}/cases/{done.number}"
    return done


@router.get("/{number}", responses=errors(404))
def read_case(visit: Caller, number: Number) -> CaseFull:
    """One case as I may see it. Reading a confidential one is recorded."""
    return case_full(visit, _sight(visit, number))


@router.post("/{number}/reason", responses=errors(404))
def give_reason(visit: Caller, number: Number, new: NewReason) -> ReasonKept:
    """Say why I read a confidential case that I take no part in; it opens for half an hour."""
    refusal = visit.house.looking.give_reason(number, visit.actor(), visit.now, new.reason)
    if refusal is not None:
        raise Denied(Refused.of([refusal]))
    return ReasonKept(number=number, until=moment(visit, visit.now + LASTS))


@router.get("/{number}/offers", responses=errors(404))
def read_offers(visit: Caller, number: Number) -> Offers:
    """What I may do on a case now, and why not the rest."""
    sight = _sight(visit, number)
    return Offers(
        number=number,
        version=sight.case.version,
        offers=[offer_shape(offer) for hat in sight.hats for offer in hat.offers],
        tools=[tool_shape(tool) for hat in sight.hats for tool in hat.tools],
        editable=list(sight.editable),
    )


@router.get("/{number}/history", responses=errors(404))
def read_history(visit: Caller, number: Number) -> History:
    """The ledger of a case, first line first; refused attempts are in it."""
    sight = _sight(visit, number)
    return History(number=number, lines=[history_line(visit, sight, one) for one in sight.lines])


@router.post("/{number}/decisions", responses=errors(403, 404, 409, 413))
def decide(visit: Caller, number: Number, key: ActKey, new: NewDecision) -> Done:
    """Take an action on a case."""
    _sight(visit, number)
    files = _files(visit, new.files, key)
    decision = Decision(
        actor=visit.actor(new.acting_for),
        action=new.action,
        at=visit.now,
        key=key,
        answers={**new.fields, **_in_fields(files)},
        opinion=new.opinion,
        attachments=files,
        target=new.target,
        seen_version=new.version,
        task=new.task,
    )
    return _done(visit, visit.house.service.decide(number, decision))


@router.patch("/{number}", responses=errors(403, 404, 409, 413))
def save(visit: Caller, number: Number, key: ActKey, new: NewFields) -> Done:
    """Change form fields without an action, where the present state lets me."""
    _sight(visit, number)
    files = _files(visit, new.files, key)
    decision = Decision(
        actor=visit.actor(),
        action="save",
        at=visit.now,
        key=key,
        answers={**new.fields, **_in_fields(files)},
        attachments=files,
        seen_version=new.version,
    )
    return _done(visit, visit.house.service.decide(number, decision))


def _sight(visit: Visit, number: str) -> CaseSight:
    sight = visit.house.looking.case(number, visit.actor(), visit.now)
    if sight is None:
        raise not_found(NO_CASE)
    return sight


def _done(visit: Visit, answer: Answer) -> Done:
    if answer.refused is not None or answer.number is None:
        raise Denied(answer.refused or not_found(NO_CASE).refused)
    sight = visit.house.looking.case(answer.number, visit.actor(), visit.now)
    return Done(
        number=answer.number,
        case=None if sight is None else case_full(visit, sight),
        started=list(answer.started),
        repeated=answer.repeated,
    )


def _files(visit: Visit, new: Sequence[NewFile], key: str) -> tuple[Attachment, ...]:
    house = visit.house
    uploads: list[Upload] = []
    refused: list[Refusal] = []
    for one in new:
        try:
            content = base64.b64decode(one.content, validate=True)
        except (binascii.Error, ValueError):
            refused.append(Refusal(Code.INVALID_FORM, NOT_BASE64, field=one.field or "files"))
            continue
        uploads.append(Upload(one.field or "", one.name, content))
    limit = house.settings.upload_limit_mb
    kept, unfit = take_in(uploads, house.store.desk, limit, key, visit.now)
    if refused or unfit:
        raise Denied(Refused.of([*refused, *unfit]))
    return kept


def _in_fields(files: Sequence[Attachment]) -> dict[str, object]:
    return {file.field: file.id for file in files if file.field is not None}
