"""Bringing a hospital's own list along for a register: see what it would add, confirm exactly that,
all or nothing; where four eyes are wanted, another administrator confirms the same file.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from web.pages.registers import table_file
from web.presenters.office import deed_of
from web.presenters.register_lists import ListView, list_view, lists_view, seen_list
from web.rendering import go, page
from web.sent_lists import LIMITS, TEMPLATE, SentList, sent_again, sent_list
from web.visit import Denied, Visit, for_roles
from workflow.refusals import HTTP_STATUS, Code, Refused, Sentence
from workflow.service.importing_registers import Proposed, Source
from workflow.service.register_catalogue import BusinessRegister
from workflow.service.tables_in import Fault, Table

router = APIRouter(prefix="/admin/registers")

Administrator = Annotated[Visit, Depends(for_roles("admin"))]

BROUGHT = Sentence("已导入 {count} 条。", "{count} rows were brought along.")
WAITS = Sentence(
    "已记录。请另一位管理员上传同一份文件，核对后确认。",
    "Kept. Another administrator sends the same file, looks at it and confirms.",
)


@router.get("")
def show_lists(visit: Administrator) -> Response:
    """Every register that takes lists, and what waits for a second administrator."""
    return page(visit, "admin-registers.html", lists_view(visit))


@router.get("/{key}/import")
def show_import(visit: Administrator, key: str) -> Response:
    """What the list looks like, and where to send it."""
    return _page(visit, list_view(visit, _register(visit, key), LIMITS))


@router.get("/{key}/template.{ending}")
def template(visit: Administrator, key: str, ending: str) -> Response:
    """An empty list with its headings."""
    register = _register(visit, key)
    if ending not in ("csv", "xlsx"):
        raise HTTPException(404)
    header = [visit.say(column.label) for column in register.columns.values()]
    name = visit.say(TEMPLATE.filled(name=visit.say(register.name)))
    return table_file(visit, name, header, [], ending)


@router.post("/{key}/import")
def preview(
    visit: Administrator, key: str, sent: Annotated[SentList, Depends(sent_list)]
) -> Response:
    """What a list would add, or everything that is wrong with it. Nothing is kept."""
    return _looked_at(visit, _register(visit, key), sent)


@router.post("/{key}/import/confirm")
def confirm(
    visit: Administrator, key: str, sent: Annotated[SentList, Depends(sent_again)]
) -> Response:
    """Bring exactly what was seen along, or propose it. The file is read anew."""
    register, table = _register(visit, key), sent.table
    if not isinstance(table, Table):
        return _looked_at(visit, register, sent)
    lists, source = visit.house.administering.lists, Source(sent.name, sent.sha256)
    count = len(lists.preview(register, table).rows)
    answer = lists.carry_out(deed_of(visit, sent.reason), key, table, source, sent.seen)
    if isinstance(answer, Refused):
        if answer.code in (Code.NOT_PERMITTED, Code.NOT_FOUND):
            raise Denied(answer)
        return _looked_at(visit, register, sent, answer)
    said = WAITS if isinstance(answer, Proposed) else BROUGHT.filled(count=count)
    return go(visit, "/admin/registers", announce=visit.say(said))


def _looked_at(
    visit: Visit, register: BusinessRegister, sent: SentList, answer: Refused | None = None
) -> Response:
    table = sent.table
    faults: tuple[Fault, ...] = table if isinstance(table, tuple) else ()
    if isinstance(table, Table):
        draft = visit.house.administering.lists.preview(register, table)
        if not draft.faults:
            problem = "" if answer is None else visit.say(answer.because)
            seen = seen_list(visit, register, draft, sent, problem)
            status = 200 if answer is None else HTTP_STATUS[answer.code]
            return _page(visit, list_view(visit, register, LIMITS, seen=seen), status)
        faults = draft.faults
    return _page(visit, list_view(visit, register, LIMITS, faults=faults), 422)


def _page(visit: Visit, view: ListView, status: int = 200) -> Response:
    return page(visit, "admin-register-import.html", view, status=status)


def _register(visit: Visit, key: str) -> BusinessRegister:
    known = visit.house.administering.lists.register(key)
    if known is None:
        raise HTTPException(404)
    return known
