"""One pending edit a message: the newest words of whoever asks, in order, a few at a time."""

import asyncio
from collections.abc import Callable, Sequence
from typing import cast

import pytest
from telegram.error import BadRequest, NetworkError, TelegramError

from bot.delivery import Message
from bot.delivery.editor import AT_ONCE, Editor, Redraw
from bot.delivery.edits import Edit, Edits, Words


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


class Telegram:
    """Takes edits when their turn comes, which a test says; one may be held on its way."""

    def __init__(self) -> None:
        self.reads: list[str] = []
        self.turn, self.answer = asyncio.Event(), asyncio.Event()
        self.answer.set()
        self.trouble: Exception | None = None

    async def apply(self, chat_id: int, message_id: int, newest: Callable[[], Words | None]) -> Edit:
        await self.turn.wait()
        words = newest()
        if words is None:
            return Edit.OUTDONE
        if self.trouble is not None:
            raise self.trouble
        self.reads.append(words.message.text)
        await self.answer.wait()
        return Edit.EDITED


def editing(telegram: Telegram | None = None, pauses: Sequence[float] = (1.0,)) -> Editor:
    return Editor(cast("Edits", telegram or Telegram()), pauses)


async def _let_them_begin() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_of_what_waits_for_one_message_only_the_newest_is_drawn() -> None:
    drawn = Drawn()
    async with editing() as editor:
        for state in ("coming", "later", "cannot"):
            editor.redraw((1, 7), drawn.drawing(state))
            await _let_them_begin()
        assert drawn.begun == ["coming"]
        drawn.may_end.set()
        await _let_them_begin()
        assert drawn.begun == ["coming", "cannot"]


async def test_a_few_are_drawn_at_a_time_and_in_order() -> None:
    drawn = Drawn()
    async with editing() as editor:
        for chat in range(3 * AT_ONCE):
            editor.redraw((chat, 1), drawn.drawing(str(chat)))
        await _let_them_begin()
        assert drawn.begun == [str(chat) for chat in range(AT_ONCE)]
        drawn.may_end.set()
    assert drawn.begun == [str(chat) for chat in range(3 * AT_ONCE)]


async def test_one_that_fails_holds_up_nobody() -> None:
    drawn = Drawn()
    drawn.may_end.set()

    async def broken() -> None:
        raise ValueError

    async with editing() as editor:
        for _ in range(2 * AT_ONCE):
            editor.redraw((len(drawn.begun), 0), broken)
            await _let_them_begin()
        editor.redraw((99, 1), drawn.drawing("good"))
    assert drawn.begun == ["good"]


async def test_who_closes_does_not_wait_for_what_never_ends(monkeypatch) -> None:
    monkeypatch.setattr("bot.delivery.editor.LAST_SECONDS", 0.0)
    drawn = Drawn()
    async with editing() as editor:
        editor.redraw((1, 1), drawn.drawing("stuck"))
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

    async with editing(pauses=(0, 0)) as editor:
        editor.redraw((1, 7), fails("line", NetworkError("reset")))
        editor.redraw((2, 7), fails("gone", BadRequest("message to edit not found")))
        await _let_them_begin()
    assert (drawn.count("line"), drawn.count("gone")) == (3, 1)


async def test_what_is_shown_says_the_newest_when_its_turn_comes_and_the_older_hear_of_it() -> None:
    telegram = Telegram()
    async with editing(telegram) as editor:
        shown = [asyncio.create_task(editor.show(1, 7, Message(f"{coming} coming"))) for coming in range(3)]
        other = asyncio.create_task(editor.show(2, 7, Message("another chat")))
        await _let_them_begin()
        telegram.turn.set()
        assert [await each for each in shown] == [Edit.OUTDONE, Edit.OUTDONE, Edit.EDITED]
        assert await other is Edit.EDITED
    assert sorted(telegram.reads) == ["2 coming", "another chat"]


async def test_what_comes_while_an_edit_is_on_its_way_follows_it() -> None:
    telegram = Telegram()
    telegram.turn.set()
    telegram.answer.clear()
    async with editing(telegram) as editor:
        first = asyncio.create_task(editor.show(1, 7, Message("first")))
        await _let_them_begin()
        second = asyncio.create_task(editor.show(1, 7, Message("second")))
        await _let_them_begin()
        assert telegram.reads == ["first"]
        telegram.answer.set()
        assert (await first, await second) == (Edit.EDITED, Edit.EDITED)
    assert telegram.reads == ["first", "second"]


async def test_what_a_tap_changed_goes_before_what_waits_for_the_same_message() -> None:
    telegram, drawn = Telegram(), Drawn()
    async with editing(telegram) as editor:
        older = asyncio.create_task(editor.show(1, 7, Message("before the tap")))
        await _let_them_begin()
        editor.redraw((1, 7), drawn.drawing("tapped"))
        assert await older is Edit.OUTDONE
        newer = asyncio.create_task(editor.show(1, 7, Message("after the tap")))
        telegram.turn.set()
        await _let_them_begin()
        assert (drawn.begun, telegram.reads) == (["tapped"], [])
        drawn.may_end.set()
        assert await newer is Edit.EDITED
    assert telegram.reads == ["after the tap"]


async def test_a_tap_waits_for_the_edit_of_its_message_that_is_on_its_way() -> None:
    telegram, drawn = Telegram(), Drawn()
    telegram.turn.set()
    telegram.answer.clear()
    async with editing(telegram) as editor:
        shown = asyncio.create_task(editor.show(1, 7, Message("on its way")))
        await _let_them_begin()
        editor.redraw((1, 7), drawn.drawing("tapped"))
        await _let_them_begin()
        assert drawn.begun == []
        telegram.answer.set()
        drawn.may_end.set()
        assert await shown is Edit.EDITED
        await _let_them_begin()
    assert drawn.begun == ["tapped"]


async def test_trouble_is_told_to_who_wanted_the_edit_and_the_next_one_goes() -> None:
    telegram = Telegram()
    telegram.turn.set()
    telegram.trouble = NetworkError("reset")
    async with editing(telegram) as editor:
        with pytest.raises(NetworkError):
            await editor.show(1, 7, Message("lost"))
        telegram.trouble = None
        assert await editor.show(1, 7, Message("again")) is Edit.EDITED
    assert telegram.reads == ["again"]
