"""How somebody likes to read: the language of the pages, kept by the browser."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from web.rendering import onward
from web.routing import PageRoute
from web.settings import Language
from web.visit import LANGUAGE_COOKIE, Guest, own_path, public

router = APIRouter(route_class=PageRoute)

A_YEAR = 365 * 24 * 3600


@router.post("/language")
def choose_language(
    visit: Annotated[Guest, Depends(public)],
    language: Annotated[Language, Form()],
    next_: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Remember the language for a year and go back to the page."""
    answer = onward(own_path(next_), htmx=visit.htmx)
    answer.set_cookie(LANGUAGE_COOKIE, language, max_age=A_YEAR, httponly=True, samesite="lax")
    return answer
