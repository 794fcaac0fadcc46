"""kill -9 after the mail server has a letter and before anybody could write that down.

A real worker on a database of its own, and a real mail server that never gets to say thank you.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import Database, open_database
from storage.schema import migrate
from storage.unit_of_work import DatabaseStore
from tests.web.conftest import DEPARTMENTS, cast, catalog, furnish
from tests.web.mail_server import MailServer, serving
from tests.workflow.post import mailed
from web.app import build_house
from web.house import House
from web.opening import shipped_calendar
from web.settings import Settings
from workflow.nouns import SYSTEM, Actor, Decision, Opening
from workflow.ports.house import Deed, SaveCalendar, SaveDepartment, SavePerson

FILLED = {
    "material_name": "止血材料",
    "spec": "5cm",
    "purpose": "手术止血",
    "manufacturer": "甲厂",
    "agent": "乙公司",
    "quantity": "20",
    "ref_unit_price": "300.00",
}
PATIENCE = 60


@dataclass(frozen=True)
class Place:
    """A hospital on a file, with one letter to send, and the server that takes it."""

    database: Database
    house: House
    server: MailServer

    def worker(self) -> subprocess.Popen[bytes]:
        """A process that looks once."""
        environment = {
            **os.environ,
            "DATABASE_URL": self.house.settings.database_url,
            "SMTP_URL": self.server.url,
            "SMTP_FROM": "qianpi@hospital.cn",
        }
        command = [sys.executable, "-c", "from web.commands import main; main()", "worker"]
        return subprocess.Popen([*command, "--once"], env=environment, stdout=subprocess.DEVNULL)

    def anything_to_send(self) -> bool:
        """Whether another worker would find something just now."""
        now = datetime.now(UTC)
        return bool(self.house.store.outbox.claim("mail", now, now, "another", 9))

    def leases_run_out(self) -> None:
        """Five minutes pass, as far as the outbox can tell."""
        with self.database.writing().begin() as connection:
            connection.exec_driver_sql("UPDATE delivery SET lease_until = '2026-01-01'")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    url = f"sqlite:///{tmp_path}/hospital.db"
    server = MailServer()
    with closing(open_database(url)) as database, serving(server):
        migrate(database)
        store, now = DatabaseStore(database), datetime.now(UTC)
        store.house.change(
            Deed(Actor(SYSTEM, SYSTEM), now),
            SaveCalendar(shipped_calendar()),
            *(SaveDepartment(department) for department in DEPARTMENTS),
            *(SavePerson(person) for person in cast()),
        )
        furnish(store, now)
        house = build_house(Settings(database_url=url), store, catalog=catalog())
        house.noticing.choose("li", mailed("li@hospital.cn"))
        zhang = Actor("zhang", "张医生")
        number = house.service.open(
            Opening(zhang, "consumable-approval", now, "open", FILLED)
        ).number
        assert number is not None
        answer = house.service.decide(number, Decision(zhang, "submit", now, "submit"))
        assert answer.refused is None
        yield Place(database, house, server)


def test_the_letter_goes_again_under_the_same_name(place: Place) -> None:
    taken, killed = threading.Event(), threading.Event()

    def hold() -> None:
        taken.set()
        killed.wait(PATIENCE)

    place.server.when_taken = hold
    worker = place.worker()
    assert taken.wait(PATIENCE)
    worker.send_signal(signal.SIGKILL)
    worker.wait(PATIENCE)
    killed.set()
    place.server.when_taken = lambda: None
    assert len(place.server.letters) == 1

    # While the lease of the dead lasts, nobody sends what they may have sent.
    assert not place.anything_to_send()

    place.leases_run_out()
    assert place.worker().wait(PATIENCE) == 0
    assert [letter["To"] for letter in place.server.letters] == ["li@hospital.cn"] * 2
    assert len({letter["Message-ID"] for letter in place.server.letters}) == 1

    place.leases_run_out()
    assert not place.anything_to_send()
