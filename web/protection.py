"""What guards every request before a page sees it, and marks every answer before it leaves.

Plain ASGI, so that it also holds for errors, files and whatever answers without a page.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY = "; ".join(  # noqa: FLY002 - one line a source reads best
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "object-src 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS: tuple[tuple[str, str], ...] = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), microphone=(), geolocation=()"),
)
#: The same as servers send them.
_RAW = tuple((name.lower().encode(), value.encode()) for name, value in HEADERS)
#: What a page depends on besides its address.
VARIES = "HX-Request, HX-Target, Cookie"
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"
#: A form without files never needs more.
FORM_LIMIT = 1024 * 1024
#: So much more than may be uploaded is still read: a file that is too large is refused at its field
#: then, and what was typed beside it is not lost.
STILL_READ = 40 * 1024 * 1024

#: Makes the answer to a request that goes no further, from its HTTP status.
Refuse = Callable[[Request, int], Response]


class Marking:
    """Sets the headers of every answer, whoever gave it. `secure`: whether it goes by https."""

    def __init__(self, app: ASGIApp, *, secure: Callable[[Request], bool]) -> None:
        self._app = app
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            send = _marking(send, keep_of(scope), secure=self._secure(Request(scope)))
        await self._app(scope, receive, send)


class Guard:
    """Refuses requests that other sites make, and bodies that are too large."""

    def __init__(self, app: ASGIApp, *, refuse: Refuse, upload_limit: int) -> None:
        self._app = app
        self._refuse = refuse
        self._upload_limit = upload_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let it go on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        limit = self._limit(request.headers)
        if comes_from_elsewhere(scope["method"], request.headers):
            await self._refuse(request, 403)(scope, receive, send)
        elif _announced(request.headers) > limit:
            await self._refuse(request, 413)(scope, receive, send)
        else:
            await self._app(scope, _counted(receive, limit, scope), send)

    def _limit(self, headers: Headers) -> int:
        carries_files = headers.get("content-type", "").startswith("multipart/form-data")
        return FORM_LIMIT + self._upload_limit + STILL_READ if carries_files else FORM_LIMIT


def comes_from_elsewhere(method: str, headers: Headers) -> bool:
    """Whether an unsafe request was made by a page that is not ours.

    Browsers send Sec-Fetch-Site to https and localhost, and Origin with every POST; a program that
    shows its own token carries no cookie that another site could abuse.
    """
    if method in SAFE_METHODS:
        return False
    if headers.get("authorization", "").lower().startswith("bearer "):
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc != headers.get("host")


#: Set in the scope of a request that sends more than is allowed.
TOO_LARGE = "too_large"


class BodyTooLarge(Exception):
    """More arrived than is allowed. Whoever read the body may answer otherwise: see TOO_LARGE."""


def _announced(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdecimal() else 0


def _counted(receive: Receive, limit: int, scope: Scope) -> Receive:
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            scope[TOO_LARGE] = True
            raise BodyTooLarge
        return message

    return counting


def keep_of(scope: Scope) -> str:
    """How long an answer may be kept: pages never, a file under its content's address for good."""
    if not scope["path"].startswith("/static/"):
        return "no-store"
    return "public, max-age=31536000, immutable" if scope["query_string"] else "no-cache"


def _marking(send: Send, keep: str, *, secure: bool) -> Send:
    async def marking(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            given = {name for name, _ in headers.raw}
            headers.raw.extend(pair for pair in _RAW if pair[0] not in given)
            if secure:
                headers["Strict-Transport-Security"] = STRICT_TRANSPORT
            headers.setdefault("Cache-Control", keep if message["status"] < 400 else "no-store")
            if keep == "no-store":
                headers.add_vary_header(VARIES)
        await send(message)

    return marking
