"""What a browser posted: texts by name in their order, and files with their bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from web.visit import Visit, signed_in

#: A form with a table of two hundred rows still fits.
FIELDS = 6000
FILES = 40


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrived: the form field it is meant for ("" for none), its name, its bytes."""

    field: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Posted:
    """Everything of one form."""

    texts: tuple[tuple[str, str], ...]
    uploads: tuple[Upload, ...] = ()

    def text(self, name: str) -> str:
        """The last text of that name; "" for none."""
        return next((value for key, value in reversed(self.texts) if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every text of that name."""
        return tuple(value for key, value in self.texts if key == name)


async def posted(request: Request) -> Posted:
    """Read a form: `file.<field>` are files for a field, `files` are files for none."""
    texts: list[tuple[str, str]] = []
    uploads: list[Upload] = []
    async with request.form(max_fields=FIELDS, max_files=FILES) as form:
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                texts.append((name, value))
            elif value.filename:
                field = name.removeprefix("file.") if name.startswith("file.") else ""
                uploads.append(Upload(field, value.filename, await value.read()))
    return Posted(tuple(texts), tuple(uploads))


#: The hidden field with the person to whom a page was shown.
OPENED_BY = "as"


class OthersPage(Exception):
    """A form comes from a page that was opened by somebody else, before they left this browser to
    whoever is signed in now.
    """

    def __init__(self, visit: Visit, form: Posted) -> None:
        super().__init__()
        self.visit = visit
        self.form = form


async def posted_by_visitor(
    visit: Annotated[Visit, Depends(signed_in)], form: Annotated[Posted, Depends(posted)]
) -> Posted:
    """Read a form of a page that was shown to this very person. Raises OthersPage."""
    opened_by = form.text(OPENED_BY)
    if opened_by and opened_by != visit.person.id:
        raise OthersPage(visit, form)
    return form
