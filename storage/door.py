"""The door and the desk in a database: sessions and tries, unsent forms and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Delete,
    Select,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    not_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ClauseElement

from storage import statements as s
from storage.database import Database
from storage.house import ACCOUNT_COLUMNS, TOKEN_COLUMNS, account_of, token_of
from storage.mapping import Line, json_text, maybe_moment
from storage.wire import Book, Make, Step
from storage.wires import wire_to
from workflow.ledger import moment_of, moment_text
from workflow.nouns import Notice
from workflow.ports.doors import Session, UnsentForm
from workflow.ports.house import Account, ApiToken

_SESSION_COLUMNS = ("token_hash", "person", "created_at", "seen_at", "address")
_UNSENT_COLUMNS = ("person", "process", "answers", "updated_at")


class _OnWire:
    """Runs statements, each question and each writing in a transaction of its own."""

    def __init__(self, database: Database, book: Book) -> None:
        self._database = database
        self._book = book

    def _lines(self, make: Make, *values: object) -> list[Line]:
        with wire_to(self._database, self._book, writes=False, once=True) as wire:
            return wire.lines(make, values)

    def _line(self, make: Make, *values: object) -> Line | None:
        found = self._lines(make, *values)
        return found[0] if found else None

    def _run(self, make: Make, *values: object) -> int:
        with wire_to(self._database, self._book, writes=True) as wire:
            (touched,) = wire.together(Step(make, values))
            wire.commit()
        return touched


class DatabaseDoor(_OnWire):
    """See `workflow.ports.doors.Door`."""

    def account(self, login: str) -> Account | None:
        """The account with this login."""
        line = self._line(_account, login)
        return None if line is None else account_of(line)

    def token(self, token_hash: str) -> ApiToken | None:
        """The key with this hash, unless it was revoked."""
        line = self._line(_token, token_hash)
        return None if line is None else token_of(line)

    def open_session(self, session: Session) -> None:
        """Somebody has signed in."""
        at, seen_at = moment_text(session.created_at), moment_text(session.seen_at)
        values = (session.token_hash, session.person, at, seen_at, session.address)
        self._run(_INSERT_SESSION, *values)

    def session(self, token_hash: str) -> Session | None:
        """The session with this token, unless it ended."""
        line = self._line(_session, token_hash)
        return None if line is None else _session_of(line)

    def seen(self, token_hash: str, at: datetime) -> None:
        """Somebody did something in a session."""
        self._run(_SEEN, moment_text(at), token_hash)

    def end_session(self, token_hash: str, at: datetime) -> None:
        """End one session; one that has ended stays as it is."""
        self._run(_END_SESSION, moment_text(at), token_hash)

    def end_sessions_of(self, person: str, at: datetime, *, but: str | None = None) -> int:
        """End all sessions of a person but one; how many ended."""
        return self._run(_END_SESSIONS, moment_text(at), person, but or "")

    def sessions_of(self, person: str) -> Sequence[Session]:
        """Where a person is signed in, the newest first."""
        return [_session_of(line) for line in self._lines(_sessions, person)]

    def note_attempt(self, login: str, address: str, at: datetime, *, succeeded: bool) -> None:
        """Remember a try to sign in."""
        self._run(_INSERT_ATTEMPT, login, address, moment_text(at), succeeded)

    def failures(self, since: datetime, *, login: str, address: str) -> tuple[int, int]:
        """Failed tries since then: for this login after its last success, and from this address."""
        with wire_to(self._database, self._book, writes=False) as wire:
            given = {"login": login, "address": address, "since": moment_text(since)}
            steps = (wire.by_name(_failures_for_login, given), wire.by_name(_failures_from, given))
            (((for_login,),), ((from_address,),)) = wire.gather(*steps)
        return for_login, from_address


class DatabaseDesk(_OnWire):
    """See `workflow.ports.doors.Desk`."""

    def keep_unsent(self, form: UnsentForm) -> None:
        """Keep what somebody typed, in place of what they typed before."""
        answers, at = json_text(dict(form.answers)), moment_text(form.updated_at)
        self._run(_PUT_UNSENT, form.person, form.process, answers, at)

    def unsent(self, person: str, process: str) -> UnsentForm | None:
        """What somebody typed and has not sent."""
        line = self._line(_UNSENT, person, process)
        return None if line is None else _unsent_of(line)

    def unsent_of(self, person: str) -> Sequence[UnsentForm]:
        """All that somebody has not sent, the newest first."""
        return [_unsent_of(line) for line in self._lines(_unsent_forms, person)]

    def drop_unsent(self, person: str, process: str) -> None:
        """It was sent, or shall be forgotten."""
        self._run(_DROP_UNSENT, person, process)

    def keep_file(self, content: bytes, at: datetime) -> str:
        """Keep bytes before the decision that names them; gives their `Attachment.digest`."""
        digest = sha256(content).hexdigest()
        self._run(_PUT_FILE, digest, content, moment_text(at))
        return digest

    def drop_files(self, before: datetime) -> int:
        """Let go of bytes kept before then that no attachment names; how many."""
        return self._run(_drop_files, moment_text(before))

    def read_notices(self, person: str, until: datetime) -> None:
        """The person has read what was sent up to then."""
        self._run(_PUT_READ, person, moment_text(until))

    def notices_read_until(self, person: str) -> datetime | None:
        """Up to when the person has read."""
        line = self._line(_read_until, person)
        return None if line is None else maybe_moment(line[0])

    def mark_read(self, person: str, notices: Sequence[Notice], at: datetime) -> None:
        """The person has read these; what they had read before keeps its moment."""
        lines = [(person, notice.id, notice.case, moment_text(at)) for notice in notices]
        with wire_to(self._database, self._book, writes=True) as wire:
            wire.together(Step(_INSERT_SEEN, lines, many=True))
            wire.commit()

    def choose(self, person: str, choice: Mapping[str, object]) -> None:
        """Keep how a person wants to be told."""
        self._run(_PUT_CHOICE, person, json_text(dict(choice)))

    def choices(self, people: Sequence[str]) -> Mapping[str, Mapping[str, object]]:
        """What those of them have chosen who have."""
        if not people:
            return {}
        with wire_to(self._database, self._book, writes=False) as wire:
            named = {f"person_{n}": person for n, person in enumerate(people)}
            step = wire.by_name(_Choices(len(people)), named)
            lines = wire.lines(step.make, step.values)
        return {person: orjson.loads(choice) for person, choice in lines}


def _session_of(line: Line) -> Session:
    token_hash, person, created_at, seen_at, address = line
    return Session(token_hash, person, moment_of(created_at), moment_of(seen_at), address)


def _unsent_of(line: Line) -> UnsentForm:
    return UnsentForm(line[0], line[1], orjson.loads(line[2]), moment_of(line[3]))


# ---- statements ----------------------------------------------------------------------------------


class _Ordered:
    """A statement that takes its values in `order`."""

    def __init__(self, make: Make, *order: str) -> None:
        self._make = make
        self.order = order

    def __call__(self) -> ClauseElement:
        return self._make()


_INSERT_SESSION = s.Insert(s.SESSION, _SESSION_COLUMNS)
_INSERT_ATTEMPT = s.Insert(s.LOGIN_ATTEMPT, ("login", "address", "at", "succeeded"))
_PUT_UNSENT = s.Put(s.UNSENT_FORM, _UNSENT_COLUMNS, ("person", "process"))
_PUT_FILE = s.Put(s.FILE, ("digest", "content", "kept_at"), ("digest",))
_PUT_READ = s.Put(s.NOTICE_READ, ("person", "until"), ("person",))
_PUT_CHOICE = s.Put(s.NOTICE_CHOICE, ("person", "choice"), ("person",))


class _InsertSeen:
    """A read mark, unless there is one."""

    order = ("person", "notice", "case_id", "at")

    def __call__(self) -> ClauseElement:
        new = postgresql.insert(s.NOTICE_SEEN).inline()
        new = new.values({name: bindparam(name) for name in self.order})
        return new.on_conflict_do_nothing(index_elements=["person", "notice"])


_INSERT_SEEN = _InsertSeen()


@dataclass(frozen=True, slots=True)
class _Choices:
    """What so many people have chosen."""

    people: int

    def __call__(self) -> ClauseElement:
        choice = s.NOTICE_CHOICE
        named: list[ColumnElement[str]] = [bindparam(f"person_{n}") for n in range(self.people)]
        return select(choice.c.person, choice.c.choice).where(choice.c.person.in_(named))


def _account() -> Select[Any]:
    account = s.ACCOUNT
    return select(*s.of(account, ACCOUNT_COLUMNS)).where(account.c.login == bindparam("it"))


def _token() -> Select[Any]:
    token = s.API_TOKEN
    found = select(*s.of(token, TOKEN_COLUMNS)).where(token.c.token_hash == bindparam("it"))
    return found.where(token.c.revoked_at.is_(None))


def _open_sessions() -> Select[Any]:
    return select(*s.of(s.SESSION, _SESSION_COLUMNS)).where(s.SESSION.c.ended_at.is_(None))


def _session() -> Select[Any]:
    return _open_sessions().where(s.SESSION.c.token_hash == bindparam("it"))


def _sessions() -> Select[Any]:
    found = _open_sessions().where(s.SESSION.c.person == bindparam("it"))
    return found.order_by(s.SESSION.c.created_at.desc())


def _seen() -> Update:
    session = update(s.SESSION).where(s.SESSION.c.token_hash == bindparam("it"))
    return session.values(seen_at=bindparam("seen_at"))


def _ended() -> Update:
    open_ones = update(s.SESSION).where(s.SESSION.c.ended_at.is_(None))
    return open_ones.values(ended_at=bindparam("ended_at"))


def _end_session() -> Update:
    return _ended().where(s.SESSION.c.token_hash == bindparam("it"))


def _end_sessions() -> Update:
    session = s.SESSION.c
    return _ended().where(session.person == bindparam("it"), session.token_hash != bindparam("but"))


_SEEN = _Ordered(_seen, "seen_at", "it")
_END_SESSION = _Ordered(_end_session, "ended_at", "it")
_END_SESSIONS = _Ordered(_end_sessions, "ended_at", "it", "but")


def _failed(*of_whom: ColumnElement[bool]) -> Select[Any]:
    attempt = s.LOGIN_ATTEMPT.c
    since = attempt.at >= bindparam("since")
    failed = attempt.succeeded.is_(false())
    return select(func.count()).where(since, failed, *of_whom)


def _failures_for_login() -> Select[Any]:
    attempt, later = s.LOGIN_ATTEMPT.c, s.LOGIN_ATTEMPT.alias("later")
    success_after = exists().where(
        later.c.login == attempt.login, later.c.no > attempt.no, later.c.succeeded
    )
    return _failed(attempt.login == bindparam("login"), not_(success_after))


def _failures_from() -> Select[Any]:
    return _failed(s.LOGIN_ATTEMPT.c.address == bindparam("address"))


def _of_form(person: str, process: str) -> ColumnElement[bool]:
    form = s.UNSENT_FORM.c
    return and_(form.person == bindparam(person), form.process == bindparam(process))


def _unsent() -> Select[Any]:
    return select(*s.of(s.UNSENT_FORM, _UNSENT_COLUMNS)).where(_of_form("it", "process_of_it"))


def _drop_unsent() -> Delete:
    return delete(s.UNSENT_FORM).where(_of_form("it", "process_of_it"))


_UNSENT = _Ordered(_unsent, "it", "process_of_it")
_DROP_UNSENT = _Ordered(_drop_unsent, "it", "process_of_it")


def _unsent_forms() -> Select[Any]:
    form = s.UNSENT_FORM
    found = select(*s.of(form, _UNSENT_COLUMNS)).where(form.c.person == bindparam("it"))
    return found.order_by(form.c.updated_at.desc(), form.c.process.desc())


def _drop_files() -> Delete:
    named = exists().where(s.ATTACHMENT.c.digest == s.FILE.c.digest)
    return delete(s.FILE).where(s.FILE.c.kept_at < bindparam("before"), not_(named))


def _read_until() -> Select[Any]:
    return select(s.NOTICE_READ.c.until).where(s.NOTICE_READ.c.person == bindparam("it"))
