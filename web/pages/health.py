"""Whether this server lives and is fit for work, for whoever watches it; nothing more."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response

from web.routing import PageRoute
from web.visit import Guest, public
from workflow.ports import Unavailable

LATELY = timedelta(days=1)

router = APIRouter(route_class=PageRoute)


@router.get("/healthz")
def healthz(visit: Annotated[Guest, Depends(public)]) -> Response:
    """The process answers."""
    del visit
    return JSONResponse({"alive": True})


@router.get("/readyz")
def readyz(visit: Annotated[Guest, Depends(public)]) -> Response:
    """The database answers, in the layout that this version expects; else 503 and what lacks.

    `undelivered` counts the messages that were given up in the last day: a reason to look, but none
    to send nobody here.
    """
    try:
        checks = {"database": True, **visit.house.readiness()}
    except Unavailable:
        checks = {"database": False}
    if not all(checks.values()):
        return JSONResponse({"ready": False, "checks": checks}, 503)
    undelivered = visit.house.store.outbox.dead_since(visit.now - LATELY)
    return JSONResponse({"ready": True, "checks": checks, "undelivered": undelivered})
