"""What is wrong in a file that people write, and where: said so that they find and mend it."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a file.

    `line` and `column` count from 1. `path` names the keys that lead there, joined by dots, with
    the items of a list counted from 1 (`clauses.3.zh`); it is empty for the file as a whole.
    """

    file: str
    line: int
    column: int
    path: str
    because: Sentence

    @property
    def said(self) -> Sentence:
        """The sentence with its place before it, as a list of problems shows it."""
        zh = f"{self.file} 第{self.line}行第{self.column}列"
        en = f"{self.file}:{self.line}:{self.column}"
        if self.path:
            zh, en = f"{zh}（{self.path}）", f"{en} ({self.path})"
        return Sentence(f"{zh}：{self.because.zh}", f"{en}: {self.because.en}")
