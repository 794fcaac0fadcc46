"""The documents clause by clause: what each does here, where it last acted, and the way to it from
every refusal, deadline and closed button.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import MONDAY
from tests.web.consumables import asks, decides, see, send_request, signs
from tests.web.paper import Element, read_page
from web.clauses_command import main
from workflow.nouns import Actor
from workflow.ports.hospital import Policy
from workflow.ports.house import Deed, SavePolicy
from workflow.ports.store import Store

As = Callable[[str], TestClient]


def row(page: Element, clause: str) -> Element:
    """The line of a clause."""
    return next(
        line
        for table in page.all("table")
        for line in table.all("tr")
        if f"/clauses/{clause}" in line.links and line.one("th").text.startswith(clause)
    )


# ---- the list ------------------------------------------------------------------------------------


def test_every_document_is_there_with_all_its_clauses(as_person: As) -> None:
    page = see(as_person("chen"), "/clauses")
    assert "共 483 条" in page.text
    ids = {link.removeprefix("/clauses/") for link in page.links if link.startswith("/clauses/")}
    assert len(ids) == 483
    assert "医疗保险工作管理实施细则" in page.text


def test_the_page_tells_what_the_command_tells(as_person: As) -> None:
    out = io.StringIO()
    assert main(["--json", "--unplayed", "--set", "S0-13"], out, io.StringIO()) == 0
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    words = {"enforced": "强制执行", "tracked": "跟踪", "reference": "仅供参照"}

    page = see(as_person("chen"), "/clauses?set=S0-13")

    assert len(told) == 16
    for one in told:
        line = row(page, one["clause"])
        assert words[one["standing"]] in line.text
        single = see(as_person("chen"), f"/clauses/{one['clause']}")
        for rule in one["rules"]:
            assert rule["where"] in single.text


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("set=S0-12", "S0-12-01", "S0-13-01b"),
        ("standing=reference", "S0-15-01", "S0-12-01"),
        ("process=patient-leave", "S0-02-B09c", "S0-12-01"),
        ("text=外借", "S0-13-01b", "S0-12-01"),
        ("text=s0-12-01", "S0-12-01", "S0-13-01b"),
    ],
)
def test_the_list_is_narrowed(as_person: As, query: str, there: str, not_there: str) -> None:
    page = see(as_person("chen"), f"/clauses?{query}")
    assert f"/clauses/{there}" in page.links
    assert f"/clauses/{not_there}" not in page.links


def test_nothing_found_is_said(as_person: As) -> None:
    assert "没有符合条件的条款" in see(as_person("chen"), "/clauses?text=无此一说").text


def test_a_clause_without_a_rule_says_why(as_person: As) -> None:
    line = row(see(as_person("chen"), "/clauses?set=S2-A"), "S2-A01")
    assert "仅供参照" in line.text
    assert "说明制定目的" in line.text


# ---- one clause ----------------------------------------------------------------------------------


def test_a_clause_names_its_rules_their_lines_and_the_stories_that_show_it(as_person: As) -> None:
    page = see(as_person("chen"), "/clauses/S0-03-B03")
    assert "条件“该材料已审批，再次使用无需审批”" in page.text
    assert "不符合就拒绝 · consumable-approval/1.yaml:" in page.text
    assert "演示它的情景" in page.text


def test_the_administrator_comes_from_the_rule_to_its_line(as_person: As) -> None:
    page = see(as_person("sun"), "/clauses/S0-03-B03")
    (link,) = {one for one in page.links if one.startswith("/admin/definitions/consumable")}
    path, _, anchor = link.partition("#")
    line = see(as_person("sun"), path).one("li", id=anchor)
    assert "already_approved" in line.text
    assert not any(one.startswith("/admin") for one in see(as_person("chen"), "/clauses").links)


# ---- where it last acted -------------------------------------------------------------------------


def test_a_clause_leads_to_the_line_in_which_it_last_acted(as_person: As) -> None:
    assert "还没有" in row(see(as_person("zhang"), "/clauses?set=S0-03"), "S0-03-B02b").text
    number = asks(as_person("zhang"))
    signs(as_person("li"), number, "dept_sign")

    line = row(see(as_person("zhang"), "/clauses?set=S0-03"), "S0-03-B02b")

    (link,) = [one for one in line.links if one.startswith("/c/")]
    path, _, anchor = link.partition("#")
    assert path == f"/c/{number}"
    assert "科主任签署同意" in see(as_person("zhang"), path).one("li", id=anchor).text


def test_who_may_not_read_the_case_is_not_led_there(as_person: As) -> None:
    number = asks(as_person("zhang"))
    signs(as_person("li"), number, "dept_sign")
    for path in ("/clauses?set=S0-03", "/clauses/S0-03-B02b"):
        assert number not in see(as_person("guo"), path).text
        assert number in see(as_person("he"), path).text


def test_a_refusal_counts_as_acting(as_person: As) -> None:
    number = asks(as_person("zhang"))
    assert decides(as_person("li"), number, "dept_sign", opinion="").status_code == 422

    line = row(see(as_person("li"), "/clauses?set=S0-03"), "S0-03-B02b")

    assert number in line.text
    assert "拒绝" in line.text


# ---- the way there -------------------------------------------------------------------------------


def test_what_is_wrong_with_a_field_links_to_its_clause(as_person: As) -> None:
    page = read_page(send_request(as_person("zhang"), spec="").text)
    assert page.one(id="f-spec-problem").text == "请填写"
    assert "/clauses/S0-03-B02a" in page.one(id="f-spec-clauses").links


def test_a_refusal_on_a_page_of_its_own_links_to_its_clause(as_person: As) -> None:
    refused = as_person("wang").get("/requests/new/consumable-approval")
    assert refused.status_code == 403
    assert "/clauses/S0-03-B02a" in read_page(refused.text).one(id="problem").links


def test_a_deadline_links_to_its_clause(as_person: As, store: Store) -> None:
    policy = Policy(overrides={"publicity.renew_days": 90})
    store.house.change(Deed(Actor("he", "何老师"), MONDAY), SavePolicy(policy))
    browser = as_person("he")
    path = "/requests/new/publicity-disclosure"
    form = see(browser, path).one("form", id="request-form")
    answer = browser.post(path, data={**form.fields, "f.kind": "基金使用", "do": "submit"})
    facts = see(browser, answer.headers["location"]).one(id="key-facts")
    assert "一个月内挂出" in facts.text
    assert "/clauses/S0-03-C04" in facts.links


def test_a_closed_button_links_to_its_clause(as_person: As) -> None:
    number = asks(as_person("li"))
    closed = see(as_person("li"), f"/c/{number}").one("ul", class_="closed")
    assert "/clauses/S0-15-31" in closed.links


def test_a_line_of_the_ledger_links_to_the_clauses_that_it_was_judged_by(
    as_person: As, store: Store
) -> None:
    file = store.readings.case_file(asks(as_person("zhang")))
    assert file is not None
    line = see(as_person("qian"), f"/audit/entry/{file.case.id}/2").one(id="ledger-entry")
    assert "/clauses/S0-03-B03" in line.links
