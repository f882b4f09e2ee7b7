"""`linli doctor --live`: a real token tried on the operator's own chat, compared with the rehearsal room."""

import io
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import segno

from bot.commands.failing import Failed
from bot.commands.findings import Finding
from bot.settings import Settings

PATIENCE = 30.0
MESSAGES = 5
PAUSE = 1.0  # seconds: what a chat takes for long is one message a second

# What the rehearsal room answers; a test compares these with the room itself.
ME = frozenset({"id", "is_bot", "first_name", "username"})
MESSAGE = frozenset({"message_id", "date", "chat", "from"})
NOT_MODIFIED = "message is not modified"

Json = dict[str, Any]


class Differs(Exception):
    """Something was not answered as in the rehearsal room; the text says what."""


@dataclass
class Line:
    """A conversation with a Bot API server: each call with the time it took."""

    client: httpx.Client
    root: str
    took: dict[str, float] = field(default_factory=dict)

    def call(self, method: str, body: Json, files: Mapping[str, Any] | None = None) -> tuple[int, Json]:
        """Call a method and give the status and the answer.

        Raises:
            Differs: no answer of a Bot API server came.
        """
        begun = time.monotonic()
        try:
            if files:
                answer = self.client.post(f"{self.root}/{method}", data=body, files=files)
            else:
                answer = self.client.post(f"{self.root}/{method}", json=body)
            read = answer.json()
        except httpx.HTTPError as error:
            raise Differs(f"{method} got no answer ({type(error).__name__})") from None
        except ValueError:
            raise Differs(f"{method} was answered by something that is no Bot API server") from None
        self.took[method] = time.monotonic() - begun
        if not isinstance(read, dict) or "ok" not in read:
            raise Differs(f"{method} was answered by something that is no Bot API server")
        return answer.status_code, read

    def result(self, method: str, body: Json, files: Mapping[str, Any] | None = None) -> Any:
        """Call a method that must succeed.

        Raises:
            Differs: it did not.
        """
        status, answer = self.call(method, body, files)
        if not answer["ok"]:
            raise Differs(f"{method} was refused: {status} {answer.get('description', '')}")
        return answer.get("result")


def try_live(settings: Settings, *, chat: int | None) -> Iterator[Finding]:
    """Say who the token is, then write, edit and show a picture in a chat, with the time of each.

    Raises:
        Failed: there is no token, or no chat to write to.
    """
    if settings.bot_token is None:
        raise Failed("There is no token: set LINLI_BOT_TOKEN to the one that @BotFather gave you.")
    root = f"{settings.bot_api_url}/bot{settings.bot_token.get_secret_value()}"
    with httpx.Client(proxy=settings.proxy_url, timeout=PATIENCE) as client:
        yield from _steps(Line(client, root), chat)


def _steps(line: Line, chat: int | None) -> Iterator[Finding]:
    try:
        me = line.result("getMe", {})
        _has("getMe", me, ME)
        yield _well(line, "getMe", f"@{me['username']}, number {me['id']}")
        hook = line.result("getWebhookInfo", {})
        yield _well(line, "getWebhookInfo", "a webhook is set" if hook.get("url") else "no webhook is set")
        to = chat if chat is not None else _own_chat(line, me["username"], has_webhook=bool(hook.get("url")))
        yield from _messages(line, to)
        yield _photo(line, to, me["username"])
    except Differs as found:
        yield Finding(good=False, text=f"{found}.")


def _own_chat(line: Line, username: str, *, has_webhook: bool) -> int:
    """Look who wrote to the bot last, without taking anything away from a bot that runs later.

    Raises:
        Failed: nobody did, or a running bot takes it.
    """
    if has_webhook:
        raise Failed("Updates go to the webhook: name your own chat with --chat NUMBER.")
    status, answer = line.call("getUpdates", {"timeout": 0})
    if status == 409:
        raise Failed("A bot runs with this token: name your own chat with --chat NUMBER.")
    for update in reversed(answer.get("result") or []):
        found = (update.get("message") or {}).get("chat") or {}
        if found.get("type") == "private":
            return int(found["id"])
    raise Failed(f"Write any message to @{username} first, or name your own chat with --chat NUMBER.")


def _messages(line: Line, chat: int) -> Iterator[Finding]:
    sent: Json = {}
    for number in range(1, MESSAGES + 1):
        if number > 1:
            time.sleep(PAUSE)
        sent = line.result("sendMessage", {"chat_id": chat, "text": f"Linli: {number} / {MESSAGES}"})
        _has("sendMessage", sent, MESSAGE | {"text"})
        yield _well(line, "sendMessage", f"{number} of {MESSAGES} sent")
    body = {"chat_id": chat, "message_id": sent["message_id"], "text": f"Linli: {MESSAGES} ✅"}
    edited = line.result("editMessageText", body)
    _has("editMessageText", edited, MESSAGE | {"text", "edit_date"})
    yield _well(line, "editMessageText", "edited")
    status, again = line.call("editMessageText", body)
    if status != 400 or NOT_MODIFIED not in str(again.get("description")):
        raise Differs(f"editing to the same text was answered {status} {again.get('description', '')}")
    yield _well(line, "editMessageText", "the same again is refused as unchanged")


def _photo(line: Line, chat: int, username: str) -> Finding:
    picture = _picture(f"https://t.me/{username}")
    shown = line.result("sendPhoto", {"chat_id": str(chat)}, {"photo": ("linli.png", picture, "image/png")})
    _has("sendPhoto", shown, MESSAGE | {"photo"})
    return _well(line, "sendPhoto", f"a picture in {len(shown['photo'])} sizes")


def _picture(link: str) -> bytes:
    drawn = io.BytesIO()
    segno.make(link, micro=False).save(drawn, kind="png", scale=8)
    return drawn.getvalue()


def _has(method: str, answer: Any, expected: frozenset[str]) -> None:
    missing = expected - (answer.keys() if isinstance(answer, dict) else set())
    if missing:
        raise Differs(f"{method} answered without {', '.join(sorted(missing))}, unlike the rehearsal room")


def _well(line: Line, method: str, told: str) -> Finding:
    return Finding(good=True, text=f"{method}: {told} ({line.took[method] * 1000:.0f} ms)")
