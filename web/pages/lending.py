"""Lending one's work while away, and ending it; administrators do it for whoever is away."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from web.presenters.lending import all_lending, my_lending
from web.presenters.office import Posted, deed_of, refused
from web.rendering import go, page
from web.visit import Visit, for_roles, signed_in
from workflow.refusals import Code, Refusal, Refused, Sentence
from workflow.service.housework import Done
from workflow.service.lending import Wish
from workflow.service.tables_in import day_of, fen_of

router = APIRouter()

Person = Annotated[Visit, Depends(signed_in)]
Administrator = Annotated[Visit, Depends(for_roles("admin"))]
Typed = Annotated[str, Form(max_length=200)]
Reason = Annotated[str, Form(max_length=500)]
Ticked = Annotated[list[Typed] | None, Form(max_length=100)]

MINE = "/me/delegations"
ALL = "/admin/delegations"
LENT = Sentence(
    "代理已设置；对方的待办里会出现您的事项，办理时同时写明两人。",
    "It is lent: your work shows in their inbox, and both names stand on what they decide.",
)
TAKEN_BACK = Sentence("代理已结束。", "The delegation has ended.")


class _Typed:
    """What one of the two forms was sent with. FastAPI fills it from the fields of the form."""

    def __init__(
        self,
        principal: Typed = "",
        delegate: Typed = "",
        start: Typed = "",
        end: Typed = "",
        roles: Ticked = None,
        processes: Ticked = None,
        max_amount: Typed = "",
        reason: Reason = "",
    ) -> None:
        self.principal = principal
        self.values = {
            "delegate": delegate,
            "start": start,
            "end": end,
            "roles": "\n".join(roles or ()),
            "processes": "\n".join(processes or ()),
            "max_amount": max_amount,
            "reason": reason,
        }

    def list_of(self, name: str) -> tuple[str, ...]:
        """What was ticked."""
        return tuple(filter(None, self.values[name].split("\n")))


Sent = Annotated[_Typed, Depends(_Typed)]


@router.get(MINE)
def show_mine(visit: Person) -> Response:
    """Whom I asked to stand in, and for whom I do."""
    return page(visit, "my-delegations.html", my_lending(visit, Posted()))


@router.post(MINE)
def lend(visit: Person, sent: Sent) -> Response:
    """Lend my own work."""
    answer = _lend(visit, visit.person.id, sent)
    if isinstance(answer, Refused):
        posted = refused(visit, "lend", sent.values, answer)
        view = my_lending(visit, posted)
        return page(visit, "my-delegations.html", view, status=posted.status)
    return go(visit, MINE, announce=visit.say(LENT))


@router.post(MINE + "/{id}/end")
def end_mine(visit: Person, id: str) -> Response:
    """Take my work back."""
    answer = visit.house.administering.lending.end(deed_of(visit), id)
    if isinstance(answer, Refused):
        posted = refused(visit, "end", {}, answer)
        view = my_lending(visit, posted)
        return page(visit, "my-delegations.html", view, status=posted.status)
    return go(visit, MINE, announce=visit.say(TAKEN_BACK))


@router.get(ALL)
def show_all(visit: Administrator, person: str = "") -> Response:
    """Everybody's, with the form for one who is away."""
    return page(visit, "admin-delegations.html", all_lending(visit, person, Posted()))


@router.post(ALL)
def lend_for(visit: Administrator, sent: Sent) -> Response:
    """Lend the work of somebody who is away."""
    answer = _lend(visit, sent.principal, sent)
    if isinstance(answer, Refused):
        return _all_again(visit, sent.principal, refused(visit, "lend", sent.values, answer))
    return go(visit, ALL, announce=visit.say(LENT))


@router.post(ALL + "/{id}/end")
def end_for(visit: Administrator, id: str, reason: Reason = "") -> Response:
    """End anybody's."""
    answer = visit.house.administering.lending.end(deed_of(visit, reason), id)
    if isinstance(answer, Refused):
        return _all_again(visit, "", refused(visit, "end", {"reason": reason}, answer))
    return go(visit, ALL, announce=visit.say(TAKEN_BACK))


def _all_again(visit: Visit, person: str, posted: Posted) -> Response:
    view = all_lending(visit, person, posted)
    return page(visit, "admin-delegations.html", view, status=posted.status)


def _lend(visit: Visit, principal: str, sent: _Typed) -> Done | Refused:
    wrong: list[Refusal] = []
    wish = Wish(
        principal,
        sent.values["delegate"],
        _day(sent, "start", wrong),
        _day(sent, "end", wrong),
        sent.list_of("roles"),
        sent.list_of("processes"),
        _amount(sent, wrong),
    )
    if wrong:
        return Refused.of(wrong)
    lending = visit.house.administering.lending
    return lending.lend(deed_of(visit, sent.values["reason"]), visit.house.ids(), wish)


def _day(sent: _Typed, name: str, wrong: list[Refusal]) -> date | None:
    text = sent.values[name].strip()
    day = day_of(text) if text else None
    if isinstance(day, Sentence):
        wrong.append(Refusal(Code.INVALID_FORM, day, field=name))
        return None
    return day


def _amount(sent: _Typed, wrong: list[Refusal]) -> int | None:
    text = sent.values["max_amount"].strip()
    amount = fen_of(text) if text else None
    if isinstance(amount, Sentence):
        wrong.append(Refusal(Code.INVALID_FORM, amount, field="max_amount"))
        return None
    return amount
