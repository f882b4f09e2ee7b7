"""Redrawing after answered taps: the newest state of each message, in order, a few at a time."""

import asyncio

from telegram.error import BadRequest, NetworkError, TelegramError

from bot.chat.redrawing import AT_ONCE, Redraw, Redraws


class Drawn:
    """Remembers what was drawn; nothing ends before it may."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.may_end = asyncio.Event()

    def drawing(self, what: str) -> Redraw:
        async def redraw() -> None:
            self.begun.append(what)
            await self.may_end.wait()

        return redraw


async def _let_them_begin() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_of_what_waits_for_one_message_only_the_newest_is_drawn() -> None:
    drawn = Drawn()
    async with Redraws() as redraws:
        for state in ("coming", "later", "cannot"):
            redraws.put((1, 7), drawn.drawing(state))
            await _let_them_begin()
        assert drawn.begun == ["coming"]
        drawn.may_end.set()
        await _let_them_begin()
        assert drawn.begun == ["coming", "cannot"]


async def test_a_few_are_drawn_at_a_time_and_in_order() -> None:
    drawn = Drawn()
    async with Redraws() as redraws:
        for chat in range(3 * AT_ONCE):
            redraws.put((chat, 1), drawn.drawing(str(chat)))
        await _let_them_begin()
        assert drawn.begun == [str(chat) for chat in range(AT_ONCE)]
        drawn.may_end.set()
    assert drawn.begun == [str(chat) for chat in range(3 * AT_ONCE)]


async def test_one_that_fails_holds_up_nobody() -> None:
    drawn = Drawn()
    drawn.may_end.set()

    async def broken() -> None:
        raise ValueError

    async with Redraws() as redraws:
        for _ in range(2 * AT_ONCE):
            redraws.put((len(drawn.begun), 0), broken)
            await _let_them_begin()
        redraws.put((99, 1), drawn.drawing("good"))
    assert drawn.begun == ["good"]


async def test_who_closes_does_not_wait_for_what_never_ends(monkeypatch) -> None:
    monkeypatch.setattr("bot.chat.redrawing.LAST_SECONDS", 0.0)
    drawn = Drawn()
    async with Redraws() as redraws:
        redraws.put((1, 1), drawn.drawing("stuck"))
        await _let_them_begin()
    assert drawn.begun == ["stuck"]


async def test_what_broke_off_is_drawn_again_and_what_was_refused_is_not() -> None:
    drawn: list[str] = []

    def fails(what: str, trouble: TelegramError) -> Redraw:
        async def redraw() -> None:
            drawn.append(what)
            if drawn.count(what) < 3:
                raise trouble

        return redraw

    async with Redraws(pauses=(0, 0)) as redraws:
        redraws.put((1, 7), fails("line", NetworkError("reset")))
        redraws.put((2, 7), fails("gone", BadRequest("message to edit not found")))
        await _let_them_begin()
    assert (drawn.count("line"), drawn.count("gone")) == (3, 1)
