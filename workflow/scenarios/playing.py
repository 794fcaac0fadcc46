"""Plays a scenario: each step's act, then its checks; the first that does not hold ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workflow.calendar import Calendar
from workflow.scenarios.scene import Scene
from workflow.scenarios.setting import Act, Do, Down, Mismatch, Move, Start, Until, Wait
from workflow.scenarios.stage import NewStore, OffStage, Picture, Stage
from workflow.scenarios.story import Check, Scenario, Step
from workflow.scenarios.words import refusal_shown
from workflow.service.catalog import Catalog
from workflow.service.deciding import Answer


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a scenario ended: it holds, or at which step (0: before the first) what was found."""

    scenario: Scenario
    step: int | None = None
    mismatch: Mismatch | None = None

    @property
    def ok(self) -> bool:
        """Whether every step did what it says."""
        return self.mismatch is None


#: Is shown a story and its stage once the story holds: what it left there is evidence.
Watch = Callable[[Scenario, Stage], None]


def play(
    scenario: Scenario,
    catalog: Catalog,
    calendar: Calendar,
    new_store: NewStore,
    watched: Watch | None = None,
) -> Verdict:
    """Play one scenario on an empty store."""
    try:
        stage = Stage(scenario.setting, catalog, calendar, new_store)
    except OffStage as missing:
        return Verdict(scenario, 0, missing.mismatch)
    verdict = _played_through(scenario, stage)
    if verdict.ok and watched is not None:
        watched(scenario, stage)
    return verdict


def _played_through(scenario: Scenario, stage: Stage) -> Verdict:
    for step in scenario.steps:
        try:
            mismatch = _played(stage, step)
        except OffStage as missing:
            mismatch = missing.mismatch
        except Exception as error:  # noqa: BLE001 - one broken story must not silence the others
            mismatch = Mismatch("an answer", f"{type(error).__name__}: {error}")
        if mismatch is not None:
            return Verdict(scenario, step.number, mismatch)
    return Verdict(scenario)


def _played(stage: Stage, step: Step) -> Mismatch | None:
    if step.name is not None:
        stage.keep_page(step.name)
    before = stage.picture(rows=step.expects_refusal)
    answer = _acted(stage, step)
    if answer is not None and answer.refused is not None and not step.expects_refusal:
        return Mismatch(f"{_told(step.act)} is taken", refusal_shown(answer.refused))
    return _checked(stage, step, before, answer)


def _acted(stage: Stage, step: Step) -> Answer | None:
    match step.act:
        case None:
            return None
        case Start():
            return stage.start(step.act)
        case Do():
            return stage.do(step.act, step.on)
        case Wait():
            stage.pass_until(stage.now + step.act.length)
        case Until():
            stage.pass_until(step.act.at)
        case Down():
            stage.stand_still(step.act.length)
        case Move():
            stage.move(step.act)
    return None


def _told(act: Act | None) -> str:
    match act:
        case Start():
            return f"start of {act.process} by {act.by.person}"
        case Do():
            return f"{act.action} by {act.by.person}"
        case _:
            return "the act"


def _checked(stage: Stage, step: Step, before: Picture, answer: Answer | None) -> Mismatch | None:
    own = _case_of(stage, step, answer)
    scene = Scene(stage, before, step.act, answer, own)
    for check in _refusal_first(step.checks):
        mismatch = check.holds(scene)
        if mismatch is not None:
            return mismatch
    for name, checks in step.elsewhere:
        scene = Scene(stage, before, step.act, answer, stage.number_of(name), named=True)
        for check in checks:
            mismatch = check.holds(scene)
            if mismatch is not None:
                return Mismatch(f"{name}: {mismatch.expected}", mismatch.found)
    stage.turn_page()
    return None


def _case_of(stage: Stage, step: Step, answer: Answer | None) -> str | None:
    """The case that a step is about: the one it started, or the one it names."""
    if isinstance(step.act, Start):
        return None if answer is None else answer.number
    return stage.cases.get(step.on)


def _refusal_first(checks: tuple[Check, ...]) -> list[Check]:
    return sorted(checks, key=lambda check: check.key != "refused")
