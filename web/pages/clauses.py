"""The clauses that rules rest on: every sentence that names one leads here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from web.presenters.clauses import clause_view
from web.presenters.speech import speech_of
from web.presenters.tracing import Asked, carried_view, clauses_view
from web.rendering import page
from web.routing import PageRoute
from web.visit import Denied, Visit, signed_in
from workflow.refusals import Code, Refusal, Refused, Sentence

router = APIRouter(route_class=PageRoute)

#: No clause is looked for by more words than these.
LONGEST = 60
NO_CLAUSE = Sentence("没有编号为“{id}”的条款。", "There is no clause “{id}”.")


@router.get("/clauses")
def show_clauses(
    visit: Annotated[Visit, Depends(signed_in)],
    set: str = "",
    standing: str = "",
    process: str = "",
    text: str = "",
) -> Response:
    """Every clause of every document, what it does here and where it last acted."""
    asked = Asked(set, standing, process, text.strip()[:LONGEST])
    return page(visit, "clauses.html", clauses_view(visit, asked))


@router.get("/clauses/{id}")
def show_clause(id: str, visit: Annotated[Visit, Depends(signed_in)]) -> Response:
    """One clause."""
    catalog = visit.house.catalog()
    clause = catalog.register.clauses.get(id)
    if clause is None:
        because = NO_CLAUSE.filled(id=id[:40])
        raise Denied(Refused.of([Refusal(Code.NOT_FOUND, because, rule="clause", standing=True)]))
    carried = carried_view(visit, clause)
    return page(visit, "clause.html", clause_view(clause, catalog, speech_of(visit), carried))
