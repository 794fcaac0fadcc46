"""What carried each clause when last looked at, kept beside the definitions as a table: so that a
rule that is taken away is missed, and the clause that lost it is named.

`definitions/carried.csv` has one row a clause and rule, with how often the rule names the clause
and one story that shows it. `qianpi clauses --keep` writes it; rules that came since are no fault.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from workflow.design.tracing import Rule, Tracing

FILE: Final = "carried.csv"
_HEAD: Final = ("clause", "process", "rule", "times", "story")


@dataclass(frozen=True, slots=True)
class Carried:
    """A clause, what carried it (`Rule.group`), how often, and the title of a story that shows it
    ("" for none).
    """

    clause: str
    process: str
    rule: str
    times: int
    story: str = ""


def carried_now(tracing: Tracing, story: Callable[[Iterable[Rule]], str]) -> tuple[Carried, ...]:
    """The table as it would be written: in the order of the register, then of the definitions."""
    rows = []
    for id_, trace in tracing.traces.items():
        groups: dict[tuple[str, str], list[Rule]] = {}
        for rule in trace.rules:
            groups.setdefault((rule.process, rule.group), []).append(rule)
        told: set[tuple[str, str]] = set()
        for (process, group), rules in groups.items():
            title = story(rules)
            # A story is named once: where it first shows the clause in a process.
            new = (process, title) not in told
            told.add((process, title))
            rows.append(Carried(id_, process, group, len(rules), title if new else ""))
    return tuple(rows)


def lost(kept: Iterable[Carried], now: Iterable[Carried]) -> tuple[Carried, ...]:
    """What carried a clause and does so no longer, or not as often.

    A rule that has only got another name is no loss: in each process they are counted by part.
    """
    before, after = tuple(kept), tuple(now)
    were, are = _counted(before), _counted(after)
    times = Counter({(one.clause, one.process, one.rule): one.times for one in after})
    return tuple(
        one
        for one in before
        if are[_part(one)] < were[_part(one)]
        and times[one.clause, one.process, one.rule] < one.times
    )


def _part(one: Carried) -> tuple[str, str, str]:
    return one.clause, one.process, one.rule.partition(" ")[0]


def _counted(rows: Iterable[Carried]) -> Counter[tuple[str, str, str]]:
    counted: Counter[tuple[str, str, str]] = Counter()
    for one in rows:
        counted[_part(one)] += one.times
    return counted


def stories_of(kept: Iterable[Carried]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """By (clause, process), the titles of the stories that show it, each once."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for one in kept:
        if one.story:
            found.setdefault((one.clause, one.process), {})[one.story] = None
    return {key: tuple(titles) for key, titles in found.items()}


def written(rows: Iterable[Carried]) -> str:
    """The table as text."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_HEAD)
    table.writerows((r.clause, r.process, r.rule, r.times, r.story) for r in rows)
    return out.getvalue()


def read_carried(text: str) -> tuple[Carried, ...]:
    """The table, read back. Raises ValueError when its columns or numbers are not as written."""
    lines = csv.reader(io.StringIO(text))
    if tuple(next(lines, ())) != _HEAD:
        raise ValueError(f"the columns should be {', '.join(_HEAD)}")
    rows = []
    for line in lines:
        clause, process, rule, times, story = line
        rows.append(Carried(clause, process, rule, int(times), story))
    return tuple(rows)
