"""How a deed is worded: to who verifies it, who claimed it, and who reads what came of it."""

from collections.abc import Callable, Mapping

from markupsafe import Markup

from bot.chat.house import House
from bot.chat.keyboards import Rows, one_a_row
from bot.chat.texts import Texts
from bot.deeds import DeedCard
from bot.delivery import Button, Message
from points.deeds import DeedState, DeedView, Doubt, Flag, Look, Origin, Why

# A caption holds 1024 characters: what is typed is cut there, and whole where there is no picture.
SHORT_NOTE, SHORT_QUESTION, SHORT_ANSWER, SHORT_NAME = 220, 70, 160, 40

WHYS = {
    Why.UNCONFIRMED: "verify.why_unconfirmed",
    Why.TWICE: "verify.why_twice",
    Why.MISFIT: "verify.why_misfit",
    Why.TIME: "verify.why_time",
}
DOUBTS = {
    Doubt.UNSEEN: "public.doubt_unseen",
    Doubt.TWICE: "public.doubt_twice",
    Doubt.TIME: "public.doubt_time",
}
# Why a second person is needed beside what it is worth.
CLOSE = {Look.CIRCLE: "verify.ask_circle", Look.GIFT: "verify.ask_gift", Look.RING: "verify.ask_ring"}
STRIKES = {Look.CIRCLE: "verify.flag_circle", Look.GIFT: "verify.flag_gift", Look.RING: "verify.flag_ring"}

Words = Callable[[Texts], Message]


def what(t: Texts, deed: DeedView) -> str:
    """Name what was done, with how long and how many where that counts."""
    return what_of(t, deed.names, deed.minutes, deed.units, deed.unit_names)


def what_of(
    t: Texts,
    names: Mapping[str, str],
    minutes: int | None,
    units: int | None = None,
    unit_names: Mapping[str, str] | None = None,
) -> str:
    """Name an activity, with how long and how many where that counts."""
    name = t.name(names)
    if minutes is not None:
        name = t("deed.what_minutes", name=name, minutes=minutes)
    if units is not None:
        name = t("deed.what_units", name=name, n=units, unit=t.name(unit_names or {"*": "×"}))
    return name


def question(t: Texts, house: House, card: DeedCard, *, waited: bool = False) -> Message:
    """Ask whoever verifies: what is claimed, what speaks for it, what to look at."""
    deed = card.deed
    lines = [_heading(t, card), t.rich("verify.worth", points=deed.worth), *_proof(t, card)]
    lines += [_flag(t, house, flag) for flag in _flags(deed)]
    if waited:
        lines.insert(0, t.rich("verify.waited"))
    return Message(Markup("\n").join(lines), question_buttons(t, deed), photo_id=deed.photo)


def question_buttons(t: Texts, deed: DeedView) -> Rows:
    """Offer to approve, to reject, to ask back, and to look where it was."""
    more = [Button(t("verify.button_ask"), f"dq:{deed.deed_id}")]
    if deed.origin is Origin.AWARD:
        more = []
    if deed.place is not None:
        more.append(Button(t("verify.button_place"), f"dl:{deed.deed_id}"))
    first = (
        Button(t("verify.button_yes"), f"dy:{deed.deed_id}"),
        Button(t("verify.button_no"), f"dn:{deed.deed_id}"),
    )
    return (first, tuple(more)) if more else (first,)


def decided(t: Texts, card: DeedCard, key: str, by: int | None, *, points: int | None = None) -> Message:
    """Say what became of a deed, and by whom; `points` are those it came to, else what it is worth."""
    deed = card.deed
    html = t.rich(
        key,
        by=card.name(by) or t("verify.somebody"),
        name=card.name(deed.resident_id) or t("verify.somebody"),
        what=what(t, deed),
        points=deed.worth if points is None else points,
        reason=reason(t, deed),
    )
    return Message(html)


def verifier_name(t: Texts, card: DeedCard, resident_id: int | None) -> str:
    """Name who verifies to whose deed it is: as everybody may read of them, or not at all."""
    return card.public_name(resident_id) or t("deed.verifier")


def reason(t: Texts, deed: DeedView) -> str:
    """Say why a deed was rejected."""
    return t(WHYS[deed.why]) if deed.why is not None else deed.reason or ""


def doubt(t: Texts, deed: DeedView) -> str:
    """Say why somebody objects to a deed; what a forgotten person said is gone."""
    return t(DOUBTS[deed.doubt]) if deed.doubt is not None else deed.objection or t("objection.gone")


def objection(t: Texts, card: DeedCard, *, waited: bool = False) -> Message:
    """Ask those who decide about an objection."""
    deed = card.deed
    html = t.rich(
        "objection.ask",
        objector=card.name(deed.objector) or t("verify.somebody"),
        name=card.name(deed.resident_id),
        area=t.name(card.area_names),
        what=what(t, deed),
        points=deed.worth,
        reason=doubt(t, deed),
    )
    if waited:
        html = t.rich("verify.waited") + Markup("\n") + html
    buttons = one_a_row(
        Button(t("objection.button_post"), f"du:{deed.deed_id}"),
        Button(t("objection.button_drop"), f"dx:{deed.deed_id}"),
    )
    return Message(html, buttons)


def ask_again(t: Texts, house: House, card: DeedCard) -> Message:
    """Ask again who did not decide for a day."""
    if card.deed.state is DeedState.OBJECTED:
        return objection(t, card, waited=True)
    return question(t, house, card, waited=True)


def short(text: str, most: int) -> str:
    """Cut a text, as Telegram counts its letters."""
    cut = text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")
    return cut if cut == text else f"{cut.rstrip()}…"


def _heading(t: Texts, card: DeedCard) -> Markup:
    deed = card.deed
    facts = {
        "name": short(card.name(deed.resident_id), SHORT_NAME),
        "area": short(t.name(card.area_names), SHORT_NAME),
        "what": short(what(t, deed), 2 * SHORT_NAME),
        "first": short(card.name(deed.verifier) or t("verify.somebody"), SHORT_NAME),
    }
    if deed.origin is Origin.AWARD:
        key = "verify.ask_award"
    elif deed.verifier is not None:
        looks = {flag.look for flag in deed.flags}
        key = next((words for look, words in CLOSE.items() if look in looks), "verify.ask_second")
    else:
        return t.rich("verify.ask", name=facts["name"], area=facts["area"], what=facts["what"])
    return t.rich(key, **facts)


def _proof(t: Texts, card: DeedCard) -> list[Markup]:
    deed, captioned = card.deed, card.deed.photo is not None
    lines = []
    if deed.note:
        lines.append(t.rich("verify.note", note=short(deed.note, SHORT_NOTE) if captioned else deed.note))
    if deed.question:
        asked = short(deed.question, SHORT_QUESTION) if captioned else deed.question
        name = short(card.name(deed.asked_by) or t("verify.somebody"), SHORT_NAME)
        lines.append(t.rich("verify.question", name=name, question=asked))
    if deed.answer:
        answer = short(deed.answer, SHORT_ANSWER) if captioned else deed.answer
        lines.append(t.rich("verify.answer", answer=answer))
    return lines


def _flags(deed: DeedView) -> list[Flag]:
    """Give what strikes, each look once, and of what makes two people close the plainest."""
    flags = {one.look: one for one in deed.flags}
    close = [look for look in CLOSE if look in flags]
    return [flag for look, flag in flags.items() if look not in close[1:]]


def _flag(t: Texts, house: House, flag: Flag) -> Markup:
    if flag.look is Look.PHOTO and flag.at is not None:
        key = "verify.flag_own_photo" if flag.own else "verify.flag_photo"
        return t.rich(key, day=house.day(flag.at))
    if flag.look is Look.MANY:
        return t.rich("verify.flag_many", count=flag.count)
    return t.rich(STRIKES[flag.look])
