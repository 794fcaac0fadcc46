"""What a person may do on a case now: the definition's actions, with the facts that their rules
look at, and the general acts on their tasks.

The page's buttons, the API and the scenarios' `can` ask here, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence

from workflow.nouns import Actor, Entry
from workflow.people.organisation import Person
from workflow.running import branches
from workflow.running.offers import Offer, offers
from workflow.running.situation import Situation
from workflow.running.tools import tools_for, tools_of_the_past
from workflow.service.gathering import Source, with_facts
from workflow.service.sights import Hat


def offers_for(situation: Situation, source: Source, actor: Actor) -> tuple[Offer, ...]:
    """Every action of people that leaves where the case stands, judged with its facts for one
    actor.
    """
    needed = situation.rulebook.needed
    actions = branches.actions_at(situation.definition, situation.case)
    wanted = frozenset[str]().union(*(needed[action.key] for action in actions))
    return offers(with_facts(situation, source, wanted, actor), actor)


def hats_of(
    situation: Situation,
    source: Source,
    person: Person,
    entries: Sequence[Entry] | None = None,
) -> tuple[Hat, ...]:
    """What a person may do as themselves, and as the delegate of each who lent them posts today.
    `entries`: the case's ledger, where it has been read already.
    """

    def ledger() -> Sequence[Entry]:
        return source.entries(situation.case.id) if entries is None else entries

    lent = situation.organisation.principals_of(person.id, situation.scene.day)
    principals = dict.fromkeys(grant.principal for grant in lent)
    actors = (Actor(person.id, person.name, acting_for) for acting_for in (None, *principals))
    return tuple(
        Hat(
            actor.acting_for,
            offers_for(situation, source, actor),
            (*tools_for(situation, actor), *tools_of_the_past(situation, actor, ledger)),
        )
        for actor in actors
    )
