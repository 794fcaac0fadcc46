"""Saying why one reads a confidential case, which opens it for half an hour (requirement E8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, Response

from web.problems import API, refused_json
from web.rendering import onward, page
from web.visit import Denied, Visit, signed_in
from workflow.refusals import HTTP_STATUS, Code, Refused, Sentence
from workflow.service.reasons import ASK, LASTS, LONGEST, ReasonNeeded

router = APIRouter()

_STATUS = HTTP_STATUS[Code.CONDITION_NOT_MET]

HEADING = Sentence("查看保密案件 {number}", "Reading the confidential case {number}")


@dataclass(frozen=True, slots=True)
class ReasonView:
    """The question: about which case, where to go on, and what was wrong with the answer."""

    heading: str
    ask: str
    number: str
    onward: str
    reason: str
    longest: int
    minutes: int
    problem: str = ""


@router.post("/c/{number}/reason")
def give_reason(
    number: str,
    visit: Annotated[Visit, Depends(signed_in)],
    reason: Annotated[str, Form()] = "",
    next_: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """Keep the reason and go on to what was asked for; or ask again."""
    refusal = visit.house.looking.give_reason(number, visit.actor(), visit.now, reason)
    if refusal is None:
        return onward(_inside(next_, number), htmx=visit.htmx)
    if refusal.code is Code.NOT_FOUND:
        raise Denied(Refused.of([refusal]))
    view = reason_view(visit, number, next_, reason, visit.say(refusal.because))
    return page(visit, "reason.html", view, status=HTTP_STATUS[refusal.code])


def ask_first(request: Request, error: Exception) -> Response:
    """What is answered instead of a confidential case: the question, or for a program a refusal."""
    if not isinstance(error, ReasonNeeded):
        raise error
    if request.url.path.startswith(API):
        return JSONResponse(refused_json(Refused.of([error.refusal])), _STATUS)
    return ask_reason(signed_in(request), request, error.number)


def ask_reason(visit: Visit, request: Request, number: str) -> Response:
    """The page that stands before a confidential case."""
    asked = request.url.path if request.method == "GET" else f"/c/{number}"
    if request.url.query and request.method == "GET":
        asked = f"{asked}?{request.url.query}"
    view = reason_view(visit, number, asked, "", "")
    return page(visit, "reason.html", view, status=_STATUS)


def reason_view(visit: Visit, number: str, asked: str, reason: str, problem: str) -> ReasonView:
    """The question in the visitor's language."""
    return ReasonView(
        heading=visit.say(HEADING.filled(number=number)),
        ask=visit.say(ASK),
        number=number,
        onward=_inside(asked, number),
        reason=reason,
        longest=LONGEST,
        minutes=int(LASTS.total_seconds() // 60),
        problem=problem,
    )


def _inside(address: str, number: str) -> str:
    """Where to go on: only to pages about this case, never out of the house."""
    known = (f"/c/{number}", f"/audit/case/{number}", "/audit/entry/")
    return address if address.startswith(known) else f"/c/{number}"
