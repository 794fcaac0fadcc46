"""Turns a view into an answer: a whole page, or the one part of it that htmx asked for."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from fastapi.responses import HTMLResponse, RedirectResponse, Response

from web.presenters.frame import frame_of
from web.visit import SAID_COOKIE, SAID_LENGTH, Guest, Visit


def page(
    visit: Visit | Guest,
    template: str,
    view: object,
    *,
    status: int = 200,
    parts: tuple[str, ...] = (),
    announce: str = "",
    waiting: int | None = None,
) -> HTMLResponse:
    """Answer with `templates/<template>`, which gets `view` and `visit`.

    When htmx asks and `parts` are named, the answer is the part that its target names (else the
    first): `templates/parts/<part>.html`. `announce` is read out by the page's live region.
    `waiting` spares the side bar a count that the page has made.
    """
    templates = visit.house.templates
    if visit.htmx and parts:
        part = visit.target if visit.target in parts else parts[0]
        text = templates.render(visit.language, f"parts/{part}.html", view=view, visit=visit)
        if announce:
            text += templates.render(
                visit.language, "said.html", announce=announce, frame=frame_of(visit), beside=True
            )
        return HTMLResponse(text, status)
    announce = announce or visit.said
    text = templates.render(
        visit.language,
        template,
        view=view,
        visit=visit,
        frame=frame_of(visit, waiting),
        announce=announce,
    )
    answer = HTMLResponse(text, status)
    if visit.said:
        answer.delete_cookie(SAID_COOKIE)
    return answer


def go(visit: Visit | Guest, path: str, *, announce: str = "") -> Response:
    """Send the browser on to a path of our own after an act; the next page says `announce`."""
    answer = onward(path, htmx=visit.htmx)
    if announce:
        answer.set_cookie(
            SAID_COOKIE, quote(announce[:SAID_LENGTH]), max_age=60, httponly=True, samesite="lax"
        )
    return answer


def onward(path: str, *, htmx: bool, headers: Mapping[str, str] | None = None) -> Response:
    """303, or for htmx the header that makes it load a whole page."""
    if htmx:
        return Response(status_code=204, headers={**(headers or {}), "HX-Redirect": path})
    return RedirectResponse(path, 303, headers=dict(headers or {}))
