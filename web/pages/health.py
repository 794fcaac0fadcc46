"""Whether this server lives and is fit for work, for whoever watches it; nothing more."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response

from web.routing import PageRoute
from web.visit import Guest, public
from workflow.ports.deciding import Unavailable
from workflow.service.recurring import missed_since

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

    `undelivered` counts the messages that were given up in the last day, `missed` the turns of
    schedules that nobody opened in time: reasons to look, but none to send nobody here.
    """
    try:
        checks = {"database": True, **visit.house.readiness()}
    except Unavailable:
        checks = {"database": False}
    if not all(checks.values()):
        return JSONResponse({"ready": False, "checks": checks}, 503)
    store, lately = visit.house.store, visit.now - LATELY
    counts = {
        "undelivered": store.outbox.dead_since(lately),
        "missed": missed_since(store.readings, lately),
    }
    return JSONResponse({"ready": True, "checks": checks, **counts})
