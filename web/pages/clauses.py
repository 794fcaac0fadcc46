"""The clauses that rules rest on: every sentence that names one leads here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from web.presenters.clauses import clause_view
from web.presenters.speech import speech_of
from web.rendering import page
from web.routing import PageRoute
from web.visit import Denied, Visit, signed_in
from workflow.refusals import Code, Refusal, Refused, Sentence

router = APIRouter(route_class=PageRoute)

NO_CLAUSE = Sentence("没有编号为“{id}”的条款。", "There is no clause “{id}”.")


@router.get("/clauses/{id}")
def show_clause(id: str, visit: Annotated[Visit, Depends(signed_in)]) -> Response:
    """One clause."""
    catalog = visit.house.catalog()
    clause = catalog.register.clauses.get(id)
    if clause is None:
        because = NO_CLAUSE.filled(id=id[:40])
        raise Denied(Refused.of([Refusal(Code.NOT_FOUND, because, rule="clause", standing=True)]))
    return page(visit, "clause.html", clause_view(clause, catalog, speech_of(visit)))
