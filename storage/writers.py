"""Those who write one SQLite file in this process: one after the other, and kept together.

SQLite lets one write at a time and makes each wait for the disk. Its own lock has no queue, so
whoever is unlucky waits for seconds while others pass. Here they queue in the order of arrival,
and those who queue share one wait for the disk: each works in a savepoint of one transaction, the
last of them keeps it for all, and only then is anybody told that their decision is kept.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

#: So many decisions at most wait for each other before the disk is asked.
MOST = 32


class Batch:
    """A transaction that several share: how many decisions it holds, and how it ended."""

    __slots__ = ("_done", "connection", "cursor", "error", "held")

    def __init__(self, connection: Any, cursor: Any) -> None:  # noqa: ANN401
        self.connection = connection
        self.cursor = cursor
        self.held = 0
        self.error: Exception | None = None
        self._done: threading.Event | None = None

    def expect(self) -> threading.Event:
        """What to wait for, by those who hand over their turn; asked for while it is theirs."""
        self._done = self._done or threading.Event()
        return self._done

    def end(self) -> None:
        """Tell those who wait."""
        if self._done is not None:
            self._done.set()


class Writers:
    """Whose turn it is, who waits, and the transaction that is open."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._queue: deque[threading.Lock] = deque()
        self.batch: Batch | None = None

    @property
    def waiting(self) -> int:
        """How many stand in the queue."""
        return len(self._queue)

    def take_turn(self, patience_seconds: float) -> bool:
        """Wait until it is one's turn; False when patience ends before."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._queue.append(mine)
        if mine.acquire(timeout=patience_seconds):
            return True
        with self._guard:
            if mine in self._queue:
                self._queue.remove(mine)
                return False
        return True  # it was handed over at the last moment

    def hand_over(self) -> bool:
        """Give the turn to the first who waits; False, and still one's own, if nobody does."""
        with self._guard:
            if not self._queue:
                return False
            self._queue.popleft().release()
            return True

    def end_turn(self) -> None:
        """Give the turn to the first who waits, or to whoever comes next."""
        with self._guard:
            if self._queue:
                self._queue.popleft().release()
            else:
                self._taken = False
