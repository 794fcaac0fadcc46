"""What every address of the API shares: who asks, which errors it may answer, and the key of an
act.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Header

from web.api.shapes import IDEMPOTENCY, ErrorBody
from web.visit import Denied, Visit, program
from workflow.refusals import Code, Refusal, Refused, Sentence

PREFIX = "/api/v1"

Caller = Annotated[Visit, Depends(program)]

_SAID = {
    401: "No valid token and no session.",
    403: "`not_permitted` or `separation_of_duties`: not this person's to do.",
    404: "`not_found`: there is none, or none that this person may see.",
    409: "`unknown_action`, `condition_not_met`, `conflict`, `already_decided` or `closed`.",
    413: "The body is too large.",
    422: "`invalid_form` or `opinion_required`: fields are missing or not as expected.",
    503: "The store cannot be read or written just now; try again with the same key.",
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The answers other than success that an address may give, for its description."""
    return {
        status: {"model": ErrorBody, "description": _SAID[status]}
        for status in sorted({401, 422, 503, *statuses})
    }


def key_of(
    visit: Caller, given: Annotated[str | None, Header(alias=IDEMPOTENCY, max_length=200)] = None
) -> str:
    """The key of an act: the one that the program gave, which is its own alone, or a new one."""
    return f"api:{visit.person.id}:{given}" if given else visit.house.ids()


ActKey = Annotated[str, Depends(key_of)]


def not_found(because: Sentence) -> Denied:
    """The answer to a request for what is not there, or not theirs."""
    return Denied(Refused.of([Refusal(Code.NOT_FOUND, because, rule="api", standing=True)]))
