"""How cells of a register are compared: one text for one value, on every store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

import orjson

from workflow.nouns import Scalar

#: PostgreSQL refuses index lines beyond about 2,700 bytes.
_LONGEST = 400


def cell_text(value: Scalar) -> str:
    """The text that stands for a value: `1`, `"1"` and `true` differ; very long texts by digest."""
    written = orjson.dumps(value)
    if len(written) > _LONGEST:
        return f"sha256:{sha256(written).hexdigest()}"
    return written.decode()


def cells_text(values: Mapping[str, Scalar], columns: Iterable[str]) -> str | None:
    """The text that stands for what is in several columns together; None where one is empty."""
    texts = [None if (value := values.get(key)) is None else cell_text(value) for key in columns]
    if None in texts:
        return None
    return texts[0] if len(texts) == 1 else cell_text("|".join(map(str, texts)))


def cells_of(values: Mapping[str, Scalar]) -> dict[str, str]:
    """The comparable cells of a row. An empty cell and a missing one are the same: not there."""
    return {column: cell_text(value) for column, value in values.items() if value is not None}


def has_cells(values: Mapping[str, Scalar], where: Mapping[str, Scalar]) -> bool:
    """Whether every column that `where` names has the value, `None` meaning empty or missing."""
    return all(_is(values.get(column), wanted) for column, wanted in where.items())


def _is(value: Scalar, wanted: Scalar) -> bool:
    """Whether two values have the same text, without writing it: `1` and `true` differ."""
    return type(value) is type(wanted) and value == wanted
