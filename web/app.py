"""Composes one server: the store, the definitions in force, the pages and what guards them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from secrets import token_bytes, token_hex
from socket import gethostname

import structlog
from fastapi import APIRouter, FastAPI
from sqlalchemy.exc import OperationalError
from starlette.routing import BaseRoute

from storage import verifying
from storage.database import UnusableDatabase, open_database
from storage.memory import MemoryStore
from storage.schema import pending
from storage.unit_of_work import DatabaseStore
from web.api import cases as api_cases
from web.api import definitions as api_definitions
from web.api import me as api_me
from web.api import registers as api_registers
from web.house import House, Readiness
from web.identity import watching
from web.ids import ids_by
from web.live import Live
from web.logs import Logging, set_up_logs
from web.metrics import Counting, Metrics
from web.metrics import router as metrics_router
from web.opening import read_already, shipped_calendar, shipped_register
from web.pages import (
    administration,
    attachments,
    audit,
    calendars,
    cases,
    clauses,
    definitions,
    health,
    helping,
    home,
    imports,
    inbox,
    lending,
    me,
    notices,
    overseeing,
    people,
    policy,
    preferences,
    printing,
    reasons,
    register_lists,
    registers,
    requests,
    schedules,
    signing_in,
    tokens,
)
from web.passwords import Passwords
from web.posting import Posting
from web.problems import install_problems, trouble_answer
from web.protection import Guard, Marking
from web.settings import Settings, read_settings
from web.static_files import PackedFiles
from web.templating import STATIC, load_templates
from web.ticking import Ticking
from web.transports import transports_of
from web.visit import is_secure
from workflow.calendar import Calendar
from workflow.design.problems import Problem
from workflow.ports.hospital import Hospital
from workflow.ports.store import Store
from workflow.scenarios.playing import Verdict
from workflow.scenarios.running import Theatre, run_text, with_bundles
from workflow.service.administering import Administering
from workflow.service.auditing import Auditing, Verification, Verify
from workflow.service.bundles import Bundle
from workflow.service.catalog import Catalog
from workflow.service.catalogs import Catalogs, UnusableDefinition
from workflow.service.deciding import Service
from workflow.service.delivering import Delivering
from workflow.service.housework import Housework
from workflow.service.looking import Looking
from workflow.service.noticing import Noticing
from workflow.service.publishing import Publishing, Rehearse, Trial
from workflow.service.reasons import ReasonNeeded
from workflow.service.registers import Registers
from workflow.service.verifying import verify_readings

#: What the scenarios that come with a pasted definition are called in messages.
SCENARIOS = "scenarios.yaml"

#: Every address, in the order in which they are matched.
ROUTERS: tuple[APIRouter, ...] = (
    inbox.router,  # first, as nothing is looked at so often
    health.router,
    metrics_router,
    signing_in.router,
    me.router,
    notices.router,
    preferences.router,
    home.router,
    requests.router,
    lending.router,
    cases.router,
    reasons.router,
    attachments.router,
    printing.router,
    clauses.router,
    registers.router,
    administration.router,
    overseeing.router,
    definitions.router,
    people.router,
    imports.router,
    register_lists.router,
    policy.router,
    calendars.router,
    schedules.router,
    tokens.router,
    audit.router,
    helping.router,
    api_me.router,
    api_cases.router,
    api_definitions.router,
    api_registers.router,
)


def create_app(
    settings: Settings,
    store: Store | None = None,
    clock: Callable[[], datetime] | None = None,
    ids: Callable[[], str] | None = None,
    catalog: Catalog | None = None,
) -> FastAPI:
    """The whole server. Without a store, the database of the settings is opened.

    `catalog` is what the store has published, where somebody has read that before. The house is at
    `app.state.house`; deadlines tick while the app runs, unless `tick_seconds` is 0.
    """
    metrics = Metrics()
    house = build_house(settings, store, clock, ids, catalog)
    house = replace(house, service=metrics.counting(house.service))
    app = FastAPI(
        title="签批 Qianpi",
        version=version("qianpi"),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        routes=list(_addresses()),
        lifespan=_while_running,
    )
    app.state.house = house
    app.state.metrics = metrics
    install_problems(app)
    app.add_exception_handler(ReasonNeeded, reasons.ask_first)
    app.mount("/static", PackedFiles(directory=STATIC), name="static")
    # Each is put around those before it: what guards is itself logged, and all answers are marked.
    upload_limit = settings.upload_limit_mb * 1024 * 1024
    app.add_middleware(Guard, refuse=trouble_answer, upload_limit=upload_limit)
    app.add_middleware(Logging, answer=trouble_answer)
    app.add_middleware(Counting, metrics=metrics)
    app.add_middleware(Marking, secure=lambda request: is_secure(request, house))
    return app


@cache
def _addresses() -> tuple[BaseRoute, ...]:
    """Every page, shared by the servers of a process: their parameters are worked out once."""
    gathered = APIRouter()
    for router in ROUTERS:
        gathered.include_router(router)
    return tuple(gathered.routes)


def create_app_from_environment() -> FastAPI:
    """The server in one of several processes, with the settings that the command left."""
    settings = read_settings(os.environ)
    set_up_logs(settings.log_level)
    return create_app(settings)


def build_house(
    settings: Settings,
    store: Store | None = None,
    clock: Callable[[], datetime] | None = None,
    ids: Callable[[], str] | None = None,
    catalog: Catalog | None = None,
) -> House:
    """Everything but the pages. Opens the database of the settings where no store is given."""
    store = DatabaseStore(open_database(settings.database_url)) if store is None else store
    clock = clock or _now
    ids = ids or ids_by(clock, token_bytes)
    register = shipped_register()
    before = read_already() if catalog is None else None
    catalogs = Catalogs(store.readings.definitions, register, catalog, before)
    noticing = Noticing(store, catalogs)
    looking = Looking(store, catalogs)
    return House(
        settings=settings,
        store=store,
        service=Service(store, catalogs, ids),
        looking=looking,
        publishing=Publishing(Housework(store), catalogs, rehearsal(catalogs, shipped_calendar())),
        administering=Administering.of(store, catalogs),
        auditing=Auditing.of(store, catalogs, _verifier(store)),
        registers=Registers(store, catalogs, looking),
        catalog=catalogs,
        keep_up=_KeepingUp(catalogs, store),
        clock=clock,
        ids=ids,
        passwords=Passwords(),
        templates=load_templates(),
        readiness=_readiness(store),
        noticing=noticing,
        delivering=Delivering(
            store,
            catalogs,
            ids,
            transports_of(settings),
            f"{gethostname()}:{os.getpid()}:{token_hex(4)}",
            settings.language,
            settings.public_url,
        ),
        live=Live(watching(store, noticing, settings, clock)),
        demonstration=any(account.demonstration for account in store.house.accounts()),
    )


def _readiness(store: Store) -> Readiness:
    """What is asked before people are sent here: the database answers, in the shape we know."""
    if not isinstance(store, DatabaseStore):
        return lambda: {"database": True}
    database = store.database

    def asked() -> dict[str, bool]:
        try:
            return {"database": True, "migrations": not pending(database)}
        except UnusableDatabase:
            return {"database": True, "migrations": False}
        except OperationalError:
            return {"database": False}

    return asked


def _verifier(store: Store) -> Verify:
    """How the whole ledger is checked: a database in one pass, any other store case by case."""
    if not isinstance(store, DatabaseStore):
        return lambda: verify_readings(store.readings)
    database = store.database

    def verify_database() -> Verification:
        report = verifying.verify(database)
        return Verification(report.cases, report.entries, tuple(report.faults))

    return verify_database


def rehearsal(catalog: Callable[[], Catalog], calendar: Calendar) -> Rehearse:
    """How publishing plays the scenarios that come with a text: in memory, beside what stands."""

    def rehearse(scenarios: str, bundle: Bundle) -> tuple[Trial, ...] | tuple[Problem, ...]:
        stage = Theatre(with_bundles(catalog(), [bundle]), calendar, MemoryStore)
        report = run_text(scenarios, SCENARIOS, stage)
        return report.problems or tuple(_trial(verdict) for verdict in report.verdicts)

    return rehearse


def _trial(verdict: Verdict) -> Trial:
    found = verdict.mismatch
    title = verdict.scenario.title
    if found is None:
        return Trial(title, ok=True)
    return Trial(title, False, verdict.step, found.expected, found.found)


class _KeepingUp:
    """Takes up what another process has published, when the hospital's revision has moved, and
    what the hospital calls its insurance office.
    """

    def __init__(self, catalogs: Catalogs, store: Store) -> None:
        self._catalogs = catalogs
        self._revision = store.readings.hospital().revision

    def __call__(self, hospital: Hospital, now: datetime) -> None:
        if hospital.revision != self._revision:
            self._read_again()
            self._revision = hospital.revision
        self._catalogs.speak_of(hospital, now)

    def _read_again(self) -> None:
        try:
            self._catalogs.reload()
        except UnusableDefinition as unusable:
            # The catalog that stood goes on; whoever published is told by their own process.
            structlog.get_logger().error(
                "definition_unusable", process=unusable.key, version=unusable.version
            )


@asynccontextmanager
async def _while_running(app: FastAPI) -> AsyncIterator[None]:
    ticking = Ticking(app.state.house)
    ticking.start()
    posting = Posting(app.state.house)
    posting.start()
    app.state.house.live.end_with_the_server()
    yield
    app.state.house.live.end()
    posting.stop()
    ticking.stop()


def _now() -> datetime:
    return datetime.now(UTC)
