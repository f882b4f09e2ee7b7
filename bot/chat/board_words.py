"""The board a coordinator watches, as a message that also reads well aloud."""

from markupsafe import Markup

from bot.callouts import BoardView, CallOutState, Figures
from bot.chat.callout_words import LEVELS, marked, told_apart
from bot.chat.house import House
from bot.chat.keyboards import Rows, one_a_row
from bot.chat.progress_words import again_buttons, progress_lines
from bot.chat.texts import Texts
from bot.community import PersonAddress
from bot.delivery import Button, Message


def board_message(t: Texts, view: BoardView, house: House, *, may_end: bool) -> Message:
    """Show a call-out's figures, who is coming and who is there, to somebody who may end it or not."""
    callout, figures = view.callout, view.figures
    is_open = callout.state is CallOutState.OPEN
    heading = t.rich(
        "board.heading" if is_open else "board.heading_closed",
        level=t(LEVELS[callout.level]),
        name=told_apart(t, callout),
        needed=callout.needed,
        there=figures.coming + figures.arrived + figures.done,
    )
    lines = [heading, _figures(t, figures)]
    if view.earliest_arrival is not None and is_open:
        lines.append(t.rich("board.earliest", at=house.hour(view.earliest_arrival)))
    lines += progress_lines(t, house, view.sending) if is_open else []
    lines += _names(t, view)
    lines += _teams(t, view, house)
    lines.append(t.rich("board.as_of", at=house.hour(view.at)))
    html = marked(t, exercise=callout.exercise, html=Markup("\n").join(lines))
    return Message(str(html), _buttons(t, view) if may_end else ())


def _figures(t: Texts, figures: Figures) -> Markup:
    rows = [
        t.rich("board.asked", asked=figures.asked, delivered=figures.delivered),
        t.rich("board.coming", coming=figures.coming, later=figures.later, cannot=figures.cannot),
        t.rich("board.there", arrived=figures.arrived, done=figures.done),
        t.rich("board.silent", silent=figures.no_answer, unreachable=figures.unreachable),
    ]
    return Markup("\n").join(rows)


def _names(t: Texts, view: BoardView) -> list[Markup]:
    lines = []
    if view.arrived:
        lines.append(_named(t, "board.names_there", view.arrived, view.figures.arrived))
    if view.coming:
        lines.append(_named(t, "board.names_coming", view.coming, view.figures.coming))
    return lines


def _named(t: Texts, key: str, first: tuple[PersonAddress, ...], people: int) -> Markup:
    """Name the first of them, and say how many more there are."""
    left = people - len(first)
    more = t("board.names_more", n=left) if left > 0 else ""
    return t.rich(key, names=t("list.comma").join(one.name for one in first), more=more)


def _teams(t: Texts, view: BoardView, house: House) -> list[Markup]:
    if len(view.teams) < 2:
        return []
    order = {team.code: place for place, team in enumerate(house.neighbourhood.teams)}
    named = {team.code: f"{team.emoji} {t.name(team.names)}" for team in house.neighbourhood.teams}
    return [
        t.rich(
            "board.team",
            team=named.get(code, code),
            coming=figures.coming,
            there=figures.arrived + figures.done,
            asked=figures.asked,
        )
        for code, figures in sorted(view.teams.items(), key=lambda one: order.get(one[0], len(order)))
    ]


def _buttons(t: Texts, view: BoardView) -> Rows:
    number = view.callout.callout_id
    calls = call_list_button(t, view)
    if view.callout.state is not CallOutState.OPEN:
        return one_a_row(*calls)
    again = again_buttons(t, number, view.sending)
    return one_a_row(*again, *calls, Button(t("board.button_stand_down"), f"cs:{number}"))


def call_list_button(t: Texts, view: BoardView) -> tuple[Button, ...]:
    """Offer the list of those whom a human has to tell, where there are any."""
    return (Button(t("progress.button_list"), f"c1:{view.callout.callout_id}"),) if view.to_call else ()
