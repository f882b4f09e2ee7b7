"""What becomes due by itself: each kind with the rule that does it and what it announces."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.callouts import lapse_approval
from bot.chat import waiting_news
from bot.chat.announcing import announce
from bot.chat.approval_news import APPROVAL_DUE
from bot.chat.conversation import forget_stale
from bot.chat.deed_delays import STILL_DUE
from bot.chat.deed_news import OTHERS_DUE, POST_DUE, REMIND_DUE
from bot.chat.deed_times import ask_others, post_what_was_listed, remind_about, remind_the_last
from bot.chat.disputes import REMINDER_DUE, remind
from bot.chat.expiring import DAYS_BEFORE, EXPIRY_DUE, plan_expiry, run_expiry, tell_expiring
from bot.chat.falling_back import FALLBACK_DUE, fall_back
from bot.chat.giving_news import LAPSE_DUE as FUND_LAPSE_DUE
from bot.chat.giving_news import lapse as lapse_proposal
from bot.chat.house import House
from bot.chat.month_news import LEADERBOARD_DUE, announce_month, draw_month, plan_first
from bot.chat.points_news import LAPSE_DUE, lapse_code
from bot.chat.privacy import ERASING_DUE, erase_what_was_underway
from bot.chat.sealing import MONTH_SEAL_DUE, SEAL_DUE, plan_seals, seal_hour, seal_month
from bot.chat.settlement_news import (
    SETTLEMENT_DUE,
    SHEETS_DUE,
    draw_sheets,
    plan_settlement,
    send_sheets,
    settle_month,
)
from bot.chat.waiting import MONTH_DUE, OFFER_DUE, begin_month, end_offer, plan_month
from bot.chat.waiting_news import WAITING_DUE
from bot.delivery import erase_said
from bot.intake import erase_old
from bot.schedule import Job, Preparation, forget_done, put
from points.shops import forget_wrong_codes

TIDYING_DUE = "tidying"
TIDYING_EVERY = timedelta(hours=1)
SAID_KEPT_FOR = timedelta(days=2)
WRONG_CODES_KEPT_FOR = timedelta(hours=1)
DONE_KEPT_FOR = timedelta(days=400)

Rule = Callable[[Session, Mapping[str, Any], datetime, House], object]
Ahead = Callable[[Session, Mapping[str, Any], datetime, House], Callable[[], Rule]]


def jobs(house: House) -> dict[str, Job]:
    """Give what is done for each kind of due thing, with what it announces in the same transaction."""
    return {kind: _job(rule, house) for kind, rule in RULES.items()}


def preparations(house: House) -> dict[str, Preparation]:
    """Give what is done beforehand, outside of any transaction, for the kinds that take long."""
    return {kind: _preparation(ahead, house) for kind, ahead in AHEAD.items()}


def plan_ahead(session: Session, house: House, now: datetime) -> None:
    """Note at a start what must be due, where it is not noted yet."""
    _plan_tidying(session, now)
    plan_first(session, house, now)
    plan_seals(session, house, now)
    plan_expiry(session, house, now)
    waiting_news.plan_first(session, house, now)
    plan_month(session, house, now)
    plan_settlement(session, house, now)


def _job(rule: Rule, house: House) -> Job:
    def do(session: Session, facts: Mapping[str, Any], now: datetime) -> None:
        announce(session, rule(session, facts, now, house), house, now)

    return do


def _preparation(ahead: Ahead, house: House) -> Preparation:
    def prepare(session: Session, facts: Mapping[str, Any], now: datetime) -> Callable[[], Job]:
        work = ahead(session, facts, now, house)
        return lambda: _job(work(), house)

    return prepare


def _lapse_approval(session: Session, facts: Mapping[str, Any], now: datetime, _: House) -> object:
    return lapse_approval(session, callout_id=int(facts["callout_id"]), now=now)


def _tidy(session: Session, _: Mapping[str, Any], now: datetime, __: House) -> object:
    """Erase what was kept only for a while: what was said and heard, conversations left open."""
    erase_old(session, now=now)
    forget_stale(session, now=now)
    erase_said(session, before=now - SAID_KEPT_FOR)
    forget_done(session, before=now - DONE_KEPT_FOR)
    forget_wrong_codes(session, before=now - WRONG_CODES_KEPT_FOR)
    _plan_tidying(session, now)
    return None


def _plan_tidying(session: Session, now: datetime) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0) + TIDYING_EVERY
    put(session, key=f"{TIDYING_DUE}:{hour.isoformat()}", kind=TIDYING_DUE, at=hour, facts={})


RULES: dict[str, Rule] = {
    APPROVAL_DUE: _lapse_approval,
    ERASING_DUE: erase_what_was_underway,
    EXPIRY_DUE: run_expiry,
    FALLBACK_DUE: fall_back,
    FUND_LAPSE_DUE: lapse_proposal,
    LAPSE_DUE: lapse_code,
    OTHERS_DUE: ask_others,
    POST_DUE: post_what_was_listed,
    REMIND_DUE: remind_about,
    LEADERBOARD_DUE: announce_month,
    MONTH_SEAL_DUE: seal_month,
    SEAL_DUE: seal_hour,
    MONTH_DUE: begin_month,
    OFFER_DUE: end_offer,
    REMINDER_DUE: remind,
    SETTLEMENT_DUE: settle_month,
    SHEETS_DUE: send_sheets,
    STILL_DUE: remind_the_last,
    TIDYING_DUE: _tidy,
    **dict.fromkeys(DAYS_BEFORE, tell_expiring),
    WAITING_DUE: waiting_news.pay,
}

AHEAD: dict[str, Ahead] = {LEADERBOARD_DUE: draw_month, SHEETS_DUE: draw_sheets}
