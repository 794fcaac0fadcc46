"""One contract for every store: memory, SQLite and PostgreSQL keep the same promises."""
