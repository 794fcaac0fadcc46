"""The parser's tables as people read them, for `definitions/README.md`.

The guide's own words stand there; only its tables of keys come from here, so that none is forgotten
and none is told that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from workflow.calculations.declaring import Slot
from workflow.calculations.table import CALCULATIONS
from workflow.design.parsing import DEFINITION
from workflow.design.tables import Table, sections_of

_MARKED = re.compile(
    r"(?P<begin><!-- keys: (?P<name>\w+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL
)
_CALCULATIONS = re.compile(r"(?P<begin><!-- calculations -->\n).*?(?P<end><!-- end -->)", re.DOTALL)
_HEAD = "| 键 Key | 必填 | 含义 | Meaning |\n| --- | :-: | --- | --- |\n"


def with_tables(guide: str) -> str:
    """The guide with every table between its marks written anew, that of the calculations too.
    KeyError for an unknown table.
    """
    tables = {table.__name__: table for table in sections_of(DEFINITION)}

    def written(mark: re.Match[str]) -> str:
        return mark["begin"] + keys_as_markdown(tables[mark["name"]]) + mark["end"]

    told = _CALCULATIONS.sub(
        lambda mark: f"{mark['begin']}{calculations_as_markdown()}{mark['end']}", guide
    )
    return _MARKED.sub(written, told)


def keys_as_markdown(table: type[Table]) -> str:
    """A table of keys: the key, whether it must be written, and its meaning twice."""
    lines = (
        f"| `{name}` | {'✔' if key.required else ''} | {key.meaning.zh} | {key.meaning.en} |\n"
        for name, key in table.keys().items()
    )
    return _HEAD + "".join(lines)


def calculations_as_markdown() -> str:
    """What definitions may calculate: each with its inputs, its results and its rule."""
    head = "| `of` | 输入 `with` | 结果 `into` | 规则 | Rule |\n| --- | --- | --- | --- | --- |\n"
    return head + "".join(
        f"| `{one.key}` {one.name.zh} | {_slots(one.inputs)} | {_slots(one.results)} "
        f"| {one.rule.zh} | {one.name.en}: {one.rule.en} |\n"
        for one in CALCULATIONS.values()
    )


def _slots(slots: Iterable[Slot]) -> str:
    return "；".join(_slot(slot) for slot in slots)


def _slot(slot: Slot) -> str:
    said = f"`{slot.key}` {slot.label.zh}{'（可不给）' if slot.optional else ''}"
    if not slot.columns:
        return said
    columns = (f"`{one.key}`{'（可空）' if one.optional else ''}" for one in slot.columns)
    return f"{said}：{'、'.join(columns)}"
