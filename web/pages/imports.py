"""Bringing lists of people and departments: take the list along, send it back, see what it would
do, confirm exactly that.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from web.pages.registers import table_file
from web.presenters.imports import NAMES, ImportView, import_view, seen_view
from web.presenters.office import deed_of
from web.rendering import go, page
from web.sent_lists import LIMITS, TEMPLATE, SentList, sent_again, sent_list
from web.visit import Denied, Visit, for_roles
from workflow.refusals import HTTP_STATUS, Code, Refused, Sentence
from workflow.service.importing import How, Kind
from workflow.service.tables_in import Fault, Table

router = APIRouter(prefix="/admin/org/import")

Administrator = Annotated[Visit, Depends(for_roles("admin"))]

IMPORTED = Sentence(
    "已导入：新增 {new}，修改 {changed}，停用 {ended}。",
    "Imported: {new} new, {changed} changed, {ended} ended.",
)
_ENDINGS = ("csv", "xlsx")


@router.get("/{kind}")
def show_import(visit: Administrator, kind: str) -> Response:
    """What the list looks like, and where to send it."""
    return _page(visit, import_view(visit, _kind(visit, kind), LIMITS))


@router.get("/{kind}/template.{ending}")
def template(visit: Administrator, kind: str, ending: str) -> Response:
    """An empty list with its headings."""
    known = _kind(visit, kind)
    name = visit.say(TEMPLATE.filled(name=visit.say(NAMES[kind])))
    return _file(visit, known, name, ending, [])


@router.post("/{kind}/current.{ending}")
def hand_out(visit: Administrator, kind: str, ending: str) -> Response:
    """The list as things stand, to be changed and sent back. That it was taken is recorded."""
    known = _kind(visit, kind)
    if ending not in _ENDINGS:
        raise HTTPException(404)
    rows = visit.house.administering.imports.hand_out(kind, deed_of(visit))
    if isinstance(rows, Refused):
        raise Denied(rows)
    return _file(visit, known, visit.say(NAMES[kind]), ending, rows)


@router.post("/{kind}")
def preview(
    visit: Administrator, kind: str, sent: Annotated[SentList, Depends(sent_list)]
) -> Response:
    """What a list would do, or everything that is wrong with it. Nothing is changed."""
    return _looked_at(visit, _kind(visit, kind), sent)


@router.post("/{kind}/confirm")
def confirm(
    visit: Administrator, kind: str, sent: Annotated[SentList, Depends(sent_again)]
) -> Response:
    """Carry out exactly what was seen. The file is read anew."""
    known, table = _kind(visit, kind), sent.table
    if not isinstance(table, Table):
        return _looked_at(visit, known, sent)
    imports, deed = visit.house.administering.imports, deed_of(visit, sent.reason)
    draft = imports.preview(kind, deed, table)
    answer = imports.carry_out(kind, deed, table, sent.seen)
    if isinstance(answer, Refused):
        if answer.code is Code.NOT_PERMITTED:
            raise Denied(answer)
        return _looked_at(visit, known, sent, answer)
    counts = {str(how): draft.count(how) for how in How}
    return go(visit, "/admin/org", announce=visit.say(IMPORTED.filled(**counts)))


def _looked_at(visit: Visit, kind: Kind, sent: SentList, answer: Refused | None = None) -> Response:
    table = sent.table
    faults: tuple[Fault, ...] = table if isinstance(table, tuple) else ()
    if isinstance(table, Table):
        draft = visit.house.administering.imports.preview(kind.key, deed_of(visit), table)
        if not draft.faults:
            problem = "" if answer is None else visit.say(answer.because)
            seen = seen_view(visit, draft, sent, problem)
            status = 200 if answer is None else HTTP_STATUS[answer.code]
            return _page(visit, import_view(visit, kind, LIMITS, seen=seen), status)
        faults = draft.faults
    return _page(visit, import_view(visit, kind, LIMITS, faults=faults), 422)


def _page(visit: Visit, view: ImportView, status: int = 200) -> Response:
    return page(visit, "admin-import.html", view, status=status)


def _kind(visit: Visit, key: str) -> Kind:
    known = visit.house.administering.imports.kinds.get(key)
    if known is None:
        raise HTTPException(404)
    return known


def _file(
    visit: Visit, kind: Kind, name: str, ending: str, rows: list[tuple[str, ...]]
) -> Response:
    if ending not in _ENDINGS:
        raise HTTPException(404)
    return table_file(visit, name, [visit.say(one.title) for one in kind.columns], rows, ending)
