"""Registers of business facts: all that somebody may look up, one of them searched and filtered,
one row with the case that wrote it, and what was found as a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from web.exporting import as_csv, as_xlsx
from web.presenters.office import deed_of
from web.presenters.registers import (
    WhyView,
    export_cells,
    export_header,
    path_of,
    register_view,
    registers_view,
    row_view,
)
from web.rendering import onward, page
from web.visit import Denied, Visit, signed_in
from workflow.refusals import HTTP_STATUS, Code, Refused
from workflow.service.reasons import LASTS, LONGEST
from workflow.service.registers import Asked, SayWhy

router = APIRouter(prefix="/registers")

SignedIn = Annotated[Visit, Depends(signed_in)]

_LONGEST = 100
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def asked_of(request: Request) -> Asked:
    """What is looked for, as it stands in the address."""
    said = request.query_params
    return Asked(
        text=said.get("q", "").strip()[:_LONGEST],
        filters={
            key.removeprefix("f."): value.strip()[:_LONGEST]
            for key, value in said.items()
            if key.startswith("f.") and value.strip()
        },
        order=said.get("order", "")[:_LONGEST],
        after=said.get("after", "")[:_LONGEST],
        in_full=said.get("full") == "1",
    )


LookedFor = Annotated[Asked, Depends(asked_of)]


@router.get("")
def show_registers(visit: SignedIn) -> Response:
    """Every register that this person may look up."""
    return page(visit, "registers.html", registers_view(visit))


@router.get("/{key}")
def show_register(visit: SignedIn, key: str, asked: LookedFor) -> Response:
    """A page of one register."""
    found = visit.house.registers.look(deed_of(visit), key, asked)
    if isinstance(found, Refused):
        raise Denied(found)
    if isinstance(found, SayWhy):
        return _ask(visit, found, path_of(f"/registers/{key}", asked))
    status = HTTP_STATUS[Code.INVALID_FORM] if found.wrong else 200
    return page(visit, "register.html", register_view(visit, found, asked), status=status)


@router.get("/{key}/rows/{row}")
def show_row(visit: SignedIn, key: str, row: str, asked: LookedFor) -> Response:
    """One row with what stood before it."""
    found = visit.house.registers.row(deed_of(visit), key, row, in_full=asked.in_full)
    if isinstance(found, Refused):
        raise Denied(found)
    if isinstance(found, SayWhy):
        return _ask(visit, found, path_of(f"/registers/{key}/rows/{row}", asked))
    return page(visit, "register-row.html", row_view(visit, found))


@router.get("/{key}/export.{ending}")
def export(visit: SignedIn, key: str, ending: str, asked: LookedFor) -> Response:
    """What the filters choose, as a file. That it was taken is recorded."""
    if ending not in _MEDIA:
        raise HTTPException(404)
    found = visit.house.registers.export(deed_of(visit), key, asked, ending)
    if isinstance(found, Refused):
        raise Denied(found)
    if isinstance(found, SayWhy):
        return _ask(visit, found, path_of(f"/registers/{key}", asked))
    register, rows, in_full = found
    cells = (export_cells(visit, register, row, in_full) for row in rows)
    return table_file(
        visit, visit.say(register.name), export_header(visit, register), cells, ending
    )


@router.post("/{key}/reason")
def give_reason(
    visit: SignedIn,
    key: str,
    reason: Annotated[str, Form()] = "",
    next_: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """Keep why somebody looks a register up, and go on to what was asked for; or ask again."""
    refusal = visit.house.registers.give_reason(deed_of(visit), key, reason)
    inside = f"/registers/{key}"
    goal = next_ if next_.startswith(inside) else inside
    if refusal is None:
        return onward(goal, htmx=visit.htmx)
    if refusal.code is Code.NOT_FOUND:
        raise Denied(Refused.of([refusal]))
    why = SayWhy(visit.house.catalog().business_registers[key])
    return _ask(visit, why, goal, reason, visit.say(refusal.because), HTTP_STATUS[refusal.code])


def _ask(
    visit: Visit,
    why: SayWhy,
    goal: str,
    reason: str = "",
    problem: str = "",
    status: int = HTTP_STATUS[Code.CONDITION_NOT_MET],
) -> Response:
    view = WhyView(
        title=visit.say(why.register.name),
        key=why.register.key,
        confidential=why.register.confidential,
        onward=goal,
        reason=reason,
        longest=LONGEST,
        minutes=int(LASTS.total_seconds() // 60),
        problem=problem,
    )
    return page(visit, "register-reason.html", view, status=status)


def table_file(
    visit: Visit, name: str, header: list[str], rows: Iterable[tuple[str, ...]], ending: str
) -> Response:
    """A table as a file of this kind, named with the day."""
    content = as_csv(header, rows) if ending == "csv" else as_xlsx(header, rows, name[:31])
    shown = quote(f"{name}-{visit.today.isoformat()}.{ending}")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{shown}"}
    return Response(content, media_type=_MEDIA[ending], headers=headers)
