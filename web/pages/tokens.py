"""The administrator's keys for programs: given to act as one person, shown once, taken back at any
time.
"""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from web.identity import token_hash
from web.presenters.keys import tokens_view
from web.presenters.office import Posted, deed_of, refused
from web.rendering import go, page
from web.visit import Visit, for_roles
from workflow.refusals import Refused, Sentence

router = APIRouter(prefix="/admin/tokens")

Administrator = Annotated[Visit, Depends(for_roles("admin"))]

TAKEN_BACK = Sentence(
    "已收回，用它的程序从现在起不能再访问。", "Taken back: it stopped working now."
)
#: Tells people and scanners of leaked secrets what kind of secret they have found.
PREFIX = "qianpi_"


@router.get("")
def show_tokens(visit: Administrator) -> Response:
    """Every key that was given."""
    return _tokens_page(visit, Posted())


@router.post("")
def give(
    visit: Administrator,
    name: Annotated[str, Form(max_length=200)] = "",
    person: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Give a program a key."""
    secret = PREFIX + secrets.token_urlsafe(32)
    keys = visit.house.administering.keys
    answer = keys.give(deed_of(visit), visit.house.ids(), person, name, token_hash(secret))
    if isinstance(answer, Refused):
        return _tokens_page(
            visit, refused(visit, "token", {"name": name, "person": person}, answer)
        )
    return _tokens_page(visit, Posted(), secret)


@router.post("/{id}/revoke")
def take_back(visit: Administrator, id: str) -> Response:
    """Take a key back."""
    answer = visit.house.administering.keys.take_back(deed_of(visit), id)
    if isinstance(answer, Refused):
        return _tokens_page(visit, refused(visit, "tokens", {}, answer))
    return go(visit, "/admin/tokens", announce=visit.say(TAKEN_BACK))


def _tokens_page(visit: Visit, posted: Posted, secret: str = "") -> Response:
    tokens = tuple(visit.house.administering.keys.all())
    view = tokens_view(visit, tokens, posted, secret)
    return page(visit, "admin-tokens.html", view, status=posted.status)
