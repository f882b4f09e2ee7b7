"""The table of news: every key has a kind, an end, and only real emergencies sound at night."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

import bot.chat
from bot.chat.kinds_of_news import KINDS, OTHER, kind_of, lasts_until, sound_of
from bot.chat.telling import tell
from bot.community import PersonAddress
from bot.delivery import Message, Sound
from bot.delivery.models import Broadcast, Delivery
from bot.delivery.sounds import is_heard

NOW = datetime(2026, 11, 10, 2, 0, tzinfo=UTC)
CALLS = ("news.call", "news.call_over", "news.approval")
# What is promised under which key, and for how many hours it is worth delivering.
KEYS = {
    "callout:5:ask": ("news.call", 12),
    "callout:5:groups": ("news.call", 12),
    "callout:5:fallback:call:7": ("news.call", 12),
    "callout:5:fallback:call:area:g1": ("news.call", 12),
    "callout:5:stood-down": ("news.call_over", 12),
    "callout:5:stood-down:awaited": ("news.call_over", 12),
    "callout:5:stood-down:7": ("news.call_over", 12),
    "callout:5:fallback:end:7": ("news.call_over", 12),
    "callout:5:second": ("news.approval", 12),
    "callout:5:waiting": ("news.approval", 12),
    "callout:5:decided": ("news.approval", 12),
    "callout:5:refused": ("news.approval", 12),
    "callout:5:lapsed": ("news.approval", 12),
    "callout:5:board:7:first": ("news.board", 12),
    "restored:2026-11-10T02:00:00+00:00:callout:5": ("news.restored", 12),
    "restored:2026-11-10T02:00:00+00:00": ("news.running", 24),
    "alarm:TapsWait:2026-11-10T02": ("news.running", 24),
    "backup:2026-11-10": ("news.running", 24),
    "deed:5:ask:claimed:1": ("news.deed_question", 72),
    "deed:5:passed-on:claimed:1:coordinator": ("news.deed_question", 72),
    "deed:5:reminded:claimed:1:2026-11-10": ("news.deed_question", 24),
    "deed:5:still:claimed:1:3": ("news.deed_question", 24),
    "deed:5:paid": ("news.deed", 168),
    "deed:5:asked:1:2026-11-10T02:00:00+00:00": ("news.deed", 168),
    "deed:5:groups": ("news.deed", 168),
    "redemption:5:code": ("news.code", 8784),
    "redemption:5:shown:2026-11-10T02:00:00+00:00": ("news.code", 8784),
    "redemption:5:given-back": ("news.redemption", 168),
    "redemption:5:given-back:shop": ("news.redemption", 168),
    "redemption:5:shop-closed": ("news.redemption", 168),
    "handover:5": ("news.redemption", 168),
    "handover:5:undone": ("news.redemption", 168),
    "dispute:5": ("news.complaint_question", 24),
    "dispute:5:2026-11-10T02:00:00+00:00": ("news.complaint_question", 24),
    "dispute:5:shop": ("news.complaint", 168),
    "dispute:5:decided": ("news.complaint", 168),
    "dispute:5:left:shop": ("news.complaint", 168),
    "handovers-paused:7:2026-11-10T02:00:00+00:00": ("news.wrong_codes", 24),
    "wait:5:Offered:2026-11-10T02:00:00+00:00": ("news.offer", 168),
    "wait:5:OfferPassed:2026-11-10T02:00:00+00:00": ("news.offer", 168),
    "wait:5:ended": ("news.offer", 168),
    "waiting:5:paid": ("news.points", 168),
    "waiting:5:put-off:2026-11": ("news.points", 168),
    "expiry.30:2026-11:7": ("news.expiry", 720),
    "expiry.7:2026-11:7": ("news.expiry", 720),
    "gift:7:a1:told": ("news.gift", 168),
    "spending:5:ask": ("news.fund", 168),
    "spending:5:groups": ("news.fund", 168),
    "home:left:5:7:2026-11-10T02:00:00+00:00": ("news.home", 168),
    "settlement:corner-shop:2026-11:sheet": ("news.settlement", 720),
    "leaderboard:2026-11": ("news.boards", 336),
    "leaderboard:2026-11:g1": ("news.boards", 336),
    "season:2026-Q3": ("news.boards", 336),
    "season:2026-Q3:groups": ("news.boards", 336),
}


@pytest.mark.parametrize("key", KEYS)
def test_what_a_key_promises_lasts_and_sounds_by_its_kind(key: str) -> None:
    about, hours = KEYS[key]
    assert (kind_of(key).about, lasts_until(key, NOW) - NOW) == (about, timedelta(hours=hours))
    sooner = NOW + timedelta(minutes=10)
    assert lasts_until(key, NOW, sooner) == sooner
    assert lasts_until(key, NOW, NOW + timedelta(days=9999)) == lasts_until(key, NOW)
    for hour, by_day in ((7, False), (8, True), (21, True), (22, False), (23, False), (3, False)):
        moment = NOW.replace(hour=hour)
        assert is_heard(sound_of(key, loud=False), moment, UTC) is by_day
        rings = about in CALLS  # of a call-out that is urgent and real: whoever tells it says so
        assert is_heard(sound_of(key, loud=True), moment, UTC) is (by_day or rings)


def test_every_kind_is_in_the_table_of_this_test() -> None:
    assert {kind.about for kind in KINDS} == {about for about, _ in KEYS.values()}
    assert {kind.keys: [key for key in KEYS if kind_of(key) is kind] for kind in KINDS if not kind.rings}
    assert all(any(kind_of(key) is kind for key in KEYS) for kind in KINDS)


def test_what_is_told_under_a_key_begins_like_one_of_a_known_kind() -> None:
    begun = set(_beginnings())
    assert {"callout:", "deed:", "season:"} <= begun
    known = {key.partition(":")[0] + ":" for key in KEYS}
    assert begun - known - {"spending:"} == set()
    assert kind_of("nonsense:1") is OTHER


def test_whatever_is_told_has_an_end(session: Session) -> None:
    wei = PersonAddress(7, 70, "en", "Wei")
    tell(session, [wei], key="home:left:1", words=lambda _: Message("x"), now=NOW, loud=True)
    tell(session, [wei], key="callout:1:second", words=lambda _: Message("x"), now=NOW, loud=True, until=NOW)
    assert [one.expires_at for one in session.exec(select(Delivery))] == [NOW + timedelta(days=7), NOW]
    assert [one.sound for one in session.exec(select(Broadcast))] == [Sound.DAY, Sound.ALWAYS]


def _beginnings() -> Iterator[str]:
    """Give how the keys begin that are written where something is told."""
    for path in Path(bot.chat.__path__[0]).glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in (
                "tell",
                "tell_groups",
                "tell_home",
                "enqueue",
                "enqueue_other",
                "tell_verifiers",
            ):
                for one in call.keywords:
                    if one.arg == "key" and isinstance(one.value, ast.JoinedStr):
                        first = one.value.values[0]
                        if isinstance(first, ast.Constant):
                            yield str(first.value).partition(":")[0] + ":"
