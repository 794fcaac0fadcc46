"""What a check may look at: its case after the act, and how things stood before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.design.definition import Definition
from workflow.nouns import Entry
from workflow.ports.deciding import CaseFile
from workflow.scenarios.setting import Act
from workflow.scenarios.stage import OffStage, Picture, Stage
from workflow.service.deciding import Answer


@dataclass(frozen=True)
class Scene:
    """One step as a check sees it. `case` is the number of the case, None where none came to be.

    `named` is True for a check that stands under the name of its case (`expect`).
    """

    stage: Stage
    before: Picture
    act: Act | None
    answer: Answer | None
    case: str | None
    named: bool = False

    @property
    def file(self) -> CaseFile:
        """The case with its tasks and clocks. Raises OffStage when there is none."""
        if self.case is None:
            raise OffStage("a case to look at", "no case has been started")
        return self.stage.file(self.case)

    @property
    def definition(self) -> Definition:
        """The definition of the case."""
        return self.stage.definition(self.file.case)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The ledger of the case."""
        return self.stage.entries(self.file.case)

    @property
    def latest(self) -> Sequence[Entry]:
        """The ledger lines that this step's act left on the case; without an act the last line."""
        known = len(self.before.entries.get(self.case or "", ()))
        return self.entries[known:] or self.entries[-1:]
