"""What a photo looks like, in 128 bits: the same one made smaller or saved again differs in a few."""

from hashlib import sha256
from io import BytesIO

_SIDE = 8
_FLAT = f"{0:032x}"


def likeness(picture: bytes) -> str:
    """Give what a photo looks like as 32 hexadecimal digits; what cannot be looked at is named by its bytes.

    Each bit says whether a spot is darker than the one right of it, or below it (a difference hash).
    """
    bits = _bits(picture)
    looked = "" if bits is None else f"{bits:032x}"
    return looked if looked not in ("", _FLAT) else f"file:{sha256(picture).hexdigest()}"


def _bits(picture: bytes) -> int | None:
    from PIL import Image  # noqa: PLC0415 - loaded where somebody sends a photo

    try:
        with Image.open(BytesIO(picture)) as opened:
            opened.draft("L", (256, 256))
            grey = opened.convert("L").resize((_SIDE + 1, _SIDE + 1), Image.Resampling.LANCZOS)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    spots, row = grey.tobytes(), _SIDE + 1
    first = [y * row + x for y in range(_SIDE) for x in range(_SIDE)]
    beside = [spots[spot] < spots[spot + 1] for spot in first]
    below = [spots[spot] < spots[spot + row] for spot in first]
    return sum(bit << place for place, bit in enumerate([*beside, *below]))
