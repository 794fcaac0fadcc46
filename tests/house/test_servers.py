"""The servers that the suite brings up for itself are fit for what the other tests ask of them."""

from __future__ import annotations

from sqlalchemy import create_engine, text


def test_this_worker_has_an_empty_database_that_keeps_chinese(pg_url: str) -> None:
    engine = create_engine(pg_url)
    with engine.begin() as connection:
        tables = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert connection.scalar(tables) == 0
        assert connection.scalar(text("SHOW server_encoding")) == "UTF8"
        assert connection.scalar(text("SELECT '签批' || '：同意'")) == "签批：同意"
    engine.dispose()
