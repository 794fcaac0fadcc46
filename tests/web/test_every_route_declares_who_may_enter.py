"""No address without a word about who may enter: a route that forgets fails here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import Mount
from starlette.testclient import TestClient

from tests.web.conftest import methods_of, routes_of
from web.visit import declares

#: What anybody on the hospital's network may open, kept by hand: adding to it is a decision.
PUBLIC = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),  # to the addresses of the settings alone
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("POST", "/first-password"),
    ("POST", "/language"),
}
#: What holders of one role alone may open begins so.
ROLES = {"/admin": {"admin"}, "/audit": {"auditor"}}


def declarations(dependant: Dependant) -> Iterator[str]:
    for inner in dependant.dependencies:
        said = declares(inner.call)
        if said is not None:
            yield said
        else:
            yield from declarations(inner)


def declared(route: APIRoute) -> set[str]:
    """What a route declares; a router and its route may say the same."""
    return set(declarations(route.dependant))


def test_every_route_declares_exactly_one_thing(app: FastAPI) -> None:
    undeclared = {
        route.path: declared(route) for route in routes_of(app) if len(declared(route)) != 1
    }
    assert not undeclared


def test_nothing_answers_but_routes_and_static_files(app: FastAPI) -> None:
    mounted = [route for route in app.routes if isinstance(route, Mount)]
    assert [route.path for route in mounted] == ["/static"]
    included = [route for route in app.routes if hasattr(route, "original_router")]
    assert len(app.routes) == len(included) + len(mounted)
    assert all(
        isinstance(one, APIRoute) for route in included for one in route.original_router.routes
    )


def test_what_is_public_is_what_was_decided(app: FastAPI) -> None:
    public = {
        (method, route.path)
        for route in routes_of(app)
        if declared(route) == {"public"}
        for method in methods_of(route)
    }
    assert public == PUBLIC


def test_the_rooms_of_administrators_and_auditors_are_theirs(app: FastAPI) -> None:
    for route in routes_of(app):
        for room, roles in ROLES.items():
            if route.path.startswith(f"{room}/"):
                assert declared(route) == {f"for_roles:{','.join(sorted(roles))}"}


def test_nobody_enters_without_a_session(app: FastAPI, client: TestClient) -> None:
    for route in routes_of(app):
        if declared(route) == {"public"}:
            continue
        for method in methods_of(route):
            path = route.path.replace("{", "").replace("}", "")
            answer = client.request(method, path)
            if declared(route) == {"program"}:
                assert answer.status_code == 401, (method, route.path)
                assert answer.headers["WWW-Authenticate"] == "Bearer"
            else:
                assert answer.status_code == 303, (method, route.path)
                assert answer.headers["Location"].startswith("/sign-in"), route.path


def test_somebody_without_the_role_is_told_so_and_sees_nothing(
    app: FastAPI, as_person: Callable[[str], TestClient]
) -> None:
    zhang = as_person("zhang")
    for route in routes_of(app):
        if not route.path.startswith(tuple(f"{room}/" for room in ROLES)):
            continue
        for method in methods_of(route):
            path = route.path.replace("{", "").replace("}", "")
            answer = zhang.request(method, path)
            assert answer.status_code == 403, (method, route.path)
            assert "仅供" in answer.text
