"""How far a call-out's messages got, in words: how long it still takes, what failed and what is in doubt."""

from markupsafe import Markup

from bot.callouts import Missed, Sending
from bot.callouts.reaching import OtherWays
from bot.chat.house import House
from bot.chat.texts import Texts
from bot.delivery import Button
from bot.delivery.figures import seconds_left

MISSED = {
    Missed.BLOCKED: "progress.blocked",
    Missed.GONE: "progress.gone",
    Missed.LATE: "progress.late",
    Missed.OTHER: "progress.other",
}


def duration(t: Texts, seconds: int) -> str:
    """Say how long something takes: 47 s, 2 min 47 s, 1 h 5 min."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return t("progress.seconds", seconds=rest)
    hours, rest_minutes = divmod(minutes, 60)
    if hours:
        return t("progress.hours", hours=hours, minutes=rest_minutes)
    return t("progress.minutes", minutes=minutes, seconds=rest)


def estimate(t: Texts, house: House, *, people: int, ahead: int) -> Markup:
    """Say honestly when the last of these people is reached, with what goes before counted in."""
    seconds = seconds_left(ahead, per_second=house.per_second)
    return t.rich("progress.estimate", people=t.count("count.people", people), time=duration(t, seconds))


def progress_lines(t: Texts, house: House, sending: Sending) -> list[Markup]:
    """Say what a coordinator must know of the messages; nothing where all of them arrived."""
    lines = []
    if sending.waiting:
        time = duration(t, seconds_left(sending.ahead, per_second=house.per_second))
        lines.append(t.rich("progress.waiting", waiting=sending.waiting, time=time))
    missed = [t(MISSED[why], n=count) for why, count in (sending.missed or {}).items()]
    if missed:
        lines.append(t.rich("progress.missed", reasons=t("list.comma").join(missed)))
    others = sending.others
    if others != OtherWays():
        facts = {"reached": others.reached, "failed": others.failed, "unknown": others.unknown}
        lines.append(t.rich("progress.other_ways", **facts))
    if sending.unknown:
        key = "progress.unknown" if sending.possible else "progress.unknown_for_good"
        lines.append(t.rich(key, unknown=sending.unknown))
    return lines


def again_buttons(t: Texts, callout_id: int, sending: Sending) -> tuple[Button, ...]:
    """Offer to send again what is in doubt, where that is still possible."""
    return (Button(t("progress.button_again"), f"cc:{callout_id}"),) if sending.possible else ()
