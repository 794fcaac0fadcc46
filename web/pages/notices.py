"""What somebody was told: the page of notices, its live count, how to be told, what got stuck.

A link to a notice opens a case and marks the notice as read. It never decides anything.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import Response, StreamingResponse

from web.live import Watcher
from web.presenters.notices import (
    ROWS,
    channels_for,
    choice_view,
    deliveries_view,
    notices_view,
    wish_view,
)
from web.presenters.office import deed_of
from web.rendering import go, page
from web.routing import PageRoute
from web.visit import Visit, for_roles, looking_on, signed_in
from workflow.refusals import Refused, Sentence
from workflow.service.noticing import HOSPITAL, Wish

router = APIRouter(route_class=PageRoute)

Here = Annotated[Visit, Depends(signed_in)]
Administrator = Annotated[Visit, Depends(for_roles("admin"))]

LAST_PAGE = 500
#: The administrator sees so many messages that were given up at a time.
SHOWN = 200

READ = Sentence("已标为已读。", "Marked as read.")
ALL_READ = Sentence("全部标为已读。", "All are marked as read.")
SAVED = Sentence("通知设置已保存，从现在起生效。", "Saved; it holds from now on.")
AGAIN = Sentence("已重新排队，马上会再发送。", "Queued again; they will be sent presently.")
TOLD_ALONE = Sentence(
    "这件案件内容保密，通知只告知进展；详情请向经办科室了解。",
    "This case is confidential: the notice tells how it goes; the office that handles it may tell"
    " more.",
)
NOTHING_CHOSEN = Sentence("请先勾选要重新发送的消息。", "Tick the messages to be sent again first.")


@router.get("/notices")
def show_notices(
    visit: Here, show: str = "", page_: Annotated[str, Query(alias="page")] = "1"
) -> Response:
    """What I was told, the newest first."""
    return _notices_page(visit, show, page_)


@router.post("/notices/read")
def mark_read(
    visit: Here,
    id: Annotated[list[str], Form(max_length=ROWS)],
    show: Annotated[str, Form()] = "",
) -> Response:
    """Mark some as read; what is not mine is no news."""
    visit.house.noticing.read(visit.person.id, visit.hospital, visit.now, id)
    return go(visit, _back(show), announce=visit.say(READ))


@router.post("/notices/read-all")
def mark_all_read(visit: Here) -> Response:
    """Mark everything as read."""
    visit.house.noticing.read_all(visit.person.id, visit.hospital, visit.now)
    return go(visit, "/notices", announce=visit.say(ALL_READ))


@router.get("/notices/c/{number}")
def open_case(visit: Here, number: str) -> Response:
    """Go to the case that a notice is about, and count what I was told of it as read."""
    house, mine = visit.house, (visit.person.id, visit.hospital, visit.now)
    file = house.store.readings.case_file(number)
    if file is not None:
        house.noticing.read_case(*mine, file.case.id)
        readable = house.looking.readable(number, visit.person.id, visit.now) is not None
        if not readable and house.noticing.told_of(*mine, file.case.id):
            return go(visit, "/notices", announce=visit.say(TOLD_ALONE))
    return go(visit, f"/c/{number}")


@router.get("/notices/stream")
async def stream(visit: Annotated[Visit, Depends(looking_on)]) -> Response:
    """My count of unread notices, and each new one while the page is open."""
    watcher = Watcher(visit.person.id, visit.session)
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(
        visit.house.live.watch(watcher), media_type="text/event-stream", headers=headers
    )


def _notices_page(visit: Visit, show: str, page_: str) -> Response:
    unread_only = show == "unread"
    number = min(max(int(page_) if page_.isdecimal() else 1, 1), LAST_PAGE)
    noticing = visit.house.noticing
    query = (unread_only, ROWS, (number - 1) * ROWS)
    found = noticing.page(visit.person.id, visit.hospital, visit.now, query)
    unread = noticing.unread(visit.person.id, visit.hospital, visit.now)
    view = notices_view(visit, found, unread, unread_only=unread_only, page=number)
    return page(visit, "notices.html", view)


def _back(show: str) -> str:
    return "/notices?show=unread" if show == "unread" else "/notices"


# ---- how to be told ------------------------------------------------------------------------------


def wish_of(
    address: Annotated[str, Form(max_length=300)] = "",
    topics: Annotated[list[str] | None, Form(max_length=40)] = None,
    digest_hour: Annotated[str, Form(max_length=10)] = "",
    quiet_from: Annotated[str, Form(max_length=10)] = "",
    quiet_until: Annotated[str, Form(max_length=10)] = "",
    urgent_passes: Annotated[str, Form(max_length=10)] = "",
) -> Wish:
    """The form as it was typed."""
    hours = (digest_hour, quiet_from, quiet_until)
    return Wish(address, tuple(topics or ()), *hours, bool(urgent_passes))


Typed = Annotated[Wish, Depends(wish_of)]


@router.get("/me/notices")
def show_choice(visit: Here) -> Response:
    """How I am told."""
    choice = visit.house.noticing.choice(visit.person.id)
    return page(visit, "my-notices.html", choice_view(visit, choice, own=True))


@router.post("/me/notices")
def choose(visit: Here, wish: Typed) -> Response:
    """Choose how I am told; everything that is wrong is said at once."""
    choice = wish.read(channels_for(own=True), own=True)
    if isinstance(choice, Refused):
        view = wish_view(visit, wish, choice, own=True)
        return page(visit, "my-notices.html", view, status=422)
    visit.house.noticing.choose(visit.person.id, choice)
    return go(visit, "/me/notices", announce=visit.say(SAVED))


# ---- the administrator's -------------------------------------------------------------------------


@router.get("/admin/deliveries")
def show_deliveries(visit: Administrator) -> Response:
    """What did not get out, and the hospital's default."""
    return _deliveries_page(visit)


@router.post("/admin/deliveries/again")
def send_again(
    visit: Administrator, key: Annotated[list[str] | None, Form(max_length=SHOWN)] = None
) -> Response:
    """Send what was given up once more, with a line in the house's ledger."""
    if not key:
        return go(visit, "/admin/deliveries", announce=visit.say(NOTHING_CHOSEN))
    store = visit.house.store
    count = store.outbox.try_again(key, visit.now)
    store.house.record(deed_of(visit), "deliveries_tried_again", {"messages": count})
    return go(visit, "/admin/deliveries", announce=visit.say(AGAIN))


@router.post("/admin/deliveries/default")
def choose_default(visit: Administrator, wish: Typed) -> Response:
    """Choose how people are told who have not chosen themselves, and what robots say."""
    choice = wish.read(channels_for(own=False), own=False)
    if isinstance(choice, Refused):
        return _deliveries_page(visit, (wish, choice))
    visit.house.noticing.set_default(deed_of(visit), choice)
    return go(visit, "/admin/deliveries", announce=visit.say(SAVED))


def _deliveries_page(visit: Visit, wrong: tuple[Wish, Refused] | None = None) -> Response:
    store, noticing = visit.house.store, visit.house.noticing
    numbers: dict[str, str] = {}
    dead = store.outbox.dead(SHOWN)
    for case in {one.case for one in dead}:
        known = store.readings.case_by_id(case)
        numbers[case] = "" if known is None else known.number
    choice = (
        choice_view(visit, noticing.choice(HOSPITAL), own=False)
        if wrong is None
        else wish_view(visit, *wrong, own=False)
    )
    view = deliveries_view(visit, {one: numbers[one.case] for one in dead}, choice)
    return page(visit, "admin-deliveries.html", view, status=200 if wrong is None else 422)
