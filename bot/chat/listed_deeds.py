"""📜 What is listed before it is paid: everybody may object, and coordinators decide on objections."""

from collections.abc import Mapping

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.board_names import Names, place_of_deed
from bot.chat.deed_closing import close_questions, questions_about
from bot.chat.deed_rules import rules_of
from bot.chat.deed_words import decided, what
from bot.chat.house import House
from bot.chat.keyboards import PAGE, one_a_row, paged
from bot.chat.listed_links import START
from bot.chat.refusals import refuses
from bot.chat.starting import opens
from bot.chat.texts import Texts
from bot.chat.turn import Forged, Turn
from bot.community import Place, shown_names
from bot.deeds import DeedCard, DeedPaid, deed_card, listed, raise_objection, settle
from bot.delivery import Button, Message
from points.deeds import DeedState, Doubt, NotListed, deed

LIST, OBJECTION = "deed.list", "deed.objection"
LONGEST_LABEL = 60
DOUBT_BUTTONS = {
    Doubt.UNSEEN: "public.button_unseen",
    Doubt.TWICE: "public.button_twice",
    Doubt.TIME: "public.button_time",
}


async def show_list(turn: Turn) -> None:
    """Show what is listed, with a button to object to each."""
    page = turn.said.number(0) if turn.said.data else 0
    cards = await turn.look(listed)
    if not cards:
        await turn.ask(Message(turn.t.rich("public.nothing")), LIST)
        return
    names = await turn.look(_names, cards)
    places = await turn.look(_places, cards, names)
    buttons = [
        Button(_label(turn.t, card, names[card.deed.deed_id]), f"do:{card.deed.deed_id}") for card in cards
    ]
    rows = paged(buttons, page, lambda number: f"dv:{number}", turn.t)
    shown = cards[min(page, (len(cards) - 1) // PAGE) * PAGE :][:PAGE]
    lines = [
        _line(turn.t, turn.house, card, names[card.deed.deed_id], places[card.deed.deed_id]) for card in shown
    ]
    await turn.ask(Message(Markup("\n").join([turn.t.rich("public.heading"), *lines]), rows), LIST)


@opens(START)
async def from_group(turn: Turn, _: str) -> None:
    """A resident comes from a group's post to what is listed."""
    await show_list(turn)


async def ask_objection(turn: Turn) -> None:
    """Ask why somebody objects."""
    card = await turn.look(_listed_card, turn.said.number(0))
    deed_id, name = card.deed.deed_id, (await turn.look(_names, (card,)))[card.deed.deed_id]
    buttons = [Button(turn.t(key), f"dj:{deed_id}:{one.value}") for one, key in DOUBT_BUTTONS.items()]
    html = turn.t.rich(
        "public.ask_reason", name=name or turn.t("boards.somebody"), what=what(turn.t, card.deed)
    )
    message = Message(html, one_a_row(*buttons, Button(turn.t("button.cancel"), "x")))
    await turn.ask(message, OBJECTION, {"deed": deed_id}, new=True)


async def take_usual_objection(turn: Turn) -> None:
    """Object for the reason that was tapped."""
    word = turn.said.word(1)
    if word not in list(Doubt):
        raise Forged
    await _object(turn, turn.said.number(0), Doubt(word), None)


async def take_objection(turn: Turn) -> None:
    """Object for the reason that was typed."""
    if turn.talk is None or "deed" not in turn.talk.draft:
        raise Forged
    await _object(turn, int(turn.talk.draft["deed"]), None, turn.said.text)


async def post_it(turn: Turn) -> None:
    """Decide that the points are given after all."""
    await _settle(turn, post=True)


async def drop_it(turn: Turn) -> None:
    """Decide that no points are given."""
    await _settle(turn, post=False)


async def _object(turn: Turn, deed_id: int, doubt: Doubt | None, words: str | None) -> None:
    await turn.act_and_step(
        lambda _: None,
        raise_objection,
        deed_id=deed_id,
        resident_id=turn.me,
        doubt=doubt,
        words=words,
        now=turn.now,
    )
    await turn.show(Message(turn.t.rich("public.objected")))


async def _settle(turn: Turn, *, post: bool) -> None:
    deed_id = turn.said.number(0)
    asked = await turn.look(questions_about, deed_id)
    done = await turn.act(
        settle,
        deed_id=deed_id,
        decider_id=turn.me,
        post=post,
        rules=rules_of(turn.house),
        now=turn.now,
    )
    key = "objection.dropped"
    if post:
        key = "objection.posted" if isinstance(done, DeedPaid) else "verify.agreed_unpaid"

    def words(t: Texts) -> Message:
        return decided(t, done.card, key, turn.me)

    await turn.show_here(words(turn.t))
    close_questions(turn, asked, words)


def _listed_card(session: Session, deed_id: int) -> DeedCard:
    found = deed(session, deed_id)
    if found.state is not DeedState.LISTED:
        raise NotListed(deed_id, found.state)
    return deed_card(session, found)


def _names(session: Session, cards: tuple[DeedCard, ...]) -> dict[int, str]:
    """Give by deed the names that everybody may read; who hides has none."""
    owners = {card.deed.deed_id: card.deed.resident_id for card in cards}
    shown = shown_names(session, [number for number in owners.values() if number], Place.PRIVATE)
    return {deed_id: shown.get(owner or 0, "") for deed_id, owner in owners.items()}


def _places(session: Session, cards: tuple[DeedCard, ...], names: Mapping[int, str]) -> dict[int, Names]:
    """Give by deed where it belongs, as everybody may read it."""
    return {
        card.deed.deed_id: place_of_deed(
            session, card.deed.area_id, Place.PRIVATE, named=bool(names[card.deed.deed_id])
        )
        for card in cards
    }


def _label(t: Texts, card: DeedCard, name: str) -> str:
    return f"✋ {name or t('public.nameless')} · {what(t, card.deed)}"[:LONGEST_LABEL]


def _line(t: Texts, house: House, card: DeedCard, name: str, place: Names) -> Markup:
    until = card.deed.listed_until
    return t.rich(
        "public.line",
        name=name or t("public.nameless"),
        area=t.name(place),
        what=what(t, card.deed),
        points=card.deed.worth,
        until=f"{house.day(until)} {house.hour(until)}" if until else "",
    )


@refuses(NotListed)
def _not_listed(error: NotListed, t: Texts, _: House) -> str:
    return t("public.objected_before" if error.state is DeedState.OBJECTED else "public.over")
