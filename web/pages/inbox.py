"""The boxes of a person: to do, done, my requests, drafts. Every filter stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from web.presenters.inbox import inbox_view
from web.presenters.speech import Speech
from web.rendering import page
from web.routing import PageRoute
from web.visit import Visit, signed_in
from workflow.service.inboxes import Box, DueBand, InboxFilters

router = APIRouter(route_class=PageRoute)

#: Longer than any name that is a filter here.
LONGEST = 100
#: Nobody turns so many pages; an address that asks for more is shown the last of these.
LAST_PAGE = 500


class Asked:
    """The filters as the address names them; what makes no sense there is no filter.

    Raises HTTPException (422) for what is too long to be meant.
    """

    def __init__(self, named: Mapping[str, str]) -> None:
        if any(len(value) > LONGEST for value in named.values()):
            raise HTTPException(422)
        self._process, self._step = named.get("process", ""), named.get("step", "")
        self._department, self._due = named.get("department", ""), named.get("due", "")
        self._text, self._for = named.get("q", "").strip(), named.get("for", "")
        self._page = named.get("page", "1")

    def filters(self, box: Box) -> InboxFilters:
        """The filters for one box."""
        to_do = box is Box.TODO
        number = int(self._page) if self._page.isdecimal() else 1
        return InboxFilters(
            box=box,
            process=self._process or None,
            step=(self._step or None) if self._process else None,
            department=self._department or None,
            due=DueBand(self._due) if to_do and self._due in set(DueBand) else None,
            text=self._text or None,
            acting_for=(self._for or None) if to_do else None,
            page=min(max(number, 1), LAST_PAGE),
        )


Here = Annotated[Visit, Depends(signed_in)]


@router.get("/inbox")
def to_do(visit: Here, request: Request) -> Response:
    """What waits for me, or (`for`) for somebody whose posts were lent to me."""
    return _show(visit, Asked(request.query_params).filters(Box.TODO))


@router.get("/inbox/done")
def done(visit: Here, request: Request) -> Response:
    """What I decided."""
    return _show(visit, Asked(request.query_params).filters(Box.DONE))


@router.get("/requests")
def mine(visit: Here, request: Request) -> Response:
    """What I asked for."""
    return _show(visit, Asked(request.query_params).filters(Box.MINE))


@router.get("/drafts")
def drafts(visit: Here, request: Request) -> Response:
    """What I began and have not handed in."""
    return _show(visit, Asked(request.query_params).filters(Box.DRAFTS))


def _show(visit: Visit, filters: InboxFilters) -> Response:
    house = visit.house
    inbox = house.looking.inbox(visit.person.id, visit.now, filters, visit.hospital)
    speech = Speech(visit.language, visit.hospital, visit.now)
    view = inbox_view(inbox, house.catalog(), speech, visit.person.id)
    waiting = inbox.waiting if filters.acting_for is None else None
    return page(visit, "inbox.html", view, parts=("inbox-list",), waiting=waiting)
