"""The preview of a call-out: level, audience with its number, and the text exactly as it will be read."""

from markupsafe import Markup

from bot.callouts import Preview
from bot.chat.callout_words import LEVELS, call_text, marked, untitled
from bot.chat.house import House
from bot.chat.keyboards import Rows, two_a_row
from bot.chat.progress_words import estimate
from bot.chat.texts import Texts
from bot.community import LeftOut
from bot.delivery import Button, Message

LEFT_OUT = {
    LeftOut.OFF: "left_out.off",
    LeftOut.AWAY: "left_out.away",
    LeftOut.QUIET: "left_out.quiet",
}
RULE = Markup("\n———\n")


def preview_message(t: Texts, seen: Preview, house: House, read: str) -> Message:
    """Show a draft with its figures; its send button carries which preview was read."""
    heading = "preview.heading_exercise" if seen.draft.exercise else "preview.heading"
    lines = [t.rich(heading), *_figures(t, seen, house)]
    html = marked(t, exercise=seen.draft.exercise, html=Markup("\n").join(lines))
    return Message(str(html + RULE + _as_read(t, seen)), _buttons(t, seen, read))


def _figures(t: Texts, seen: Preview, house: House) -> list[Markup]:
    emoji = {team.code: f"{team.emoji} {t.name(team.names)}" for team in house.neighbourhood.teams}
    teams = t("list.comma").join(emoji.get(code, code) for code in seen.draft.team_codes)
    lines = [
        t.rich("preview.level", level=t(LEVELS[seen.draft.level])),
        t.rich(
            "preview.audience",
            teams=teams,
            area=t.name(seen.area_names),
            people=t.count("count.people", seen.people),
        ),
        t.rich("preview.needed", people=t.count("count.people", seen.draft.needed)),
    ]
    left = [t(LEFT_OUT[why], n=seen.left_out[why]) for why in LEFT_OUT if seen.left_out.get(why)]
    if left:
        lines.append(t.rich("preview.left_out", reasons=t("list.comma").join(left)))
    if seen.without_chat:
        ways = seen.other_ways
        lines.append(
            t.rich("preview.without_chat", n=seen.without_chat, ways=ways, rest=seen.without_chat - ways)
        )
    if in_chat := seen.people - seen.without_chat:
        lines.append(estimate(t, house, people=in_chat, ahead=seen.ahead + in_chat))
    if not seen.people:
        lines.append(t.rich("preview.nobody"))
    if seen.needs_second:
        key = "preview.second" if seen.second_people else "preview.no_second"
        lines.append(t.rich(key, minutes=house.neighbourhood.callouts.approval_minutes))
    return lines


def _as_read(t: Texts, seen: Preview) -> Markup:
    name = f"{seen.plan.emoji} {t.name(seen.plan.names)}" if seen.plan else untitled(t, seen.draft.level)
    draft = seen.draft
    return call_text(
        t,
        level=draft.level,
        exercise=draft.exercise,
        name=name,
        texts=seen.texts,
        place=draft.place or t.name(seen.area_names),
        needed=draft.needed,
    )


def _buttons(t: Texts, seen: Preview, read: str) -> Rows:
    exercise = seen.draft.exercise
    send = Button(t("preview.button_send_exercise" if exercise else "preview.button_send"), f"cg:{read}")
    rows: list[tuple[Button, ...]] = [(send,)]
    if seen.needs_second:
        rows.append((Button(t("callout.button_alone"), f"cw:{read}"),))
    changes = [
        Button(t("preview.button_audience"), "ck"),
        Button(t("preview.button_level"), "ci"),
        Button(t("preview.button_needed"), "cj"),
        Button(t("preview.button_place"), "co"),
        Button(t("preview.button_text"), "cu"),
    ]
    if not exercise:
        changes.append(Button(t("preview.button_exercise"), "cv"))
    return (*rows, *two_a_row(*changes, Button(t("callout.button_discard"), f"cx:{read}")))
