"""A store in which a rival can be faster: they act between somebody's reading and their writing.

What a database server lets happen when no lock is held is made to happen here, when a story says.
"""

from __future__ import annotations

from collections.abc import Callable

from storage.memory import MemoryStore, MemoryTransaction
from workflow.ports.deciding import CaseFile
from workflow.ports.store import Seed


class RacingStore(MemoryStore):
    """A store in memory that lets `rival` in, once for each time that it is set."""

    def __init__(self, seed: Seed | None = None) -> None:
        super().__init__(seed)
        self.rival: Callable[[], object] | None = None

    def begin(self) -> MemoryTransaction:
        """A transaction that a rival may overtake."""
        return _Overtaken(self)


class _Overtaken(MemoryTransaction):
    def __init__(self, store: RacingStore) -> None:
        super().__init__(store)
        self._racing = store

    def case_file(self, *, number: str | None = None, id: str | None = None) -> CaseFile | None:
        file = super().case_file(number=number, id=id)
        rival, self._racing.rival = self._racing.rival, None
        if rival is not None:
            self._racing.turn.release()
            try:
                rival()
            finally:
                self._racing.turn.acquire()
        return file
