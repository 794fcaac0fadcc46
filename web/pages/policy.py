"""The administrator's policy: the profile that the hospital follows, and each parameter with its
sources.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from web.presenters.office import Posted, deed_of, refused
from web.presenters.policy import parameter_view, policy_view
from web.rendering import go, page
from web.visit import Visit, for_roles
from workflow.design.parameters import Parameter, ParameterKind
from workflow.refusals import Refused, Sentence

router = APIRouter(prefix="/admin/policy")

Administrator = Annotated[Visit, Depends(for_roles("admin"))]

FOLLOWED = Sentence(
    "已改用该规则档案，从现在起的新案件按它办理。",
    "The profile is followed from now on, for new cases.",
)
DECIDED = Sentence(
    "已修改，从现在起的新案件按新值办理；进行中的案件仍按立案时的值。",
    "Changed for new cases; running cases keep the values of their opening.",
)
#: Kinds whose value is several words, ticked or written one a line.
_SEVERAL = (ParameterKind.TEXTS, ParameterKind.TIMES)


@router.get("")
def show_policy(visit: Administrator) -> Response:
    """Every parameter with the value that holds."""
    return page(visit, "admin-policy.html", policy_view(visit, Posted()))


@router.post("/profile")
def follow_profile(
    visit: Administrator,
    profile: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Follow another base profile."""
    answer = visit.house.administering.policy.follow(deed_of(visit, reason), profile or None)
    if isinstance(answer, Refused):
        posted = refused(visit, "profile", {"profile": profile, "reason": reason}, answer)
        view = policy_view(visit, posted)
        return page(visit, "admin-policy.html", view, status=posted.status)
    return go(visit, "/admin/policy", announce=visit.say(FOLLOWED))


@router.get("/{key}")
def show_parameter(visit: Administrator, key: str) -> Response:
    """One parameter: what the profiles say, which clauses disagree, what holds here."""
    return _parameter_page(visit, _known(visit, key), Posted())


async def typed_form(request: Request) -> FormData:
    """The form as it was sent: which fields it has depends on the parameter."""
    return await request.form(max_files=0, max_fields=100)


@router.post("/{key}")
def decide(
    visit: Administrator, key: str, form: Annotated[FormData, Depends(typed_form)]
) -> Response:
    """Set a parameter, or leave it to the profile again; the reason is kept."""
    one = _known(visit, key)
    reason = str(form.get("reason", ""))[:1000]
    policy = visit.house.administering.policy
    if form.get("act") == "leave":
        answer = policy.leave_to_profile(deed_of(visit, reason), key)
    else:
        answer = policy.decide(deed_of(visit, reason), key, _written(one, form))
    if isinstance(answer, Refused):
        return _parameter_page(visit, one, refused(visit, "parameter", _kept(form), answer))
    return go(visit, f"/admin/policy/{key}", announce=visit.say(DECIDED))


def _written(one: Parameter, form: FormData) -> str | Sequence[str] | Mapping[str, str]:
    if one.kind is ParameterKind.WHOLE_NUMBERS:
        typed = {key: str(form.get(f"n.{key}", "")).strip() for key in one.options}
        return {key: number for key, number in typed.items() if number} or ""
    if one.kind in _SEVERAL:
        # Times are written one a line, texts are ticked: both come as words.
        words = [word.strip() for each in form.getlist("value") for word in str(each).split("\n")]
        return [word for word in words if word] or ""
    return str(form.get("value", "")).strip()


def _kept(form: FormData) -> dict[str, str]:
    kept = {key: str(value) for key, value in form.items()}
    return {**kept, "value": "\n".join(str(each) for each in form.getlist("value"))}


def _known(visit: Visit, key: str) -> Parameter:
    found = visit.house.catalog().register.parameters.get(key)
    if found is None:
        raise HTTPException(404)
    return found


def _parameter_page(visit: Visit, one: Parameter, posted: Posted) -> Response:
    view = parameter_view(visit, one, posted)
    return page(visit, "admin-parameter.html", view, status=posted.status)
