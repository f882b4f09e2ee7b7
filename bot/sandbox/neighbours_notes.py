"""What simulated people see: messages and their buttons, and which call-out a stand-down ends."""

import re
from dataclasses import dataclass

VARIATION_SELECTORS = str.maketrans("", "", "\ufe0e\ufe0f")
STOOD_DOWN = "🏁"
COLON = re.compile("[:：]")


@dataclass(frozen=True)
class Press:
    """A button under a message, found by the emoji its label begins with."""

    label: str
    data: str

    def leads(self, emoji: str) -> bool:
        return self.label.translate(VARIATION_SELECTORS).startswith(emoji.translate(VARIATION_SELECTORS))


@dataclass(frozen=True)
class Note:
    """A message as the person sees it."""

    message_id: int
    presses: tuple[Press, ...]
    words: str = ""

    def press(self, emoji: str) -> Press | None:
        return next((press for press in self.presses if press.leads(emoji)), None)

    def has(self, *emojis: str) -> bool:
        return all(self.press(emoji) for emoji in emojis)

    def ends(self, call: "Note") -> bool:
        """Say whether this message stands that call-out down: 🏁 and its name, below the same marks."""
        lines, called = self.words.splitlines(), call.words.splitlines()
        place = next((place for place, line in enumerate(lines) if line.startswith(STOOD_DOWN)), None)
        if place is None or call.message_id >= self.message_id or len(called) <= place:
            return False
        name = COLON.split(lines[place], maxsplit=1)[-1].strip()
        return called[:place] == lines[:place] and name in called[place]
