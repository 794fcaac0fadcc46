"""Forms that somebody began and has not sent: kept for them, with the files they chose, until they
send or drop them.

A form is known by a text: `new:<process>` for a request, `case:<number>` for what is typed on a
case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from web.presenters.inputs import typed_from
from web.visit import Visit
from workflow.nouns import Attachment
from workflow.ports.doors import UnsentForm


@dataclass(frozen=True, slots=True)
class Unsent:
    """What lies there: what was typed, other texts by name, files, and since when."""

    typed: Mapping[str, object] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Attachment, ...] = ()
    at: datetime | None = None


#: Besides the fields of the form, these are kept as they were typed.
TEXTS = ("opinion", "action", "for", "parent", "entry")


def begun(visit: Visit, about: str) -> Unsent:
    """What this person began and did not send; empty when there is nothing."""
    kept = visit.house.store.desk.unsent(visit.person.id, about)
    if kept is None:
        return Unsent()
    return Unsent(
        typed=_mapping(kept.answers.get("typed")),
        texts={key: str(value) for key, value in _mapping(kept.answers.get("texts")).items()},
        files=tuple(_file(one) for one in _sequence(kept.answers.get("files"))),
        at=kept.updated_at,
    )


def keep(
    visit: Visit,
    about: str,
    texts: Iterable[tuple[str, str]],
    files: tuple[Attachment, ...],
) -> Unsent:
    """Keep what was typed and which files were chosen."""
    pairs = tuple(texts)
    typed = typed_from(pairs)
    others = {key: value for key, value in pairs if key in TEXTS and value}
    answers: dict[str, object] = {
        "typed": typed,
        "texts": others,
        "files": [_kept(one) for one in files],
    }
    form = UnsentForm(visit.person.id, about, answers, visit.now)
    visit.house.store.desk.keep_unsent(form)
    return Unsent(typed, others, files, visit.now)


def drop(visit: Visit, about: str) -> None:
    """It was sent, or is not wanted any more."""
    visit.house.store.desk.drop_unsent(visit.person.id, about)


def together(before: Iterable[Attachment], new: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """Files of one form: each once, and for a field the newest only."""
    new = tuple(new)
    replaced = {file.field for file in new if file.field is not None}
    stay = (file for file in before if file.field not in replaced)
    return tuple({file.id: file for file in (*stay, *new)}.values())


def about_new(process: str) -> str:
    """The name of a request that is being written."""
    return f"new:{process}"


def about_case(number: str) -> str:
    """The name of what is being written on a case."""
    return f"case:{number}"


def _kept(file: Attachment) -> dict[str, object]:
    return {
        "id": file.id,
        "name": file.name,
        "type": file.media_type,
        "size": file.size,
        "digest": file.digest,
        "field": file.field,
    }


def _file(kept: Mapping[str, Any]) -> Attachment:
    return Attachment(
        kept["id"], kept["name"], kept["type"], kept["size"], kept["digest"], kept["field"]
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: object) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()
