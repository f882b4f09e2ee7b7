"""Column types that every table shares: ids, moments, codes, and the names constraints get."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# Telegram's ids need 64 bits; SQLite numbers rows by itself only when the type reads INTEGER.
BigId = BigInteger().with_variant(Integer(), "sqlite")

NUMBERS = range(-(2**63), 2**63)  # what fits in such a column; nothing is there under any other number

# Paths and codes are compared byte by byte, so that "everyone below" is one index range on PostgreSQL too.
Bytewise = String().with_variant(String(collation="C"), "postgresql")


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, stored with its zone where the database has one, and always read back aware.

    Raises:
        ValueError: on writing a moment without a zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse moments that do not say their zone, and turn the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say again that the stored moment is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[StrEnum]) -> Enum:
    """Give the column type for an enumeration: its values as text, guarded by a CHECK."""
    return Enum(
        kind,
        values_callable=_values,
        native_enum=False,
        create_constraint=True,
        length=24,
        name=kind.__name__.lower(),
    )


def _values(kind: Any) -> list[str]:
    return [member.value for member in kind]
