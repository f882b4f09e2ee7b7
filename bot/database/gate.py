"""A gate that many pass side by side, until somebody has to pass it alone."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Lets units run together; who asks to be alone goes next, and nobody enters before they have left."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._alone = False
        self._asking = 0

    @contextmanager
    def together(self) -> Iterator[None]:
        """Pass beside others; wait while somebody is alone or asks to be."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone and not self._asking)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Pass when everybody has left, ahead of who comes later."""
        with self._changed:
            self._asking += 1
            self._changed.wait_for(lambda: not self._alone and not self._inside)
            self._asking -= 1
            self._alone = True
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()
