"""A program does what a person may do, by the same rules, with the same reasons against it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from tests.web.committees import hands_in, publishes
from tests.web.conftest import MONDAY, SetClock, browser
from web.house import House
from web.identity import token_hash
from workflow.nouns import SYSTEM, Actor
from workflow.people.organisation import Person, Post
from workflow.ports.house import Deed, SavePerson
from workflow.ports.store import Store
from workflow.refusals import HTTP_STATUS, Code, Refused

SUTURE = {
    "material_name": "可吸收缝线",
    "spec": "3-0",
    "purpose": "腹部切口缝合",
    "manufacturer": "某厂",
    "agent": "无",
    "quantity": 100,
    "ref_unit_price": "35.50",
}


@pytest.fixture
def program(app: FastAPI, house: House, clock: SetClock) -> Callable[[str], TestClient]:
    """A program that acts as somebody of the cast: a token, no cookie, no Origin."""

    def acting_as(person: str) -> TestClient:
        secret = f"secret-of-{person}"
        deed = Deed(Actor("sun", "孙工"), clock())
        given = house.administering.keys.give(
            deed, f"token-{person}", person, "对接程序", token_hash(secret)
        )
        assert not isinstance(given, Refused)
        return TestClient(app, "http://testserver", headers={"Authorization": f"Bearer {secret}"})

    return acting_as


def opened(zhang: TestClient, **fields: object) -> str:
    answer = zhang.post(
        "/api/v1/cases", json={"process": "consumable-approval", "fields": {**SUTURE, **fields}}
    )
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["number"]
    return number


def decided(who: TestClient, number: str, action: str, **more: object) -> dict[str, Any]:
    answer = who.post(f"/api/v1/cases/{number}/decisions", json={"action": action, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refused(answer: Response, code: Code) -> dict[str, Any]:
    """The error of an answer, after its shape and status were looked at."""
    body = answer.json()
    assert answer.status_code == HTTP_STATUS[code], body
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "fields", "clauses", "cases"}
    assert error["code"] == code.value
    assert set(error["message"]) == {"zh", "en"}
    return error


def test_four_people_approve_a_consumable_through_programs(
    program: Callable[[str], TestClient],
) -> None:
    zhang, li, wang, zhao = (program(name) for name in ("zhang", "li", "wang", "zhao"))
    number = opened(zhang)
    decided(zhang, number, "submit")
    decided(li, number, "dept_sign", opinion="同意，急需")
    decided(wang, number, "finance_sign", opinion="价格合理")
    done = decided(zhao, number, "leader_approve", opinion="批准")
    case = done["case"]
    assert case["state"] == "approved"
    assert case["fields"]["ref_unit_price"] == "35.50"
    assert case["opened_at"] == "2026-03-02T09:00:00+08:00"
    found = zhang.get("/api/v1/registers/approved_materials", params={"spec": "3-0"}).json()
    (row,) = found["rows"]
    assert row["values"]["ref_unit_price"] == "35.50"
    assert row["values"]["approved_on"] == "2026-03-02"
    assert row["case"] == number


def test_the_inbox_lists_what_waits_and_offers_say_what_may_be_done(
    program: Callable[[str], TestClient],
) -> None:
    zhang, li, wu = program("zhang"), program("li"), program("wu")
    number = opened(zhang)
    decided(zhang, number, "submit")
    inbox = li.get("/api/v1/cases").json()
    assert [one["case"]["number"] for one in inbox["items"]] == [number]
    assert inbox["items"][0]["task"]["role"] == "dept_head"
    offers = li.get(f"/api/v1/cases/{number}/offers").json()
    assert {one["action"] for one in offers["offers"] if one["open"]} == {
        "dept_sign",
        "return_for_completion",
        "reject",
    }
    assert wu.get("/api/v1/cases").json()["items"] == []
    mine = zhang.get("/api/v1/cases", params={"box": "mine"}).json()
    assert [one["case"]["number"] for one in mine["items"]] == [number]


def test_the_same_key_is_the_same_act(program: Callable[[str], TestClient]) -> None:
    zhang = program("zhang")
    body = {"process": "consumable-approval", "fields": SUTURE}
    once = zhang.post("/api/v1/cases", json=body, headers={"Idempotency-Key": "order-7"})
    again = zhang.post("/api/v1/cases", json=body, headers={"Idempotency-Key": "order-7"})
    assert (once.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert once.json()["number"] == again.json()["number"]
    other = {**body, "fields": {**SUTURE, "quantity": 7}}
    refused(
        zhang.post("/api/v1/cases", json=other, headers={"Idempotency-Key": "order-7"}),
        Code.CONFLICT,
    )


def test_two_people_may_use_the_same_key(program: Callable[[str], TestClient]) -> None:
    body = {"process": "consumable-approval", "fields": SUTURE}
    headers = {"Idempotency-Key": "1"}
    numbers = {
        program(person).post("/api/v1/cases", json=body, headers=headers).json()["number"]
        for person in ("zhang", "chen")
    }
    assert len(numbers) == 2


def test_saving_a_draft_changes_fields_without_an_action(
    program: Callable[[str], TestClient],
) -> None:
    zhang = program("zhang")
    number = opened(zhang)
    saved = zhang.patch(f"/api/v1/cases/{number}", json={"fields": {"quantity": 250}})
    assert saved.json()["case"]["fields"]["quantity"] == 250
    lines = zhang.get(f"/api/v1/cases/{number}/history").json()["lines"]
    assert [line["event"] for line in lines] == ["start", "save"]
    assert lines[1]["changes"] == [{"field": "quantity", "before": 100, "after": 250}]


# ---- each error code ----------------------------------------------------------------------------


def test_not_permitted_names_who_could(program: Callable[[str], TestClient]) -> None:
    zhang, he = program("zhang"), program("he")
    number = opened(zhang)
    decided(zhang, number, "submit")
    answer = he.post(
        f"/api/v1/cases/{number}/decisions", json={"action": "dept_sign", "opinion": "同意"}
    )
    error = refused(answer, Code.NOT_PERMITTED)
    assert "科主任" in error["message"]["zh"]
    lines = zhang.get(f"/api/v1/cases/{number}/history").json()["lines"]
    assert lines[-1]["refused"] == "not_permitted"


def test_separation_of_duties_keeps_a_head_from_their_own_request(
    program: Callable[[str], TestClient],
) -> None:
    li = program("li")
    number = opened(li)
    decided(li, number, "submit")
    answer = li.post(
        f"/api/v1/cases/{number}/decisions", json={"action": "dept_sign", "opinion": "同意"}
    )
    refused(answer, Code.SEPARATION_OF_DUTIES)


def test_unknown_action_tells_where_the_case_stands(program: Callable[[str], TestClient]) -> None:
    zhang = program("zhang")
    number = opened(zhang)
    answer = zhang.post(f"/api/v1/cases/{number}/decisions", json={"action": "leader_approve"})
    refused(answer, Code.UNKNOWN_ACTION)


def test_condition_not_met_names_the_rule_its_clauses_and_the_case_in_the_way(
    program: Callable[[str], TestClient],
) -> None:
    zhang, li, wang, zhao = (program(name) for name in ("zhang", "li", "wang", "zhao"))
    first = opened(zhang)
    decided(zhang, first, "submit")
    decided(li, first, "dept_sign", opinion="同意")
    decided(wang, first, "finance_sign", opinion="同意")
    decided(zhao, first, "leader_approve", opinion="批准")
    second = opened(zhang)
    answer = zhang.post(f"/api/v1/cases/{second}/decisions", json={"action": "submit"})
    error = refused(answer, Code.CONDITION_NOT_MET)
    assert error["clauses"] == ["S0-03-B03", "S0-12-03"]
    assert error["cases"] == [first]


def test_a_rule_names_the_field_where_it_can_be_mended(
    program: Callable[[str], TestClient], as_person: Callable[[str], TestClient]
) -> None:
    publishes(as_person("sun"), "stock-order")
    zhang = program("zhang")
    asked = {"process": "stock-order", "fields": {"what": "手套", "quantity": 101}}
    number = zhang.post("/api/v1/cases", json=asked).json()["number"]
    answer = zhang.post(f"/api/v1/cases/{number}/decisions", json={"action": "submit"})
    error = refused(answer, Code.CONDITION_NOT_MET)
    assert [one["field"] for one in error["fields"]] == ["quantity"]
    assert error["fields"][0]["message"] == error["message"]
    assert error["clauses"] == ["S0-03-B03"]


def test_invalid_form_lists_every_field_with_its_reason(
    program: Callable[[str], TestClient],
) -> None:
    zhang = program("zhang")
    wrong = {"process": "consumable-approval", "fields": {"quantity": "许多", "no_such": 1}}
    error = refused(zhang.post("/api/v1/cases", json=wrong), Code.INVALID_FORM)
    assert {one["field"] for one in error["fields"]} == {"quantity", "no_such"}


def test_opinion_required(program: Callable[[str], TestClient]) -> None:
    zhang, li = program("zhang"), program("li")
    number = opened(zhang)
    decided(zhang, number, "submit")
    answer = li.post(f"/api/v1/cases/{number}/decisions", json={"action": "dept_sign"})
    refused(answer, Code.OPINION_REQUIRED)


def test_conflict_when_somebody_was_faster(program: Callable[[str], TestClient]) -> None:
    zhang = program("zhang")
    number = opened(zhang)
    read = zhang.get(f"/api/v1/cases/{number}").json()["version"]
    zhang.patch(f"/api/v1/cases/{number}", json={"fields": {"quantity": 5}, "version": read})
    answer = zhang.patch(
        f"/api/v1/cases/{number}", json={"fields": {"quantity": 6}, "version": read}
    )
    refused(answer, Code.CONFLICT)


def test_already_decided(program: Callable[[str], TestClient]) -> None:
    zhang, li = program("zhang"), program("li")
    number = opened(zhang)
    decided(zhang, number, "submit")
    decided(li, number, "dept_sign", opinion="同意")
    answer = li.post(
        f"/api/v1/cases/{number}/decisions", json={"action": "dept_sign", "opinion": "同意"}
    )
    refused(answer, Code.ALREADY_DECIDED)


def test_closed(program: Callable[[str], TestClient]) -> None:
    zhang = program("zhang")
    number = opened(zhang)
    decided(zhang, number, "withdraw")
    answer = zhang.post(f"/api/v1/cases/{number}/decisions", json={"action": "submit"})
    refused(answer, Code.CLOSED)


def test_not_found_is_the_same_for_what_is_not_there_and_what_is_not_theirs(
    program: Callable[[str], TestClient],
) -> None:
    zhang, guo = program("zhang"), program("guo")
    number = opened(zhang)
    theirs = refused(guo.get(f"/api/v1/cases/{number}"), Code.NOT_FOUND)
    nowhere = refused(guo.get("/api/v1/cases/HC2026-999999"), Code.NOT_FOUND)
    assert theirs == nowhere
    answer = guo.post(f"/api/v1/cases/{number}/decisions", json={"action": "reject"})
    assert refused(answer, Code.NOT_FOUND) == nowhere
    refused(guo.get("/api/v1/registers/approved_materials"), Code.NOT_FOUND)
    refused(guo.get("/api/v1/processes/no-such-process"), Code.NOT_FOUND)


def test_a_case_belongs_only_to_one_that_its_opener_may_read(
    program: Callable[[str], TestClient], store: Store
) -> None:
    stay = program("zhang").post(
        "/api/v1/cases", json={"process": "inpatient-settlement", "fields": {"patient_name": "刘"}}
    )
    assert stay.status_code == 201, stay.text
    number = stay.json()["number"]
    doctor = Person("xu", "徐医生", "medicine", (Post("doctor", "medicine"),))
    store.house.change(Deed(Actor(SYSTEM, SYSTEM), MONDAY), SavePerson(doctor))
    xu = program("xu")
    assert xu.get(f"/api/v1/cases/{number}").status_code == 404
    report = {"process": "identity-fraud-report", "fields": {"stage": "门诊", "kind": "冒名"}}
    answers = [
        xu.post("/api/v1/cases", json={**report, "parent": parent})
        for parent in (number, "ZY2026-999999")
    ]
    told = [refused(answer, Code.INVALID_FORM)["message"]["zh"] for answer in answers]
    assert told[0].replace(number, "?") == told[1].replace("ZY2026-999999", "?")
    file = store.readings.case_file(number)
    assert file is not None
    assert not store.readings.related(file.case.id)


def test_an_administrator_cannot_decide_through_the_api_either(
    program: Callable[[str], TestClient],
) -> None:
    zhang, sun = program("zhang"), program("sun")
    number = opened(zhang)
    decided(zhang, number, "submit")
    answer = sun.post(
        f"/api/v1/cases/{number}/decisions", json={"action": "dept_sign", "opinion": "同意"}
    )
    refused(answer, Code.NOT_FOUND)
    assert zhang.get(f"/api/v1/cases/{number}").json()["state"] == "dept_review"


# ---- who may ask --------------------------------------------------------------------------------


def test_without_a_token_or_session_nothing_is_told(app: FastAPI) -> None:
    stranger = TestClient(app, "http://testserver")
    for path in ("/api/v1/me", "/api/v1/processes", "/api/v1/cases", "/api/v1/openapi.json"):
        answer = stranger.get(path)
        assert answer.status_code == 401, path
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert set(answer.json()["error"]) == {"code", "message", "fields", "clauses", "cases"}


def test_a_token_that_was_taken_back_opens_nothing(
    program: Callable[[str], TestClient], house: House, clock: SetClock
) -> None:
    zhang = program("zhang")
    assert zhang.get("/api/v1/me").json()["name"] == "张医生"
    house.administering.keys.take_back(Deed(Actor("sun", "孙工"), clock()), "token-zhang")
    assert zhang.get("/api/v1/me").status_code == 401


def test_a_browser_that_is_signed_in_may_ask_but_no_other_site_may_make_it(
    app: FastAPI, as_person: Callable[[str], TestClient]
) -> None:
    zhang = as_person("zhang")
    assert zhang.get("/api/v1/me").json()["id"] == "zhang"
    body = {"process": "consumable-approval", "fields": SUTURE}
    assert zhang.post("/api/v1/cases", json=body).status_code == 201
    elsewhere = zhang.post("/api/v1/cases", json=body, headers={"Origin": "http://evil.example"})
    assert elsewhere.status_code == 403
    assert len(zhang.get("/api/v1/cases", params={"box": "drafts"}).json()["items"]) == 1


def test_a_program_needs_no_origin(program: Callable[[str], TestClient]) -> None:
    assert opened(program("zhang")).startswith("HC2026-")


# ---- what is sent -------------------------------------------------------------------------------


def test_unknown_keys_and_wrong_types_are_named(program: Callable[[str], TestClient]) -> None:
    zhang = program("zhang")
    answer = zhang.post("/api/v1/cases", json={"process": 7, "colour": "red"})
    error = refused(answer, Code.INVALID_FORM)
    assert {one["field"] for one in error["fields"]} == {"process", "colour"}


def test_a_file_travels_as_base64_and_its_kind_is_looked_at(
    program: Callable[[str], TestClient],
) -> None:
    zhang = program("zhang")
    number = opened(zhang)
    page = base64.b64encode(b"%PDF-1.7 a page").decode()
    done = decided(zhang, number, "submit", files=[{"name": "说明.pdf", "content": page}])
    assert [file["name"] for file in done["case"]["files"]] == ["说明.pdf"]
    again = opened(zhang, spec="4-0")
    for content in (base64.b64encode(b"MZ not a pdf").decode(), "not base64!"):
        answer = zhang.post(
            f"/api/v1/cases/{again}/decisions",
            json={"action": "submit", "files": [{"name": "说明.pdf", "content": content}]},
        )
        refused(answer, Code.INVALID_FORM)
    assert zhang.get(f"/api/v1/cases/{again}").json()["state"] == "draft"


def test_a_register_column_that_does_not_exist_is_named(
    program: Callable[[str], TestClient],
) -> None:
    answer = program("zhang").get(
        "/api/v1/registers/approved_materials", params={"colour": "red", "ref_unit_price": "much"}
    )
    error = refused(answer, Code.INVALID_FORM)
    assert {one["field"] for one in error["fields"]} == {"colour", "ref_unit_price"}


# ---- what is described --------------------------------------------------------------------------


def test_the_catalogue_says_what_i_may_open(program: Callable[[str], TestClient]) -> None:
    found = program("zhang").get("/api/v1/processes").json()["processes"]
    may = {one["key"] for one in found if one["may_open"]}
    assert "consumable-approval" in may
    assert "charge-entry" not in may
    one = program("he").get("/api/v1/processes/consumable-approval").json()
    assert one["may_open"] is False
    assert [state["key"] for state in one["states"] if state["final"]] == [
        "approved",
        "rejected",
        "withdrawn",
    ]


def test_every_address_says_which_errors_it_may_answer(
    program: Callable[[str], TestClient],
) -> None:
    described = program("zhang").get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            statuses = set(told["responses"])
            assert {"401", "422", "503"} <= statuses, (method, path)
            for status in statuses - {"200", "201"}:
                shape = told["responses"][status]["content"]["application/json"]["schema"]
                assert shape == {"$ref": "#/components/schemas/ErrorBody"}, (method, path, status)


def test_errors_tell_nothing_about_people(
    app: FastAPI, program: Callable[[str], TestClient]
) -> None:
    zhang, guo = program("zhang"), program("guo")
    number = opened(zhang, purpose="患者王五 110101199003070038")
    for answer in (
        guo.get(f"/api/v1/cases/{number}"),
        guo.post(f"/api/v1/cases/{number}/decisions", json={"action": "submit"}),
        zhang.post(f"/api/v1/cases/{number}/decisions", json={"action": "dept_sign"}),
        browser(app).get(f"/api/v1/cases/{number}"),
    ):
        assert answer.status_code >= 400
        assert not any(told in answer.text for told in ("王五", "110101", "张医生", "zhang"))


# ---- definitions --------------------------------------------------------------------------------


def next_version(house: House, **replaced: str) -> str:
    text = house.catalog().definition("consumable-approval").source
    text = text.replace("version: 1", "version: 2")
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


def test_definition_invalid_lists_every_problem_with_line_and_column(
    program: Callable[[str], TestClient], house: House
) -> None:
    sun = program("sun")
    text = next_version(house, dept_review="dept_reviw", ref_unit_price="ref_price")
    text = text.replace("title: '{material_name}", "title: '{materal_name}")
    error = refused(sun.post("/api/v1/processes", json={"source": text}), Code.DEFINITION_INVALID)
    fields = error["fields"]
    assert fields
    for one in fields:
        line, _, column = one["field"].partition(":")
        assert int(line) >= 1
        assert int(column) >= 1
        assert f"第{line}行" in one["message"]["zh"]
    checked = sun.post("/api/v1/processes/examinations", json={"source": text}).json()
    assert not checked["publishable"]
    assert len(checked["problems"]) == len(fields)
    assert house.catalog().newest["consumable-approval"] == 1


def test_an_administrator_publishes_and_a_clinician_cannot(
    program: Callable[[str], TestClient], house: House
) -> None:
    text = next_version(house)
    for path in ("/api/v1/processes", "/api/v1/processes/examinations"):
        refused(program("zhang").post(path, json={"source": text}), Code.NOT_PERMITTED)
    published = program("sun").post("/api/v1/processes", json={"source": text, "reason": "试用"})
    assert (published.status_code, published.json()["version"]) == (201, 2)
    assert house.catalog().newest["consumable-approval"] == 2
    again = program("sun").post("/api/v1/processes", json={"source": text})
    refused(again, Code.CONFLICT)


# ---- deciding together ---------------------------------------------------------------------------


def test_a_program_reads_a_panel_and_passes_its_persons_task_on(
    program: Callable[[str], TestClient], as_person: Callable[[str], TestClient]
) -> None:
    publishes(as_person("sun"), "device-committee")
    number = hands_in(as_person("zhang"), "device-committee", what="超声刀")
    li, chen = program("li"), program("chen")
    offers = li.get(f"/api/v1/cases/{number}/offers").json()
    vote = next(offer for offer in offers["offers"] if offer["action"] == "agree")
    assert (vote["open"], vote["vote"]) == (True, "for")
    tools = {tool["action"]: tool for tool in offers["tools"]}
    assert tools["task.transfer"]["names_somebody"] is True
    assert tools["task.recuse"]["words"] == "required"
    assert "task.claim" not in tools
    moved = {"task": vote["task"], "target": "chen"}
    case = decided(li, number, "task.transfer", **moved)["case"]
    seats = {seat["person"]: seat["stands"] for seat in case["panels"][0]["seats"]}
    assert seats == {
        "li": "passed_on",
        "wu": "waiting",
        "wang": "waiting",
        "he": "waiting",
        "chen": "waiting",
    }
    assert li.get(f"/api/v1/cases/{number}/offers").json()["tools"] == []
    case = decided(chen, number, "agree", opinion="可以")["case"]
    panel = case["panels"][0]
    assert (panel["votes_for"], panel["votes_waiting"], panel["percent"]) == (1, 3, 60)
    seat = next(seat for seat in panel["seats"] if seat["person"] == "chen")
    assert (seat["vote"], seat["by"], seat["opinion"]) == ("for", "chen", "可以")


def test_a_program_names_the_step_of_a_return_and_reads_where_the_case_comes_back(
    program: Callable[[str], TestClient], as_person: Callable[[str], TestClient]
) -> None:
    publishes(as_person("sun"), "device-committee")
    number = hands_in(as_person("zhang"), "device-committee", what="超声刀")
    for member in ("li", "wu", "wang"):
        decided(program(member), number, "agree")
    zhao = program("zhao")
    found = zhao.get(f"/api/v1/cases/{number}/offers").json()["offers"]
    back = next(offer for offer in found if offer["action"] == "send_back")
    assert back["targets"] == ["draft", "committee"]
    path = f"/api/v1/cases/{number}/decisions"
    forged = zhao.post(path, json={"action": "send_back", "opinion": "补", "target": "bought"})
    assert refused(forged, Code.INVALID_FORM)["fields"][0]["field"] == "target"
    case = decided(zhao, number, "send_back", opinion="补", target="draft")["case"]
    assert (case["state"], case["course"]["back_to"]) == ("draft", "approval")


def test_a_program_reads_where_branches_stand(
    program: Callable[[str], TestClient], as_person: Callable[[str], TestClient]
) -> None:
    publishes(as_person("sun"), "two-offices")
    number = hands_in(as_person("zhang"), "two-offices", what="会办")
    case = decided(program("wang"), number, "finance_check")["case"]
    assert [(one["state"], one["done"]) for one in case["branches"]] == [
        ("finance_done", True),
        ("insurance", False),
    ]
