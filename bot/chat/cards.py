"""A resident's card as a message: the same one at the end of joining and at /me."""

from datetime import datetime, timedelta

from markupsafe import Markup

from bot.chat.house import House
from bot.chat.keyboards import two_a_row
from bot.chat.texts import Texts
from bot.community import Card, HeldRole, Role, ShownIn
from bot.delivery import Button, Message

ROLE_NAMES = {
    Role.ADMIN: "role.admin",
    Role.COORDINATOR: "role.coordinator",
    Role.GRID_OFFICER: "role.grid_officer",
    Role.BUILDING_LEAD: "role.building_lead",
    Role.TEAM_LEAD: "role.team_lead",
    Role.INSTRUCTOR: "role.instructor",
    Role.DEPARTMENT: "role.department",
    Role.MERCHANT: "role.merchant",
}
SHOWN_NAMES = {
    ShownIn.NAME: "me.shown_name",
    ShownIn.MASKED: "me.shown_masked",
    ShownIn.HIDDEN: "me.shown_hidden",
}


def card_message(
    t: Texts, card: Card, house: House, *, now: datetime, heading: Markup, points: int | None = None
) -> Message:
    """Show somebody their card with a button to change each line."""
    lines = [
        heading,
        t.rich("me.name", name=card.name, code=card.short_code),
        t.rich("me.area", area=" › ".join(t.name(area.names) for area in card.trail)),
        t.rich("me.household", people=t.count("count.people", card.household_size), door=_door(t, card)),
        t.rich("me.teams", teams=_teams(t, card)),
        t.rich("me.availability", availability=_may_call(t, card, house, now)),
        t.rich("me.shown", shown=card.pseudonym or t(SHOWN_NAMES[card.shown_in])),
    ]
    born = t("me.no_birth") if card.birth_year is None else str(card.birth_year)
    lines.append(t.rich("me.birth", year=born))
    if points is not None:
        lines.append(t.rich("me.points", points=points))
    lines += [_role(t, held, house) for held in card.roles]
    buttons = two_a_row(
        Button(t("me.button_name"), "mn"),
        Button(t("me.button_area"), "ma"),
        Button(t("me.button_household"), "hh"),
        Button(t("me.button_teams"), "mt"),
        Button(t("me.button_available"), "mv"),
        Button(t("me.button_shown"), "ms"),
        Button(t("me.button_birth"), "mb"),
        Button(t("me.button_language"), "ml"),
        Button(t("me.button_help"), "h"),
    )
    return Message(Markup("\n").join(lines), buttons)


def _door(t: Texts, card: Card) -> str:
    return card.door or t("household.no_door")


def _may_call(t: Texts, card: Card, house: House, now: datetime) -> str:
    return availability_words(t, card, house, now) if card.teams else t("available.no_team")


def availability_words(t: Texts, card: Card, house: House, now: datetime) -> str:
    """Say whether somebody may be asked now."""
    away = card.availability.away_until
    if not card.availability.willing:
        return t("available.off")
    if away is not None and now < away:
        return t("available.away", until=house.day(away - timedelta(seconds=1)))  # that day included
    return t("available.on")


def _role(t: Texts, held: HeldRole, house: House) -> Markup:
    """Name a role by the team or shop it is for, or else by its area."""
    facts = house.neighbourhood
    subjects = {team.code: team.names for team in facts.teams} | {
        merchant.code: merchant.names for merchant in facts.merchants
    }
    where = subjects.get(held.subject or "", held.area_names)
    return t.rich("me.role", role=t(ROLE_NAMES[held.role]), area=t.name(where))


def _teams(t: Texts, card: Card) -> str:
    if not card.teams:
        return t("me.no_teams")
    return t("list.comma").join(f"{team.emoji} {t.name(team.names)}" for team in card.teams)
