"""An administrator publishes the next version of a process; nothing is published that has a
problem.
"""

from __future__ import annotations

from tests.workflow.hospital import FILLED, PURCHASE, edited
from tests.workflow.office import Office, done, why
from workflow.design.comparing import How, Part
from workflow.design.problems import Problem
from workflow.refusals import Refused, Sentence
from workflow.service.publishing import Trial

SECOND = edited(
    PURCHASE,
    ("version: 1", "version: 2"),
    ("{zh: 批准, en: Approve}", "{zh: 同意采购, en: Approve the purchase}"),
)
LOAN = edited(
    PURCHASE,
    ("process: purchase", "process: loan"),
    ("number: CG", "number: JY"),
    ("  bought:\n    name", "  lent:\n    name"),
    ("had_already: {register: bought", "had_already: {register: lent"),
    ("bought_by: {register: bought", "bought_by: {register: lent"),
    ("- write: bought", "- write: lent"),
)
#: A loan that follows from a purchase and asks where that one stands.
FOLLOW_UP = edited(
    LOAN,
    (
        "  who: [{role: clinician}, {role: dept_head}]",
        ("  who: [{role: clinician}]\n  parent: {process: purchase, field: order, required: true}"),
    ),
    (
        "  thing: {label",
        ("  order: {label: {zh: 采购, en: Order}, type: case, process: purchase}\n  thing: {label"),
    ),
    (
        "  had_already:",
        (
            "  parent_done: {related: parent, process: purchase, states: [approved], "
            "gives: exists}\n  had_already:"
        ),
    ),
    ("when: '!facts.had_already'", "when: '!facts.had_already && facts.parent_done'"),
)


def test_a_new_process_may_be_used_at_once() -> None:
    office = Office()
    done(office.publishing.publish(office.deed(), LOAN))
    office.refresh()
    number = office.hospital.opened("amy", "loan", **FILLED)
    assert number.startswith("JY2026-")


def test_new_cases_are_opened_by_the_new_version_and_running_ones_stay_on_theirs() -> None:
    office = Office()
    running = office.hospital.submitted()
    done(office.publishing.publish(office.deed(), SECOND))
    office.refresh()
    newer = office.hospital.opened("amy", **{**FILLED, "thing": "镊子"})
    assert office.hospital.case(running).definition_version == 1
    assert office.hospital.case(newer).definition_version == 2
    assert office.hospital.takes("lee", "dept_sign", running, "同意") == "finance"


def test_the_ledger_tells_who_published_what_and_what_it_changed() -> None:
    office = Office()
    done(office.publishing.publish(office.deed(reason="改按钮名称"), SECOND))
    line = office.last()
    assert (line["event"], line["actor"]) == ("definition_published", "ada")
    assert line["facts"]["after"]["version"] == 2
    assert line["facts"]["after"]["digest"] == office.catalogs().definition("purchase").digest
    assert line["reason"].splitlines() == ["改按钮名称", "改动动作 approve"]


def test_every_problem_is_told_at_once_with_its_place() -> None:
    office = Office()
    broken = edited(SECOND, ("to: dept\n", "to: dpet\n"), ("max: 50", "max: fifty"))
    answer = office.publishing.publish(office.deed(), broken)
    assert isinstance(answer, Refused)
    places = dict(enumerate(broken.splitlines(), 1))
    told = {places[int(str(one.field).partition(":")[0])].strip() for one in answer.refusals}
    assert "to: dpet" in told
    assert any("max: fifty" in text for text in told)
    assert office.catalogs().newest["purchase"] == 1


def test_a_refused_publication_leaves_its_line() -> None:
    office = Office()
    office.publishing.publish(office.deed(), edited(SECOND, ("to: dept\n", "to: dpet\n")))
    line = office.last()
    assert (line["event"], line["code"]) == ("refused", "definition_invalid")
    assert line["facts"]["action"] == "publish"


def test_only_the_next_version_may_be_published() -> None:
    office = Office()
    third = edited(SECOND, ("version: 2", "version: 3"))
    (problem,) = office.publishing.examine(third).problems
    assert (problem.line, problem.column, problem.path) == (2, 10, "version")
    assert "2" in problem.because.zh
    first = edited(LOAN, ("version: 1", "version: 4"))
    (problem,) = office.publishing.examine(first).problems
    assert "1" in problem.because.zh


def test_a_published_version_is_never_replaced_by_other_content() -> None:
    office = Office()
    other = edited(PURCHASE, ("{zh: 批准, en: Approve}", "{zh: 准, en: OK}"))
    assert why(office.publishing.publish(office.deed(), other)) == ("definition_invalid 2:10",)
    assert office.catalogs().definition("purchase").actions["approve"].name.en == "Approve"


def test_the_same_text_again_changes_nothing() -> None:
    office = Office()
    assert office.publishing.examine(PURCHASE).published
    assert why(office.publishing.publish(office.deed(), PURCHASE)) == ("conflict published",)


def test_nobody_but_an_administrator_publishes() -> None:
    office = Office()
    for who in ("amy", "wu", "eve", "nobody"):
        answer = office.publishing.publish(office.deed(who), SECOND)
        assert why(answer) == ("not_permitted post",)
        assert office.last()["actor"] == who
    assert office.catalogs().newest["purchase"] == 1


def test_what_would_change_is_told_before_it_is_published() -> None:
    office = Office()
    text = edited(
        SECOND,
        (
            "  dept_opinion: {label: {zh: 科室意见, en: Department's opinion}, type: long_text}\n",
            "",
        ),
        ("into: dept_opinion", "into: head_opinion"),
        (
            "  finance_opinion: {label",
            (
                "  head_opinion: {label: {zh: 意见, en: Opinion}, type: long_text}\n"
                "  finance_opinion: {label"
            ),
        ),
    )
    found = {(one.part, one.key, one.how) for one in office.publishing.examine(text).differences}
    assert found == {
        (Part.FIELD, "head_opinion", How.ADDED),
        (Part.FIELD, "dept_opinion", How.REMOVED),
        (Part.ACTION, "dept_sign", How.CHANGED),
        (Part.ACTION, "approve", How.CHANGED),
    }


def test_comments_and_layout_are_no_change() -> None:
    office = Office()
    text = "# a remark\n" + edited(PURCHASE, ("version: 1", "version: 2"))
    examination = office.publishing.examine(text)
    assert examination.publishable
    assert examination.differences == ()


def test_scenarios_run_on_the_definition_that_is_to_be_published() -> None:
    office = Office()
    office.verdicts = (Trial("四人签署", ok=True),)
    done(office.publishing.publish(office.deed(), SECOND, "- scenario: …"))
    assert office.rehearsed == ["purchase 2: - scenario: …"]
    assert office.last()["reason"].endswith("试办 1 个情景")


def test_a_failing_scenario_keeps_a_definition_from_being_published() -> None:
    office = Office()
    office.verdicts = (
        Trial("四人签署", ok=True),
        Trial("退回重报", False, 3, "state: draft", "rejected"),
    )
    answer = office.publishing.publish(office.deed(), SECOND, "- scenario: …")
    assert why(answer) == ("definition_invalid scenarios",)
    assert office.catalogs().newest["purchase"] == 1


def test_scenarios_that_cannot_be_read_keep_it_from_being_published() -> None:
    office = Office()
    office.verdicts = (Problem("scenarios.yaml", 3, 5, "", Sentence("缺少 now", "now is missing")),)
    answer = office.publishing.publish(office.deed(), SECOND, "- scenario: …")
    assert why(answer) == ("definition_invalid 3:5",)


def test_a_version_that_others_speak_of_may_not_pull_the_ground_from_under_them() -> None:
    office = Office(PURCHASE, FOLLOW_UP)
    renamed = edited(
        SECOND,
        ("  approved: {name", "  granted: {name"),
        ("to: approved", "to: granted"),
    )
    problems = office.publishing.examine(renamed).problems
    assert [problem.path for problem in problems] == ["process"]
    assert "approved" in problems[0].because.en


def test_a_field_that_another_process_reads_may_not_go() -> None:
    reading = edited(FOLLOW_UP, ("facts.parent_done'", 'parent.form.thing != ""\''))
    office = Office(PURCHASE, reading)
    text = SECOND.replace("form.thing", "form.what").replace("'{thing}'", "'{what}'")
    renamed = edited(
        text,
        (
            "  thing: {label: {zh: 物品, en: Thing}, type: text, req",
            "  what: {label: {zh: 物品, en: Thing}, type: text, req",
        ),
    )
    problems = office.publishing.examine(renamed).problems
    assert [problem.path for problem in problems] == ["process"]
    assert "parent.form.thing" in problems[0].because.en
    assert office.publishing.examine(SECOND).publishable


def test_only_what_speaks_of_a_new_version_is_made_ready_anew() -> None:
    other = edited(LOAN, ("process: loan", "process: gift"), ("number: JY", "number: ZS"))
    office = Office(PURCHASE, FOLLOW_UP, other)
    before = {key: office.catalogs().rulebook(key) for key in ("purchase", "loan", "gift")}

    done(office.publishing.publish(office.deed(), SECOND))

    after = office.catalogs()
    assert after.rulebook("gift") is before["gift"]
    assert after.rulebook("loan") is not before["loan"]
    assert after.rulebook("loan").compiled.beside == {
        "purchase": after.definition("purchase").digest
    }
    assert after.rulebook("purchase", 1) is before["purchase"]
    assert after.definition("purchase").version == 2


# ---- retiring -----------------------------------------------------------------------------------


def test_a_retired_process_opens_no_cases_and_its_running_ones_go_on() -> None:
    office = Office()
    running = office.hospital.submitted()
    done(office.publishing.retire(office.deed(reason="停用"), "purchase", 1))
    office.refresh()
    answer = office.hospital.open("amy", **FILLED)
    assert answer.refused is not None
    assert answer.refused.code == "not_found"
    assert office.hospital.takes("lee", "dept_sign", running, "同意") == "finance"
    done(office.publishing.retire(office.deed(reason="恢复"), "purchase", 1, retired=False))
    office.refresh()
    office.hospital.opened("amy", **FILLED)


def test_when_the_newest_version_is_retired_the_one_before_is_in_force_again() -> None:
    office = Office()
    done(office.publishing.publish(office.deed(), SECOND))
    done(office.publishing.retire(office.deed(reason="有误"), "purchase", 2))
    assert office.catalogs().newest["purchase"] == 1
    third = edited(SECOND, ("version: 2", "version: 3"))
    assert office.publishing.examine(third).publishable


def test_retiring_needs_a_reason_a_version_and_an_administrator() -> None:
    office = Office()
    retire = office.publishing.retire
    assert why(retire(office.deed(), "purchase", 1)) == ("invalid_form reason",)
    assert why(retire(office.deed(reason="停用"), "purchase", 9)) == ("not_found version",)
    assert why(retire(office.deed("lee", "停用"), "purchase", 1)) == ("not_permitted post",)
    assert office.catalogs().newest["purchase"] == 1
