"""The schema that editors use says what the parser accepts: it is made of the same tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import jsonschema_rs
import pytest

from tests.definitions.writing import FILE, GOOD, edited
from workflow.design.parsing import DEFINITION
from workflow.design.reading import Node, read_yaml
from workflow.design.schema import definition_schema, schema_text
from workflow.design.tables import Table, sections_of

FOLDER = Path(__file__).parents[2] / "definitions"
SHIPPED = sorted(FOLDER.glob("*/[0-9]*.yaml"))
TABLES = list(sections_of(DEFINITION))


def plain(node: Node) -> object:
    """A read file as JSON holds it."""
    value = node.value
    if isinstance(value, Mapping):
        return {key: plain(child) for key, child in value.items()}
    if isinstance(value, tuple):
        return [plain(child) for child in value]
    return float(value) if isinstance(value, Decimal) else value


def read(text: str) -> object:
    node = read_yaml(text, FILE)
    assert isinstance(node, Node)
    return plain(node)


def accepts(text: str) -> bool:
    return jsonschema_rs.validator_for(definition_schema()).is_valid(read(text))


def test_the_committed_schema_is_the_one_that_the_tables_give() -> None:
    assert (FOLDER / "definition.schema.json").read_text("utf-8") == schema_text()


def test_it_is_a_schema() -> None:
    jsonschema_rs.meta.validate(json.loads(schema_text()))


@pytest.mark.parametrize("table", TABLES, ids=[table.__name__ for table in TABLES])
def test_it_has_the_keys_of_every_table_and_no_others(table: type[Table]) -> None:
    definitions = definition_schema()["$defs"]
    assert isinstance(definitions, dict)
    described = definitions[table.__name__]
    keys = table.keys()
    assert set(described["properties"]) == set(keys)
    assert set(described["required"]) == {name for name, key in keys.items() if key.required}
    assert described["additionalProperties"] is False


def test_every_kind_of_mapping_is_described_once() -> None:
    names = [table.__name__ for table in TABLES]
    assert len(names) == len(set(names))
    assert set(names) == set(definition_schema()["$defs"])  # type: ignore[call-overload]


def test_every_key_says_what_it_means_in_both_languages() -> None:
    for table in TABLES:
        for key in table.keys().values():
            assert key.meaning.zh, (table, key.name)
            assert key.meaning.en, (table, key.name)


@pytest.mark.parametrize("file", SHIPPED, ids=[f"{one.parent.name}/{one.name}" for one in SHIPPED])
def test_the_shipped_definitions_follow_it(file: Path) -> None:
    validator = jsonschema_rs.validator_for(definition_schema())
    problems = [
        (error.message, list(error.instance_path))
        for error in validator.iter_errors(read(file.read_text("utf-8")))
    ]
    assert problems == []


def test_it_accepts_a_good_definition() -> None:
    assert accepts(GOOD)


@pytest.mark.parametrize(
    "edit",
    [
        ("    to: review\n", "    too: review\n"),
        ("number: QJ", "number: qj"),
        ("version: 1", "version: '1'"),
        ("duty: false", "duty: no"),
        ("type: money, above: 0", "type: monney, above: 0"),
        ("who: reviewer", "who: reviever"),
        ("category: {zh: 人事, en: Staff}", "category: 人事"),
        ("- notify: applicant", "- tell: applicant"),
        ("  stand_in: {", "  Stand-In: {"),
        ("from: [draft, review]", "from: []"),
        ("tone: stop\n  lapse", "tone: red\n  lapse"),
    ],
)
def test_what_it_can_tell_it_refuses(edit: tuple[str, str]) -> None:
    assert not accepts(edited(edit))
