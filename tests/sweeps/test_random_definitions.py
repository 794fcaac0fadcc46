"""Whatever anybody does at a process that nobody has thought of, in whatever order, the books stay
in order: random people, random acts, random definitions.

At least 10,000 steps in the suite, always the same ones. `RANDOM_STEPS=50000` (see `make soak`)
makes new ones each time. Hypothesis shortens a walk that fails and prints it; its lines, put into a
test, walk it again.
"""

from __future__ import annotations

import os
from random import Random

from hypothesis import HealthCheck, Phase, Verbosity, note, seed, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.sweeps.imagined import written
from tests.sweeps.ward import HAPPENED, Ward

GIVEN = os.environ.get("RANDOM_STEPS")
ENOUGH = 10_000
STEPS = int(GIVEN or ENOUGH)
#: So many rules a walk, and so many acts a rule: fewer rules of several acts cost less.
RULES, ACTS = 30, 6
#: The definitions that the suite walks through. A longer run makes others.
DEFINITIONS = max(40, STEPS // 250)
FIRST = int(os.environ.get("RANDOM_FIRST", 0 if GIVEN is None else Random().getrandbits(40)))
SEED = 20260302 + FIRST
#: `RANDOM_SHRINK=no`: a walk that fails is not shortened.
PHASES = [Phase.generate, Phase.shrink][: 1 if os.environ.get("RANDOM_SHRINK") == "no" else 2]
CHANCE = st.integers(0, 2**32 - 1)


class SameEverywhere(HypothesisProvider):
    """Draws by the seed alone. Hypothesis itself also draws numbers that it finds in the modules
    which happen to be loaded, so a test alone would not be the test in the suite.
    """

    def _maybe_draw_constant(self, *_: object, **__: object) -> None:
        return None


AVAILABLE_PROVIDERS["same-everywhere"] = f"{__name__}.SameEverywhere"


class Walk(RuleBasedStateMachine):
    """A hospital and what is done there. A number that a rule is given says who does what."""

    ward: Ward | None = None

    @initialize(chance=CHANCE)
    def a_definition(self, chance: int) -> None:
        """Everybody works at one process."""
        number = FIRST + chance % DEFINITIONS
        note(written(number))
        self.ward = Ward(number)
        for luck in map(Random, range(2)):
            self.ward.open(luck)

    def _several(self, chance: int, *acts: str) -> None:
        assert self.ward is not None
        luck = Random(chance)
        for _ in range(ACTS):
            getattr(self.ward, luck.choice(acts))(luck)

    @rule(chance=CHANCE)
    def people_work(self, chance: int) -> None:
        """What waits is decided."""
        self._several(chance, *["work"] * 6, "open", "take_back", "open_undoing")

    @rule(chance=CHANCE)
    def people_work_together(self, chance: int) -> None:
        """What waits is decided, claimed, passed on, asked about."""
        self._several(chance, "work", "handle", "handle")

    @rule(chance=CHANCE)
    def time_passes_while_they_work(self, chance: int) -> None:
        """Clocks run out between decisions."""
        self._several(chance, "work", "work", "wait", "work", "handle")

    @rule(chance=CHANCE)
    def people_come_and_go(self, chance: int) -> None:
        """Leavers, new holders of posts, delegates."""
        self._several(chance, "people_change", "work", "work", "handle", "work")

    @rule(chance=CHANCE)
    def people_are_clumsy(self, chance: int) -> None:
        """Twice, too late, not theirs."""
        self._several(
            chance, "click_again", "act_on_an_old_page", "try_anything", "try_anything", "work"
        )

    @rule(chance=CHANCE)
    def applicants_and_administrators(self, chance: int) -> None:
        """Saving, urging, withdrawing; moving work, stopping a case and going on."""
        self._several(chance, "applicant_acts", "administer", "take_back", "work", "work")

    def teardown(self) -> None:
        """Count what was done."""
        if self.ward is not None:
            HAPPENED["steps"] += self.ward.steps


def test_whatever_happens_the_books_stay_in_order() -> None:
    HAPPENED.clear()
    walks = STEPS * 11 // (RULES * ACTS * 10) + 2  # at times there is nothing to do
    machine = seed(SEED)(Walk)
    chosen = settings(
        max_examples=walks,
        stateful_step_count=RULES,
        backend="same-everywhere",
        database=None,
        deadline=None,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.normal,
        print_blob=False,
    )

    try:
        run_state_machine_as_test(machine, settings=chosen)
    except Exception as cause:
        cause.add_note(f"Once more: RANDOM_STEPS={STEPS} RANDOM_FIRST={FIRST} pytest {__file__}")
        raise

    assert HAPPENED["steps"] >= STEPS, HAPPENED["steps"]
    if STEPS < ENOUGH:
        return
    # Something of everything has happened, else all of this would prove little.
    assert {act: HAPPENED[act] for act in EVERYTHING if HAPPENED[act] < 3} == {}


EVERYTHING = (
    *(f"done: vote {vote}" for vote in ("for", "against", "abstain")),
    *(f"done: {act}" for act in ("forward", "stop", "back", "sign", "save")),
    *(f"done: back {where}" for where in ("previous", "visited")),
    *(
        f"done: task.{act}"
        for act in (
            "claim",
            "transfer",
            "add_before",
            "add_after",
            "add_beside",
            "ask",
            "answer",
            "consult",
            "comment",
            "recuse",
            "confirm",
            "urge",
            "take_back",
        )
    ),
    *(f"followed: {tone}" for tone in ("forward", "stop", "back")),
    "agreed already",
    "a clock ran out",
    "a seat was freed",
    "opened for a row",
    "clicked again",
    "held",
    "rows said",
    "rows decided",
    "done on duty",
    "revoked",
    "refused: rows",
    "refused: revoked already",
    "refused: above what is lent",
    *(
        f"refused: {code}"
        for code in (
            "conflict",
            "closed",
            "not_permitted",
            "already_decided",
            "separation_of_duties",
            "opinion_required",
            "invalid_form",
            "condition_not_met",
            "unknown_action",
        )
    ),
)
