"""Registers for programs: the business facts that cases have written."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from web.api.common import PREFIX, Caller, errors
from web.api.shapes import RegisterRows, RegisterRowShape
from web.api.telling import form_value, moment
from web.presenters.values import nothing_masked
from web.visit import Denied
from workflow.refusals import Refused
from workflow.service.register_rows import rows_for

router = APIRouter(prefix=f"{PREFIX}/registers", tags=["registers"])


@router.get("/{register}", responses=errors(404))
def read_register(
    visit: Caller, register: Annotated[str, Path(max_length=100)], request: Request
) -> RegisterRows:
    """Rows of a register, newest first; 500 at most.

    Every part of the query names a column and the value that it has to have: `?spec=3-0`.
    """
    where = dict(request.query_params)
    house = visit.house
    found = rows_for(
        house.store.readings, house.catalog(), visit.person.id, visit.now, register, where
    )
    if isinstance(found, Refused):
        raise Denied(found)
    return RegisterRows(
        register_key=register,
        rows=[
            RegisterRowShape(
                values={
                    key: form_value(visit, column, row.values.get(key), nothing_masked)
                    for key, column in found.columns.items()
                },
                case=row.number,
                at=moment(visit, row.at),
            )
            for row in found.rows
        ],
    )
