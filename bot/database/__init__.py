"""Units of work in database threads: one writer with group commits on SQLite, a small pool on PostgreSQL."""

from bot.database.engines import DatabaseBusy, UnknownDatabase, address, reading_engine, writing_engine
from bot.database.opened import Database, DatabaseClosed

__all__ = [
    "Database",
    "DatabaseBusy",
    "DatabaseClosed",
    "UnknownDatabase",
    "address",
    "reading_engine",
    "writing_engine",
]
