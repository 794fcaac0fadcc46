"""The hospital's policy, for everybody to read: parameters with their sources, what holds since
when and by which case, what lies ahead. Cases change it; administrators only set it up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from web.presenters.governing import (
    PolicyPage,
    coming,
    conflicts_view,
    parameter_page,
    profiles_view,
)
from web.presenters.office import Posted, deed_of, refused
from web.presenters.policy import policy_view
from web.rendering import go, page
from web.routing import PageRoute
from web.visit import Visit, for_roles, signed_in
from workflow.design.parameters import Parameter, ParameterKind
from workflow.refusals import Refused, Sentence
from workflow.service.housework import Done

router = APIRouter(route_class=PageRoute)

Here = Annotated[Visit, Depends(signed_in)]
Administrator = Annotated[Visit, Depends(for_roles("admin"))]

PROPOSED = Sentence(
    "已记入初始设置，等另一位管理员复核后生效。",
    "Noted in the set-up; it holds when a second administrator agrees.",
)
AGREED = Sentence(
    "初始设置已复核生效。第一个案件立案以后，改动一律通过“规则档案与参数变更”。",
    "The set-up holds. Once the first case is opened, the policy process alone makes changes.",
)
DISCARDED = Sentence("已放弃所填的初始设置。", "The proposed set-up is thrown away.")
#: Kinds whose value is several words, ticked or written one a line.
_SEVERAL = (ParameterKind.TEXTS, ParameterKind.TIMES)


@router.get("/policy")
def show_policy(
    visit: Here,
    q: Annotated[str, Query(max_length=100)] = "",
    shown: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Every parameter with the value that holds, and what lies ahead."""
    return _policy_page(visit, Posted(), q, shown)


@router.get("/policy/conflicts")
def show_conflicts(visit: Here) -> Response:
    """The clauses that disagree, side by side, and what the hospital chose."""
    return page(visit, "policy-conflicts.html", conflicts_view(visit))


@router.get("/policy/profiles")
def show_profiles(visit: Here) -> Response:
    """The base profiles side by side."""
    return page(visit, "policy-profiles.html", profiles_view(visit))


@router.get("/policy/{key}")
def show_parameter(visit: Here, key: str) -> Response:
    """One parameter: what the profiles say, which clauses disagree, what holds here and why."""
    return _parameter_page(visit, _known(visit, key), Posted())


# ---- the first set-up ----------------------------------------------------------------------------


@router.get("/admin/policy")
def to_policy(visit: Administrator) -> Response:
    """The set-up stands on everybody's page."""
    return go(visit, "/policy")


@router.get("/admin/policy/{key}")
def to_parameter(visit: Administrator, key: str) -> Response:
    """A parameter's set-up stands on everybody's page."""
    return go(visit, f"/policy/{_known(visit, key).key}")


@router.post("/admin/policy/profile")
def follow_profile(
    visit: Administrator,
    profile: Annotated[str, Form(max_length=20)] = "",
    reason: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Propose a base profile."""
    answer = visit.house.administering.policy.follow(deed_of(visit, reason), profile or None)
    values = {"profile": profile, "reason": reason}
    return _set_up_answer(visit, "profile", values, answer, PROPOSED)


@router.post("/admin/policy/agree")
def agree(visit: Administrator) -> Response:
    """Agree to what a colleague proposed."""
    answer = visit.house.administering.policy.confirm(deed_of(visit))
    return _set_up_answer(visit, "agree", {}, answer, AGREED)


@router.post("/admin/policy/discard")
def discard(visit: Administrator) -> Response:
    """Throw away what was proposed."""
    answer = visit.house.administering.policy.discard(deed_of(visit))
    return _set_up_answer(visit, "agree", {}, answer, DISCARDED)


async def typed_form(request: Request) -> FormData:
    """The form as it was sent: which fields it has depends on the parameter."""
    return await request.form(max_files=0, max_fields=100)


@router.post("/admin/policy/{key}")
def decide(
    visit: Administrator, key: str, form: Annotated[FormData, Depends(typed_form)]
) -> Response:
    """Propose a value for a parameter, or to leave it to the profile; the reason is kept."""
    one = _known(visit, key)
    reason = str(form.get("reason", ""))[:1000]
    policy = visit.house.administering.policy
    if form.get("act") == "leave":
        answer = policy.leave_to_profile(deed_of(visit, reason), key)
    else:
        answer = policy.decide(deed_of(visit, reason), key, _written(one, form))
    if isinstance(answer, Refused):
        return _parameter_page(visit, one, refused(visit, "parameter", _kept(form), answer))
    return go(visit, f"/policy/{key}", announce=visit.say(PROPOSED))


def _set_up_answer(
    visit: Visit, form: str, values: dict[str, str], answer: Done | Refused, said: Sentence
) -> Response:
    if isinstance(answer, Refused):
        return _policy_page(visit, refused(visit, form, values, answer))
    return go(visit, "/policy", announce=visit.say(said))


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


def _policy_page(visit: Visit, posted: Posted, query: str = "", shown: str = "") -> Response:
    view = PolicyPage(policy_view(visit, posted, query, shown), coming(visit))
    return page(visit, "policy.html", view, status=posted.status)


def _parameter_page(visit: Visit, one: Parameter, posted: Posted) -> Response:
    return page(
        visit, "policy-parameter.html", parameter_page(visit, one, posted), status=posted.status
    )
