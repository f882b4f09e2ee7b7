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
        """Say whether this message may stand that call-out down: 🏁 and its plan, below the same marks."""
        lines, called = self.words.splitlines(), call.words.splitlines()
        place = self._stood_down_in()
        if place is None or call.message_id >= self.message_id or len(called) <= place:
            return False
        return called[:place] == lines[:place] and self._plan_and_gist()[0] in called[place]

    def ends_just(self, call: "Note") -> bool:
        """Say whether it names even the words or the place of that call-out, beside its plan."""
        return self.ends(call) and self._plan_and_gist()[1] in " ".join(call.words.split())

    def _stood_down_in(self) -> int | None:
        lines = enumerate(self.words.splitlines())
        return next((place for place, line in lines if line.startswith(STOOD_DOWN)), None)

    def _plan_and_gist(self) -> tuple[str, str]:
        line = self.words.splitlines()[self._stood_down_in() or 0]
        plan, _, gist = COLON.split(line, maxsplit=1)[-1].partition(" · ")
        return plan.strip(), gist.strip().rstrip("…")
