"""A full inbox page of 20 rows: processor time of the bare FastAPI and Jinja2 page, and of ours
with everything around it.

Both are driven through ASGI in this process, without a network, and both show the same twenty
rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from benchmarks.cast import NOW, Approvals, catalog, ids, sqlite_store
from web.app import create_app
from web.passwords import Passwords
from web.settings import Settings
from workflow.nouns import SYSTEM, Actor
from workflow.ports.house import Account, Deed, PublishDefinition, SaveAccount, StoredDefinition

ROWS = 20
ROUNDS = 7
REQUESTS = 40
PASSWORD = "a benchmark's password"  # noqa: S105 - of an account that lives as long as the run
App = Callable[[Any, Any, Any], Awaitable[None]]

_BARE = """<!doctype html><html lang="zh"><head><title>待办</title></head><body><table>
{% for row in rows %}<tr><td>{{ row.number }}</td><td>{{ row.title }}</td>
<td>{{ row.applicant }}</td><td>{{ row.department }}</td><td>{{ row.step }}</td>
<td>{{ row.amount }}</td><td>{{ row.at }}</td></tr>
{% endfor %}</table></body></html>"""


def measure(folder: Path) -> tuple[float, float]:
    """Processor seconds a page, bare and ours: medians of rounds in turns."""
    return asyncio.run(_measure(folder))


async def _measure(folder: Path) -> tuple[float, float]:
    ours = _ours(folder)
    cookie = await _signed_in(ours)
    bare = _bare()
    runs: dict[str, list[float]] = {"bare": [], "ours": []}
    for turn in range(ROUNDS + 1):
        for name, app, address, given in (
            ("bare", bare, "/", ""),
            ("ours", ours, "/inbox", cookie),
        ):
            begin = process_time()
            for _ in range(REQUESTS):
                status, _, body = await _asked(app, "GET", address, cookie=given)
                if status != 200 or body.count("止血材料".encode()) < ROWS:
                    raise RuntimeError(f"{name} answered {status} without its rows")
            if turn:
                runs[name].append((process_time() - begin) / REQUESTS)
    return median(runs["bare"]), median(runs["ours"])


def _bare() -> FastAPI:
    app = FastAPI()
    template = Environment(autoescape=True).from_string(_BARE)
    rows = [
        {
            "number": f"HC2026-{number:06d}",
            "title": f"止血材料{number}（5cm）",
            "applicant": "Amy",
            "department": "外科",
            "step": "待科主任签署",
            "amount": "¥300.00",
            "at": "2026年3月2日 09:00",
        }
        for number in range(ROWS)
    ]

    @app.get("/")
    def page() -> HTMLResponse:
        return HTMLResponse(template.render(rows=rows))

    return app


def _ours(folder: Path) -> FastAPI:
    known = catalog()
    store = sqlite_store(folder / "pages.db")
    hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    published = (
        PublishDefinition(
            StoredDefinition(one.key, one.version, one.source, one.digest, NOW, SYSTEM)
        )
        for one in known.in_force()
    )
    account = SaveAccount(Account("lee", "lee", hasher.hash(PASSWORD)))
    store.house.change(Deed(Actor(SYSTEM, SYSTEM), NOW), account, *published)
    app = create_app(Settings(tick_seconds=0), store, lambda: NOW, ids(), known)
    house = app.state.house
    app.state.house = replace(house, passwords=Passwords(hasher))
    approvals = Approvals(house.service)
    for number in range(ROWS * 2):
        approvals.submit(number)
    return app


async def _signed_in(app: App) -> str:
    form = f"login=lee&password={PASSWORD.replace(' ', '+')}".encode()
    status, headers, _ = await _asked(app, "POST", "/sign-in", body=form)
    if status != 303:
        raise RuntimeError(f"signing in answered {status}")
    return "; ".join(
        value.decode().partition(";")[0] for name, value in headers if name == b"set-cookie"
    )


async def _asked(
    app: App, method: str, address: str, body: bytes = b"", cookie: str = ""
) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    sent: list[MutableMapping[str, Any]] = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": address,
        "raw_path": address.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"localhost"),
            (b"origin", b"http://localhost"),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", str(len(body)).encode()),
            (b"cookie", cookie.encode()),
        ],
        "client": ("127.0.0.1", 50000),
        "server": ("localhost", 80),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], sent[0]["headers"], content
