"""From clause to rule and back: each of the 483 is enforced, tracked or has its reason, real runs
of the stories show it, and whoever takes a rule away is told which clause has lost it.
"""

from __future__ import annotations

import io
import json
import re
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from tests.definitions.shipped import FOLDER, stories
from web import clauses_command
from web.clauses_command import Survey, main, survey_of
from workflow.design.register import ClauseKind
from workflow.design.tracing import Part, Standing, Trace
from workflow.scenarios.playing import Verdict
from workflow.scenarios.setting import Mismatch

#: The kinds for which a reason is not enough.
TO_BE_CARRIED = set(ClauseKind) - {ClauseKind.REFERENCE}


@cache
def survey() -> Survey:
    """The shipped definitions, traced and played once."""
    return survey_of()


def traces() -> list[Trace]:
    return list(survey().tracing.traces.values())


def ids(some: list[Trace]) -> list[str]:
    return [one.clause.id for one in some]


# ---- the stories ---------------------------------------------------------------------------------


def test_every_story_that_stands_beside_a_shipped_definition_holds() -> None:
    assert [fault for fault in survey().problems if fault.file.endswith("scenarios.yaml")] == []
    assert [(one.scenario.title, one.mismatch) for one in survey().failed] == []


# ---- coverage ------------------------------------------------------------------------------------


def test_every_clause_that_asks_for_something_is_enforced_or_tracked() -> None:
    asking = [one for one in traces() if one.clause.kind in TO_BE_CARRIED]
    assert len(asking) == 408
    carried = {Standing.ENFORCED, Standing.TRACKED}
    assert ids([one for one in asking if one.standing not in carried]) == []


def test_every_other_clause_has_a_rule_or_a_reason() -> None:
    assert len(traces()) == 483
    assert ids([one for one in traces() if one.standing is Standing.OPEN]) == []


def test_every_clause_that_asks_for_something_is_shown_by_a_story() -> None:
    asking = [one for one in traces() if one.clause.kind in TO_BE_CARRIED]
    assert ids([one for one in asking if not survey().shown(one.rules)]) == []


def test_every_clock_that_a_clause_asks_for_runs_out_in_a_story() -> None:
    clocks = {rule for one in traces() for rule in one.rules if rule.part is Part.DEADLINE}
    assert len(clocks) > 40
    assert [rule.where for rule in clocks if not survey().shown([rule])] == []


def test_every_condition_and_step_that_a_clause_asks_for_is_judged_in_a_story() -> None:
    judged = {Part.CONDITION, Part.ACTION, Part.OPENING, Part.STATE, Part.CALCULATION}
    rules = {rule for one in traces() for rule in one.rules if rule.part in judged}
    assert [rule.where for rule in rules if not survey().shown([rule])] == []


def test_every_rule_of_the_engine_is_shown_by_a_story() -> None:
    engine = {rule for one in traces() for rule in one.rules if rule.part is Part.ENGINE}
    assert len(engine) == 3
    assert [rule.key for rule in engine if not survey().shown([rule])] == []


def test_no_clause_has_lost_what_carried_it() -> None:
    assert [fault.en for fault in survey().faults()] == []


def test_the_stories_that_the_table_names_still_show_the_clause() -> None:
    shown = {
        (one.clause.id, rule.process, story.title)
        for one in traces()
        for rule in one.rules
        for story in survey().shown([rule])
    }
    kept = [one for one in survey().kept if one.story]
    stale = [one for one in kept if (one.clause, one.process, one.story) not in shown]
    assert stale == [], "run `qianpi clauses --keep`"


def test_a_story_shows_only_what_it_was_judged_by() -> None:
    """The lender of a rescue device is refused in one story; nothing else in it was judged."""
    (lent,) = (
        story
        for story in survey().shown(survey().tracing.traces["S0-13-01b"].rules)
        if "借除颤仪" in story.title
    )
    assert lent.refused
    deadlines = [
        rule
        for one in traces()
        for rule in one.rules
        if rule.part is Part.DEADLINE and rule.process == "emergency-cart"
    ]
    assert deadlines
    assert lent not in survey().shown(deadlines)


# ---- the command ---------------------------------------------------------------------------------


@pytest.fixture
def already_surveyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command asks for the survey of the shipped definitions that is there, played once."""
    monkeypatch.setattr(clauses_command, "survey_of", lambda *_, **__: survey())


def told(*arguments: str) -> tuple[int, str, str]:
    out, errors = io.StringIO(), io.StringIO()
    status = main([*arguments], out, errors)
    return status, out.getvalue(), errors.getvalue()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of everything that governs, to be spoiled."""
    return shutil.copytree(FOLDER, tmp_path / "definitions")


def change(file: Path, was: str, becomes: str) -> None:
    text = file.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, becomes, 1), "utf-8")


def change_by(file: Path, pattern: str, becomes: str) -> None:
    text, times = re.subn(pattern, becomes, file.read_text("utf-8"), count=1)
    assert times == 1
    file.write_text(text, "utf-8")


def test_the_shipped_definitions_hold() -> None:
    status, out, errors = told("--unplayed", "--open")
    assert (status, errors) == (0, "")
    assert out.startswith("0:")


@pytest.mark.usefixtures("already_surveyed")
def test_a_clause_is_told_with_its_rules_their_lines_and_its_stories() -> None:
    status, out, _ = told("--set", "S0-13", "--process", "emergency-cart")
    assert status == 0
    block = out.partition("S0-13-01b")[2].partition("\nS0-")[0]
    assert "强制执行 enforced" in block
    where = re.search(r"emergency-cart/1\.yaml:(\d+)  field open_reason", block)
    assert where is not None
    lines = (FOLDER / "emergency-cart/1.yaml").read_text("utf-8").splitlines()
    assert any("open_reason" in line for line in lines[int(where[1]) - 2 : int(where[1])])
    assert "✘ 外科来借除颤仪" in block


@pytest.mark.usefixtures("already_surveyed")
def test_programs_get_one_object_a_clause() -> None:
    status, out, _ = told("--json", "--set", "S1-01")
    objects = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [one["clause"] for one in objects] == ["S1-01-01", "S1-01-02", "S1-01-03"]
    assert objects[2]["standing"] == "enforced"
    assert objects[2]["rules"][0]["rule"] == "engine succession"


@pytest.mark.usefixtures("already_surveyed")
def test_a_set_or_process_that_does_not_exist_is_said() -> None:
    assert told("--set", "S9-99")[0] == 2
    assert told("--process", "nonsense")[0] == 2


def test_a_story_that_does_not_hold_is_named_with_what_was_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    story = stories("emergency-cart")[0]
    wrong = Verdict(story, 2, Mismatch("state: sealed", "state: filed"))
    found = replace(survey(), failed=(wrong,))
    monkeypatch.setattr(clauses_command, "survey_of", lambda *_, **__: found)
    status, _, errors = told("--set", "S0-13")
    assert status == 1
    assert (
        f"{story.file}:{story.line}: the story “{story.title}” does not hold, step 2: expected "
        "state: sealed; found state: filed."
    ) in errors


def test_whatever_a_clause_has_lost_is_named_all_at_once(own: Path) -> None:
    """A citation taken away, another that was misspelt, a rule taken away whole (S0-03-B03 is cited
    elsewhere as well; what is gone is missed all the same), and a reason struck out.
    """
    cart = own / "emergency-cart/1.yaml"
    change(cart, "clauses: [S0-13-03b, S0-13-01b]", "clauses: [S0-13-03b]")
    change(cart, "bool, clauses: [S0-13-02b, S0-13-04.2]", "bool, clauses: [S0-13-99z, S0-13-04.2]")
    request = own / "consumable-approval/1.yaml"
    change_by(
        request,
        r"    conditions:\n      - when: '!facts\.already_approved'\n(        .*\n)+",
        "",
    )
    clauses = own / "clauses/S2-A.yaml"
    change_by(clauses, r"(  - id: S2-A01\n(?:    .*\n)*?)    reason:\n(      .*\n)+", r"\1")

    status, out, errors = told("--unplayed", "--open", "--definitions", str(own))

    assert status == 1
    still_open = [line.partition(" ")[0] for line in out.splitlines() if line.startswith("S")]
    assert still_open == ["S0-12-03", "S0-13-01b", "S2-A01"]
    assert re.search(r"emergency-cart/1\.yaml:\d+: there is no clause “S0-13-99z”", errors)
    assert "Clause S2-A01 has neither rule nor reason." in errors
    assert re.search(
        r"Clause S0-03-B03 lost a rule: condition submit of consumable-approval", errors
    )
    missed = set(re.findall(r"Clause (\S+) lost a rule", errors))
    assert missed == {"S0-13-01b", "S0-13-02b", "S0-03-B03", "S0-12-03"}


def test_a_rule_that_only_gets_another_name_is_not_missed(own: Path) -> None:
    file = own / "emergency-cart/1.yaml"
    file.write_text(file.read_text("utf-8").replace("monthly_count", "count_each_month"), "utf-8")
    assert told("--unplayed", "--definitions", str(own))[0] == 0


def test_a_loss_that_was_meant_is_written_down(own: Path) -> None:
    change(
        own / "consumable-approval/1.yaml",
        "    clauses: [S0-03-B01, S0-12-01]\n  withdraw:",
        "    clauses: [S0-03-B01]\n  withdraw:",
    )
    folder = ("--unplayed", "--definitions", str(own))
    assert told(*folder)[0] == 1
    assert told("--keep", *folder)[0] == 0
    assert told(*folder)[0] == 0
