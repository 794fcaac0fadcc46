"""The live count: a stream of numbers for whoever looks at a page, and nothing else."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import SetClock
from tests.web.consumables import asks
from web.house import House
from web.live import Live, Watcher

As = Callable[[str], TestClient]

LI, WANG = Watcher("li", "one"), Watcher("wang", "two")


class Counts:
    """What is unread, as the story says it; `looks` counts how often it was asked for."""

    def __init__(self, **counts: int) -> None:
        self.now = counts
        self.looks = 0
        self.broken = False

    def __call__(self, watchers: Iterable[Watcher]) -> Mapping[Watcher, int]:
        self.looks += 1
        if self.broken:
            self.broken = False
            raise OSError("the database is away")
        return {one: self.now[one.person] for one in watchers if one.person in self.now}


async def next_of(stream: AsyncIterator[str]) -> str:
    return await asyncio.wait_for(anext(stream), 30)


async def news_of(stream: AsyncIterator[str]) -> str:
    """The next that is more than a sign of life."""
    while (said := await next_of(stream)) == ": \n\n":
        pass
    return said


async def rest_of(stream: AsyncIterator[str]) -> list[str]:
    return [said async for said in stream]


def test_a_watcher_gets_the_count_and_each_new_one() -> None:
    async def story() -> None:
        counts = Counts(li=2)
        stream = Live(counts, every=0.001).watch(LI)
        assert await news_of(stream) == "data: 2\n\n"
        counts.now["li"] = 3
        assert await news_of(stream) == "data: 3\n\n"

    asyncio.run(story())


def test_all_who_watch_are_counted_with_one_look() -> None:
    async def story() -> None:
        counts = Counts(li=1, wang=5)
        live = Live(counts, every=3600)
        streams = [live.watch(LI), live.watch(WANG), live.watch(LI)]
        said = await asyncio.gather(*map(next_of, streams))
        assert said == ["data: 1\n\n", "data: 5\n\n", "data: 1\n\n"]
        assert counts.looks == 1

    asyncio.run(story())


def test_a_stream_ends_when_its_person_may_not_watch_any_more() -> None:
    async def story() -> None:
        counts = Counts(li=1)
        stream = Live(counts, every=0.001).watch(LI)
        await news_of(stream)
        counts.now.clear()
        assert (await rest_of(stream))[-1].startswith("event: ended")

    asyncio.run(story())


def test_every_stream_ends_with_the_server_and_none_begins() -> None:
    async def story() -> None:
        live = Live(Counts(li=1, wang=1), every=3600)
        streams = [live.watch(LI), live.watch(WANG)]
        await asyncio.gather(*map(next_of, streams))
        live.end()
        for stream in streams:
            assert len(await rest_of(stream)) == 1
        assert len(await rest_of(live.watch(LI))) == 1

    asyncio.run(story())


def test_a_database_that_is_away_for_a_moment_ends_no_stream() -> None:
    async def story() -> None:
        counts = Counts(li=1)
        stream = Live(counts, every=0.001).watch(LI)
        await news_of(stream)
        counts.broken = True
        counts.now["li"] = 2
        assert await news_of(stream) == "data: 2\n\n"

    asyncio.run(story())


def test_nobody_looks_when_nobody_watches() -> None:
    async def story() -> None:
        counts = Counts(li=1)
        live = Live(counts, every=0.001)
        stream = live.watch(LI)
        await news_of(stream)
        await stream.aclose()  # type: ignore[attr-defined]  # a generator, as the browser leaves
        await asyncio.sleep(0.05)
        looks = counts.looks
        await asyncio.sleep(0.05)
        assert counts.looks == looks

    asyncio.run(story())


# ---- through the pages ---------------------------------------------------------------------------


@pytest.fixture
def quick(house: House) -> House:
    """A house that looks often."""
    house.live.every = 0.01
    return house


def watched(browser: TestClient, live: Live, meanwhile: Callable[[], object]) -> str:
    """All that a stream said until it ended; `meanwhile` happens once it is watched."""
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(browser.get("/notices/stream").text))
    thread.start()
    while thread.is_alive() and not live.watched:
        time.sleep(0.001)
    meanwhile()
    thread.join(30)
    assert not thread.is_alive()
    return said[0]


def test_it_ends_at_sign_out(as_person: As, quick: House) -> None:
    asks(as_person("zhang"))
    li = as_person("li")
    said = watched(li, quick.live, lambda: li.post("/sign-out"))
    assert said.endswith("event: ended\ndata: 0\n\n")
    allowed = (":", "data: ", "event: ended")
    assert all(line.startswith(allowed) for line in said.split("\n") if line)


def test_watching_keeps_no_session_alive(as_person: As, quick: House, clock: SetClock) -> None:
    li = as_person("li")
    before = [session.seen_at for session in quick.store.door.sessions_of("li")]
    clock.move(minutes=10)
    watched(li, quick.live, lambda: clock.move(minutes=10))
    assert [session.seen_at for session in quick.store.door.sessions_of("li")] == before


def test_a_stranger_watches_nothing(client: TestClient) -> None:
    assert client.get("/notices/stream").status_code == 303
