"""Whether all is well: /healthz for who restarts a process, /readyz for who sends it work."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from bot.web.site import Answer, Request, as_json

Check = Callable[[], bool]


class Health:
    """Knows each part that must be well, by name; `database` is asked each time, as only it can tell.

    `has_failed` says that nothing but a new start will help.
    """

    def __init__(
        self, parts: Mapping[str, Check], *, database: Callable[[], Awaitable[bool]], has_failed: Check
    ) -> None:
        self.parts = dict(parts)
        self._database = database
        self._has_failed = has_failed

    def is_well(self) -> bool:
        """Tell whether intake, sender and schedule all are."""
        return not self._has_failed() and all(check() for check in self.parts.values())

    async def alive(self, _: Request) -> Answer:
        """Answer /healthz: this process works, whatever the world around it does."""
        ended = self._has_failed()
        return as_json(
            HTTPStatus.SERVICE_UNAVAILABLE if ended else HTTPStatus.OK,
            {"status": "failed" if ended else "ok"},
        )

    async def ready(self, _: Request) -> Answer:
        """Answer /readyz: every part, and whether all of them are well."""
        parts = {name: check() for name, check in self.parts.items()}
        parts["database"] = await self._database()
        well = all(parts.values()) and not self._has_failed()
        status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
        return as_json(status, {"status": "ok" if well else "not ready", **parts})
