"""What of a typed text the fonts can draw: letters, digits and signs, never emoji."""

import re
import unicodedata

# A character with the emoji selector or in a keycap is a picture, whatever letter or digit it is made of.
_PICTURE = re.compile(".\ufe0f?\u20e3|.\ufe0f")
# The scripts for which the fonts have letters, by the first word of a letter's Unicode name.
_SCRIPTS = re.compile(
    "(ARABIC|BOPOMOFO|CJK|COMBINING|CYRILLIC|DEVANAGARI|GREEK|HANGUL|HEBREW|HIRAGANA|IDEOGRAPHIC|KATAKANA"
    "|KATAKANA-HIRAGANA|LATIN|MICRO|ROMAN|SUPERSCRIPT|VULGAR) "
)
_OTHER_SIGNS = frozenset("·…—–‘’“”•€№")
_WIDE_SIGNS = (range(0x3000, 0x3040), range(0xFF01, 0xFF66))  # Chinese punctuation and full-width forms


def drawable(text: str) -> str:
    """Give the text as the fonts can draw it, in one line."""
    plain = unicodedata.normalize("NFC", _PICTURE.sub("", text))
    return " ".join("".join(map(_drawn, plain)).split())


def drawable_name(name: str, code: str) -> str:
    """Give the name as the fonts can draw it, or the short code when no letter or digit is left."""
    left = drawable(name)
    return left if any(map(str.isalnum, left)) else code


def _drawn(character: str) -> str:
    """Give the character, else the plain letters it stands for (𝓐 → A), else nothing."""
    plain = unicodedata.normalize("NFKC", character)
    return next((form for form in (character, plain) if all(map(_has_glyph, form))), "")


def _has_glyph(character: str) -> bool:
    if character.isascii() or character in _OTHER_SIGNS:
        return character.isprintable() or character.isspace()
    kind = unicodedata.category(character)
    if kind in {"So", "Sk"}:
        return False
    if any(ord(character) in signs for signs in _WIDE_SIGNS):
        return True
    return kind[0] in "LMN" and _SCRIPTS.match(unicodedata.name(character, "")) is not None
