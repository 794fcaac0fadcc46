"""The shipped definitions, read once for all tests that look at them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from storage.memory import MemoryStore
from web.opening import shipped_bundles, shipped_register
from workflow.calendar import parse_calendar
from workflow.design.problems import Problem
from workflow.design.register import Register
from workflow.running.rulebook import Rulebook
from workflow.scenarios.reading import read_scenarios
from workflow.scenarios.running import Theatre
from workflow.scenarios.story import Scenario
from workflow.service.bundles import Bundles
from workflow.service.catalog import Catalog

FOLDER = Path(__file__).parents[2] / "definitions"


def register() -> Register:
    """The register that every rule points at."""
    return shipped_register()


def bundles() -> Bundles:
    """Every shipped definition, checked and compiled; the commands find the same ones read."""
    return shipped_bundles()


@cache
def rulebooks() -> dict[str, Rulebook]:
    """The newest rulebook of every shipped process."""
    roles = {key: role.name for key, role in register().roles.items()}
    newest: dict[str, Rulebook] = {}
    for (key, _), bundle in sorted(bundles().bundles.items()):
        newest[key] = Rulebook.of(bundle.definition, bundle.compiled, roles)
    return newest


@cache
def theatre() -> Theatre:
    """Where a story is played on the newest of everything that is shipped."""
    calendar = parse_calendar((FOLDER / "calendars/statutory.csv").read_text("utf-8"))
    return Theatre(Catalog.of(register(), rulebooks().values()), calendar, MemoryStore)


@cache
def told(process: str) -> tuple[Scenario, ...] | tuple[Problem, ...]:
    """The stories that stand beside a process, or what is wrong with their file."""
    file = FOLDER / process / "scenarios.yaml"
    if not file.is_file():
        return ()
    return read_scenarios(file.read_text("utf-8"), f"{process}/scenarios.yaml", register())


def stories(process: str) -> list[Scenario]:
    """The stories of a process that can be read."""
    return [one for one in told(process) if isinstance(one, Scenario)]
