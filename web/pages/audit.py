"""The auditor: ask the ledger, open a line, read a case's chain, check the whole, take along what
was found.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from web.exporting import as_csv, as_xlsx
from web.presenters.office import deed_of
from web.presenters.speech import speech_of
from web.presenters.trail import (
    Filters,
    VerifyView,
    audit_query,
    entry_view,
    ledger_view,
    search_view,
    trail_line,
    verify_view,
)
from web.rendering import page
from web.visit import Denied, Visit, for_roles
from workflow.ports.reading import AuditRow
from workflow.refusals import Refused, Sentence

router = APIRouter(prefix="/audit")

Auditor = Annotated[Visit, Depends(for_roles("auditor"))]
T = TypeVar("T")

#: The columns of an export, in both languages.
HEADER = (
    Sentence("时间", "At"),
    Sentence("案件编号", "Case"),
    Sentence("标题", "Title"),
    Sentence("流程", "Process"),
    Sentence("事项", "Event"),
    Sentence("结果", "Result"),
    Sentence("操作人", "Person"),
    Sentence("工号", "Id"),
    Sentence("代", "For"),
    Sentence("岗位", "Post"),
    Sentence("状态变化", "Moved"),
    Sentence("拒绝原因", "Why refused"),
    Sentence("序号", "Line"),
    Sentence("指纹", "Digest"),
)
REFUSED = Sentence("拒绝", "refused")
DONE = Sentence("办理", "done")
SHEET = Sentence("审计记录", "Audit trail")


#: The filters that are plain text in the address.
_TEXTS = ("case", "person", "role", "department", "process", "action", "since", "until")
_LONGEST = 60


def filters_of(request: Request) -> Filters:
    """The filters as they stand in the address; a page that is no number is the first."""
    said = request.query_params
    number = said.get("page", "1")
    return Filters(
        **{name: said.get(name, "")[:_LONGEST] for name in _TEXTS},
        refused=said.get("refused") == "1",
        page=max(int(number), 1) if number.isdecimal() and len(number) < 6 else 1,
    )


Asked = Annotated[Filters, Depends(filters_of)]


@router.get("/search")
def search(visit: Auditor, filters: Asked) -> Response:
    """The lines that the filters choose."""
    query, problems = audit_query(visit, filters)
    found = allowed(visit.house.auditing.search(deed_of(visit), query))
    view = search_view(visit, filters, found, problems)
    return page(visit, "audit-search.html", view, parts=("audit-results",))


@router.get("/entry/{stream}/{seq}")
def show_entry(visit: Auditor, stream: str, seq: int) -> Response:
    """One line in full."""
    found = allowed(visit.house.auditing.line(deed_of(visit), stream, seq))
    return page(visit, "audit-entry.html", entry_view(visit, found.entry, found.case))


@router.get("/case/{number}")
def show_ledger(visit: Auditor, number: str) -> Response:
    """The ledger of one case, its chain checked while it is read."""
    found = allowed(visit.house.auditing.case(deed_of(visit), number.upper()))
    return page(visit, "audit-case.html", ledger_view(visit, found))


@router.get("/verify")
def show_verify(visit: Auditor) -> Response:
    """The button."""
    return page(visit, "audit-verify.html", VerifyView())


@router.post("/verify")
def verify(visit: Auditor) -> Response:
    """Check every chain and every case against its ledger."""
    found = allowed(visit.house.auditing.verify(deed_of(visit)))
    view = verify_view(visit, found)
    return page(visit, "audit-verify.html", view, parts=("verification",))


@router.get("/export.csv")
def export_csv(visit: Auditor, filters: Asked) -> Response:
    """What the filters show, as a file."""
    header, rows = _exported(visit, filters, "csv")
    return _file(as_csv(header, rows), "text/csv; charset=utf-8", visit, "csv")


@router.get("/export.xlsx")
def export_xlsx(visit: Auditor, filters: Asked) -> Response:
    """The same as a workbook."""
    header, rows = _exported(visit, filters, "xlsx")
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(as_xlsx(header, rows, visit.say(SHEET)), media_type, visit, "xlsx")


def _exported(visit: Visit, filters: Filters, kind: str) -> tuple[list[str], list[tuple[str, ...]]]:
    query, _ = audit_query(visit, filters)
    rows = allowed(visit.house.auditing.export(deed_of(visit), query, kind))
    return [visit.say(one) for one in HEADER], [_cells(visit, row) for row in rows]


def _cells(visit: Visit, row: AuditRow) -> tuple[str, ...]:
    line, entry = trail_line(visit, row), row.entry
    speech = speech_of(visit)
    return (
        f"{entry.at.astimezone(speech.calendar.zone):%Y-%m-%d %H:%M:%S}",
        line.number,
        line.title,
        line.process,
        line.what,
        visit.say(REFUSED if line.refused else DONE),
        line.who,
        entry.actor,
        line.acting_for,
        line.post,
        line.moved,
        line.because,
        str(entry.seq),
        entry.digest,
    )


def _file(content: bytes, media_type: str, visit: Visit, ending: str) -> Response:
    name = f"audit-{visit.today.isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def allowed(answer: T | Refused) -> T:
    """What was asked for. Raises Denied with the reasons against it."""
    if isinstance(answer, Refused):
        raise Denied(answer)
    return answer
