"""A list that somebody keeps in a spreadsheet arrives as they see it, and a hostile one does no
harm.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from web.exporting import as_csv, as_xlsx
from web.tables import LARGEST_MB, LONGEST_CELL, MOST_ROWS, read_table
from workflow.refusals import Sentence
from workflow.service.tables_in import (
    Column,
    Fault,
    Row,
    Table,
    day_of,
    records_of,
    several,
    yes_or_no,
)

LINES = "工号{d}姓名{d}科室\n10234{d}张丽{d}外科\n10235{d}王强{d}内科\n"
READ = Table(
    Row(1, ("工号", "姓名", "科室")),
    (Row(2, ("10234", "张丽", "外科")), Row(3, ("10235", "王强", "内科"))),
)


def workbook(write: Callable[[Workbook, Worksheet], object]) -> bytes:
    """A workbook as a spreadsheet would save it."""
    kept = BytesIO()
    book = Workbook(kept, {"in_memory": True})
    write(book, book.add_worksheet("人员"))
    book.close()
    return kept.getvalue()


def sentences(answer: Table | tuple[Fault, ...]) -> list[tuple[int, str]]:
    assert not isinstance(answer, Table), answer
    return [(fault.line, fault.because.zh) for fault in answer]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_list_reads_alike_however_it_was_saved(encoding: str, delimiter: str) -> None:
    assert read_table(LINES.format(d=delimiter).encode(encoding), "人员.csv") == READ


def test_a_workbook_reads_as_people_see_it() -> None:
    def write(book: Workbook, sheet: Worksheet) -> None:
        sheet.write_row(1, 0, ["工号", "起", "在职", "备注", "数"])
        sheet.write(3, 0, 10234)
        sheet.write_datetime(3, 1, date(2026, 3, 2), book.add_format({"num_format": "yyyy/m/d"}))
        sheet.write(3, 2, True)
        sheet.write_string(3, 3, "=HYPERLINK(1)")
        sheet.write_formula(3, 4, "=1+1.5", value=2.5)

    read = read_table(workbook(write), "LIST.XLSX")
    assert read == Table(
        Row(2, ("工号", "起", "在职", "备注", "数")),
        (Row(4, ("10234", "2026-03-02", "true", "=HYPERLINK(1)", "2.5")),),
    )


def test_what_we_hand_out_comes_back_as_it_was() -> None:
    header, rows = ("工号", "姓名"), [("1", "=1+1"), ("2", "@某"), ("3", "'引"), ("4", "a\nb")]
    wanted = Table(Row(1, header), tuple(Row(n, row) for n, row in enumerate(rows, 2)))
    assert read_table(as_csv(header, rows), "a.csv") == wanted
    assert read_table(as_xlsx(header, rows, "人员"), "a.xlsx") == wanted


def test_what_is_no_table_is_told_what_to_do() -> None:
    for data, name, said in (
        (b"", "", "请选择文件"),
        (b"", "a.csv", "没有内容"),
        (b"\n\n", "a.csv", "没有内容"),
        (b"x", "名单.xls", "另存为 .xlsx"),
        (b"PK\x03\x04broken", "a.xlsx", "打不开"),
        (b"\xff\x00\x81", "a.csv", "编码"),
        (b"a,b\x00c", "a.csv", "编码"),
        (b"x" * (LARGEST_MB * 1024 * 1024 + 1), "a.csv", "超过"),
        (b"a\n" + b"1\n" * (MOST_ROWS + 1), "a.csv", "分成几个文件"),
        (workbook(lambda book, sheet: None), "a.xlsx", "没有内容"),
    ):
        assert said in sentences(read_table(data, name))[0][1], name


def test_every_odd_cell_is_named_at_its_row() -> None:
    text = f"工号,姓名\n1,{'长' * (LONGEST_CELL + 1)}\n2,好\n3,a\x07b\n"
    found = sentences(read_table(text.encode(), "a.csv"))
    assert [line for line, _ in found] == [2, 4]


def test_one_cell_far_away_does_not_fill_the_memory() -> None:
    def write(_: Workbook, sheet: Worksheet) -> None:
        sheet.write(0, 0, "工号")
        sheet.write(1_048_575, 16_383, "远")

    assert "离得很远" in sentences(read_table(workbook(write), "a.xlsx"))[0][1]


def test_a_small_file_that_unpacks_to_a_huge_one_is_not_opened() -> None:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(5):
            package.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * 20_000_000)
    assert len(kept.getvalue()) < 1_000_000
    assert "解开后过大" in sentences(read_table(kept.getvalue(), "a.xlsx"))[0][1]


def test_headings_are_found_in_either_language_and_what_is_wrong_is_told_together() -> None:
    columns = (
        Column("id", Sentence("工号", "Number"), needed=True),
        Column("name", Sentence("姓名", "Name"), ("名字",), needed=True),
        Column("start", Sentence("起", "From")),
    )
    good = Table(Row(1, ("名 字*", "ＮＵＭＢＥＲ")), (Row(2, ("张丽", "10234")),))
    (record,), faults = records_of(good, columns)
    assert not faults
    assert (record["id"], record["name"], record["start"], record.line) == ("10234", "张丽", "", 2)

    _, faults = records_of(Table(Row(1, ("姓名", "电话", "name")), ()), columns)
    assert [fault.column for fault in faults] == ["电话", "name", "id"]
    _, faults = records_of(
        Table(Row(1, ("工号", "姓名")), (Row(2, ("1",)), Row(3, ("2", "王", "多")))), columns
    )
    assert [(fault.line, fault.column) for fault in faults] == [(2, "name"), (3, "")]
    _, faults = records_of(Table(Row(1, ("工号", "姓名")), ()), columns)
    assert [fault.line for fault in faults] == [0]


def test_days_and_answers_are_read_as_people_write_them() -> None:
    for text in (
        "2026-03-02",
        "2026/3/2",
        "2026.3.2",
        "2026年3月2日",
        "20260302",
        "２０２６-３-２",
    ):
        assert day_of(text) == date(2026, 3, 2), text
    for text in ("2026-02-30", "02/03/2026", "明天", "2026-3"):
        assert isinstance(day_of(text), Sentence), text
    assert (yes_or_no("是"), yes_or_no("离职"), yes_or_no("YES")) == (True, False, True)
    assert isinstance(yes_or_no("大概"), Sentence)
    assert several("科主任、医师；护士/质控") == ("科主任", "医师", "护士", "质控")
