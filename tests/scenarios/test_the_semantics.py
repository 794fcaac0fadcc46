"""What each word of an approval means: the stories in `semantics`, told by the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.definitions.shipped import theatre
from workflow.scenarios.running import run_scenarios

FOLDER = Path(__file__).parent / "semantics"
#: What hospitals mean by the words of approval, by number: each has a file of its own.
SEMANTICS = {
    1: "any-one",
    2: "all-agree",
    3: "stop-or-gather",
    4: "in-turn",
    5: "ratio",
    6: "weighted",
    7: "quorum",
    8: "one-veto",
    9: "abstain",
    10: "recuse",
    11: "role-at-opening",
    12: "head-of-department",
    13: "heads-up-to-the-amount",
    14: "named-in-the-form",
    15: "chosen-from-a-set",
    16: "panel-per-line",
    17: "claim",
    18: "empty-chair",
    19: "own-request",
    20: "different-people",
    21: "four-eyes",
    22: "same-approver",
    23: "add-before",
    24: "add-after",
    25: "add-and-remove",
    26: "transfer",
    27: "ask",
    28: "consult",
    29: "absence",
    30: "limits-of-delegation",
    31: "delegate-in-conflict",
    32: "reject",
    33: "return",
    34: "resubmit",
    35: "return-in-parallel",
    36: "withdraw",
    37: "take-back",
    38: "revocation",
    39: "time-out",
    40: "clock-pause",
    41: "urge",
    42: "copies",
    43: "conditional",
    44: "emergency",
}
STORIES = sorted(FOLDER.glob("[0-9][0-9]-*.yaml"))


def test_every_meaning_has_its_stories() -> None:
    wanted = [f"{number:02}-{name}" for number, name in SEMANTICS.items()]
    assert [file.stem for file in STORIES] == wanted
    assert list(SEMANTICS) == list(range(1, 45))


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.stem)
def test_the_stories_hold(file: Path) -> None:
    report = run_scenarios([file], theatre())

    assert [one.said.en for one in report.problems] == []
    assert [one for one in report.verdicts if not one.ok] == []
    assert report.verdicts


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
