"""📦 and ⏸ of a shop: how much is left of each reward, what came in, and what is handed out to nobody."""

import unicodedata
from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session

from bot.chat.announcing import announces
from bot.chat.conversation import Talk
from bot.chat.house import House
from bot.chat.keyboards import Rows, one_a_row, paged, two_a_row
from bot.chat.merchants import merchant_area, require_shop
from bot.chat.refusals import refuses
from bot.chat.shop import back_to_shop, shop_tapped
from bot.chat.texts import Texts
from bot.chat.turn import Forged, Turn
from bot.chat.waiting import serve
from bot.community import record
from bot.delivery import Button, Message
from points.shops import (
    BadCount,
    NotCounted,
    RewardResumed,
    RewardStopped,
    ShelfView,
    StockChanged,
    add_stock,
    on_shelf,
    resume_reward,
    set_left,
    shelf_of,
    stop_reward,
)

ADDING = "shop.add"
SETTING = "shop.set"
ADDED, COUNTED, STOPPED, RESUMED = "add-stock", "set-stock", "pause-reward", "resume-reward"
LONGEST_NUMBER = 9


async def show_stock(turn: Turn) -> None:
    """Show how much is left of each reward of a shop."""
    await _stock(turn, (await shop_tapped(turn)).code, _page(turn))


async def show_one(turn: Turn) -> None:
    """Show one reward's stock, with the ways to count anew."""
    await _one(turn, await turn.look(_own, turn.me, turn.said.number(0)))


async def ask_added(turn: Turn) -> None:
    """Ask how many came in."""
    await _ask_number(turn, "shop.ask_added", ADDING)


async def ask_left(turn: Turn) -> None:
    """Ask how many are left."""
    await _ask_number(turn, "shop.ask_left", SETTING)


async def take_added(turn: Turn) -> None:
    """Take how many came in."""
    reward_id = _asked_about(turn)
    await turn.act_and_step(_nowhere, _add, turn.me, reward_id, _number(turn), turn.now)
    await _one(turn, await turn.look(_own, turn.me, reward_id))


async def take_left(turn: Turn) -> None:
    """Take how many are left."""
    reward_id = _asked_about(turn)
    await turn.act_and_step(_nowhere, _set, turn.me, reward_id, _number(turn), turn.now)
    await _one(turn, await turn.look(_own, turn.me, reward_id))


async def show_pauses(turn: Turn) -> None:
    """Show which rewards of a shop are paused, and which could be."""
    await _pauses(turn, (await shop_tapped(turn)).code, _page(turn))


async def pause(turn: Turn) -> None:
    """Pause a reward."""
    stopped = await turn.act(_stop, turn.me, turn.said.number(0), turn.now)
    await turn.toast(turn.t("shop.toast_paused", name=turn.t.name(stopped.names)))
    await _pauses_of(turn, stopped.reward_id)


async def resume(turn: Turn) -> None:
    """Resume a reward."""
    resumed = await turn.act(_resume, turn.me, turn.said.number(0), turn.now)
    await turn.toast(turn.t("shop.toast_resumed", name=turn.t.name(resumed.names)))
    await _pauses_of(turn, resumed.reward_id)


@announces(StockChanged)
def stock_changed(session: Session, event: StockChanged, house: House, now: datetime) -> None:
    """Serve who waits for it."""
    serve(session, event.reward_id, house, now)


@announces(RewardResumed)
def reward_resumed(session: Session, event: RewardResumed, house: House, now: datetime) -> None:
    """Serve who waits for it."""
    serve(session, event.reward_id, house, now)


async def _stock(turn: Turn, merchant: str, page: int) -> None:
    t = turn.t
    buttons = [
        Button(
            t("shop.button_uncounted", name=t.name(one.names))
            if one.left is None
            else t("shop.button_left", name=t.name(one.names), left=one.left),
            f"ss:{one.reward_id}",
        )
        for one in await turn.look(shelf_of, merchant)
    ]
    rows = _listed(turn, buttons, page, "sk", merchant)
    await turn.ask(Message(str(t.rich("shop.ask_stock")), rows), "shop.stock")


async def _one(turn: Turn, shelf: ShelfView) -> None:
    t, number = turn.t, shelf.reward_id
    back = Button(t("button.back"), f"sk:{shelf.merchant}")
    if shelf.left is None:
        await turn.ask(
            Message(str(t.rich("shop.uncounted", name=t.name(shelf.names))), ((back,),)), "shop.one"
        )
        return
    lines = [t.rich("shop.left", name=t.name(shelf.names), left=shelf.left)]
    if shelf.unfetched:
        lines.append(t.rich("shop.unfetched", count=shelf.unfetched))
    if shelf.kept:
        lines.append(t.rich("shop.kept", count=shelf.kept))
    ways = two_a_row(
        Button(t("shop.button_add"), f"sa:{number}"), Button(t("shop.button_set"), f"st:{number}")
    )
    await turn.ask(Message(str(Markup("\n").join(lines)), (*ways, (back,))), "shop.one")


async def _ask_number(turn: Turn, key: str, step: str) -> None:
    shelf = await turn.look(_own, turn.me, turn.said.number(0))
    question = turn.t.rich(key, name=turn.t.name(shelf.names))
    back = Button(turn.t("button.back"), f"ss:{shelf.reward_id}")
    await turn.ask(Message(str(question), one_a_row(back)), step, {"reward": shelf.reward_id})


async def _pauses_of(turn: Turn, reward_id: int) -> None:
    await _pauses(turn, (await turn.look(_own, turn.me, reward_id)).merchant, page=0)


async def _pauses(turn: Turn, merchant: str, page: int) -> None:
    t = turn.t
    buttons = [
        Button(t("shop.button_resume", name=t.name(one.names)), f"sr:{one.reward_id}")
        if one.paused
        else Button(t("shop.button_stop", name=t.name(one.names)), f"sz:{one.reward_id}")
        for one in await turn.look(shelf_of, merchant)
    ]
    rows = _listed(turn, buttons, page, "sp", merchant)
    await turn.ask(Message(str(t.rich("shop.ask_pause")), rows), "shop.pause")


def _listed(turn: Turn, buttons: list[Button], page: int, kind: str, merchant: str) -> Rows:
    rows = paged(buttons, page, lambda other: f"{kind}:{merchant}:{other}", turn.t)
    return (*rows, (back_to_shop(turn, merchant),))


def _page(turn: Turn) -> int:
    return turn.said.number(1) if len(turn.said.data) > 1 else 0


def _asked_about(turn: Turn) -> int:
    if turn.talk is None or "reward" not in turn.talk.draft:
        raise Forged
    return int(turn.talk.draft["reward"])


def _number(turn: Turn) -> int:
    typed = unicodedata.normalize("NFKC", turn.said.text).strip()
    return int(typed) if typed.isdecimal() and len(typed) <= LONGEST_NUMBER else -1


def _own(session: Session, resident_id: int, reward_id: int) -> ShelfView:
    shelf = on_shelf(session, reward_id)
    require_shop(session, resident_id, shelf.merchant)
    return shelf


def _add(session: Session, actor: int, reward_id: int, count: int, now: datetime) -> StockChanged:
    shelf = _own(session, actor, reward_id)
    changed = add_stock(session, reward_id=reward_id, count=count)
    _record(session, actor, ADDED, shelf, now, count)
    return changed


def _set(session: Session, actor: int, reward_id: int, left: int, now: datetime) -> StockChanged:
    shelf = _own(session, actor, reward_id)
    changed = set_left(session, reward_id=reward_id, left=left)
    _record(session, actor, COUNTED, shelf, now, left)
    return changed


def _stop(session: Session, actor: int, reward_id: int, now: datetime) -> RewardStopped:
    shelf = _own(session, actor, reward_id)
    _record(session, actor, STOPPED, shelf, now)
    return stop_reward(session, reward_id=reward_id, now=now)


def _resume(session: Session, actor: int, reward_id: int, now: datetime) -> RewardResumed:
    shelf = _own(session, actor, reward_id)
    _record(session, actor, RESUMED, shelf, now)
    return resume_reward(session, reward_id=reward_id)


def _record(
    session: Session, actor: int, act: str, shelf: ShelfView, now: datetime, count: int | None = None
) -> None:
    area_id = merchant_area(session, shelf.merchant).area_id
    facts = {"reward": shelf.code, "merchant": shelf.merchant, "count": count}
    record(session, actor=actor, act=act, area_id=area_id, facts=facts, now=now)


def _nowhere(_: object) -> Talk | None:
    return None


@refuses(BadCount)
def _bad_count(error: BadCount, t: Texts, _: House) -> str:
    return t("refusal.bad_count", least=error.least, most=error.most)


@refuses(NotCounted)
def _not_counted(error: NotCounted, t: Texts, _: House) -> str:
    return t("refusal.not_counted", name=t.name(error.names))
