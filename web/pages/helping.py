"""How it works, in the words of a ward."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from web.rendering import page
from web.routing import PageRoute
from web.visit import Visit, signed_in

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True, slots=True)
class HelpView:
    """What the page has to know: for whom it is, and which product this is."""

    administers: bool
    audits: bool
    idle_minutes: int
    upload_limit: int
    version: str


@router.get("/help")
def show_help(visit: Annotated[Visit, Depends(signed_in)]) -> Response:
    """The page; what only administrators and auditors do is told to them."""
    settings = visit.house.settings
    view = HelpView(
        administers="admin" in visit.roles,
        audits="auditor" in visit.roles,
        idle_minutes=settings.session_idle_minutes,
        upload_limit=settings.upload_limit_mb,
        version=version("qianpi"),
    )
    return page(visit, "help.html", view)
