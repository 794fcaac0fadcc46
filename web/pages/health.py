"""Whether this server lives and is fit for work, for whoever watches it; nothing more."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response

from web.routing import PageRoute
from web.visit import Guest, public
from workflow.ports import Unavailable

router = APIRouter(route_class=PageRoute)


@router.get("/healthz")
def healthz(visit: Annotated[Guest, Depends(public)]) -> Response:
    """The process answers."""
    del visit
    return JSONResponse({"alive": True})


@router.get("/readyz")
def readyz(visit: Annotated[Guest, Depends(public)]) -> Response:
    """The database answers, in the layout that this version expects; else 503 and what lacks."""
    try:
        checks = {"database": True, **visit.house.readiness()}
    except Unavailable:
        checks = {"database": False}
    ready = all(checks.values())
    return JSONResponse({"ready": ready, "checks": checks}, 200 if ready else 503)
