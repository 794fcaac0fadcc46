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
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"
#: A form without files never needs more.
FORM_LIMIT = 1024 * 1024

#: Makes the answer to a request that goes no further: its HTTP status and which problem it is.
Refuse = Callable[[Request, int], Response]


class Protection:
    """Refuses requests from other sites and oversized bodies; sets the headers of every answer."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        refuse: Refuse,
        upload_limit: int,
        secure: Callable[[Request], bool],
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._upload_limit = upload_limit
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        marked = _marking(send, scope["path"], secure=self._secure(request))
        if comes_from_elsewhere(scope["method"], request.headers):
            await self._refuse(request, 403)(scope, receive, marked)
            return
        limit = self._limit(request.headers)
        if _announced(request.headers) > limit:
            await self._refuse(request, 413)(scope, receive, marked)
            return
        await self._app(scope, _counted(receive, limit), marked)

    def _limit(self, headers: Headers) -> int:
        carries_files = headers.get("content-type", "").startswith("multipart/form-data")
        return FORM_LIMIT + self._upload_limit if carries_files else FORM_LIMIT


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


class BodyTooLarge(Exception):
    """More arrived than was announced or is allowed."""


def _announced(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdecimal() else 0


def _counted(receive: Receive, limit: int) -> Receive:
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise BodyTooLarge
        return message

    return counting


def _marking(send: Send, path: str, *, secure: bool) -> Send:
    async def marking(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS:
                headers.setdefault(name, value)
            if secure:
                headers["Strict-Transport-Security"] = STRICT_TRANSPORT
            if not path.startswith("/static/"):
                headers.setdefault("Cache-Control", "no-store")
                headers.add_vary_header("HX-Request")
                headers.add_vary_header("HX-Target")
                headers.add_vary_header("Cookie")
        await send(message)

    return marking
