"""/me and /language: a resident's own card, and changing its lines one by one."""

from bot.chat.cards import card_message
from bot.chat.conversation import Talk
from bot.chat.house import House
from bot.chat.joining import FLAGS
from bot.chat.keyboards import one_a_row
from bot.chat.places import ask_area, takes_area
from bot.chat.refusals import refuses
from bot.chat.texts import Texts, texts
from bot.chat.turn import Forged, Turn
from bot.community import (
    BadBirthYear,
    card,
    move,
    rename,
    root_area,
    set_birth_year,
    set_language,
)
from bot.delivery import Button, Message
from bot.purses import sharing
from points import standing

YEAR_DIGITS = 4


async def show_card(turn: Turn) -> None:
    """Show the speaker's own card."""
    await turn.step(None)
    mine = await turn.look(card, turn.me)
    worth = await turn.look(standing, resident_id=turn.me, now=turn.now, zone=turn.house.zone)
    heading = turn.t.rich("me.heading")
    await turn.show(
        card_message(turn.t, mine, turn.house, now=turn.now, heading=heading, points=worth.available)
    )


async def ask_name(turn: Turn) -> None:
    """Ask for another name."""
    await turn.ask(Message(turn.t.rich("me.ask_name"), one_a_row(_cancel(turn))), "me.name")


async def take_name(turn: Turn) -> None:
    """Take the name that was typed."""
    await turn.act_and_step(lambda _: None, rename, resident_id=turn.me, name=turn.said.text)
    await show_card(turn)


async def ask_home(turn: Turn) -> None:
    """Ask where the speaker lives now."""
    await ask_area(turn, await turn.look(root_area), step="me.area", draft={})


@takes_area("me.area")
async def take_home(turn: Turn, area_id: int) -> None:
    """Live there from now on."""
    moving = sharing(move, turn.house.neighbourhood.points, resident_id=turn.me, now=turn.now)
    await turn.act_and_step(lambda _: None, moving, resident_id=turn.me, area_id=area_id, now=turn.now)
    await show_card(turn)


async def ask_birth_year(turn: Turn) -> None:
    """Ask for the year of birth, and say what it is for; one that is there can be removed."""
    mine = await turn.look(card, turn.me)
    remove = () if mine.birth_year is None else (Button(turn.t("me.button_no_birth"), "m0"),)
    question = Message(turn.t.rich("me.ask_birth"), one_a_row(*remove, _cancel(turn)))
    await turn.ask(question, "me.birth")


async def take_birth_year(turn: Turn) -> None:
    """Take the year that was typed, however it was written."""
    digits = "".join(letter for letter in turn.said.text if letter.isdecimal())
    year = int(digits) if len(digits) == YEAR_DIGITS else 0
    await _keep_birth_year(turn, year)


async def forget_birth_year(turn: Turn) -> None:
    """Remove the year of birth; a second tap changes nothing."""
    await _keep_birth_year(turn, None)


async def _keep_birth_year(turn: Turn, year: int | None) -> None:
    await turn.act_and_step(
        lambda _: None,
        set_birth_year,
        resident_id=turn.me,
        birth_year=year,
        now=turn.now,
        zone=turn.house.zone,
    )
    await show_card(turn)


@refuses(BadBirthYear)
def _bad_year(error: BadBirthYear, t: Texts, _: House) -> str:
    return t("oops.birth_year", earliest=error.earliest, latest=error.latest)


async def ask_language(turn: Turn) -> None:
    """Offer the languages that the neighbourhood speaks."""
    flags = [Button(FLAGS[one], f"l:{one}") for one in turn.house.languages if one in FLAGS]
    await turn.ask(Message(turn.t.rich("language.ask"), (tuple(flags),)), "language", _kept(turn))


async def take_language(turn: Turn) -> None:
    """Speak another language from now on."""
    language = turn.said.word(0)
    if language not in turn.house.languages:
        raise Forged
    if turn.speaker.person is None:
        await turn.step(Talk("join.consent", {**_kept(turn), "language": language}))
    else:
        await turn.act_and_step(lambda _: None, set_language, resident_id=turn.me, language=language)
    turn.t = texts(language)
    await turn.show(Message(turn.t.rich("language.done")))
    await turn.refresh_menu()


def _kept(turn: Turn) -> dict[str, object]:
    """What a stranger brought along, such as the poster's code, is not lost by choosing a language."""
    return dict(turn.talk.draft) if turn.talk and turn.speaker.person is None else {}


def _cancel(turn: Turn) -> Button:
    return Button(turn.t("button.cancel"), "x")
