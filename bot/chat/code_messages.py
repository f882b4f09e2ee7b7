"""The messages in which a code was shown to its owner: kept right after what became of the code."""

from datetime import datetime

from sqlmodel import Session

from bot.chat.house import House
from bot.chat.reward_words import code_words
from bot.chat.telling import Words, tell
from bot.chat.texts import texts
from bot.community import PersonAddress, addresses
from bot.delivery import Recipient, rewrite, withdraw
from points import RedemptionView, redemption, standing


def about_code(redemption_id: int) -> str:
    """Name what is said about a code."""
    return f"redemption:{redemption_id}"


def owner_of(session: Session, resident_id: int | None) -> tuple[PersonAddress, ...]:
    """Give where the owner is reached; whoever was forgotten is nowhere."""
    return () if resident_id is None else tuple(addresses(session, [resident_id]).values())


def becomes(
    session: Session, redemption_id: int, resident_id: int | None, *, words: Words, key: str, now: datetime
) -> None:
    """Make the code's messages read like this; where none is there to be edited, send a new one."""
    withdraw(session, about_code(redemption_id), now)
    for owner in owner_of(session, resident_id):
        if not _rewritten(session, redemption_id, owner, words, now, instead=words):
            tell(session, [owner], key=key, words=words, now=now)


def ends(
    session: Session, redemption_id: int, resident_id: int | None, *, words: Words, now: datetime
) -> None:
    """Take a code that ended out of its messages; that it did is told elsewhere."""
    withdraw(session, about_code(redemption_id), now)
    for owner in owner_of(session, resident_id):
        _rewritten(session, redemption_id, owner, words, now, instead=None)


def shows_again(
    session: Session, redemption_id: int, resident_id: int | None, *, house: House, now: datetime
) -> None:
    """Put a code that is good again back into its messages."""
    view = redemption(session, redemption_id)
    for owner in owner_of(session, resident_id):
        balance = standing(session, owner.resident_id, now, house.zone).available
        words = _code(house, view, balance)
        _rewritten(session, redemption_id, owner, words, now, instead=None)


def _code(house: House, view: RedemptionView, balance: int) -> Words:
    return lambda t: code_words(t, house, view, balance=balance)


def _rewritten(
    session: Session,
    redemption_id: int,
    owner: PersonAddress,
    words: Words,
    now: datetime,
    *,
    instead: Words | None,
) -> bool:
    if owner.chat_id is None:
        return False
    t = texts(owner.language)
    return bool(
        rewrite(
            session,
            about=about_code(redemption_id),
            to=Recipient(owner.chat_id, owner.language, owner.resident_id),
            message=words(t),
            now=now,
            caption=True,
            otherwise=instead(t) if instead else None,
        )
    )
