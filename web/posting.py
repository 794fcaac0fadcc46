"""Carries notices out while the server runs, in a thread of its own: a slow mail server must not
hold up deadlines.
"""

from __future__ import annotations

import threading

import structlog

from web.house import House
from web.logs import places

#: Between two looks of a worker whose settings say that the server does not look.
_SECONDS = 5


class Posting:
    """Lets the house deliver every few seconds, as often as deadlines are looked at.

    Trouble is logged, and the next look comes all the same.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="posting", daemon=True)

    def start(self, *, though_told_not_to: bool = False) -> None:
        """Begin, unless the settings say that another process does this."""
        if though_told_not_to or self._house.settings.tick_seconds > 0:
            self._thread.start()

    def stop(self) -> None:
        """Finish the message that is under way and come to rest."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> int:
        """One look; how many messages left."""
        return self._house.delivering.deliver(self._house.clock())

    def _run(self) -> None:
        log = structlog.get_logger()
        while not self._stopped.wait(self._house.settings.tick_seconds or _SECONDS):
            try:
                sent = self.look()
            except Exception as error:  # noqa: BLE001 - notices that stop are worse than any one failure
                log.error(  # noqa: TRY400 - the message of an error may hold what somebody typed
                    "posting_failed", error=type(error).__qualname__, places=places(error)
                )
                continue
            if sent:
                log.info("messages_sent", count=sent)
