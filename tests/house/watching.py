"""Stores that are watched: whatever a transaction changes is held against the lines that it adds.

In memory the layer of a transaction shows both; in SQLite, triggers note them in tables of their
own, within the same transaction.
"""

from __future__ import annotations

from collections import ChainMap, Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time
from types import TracebackType
from typing import Any

from sqlalchemy import text

from storage.database import Database
from storage.hospital import HOSPITAL_COLUMNS
from storage.mapping import DEADLINE
from storage.memory import MemoryStore, MemoryTransaction
from storage.memory_tables import NEW_HOUSE, House, Tables
from storage.unit_of_work import DatabaseStore, DatabaseTransaction
from workflow.nouns import Actor
from workflow.ports.house import (
    AddRow,
    Deed,
    HouseChange,
    SaveCalendar,
    SaveDelegation,
    SaveDepartment,
    SavePerson,
    SavePolicy,
    SaveRoster,
)
from workflow.ports.store import Seed

#: Tables that hold no business of the hospital: browsers that are signed in, tries, forms that
#: nobody has sent, bytes that no case names yet, what somebody has read and how they wish to hear
#: of it, messages on their way out, which worker has which clock, how far schedules were looked at.
OPERATIONAL = {
    "sessions",
    "attempts",
    "unsent",
    "files",
    "notices_read",
    "notices_seen",
    "notice_choices",
    "notices_handed_on",
    "deliveries",
    "leases",
    "watches",
}
#: Tables by which others are found; what stands in them stands, or stood, elsewhere too.
DERIVED = {
    "numbers",
    "acted_at",
    "children",
    "tasks_of",
    "deadlines_of",
    "entries",
    "streams",
    "keys",
    "counters",
    "past_rows",
}
#: Of which case (or stream) a line must tell of a change, by table.
BELONGS: dict[str, Callable[[Any, Any], str]] = {
    "cases": lambda key, _: key,
    "tasks": lambda _, task: task.case,
    "deadlines": lambda _, clock: clock.case,
    "notices": lambda _, notice: notice.case,
    "attachments": lambda case, _: case,
    "occurrences": lambda _, one: one.case or "sys:house",
}


class WithoutALine(AssertionError):
    """Something was changed and no ledger tells of it."""


def told_by(layer: Tables) -> set[str]:
    """The ledgers that a layer makes longer."""
    return {case for case, _ in _written(layer, "entries")}


def untold_in(layer: Tables, kept: Tables) -> Iterator[str]:
    """What a layer changes without a line in the ledger that it belongs to."""
    told = told_by(layer)
    for name in set(Tables.__annotations__) - OPERATIONAL - DERIVED:
        for key, value in _written(layer, name).items():
            wanted = _belongs(name, key, value, kept)
            if not told or not wanted <= told:
                yield f"{name} {key}"


def _belongs(name: str, key: Any, value: Any, kept: Tables) -> set[str]:  # noqa: ANN401
    """The ledgers that have to tell of something that was written."""
    if name in BELONGS:
        return {BELONGS[name](key, value)}
    if name == "rows":
        known = {row.id for row in kept.rows.get(key, ())}
        return {row.case or "sys:house" for row in value if row.id not in known}
    before = kept.house.get(key, NEW_HOUSE) if name == "house" else None
    if before is not None and _by_cases(value, before):
        return {one.case for one in value.policy.changes[len(before.policy.changes) :]}
    return {"sys:house"}


def _by_cases(now: House, before: House) -> bool:
    """Whether nothing of the house has changed but what cases have put in force."""
    same = replace(now.policy, changes=before.policy.changes) == before.policy
    return same and now.calendar == before.calendar


def _written(layer: Tables, name: str) -> dict[Any, Any]:
    table = getattr(layer, name)
    assert isinstance(table, ChainMap)
    return dict(table.maps[0])


class WatchedMemory(MemoryStore):
    """A store in memory whose every commit is looked at; `seen` counts what was changed."""

    def __init__(self, seed: Seed | None = None) -> None:
        self.seen: Counter[str] = Counter()
        super().__init__(seed)

    def begin(self) -> MemoryTransaction:
        """A transaction that is watched."""
        return _WatchedInMemory(self)


class _WatchedInMemory(MemoryTransaction):
    def __init__(self, store: WatchedMemory) -> None:
        super().__init__(store)
        self._watched = store

    def commit(self) -> None:
        untold = sorted(untold_in(self.now, self._watched.kept))
        if untold:
            raise WithoutALine(", ".join(untold))
        written = (name for name in Tables.__annotations__ if _written(self.now, name))
        self._watched.seen.update(written)
        super().commit()


# ---- SQLite --------------------------------------------------------------------------------------

_NOTED = {
    "case": "{row}.id",
    "task": "{row}.case_id",
    "deadline": "{row}.case_id",
    "notice": "{row}.case_id",
    "attachment": "{row}.case_id",
    "occurrence": "coalesce({row}.case_id, 'sys:house')",
    "policy_change": "{row}.case_id",
    "register_row": "coalesce({row}.case_id, 'sys:house')",
    "person": "'sys:house'",
    "post": "'sys:house'",
    "department": "'sys:house'",
    "delegation": "'sys:house'",
    "roster": "'sys:house'",
    "account": "'sys:house'",
    "calendar_day": "'sys:house'",
    "definition": "'sys:house'",
    "api_token": "'sys:house'",
    "hospital": "'sys:house'",
}


_NOTING = """
CREATE TRIGGER watch_{table}_{deed} AFTER {event} ON "{table}" BEGIN
  INSERT INTO watched VALUES ('{deed} {table}', {whose});
END
"""
_TELLING = """
CREATE TRIGGER watch_entry AFTER INSERT ON entry BEGIN
  INSERT INTO told VALUES (NEW.case_id);
END
"""


def watch(database: Database) -> None:
    """Let the database note, in each transaction, what is changed and which ledgers grow."""
    with database.writing().begin() as connection:
        connection.exec_driver_sql("CREATE TABLE watched (what TEXT, whose TEXT)")
        connection.exec_driver_sql("CREATE TABLE told (whose TEXT)")
        connection.exec_driver_sql(_TELLING)
        for table in _NOTED:
            for deed in ("INSERT", "UPDATE", "DELETE"):
                noting = _NOTING.format(
                    table=table, deed=deed, event=_event(table, deed), whose=_whose(table, deed)
                )
                connection.exec_driver_sql(noting)


def _event(table: str, deed: str) -> str:
    """What is watched: of a clock not which worker has it, of the hospital not its revision."""
    columns = {"deadline": DEADLINE, "hospital": HOSPITAL_COLUMNS[1:]}.get(table)
    return deed if deed != "UPDATE" or columns is None else f"UPDATE OF {', '.join(columns)}"


def _whose(table: str, deed: str) -> str:
    """The ledger that has to tell of it, as the trigger works it out."""
    if (table, deed) == ("register_row", "UPDATE"):
        return "'*'"  # a row is superseded by another case: that one's ledger tells of it
    return _NOTED[table].format(row="OLD" if deed == "DELETE" else "NEW")


class WatchedDatabase(DatabaseStore):
    """A store on a database that notes; every transaction is looked at when it is over."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.seen: Counter[str] = Counter()

    def begin(self) -> DatabaseTransaction:
        """A transaction that is watched."""
        return _WatchedInDatabase(self)

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look at whatever is done inside."""
        yield
        self.look()

    def look(self) -> None:
        """Hold what was changed against what was told, and begin anew."""
        with self.database.writing().begin() as connection:
            watched = connection.execute(text("SELECT what, whose FROM watched")).all()
            told = {whose for (whose,) in connection.execute(text("SELECT whose FROM told"))}
            connection.execute(text("DELETE FROM watched"))
            connection.execute(text("DELETE FROM told"))
        untold = [
            f"{what} of {whose}"
            for what, whose in watched
            if not (told if whose == "*" else whose in told)
        ]
        if untold:
            raise WithoutALine(", ".join(untold))
        self.seen.update(what for what, _ in watched)


class _WatchedInDatabase(DatabaseTransaction):
    def __init__(self, store: WatchedDatabase) -> None:
        super().__init__(store.database, store._book, store._hospitals)  # noqa: SLF001
        self._watched = store

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        self._watched.look()


def planted(store: WatchedDatabase, seed: Seed) -> WatchedDatabase:
    """The store with what a story starts with, brought in through the house's own door."""
    assert seed.today is not None
    morning = datetime.combine(seed.today, time(), UTC)
    deed = Deed(Actor("setup", "setup"), morning, "布置")
    changes: list[HouseChange] = [
        *(SaveDepartment(department) for department in seed.departments),
        *(SavePerson(person) for person in seed.people),
        *(SaveDelegation(delegation) for delegation in seed.delegations),
        *(SaveRoster(roster) for roster in seed.rosters),
        *([SaveCalendar(seed.calendar)] if seed.calendar is not None else []),
        SavePolicy(seed.policy),
        *(AddRow(row) for row in seed.rows),
    ]
    with store.looking():
        store.house.change(deed, *changes)
    return store
