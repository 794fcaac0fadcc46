"""An administrator moves work, puts a deadline off, stops and ends cases: with a reason, shown
beforehand what it comes to, with a second administrator; reading and deciding nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tests.web.committees import PROCESSES, hands_in, publishes
from tests.web.consumables import announced, see
from tests.web.paper import Element, read_page
from web.house import House
from workflow.nouns import SYSTEM, Actor, Address
from workflow.people.organisation import Person, Post
from workflow.ports.deciding import CaseFile
from workflow.ports.hospital import Policy
from workflow.ports.house import Account, Deed, SaveAccount, SavePerson, SavePolicy

As = Callable[[str], TestClient]
CASES = "/admin/cases"
ENGINE = Actor(SYSTEM, SYSTEM)
CLOCK = """\
deadlines:
  time:
    name: {zh: 审核时限, en: Time to check}
    while: [check]
    from: date("2026-03-02")
    length: {days: 7}
    overdue: true
    design_choice: true
"""


@pytest.fixture
def number(as_person: As, house: House) -> str:
    """A notice of 张医生's that waits for 李主任; there is a second administrator, 高工."""
    known = house.store.house.account_of("sun")
    assert known is not None
    house.store.house.change(
        Deed(ENGINE, house.clock()),
        SavePerson(Person("gao", "高工", "it", (Post("admin", "it"),))),
        SaveAccount(Account("gao", "gao", known.password_hash)),
    )
    publishes(as_person("sun"), "bulletin-board")
    return hands_in(as_person("zhang"), "bulletin-board", what="夜间停水通知")


@pytest.fixture
def alone(house: House) -> None:
    """One administrator is enough here."""
    policy = house.store.readings.hospital().policy
    overrides = {**policy.overrides, "house.admin_four_eyes": False}
    house.store.house.change(
        Deed(ENGINE, house.clock()), SavePolicy(Policy(policy.profile, overrides))
    )


def file_of(house: House, number: str) -> CaseFile:
    file = house.store.readings.case_file(number)
    assert file is not None
    return file


def waits_for(house: House, number: str) -> list[Address]:
    return [task.address for task in file_of(house, number).tasks if task.is_open]


def form_of(browser: TestClient, number: str, slug: str) -> Element:
    page = see(browser, f"{CASES}/{number}")
    return page.one("form", action=f"{CASES}/{number}/{slug}")


def sends(browser: TestClient, number: str, slug: str, **typed: str) -> Response:
    """Fill the form of an act and send it: what comes is the page that says what will happen."""
    form = form_of(browser, number, slug)
    return browser.post(form.attributes["action"], data={**form.fields, **typed})


def confirms(browser: TestClient, shown: Response, step: str = "confirmed") -> Response:
    assert shown.status_code == 200, read_page(shown.text).text[:1500]
    form = read_page(shown.text).one(id="what-happens").one("form")
    return browser.post(form.attributes["action"], data={**form.fields, "step": step})


def does(browser: TestClient, number: str, slug: str, **typed: str) -> Response:
    """Fill the form, read what it comes to, confirm."""
    answer = confirms(browser, sends(browser, number, slug, **typed))
    assert answer.status_code == 303, read_page(answer.text).text[:1500]
    return answer


def problem(answer: Response, field: str) -> str:
    return read_page(answer.text).one(id=f"{field}-problem").text


def test_work_goes_to_somebody_else_when_a_second_one_agrees(
    as_person: As, house: House, number: str
) -> None:
    sun, gao = as_person("sun"), as_person("gao")
    shown = sends(sun, number, "reroute", target="wu", reason="李主任住院")
    said = read_page(shown.text).one(id="what-happens").text
    assert "“待科主任审”的待办由外科 科主任改派给吴主任" in said
    assert "另一位管理员同意后才生效" in said
    assert waits_for(house, number) == [Address(role="dept_head", department="surgery")]
    assert "已提出“改派”" in announced(confirms(sun, shown))
    assert waits_for(house, number) == [Address(role="dept_head", department="surgery")]

    listed = see(gao, CASES).one(id="proposals").text
    assert number in listed
    assert "孙工" in listed
    assert "李主任住院" in listed
    proposal = see(gao, f"{CASES}/{number}").one(id="overseen-proposal").text
    assert "待科主任审 · 外科 科主任 → 吴主任" in proposal
    assert "改派" in announced(does(gao, number, "agree"))
    assert waits_for(house, number) == [Address(person="wu")]
    assert "没有要复核的操作" in see(gao, CASES).text


def test_nobody_agrees_to_their_own_proposal(as_person: As, house: House, number: str) -> None:
    sun = as_person("sun")
    does(sun, number, "cancel", reason="重复提交")
    page = see(sun, f"{CASES}/{number}")
    assert "不能自己同意自己提出的操作" in page.one(id="overseen-proposal").text
    assert not page.all("form", action=f"{CASES}/{number}/agree")
    for slug in ("agree", "turn-down"):
        answer = sun.post(f"{CASES}/{number}/{slug}", data={"step": "confirmed", "reason": "好"})
        assert answer.status_code == 403, slug
        assert "不能自己同意自己提出的操作" in answer.text
    assert file_of(house, number).case.closed_at is None


def test_while_one_act_waits_no_other_is_offered(as_person: As, number: str) -> None:
    does(as_person("sun"), number, "suspend", reason="等批文")
    acts = see(as_person("gao"), f"{CASES}/{number}").one(id="overseen-acts")
    assert "孙工已提出一项管理操作" in acts.text
    assert not acts.all("form")


def test_a_second_one_turns_it_down_with_a_reason(as_person: As, house: House, number: str) -> None:
    gao = as_person("gao")
    does(as_person("sun"), number, "cancel", reason="重复提交")
    form = form_of(gao, number, "turn-down")
    empty = gao.post(form.attributes["action"], data=form.fields)
    assert empty.status_code == 422
    assert "请写明理由" in problem(empty, "turn-down-reason")
    done = sends(gao, number, "turn-down", reason="并不重复")
    assert done.status_code == 303
    course = file_of(house, number).case.course
    assert course.proposed is None
    assert course.cancelled is None
    assert "并不重复" in see(gao, f"{CASES}/{number}").text


@pytest.mark.usefixtures("alone")
class TestWhereOneAdministratorIsEnough:
    """The policy parameter lets one do it alone."""

    def test_a_case_stands_still_and_goes_on(
        self, as_person: As, house: House, number: str
    ) -> None:
        sun = as_person("sun")
        shown = sends(sun, number, "suspend", reason="等批文")
        assert "恢复之前谁都不能办理" in shown.text
        assert "申请人本人" in read_page(shown.text).one(id="what-happens").text
        assert "已办理：暂停案件" in announced(confirms(sun, shown))
        page = see(sun, f"{CASES}/{number}")
        assert "等批文" in page.one(id="overseen-facts").text
        assert "本案已经暂停" in page.one(id="case-suspend").text
        does(sun, number, "resume", reason="批文已到")
        assert file_of(house, number).case.course.suspended is None

    def test_a_case_ends_for_good(self, as_person: As, house: House, number: str) -> None:
        sun = as_person("sun")
        shown = sends(sun, number, "cancel", reason="重复提交")
        assert "1 件待办取消。不能恢复" in shown.text
        confirms(sun, shown)
        assert waits_for(house, number) == []
        page = see(sun, f"{CASES}/{number}")
        assert "已取消" in page.one(id="overseen-facts").text
        assert not page.has("overseen-acts")
        assert "已办结" in page.text or "已结束" in page.text

    def test_what_was_typed_is_there_again_when_one_goes_back(
        self, as_person: As, house: House, number: str
    ) -> None:
        sun = as_person("sun")
        shown = sends(sun, number, "reroute", target="wu", reason="李主任住院")
        again = confirms(sun, shown, "back")
        form = read_page(again.text).one("form", action=f"{CASES}/{number}/reroute")
        assert form.fields["target"] == "wu"
        assert form.fields["reason"] == "李主任住院"
        assert waits_for(house, number) == [Address(role="dept_head", department="surgery")]

    def test_work_goes_to_a_post(self, as_person: As, house: House, number: str) -> None:
        does(as_person("sun"), number, "reroute", target="dept_head@medicine", reason="回避")
        assert waits_for(house, number) == [Address(role="dept_head", department="medicine")]

    def test_a_deadline_is_put_off_by_days_or_to_a_day_and_never_shortened(
        self, as_person: As, house: House, number: str
    ) -> None:
        del number
        sun = as_person("sun")
        text = (PROCESSES / "bulletin-board.yaml").read_text("utf-8")
        timed = text.replace("bulletin-board", "timed-board").replace("number: GG", "number: TT")
        data = {"text": timed + CLOCK, "act": "publish"}
        assert sun.post("/admin/definitions/new", data=data).status_code == 303
        timed_case = hands_in(as_person("zhang"), "timed-board", what="电梯检修")
        (clock,) = file_of(house, timed_case).deadlines
        for wrong in ({}, {"days": "-3"}, {"days": "很多"}, {"until": "2026-03-03"}):
            answer = sends(sun, timed_case, "extend", reason="等厂家", **wrong)
            assert answer.status_code == 422, wrong
            assert "延长到何时" in problem(answer, "extend-until")
            assert 'value="等厂家"' in answer.text
        shown = sends(sun, timed_case, "extend", reason="等厂家", days="5")
        assert "“审核时限”由 " in read_page(shown.text).one(id="what-happens").text
        confirms(sun, shown)
        (later,) = file_of(house, timed_case).deadlines
        assert (later.due_at - clock.due_at).days == 5
        does(sun, timed_case, "extend", reason="再等", until="2026-04-01")
        (latest,) = file_of(house, timed_case).deadlines
        assert latest.due_at > later.due_at

    def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
        self, as_person: As, house: House, number: str
    ) -> None:
        sun = as_person("sun")
        empty = sends(sun, number, "cancel", reason="  ")
        assert empty.status_code == 422
        assert "请写明理由" in problem(empty, "cancel-reason")
        applicant = sends(sun, number, "reroute", target="zhang", reason="李主任住院")
        assert applicant.status_code == 422
        assert "申请人" in problem(applicant, "reroute-target")
        assert 'value="李主任住院"' in applicant.text
        themselves = sends(sun, number, "reroute", target="sun", reason="我来")
        assert "管理员只管理，不代人决定" in problem(themselves, "reroute-target")
        nobody = sends(sun, number, "reroute", reason="李主任住院")
        assert "请选择改派给谁" in problem(nobody, "reroute-target")
        assert waits_for(house, number) == [Address(role="dept_head", department="surgery")]
        entries = house.store.readings.entries(file_of(house, number).case.id)
        assert sum(entry.refused is not None for entry in entries) == 4

    def test_whoever_comes_too_late_is_told_so_and_nothing_happens(
        self, as_person: As, house: House, number: str
    ) -> None:
        sun = as_person("sun")
        shown = sends(sun, number, "cancel", reason="重复提交")
        does(as_person("gao"), number, "suspend", reason="等批文")
        late = confirms(sun, shown)
        assert late.status_code == 409
        assert 'value="重复提交"' in late.text
        assert file_of(house, number).case.closed_at is None

    def test_the_same_click_twice_is_one_act(
        self, as_person: As, house: House, number: str
    ) -> None:
        sun = as_person("sun")
        shown = sends(sun, number, "suspend", reason="等批文")
        assert confirms(sun, shown).status_code == 303
        assert confirms(sun, shown).status_code == 303
        entries = house.store.readings.entries(file_of(house, number).case.id)
        assert [entry.event for entry in entries].count("case.suspend") == 1

    def test_never_on_their_own_case(self, as_person: As, house: House, number: str) -> None:
        case = file_of(house, number).case
        sun = as_person("sun")
        zhang = house.store.readings.hospital().organisation.people["zhang"]
        both = replace(zhang, posts=(*zhang.posts, Post("admin", "it")))
        house.store.house.change(Deed(ENGINE, house.clock()), SavePerson(both))
        page = see(as_person("zhang"), f"{CASES}/{number}")
        assert "这是您自己提交的申请" in page.text
        assert not page.has("overseen-acts")
        answer = as_person("zhang").post(
            f"{CASES}/{number}/cancel", data={"reason": "不要了", "step": "confirmed"}
        )
        assert answer.status_code == 403
        assert "这是您自己提交的申请" in answer.text
        assert file_of(house, number).case.version == case.version
        assert see(sun, f"{CASES}/{number}").has("overseen-acts")

    def test_looking_at_the_address_of_an_act_does_nothing(
        self, as_person: As, house: House, number: str
    ) -> None:
        answer = as_person("sun").get(f"{CASES}/{number}/cancel")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"{CASES}/{number}"
        assert file_of(house, number).case.closed_at is None
        assert as_person("sun").post(f"{CASES}/{number}/delete").status_code == 404


def test_a_number_leads_to_its_case_and_a_wrong_one_is_told(as_person: As, number: str) -> None:
    sun = as_person("sun")
    found = sun.get(CASES, params={"q": f" {number.lower()} "})
    assert found.status_code == 303
    assert found.headers["location"] == f"{CASES}/{number}"
    missing = sun.get(CASES, params={"q": "GG2026-999999"})
    assert missing.status_code == 404
    assert "没有编号为“GG2026-999999”的案件" in missing.text
    assert sun.get(f"{CASES}/GG2026-999999").status_code == 404
    assert sun.post(f"{CASES}/GG2026-999999/cancel").status_code == 404


def test_nothing_of_the_form_is_shown_and_no_title_of_a_confidential_process(
    as_person: As, number: str
) -> None:
    sun = as_person("sun")
    assert "夜间停水通知" in see(sun, f"{CASES}/{number}").text  # its title
    assert "张医生" not in see(sun, f"{CASES}/{number}").one(id="overseen-facts").text
    text = (PROCESSES / "bulletin-board.yaml").read_text("utf-8")
    secret = text.replace("bulletin-board", "secret-board").replace("number: GG", "number: MM")
    secret = secret.replace("title:", "confidential: true\ntitle:")
    data = {"text": secret, "act": "publish"}
    assert sun.post("/admin/definitions/new", data=data).status_code == 303
    hidden = hands_in(as_person("zhang"), "secret-board", what="投诉某医生")
    does(sun, hidden, "suspend", reason="待核实")
    for path in (f"{CASES}/{hidden}", CASES, "/admin"):
        assert "投诉某医生" not in sun.get(path).text, path
    assert "外科 科主任" in see(sun, f"{CASES}/{hidden}").one(id="overseen-facts").text


def test_in_english_too(as_person: As, number: str) -> None:
    sun = as_person("sun")
    sun.post("/language", data={"language": "en"})
    page = see(sun, f"{CASES}/{number}").text
    assert "Give" in page
    assert "管理操作" not in page


@pytest.mark.parametrize("who", ["zhang", "li", "zhao", "qian"])
def test_nobody_else_gets_in(as_person: As, house: House, number: str, who: str) -> None:
    other = as_person(who)
    for answer in (
        other.get(CASES),
        other.get(f"{CASES}/{number}"),
        other.post(f"{CASES}/{number}/cancel", data={"reason": "x", "step": "confirmed"}),
        other.post(f"{CASES}/{number}/agree", data={"step": "confirmed"}),
    ):
        assert answer.status_code == 403
        assert "overseen" not in answer.text
    assert file_of(house, number).case.closed_at is None
