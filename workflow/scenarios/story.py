"""A scenario as it was read: its setting, and its steps with their checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workflow.scenarios.scene import Scene
from workflow.scenarios.setting import FIRST_CASE, Act, Mismatch, Setting


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a step: None when it holds.

    `says_something` is False where nothing is asked for, as in `fields: {}`.
    """

    key: str
    holds: Callable[[Scene], Mismatch | None]
    says_something: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One step: at most one act, then its checks.

    `on` names the case that it is about; `elsewhere` are checks of other cases, by their names.
    """

    number: int
    act: Act | None = None
    on: str = FIRST_CASE
    name: str | None = None
    checks: tuple[Check, ...] = ()
    elsewhere: tuple[tuple[str, tuple[Check, ...]], ...] = ()

    @property
    def expects_refusal(self) -> bool:
        """Whether the step says that its act is refused."""
        return any(check.key == "refused" for check in self.checks)

    @property
    def checks_something(self) -> bool:
        """Whether anything could be found wrong by its checks."""
        every = [*self.checks, *(check for _, checks in self.elsewhere for check in checks)]
        return any(check.says_something for check in every)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story. `bundles` are definitions beside the file that it brings along."""

    title: str
    file: str
    line: int
    process: str
    setting: Setting
    steps: tuple[Step, ...]
    bundles: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
