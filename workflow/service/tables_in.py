"""Tables that people bring along (staff lists, rosters, holidays), once their bytes have been read:
rows with the numbers that a spreadsheet shows, columns under Chinese or English headings.

What is wrong is told all at once, each with its row, its column and the reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from workflow.refusals import Sentence

NO_ROWS = Sentence(
    "表格里没有内容：第一行写列名，从第二行起每行一条",
    "The table is empty: headings in the first row, one item a row from the second",
)
NO_COLUMN = Sentence("缺少“{title}”一列", "The column “{title}” is missing")
TWICE = Sentence("“{title}”一列出现了两次，请只留一列", "The column “{title}” stands there twice")
UNKNOWN_COLUMN = Sentence(
    "不认识“{title}”这一列；可用的列名：{known}",
    "There is no column “{title}”; known headings: {known}",
)
NEEDED = Sentence("请填写", "Please fill this in")
TOO_WIDE = Sentence(
    "这一行比列名多出内容，请检查是否错位", "This row is longer than the headings; is it shifted?"
)
NO_DATE = Sentence(
    "“{text}”不是日期，请写成 2026-03-02", "“{text}” is no date; write it like 2026-03-02"
)
NO_YES = Sentence("“{text}”看不懂，请写 是 或 否", "“{text}” is unclear; write yes or no")

NO_AMOUNT = Sentence(
    "“{text}”不是金额，请写成 50000 或 50000.00",
    "“{text}” is no amount; write it like 50000 or 50000.00",
)

#: A cell that says so empties what it stands for; a cell without anything leaves it as it is.
NONE_WORDS = frozenset({"无", "none", "-", "—", "不限"})
_YES = frozenset({"是", "在职", "启用", "yes", "true", "1", "y", "√"})
_NO = frozenset({"否", "离职", "停用", "no", "false", "0", "n", "×"})
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 0?0:00(?::00)?)?")
_PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_AMOUNT = re.compile(r"(\d{1,12})(?:\.(\d{1,2}))?")
_BETWEEN = re.compile(r"[、;；,，/\n]+")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that says something. `line` is the number that a spreadsheet shows beside it."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text: the first row that says anything, and those below it."""

    header: Row
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a table. `line` 0: with the file as a whole; `column` "": with the row."""

    line: int
    column: str
    because: Sentence


@dataclass(frozen=True, slots=True)
class Column:
    """A column that may stand in a table, under its title in either language or another heading."""

    key: str
    title: Sentence
    also: tuple[str, ...] = ()
    needed: bool = False  # in the table, and filled in every row


@dataclass(frozen=True, slots=True)
class Record:
    """A row by the keys of its columns. A column that the table lacks, or an empty cell, is ""."""

    line: int
    values: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.values.get(key, "")

    def says_none(self, key: str) -> bool:
        """Whether the cell says that there shall be nothing, rather than saying nothing."""
        return folded(self[key]) in NONE_WORDS


def records_of(
    table: Table, columns: Sequence[Column]
) -> tuple[tuple[Record, ...], tuple[Fault, ...]]:
    """The rows by their columns, and everything that is wrong with headings and empty cells."""
    places, faults = _places(table.header, columns)
    if not table.rows and not faults:
        faults.append(Fault(0, "", NO_ROWS))
    if faults:
        return (), tuple(faults)
    records = []
    for row in table.rows:
        if any(row.cells[len(table.header.cells) :]):
            faults.append(Fault(row.line, "", TOO_WIDE))
        values = {key: row.cells[at] for key, at in places.items() if at < len(row.cells)}
        record = Record(row.line, values)
        records.append(record)
        faults += [
            Fault(row.line, one.key, NEEDED)
            for one in columns
            if one.needed and not record[one.key]
        ]
    return tuple(records), tuple(faults)


def _places(header: Row, columns: Sequence[Column]) -> tuple[dict[str, int], list[Fault]]:
    named = {
        folded(name): one
        for one in columns
        for name in (one.key, one.title.zh, one.title.en, *one.also)
    }
    places: dict[str, int] = {}
    faults: list[Fault] = []
    for at, heading in enumerate(header.cells):
        found = named.get(folded(heading))
        if found is None:
            if heading:
                faults.append(Fault(header.line, heading, _unknown(heading, columns)))
        elif found.key in places:
            faults.append(Fault(header.line, found.key, TWICE.filled(title=heading)))
        else:
            places[found.key] = at
    faults += [
        Fault(header.line, one.key, titled(NO_COLUMN, one))
        for one in columns
        if one.needed and one.key not in places
    ]
    return places, faults


def _unknown(heading: str, columns: Sequence[Column]) -> Sentence:
    return Sentence(
        UNKNOWN_COLUMN.zh.format(title=heading, known="、".join(one.title.zh for one in columns)),
        UNKNOWN_COLUMN.en.format(title=heading, known=", ".join(one.title.en for one in columns)),
    )


def in_order(faults: Iterable[Fault], columns: Sequence[Column]) -> tuple[Fault, ...]:
    """Faults as one reads a table: by row, then by column; those of a whole row come first."""
    places = {column.key: place for place, column in enumerate(columns)}
    return tuple(sorted(faults, key=lambda fault: (fault.line, places.get(fault.column, -1))))


def titled(sentence: Sentence, column: Column) -> Sentence:
    """A sentence about a column, with its title in each language."""
    return Sentence(
        sentence.zh.format(title=column.title.zh), sentence.en.format(title=column.title.en)
    )


def folded(text: str) -> str:
    """Text as headings and names are compared: width, case and blanks do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split()).rstrip("*")


def day_of(text: str) -> date | Sentence:
    """A day as people and spreadsheets write it: 2026-03-02, 2026/3/2, 2026年3月2日, 20260302."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _DATE.fullmatch(plain) or _PLAIN_DATE.fullmatch(plain)
    if found is not None:
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass  # 2026-02-30 looks like a day and is none
    return NO_DATE.filled(text=text)


def fen_of(text: str) -> int | Sentence:
    """An amount in fen, of a cell that gives it in yuan."""
    # A Chinese input method writes 。 for a point.
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace("。", ".")
    plain = plain.strip().lstrip("¥")
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        return NO_AMOUNT.filled(text=text)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def yes_or_no(text: str) -> bool | Sentence:
    """What a cell says that holds yes or no."""
    word = folded(text)
    return True if word in _YES else False if word in _NO else NO_YES.filled(text=text)


def several(text: str) -> tuple[str, ...]:
    """The entries of a cell that names several things."""
    return tuple(part.strip() for part in _BETWEEN.split(text) if part.strip())
