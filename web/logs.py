"""One JSON line for every request and every trouble: what happened and where, never to whom.

No names, no form values, no queries, no tokens: an address is logged as its pattern, an error as
its kind and place, for the message of an error may quote what somebody typed.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import perf_counter
from uuid import uuid4

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.protection import BodyTooLarge


def set_up_logs(level: str) -> None:
    """Write JSON lines to standard error; what libraries log becomes such lines too."""
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *_MARKED, _LINE],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=_Lines,
    )
    handler = _OfLibraries()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_MARKED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_messages,
                _LINE,
            ],
        )
    )
    # Libraries tell of troubles alone: what they say of their daily work is not for this log.
    logging.basicConfig(handlers=[handler], level=max("WARNING", level, key=_weight), force=True)


class _Lines:
    """Writes to where standard error goes just now.

    A log that cannot be written (its reader is gone, the disk is full) must not stop the work.
    """

    def __init__(self, *_: object) -> None:
        pass

    def msg(self, line: str) -> None:
        """Write one line."""
        with suppress(OSError, ValueError):
            print(line, file=sys.stderr, flush=True)  # noqa: T201 - this is the log

    debug = info = warning = error = critical = exception = log = msg


class _OfLibraries(logging.Handler):
    """Sends what libraries log the same way."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        _Lines().msg(self.format(record))


_LINE = structlog.processors.JSONRenderer(ensure_ascii=False)
_MARKED: list[structlog.typing.Processor] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _weight(level: str) -> int:
    return logging.getLevelNamesMapping()[level]


def _without_messages(
    _logger: object, _method: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """An error that a library logs is told by kind and place, as our own are."""
    raised = line.pop("exc_info", None)
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        line["error"] = type(error).__qualname__
        line["places"] = places(error)
    return line


def places(error: BaseException) -> list[str]:
    """Where an error came through, innermost last, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-8:]]


class Logging:
    """Numbers every request, logs how it went, answers unknown errors with that number."""

    def __init__(self, app: ASGIApp, *, answer: Callable[[Request, int], Response]) -> None:
        self._app = app
        self._answer = answer
        self._log = structlog.get_logger()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = uuid4().hex[:12]
        began = perf_counter()
        sent = _Sent(send, scope["request_id"])
        try:
            await self._app(scope, receive, sent)
        except BodyTooLarge:
            await self._instead(413, scope, receive, sent)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person gets a page and we get a line
            self._log.error(
                "unexpected",
                request=scope["request_id"],
                error=type(error).__qualname__,
                places=places(error),
            )
            await self._instead(500, scope, receive, sent)
        finally:
            self._log.info(
                "request",
                request=scope["request_id"],
                method=scope["method"],
                route=getattr(scope.get("route"), "path", "-"),
                status=sent.status,
                ms=round((perf_counter() - began) * 1000),
            )

    async def _instead(self, status: int, scope: Scope, receive: Receive, sent: _Sent) -> None:
        if sent.status == 0:
            await self._answer(Request(scope), status)(scope, receive, sent)


class _Sent:
    """Sends on, and remembers with which HTTP status."""

    def __init__(self, send: Callable[[Message], Awaitable[None]], request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [
                *message.get("headers", ()),
                (b"x-request-id", self._request_id.encode()),
            ]
        await self._send(message)
