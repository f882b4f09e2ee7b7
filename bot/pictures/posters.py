"""A poster for a door: a QR code that opens the bot with the area filled in, on one A4 page."""

from dataclasses import asdict, dataclass
from io import BytesIO

from bot.pictures.lettering import drawable
from bot.pictures.typesetting import typeset


@dataclass(frozen=True)
class PosterSide:
    """What the poster says in one language."""

    neighbourhood: str
    area: str
    scan: str
    by_hand: str
    purposes: tuple[str, ...]
    operated: str
    danger: str
    fire: str
    ambulance: str
    police: str


@dataclass(frozen=True)
class Poster:
    """A link to start the bot with, the operator's phone, and the words: the first language is the larger."""

    link: str
    phone: str
    sides: tuple[PosterSide, ...]


def draw_poster(poster: Poster) -> bytes:
    """Draw the poster as a PDF page to print; emergency numbers are China's 119, 120 and 110."""
    return typeset(
        "poster.typ",
        {
            "link": poster.link,
            "shown_link": poster.link.removeprefix("https://"),
            "phone": drawable(poster.phone),
            "qr": _code(poster.link),
            "sides": [_lettered(side) for side in poster.sides],
        },
        "pdf",
    )


def _lettered(side: PosterSide) -> dict[str, str | list[str]]:
    return {
        name: drawable(text) if isinstance(text, str) else [drawable(line) for line in text]
        for name, text in asdict(side).items()
    }


def _code(link: str) -> str:
    import segno  # noqa: PLC0415 (a tenth of a second, for posters only)

    drawn = BytesIO()
    code = segno.make(link, micro=False, error="q")  # a quarter may be torn or dirty
    code.save(drawn, kind="svg", border=0, xmldecl=False, nl=False)
    return drawn.getvalue().decode()
