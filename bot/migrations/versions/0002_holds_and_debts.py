"""Funds, households and debts beside the accounts; holds that lapse; transfers that are linked."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import BigId, Bytewise, Moment, words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ACCOUNT_KINDS = ("resident", "household", "merchant", "fund", "debt", "issued", "expired", "redeemed")
HOLD_STATES = ("open", "captured", "released", "lapsed")


def upgrade() -> None:
    """Widen what may be said; `transfer` only gains columns, since making it anew would lose its guards."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column("balance", sa.Column("owed", BigId, nullable=False, server_default="0"))
    op.add_column("hold", sa.Column("lapses_at", Moment(), nullable=True))
    op.add_column("transfer", sa.Column("link", Bytewise, nullable=True))
    (_on_sqlite if sqlite else _on_postgresql)()
    op.create_index("ix_hold_lapsing", "hold", ["lapses_at"], **_open())


def _on_postgresql() -> None:
    op.alter_column("balance", "owed", server_default=None)
    op.create_check_constraint(op.f("ck_balance_owed_not_negative"), "balance", "owed >= 0")
    op.create_check_constraint(
        op.f("ck_balance_who_owes_has_nothing_available"), "balance", "owed = 0 OR posted = held"
    )
    op.add_column("transfer", sa.Column("debt", words("debtstep", "owed", "repaid"), nullable=True))
    for table, column, name, allowed in (
        ("account", "kind", "ck_account_accountkind", ACCOUNT_KINDS),
        ("hold", "state", "ck_hold_holdstate", HOLD_STATES),
    ):
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, sa.column(column).in_(allowed))


def _on_sqlite() -> None:
    op.execute(
        "ALTER TABLE transfer ADD COLUMN debt VARCHAR(24)"
        " CONSTRAINT ck_transfer_debtstep CHECK (debt IN ('owed', 'repaid'))"
    )
    _anew("account", *_account())
    _anew("balance", *_balance())
    _anew("hold", *_hold())
    op.create_index("ix_hold_open", "hold", ["account"], **_open())


def _anew(name: str, *parts: sa.schema.SchemaItem) -> None:
    """Make a table anew with its rows, in the order of steps that SQLite's own pages give."""
    made = op.create_table(f"{name}_anew", *parts)
    columns = ", ".join(column.name for column in made.columns)
    op.execute(f"INSERT INTO {name}_anew ({columns}) SELECT {columns} FROM {name}")  # noqa: S608
    op.drop_table(name)
    op.rename_table(f"{name}_anew", name)


def _account() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("owner", Bytewise, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("kind", "owner", name=op.f("uq_account_kind_owner")),
        sa.CheckConstraint(sa.column("kind").in_(ACCOUNT_KINDS), name=op.f("ck_account_accountkind")),
    )


def _balance() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("account", BigId, nullable=False),
        sa.Column("posted", BigId, nullable=False),
        sa.Column("held", BigId, nullable=False),
        sa.Column("owed", BigId, nullable=False),
        sa.CheckConstraint("held >= 0", name=op.f("ck_balance_held_not_negative")),
        sa.CheckConstraint("posted - held >= 0", name=op.f("ck_balance_available_not_negative")),
        sa.CheckConstraint("owed >= 0", name=op.f("ck_balance_owed_not_negative")),
        sa.CheckConstraint(
            "owed = 0 OR posted = held", name=op.f("ck_balance_who_owes_has_nothing_available")
        ),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_balance_account_account")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_balance")),
    )


def _hold() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", Bytewise, nullable=False),
        sa.Column("account", BigId, nullable=False),
        sa.Column("amount", BigId, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("lapses_at", Moment(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f("ck_hold_ended_when_not_open")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_hold_amount_positive")),
        sa.CheckConstraint(sa.column("state").in_(HOLD_STATES), name=op.f("ck_hold_holdstate")),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_hold_account_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("key", name=op.f("uq_hold_key")),
    )


def _open() -> dict[str, Any]:
    return {"postgresql_where": sa.text("state = 'open'"), "sqlite_where": sa.text("state = 'open'")}
