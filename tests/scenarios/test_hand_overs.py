"""What one process hands to another: every hand-over of the register stands in the definitions, and
a story runs it across both.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from tests.definitions.shipped import FOLDER, register, rulebooks, theatre
from tests.scenarios.hand_overs import HAND_OVERS, HandOver
from workflow.design.definition import Definition
from workflow.design.effects import ActOn, StartCase, WriteRow
from workflow.design.plan import effects_of
from workflow.scenarios.playing import play
from workflow.scenarios.reading import read_scenarios
from workflow.scenarios.story import Scenario

STORIES = Path(__file__).parent / "hand-overs"


@cache
def _stories() -> tuple[Scenario, ...]:
    found: list[Scenario] = []
    for file in sorted(STORIES.glob("*.yaml")):
        for one in read_scenarios(file.read_text("utf-8"), file.name, register()):
            assert isinstance(one, Scenario), one
            found.append(one)
    return tuple(found)


@pytest.mark.parametrize("story", _stories(), ids=lambda story: story.title)
def test_the_story_holds(story: Scenario) -> None:
    here = theatre()
    verdict = play(story, here.catalog, here.calendar, here.new_store)
    assert verdict.mismatch is None, f"{story.file}, line {story.line}, step {verdict.step}"


@pytest.mark.parametrize("one", HAND_OVERS, ids=lambda one: f"{one.sender}-{one.receiver}")
def test_a_story_runs_it(one: HandOver) -> None:
    begins = one.told_with or f"{one.sender} → {one.receiver}"
    assert any(story.title.startswith(begins) for story in _stories()) or one.told_by, begins


@pytest.mark.parametrize("one", HAND_OVERS, ids=lambda one: f"{one.sender}-{one.receiver}")
def test_the_definitions_hand_it_over(one: HandOver) -> None:
    way = (
        [one.sender, one.receiver]
        if one.through is None
        else [one.sender, one.through, one.receiver]
    )
    for start, end in pairwise(way):
        sender, receiver = rulebooks()[start].definition, rulebooks()[end].definition
        assert _starts(sender, receiver) or _acts(sender, receiver) or _tells(sender, receiver, one)


@pytest.mark.parametrize(
    "one",
    [one for one in HAND_OVERS if one.told_by],
    ids=lambda one: f"{one.sender}-{one.receiver}",
)
def test_the_story_beside_the_process_is_there(one: HandOver) -> None:
    """Where a process's own stories run the hand-over, they name the other process."""
    assert one.told_by is not None
    text = (FOLDER / one.told_by / "scenarios.yaml").read_text("utf-8")
    other = one.receiver if one.told_by == one.sender else one.sender
    assert other in text


def _starts(sender: Definition, receiver: Definition) -> bool:
    return any(
        isinstance(effect, StartCase) and effect.process == receiver.key
        for effect in effects_of(sender)
    )


def _acts(sender: Definition, receiver: Definition) -> bool:
    return any(
        isinstance(effect, ActOn) and effect.process == receiver.key
        for effect in effects_of(sender)
    )


def _tells(sender: Definition, receiver: Definition, one: HandOver) -> bool:
    """Whether one looks at the other's cases, or the receiver at rows that the sender writes."""
    if any(fact.process == sender.key for fact in receiver.facts.values()):
        return True
    if any(fact.process == receiver.key for fact in sender.facts.values()):
        return True
    if sender.key in receiver.opening.parent_processes:
        return True
    written = {effect.register for effect in effects_of(sender) if isinstance(effect, WriteRow)}
    read = {fact.register for fact in receiver.facts.values()}
    return one.register in written & read
