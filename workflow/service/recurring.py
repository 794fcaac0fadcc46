"""What recurs is opened on time, once, by whoever looks first; what nobody opened in time is marked
missed and never made up for.

A turn of a schedule has one key in the ledger and one line in the store, so any number of workers
may look, and any of them may die. How far each schedule was looked at is kept: after a standstill
the look goes on from there, under the rules that held at each moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import takewhile

from workflow.design.schedules import ScheduleRule
from workflow.nouns import Occurrence, OccurrenceState, Opening
from workflow.ports.deciding import DuplicateKey, Unavailable, Watch
from workflow.ports.hospital import Hospital
from workflow.ports.house import Deed, MarkMissed, Missed, SavePolicy
from workflow.ports.reading import MANY, AuditQuery, OccurrenceQuery, Readings
from workflow.refusals import Sentence
from workflow.running.occasions import Beat
from workflow.running.rulebook import Rulebook
from workflow.service.catalog import UnknownProcess
from workflow.service.catalogs import UnusableDefinition
from workflow.service.deciding import Service
from workflow.service.turns import ENGINE, NOBODY, Schedule, Turn

#: What is opened within so long of its moment is on time.
PUNCTUAL = timedelta(minutes=5)
#: What stood still for longer is not gone through turn by turn.
LONGEST_STANDSTILL = timedelta(days=366)
#: How many cases one look opens at most; the next goes on from there.
AT_ONCE = 200
_INSTANT = timedelta(microseconds=1)
#: How far a schedule was looked at is kept at least so often, though nothing was due.
_ONCE_IN = timedelta(days=1)
_MANY = 100_000
_COUNTED = 1000
#: How many turns one line of the house's ledger tells of.
_LINES = 200


@dataclass(slots=True)
class Looked:
    """What one look has done."""

    opened: int = 0
    late: int = 0
    missed: int = 0

    def __bool__(self) -> bool:
        return bool(self.opened or self.late or self.missed)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a schedule stands: its rhythm with every figure, when it is due next, or why it is not
    (`unset`: the parameter that lacks a figure);
    since when it is watched, and how many cases a turn opens now. `provisional`: the working days
    of then are not decreed yet, and its day may move.
    """

    book: Rulebook
    rule: ScheduleRule
    beat: Beat | None
    next_at: datetime | None
    why_not: Sentence | None
    unset: str | None
    since: datetime | None
    subjects: int
    provisional: bool = False

    @property
    def process(self) -> str:
        """The process whose cases it opens."""
        return self.book.definition.key


@dataclass(slots=True)
class _Look:
    """One look under way: how many cases it may still open, and what it has done."""

    now: datetime
    left: int
    done: Looked = field(default_factory=Looked)
    failed: list[Exception] = field(default_factory=list)


@dataclass(frozen=True)
class Recurring:
    """Watches the schedules of the definitions in force (of some `processes` only, where given)."""

    service: Service
    processes: frozenset[str] | None = None

    def look(self, now: datetime, limit: int = AT_ONCE) -> Looked:
        """Open what is due at `now` and mark what was missed.

        A schedule that is met for the first time begins now: nothing from before is due. One turn
        that fails holds up no other; its error is raised when the others are done.
        """
        look = _Look(now, limit)
        watches = {(one.process, one.schedule): one for one in self._readings.watches()}
        for schedule in self._in_force(now):
            watch = watches.pop((schedule.process, schedule.rule.key), None)
            if watch is None:
                self._keep(_watched(schedule, now))
            else:
                self._look_at(schedule, watch, look)
        for process, key in watches:
            with self.service.store.begin() as tx:
                tx.drop_watch(process, key)
                tx.commit()
        if look.failed:
            raise look.failed[0]
        return look.done

    def next_due(self, now: datetime) -> datetime | None:
        """When something is due next."""
        ahead = [one.next_due() for one in self._in_force(now)]
        return min((one.at for one in ahead if one is not None), default=None)

    def standings(self, now: datetime) -> tuple[Standing, ...]:
        """How every schedule in force stands, by process."""
        watches = {(one.process, one.schedule): one for one in self._readings.watches()}
        return tuple(
            self._standing(one, watches.get((one.process, one.rule.key)))
            for one in self._in_force(now)
        )

    def _standing(self, schedule: Schedule, watch: Watch | None) -> Standing:
        why_not, subjects = schedule.why_not(), len(schedule.subjects(self._readings))
        if why_not is None and not subjects:
            why_not = NOBODY
        ahead = schedule.next_due() if why_not is None else None
        return Standing(
            schedule.book,
            schedule.rule,
            schedule.beat(),
            None if ahead is None else ahead.at,
            why_not,
            schedule.unset(),
            None if watch is None else watch.since,
            subjects,
            ahead is not None and schedule.is_provisional(ahead),
        )

    # ---- one schedule ----------------------------------------------------------------------------

    @property
    def _readings(self) -> Readings:
        return self.service.store.readings

    def _in_force(self, now: datetime) -> Iterator[Schedule]:
        catalog = self.service.catalog()
        wanted = catalog.newest if self.processes is None else self.processes
        definitions = [one for one in catalog.in_force() if one.schedules and one.key in wanted]
        if not definitions:
            return
        hospital = self._readings.hospital()
        chosen = hospital.policy_at(now)
        policy = catalog.register.resolve(chosen.profile, chosen.overrides)
        for definition in definitions:
            book = catalog.rulebook(definition.key)
            for rule in definition.schedules.values():
                yield Schedule(book, rule, book.pins(policy), hospital, catalog, now)

    def _look_at(self, schedule: Schedule, watch: Watch, look: _Look) -> None:
        subjects = schedule.subjects(self._readings)
        stretches = list(self._stretches(schedule, watch, look.now))
        turns = [
            (by, turn)
            for by, since, until in stretches
            for turn in by.turns(subjects, since, until)
        ]
        undone = self._deal_with(schedule, turns, look) if turns else None
        if undone is not None:
            # What is not done stays ahead, and with it the rules of before.
            self._keep(replace(watch, until=max(watch.until, undone - _INSTANT)))
            return
        after = _watched(schedule, look.now, watch)
        moved = (after.version, after.parameters) != (watch.version, watch.parameters)
        stood = look.now - watch.until >= _ONCE_IN
        if moved or stood or any(by.is_due(since, until) for by, since, until in stretches):
            self._keep(after)

    def _stretches(
        self, schedule: Schedule, watch: Watch, now: datetime
    ) -> Iterator[tuple[Schedule, datetime, datetime]]:
        """By which rules the schedule was due since it was looked at last: a change counts from
        its own moment on, and never back.
        """
        since = max(watch.until, now - LONGEST_STANDSTILL)
        before = self._before(schedule, watch)
        if before is None:
            yield schedule, since, now
            return
        changed = min(max(self._changed_at(schedule, watch, now), since), now)
        yield before, since, changed
        yield schedule, changed, now

    def _before(self, schedule: Schedule, watch: Watch) -> Schedule | None:
        """The schedule as it was looked at last; None when nothing has changed since."""
        version = schedule.book.definition.version
        if (watch.version, watch.parameters) == (version, schedule.parameters):
            return None
        try:
            book = schedule.catalog.rulebook(schedule.process, watch.version)
        except (UnknownProcess, UnusableDefinition):
            return replace(schedule, parameters={})
        rule = book.definition.schedules.get(schedule.rule.key, schedule.rule)
        return replace(schedule, book=book, rule=rule, parameters=watch.parameters)

    def _changed_at(self, schedule: Schedule, watch: Watch, now: datetime) -> datetime:
        """When what holds now came into force."""
        definition, moments = schedule.book.definition, []
        if watch.version != definition.version:
            moments += [
                one.published_at
                for one in self._readings.definitions()
                if (one.key, one.version) == (definition.key, definition.version)
            ]
        both = watch.parameters.keys() & schedule.parameters.keys()
        if any(watch.parameters[key] != schedule.parameters[key] for key in both):
            saved = self._readings.audit(AuditQuery(event=SavePolicy.event, limit=1)).rows
            moments += [row.entry.at for row in saved]
            moments += _in_force_from(schedule.hospital, now)
        return max(moments, default=now)

    def _deal_with(
        self, schedule: Schedule, turns: Sequence[tuple[Schedule, Turn]], look: _Look
    ) -> datetime | None:
        """Mark what was missed, then open the others; the first moment that is left undone."""
        first = min(turn.occasion.at for _, turn in turns)
        query = OccurrenceQuery(
            schedule.process, schedule.rule.key, due_after=first - _INSTANT, limit=_MANY
        )
        known = {one.id for one in self._readings.occurrences(query)}
        ahead: list[tuple[Turn, Occurrence]] = []
        lost: list[Occurrence] = []
        for by, turn in turns:
            one = _occurrence(schedule, turn, look.now)
            if one.id in known:
                continue
            end = by.lost_at(turn)
            if end is not None and end <= look.now:
                lost.append(replace(one, state=OccurrenceState.MISSED))
            else:
                ahead.append((turn, one))
        self._mark(lost, look)
        return self._open_all(schedule, ahead, look)

    def _open_all(
        self, schedule: Schedule, ahead: Sequence[tuple[Turn, Occurrence]], look: _Look
    ) -> datetime | None:
        undone: list[datetime] = []
        for turn, one in ahead:
            if look.left == 0:
                undone.append(one.due_at)
                break
            look.left -= 1
            try:
                self._open(schedule, turn, one, look)
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001 - whatever is wrong with one, others are due
                look.failed.append(error)
                undone.append(one.due_at)
        return min(undone, default=None)

    def _open(self, schedule: Schedule, turn: Turn, one: Occurrence, look: _Look) -> None:
        opening = Opening(
            actor=ENGINE,
            process=one.process,
            at=look.now,
            key=f"schedule:{one.id}",
            entry=schedule.rule.entry,
            department=turn.subject.department or None,
            occurrence=one,
            missed_before=self._missed_before(one),
        )
        try:
            answer = self.service.open_scheduled(opening, schedule.fields(turn))
        except DuplicateKey:
            return  # somebody else was at it meanwhile
        if answer.refused is not None:
            because = answer.refused.because
            why = (because.zh, because.en)
            self._mark([replace(one, state=OccurrenceState.MISSED, why=why)], look)
        elif not answer.repeated:
            look.done.opened += 1
            look.done.late += one.state is OccurrenceState.LATE

    def _missed_before(self, one: Occurrence) -> int:
        """How many turns in a row were missed for this subject, up to this one."""
        query = OccurrenceQuery(one.process, one.schedule, one.subject, limit=MANY)
        earlier = [each for each in self._readings.occurrences(query) if each.due_at < one.due_at]
        missed = takewhile(lambda each: each.state is OccurrenceState.MISSED, earlier)
        return sum(1 for _ in missed)

    def _mark(self, lost: Sequence[Occurrence], look: _Look) -> None:
        for start in range(0, len(lost), _LINES):
            some = tuple(lost[start : start + _LINES])
            deed = Deed(ENGINE, look.now)
            if self.service.store.house.change(deed, MarkMissed(Missed(some))):
                look.done.missed += len(some)

    def _keep(self, watch: Watch) -> None:
        with self.service.store.begin() as tx:
            tx.keep_watch(watch)
            tx.commit()


def _in_force_from(hospital: Hospital, now: datetime) -> Iterator[datetime]:
    """When what cases have put in force came to hold: with its day, or when it was put later."""
    for change in hospital.policy.changes:
        moment = max(change.at, hospital.calendar.moment(change.since, time()))
        if moment <= now:
            yield moment


def missed_since(readings: Readings, since: datetime) -> int:
    """How many turns were marked missed after then, up to a thousand."""
    query = OccurrenceQuery(state=OccurrenceState.MISSED, noted_after=since, limit=_COUNTED)
    return len(readings.occurrences(query))


def _watched(schedule: Schedule, now: datetime, before: Watch | None = None) -> Watch:
    return Watch(
        schedule.process,
        schedule.rule.key,
        now if before is None else before.since,
        now,
        schedule.book.definition.version,
        schedule.parameters,
    )


def _occurrence(schedule: Schedule, turn: Turn, now: datetime) -> Occurrence:
    on_time = now - turn.occasion.at <= PUNCTUAL
    return Occurrence(
        schedule.process,
        schedule.rule.key,
        turn.subject.key,
        turn.occasion.slot,
        turn.occasion.at,
        OccurrenceState.OPENED if on_time else OccurrenceState.LATE,
        now,
    )
