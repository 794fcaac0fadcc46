"""The servers that the suite brings up for itself are fit for what the other tests ask of them."""

from __future__ import annotations

from sqlalchemy import create_engine, make_url, text


def test_this_worker_has_a_database_of_its_own_that_keeps_chinese(pg_url: str) -> None:
    engine = create_engine(pg_url)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT current_database()")) == make_url(pg_url).database
        assert connection.scalar(text("SHOW server_encoding")) == "UTF8"
        assert connection.scalar(text("SELECT '签批' || '：同意'")) == "签批：同意"
    engine.dispose()
