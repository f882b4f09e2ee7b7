"""Deeds that people verify, and the username by which a resident is found."""

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import BigId, Bytewise, Moment, words

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_deed()
    name_chat_links()


def create_deed() -> None:
    op.create_table(
        "deed",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", Bytewise, nullable=False),
        sa.Column("origin", words("origin", "claim", "award"), nullable=False),
        sa.Column("resident", BigId, nullable=True),
        sa.Column("household", Bytewise, nullable=True),
        sa.Column("kin", sa.JSON(), nullable=False),
        sa.Column("area", BigId, nullable=False),
        sa.Column("team", Bytewise, nullable=True),
        sa.Column("activity", Bytewise, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("verify", Bytewise, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("worth", BigId, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("photo", sa.String(), nullable=True),
        sa.Column("likeness", Bytewise, nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column(
            "state",
            words(
                "deedstate",
                "claimed",
                "asked",
                "approved",
                "listed",
                "objected",
                "paid",
                "rejected",
                "withdrawn",
            ),
            nullable=False,
        ),
        sa.Column("tier", words("tier", "leads", "officers", "admins"), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("asked_by", BigId, nullable=True),
        sa.Column("question", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("verifier", BigId, nullable=True),
        sa.Column("verified_at", Moment(), nullable=True),
        sa.Column("decided_by", BigId, nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("why", words("why", "unconfirmed", "twice", "misfit", "time"), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("listed_until", Moment(), nullable=True),
        sa.Column("objector", BigId, nullable=True),
        sa.Column("objected_at", Moment(), nullable=True),
        sa.Column("doubt", words("doubt", "unseen", "twice", "time"), nullable=True),
        sa.Column("objection", sa.String(), nullable=True),
        sa.Column("paid", BigId, nullable=True),
        sa.Column("paid_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "(state = 'listed') <= (listed_until IS NOT NULL)", name=op.f("ck_deed_listed_until_when")
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_deed_minutes_positive")),
        sa.CheckConstraint("units > 0", name=op.f("ck_deed_units_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed")),
        sa.UniqueConstraint("key", name=op.f("uq_deed_key")),
        sqlite_autoincrement=True,
    )
    seen = sa.text("likeness IS NOT NULL")
    op.create_index("ix_deed_likeness", "deed", ["likeness"], sqlite_where=seen, postgresql_where=seen)
    op.create_index("ix_deed_resident_at", "deed", ["resident", "at"])
    op.create_index("ix_deed_state_listed_until", "deed", ["state", "listed_until"])


def name_chat_links() -> None:
    op.add_column("chat_link", sa.Column("username", Bytewise, nullable=True))
    op.create_index("ix_chat_link_username", "chat_link", ["username"])


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError
