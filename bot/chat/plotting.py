"""A call-out in preparation: what is kept of it between taps, and its newest preview."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from bot.callouts import Draft, PlanView, preview
from bot.chat.callout_words import marked, marked_plain, rules_of
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.preview_words import preview_message
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import ROLE_ACTS, Act, NotAllowed
from bot.delivery import Button, Message

PREVIEW = "callout.preview"


class NothingPreparedError(Exception):
    """A button of a preview whose call-out was sent or discarded."""


@dataclass(frozen=True)
class Plot:
    """A call-out in preparation: the draft, which preview was read, and whether it began without a plan."""

    draft: Draft
    read: str
    fresh: bool = False

    def to_dict(self) -> dict[str, Any]:
        return {"draft": self.draft.to_dict(), "read": self.read, "fresh": self.fresh}

    @classmethod
    def of(cls, turn: Turn) -> "Plot":
        """Take up what the speaker is preparing.

        Raises:
            NothingPreparedError: nothing is; it was sent or discarded.
        """
        if turn.talk is None or "draft" not in turn.talk.draft:
            raise NothingPreparedError
        kept = turn.talk.draft
        return cls(Draft.from_dict(kept["draft"]), str(kept["read"]), bool(kept.get("fresh")))

    def with_draft(self, draft: Draft) -> "Plot":
        """Change it: no preview that was read before can be sent any more."""
        return replace(self, draft=draft, read="")

    def was_read(self, mark: str) -> bool:
        """Tell whether this is the mark of the newest preview, and of the draft as it is."""
        return bool(mark) and mark == self.read

    def marked(self, t: Texts, key: str, **facts: str) -> Markup:
        """Say something about the draft; of an exercise everything says that it is one (law 8)."""
        return marked(t, exercise=self.draft.exercise, html=t.rich(key, **facts))


def rehearses(turn: Turn) -> bool:
    """Tell whether the speaker is preparing an exercise."""
    return turn.talk is not None and bool(turn.talk.draft.get("draft", {}).get("exercise"))


def own_area(turn: Turn) -> int:
    """Give the widest area the speaker may call out in.

    Raises:
        NotAllowed: there is none.
    """
    reached = [grant for grant in turn.person.roles if Act.CALL_OUT in ROLE_ACTS[grant.role]]
    if not reached:
        raise NotAllowed(Act.CALL_OUT)
    return min(reached, key=lambda grant: grant.area_path.count("/")).area_id


def back_to_preview(turn: Turn) -> Button:
    return Button(turn.t("button.back"), "cp")


async def show_plot(turn: Turn, plot: Plot) -> None:
    """Show the newest preview: the only one that can be sent."""
    seen = await turn.look(
        preview, draft=plot.draft, coordinator_id=turn.me, now=turn.now, rules=rules_of(turn.house)
    )
    draft = plot.draft.as_worded_by(seen.plan)
    plot = Plot(draft, read=secrets.token_hex(4))
    await turn.ask(preview_message(turn.t, seen, turn.house, plot.read), PREVIEW, plot.to_dict())


async def show_newest(turn: Turn, plot: Plot) -> None:
    """Say that a button was an older preview's, and send the newest."""
    words = marked_plain(turn.t, exercise=plot.draft.exercise, text=turn.t("callout.older_preview"))
    await turn.toast(words, alert=True)
    turn.query = None
    await show_plot(turn, plot)


async def show_plot_or_ask_text(turn: Turn, plot: Plot, plan: PlanView | None) -> None:
    """Show the preview, or ask for the words where neither the coordinator nor the plan gave any."""
    if plot.draft.text or (plan is not None and plan.texts):
        await show_plot(turn, plot)
    else:
        await ask_for_text(turn, plot)


async def ask_for_text(turn: Turn, plot: Plot, *ways_back: Button) -> None:
    """Ask what shall be read."""
    ways = one_a_row(*ways_back, Button(turn.t("callout.button_discard"), "cx"))
    await turn.ask(Message(plot.marked(turn.t, "callout.ask_text"), ways), "callout.text", plot.to_dict())


@refuses(NothingPreparedError)
def _nothing(_: NothingPreparedError, t: Texts, __: House) -> str:
    return t("callout.nothing_prepared")
