"""Buttons under a message: their rows, their pages, and how the same thing is typed instead of tapped."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from bot.chat.texts import Texts
from bot.delivery import Button, Message

PAGE = 8
Rows = tuple[tuple[Button, ...], ...]

# Ways about are never meant by a bare number: it would name the wrong thing, or lose an address.
_NEVER_COUNTED = ("⬅️", "◀️", "▶️", "❓")
_NOT_WORDS = re.compile(r"[^\w+]+")
_NUMBERS = re.compile(r"(?<![A-Za-z0-9.])\d+(?![A-Za-z0-9.])")


def choices_of(message: Message) -> tuple[tuple[str, str], ...]:
    """List what a message's buttons say and send, for whoever types instead."""
    return tuple((button.label, button.data) for row in message.buttons for button in row if button.data)


def one_a_row(*buttons: Button) -> Rows:
    return tuple((button,) for button in buttons)


def two_a_row(*buttons: Button) -> Rows:
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))


def paged(options: Sequence[Button], page: int, turn_to: Callable[[int], str], t: Texts) -> Rows:
    """Show eight choices a page, one a row, with a way to the neighbouring pages.

    Args:
        options: all the choices.
        page: which page, from 0; a page that is not there any more shows the last one.
        turn_to: gives the data of a button that turns to a page.
        t: the reader's language.
    """
    page = page_within(page, len(options))
    rows = one_a_row(*options[page * PAGE : (page + 1) * PAGE])
    return (*rows, *page_ways(len(options), page, turn_to, t))


def page_within(page: int, total: int) -> int:
    """Give a page that is there: of pages that are not, the last one."""
    return min(max(page, 0), max(0, (total - 1) // PAGE))


def page_ways(total: int, page: int, turn_to: Callable[[int], str], t: Texts) -> Rows:
    """Give the way to the neighbouring pages of so many things, eight a page; no row where there is one."""
    ways = []
    if page > 0:
        ways.append(Button(t("button.page_back"), turn_to(page - 1)))
    if (page + 1) * PAGE < total:
        ways.append(Button(t("button.page_on"), turn_to(page + 1)))
    return (tuple(ways),) if ways else ()


def told_apart(named: Sequence[tuple[str, str]]) -> list[str]:
    """Give labels, with the code behind each of those that would read the same."""
    labels = [label for label, _ in named]
    return [f"{label} · {code}" if labels.count(label) > 1 else label for label, code in named]


def plain_words(label: str) -> str:
    """Give what is left of a label or a typed answer when case, width, emoji and punctuation do not count."""
    return _NOT_WORDS.sub(" ", unicodedata.normalize("NFKC", label).casefold()).strip()


def _numbered(number: int, choices: Sequence[tuple[str, str]]) -> str | None:
    named = (data for label, data in choices if _NUMBERS.findall(label) == [str(number)])
    counted = [data for label, data in choices if not label.startswith(_NEVER_COUNTED)]
    return next(named, counted[number - 1] if 1 <= number <= len(counted) else None)


def choice_typed(text: str, choices: Sequence[tuple[str, str]]) -> str | None:
    """Give the data of the button that somebody typed: its number, its emoji or its words.

    A button's number is the one that its words hold ("🚶 5 minutes", "Building 4"), else its place from 1.
    Its first words are enough where no other button begins so ("橙色" for "🟠 橙色（紧急）").
    """
    typed = unicodedata.normalize("NFKC", text).strip().rstrip(".、．。)")
    if typed.isdecimal() and len(typed) < 10:
        return _numbered(int(typed), choices)
    emoji = text.replace("\ufe0f", "").strip()
    words = plain_words(text)
    for label, data in choices:
        bare = label.replace("\ufe0f", "").strip()
        if emoji in (bare, bare.split(" ")[0]) or (words and words == plain_words(label)):
            return data
    begun = [
        data for label, data in choices if len(words) > 1 and f"{plain_words(label)} ".startswith(f"{words} ")
    ]
    return begun[0] if len(begun) == 1 else None
