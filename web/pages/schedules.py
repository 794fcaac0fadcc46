"""What recurs, as administrators see it: what is due, what was opened, and what was missed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from web.presenters.schedules import schedules_view
from web.rendering import page
from web.routing import PageRoute
from web.visit import Visit, for_roles

router = APIRouter(route_class=PageRoute)


@router.get("/admin/schedules")
def show_schedules(
    visit: Annotated[Visit, Depends(for_roles("admin"))], missed: bool = False
) -> Response:
    """Every schedule in force, and what became of its latest turns."""
    return page(visit, "admin-schedules.html", schedules_view(visit, only_missed=missed))
