"""The first tables."""

import sqlalchemy as sa
from alembic import op

from bot.migrations.kinds import BigId, Bytewise, Moment, words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# A transfer, once written, is never changed, removed or replaced: the database itself sees to it.
_SQLITE = (
    "CREATE TRIGGER transfer_keeps_rows BEFORE UPDATE ON transfer"
    " BEGIN SELECT RAISE(ABORT, 'transfers are append-only'); END",
    "CREATE TRIGGER transfer_loses_none BEFORE DELETE ON transfer"
    " BEGIN SELECT RAISE(ABORT, 'transfers are append-only'); END",
    # INSERT OR REPLACE removes the row it meets without asking the trigger above.
    "CREATE TRIGGER transfer_replaces_none BEFORE INSERT ON transfer"
    " WHEN EXISTS (SELECT 1 FROM transfer WHERE id = NEW.id)"
    " OR EXISTS (SELECT 1 FROM transfer WHERE key = NEW.key)"
    " OR EXISTS (SELECT 1 FROM transfer WHERE reverses = NEW.reverses)"
    " OR EXISTS (SELECT 1 FROM transfer WHERE hold = NEW.hold)"
    " BEGIN SELECT RAISE(ABORT, 'transfers are append-only'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION transfer_append_only() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN RAISE EXCEPTION 'transfers are append-only' USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE TRIGGER transfer_keeps_rows BEFORE UPDATE OR DELETE ON transfer"
    " FOR EACH ROW EXECUTE FUNCTION transfer_append_only()",
    "CREATE TRIGGER transfer_loses_none BEFORE TRUNCATE ON transfer"
    " FOR EACH STATEMENT EXECUTE FUNCTION transfer_append_only()",
    # Also where a session plays replica, which skips ordinary triggers.
    "ALTER TABLE transfer ENABLE ALWAYS TRIGGER transfer_keeps_rows",
    "ALTER TABLE transfer ENABLE ALWAYS TRIGGER transfer_loses_none",
)


def upgrade() -> None:
    create_area()
    create_team()
    create_household()
    create_resident()
    create_audit_entry()
    create_availability()
    create_chat_link()
    create_invitation()
    create_membership()
    create_role_grant()
    create_skill()
    create_account()
    create_activity()
    create_merchant()
    create_monthlytotal()
    create_balance()
    create_hold()
    create_reward()
    create_transfer()
    create_redemption()
    create_callout()
    create_plan()
    create_ask()
    create_board()
    create_ask_change()
    create_broadcast()
    create_senderlease()
    create_delivery()
    create_rendering()
    create_conversation()
    create_due()
    create_intake()
    create_remembered()
    guard_transfers()


def create_area() -> None:
    op.create_table(
        "area",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", Bytewise, nullable=False),
        sa.Column("parent_id", BigId, nullable=True),
        sa.Column("path", Bytewise, nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("code", name=op.f("uq_area_code")),
    )
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_area_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_area_path"), ["path"], unique=False)


def create_team() -> None:
    op.create_table(
        "team",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", Bytewise, nullable=False),
        sa.Column("kind", words("teamkind", "core", "wing"), nullable=False),
        sa.Column("emoji", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("code", name=op.f("uq_team_code")),
    )


def create_household() -> None:
    op.create_table(
        "household",
        sa.Column("id", BigId, nullable=False),
        sa.Column("area_id", BigId, nullable=False),
        sa.Column("door", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_household_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
    )
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_household_area_id"), ["area_id"], unique=False)


def create_resident() -> None:
    op.create_table(
        "resident",
        sa.Column("id", BigId, nullable=False),
        sa.Column("short_code", Bytewise, nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("name_key", Bytewise, nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("area_id", BigId, nullable=True),
        sa.Column("household_id", BigId, nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("consent_at", Moment(), nullable=True),
        sa.Column("status", words("status", "active", "forgotten"), nullable=False),
        sa.Column("shown_in", words("shownin", "name", "masked", "hidden"), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_resident_area_id_area")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_resident_household_id_household")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident")),
        sa.UniqueConstraint("short_code", name=op.f("uq_resident_short_code")),
    )
    with op.batch_alter_table("resident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resident_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resident_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resident_name_key"), ["name_key"], unique=False)


def create_audit_entry() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", BigId, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor_id", BigId, nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("area_id", BigId, nullable=True),
        sa.Column("about_id", BigId, nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["about_id"], ["resident.id"], name=op.f("fk_audit_entry_about_id_resident")),
        sa.ForeignKeyConstraint(["actor_id"], ["resident.id"], name=op.f("fk_audit_entry_actor_id_resident")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_audit_entry_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_about_id"), ["about_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)


def create_availability() -> None:
    op.create_table(
        "availability",
        sa.Column("resident_id", BigId, nullable=False),
        sa.Column("willing", sa.Boolean(), nullable=False),
        sa.Column("away_until", Moment(), nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_to", sa.Time(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_availability_resident_id_resident")
        ),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_availability")),
    )


def create_chat_link() -> None:
    op.create_table(
        "chat_link",
        sa.Column("id", BigId, nullable=False),
        sa.Column("bot_id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("resident_id", BigId, nullable=False),
        sa.Column("state", words("chatstate", "reachable", "blocked", "gone"), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_chat_link_resident_id_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_link")),
        sa.UniqueConstraint("bot_id", "chat_id", name=op.f("uq_chat_link_bot_id_chat_id")),
    )
    with op.batch_alter_table("chat_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chat_link_resident_id"), ["resident_id"], unique=False)


def create_invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", Bytewise, nullable=False),
        sa.Column(
            "role",
            words(
                "role",
                "admin",
                "coordinator",
                "grid-officer",
                "building-lead",
                "team-lead",
                "instructor",
                "department",
                "merchant",
            ),
            nullable=False,
        ),
        sa.Column("area_id", BigId, nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("granted_by", BigId, nullable=True),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_by", BigId, nullable=True),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_invitation_area_id_area")),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["resident.id"], name=op.f("fk_invitation_granted_by_resident")
        ),
        sa.ForeignKeyConstraint(["used_by"], ["resident.id"], name=op.f("fk_invitation_used_by_resident")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code", name=op.f("uq_invitation_code")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_used_by"), ["used_by"], unique=False)


def create_membership() -> None:
    op.create_table(
        "membership",
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("resident_id", BigId, nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_membership_resident_id_resident")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_membership_team_id_team")),
        sa.PrimaryKeyConstraint("team_id", "resident_id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_resident_id"), ["resident_id"], unique=False)


def create_role_grant() -> None:
    op.create_table(
        "role_grant",
        sa.Column("id", BigId, nullable=False),
        sa.Column(
            "role",
            words(
                "role",
                "admin",
                "coordinator",
                "grid-officer",
                "building-lead",
                "team-lead",
                "instructor",
                "department",
                "merchant",
            ),
            nullable=False,
        ),
        sa.Column("area_id", BigId, nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("resident_id", BigId, nullable=False),
        sa.Column("granted_by", BigId, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_role_grant_area_id_area")),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["resident.id"], name=op.f("fk_role_grant_granted_by_resident")
        ),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name=op.f("fk_role_grant_resident_id_resident")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grant_area_id"), ["area_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_grant_resident_id"), ["resident_id"], unique=False)
        batch_op.create_index(
            "uq_role_grant_plain",
            ["resident_id", "role", "area_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL AND subject IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND subject IS NULL"),
        )
        batch_op.create_index(
            "uq_role_grant_subject",
            ["resident_id", "role", "area_id", "subject"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL AND subject IS NOT NULL"),
            postgresql_where=sa.text("ended_at IS NULL AND subject IS NOT NULL"),
        )


def create_skill() -> None:
    op.create_table(
        "skill",
        sa.Column("resident_id", BigId, nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name=op.f("fk_skill_resident_id_resident")),
        sa.PrimaryKeyConstraint("resident_id", "skill", name=op.f("pk_skill")),
    )


def create_account() -> None:
    op.create_table(
        "account",
        sa.Column("id", BigId, nullable=False),
        sa.Column(
            "kind",
            words("accountkind", "resident", "merchant", "issued", "expired", "redeemed"),
            nullable=False,
        ),
        sa.Column("owner", Bytewise, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("kind", "owner", name=op.f("uq_account_kind_owner")),
    )


def create_activity() -> None:
    op.create_table(
        "activity",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", Bytewise, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("points", BigId, nullable=False),
        sa.Column("points_per_hour", BigId, nullable=False),
        sa.Column("cap_points", BigId, nullable=True),
        sa.Column("cap_per", words("per", "day", "week", "month", "year", "ever"), nullable=True),
        sa.Column("verify", words("verify", "automatic", "coordinator", "team-lead"), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_activity_code_version")),
    )


def create_merchant() -> None:
    op.create_table(
        "merchant",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", Bytewise, nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("area", Bytewise, nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("hours", sa.String(), nullable=True),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merchant")),
        sa.UniqueConstraint("code", name=op.f("uq_merchant_code")),
    )


def create_monthlytotal() -> None:
    op.create_table(
        "monthlytotal",
        sa.Column("month", Bytewise, nullable=False),
        sa.Column(
            "group_kind",
            words("groupkind", "resident", "household", "team", "building", "grid"),
            nullable=False,
        ),
        sa.Column("key", Bytewise, nullable=False),
        sa.Column("earned", BigId, nullable=False),
        sa.Column("reached_at", Moment(), nullable=False),
        sa.CheckConstraint("earned >= 0", name=op.f("ck_monthlytotal_earned_not_negative")),
        sa.PrimaryKeyConstraint("month", "group_kind", "key", name=op.f("pk_monthlytotal")),
    )
    with op.batch_alter_table("monthlytotal", schema=None) as batch_op:
        batch_op.create_index(
            "ix_monthlytotal_ranking",
            ["month", "group_kind", sa.literal_column("earned DESC"), "reached_at", "key"],
            unique=False,
        )


def create_balance() -> None:
    op.create_table(
        "balance",
        sa.Column("account", BigId, nullable=False),
        sa.Column("posted", BigId, nullable=False),
        sa.Column("held", BigId, nullable=False),
        sa.CheckConstraint("held >= 0", name=op.f("ck_balance_held_not_negative")),
        sa.CheckConstraint("posted - held >= 0", name=op.f("ck_balance_available_not_negative")),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_balance_account_account")),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_balance")),
    )


def create_hold() -> None:
    op.create_table(
        "hold",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", Bytewise, nullable=False),
        sa.Column("account", BigId, nullable=False),
        sa.Column("amount", BigId, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("state", words("holdstate", "open", "captured", "released"), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f("ck_hold_ended_when_not_open")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_hold_amount_positive")),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_hold_account_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("key", name=op.f("uq_hold_key")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index(
            "ix_hold_open",
            ["account"],
            unique=False,
            postgresql_where=sa.text("state = 'open'"),
            sqlite_where=sa.text("state = 'open'"),
        )


def create_reward() -> None:
    op.create_table(
        "reward",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", Bytewise, nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("price", BigId, nullable=False),
        sa.Column("stock", BigId, nullable=True),
        sa.Column("taken", BigId, nullable=False),
        sa.Column("merchant", Bytewise, nullable=False),
        sa.Column("limit_count", sa.Integer(), nullable=True),
        sa.Column("limit_per", words("per", "day", "week", "month", "year", "ever"), nullable=True),
        sa.Column("limit_by", words("by", "household", "resident"), nullable=True),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.CheckConstraint("price > 0", name=op.f("ck_reward_price_positive")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_reward_stock_not_negative")),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_reward_taken_not_negative")),
        sa.ForeignKeyConstraint(["merchant"], ["merchant.code"], name=op.f("fk_reward_merchant_merchant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward")),
        sa.UniqueConstraint("code", name=op.f("uq_reward_code")),
    )


def create_transfer() -> None:
    op.create_table(
        "transfer",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", Bytewise, nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "kind",
            words("transferkind", "award", "capture", "reversal", "gift", "settlement", "expiry"),
            nullable=False,
        ),
        sa.Column("debit", BigId, nullable=False),
        sa.Column("credit", BigId, nullable=False),
        sa.Column("amount", BigId, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("month", Bytewise, nullable=False),
        sa.Column("household", Bytewise, nullable=True),
        sa.Column("team", Bytewise, nullable=True),
        sa.Column("building", Bytewise, nullable=True),
        sa.Column("grid", Bytewise, nullable=True),
        sa.Column("rule", Bytewise, nullable=True),
        sa.Column("rule_version", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("hold", BigId, nullable=True),
        sa.Column("reverses", BigId, nullable=True),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses IS NOT NULL)",
            name=op.f("ck_transfer_reversal_names_its_transfer"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_transfer_amount_positive")),
        sa.CheckConstraint("debit <> credit", name=op.f("ck_transfer_two_accounts")),
        sa.ForeignKeyConstraint(["credit"], ["account.id"], name=op.f("fk_transfer_credit_account")),
        sa.ForeignKeyConstraint(["debit"], ["account.id"], name=op.f("fk_transfer_debit_account")),
        sa.ForeignKeyConstraint(["hold"], ["hold.id"], name=op.f("fk_transfer_hold_hold")),
        sa.ForeignKeyConstraint(["reverses"], ["transfer.id"], name=op.f("fk_transfer_reverses_transfer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("hold", name=op.f("uq_transfer_hold")),
        sa.UniqueConstraint("key", name=op.f("uq_transfer_key")),
        sa.UniqueConstraint("reverses", name=op.f("uq_transfer_reverses")),
    )
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.create_index("ix_transfer_credit_id", ["credit", "id"], unique=False)
        batch_op.create_index("ix_transfer_debit_id", ["debit", "id"], unique=False)


def create_redemption() -> None:
    op.create_table(
        "redemption",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", Bytewise, nullable=False),
        sa.Column("account", BigId, nullable=False),
        sa.Column("household", Bytewise, nullable=True),
        sa.Column("reward", BigId, nullable=False),
        sa.Column("merchant", Bytewise, nullable=False),
        sa.Column("price", BigId, nullable=False),
        sa.Column("hold", BigId, nullable=True),
        sa.Column(
            "state", words("redemptionstate", "waiting", "handed_over", "lapsed", "cancelled"), nullable=False
        ),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("lapses_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("transfer", BigId, nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_redemption_account_account")),
        sa.ForeignKeyConstraint(["hold"], ["hold.id"], name=op.f("fk_redemption_hold_hold")),
        sa.ForeignKeyConstraint(["reward"], ["reward.id"], name=op.f("fk_redemption_reward_reward")),
        sa.ForeignKeyConstraint(["transfer"], ["transfer.id"], name=op.f("fk_redemption_transfer_transfer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
        sa.UniqueConstraint("code", name=op.f("uq_redemption_code")),
    )
    with op.batch_alter_table("redemption", schema=None) as batch_op:
        batch_op.create_index("ix_redemption_account_id", ["account", "id"], unique=False)
        batch_op.create_index("ix_redemption_reward_household", ["reward", "household"], unique=False)
        batch_op.create_index("ix_redemption_state_lapses_at", ["state", "lapses_at"], unique=False)


def create_callout() -> None:
    op.create_table(
        "callout",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("plan_code", sa.String(), nullable=True),
        sa.Column("plan_version", sa.Integer(), nullable=True),
        sa.Column("level", words("level", "blue", "yellow", "orange", "red"), nullable=False),
        sa.Column("exercise", sa.Boolean(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("team_codes", sa.JSON(), nullable=False),
        sa.Column("area_id", BigId, nullable=False),
        sa.Column("area_path", Bytewise, nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            words("calloutstate", "awaiting-approval", "open", "stood-down", "refused", "lapsed"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", BigId, nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("approval_until", Moment(), nullable=True),
        sa.Column("decided_by", BigId, nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("review_open", sa.Boolean(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=True),
        sa.Column("closed_by", BigId, nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callout")),
        sa.UniqueConstraint("key", name=op.f("uq_callout_key")),
    )
    with op.batch_alter_table("callout", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_callout_area_path"), ["area_path"], unique=False)
        batch_op.create_index(batch_op.f("ix_callout_state"), ["state"], unique=False)


def create_plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("level", words("level", "blue", "yellow", "orange", "red"), nullable=False),
        sa.Column("emoji", sa.String(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("teams", sa.JSON(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("wave_minutes", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("code", name=op.f("uq_plan_code")),
    )


def create_ask() -> None:
    op.create_table(
        "ask",
        sa.Column("id", BigId, nullable=False),
        sa.Column("callout_id", BigId, nullable=False),
        sa.Column("resident_id", BigId, nullable=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            words(
                "askstate",
                "chosen",
                "queued",
                "delivered",
                "unreachable",
                "coming",
                "later",
                "cannot",
                "arrived",
                "done",
                "released",
            ),
            nullable=False,
        ),
        sa.Column("answer", words("answer", "coming", "later", "cannot"), nullable=True),
        sa.Column("eta_at", Moment(), nullable=True),
        sa.Column("delivered_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("arrived_at", Moment(), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["callout_id"], ["callout.id"], name=op.f("fk_ask_callout_id_callout")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
        sa.UniqueConstraint("callout_id", "resident_id", name=op.f("uq_ask_callout_id_resident_id")),
    )
    with op.batch_alter_table("ask", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ask_resident_id"), ["resident_id"], unique=False)


def create_board() -> None:
    op.create_table(
        "board",
        sa.Column("id", BigId, nullable=False),
        sa.Column("callout_id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("message_id", BigId, nullable=False),
        sa.Column("shown_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["callout_id"], ["callout.id"], name=op.f("fk_board_callout_id_callout")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board")),
        sa.UniqueConstraint("callout_id", "chat_id", name=op.f("uq_board_callout_id_chat_id")),
    )


def create_ask_change() -> None:
    op.create_table(
        "ask_change",
        sa.Column("id", BigId, nullable=False),
        sa.Column("ask_id", BigId, nullable=False),
        sa.Column(
            "state",
            words(
                "askstate",
                "chosen",
                "queued",
                "delivered",
                "unreachable",
                "coming",
                "later",
                "cannot",
                "arrived",
                "done",
                "released",
            ),
            nullable=False,
        ),
        sa.Column("eta_at", Moment(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_ask_change_ask_id_ask")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask_change")),
    )
    with op.batch_alter_table("ask_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ask_change_ask_id"), ["ask_id"], unique=False)


def create_broadcast() -> None:
    op.create_table(
        "broadcast",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("loud", sa.Boolean(), nullable=False),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        sa.UniqueConstraint("key", name=op.f("uq_broadcast_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("broadcast", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcast_about"), ["about"], unique=False)


def create_senderlease() -> None:
    op.create_table(
        "senderlease",
        sa.Column("bot_id", BigId, nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("bot_id", name=op.f("pk_senderlease")),
    )


def create_delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", BigId, nullable=False),
        sa.Column("broadcast_id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("tag", BigId, nullable=True),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            words("state", "queued", "sending", "sent", "failed", "expired", "withdrawn", "unknown"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", Moment(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("message_id", BigId, nullable=True),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.CheckConstraint("lane between 1 and 7", name=op.f("ck_delivery_lane")),
        sa.ForeignKeyConstraint(
            ["broadcast_id"],
            ["broadcast.id"],
            name=op.f("fk_delivery_broadcast_id_broadcast"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("broadcast_id", "chat_id", name=op.f("uq_delivery_broadcast_id_chat_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_chat_id"), ["chat_id"], unique=False)
        batch_op.create_index(
            "ix_delivery_expiring",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )
        batch_op.create_index(
            "ix_delivery_underway",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'sending'"),
            postgresql_where=sa.text("state = 'sending'"),
        )
        batch_op.create_index(
            "ix_delivery_waiting",
            ["lane", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        )


def create_rendering() -> None:
    op.create_table(
        "rendering",
        sa.Column("id", BigId, nullable=False),
        sa.Column("broadcast_id", BigId, nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("method", words("method", "text", "photo", "document"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("buttons", sa.String(), nullable=False),
        sa.Column("attachment", sa.LargeBinary(), nullable=True),
        sa.Column("attachment_name", sa.String(), nullable=True),
        sa.Column("file_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["broadcast_id"],
            ["broadcast.id"],
            name=op.f("fk_rendering_broadcast_id_broadcast"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rendering")),
        sa.UniqueConstraint("broadcast_id", "language", name=op.f("uq_rendering_broadcast_id_language")),
        sqlite_autoincrement=True,
    )


def create_conversation() -> None:
    op.create_table(
        "conversation",
        sa.Column("bot_id", BigId, autoincrement=False, nullable=False),
        sa.Column("user_id", BigId, autoincrement=False, nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("bot_id", "user_id", name=op.f("pk_conversation")),
    )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversation_until"), ["until"], unique=False)


def create_due() -> None:
    op.create_table(
        "due",
        sa.Column("id", BigId, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due")),
        sa.UniqueConstraint("key", name=op.f("uq_due_key")),
    )
    with op.batch_alter_table("due", schema=None) as batch_op:
        batch_op.create_index("ix_due_done_at_at", ["done_at", "at"], unique=False)


def create_intake() -> None:
    op.create_table(
        "intake",
        sa.Column("id", BigId, nullable=False),
        sa.Column("bot_id", BigId, nullable=False),
        sa.Column("update_id", BigId, nullable=False),
        sa.Column("user_id", BigId, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("state", words("state", "waiting", "done"), nullable=False),
        sa.Column("taken_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("intake", schema=None) as batch_op:
        batch_op.create_index("ix_intake_state_id", ["state", "id"], unique=False)
        batch_op.create_index("ix_intake_taken_at", ["taken_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_intake_user_id"), ["user_id"], unique=False)
        batch_op.create_index("uq_intake_bot_id_update_id", ["bot_id", "update_id"], unique=True)


def create_remembered() -> None:
    op.create_table(
        "remembered",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_remembered")),
    )


def guard_transfers() -> None:
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back but the backup that was made before the upgrade."""
    raise NotImplementedError
