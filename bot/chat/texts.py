"""What Linli says: sentences by key in the reader's language, with what people typed escaped."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from markupsafe import Markup

from bot.chat.plurals import Counted, form_of

LANGUAGES = ("zh", "en")
LOCALE = Path(__file__).parent.parent / "locale"

Fact = str | int | Markup


class UnknownText(KeyError):
    """A sentence was asked for that no catalogue has: a mistake in the code, never of a user."""


@dataclass(frozen=True)
class Texts:
    """All sentences of one language.

    ``t(key)`` gives plain text for button labels and toasts; ``t.rich(key)`` gives HTML for messages. Where a
    sentence needs its words to agree with a number it says both: ``{n:# person comes|# people come}``.
    """

    language: str
    sentences: Mapping[str, tuple[str, ...]]

    def __call__(self, key: str, /, **facts: Fact) -> str:
        """Give a sentence as plain text.

        Raises:
            UnknownText: no catalogue has the key.
        """
        return self._form(key, 0).format(**self._counted(facts))

    def rich(self, key: str, /, **facts: Fact) -> Markup:
        """Give a sentence as HTML, with every fact escaped that is not HTML already."""
        return Markup(self._form(key, 0)).format(**self._counted(facts))  # noqa: S704 - the catalogue is ours

    def count(self, key: str, n: int, /, **facts: Fact) -> str:
        """Give a sentence about ``n`` things in the form that the language wants for that number."""
        return self._form(key, form_of(self.language, n)).format(n=n, **self._counted(facts))

    def name(self, names: Mapping[str, str]) -> str:
        """Give a name that the neighbourhood wrote, in this language or else in the first it has."""
        return names.get(self.language) or next(iter(names.values()))

    def _form(self, key: str, index: int) -> str:
        try:
            forms = self.sentences[key]
        except KeyError:
            raise UnknownText(key) from None
        return forms[min(index, len(forms) - 1)]

    def _counted(self, facts: Mapping[str, Fact]) -> dict[str, Fact]:
        return {
            name: Counted(fact, self.language) if isinstance(fact, int) else fact
            for name, fact in facts.items()
        }


@cache
def texts(language: str) -> Texts:
    """Give the sentences of a language that Linli speaks; another one falls back to English."""
    known = language if language in LANGUAGES else "en"
    with (LOCALE / known / "LC_MESSAGES" / "linli.po").open("rb") as file:
        catalogue = read_po(file, locale=known)
    return Texts(known, {_forms(entry.id)[0]: _forms(entry.string) for entry in catalogue if entry.id})


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


def language_of(language_code: str | None, offered: tuple[str, ...]) -> str:
    """Choose the language to greet somebody in, from what their phone says and the neighbourhood offers."""
    code = (language_code or "").lower().split("-")[0]
    return code if code in offered else offered[0]
