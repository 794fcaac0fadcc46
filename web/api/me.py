"""Who a program is here, and the description of everything that it may ask."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from web.api import cases, definitions, registers
from web.api.common import PREFIX, Caller, errors
from web.api.shapes import Me, PostShape
from web.api.telling import words

router = APIRouter(prefix=PREFIX, tags=["me"])

ABOUT = """
The same rights, rules and sentences as on the pages. A program shows a token that an administrator
gave it (`Authorization: Bearer …`) and acts as the person of that token; a browser may use its
session.

Every act takes an `Idempotency-Key`: sent again with the same key, it is the same act with the
same answer. Send the `version` that you read: when somebody was faster, the answer is 409
`conflict`.
"""


@router.get("/me", responses=errors())
def read_me(visit: Caller) -> Me:
    """Whoever asks, with the posts that they hold today."""
    house, organisation = visit.house, visit.organisation
    return Me(
        id=visit.person.id,
        name=visit.person.name,
        department=visit.person.department,
        department_name=organisation.department_name(visit.person.department),
        posts=[
            PostShape(
                role=post.role,
                role_name=words(house.role_name(post.role)),
                department=post.department,
                department_name=organisation.department_name(post.department),
                until=None if post.end is None else post.end.isoformat(),
            )
            for post in visit.posts
        ],
        waiting=house.looking.waiting_count(visit.person.id, visit.now),
    )


@router.get("/openapi.json", responses=errors())
def read_description(visit: Caller) -> dict[str, Any]:
    """This description, in OpenAPI 3.1."""
    return described(visit.house.settings.hospital_name)


def described(hospital: str) -> dict[str, Any]:
    """The description of the whole API."""
    routes = [
        route
        for one in (router, definitions.router, cases.router, registers.router)
        for route in one.routes
        if isinstance(route, APIRoute)
    ]
    document = get_openapi(
        title=f"签批 Qianpi · {hospital}", version="1", description=ABOUT, routes=routes
    )
    document["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": "qianpi_session"},
    }
    document["security"] = [{"token": []}, {"session": []}]
    return document
