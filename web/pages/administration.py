"""The administrator's first page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from web.presenters.overview import overview_view
from web.rendering import page
from web.routing import PageRoute
from web.visit import Visit, for_roles

router = APIRouter(route_class=PageRoute)


@router.get("/admin")
def show_overview(visit: Annotated[Visit, Depends(for_roles("admin"))]) -> Response:
    """What there is, what needs care, and the work that nobody can do."""
    return page(visit, "admin.html", overview_view(visit))
