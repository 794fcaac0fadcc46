"""The front door: everybody is sent to where their work is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from web.rendering import onward
from web.routing import PageRoute
from web.visit import Visit, signed_in

router = APIRouter(route_class=PageRoute)

#: Where people start who hold no post that approves anything.
STARTS = (("admin", "/admin"), ("auditor", "/audit/search"))


@router.get("/")
def home(visit: Annotated[Visit, Depends(signed_in)]) -> Response:
    """On to the inbox, or to the work of administrators and auditors."""
    only = visit.roles if len(visit.roles) == 1 else frozenset()
    path = next((path for role, path in STARTS if role in only), "/inbox")
    return onward(path, htmx=visit.htmx)
