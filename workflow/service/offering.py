"""What a person may do on a case now, with the facts that the rules of its actions look at.

The page's buttons, the API and the scenarios' `can` ask here, so they cannot differ.
"""

from __future__ import annotations

from workflow.nouns import Actor
from workflow.people.organisation import Person
from workflow.running.offers import Offer, offers
from workflow.running.situation import Situation
from workflow.service.gathering import Source, with_facts
from workflow.service.sights import Hat


def offers_for(situation: Situation, source: Source, actor: Actor) -> tuple[Offer, ...]:
    """Every action of people that leaves the present state, judged with its facts for one actor."""
    needed = situation.rulebook.needed
    actions = situation.definition.actions_from(situation.case.state)
    wanted = frozenset[str]().union(*(needed[action.key] for action in actions))
    return offers(with_facts(situation, source, wanted, actor), actor)


def hats_of(situation: Situation, source: Source, person: Person) -> tuple[Hat, ...]:
    """What a person may do as themselves, and as the delegate of each who lent them posts today."""
    lent = situation.organisation.principals_of(person.id, situation.scene.day)
    principals = dict.fromkeys(grant.principal for grant in lent)
    return tuple(
        Hat(acting_for, offers_for(situation, source, Actor(person.id, person.name, acting_for)))
        for acting_for in (None, *principals)
    )
