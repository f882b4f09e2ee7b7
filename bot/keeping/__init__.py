"""Keeping what a neighbourhood has: one archive that knows no database, and the way back from it."""

from bot.keeping.archive import (
    ArchiveRefused,
    BrokenArchive,
    Manifest,
    NewerArchive,
    NotAnArchive,
    TableKept,
)
from bot.keeping.loading import NotEmpty, Replaced, restore
from bot.keeping.saving import Saved, kept_tables, rows_of, save

__all__ = [
    "ArchiveRefused",
    "BrokenArchive",
    "Manifest",
    "NewerArchive",
    "NotAnArchive",
    "NotEmpty",
    "Replaced",
    "Saved",
    "TableKept",
    "kept_tables",
    "restore",
    "rows_of",
    "save",
]
