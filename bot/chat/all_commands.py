"""Every command: its words, who sees it in the menu, and where it leads."""

from bot.chat import (
    availability,
    awarding,
    binding,
    calling_out,
    claiming_deeds,
    deciding,
    handing_over,
    household,
    leaderboards,
    privacy,
    profile,
    shop,
    shopping,
    starting,
    statement,
    teaming,
    wallet,
)
from bot.chat.commands import Command, allowed, volunteers
from bot.chat.conversation import RESTING
from bot.chat.helping import Helper
from bot.chat.turn import Turn
from bot.community import Act


async def _help(turn: Turn) -> None:
    await HELPER.help(turn)


async def _cancel(turn: Turn) -> None:
    await HELPER.cancel(turn)


COMMANDS: tuple[Command, ...] = (
    Command("start", "command.start", starting.start, for_strangers=True),
    Command("help", "command.help", _help, words=("帮助",), for_strangers=True),
    Command("me", "command.me", profile.show_card, words=("我的", "me")),
    Command("household", "command.household", household.show, words=("我家", "household")),
    Command("teams", "command.teams", teaming.show_teams),
    Command("available", "command.available", availability.show, volunteers),
    Command("points", "command.points", wallet.show_points, words=("积分", "points")),
    Command("statement", "command.statement", statement.show_statement),
    Command("deed", "command.deed", claiming_deeds.begin),
    Command("rewards", "command.rewards", shopping.show_rewards, words=("兑换", "redeem", "rewards")),
    Command("leaderboard", "command.leaderboard", leaderboards.leaderboard, words=("排行榜", "leaderboard")),
    Command("handover", "command.handover", handing_over.handover, allowed(Act.HAND_OVER)),
    Command("shop", "command.shop", shop.show_shop, allowed(Act.HAND_OVER)),
    Command("callout", "command.callout", calling_out.begin, allowed(Act.CALL_OUT)),
    Command("award", "command.award", awarding.begin, allowed(Act.AWARD)),
    Command("board", "command.board", deciding.show_open, deciding.watches_boards),
    Command("bind", "command.bind", binding.bind, allowed(Act.BIND_GROUP), in_groups=True),
    Command("unbind", "command.unbind", binding.unbind, allowed(Act.BIND_GROUP), in_groups=True),
    Command("language", "command.language", profile.ask_language, for_strangers=True),
    Command("privacy", "command.privacy", privacy.show, for_strangers=True),
    Command("cancel", "command.cancel", _cancel, words=("取消", "cancel"), for_strangers=True),
)

HELPER = Helper(COMMANDS, RESTING)
