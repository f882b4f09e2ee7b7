"""/award RESIDENT ACTIVITY note: a coordinator awards by rule, after a preview; what is missing is asked."""

import secrets
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from bot.chat.amounts import MINUTES, UNITS, answered, missing, question
from bot.chat.conversation import Talk
from bot.chat.deed_rules import rules_of
from bot.chat.deed_words import decided, what_of
from bot.chat.house import House
from bot.chat.keyboards import one_a_row, paged, told_apart
from bot.chat.recognising import (
    activities_in_order,
    activities_named,
    activity_called,
    meant,
    people_called,
)
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Forged, Said, Turn
from bot.chat.verifying_deeds import words_for
from bot.community import Act, Card, Found, NotAllowed, UnknownResident, card
from bot.deeds import (
    DeedClaimed,
    DeedPaid,
    NobodyCalled,
    Outcome,
    OwnAward,
    award_deed,
    check_award,
    worth_to,
)
from bot.delivery import Button, Message
from points import ActivityRule, Verify, current_activity
from points.deeds import MOST_LETTERS, NothingSaid, Proof, Work

WHO, ACTIVITY, PREVIEW, DONE = "award.who", "award.activity", "award.preview", "award.done"
STEPS = {MINUTES: "award.minutes", UNITS: "award.units"}
KINDS = {MINUTES: "am", UNITS: "an"}
Draft = Mapping[str, Any]


async def begin(turn: Turn) -> None:
    """Begin with what was typed behind the command, and ask for the rest."""
    if not turn.person.may(Act.AWARD):
        raise NotAllowed(Act.AWARD)
    draft: dict[str, Any] = {"key": secrets.token_hex(8)}
    if not turn.said.text:
        await turn.ask(Message(turn.t.rich("award.who")), WHO, draft)
        return
    found = await turn.look(meant, turn.said.text, turn.me)
    draft |= _with_rule(found.rule, found.rest)
    await _with_people(turn, draft, found.people)


async def take_who(turn: Turn) -> None:
    """Take for whom it is, as typed: alone, or with what it is for."""
    draft = _draft(turn, WHO)
    found = await turn.look(meant, turn.said.text, turn.me)
    more = _with_rule(found.rule, found.rest) if found.rule or found.rest else {}
    await _with_people(turn, {**draft, **more}, found.people)


async def take_person(turn: Turn) -> None:
    """Take the one of several who was tapped."""
    await _person(turn, _draft(turn, WHO), turn.said.number(0))


async def turn_people(turn: Turn) -> None:
    """Show another page of people of one name."""
    draft = _draft(turn, WHO)
    people = await turn.look(people_called, str(draft.get("called", "")), turn.me)
    if not people:
        raise Forged
    await _ask_person(turn, draft, people, page=turn.said.number(0))


async def take_typed_activity(turn: Turn) -> None:
    """Take the activity whose name was typed, or show those whose name holds it."""
    draft, typed = _draft(turn, ACTIVITY), turn.said.text
    rule = await turn.look(activity_called, typed)
    await (_ask_activity(turn, draft, typed=typed) if rule is None else _chosen(turn, draft, rule))


async def take_activity(turn: Turn) -> None:
    """Take the activity that was tapped."""
    draft = _draft(turn, ACTIVITY)
    await _chosen(turn, draft, (await turn.look(current_activity, turn.said.word(0))).rule)


async def turn_page(turn: Turn) -> None:
    """Show another page of activities."""
    await _ask_activity(turn, _draft(turn, ACTIVITY), page=turn.said.number(0))


async def take_minutes(turn: Turn) -> None:
    """Take for how long, tapped or typed."""
    await _amount(turn, MINUTES)


async def take_units(turn: Turn) -> None:
    """Take how many, tapped or typed."""
    await _amount(turn, UNITS)


async def take_note(turn: Turn) -> None:
    """Take what was typed at the preview as the note."""
    draft = _draft(turn, PREVIEW)
    rule = (await turn.look(current_activity, str(draft["activity"]))).rule
    await _preview(turn, {**draft, "note": turn.said.text}, rule)


async def confirm(turn: Turn) -> None:
    """Award what was read, once."""
    if turn.talk is not None and turn.talk.step == DONE:
        await turn.toast(turn.t("award.done_already"))
        return
    draft = _draft(turn, PREVIEW)
    if turn.said.word(0) != draft["key"]:
        raise Forged
    done = await turn.act_and_step(
        lambda _: Talk(DONE),
        award_deed,
        key=f"award:{turn.me}:{draft['key']}",
        coordinator_id=turn.me,
        resident_id=int(draft["who"]),
        work=_work(draft),
        rules=rules_of(turn.house),
        now=turn.now,
    )
    if isinstance(done, DeedClaimed):
        await turn.toast(turn.t("award.done_already"))
        return
    await turn.show(_done(turn.t, done, turn.me))


async def _with_people(turn: Turn, draft: Draft, people: tuple[Found, ...]) -> None:
    if len(people) == 1:
        await _person(turn, draft, people[0].resident_id)
    else:
        await _ask_person(turn, {**draft, "called": people[0].name}, people)


async def _ask_person(turn: Turn, draft: Draft, people: tuple[Found, ...], *, page: int = 0) -> None:
    named = [
        (turn.t("award.button_person", name=one.name, area=turn.t.name(one.area_names)), one.short_code)
        for one in people
    ]
    labels = zip(people, told_apart(named), strict=True)
    buttons = [Button(label, f"ar:{one.resident_id}") for one, label in labels]
    html = turn.t.rich("award.which_person", name=people[0].name)
    await turn.ask(Message(html, paged(buttons, page, lambda number: f"aq:{number}", turn.t)), WHO, draft)


async def _person(turn: Turn, draft: Draft, resident_id: int) -> None:
    await turn.look(check_award, coordinator_id=turn.me, resident_id=resident_id, now=turn.now)
    draft = {**draft, "who": resident_id}
    code = draft.get("activity")
    if code is None:
        await _ask_activity(turn, draft)
        return
    await _chosen(turn, draft, (await turn.look(current_activity, str(code))).rule)


async def _ask_activity(turn: Turn, draft: Draft, *, typed: str = "", page: int = 0) -> None:
    rules = await turn.look(activities_in_order, turn.house)
    found = activities_named(rules, typed) if typed else []
    buttons = [Button(f"🙌 {turn.t.name(rule.names)}", f"aa:{rule.code}") for rule in found or rules]
    whom = await turn.look(card, draft["who"])
    html = turn.t.rich("award.which", name=whom.name, area=turn.t.name(whom.area.names))
    if typed and not found:
        html = turn.t.rich("deed.not_found", typed=typed[:40]) + Markup("\n") + html
    rows = paged(buttons, page, lambda number: f"ap:{number}", turn.t)
    await turn.ask(Message(html, rows), ACTIVITY, draft)


async def _amount(turn: Turn, asked: str) -> None:
    draft = _draft(turn, STEPS[asked])
    rule = (await turn.look(current_activity, str(draft["activity"]))).rule
    await _chosen(turn, {**draft, asked: answered(turn.said, rule, asked)}, rule)


async def _chosen(turn: Turn, draft: Draft, rule: ActivityRule) -> None:
    draft = {**draft, "activity": rule.code}
    asked = missing(rule, draft)
    if asked is not None:
        await turn.ask(question(turn.t, rule, asked, KINDS[asked]), STEPS[asked], draft)
        return
    await _preview(turn, draft, rule)


async def _preview(turn: Turn, draft: Draft, rule: ActivityRule) -> None:
    if len(str(draft.get("note") or "")) > MOST_LETTERS:
        raise NothingSaid(MOST_LETTERS)
    whom = await turn.look(card, draft["who"])
    worth = await turn.look(
        worth_to, resident_id=draft["who"], work=_work(draft), rules=rules_of(turn.house), now=turn.now
    )
    buttons = one_a_row(
        Button(turn.t("award.button_yes"), f"ay:{draft['key']}"), Button(turn.t("button.cancel"), "x")
    )
    await turn.ask(Message(_preview_html(turn, draft, rule, whom, worth), buttons), PREVIEW, draft)


def _done(t: Texts, done: Outcome, by: int) -> Message:
    """Say what came of it; whoever has no chat must be told by somebody."""
    if not isinstance(done, DeedPaid):
        return words_for(done, by)(t)
    key = "award.done" if done.award.amount else "award.capped"
    said = decided(t, done.card, key, by, points=done.award.amount)
    if any(person.chat_id is not None for person in done.claimant):
        return said
    return Message(Markup(said.text) + Markup("\n") + t.rich("award.no_chat"))  # noqa: S704 - made by `rich`


def _preview_html(turn: Turn, draft: Draft, rule: ActivityRule, whom: Card, worth: int) -> Markup:
    t, bounds = turn.t, rules_of(turn.house).bounds
    lines = [
        t.rich(
            "award.preview",
            name=whom.name,
            area=t.name(whom.area.names),
            what=what_of(t, rule.names, draft.get(MINUTES), draft.get(UNITS), rule.unit),
            points=worth,
        )
    ]
    if draft.get("note"):
        lines.append(t.rich("verify.note", note=str(draft["note"])))
    if rule.verify is Verify.TWO_PEOPLE:
        lines.append(t.rich("award.preview_two"))
    elif bounds.two_people_over is not None and worth > bounds.two_people_over:
        lines.append(t.rich("award.preview_second", over=bounds.two_people_over))
    if bounds.public_over is not None and worth > bounds.public_over:
        lines.append(t.rich("award.preview_listed", over=bounds.public_over))
    return Markup("\n").join(lines)


def _with_rule(rule: ActivityRule | None, rest: str) -> dict[str, Any]:
    """Keep the activity, how long or how many where the next word says so, and the rest as the note."""
    if rule is None:
        return {"note": rest} if rest else {}
    first, _, after = rest.partition(" ")
    asked = missing(rule, {})
    if asked is None or not (first.isdecimal() and len(first) < 6):
        return {"activity": rule.code, "note": rest}
    return {"activity": rule.code, asked: answered(Said(text=first), rule, asked), "note": after}


def _work(draft: Draft) -> Work:
    proof = Proof(note=draft.get("note") or None)
    return Work(str(draft["activity"]), draft.get(MINUTES), draft.get(UNITS), proof)


def _draft(turn: Turn, step: str) -> Draft:
    """Give what was said so far at a step; a button of another one leads nowhere."""
    if turn.talk is None or turn.talk.step != step:
        raise Forged
    return turn.talk.draft


@refuses(NobodyCalled)
def _nobody(error: NobodyCalled, t: Texts, _: House) -> str:
    return t("award.not_found", typed=error.typed)


@refuses(OwnAward)
def _own(error: OwnAward, t: Texts, _: House) -> str:
    return t("award.own_household" if error.household else "award.own")


@refuses(UnknownResident)
def _unknown(_: UnknownResident, t: Texts, __: House) -> str:
    return t("oops.stale_button")
