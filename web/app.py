"""Composes one server: the store, the definitions in force, the pages and what guards them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from uuid import uuid4

from fastapi import FastAPI, Request
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from web.house import House
from web.logs import Logging
from web.passwords import Passwords
from web.problems import install_problems, trouble_answer
from web.protection import Protection
from web.settings import Settings
from web.templating import STATIC, load_templates
from web.ticking import Ticking
from web.visit import is_secure
from workflow.ports import Store

#: Every module with a `router`, in the order in which addresses are matched.
ROUTERS: tuple[str, ...] = (
    "web.pages.health",
    "web.pages.signing_in",
    "web.pages.me",
    "web.pages.preferences",
    "web.pages.home",
    "web.pages.inbox",
    "web.pages.requests",
    "web.pages.cases",
    "web.pages.attachments",
    "web.pages.printing",
    "web.pages.definitions",
    "web.pages.people",
    "web.pages.policy",
    "web.pages.calendars",
    "web.pages.audit",
    "web.pages.help",
    "web.api.cases",
    "web.api.definitions",
    "web.api.audit",
    "web.api.tokens",
)


def create_app(
    settings: Settings,
    store: Store | None = None,
    clock: Callable[[], datetime] | None = None,
    ids: Callable[[], str] | None = None,
) -> FastAPI:
    """The whole server. Without a store, the database of the settings is opened.

    The house is at `app.state.house`; deadlines tick while the app runs, unless `tick_seconds` is 0.
    """
    house = build_house(settings, store, clock, ids)
    app = FastAPI(
        title="签批 Qianpi",
        version=version("qianpi"),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_while_running,
    )
    app.state.house = house
    install_problems(app)
    for name in ROUTERS:
        if find_spec(name) is not None:
            app.include_router(import_module(name).router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(
        Protection,
        refuse=trouble_answer,
        upload_limit=settings.upload_limit_mb * 1024 * 1024,
        secure=lambda request: is_secure(request, house),
    )
    app.add_middleware(Logging, answer=trouble_answer)
    return app


@asynccontextmanager
async def _while_running(app: FastAPI) -> AsyncIterator[None]:
    ticking = Ticking(app.state.house)
    ticking.start()
    yield
    ticking.stop()


def build_house(
    settings: Settings,
    store: Store | None = None,
    clock: Callable[[], datetime] | None = None,
    ids: Callable[[], str] | None = None,
) -> House:
    """Everything but the pages; commands use it too. Opens the database where no store is given."""
    # The parts below arrive with their own packages; until then a house without them cannot be built.
    from workflow.service.deciding import Service  # noqa: PLC0415
    from workflow.service.looking import Looking  # noqa: PLC0415

    store = store or open_store(settings)
    clock = clock or _now
    ids = ids or _new_id
    catalog = load_catalog(store)
    return House(
        settings=settings,
        store=store,
        service=Service(store, catalog, ids),
        looking=Looking(store, catalog),
        publishing=publishing_of(store, catalog),
        administering=administering_of(store, catalog),
        catalog=catalog,
        clock=clock,
        ids=ids,
        passwords=Passwords(),
        templates=load_templates(),
        readiness=readiness_of(store),
        demonstration=any(account.demonstration for account in store.house.accounts()),
    )


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return uuid4().hex
