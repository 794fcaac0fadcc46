"""Files of a case, handed out as downloads and never shown inside a page."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from web.routing import PageRoute
from web.visit import Denied, Visit, signed_in
from workflow.refusals import Code, Refusal, Refused, Sentence

router = APIRouter(route_class=PageRoute)

NO_FILE = Sentence(
    "没有这个附件，或您无权查看。", "There is no such file, or it is not yours to see."
)
#: A file that a browser opens all the same may do nothing there.
POLICY = "sandbox; default-src 'none'"


@router.get("/c/{number}/files/{id}")
def download(number: str, id: str, visit: Annotated[Visit, Depends(signed_in)]) -> Response:
    """One file. Unknown and not theirs answer the same."""
    found = visit.house.looking.attachment(number, id, visit.actor(), visit.now)
    if found is None:
        refusal = Refusal(Code.NOT_FOUND, NO_FILE, rule="file", standing=True)
        raise Denied(Refused.of([refusal]))
    attachment, content = found
    return Response(
        content,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(attachment.name)}",
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "X-SHA256": attachment.digest,
        },
    )
