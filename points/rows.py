"""The rows that the fixed statements of the posting path take and give, on either database."""

from typing import Any

from points.postings import GROUPS, OWN

# The columns of a transfer in the order the statements write them; its number is the database's.
TRANSFER = ("key", "request_hash", "at", "month", *GROUPS, *OWN, "debt")
AT, MONTH = TRANSFER.index("at"), TRANSFER.index("month")

LineRow = tuple[Any, ...]
AccountRow = tuple[int, str, int | None, int | None]  # number, kind; what is available and owed, with a floor
KnownRow = tuple[str, int, bytes]  # key, number, fingerprint
Move = tuple[int, int, int, int]  # account; what to add to posted, held and owed
ShareRow = tuple[str, str, str, int, Any]  # month, kind of group, its key; what it earned, and when
