"""New things get ids that nobody can have twice, and that lie in the order of their making."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from web.ids import ids_by

MORNING = datetime(2026, 3, 2, 1, tzinfo=UTC)
MOMENTS = st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year > 1970)


def id_at(moment: datetime, drawn: bytes) -> str:
    return ids_by(lambda: moment, lambda length: drawn[:length])()


def test_a_later_thing_sorts_after_an_earlier_one_whatever_is_drawn() -> None:
    earlier = id_at(MORNING, b"\xff" * 10)
    later = id_at(MORNING + timedelta(milliseconds=1), b"\0" * 10)
    assert earlier < later


def test_things_of_one_moment_get_different_ids() -> None:
    new_id = ids_by(lambda: MORNING, Random(7).randbytes)
    assert len({new_id() for _ in range(10_000)}) == 10_000


@given(MOMENTS, st.binary(min_size=10, max_size=10))
def test_every_id_is_a_uuid_of_version_7(moment: datetime, drawn: bytes) -> None:
    id_ = id_at(moment, drawn)
    read = UUID(id_)
    assert (len(id_), read.version, read.variant) == (32, 7, RFC_4122)


def test_all_that_may_be_drawn_is_drawn() -> None:
    none, all_ = (int(id_at(MORNING, bit * 10), 16) for bit in (b"\0", b"\xff"))
    assert (none ^ all_).bit_count() == 74
