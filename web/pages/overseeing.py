"""Cases as administrators keep them: moving work, deadlines, stopping and ending. They read no case
and decide none.

An act is first shown with what it will come to; it happens when that page is confirmed.
"""

from __future__ import annotations

import unicodedata
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from web.posted import Posted as Form
from web.posted import posted
from web.presenters.office import Posted, why_not
from web.presenters.overseeing import (
    SLUGS,
    cases_view,
    confirm_view,
    overseeing_of,
    overseen_view,
)
from web.rendering import go, page
from web.visit import Visit, for_roles
from workflow.nouns import Decision
from workflow.refusals import HTTP_STATUS, Refused, Sentence
from workflow.service.acts import NAMES
from workflow.service.overseeing import AGREE, PROPOSE, TURN_DOWN, Foreseen, Kept

router = APIRouter(prefix="/admin/cases")

Administrator = Annotated[Visit, Depends(for_roles("admin"))]

DONE = Sentence("已办理：{act}。", "Done: {act}.")
PROPOSED = Sentence(
    "已提出“{act}”，另一位管理员同意后生效。",
    "“{act}” is proposed; it happens when another administrator agrees.",
)
#: What a decision carries as answers; the rest has places of its own.
ANSWERS = ("deadline", "days", "until")
#: What may be typed or chosen; more than so many characters of one field are cut off.
TYPED = ("task", "target", *ANSWERS, "reason")
LONGEST = 2000


class _Sent:
    """What one of the forms was sent with."""

    def __init__(self, form: Annotated[Form, Depends(posted)]) -> None:
        self.step = form.text("step")
        self.seen_version = form.text("seen_version")
        self.key = form.text("key")
        self.values = {
            name: typed for name in TYPED if (typed := form.text(name).strip()[:LONGEST])
        }

    @property
    def hidden(self) -> dict[str, str]:
        """Everything that has to come back when the act is confirmed."""
        return {**self.values, "seen_version": self.seen_version, "key": self.key}


Sent = Annotated[_Sent, Depends(_Sent)]


@router.get("")
def show_cases(visit: Administrator, q: Annotated[str, Query(max_length=60)] = "") -> Response:
    """Work that waits for administrators; a number that is there leads to its case."""
    sought = unicodedata.normalize("NFKC", q).strip().upper()
    if sought and _kept(visit, sought) is not None:
        return go(visit, f"/admin/cases/{sought}")
    status = 404 if sought else 200
    return page(visit, "admin-cases.html", cases_view(visit, sought), status=status)


@router.get("/{number}")
def show_case(visit: Administrator, number: str) -> Response:
    """One case, and what may be done to it."""
    return _page(visit, _here(visit, number), Posted())


@router.get("/{number}/{slug}")
def back_to_the_case(visit: Administrator, number: str, slug: str) -> Response:
    """Where somebody lands who reloads the address of an act: looking does nothing."""
    del slug
    return go(visit, f"/admin/cases/{_here(visit, number).case.number}")


@router.post("/{number}/{slug}")
def act(visit: Administrator, number: str, slug: str, sent: Sent) -> Response:
    """Show what an act will come to or, once that is confirmed, do it."""
    kept = _here(visit, number)
    if slug not in SLUGS:
        raise HTTPException(404)
    if sent.step == "back":
        return _page(visit, kept, Posted(slug, sent.values))
    decision = _decision(visit, slug, sent)
    if sent.step != "confirmed" and decision.action != TURN_DOWN:
        seen = overseeing_of(visit).foresee(number, decision)
        if isinstance(seen, Foreseen):
            view = confirm_view(visit, kept, slug, seen, sent.hidden)
            return page(visit, "admin-case-act.html", view)
    answer = visit.house.service.decide(number, decision)
    if answer.refused is not None:
        return _page(visit, _here(visit, number), _refused(visit, slug, sent, answer.refused))
    proposed = answer.entry is not None and answer.entry.event == PROPOSE
    before = kept.case.course.proposed
    name = NAMES[before.act if decision.action == AGREE and before else decision.action]
    said = PROPOSED if proposed else DONE
    announce = Sentence(said.zh.format(act=name.zh), said.en.format(act=name.en))
    return go(visit, f"/admin/cases/{number}", announce=visit.say(announce))


def _decision(visit: Visit, slug: str, sent: _Sent) -> Decision:
    seen = sent.seen_version
    return Decision(
        actor=visit.actor(),
        action=SLUGS[slug],
        at=visit.now,
        key=f"{sent.key}:{slug}" if sent.key else visit.house.ids(),
        answers={name: sent.values[name] for name in ANSWERS if name in sent.values},
        opinion=sent.values.get("reason", ""),
        target=sent.values.get("target"),
        seen_version=int(seen) if seen.isdecimal() else None,
        task=sent.values.get("task"),
    )


def _refused(visit: Visit, slug: str, sent: _Sent, answer: Refused) -> Posted:
    """The form again with every reason at its field; a reason is what cases call an opinion."""
    problems = tuple(
        (one.field or ("reason" if one.rule == "opinion" else ""), why_not(visit, one))
        for one in answer.refusals
    )
    return Posted(slug, sent.values, problems, HTTP_STATUS[answer.code])


def _kept(visit: Visit, number: str) -> Kept | None:
    return overseeing_of(visit).case(number, visit.actor(), visit.now)


def _here(visit: Visit, number: str) -> Kept:
    kept = _kept(visit, number)
    if kept is None:
        raise HTTPException(404)
    return kept


def _page(visit: Visit, kept: Kept, sent: Posted) -> Response:
    view = overseen_view(visit, kept, sent)
    return page(visit, "admin-case.html", view, status=sent.status)
