"""What somebody hears when something fails that no rule foresaw: where it is the books, that it is these."""

import structlog
from sqlmodel import Session

from bot.chat.turn import Turn
from points.misfits import UNREADABLE, misfits

log = structlog.get_logger(__name__)


async def apology(turn: Turn, error: Exception) -> str:
    """Log what failed and give the sentence for it; rows that nobody can read are named, by number."""
    rows = await turn.look(_unreadable) if isinstance(error, UNREADABLE) else ()
    if not rows:
        log.exception("chat.failed")
        return turn.t("oops.unexpected")
    log.error("books.unreadable", rows=rows)
    facts = turn.house.neighbourhood.community
    return turn.t("oops.unreadable", operator=turn.t.name(facts.operators), phone=facts.phone)


def _unreadable(session: Session) -> tuple[str, ...]:
    return tuple(misfits(session))
