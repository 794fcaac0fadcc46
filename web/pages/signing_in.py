"""Coming in and going out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from web import identity
from web.rendering import onward, page
from web.visit import Guest, Visit, is_secure, own_path, public, signed_in

router = APIRouter()

#: How many demonstration accounts the sign-in page names; the rest are one of the same kind.
SHOWN = 12


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """An account of the demonstration, as the sign-in page offers it."""

    login: str
    name: str
    post: str


@dataclass(frozen=True, slots=True)
class SignInView:
    """The form with what was typed, but never the password."""

    next: str
    login: str = ""
    problem: str = ""
    demonstration: tuple[DemonstrationAccount, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstPasswordView:
    """The form for one's own first password."""

    next: str
    login: str
    problems: tuple[tuple[str, str], ...] = ()


def choice_of(
    present: Annotated[str, Form(max_length=1000)] = "",
    wanted: Annotated[str, Form(max_length=1000)] = "",
    again: Annotated[str, Form(max_length=1000)] = "",
) -> identity.Choice:
    """The three fields of a new password."""
    return identity.Choice(present, wanted, again)


@router.get("/sign-in")
def show_sign_in(
    visit: Annotated[Guest, Depends(public)], next_: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """The form."""
    return page(visit, "sign-in.html", SignInView(own_path(next_), demonstration=_accounts(visit)))


@router.post("/sign-in")
def sign_in(
    request: Request,
    visit: Annotated[Guest, Depends(public)],
    login: Annotated[str, Form(max_length=1000)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next_: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Check, and send on to where the person wanted to go."""
    result = identity.sign_in(visit.house, login, password, visit.address, visit.now)
    if isinstance(result, identity.MustChoose):
        return page(visit, "first-password.html", FirstPasswordView(own_path(next_), login.strip()))
    if isinstance(result, identity.TurnedAway):
        view = SignInView(own_path(next_), login[:100], visit.say(result.because), _accounts(visit))
        return page(visit, "sign-in.html", view, status=_status(result))
    return _welcome(request, visit, result, next_)


@router.post("/first-password")
def choose_first_password(
    request: Request,
    visit: Annotated[Guest, Depends(public)],
    choice: Annotated[identity.Choice, Depends(choice_of)],
    login: Annotated[str, Form(max_length=1000)] = "",
    next_: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Take a one-time password and the person's own in its place."""
    result = identity.choose_first_password(visit.house, login, choice, visit.address, visit.now)
    if isinstance(result, identity.SignedIn):
        return _welcome(request, visit, result, next_)
    if isinstance(result, identity.TurnedAway):
        told: identity.Problems = (("present", result.because),)
        status = _status(result)
    else:
        told, status = result, 422
    problems = tuple((field, visit.say(because)) for field, because in told)
    view = FirstPasswordView(own_path(next_), login[:100], problems)
    return page(visit, "first-password.html", view, status=status)


def _status(result: identity.TurnedAway) -> int:
    return 429 if result.locked else 403


def _welcome(request: Request, visit: Guest, result: identity.SignedIn, next_: str) -> Response:
    """Hand the browser its token; a session that stood there before is ended."""
    house = visit.house
    before = identity.recognise(house, request.cookies, visit.now)
    if before is not None:
        identity.sign_out(house, before.token_hash, before.person, visit.address, visit.now)
    answer = onward(own_path(next_), htmx=visit.htmx)
    secure = is_secure(request, house)
    answer.set_cookie(
        identity.SECURE_COOKIE if secure else identity.COOKIE,
        result.token,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    return answer


@router.post("/sign-out")
def sign_out(visit: Annotated[Visit, Depends(signed_in)]) -> Response:
    """End this session here and in the store."""
    identity.sign_out(visit.house, visit.session, visit.person.id, visit.address, visit.now)
    return forget(onward("/sign-in", htmx=visit.htmx))


def forget(answer: Response) -> Response:
    """Let the browser drop its cookie and whatever it kept of our pages."""
    answer.delete_cookie(identity.COOKIE, path="/", httponly=True, samesite="lax")
    answer.delete_cookie(
        identity.SECURE_COOKIE, path="/", secure=True, httponly=True, samesite="lax"
    )
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _accounts(visit: Guest) -> tuple[DemonstrationAccount, ...]:
    if not visit.house.demonstration:
        return ()
    hospital = visit.house.store.readings.hospital()
    today = hospital.calendar.local_day(visit.now)
    organisation = hospital.organisation
    shown = []
    for account in visit.house.store.house.accounts():
        posts = organisation.posts_of(account.person, today)
        # The accounts that are named after a role come first to mind; the rest work all the same.
        if account.demonstration and any(post.role == account.login for post in posts):
            post = next(post for post in posts if post.role == account.login)
            words = (
                f"{organisation.department_name(post.department)} "
                f"{visit.say(visit.house.role_name(post.role))}"
            )
            name = organisation.person_name(account.person)
            shown.append(DemonstrationAccount(account.login, name, words))
    return tuple(shown)
