"""Columns of rows as one JSON text: a driver takes longer over ten values than over a text that
holds ten.
"""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class AsJson(FunctionElement[str]):
    """Columns of a row as one text: a JSON array."""

    type = String()
    inherit_cache = True


class AllAsJson(AsJson):
    """The same of several rows as one text: an array of arrays, "[]" or NULL for no row."""

    inherit_cache = True


@compiles(AsJson, "sqlite")
def _in_sqlite(element: AsJson, compiler: SQLCompiler, **_: object) -> str:
    return f"json_array({', '.join(compiler.process(one) for one in element.clauses)})"


@compiles(AsJson, "postgresql")
def _in_postgresql(element: AsJson, compiler: SQLCompiler, **_: object) -> str:
    columns = ", ".join(compiler.process(one) for one in element.clauses)
    return f"json_build_array({columns})::text"


@compiles(AllAsJson, "sqlite")
def _all_in_sqlite(element: AllAsJson, compiler: SQLCompiler, **_: object) -> str:
    return f"json_group_array({_in_sqlite(element, compiler)})"


@compiles(AllAsJson, "postgresql")
def _all_in_postgresql(element: AllAsJson, compiler: SQLCompiler, **_: object) -> str:
    columns = ", ".join(compiler.process(one) for one in element.clauses)
    return f"json_agg(json_build_array({columns}))::text"
