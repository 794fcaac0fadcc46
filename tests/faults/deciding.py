"""The decision that everybody fights about: Dr Lee's signature, by whoever is fastest.

`Decide` is what the service does for a click; another way to decide can be put in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from tests.storage.clerk import Move, move
from workflow.ports.deciding import CaseFile, StaleWrite
from workflow.ports.store import Store

Ending = Literal["won", "told", "stale"]
#: A store, the number of a case and a person: how it ended, and who decided.
Decide = Callable[[Store, str, str], tuple[Ending, str]]


def decide_under_the_lock(store: Store, number: str, person: str) -> tuple[Ending, str]:
    """Read the case when it is one's turn; whoever is late is told who was faster."""
    with store.begin() as tx:
        file = tx.case_file(number=number)
        assert file is not None
        if file.case.state != "dept_review":
            return "told", _who_signed(file)
        tx.write(move(file, replace(Move(by=person), key=f"{number}:{person}")))
        tx.commit()
    return "won", person


def decide_from_an_old_page(store: Store, number: str, person: str) -> tuple[Ending, str]:
    """Decide on the case as a page showed it; whoever is late finds that it has changed."""
    file = store.readings.case_file(number)
    assert file is not None
    if file.case.state != "dept_review":
        return "told", _who_signed(file)
    try:
        with store.begin() as tx:
            tx.write(move(file, replace(Move(by=person), key=f"{number}:{person}")))
            tx.commit()
    except StaleWrite:
        return "stale", ""
    return "won", person


def _who_signed(file: CaseFile) -> str:
    (by,) = [task.closed_by for task in file.tasks if task.step == "dept_review"]
    return by or ""
