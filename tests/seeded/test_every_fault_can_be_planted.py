"""The list of faults cannot rot: each still has its place in the code, and tests that exist."""

from __future__ import annotations

import pytest

from tests.seeded.faults import FAULTS, Fault
from tests.seeded.planting import ROOT

LEAST = 20


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_it_has_one_place_in_the_code(fault: Fault) -> None:
    assert (ROOT / fault.file).read_text("utf-8").count(fault.text) == 1
    assert fault.text != fault.instead


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_it_names_tests_that_exist(fault: Fault) -> None:
    assert fault.tests
    assert [one for one in fault.tests if not (ROOT / one).is_file()] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_what_it_leaves_can_be_compiled(fault: Fault) -> None:
    text = (ROOT / fault.file).read_text("utf-8").replace(fault.text, fault.instead)
    compile(text, fault.file, "exec")


def test_there_are_many_and_no_two_are_the_same() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= LEAST
    assert len({(fault.file, fault.text) for fault in FAULTS}) == len(FAULTS)
