"""/help, /cancel and every moment when somebody is lost: what this person can do now, as buttons."""

import re

from markupsafe import Markup

from bot.chat.commands import Command, everybody, visible, volunteers
from bot.chat.keyboards import one_a_row, two_a_row
from bot.chat.turn import Turn
from bot.delivery import Button, Message

DISTRESS = re.compile(
    r"救命|救我|着火|起火|煤气|晕倒|(?<![a-z])(?:help|fire|gas|sos)(?![a-z])",
    re.IGNORECASE,
)


HELP = "help"


class Helper:
    """Knows the table of commands, so that help shows exactly what the person may do."""

    def __init__(self, commands: tuple[Command, ...], resting: frozenset[str]) -> None:
        self._commands = commands
        self._resting = resting

    async def help(self, turn: Turn) -> None:
        """Show what this person can do now, who operates the bot and whom to call."""
        await self._show(turn, turn.t.rich("help.heading"))

    async def cancel(self, turn: Turn) -> None:
        """Leave whatever the person is in the middle of."""
        busy = turn.talk is not None and turn.talk.step not in self._resting
        await turn.step(None)
        turn.talk = None
        await self._show(turn, turn.t.rich("help.cancelled" if busy else "help.nothing_to_cancel"))

    async def lost(self, turn: Turn) -> None:
        """Answer what leads nowhere: never with silence."""
        await self._show(turn, turn.t.rich("help.not_understood"))

    async def choose(self, turn: Turn) -> None:
        """Show again what can be chosen: what was typed is none of it."""
        choices = turn.talk.choices if turn.talk else ()
        buttons = one_a_row(*(Button(label, data) for label, data in choices))
        await turn.say(Message(turn.t.rich("help.choose_one"), buttons))

    async def words_wanted(self, turn: Turn) -> None:
        """Answer a picture or a sticker where words are meant."""
        await turn.say(Message(turn.t.rich("oops.photo")))

    async def cry(self, turn: Turn) -> None:
        """Give the emergency numbers first, then the community's phone and what else can be done here."""
        facts = turn.house.neighbourhood.community
        operator = turn.t.name(facts.operators)
        await self._show(turn, turn.t.rich("help.distress", phone=facts.phone, operator=operator))

    async def go(self, turn: Turn) -> None:
        """Do what a button of the help names, as if its command had been typed."""
        wanted = turn.said.data[0] if turn.said.data else "help"
        for command in visible(self._commands, turn.speaker.person):
            if command.name == wanted:
                await command.handle(turn)
                return
        await self.help(turn)

    async def _show(self, turn: Turn, heading: Markup) -> None:
        facts = turn.house.neighbourhood.community
        text = Markup("\n\n").join(
            (
                heading,
                turn.t.rich("help.who", operator=turn.t.name(facts.operators), phone=facts.phone),
            )
        )
        buttons = [Button(turn.t(one.about), f"h:{one.name}") for one in self._offered(turn)]
        message = Message(text, two_a_row(*buttons))
        idle = turn.talk is None or turn.talk.step in self._resting
        if idle and turn.speaker.person is not None:
            await turn.ask(message, HELP)
        else:
            await turn.show(message)

    def _offered(self, turn: Turn) -> list[Command]:
        """Give what leads on from here; what only this person's role may do comes first."""
        person = turn.speaker.person
        useless = {"help"} if person is None else {"help", "start", "cancel"}
        found = [one for one in visible(self._commands, person) if one.name not in useless]
        return sorted(found, key=lambda one: (one.sees is everybody, one.sees is volunteers))


def is_cry_for_help(text: str) -> bool:
    """Tell whether somebody may be in distress; Chinese letters may stand right beside Latin ones."""
    return DISTRESS.search(text) is not None
