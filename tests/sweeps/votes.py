"""What a panel has come to, counted once more from the ledger lines alone.

A second opinion on purpose: where the engine reasons about the worst and the best that can still
come, here every vote that can still come is tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

from workflow.design.definition import Definition
from workflow.design.panels import OnNo, Panel, Pass, RowsRule, ShareOf

#: A ballot: "for", "against", "abstain" or None while it is waited for; its weight; its role.
Cast = tuple[str | None, int, str | None]
HANDED_ON = ("transferred", "rerouted", "recused", "signed_elsewhere")
VOTES = ("for", "against", "abstain")


@dataclass
class Work:
    """A task as the lines tell of it: what they said when it was opened, as it was changed since.

    `opened` and `closed` are the numbers of lines.
    """

    said: dict[str, Any]
    opened: int
    closed: int | None = None

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.said["id"])

    @property
    def step(self) -> str:
        """The state to which it belongs."""
        return str(self.said["step"])

    @property
    def is_open(self) -> bool:
        """Whether no line has closed it."""
        return self.closed is None

    @property
    def end(self) -> str | None:
        """How it was closed."""
        end: str | None = self.said.get("as")
        return end

    @property
    def person(self) -> str | None:
        """The one person whom it names."""
        person: str | None = self.said["person"]
        return person

    @property
    def kind(self) -> str:
        """What is asked: `step`, an opinion, a comment, a promise."""
        return str(self.handling.get("kind", "step"))

    @property
    def handling(self) -> Mapping[str, Any]:
        """How it came to whoever has it."""
        handling: Mapping[str, Any] = self.said.get("handling", {})
        return handling

    @property
    def role(self) -> str | None:
        """The role for which it is done."""
        role: str | None = self.handling.get("role") or self.said["role"]
        return role


def ballots(definition: Definition, here: list[Work]) -> list[Cast]:
    """The ballots of those who sit: `here` is the work of one visit of the step, oldest first."""
    deciding = [work for work in here if work.kind == "step"]
    known = {work.id for work in deciding}
    heads = [w for w in deciding if w.handling.get("origin") not in known]
    return [cast for head in heads for cast in _cast(definition, head, deciding)]


def _cast(definition: Definition, work: Work, all_work: list[Work]) -> Iterator[Cast]:
    """The one ballot of a seat, or none: whoever has it now, and those asked after them."""
    linked = [one for one in all_work if one.handling.get("origin") == work.id]
    if work.end in HANDED_ON:
        for heir in linked:
            yield from _cast(definition, heir, all_work)
        return
    action = definition.actions.get(work.end or "")
    vote = None if action is None or action.vote is None else str(action.vote)
    if not work.is_open and vote is None:
        return  # taken off, or no longer needed
    weight, role = int(work.handling.get("weight", 1)), work.role
    after = [cast for one in linked for cast in _cast(definition, one, all_work)]
    if vote == "for" and after:
        said = [one[0] for one in after]
        against = [one for one in said if one not in (None, "for")]
        vote = against[0] if against else None if None in said else "for"
    yield vote, weight, role


def result(panel: Panel, cast: list[Cast]) -> str | None:
    """`passed`, `failed`, or None while it is open. Nobody sits: nothing is decided."""
    if not cast:
        return None
    return _result(panel, tuple(sorted(cast, key=repr)))


@lru_cache(maxsize=20000)
def _result(panel: Panel, cast: tuple[Cast, ...]) -> str | None:
    if any(vote == "against" and role in panel.veto for vote, _, role in cast):
        return "failed"
    waiting = [n for n, (vote, _, _) in enumerate(cast) if vote is None]
    if not waiting:
        return _end(panel, cast)
    took_part = len(cast) - len(waiting)
    if panel.on_no is OnNo.GATHER or took_part < (panel.quorum or 0):
        return None
    veto = any(cast[n][2] in panel.veto for n in waiting)
    if panel.rule is Pass.ANY:
        said = {vote for vote, _, _ in cast}
        if "for" in said:
            return None if veto else "passed"
        return "failed" if "against" in said else None
    ends = {_end(panel, _completed(cast, waiting, rest)) for rest in _all_votes(len(waiting))}
    return ends.pop() if len(ends) == 1 else None


def _all_votes(number: int) -> Iterator[tuple[str, ...]]:
    yield from product(VOTES, repeat=number)


def _completed(
    cast: tuple[Cast, ...], waiting: list[int], rest: tuple[str, ...]
) -> tuple[Cast, ...]:
    full = list(cast)
    for n, vote in zip(waiting, rest, strict=True):
        full[n] = (vote, *cast[n][1:])
    return tuple(full)


def _end(panel: Panel, cast: tuple[Cast, ...]) -> str:
    """What a vote comes to in which everybody has taken part."""
    if any(vote == "against" and role in panel.veto for vote, _, role in cast):
        return "failed"
    if len(cast) < (panel.quorum or 0):
        return "failed"
    yes = sum(weight for vote, weight, _ in cast if vote == "for")
    no = sum(weight for vote, weight, _ in cast if vote == "against")
    if yes == 0:
        return "failed"
    if panel.rule is Pass.ANY:
        return "passed"
    if panel.rule is Pass.ALL:
        return "passed" if all(vote == "for" for vote, _, _ in cast) else "failed"
    of_all = panel.share_of is ShareOf.MEMBERS
    whole = sum(weight for _, weight, _ in cast) if of_all else yes + no
    return "passed" if 100 * yes >= panel.percent * whole else "failed"


def of_rows(rule: RowsRule, said: list[str]) -> str:
    """The one vote that the words on several rows come to; abstentions stand aside."""
    counted = [one for one in said if one != "abstain"]
    if not counted:
        return "abstain"
    yes = counted.count("for")
    needed = {RowsRule.ALL: len(counted), RowsRule.MOST: len(counted) // 2 + 1, RowsRule.ANY: 1}
    return "for" if yes >= needed[rule] else "against"
