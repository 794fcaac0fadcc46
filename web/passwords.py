"""How passwords are kept: argon2 with set costs, one hash at a time, so that a flood is a queue."""

from __future__ import annotations

import secrets
import threading

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher


class Passwords:
    """Two rounds, 19 MB, one lane: some 25 ms a hash."""

    def __init__(self, hasher: PasswordHash | None = None) -> None:
        self._hasher = hasher or PasswordHash(
            (Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),)
        )
        self._turn = threading.Lock()
        self._nobodys: str | None = None

    def hash(self, password: str) -> str:
        """The hash to keep."""
        with self._turn:
            return self._hasher.hash(password)

    def verify(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Whether it is right, and a newer hash to keep instead.

        Without a hash (nobody has this account) it takes as long and is wrong.
        """
        if self._nobodys is None:
            self._nobodys = self.hash(secrets.token_urlsafe())
        with self._turn:
            right, newer = self._hasher.verify_and_update(password, kept or self._nobodys)
        return (right, newer) if kept else (False, None)
