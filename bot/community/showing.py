"""How boards show residents, by which name, and who wants the boards of each month."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlmodel import Session, col

from bot.community.errors import NameTaken
from bot.community.models import Resident, ShownIn
from bot.community.names import Place, checked_line, name_key, shown_name
from bot.community.residents import active


def set_shown(session: Session, *, resident_id: int, shown_in: ShownIn) -> None:
    """Choose how boards show this person, by their own name again."""
    row = active(session, resident_id)
    row.shown_in, row.pseudonym = shown_in, None
    session.flush()


def set_pseudonym(session: Session, *, resident_id: int, name: str) -> str:
    """Let boards show another name than one's own everywhere, and give it as stored.

    Raises:
        BadName: it cannot be a name.
        NameTaken: somebody else is called that, or shown so.
    """
    row = active(session, resident_id)
    pseudonym = checked_line(name)
    if _is_taken(session, resident_id, name_key(pseudonym)):
        raise NameTaken
    row.shown_in, row.pseudonym = ShownIn.NAME, pseudonym
    session.flush()
    return pseudonym


def _is_taken(session: Session, resident_id: int, key: str) -> bool:
    others = col(Resident.id) != resident_id
    if session.execute(select(exists().where(others, col(Resident.name_key) == key))).scalar_one():
        return True
    shown = select(col(Resident.pseudonym)).where(others, col(Resident.pseudonym).is_not(None))
    return key in {name_key(name or "") for name in session.execute(shown).scalars()}


def shown_names(session: Session, resident_ids: Iterable[int], place: Place) -> dict[int, str]:
    """Give the names a board may show there; whoever hides or was forgotten is missing."""
    shown_as = func.coalesce(col(Resident.pseudonym), col(Resident.name))
    statement = select(col(Resident.id), shown_as, col(Resident.shown_in)).where(
        col(Resident.id).in_(list(resident_ids)), col(Resident.name).is_not(None)
    )
    shown = {row[0]: shown_name(row[1], row[2], place) for row in session.execute(statement)}
    return {resident_id: name for resident_id, name in shown.items() if name is not None}


def names_known(session: Session, resident_id: int) -> tuple[str, ...]:
    """Give every name by which others may have read of a resident: their own, and a pseudonym."""
    row = active(session, resident_id)
    return tuple(name for name in (row.name, row.pseudonym) if name)


def set_board_news(session: Session, *, resident_id: int, off_at: datetime | None) -> None:
    """Want no boards of each month from a moment on; None: want them again."""
    active(session, resident_id).board_news_off_at = off_at
    session.flush()


def wants_board_news(session: Session, resident_id: int) -> bool:
    """Tell whether somebody gets the boards of each month."""
    return active(session, resident_id).board_news_off_at is None


def who_wants_board_news(session: Session, resident_ids: Iterable[int]) -> frozenset[int]:
    """Give those of these residents who get the boards of each month."""
    off = select(col(Resident.id)).where(col(Resident.board_news_off_at).is_not(None))
    return frozenset(resident_ids) - frozenset(session.execute(off).scalars())
