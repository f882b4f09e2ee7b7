"""How each refusal of a rule is said: one sentence that tells the person what to do next."""

from collections.abc import Callable
from typing import Any, TypeVar

from bot.chat.house import House
from bot.chat.texts import Texts

E = TypeVar("E", bound=Exception)
Sentence = Callable[[E, Texts, House], str]

_sentences: dict[type[Exception], Sentence[Any]] = {}


def refuses(error: type[E]) -> Callable[[Sentence[E]], Sentence[E]]:
    """Register how a kind of refusal is said; it serves the kinds derived from it too."""

    def register(sentence: Sentence[E]) -> Sentence[E]:
        _sentences[error] = sentence
        return sentence

    return register


def refusal(error: Exception, t: Texts, house: House) -> str | None:
    """Give the sentence for a refusal as plain text, or nothing for what is a fault of ours."""
    for kind in type(error).__mro__:
        if kind in _sentences:
            return _sentences[kind](error, t, house)
    return None
