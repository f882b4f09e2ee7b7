"""Addresses of other ways than chat, as apprise writes them: told apart here, and shown nowhere."""

import logging
from typing import Any

LOG = logging.getLogger("apprise")
MOST_WAYS = 5
LONGEST_WAY = 500


def way_of(address: str) -> Any | None:
    """Give apprise's way of calling an address, or nothing where it knows none."""
    from apprise import Apprise  # noqa: PLC0415 - it takes long to import, and most towns never need it

    return Apprise.instantiate(address, suppress_exceptions=True)


def understood(address: str) -> bool:
    """Tell whether apprise can call an address; what it would log, which is all of it, goes nowhere."""
    was, LOG.disabled = LOG.disabled, True
    try:
        return len(address) <= LONGEST_WAY and way_of(address) is not None
    finally:
        LOG.disabled = was
