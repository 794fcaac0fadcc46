"""The auditor takes along what the filters show; no cell ever runs, and the export is recorded."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import load_workbook
from starlette.testclient import TestClient

from tests.web.auditing import two_requests
from tests.web.conftest import SetClock
from web.exporting import as_csv, as_xlsx, safe_cell
from web.house import House

LIVE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "﹦", "⁺", "|", "%")


@pytest.fixture
def qian(as_person: Callable[[str], TestClient], house: House, clock: SetClock) -> TestClient:
    """The auditor, with something to take along."""
    two_requests(house, clock)
    return as_person("qian")


def rows(qian: TestClient, **query: str) -> list[list[str]]:
    answer = qian.get("/audit/export.csv", params=query)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit-2026-03-02.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_the_file_holds_exactly_what_the_filters_show(qian: TestClient) -> None:
    header, *found = rows(qian, process="consumable-approval", refused="1")
    assert header[:7] == ["时间", "案件编号", "标题", "流程", "事项", "结果", "操作人"]
    assert [line[6] for line in found] == ["李主任", "吴主任"]
    assert {line[5] for line in found} == {"拒绝"}
    assert found[1][0] == "2026-03-02 09:03:00"
    assert "申请科室的科主任" in found[1][11]
    everything = rows(qian, process="consumable-approval")
    assert len(everything) == 1 + 6
    assert rows(qian, process="medical-record") == [header]


def test_the_page_that_is_shown_does_not_cut_the_file(qian: TestClient) -> None:
    query = {"process": "consumable-approval"}
    assert rows(qian, **query, page="9") == rows(qian, **query)


def test_the_workbook_holds_the_same_as_text(qian: TestClient) -> None:
    query = {"process": "consumable-approval"}
    answer = qian.get("/audit/export.xlsx", params=query)
    sheet = load_workbook(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    plain = [[cell.removeprefix("'") for cell in row] for row in rows(qian, **query)]
    assert sheet == plain
    with ZipFile(BytesIO(answer.content)) as packed:
        written = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in written
    assert "<hyperlink" not in written


def test_a_title_that_is_a_formula_stays_text(qian: TestClient) -> None:
    titles = [line[2] for line in rows(qian, process="consumable-approval")]
    assert any(title.startswith("'=HYPERLINK") for title in titles)
    assert not any(title.startswith("=") for title in titles)


def test_each_export_is_a_line_of_the_ledger(qian: TestClient) -> None:
    rows(qian, process="consumable-approval", refused="1")
    _, last, *_ = rows(qian, action="audit_exported")
    assert last[4] == "导出审计记录"
    assert last[6] == "钱老师"
    assert len(rows(qian, action="audit_exported")) == 3


@pytest.mark.parametrize("live", LIVE)
@pytest.mark.parametrize("before", ["", " ", "\u200b", "\ufeff", "\u00a0", "\x00", "\u202e"])
def test_no_beginning_makes_a_cell_run(live: str, before: str) -> None:
    cell = safe_cell(f"{before}{live}cmd|' /C calc'!A0")
    assert cell.startswith("'")
    assert "\x00" not in cell


@pytest.mark.parametrize(
    "text", ["", "可吸收缝线（3-0）", "3-0", "HC2026-000001", "2026-03-02", "a=b"]
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_whatever_is_written_is_read_again(table: list[list[str]]) -> None:
    written = as_csv(["a", "b"], table).decode("utf-8-sig")
    found = list(csv.reader(StringIO(written, newline="")))
    assert found == [["a", "b"], *([safe_cell(cell) for cell in row] for row in table)]


def test_a_workbook_takes_any_text() -> None:
    odd = ["𠮷", "\x07", "x" * 40_000, "http://evil.example", "{=1+1}", "1e5"]
    book = as_xlsx(["text"], [[cell] for cell in odd], "审计记录")
    sheet = load_workbook(BytesIO(book)).get_sheet_by_index(0).to_python()
    assert sheet[1] == ["𠮷"]
    assert all(isinstance(row[0], str) for row in sheet)
