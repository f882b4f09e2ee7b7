"""Names in several languages, as the neighbourhood wrote them."""

from collections.abc import Mapping

ANY = "*"  # the key of a name written once, for every language


def say(names: Mapping[str, str], language: str) -> str:
    """Give the name in a language, else the one for every language, else the first that was written."""
    for key in (language, ANY, *names):
        if names.get(key):
            return names[key]
    return ""
