"""Who is signed in, and what they have typed but not sent; no ledger tells of either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflow.nouns import Notice
from workflow.ports.house import Account, ApiToken


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. Only the SHA-256 of its token is kept."""

    token_hash: str
    person: str
    created_at: datetime
    seen_at: datetime
    address: str


class Door(Protocol):
    """Who comes in: accounts, sessions and tries."""

    def account(self, login: str) -> Account | None: ...
    def token(self, token_hash: str) -> ApiToken | None:
        """The key with this hash, unless it was revoked."""
        ...

    def open_session(self, session: Session) -> None: ...
    def session(self, token_hash: str) -> Session | None:
        """The session with this token, unless it ended. When it is too old is the caller's rule."""
        ...

    def seen(self, token_hash: str, at: datetime) -> None: ...
    def end_session(self, token_hash: str, at: datetime) -> None: ...
    def end_sessions_of(self, person: str, at: datetime, *, but: str | None = None) -> int:
        """End all sessions of a person, but one (a token hash) if asked; how many ended."""
        ...

    def sessions_of(self, person: str) -> Sequence[Session]: ...
    def note_attempt(self, login: str, address: str, at: datetime, *, succeeded: bool) -> None: ...
    def failures(self, since: datetime, *, login: str, address: str) -> tuple[int, int]:
        """Failed tries since then: for this login after its last success, and from this address."""
        ...


@dataclass(frozen=True, slots=True)
class UnsentForm:
    """What somebody typed and has not sent. `process` is any text that tells their forms apart."""

    person: str
    process: str
    answers: Mapping[str, object]
    updated_at: datetime


class Desk(Protocol):
    """What people leave lying: unsent forms, files that no case names yet, how far they read."""

    def keep_unsent(self, form: UnsentForm) -> None: ...
    def unsent(self, person: str, process: str) -> UnsentForm | None: ...
    def unsent_of(self, person: str) -> Sequence[UnsentForm]:
        """All of them, the newest first."""
        ...

    def drop_unsent(self, person: str, process: str) -> None: ...
    def keep_file(self, content: bytes, at: datetime) -> str:
        """Keep bytes before the decision that names them; gives their `Attachment.digest`."""
        ...

    def drop_files(self, before: datetime) -> int:
        """Let go of bytes kept before then that no attachment names; how many."""
        ...

    def read_notices(self, person: str, until: datetime) -> None:
        """The person has read what was sent up to then."""
        ...

    def notices_read_until(self, person: str) -> datetime | None: ...
    def mark_read(self, person: str, notices: Sequence[Notice], at: datetime) -> None:
        """The person has read these; what they had read before keeps its moment."""
        ...

    def choose(self, person: str, choice: Mapping[str, object]) -> None:
        """Keep how a person wants to be told; of "" it is the hospital's default."""
        ...

    def choices(self, people: Sequence[str]) -> Mapping[str, Mapping[str, object]]:
        """What those of them have chosen who have."""
        ...
