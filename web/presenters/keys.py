"""Keys for programs in words: which program, as whom, since when, and whether it still works."""

from __future__ import annotations

from dataclasses import dataclass

from web.presenters.office import Posted
from web.presenters.staff import Choice
from web.presenters.words import full_moment
from web.visit import Visit
from workflow.ports.house import ApiToken


@dataclass(frozen=True, slots=True)
class TokenLine:
    """One key; never its secret."""

    id: str
    name: str
    person: str
    since: str
    taken_back: str


@dataclass(frozen=True, slots=True)
class TokensView:
    """The page of keys. `secret` is the new one, shown this once."""

    tokens: tuple[TokenLine, ...]
    people: tuple[Choice, ...]
    secret: str
    posted: Posted


def tokens_view(
    visit: Visit, tokens: tuple[ApiToken, ...], posted: Posted, secret: str = ""
) -> TokensView:
    """All keys, those that work first, the newest first."""
    ordered = sorted(tokens, key=lambda one: one.created_at, reverse=True)
    ordered.sort(key=lambda one: one.revoked_at is not None)
    people = [one for one in visit.organisation.people.values() if one.active]
    people.sort(key=lambda one: one.name)
    chosen = posted.value("token", "person")
    return TokensView(
        tokens=tuple(_line(visit, one) for one in ordered),
        people=tuple(Choice(one.id, f"{one.name} {one.id}", one.id == chosen) for one in people),
        secret=secret,
        posted=posted,
    )


def _line(visit: Visit, one: ApiToken) -> TokenLine:
    calendar = visit.hospital.calendar
    return TokenLine(
        id=one.id,
        name=one.name,
        person=visit.organisation.person_name(one.person),
        since=full_moment(one.created_at, visit.language, calendar),
        taken_back=""
        if one.revoked_at is None
        else full_moment(one.revoked_at, visit.language, calendar),
    )
