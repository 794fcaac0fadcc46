"""A colleague leaves: all work that waits for them by name goes to somebody else, in one act.

With a list beforehand, with one ledger line a case and one in the house's own ledger, and all or
nothing: where one case refuses, none is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from workflow.nouns import Address, Case, Decision, Entry, Task
from workflow.people.organisation import Organisation, Person
from workflow.ports.hospital import Hospital
from workflow.ports.house import Deed
from workflow.ports.reading import AuditQuery, InboxQuery
from workflow.ports.store import Store
from workflow.refusals import Code, Refused, Sentence
from workflow.running.administering import FOUR_EYES, REROUTE
from workflow.service.catalog import Catalog
from workflow.service.deciding import Service
from workflow.service.house_lines import house_line_of
from workflow.service.housework import (
    Housework,
    at_field,
    keeper_problem,
    one,
    problems,
    reason_problem,
)

#: The event of the line in the house's ledger.
MOVED = "move_work"
#: So much work is moved at once; of more than that the most urgent first.
MOST = 500
#: So many of the newest acts are looked through for those about one person.
MOST_ACTS = 200

NOBODY = Sentence("没有这个人", "There is no such person")
TO_NOBODY = Sentence("没有这个人，或已停用", "There is no such person, or no longer")
THEMSELVES = Sentence("请选择另一位同事", "Choose a colleague")
NOTHING = Sentence("没有指定由{who}办理的待办", "Nothing waits for {who} by name")
OWN_WORK = Sentence(
    "不能把待办改派给自己：管理员只管理，不代人决定",
    "You cannot give the work to yourself: an administrator decides nothing",
)
STILL_HERE = Sentence(
    "{who}仍在职，管理操作须两人；请逐件改派并由另一位管理员复核，或先停用账号",
    "{who} is still active and an act on a case needs two administrators; give the tasks to "
    "somebody else one by one, or close the account first",
)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A task that would move; `claimed`: a shared one, which only becomes free again."""

    task: Task
    case: Case
    claimed: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The numbers of the cases in which work has moved."""

    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """One such act of the past: its line, to whom it all went, and in which cases."""

    entry: Entry
    to: str
    reason: str
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Leavers:
    """Moves the work of people who leave."""

    store: Store
    catalog: Callable[[], Catalog]
    service: Service

    def preview(self, person: str) -> tuple[Leaving, ...]:
        """What would move, the most urgent first; what somebody has claimed comes last."""
        known = self.store.readings.hospital().organisation.people.get(person)
        if known is None:
            return ()
        own = (Leaving(row.task, row.case) for row in self._waiting((f"p:{person}",)))
        shared = (
            Leaving(row.task, row.case, claimed=True)
            for row in self._waiting(_posts_of(known))
            if row.task.handling.claimed_by == person
        )
        return (*own, *shared)

    def past(self, person: str) -> tuple[Handover, ...]:
        """What has been moved away from somebody, the newest first."""
        rows = self.store.readings.audit(AuditQuery(event=MOVED, limit=MOST_ACTS)).rows
        lines = (house_line_of(row.entry) for row in rows if row.entry.refused is None)
        return tuple(
            Handover(line.entry, str(line.told["to"]), line.reason, _numbers(line.told))
            for line in lines
            if line.told.get("person") == person
        )

    def _waiting(self, addresses: tuple[str, ...]) -> Iterator[Leaving]:
        # Nobody's own view: the empty name is on no list of excluded people.
        query = InboxQuery("", addresses, limit=MOST)
        rows = self.store.readings.inbox(query).rows if addresses else ()
        return (Leaving(row.task, row.case) for row in rows)

    def move(self, deed: Deed, person: str, to: str, key: str) -> Moved | Refused:
        """Give all of it to one colleague. `key` makes a repeated click the same act."""
        hospital = self.store.readings.hospital()
        refused = keeper_problem(deed, hospital) or self._problem(deed, hospital, person, to)
        leaving = () if refused is not None else self.preview(person)
        numbers = tuple(dict.fromkeys(one.case.number for one in leaving))
        if refused is None and not numbers:
            name = hospital.organisation.person_name(person)
            refused = one(Code.CONDITION_NOT_MET, NOTHING.filled(who=name), "nothing")
        if refused is None:
            decision = Decision(deed.by, REROUTE, deed.at, key, {}, deed.reason, target=to)
            refused = self.service.move_work(numbers, person, decision)
        asked = {"person": person, "to": to}
        if refused is not None:
            return Housework(self.store).refuse(deed, MOVED, asked, refused)
        self.store.house.record(deed, MOVED, {**asked, "cases": list(numbers)})
        return Moved(numbers)

    def _problem(self, deed: Deed, hospital: Hospital, person: str, to: str) -> Refused | None:
        people = hospital.organisation.people
        leaver = people.get(person)
        wrong = problems(
            at_field("person", NOBODY) if leaver is None else None,
            None if _is_here(hospital.organisation, to) else at_field("to", TO_NOBODY),
            at_field("to", THEMSELVES) if person == to else None,
            at_field("to", OWN_WORK) if to == deed.by.id else None,
            reason_problem(deed),
        )
        if wrong is not None or leaver is None:
            return wrong
        return self.why_not(hospital, leaver, deed.at)

    def why_not(self, hospital: Hospital, leaver: Person, now: datetime) -> Refused | None:
        """What stands in the way of one administrator moving somebody's work, whoever gets it."""
        if not leaver.active:
            return None
        policy = hospital.policy_at(now)
        known = self.catalog().register.resolve(policy.profile, policy.overrides)
        if known.get(FOUR_EYES, True) is False:
            return None
        because = STILL_HERE.filled(who=leaver.name)
        return one(Code.CONDITION_NOT_MET, because, "four_eyes")


def _numbers(told: Mapping[str, object]) -> tuple[str, ...]:
    cases = told.get("cases")
    return tuple(map(str, cases)) if isinstance(cases, list) else ()


def _is_here(organisation: Organisation, person: str) -> bool:
    known = organisation.people.get(person)
    return known is not None and known.active


def _posts_of(person: Person) -> tuple[str, ...]:
    """The addresses of every post that somebody holds or has held."""
    keys = [
        Address(role=post.role, department=department).key
        for post in person.posts
        for department in (None, post.department)
    ]
    return tuple(dict.fromkeys(keys))
