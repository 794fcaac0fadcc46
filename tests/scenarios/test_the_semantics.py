"""What each word of an approval means: the stories in `semantics`, told by the engine."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from web.scenario_command import main

FOLDER = Path(__file__).parent / "semantics"
STORIES = sorted(FOLDER.glob("[0-9][0-9]-*.yaml"))


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.stem)
def test_the_stories_hold(file: Path) -> None:
    out, errors = io.StringIO(), io.StringIO()

    status = main([str(file)], out, errors)

    assert status == 0, f"{out.getvalue()}{errors.getvalue()}"


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.stem)
def test_something_must_happen_and_something_is_refused(file: Path) -> None:
    text = file.read_text("utf-8")
    assert "refused: " in text
    assert "state: " in text


def test_no_definition_lies_about_unused() -> None:
    told = "".join(file.read_text("utf-8") for file in STORIES)
    unused = [
        file.name for file in FOLDER.glob("*.yaml") if file not in STORIES and file.name not in told
    ]
    assert unused == []
