"""Who I am here: posts, where I am signed in, language, password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from web import identity
from web.pages.signing_in import choice_of, forget
from web.presenters.frame import LANGUAGES, Holding, holdings
from web.presenters.words import moment_words, short_day
from web.rendering import go, onward, page
from web.routing import PageRoute
from web.visit import Visit, signed_in
from workflow.refusals import Sentence

router = APIRouter(route_class=PageRoute)

ENDED = Sentence("该处登录已结束。", "That sign-in has ended.")
CHANGED = Sentence(
    "密码已修改，其他设备上的登录已结束。",
    "The password is changed; other sign-ins of yours have ended.",
)


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One browser that is signed in; `id` tells mine apart and is of no use to others."""

    id: str
    address: str
    since: str
    seen: str
    here: bool


@dataclass(frozen=True, slots=True)
class StandingIn:
    """Somebody for whom I may act, and until when."""

    name: str
    until: str


@dataclass(frozen=True, slots=True)
class MeView:
    """The page about me."""

    name: str
    login: str
    posts: tuple[Holding, ...]
    standing_in: tuple[StandingIn, ...]
    sessions: tuple[SessionLine, ...]
    idle_minutes: int
    hours: int
    languages: tuple[tuple[str, str], ...]
    problems: tuple[tuple[str, str], ...] = ()


@router.get("/me")
def show_me(visit: Annotated[Visit, Depends(signed_in)]) -> Response:
    """The page."""
    return page(visit, "me.html", _view(visit))


@router.post("/me/sessions/{session}/end")
def end_session(session: str, visit: Annotated[Visit, Depends(signed_in)]) -> Response:
    """End one of my sessions; one that is not mine or gone is no news."""
    for mine in visit.house.store.door.sessions_of(visit.person.id):
        if _short(mine.token_hash) == session:
            identity.sign_out(
                visit.house, mine.token_hash, visit.person.id, visit.address, visit.now
            )
            if mine.token_hash == visit.session:
                return forget(onward("/sign-in", htmx=visit.htmx))
    return go(visit, "/me", announce=visit.say(ENDED))


@router.post("/me/password")
def change_password(
    visit: Annotated[Visit, Depends(signed_in)],
    choice: Annotated[identity.Choice, Depends(choice_of)],
) -> Response:
    """Change my password; nothing that was typed is shown again."""
    problems = identity.change_password(
        visit.house, visit.person, visit.session, choice, visit.address, visit.now
    )
    if problems:
        view = _view(visit, tuple((field, visit.say(because)) for field, because in problems))
        return page(visit, "me.html", view, status=422, parts=("my-password",))
    return go(visit, "/me", announce=visit.say(CHANGED))


def _view(visit: Visit, problems: tuple[tuple[str, str], ...] = ()) -> MeView:
    house = visit.house
    account = house.store.house.account_of(visit.person.id)
    return MeView(
        name=visit.person.name,
        login="" if account is None else account.login,
        posts=holdings(visit),
        standing_in=tuple(
            StandingIn(
                visit.organisation.person_name(delegation.principal),
                short_day(delegation.end, visit.today, visit.language),
            )
            for delegation in visit.organisation.principals_of(visit.person.id, visit.today)
        ),
        sessions=tuple(
            SessionLine(
                _short(session.token_hash),
                session.address,
                _moment(visit, session.created_at),
                _moment(visit, session.seen_at),
                session.token_hash == visit.session,
            )
            for session in house.store.door.sessions_of(visit.person.id)
            if identity.is_alive(house.settings, session, visit.now)
        ),
        idle_minutes=house.settings.session_idle_minutes,
        hours=house.settings.session_hours,
        languages=LANGUAGES,
        problems=problems,
    )


def _moment(visit: Visit, at: datetime) -> str:
    return moment_words(at, visit.now, visit.language, visit.hospital.calendar)


def _short(token_hash: str) -> str:
    return token_hash[:16]
