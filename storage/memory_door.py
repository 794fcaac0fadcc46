"""The door and the desk in memory: sessions and tries, unsent forms and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from storage.memory_tables import Attempt, Tables, add
from workflow.nouns import Notice
from workflow.ports.doors import Session, UnsentForm
from workflow.ports.house import Account, ApiToken

#: Opens a layer to write in; leaving it without an error keeps what was written.
Layer = Callable[[], AbstractContextManager[Tables]]


class MemoryDoor:
    """See `workflow.ports.doors.Door`."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer

    def account(self, login: str) -> Account | None:
        """The account with this login."""
        with self._layer() as now:
            return next((each for each in now.accounts.values() if each.login == login), None)

    def token(self, token_hash: str) -> ApiToken | None:
        """The key with this hash, unless it was revoked."""
        with self._layer() as now:
            found = (each for each in now.tokens.values() if each.token_hash == token_hash)
            return next((each for each in found if each.revoked_at is None), None)

    def open_session(self, session: Session) -> None:
        """Somebody has signed in."""
        with self._layer() as now:
            now.sessions[session.token_hash] = (session, None)

    def session(self, token_hash: str) -> Session | None:
        """The session with this token, unless it ended."""
        with self._layer() as now:
            session, ended_at = now.sessions.get(token_hash, (None, None))
            return session if ended_at is None else None

    def seen(self, token_hash: str, at: datetime) -> None:
        """Somebody did something in a session."""
        with self._layer() as now:
            if token_hash in now.sessions:
                session, ended_at = now.sessions[token_hash]
                now.sessions[token_hash] = (replace(session, seen_at=at), ended_at)

    def end_session(self, token_hash: str, at: datetime) -> None:
        """End one session; one that has ended stays as it is."""
        with self._layer() as now:
            session, ended_at = now.sessions.get(token_hash, (None, None))
            if session is not None and ended_at is None:
                now.sessions[token_hash] = (session, at)

    def end_sessions_of(self, person: str, at: datetime, *, but: str | None = None) -> int:
        """End all sessions of a person but one; how many ended."""
        with self._layer() as now:
            open_ones = [each for each in _sessions_of(now, person) if each.token_hash != but]
            for session in open_ones:
                now.sessions[session.token_hash] = (session, at)
            return len(open_ones)

    def sessions_of(self, person: str) -> Sequence[Session]:
        """Where a person is signed in, the newest first."""
        with self._layer() as now:
            return _sessions_of(now, person)

    def note_attempt(self, login: str, address: str, at: datetime, *, succeeded: bool) -> None:
        """Remember a try to sign in."""
        with self._layer() as now:
            add(now.attempts, "", Attempt(login, address, at, succeeded))

    def failures(self, since: datetime, *, login: str, address: str) -> tuple[int, int]:
        """Failed tries since then: for this login after its last success, and from this address."""
        with self._layer() as now:
            tries = [each for each in now.attempts.get("", ()) if each.at >= since]
        for_login = 0
        for each in (each for each in tries if each.login == login):
            for_login = 0 if each.succeeded else for_login + 1
        return for_login, sum(each.address == address and not each.succeeded for each in tries)


class MemoryDesk:
    """See `workflow.ports.doors.Desk`."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer

    def keep_unsent(self, form: UnsentForm) -> None:
        """Keep what somebody typed, in place of what they typed before."""
        with self._layer() as now:
            now.unsent[form.person, form.process] = form

    def unsent(self, person: str, process: str) -> UnsentForm | None:
        """What somebody typed and has not sent."""
        with self._layer() as now:
            return now.unsent.get((person, process))

    def unsent_of(self, person: str) -> Sequence[UnsentForm]:
        """All that somebody has not sent, the newest first."""
        with self._layer() as now:
            forms = [form for form in now.unsent.values() if form and form.person == person]
        return sorted(forms, key=lambda form: (form.updated_at, form.process), reverse=True)

    def drop_unsent(self, person: str, process: str) -> None:
        """It was sent, or shall be forgotten."""
        with self._layer() as now:
            now.unsent[person, process] = None

    def keep_file(self, content: bytes, at: datetime) -> str:
        """Keep bytes before the decision that names them; gives their `Attachment.digest`."""
        digest = sha256(content).hexdigest()
        with self._layer() as now:
            now.files[digest] = (content, at)
        return digest

    def drop_files(self, before: datetime) -> int:
        """Let go of bytes kept before then that no attachment names; how many."""
        with self._layer() as now:
            named = {each.digest for many in now.attachments.values() for each in many}
            old = [
                digest
                for digest, kept in now.files.items()
                if kept is not None and kept[1] < before and digest not in named
            ]
            for digest in old:
                now.files[digest] = None
            return len(old)

    def read_notices(self, person: str, until: datetime) -> None:
        """The person has read what was sent up to then."""
        with self._layer() as now:
            now.notices_read[person] = until

    def notices_read_until(self, person: str) -> datetime | None:
        """Up to when the person has read."""
        with self._layer() as now:
            return now.notices_read.get(person)

    def mark_read(self, person: str, notices: Sequence[Notice], at: datetime) -> None:
        """The person has read these; what they had read before keeps its moment."""
        with self._layer() as now:
            for notice in notices:
                if (person, notice.id) not in now.notices_seen:
                    now.notices_seen[person, notice.id] = (notice.case, at)

    def choose(self, person: str, choice: Mapping[str, object]) -> None:
        """Keep how a person wants to be told."""
        with self._layer() as now:
            now.notice_choices[person] = dict(choice)

    def choices(self, people: Sequence[str]) -> Mapping[str, Mapping[str, object]]:
        """What those of them have chosen who have."""
        with self._layer() as now:
            kept = now.notice_choices
            return {person: kept[person] for person in people if person in kept}


def _sessions_of(now: Tables, person: str) -> list[Session]:
    found = [
        session
        for session, ended_at in now.sessions.values()
        if session.person == person and ended_at is None
    ]
    return sorted(found, key=lambda session: session.created_at, reverse=True)
