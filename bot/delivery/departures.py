"""Who has a turn and waits to be marked as being sent: after a crash only what was marked is in doubt."""

import asyncio

from bot.delivery.claims import Claim

Permit = asyncio.Future[float | None]
Asking = tuple[tuple[Claim, Permit], ...]


class Departures:
    """Those who ask to depart, in the order they asked."""

    def __init__(self) -> None:
        self._asking: list[tuple[Claim, Permit]] = []

    def __bool__(self) -> bool:
        """Tell whether somebody asks."""
        self._asking = [(claim, permit) for claim, permit in self._asking if not permit.done()]
        return bool(self._asking)

    def ask(self, claim: Claim) -> Permit:
        """Give what tells by when it must have departed, or that it may not."""
        permit: Permit = asyncio.get_running_loop().create_future()
        self._asking.append((claim, permit))
        return permit

    def next(self, most: int) -> Asking:
        """Take the first few who still ask."""
        if most <= 0 or not self:
            return ()
        taken, self._asking = self._asking[:most], self._asking[most:]
        return tuple(taken)

    def put_back(self, taken: Asking) -> None:
        """Let those ask again whose marking came to no known end."""
        self._asking[:0] = taken
