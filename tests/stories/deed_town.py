"""People who claim good deeds and people who verify them, and what they tap."""

from base64 import b64encode
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from bot import community
from bot.sandbox.handset import Bubble, Handset
from town import Town

VISIT = "Visited someone living alone"
FIRST_AID = "Taught first aid"
PATROL = "Safety patrol"


async def claims(phone: Handset, activity: str = VISIT, *, note: str = "") -> None:
    """Claim a deed that needs no minutes."""
    await phone.says(f"/deed {activity}")
    await phone.hears("Please show a little", activity)
    if note:
        await phone.says(note)
    else:
        await phone.taps("➖")
    await phone.hears("Sent:", activity)


async def asked(phone: Handset, *words: str) -> Bubble:
    """Wait for the question to a verifier, with its buttons."""

    def wanted(one: Bubble) -> bool:
        return one.button("✅") is not None and all(word in one.text for word in words)

    return await phone.sees(wanted, f"a question with {words}")


async def states(town: Town) -> list[str]:
    return [row["state"] for row in await town.rows("deed")]


async def newest(town: Town) -> int:
    """Give the number of the newest deed; a unit that went again has used up numbers."""
    number: int = max(row["id"] for row in await town.rows("deed"))
    return number


async def earned(town: Town) -> list[int]:
    return [row["amount"] for row in await town.rows("transfer")]


async def lives_with(town: Town, one: Handset, other: Handset) -> None:
    """Let somebody move in with somebody."""
    guest, host = await town.person(one), await town.person(other)
    await town.app.database.write(
        community.move_in,
        resident_id=guest.resident_id,
        household_id=host.household_id,
        now=town.clock.now(),
    )


def picture(seed: int = 0, *, size: int = 320, quality: int = 85) -> bytes:
    """Draw a photo of a garden; the same seed is the same scene, whatever size it is saved in."""
    image = Image.new("RGB", (640, 480), (120, 160, 90))
    draw = ImageDraw.Draw(image)
    for number in range(6):
        left = (seed * 97 + number * 131) % 560
        top = (seed * 61 + number * 83) % 400
        draw.ellipse((left, top, left + 90, top + 90), fill=((seed * 40 + number * 37) % 256, 60, 200))
    saved = BytesIO()
    image.resize((size, size * 3 // 4)).save(saved, "JPEG", quality=quality)
    return saved.getvalue()


async def sends_photo(phone: Handset, data: bytes, caption: str = "") -> Any:
    facts = {"photo": b64encode(data).decode(), "caption": caption}
    return await phone.does("photo", facts)
