"""Tables as files that spreadsheets open: no cell ever becomes a formula, whatever somebody typed
into a title.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO

import xlsxwriter

#: By the first visible letter of a cell, spreadsheets take its text for a formula or a command.
_LIVE = frozenset("=+-@|%")
#: Spreadsheets on Chinese Windows take a file without it for GBK.
BOM = "\ufeff"
_WIDTH = 18


def safe_cell(text: str) -> str:
    """Text that a spreadsheet shows and never runs: an apostrophe stands before what might be
    live.

    Letters that are invisible, or equal after NFKC (＝ and =), deceive people, so they do not
    deceive this either. NUL is dropped: it ends the file for some readers.
    """
    text = text.replace("\x00", "")
    return f"'{text}" if _is_live(text) else text


def _is_live(text: str) -> bool:
    for letter in text:
        kind = unicodedata.category(letter)
        if kind == "Cc":
            return True  # a tab or a new line in front makes some readers cut the cell there
        if kind not in ("Cf", "Mn", "Zs", "Zl", "Zp"):
            return unicodedata.normalize("NFKC", letter)[:1] in _LIVE
    return False


def as_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """RFC 4180 with a byte order mark; cells made safe."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(safe_cell(cell) for cell in header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return (BOM + written.getvalue()).encode()


def as_xlsx(header: Sequence[str], rows: Iterable[Sequence[str]], sheet: str) -> bytes:
    """A workbook whose every cell is text: nothing is turned into a formula, a number or a link."""
    kept = BytesIO()
    book = xlsxwriter.Workbook(
        kept,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    page = book.add_worksheet(sheet)
    page.set_column(0, len(header) - 1, _WIDTH)
    page.freeze_panes(1, 0)
    page.write_row(0, 0, header, book.add_format({"bold": True}))
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            page.write_string(number, column, cell.replace("\x00", ""))
    book.close()
    return kept.getvalue()
