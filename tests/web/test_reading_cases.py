"""Who may read which case: the page, the sheet, the files and every act answer alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from starlette.testclient import TestClient

from tests.web.committees import PROCESSES, hands_in
from tests.web.consumables import asks, decides, see, signs
from tests.web.paper import read_page
from workflow.people.organisation import Delegation
from workflow.ports.reading import AuditQuery
from workflow.ports.store import Store

As = Callable[[str], TestClient]


@pytest.fixture
def number(as_person: As) -> str:
    """A request of 张医生 in surgery that the head has signed."""
    number = asks(as_person("zhang"))
    signs(as_person("li"), number, "dept_sign")
    return number


MAY = {
    "zhang": "asked for it",
    "li": "heads the department and signed it",
    "wang": "finance signs next",
    "zhao": "the vice-president decides later",
    "he": "the insurance office supervises",
    "qian": "the auditor reads everything",
}
MAY_NOT = {
    "chen": "a clinician of another department",
    "wu": "heads another department",
    "zhou": "a nurse: no seat of this process",
    "feng": "admissions have no part in it",
    "sun": "administrators do not read cases",
    "guo": "holds no post",
}


@pytest.mark.parametrize("person", MAY)
def test_who_has_a_part_in_it_may_read_it(as_person: As, number: str, person: str) -> None:
    assert "止血材料" in see(as_person(person), f"/c/{number}").text


@pytest.mark.parametrize("person", MAY_NOT)
@pytest.mark.parametrize("path", ["", "/print", "/files/x", "/save", "/t/-/decide"])
def test_who_has_none_is_answered_as_if_it_did_not_exist(
    as_person: As, number: str, person: str, path: str
) -> None:
    browser = as_person(person)
    theirs, unknown = (browser.get(f"/c/{n}{path}") for n in (number, "HC2026-999999"))
    if path in ("/save", "/t/-/decide"):
        theirs, unknown = (
            browser.post(f"/c/{n}{path}", data={"action": "reject", "opinion": "x"})
            for n in (number, "HC2026-999999")
        )
    assert theirs.status_code == unknown.status_code == 404
    assert "止血材料" not in theirs.text
    assert same(theirs.text, number) == same(unknown.text, "HC2026-999999")


def same(html: str, number: str) -> str:
    """A page without what differs between any two answers."""
    return re.sub(r"编号 \w+", "", html.replace(number, ""))


def test_who_has_none_finds_it_in_no_list(as_person: As, number: str) -> None:
    for person in MAY_NOT:
        for path in ("/inbox", "/inbox/done", "/requests", "/drafts", f"/inbox?q={number}"):
            assert f"/c/{number}" not in see(as_person(person), path).links


def test_reading_it_does_not_mean_acting_on_it(as_person: As, number: str) -> None:
    for person in ("he", "qian", "zhao"):
        assert not see(as_person(person), f"/c/{number}").one(id="decision-card").all("form")


class TestWhileSomebodyStandsIn:
    """陈医生 stands in for 李主任 this week."""

    @pytest.fixture
    def delegations(self) -> tuple[Delegation, ...]:
        return (Delegation("d1", "li", "chen", date(2026, 3, 2), date(2026, 3, 6)),)

    def test_they_read_what_the_other_may(self, as_person: As) -> None:
        number = asks(as_person("zhang"))
        assert "止血材料" in see(as_person("chen"), f"/c/{number}").text


# ---- what is confidential ------------------------------------------------------------------------

REPORT = "/requests/new/identity-fraud-report"


@pytest.fixture
def report(as_person: As) -> str:
    """周护士 reports that somebody uses another person's card."""
    form = see(as_person("zhou"), REPORT).one("form", id="request-form")
    data = {
        **form.fields,
        "f.stage": "门诊",
        "f.kind": "冒名",
        "f.card_owner": "王某",
        "f.evidence": "照片不符",
        "f.document_withheld": "false",
        "do": "submit",
    }
    answer = as_person("zhou").post(REPORT, data=data)
    assert answer.status_code == 303, read_page(answer.text).text[:1500]
    return answer.headers["location"].removeprefix("/c/")


def readings_of(store: Store, number: str) -> list[tuple[str, str | None]]:
    rows = store.readings.audit(AuditQuery(event="read_confidential", limit=None)).rows
    return [(r.entry.actor, r.entry.refused) for r in rows if number.encode() in r.entry.body]


def test_a_confidential_case_is_for_its_applicant_those_with_a_task_and_the_auditor(
    as_person: As, report: str
) -> None:
    says_why(as_person("qian"), report)
    for person in ("zhou", "qian"):
        page = see(as_person(person), f"/c/{report}")
        assert "保密：查看会被记录" in page.text
    # The head of the department and the supervisors read what is not confidential, and not this.
    for person in ("li", "he", "zhang", "feng", "wang", "sun"):
        assert as_person(person).get(f"/c/{report}").status_code == 404


def says_why(visitor: TestClient, number: str) -> None:
    answer = visitor.post(f"/c/{number}/reason", data={"reason": "上级来函核查"})
    assert answer.status_code == 303, answer.text[:500]


def test_an_auditor_says_why_before_reading_it(as_person: As, report: str, store: Store) -> None:
    qian = as_person("qian")
    answer = qian.get(f"/c/{report}/print?full=1")
    assert answer.status_code == 409
    page = read_page(answer.text)
    assert "请先写明查看的理由" in page.text
    assert "照片不符" not in page.text
    assert "qian" not in [person for person, _ in readings_of(store, report)]
    empty = qian.post(f"/c/{report}/reason", data={"reason": " ", "next": f"/c/{report}/print"})
    assert empty.status_code == 422
    assert "至少 4 个字" in empty.text
    said = qian.post(
        f"/c/{report}/reason", data={"reason": "上级来函核查", "next": f"/c/{report}/print"}
    )
    assert said.headers["location"] == f"/c/{report}/print"
    assert "照片不符" in qian.get(f"/c/{report}/print").text
    (line,) = store.readings.audit(AuditQuery(event="reason_given", limit=None)).rows
    assert "上级来函核查".encode() in line.entry.body


def test_a_reason_leads_to_the_case_and_nowhere_else(as_person: As, report: str) -> None:
    data = {"reason": "上级来函核查", "next": "https://elsewhere.example/c/"}
    answer = as_person("qian").post(f"/c/{report}/reason", data=data)
    assert answer.headers["location"] == f"/c/{report}"


def test_a_reason_opens_nothing_that_is_not_theirs(as_person: As, report: str) -> None:
    answer = as_person("li").post(f"/c/{report}/reason", data={"reason": "上级来函核查"})
    assert answer.status_code == 404


def test_whoever_gets_a_task_of_it_may_read_it_from_then_on(as_person: As, report: str) -> None:
    assert decides(as_person("zhou"), report, "report_internal", "").status_code == 303
    assert "照片不符" in see(as_person("he"), f"/c/{report}").text


def test_every_reading_of_it_and_every_attempt_is_recorded(
    as_person: As, report: str, store: Store
) -> None:
    before = len(readings_of(store, report))
    says_why(as_person("qian"), report)
    as_person("qian").get(f"/c/{report}")
    as_person("li").get(f"/c/{report}")
    as_person("qian").get(f"/c/{report}/print")
    assert readings_of(store, report)[: -before or None] == [
        ("qian", None),
        ("li", "not_found"),
        ("qian", None),
    ]


def test_reading_an_ordinary_case_is_not_recorded(as_person: As, number: str, store: Store) -> None:
    see(as_person("qian"), f"/c/{number}")
    assert readings_of(store, number) == []


# ---- what is masked ------------------------------------------------------------------------------

STAY = "/requests/new/inpatient-settlement"
ID_NO = "11010519491231002X"
PHONE = "13912345678"


@pytest.fixture
def stay(as_person: As) -> str:
    """A stay that 张医生 orders, with the patient's ID number."""
    form = see(as_person("zhang"), STAY).one("form", id="request-form")
    data = {**form.fields, "f.patient_name": "刘大爷", "f.id_no": ID_NO, "do": "submit"}
    answer = as_person("zhang").post(STAY, data=data)
    assert answer.status_code == 303, read_page(answer.text).text[:1500]
    return answer.headers["location"].removeprefix("/c/")


def test_an_id_number_is_shown_in_full_to_who_handles_the_case_and_masked_to_who_looks_on(
    as_person: As, stay: str
) -> None:
    for person in ("zhang", "feng"):
        assert ID_NO in as_person(person).get(f"/c/{stay}").text
    for person in ("qian", "he", "li"):
        answer = as_person(person).get(f"/c/{stay}")
        assert answer.status_code == 200
        assert ID_NO not in answer.text
        assert "110***********002X" in answer.text
        assert ID_NO not in as_person(person).get(f"/c/{stay}/print").text


def test_what_is_kept_for_some_roles_even_who_decides_sees_in_part(as_person: As) -> None:
    text = (PROCESSES / "loan-slip.yaml").read_text("utf-8")
    text = text.replace("masked: true", "masked: true, whole_for: [dept_head]")
    publish = {"text": text, "act": "publish"}
    assert as_person("sun").post("/admin/definitions/new", data=publish).status_code == 303
    number = hands_in(as_person("zhang"), "loan-slip", what="超声仪", why="教学", phone=PHONE)
    assert PHONE in as_person("zhang").get(f"/c/{number}").text  # who wrote it knows it
    for page in (f"/c/{number}", f"/c/{number}/print", f"/api/v1/cases/{number}"):
        answer = as_person("zhao").get(page)
        assert answer.status_code == 200
        assert PHONE not in answer.text
        assert "139****5678" in answer.text
    signs(as_person("zhao"), number, "agree", "可以借")
    assert PHONE not in as_person("zhao").get(f"/c/{number}").text
    for page in (f"/c/{number}", f"/c/{number}/print"):
        assert PHONE in as_person("li").get(page).text


# ---- clauses -------------------------------------------------------------------------------------


def test_a_clause_tells_what_it_says_where_it_stands_and_what_disagrees(as_person: As) -> None:
    page = see(as_person("chen"), "/clauses/S0-02-B09c")
    assert "第2套《医院医保管理制度》管理条目第9条" in page.text
    assert "各制度说法不一：住院请假" in page.text
    assert "/clauses/S0-04-A4a" in page.links


def test_a_clause_that_does_not_exist_is_not_found(as_person: As) -> None:
    answer = as_person("chen").get("/clauses/S9-99")
    assert answer.status_code == 404
    assert "没有编号为“S9-99”的条款" in answer.text
