"""The definition language as JSON Schema, for editors that help while somebody writes.

Made of the parser's own tables. It says less than the parser: names are not resolved and keys that
depend on each other are not compared. `definitions/definition.schema.json` is what this gives.
"""

from __future__ import annotations

import json

from workflow.design.parsing import DEFINITION
from workflow.design.shapes import Schema
from workflow.design.tables import Key, Table, sections_of

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def definition_schema() -> Schema:
    """The schema of a whole definition; each kind of mapping is one of its `$defs`."""
    return {
        "$schema": _DRAFT,
        "title": "流程定义 / A definition",
        **DEFINITION.schema(),
        "$defs": {table.__name__: _table(table) for table in sections_of(DEFINITION)},
    }


def schema_text() -> str:
    """The schema as its file holds it."""
    return json.dumps(definition_schema(), ensure_ascii=False, indent=2) + "\n"


def _table(table: type[Table]) -> Schema:
    keys = table.keys()
    return {
        "title": f"{table.noun.zh} / {table.noun.en}",
        "type": "object",
        "properties": {name: _key(key) for name, key in keys.items()},
        "required": [name for name, key in keys.items() if key.required],
        "additionalProperties": False,
    }


def _key(key: Key[object]) -> Schema:
    meaning = f"{key.meaning.zh} / {key.meaning.en}"
    return {**key.shape.schema(), "description": meaning}
