"""The guide for whoever writes definitions is true: its examples run, and nothing is left out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.definitions.shipped import bundles, register
from workflow.calendar import Unit
from workflow.conditions.complaints import FUNCTIONS
from workflow.conditions.language import Expression, Kind, Language
from workflow.conditions.vocabulary import ALWAYS, OF_A_PARENT
from workflow.design.definition import Definition
from workflow.design.form import FieldType
from workflow.design.guide import with_tables
from workflow.design.parsing import DEFINITION, parse_definition
from workflow.design.plan import expressions_of
from workflow.design.seats import Scope, SeatKind
from workflow.design.tables import Table, sections_of
from workflow.service.bundles import Bundle, examine

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "definitions" / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml(?: ([\w-]+))?\n(.*?)```", GUIDE, re.DOTALL)
#: Examples without a name are whole; those of one name are the parts of one definition.
WHOLE = [text for name, text in BLOCKS if not name]
IN_PARTS = "".join(text for name, text in BLOCKS if name == "device-repair")
EXAMPLES = [*WHOLE, IN_PARTS]
TABLES = list(sections_of(DEFINITION))


@cache
def examples() -> tuple[Definition, ...]:
    """Every example of the guide, parsed."""
    parsed = [parse_definition(text, "README.md", register()) for text in EXAMPLES]
    return tuple(one for one in parsed if isinstance(one, Definition))


def test_it_begins_with_a_whole_process_of_thirty_lines() -> None:
    name, text = BLOCKS[0]
    assert not name
    assert 20 <= len(text.splitlines()) <= 32
    alone = examine(text, "README.md", register())
    assert isinstance(alone, Bundle), [one.said.en for one in alone]


def test_the_front_page_of_the_house_shows_the_same_process() -> None:
    assert f"```yaml\n{WHOLE[0]}```" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("text", EXAMPLES, ids=[text.split("\n", 1)[0] for text in EXAMPLES])
def test_every_example_could_be_published(text: str) -> None:
    beside = (*bundles().newest().values(), *examples())
    examined = examine(text, "README.md", register(), beside)
    assert isinstance(examined, Bundle), [one.said.en for one in examined]
    assert all(examined.compiled.of(one) for one in expressions_of(examined.definition))


def test_every_block_belongs_to_an_example() -> None:
    assert {name for name, _ in BLOCKS} == {"", "device-repair"}
    assert len(examples()) == len(EXAMPLES)


def test_its_tables_are_those_of_the_parser() -> None:
    """If this fails, run `python -m tests.definitions.describing` and commit what it wrote."""
    assert with_tables(GUIDE) == GUIDE


@pytest.mark.parametrize("table", TABLES, ids=[table.__name__ for table in TABLES])
def test_every_key_is_told(table: type[Table]) -> None:
    for name in sorted(table.keys()):
        assert f"`{name}`" in GUIDE or f"{name}:" in GUIDE


def test_every_table_but_that_of_sentences_has_its_place() -> None:
    told = set(re.findall(r"<!-- keys: (\w+) -->", GUIDE))
    assert {table.__name__ for table in TABLES} - told == {"SentenceKeys"}


@pytest.mark.parametrize(
    "words",
    [
        [f"`{type_}`" for type_ in FieldType],
        [f"`{unit}`" for unit in Unit],
        [
            f"`{kind}`"
            for kind in (SeatKind.APPLICANT, SeatKind.REVIEWER, SeatKind.TIMER, SeatKind.SYSTEM)
        ],
        [f"`{scope}`" for scope in Scope if scope not in (Scope.FORM, Scope.STEP)],
        [f"`{name}`" for name in (*ALWAYS, *OF_A_PARENT)],
        [f"{name}(" for name in FUNCTIONS if not name.startswith(("get", "timestamp", "duration"))],
    ],
    ids=["types", "units", "seats", "scopes", "names", "functions"],
)
def test_every_word_of_the_language_is_told(words: list[str]) -> None:
    assert [word for word in words if word not in GUIDE] == []


def test_the_examples_of_expressions_can_be_compiled() -> None:
    section = GUIDE[GUIDE.index("## 表达式") : GUIDE.index("可用的名称")]
    shown = re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)
    assert len(shown) >= 8
    language = Language(
        {
            **ALWAYS,
            "form.amount": Kind.INT,
            "form.kind": Kind.TEXT,
            "form.urgent": Kind.BOOL,
            "form.note": Kind.TEXT,
            "given.note": Kind.BOOL,
            "form.starts_on": Kind.INT,
            "form.called_at": Kind.MOMENT,
            "form.parts": Kind.ROWS,
        }
    )
    for text in shown:
        # In a table of Markdown, a bar is written with a backslash.
        compiled = language.compile(text.replace("\\|", "|"), Kind.BOOL)
        assert isinstance(compiled, Expression), (text, compiled)


def test_every_section_speaks_both_languages() -> None:
    for section in re.split(r"^## ", GUIDE, flags=re.MULTILINE)[1:]:
        prose = re.sub(r"```.*?```", "", section, flags=re.DOTALL)
        assert re.search(r"[\u4e00-\u9fff]", prose), section[:40]
        assert re.search(r"[A-Za-z]{3,} [a-z]{2,}", prose), section[:40]
