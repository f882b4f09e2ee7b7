"""Making room for what is restored: whether somebody lives in a database, and taking its tables down."""

from sqlalchemy import Connection, inspect, text

# Everything else is made from the neighbourhood's file, or begins with somebody in one of these.
_LIVED_IN = ("resident", "transfer")


def is_lived_in(connection: Connection) -> bool:
    """Tell whether a database holds more than a first start puts there."""
    return any(
        connection.execute(text(f"SELECT 1 FROM {table} LIMIT 1")).first() is not None  # noqa: S608
        for table in _LIVED_IN
        if inspect(connection).has_table(table)
    )


def lock_everything(connection: Connection) -> None:
    """Keep everybody else out until the end; on SQLite the transaction does so already."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(f'"{one}"' for one in sorted(inspect(connection).get_table_names()))
        connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))


def drop_everything(connection: Connection) -> None:
    """Take down every table with its guards, and on PostgreSQL the functions these call."""
    ordered = [name for name, _ in inspect(connection).get_sorted_table_and_fkc_names() if name]
    postgres = connection.dialect.name == "postgresql"
    for name in reversed(ordered):
        connection.execute(text(f'DROP TABLE "{name}"{" CASCADE" if postgres else ""}'))
    if postgres:
        guards = text(
            "SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace"
            " AND prorettype = 'trigger'::regtype"
        )
        for name in connection.execute(guards).scalars().all():
            connection.execute(text(f'DROP FUNCTION "{name}"()'))
