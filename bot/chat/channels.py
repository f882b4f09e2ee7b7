"""/bind in a channel, where nobody has a name: the way to the private chat, and what its link does there."""

from contextlib import suppress

from markupsafe import Markup
from telegram import Bot
from telegram import Message as TelegramMessage
from telegram.error import BadRequest, Forbidden

from bot.chat.binding import bind, led_channel, offer_channel
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.starting import opens
from bot.chat.texts import texts
from bot.chat.turn import Forged, Turn
from bot.community import Act, NotAllowed
from bot.database import Database
from bot.delivery import Button, Message, binding
from bot.delivery.posting import say

LINK = "b_"
HEARD = ("/bind", "/unbind")


async def answer_post(post: TelegramMessage, bot: Bot, database: Database, house: House) -> None:
    """Show the way to whoever typed /bind or /unbind; other posts are not for us.

    It is said in the language the channel was bound in; where that is not known, in each of the place.
    """
    command, _, addressee = next(iter((post.text or "").split()), "").casefold().partition("@")
    if command not in HEARD or addressee not in ("", house.bot_username.casefold()):
        return
    bound = await database.read(binding, post.chat.id)
    said = [texts(language) for language in (house.languages if bound is None else (bound.language,))]
    button = Button(said[0]("button.private_chat"), url=house.start_link(f"{LINK}{-post.chat.id}"))
    html = Markup("\n\n").join(t.rich("bind.in_channel") for t in said)
    with suppress(BadRequest, Forbidden):  # it may read here, and write nothing
        await say(bot, post.chat.id, Message(html, one_a_row(button)))


@opens(LINK)
async def from_channel(turn: Turn, number: str) -> None:
    """Offer to bind the channel; one that is bound already stands in the list, where that is ended.

    Raises:
        NotAllowed: the speaker coordinates nothing.
        NotInChannelError: the bot is in no such channel, or the speaker does not lead it.
    """
    if not turn.person.may(Act.BIND_GROUP):
        raise NotAllowed(Act.BIND_GROUP)
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Forged
    if await turn.look(binding, -int(number)) is not None:
        await bind(turn)
        return
    title = await led_channel(turn, -int(number))
    await offer_channel(turn, chat_id=-int(number), title=title)
