"""A case that belongs to another: started from it, tied to it, and readable from both ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import MONDAY, PASSWORD, SetClock, quick_passwords
from tests.web.consumables import decides, see, signs
from tests.web.paper import Element, read_page
from workflow.nouns import SYSTEM, Actor
from workflow.people.organisation import Person, Post
from workflow.ports.house import Account, Deed, SaveAccount, SavePerson
from workflow.ports.store import Store

As = Callable[[str], TestClient]
STAY = "/requests/new/inpatient-settlement"
REPORT = "/requests/new/identity-fraud-report"
DISPUTE = "/requests/new/fee-correction"


def admits(browser: TestClient, patient: str) -> str:
    """A patient is to be admitted; the number of the stay."""
    form = see(browser, STAY).one("form", id="request-form")
    data = {**form.fields, "f.patient_name": patient, "do": "submit"}
    answer = browser.post(STAY, data=data)
    assert answer.status_code == 303
    return answer.headers["location"].removeprefix("/c/")


@pytest.fixture
def stay(as_person: As) -> str:
    """刘大爷 is to be admitted to surgery."""
    return admits(as_person("zhang"), "刘大爷")


def dispute(browser: TestClient, **more: str) -> Element:
    """周护士 files what the patient disputes; the page that answers."""
    form = see(browser, DISPUTE).one("form", id="request-form")
    data = {
        **form.fields,
        "f.raised_by": "患者",
        "f.phase": "住院中",
        "f.disputed_lines": "床位费",
        "f.question": "天数不符",
        "do": "submit",
        **more,
    }
    return read_page(browser.post(DISPUTE, data=data, follow_redirects=True).text)


def test_a_long_form_asks_first_for_what_is_needed_now(as_person: As) -> None:
    form = see(as_person("zhang"), STAY).one("form", id="request-form")
    assert form.one("details", class_="later").has("f-cause_inquiry")
    assert not form.one("details", class_="later").has("f-patient_name")
    # The name may be left out where the number is given, and the diagnosis stands in the title.
    assert not form.one("details", class_="later").has("f-id_no")
    assert not form.one("details", class_="later").has("f-admission_diagnosis")


def test_what_nobody_has_to_fill_folds_away_in_a_decision_too(as_person: As, stay: str) -> None:
    card = see(as_person("feng"), f"/c/{stay}").one(id="decision-card")
    folded = card.all("details", class_="later")
    assert folded
    for one in folded:
        assert "必填" not in one.text


def test_the_story_names_what_was_not_filled_in(as_person: As, stay: str) -> None:
    feng, qian = as_person("feng"), as_person("qian")
    signs(feng, stay, "start_verify")
    decides(feng, stay, "admit_full_pay")
    (tried,) = see(feng, f"/c/{stay}").one(id="timeline").all("li", class_="refused")
    (missing,) = tried.all("p", class_="because")
    assert "入院时间、入院诊断：请填写" in missing.text
    # Whoever checks the ledger reads it line by line, as it was kept.
    assert "入院诊断：请填写" in see(qian, f"/audit/case/{stay}").text


def test_the_summary_counts_the_missing_words_too(as_person: As, stay: str) -> None:
    feng, zhang = as_person("feng"), as_person("zhang")
    signs(feng, stay, "start_verify")
    admitted = {"f.admission_time": "2026-03-02T09:00", "f.admission_diagnosis": "肺炎"}
    assert decides(feng, stay, "admit_full_pay", **admitted).status_code == 303
    page = read_page(decides(zhang, stay, "issue_discharge_notice", "").text)
    told = page.one("div", class_="error-summary")
    assert "有 2 处需要修改" in told.text
    assert [one.text for one in told.all("a")] == ["出院通知日期", "意见"]
    targets = [one.attributes["href"].removeprefix("#") for one in told.all("a")]
    assert all(page.has(target) for target in targets)


def test_the_case_offers_what_may_be_started_from_it(as_person: As, stay: str) -> None:
    links = see(as_person("zhou"), f"/c/{stay}").one(id="related-cases").links
    assert f"{DISPUTE}?parent={stay}" in links
    # 冯老师 may start no dispute.
    assert DISPUTE not in " ".join(see(as_person("feng"), f"/c/{stay}").links)


def test_the_form_then_names_the_case_already(as_person: As, stay: str) -> None:
    form = see(as_person("zhou"), f"{DISPUTE}?parent={stay}").one("form", id="request-form")
    assert form.fields["parent"] == stay
    assert "刘大爷" in form.one("select", id="parent").text


def test_the_stays_of_the_own_ward_come_first(
    as_person: As, stay: str, store: Store, clock: SetClock
) -> None:
    chen = Person("chen", "陈医生", "medicine", (Post("attending_doctor", "medicine"),))
    store.house.change(Deed(Actor(SYSTEM, SYSTEM), MONDAY), SavePerson(chen))
    clock.move(hours=1)
    elsewhere = admits(as_person("chen"), "马大妈")
    chosen = see(as_person("zhou"), DISPUTE).one("select", id="parent")
    assert [one.attributes["value"] for one in chosen.all("option")] == ["", stay, elsewhere]


def test_its_title_tells_the_patient_in_part_and_the_stay(as_person: As, stay: str) -> None:
    page = dispute(as_person("zhou"), parent=stay)
    assert page.one("h1").text == f"刘** · 天数不符（{stay}）"


def test_only_cases_that_one_may_read_are_offered(as_person: As, stay: str, store: Store) -> None:
    del store
    form = see(as_person("chen"), "/requests/new/consumable-approval")
    assert not form.all("select", id="parent")
    assert stay in see(as_person("zhou"), DISPUTE).one("select", id="parent").text


def test_the_new_case_and_its_parent_lead_to_each_other(as_person: As, stay: str) -> None:
    page = dispute(as_person("zhou"), parent=stay)
    child = page.one("h1")
    assert child.text
    assert f"/c/{stay}" in page.one(id="related-cases").links
    above = see(as_person("zhou"), f"/c/{stay}").one(id="related-cases")
    assert [link for link in above.links if link.startswith("/c/")] != []


def test_a_case_that_does_not_exist_is_no_parent(as_person: As, store: Store) -> None:
    page = dispute(as_person("zhou"), parent="ZY2026-999999")
    assert "没有这个案件，或您无权查看" in page.one(id="parent-problem").text
    assert page.one("form", id="request-form").fields["f.question"] == "天数不符"


def test_a_case_that_is_not_theirs_to_read_is_no_parent_either(
    as_person: As, stay: str, store: Store
) -> None:
    doctor = Person("xu", "徐医生", "medicine", (Post("doctor", "medicine"),))
    account = SaveAccount(Account("xu", "xu", quick_passwords().hash(PASSWORD)))
    deed = Deed(Actor(SYSTEM, SYSTEM), MONDAY)
    store.house.change(deed, SavePerson(doctor), account)
    assert as_person("xu").get(f"/c/{stay}").status_code == 404
    form = see(as_person("xu"), REPORT).one("form", id="request-form")
    data = {**form.fields, "parent": stay, "f.stage": "门诊", "f.kind": "冒名", "do": "draft"}
    page = read_page(as_person("xu").post(REPORT, data=data).text)
    assert "没有这个案件，或您无权查看" in page.one(id="parent-problem").text
    file = store.readings.case_file(stay)
    assert file is not None
    assert not store.readings.related(file.case.id)


def test_a_parent_that_is_needed_is_asked_for_at_its_place(as_person: As) -> None:
    page = dispute(as_person("zhou"))
    summary = page.one(class_="error-summary")
    assert "所属案件" in summary.text
    assert "#parent" in summary.links


def test_a_case_of_another_process_is_no_parent(as_person: As, stay: str, store: Store) -> None:
    dispute(as_person("zhou"), parent=stay)
    file = store.readings.case_file(stay)
    assert file is not None
    (child,) = store.readings.related(file.case.id)
    page = dispute(as_person("zhou"), parent=child.number)
    assert "请先选择所属的案件" in page.one(id="parent-problem").text
