"""`qianpi scenario run`: scenario files from the terminal, on the shipped definitions or others.

It composes the runner with the store in memory; `python -m web.scenario_command` does the same.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TextIO

import orjson

from storage.memory import MemoryStore
from web.opening import shipped_bundles, shipped_register
from workflow.calendar import parse_calendar
from workflow.design.definition import Definition
from workflow.design.parsing import parse_definition
from workflow.design.problems import Problem
from workflow.design.register import Register
from workflow.design.register_files import RegisterInvalid, load_register
from workflow.refusals import Sentence
from workflow.scenarios.playing import Verdict
from workflow.scenarios.running import Report, Theatre, run_scenarios, with_bundles
from workflow.service.bundles import Bundle, BundlesInvalid, examine, load_bundles
from workflow.service.catalog import Catalog

CALENDAR_FILE = "calendars/statutory.csv"
NO_FOLDER = Sentence("没有这个文件夹。", "There is no such folder.")


def main(argv: Sequence[str], out: TextIO | None = None, errors: TextIO | None = None) -> int:
    """Play scenarios and tell how each went; the exit status is 0, 1 or 2 (see `Report`)."""
    wanted = _parser().parse_args(argv)
    out, errors = out or sys.stdout, errors or sys.stderr
    shown = _Json(out) if wanted.json else _Lines(out)
    try:
        theatre, problems = theatre_of(wanted.definitions)
    except RegisterInvalid as invalid:
        _complain(invalid.problems, errors)
        return 2
    except NotADirectoryError as missing:
        _complain((Problem(str(missing), 1, 1, "", NO_FOLDER),), errors)
        return 2
    report = run_scenarios(wanted.paths, theatre, shown.tell)
    report = replace(report, problems=(*problems, *report.problems))
    shown.close(report)
    _complain(report.problems, errors)
    return report.exit_status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qianpi scenario run", description="运行情景文件 / Play scenario files"
    )
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="文件或文件夹 / a file or a folder"
    )
    parser.add_argument("--json", action="store_true", help="每行一个对象 / one object a line")
    parser.add_argument(
        "--definitions", type=Path, metavar="DIR", help="流程定义所在文件夹 / folder of definitions"
    )
    return parser


def theatre_of(folder: Path | None = None) -> tuple[Theatre, tuple[Problem, ...]]:
    """The register, calendar and definitions that are shipped, or those of `folder`.

    A folder that holds only processes is read with the shipped register and calendar. With the
    problems of definitions that had to be left out. Raises RegisterInvalid, NotADirectoryError.
    """
    if folder is not None and not folder.is_dir():
        raise NotADirectoryError(folder)
    shipped = resources.files("definitions")
    own: Traversable = shipped if folder is None else folder
    is_whole = folder is not None and _has(own, "roles.yaml")
    register = load_register(own) if is_whole else shipped_register()
    calendar_file = (own if _has(own, CALENDAR_FILE) else shipped).joinpath(CALENDAR_FILE)
    calendar = parse_calendar(calendar_file.read_text("utf-8"))
    bundles, problems = _bundles(folder, register)
    return Theatre(with_bundles(Catalog.of(register, ()), bundles), calendar, MemoryStore), problems


def _bundles(
    own: Path | None, register: Register
) -> tuple[tuple[Bundle, ...], tuple[Problem, ...]]:
    """All definitions; if some have problems, the others, so that work on one hinders no other."""
    folder = resources.files("definitions") if own is None else own
    try:
        found = shipped_bundles() if own is None else load_bundles(own, register)
        return tuple(found.bundles.values()), ()
    except BundlesInvalid as invalid:
        texts = {
            f"{process.name}/{file.name}": file.read_text("utf-8")
            for process in folder.iterdir()
            if process.is_dir()
            for file in process.iterdir()
            if re.fullmatch(r"[0-9]+\.yaml", file.name)
        }
        read = [parse_definition(text, file, register) for file, text in texts.items()]
        known = [one for one in read if isinstance(one, Definition)]
        examined = [examine(text, file, register, known) for file, text in texts.items()]
        return tuple(one for one in examined if isinstance(one, Bundle)), invalid.problems


def _has(folder: Traversable, name: str) -> bool:
    return folder.joinpath(name).is_file()


class _Lines:
    """One line a scenario for people, and how many passed."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.count = 0

    def tell(self, verdict: Verdict) -> None:
        self.count += 1
        print(self._line(verdict), file=self.out, flush=True)

    def _line(self, verdict: Verdict) -> str:
        title = " ".join(verdict.scenario.title.split())
        if verdict.mismatch is None:
            return f"ok {self.count} {title}"
        said = verdict.mismatch
        return (
            f"not ok {self.count} {title} — step {verdict.step}: "
            f"expected {said.expected}; found {said.found}"
        )

    def close(self, report: Report) -> None:
        passed = len(report.verdicts) - report.failed
        print(f"{passed} passed, {report.failed} failed", file=self.out)


class _Json:
    """One object a scenario for programs."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def tell(self, verdict: Verdict) -> None:
        said = verdict.mismatch
        line = {
            "file": verdict.scenario.file,
            "title": verdict.scenario.title,
            "ok": verdict.ok,
            "step": verdict.step,
            "expected": None if said is None else said.expected,
            "found": None if said is None else said.found,
        }
        print(orjson.dumps(line).decode(), file=self.out, flush=True)

    def close(self, _report: Report) -> None:
        pass


def _complain(problems: Sequence[Problem], errors: TextIO) -> None:
    for problem in problems:
        said = problem.because
        place = f"{problem.file}:{problem.line}:{problem.column}"
        path = f" ({problem.path})" if problem.path else ""
        print(f"{place}{path}: {said.zh} / {said.en}", file=errors)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
