"""Whatever anybody does at the shipped processes, in whatever order, the books stay in order.

About 3,000 random acts in the suite, always the same ones. `ANYTHING_STEPS=50000` makes more walks,
new ones each time; a walk that fails names its seed, and `ANYTHING_SEEDS` walks the named ones.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import orjson

from tests.workflow import rights
from tests.workflow.bookkeeping import look_through_case, rows_point_at_lines
from tests.workflow.crowd import LEADING, Crowd
from workflow import ledger
from workflow.nouns import Actor, Case, Decision, Entry, Opening
from workflow.ports.house import Deed, SavePerson
from workflow.refusals import Code
from workflow.running.offers import is_automatic
from workflow.service.deciding import Answer

GIVEN = os.environ.get("ANYTHING_STEPS")
#: The walks to take again, with spaces between them.
SEEDS = os.environ.get("ANYTHING_SEEDS", "").split()
STEPS_EACH = 60
STEPS = int(GIVEN or 3000)
#: How often what happened, over all walks: walks on which nothing happens would prove nothing.
HAPPENED: Counter[str] = Counter()


class Walk:
    """People come and go, open, decide, save, click twice and too late; clocks run out."""

    def __init__(self, chance: Random) -> None:
        self.crowd = Crowd(chance)
        self.known: dict[str, int] = {}
        self.clicks: list[tuple[str | None, Decision | Opening, Answer]] = []

    # ---- what people do --------------------------------------------------------------------------

    def somebody_opens_a_case(self, chance: Random) -> None:
        """Often in vain: a parent is missing, a field is wrong, it is not theirs to open."""
        opening = self.crowd.opening(chance)
        answer = self.crowd.service.open(opening)
        if answer.refused is None:
            self.clicks.append((None, opening, answer))

    def somebody_does_what_is_offered(self, chance: Random) -> None:
        """An open button is pressed, and mostly filled in as it asks."""
        for case in self._some(chance):
            found = self.crowd.offered(case, chance)
            if found is not None:
                self._decide(case, found)
                return

    def somebody_goes_on_and_on(self, chance: Random) -> None:
        """The same case several times, so that it comes somewhere."""
        for case in self._some(chance)[:1]:
            for _ in range(4):
                now = self.crowd.store.kept.cases[case.id]
                found = self.crowd.offered(now, chance)
                if found is None:
                    return
                self._decide(now, replace(found, seen_version=None))

    def somebody_tries_anything(self, chance: Random) -> None:
        """Any action, by anybody, on any case, also one that has ended."""
        if self.crowd.cases():
            case = chance.choice(self.crowd.cases())
            self._decide(case, self.crowd.anything(case, chance))

    def somebody_saves(self, chance: Random) -> None:
        """Fields are changed without an action."""
        for case in self._some(chance)[:1]:
            self._decide(case, self.crowd.saving(case, chance))

    def somebody_clicks_again(self, chance: Random) -> None:
        """The same click gives the same answer, however much later."""
        if not self.clicks:
            return
        number, wish, first = chance.choice(self.clicks)
        before = dict(self.crowd.store.kept.cases)
        if isinstance(wish, Decision):
            assert number is not None
            again = self.crowd.decide(number, wish)
        else:
            again = self.crowd.service.open(wish)
        assert again.repeated
        assert (again.number, again.entry, again.refused) == (
            first.number,
            first.entry,
            first.refused,
        )
        assert dict(self.crowd.store.kept.cases) == before
        HAPPENED["clicked again"] += 1

    def somebody_decides_again(self, chance: Random) -> None:
        """Another click on the page as it was, where the first has gone through."""
        done = [(n, w) for n, w, a in self.clicks if isinstance(w, Decision) and not a.refused]
        if not done:
            return
        number, wish = chance.choice(done)
        kept = self.crowd.store.kept
        case = kept.cases[kept.numbers[number or ""]]
        self._decide(case, replace(wish, at=self.crowd.now, key=self.crowd.key(), seen_version=1))

    def somebody_signs_once_more(self, chance: Random) -> None:
        """Whoever did something in a case tries what is closed to them, in any of their posts."""
        kept = self.crowd.store.kept
        for case in self._some(chance):
            did = sorted({entry.actor for entry in kept.ledger(case.id)})
            actor = Actor(*[chance.choice(did)] * 2)
            closed = [one for one in self.crowd.offers(case, actor) if not one.is_open]
            if closed:
                again = chance.choice(closed).action
                self._decide(case, self.crowd.decision(case, actor, again, set(), chance))
                return

    def time_passes(self, chance: Random) -> None:
        """Clocks that ran out have their effect once."""
        self.crowd.now += timedelta(hours=chance.choice([1, 5, 30, 100]))
        HAPPENED["a clock ran out"] += self.crowd.service.tick(self.crowd.now, limit=1000)
        assert self.crowd.service.tick(self.crowd.now) == 0

    def somebody_leaves_or_comes_back(self, chance: Random) -> None:
        """People leave, come back, and change departments while work waits for them."""
        store = self.crowd.store
        person = store.hospital().organisation.people[chance.choice(self.crowd.people)]
        deed = Deed(Actor("admin", "admin"), self.crowd.now, "调动")
        away = replace(person, active=not person.active or chance.random() < 0.3)
        moved = replace(person, department=chance.choice(["surgery", "icu"]))
        store.house.change(deed, SavePerson(chance.choice([away, moved])))

    def _some(self, chance: Random) -> list[Case]:
        """Some cases that have not ended, if there are any."""
        alive = [case for case in self.crowd.cases() if case.closed_at is None]
        return chance.sample(alive, min(3, len(alive))) if alive else self.crowd.cases()[:1]

    # ---- what must hold of every decision --------------------------------------------------------

    def _decide(self, case: Case, decision: Decision) -> None:
        offers = {offer.action: offer for offer in self.crowd.offers(case, decision.actor)}
        lines = case.seq
        answer = self.crowd.decide(case.number, decision)
        after = self.crowd.store.kept.cases[case.id]
        self.clicks.append((case.number, decision, answer))
        refused_for_standing = answer.refused is not None and any(
            reason.standing for reason in answer.refused.refusals
        )
        if answer.refused is not None:
            HAPPENED[f"refused: {answer.refused.code}"] += 1
            assert after.seq == lines + 1
            assert (after.version, after.state, after.form) == (case.version, case.state, case.form)
        HAPPENED["decided"] += answer.refused is None
        is_old = decision.seen_version not in (None, case.version)
        if is_old or decision.action == "save":
            return
        offer = offers.get(decision.action)
        if offer is None:
            action = self.crowd.definition(case).actions.get(decision.action)
            nowhere = action is None or case.state not in action.sources
            assert refused_for_standing, (decision, answer.refused)
            assert nowhere or (action is not None and is_automatic(action))
        else:
            assert offer.is_open != refused_for_standing, (decision, answer.refused)

    # ---- what must hold of the books -------------------------------------------------------------

    def look_through(self) -> None:
        """The books of every case that changed, and who had the right to change it."""
        kept = self.crowd.store.kept
        for case in self.crowd.cases():
            known = self.known.get(case.id, 0)
            if case.seq == known:
                continue
            look_through_case(kept, self.crowd.catalog, case)
            for entry in kept.ledger(case.id)[known:]:
                self._had_the_right(entry)
            self.known[case.id] = case.seq
        rows_point_at_lines(kept)

    def _had_the_right(self, entry: Entry) -> None:
        if entry.refused is not None:
            return
        HAPPENED[f"{entry.process}: {entry.event}"] += 1
        kept, line = self.crowd.store.kept, orjson.loads(entry.body)
        earlier = [kept.entries[entry.case, seq].body for seq in range(1, max(entry.seq, 2))]
        before = ledger.rebuild(earlier)
        hospital = self.crowd.store.hospital()
        parent = None if before.case.parent is None else kept.cases[before.case.parent]
        moment = rights.Moment(
            self.crowd.definition(before.case),
            before.case,
            before.tasks if entry.seq > 1 else (),
            hospital.organisation,
            hospital.calendar.local_day(entry.at),
            None if parent is None else parent.department,
        )
        assert rights.against(line, moment) is None, (entry.process, line)


#: What happens how often, in a hundred.
USUALLY: dict[str, int] = {
    "somebody_opens_a_case": 18,
    "somebody_does_what_is_offered": 26,
    "somebody_goes_on_and_on": 14,
    "somebody_tries_anything": 10,
    "somebody_saves": 5,
    "somebody_clicks_again": 4,
    "somebody_decides_again": 4,
    "somebody_signs_once_more": 6,
    "time_passes": 8,
    "somebody_leaves_or_comes_back": 5,
}
DEEDS = [deed for deed, times in USUALLY.items() for _ in range(times)]


def walked(seed: str) -> None:
    """One walk from its beginning; the same one for the same seed, wherever it is run."""
    chance = Random(seed)
    walk = Walk(chance)
    for _ in range(STEPS_EACH):
        getattr(walk, chance.choice(DEEDS))(chance)
        walk.look_through()


def seeds() -> Iterator[str]:
    """Which walks to take: given ones, new ones, or those that the suite always takes."""
    walks = max(1, STEPS // STEPS_EACH)
    first = "walk" if GIVEN is None else f"walk-{Random().getrandbits(64):016x}"
    yield from SEEDS or (f"{first}-{n}" for n in range(walks))


def test_whatever_people_do_the_books_stay_in_order() -> None:
    HAPPENED.clear()

    for seed in seeds():
        try:
            walked(seed)
        except Exception as cause:
            cause.add_note(f"Once more: ANYTHING_SEEDS={seed} pytest {__file__}")
            raise

    if SEEDS:
        return
    # Something of everything has happened, else all of this would prove little.
    assert HAPPENED["decided"] > STEPS // 10
    for process in LEADING:
        moved = {event for event in HAPPENED if event.startswith(f"{process}: ")}
        assert len(moved) > 3, (process, moved)
    refused = {code: HAPPENED[f"refused: {code}"] for code in REFUSALS}
    assert min(refused.values()) >= 2, refused
    assert min(HAPPENED["a clock ran out"], HAPPENED["clicked again"]) >= 3


REFUSALS = set(Code) - {Code.NOT_FOUND, Code.DEFINITION_INVALID}
