"""/callout: from a plan or free words to a preview, and from the preview to everybody asked."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from bot.callouts import (
    AlreadyDecided,
    ApprovalLapsed,
    AwaitingApproval,
    CallOutState,
    Draft,
    Level,
    NobodyToAsk,
    NothingToSay,
    Opened,
    PlanChanged,
    RealEmergency,
    UnknownPlan,
    draft_from_plan,
    meant,
    plans,
    preview,
    recognise,
    send,
    send_alone,
    sent_as,
)
from bot.chat.callout_edits import ask_for_level
from bot.chat.callout_words import marked, marked_plain, rules_of
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.plotting import Plot, back_to_preview, own_area, show_newest, show_plot_or_ask_text
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import NotAllowed
from bot.delivery import Button, Message

ASK_PLAN = "callout.plan"

S = TypeVar("S", Opened, Opened | AwaitingApproval)


async def begin(turn: Turn) -> None:
    """Begin with what was typed behind the command, or ask for the plan."""
    await _begin(turn, "")


async def take_typed_plan(turn: Turn) -> None:
    """Take the plan that was typed; what was typed before is its text, unless there is a newer one."""
    await _begin(turn, _typed_before(turn))


async def _begin(turn: Turn, before: str) -> None:
    home = own_area(turn)
    plan, rest = await turn.look(recognise, turn.said.text)
    if plan is None and turn.talk is not None and turn.talk.step == ASK_PLAN:
        plan = await turn.look(meant, turn.said.text)
        rest = "" if plan else turn.said.text
    if plan is None and before:
        await _ask_plan(turn, before, missed=turn.said.text)
        return
    text = rest or before
    if plan is None:
        await _ask_plan(turn, text)
        return
    draft = draft_from_plan(plan, area_id=home, text=text)
    await show_plot_or_ask_text(turn, Plot(draft, ""), plan)


async def take_plan(turn: Turn) -> None:
    """Take the plan that was tapped; what was typed before is its text."""
    home, text = own_area(turn), _typed_before(turn)
    code = turn.said.word(0)
    if not code:
        draft = Draft(area_id=home, level=Level.YELLOW, team_codes=()).with_text(text)
        await ask_for_level(turn, Plot(draft, "", fresh=True))
        return
    plan = next((one for one in await turn.look(plans) if one.code == code), None)
    if plan is None:
        raise UnknownPlan(code)
    await show_plot_or_ask_text(turn, Plot(draft_from_plan(plan, area_id=home, text=text), ""), plan)


async def send_it(turn: Turn) -> None:
    """Send what was read; an older preview sends nothing and shows the newest."""
    if await _was_sent(turn):
        return
    plot = Plot.of(turn)
    if not plot.was_read(turn.said.word(0)):
        await show_newest(turn, plot)
        return
    try:
        sent = await _send(turn, plot, send)
    except PlanChanged:
        await show_newest(turn, plot)
        return
    await (_say_waiting(turn, sent) if isinstance(sent, AwaitingApproval) else _say_sent(turn, sent))


async def _was_sent(turn: Turn) -> bool:
    """Say to a second tap that the first one did it."""
    view = await turn.look(sent_as, _key(turn, turn.said.word(0)))
    if view is None or view.state in (CallOutState.REFUSED, CallOutState.LAPSED):
        return False
    waits = view.state is CallOutState.AWAITING
    told = turn.t("callout.asked_second" if waits else "callout.toast_sent")
    await turn.toast(marked_plain(turn.t, exercise=view.exercise, text=told))
    return True


def _key(turn: Turn, mark: str) -> str:
    return f"callout:by:{turn.me}:{mark}"


async def send_it_alone(turn: Turn) -> None:
    """Send at once for danger to life: a first tap asks with the number, a second sends."""
    plot = Plot.of(turn)
    if not plot.was_read(turn.said.word(0)):
        await show_newest(turn, plot)
        return
    if len(turn.said.data) < 2:
        seen = await turn.look(
            preview, draft=plot.draft, coordinator_id=turn.me, now=turn.now, rules=rules_of(turn.house)
        )
        sure = Button(f"⚡ {seen.people}", f"cw:{plot.read}:{seen.people}")
        question = plot.marked(turn.t, "callout.ask_alone", people=turn.t.count("count.people", seen.people))
        await turn.show(Message(question, one_a_row(sure, back_to_preview(turn))))
        return
    try:
        sent = await _send(turn, plot, send_alone)
    except PlanChanged:
        await show_newest(turn, plot)
        return
    await _say_sent(turn, sent)


def _typed_before(turn: Turn) -> str:
    """Give the words that were typed before the plan was asked."""
    return str(turn.talk.draft.get("text", "")) if turn.talk and turn.talk.step == ASK_PLAN else ""


async def _ask_plan(turn: Turn, text: str, missed: str = "") -> None:
    """Ask for the plan; what was typed before is kept, also when something typed since names none."""
    buttons = [Button(f"📋 {turn.t.name(plan.names)}", f"cq:{plan.code}") for plan in await turn.look(plans)]
    free = Button(turn.t("callout.button_free"), "cq:")
    question = turn.t.rich("callout.ask_plan")
    if missed:
        question = turn.t.rich("callout.no_such_plan", typed=missed[:40], text=text[:80]) + "\n" + question
    await turn.ask(Message(question, one_a_row(*buttons, free)), ASK_PLAN, {"text": text})


async def _say_sent(turn: Turn, sent: Opened) -> None:
    words = turn.t.rich("callout.sent", people=turn.t.count("count.people", sent.everybody))
    toast = marked_plain(turn.t, exercise=sent.callout.exercise, text=turn.t("callout.toast_sent"))
    await turn.toast(toast)
    if not sent.replayed:
        await turn.show(Message(str(marked(turn.t, exercise=sent.callout.exercise, html=words))))


async def _say_waiting(turn: Turn, waiting: AwaitingApproval) -> None:
    """Close the preview; for whom it waits is told with the commit."""
    words = turn.t.rich("callout.asked_second")
    await turn.show(Message(str(marked(turn.t, exercise=waiting.callout.exercise, html=words))))


async def _send(turn: Turn, plot: Plot, how: Callable[..., S]) -> S:
    """Send what was read; the mark of that preview makes a second sending the same one."""
    sent = partial(
        how,
        draft=plot.draft,
        key=_key(turn, plot.read),
        coordinator_id=turn.me,
        now=turn.now,
        rules=rules_of(turn.house),
    )
    return await turn.act_and_step(lambda _: None, sent)


@refuses(NotAllowed)
def _not_allowed(_: NotAllowed, t: Texts, house: House) -> str:
    facts = house.neighbourhood.community
    return t("oops.not_allowed", operator=t.name(facts.operators), phone=facts.phone)


@refuses(NobodyToAsk)
def _nobody(_: NobodyToAsk, t: Texts, __: House) -> str:
    return t("callout.nobody")


@refuses(NothingToSay)
def _nothing_to_say(_: NothingToSay, t: Texts, __: House) -> str:
    return t("callout.nothing_to_say")


@refuses(RealEmergency)
def _real_emergency(_: RealEmergency, t: Texts, __: House) -> str:
    return marked_plain(t, exercise=True, text=t("callout.real_emergency"))


@refuses(UnknownPlan)
def _unknown_plan(_: UnknownPlan, t: Texts, __: House) -> str:
    return t("callout.unknown_plan")


@refuses(ApprovalLapsed)
def _lapsed(error: ApprovalLapsed, t: Texts, house: House) -> str:
    text = t("approval.too_late", at=house.hour(error.until))
    return marked_plain(t, exercise=error.exercise, text=text)


@refuses(AlreadyDecided)
def _decided(error: AlreadyDecided, t: Texts, house: House) -> str:
    text = t("approval.decided", at=house.hour(error.at) if error.at else "")
    return marked_plain(t, exercise=error.exercise, text=text)
