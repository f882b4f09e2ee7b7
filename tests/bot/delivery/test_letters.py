"""What the outbox holds goes as a letter: the message the library would send, understood as it would be."""

import json
from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.delivery import Button
from bot.delivery.claims import Content
from bot.delivery.letters import letter
from bot.delivery.models import Method
from bot.delivery.posting import _SENDS, Posted, post
from bot.delivery.transport import InDoubt, Intercepted
from tests.bot.delivery.conftest import Post

# a PNG of one white dot
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAGKMo2wAAAABJRU5ErkJggg=="
BUTTONS = ((Button("✅ 马上到", "a:1"), Button("📍 地图", url="https://example.org/?a=1&b=2")),)
TEXT = Content(Method.TEXT, '<b>内涝</b> "1号楼" & \\ 🌊', BUTTONS, None, None, None)
PICTURE = replace(TEXT, method=Method.PHOTO, attachment=b64decode(DOT), attachment_name="b.png")


async def shown(post: Post, chat_id: int) -> dict[str, object]:
    answer = await post.client.get(f"/sim/chats/{chat_id}/messages")
    last = answer.json()["messages"][-1]
    return {
        name: value
        for name, value in last.items()
        if name not in {"message_id", "date", "at", "chat_id", "revision"}
    }


@pytest.mark.parametrize("loud", [True, False])
async def test_a_letter_reads_as_the_librarys_message_does(post: Post, *, loud: bool) -> None:
    mei = await post.person()
    posted = await post_to(post, mei, TEXT, loud=loud)
    ours = await shown(post, mei)
    theirs = await _SENDS[Method.TEXT](post.bot, mei, TEXT, silent=not loud)
    assert await shown(post, mei) == ours
    assert (posted.message_id + 1, posted.file_id) == (theirs.message_id, None)


@pytest.mark.parametrize("method", [Method.PHOTO, Method.DOCUMENT])
async def test_a_file_goes_up_once_and_then_by_its_name(post: Post, method: Method) -> None:
    mei, ann = await post.people(2)
    content = replace(PICTURE, method=method)
    assert letter(content) is None
    first = await post_to(post, mei, content, loud=True)
    named = replace(content, attachment=None, file_id=first.file_id)
    assert first.file_id is not None
    assert (await post_to(post, ann, named, loud=True)).file_id == first.file_id
    assert await shown(post, ann) == await shown(post, mei)


def test_only_the_address_and_the_sound_are_written_for_each() -> None:
    written = letter(TEXT)
    assert written is not None
    assert letter(replace(TEXT)) is written
    bodies = [json.loads(written.to(chat, silent=chat > 1)) for chat in (1, 2)]
    assert [(one.pop("chat_id"), one.pop("disable_notification")) for one in bodies] == [
        (1, False),
        (2, True),
    ]
    assert bodies[0] == bodies[1]
    assert bodies[0]["text"] == TEXT.text


async def test_a_caption_of_nothing_is_none() -> None:
    written = letter(replace(PICTURE, text="", buttons=(), attachment=None, file_id="F"))
    assert written is not None
    assert json.loads(written.to(1, silent=False)) == {
        "parse_mode": "HTML",
        "photo": "F",
        "chat_id": 1,
        "disable_notification": False,
    }


async def test_what_tells_of_no_message_leaves_a_doubt(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    for body in (b'{"ok":true}', b'{"ok":true,"result":true}', b'{"ok":true,"result":{"date":1}}', b"[]"):
        monkeypatch.setattr(post.bot.request, "_call", answering(200, body))
        with pytest.raises(InDoubt):
            await post_to(post, 1, TEXT, loud=True)


REFUSALS = [
    (400, {"description": "Bad Request: chat not found"}, BadRequest),
    (403, {"description": "Forbidden: bot was blocked by the user"}, Forbidden),
    (429, {"description": "Too Many Requests", "parameters": {"retry_after": 10_072}}, RetryAfter),
    (400, {"description": "upgraded", "parameters": {"migrate_to_chat_id": -100}}, ChatMigrated),
    (502, {"description": "Bad Gateway"}, NetworkError),
]


@pytest.mark.parametrize(("status", "facts", "kind"), REFUSALS)
async def test_a_refusal_is_called_what_the_library_calls_it(
    post: Post,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    facts: dict[str, object],
    kind: type[TelegramError],
) -> None:
    body = json.dumps({"ok": False, "error_code": status, **facts}).encode()
    monkeypatch.setattr(post.bot.request, "_call", answering(status, body))
    ours = await raised(post_to(post, 1, TEXT, loud=True))
    theirs = await raised(_SENDS[Method.TEXT](post.bot, 1, TEXT, silent=True))
    assert type(ours) is type(theirs) is kind
    assert ours.message == theirs.message


async def test_a_page_of_a_proxy_is_no_answer_to_a_letter(post: Post) -> None:
    mei = await post.person()
    await post.fault(method="sendMessage", status=403, body="html", count=1)
    with pytest.raises(Intercepted):
        await post_to(post, mei, TEXT, loud=True)


async def post_to(post_office: Post, chat_id: int, content: Content, *, loud: bool) -> Posted:
    return await post(post_office.bot, chat_id, content, loud=loud)


def answering(status: int, body: bytes) -> Callable[..., Awaitable[tuple[int, bytes]]]:
    async def call(*_: object, **__: object) -> tuple[int, bytes]:
        return status, body

    return call


async def raised(call: Awaitable[object]) -> TelegramError:
    with pytest.raises(TelegramError) as found:
        await call
    return found.value
