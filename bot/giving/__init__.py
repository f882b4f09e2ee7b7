"""Giving points away: gifts between neighbours, the funds of areas, and who agrees to what these pay."""

from bot.giving.deciders import public_card
from bot.giving.errors import (
    FundNotYours,
    GiftToVerifier,
    NeighbourGone,
    NobodyFound,
    NobodyToAgree,
    OnlyYourself,
    SpendingOver,
)
from bot.giving.events import (
    GiftGiven,
    SpendingAgreed,
    SpendingCard,
    SpendingDone,
    SpendingLapsed,
    SpendingProposed,
    SpendingRefused,
    SpendingWithdrawn,
)
from bot.giving.funds import FundLine, FundPage, fund_page, funds_for
from bot.giving.gifts import check_receiver, give_fund, give_neighbour, own_area
from bot.giving.neighbours import Neighbour, neighbours_called
from bot.giving.spending import (
    agree_spending,
    check_proposer,
    lapse_spending,
    propose_spending,
    refuse_spending,
    withdraw_spending,
    withdrawn_with,
)

__all__ = [
    "FundLine",
    "FundNotYours",
    "FundPage",
    "GiftGiven",
    "GiftToVerifier",
    "Neighbour",
    "NeighbourGone",
    "NobodyFound",
    "NobodyToAgree",
    "OnlyYourself",
    "SpendingAgreed",
    "SpendingCard",
    "SpendingDone",
    "SpendingLapsed",
    "SpendingOver",
    "SpendingProposed",
    "SpendingRefused",
    "SpendingWithdrawn",
    "agree_spending",
    "check_proposer",
    "check_receiver",
    "fund_page",
    "funds_for",
    "give_fund",
    "give_neighbour",
    "lapse_spending",
    "neighbours_called",
    "own_area",
    "propose_spending",
    "public_card",
    "refuse_spending",
    "withdraw_spending",
    "withdrawn_with",
]
