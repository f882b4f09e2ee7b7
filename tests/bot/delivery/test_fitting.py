"""Long words: cut at good places, tags whole in each part, nothing lost, in the outbox's order."""

import re
from datetime import UTC, datetime
from html import unescape

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from bot.delivery import Button, Lane, Message, Recipient, enqueue, withdraw
from bot.delivery.fitting import MOST_PARTS, fitted, parts, shortened, split
from bot.delivery.messages import CAPTION_LIMIT, TEXT_LIMIT, visible_length
from bot.delivery.models import Broadcast, Delivery, Rendering, State

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
BUTTONS = ((Button("✅ Yes", "y"),),)
PIECES = st.sampled_from(
    ["a", "好", "🧪", " ", "\n", "。", "&lt;", "&amp;", "<b>bold</b>", "<i>x <b>y</b> z</i>"]
) | st.sampled_from(['<a href="https://t.me/x?start=c_1">go</a>', "word ", "句子。", "1 < 2"])


def balanced(html: str) -> bool:
    stack: list[str] = []
    for closing, name in re.findall(r"<(/?)([a-z]+)(?: [^>]*)?>", html):
        if not closing:
            stack.append(name)
        elif not stack or stack.pop() != name:
            return False
    return not stack


def read(html: str) -> str:
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^>]*>", "", html)))


@given(st.lists(PIECES, max_size=60).map("".join), st.integers(10, 60))
def test_no_letter_is_lost_and_every_tag_stays_whole(html: str, limit: int) -> None:
    html = html.replace("1 < 2", "1 &lt; 2")
    found = split(html, limit)
    assert all(visible_length(text) <= limit and balanced(text) for text in found)
    if len(found) < MOST_PARTS:
        assert "".join(map(read, found)) == read(html)


@given(st.lists(PIECES, max_size=60).map("".join), st.integers(10, 60))
def test_what_is_shortened_fits_and_says_so(html: str, limit: int) -> None:
    html = html.replace("1 < 2", "1 &lt; 2")
    short = shortened(html, limit)
    assert visible_length(short) <= limit
    assert balanced(short)
    assert short == html or read(short).endswith("…")


def test_a_text_is_cut_between_its_lines() -> None:
    lines = [f"第{number}行：" + "字" * 95 for number in range(100)]
    found = split("\n".join(lines))
    assert [line for text in found for line in text.split("\n")] == lines
    assert all(len(text) <= TEXT_LIMIT for text in found)


def test_a_book_ends_after_a_few_parts() -> None:
    found = split("好" * TEXT_LIMIT * 20)
    assert len(found) == MOST_PARTS
    assert found[-1].endswith("…")


def test_a_caption_is_shortened_and_buttons_come_last() -> None:
    assert visible_length(fitted(Message("好" * 5000, photo=b"1")).text) == CAPTION_LIMIT
    [first, last] = parts(Message("<b>" + "word " * 1000 + "</b>", BUTTONS))
    assert (first.buttons, last.buttons) == ((), BUTTONS)
    assert first.text.startswith("<b>") and last.text.startswith("<b>")  # noqa: PT018 - one thing
    [same] = parts(Message("short", BUTTONS))
    assert same == Message("short", BUTTONS)


def test_a_long_text_is_queued_in_order_in_each_language(session: Session) -> None:
    said = {"zh": Message("好" * 5000, BUTTONS), "en": Message("word " * 2500, BUTTONS)}
    to = [Recipient(1, "zh", 1), Recipient(2, "en", 2)]
    for _ in range(2):
        enqueue(session, key="k", lane=Lane.EMERGENCY, renderings=said, to=to, now=NOW, loud=True, about="x")
    for chat, count in ((1, 2), (2, 4)):
        rows = session.exec(
            select(Delivery, Rendering, Broadcast)
            .join(Broadcast, col(Broadcast.id) == col(Delivery.broadcast_id))
            .join(Rendering, col(Rendering.broadcast_id) == col(Broadcast.id))
            .where(col(Delivery.chat_id) == chat, col(Rendering.language) == col(Delivery.language))
            .order_by(col(Delivery.id))
        ).all()
        assert len(rows) == count
        assert [rendering.buttons != "[]" for _, rendering, _ in rows] == [False] * (count - 1) + [True]
        assert [broadcast.about == "x" for *_, broadcast in rows] == [False] * (count - 1) + [True]
        assert sum(broadcast.loud for *_, broadcast in rows) <= 1
    assert withdraw(session, "x", NOW) == 6
    assert set(session.exec(select(Delivery.state))) == {State.WITHDRAWN}
