"""Four workers look at one schedule of many departments, while somebody kills them one by one.

Run as `python -m tests.faults.turning URL WARDS KILLS`: says as JSON how many were killed and how
often somebody failed otherwise.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from itertools import count

from storage.database import open_database
from storage.unit_of_work import DatabaseStore
from tests.faults.serving import settle_in
from tests.workflow.hospital import local, rulebooks_of, small_register
from tests.workflow.rounds import ROUND
from workflow.nouns import Actor
from workflow.people.organisation import Department
from workflow.ports.deciding import Unavailable
from workflow.ports.house import Deed, SaveDepartment
from workflow.service.catalog import Catalog
from workflow.service.deciding import Service
from workflow.service.recurring import Recurring

WORKERS = 4
BEGAN = local("2026-03-02 10:00")
#: Five o'clock is on time, and half past eight of the next day as well; nothing is late or missed.
TURNS = (local("2026-03-02 17:00"), local("2026-03-03 08:30"))
_ids = count(1)


def recurring(url: str) -> Recurring:
    """Whoever looks, with ids that no other process gives."""
    catalog = Catalog.of(small_register(), rulebooks_of((ROUND,)))
    store = DatabaseStore(open_database(url))
    ids = f"{os.getpid():08x}"
    return Recurring(Service(store, lambda: catalog, lambda: f"{ids}{next(_ids):024x}"))


def work(url: str, turn: int) -> None:
    """Look until nothing is due; another who is at the same turn is no trouble."""
    looking = recurring(url)
    while True:
        try:
            if not looking.look(TURNS[turn], limit=5):
                return
        except Unavailable:
            continue


def hire(url: str, turn: int) -> int:
    """A new worker."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(url, turn)
            code = 0
        finally:
            os._exit(code)
    return child


def main(url: str, wards: int, kills: int) -> None:
    """Set up the wards, then two turns with deaths in each."""
    store = DatabaseStore(open_database(url))
    settle_in(store)
    deed = Deed(Actor("setup", "setup"), BEGAN, "布置")
    more = (SaveDepartment(Department(f"ward{n:03d}", f"{n} 病区")) for n in range(wards))
    store.house.change(deed, *more)
    recurring(url).look(BEGAN)
    store.database.close()
    dice, killed, failed = random.Random(7), 0, 0
    for turn in range(len(TURNS)):
        alive = [hire(url, turn) for _ in range(WORKERS)]
        for _ in range(kills):
            time.sleep(dice.uniform(0.02, 0.08))
            child = alive.pop(dice.randrange(len(alive)))
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            killed += os.WIFSIGNALED(status)
            alive.append(hire(url, turn))
        for child in alive:
            _, status = os.waitpid(child, 0)
            failed += status != 0
    print(json.dumps({"killed": killed, "failed": failed}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
