"""Column types as the steps write them; a step never imports a model, which may change after it."""

import sqlalchemy as sa

from points.columns import BigId, Bytewise, Moment

__all__ = ["BigId", "Bytewise", "Moment", "words"]


def words(name: str, *values: str) -> sa.Enum:
    """Give the type of an enumeration: text, guarded by a CHECK of that name."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)
