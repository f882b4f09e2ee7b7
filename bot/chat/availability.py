"""/available: may I be asked now, not at all, or again after I am back."""

import re
from datetime import date, time, timedelta

from bot.chat.cards import availability_words
from bot.chat.house import House
from bot.chat.keyboards import two_a_row
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import AwayInThePast, card, end_of_day, set_away, set_quiet_hours, set_willing
from bot.delivery import Button, Message

LONGEST_ABSENCE = timedelta(days=400)
_DATE = re.compile(r"(?:(\d{4})\D)?(\d{1,2})\D(\d{1,2})\D?$")
_HOURS = re.compile(r"(\d{1,2})(?:[:：](\d{2}))?\s*[-–~至到]\s*(\d{1,2})(?:[:：](\d{2}))?$")


class UnreadableDateError(Exception):
    """What was typed names no day that is still to come."""


class UnreadableHoursError(Exception):
    """What was typed names no two times of the day."""


async def show(turn: Turn) -> None:
    """Show whether the speaker may be asked, and the ways to change it."""
    mine = await turn.look(card, turn.me)
    set_hours = mine.availability
    quiet = (
        turn.t("available.quiet_between", start=_clock(set_hours.quiet_from), end=_clock(set_hours.quiet_to))
        if set_hours.quiet_from is not None
        else turn.t("available.quiet_none")
    )
    key = "available.heading" if turn.person.volunteer else "available.heading_no_team"
    text = turn.t.rich(key, availability=availability_words(turn.t, mine, turn.house, turn.now), quiet=quiet)
    buttons = two_a_row(
        Button(turn.t("available.button_on"), "vy"),
        Button(turn.t("available.button_off"), "vn"),
        Button(turn.t("available.button_tomorrow"), "vd:1"),
        Button(turn.t("available.button_week"), "vd:7"),
        Button(turn.t("available.button_date"), "va"),
        Button(turn.t("available.button_quiet"), "vq"),
    )
    await turn.ask(Message(text, buttons), "available")


async def turn_on(turn: Turn) -> None:
    """Be asked from now on."""
    await turn.act(set_willing, resident_id=turn.me, willing=True)
    await show(turn)


async def turn_off(turn: Turn) -> None:
    """Not be asked until turned on again."""
    await turn.act(set_willing, resident_id=turn.me, willing=False)
    await show(turn)


async def away_for_days(turn: Turn) -> None:
    """Be away for so many days, the last one included."""
    days = min(turn.said.number(0), LONGEST_ABSENCE.days)
    await _away_until(turn, turn.house.local(turn.now).date() + timedelta(days=days))


async def ask_date(turn: Turn) -> None:
    """Ask for the last day of an absence."""
    question = turn.t.rich("available.ask_date", example=turn.house.day(turn.now + timedelta(days=10)))
    await turn.ask(Message(question, _ways(turn)), "available.date")


async def take_date(turn: Turn) -> None:
    """Be away until the day that was typed, that day included."""
    await _away_until(turn, _read_date(turn.said.text, turn.house.local(turn.now).date()))


async def ask_quiet(turn: Turn) -> None:
    """Ask between which hours only emergencies may ring."""
    await turn.ask(
        Message(turn.t.rich("available.ask_quiet"), _ways(turn, Button(turn.t("available.no_quiet"), "v0"))),
        "available.quiet",
    )


async def take_quiet(turn: Turn) -> None:
    """Keep the quiet hours that were typed."""
    start, end = _read_hours(turn.said.text)
    await turn.act(set_quiet_hours, resident_id=turn.me, start=start, end=end)
    await show(turn)


async def no_quiet(turn: Turn) -> None:
    """Lift the quiet hours."""
    await turn.act(set_quiet_hours, resident_id=turn.me, start=None, end=None)
    await show(turn)


async def _away_until(turn: Turn, day: date) -> None:
    until = end_of_day(day, turn.house.zone)
    if until - turn.now > LONGEST_ABSENCE:
        raise UnreadableDateError
    await turn.act(set_away, resident_id=turn.me, until=until, now=turn.now)
    await show(turn)


def _read_date(typed: str, today: date) -> date:
    found = _DATE.search(typed.strip())
    if found is None:
        raise UnreadableDateError
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        read = date(year or today.year, month, day)
        return read if year or read >= today else date(today.year + 1, month, day)
    except ValueError:
        raise UnreadableDateError from None


def _read_hours(typed: str) -> tuple[time, time]:
    found = _HOURS.match(typed.strip())
    if found is None:
        raise UnreadableHoursError
    first, first_minute, last, last_minute = (int(part or 0) for part in found.groups())
    try:
        return time(first % 24, first_minute), time(last % 24, last_minute)
    except ValueError:
        raise UnreadableHoursError from None


def _clock(at: time | None) -> str:
    return at.strftime("%H:%M") if at else ""


def _ways(turn: Turn, *more: Button) -> tuple[tuple[Button, ...], ...]:
    return tuple((button,) for button in (*more, Button(turn.t("button.cancel"), "x")))


@refuses(UnreadableDateError)
def _bad_date(_: UnreadableDateError, t: Texts, __: House) -> str:
    return t("available.bad_date")


@refuses(UnreadableHoursError)
def _bad_hours(_: UnreadableHoursError, t: Texts, __: House) -> str:
    return t("available.bad_hours")


@refuses(AwayInThePast)
def _past(_: AwayInThePast, t: Texts, __: House) -> str:
    return t("available.bad_date")
