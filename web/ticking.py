"""Lets deadlines have their effect and opens what recurs, while the server runs: a look every few
seconds.
"""

from __future__ import annotations

import os
import socket
import threading
import time

import structlog

from web.house import House
from web.logs import places
from workflow.service.clockwork import Clockwork
from workflow.service.recurring import Recurring

#: Between two looks of a worker whose settings say that the server does not look.
_SECONDS = 5


class Ticking:
    """Calls the service's `tick`, and looks at the schedules, at the store's clock, in a thread of
    its own.

    Trouble is logged, and the next look comes all the same.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticking", daemon=True)
        self._worker = f"{socket.gethostname()}:{os.getpid()}"
        self._recurring = Recurring(house.service)
        self._clockwork = Clockwork(house.store, house.clock, time.monotonic, self._worker)

    def start(self, *, though_told_not_to: bool = False) -> None:
        """Begin, unless the settings say that another process does this."""
        if though_told_not_to or self._house.settings.tick_seconds > 0:
            self._thread.start()

    def stop(self) -> None:
        """Finish the look that is under way and come to rest."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> int:
        """One look; how many deadlines had their effect, and how many turns of schedules had
        theirs.
        """
        now = self._clockwork.now()
        self._house.keep_up(self._house.store.readings.hospital(), now)
        try:
            fired = self._house.service.tick(now, worker=self._worker)
        finally:  # whatever is wrong with a clock, what recurs is due as well
            looked = self._recurring.look(now)
        return fired + looked.opened + looked.missed

    def _run(self) -> None:
        log = structlog.get_logger()
        while not self._stopped.wait(self._house.settings.tick_seconds or _SECONDS):
            try:
                fired = self.look()
            except Exception as error:  # noqa: BLE001 - a clock that stops is worse than any one failure
                log.error(  # noqa: TRY400 - the message of an error may hold what somebody typed
                    "ticking_failed", error=type(error).__qualname__, places=places(error)
                )
                continue
            if fired:
                log.info("deadlines_fired", count=fired)
