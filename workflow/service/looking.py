"""What pages and programs ask about cases: inboxes, one case as one person sees it, and what they
may start.

Reads only, each question with a constant number of look-ups. The one thing it writes is a line in
the house's own ledger when somebody reads, or tries to read, a confidential case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from workflow.design.definition import Action, Definition
from workflow.design.form import Field, FieldType
from workflow.design.form_rules import OPENING, hands_in
from workflow.design.seats import Scope, SeatKind
from workflow.nouns import Actor, Attachment, Case, Entry, Opening
from workflow.people.eligibility import Scene, standing_of
from workflow.people.organisation import Person
from workflow.ports.deciding import CaseFile
from workflow.ports.hospital import Hospital
from workflow.ports.house import Deed
from workflow.ports.reading import CaseQuery
from workflow.ports.store import Store
from workflow.refusals import Code, Refusal, Refused
from workflow.running import branches
from workflow.running.calculating import with_calculations
from workflow.running.choosing import entries_left, needed_at_entries, words_left
from workflow.running.handling import RULES, may_be_named, why_closed
from workflow.running.judging import Reading, judge_input, judge_opening, read
from workflow.running.offers import is_automatic, may_edit, stands_in_the_way
from workflow.running.situation import Situation
from workflow.running.taking_back import look_counts
from workflow.service.beginning import blank_case, pinned_at
from workflow.service.catalog import Catalog
from workflow.service.deciding import NO_CASE
from workflow.service.gathering import situation_of, with_facts
from workflow.service.inboxes import Inbox, Inboxes, InboxFilters, NextItem
from workflow.service.needing import not_entered
from workflow.service.offering import hats_of
from workflow.service.own_rows import kept_apart, theirs_alone
from workflow.service.prospects import aim_of, path_from, waiting_for
from workflow.service.reasons import ReasonNeeded, Reasons
from workflow.service.sights import CaseSight, Hat, LedgerLine, PathStep, line_of
from workflow.service.together import branches_seen, panels_seen
from workflow.service.visibility import (
    may_see,
    supervisors,
    supervisors_now,
    takes_part,
    was_let_in,
)

#: How many cases a list to choose from shows at most.
CHOICES = 50
#: So many processes are offered again.
LATELY = 4


@dataclass(frozen=True, slots=True)
class Startable:
    """A process that somebody may start. `needs_parent`: it belongs to a case that has to be named
    first. `missing`: figures that the hospital has to enter before anybody can.
    """

    definition: Definition
    needs_parent: bool
    missing: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a form that opens a case offers to one person: the states to begin in, by field the
    options that are left, where not all are, and the fields that have to be filled wherever they
    begin.
    """

    entries: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    needed: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Found:
    """A case with what is needed to judge who may read it."""

    file: CaseFile
    situation: Situation
    hospital: Hospital


@dataclass(frozen=True)
class Looking:
    """Questions about cases, answered from a store's readings and the definitions in force."""

    store: Store
    catalog: Callable[[], Catalog]

    # ---- inboxes ---------------------------------------------------------------------------------

    def inbox(
        self, person: str, now: datetime, filters: InboxFilters, hospital: Hospital | None = None
    ) -> Inbox:
        """One page of one of a person's boxes, with the counts beside it."""
        return Inboxes(self.store.readings, self.catalog()).look(person, now, filters, hospital)

    def waiting_count(self, person: str, now: datetime, hospital: Hospital | None = None) -> int:
        """How many tasks wait for a person today, for the side bar."""
        return Inboxes(self.store.readings, self.catalog()).waiting_count(person, now, hospital)

    def next_item(
        self, person: str, now: datetime, but: str, like: tuple[str, str] | None = None
    ) -> NextItem | None:
        """What a person may turn to after the case numbered `but`; None when nothing waits."""
        return Inboxes(self.store.readings, self.catalog()).next_item(person, now, but, like)

    # ---- starting --------------------------------------------------------------------------------

    def may_open(self, person: str, now: datetime) -> tuple[Startable, ...]:
        """The processes that a person may start today, in the order of the catalog."""
        hospital = self.store.readings.hospital()
        known = hospital.organisation.people.get(person)
        if known is None or not known.active:
            return ()
        catalog = self.catalog()
        held = hospital.policy_at(now)
        values = catalog.register.resolve(held.profile, held.overrides)
        return tuple(
            Startable(
                definition,
                definition.opening.parent_required,
                not_entered(catalog, definition, values),
            )
            for definition in catalog.in_force()
            if self._may_open(known, definition, hospital, now)
        )

    def lately_started(self, person: str) -> tuple[str, ...]:
        """The processes that a person started last, the latest first."""
        cases = self.store.readings.cases(CaseQuery(applicant=person, limit=CHOICES)).rows
        return tuple(dict.fromkeys(row.case.process for row in cases))[:LATELY]

    def _may_open(
        self, person: Person, definition: Definition, hospital: Hospital, now: datetime
    ) -> bool:
        day = hospital.calendar.local_day(now)
        scene = Scene(_imagined(person, definition, now), hospital.organisation, day)
        actor = Actor(person.id, person.name)
        seats = definition.opening.seats
        if standing_of(actor, seats, scene.case.state, definition, scene) is not None:
            return True
        # Seats that hang on the parent case are judged when it is known: here the role alone
        # counts.
        roles = {post.role for post in hospital.organisation.posts_of(person.id, day)}
        return any(
            seat.kind is SeatKind.ROLE
            and seat.scope in (Scope.PARENT, Scope.FORM)
            and seat.role in roles
            for seat in seats
        )

    def may_begin(self, process: str, person: str, now: datetime) -> Beginning:
        """What the form of a process offers to somebody who may start it. Raises UnknownProcess."""
        catalog, hospital = self.catalog(), self.store.readings.hospital()
        rulebook = catalog.rulebook(process)
        known = hospital.organisation.people[person]
        file = CaseFile(_imagined(known, rulebook.definition, now), (), ())
        situation = situation_of(catalog, rulebook, file, hospital, now, None)
        actor = Actor(known.id, known.name)
        entries = entries_left(situation, actor)
        needed = needed_at_entries(situation, actor, entries)
        return Beginning(entries, words_left(situation, actor, OPENING), needed)

    def parents_for(
        self, process: str, person: str, now: datetime, text: str | None = None
    ) -> tuple[Case, ...]:
        """Open cases that a new case of `process` may belong to and that the person may read by
        post: those of the departments where they work first, so that in a large house a ward finds
        its own among the newest of all.
        """
        catalog = self.catalog()
        wanted = catalog.definition(process).opening.parent_processes
        if not wanted:
            return ()
        hospital = self.store.readings.hospital()
        day = hospital.calendar.local_day(now)
        query = CaseQuery(open_only=True, text=text or None, limit=CHOICES)
        supervising = supervisors(catalog.register, hospital.policy_at(now))
        posts = hospital.organisation.posts_of(person, day)
        theirs = dict.fromkeys(post.department for post in posts)
        found = {
            row.case.id: row.case
            for where in (*theirs, None)
            for one in wanted
            for row in self.store.readings.cases(replace(query, process=one, department=where)).rows
        }
        return tuple(
            case
            for case in found.values()
            if may_see(
                person,
                Scene(case, hospital.organisation, day),
                catalog.definition(case.process, case.definition_version),
                (),
                supervising,
            )
        )

    def rehearse(self, opening: Opening, handing_in: str | None) -> Refused | None:
        """What is wrong with the fields of a request before it is made, all at once.

        Judges the opening and, if given, the action that hands it in, by the rules that decide;
        writes nothing. Other rules are left to the decision itself, whose refusal is a ledger line.
        Raises UnknownProcess.
        """
        catalog, readings = self.catalog(), self.store.readings
        rulebook = catalog.rulebook(opening.process)
        hospital = readings.hospital()
        parent = self._parent_of(opening)
        field = rulebook.definition.opening.parent_field
        if opening.parent is not None and parent is None:
            missing = Refusal(Code.INVALID_FORM, NO_CASE, field=field, rule="parent")
            return Refused.of([missing])
        pinned = pinned_at(opening.at, rulebook, hospital, catalog)
        blank = blank_case(rulebook, opening, parent, "", "", hospital, pinned)
        situation = situation_of(
            catalog, rulebook, CaseFile(blank, (), ()), hospital, opening.at, parent
        )
        reading = _with_parent(read(situation, OPENING, dict(opening.answers)), field, parent)
        wanted = rulebook.needed[OPENING]
        situation = with_facts(situation, readings, wanted, opening.actor, reading.form)
        view = situation.view(opening.actor, reading.form)
        reading = with_calculations(situation, OPENING, reading, view)
        refusals = list(judge_opening(situation, opening.actor, reading).refusals)
        if handing_in is not None:
            filled = replace(situation, case=replace(blank, form=reading.form))
            action = rulebook.definition.actions[handing_in]
            wanted = rulebook.needed[handing_in]
            filled = with_facts(filled, readings, wanted, opening.actor, reading.form)
            again = replace(reading, refusals=())
            view = filled.view(opening.actor, reading.form)
            again = with_calculations(filled, action.key, again, view)
            seen = filled.view(opening.actor, again.form)
            judged = judge_input(filled, action, again, seen)
            already = {refusal.field for refusal in refusals}
            refusals += [r for r in judged.refusals if r.field not in already]
        at_fields = [r for r in refusals if r.code is Code.INVALID_FORM and r.field is not None]
        return Refused.of(at_fields) if at_fields else None

    def _parent_of(self, opening: Opening) -> Case | None:
        """The case that a new one is to belong to, if it is there and theirs to read."""
        found = None if opening.parent is None else self._found(opening.parent, opening.at)
        return found.file.case if found and _entitled(found, opening.actor.id) else None

    # ---- one case --------------------------------------------------------------------------------

    def case(self, number: str, actor: Actor, now: datetime) -> CaseSight | None:
        """A case as a person sees it; None when there is none or it is not theirs to read.

        Reading a confidential case, and trying to, leaves a line in the house's ledger. Raises
        ReasonNeeded where they may read it once they have said why.
        """
        found = self._found(number, now)
        if found is None or not self._lets_in(found, actor, now):
            return None
        return self._sight(found, actor, now)

    def colleagues(
        self, number: str, actor: Actor, act: str, task: str, now: datetime
    ) -> tuple[Person, ...]:
        """Among whom this person may choose for a general act on one of their tasks; nobody where
        it is not theirs to take.
        """
        found = self._found(number, now)
        if found is None or act not in RULES or not _entitled(found, actor.id):
            return ()
        closed, mine = why_closed(found.situation, actor, act, task)
        if closed or mine is None:
            return ()
        return may_be_named(found.situation, actor, act, mine)

    def give_reason(self, number: str, actor: Actor, now: datetime, words: str) -> Refusal | None:
        """Say why one reads a confidential case, which opens it for a while.

        None when the reason is kept. NOT_FOUND where the case is not there or not theirs to read.
        """
        found = self._found(number, now)
        if found is None or not _entitled(found, actor.id):
            return Refusal(Code.NOT_FOUND, NO_CASE, rule="case", standing=True)
        return Reasons(self.store).give(number, found.situation.case.process, actor, now, words)

    def readable(self, number: str, person: str, now: datetime) -> Definition | None:
        """The definition of a case that is theirs to read, else None.

        Nothing of the case itself is shown, so this leaves no line anywhere.
        """
        found = self._found(number, now)
        return found.situation.definition if found and self._allows(found, person) else None

    def attachment(
        self, number: str, id: str, actor: Actor, now: datetime
    ) -> tuple[Attachment, bytes] | None:
        """A file of a case with its bytes; None when there is none or the case is not theirs to
        read.
        """
        found = self._found(number, now)
        if found is None or not self._lets_in(found, actor, now):
            return None
        kept = self.store.readings.attachments(found.file.case.id)
        attachment = next((a for a in kept if a.id == id), None)
        content = None if attachment is None else self.store.readings.attachment_bytes(id)
        return None if attachment is None or content is None else (attachment, content)

    def _found(self, number: str, now: datetime) -> _Found | None:
        readings, catalog = self.store.readings, self.catalog()
        file = readings.case_file(number)
        if file is None:
            return None
        case = file.case
        hospital = readings.hospital()
        parent = None if case.parent is None else readings.case_by_id(case.parent)
        rulebook = catalog.rulebook(case.process, case.definition_version)
        situation = situation_of(catalog, rulebook, file, hospital, now, parent)
        return _Found(file, situation, hospital)

    def _lets_in(self, found: _Found, actor: Actor, now: datetime) -> bool:
        situation, allowed = found.situation, self._allows(found, actor.id)
        if situation.definition.confidential:
            if allowed and not self._has_a_reason(found, actor, now):
                raise ReasonNeeded(situation.case.number)
            self.store.house.record(
                Deed(Actor(actor.id, actor.name), now),
                "read_confidential",
                {"case": situation.case.number, "process": situation.case.process},
                refused=None if allowed else Code.NOT_FOUND.value,
            )
        return allowed

    def _allows(self, found: _Found, person: str) -> bool:
        """Whether a person may read a case, be it only because they were told of it (抄送). What is
        confidential is not opened by a notice: somebody complained of hears how it ended, and not
        who complained. Nor does a notice that says so (`reads: false`).
        """
        if _entitled(found, person):
            return True
        scene, definition = found.situation.scene, found.situation.definition
        if definition.confidential:
            return False
        return was_let_in(person, scene, definition, self.store.readings)

    def reads_freely(self, number: str, person: str, now: datetime) -> bool:
        """Whether a person may read a case at once, so that other pages may name it to them; a
        confidential one only if they take part in it. Leaves no line.
        """
        found = self._found(number, now)
        if found is None or not _entitled(found, person):
            return False
        situation = found.situation
        return not situation.definition.confidential or takes_part(
            person, situation.scene, situation.definition, found.file.tasks
        )

    def _has_a_reason(self, found: _Found, actor: Actor, now: datetime) -> bool:
        situation = found.situation
        definition, tasks = situation.definition, found.file.tasks
        return takes_part(actor.id, situation.scene, definition, tasks) or Reasons(
            self.store
        ).given(situation.case.number, actor.id, now)

    def _sight(self, found: _Found, actor: Actor, now: datetime) -> CaseSight:
        readings = self.store.readings
        plain, case = found.situation, found.file.case
        entries = readings.entries(case.id)
        lines = tuple(line_of(entry) for entry in entries)
        hats = self._hats(plain, actor, entries)
        editable = may_edit(plain, actor)
        acts_here = any(
            one.is_open for hat in hats for offers in (hat.offers, hat.tools) for one in offers
        )
        withheld = _withheld_from(actor, plain, hats)
        worked_on, file = _worked_on(lines, found.file, actor), found.file
        apart = kept_apart(plain, withheld)
        if apart:
            people = _people_here(actor, hats)
            file, lines = theirs_alone(plain, readings, actor, people, file, lines, apart)
        return CaseSight(
            file=file,
            definition=plain.definition,
            roles=plain.rulebook.roles,
            hospital=found.hospital,
            now=now,
            lines=lines,
            hats=hats,
            aims={a.key: aim_of(plain, a) for a in _of_people(plain)},
            editable=editable,
            waiting=waiting_for(plain),
            path=self._forecast(plain, actor),
            panels=panels_seen(plain, lines),
            branches=branches_seen(plain),
            look_counts=look_counts(plain, actor, entries),
            parent=self._open_to(plain.parent, actor, plain),
            children=tuple(
                child
                for child in readings.related(case.id)
                if self._open_to(child, actor, plain) is not None
            ),
            attachments=tuple(readings.attachments(case.id)),
            openable=self._openable(case, actor, found.hospital, now),
            seen_in_full=acts_here or bool(editable) or worked_on,
            withheld=withheld,
            beside=self._beside(plain.definition, plain.parent, actor, plain),
        )

    def beside(
        self, process: str, parent: str, person: str, now: datetime
    ) -> Mapping[str, tuple[Case, ...]]:
        """By field, the cases that may be named in a new case of a process under `parent` (a
        number). Raises UnknownProcess.
        """
        definition = self.catalog().definition(process)
        found = self._found(parent, now) if _lists_of_cases(definition) else None
        if found is None or not _entitled(found, person):
            return {}
        situation = found.situation
        actor = Actor(person, situation.organisation.person_name(person))
        return self._beside(definition, situation.case, actor, situation)

    def _beside(
        self, definition: Definition, parent: Case | None, actor: Actor, around: Situation
    ) -> Mapping[str, tuple[Case, ...]]:
        """By each list of cases, those under `parent` that it may name, the newest first."""
        if parent is None:
            return {}
        return {
            field.key: tuple(
                case
                for case in reversed(self.store.readings.related(parent.id, field.process))
                if self._open_to(case, actor, around) is not None
            )[:CHOICES]
            for field in _lists_of_cases(definition)
        }

    def _open_to(self, case: Case | None, actor: Actor, around: Situation) -> Case | None:
        """A related case, unless it is confidential and not this person's by post."""
        if case is None:
            return None
        definition = self.catalog().definition(case.process, case.definition_version)
        scene = Scene(case, around.organisation, around.scene.day)
        hidden = definition.confidential and not may_see(actor.id, scene, definition, ())
        return None if hidden else case

    def _forecast(self, situation: Situation, actor: Actor) -> tuple[PathStep, ...]:
        if situation.case.closed_at is not None:
            return ()
        actions = branches.actions_at(situation.definition, situation.case)
        wanted = frozenset[str]().union(*(situation.rulebook.needed[a.key] for a in actions))
        return path_from(with_facts(situation, self.store.readings, wanted, actor))

    def _hats(
        self, situation: Situation, actor: Actor, entries: Sequence[Entry]
    ) -> tuple[Hat, ...]:
        """The person's own offers first, then those for whoever lent them a post that counts."""
        person = situation.organisation.people.get(actor.id)
        if person is None:
            return ()
        return tuple(
            hat
            for hat in hats_of(situation, self.store.readings, person, entries)
            if hat.acting_for is None
            or hat.tools
            or any(offer.is_open or stands_in_the_way(offer) for offer in hat.offers)
        )

    def _openable(
        self, case: Case, actor: Actor, hospital: Hospital, now: datetime
    ) -> tuple[Definition, ...]:
        person = hospital.organisation.people.get(actor.id)
        if person is None or case.closed_at is not None:
            return ()
        return tuple(
            definition
            for definition in self.catalog().in_force()
            if case.process in definition.opening.parent_processes
            and self._may_open(person, definition, hospital, now)
        )


def _with_parent(reading: Reading, field: str | None, parent: Case | None) -> Reading:
    """The form as the opening will fill it: the parent's number stands in its field."""
    if field is None or parent is None:
        return reading
    given = {field: parent.number}
    return replace(reading, values={**reading.values, **given}, form={**reading.form, **given})


def _entitled(found: _Found, person: str) -> bool:
    """Whether a person may read a case by what they are and do."""
    situation = found.situation
    supervising = supervisors_now(situation)
    return may_see(person, situation.scene, situation.definition, found.file.tasks, supervising)


def handing_in(definition: Definition, entry: str | None = None) -> Action | None:
    """The action by which an applicant hands in what they opened; None where opening is all there
    is.
    """
    state = entry or definition.entries[0]
    return next(
        (
            action
            for action in definition.actions_from(state)
            if action.tone == "forward" and hands_in(definition, action)
        ),
        None,
    )


def _imagined(person: Person, definition: Definition, now: datetime) -> Case:
    """A case that this person might open, to ask whether they may."""
    return Case(
        id="",
        number="",
        process=definition.key,
        definition_version=definition.version,
        state=definition.entries[0],
        applicant=person.id,
        department=person.department,
        form={},
        parameters={},
        opened_at=now,
        entered_at=now,
    )


def _lists_of_cases(definition: Definition) -> tuple[Field, ...]:
    """The fields in which somebody names several cases of one process."""
    return tuple(
        field
        for field in definition.form.values()
        if field.type is FieldType.LIST and field.process is not None and not field.computed
    )


def _of_people(situation: Situation) -> tuple[Action, ...]:
    actions = branches.actions_at(situation.definition, situation.case)
    return tuple(action for action in actions if not is_automatic(action))


def _withheld_from(actor: Actor, situation: Situation, hats: Iterable[Hat]) -> frozenset[str]:
    """The masked fields that are for other roles alone: neither this person holds one of them, nor
    anybody in whose place they act here. Applicants know what they wrote.
    """
    if situation.case.applicant == actor.id:
        return frozenset()
    day, organisation = situation.scene.day, situation.organisation
    people = _people_here(actor, hats)
    held = {post.role for one in people for post in organisation.posts_of(one, day)}
    form = situation.definition.form.values()
    return frozenset(f.key for f in form if f.whole_for and held.isdisjoint(f.whole_for))


def _people_here(actor: Actor, hats: Iterable[Hat]) -> tuple[str, ...]:
    """Somebody, and those in whose place they act here."""
    return (actor.id, *(hat.acting_for for hat in hats if hat.acting_for is not None))


def _worked_on(lines: tuple[LedgerLine, ...], file: CaseFile, actor: Actor) -> bool:
    """The applicant, and whoever decided something on the case, know what it says already."""
    if file.case.applicant == actor.id:
        return True
    return any(line.entry.actor == actor.id and not line.refused for line in lines)
