"""Real people at a real browser: one Chromium, one server on a SQLite file, for all journeys of
a worker.

`visitor("zhang", 390)` is 张医生 on a phone, signed in. Every page that they are asked to look
at closely is examined by axe, and whatever the browser complains about fails the journey.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from storage.database import open_database
from storage.schema import migrate
from storage.unit_of_work import DatabaseStore
from tests.web.conftest import (
    DEPARTMENTS,
    PASSWORD,
    SetClock,
    cast,
    catalog,
    furnish,
    quick_passwords,
)
from web import identity
from web.app import create_app
from web.house import House
from web.opening import shipped_calendar
from web.settings import Settings
from workflow.nouns import SYSTEM, Actor
from workflow.ports.house import Deed, SaveCalendar, SaveDepartment, SavePerson

VENDOR = Path(__file__).parent / "vendor" / "axe-core"
#: A desk and a phone.
WIDTHS = (1440, 390)
HEIGHT = 900
#: How long a page may take on a machine that is busy, in milliseconds.
PATIENCE = 30_000
#: What axe is asked for: faults alone, told by their HTML. Sheets of style are loaded for rules on
#: trial only, which are off, and no page has frames.
ASKED = "{reporter: 'no-passes', selectors: false, preload: false, iframes: false}"
#: What axe calls these keeps somebody from their work.
GRAVE = ("serious", "critical")
#: So many rules at least are looked through.
FEWEST = 60
#: What a browser of today makes ready beside the page: suggestions below the address bar, which are
#: two pages of a hundred scripts for each window, and processes for pages that may come.
_BESIDE_THE_PAGE = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "PreloadTopChromeWebUI",
    "SpareRendererForSitePerProcess",
)
#: What the driver switches off itself. Of two such lists the browser takes the last, which is ours.
_OFF_ANYWAY = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect"),
    *("TcpPortRandomizationWin", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled"),
    "PreconnectToSearch",
)
#: A browser that does the same with three quarters of the work. A script runs for a fraction of a
#: second here, and compiling it well takes longer than it gains.
SPARING = [
    "--no-sandbox",
    f"--disable-features={','.join((*_OFF_ANYWAY, *_BESIDE_THE_PAGE))}",
    "--js-flags=--no-opt --no-maglev --single-threaded-gc --min-semi-space-size=32",
]


@dataclass(frozen=True)
class Served:
    """The server that the journeys visit."""

    url: str
    house: House
    clock: SetClock

    @property
    def store(self) -> DatabaseStore:
        """Where the cases are."""
        store = self.house.store
        assert isinstance(store, DatabaseStore)
        return store


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The whole product on a free port, with the cast and the shipped definitions."""
    path = tmp_path_factory.mktemp("journeys") / "qianpi.db"
    settings = Settings(
        database_url=f"sqlite:///{path}",
        hospital_name="青山医院",
        tick_seconds=0,
        session_idle_minutes=60 * 24 * 365,
        session_hours=24 * 365,
    )
    database = open_database(settings.database_url)
    migrate(database)
    clock, numbers = SetClock(), count(1)
    store = DatabaseStore(database)
    _settle(store, clock)
    app = create_app(settings, store, clock, lambda: f"id{next(numbers):08d}", catalog())
    app.state.house = replace(app.state.house, passwords=quick_passwords())
    # Without a log set-up of its own: that would stay behind for the tests after this one.
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on")
    with _running(config) as url:
        yield Served(url, app.state.house, clock)
    database.close()


def _settle(store: DatabaseStore, clock: SetClock) -> None:
    deed = Deed(Actor(SYSTEM, SYSTEM), clock())
    store.house.change(
        deed,
        *(SaveDepartment(department) for department in DEPARTMENTS),
        *(SavePerson(person) for person in cast()),
        SaveCalendar(shipped_calendar()),
    )
    furnish(store, clock())


class _running:  # noqa: N801 - used as a context manager
    """A server in a thread, up when entered and down when left."""

    def __init__(self, config: uvicorn.Config) -> None:
        self._server = uvicorn.Server(config)
        self._socket = socket.create_server(("127.0.0.1", 0))
        run = {"sockets": [self._socket]}
        self._thread = threading.Thread(target=self._server.run, kwargs=run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        port = self._socket.getsockname()[1]
        with suppress(OSError):
            # It answers once the sockets are taken over; a browser waits for that by itself.
            socket.create_connection(("127.0.0.1", port), 5).close()
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


@pytest.fixture(scope="session")
def chromium(browser_path: str) -> Iterator[Browser]:
    """The one browser."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=SPARING)
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody at a browser window of their own."""

    window: Page
    served: Served
    scripts: bool = True
    complaints: list[str] = field(default_factory=list)
    has_come: bool = False

    @property
    def page(self) -> Page:
        """What they have before them: the inbox, until they go somewhere else."""
        return self.window if self.has_come else self.goes_to("/inbox")

    def goes_to(self, path: str) -> Page:
        """Open an address."""
        self.has_come = True
        self.window.goto(f"{self.served.url}{path}")
        return self.window

    def looks_closely(self) -> None:
        """The page has nothing that keeps somebody out, and does not scroll sideways."""
        page = self.page
        # A page that a form has led to is there before its sheets of style are.
        page.wait_for_load_state("load")
        wide = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide[0] <= wide[1], f"{page.url} scrolls sideways: {wide}"
        grave = [found for found in examined(page) if found["impact"] in GRAVE]
        assert not grave, f"{page.url}: {[_told(found) for found in grave]}"

    def hears(self, message: ConsoleMessage) -> None:
        """Remember what the browser complains about."""
        # A refusal has an HTTP status, which the browser reports as a resource that failed.
        expected = message.text.startswith("Failed to load resource")
        if message.type in ("error", "warning") and not expected:
            self.complaints.append(message.text)

    def fails(self, error: Error) -> None:
        """Remember what a script has stumbled over."""
        self.complaints.append(str(error))


def examined(page: Page) -> list[dict[str, Any]]:
    """Everything that axe finds on a page and calls serious or worse."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(axe_source())
    result = page.evaluate(f"axe.run(document, {ASKED})")
    found: list[dict[str, Any]] = result["violations"]
    return found


def _told(found: dict[str, Any]) -> str:
    nodes = [node["html"][:160] for node in found["nodes"]]
    return f"{found['id']} ({found['impact']}): {found['help']} {nodes[:4]}"


#: Says of each rule how bad its breach is; what nobody asks for need not be looked for.
_LESS_GRAVE = f"""
for (const rule of axe._audit.rules) rule.enabled &&= {list(GRAVE)}.includes(rule.impact);
if (axe._audit.rules.filter(rule => rule.enabled).length < {FEWEST}) throw "too few rules";
"""


@cache
def axe_source() -> str:
    """The examiner, speaking Chinese, with the rules whose breach would be grave."""
    locale = (VENDOR / "locales" / "zh_CN.json").read_text("utf-8")
    source = (VENDOR / "axe.min.js").read_text("utf-8")
    return f"{source}\naxe.configure({{locale: {locale}}});{_LESS_GRAVE}"


class Windows:
    """The windows of one browser, kept for whoever comes next: the first page of a new window
    costs six times what a page costs in one that has been open.
    """

    def __init__(self, browser: Browser, door: str) -> None:
        self._browser = browser
        self._door = door
        self._free: dict[bool, list[Page]] = {True: [], False: []}

    def open(self, width: int, *, scripts: bool) -> Page:
        """An empty window in which nobody is signed in."""
        size: ViewportSize = {"width": width, "height": HEIGHT}
        if self._free[scripts]:
            page = self._free[scripts].pop()
            page.set_viewport_size(size)
            return page
        context = self._browser.new_context(
            viewport=size,
            java_script_enabled=scripts,
            locale="zh-CN",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    def take_back(self, page: Page, *, scripts: bool) -> None:
        """Leave nothing of whoever had it: the product keeps cookies and nothing else there."""
        for other in page.context.pages:
            if other is not page:
                other.close()
        page.context.clear_cookies()
        # An empty page of no house at all would cost two more processes of the browser.
        page.goto(self._door)
        self._free[scripts].append(page)


@pytest.fixture(scope="session")
def windows(chromium: Browser, served: Served) -> Windows:
    """The windows that the journeys of a worker share, one after the other."""
    return Windows(chromium, f"{served.url}/healthz")


#: Opens a window for somebody of the cast, at a width in pixels.
Visit = Callable[..., Visitor]


@pytest.fixture
def visitor(windows: Windows, served: Served) -> Iterator[Visit]:
    """`visitor("zhang")`, `visitor("li", 390)`, `visitor("wang", scripts=False)`.

    They are signed in already; `at_the_door=True` lets them type their password.
    """
    opened: list[Visitor] = []

    def visit(
        person: str, width: int = WIDTHS[0], *, scripts: bool = True, at_the_door: bool = False
    ) -> Visitor:
        one = Visitor(windows.open(width, scripts=scripts), served, scripts)
        one.window.on("console", one.hears)
        one.window.on("pageerror", one.fails)
        opened.append(one)
        if at_the_door:
            _sign_in(one, person)
        else:
            _let_in(one, person)
        return one

    yield visit
    for one in opened:
        # Until now: what a page complains about as it is left counts too.
        windows.take_back(one.window, scripts=one.scripts)
        one.window.remove_listener("console", one.hears)
        one.window.remove_listener("pageerror", one.fails)
    assert not [complaint for one in opened for complaint in one.complaints]


def _let_in(visitor: Visitor, person: str) -> None:
    house, url = visitor.served.house, visitor.served.url
    let = identity.sign_in(house, person, PASSWORD, "127.0.0.1", house.clock())
    assert isinstance(let, identity.SignedIn)
    visitor.window.context.add_cookies([{"name": identity.COOKIE, "value": let.token, "url": url}])


def _sign_in(visitor: Visitor, person: str) -> None:
    page = visitor.goes_to("/sign-in")
    page.fill("#login", person)
    page.fill("#password", PASSWORD)
    page.click("#sign-in button[type=submit]")
    page.wait_for_url("**/inbox*")
