"""Signing in and staying so: tries that are counted, sessions that we keep and can end.

An unknown account and a wrong password take the same time and get the same sentence. The browser
holds a random token and the store its hash, so a copied database signs nobody in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from web.house import House
from web.live import Look, Watcher
from web.passwords import usable_until
from web.settings import Settings
from workflow.nouns import SYSTEM, Actor
from workflow.people.organisation import Person
from workflow.ports.doors import Session
from workflow.ports.house import Account, Deed, SaveAccount
from workflow.ports.store import Store
from workflow.refusals import Sentence
from workflow.service.noticing import Noticing

COOKIE = "qianpi_session"
#: Browsers keep a cookie of this name to one host, one path and https.
SECURE_COOKIE = "__Host-qianpi_session"

FAILURES = 5
#: A ward shares an address, so one address may fail more often than one account.
FAILURES_OF_ADDRESS = 50
LOCKED_FOR = timedelta(minutes=15)
#: A page view should not be a write: sessions are marked as used at most this often.
MARK_EVERY = timedelta(seconds=60)
LONGEST_PASSWORD = 256
SHORTEST_PASSWORD = 8

#: What is wrong with a form: the field, and why.
Problems = tuple[tuple[str, Sentence], ...]

#: The house's own ledger of who came, who failed to, and who left.
LEDGER = "sys:sign-in"

WRONG = Sentence(
    "账号或密码不正确，请核对后再试。连续输错 5 次，登录将暂停 15 分钟。",
    "The account or the password is wrong; please check and try again. "
    "After 5 wrong tries signing in pauses for 15 minutes.",
)
LOCKED = Sentence(
    "输错次数过多，登录已暂停，请约 15 分钟后再试；急用请联系管理员。",
    "Too many wrong tries: signing in is paused. Please try again in about 15 minutes, "
    "or turn to an administrator.",
)
WRONG_PRESENT = Sentence("当前密码不正确。", "The present password is wrong.")
TOO_SHORT = Sentence(
    "新密码至少 8 个字符，建议用几个词连成一句。",
    "The new password needs 8 characters or more; a few words in a row are best.",
)
TOO_LONG = Sentence("新密码最多 256 个字符。", "The new password may have at most 256 characters.")
TOO_EASY = Sentence(
    "新密码太容易猜到：不要用账号、姓名、医院名称或连续、重复的字符。",
    "The new password is too easy to guess: use no account, name or hospital, "
    "and no runs or repeated characters.",
)
NO_OTHER = Sentence("新密码与当前密码相同。", "The new password is the present one.")
EXPIRED = Sentence(
    "一次性密码已失效，请管理员重新发放。",
    "This one-time password is no longer good; ask an administrator for another.",
)
NOT_THE_SAME = Sentence("两次输入的新密码不一致。", "The two new passwords differ.")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Success: whose browser it is, and the token that its cookie will carry."""

    person: str
    token: str


@dataclass(frozen=True, slots=True)
class MustChoose:
    """The password is right and was for this once: its person has to choose their own."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A new password as it was typed: the present one, the wanted one, and that again."""

    present: str
    wanted: str
    again: str


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """No success; `because` is the same for an unknown account and a wrong password."""

    because: Sentence
    locked: bool = False


def token_hash(token: str) -> str:
    """What is kept of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(
    house: House, login: str, password: str, address: str, now: datetime
) -> SignedIn | MustChoose | TurnedAway:
    """Try to sign in. Success, failure and lock each leave a line in the house's ledger."""
    account = _judged(house, login, password, address, now)
    if isinstance(account, TurnedAway):
        return account
    until = usable_until(account.password_hash or "")
    if until is not None:
        return MustChoose() if now < until else TurnedAway(EXPIRED)
    return _welcome(house, account.person, address, now)


def choose_first_password(
    house: House, login: str, choice: Choice, address: str, now: datetime
) -> SignedIn | TurnedAway | Problems:
    """Put one's own password in the place of a one-time password, and sign in with it."""
    account = _judged(house, login, choice.present, address, now)
    if isinstance(account, TurnedAway):
        return account
    until = usable_until(account.password_hash or "")
    if until is None or now >= until:
        return TurnedAway(EXPIRED)
    person = house.store.readings.hospital().organisation.people[account.person]
    problems = _problems_of(house, person, choice)
    if problems:
        return problems
    _keep(house, person, account, choice.wanted, now)
    return _welcome(house, account.person, address, now)


def change_password(
    house: House, person: Person, session: str, choice: Choice, address: str, now: datetime
) -> Problems:
    """Change one's own password and end one's other sessions; or every problem, with its field."""
    account = house.store.house.account_of(person.id)
    judged = _judged(house, "" if account is None else account.login, choice.present, address, now)
    problems = _problems_of(house, person, choice)
    if isinstance(judged, TurnedAway):
        because = judged.because if judged.locked else WRONG_PRESENT
        return (("present", because), *problems)
    if problems:
        return problems
    _keep(house, person, judged, choice.wanted, now)
    house.store.door.end_sessions_of(person.id, now, but=session)
    return ()


def _judged(
    house: House, login: str, password: str, address: str, now: datetime
) -> Account | TurnedAway:
    """The account that this password opens; every try counts, for account and address."""
    door = house.store.door
    login = login.strip()[:100]
    with house.passwords.turn:
        for_login, for_address = door.failures(now - LOCKED_FOR, login=login, address=address)
        if for_login >= FAILURES or for_address >= FAILURES_OF_ADDRESS:
            _note(house, "sign_in_locked", None, address, now)
            return TurnedAway(LOCKED, locked=True)
        account = _usable(house, door.account(login))
        right, newer = house.passwords.verify(
            password[: LONGEST_PASSWORD + 1], None if account is None else account.password_hash
        )
        door.note_attempt(login, address, now, succeeded=right)
    if account is None or not right:
        _note(house, "sign_in_failed", None if account is None else account.person, address, now)
        return TurnedAway(WRONG)
    if newer is not None:
        account = replace(account, password_hash=newer)
        house.store.house.change(Deed(Actor(SYSTEM, SYSTEM), now), SaveAccount(account))
    return account


def _welcome(house: House, person: str, address: str, now: datetime) -> SignedIn:
    token = secrets.token_urlsafe(32)
    house.store.door.open_session(Session(token_hash(token), person, now, now, address))
    _note(house, "signed_in", person, address, now)
    return SignedIn(person, token)


def _keep(house: House, person: Person, account: Account, wanted: str, now: datetime) -> None:
    changed = replace(account, password_hash=house.passwords.hash(wanted))
    house.store.house.change(Deed(Actor(person.id, person.name), now), SaveAccount(changed))


def recognise(
    house: House, cookies: Mapping[str, str], now: datetime, *, mark: bool = True
) -> Session | None:
    """The session that a browser's cookie stands for, while it lasts.

    Without `mark`, this does not count as use: a page that only watches keeps no session alive.
    """
    token = cookies.get(SECURE_COOKIE) or cookies.get(COOKIE)
    session = house.store.door.session(token_hash(token)) if token else None
    if session is None or not is_alive(house.settings, session, now):
        return None
    if mark and now - session.seen_at >= MARK_EVERY:
        house.store.door.seen(session.token_hash, now)
    return session


def is_alive(settings: Settings, session: Session, now: datetime) -> bool:
    """Whether a session still counts: used lately, and not older than a shift."""
    return now - session.seen_at < timedelta(
        minutes=settings.session_idle_minutes
    ) and now - session.created_at < timedelta(hours=settings.session_hours)


def watching(
    store: Store, noticing: Noticing, settings: Settings, clock: Callable[[], datetime]
) -> Look:
    """How the unread notices of those who watch are counted, all with one look."""

    def look(watchers: Iterable[Watcher]) -> Mapping[Watcher, int]:
        now, hospital = clock(), store.readings.hospital()
        counts: dict[str, int] = {}
        alive: list[Watcher] = []
        for watcher in watchers:
            session = store.door.session(watcher.session)
            person = hospital.organisation.people.get(watcher.person)
            if session is None or not is_alive(settings, session, now):
                continue
            if person is not None and person.active and person.id not in counts:
                counts[person.id] = noticing.unread(person.id, hospital, now)
            alive.append(watcher)
        return {one: counts[one.person] for one in alive if one.person in counts}

    return look


def sign_out(house: House, session: str, person: str, address: str, now: datetime) -> None:
    """End a session on every server at once, with a ledger line."""
    house.store.door.end_session(session, now)
    _note(house, "signed_out", person, address, now)


def _problems_of(house: House, person: Person, choice: Choice) -> Problems:
    problems = _weaknesses(house, person, choice.wanted)
    if choice.wanted == choice.present:
        problems = (("wanted", NO_OTHER),)
    if choice.wanted != choice.again:
        problems = (*problems, ("again", NOT_THE_SAME))
    return problems


def _weaknesses(house: House, person: Person, wanted: str) -> Problems:
    if len(wanted) < SHORTEST_PASSWORD:
        return (("wanted", TOO_SHORT),)
    if len(wanted) > LONGEST_PASSWORD:
        return (("wanted", TOO_LONG),)
    plain = wanted.casefold()
    guessable = (person.id, person.name, house.settings.hospital_name, "qianpi", "password", "签批")
    rest = plain
    for word in guessable:
        rest = rest.replace(word.casefold(), "")
    runs = {ord(after) - ord(before) for before, after in pairwise(plain)}
    if len(rest) < 4 or len(runs) == 1:
        return (("wanted", TOO_EASY),)
    return ()


def _usable(house: House, account: Account | None) -> Account | None:
    """An account that may sign in: its person works here, and it has a password."""
    if account is None or account.password_hash is None:
        return None
    person = house.store.readings.hospital().organisation.people.get(account.person)
    return account if person is not None and person.active else None


def _note(house: House, event: str, person: str | None, address: str, now: datetime) -> None:
    # A name that nobody bears is not kept: people type passwords into the wrong field.
    name = (
        "" if person is None else house.store.readings.hospital().organisation.person_name(person)
    )
    by = Actor(SYSTEM, SYSTEM) if person is None else Actor(person, name)
    house.store.house.record(Deed(by, now), event, {"address": address}, stream=LEDGER)
