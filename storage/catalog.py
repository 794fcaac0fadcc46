"""Published definitions as rows: the text never changes, only whether cases may be opened by it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ClauseElement

from storage import statements as s
from storage.mapping import Line
from workflow.ledger import moment_of, moment_text
from workflow.ports.house import StoredDefinition

COLUMNS = (
    "key",
    "version",
    "source",
    "digest",
    "published_at",
    "published_by",
    "retired",
)


class _PutDefinition:
    """A new version, or the present one retired or restored."""

    order = COLUMNS

    def __call__(self) -> ClauseElement:
        new = postgresql.insert(s.DEFINITION).inline()
        new = new.values({name: bindparam(name) for name in COLUMNS})
        return new.on_conflict_do_update(
            index_elements=["key", "version"], set_={"retired": new.excluded.retired}
        )


PUT_DEFINITION = _PutDefinition()


def definition_of(line: Line) -> StoredDefinition:
    """A definition from the columns in `COLUMNS`."""
    key, version, source, digest, at, by, retired = line
    return StoredDefinition(key, version, source, digest, moment_of(at), by, bool(retired))


def definition_line(definition: StoredDefinition) -> Line:
    """The values of a line of `definition`, in the order of `COLUMNS`."""
    return (
        definition.key,
        definition.version,
        definition.source,
        definition.digest,
        moment_text(definition.published_at),
        definition.published_by,
        definition.retired,
    )


def all_definitions() -> Select[Any]:
    """Every version that was ever published."""
    definition = s.DEFINITION.c
    return select(*s.of(s.DEFINITION, COLUMNS)).order_by(definition.key, definition.version)


class _OneDefinition:
    """One version."""

    order = ("key", "version")

    def __call__(self) -> ClauseElement:
        definition = s.DEFINITION.c
        return select(*s.of(s.DEFINITION, COLUMNS)).where(
            definition.key == bindparam("key"), definition.version == bindparam("version")
        )


ONE_DEFINITION = _OneDefinition()
