"""A coordinator's call-out from a phone, up to the tap that sends it."""

import re

from tests.benchmarks.process import until
from tests.benchmarks.room import Json, Room

SEND = re.compile("🚨")


def prepare(room: Room, coordinator: int) -> Json:
    """Type `/callout` and wait for the preview; give its send button as a tap that is still to be made."""
    typed = {"person": coordinator, "act": "text", "text": "/callout gas leak Building 1"}
    assert "error" not in room.batch([typed])[0]
    found: list[Json] = []

    def preview_came() -> bool:
        found.extend(
            tap for message in room.messages(coordinator)[:1] for tap in _sends(coordinator, message)
        )
        return bool(found)

    until(preview_came, every=0.05)
    return found[0]


def _sends(person: int, message: Json) -> list[Json]:
    return [
        {"person": person, "act": "tap", "message_id": message["message_id"], "data": button["data"]}
        for row in message["buttons"]
        for button in row
        if button.get("data") and SEND.search(button["text"])
    ]
