"""Several people at one step, and branches side by side, on paper."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum

from workflow.design.expression import Place
from workflow.design.seats import Seat
from workflow.making import quick_members


@quick_members
class Vote(StrEnum):
    """What an action counts for in a panel."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


@quick_members
class Order(StrEnum):
    """Whether the members of a panel decide side by side, or one after the other."""

    ANY = "any"
    IN_TURN = "in_turn"


@quick_members
class OnNo(StrEnum):
    """What a vote against does: the panel stops as soon as its result is certain, or every opinion
    is gathered first.
    """

    STOP = "stop"
    GATHER = "gather"


@quick_members
class Pass(StrEnum):
    """What passes a panel: one vote for, all of them, or a share."""

    ANY = "any"
    ALL = "all"
    RATIO = "ratio"


@quick_members
class ShareOf(StrEnum):
    """Of what a share is taken: of the votes for and against, or of all members who sit."""

    VOTES = "votes"
    MEMBERS = "members"


@quick_members
class RowsRule(StrEnum):
    """When a member's rows make up a vote for: all are agreed, more than are refused, or one."""

    ALL = "all"
    MOST = "most"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Panel:
    """Several people decide a step together. Counts are made of their decisions, never stored.

    `members` are the seats; everybody who holds one when the step opens sits, once. With `each` (a
    table field) and `owner` (a person column) whoever is named in the rows sits for their own rows,
    and their decision is written into the column `decision`; `rows` says what their rows make of
    their vote. `percent` belongs to a share.
    `quorum`: so many must have taken part. `weights` by role (1 if not named). A vote against by a
    role in `veto` fails at once. Whoever recuses themselves is replaced by the next holder of
    `replace`, if there is one. `passed` and `failed` are the system's actions that carry the result
    out.
    """

    members: tuple[Seat, ...]
    passed: str
    failed: str
    each: str | None = None
    owner: str | None = None
    decision: str | None = None
    rows: RowsRule = RowsRule.ALL
    order: Order = Order.ANY
    rule: Pass = Pass.ALL
    percent: int = 100
    share_of: ShareOf = ShareOf.VOTES
    on_no: OnNo = OnNo.STOP
    quorum: int | None = None
    weights: tuple[tuple[str, int], ...] = ()
    veto: tuple[str, ...] = ()
    replace: tuple[Seat, ...] = ()
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Region:
    """One of the branches that run side by side in a parallel state: where it starts, and the
    states in which it is done.
    """

    key: str
    start: str
    done: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parallel:
    """Branches that run side by side. When `needed` of them are done, the system takes `then`."""

    regions: tuple[Region, ...]
    needed: int
    then: str
    place: Place = dataclasses.field(default=Place(), compare=False)
