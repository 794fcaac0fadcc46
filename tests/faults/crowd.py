"""Many processes at once, each deciding every case in an order of its own.

Run as `python -m tests.faults.crowd URL PROCESSES NUMBER…`; prints what happened to each as JSON.
"""

from __future__ import annotations

import json
import os
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import sleep

from storage.database import open_database
from storage.unit_of_work import DatabaseStore
from tests.faults.deciding import Decide, decide_from_an_old_page, decide_under_the_lock

_LOOKS_SECONDS = 0.005


def main(url: str, processes: int, numbers: Sequence[str]) -> None:
    """Fork, let all start at the same moment, wait, and print a line for each."""
    start, go = os.pipe()
    answers = [os.pipe() for _ in range(processes)]
    children = []
    for place, (_, answer) in enumerate(answers):
        child = os.fork()
        if child == 0:
            os.close(go)
            os.read(start, 1)  # ends when the parent opens the gate
            os.write(answer, _visit(url, place, list(numbers)))
            os._exit(0)
        children.append(child)
    os.close(go)
    for child, (answer, end) in zip(children, answers, strict=True):
        os.close(end)
        with Path(f"/dev/fd/{answer}").open() as told:
            print(told.read())  # noqa: T201
        os.waitpid(child, 0)


def _visit(url: str, place: int, numbers: list[str]) -> bytes:
    decide: Decide = decide_from_an_old_page if place % 2 else decide_under_the_lock
    person = f"lee-{place}"
    random.Random(place).shuffle(numbers)
    store = DatabaseStore(open_database(url))
    endings: Counter[str] = Counter()
    won: list[str] = []
    names: set[str] = set()
    for number in numbers:
        try:
            ending, who = decide(store, number, person)
        except Exception as error:  # noqa: BLE001
            # Nothing but an answer is right here, so whatever else comes is told.
            endings[repr(error)] += 1
            continue
        endings[ending] += 1
        names.add(who)
        if ending == "won":
            won.append(number)
            # Whoever has decided looks at the next page first. Without a pause SQLite's lock, which
            # is unfair, may stay with one process until nothing is left for the others.
            sleep(_LOOKS_SECONDS)
    return json.dumps({"endings": endings, "won": won, "names": sorted(names)}).encode()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
