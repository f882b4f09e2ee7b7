"""python-telegram-bot alone, as its documentation shows it: what ours is held against."""

import argparse
import asyncio
import json
import logging
import os
import time

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, ApplicationBuilder, CallbackQueryHandler, ContextTypes, ExtBot

from tests.benchmarks.room import FIRST_PERSON, TOKEN

os.environ.setdefault("PTB_TIMEDELTA", "true")
TEXT = "⚠️ Gas leak: smell of gas at Building 1. Can you come?"
BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("✅ Coming", callback_data="ca:1:y")]])


async def limiter(address: str, *, count: int, retries: int) -> None:
    """Send to everybody at once and let the library's limiter hold them back."""
    bot: ExtBot[None] = ExtBot(
        TOKEN, base_url=f"{address}/bot", rate_limiter=AIORateLimiter(max_retries=retries)
    )
    async with bot:
        began, cpu = time.monotonic(), time.process_time()
        sent = await asyncio.gather(*(_send(bot, FIRST_PERSON + number) for number in range(count)))
        figures = {"seconds": time.monotonic() - began, "cpu_seconds": time.process_time() - cpu}
    print(json.dumps({**figures, "lost": count - sum(sent)}))  # noqa: T201 - what the parent reads


async def _send(bot: ExtBot[None], chat_id: int) -> bool:
    try:
        await bot.send_message(chat_id, TEXT, reply_markup=BUTTONS, pool_timeout=120)
    except (RetryAfter, TelegramError):
        return False
    return True


async def answering(address: str, *, count: int) -> None:
    """Send a button to everybody, then answer each tap and do nothing else."""
    application = ApplicationBuilder().token(TOKEN).base_url(f"{address}/bot").job_queue(None).build()
    application.add_handler(CallbackQueryHandler(_answer))
    async with application:
        for number in range(count):
            await application.bot.send_message(FIRST_PERSON + number, TEXT, reply_markup=BUTTONS)
        await application.start()
        if application.updater is not None:
            await application.updater.start_polling(allowed_updates=["callback_query"])
        print("listening", flush=True)  # noqa: T201 - what the parent waits for
        await asyncio.Event().wait()


async def _answer(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    if update.callback_query is not None:
        await update.callback_query.answer("Noted")


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("peer", choices=["limiter", "answering"])
    reader.add_argument("address")
    reader.add_argument("--count", type=int, required=True)
    reader.add_argument("--retries", type=int, default=0)
    wanted = reader.parse_args()
    logging.disable(logging.CRITICAL)
    if wanted.peer == "limiter":
        asyncio.run(limiter(wanted.address, count=wanted.count, retries=wanted.retries))
    else:
        asyncio.run(answering(wanted.address, count=wanted.count))


if __name__ == "__main__":
    main()
