"""What a hospital's monitoring reads at /metrics: how many, how fast and how often refused; never
a name or the number of a case.

Each process counts for itself. The page is for the addresses that the settings name, and looks
like no page at all to everybody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.visit import Guest, house_of, public
from workflow.nouns import Decision, Opening
from workflow.service.beginning import Beginnings
from workflow.service.deciding import Answer, Service
from workflow.service.recurring import missed_since

router = APIRouter()

#: A request that no route takes, whatever it was after.
NO_ROUTE = "-"
#: What was missed for longer is no alarm any more.
LATELY = timedelta(days=1)
#: Seconds; what people wait for lies between a hundredth and a few.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """What one server has counted since it started."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "qianpi_requests",
            "Requests by route pattern, method and status",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "qianpi_request_seconds",
            "How long requests took, by route pattern",
            ("route",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.open = Gauge(
            "qianpi_requests_open", "Requests being served at this moment", registry=self.registry
        )
        self.decisions = Counter(
            "qianpi_decisions",
            "Decisions that went through, by process",
            ("process",),
            registry=self.registry,
        )
        self.refusals = Counter(
            "qianpi_refusals",
            "Decisions that were refused, by the code of the weightiest reason",
            ("code",),
            registry=self.registry,
        )
        self.ticks = Counter(
            "qianpi_ticks", "Looks for deadlines that are due", registry=self.registry
        )
        self.deadlines = Counter(
            "qianpi_deadlines_fired",
            "Deadlines that had their effect here",
            registry=self.registry,
        )

        self.missed = Gauge(
            "qianpi_schedules_missed",
            "Turns of schedules that were missed in the last day, by the database",
            registry=self.registry,
        )

    def counting(self, service: Service) -> Service:
        """The same door for decisions, with a counter beside it."""
        return _Counted(service.store, service.catalog, service.ids, self)

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)


@dataclass(frozen=True)
class _Counted(Service):
    metrics: Metrics

    def decide(self, number: str, decision: Decision) -> Answer:
        """Take an action on a case, and count how it went."""
        return self._counted(super().decide(number, decision))

    def open(self, opening: Opening, *, within_sight: bool = False) -> Answer:
        """Open a case, and count how it went."""
        return self._counted(super().open(opening, within_sight=within_sight))

    def open_scheduled(self, opening: Opening, values: Beginnings) -> Answer:
        """Open the case of a turn of a schedule, and count how it went."""
        return self._counted(super().open_scheduled(opening, values))

    def tick(self, now: datetime, limit: int = 100, worker: str = "here") -> int:
        """Let clocks have their effect, and count them."""
        self.metrics.ticks.inc()
        fired = super().tick(now, limit, worker)
        self.metrics.deadlines.inc(fired)
        return fired

    def _counted(self, answer: Answer) -> Answer:
        if answer.refused is not None:
            self.metrics.refusals.labels(answer.refused.code.value).inc()
        elif answer.entry is not None and not answer.repeated:
            self.metrics.decisions.labels(answer.entry.process).inc()
        return answer


class Counting:
    """Counts and times every request by the pattern of its route, never by its address."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = 0, perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self._metrics.open.track_inprogress():
            try:
                await self._app(scope, receive, noted)
            finally:
                route = getattr(scope.get("route"), "path", NO_ROUTE)
                method = scope["method"] if route != NO_ROUTE else NO_ROUTE
                self._metrics.requests.labels(route, method, status).inc()
                self._metrics.seconds.labels(route).observe(perf_counter() - began)


@router.get("/metrics")
def read_metrics(request: Request, visit: Annotated[Guest, Depends(public)]) -> Response:
    """The counts. Not found for whoever may not read them."""
    house = house_of(request)
    settings = house.settings
    if not _lets_in(request, visit.address, settings.metrics_from, settings.trusted_proxies):
        raise HTTPException(404)
    metrics: Metrics = request.app.state.metrics
    metrics.missed.set(missed_since(house.store.readings, visit.now - LATELY))
    return Response(metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _lets_in(
    request: Request, address: str, allowed: Sequence[str], trusted: Sequence[str]
) -> bool:
    """Whether that address may read. What came through a proxy that nobody named may be anybody's,
    however near the proxy is.
    """
    peer = request.client.host if request.client else ""
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded"))
    return address in allowed and (peer in trusted or not forwarded)
