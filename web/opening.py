"""Opens a hospital: its database in the present layout, with what the product brings along.

Composes for the command, which says on the terminal what happens here (`say`); the pages never
come near it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from storage.database import Database, open_database
from storage.schema import migrate
from storage.unit_of_work import DatabaseStore
from web.demonstration import furnishing
from web.passwords import Passwords, new_password
from web.settings import Settings
from workflow.calendar import Calendar, parse_calendar
from workflow.design.register import Register
from workflow.design.register_files import load_register
from workflow.nouns import SYSTEM, Actor
from workflow.ports.house import (
    Deed,
    HouseChange,
    PublishDefinition,
    SaveAccount,
    SaveCalendar,
    StoredDefinition,
)
from workflow.ports.store import Store
from workflow.refusals import Sentence
from workflow.running.rulebook import Rulebook
from workflow.service.bundles import Bundles, load_bundles
from workflow.service.catalog import Catalog
from workflow.service.catalogs import role_names
from workflow.service.timekeeping import DEADLINES_MOVED

Say = Callable[[Sentence], None]
#: The services over an opened store, through which the demonstration is made.
Pieces = Callable[[DatabaseStore], furnishing.Pieces]


class CannotDo(Exception):
    """What was asked for cannot be done; `because` says why and what to do instead."""

    def __init__(self, because: Sentence) -> None:
        super().__init__(because.en)
        self.because = because


# ---- what the product brings along ---------------------------------------------------------------

_CHANGED = Sentence(
    "提示：随产品附带的 {file} 与已发布的同一版本内容不同；已发布的不会被改动。"
    "要采用新内容，请发布下一版。",
    "Note: the shipped {file} differs from what was published as that version, and what was "
    "published stands. Publish the next version to adopt it.",
)


@cache
def shipped_register() -> Register:
    """The register that comes with the product: read once, for it never changes under a server."""
    return load_register(files("definitions"))


def shipped_calendar() -> Calendar:
    """The working days that come with the product: what a new hospital starts with."""
    return parse_calendar((files("definitions") / "calendars" / "statutory.csv").read_text("utf-8"))


@cache
def shipped_bundles() -> Bundles:
    """The definitions that come with the product: read once, which takes seconds. Raises
    BundlesInvalid.
    """
    return load_bundles(files("definitions"), shipped_register())


def read_already() -> Catalog | None:
    """The shipped definitions, ready to run, where this process has read them: a hospital that is
    new publishes them first and then works by them, and a demonstration lies between.
    """
    if not shipped_bundles.cache_info().currsize:
        return None
    register = shipped_register()
    roles = role_names(register)
    bundles = shipped_bundles().bundles.values()
    return Catalog.of(register, (Rulebook.of(b.definition, b.compiled, roles) for b in bundles))


def ship(store: Store, at: datetime, say: Say) -> None:
    """Publish the definitions that come with the product, and give a new hospital its calendar."""
    stored = {(one.key, one.version): one.digest for one in store.readings.definitions()}
    shipped = dict(_shipped_digests())
    changes: list[HouseChange] = []
    new = store.readings.hospital().revision == 0
    if new:
        changes.append(SaveCalendar(shipped_calendar()))
    if new_ones := sorted(shipped.keys() - stored.keys()):
        bundles = shipped_bundles()
        changes += (PublishDefinition(_to_store(bundles, name, at)) for name in new_ones)
    if changes:
        store.house.change(deed(at), *changes)
    if new:
        # No case is there yet whose deadlines the calendar could move, and this says so.
        store.house.record(deed(at), DEADLINES_MOVED, {"cases": 0})
    for (key, version), digest in shipped.items():
        if stored.get((key, version), digest) != digest:
            say(_CHANGED.filled(file=f"{key}/{version}.yaml"))


def _to_store(bundles: Bundles, name: tuple[str, int], at: datetime) -> StoredDefinition:
    definition = bundles.bundles[name].definition
    return StoredDefinition(*name, definition.source, definition.digest, at, SYSTEM)


def _shipped_digests() -> Iterator[tuple[tuple[str, int], str]]:
    """(process, version) and digest of every shipped definition, without reading what it says."""
    for folder in files("definitions").iterdir():
        for file in folder.iterdir() if folder.is_dir() else ():
            number = re.fullmatch(r"([1-9][0-9]*)\.yaml", file.name)
            if number is not None:
                yield (folder.name, int(number[1])), sha256(file.read_bytes()).hexdigest()


def deed(at: datetime) -> Deed:
    """What the command does is done by the system, and says so."""
    return Deed(Actor(SYSTEM, SYSTEM), at, "qianpi")


# ---- the database --------------------------------------------------------------------------------

_NO_DATABASE = Sentence(
    "数据库 {url} 无法打开：{why}", "The database {url} cannot be opened: {why}"
)


_NO_FILE = Sentence(
    "没有数据库文件 {path}，请核对 DATABASE_URL。",
    "There is no database file {path}; check DATABASE_URL.",
)


@contextmanager
def opened(settings: Settings) -> Iterator[DatabaseStore]:
    """The database of the settings, with every migration made."""
    with as_it_is(settings) as database:
        migrate(database)
        yield DatabaseStore(database)


@contextmanager
def as_it_is(settings: Settings, *, is_made: bool = False) -> Iterator[Database]:
    """The database of the settings, as it is; one that `is_made` already is not begun here.

    CannotDo when nobody answers at its address.
    """
    with closing(open_database(settings.database_url)) as database:
        address = database.engine.url
        if database.dialect == "sqlite":
            file = Path(address.database or "").absolute()
            if is_made and not file.exists():
                raise CannotDo(_NO_FILE.filled(path=file))
            file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with database.engine.connect():
                pass
        except DatabaseError as error:
            shown = address.render_as_string(hide_password=True)
            raise CannotDo(_NO_DATABASE.filled(url=shown, why=error.orig))
        yield database


# ---- the demonstration ---------------------------------------------------------------------------

_MAKING = Sentence(
    "正在生成演示医院（{days} 天的业务），只在首次启动时进行，请稍候……",
    "Making the demonstration hospital ({days} days of work); this happens once, please wait …",
)
_AGAIN = Sentence(
    "上次生成演示医院中途中断，现在重新生成。",
    "Making the demonstration was interrupted the last time; it is made anew.",
)
_UNFINISHED = Sentence(
    "这个数据库里有未完成的演示数据。请清空数据库后重试。",
    "There is an unfinished demonstration in this database. Empty the database and try again.",
)
#: The same people and stories in every demonstration.
_SEED = 1


@contextmanager
def furnished(
    settings: Settings, pieces: Pieces, now: datetime, say: Say
) -> Iterator[tuple[DatabaseStore, bool]]:
    """The database with a demonstration, made now if it is empty, and whether it was made now.

    A database that is in real use is left as it is.
    """
    with opened(settings) as store:
        progress = furnishing.progress_of(store)
        if progress is not furnishing.Progress.UNFINISHED:
            made = progress is furnishing.Progress.EMPTY
            if made:
                say(_MAKING.filled(days=furnishing.DAYS))
                _furnish(store, settings, pieces, now, say)
            yield store, made
            return
        if store.database.dialect != "sqlite":
            raise CannotDo(_UNFINISHED)
        file = Path(store.database.engine.url.database or "")
    # Nobody can have worked in it, for the accounts come last.
    say(_AGAIN)
    for suffix in ("", "-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    with furnished(settings, pieces, now, say) as again:
        yield again


def _furnish(
    store: DatabaseStore, settings: Settings, pieces: Pieces, now: datetime, say: Say
) -> None:
    ship(store, furnishing.begins(now, shipped_calendar()), say)
    password = _kept_password(store, settings)
    furnishing.furnish(pieces(store), now, _SEED, password, Passwords().hash)


def demonstration_password(store: DatabaseStore, settings: Settings, now: datetime) -> str:
    """The password of the demonstration accounts; they are given it where they have another."""
    password = _kept_password(store, settings)
    accounts = [one for one in store.house.accounts() if one.demonstration]
    passwords = Passwords()
    if accounts and not passwords.verify(password, accounts[0].password_hash)[0]:
        hashed = passwords.hash(password)
        changes = (SaveAccount(replace(one, password_hash=hashed)) for one in accounts)
        store.house.change(deed(now), *changes)
    return password


def _kept_password(store: DatabaseStore, settings: Settings) -> str:
    """As set; else a random one that stays from start to start, in a file beside the database."""
    if settings.demo_password is not None:
        return settings.demo_password
    database = store.database
    beside = database.engine.url.database if database.dialect == "sqlite" else None
    file = Path(f"{beside or 'var/demonstration'}.demo-password")
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(new_password())
    return file.read_text().strip()
