"""Stories are played by a command: what it tells people and programs, and its status."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.workflow.cars import CAR, FILES, HEAD
from web.scenario_command import main

GOOD = HEAD.format(title="借车") + (
    "  steps:\n"
    "    - {start: {purpose: 会诊}, by: amy}\n"
    "    - {do: submit, by: amy, state: review}\n"
)


def _command(*arguments: str) -> tuple[int, list[str], list[str]]:
    out, errors = io.StringIO(), io.StringIO()
    status = main(arguments, out, errors)
    return status, out.getvalue().splitlines(), errors.getvalue().splitlines()


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder of definitions: two processes, and nothing that is shipped."""
    shelf = tmp_path / "shelf"
    for process, text in (("car-request", CAR), ("key-return", FILES["key.yaml"])):
        (shelf / process).mkdir(parents=True)
        (shelf / process / "1.yaml").write_text(text, "utf-8")
    return shelf


def test_the_command_tells_one_line_a_scenario_and_how_many_passed(
    tmp_path: Path, shelf: Path
) -> None:
    file = tmp_path / "stories.yaml"
    file.write_text(GOOD + GOOD.replace("借车", "再借").replace("review", "draft"), "utf-8")
    status, lines, errors = _command(str(file), "--definitions", str(shelf))
    assert status == 1
    assert lines == [
        "ok 1 借车",
        "not ok 2 再借 — step 2: expected state: draft; found state: review",
        "1 passed, 1 failed",
    ]
    assert errors == []


def test_the_command_ends_well_when_all_hold(tmp_path: Path, shelf: Path) -> None:
    (tmp_path / "stories.yaml").write_text(GOOD, "utf-8")
    status, lines, _ = _command(str(tmp_path / "stories.yaml"), "--definitions", str(shelf))
    assert (status, lines) == (0, ["ok 1 借车", "1 passed, 0 failed"])


def test_the_command_tells_programs_one_object_a_line(tmp_path: Path, shelf: Path) -> None:
    file = tmp_path / "stories.yaml"
    file.write_text(GOOD + GOOD.replace("借车", "再借").replace("review", "draft"), "utf-8")
    status, lines, _ = _command(str(file), "--json", "--definitions", str(shelf))
    assert status == 1
    assert [json.loads(line) for line in lines] == [
        {
            "file": str(file),
            "title": "借车",
            "ok": True,
            "step": None,
            "expected": None,
            "found": None,
        },
        {
            "file": str(file),
            "title": "再借",
            "ok": False,
            "step": 2,
            "expected": "state: draft",
            "found": "state: review",
        },
    ]


def test_the_command_names_file_line_and_column_and_plays_the_other_files(
    tmp_path: Path, shelf: Path
) -> None:
    good, bad = tmp_path / "a.yaml", tmp_path / "b.yaml"
    good.write_text(GOOD, "utf-8")
    bad.write_text(GOOD.replace("state: review", "stat: review"), "utf-8")
    status, lines, errors = _command(str(good), str(bad), "--definitions", str(shelf))
    assert status == 2
    assert lines[0] == "ok 1 借车"
    assert any(line.startswith(f"{bad}:16:29 ") for line in errors)


@pytest.mark.parametrize("name", ["missing.yaml", "empty"])
def test_a_path_that_leads_to_no_scenario_is_told(tmp_path: Path, shelf: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    status, _, errors = _command(str(tmp_path / name), "--definitions", str(shelf))
    assert status == 2
    assert errors[0].startswith(f"{tmp_path / name}:1:1: ")


def test_a_folder_of_definitions_that_is_missing_is_told(tmp_path: Path) -> None:
    status, _, errors = _command(str(tmp_path), "--definitions", str(tmp_path / "nowhere"))
    assert status == 2
    assert len(errors) == 1


def test_a_definition_with_a_fault_is_told_and_hinders_no_other(
    tmp_path: Path, shelf: Path
) -> None:
    key = shelf / "key-return" / "1.yaml"
    key.write_text(key.read_text("utf-8").replace("who: {role: keeper}", "who: {role: k}"), "utf-8")
    stories = tmp_path / "stories.yaml"
    stories.write_text(GOOD, "utf-8")
    status, _, errors = _command(str(stories), "--definitions", str(shelf))
    assert status == 2
    assert any("key-return/1.yaml" in line for line in errors)


def test_the_shipped_stories_are_played_by_the_command() -> None:
    folder = Path(__file__).parents[2] / "definitions" / "consumable-approval"
    status, lines, errors = _command(str(folder))
    assert status == 0, errors
    assert lines[-1] == f"{len(lines) - 1} passed, 0 failed"


def test_a_title_in_two_lines_is_told_in_one(tmp_path: Path, shelf: Path) -> None:
    stories = tmp_path / "stories.yaml"
    stories.write_text(GOOD.replace("scenario: 借车", 'scenario: "借\\n车"'), "utf-8")
    _, lines, _ = _command(str(stories), "--definitions", str(shelf))
    assert lines[0] == "ok 1 借 车"
