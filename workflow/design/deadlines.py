"""The clocks of a process on paper: how long, where they pause, what their end does, who is
reminded.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from workflow.design.effects import Effect, Notify
from workflow.design.expression import Expression, Place, Span
from workflow.refusals import Sentence


@dataclass(frozen=True, slots=True)
class Rung:
    """A reminder of a clock's ladder: who is told, and when.

    The first span that applies, before (`back`) or after the end of the clock; without spans at
    the end itself.
    """

    tells: tuple[Notify, ...]
    spans: tuple[Span, ...] = ()
    back: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A clock: runs while the case is in one of `states`, from `start` (a moment or a date; None:
    from entering), for the first span that applies. `until` instead of `start` and `spans`: a
    date or moment that is the end itself. `pauses`: states in which it stands still, where
    `pauses_when` holds. On expiry
    `action` is taken by the timer if `action_when` holds; else the step is marked `overdue`;
    notices always go out. Where its effects put its end off, it begins anew. `due` False: no work
    is due by it, and it has nothing but effects. `calendar` says by which calendar it counts (see
    `Calendar.by`). The rungs of its `ladder` stop with it, move with it, and are each sent once.
    """

    key: str
    name: Sentence
    states: tuple[str, ...]
    start: Expression | None = None
    spans: tuple[Span, ...] = ()
    until: Expression | None = None
    pauses: tuple[str, ...] = ()
    pauses_when: Expression | None = None
    action: str | None = None
    action_when: Expression | None = None
    overdue: bool = False
    due: bool = True
    effects: tuple[Effect, ...] = ()
    calendar: str | None = None
    ladder: tuple[Rung, ...] = ()
    clauses: tuple[str, ...] = ()
    design_choice: bool = False
    place: Place = dataclasses.field(default=Place(), compare=False)

    @property
    def restarts(self) -> bool:
        """Whether it counts from entering a state, so that each entering winds it anew."""
        return self.start is None and self.until is None

    @property
    def lengths(self) -> tuple[tuple[Span, ...], ...]:
        """Every choice of lengths: its own, and those of its ladder."""
        return (self.spans, *(rung.spans for rung in self.ladder))
