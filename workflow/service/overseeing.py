"""What administrators see of a case that they keep but do not read: where it stands, whom it waits
for, its clocks, what one of them has proposed; and what an act of theirs would come to.

Nothing of the form is here, and no title of a confidential process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from workflow.design.definition import Definition
from workflow.nouns import Actor, Case, Deadline, Decision
from workflow.ports.deciding import CaseFile, Change
from workflow.ports.hospital import Hospital
from workflow.ports.reading import AuditQuery
from workflow.ports.store import Store
from workflow.refusals import Refused, Sentence
from workflow.running import branches
from workflow.running.administering import (
    ACTS,
    AGREE,
    CANCEL,
    EXTEND,
    FOUR_EYES,
    IS_RUNNING,
    IS_SUSPENDED,
    LAPSED,
    NO_PROPOSAL,
    PENDING,
    PROPOSE,
    REROUTE,
    RESUME,
    SECOND,
    SUSPEND,
    TURN_DOWN,
    VERBS,
    administer,
    why_closed,
)
from workflow.running.deadlines import alive
from workflow.running.outcome import Outcome
from workflow.running.rulebook import SAVE
from workflow.running.situation import Situation
from workflow.service.catalog import Catalog
from workflow.service.gathering import situation_of, with_facts
from workflow.service.sights import LedgerLine, line_of

__all__ = [
    "AGREE",
    "CANCEL",
    "EXTEND",
    "PROPOSE",
    "REROUTE",
    "RESUME",
    "SUSPEND",
    "TURN_DOWN",
    "Foreseen",
    "Kept",
    "Overseeing",
]

#: The newest proposals that are looked through for those that still wait.
MOST_PROPOSALS = 100

NO_TASK = Sentence("目前没有待办可以改派", "Nothing waits that could be given to somebody else")
NO_CLOCK = Sentence("目前没有在计时的期限", "No deadline runs at present")


@dataclass(frozen=True, slots=True)
class Kept:
    """A case without what is in it.

    `title` is "" where the process is confidential; `states` are those where it stands now.
    `second`: an act takes effect when another administrator agrees. `closed` tells by act why this
    person cannot take it. `clocks` are those that run or stand still and by which work is due;
    `lines` what administrators have done, refusals left out, the newest first.
    """

    file: CaseFile
    definition: Definition
    title: str
    states: tuple[str, ...]
    second: bool
    closed: Mapping[str, Sentence]
    clocks: tuple[Deadline, ...]
    lines: tuple[LedgerLine, ...]

    @property
    def case(self) -> Case:
        """The case itself."""
        return self.file.case


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an act would come to. `act` is what happens in the end (what was proposed, where one
    agrees); `second`: only when another administrator agrees.
    """

    act: str
    change: Change
    second: bool


@dataclass(frozen=True)
class Overseeing:
    """Questions of administrators about cases. Whether the one who asks is one is judged before."""

    store: Store
    catalog: Callable[[], Catalog]

    def proposals(self) -> tuple[Case, ...]:
        """The cases with an act that waits for a second administrator, the newest first."""
        query = AuditQuery(event=PROPOSE, limit=MOST_PROPOSALS)
        rows = self.store.readings.audit(query).rows
        ids = dict.fromkeys(row.entry.case for row in rows if row.entry.refused is None)
        cases = (self.store.readings.case_by_id(one) for one in ids)
        return tuple(
            case
            for case in cases
            if case is not None and case.closed_at is None and case.course.proposed is not None
        )

    def title_of(self, case: Case) -> str:
        """The title, unless the process is confidential."""
        definition = self.catalog().definition(case.process, case.definition_version)
        return "" if definition.confidential else case.title

    def case(self, number: str, actor: Actor, now: datetime) -> Kept | None:
        """One case by its number; None when there is none."""
        found = self._found(number, now)
        if found is None:
            return None
        situation, file, second = found
        lines = (line_of(entry) for entry in self.store.readings.entries(file.case.id))
        done = [line for line in lines if not line.refused and line.action in (*ACTS, PROPOSE)]
        return Kept(
            file=file,
            definition=situation.definition,
            title=self.title_of(file.case),
            states=tuple(branches.places(file.case)),
            second=second,
            closed=dict(_closed(situation, actor, second=second)),
            clocks=_alive(situation),
            lines=tuple(reversed(done)),
        )

    def foresee(self, number: str, decision: Decision) -> Foreseen | Refused | None:
        """What an act would come to, by the rules that decide; nothing is written. None when there
        is no such case.
        """
        found = self._found(number, decision.at)
        if found is None:
            return None
        situation, _, second = found
        needed = situation.rulebook.needed[SAVE]
        situation = with_facts(situation, self.store.readings, needed, decision.actor)
        first = second and decision.action in VERBS
        numbers = count(1)

        def rehearsed(*, four_eyes: bool) -> Outcome | Refused:
            return administer(
                situation, decision, lambda: f"foreseen-{next(numbers)}", four_eyes=four_eyes
            )

        proposing = rehearsed(four_eyes=first)
        outcome = rehearsed(four_eyes=False)
        if isinstance(proposing, Refused):
            return proposing
        if isinstance(outcome, Refused):
            return outcome
        proposed = situation.case.course.proposed
        agreeing = proposed is not None and decision.action == AGREE
        act = proposed.act if proposed is not None and agreeing else decision.action
        return Foreseen(act, outcome.change, first)

    def _found(self, number: str, now: datetime) -> tuple[Situation, CaseFile, bool] | None:
        """The case with its situation, and whether acts on it need a second administrator."""
        readings, catalog = self.store.readings, self.catalog()
        file = readings.case_file(number)
        if file is None:
            return None
        case, hospital = file.case, readings.hospital()
        parent = None if case.parent is None else readings.case_by_id(case.parent)
        rulebook = catalog.rulebook(case.process, case.definition_version)
        situation = situation_of(catalog, rulebook, file, hospital, now, parent)
        return situation, file, needs_second(hospital, catalog, now)


def needs_second(hospital: Hospital, catalog: Catalog, now: datetime) -> bool:
    """Whether an administrator's act on a case needs a second one; yes where nothing is set."""
    policy = hospital.policy_at(now)
    known = catalog.register.resolve(policy.profile, policy.overrides)
    return known.get(FOUR_EYES, True) is not False


def _closed(situation: Situation, actor: Actor, *, second: bool) -> Iterator[tuple[str, Sentence]]:
    whole = why_closed(situation, actor)
    if whole is not None:
        yield from ((act, whole.because) for act in sorted(ACTS))
        return
    course, version = situation.case.course, situation.case.version
    proposed = course.proposed
    if second and proposed is not None and proposed.version == version:
        who = situation.organisation.person_name(proposed.by)
        yield from ((act, PENDING.filled(who=who)) for act in VERBS)
    else:
        if not situation.open_tasks:
            yield REROUTE, NO_TASK
        if not _alive(situation):
            yield EXTEND, NO_CLOCK
        yield (SUSPEND, IS_SUSPENDED) if course.suspended is not None else (RESUME, IS_RUNNING)
    if proposed is None:
        yield from ((act, NO_PROPOSAL) for act in (AGREE, TURN_DOWN))
    elif proposed.by == actor.id:
        yield from ((act, SECOND) for act in (AGREE, TURN_DOWN))
    elif proposed.version != version:
        yield AGREE, LAPSED


def _alive(situation: Situation) -> tuple[Deadline, ...]:
    return alive(situation.definition, situation.deadlines)
