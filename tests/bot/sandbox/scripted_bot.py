"""A tiny bot over raw HTTP: joins people, calls them out on /flood, and shows one of everything on /show."""

import asyncio
import contextlib
import io
import struct
import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx

Json = dict[str, Any]
HEAD = {"chat", "from", "date", "message_id"}
TRIO = [[("✅ 马上到 On my way", "a:yes")], [("🕒 Later", "a:later")], [("❌ Cannot", "a:no")]]
WALKS = [
    [("🚶 5", "w:5"), ("🚶 10", "w:10")],
    [("🚶 20", "w:20"), ("🚶 30", "w:30")],
    [("❌ Cannot", "a:no")],
]
TEAMS = [[("🧭 Core", "t:core")], [("🏥 Clinic", "t:clinic")], [("➖ Not now", "t:")]]
AGREE = [
    [("✅ 同意 Agree", "j:yes"), ("❌ No thanks", "j:no")],
    [("🇨🇳 中文", "l:zh"), ("🇬🇧 English", "l:en")],
]
EVERYTHING = (
    "<b>Bold</b> <i>italic</i> <u>under</u> <s>gone</s> <tg-spoiler>secret</tg-spoiler> <code>x = 1</code>\n"
    "<blockquote>quoted</blockquote>\nTry /help or "
    "<a href='https://t.me/linli_demo_bot?start=a_b2'>Building 2</a>"
)


def png(width: int = 320, height: int = 200) -> bytes:
    rows = b"".join(b"\0" + bytes((15, 107 + row // 4, 92)) * width for row in range(height))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, io.SEEK_END)
    for kind, data in parts:
        out.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
    return out.getvalue()


class ScriptedBot:
    def __init__(self, address: str, token: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{address}/bot{token}/", timeout=30, trust_env=False)
        self.volunteers: set[int] = set()
        self.members: set[int] = set()
        self.started: list[str] = []
        self.answers: dict[int, list[str]] = {}

    async def run(self) -> None:
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=20):
                offset = update["update_id"] + 1
                if "message" in update:
                    await self._read(update["message"])
                elif "callback_query" in update:
                    await self._tapped(update["callback_query"])

    async def close(self) -> None:
        await self._http.aclose()

    async def call(self, method: str, **parameters: Any) -> Any:
        answer = (await self._http.post(method, json=parameters)).json()
        return answer.get("result", [])

    async def say(self, chat: int, text: str, rows: Any = (), **more: Any) -> Json:
        found: Json = await self.call(
            "sendMessage", chat_id=chat, text=text, parse_mode="HTML", reply_markup=_keyboard(rows), **more
        )
        return found

    async def _edit(self, query: Json, text: str, rows: Any = ()) -> None:
        message = query["message"]
        await self.call(
            "editMessageText",
            chat_id=message["chat"]["id"],
            message_id=message["message_id"],
            text=text,
            parse_mode="HTML",
            reply_markup=_keyboard(rows),
        )

    async def flood(self) -> None:
        for chat in sorted(self.volunteers):
            await self.say(chat, "🌊 <b>Flood</b> at building 3: bring a torch and boots", TRIO)

    async def _read(self, message: Json) -> None:
        chat, text = message["chat"]["id"], message.get("text", "")
        if text.startswith("/start"):
            self.started.append(text)
            await self.say(chat, "Welcome. 欢迎。", AGREE)
        elif text == "/flood":
            await self.flood()
        elif text == "/show":
            await self._show(chat)
        elif chat not in self.members and text:
            self.members.add(chat)
            await self.say(chat, "Volunteer? 志愿者？", TEAMS)
        else:
            await self.say(chat, f"You sent: {', '.join(message.keys() - HEAD)}")

    async def _show(self, chat: int) -> None:
        await self.say(
            chat, EVERYTHING, [[("🔔 Toast", "toast"), ("🚨 Alert", "alert")], [("🔁 Edit", "edit")]]
        )
        for method, kind, name, data in (
            ("sendPhoto", "photo", "board.png", png()),
            ("sendDocument", "document", "statement.csv", b"day,points\n"),
        ):
            await self._http.post(
                method, data={"chat_id": str(chat), "caption": f"A {kind}"}, files={kind: (name, data)}
            )

    async def _tapped(self, query: Json) -> None:
        who, data = query["from"]["id"], query["data"]
        kind, _, value = data.partition(":")
        answer = {"toast": {"text": "Noted 已记下"}, "alert": {"text": "Really urgent", "show_alert": True}}
        await self.call("answerCallbackQuery", callback_query_id=query["id"], **answer.get(kind, {}))
        if kind == "edit":
            await self._edit(query, "Changed", [[("🔁 Edit", "edit"), ("🔔 Toast", "toast")]])
        elif kind in {"j", "n", "t"}:
            await self._join(query, who, kind, value)
        elif kind in {"a", "w", "h", "d"}:
            self.answers.setdefault(who, []).append(data)
            await self._answer(query, kind, value)

    async def _join(self, query: Json, who: int, kind: str, value: str) -> None:
        if kind == "j" and value == "yes":
            await self._edit(query, "Your name?", [[(f"👤 {query['from']['first_name']}", "n:")]])
        elif kind == "j":
            await self._edit(query, "Nothing is kept.")
        elif kind == "n":
            self.members.add(who)
            await self._edit(query, "Volunteer? 志愿者？", TEAMS)
        else:
            if value:
                self.volunteers.add(who)
            await self._edit(query, "Your card: B3-X7K2", [[("👤 Name", "x"), ("🏠 Area", "x")]])

    async def _answer(self, query: Json, kind: str, value: str) -> None:
        rows = {
            "w": [[("📍 I am here", "h:")], [("❌ Cannot", "a:no")]],
            "h": [[("🏁 I am done", "d:")]],
            "a": WALKS if value == "yes" else TRIO,
        }
        await self._edit(query, f"Noted: {kind} {value}", rows.get(kind, ()))


def _keyboard(rows: Any) -> Json:
    return {
        "inline_keyboard": [[{"text": text, "callback_data": data} for text, data in row] for row in rows]
    }


@contextlib.asynccontextmanager
async def scripted_bot(address: str, token: str) -> AsyncIterator[ScriptedBot]:
    bot = ScriptedBot(address, token)
    commands = [
        {"command": "start", "description": "Join"},
        {"command": "show", "description": "One of each"},
    ]
    await bot.call("setMyCommands", commands=commands)
    life = asyncio.create_task(bot.run())
    try:
        yield bot
    finally:
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)
        await bot.close()
