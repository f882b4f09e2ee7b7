"""Redemption codes: eight characters of Crockford's base32, hard to guess and easy to read aloud."""

import secrets
import unicodedata

LENGTH = 8
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # https://www.crockford.com/base32.html: no I, L, O, U
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", "‐": "", "–": "", "—": ""})


def new_code() -> str:
    """Draw a code that nobody can guess (40 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normal_code(text: str) -> str | None:
    """Give the code somebody typed as it was printed, or None where it cannot be one.

    Case, spaces, hyphens and full-width forms are forgiven, and O, I and L are read as 0 and 1.
    """
    typed = "".join(unicodedata.normalize("NFKC", text).upper().split()).translate(_MISREAD)
    return typed if len(typed) == LENGTH and set(typed) <= set(ALPHABET) else None
