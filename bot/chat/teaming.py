"""/teams: one core and four wings, to join, to leave, and who leads them."""

from markupsafe import Markup

from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import (
    TeamRetired,
    TeamView,
    UnknownTeam,
    choose_team,
    leaders,
    leave_team,
    team_sizes,
    teams,
    teams_of,
)
from bot.delivery import Button, Message

KINDS = {"core": "teams.core", "wing": "teams.wing"}


async def show_teams(turn: Turn) -> None:
    """Show the teams with a button to join or leave each."""
    offered = await turn.look(teams)
    mine = {team.code for team in await turn.look(teams_of, turn.me)}
    sizes, led_by = await turn.look(team_sizes), await turn.look(leaders)
    lines = [turn.t.rich("teams.heading")]
    lines += [
        _line(turn, team, sizes.get(team.code, 0), led_by.get(team.code, ()), member=team.code in mine)
        for team in offered
    ]
    await turn.ask(Message(Markup("\n").join(lines), _buttons(turn, offered, mine)), "teams")


async def join_team(turn: Turn) -> None:
    """Join a team and show the teams again."""
    changed = await turn.act(choose_team, resident_id=turn.me, team_code=turn.said.word(0), now=turn.now)
    await turn.toast(turn.t("teams.joined", team=turn.t.name(changed.team.names)))
    await show_teams(turn)
    await turn.refresh_menu()


async def quit_team(turn: Turn) -> None:
    """Leave a team and show the teams again."""
    changed = await turn.act(leave_team, resident_id=turn.me, team_code=turn.said.word(0))
    await turn.toast(turn.t("teams.left", team=turn.t.name(changed.team.names)))
    await show_teams(turn)
    await turn.refresh_menu()


def _line(turn: Turn, team: TeamView, size: int, led_by: tuple[str, ...], *, member: bool) -> Markup:
    return turn.t.rich(
        "teams.line_mine" if member else "teams.line",
        emoji=team.emoji,
        name=turn.t.name(team.names),
        kind=turn.t(KINDS[team.kind.value]),
        people=turn.t.count("count.people", size),
        lead=turn.t("teams.led_by", names=turn.t("list.comma").join(led_by)) if led_by else "",
    )


def _buttons(turn: Turn, offered: tuple[TeamView, ...], mine: set[str]) -> tuple[tuple[Button, ...], ...]:
    buttons = []
    for team in offered:
        name = turn.t.name(team.names)
        if team.code in mine:
            buttons.append(Button(turn.t("teams.button_leave", name=name), f"tl:{team.code}"))
        else:
            buttons.append(Button(f"{team.emoji} {name}", f"tj:{team.code}"))
    return one_a_row(*buttons)


@refuses(UnknownTeam)
def _unknown(_: UnknownTeam, t: Texts, __: House) -> str:
    return t("oops.stale_button")


@refuses(TeamRetired)
def _retired(error: TeamRetired, t: Texts, _: House) -> str:
    return t("teams.retired", name=t.name(error.names))
