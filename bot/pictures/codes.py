"""A reward's code as a QR picture that opens the bot with it."""

from io import BytesIO

import segno

SCALE = 12  # about 500 pixels wide: sharp on any phone, a few hundred bytes
QUIET_ZONE = 4  # modules of white around it, as ISO/IEC 18004 wants


def draw_code(*, link: str) -> bytes:
    """Draw the link that carries a code as a black and white PNG, for a phone's camera to open."""
    drawn = BytesIO()
    segno.make(link, micro=False, error="m").save(drawn, kind="png", scale=SCALE, border=QUIET_ZONE)
    return drawn.getvalue()
