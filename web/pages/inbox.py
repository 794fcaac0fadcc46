"""The boxes of a person: to do, done, my requests, drafts. Every filter stands in the address."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from web.presenters.inbox import inbox_view
from web.presenters.speech import Speech
from web.rendering import page
from web.visit import Visit, signed_in
from workflow.service.inboxes import Box, DueBand, InboxFilters

router = APIRouter()

Text = Annotated[str, Query(max_length=100)]
#: Nobody turns so many pages; an address that asks for more is shown the last of these.
LAST_PAGE = 500


class Asked:
    """The filters as the address names them; what makes no sense there is no filter."""

    def __init__(
        self,
        process: Text = "",
        step: Text = "",
        department: Text = "",
        due: Text = "",
        q: Text = "",
        for_: Annotated[str, Query(alias="for", max_length=100)] = "",
        page: Text = "1",
    ) -> None:
        self._process, self._step, self._department = process, step, department
        self._due, self._text, self._for, self._page = due, q.strip(), for_, page

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


Wanted = Annotated[Asked, Depends()]
Here = Annotated[Visit, Depends(signed_in)]


@router.get("/inbox")
def to_do(visit: Here, asked: Wanted) -> Response:
    """What waits for me, or (`for`) for somebody whose posts were lent to me."""
    return _show(visit, asked.filters(Box.TODO))


@router.get("/inbox/done")
def done(visit: Here, asked: Wanted) -> Response:
    """What I decided."""
    return _show(visit, asked.filters(Box.DONE))


@router.get("/requests")
def mine(visit: Here, asked: Wanted) -> Response:
    """What I asked for."""
    return _show(visit, asked.filters(Box.MINE))


@router.get("/drafts")
def drafts(visit: Here, asked: Wanted) -> Response:
    """What I began and have not handed in."""
    return _show(visit, asked.filters(Box.DRAFTS))


def _show(visit: Visit, filters: InboxFilters) -> Response:
    house = visit.house
    inbox = house.looking.inbox(visit.person.id, visit.now, filters)
    speech = Speech(visit.language, visit.hospital, visit.now)
    view = inbox_view(inbox, house.catalog(), speech, visit.person.id)
    return page(visit, "inbox.html", view, parts=("inbox-list",))
