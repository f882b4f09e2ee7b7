"""Changing a call-out before it is sent: level, audience, how many, where, words, exercise or not."""

from dataclasses import replace

from bot.callouts import BadNeeded, Level, TextTooLong, plan_by_code
from bot.chat.callout_words import LEVELS, marked_plain
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.places import ask_area, takes_area
from bot.chat.plotting import (
    Plot,
    ask_for_text,
    back_to_preview,
    own_area,
    show_newest,
    show_plot,
    show_plot_or_ask_text,
)
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Forged, Turn
from bot.community import open_area, teams
from bot.delivery import Button, Message

NEEDED = (2, 5, 10, 20)


async def show_preview(turn: Turn) -> None:
    """Show the newest preview."""
    await show_plot(turn, Plot.of(turn))


async def ask_level(turn: Turn) -> None:
    """Ask for another level."""
    await ask_for_level(turn, Plot.of(turn))


async def take_level(turn: Turn) -> None:
    """Take the level; a call-out without a plan asks for its teams next."""
    plot, wanted = Plot.of(turn), turn.said.word(0)
    if wanted not in set(Level):
        raise Forged
    plot = plot.with_draft(plot.draft.with_level(Level(wanted)))
    if plot.fresh:
        await ask_for_teams(turn, plot)
    else:
        await show_plot(turn, plot)


async def ask_teams(turn: Turn) -> None:
    """Ask who shall be called: teams, and where they live."""
    await ask_for_teams(turn, Plot.of(turn))


async def toggle_team(turn: Turn) -> None:
    """Call a team or leave it out."""
    plot, code = Plot.of(turn), turn.said.word(0)
    order = [team.code for team in await turn.look(teams)]
    if code not in order:
        raise Forged
    chosen = set(plot.draft.team_codes) ^ {code}
    await ask_for_teams(
        turn, plot.with_draft(plot.draft.with_teams(tuple(one for one in order if one in chosen)))
    )


async def teams_chosen(turn: Turn) -> None:
    """Go on with the teams that are chosen: at least one."""
    plot = Plot.of(turn)
    if not plot.draft.team_codes:
        words = marked_plain(turn.t, exercise=plot.draft.exercise, text=turn.t("callout.no_team_chosen"))
        await turn.toast(words, alert=True)
        return
    code = plot.draft.plan_code
    plan = await turn.look(plan_by_code, code) if code else None
    await show_plot_or_ask_text(turn, replace(plot, fresh=False), plan)


async def ask_where_called(turn: Turn) -> None:
    """Ask in which part of the neighbourhood people are called."""
    plot = Plot.of(turn)
    home = await turn.look(open_area, own_area(turn))
    draft = {**plot.to_dict(), "whole": True, "top": home.area_id, "exercise": plot.draft.exercise}
    await ask_area(turn, home, step="callout.area", draft=draft)


@takes_area("callout.area")
async def take_area(turn: Turn, area_id: int) -> None:
    """Call people of that area and below; where the teams are not chosen yet, go on with them."""
    plot = Plot.of(turn)
    plot = plot.with_draft(plot.draft.with_area(area_id))
    await (ask_for_teams(turn, plot) if plot.fresh else show_plot(turn, plot))


async def ask_needed(turn: Turn) -> None:
    """Ask how many people are needed."""
    plot = Plot.of(turn)
    buttons = [Button(f"🎯 {number}", f"cm:{number}") for number in NEEDED]
    text = plot.marked(turn.t, "callout.ask_needed")
    question = Message(text, one_a_row(*buttons, back_to_preview(turn)))
    await turn.ask(question, "callout.needed", plot.to_dict())


async def take_needed(turn: Turn) -> None:
    """Take how many people are needed, tapped or typed."""
    plot = Plot.of(turn)
    typed = turn.said.text or turn.said.word(0)
    if not (typed.isdecimal() and len(typed) < 6):
        raise BadNeeded(needed=0, limit=999)
    await show_plot(turn, plot.with_draft(plot.draft.with_needed(int(typed))))


async def ask_place(turn: Turn) -> None:
    """Ask where people shall come, in words."""
    plot = Plot.of(turn)
    question = Message(plot.marked(turn.t, "callout.ask_place"), one_a_row(back_to_preview(turn)))
    await turn.ask(question, "callout.place", plot.to_dict())


async def take_place(turn: Turn) -> None:
    """Take the place that was typed."""
    plot = Plot.of(turn)
    await show_plot(turn, plot.with_draft(plot.draft.with_place(turn.said.text)))


async def ask_text(turn: Turn) -> None:
    """Ask for other words."""
    await ask_for_text(turn, Plot.of(turn), back_to_preview(turn))


async def take_text(turn: Turn) -> None:
    """Take the words that were typed."""
    plot = Plot.of(turn)
    await show_plot(turn, plot.with_draft(plot.draft.with_text(turn.said.text)))


async def make_exercise(turn: Turn) -> None:
    """Make it an exercise, for good; nothing is sent."""
    plot = Plot.of(turn)
    await show_plot(turn, plot.with_draft(plot.draft.as_exercise()))


async def discard(turn: Turn) -> None:
    """Drop what was being prepared; the button of an older preview shows the newest instead."""
    plot = Plot.of(turn)
    if turn.said.data and not plot.was_read(turn.said.word(0)):
        await show_newest(turn, plot)
        return
    await turn.step(None)
    again = one_a_row(Button(turn.t("command.callout"), "h:callout"))
    await turn.show(Message(plot.marked(turn.t, "callout.discarded"), again))


async def ask_for_level(turn: Turn, plot: Plot) -> None:
    buttons = [Button(turn.t(key), f"cl:{level.value}") for level, key in LEVELS.items()]
    await turn.ask(
        Message(plot.marked(turn.t, "callout.ask_level"), one_a_row(*buttons)),
        "callout.level",
        plot.to_dict(),
    )


async def ask_for_teams(turn: Turn, plot: Plot) -> None:
    buttons = []
    for team in await turn.look(teams):
        tick = "☑️" if team.code in plot.draft.team_codes else "⬜"
        buttons.append(Button(f"{tick} {team.emoji} {turn.t.name(team.names)}", f"ct:{team.code}"))
    where = await turn.look(open_area, plot.draft.area_id)
    buttons.append(Button(turn.t("callout.button_area", name=turn.t.name(where.names)), "cr"))
    buttons.append(Button(turn.t("callout.button_teams_done"), "cb"))
    question = Message(plot.marked(turn.t, "callout.ask_teams"), one_a_row(*buttons))
    await turn.ask(question, "callout.teams", plot.to_dict())


@refuses(BadNeeded)
def _bad_needed(error: BadNeeded, t: Texts, _: House) -> str:
    return t("callout.bad_needed", limit=error.limit)


@refuses(TextTooLong)
def _too_long(error: TextTooLong, t: Texts, _: House) -> str:
    return t("callout.too_long", length=error.length, limit=error.limit)
