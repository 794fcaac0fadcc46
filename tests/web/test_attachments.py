"""Files that belong to a case: what may be attached, and how they are handed out."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import pytest
from starlette.testclient import TestClient

from tests.web.consumables import GAUZE, REQUEST, asks, card_form, see, send_request
from tests.web.paper import Element, read_page
from web.posted import Upload
from web.settings import Settings
from web.uploads import plain_name, problem_of
from workflow.ports.store import Store

As = Callable[[str], TestClient]
PDF = b"%PDF-1.7\nleaflet"


def office(folder: str) -> bytes:
    held = BytesIO()
    with ZipFile(held, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(f"{folder}/document.xml", "<x/>")
    return held.getvalue()


GOOD = {
    "说明书.pdf": PDF,
    "照片.png": b"\x89PNG\r\n\x1a\n....",
    "照片.JPG": b"\xff\xd8\xff\xe0....",
    "报价.docx": office("word"),
    "报价.xlsx": office("xl"),
    "备注.txt": "备注".encode(),
    "老备注.txt": "备注".encode("gb18030"),
}


def attach(browser: TestClient, name: str, content: bytes) -> str:
    """Hand a request in with one file; its number."""
    answer = send_request(browser, files=[("files", (name, content))])
    assert answer.status_code == 303, read_page(answer.text).text[:800]
    return answer.headers["location"].removeprefix("/c/")


def file_link(browser: TestClient, number: str) -> Element:
    return see(browser, f"/c/{number}").one(id="case-files").all("a")[0]


def test_a_file_is_kept_with_the_case_and_its_fingerprint(as_person: As, store: Store) -> None:
    number = attach(as_person("zhang"), "说明书.pdf", PDF)
    part = see(as_person("li"), f"/c/{number}").one(id="case-files")
    assert "说明书.pdf" in part.text
    assert sha256(PDF).hexdigest()[:12] in part.text
    file = store.readings.case_file(number)
    assert file is not None
    assert [a.digest for a in store.readings.attachments(file.case.id)] == [sha256(PDF).hexdigest()]


def test_a_file_is_handed_out_as_a_download_that_can_do_nothing(as_person: As) -> None:
    number = attach(as_person("zhang"), "说明书.pdf", PDF)
    answer = as_person("li").get(file_link(as_person("li"), number).attributes["href"])
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith(
        "attachment; filename*=UTF-8''%E8%AF%B4"
    )
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


def test_who_may_not_read_the_case_gets_no_file_of_it_and_cannot_tell_that_there_is_one(
    as_person: As,
) -> None:
    number = attach(as_person("zhang"), "说明书.pdf", PDF)
    there = file_link(as_person("zhang"), number).attributes["href"]
    answers = [
        as_person("chen").get(there),
        as_person("chen").get(f"/c/{number}/files/none"),
        as_person("chen").get("/c/HC2026-999999/files/none"),
        as_person("zhang").get(f"/c/{number}/files/none"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert not any(b"leaflet" in answer.content for answer in answers)


def test_a_file_of_another_case_is_not_found_under_this_one(as_person: As) -> None:
    first = attach(as_person("zhang"), "说明书.pdf", PDF)
    second = asks(as_person("zhang"), material_name="纱布")
    id_ = file_link(as_person("zhang"), first).attributes["href"].rpartition("/")[2]
    assert as_person("zhang").get(f"/c/{second}/files/{id_}").status_code == 404


@pytest.mark.parametrize("name", GOOD)
def test_known_kinds_are_taken(name: str) -> None:
    assert problem_of(Upload("", name, GOOD[name]), 20) is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("程序.exe", b"MZ"),
        ("页面.html", b"<html>"),
        ("图.svg", b"<svg/>"),
        ("宏.docm", office("word")),
        ("没有后缀", PDF),
        ("说明书.pdf.exe", PDF),
        (".pdf", PDF),
    ],
)
def test_other_kinds_are_not(name: str, content: bytes) -> None:
    because = problem_of(Upload("", name, content), 20)
    assert because is not None
    assert "只接受 PDF、PNG、JPG、DOCX、XLSX、TXT" in because.zh


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("网页.pdf", b"<html><script>alert(1)</script>"),
        ("程序.png", b"MZ\x90\x00"),
        ("照片.jpg", b"\x89PNG\r\n\x1a\n"),
        ("表.docx", office("xl")),
        ("表.xlsx", b"PK\x03\x04 not a package"),
        ("文.txt", b"\x00\x01\x02"),
    ],
)
def test_a_file_must_be_what_its_name_says(name: str, content: bytes) -> None:
    because = problem_of(Upload("", name, content), 20)
    assert because is not None
    assert "内容与扩展名不符" in because.zh


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\fakepath\\说明书.pdf", "说明书.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("账单\u202efdp.exe.txt", "账单fdp.exe.txt"),
        (f"{'长' * 300}.pdf", f"{'长' * 116}.pdf"),
        ("{name}.pdf", "{name}.pdf"),
    ],
)
def test_names_are_made_harmless(given: str, kept: str) -> None:
    assert plain_name(given) == kept


class TestWithSmallFilesOnly:
    """The hospital takes one megabyte."""

    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(hospital_name="青山医院", tick_seconds=0, upload_limit_mb=1)

    def test_a_file_that_is_too_large_is_named_with_the_limit_and_nothing_else_is_lost(
        self, as_person: As
    ) -> None:
        large = PDF + b"x" * (12 * 1024 * 1024)
        answer = send_request(as_person("zhang"), files=[("files", ("大图.pdf", large))])
        assert answer.status_code == 422
        page = read_page(answer.text)
        assert "“大图.pdf”超过 1 MB，请压缩后再传" in page.one(id="files-problem").text
        assert page.one("form", id="request-form").fields["f.spec"] == "5cm"

    def test_files_that_are_too_large_together_are_told_and_what_fits_is_kept(
        self, as_person: As
    ) -> None:
        half = PDF + b"x" * (600 * 1024)
        files = [("files", ("正面.pdf", half)), ("files", ("背面.pdf", half))]
        answer = send_request(as_person("zhang"), files=files)
        assert answer.status_code == 422
        page = read_page(answer.text)
        told = page.one(id="files-problem").text
        assert "“背面.pdf”加上前面的附件合计超过 1 MB" in told
        assert "正面.pdf" in page.one(class_="kept-file").text
        assert page.one("form", id="request-form").fields["f.spec"] == "5cm"


def test_a_refused_file_is_told_beside_the_other_problems(as_person: As) -> None:
    answer = send_request(as_person("zhang"), agent="", files=[("files", ("脚本.js", b"alert(1)"))])
    summary = read_page(answer.text).one(class_="error-summary")
    assert "有 2 处需要修改" in summary.text
    assert summary.links == ["#f-agent", "#files"]


def test_a_file_is_not_lost_when_something_else_is_wrong(as_person: As) -> None:
    zhang = as_person("zhang")
    answer = send_request(zhang, agent="", files=[("files", ("说明书.pdf", PDF))])
    form = read_page(answer.text).one("form", id="request-form")
    assert "说明书.pdf" in form.text
    answer = zhang.post(REQUEST, data={**form.fields, "f.agent": "无", "do": "submit"})
    assert answer.status_code == 303
    assert file_link(zhang, "HC2026-000001").text == "说明书.pdf"


def test_a_file_that_was_chosen_can_be_left_out_again(as_person: As) -> None:
    zhang = as_person("zhang")
    answer = send_request(zhang, agent="", files=[("files", ("说明书.pdf", PDF))])
    form = read_page(answer.text).one("form", id="request-form")
    drop = form.one("input", name="drop").attributes["value"]
    data = {**form.fields, "f.agent": "无", "do": "submit", "drop": drop}
    assert zhang.post(REQUEST, data=data).status_code == 303
    assert not see(zhang, "/c/HC2026-000001").has("case-files")


def test_the_same_click_twice_with_a_file_makes_one_case(as_person: As, store: Store) -> None:
    zhang = as_person("zhang")
    form = see(zhang, REQUEST).one("form", id="request-form")
    data = {**form.fields, **GAUZE, "do": "submit"}
    for _ in range(2):
        answer = zhang.post(REQUEST, data=data, files=[("files", ("说明书.pdf", PDF))])
        assert answer.headers["location"] == "/c/HC2026-000001"
    assert store.readings.case_file("HC2026-000002") is None
    file = store.readings.case_file("HC2026-000001")
    assert file is not None
    assert len(store.readings.attachments(file.case.id)) == 1


def test_a_signer_attaches_nothing_that_the_step_does_not_ask_for(as_person: As) -> None:
    number = asks(as_person("zhang"))
    assert not card_form(as_person("li"), number, "dept_sign").all("input", type="file")
