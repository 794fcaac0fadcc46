"""A good definition that was spoilt in one place, and what has to be said of it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.definitions.writing import FILE, GOOD, edited, line_of, parsed, small_register
from workflow.design.checks import check_definition
from workflow.design.plan import Check, Plan


@dataclass(frozen=True)
class Spoilt:
    """A definition that one check must find wrong, on the line of `part`, in these words."""

    check: Check
    edits: tuple[tuple[str, str], ...]
    part: str
    zh: str
    en: str
    text: str = ""  # what was spoilt, where the file has several

    def of(self, good: str = GOOD) -> str:
        """The spoilt text."""
        return edited(*self.edits, text=self.text or good)


def told_at_its_line(spoilt: Spoilt, text: str) -> None:
    """Among all that is wrong with a text, this is told once, at its place, in both languages."""
    problems = check_definition(parsed(text), small_register())
    matching = [one for one in problems if spoilt.zh in one.because.zh]
    assert len(matching) == 1, [one.said.zh for one in problems]
    assert spoilt.en in matching[0].because.en
    assert matching[0].line == line_of(text, spoilt.part)
    assert matching[0].file == FILE


def found_by_its_check(spoilt: Spoilt, text: str) -> None:
    """It is the check of that name which finds it, at that place."""
    found = [*spoilt.check(Plan.of(parsed(text), small_register(), ()))]
    lines = [place.line for place, because in found if spoilt.zh in because.zh]
    assert lines == [line_of(text, spoilt.part)], [because.en for _, because in found]
