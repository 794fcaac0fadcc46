"""Coming in and going out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from web import identity
from web.rendering import onward, page
from web.routing import PageRoute
from web.visit import Guest, Visit, is_secure, own_path, public, signed_in

router = APIRouter(route_class=PageRoute)

#: The demonstration accounts that come to mind first, in the order in which a case meets them.
FIRST = (
    "clinician",
    "dept_head",
    "finance_officer",
    "medins_officer",
    "vice_president",
    "admission_clerk",
    "ward_nurse",
    "attending_doctor",
    "discharge_clerk",
    "admin",
    "auditor",
)


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """An account of the demonstration, as the sign-in page offers it."""

    login: str
    name: str
    department: str
    role: str


@dataclass(frozen=True, slots=True)
class SignInView:
    """The form with what was typed, but never the password."""

    next: str
    login: str = ""
    problem: str = ""
    demonstration: tuple[DemonstrationAccount, ...] = ()

    @property
    def first(self) -> tuple[DemonstrationAccount, ...]:
        """Those that come to mind first."""
        return tuple(one for one in self.demonstration if one.login in FIRST)

    @property
    def others(self) -> tuple[DemonstrationAccount, ...]:
        """The rest."""
        return tuple(one for one in self.demonstration if one.login not in FIRST)


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
    visit: Annotated[Guest, Depends(public)],
    next_: Annotated[str, Query(alias="next")] = "/",
    login: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The form; a link may have named the account already."""
    view = SignInView(own_path(next_), login, demonstration=_accounts(visit))
    return page(visit, "sign-in.html", view)


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
    # Our pages are in no cache: only what a page may have kept has to go.
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


def _accounts(visit: Guest) -> tuple[DemonstrationAccount, ...]:
    """The demonstration accounts that are named after a role of their person; the rest work too."""
    house = visit.house
    if not house.demonstration:
        return ()
    hospital = house.store.readings.hospital()
    today = hospital.calendar.local_day(visit.now)
    organisation = hospital.organisation
    shown = [
        DemonstrationAccount(
            account.login,
            organisation.person_name(account.person),
            organisation.department_name(post.department),
            visit.say(house.role_name(post.role)),
        )
        for account in house.store.house.accounts()
        if account.demonstration
        for post in organisation.posts_of(account.person, today)
        if post.role == account.login
    ]
    order = {login: place for place, login in enumerate(FIRST)}
    return tuple(sorted(shown, key=lambda one: order.get(one.login, len(order))))
