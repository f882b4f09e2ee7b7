"""🔁 on a board: what nobody can say arrived is sent once more, because a coordinator decided so."""

from bot.callouts import send_again
from bot.chat.callout_words import marked_plain
from bot.chat.turn import Turn


async def take_again(turn: Turn) -> None:
    """Send again what is in doubt, and say to how many; a second tap finds nothing to do."""
    sent = await turn.act(send_again, callout_id=turn.said.number(0), coordinator_id=turn.me, now=turn.now)
    key = "progress.toast_again" if sent.people else "progress.toast_nothing"
    toast = turn.t(key, people=turn.t.count("count.people", sent.people))
    await turn.toast(marked_plain(turn.t, exercise=sent.callout.exercise, text=toast))
