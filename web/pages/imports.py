"""Bringing lists of people and departments: take the list along, send it back, see what it would
do, confirm exactly that.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from web.exporting import as_csv, as_xlsx
from web.presenters.imports import NAMES, ImportView, import_view, seen_view
from web.presenters.office import deed_of
from web.rendering import go, page
from web.tables import LARGEST_MB, LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, read_table
from web.visit import Denied, Visit, for_roles
from workflow.refusals import HTTP_STATUS, Code, Refused, Sentence
from workflow.service.importing import How, Kind
from workflow.service.tables_in import Fault, Row, Table

router = APIRouter(prefix="/admin/org/import")

Administrator = Annotated[Visit, Depends(for_roles("admin"))]

LIMITS = (MOST_ROWS, LARGEST_MB)
#: A list that was read once travels back as text; with the marks of JSON it is somewhat longer.
LONGEST = 4 * LARGEST_MB * 1024 * 1024
TEMPLATE = Sentence("{name}模板", "{name} template")
IMPORTED = Sentence(
    "已导入：新增 {new}，修改 {changed}，停用 {ended}。",
    "Imported: {new} new, {changed} changed, {ended} ended.",
)
SEND_AGAIN = Sentence("请重新上传文件", "Please upload the file again")
SOURCE = Sentence("从文件导入：{name}", "From the file {name}")
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/{kind}")
def show_import(visit: Administrator, kind: str) -> Response:
    """What the list looks like, and where to send it."""
    return _page(visit, import_view(visit, _kind(visit, kind), LIMITS))


@router.get("/{kind}/template.{ending}")
def template(visit: Administrator, kind: str, ending: str) -> Response:
    """An empty list with its headings."""
    known = _kind(visit, kind)
    return _file(visit, known, TEMPLATE.filled(name=visit.say(NAMES[kind])), ending, [])


@router.post("/{kind}/current.{ending}")
def hand_out(visit: Administrator, kind: str, ending: str) -> Response:
    """The list as things stand, to be changed and sent back. That it was taken is recorded."""
    known = _kind(visit, kind)
    if ending not in _MEDIA:
        raise HTTPException(404)
    rows = visit.house.administering.imports.hand_out(kind, deed_of(visit))
    if isinstance(rows, Refused):
        raise Denied(rows)
    return _file(visit, known, NAMES[kind], ending, rows)


@router.post("/{kind}")
def preview(
    visit: Administrator,
    kind: str,
    table: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """What a list would do, or everything that is wrong with it. Nothing is changed."""
    known = _kind(visit, kind)
    name = "" if table is None else table.filename or ""
    data = b"" if table is None else table.file.read(LARGEST_MB * 1024 * 1024 + 1)
    return _looked_at(visit, known, read_table(data, name), name)


@router.post("/{kind}/confirm")
def confirm(
    visit: Administrator,
    kind: str,
    content: Annotated[str, Form(max_length=LONGEST)] = "",
    seen: Annotated[str, Form(max_length=64)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Carry out exactly what was seen."""
    known = _kind(visit, kind)
    table = _table_of(content)
    if isinstance(table, tuple):
        return _looked_at(visit, known, table, name)
    imports = visit.house.administering.imports
    deed = deed_of(visit, reason.strip() or SOURCE.filled(name=name).zh)
    draft = imports.preview(kind, deed, table)
    answer = imports.carry_out(kind, deed, table, seen)
    if isinstance(answer, Refused):
        if answer.code is Code.NOT_PERMITTED:
            raise Denied(answer)
        return _looked_at(visit, known, table, name, reason, answer)
    counts = {str(how): draft.count(how) for how in How}
    return go(visit, "/admin/org", announce=visit.say(IMPORTED.filled(**counts)))


def _looked_at(
    visit: Visit,
    kind: Kind,
    table: Table | tuple[Fault, ...],
    name: str,
    reason: str = "",
    answer: Refused | None = None,
) -> Response:
    faults = table if isinstance(table, tuple) else ()
    if isinstance(table, Table):
        draft = visit.house.administering.imports.preview(kind.key, deed_of(visit), table)
        if not draft.faults:
            problem = "" if answer is None else visit.say(answer.because)
            seen = seen_view(visit, draft, name[:200], _content_of(table), reason, problem)
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


def _content_of(table: Table) -> str:
    rows = [[row.line, *row.cells] for row in (table.header, *table.rows)]
    return orjson.dumps(rows).decode()


def _table_of(content: str) -> Table | tuple[Fault, ...]:
    """The list that the page before had read. It came back from outside: nothing is believed."""
    try:
        rows = [_row(said) for said in orjson.loads(content)]
    except (ValueError, TypeError):
        rows = []
    if not 0 < len(rows) <= MOST_ROWS + 1:
        return (Fault(0, "", SEND_AGAIN),)
    return Table(rows[0], tuple(rows[1:]))


def _row(said: object) -> Row:
    """One row again. Raises ValueError for what `_content_of` never writes."""
    match said:
        case [int(line), *cells] if len(cells) <= MOST_COLUMNS:
            texts = tuple(cell for cell in cells if isinstance(cell, str))
            if len(texts) == len(cells) and all(len(text) <= LONGEST_CELL for text in texts):
                return Row(line, texts)
    raise ValueError(said)


def _file(
    visit: Visit, kind: Kind, name: Sentence, ending: str, rows: list[tuple[str, ...]]
) -> Response:
    header = [visit.say(column.title) for column in kind.columns]
    title = visit.say(name)
    if ending == "csv":
        content = as_csv(header, rows)
    elif ending == "xlsx":
        content = as_xlsx(header, rows, visit.say(NAMES[kind.key]))
    else:
        raise HTTPException(404)
    shown = quote(f"{title}-{visit.today.isoformat()}.{ending}")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{shown}"}
    return Response(content, media_type=_MEDIA[ending], headers=headers)
