"""/deed: what was done, for how long, and what speaks for it; then it goes to who verifies."""

import secrets
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from bot.chat.amounts import MINUTES, UNITS, answered, missing, question
from bot.chat.deed_proof import proof_of
from bot.chat.deed_rules import rules_of
from bot.chat.deed_words import what, what_of
from bot.chat.house import House
from bot.chat.keyboards import one_a_row, paged
from bot.chat.recognising import activities_in_order, activities_named, activity_called
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Forged, Turn
from bot.deeds import claim_deed
from bot.delivery import Button, Message
from points import ActivityRule, UnknownActivity, Verify, current_activity
from points.deeds import HowLong, HowMany, NothingSaid, PaysByItself, Proof, Work, listed_deeds

LIST, PROOF, SENT = "deed", "deed.proof", "deed.sent"
STEPS = {MINUTES: "deed.minutes", UNITS: "deed.units"}
KINDS = {MINUTES: "dm", UNITS: "dg"}


async def begin(turn: Turn) -> None:
    """Begin with the activity typed behind the command, or show them all."""
    await _meant(turn, turn.said.text)


async def take_typed(turn: Turn) -> None:
    """Take the activity whose name was typed, or show those whose name holds it."""
    await _meant(turn, turn.said.text)


async def turn_page(turn: Turn) -> None:
    """Show another page of activities."""
    await _list(turn, page=turn.said.number(0))


async def take_activity(turn: Turn) -> None:
    """Take the activity that was tapped."""
    rule = (await turn.look(current_activity, turn.said.word(0))).rule
    if rule.verify is Verify.AUTOMATIC:
        raise PaysByItself(rule.names)
    await _chosen(turn, rule)


async def take_minutes(turn: Turn) -> None:
    """Take for how long, tapped or typed."""
    await _amount(turn, MINUTES)


async def take_units(turn: Turn) -> None:
    """Take how many, tapped or typed."""
    await _amount(turn, UNITS)


async def take_proof(turn: Turn) -> None:
    """Take a note, a photo or a place, and send it all."""
    proof = await proof_of(turn)
    if proof is None:
        await turn.say(Message(turn.t.rich("deed.proof_wanted")))
        return
    await _send(turn, proof)


async def no_proof(turn: Turn) -> None:
    """Send it with nothing more."""
    if turn.talk is not None and turn.talk.step == SENT:
        await say_sent_already(turn)
        return
    await _send(turn, Proof())


async def say_sent_already(turn: Turn) -> None:
    """Say that what came again, as after a crash, was taken the first time."""
    await turn.toast(turn.t("deed.sent_already"))


async def _meant(turn: Turn, typed: str) -> None:
    rule = await turn.look(activity_called, typed) if typed else None
    if rule is not None and rule.verify is not Verify.AUTOMATIC:
        await _chosen(turn, rule)
    else:
        await _list(turn, typed=typed)


async def _list(turn: Turn, *, typed: str = "", page: int = 0) -> None:
    every = await turn.look(activities_in_order, turn.house)
    rules = [rule for rule in every if rule.verify is not Verify.AUTOMATIC]
    found = activities_named(rules, typed) if typed else []
    buttons = [Button(f"🙌 {turn.t.name(rule.names)}", f"da:{rule.code}") for rule in found or rules]
    rows = paged(buttons, page, lambda number: f"dp:{number}", turn.t)
    if await turn.look(listed_deeds):
        rows = (*rows, (Button(turn.t("deed.button_list"), "dv"),))
    html = turn.t.rich("deed.which" if rules else "deed.nothing")
    if typed and not found:
        html = turn.t.rich("deed.not_found", typed=typed[:40]) + Markup("\n") + html
    await turn.ask(Message(html, rows), LIST)


async def _chosen(turn: Turn, rule: ActivityRule) -> None:
    await _next(turn, rule, {"activity": rule.code, "key": secrets.token_hex(8)})


async def _amount(turn: Turn, asked: str) -> None:
    draft = _draft(turn, STEPS[asked])
    rule = (await turn.look(current_activity, str(draft["activity"]))).rule
    await _next(turn, rule, {**draft, asked: answered(turn.said, rule, asked)})


async def _next(turn: Turn, rule: ActivityRule, draft: Mapping[str, Any]) -> None:
    asked = missing(rule, draft)
    if asked is not None:
        await turn.ask(question(turn.t, rule, asked, KINDS[asked]), STEPS[asked], draft)
        return
    named = what_of(turn.t, rule.names, draft.get(MINUTES), draft.get(UNITS), rule.unit)
    buttons = one_a_row(Button(turn.t("deed.button_no_proof"), "d0"))
    await turn.ask(Message(turn.t.rich("deed.proof", what=named), buttons), PROOF, draft)


async def _send(turn: Turn, proof: Proof) -> None:
    draft = _draft(turn, PROOF)
    sent = await turn.act_and_step(
        lambda _: turn.done(SENT),
        claim_deed,
        key=f"claim:{turn.me}:{draft['key']}",
        resident_id=turn.me,
        work=Work(str(draft["activity"]), draft.get(MINUTES), draft.get(UNITS), proof),
        rules=rules_of(turn.house),
        now=turn.now,
    )
    t, facts = turn.t, {"what": what(turn.t, sent.card.deed)}
    if sent.asked:
        html = t.rich("deed.sent", people=t.count("count.people", len(sent.asked)), **facts)
    else:
        html = t.rich("deed.sent_nobody", **facts)
    await turn.show(Message(html))


def _draft(turn: Turn, step: str) -> Mapping[str, Any]:
    """Give what was said so far at a step; a button of another one leads nowhere."""
    if turn.talk is None or turn.talk.step != step:
        raise Forged
    return turn.talk.draft


@refuses(HowLong)
def _how_long(_: HowLong, t: Texts, __: House) -> str:
    return t("deed.bad_minutes")


@refuses(HowMany)
def _how_many(error: HowMany, t: Texts, _: House) -> str:
    return t("deed.bad_units", most=error.most)


@refuses(PaysByItself)
def _pays_by_itself(error: PaysByItself, t: Texts, _: House) -> str:
    return t("deed.pays_by_itself", name=t.name(error.names))


@refuses(NothingSaid)
def _nothing_said(error: NothingSaid, t: Texts, _: House) -> str:
    return t("deed.nothing_said", most=error.most)


@refuses(UnknownActivity)
def _unknown_activity(_: UnknownActivity, t: Texts, __: House) -> str:
    return t("deed.unknown_activity")
