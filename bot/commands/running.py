"""`linli run`: what must be right before anything of the bot is loaded."""

import sys
from pathlib import Path

from bot.commands.failing import Failed, say
from bot.secrecy import log_to
from bot.settings import Settings, read_settings


def ready_to_run(env_file: Path | None) -> Settings:
    """Read the settings of a bot that is to run, and begin to log without secrets.

    Raises:
        WrongSettings: they cannot be read or used.
        Failed: there is no token.
    """
    configuration = read_settings(env_file)
    settings = configuration.settings
    log_to(sys.stderr, level=settings.log, secrets=settings.secrets)
    for remark in configuration.unknown:
        say(remark)
    if settings.bot_token is None:
        raise Failed("There is no token: set LINLI_BOT_TOKEN to the one that @BotFather gave you.")
    return settings
