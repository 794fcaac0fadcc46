"""`qianpi clauses`: from clause to rule and back, on the terminal.

For each clause: what enforces or tracks it and where that is written, or why nothing does, and the
stories that show it. It plays the stories first; what they showed is read off their ledgers.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TextIO

import orjson

from web.scenario_command import NO_FOLDER, theatre_of
from workflow.design.carried import FILE, Carried, carried_now, lost, read_carried, written
from workflow.design.definition import Definition
from workflow.design.parsing import parse_definition
from workflow.design.problems import Problem
from workflow.design.register import Clause, Register
from workflow.design.register_files import RegisterInvalid, load_register
from workflow.design.tracing import TRACKING, Rule, Standing, Trace, Tracing, trace
from workflow.refusals import Sentence
from workflow.scenarios.evidence import Evidence, Shown
from workflow.scenarios.playing import Verdict
from workflow.scenarios.running import run_scenarios

HOLDS, DOES_NOT_HOLD, CANNOT = 0, 1, 2

STANDINGS = {
    Standing.ENFORCED: Sentence("强制执行", "enforced"),
    Standing.TRACKED: Sentence("跟踪", "tracked"),
    Standing.REFERENCE: Sentence("仅供参照", "reference only"),
    Standing.OPEN: Sentence("未落实", "open"),
}
_LOST = Sentence(
    "条款 {clause}（{says}）失去了规则：{process} 的 {rule}（原有 {times} 处）。"
    "若是有意的，请运行 qianpi clauses --keep。",
    "Clause {clause} lost a rule: {rule} of {process} (there were {times}). If that is meant, run "
    "qianpi clauses --keep.",
)
_FAILED = Sentence(
    "{where}：情景“{title}”不成立，第 {step} 步：应为 {expected}，实为 {found}。",
    "{where}: the story “{title}” does not hold, step {step}: expected {expected}; found {found}.",
)
_UNKNOWN = Sentence("{where}：没有“{clause}”这个条款。", "{where}: there is no clause “{clause}”.")
_OPEN = Sentence(
    "条款 {clause}（{says}）既没有规则，也没有说明原因。",
    "Clause {clause} has neither rule nor reason.",
)
_UNSHOWN = Sentence("没有情景演示", "no story shows it")
_NOT_PLAYED = Sentence("（未试办情景）", "(stories not played)")
_NO_SET = Sentence("没有“{word}”这一套条款。", "There is no set of clauses “{word}”.")
_NO_PROCESS = Sentence("没有“{word}”这个流程。", "There is no process “{word}”.")
_KEPT = Sentence("已写入 {file}：{count} 行。", "Wrote {file}: {count} rows.")


@dataclass(frozen=True)
class Survey:
    """What was found: the traces, the evidence (None: not played), and what does not hold."""

    tracing: Tracing
    evidence: Evidence | None
    kept: tuple[Carried, ...]
    problems: tuple[Problem, ...] = ()
    failed: tuple[Verdict, ...] = ()  # the stories that do not hold
    unread: tuple[str, ...] = ()  # the texts of definitions that cannot be read

    @property
    def now(self) -> tuple[Carried, ...]:
        """The table of what carries each clause, as it is."""
        return carried_now(self.tracing, self._story)

    def _story(self, rules: Iterable[Rule]) -> str:
        return next((one.title for one in self.shown(rules)), "")

    def shown(self, rules: Iterable[Rule]) -> tuple[Shown, ...]:
        """The stories that show any of these rules."""
        if self.evidence is None:
            return ()
        return self.evidence.of((rule.process, rule.key) for rule in rules)

    def is_open(self, one: Trace) -> bool:
        """Whether something is missing: a rule, or a story that shows it."""
        if any(one.clause.id in text for text in self.unread):
            return False  # only this much is known: it is still named somewhere
        if one.standing is Standing.OPEN:
            return True
        if not one.asks_for_a_rule:
            return False
        return not one.rules or (self.evidence is not None and not self.shown(one.rules))

    def faults(self) -> Iterator[Sentence]:
        """What does not hold, in words; empty when the command is content."""
        for id_, rule in self.tracing.unknown:
            yield _UNKNOWN.filled(where=rule.where, clause=id_)
        for id_, one in self.tracing.traces.items():
            if one.standing is Standing.OPEN and self.is_open(one):
                yield _OPEN.filled(clause=id_, says=one.clause.says.zh)
        for verdict in self.failed:
            yield _told_wrong(verdict)
        for gone in lost(self.kept, self.now):
            clause = self.tracing.traces.get(gone.clause)
            says = "" if clause is None else clause.clause.says.zh
            yield _LOST.filled(
                clause=gone.clause, says=says, process=gone.process, rule=gone.rule,
                times=gone.times,
            )  # fmt: skip


def main(argv: Sequence[str], out: TextIO | None = None, errors: TextIO | None = None) -> int:
    """Tell how the clauses stand. 0: each has a rule or a reason; 1: one has neither, one lost a
    rule, or a rule cites one that does not exist; 2: it could not be looked at.
    """
    asked = _parser().parse_args(argv)
    out, errors = out or sys.stdout, errors or sys.stderr
    try:
        survey = survey_of(asked.definitions, play=not asked.unplayed)
    except RegisterInvalid as invalid:
        _complain(invalid.problems, errors)
        return DOES_NOT_HOLD
    except NotADirectoryError as missing:
        _complain((Problem(str(missing), 1, 1, "", NO_FOLDER),), errors)
        return CANNOT
    if asked.keep:
        return _keep(survey, asked.definitions, out)
    wrong = _misnamed(asked, survey.tracing)
    if wrong is not None:
        print(wrong.zh, wrong.en, sep="\n", file=errors)
        return CANNOT
    told = _json if asked.json else _lines
    traces = survey.tracing.traces.values()
    told(survey, [one for one in traces if _wanted(asked, survey, one)], out)
    faults = [*survey.faults()]
    _complain(survey.problems, errors)
    for fault in faults:
        print(fault.zh, fault.en, sep="\n    ", file=errors)
    return DOES_NOT_HOLD if faults or survey.problems else HOLDS


# ---- looking -------------------------------------------------------------------------------------


def survey_of(folder: Path | None = None, *, play: bool = True) -> Survey:
    """Trace the shipped definitions, or those of `folder`, and play their stories.

    Raises RegisterInvalid, NotADirectoryError. What no longer passes its checks is traced as far as
    it can be read, so that a missing rule is named though nothing could be published.
    """
    root = _root(folder)
    if not play:
        register = load_register(root if root.joinpath("roles.yaml").is_file() else _root(None))
        return _traced(root, register, None)
    theatre, problems = theatre_of(folder)
    evidence = Evidence()
    report = run_scenarios(_stories_in(root), replace(theatre, watched=evidence.watch))
    register, read = theatre.catalog.register, theatre.catalog.in_force()
    survey = (
        _traced(root, register, evidence)
        if problems
        else Survey(trace(register, read), evidence, _kept(root))
    )
    found = dict.fromkeys((*survey.problems, *problems, *report.problems))
    failed = tuple(verdict for verdict in report.verdicts if not verdict.ok)
    return replace(survey, problems=tuple(found), failed=failed)


def _root(folder: Path | None) -> Traversable:
    if folder is not None and not folder.is_dir():
        raise NotADirectoryError(folder)
    return resources.files("definitions") if folder is None else folder


def _told_wrong(verdict: Verdict) -> Sentence:
    story, mismatch = verdict.scenario, verdict.mismatch
    return _FAILED.filled(
        where=f"{story.file}:{story.line}", title=story.title, step=verdict.step,
        expected=mismatch and mismatch.expected, found=mismatch and mismatch.found,
    )  # fmt: skip


class _Anything(dict[str, Clause]):
    """Takes every id for a clause, so that tracing finds the wrong ones, with the rest."""

    def __contains__(self, _key: object) -> bool:
        return True


def _traced(root: Traversable, register: Register, evidence: Evidence | None) -> Survey:
    """The survey of what can be read at all, checked or not."""
    lenient = replace(register, clauses=_Anything(register.clauses))
    read: list[Definition] = []
    unread: list[str] = []
    problems: list[Problem] = []
    for file, text in _newest(root):
        parsed = parse_definition(text, file, lenient)
        if isinstance(parsed, Definition):
            read.append(parsed)
        else:
            unread.append(text)
            problems += parsed
    kept = [one for one in _kept(root) if not any(one.clause in text for text in unread)]
    return Survey(
        trace(register, read), evidence, tuple(kept), tuple(problems), unread=tuple(unread)
    )


def _stories_in(root: Traversable) -> list[Path]:
    """The files with the stories of the processes."""
    folders = (one for one in root.iterdir() if one.is_dir())
    files = (folder.joinpath("scenarios.yaml") for folder in folders)
    return sorted(Path(str(file)) for file in files if file.is_file())


def _newest(root: Traversable) -> Iterator[tuple[str, str]]:
    """The newest version of every process: its name below the folder, and its text."""
    for folder in sorted(root.iterdir(), key=lambda one: one.name):
        versions = {
            int(file.name.removesuffix(".yaml")): file
            for file in (folder.iterdir() if folder.is_dir() else ())
            if file.name.removesuffix(".yaml").isdecimal()
        }
        if versions:
            file = versions[max(versions)]
            yield f"{folder.name}/{file.name}", file.read_text("utf-8")


def _kept(root: Traversable) -> tuple[Carried, ...]:
    file = root.joinpath(FILE)
    return read_carried(file.read_text("utf-8")) if file.is_file() else ()


def _keep(survey: Survey, folder: Path | None, out: TextIO) -> int:
    file, rows = Path(str(_root(folder).joinpath(FILE))), survey.now
    file.write_text(written(rows), "utf-8")
    said = _KEPT.filled(file=file.name, count=len(rows))
    print(said.zh, said.en, sep="\n", file=out)
    return HOLDS


# ---- asking --------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="qianpi clauses", description="条款怎样落实 / How each clause is carried out"
    )
    add = parser.add_argument
    add("--set", metavar="SET", help="只看这一套，如 S0-03 / only this set of clauses")
    add("--process", metavar="PROCESS", help="只看这个流程的 / only what concerns this process")
    add("--open", action="store_true", help="只看还缺规则或情景的 / only what lacks rule or story")
    add("--json", action="store_true", help="每行一个对象 / one object a line")
    add("--unplayed", action="store_true", help="不试办情景，快一些 / play no stories; quicker")
    add(
        "--keep", action="store_true",
        help=f"把现状写入 {FILE}，以后失去规则会指出来 / write down what carries each clause, so "
        "that a lost rule is missed",
    )  # fmt: skip
    add("--definitions", type=Path, metavar="DIR", help="流程定义所在文件夹 / their folder")
    return parser


def _misnamed(asked: argparse.Namespace, tracing: Tracing) -> Sentence | None:
    clauses = [one.clause for one in tracing.traces.values()]
    if asked.set is not None and all(clause.set_id != asked.set for clause in clauses):
        return _NO_SET.filled(word=asked.set)
    if asked.process is not None and not tracing.of_process(asked.process):
        return _NO_PROCESS.filled(word=asked.process)
    return None


def _wanted(asked: argparse.Namespace, survey: Survey, one: Trace) -> bool:
    if asked.set is not None and one.clause.set_id != asked.set:
        return False
    if asked.process is not None and not one.concerns(asked.process):
        return False
    return survey.is_open(one) if asked.open else True


# ---- telling -------------------------------------------------------------------------------------

#: As many stories are named of one clause; all are counted.
_MOST_STORIES = 3


def _lines(survey: Survey, traces: Sequence[Trace], out: TextIO) -> None:
    for one in traces:
        said = STANDINGS[one.standing]
        clause = one.clause
        print(f"{clause.id}  {said.zh} {said.en}  [{clause.kind}]  {clause.says.zh}", file=out)
        for rule in one.rules:
            print(f"    {rule.way.value:<10}{rule.where}  {rule.key}  {rule.name.zh}", file=out)
        for process, why in one.reasons:
            print(f"    {'reason':<10}{process or 'definitions/clauses'}  {why.zh}", file=out)
        for process in one.mentioned if not one.rules else ():
            print(f"    {'rests on':<10}{process}", file=out)
        if one.rules:
            print(f"    {'shown':<10}{_stories(survey, one)}", file=out)
    print(_totals(survey, traces), file=out)


def _stories(survey: Survey, one: Trace) -> str:
    if survey.evidence is None:
        return f"{_NOT_PLAYED.zh} {_NOT_PLAYED.en}"
    shown = survey.shown(one.rules)
    if not shown:
        return f"{_UNSHOWN.zh} {_UNSHOWN.en}"
    named = "；".join(
        f"{'✘' if story.refused else '✔'} {story.title}（{_file(story)}:{story.line}）"
        for story in shown[:_MOST_STORIES]
    )
    return f"{len(shown)}: {named}"


def _file(story: Shown) -> str:
    return "/".join(Path(story.file).parts[-2:])


def _totals(survey: Survey, traces: Sequence[Trace]) -> str:
    counted = Counter(one.standing for one in traces)
    parts = [f"{said.zh} {said.en} {counted[key]}" for key, said in STANDINGS.items()]
    if survey.evidence is not None:
        unshown = sum(
            1 for one in traces if one.asks_for_a_rule and one.rules and not survey.shown(one.rules)
        )
        parts.append(f"{_UNSHOWN.zh} {_UNSHOWN.en} {unshown}")
    return f"{len(traces)}: " + "; ".join(parts)


def _json(survey: Survey, traces: Sequence[Trace], out: TextIO) -> None:
    for one in traces:
        line = {
            "clause": one.clause.id,
            "kind": one.clause.kind.value,
            "standing": one.standing.value,
            "rules": [
                {
                    "process": rule.process,
                    "rule": rule.key,
                    "by": "tracked" if rule.way in TRACKING else "enforced",
                    "way": rule.way.value,
                    "where": rule.where,
                }
                for rule in one.rules
            ],
            "reasons": {process: why.zh for process, why in one.reasons},
            "shown": [
                {"file": _file(story), "line": story.line, "title": story.title,
                 "refused": story.refused}
                for story in survey.shown(one.rules)
            ],
        }  # fmt: skip
        print(orjson.dumps(line).decode(), file=out)


def _complain(problems: Iterable[Problem], errors: TextIO) -> None:
    for problem in problems:
        print(problem.said.zh, f"    {problem.because.en}", sep="\n", file=errors)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
