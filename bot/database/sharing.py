"""Many units in one commit; where one spoils it they go again, at first with savepoints, then one by one."""

import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from bot.database.units import Finished, Outcome, Scope, Unit

CAREFUL = 1.0  # seconds that groups have savepoints after one had to go again for want of them


class SharedCommits(ABC):
    """Runs groups of units. Units may be run again, and are when others in their group or beside it fail."""

    _careful_until = 0.0

    def group(self, coming: Iterator[Unit]) -> Finished:
        """Give units one commit, as many as there come, of which there is one at least.

        Without savepoints at first, which cost as much as small units do: so one that fails spoils the group.
        """
        taken = [next(coming)]
        scope = Scope.SAVEPOINT if time.monotonic() < self._careful_until else Scope.TRANSACTION
        try:
            return self._together(chain(tuple(taken), coming), scope, taken)
        except BaseException as error:
            if self._is_final(error, taken):
                return _all_failed(taken, error)
        if scope is Scope.SAVEPOINT or len(taken) == 1:
            return self._each(taken)
        return self._carefully(chain(tuple(taken), coming), taken)

    def _carefully(self, coming: Iterable[Unit], taken: list[Unit]) -> Finished:
        """Run them again, and those that still come, so that one that fails takes back only its own."""
        self._careful_until = time.monotonic() + CAREFUL
        try:
            return self._together(coming, Scope.SAVEPOINT, taken)
        except BaseException as error:
            if self._is_final(error, taken):
                return _all_failed(taken, error)
        return self._each(taken)

    @abstractmethod
    def _together(self, coming: Iterable[Unit], scope: Scope, taken: list[Unit]) -> Finished:
        """Run units and commit, noting who was taken.

        Raises:
            BaseException: what somebody failed by who has no savepoint, or what spoilt the whole group;
                nothing is kept then.
        """

    @abstractmethod
    def _each(self, units: Sequence[Unit]) -> Finished:
        """Run units one by one, each in a transaction of its own."""

    @abstractmethod
    def _is_final(self, error: BaseException, taken: Sequence[Unit]) -> bool:
        """Say whether nobody may go again after an error, because that would not help or might do harm."""


def _all_failed(units: Sequence[Unit], error: BaseException) -> Finished:
    return Finished([Outcome(unit, error=error) for unit in units], wrote=False)
