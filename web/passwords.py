"""How passwords are kept: argon2 with set costs, one try at a time, so that a flood is a queue.

A password that somebody else has seen (the first one, one that was reset) opens the door once, to
choose another; it is kept with the moment until which it does.
"""

from __future__ import annotations

import secrets
import threading
from datetime import datetime, timedelta

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

#: How long a one-time password waits for its person.
ONE_TIME_FOR = timedelta(days=3)
_ONCE = "once"
#: Letters and digits that nobody takes for each other when reading them from paper.
_CLEAR = "abcdefghijkmnpqrstuvwxyz23456789"


class Passwords:
    """Two rounds, 19 MB, one lane: some 25 ms a hash.

    Hold `turn` from counting the tries to noting the next one: tries that come at once are then
    judged one after the other.
    """

    def __init__(self, hasher: PasswordHash | None = None) -> None:
        self._hasher = hasher or PasswordHash(
            (Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),)
        )
        self.turn = threading.RLock()
        self._nobodys: str | None = None

    def hash(self, password: str) -> str:
        """What is kept of a password that its person chose."""
        with self.turn:
            return self._hasher.hash(password)

    def hash_once(self, password: str, now: datetime) -> str:
        """What is kept of a password that has to be changed at the first sign-in."""
        return f"{_ONCE}|{(now + ONE_TIME_FOR).isoformat()}|{self.hash(password)}"

    def verify(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Whether it is right, and a newer hash to keep instead.

        Without a hash (nobody has this account) it takes as long and is wrong.
        """
        with self.turn:
            if self._nobodys is None:
                self._nobodys = self._hasher.hash(secrets.token_urlsafe())
            against = self._nobodys if kept is None else kept.rpartition("|")[2]
            right, newer = self._hasher.verify_and_update(password, against)
        if kept is None or usable_until(kept) is not None:
            newer = None
        return right and kept is not None, newer


def usable_until(kept: str) -> datetime | None:
    """Until when a one-time password may be used; None for one that its person chose."""
    kind, _, rest = kept.partition("|")
    return datetime.fromisoformat(rest.partition("|")[0]) if kind == _ONCE else None


def new_password() -> str:
    """A random one, easy to read out: `xxxx-xxxx-xxxx` (60 bits)."""
    groups = ("".join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(3))
    return "-".join(groups)
