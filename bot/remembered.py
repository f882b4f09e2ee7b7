"""A few facts that outlast a process: the bot's own number and name, its webhook, when it was last alive."""

from sqlmodel import Field, Session, SQLModel

import points.columns  # noqa: F401 - settles how constraints are named, before a table is made

BOT_ID = "bot_id"
BOT_USERNAME = "bot_username"
WEBHOOK_SECRET = "webhook_secret"  # noqa: S105 - the name of the fact
WEBHOOK_URL = "webhook_url"
ALIVE_AT = "alive_at"
MONTHLY_BUDGET = "monthly_budget"  # of the neighbourhood's file at the last start


class Remembered(SQLModel, table=True):
    name: str = Field(primary_key=True)
    value: str


def keep(session: Session, name: str, value: str) -> None:
    """Remember a fact in the place of what was known before."""
    session.merge(Remembered(name=name, value=value))


def recall(session: Session, name: str) -> str | None:
    """Give a remembered fact, or nothing before the first start."""
    row = session.get(Remembered, name)
    return row.value if row else None
