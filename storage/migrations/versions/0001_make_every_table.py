"""Make every table, and let the database itself refuse that history is changed."""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sqlmodel.sql.sqltypes.AutoString()

#: Ledger lines, and values that cases have put in force, are never touched again. Of a published
#: definition only `retired` may change.
REFUSALS = {
    "sqlite": (
        """CREATE TRIGGER entry_update BEFORE UPDATE ON entry
        BEGIN SELECT RAISE(ABORT, 'a ledger line is never changed'); END""",
        """CREATE TRIGGER entry_delete BEFORE DELETE ON entry
        BEGIN SELECT RAISE(ABORT, 'a ledger line is never deleted'); END""",
        """CREATE TRIGGER trail_update BEFORE UPDATE ON trail
        BEGIN SELECT RAISE(ABORT, 'what the ledger tells is never changed'); END""",
        """CREATE TRIGGER trail_delete BEFORE DELETE ON trail
        BEGIN SELECT RAISE(ABORT, 'what the ledger tells is never deleted'); END""",
        """CREATE TRIGGER definition_update BEFORE UPDATE OF
        "key", version, source, digest, published_at, published_by ON definition
        BEGIN SELECT RAISE(ABORT, 'a published definition is never changed'); END""",
        """CREATE TRIGGER definition_delete BEFORE DELETE ON definition
        BEGIN SELECT RAISE(ABORT, 'a published definition is never deleted'); END""",
        """CREATE TRIGGER policy_change_update BEFORE UPDATE ON policy_change
        BEGIN SELECT RAISE(ABORT, 'what came into force is never changed'); END""",
        """CREATE TRIGGER policy_change_delete BEFORE DELETE ON policy_change
        BEGIN SELECT RAISE(ABORT, 'what came into force is never deleted'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% on % is refused: what happened stays', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END $$""",
        """CREATE TRIGGER entry_change BEFORE UPDATE OR DELETE ON entry
        FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER entry_truncate BEFORE TRUNCATE ON entry
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER trail_change BEFORE UPDATE OR DELETE ON trail
        FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER trail_truncate BEFORE TRUNCATE ON trail
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER definition_update BEFORE UPDATE OF
        "key", version, source, digest, published_at, published_by ON definition
        FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER definition_delete BEFORE DELETE ON definition
        FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER definition_truncate BEFORE TRUNCATE ON definition
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER policy_change_change BEFORE UPDATE OR DELETE ON policy_change
        FOR EACH ROW EXECUTE FUNCTION refuse_change()""",
        """CREATE TRIGGER policy_change_truncate BEFORE TRUNCATE ON policy_change
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()""",
    ),
}
#: On PostgreSQL each line comes into the trail as it is written (see `storage.trail`).
ENTERING = (
    """CREATE FUNCTION enter_in_trail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO trail (no, at, event, process, department, role, actor)
        VALUES (NEW.no, NEW.at, NEW.event, NEW.process, NEW.department, NEW.role, NEW.actor);
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER entry_trail AFTER INSERT ON entry
    FOR EACH ROW EXECUTE FUNCTION enter_in_trail()""",
)
#: What points at others goes first.
TABLES = (
    "register_cell",
    "register_lookup",
    "task",
    "session",
    "register_row",
    "policy_change",
    "roster",
    "post",
    "notice_seen",
    "notice",
    "delivery",
    "delegation",
    "deadline",
    "attachment",
    "occurrence",
    "watch",
    "api_token",
    "account",
    "unsent_form",
    "stream",
    "trail",
    "person",
    "notice_read",
    "notice_choice",
    "login_attempt",
    "hospital",
    "file",
    "entry",
    "department",
    "definition",
    "counter",
    "case",
    "calendar_day",
)


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day", KEY, nullable=False),
        sa.Column("worked", sa.Boolean(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "case",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("process", KEY, nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("applicant", KEY, nullable=False),
        sa.Column("department", KEY, nullable=False),
        sa.Column("form", TEXT, nullable=False),
        sa.Column("parameters", TEXT, nullable=False),
        sa.Column("opened_at", KEY, nullable=False),
        sa.Column("entered_at", KEY, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", KEY, nullable=False),
        sa.Column("parent", KEY, nullable=True),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("closed_at", KEY, nullable=True),
        sa.Column("course", TEXT, nullable=False),
        sa.Column("acted_at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
    )
    op.create_index(
        op.f("ix_case_applicant_opened_at"), "case", ["applicant", "opened_at"], unique=False
    )
    op.create_index("ix_case_opened", "case", ["opened_at", "process", "department"], unique=False)
    op.create_index(
        "ix_case_parent",
        "case",
        ["parent"],
        unique=False,
        sqlite_where=sa.text("parent IS NOT NULL"),
        postgresql_where=sa.text("parent IS NOT NULL"),
    )

    op.create_table(
        "counter",
        sa.Column("prefix", KEY, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "year", name=op.f("pk_counter")),
    )
    op.create_table(
        "definition",
        sa.Column("key", KEY, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("published_at", KEY, nullable=False),
        sa.Column("published_by", KEY, nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", "version", name=op.f("pk_definition")),
    )
    op.create_table(
        "department",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("type", KEY, nullable=False),
        sa.Column("parent", KEY, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
    )
    op.create_table(
        "entry",
        sa.Column("no", NUMBER, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("event", KEY, nullable=False),
        sa.Column("actor", KEY, nullable=False),
        sa.Column("acting_for", KEY, nullable=True),
        sa.Column("role", KEY, nullable=True),
        sa.Column("department", KEY, nullable=True),
        sa.Column("process", KEY, nullable=False),
        sa.Column("from_state", KEY, nullable=True),
        sa.Column("to_state", KEY, nullable=True),
        sa.Column("refused", KEY, nullable=True),
        sa.Column("key", KEY, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_entry")),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_entry_case_id_seq")),
        sa.UniqueConstraint("key", name=op.f("uq_entry_key")),
    )
    op.create_index(
        "ix_entry_acting_for",
        "entry",
        ["acting_for", "at"],
        unique=False,
        sqlite_where=sa.text("acting_for IS NOT NULL"),
        postgresql_where=sa.text("acting_for IS NOT NULL"),
    )
    op.create_index(op.f("ix_entry_actor_at"), "entry", ["actor", "at"], unique=False)
    op.create_index(
        "ix_entry_refused",
        "entry",
        ["at"],
        unique=False,
        sqlite_where=sa.text("refused IS NOT NULL"),
        postgresql_where=sa.text("refused IS NOT NULL"),
    )

    op.create_table(
        "file",
        sa.Column("digest", KEY, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_file")),
    )
    op.create_table(
        "hospital",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("profile", TEXT, nullable=True),
        sa.Column("overrides", TEXT, nullable=False),
        sa.Column("covered_until", TEXT, nullable=True),
        sa.Column("zone", TEXT, nullable=True),
        sa.Column("hours", TEXT, nullable=True),
        sa.Column("own_calendars", TEXT, server_default="{}", nullable=False),
        sa.Column("set_up", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hospital")),
    )
    op.create_table(
        "login_attempt",
        sa.Column("no", NUMBER, nullable=False),
        sa.Column("login", KEY, nullable=False),
        sa.Column("address", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_login_attempt")),
    )
    op.create_index(
        op.f("ix_login_attempt_address_at"), "login_attempt", ["address", "at"], unique=False
    )
    op.create_index(
        op.f("ix_login_attempt_login_at"), "login_attempt", ["login", "at"], unique=False
    )

    op.create_table(
        "notice_read",
        sa.Column("person", KEY, nullable=False),
        sa.Column("until", KEY, nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_notice_read")),
    )
    op.create_table(
        "person",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("department", KEY, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "stream",
        sa.Column("id", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream")),
    )
    _make_the_trail()
    op.create_table(
        "unsent_form",
        sa.Column("person", KEY, nullable=False),
        sa.Column("process", KEY, nullable=False),
        sa.Column("answers", TEXT, nullable=False),
        sa.Column("updated_at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("person", "process", name=op.f("pk_unsent_form")),
    )
    op.create_table(
        "account",
        sa.Column("person", KEY, nullable=False),
        sa.Column("login", KEY, nullable=False),
        sa.Column("password_hash", TEXT, nullable=True),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_account_person")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", KEY, nullable=False),
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("created_at", KEY, nullable=False),
        sa.Column("revoked_at", KEY, nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_api_token_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_person"), "api_token", ["person"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("no", NUMBER, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", KEY, nullable=False),
        sa.Column("field", KEY, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_attachment_case_id")),
        sa.ForeignKeyConstraint(["digest"], ["file.digest"], name=op.f("fk_attachment_digest")),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_attachment")),
        sa.UniqueConstraint("id", name=op.f("uq_attachment_id")),
    )
    op.create_index(op.f("ix_attachment_case_id"), "attachment", ["case_id"], unique=False)
    op.create_index(op.f("ix_attachment_digest"), "attachment", ["digest"], unique=False)

    op.create_table(
        "deadline",
        sa.Column("no", NUMBER, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("started_at", KEY, nullable=False),
        sa.Column("due_at", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("paused_at", KEY, nullable=True),
        sa.Column("fires_at", KEY, nullable=True),
        sa.Column("run", TEXT, nullable=False),
        sa.Column("lease_until", KEY, nullable=True),
        sa.Column("worker", KEY, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_deadline_case_id")),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_deadline")),
        sa.UniqueConstraint("id", name=op.f("uq_deadline_id")),
    )
    op.create_index(op.f("ix_deadline_case_id"), "deadline", ["case_id"], unique=False)
    op.create_index(
        "ix_deadline_fires",
        "deadline",
        ["fires_at"],
        unique=False,
        sqlite_where=sa.text("fires_at IS NOT NULL"),
        postgresql_where=sa.text("fires_at IS NOT NULL"),
    )

    op.create_table(
        "delegation",
        sa.Column("id", KEY, nullable=False),
        sa.Column("principal", KEY, nullable=False),
        sa.Column("delegate", KEY, nullable=False),
        sa.Column("starts_on", KEY, nullable=False),
        sa.Column("ends_on", KEY, nullable=False),
        sa.Column("roles", TEXT, nullable=False),
        sa.Column("processes", TEXT, nullable=False),
        sa.Column("max_fen", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["delegate"], ["person.id"], name=op.f("fk_delegation_delegate")),
        sa.ForeignKeyConstraint(["principal"], ["person.id"], name=op.f("fk_delegation_principal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_table(
        "notice",
        sa.Column("address", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("topic", KEY, nullable=False),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_notice_case_id")),
        sa.PrimaryKeyConstraint("fresh", "address", "at", "id", name=op.f("pk_notice")),
        sqlite_with_rowid=False,
    )
    _make_the_outbox()
    op.create_table(
        "post",
        sa.Column("no", NUMBER, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("role", KEY, nullable=False),
        sa.Column("department", KEY, nullable=False),
        sa.Column("starts_on", KEY, nullable=True),
        sa.Column("ends_on", KEY, nullable=True),
        sa.Column("limit_fen", NUMBER, nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_post_person")),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_post")),
    )
    op.create_index(op.f("ix_post_person"), "post", ["person"], unique=False)
    op.create_table(
        "roster",
        sa.Column("key", KEY, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("shifts", TEXT, nullable=False),
        sa.Column("duties", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_roster")),
    )

    op.create_table(
        "policy_change",
        sa.Column("no", NUMBER, nullable=False),
        sa.Column("parameter", KEY, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.Column("since", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("left_to_profile", sa.Boolean(), nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("clauses", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_policy_change_case_id")),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_policy_change")),
    )
    op.create_table(
        "register_row",
        sa.Column("no", NUMBER, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("register_key", KEY, nullable=False),
        sa.Column("cells", TEXT, nullable=False),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("at", KEY, nullable=False),
        sa.Column("number", KEY, nullable=True),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_register_row_case_id")),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_register_row")),
        sa.UniqueConstraint("id", name=op.f("uq_register_row_id")),
    )
    _index_rows()

    op.create_table(
        "session",
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("created_at", KEY, nullable=False),
        sa.Column("seen_at", KEY, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("ended_at", KEY, nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f("fk_session_person")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_person"), "session", ["person"], unique=False)

    op.create_table(
        "task",
        sa.Column("id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("step", KEY, nullable=False),
        sa.Column("address", KEY, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("opened_at", KEY, nullable=False),
        sa.Column("due_at", KEY, nullable=True),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("closed_at", KEY, nullable=True),
        sa.Column("closed_as", KEY, nullable=True),
        sa.Column("closed_by", KEY, nullable=True),
        sa.Column("closed_for", KEY, nullable=True),
        sa.Column("excluded", KEY, nullable=False),
        sa.Column("handling", TEXT, nullable=False),
        sa.Column("work", KEY, nullable=False),
        sa.Column("rank", KEY, nullable=False),
        sa.Column("no", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_task_case_id")),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_task")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_task_inbox",
        "task",
        ["address", "rank", "no", "work", "excluded"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )

    op.create_table(
        "register_lookup",
        sa.Column("register_key", KEY, nullable=False),
        sa.Column("columns", KEY, nullable=False),
        sa.PrimaryKeyConstraint("register_key", "columns", name=op.f("pk_register_lookup")),
    )
    op.create_table(
        "register_cell",
        sa.Column("register_key", KEY, nullable=False),
        sa.Column("columns", KEY, nullable=False),
        sa.Column("value", KEY, nullable=False),
        sa.Column("row_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["row_id"], ["register_row.id"], name=op.f("fk_register_cell_row_id")
        ),
        sa.PrimaryKeyConstraint(
            "register_key", "columns", "value", "row_id", name=op.f("pk_register_cell")
        ),
        sqlite_with_rowid=False,
    )
    for statement in REFUSALS[op.get_bind().dialect.name]:
        op.execute(statement)
    op.execute("INSERT INTO hospital (id, revision, overrides) VALUES (1, 0, '{}')")


def _make_the_outbox() -> None:
    op.create_table(
        "notice_choice",
        sa.Column("person", KEY, nullable=False),
        sa.Column("choice", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_notice_choice")),
    )
    op.create_table(
        "notice_seen",
        sa.Column("person", KEY, nullable=False),
        sa.Column("notice", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_notice_seen_case_id")),
        sa.PrimaryKeyConstraint("person", "notice", name=op.f("pk_notice_seen")),
    )
    op.create_index(op.f("ix_notice_seen_case_id"), "notice_seen", ["case_id"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("key", KEY, nullable=False),
        sa.Column("notice", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("person", KEY, nullable=False),
        sa.Column("channel", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("topic", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("bundle", KEY, nullable=False),
        sa.Column("due_at", KEY, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("worker", KEY, nullable=True),
        sa.Column("lease_until", KEY, nullable=True),
        sa.Column("sent_at", KEY, nullable=True),
        sa.Column("dead_at", KEY, nullable=True),
        sa.Column("trouble", KEY, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_delivery_case_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_bundle"), "delivery", ["bundle"], unique=False)
    op.create_index(
        "ix_delivery_open",
        "delivery",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL AND dead_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND dead_at IS NULL"),
    )
    op.create_index(
        "ix_delivery_dead",
        "delivery",
        ["dead_at"],
        unique=False,
        sqlite_where=sa.text("dead_at IS NOT NULL"),
        postgresql_where=sa.text("dead_at IS NOT NULL"),
    )
    op.create_table(
        "occurrence",
        sa.Column("id", KEY, nullable=False),
        sa.Column("process", KEY, nullable=False),
        sa.Column("schedule", KEY, nullable=False),
        sa.Column("subject", KEY, nullable=False),
        sa.Column("slot", KEY, nullable=False),
        sa.Column("due_at", KEY, nullable=False),
        sa.Column("state", KEY, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("number", KEY, nullable=True),
        sa.Column("why", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_occurrence_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
    )
    op.create_index(
        op.f("ix_occurrence_process_schedule_due_at"),
        "occurrence",
        ["process", "schedule", "due_at"],
        unique=False,
    )
    op.create_index(op.f("ix_occurrence_due_at"), "occurrence", ["due_at"], unique=False)
    op.create_index(
        "ix_occurrence_missed",
        "occurrence",
        ["at"],
        unique=False,
        sqlite_where=sa.text("state = 'missed'"),
        postgresql_where=sa.text("state = 'missed'"),
    )
    op.create_table(
        "watch",
        sa.Column("process", KEY, nullable=False),
        sa.Column("schedule", KEY, nullable=False),
        sa.Column("since", KEY, nullable=False),
        sa.Column("until", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("parameters", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("process", "schedule", name=op.f("pk_watch")),
    )


def _make_the_trail() -> None:
    op.create_table(
        "trail",
        sa.Column("no", NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", KEY, nullable=False),
        sa.Column("event", KEY, nullable=False),
        sa.Column("process", KEY, nullable=False),
        sa.Column("department", KEY, nullable=True),
        sa.Column("role", KEY, nullable=True),
        sa.Column("actor", KEY, nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_trail")),
    )
    asked_by = ["process", "department", "role", "actor"]
    op.create_index("ix_trail_at", "trail", ["at", "event", *asked_by], unique=False)
    op.create_index("ix_trail_event", "trail", ["event", "at", *asked_by], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for statement in ENTERING:
            op.execute(statement)


def _index_rows() -> None:
    op.create_index(
        "ix_register_row_current",
        "register_row",
        ["register_key", "no"],
        unique=False,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
    op.create_index(
        "ix_register_row_past",
        "register_row",
        ["register_key", "no"],
        unique=False,
        sqlite_where=sa.text("NOT current"),
        postgresql_where=sa.text("NOT current"),
    )


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION enter_in_trail")
        op.execute("DROP FUNCTION refuse_change")
