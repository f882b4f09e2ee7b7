"""Choosing an area down the tree, by button or by typing part of its name: to join and to move house."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.chat.house import House
from bot.chat.keyboards import paged
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Forged, Turn
from bot.community import AreaRetired, AreaView, UnknownArea, areas_below, open_area, root_area
from bot.delivery import Button, Message

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
    """Show the areas one step below, or those of them that hold what was typed."""
    options = await turn.look(areas_below, parent.area_id)
    found = [one for one in options if wanted and _is_named(one, wanted)]
    buttons = paged(
        [Button(f"🏠 {turn.t.name(one.names)}", f"ja:{one.area_id}") for one in found or options],
        page,
        lambda number: f"jp:{parent.area_id}:{number}",
        turn.t,
    )
    whole = bool(draft.get("whole"))
    ways = [
        Button(turn.t("places.whole", name=turn.t.name(parent.names)), f"jw:{parent.area_id}")
        if whole
        else Button(turn.t("places.unknown"), "jq")
    ]
    if parent.parent_id is not None:
        ways.insert(0, Button(turn.t("button.back"), f"ja:{parent.parent_id}"))
    missed = turn.t.rich("places.not_found", typed=wanted) if wanted and not found else ""
    question = "places.ask_whole" if whole else "places.ask"
    text = missed + turn.t.rich(question, name=turn.t.name(parent.names))
    await turn.ask(Message(text, (*buttons, tuple(ways))), step, {**draft, "parent": parent.area_id})


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
    await _again(turn, area, page=turn.said.number(1))


async def take_whole(turn: Turn) -> None:
    """Take an area with everything below it."""
    taker, area = _taker(turn), await turn.look(open_area, turn.said.number(0))
    await taker(turn, area.area_id)


async def unknown(turn: Turn) -> None:
    """Take the community as a whole: somebody does not know, or would rather not say."""
    taker, root = _taker(turn), await turn.look(root_area)
    await taker(turn, root.area_id)


async def typed(turn: Turn) -> None:
    """Search what was typed among the areas shown."""
    parent = turn.talk.draft.get("parent") if turn.talk else None
    await _again(turn, await turn.look(open_area, parent), wanted=turn.said.text)


async def _again(turn: Turn, area: AreaView, *, page: int = 0, wanted: str = "") -> None:
    if turn.talk is None:
        raise Forged
    await ask_area(turn, area, step=turn.talk.step, draft=turn.talk.draft, page=page, wanted=wanted)


def _taker(turn: Turn) -> Chosen:
    if turn.talk is None or turn.talk.step not in _takers:
        raise Forged
    return _takers[turn.talk.step]


def _is_named(area: AreaView, wanted: str) -> bool:
    return any(wanted.casefold() in name.casefold() for name in area.names.values())


@refuses(AreaRetired)
def _retired(error: AreaRetired, t: Texts, _: House) -> str:
    return t("places.retired", name=t.name(error.names))


@refuses(UnknownArea)
def _unknown(_: UnknownArea, t: Texts, __: House) -> str:
    return t("oops.stale_button")
