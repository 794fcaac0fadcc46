"""A case on A4."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from web.pages.cases import sight_of
from web.presenters.sheet import sheet_view
from web.presenters.speech import speech_of
from web.rendering import page
from web.routing import PageRoute
from web.visit import Visit, signed_in

router = APIRouter(route_class=PageRoute)


@router.get("/c/{number}/print")
def show_sheet(
    number: str, visit: Annotated[Visit, Depends(signed_in)], copy: int | None = None
) -> Response:
    """The sheet, as the browser will print it: one of its copies (from 1), or all of them."""
    sight = sight_of(visit, number)
    hospital = visit.house.settings.hospital_name
    view = sheet_view(sight, speech_of(visit), hospital, visit.person.name, copy)
    return page(visit, "sheet.html", view)
