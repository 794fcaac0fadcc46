"""移交待办: what waits for somebody by name, in words, and what has been moved to colleagues."""

from __future__ import annotations

from dataclasses import dataclass, replace

from web.presenters.overseeing import people_choices
from web.presenters.speech import Speech, speech_of
from web.presenters.staff import HandoverLine, PersonView, WorkLine, WorkView
from web.visit import Visit
from workflow.people.organisation import Person
from workflow.service.leaving import Handover, Leavers, Leaving


@dataclass(frozen=True, slots=True)
class _Names:
    visit: Visit
    speech: Speech

    def line(self, one: Leaving) -> WorkLine:
        """A task that would move, without anything of its case's form."""
        case = one.case
        catalog = self.visit.house.catalog()
        definition = catalog.definition(case.process, case.definition_version)
        return WorkLine(
            number=case.number,
            process=self.speech.say(definition.name),
            step=self.speech.say(definition.states[one.task.step].name),
            since=self.speech.moment(one.task.opened_at),
            claimed=one.claimed,
        )

    def past(self, one: Handover) -> HandoverLine:
        """One act of the past."""
        return HandoverLine(
            at=self.speech.moment(one.entry.at),
            by=self.speech.person(one.entry.actor),
            to=self.speech.person(one.to),
            reason=one.reason,
            numbers=one.numbers,
        )


def leavers_of(visit: Visit) -> Leavers:
    """What moves the work of people who leave."""
    house = visit.house
    return Leavers(house.store, house.catalog, house.service)


def with_work(visit: Visit, view: PersonView, person: Person) -> PersonView:
    """The page of a person with the work that waits for them by name."""
    leavers = leavers_of(visit)
    names = _Names(visit, speech_of(visit))
    why_not = leavers.why_not(visit.hospital, person, visit.now)
    work = WorkView(
        lines=tuple(names.line(one) for one in leavers.preview(person.id)),
        past=tuple(names.past(one) for one in leavers.past(person.id)),
        closed="" if why_not is None else visit.say(why_not.because),
        colleagues=people_choices(visit, view.posted.value("work", "to"), but=person.id),
        key=visit.house.ids(),
    )
    return replace(view, work=work)
