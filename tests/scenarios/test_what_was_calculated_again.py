"""What the shipped stories calculate can be worked out again from the ledger alone."""

from __future__ import annotations

from collections import Counter

import orjson
import pytest

from tests.definitions.shipped import rulebooks, stories, theatre
from workflow.calculations.table import CALCULATIONS
from workflow.ports.reading import CaseQuery
from workflow.running.calculating import again
from workflow.scenarios.playing import play
from workflow.scenarios.stage import Stage
from workflow.scenarios.story import Scenario

CALCULATING = sorted(key for key, one in rulebooks().items() if one.definition.calculations)


def test_no_calculation_is_there_in_vain() -> None:
    used = {
        use.of for key in CALCULATING for use in rulebooks()[key].definition.calculations.values()
    }

    assert used == set(CALCULATIONS)


@pytest.mark.parametrize("process", CALCULATING)
def test_every_line_gives_its_results_again(process: str) -> None:
    """Every use of the definition is told by a story, and each line's inputs give its results."""
    here = theatre()
    seen: Counter[str] = Counter()

    def watched(_: Scenario, stage: Stage) -> None:
        for row in stage.store.readings.cases(CaseQuery(process=process, limit=500)).rows:
            for entry in stage.store.readings.entries(row.case.id):
                for one in orjson.loads(entry.body).get("calculations", ()):
                    seen[one["use"]] += 1
                    assert again(CALCULATIONS[one["of"]], one["inputs"]) == one["results"]

    for story in stories(process):
        verdict = play(story, here.catalog, here.calendar, here.new_store, watched)
        assert verdict.ok, (story.title, verdict.mismatch)

    assert set(seen) == set(rulebooks()[process].definition.calculations)
