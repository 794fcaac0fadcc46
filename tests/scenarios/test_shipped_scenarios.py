"""Every story that stands beside a shipped definition holds, and every process has some."""

from __future__ import annotations

from tests.definitions.shipped import FOLDER, rulebooks, stories, told
from workflow.design.problems import Problem

PROCESSES = sorted(file.parent.name for file in FOLDER.glob("*/scenarios.yaml"))


def test_every_file_of_stories_can_be_read() -> None:
    found = {process: told(process) for process in PROCESSES}
    problems = [one.said.en for some in found.values() for one in some if isinstance(one, Problem)]
    assert not problems
    assert all(found.values())


def test_every_process_has_stories_of_what_is_done_and_of_what_is_refused() -> None:
    kinds_told = {
        process: {step.expects_refusal for story in stories(process) for step in story.steps}
        for process in rulebooks()
    }
    assert {process for process, kinds in kinds_told.items() if kinds != {True, False}} == set()


def test_no_title_is_told_twice() -> None:
    titles = {process: [story.title for story in stories(process)] for process in PROCESSES}
    assert [key for key, told in titles.items() if len(told) != len(set(told))] == []


def test_stories_bring_only_rows_that_some_process_declares() -> None:
    """The runner keeps an undeclared column as it is; in a shipped story it is a misspelling."""
    declared = {
        (register.key, column.key)
        for book in rulebooks().values()
        for register in book.definition.registers.values()
        for column in register.columns
    }
    brought = {
        (process, register, column)
        for process in PROCESSES
        for story in stories(process)
        for register, rows in story.setting.rows.items()
        for row in rows
        for column in row
    }
    assert brought
    assert [one for one in sorted(brought) if one[1:] not in declared] == []
