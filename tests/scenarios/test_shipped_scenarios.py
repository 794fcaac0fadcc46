"""Every story that stands beside a shipped definition holds, and every process has some."""

from __future__ import annotations

from functools import cache

import pytest

from storage.memory import MemoryStore
from tests.definitions.shipped import FOLDER, register, rulebooks, stories, told
from workflow.calendar import parse_calendar
from workflow.design.problems import Problem
from workflow.scenarios.playing import play
from workflow.scenarios.running import Theatre
from workflow.scenarios.story import Scenario
from workflow.service.catalog import Catalog

FILES = sorted(FOLDER.glob("*/scenarios.yaml"))


def _stories() -> list[Scenario]:
    return [story for file in FILES for story in stories(file.parent.name)]


@cache
def _theatre() -> Theatre:
    calendar = parse_calendar((FOLDER / "calendars/statutory.csv").read_text("utf-8"))
    return Theatre(Catalog.of(register(), rulebooks().values()), calendar, MemoryStore)


@pytest.mark.parametrize(
    "story", _stories(), ids=lambda story: f"{story.file.partition('/')[0]}: {story.title}"
)
def test_the_story_holds(story: Scenario) -> None:
    theatre = _theatre()
    verdict = play(story, theatre.catalog, theatre.calendar, theatre.new_store)
    assert verdict.mismatch is None, f"{story.file}, line {story.line}, step {verdict.step}"


@pytest.mark.parametrize("process", [file.parent.name for file in FILES])
def test_a_file_of_stories_can_be_read(process: str) -> None:
    problems = [one.said.en for one in told(process) if isinstance(one, Problem)]
    assert not problems


def test_every_process_has_stories_of_what_is_done_and_of_what_is_refused() -> None:
    kinds_told = {
        process: {step.expects_refusal for story in stories(process) for step in story.steps}
        for process in rulebooks()
    }
    assert {process for process, kinds in kinds_told.items() if kinds != {True, False}} == set()


@pytest.mark.parametrize("process", [file.parent.name for file in FILES])
def test_no_title_is_told_twice(process: str) -> None:
    titles = [story.title for story in stories(process)]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("process", [file.parent.name for file in FILES])
def test_stories_bring_only_rows_that_some_process_declares(process: str) -> None:
    """The runner keeps an undeclared column as it is; in a shipped story it is a misspelling."""
    declared = {
        (register.key, column.key)
        for book in rulebooks().values()
        for register in book.definition.registers.values()
        for column in register.columns
    }
    brought = {
        (register, column)
        for story in stories(process)
        for register, rows in story.setting.rows.items()
        for row in rows
        for column in row
    }
    assert brought <= declared
