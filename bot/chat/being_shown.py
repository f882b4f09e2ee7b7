"""How leaderboards show somebody, by which name, and whether they come each month: asked from /me."""

from bot.chat.cards import SHOWN_NAMES
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.profile import show_card
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Forged, Turn
from bot.community import NameTaken, ShownIn, set_board_news, set_pseudonym, set_shown, wants_board_news
from bot.delivery import Button, Message

OFF, ON = "0", "1"


async def ask_shown(turn: Turn) -> None:
    """Ask how leaderboards show the speaker, and offer to turn the monthly ones off or on."""
    buttons = [Button(turn.t(key), f"mw:{shown.value}") for shown, key in SHOWN_NAMES.items()]
    other = Button(turn.t("me.button_pseudonym"), "mp")
    wanted = await turn.look(wants_board_news, turn.me)
    ways = one_a_row(*buttons, other, _turn_off(turn.t) if wanted else _turn_on(turn.t), _cancel(turn))
    await turn.ask(Message(turn.t.rich("me.ask_shown"), ways), "me.shown")


async def take_shown(turn: Turn) -> None:
    """Take how leaderboards show the speaker."""
    wanted = turn.said.word(0)
    if wanted not in set(ShownIn):
        raise Forged
    await turn.act_and_step(lambda _: None, set_shown, resident_id=turn.me, shown_in=ShownIn(wanted))
    await show_card(turn)


async def ask_pseudonym(turn: Turn) -> None:
    """Ask which other name leaderboards show."""
    await turn.ask(Message(turn.t.rich("me.ask_pseudonym"), one_a_row(_cancel(turn))), "me.pseudonym")


async def take_pseudonym(turn: Turn) -> None:
    """Take the other name that was typed."""
    await turn.act_and_step(lambda _: None, set_pseudonym, resident_id=turn.me, name=turn.said.text)
    await show_card(turn)


async def turn_news(turn: Turn) -> None:
    """Turn the monthly leaderboard off or on; a second tap changes nothing."""
    wanted = turn.said.word(0)
    if wanted not in (OFF, ON):
        raise Forged
    off_at = turn.now if wanted == OFF else None
    await turn.act(set_board_news, resident_id=turn.me, off_at=off_at)
    if wanted == OFF:
        await turn.say(Message(turn.t.rich("boards.news_off"), one_a_row(_turn_on(turn.t))))
    else:
        await turn.say(Message(turn.t.rich("boards.news_on"), one_a_row(_turn_off(turn.t))))


def _turn_off(t: Texts) -> Button:
    return Button(t("boards.button_news_off"), f"bn:{OFF}")


def _turn_on(t: Texts) -> Button:
    return Button(t("boards.button_news_on"), f"bn:{ON}")


def _cancel(turn: Turn) -> Button:
    return Button(turn.t("button.cancel"), "x")


@refuses(NameTaken)
def _taken(_: NameTaken, t: Texts, __: House) -> str:
    return t("oops.name_taken")
