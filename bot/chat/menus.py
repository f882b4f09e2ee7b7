"""The menu of commands that Telegram shows: for strangers, and for each resident what they may do."""

from collections.abc import Sequence

from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

from bot.chat.commands import Command, visible
from bot.chat.texts import LANGUAGES, texts
from bot.community import Person


async def show_menu(bot: Bot, commands: tuple[Command, ...]) -> None:
    """Set what the menu shows to who has not joined, by the language of their phone."""
    for language in LANGUAGES:
        await bot.set_my_commands(_lines(visible(commands, None), language), language_code=language)
    await bot.set_my_commands(_lines(visible(commands, None), "en"))


async def show_own_menu(bot: Bot, commands: tuple[Command, ...], chat_id: int, person: Person | None) -> None:
    """Set one person's menu to what that person may do, in the language they chose."""
    scope = BotCommandScopeChat(chat_id)
    try:
        if person is None:
            await bot.delete_my_commands(scope=scope)
        else:
            await bot.set_my_commands(_lines(visible(commands, person), person.language), scope=scope)
    except TelegramError:
        # A menu is a convenience: whoever blocked the bot sees none, and every command works when typed.
        return


def _lines(commands: Sequence[Command], language: str) -> list[BotCommand]:
    t = texts(language)
    return [BotCommand(command.name, t(command.about)) for command in commands]
