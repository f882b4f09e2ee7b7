"""Choosing an area down the tree, by button or by typing part of its name: to join and to move house."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.house import House
from bot.chat.keyboards import paged, plain_words
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Forged, Turn
from bot.community import AreaRetired, AreaView, UnknownArea, areas_below, leaves, open_area, root_area
from bot.delivery import Button, Message

LONGEST_ECHO = 64
_NUMERALS = str.maketrans("一二三四五六七八九", "123456789")

Chosen = Callable[[Turn, int], Awaitable[None]]

_takers: dict[str, Chosen] = {}


def takes_area(step: str) -> Callable[[Chosen], Chosen]:
    """Register what happens with the area that was chosen in a step of a conversation."""

    def register(taker: Chosen) -> Chosen:
        _takers[step] = taker
        return taker

    return register


async def ask_area(
    turn: Turn,
    parent: AreaView,
    *,
    step: str,
    draft: Mapping[str, Any],
    page: int = 0,
    wanted: str = "",
) -> None:
    """Show the areas one step below, or those anywhere below that hold what was typed."""
    children = await turn.look(areas_below, parent.area_id)
    found = await turn.look(_named, parent, children, wanted) if wanted else ()
    buttons = paged(
        [Button(f"🏠 {turn.t.name(one.names)}", f"ja:{one.area_id}") for one in found or children],
        page,
        lambda number: f"jp:{parent.area_id}:{number}",
        turn.t,
    )
    kept = {**draft, "parent": parent.area_id, "wanted": wanted if found else ""}
    missed = wanted[:LONGEST_ECHO] if wanted and not found else ""
    text = _question(turn.t, parent, missed=missed, draft=draft)
    await turn.ask(Message(text, (*buttons, _ways(turn.t, parent, draft))), step, kept)


def _question(t: Texts, parent: AreaView, *, missed: str, draft: Mapping[str, Any]) -> Markup:
    question = t.rich("places.ask_whole" if "whole" in draft else "places.ask", name=t.name(parent.names))
    text = t.rich("places.not_found", typed=missed) + question if missed else question
    return t.rich("exercise.mark") + Markup("\n") + text if draft.get("exercise") else text


def _ways(t: Texts, parent: AreaView, draft: Mapping[str, Any]) -> tuple[Button, ...]:
    ways = [
        Button(t("places.whole", name=t.name(parent.names)), f"jw:{parent.area_id}")
        if "whole" in draft
        else Button(t("places.unknown"), "jq")
    ]
    if parent.parent_id is not None and parent.area_id != draft.get("top"):
        ways.insert(0, Button(t("button.back"), f"ja:{parent.parent_id}"))
    return tuple(ways)


async def go_to(turn: Turn) -> None:
    """Go to an area: down to what lies below it, or take it where nothing does."""
    taker, area = _taker(turn), await turn.look(open_area, turn.said.number(0))
    if area.leaf and area.parent_id is not None:
        await taker(turn, area.area_id)
    else:
        await _again(turn, area)


async def turn_page(turn: Turn) -> None:
    """Show another page of the areas."""
    _taker(turn)
    area = await turn.look(open_area, turn.said.number(0))
    searched = str(turn.talk.draft.get("wanted", "")) if turn.talk else ""
    await _again(turn, area, page=turn.said.number(1), wanted=searched)


async def take_whole(turn: Turn) -> None:
    """Take an area with everything below it."""
    taker, area = _taker(turn), await turn.look(open_area, turn.said.number(0))
    await taker(turn, area.area_id)


async def unknown(turn: Turn) -> None:
    """Take the community as a whole: somebody does not know, or would rather not say."""
    taker, root = _taker(turn), await turn.look(root_area)
    await taker(turn, root.area_id)


async def typed(turn: Turn) -> None:
    """Search what was typed among the areas below the one that is shown; a whole name needs no tap."""
    parent = await turn.look(open_area, turn.talk.draft.get("parent") if turn.talk else None)
    exactly = [one for one in await turn.look(leaves) if _is_called(one, turn.said.text)]
    if len(exactly) == 1 and exactly[0].path.startswith(parent.path):
        await _taker(turn)(turn, exactly[0].area_id)
    else:
        await _again(turn, parent, wanted=turn.said.text)


async def _again(turn: Turn, area: AreaView, *, page: int = 0, wanted: str = "") -> None:
    if turn.talk is None:
        raise Forged
    await ask_area(turn, area, step=turn.talk.step, draft=turn.talk.draft, page=page, wanted=wanted)


def _taker(turn: Turn) -> Chosen:
    if turn.talk is None or turn.talk.step not in _takers:
        raise Forged
    return _takers[turn.talk.step]


def _named(
    session: Session, parent: AreaView, children: tuple[AreaView, ...], wanted: str
) -> tuple[AreaView, ...]:
    below = (one for one in leaves(session) if one.path.startswith(parent.path) and one not in children)
    return tuple(one for one in (*children, *below) if _is_named(one, wanted))


def _is_called(area: AreaView, typed: str) -> bool:
    return _plain(typed) in {_plain(name) for name in area.names.values()}


def _is_named(area: AreaView, wanted: str) -> bool:
    plain = _plain(wanted)
    return bool(plain) and any(plain in _plain(name) for name in area.names.values())


def _plain(name: str) -> str:
    """Compare names as they sound: 三号楼 is 3号楼."""
    return plain_words(name).translate(_NUMERALS)


@refuses(AreaRetired)
def _retired(error: AreaRetired, t: Texts, _: House) -> str:
    return t("places.retired", name=t.name(error.names))


@refuses(UnknownArea)
def _unknown(_: UnknownArea, t: Texts, __: House) -> str:
    return t("oops.stale_button")
