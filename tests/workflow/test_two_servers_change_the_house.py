"""Two administrators at two servers change the house at once: neither undoes the other's work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.workflow.office import Office
from workflow.people.organisation import Person, Post
from workflow.ports.hospital import Hospital
from workflow.ports.house import HouseChange, PlanOutdated, SavePerson
from workflow.refusals import Refused
from workflow.service.housework import Done, Housework

NIGHTS = Post("keeper", "store")


def ben(hospital: Hospital) -> Person:
    return hospital.organisation.people["ben"]


def gets_a_post(hospital: Hospital) -> Sequence[HouseChange]:
    """Ada gives Ben a second post, to those that she sees."""
    return (SavePerson(replace(ben(hospital), posts=(*ben(hospital).posts, NIGHTS))),)


class TestBenIsRenamedWhileAdaGivesHimAPost:
    """Max, at another server, writes between Ada's look and hers being kept."""

    def meanwhile(self, office: Office, times: int) -> Done | Refused:
        left = iter(range(times))

        def plan(hospital: Hospital) -> Sequence[HouseChange]:
            planned = gets_a_post(hospital)
            turn = next(left, None)
            if turn is not None:
                renamed = SavePerson(replace(ben(hospital), name=f"Ben {turn}"))
                office.store.house.change(office.deed("max"), renamed)
            return planned

        return Housework(office.store).do(office.deed("ada"), "save_person", {}, plan)

    def test_both_changes_hold(self) -> None:
        office = Office()
        assert isinstance(self.meanwhile(office, 1), Done)
        kept = ben(office.store.hospital())
        assert (kept.name, NIGHTS in kept.posts) == ("Ben 0", True)

    def test_a_house_that_never_rests_is_told_and_not_half_changed(self) -> None:
        office = Office()
        with pytest.raises(PlanOutdated):
            self.meanwhile(office, 100)
        assert NIGHTS not in ben(office.store.hospital()).posts
