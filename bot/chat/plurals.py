"""Numbers that choose the words around them: one point, two points, as CLDR says for each language."""

from functools import cache

from babel import Locale
from markupsafe import Markup

FORMS = "|"
NUMBER = "#"
_IN_ORDER = ("zero", "one", "two", "few", "many", "other")


class Counted(int):
    """A number in a sentence of one language: ``{points:# point|# points}`` is worded as it wants.

    The forms stand in CLDR's order (in English one, then other) and ``#`` is the number in each of them.
    """

    language: str

    def __new__(cls, number: int, language: str) -> "Counted":
        """Give the number as a sentence of this language counts it."""
        counted = super().__new__(cls, number)
        counted.language = language
        return counted

    def __format__(self, spec: str) -> str:
        """Give the form for this number; any other specification means what it means everywhere."""
        if FORMS not in spec:
            return format(int(self), spec)
        forms = spec.split(FORMS)
        return forms[min(form_of(self.language, self), len(forms) - 1)].replace(NUMBER, str(int(self)))

    def __html_format__(self, spec: str) -> Markup:
        """Give the same as HTML: its words are the catalogue's."""
        return Markup(format(self, spec))  # noqa: S704 - nothing in it was typed by anybody


def form_of(language: str, n: int) -> int:
    """Say which of a language's forms a number wants, counted from 0."""
    return _forms_of(language).index(Locale.parse(language).plural_form(abs(n)))


@cache
def _forms_of(language: str) -> tuple[str, ...]:
    tags = Locale.parse(language).plural_form.tags | {"other"}
    return tuple(tag for tag in _IN_ORDER if tag in tags)
