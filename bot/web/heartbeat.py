"""The heartbeat: an address of somebody else's watch that is fetched while all is well."""

import structlog

PATIENCE = 10.0

log = structlog.get_logger(__name__)


class Heartbeat:
    """Fetches the address; the address itself is nobody's business and shows in no log."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __call__(self) -> None:
        """Fetch it once; what goes wrong there concerns nobody here."""
        import httpx  # noqa: PLC0415 - only where there is such an address

        try:
            async with httpx.AsyncClient(timeout=PATIENCE, follow_redirects=True) as client:
                answer = await client.get(self._url)
            if not answer.is_success:
                log.warning("heartbeat.refused", status=answer.status_code)
        except (httpx.HTTPError, OSError) as trouble:
            log.warning("heartbeat.not_fetched", why=type(trouble).__name__)
