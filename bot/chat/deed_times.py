"""What becomes due about deeds: reminders, asking others, posting what nobody objected to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.chat.deed_rules import rules_of
from bot.chat.house import House
from bot.deeds import pass_up, post_listed, remind, remind_last


def remind_about(session: Session, facts: Mapping[str, Any], now: datetime, _: House) -> object:
    """Remind who is to decide."""
    return remind(session, deed_id=int(facts["deed_id"]), at_stage=str(facts["stage"]), now=now)


def ask_others(session: Session, facts: Mapping[str, Any], now: datetime, _: House) -> object:
    """Ask the next who can decide."""
    return pass_up(
        session,
        deed_id=int(facts["deed_id"]),
        at_stage=str(facts["stage"]),
        now=now,
        again=bool(facts.get("mark")),
    )


def remind_the_last(session: Session, facts: Mapping[str, Any], now: datetime, _: House) -> object:
    """Remind the last who were asked once more."""
    return remind_last(
        session,
        deed_id=int(facts["deed_id"]),
        at_stage=str(facts["stage"]),
        times=int(facts["mark"]) + 1,
        now=now,
    )


def post_what_was_listed(session: Session, facts: Mapping[str, Any], now: datetime, house: House) -> object:
    """Pay a deed whose days on the list are over."""
    return post_listed(session, deed_id=int(facts["deed_id"]), rules=rules_of(house), now=now)
