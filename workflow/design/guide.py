"""The parser's tables as people read them, for `definitions/README.md`.

The guide's own words stand there; only its tables of keys come from here, so that none is forgotten
and none is told that does not exist.
"""

from __future__ import annotations

import re

from workflow.design.parsing import DEFINITION
from workflow.design.tables import Table, sections_of

_MARKED = re.compile(
    r"(?P<begin><!-- keys: (?P<name>\w+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL
)
_HEAD = "| 键 Key | 必填 | 含义 | Meaning |\n| --- | :-: | --- | --- |\n"


def with_tables(guide: str) -> str:
    """The guide with every table between its marks written anew. KeyError for an unknown table."""
    tables = {table.__name__: table for table in sections_of(DEFINITION)}

    def written(mark: re.Match[str]) -> str:
        return mark["begin"] + keys_as_markdown(tables[mark["name"]]) + mark["end"]

    return _MARKED.sub(written, guide)


def keys_as_markdown(table: type[Table]) -> str:
    """A table of keys: the key, whether it must be written, and its meaning twice."""
    lines = (
        f"| `{name}` | {'✔' if key.required else ''} | {key.meaning.zh} | {key.meaning.en} |\n"
        for name, key in table.keys().items()
    )
    return _HEAD + "".join(lines)
