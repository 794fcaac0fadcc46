"""The live count of unread notices: one look every few seconds for everybody who watches.

However many watch, there is one task that asks and one thread while it asks; a stream holds neither
a thread nor a connection to the database. It carries counts and nothing else, and ends when its
person signs out or the server does.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

import structlog
from starlette.concurrency import run_in_threadpool

from web.logs import places

#: Seconds between looks.
EVERY = 3.0
#: Looks without news after which a stream says that it lives, so that a browser that left is
#: noticed.
SILENT = 5


@dataclass(frozen=True, slots=True)
class Watcher:
    """Whose count, and the session that lets them watch."""

    person: str
    session: str


#: The counts of those who watch; whoever may not watch any more is missing.
Look = Callable[[Iterable[Watcher]], Mapping[Watcher, int]]


@dataclass(eq=False, slots=True)
class _Stream:
    watcher: Watcher
    #: A count, or None for the end.
    news: asyncio.Queue[int | None] = field(default_factory=asyncio.Queue)
    last: int | None = None
    silent: int = 0


class Live:
    """Everybody who watches this server. Belongs to one event loop."""

    def __init__(self, look: Look, every: float = EVERY) -> None:
        self.every = every
        self._look = look
        self._streams: set[_Stream] = set()
        self._beating: asyncio.Task[None] | None = None
        self._ended = False

    @property
    def watched(self) -> bool:
        """Whether anybody watches just now."""
        return bool(self._streams)

    async def watch(self, watcher: Watcher) -> AsyncIterator[str]:
        """A stream of server-sent events: each new count, a sign of life, and how it ends."""
        stream = _Stream(watcher)
        if not self._ended:
            self._streams.add(stream)
            if self._beating is None or self._beating.done():
                self._beating = asyncio.create_task(self._beat())
            try:
                while (count := await stream.news.get()) is not None:
                    yield ": \n\n" if count == stream.last else f"data: {count}\n\n"
                    stream.last = count
            finally:
                self._streams.discard(stream)
        yield "event: ended\ndata: 0\n\n"

    def end(self) -> None:
        """End every stream; later ones end at once."""
        self._ended = True
        for stream in self._streams:
            stream.news.put_nowait(None)

    def end_with_the_server(self) -> None:
        """End as soon as the server is told to stop, for it waits until its streams have ended."""
        loop = asyncio.get_running_loop()
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            before = signal.getsignal(number)
            if callable(before):
                signal.signal(number, _first(lambda: loop.call_soon_threadsafe(self.end), before))

    async def _beat(self) -> None:
        while self._streams and not self._ended:
            await self._tell()
            await asyncio.sleep(self.every)

    async def _tell(self) -> None:
        streams = list(self._streams)
        try:
            counts = await run_in_threadpool(self._look, {stream.watcher for stream in streams})
        except Exception as error:  # noqa: BLE001 - a database that is away for a moment ends no stream
            structlog.get_logger().error(
                "live_count_failed", error=type(error).__qualname__, places=places(error)
            )
            return
        for stream in streams:
            count = counts.get(stream.watcher)
            stream.silent = 0 if count != stream.last else stream.silent + 1
            if count != stream.last or stream.silent % SILENT == 0:
                stream.news.put_nowait(count)


Handler = Callable[[int, FrameType | None], object]


def _first(act: Callable[[], object], then: Handler) -> Handler:
    def handle(number: int, frame: FrameType | None) -> None:
        with suppress(RuntimeError):  # the loop is closed already
            act()
        then(number, frame)

    return handle
