"""Writes what is made of the parser's tables: `python -m tests.definitions.describing`.

The suite compares; whoever changes the language runs this and commits what it wrote.
"""

from __future__ import annotations

from pathlib import Path

from workflow.design.guide import with_tables
from workflow.design.schema import schema_text

FOLDER = Path(__file__).parents[2] / "definitions"
GUIDE = FOLDER / "README.md"
SCHEMA = FOLDER / "definition.schema.json"


def main() -> None:
    """Write the schema, and the tables of the guide."""
    SCHEMA.write_text(schema_text(), "utf-8")
    GUIDE.write_text(with_tables(GUIDE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
