"""Bringing a hospital's own list along for a register: see what it would add, confirm exactly that,
all or nothing; where four eyes are wanted, another administrator confirms the same file.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from web.pages.registers import table_file
from web.presenters.office import deed_of
from web.presenters.register_lists import ListView, list_view, lists_view, seen_list
from web.rendering import go, page
from web.tables import LARGEST_MB, MOST_ROWS, read_table
from web.visit import Denied, Visit, for_roles
from workflow.refusals import HTTP_STATUS, Code, Refused, Sentence
from workflow.service.importing_registers import Proposed, Source
from workflow.service.register_catalogue import BusinessRegister
from workflow.service.tables_in import Fault, Table

router = APIRouter(prefix="/admin/registers")

Administrator = Annotated[Visit, Depends(for_roles("admin"))]

LIMITS = (MOST_ROWS, LARGEST_MB)
#: A file travels back in letters that are a third longer than its bytes.
LONGEST = 2 * LARGEST_MB * 1024 * 1024
TEMPLATE = Sentence("{name}模板", "{name} template")
BROUGHT = Sentence("已导入 {count} 条。", "{count} rows were brought along.")
WAITS = Sentence(
    "已记录。请另一位管理员上传同一份文件，核对后确认。",
    "Kept. Another administrator sends the same file, looks at it and confirms.",
)
SOURCE = Sentence("从文件导入：{name}", "From the file {name}")


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
    visit: Administrator, key: str, table: Annotated[UploadFile | None, File()] = None
) -> Response:
    """What a list would add, or everything that is wrong with it. Nothing is kept."""
    name = "" if table is None else table.filename or ""
    data = b"" if table is None else table.file.read(LARGEST_MB * 1024 * 1024 + 1)
    return _looked_at(visit, _register(visit, key), data, name[:200])


@router.post("/{key}/import/confirm")
def confirm(
    visit: Administrator,
    key: str,
    content: Annotated[str, Form(max_length=LONGEST)] = "",
    seen: Annotated[str, Form(max_length=64)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Bring exactly what was seen along, or propose it. The file is read anew."""
    register = _register(visit, key)
    try:
        data = b64decode(content, validate=True)
    except (NotBase64, ValueError):
        data = b""
    table = read_table(data, name)
    if not isinstance(table, Table):
        return _looked_at(visit, register, data, name)
    lists = visit.house.administering.lists
    source = Source(name, sha256(data).hexdigest())
    deed = deed_of(visit, reason.strip() or SOURCE.filled(name=name).zh)
    count = len(lists.preview(register, table).rows)
    answer = lists.carry_out(deed, key, table, source, seen)
    if isinstance(answer, Refused):
        if answer.code in (Code.NOT_PERMITTED, Code.NOT_FOUND):
            raise Denied(answer)
        return _looked_at(visit, register, data, name, reason, answer)
    said = WAITS if isinstance(answer, Proposed) else BROUGHT.filled(count=count)
    return go(visit, "/admin/registers", announce=visit.say(said))


def _looked_at(
    visit: Visit,
    register: BusinessRegister,
    data: bytes,
    name: str,
    reason: str = "",
    answer: Refused | None = None,
) -> Response:
    table = read_table(data, name)
    faults: tuple[Fault, ...] = table if isinstance(table, tuple) else ()
    if isinstance(table, Table):
        draft = visit.house.administering.lists.preview(register, table)
        if not draft.faults:
            seen = seen_list(
                visit,
                register,
                draft,
                name=name,
                sha256=sha256(data).hexdigest(),
                content=b64encode(data).decode(),
                reason=reason,
                problem="" if answer is None else visit.say(answer.because),
            )
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
