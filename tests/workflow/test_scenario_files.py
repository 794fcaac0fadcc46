"""A scenario file that cannot be read is told with file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflow.cars import CAR, FILES, HEAD, empty_theatre
from workflow.design.problems import Problem
from workflow.scenarios.running import run_scenarios

GOOD = HEAD.format(title="借车") + (
    "  steps:\n"
    "    - {start: {purpose: 会诊}, by: amy}\n"
    "    - {do: submit, by: amy, state: review}\n"
)


def _problems(folder: Path, text: str) -> list[Problem]:
    file = folder / "stories.yaml"
    file.write_text(text, "utf-8")
    report = run_scenarios([file], empty_theatre())
    assert report.exit_status == 2 or not report.problems
    assert not report.problems or not report.verdicts
    return list(report.problems)


# Each: what is replaced in the good file, by what, at which line and column, and a word said of it.
WRONG = [
    ("  process:", "  proces: x\n  process:", 2, 3, "proces"),
    ("  now: 2026", "  now: 2026-03-02\n  now: 2026", 4, 3, "now"),
    ("  now: 2026-03-02T09:00:00+08:00", "  now: gestern", 3, 8, "gestern"),
    ("now: 2026-03-02T09:00:00", "now: 2026-02-30T09:00:00", 3, 8, "2026-02-30"),
    ("amy: {name: 艾医生, department", "amy: {name: 艾医生, departement", 7, 22, "departement"),
    ("roles: [clinician]}\n    lee", "roles: [surgeon]}\n    lee", 7, 51, "surgeon"),
    ("  people:", "  policy: {consumable.medins: on}\n  people:", 6, 12, "consumable.medins"),
    ("  people:", "  policy: {consumable.medins_review: maybe}\n  people:", 6, 38, "true"),
    ("  people:", "  profile: H99\n  people:", 6, 12, "H99"),
    ("  people:", "  clauses: [S0-99-Z]\n  people:", 6, 13, "S0-99-Z"),
    ("  people:", "  calendar: {2026-3-9: holiday}\n  people:", 6, 14, "2026-3-9"),
    ("  people:", "  calendar: {2026-03-09: closed}\n  people:", 6, 26, "closed"),
    ("  people:", "  departments: {garage: {type: barn}}\n  people:", 6, 32, "barn"),
    ("{from: lee, to: fan,", "{from: tom, to: fan,", 13, 14, "tom"),
    ("start: 2026-03-03, end: 2026-03-04", "start: 2026-03-03, end: 2026-03-01", 13, 52, "first"),
    ("start: 2026-03-03, end", "start: 3.3., end", 13, 35, "3.3."),
    ("by: amy, state", "by: tom, state", 16, 24, "tom"),
    ("state: review", "stat: review", 16, 29, "stat"),
    ("state: review", "refused: not_allowed", 16, 38, "not_allowed"),
    ("do: submit, by: amy", "do: submit", 16, 8, "by"),
    ("do: submit, by: amy", "do: submit, wait: 3d, by: amy", 16, 20, "wait"),
    ("do: submit, by: amy", "wait: soon", 16, 14, "soon"),
    ("do: submit, by: amy", "wait: 999999w", 16, 14, "5200w"),
    ("do: submit, by: amy", "wait: 3d, by: amy", 16, 18, "by"),
    ("do: submit, by: amy", "wait: 3d, refused: closed", 16, 18, "refused"),
    ("do: submit, by: amy", "do: submit, by: amy, as: x", 16, 29, "as"),
    ("purpose: 会诊}, by: amy", "purpose: 会诊}, by: amy, on: it", 15, 39, "on"),
    ("do: submit,", "do: submit, on: trip,", 16, 24, "trip"),
    ("do: submit,", "do: submit, seen: before 提交,", 16, 26, "提交"),
    ("do: submit,", "do: submit, seen: 提交,", 16, 26, "before"),
    ("do: submit,", "do: submit, cites: [S9],", 16, 28, "S9"),
    ("do: submit,", "do: submit, can: {tom: []},", 16, 26, "tom"),
    ("do: submit,", "do: submit, due: soon,", 16, 25, "soon"),
    ("do: submit,", "do: submit, expect: {trip: {state: x}},", 16, 29, "trip"),
    ("do: submit,", "do: submit, expect: {it: {refused: closed}},", 16, 34, "refused"),
    ("do: submit,", "do: submit, registers: {car_days: {non: []}},", 16, 43, "non"),
    (", state: review", "", 1, 3, "checks nothing"),
    ("state: review", "fields: {}, notified: {}, history: []", 1, 3, "checks nothing"),
    ("    - {do", "    - {do: x, do", 16, 15, "do"),
    ("do: submit,", "do: submit, opinion: *nobody,", 16, 29, "Aliases"),
]


def test_the_good_file_is_good(tmp_path: Path) -> None:
    assert _problems(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "word"), WRONG, ids=[f"{new}" for _, new, *_ in WRONG]
)
def test_what_is_wrong_is_told_at_its_place(
    tmp_path: Path, old: str, new: str, line: int, column: int, word: str
) -> None:
    assert GOOD.count(old) == 1
    problems = _problems(tmp_path, GOOD.replace(old, new))
    assert (line, column) in [(problem.line, problem.column) for problem in problems]
    first = next(one for one in problems if (one.line, one.column) == (line, column))
    assert word in first.because.en
    assert first.because.zh


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("by: amy, state", "by: tom, stat").replace("clinician", "surgeon")
    said = [(one.line, one.because.en) for one in _problems(tmp_path, text)]
    assert [line for line, _ in said] == [7, 11, 16, 16]


@pytest.mark.parametrize("text", ["scenario: 借车\n", "# nothing\n", "[]\n", "- just a text\n"])
def test_a_file_that_is_no_list_of_scenarios_cannot_be_read(tmp_path: Path, text: str) -> None:
    assert len(_problems(tmp_path, text)) == 1


def test_a_file_that_is_not_utf8_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "stories.yaml"
    file.write_bytes(GOOD.encode("gbk"))
    assert run_scenarios([file], empty_theatre()).exit_status == 2


# ---- definitions beside the file -----------------------------------------------------------------


def test_a_scenario_brings_definitions_that_stand_beside_it(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    file = tmp_path / "stories.yaml"
    needs = "  process: car-request\n  definitions: [car.yaml, key.yaml]\n"
    file.write_text(GOOD.replace("  process: car-request\n", needs), "utf-8")
    # In the folder, the definitions are not taken for scenarios.
    report = run_scenarios([tmp_path], empty_theatre())
    assert [verdict.ok for verdict in report.verdicts] == [True]
    assert report.exit_status == 0


def test_a_definition_that_is_not_beside_the_file_is_told_with_the_scenario(tmp_path: Path) -> None:
    text = GOOD.replace("  process:", "  definitions: [boat.yaml]\n  process:")
    [problem] = _problems(tmp_path, text)
    assert (problem.line, problem.column) == (1, 1)
    assert "boat.yaml" in problem.because.en


def test_a_definition_with_a_fault_is_told_at_its_own_place(tmp_path: Path) -> None:
    (tmp_path / "car.yaml").write_text(CAR.replace("to: review", "to: reveiw"), "utf-8")
    text = GOOD.replace("  process:", "  definitions: [car.yaml]\n  process:")
    problems = _problems(tmp_path, text)
    assert {Path(problem.file).name for problem in problems} == {"car.yaml"}
    assert any("reveiw" in problem.because.en for problem in problems)
