"""Routes whose pages are made in one go: who is there is found out in the thread that makes the
page, because every hop to another thread costs as much as a small page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, iscoroutinefunction, signature
from typing import Annotated, Any, get_args

from fastapi import Depends, Request
from fastapi.params import Depends as Dependency
from fastapi.routing import APIRoute

from web.visit import Guard, Later, declares


class PageRoute(APIRoute):
    """A route that asks its guard just before its function, and in the same thread.

    That is for GET alone: where a body is sent, nobody's body is read before the guard was asked.
    Nor is it for routes whose parameters FastAPI judges: it would answer 422 to whom it may not.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401
        if set(options.get("methods") or ()) == {"GET"} and not iscoroutinefunction(endpoint):
            endpoint = _in_one_go(endpoint)
        super().__init__(path, endpoint, **options)


def _in_one_go(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The function with its guards inside; to FastAPI it declares them as before."""
    plain = signature(endpoint, eval_str=True)
    guards = {
        name: guard
        for name, parameter in plain.parameters.items()
        if (guard := _guard_of(parameter)) is not None
    }

    @wraps(endpoint)
    def guarded(**given: Any) -> Any:  # noqa: ANN401
        for name, guard in guards.items():
            given[name] = guard(given[name])
        return endpoint(**given)

    guarded.__signature__ = plain.replace(  # type: ignore[attr-defined]
        parameters=[
            parameter.replace(annotation=Annotated[Request, Depends(Later(guards[name]))])
            if name in guards
            else parameter
            for name, parameter in plain.parameters.items()
        ]
    )
    return guarded


def _guard_of(parameter: Parameter) -> Guard | None:
    for said in get_args(parameter.annotation):
        if isinstance(said, Dependency) and declares(said.dependency) is not None:
            return said.dependency
    return None
