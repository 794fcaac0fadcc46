"""Who is there: one visit is one request by one person at one moment, in their language.

Every route declares one of `public`, `signed_in`, `for_roles(...)` or `program` as a dependency; a
test enumerates the routes and finds the one that declares nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import NoReturn, cast
from urllib.parse import quote, unquote

from fastapi import Request

from web import identity
from web.house import House
from web.settings import Language
from workflow.nouns import Actor
from workflow.people.organisation import Organisation, Person, Post
from workflow.ports.hospital import Hospital
from workflow.refusals import Code, Refusal, Refused, Sentence

LANGUAGE_COOKIE = "language"
#: Carries one sentence over a redirect, to the live region of the next page.
SAID_COOKIE = "said"
SAID_LENGTH = 300

NOT_FOR_YOU = Sentence(
    "此页面仅供{roles}使用，您目前没有这个岗位。",
    "This page is for {roles}; you hold no such post at present.",
)


class SignInFirst(Exception):
    """Nobody is signed in; `next` is where the person wanted to go (a path of our own)."""

    def __init__(self, next_: str) -> None:
        super().__init__()
        self.next = next_


class Denied(Exception):
    """The answer to a request that may not happen: every reason, told as a page, a part or JSON."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code.value)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Guest:
    """A request by nobody in particular: what public pages know."""

    house: House
    language: Language
    now: datetime
    htmx: bool
    target: str
    path: str
    address: str
    request_id: str
    said: str = ""

    @property
    def person(self) -> None:
        """Nobody is signed in."""
        return

    def say(self, sentence: Sentence) -> str:
        """A sentence in the language of this visit."""
        return sentence.in_(self.language)


@dataclass(frozen=True, slots=True)
class Visit:
    """A request by somebody who is signed in.

    `now` is the one moment of the whole request. `htmx` tells whether a part is wanted and `target`
    for which element id; `path` is the address with its query; `session` names the session (or the
    API token). `said` is what the page before left for the live region of this one.
    """

    house: House
    person: Person
    language: Language
    now: datetime
    htmx: bool
    target: str
    path: str
    address: str
    request_id: str
    session: str
    hospital: Hospital
    said: str = ""

    @property
    def organisation(self) -> Organisation:
        """The people, posts and departments as of this request."""
        return self.hospital.organisation

    @property
    def today(self) -> date:
        """The day it is in the hospital."""
        return self.hospital.calendar.local_day(self.now)

    @property
    def posts(self) -> tuple[Post, ...]:
        """The posts that the person holds today."""
        return self.organisation.posts_of(self.person.id, self.today)

    @property
    def roles(self) -> frozenset[str]:
        """The roles that the person holds today, in whichever department."""
        return frozenset(post.role for post in self.posts)

    def actor(self, acting_for: str | None = None) -> Actor:
        """The person as the engine knows an actor; `acting_for` when they stand in for somebody."""
        return Actor(self.person.id, self.person.name, acting_for)

    def say(self, sentence: Sentence) -> str:
        """A sentence in the language of this visit."""
        return sentence.in_(self.language)


def house_of(request: Request) -> House:
    """The house that serves this request."""
    return cast(House, request.app.state.house)


def public(request: Request) -> Guest:
    """Declare a route that anybody may enter."""
    return replace(nobody(request), now=house_of(request).clock())


def nobody(request: Request) -> Guest:
    """What can be said of a request even when the store and the clock cannot be asked."""
    house = house_of(request)
    return Guest(
        house=house,
        language=language_of(request, house),
        now=datetime.min.replace(tzinfo=UTC),
        htmx=wants_part(request),
        target=request.headers.get("HX-Target", ""),
        path=path_of(request),
        address=address_of(request, house),
        request_id=request.scope.get("request_id", ""),
        said=said_before(request),
    )


def signed_in(request: Request) -> Visit:
    """Declare a route for people who are signed in. Raises SignInFirst."""
    house = house_of(request)
    now = house.clock()
    found = identity.recognise(house, request.cookies, now)
    if found is None:
        raise SignInFirst(path_of(request) if request.method == "GET" else "/")
    return visit_of(request, house, found.person, found.token_hash, now)


def looking_on(request: Request) -> Visit:
    """Declare a route that a page opens by itself for somebody who is signed in.

    It does not count as use of the session. Raises SignInFirst.
    """
    house = house_of(request)
    now = house.clock()
    found = identity.recognise(house, request.cookies, now, mark=False)
    if found is None:
        raise SignInFirst("/")
    return visit_of(request, house, found.person, found.token_hash, now)


def program(request: Request) -> Visit:
    """Declare a route for programs with a token of their own, or people who are signed in.

    A token that is shown and not good lets nobody in, whatever cookie comes along. Raises
    SignInFirst.
    """
    shown = request.headers.get("Authorization")
    if shown is None:
        return signed_in(request)
    house = house_of(request)
    scheme, _, secret = shown.partition(" ")
    known = house.store.door.token(identity.token_hash(secret.strip()))
    if known is None or scheme.lower() != "bearer":
        raise SignInFirst("/")
    return visit_of(request, house, known.person, f"token:{known.id}", house.clock())


def for_roles(*roles: str) -> Callable[[Request], Visit]:
    """Declare a route for holders of one of these roles. Raises SignInFirst, or Denied (403)."""

    def declared(request: Request) -> Visit:
        visit = signed_in(request)
        if visit.roles.isdisjoint(roles):
            _deny(visit, roles)
        return visit

    declared.roles = roles  # type: ignore[attr-defined]  # read by the test that enumerates the routes
    return declared


#: Finds out who is there, or raises.
Guard = Callable[[Request], object]


@dataclass(frozen=True, slots=True)
class Later:
    """Stands in a route's declaration for a guard that the route itself asks (see `routing`)."""

    guard: Guard

    async def __call__(self, request: Request) -> Request:
        """What the guard will be asked about."""
        return request


def declares(dependency: object) -> str | None:
    """What a dependency declares of who may enter; None when it is about something else."""
    if isinstance(dependency, Later):
        return declares(dependency.guard)
    if dependency in (public, signed_in, looking_on, program):
        return cast(Callable[..., object], dependency).__name__
    roles = getattr(dependency, "roles", None)
    return None if roles is None else f"for_roles:{','.join(sorted(roles))}"


def visit_of(request: Request, house: House, person: str, session: str, now: datetime) -> Visit:
    """The visit of somebody recognised. Raises SignInFirst when they may no longer enter."""
    hospital = house.store.readings.hospital()
    house.keep_up(hospital, now)
    known = hospital.organisation.people.get(person)
    if known is None or not known.active:
        raise SignInFirst("/")
    return Visit(
        house=house,
        person=known,
        language=language_of(request, house),
        now=now,
        htmx=wants_part(request),
        target=request.headers.get("HX-Target", ""),
        path=path_of(request),
        address=address_of(request, house),
        request_id=request.scope.get("request_id", ""),
        session=session,
        hospital=hospital,
        said=said_before(request),
    )


def _deny(visit: Visit, roles: tuple[str, ...]) -> NoReturn:
    names = [visit.house.role_name(role) for role in roles]
    because = Sentence(
        NOT_FOR_YOU.zh.format(roles="、".join(name.zh for name in names)),
        NOT_FOR_YOU.en.format(roles=", ".join(name.en for name in names)),
    )
    raise Denied(Refused.of([Refusal(Code.NOT_PERMITTED, because, rule="page", standing=True)]))


def language_of(request: Request, house: House) -> Language:
    """The language chosen in this browser, else the hospital's."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return "en" if chosen == "en" else "zh_CN" if chosen == "zh_CN" else house.settings.language


def said_before(request: Request) -> str:
    """The sentence that the page before left for this one."""
    return unquote(request.cookies.get(SAID_COOKIE, ""))[:SAID_LENGTH]


def wants_part(request: Request) -> bool:
    """Whether htmx asks for a part; boosted links and restored history need the whole page."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def path_of(request: Request) -> str:
    """The address of this request inside our own site, with its query."""
    path: str = request.scope["path"]
    query: str = request.scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def own_path(wanted: str, otherwise: str = "/") -> str:
    """`wanted` when it is a path of our own site, else `otherwise`: we send nobody elsewhere."""
    plain = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if plain and wanted.isprintable() and "\\" not in wanted else otherwise


def sign_in_address(next_: str) -> str:
    """The sign-in page that leads back to `next_`."""
    return "/sign-in" if next_ == "/" else f"/sign-in?next={quote(next_, safe='')}"


def address_of(request: Request, house: House) -> str:
    """The network address of the client; what a proxy claims counts only from a trusted one."""
    peer = request.client.host if request.client else ""
    trusted = house.settings.trusted_proxies
    if peer not in trusted:
        return peer
    claimed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    for hop in reversed([part for part in claimed if part]):
        if hop not in trusted:
            return hop
    return peer


def is_secure(request: Request, house: House) -> bool:
    """Whether cookies may travel by https only: as set, else as this request came."""
    if house.settings.cookie_secure is not None:
        return house.settings.cookie_secure
    peer = request.client.host if request.client else ""
    if peer in house.settings.trusted_proxies:
        return request.headers.get("X-Forwarded-Proto", request.scope["scheme"]) == "https"
    return bool(request.scope["scheme"] == "https")
