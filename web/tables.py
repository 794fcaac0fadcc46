"""Reading tables that people upload: CSV as any spreadsheet writes it, and XLSX.

The only module that knows the spreadsheet library. Every cell becomes text and nothing is ever
computed; a workbook is measured before it is handed to the library, so that a small file cannot
grow into one that fills the memory.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from io import BytesIO, StringIO
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - named as the others are

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from web.exporting import safe_cell
from workflow.refusals import Sentence
from workflow.service.tables_in import NO_ROWS, Fault, Row, Table

MEGABYTE = 1024 * 1024
#: A list of a hospital's people has thousands of rows; more is another kind of file.
LARGEST_MB = 4
MOST_ROWS = 5000
MOST_COLUMNS = 60
LONGEST_CELL = 2000
#: What a workbook may be when unpacked, and how many parts it may have.
_UNPACKED = 64 * MEGABYTE
_PARTS = 500

OTHER_KIND = Sentence(
    "“{name}”不是 .csv 或 .xlsx 文件；.xls 请用表格软件另存为 .xlsx",
    "“{name}” is neither .csv nor .xlsx; save an .xls file as .xlsx first",
)
NO_FILE = Sentence("请选择文件", "Choose a file")
TOO_LARGE = Sentence("文件超过 {most} MB", "The file is larger than {most} MB")
TOO_LONG = Sentence(
    "超过 {most} 行，请分成几个文件", "More than {most} rows; divide it into several files"
)
TOO_WIDE = Sentence("超过 {most} 列", "More than {most} columns")
LONG_CELL = Sentence(
    "第 {column} 列的内容超过 {most} 字", "Column {column} holds more than {most} characters"
)
UNREADABLE = Sentence(
    "文件打不开，可能已损坏或加了密码；请用表格软件另存后再传",
    "The file cannot be opened; it may be damaged or locked. Save it again and retry",
)
NO_TEXT = Sentence(
    "文件的文字编码无法识别，请另存为“CSV UTF-8”或 .xlsx",
    "The text encoding is unknown; save the file as “CSV UTF-8” or .xlsx",
)
UNPACKS_TOO_LARGE = Sentence(
    "文件解开后过大，请只保留要导入的一张表",
    "The file unpacks to too much; keep only the sheet to be imported",
)
FAR_CELL = Sentence(
    "表格里有离得很远的单元格（第 {row} 行），请删去空白区域后另存",
    "There is a cell far away (row {row}); delete the empty area and save again",
)
CONTROLS = Sentence(
    "第 {column} 列含有看不见的控制字符，请删去后重新输入",
    "Column {column} contains invisible control characters; remove them and type it again",
)

#: What a package can do wrong: damaged, packed in an unknown way, locked, cut off.
_UNPACKING = (
    BadZipFile,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    EOFError,
    ZlibError,
)

#: Where a row or a cell says that it stands: r="12" or r="XFD12".
_PLACE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{0,4})(\d{1,9})\s*["']""")


def read_table(data: bytes, name: str) -> Table | tuple[Fault, ...]:
    """The rows of a file with their numbers, or everything that keeps it from being read."""
    if not data:
        return (Fault(0, "", NO_FILE if not name else NO_ROWS),)
    if len(data) > LARGEST_MB * MEGABYTE:
        return (Fault(0, "", TOO_LARGE.filled(most=LARGEST_MB)),)
    ending = name.rpartition(".")[2].lower()
    rows: Iterable[Sequence[str]] | Sentence
    if ending == "xlsx":
        rows = _workbook_rows(data)
    elif ending in ("csv", "txt", "tsv"):
        rows = _text_rows(data)
    else:
        rows = OTHER_KIND.filled(name=name[:80])
    if isinstance(rows, Sentence):
        return (Fault(0, "", rows),)
    return _table(rows)


def _table(rows: Iterable[Sequence[str]]) -> Table | tuple[Fault, ...]:
    kept: list[Row] = []
    faults: list[Fault] = []
    for line, cells in enumerate(rows, 1):
        texts = tuple(_tidy(cell) for cell in cells)
        while texts and not texts[-1]:
            texts = texts[:-1]
        if not texts:
            continue
        if len(kept) > MOST_ROWS:
            return (Fault(line, "", TOO_LONG.filled(most=MOST_ROWS)),)
        faults += _row_faults(line, texts)
        kept.append(Row(line, texts))
    if faults:
        return tuple(faults)
    return Table(kept[0], tuple(kept[1:])) if kept else (Fault(0, "", NO_ROWS),)


def _row_faults(line: int, texts: tuple[str, ...]) -> list[Fault]:
    if len(texts) > MOST_COLUMNS:
        return [Fault(line, "", TOO_WIDE.filled(most=MOST_COLUMNS))]
    found = []
    for column, text in enumerate(texts, 1):
        if len(text) > LONGEST_CELL:
            found.append(Fault(line, "", LONG_CELL.filled(column=column, most=LONGEST_CELL)))
        elif any(unicodedata.category(one) in ("Cc", "Cs") for one in text if one not in "\n\t"):
            found.append(Fault(line, "", CONTROLS.filled(column=column)))
    return found


def _tidy(cell: str) -> str:
    return unicodedata.normalize("NFC", cell.replace("\r\n", "\n")).strip().strip("\ufeff")


# ---- text ----------------------------------------------------------------------------------------


def _text_rows(data: bytes) -> list[list[str]] | Sentence:
    text = _decoded(data)
    if text is None or "\x00" in text:
        return NO_TEXT
    try:
        # The commands of a spreadsheet are text here, so what our own exports put before them goes.
        return [
            [_as_typed(cell) for cell in row]
            for row in csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text))
        ]
    except csv.Error:
        return UNREADABLE


def _decoded(data: bytes) -> str | None:
    """The text: UTF-8, UTF-16 with its mark, else GB18030, as Chinese spreadsheets write it."""
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _delimiter(text: str) -> str:
    """What parts the headings, which hold no comma, semicolon or tab themselves."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _as_typed(cell: str) -> str:
    plain = cell.removeprefix("'")
    return plain if plain != cell and safe_cell(plain) == cell else cell


# ---- workbooks -----------------------------------------------------------------------------------


def _workbook_rows(data: bytes) -> list[list[str]] | Sentence:
    wrong = _measured(data)
    if wrong is not None:
        return wrong
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        for name in names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if rows:
                return [[_as_text(cell) for cell in row] for row in rows]
    except (CalamineError, OSError, ValueError):
        return UNREADABLE
    return NO_ROWS


def _measured(data: bytes) -> Sentence | None:
    """Why a workbook is not handed on: it unpacks to too much, or reaches too far.

    The library makes room for the whole rectangle of a sheet, so one cell far away is enough to
    fill the memory. Everything is unpacked here once, within bounds, which also holds the sizes
    that the package states to the truth.
    """
    try:
        with ZipFile(BytesIO(data)) as package:
            parts = package.infolist()
            if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
                return UNPACKS_TOO_LARGE
            for part in parts:
                far = _farthest(package.read(part))
                if far:
                    return FAR_CELL.filled(row=far)
    except (
        BadZipFile,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
        EOFError,
        ZlibError,
    ):
        return UNREADABLE
    return None


def _farthest(content: bytes) -> int:
    """The first row of a sheet that reaches beyond what is taken; 0 when none does."""
    if b"sheetData" not in content:
        return 0
    for found in _PLACE.finditer(content):
        if int(found[2]) > 2 * MOST_ROWS or _column(found[1]) > 2 * MOST_COLUMNS:
            return int(found[2])
    return 0


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _as_text(cell: object) -> str:
    """A cell as people read it: whole numbers without a point, days without a time of day."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
