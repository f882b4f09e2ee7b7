"""How a call-out is worded: its level, its message to a volunteer, and the buttons for where they stand."""

from collections.abc import Mapping
from datetime import datetime

from markupsafe import Markup, escape

from bot.callouts import AskState, CallOutRules, CallOutView, Level
from bot.chat.house import House
from bot.chat.keyboards import Rows, one_a_row, two_a_row
from bot.chat.texts import Texts
from bot.delivery import Button, Message
from points.names import ANY

LEVELS = {
    Level.RED: "level.red",
    Level.ORANGE: "level.orange",
    Level.YELLOW: "level.yellow",
    Level.BLUE: "level.blue",
}
ETA_MINUTES = (5, 10, 20, 30)
GIST = 24  # characters that tell one call-out from another of the same plan


def rules_of(house: House) -> CallOutRules:
    """Give the neighbourhood's own limits on call-outs."""
    callouts = house.neighbourhood.callouts
    return CallOutRules(
        zone=house.zone,
        second_person_over=callouts.second_person_over,
        approval_minutes=callouts.approval_minutes,
    )


def marked(t: Texts, *, exercise: bool, html: Markup) -> Markup:
    """Put the mark of an exercise before everything else (law 8)."""
    return t.rich("exercise.mark") + Markup("\n") + html if exercise else html


def marked_plain(t: Texts, *, exercise: bool, text: str) -> str:
    """Put the mark of an exercise before a short answer too."""
    return f"{t('exercise.mark_plain')} {text}" if exercise else text


def rehearsed(t: Texts, sentence: str) -> str:
    """Put the mark of an exercise before a sentence that does not begin with it yet."""
    mark = t("exercise.mark_plain")
    return sentence if sentence.startswith(mark) else f"{mark} {sentence}"


def title(t: Texts, view: CallOutView) -> str:
    """Name a call-out: its plan, or just what it is."""
    if not view.plan_names:
        return untitled(t, view.level)
    return f"{view.plan_emoji or ''} {t.name(view.plan_names)}".strip()


def untitled(t: Texts, level: Level) -> str:
    """Name a call-out without a plan; the urgent ones have a word of their own in Chinese."""
    return t("callout.untitled_urgent" if level.is_urgent else "callout.untitled")


def told_apart(t: Texts, view: CallOutView) -> str:
    """Name a call-out so that it is not taken for another of its plan: by place, typed words or area."""
    gist = " ".join((view.place or view.texts.get(ANY) or t.name(view.area_names)).split())
    short = gist if len(gist) <= GIST else f"{gist[: GIST - 1].rstrip()}…"
    return f"{title(t, view)} · {short}"


def said_in(t: Texts, texts: Mapping[str, str]) -> str:
    """Give the words of a call-out in the reader's language, or else as they were written."""
    return texts.get(t.language) or next(iter(texts.values()), "")


def call_text(
    t: Texts,
    *,
    level: Level,
    exercise: bool,
    name: str,
    texts: Mapping[str, str],
    place: str,
    needed: int,
) -> Markup:
    """Word a call-out exactly as a volunteer reads it."""
    return marked(
        t,
        exercise=exercise,
        html=t.rich(
            "callout.call_urgent" if level.is_urgent else "callout.call",
            level=t(LEVELS[level]),
            name=name,
            text=Markup("<b>{}</b>").format(said_in(t, texts)),
            place=place,
            needed=t.count("count.people", needed),
        ),
    )


def view_text(t: Texts, view: CallOutView) -> Markup:
    """Word a call-out that was sent."""
    return call_text(
        t,
        level=view.level,
        exercise=view.exercise,
        name=title(t, view),
        texts=view.texts,
        place=view.place or t.name(view.area_names),
        needed=view.needed,
    )


def ask_message(t: Texts, view: CallOutView) -> Message:
    """Ask a volunteer."""
    html = view_text(t, view) + Markup("\n\n") + t.rich("callout.can_you_come")
    return Message(str(html), answer_buttons(t, view.callout_id, AskState.QUEUED))


def answer_buttons(t: Texts, callout_id: int, state: AskState) -> Rows:
    """Give the buttons that make sense where a volunteer stands."""
    coming = Button(t("answer.button_coming"), f"ca:{callout_id}:y")
    later = Button(t("answer.button_later"), f"ca:{callout_id}:l")
    cannot = Button(t("answer.button_cannot"), f"ca:{callout_id}:n")
    here = here_button(t, callout_id)
    if state is AskState.COMING:
        etas = [
            Button(t("answer.button_eta", minutes=minutes), f"ce:{callout_id}:{minutes}")
            for minutes in ETA_MINUTES
        ]
        return one_a_row(*etas, here, later, cannot)
    if state is AskState.ARRIVED:
        return one_a_row(Button(t("answer.button_done"), f"cd:{callout_id}"), cannot)
    if state is AskState.DONE:
        return what_next(t)
    return one_a_row(coming, later, cannot)


def here_button(t: Texts, callout_id: int) -> Button:
    return Button(t("answer.button_here"), f"ch:{callout_id}")


def what_next(t: Texts) -> Rows:
    """Give somebody who is done a way on: what it earned, and what that is good for."""
    return two_a_row(
        Button(t("command.points"), "h:points"), Button(t("points.button_leaderboard"), "h:leaderboard")
    )


def standing_line(t: Texts, house: House, state: AskState, eta_at: datetime | None) -> Markup:
    """Say where a volunteer stands, and what comes next."""
    if state is AskState.COMING and eta_at is not None:
        return t.rich("answer.coming_at", at=house.hour(eta_at))
    keys = {
        AskState.COMING: "answer.coming",
        AskState.LATER: "answer.later",
        AskState.CANNOT: "answer.cannot",
        AskState.ARRIVED: "answer.arrived",
        AskState.DONE: "answer.done",
    }
    return t.rich(keys.get(state, "callout.can_you_come"))


def one_line(text: str) -> Markup:
    """Give typed text as one escaped line."""
    return escape(" ".join(text.split()))
