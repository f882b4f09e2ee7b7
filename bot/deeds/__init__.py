"""Good deeds between people: who claims, who verifies, who may object, and who hears of it."""

from bot.deeds.claiming import answer_verifier, award_deed, check_award, claim_deed, worth_to
from bot.deeds.errors import AskedBefore, DecidedBefore, NobodyCalled, OwnAward
from bot.deeds.events import (
    DeedAnswered,
    DeedAskedBack,
    DeedClaimed,
    DeedHalfAgreed,
    DeedListed,
    DeedObjected,
    DeedPaid,
    DeedPassedOn,
    DeedRejected,
    DeedReminded,
    DeedReopened,
    DeedUnheard,
    DeedUnheardOf,
    DeedUnpaid,
)
from bot.deeds.listing import listed, post_listed, raise_objection, settle
from bot.deeds.people import DeedCard, DeedRules, deed_card
from bot.deeds.verifying import Outcome, ask_anew, ask_claimant, say_no, say_yes, still_open
from bot.deeds.waiting import PASS_ON_AFTER, REMIND_AFTER, pass_up, remind, remind_last, stage

__all__ = [
    "PASS_ON_AFTER",
    "REMIND_AFTER",
    "AskedBefore",
    "DecidedBefore",
    "DeedAnswered",
    "DeedAskedBack",
    "DeedCard",
    "DeedClaimed",
    "DeedHalfAgreed",
    "DeedListed",
    "DeedObjected",
    "DeedPaid",
    "DeedPassedOn",
    "DeedRejected",
    "DeedReminded",
    "DeedReopened",
    "DeedRules",
    "DeedUnheard",
    "DeedUnheardOf",
    "DeedUnpaid",
    "NobodyCalled",
    "Outcome",
    "OwnAward",
    "answer_verifier",
    "ask_anew",
    "ask_claimant",
    "award_deed",
    "check_award",
    "claim_deed",
    "deed_card",
    "listed",
    "pass_up",
    "post_listed",
    "raise_objection",
    "remind",
    "remind_last",
    "say_no",
    "say_yes",
    "settle",
    "stage",
    "still_open",
    "worth_to",
]
