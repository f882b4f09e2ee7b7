"""What call-outs announce: the call itself, the board, the second coordinator's question, the end of it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from markupsafe import Markup
from sqlmodel import Session

from bot.callouts import (
    AwaitingApproval,
    CallOutView,
    Lapsed,
    Opened,
    Refused,
    StoodDown,
    about_asks,
    board,
)
from bot.chat.announcing import announces
from bot.chat.award_words import award_html
from bot.chat.board_words import board_message
from bot.chat.callout_words import ask_message, marked, told_apart, view_text, what_next
from bot.chat.falling_back import end_fallback, plan_fallback
from bot.chat.group_calls import end_in_groups, post_to_groups
from bot.chat.house import House
from bot.chat.keyboards import Rows, one_a_row
from bot.chat.telling import Words, tell
from bot.chat.texts import Texts, texts
from bot.community import Act, PersonAddress, holders
from bot.delivery import Button, Lane, Message, Recipient, State, deliveries, enqueue, rewrite, withdraw
from bot.schedule import put
from points import Awarded

APPROVAL_DUE = "callout.approval"
STALE_AFTER = timedelta(hours=12)


def about(callout_id: int) -> str:
    """Name the messages by which a call-out's volunteers are asked."""
    return about_asks(callout_id)


def about_approval(callout_id: int) -> str:
    """Name the messages by which a second coordinator is asked, and the first one told to wait."""
    return f"approval:{callout_id}"


def about_board(callout_id: int) -> str:
    """Name the messages that are boards of a call-out."""
    return f"board:{callout_id}"


@announces(Opened)
def opened(session: Session, event: Opened, house: House, now: datetime) -> None:
    """Ask everybody, give the coordinator a board, and tell who is told when one alone decided."""
    if event.replayed:
        return
    view = event.callout
    post_to_groups(session, view, house, now, until=now + STALE_AFTER)
    if event.coordinator is not None:
        # Before the asks in their own lane: it leaves first, and a crash on the way does not lose it.
        send_board(session, view, event.coordinator, house, now)
    if event.asked:
        _ask(session, event, now)
    plan_fallback(session, view.callout_id, now)
    if event.decided_by is not None:
        _tell_decision(session, event, event.decided_by, now)
    for ended in event.ended_exercises:
        stood_down(session, ended, house, now)


def _ask(session: Session, event: Opened, now: datetime) -> None:
    view = event.callout
    enqueue(
        session,
        key=f"callout:{view.callout_id}:ask",
        lane=Lane.EMERGENCY,
        renderings={
            language: ask_message(texts(language), view)
            for language in sorted({one.language for one in event.asked})
        },
        to=[Recipient(one.chat_id, one.language, one.resident_id) for one in event.asked],
        now=now,
        loud=view.level.is_urgent,
        about=about(view.callout_id),
        expires_at=now + STALE_AFTER,
    )


def send_board(
    session: Session,
    view: CallOutView,
    to: PersonAddress,
    house: House,
    now: datetime,
    *,
    key: str = "first",
    may_end: bool = True,
) -> None:
    """Send a board that will be edited in place from then on; only who may end the call-out can from it."""
    shown = board(session, callout_id=view.callout_id, now=now)
    tell(
        session,
        [to],
        key=f"callout:{view.callout_id}:board:{to.resident_id}:{key}",
        words=lambda t: board_message(t, shown, house, may_end=may_end),
        now=now,
        lane=Lane.EMERGENCY,
        about=about_board(view.callout_id),
    )


@announces(AwaitingApproval)
def awaiting(session: Session, event: AwaitingApproval, house: House, now: datetime) -> None:
    """Ask the other coordinators, tell the first of it, and let it lapse visibly when nobody answers."""
    if event.replayed:
        return
    view = event.callout
    by = event.coordinator.name if event.coordinator else ""
    until = house.hour(event.until) if event.until else ""

    def words(t: Texts) -> Message:
        html = t.rich("approval.ask", name=by, people=t.count("count.people", view.people), until=until)
        whole = marked(t, exercise=view.exercise, html=html + Markup("\n\n") + view_text(t, view))
        return Message(str(whole), _approval_buttons(t, view.callout_id))

    tell(
        session,
        event.second_people,
        key=f"callout:{view.callout_id}:second",
        words=words,
        now=now,
        lane=Lane.EMERGENCY,
        loud=True,
        about=about_approval(view.callout_id),
    )
    if event.coordinator is not None:
        tell(
            session,
            [event.coordinator],
            key=f"callout:{view.callout_id}:waiting",
            words=lambda t: _waiting(t, event, until),
            now=now,
            lane=Lane.EMERGENCY,
            about=about_approval(view.callout_id),
        )
    if event.until is not None:
        facts = {"callout_id": view.callout_id}
        put(
            session, key=f"callout:{view.callout_id}:approval", kind=APPROVAL_DUE, at=event.until, facts=facts
        )


def _waiting(t: Texts, event: AwaitingApproval, until: str) -> Message:
    """Tell the first coordinator for whom it waits, with ⚡ for danger to life."""
    view = event.callout
    names = t("list.comma").join(one.name for one in event.second_people)
    html = t.rich(
        "callout.waiting",
        title=told_apart(t, view),
        names=names or t("callout.nobody_else"),
        until=until,
    )
    alone = Button(t("callout.button_alone"), f"cz:{view.callout_id}")
    return Message(str(marked(t, exercise=view.exercise, html=html)), one_a_row(alone))


@announces(Refused)
def refused(session: Session, event: Refused, _: House, now: datetime) -> None:
    """Tell the other coordinators that nothing goes out, and who said so."""
    name = event.by.name if event.by else ""
    others = [one for one in event.told if one != event.by]  # who refused reads it in place of the question
    _tell_outcome(session, event.callout, others, "refused", "approval.refused", name, now)


@announces(Lapsed)
def lapsed(session: Session, event: Lapsed, _: House, now: datetime) -> None:
    """Tell the coordinators that nobody decided in time."""
    _tell_outcome(session, event.callout, event.told, "lapsed", "approval.lapsed", "", now)


@announces(StoodDown)
def stood_down(session: Session, event: StoodDown, house: House, now: datetime) -> None:
    """Drop what was not sent, thank who was asked and say what each earned; it rings for those awaited."""
    if event.already:
        return
    view = event.callout
    withdraw(session, about(view.callout_id), now)
    end_in_groups(session, view.callout_id, lambda t: _farewell(t, view, event), house, now)
    end_fallback(session, view, lambda t: Message(str(_farewell(t, view, event))), house, now)
    told = _who_heard(session, event)
    awards = {award.resident_id: award for award in event.awards}
    served = {one.resident_id: one.minutes for one in event.served}
    plain = [one for one in told if one.resident_id not in awards]
    awaited = {*served, *event.awaited}
    key = f"callout:{view.callout_id}:stood-down"
    for ring in (True, False):
        tell(
            session,
            [one for one in plain if (one.resident_id in awaited) is ring],
            key=f"{key}:awaited" if ring else key,
            words=lambda t: Message(str(_farewell(t, view, event))),
            now=now,
            lane=Lane.EMERGENCY,  # sent again in doubt: who was called must hear that nobody is needed
            loud=ring and view.level.is_urgent,
        )
    for one in told:
        if one.resident_id in awards:
            minutes = served.get(one.resident_id, 0)
            earned = _earned(texts(one.language), house, awards[one.resident_id], minutes)
            _tell_one(
                session,
                one,
                f"{key}:{one.resident_id}",
                _farewell(texts(one.language), view, event),
                earned,
                now,
                loud=view.level.is_urgent,
            )


def _who_heard(session: Session, event: StoodDown) -> list[PersonAddress]:
    """Leave out those whose question was withdrawn before it left, unless they served all the same."""
    asked = deliveries(session, about(event.callout.callout_id))
    withdrawn = {one.tag for one in asked if one.state is State.WITHDRAWN}
    unasked = withdrawn - {one.resident_id for one in event.served}
    return [one for one in event.told if one.resident_id not in unasked]


def _earned(t: Texts, house: House, award: Awarded, minutes: int) -> Markup:
    served = t.rich("answer.served", minutes=t.count("count.minutes", minutes))
    return served + Markup("\n") + award_html(t, house, award)


def _tell_one(
    session: Session,
    one: PersonAddress,
    key: str,
    farewell: Markup,
    earned: Markup,
    now: datetime,
    *,
    loud: bool,
) -> None:
    message = Message(str(farewell + Markup("\n") + earned), what_next(texts(one.language)))
    tell(session, [one], key=key, words=lambda _: message, now=now, lane=Lane.EMERGENCY, loud=loud)


def _farewell(t: Texts, view: CallOutView, event: StoodDown) -> Markup:
    key = "standdown.thanks" if event.by is not None else "standdown.real_emergency"
    return marked(t, exercise=view.exercise, html=t.rich(key, name=told_apart(t, view)))


def _tell_decision(session: Session, event: Opened, decider: PersonAddress, now: datetime) -> None:
    view = event.callout
    alone = event.coordinator is not None and decider.resident_id == event.coordinator.resident_id
    key = "approval.sent_alone" if alone else "approval.approved"

    def words(t: Texts) -> Message:
        people = t.count("count.people", event.everybody)
        html = t.rich(key, name=decider.name, title=told_apart(t, view), people=people)
        whole = marked(t, exercise=view.exercise, html=html + Markup("\n\n") + view_text(t, view))
        return Message(str(whole))

    told = {one.resident_id: one for one in event.coordinators}
    if alone:
        told |= {one.resident_id: one for one, _ in holders(session, act=Act.CALL_OUT)}
    others = [one for number, one in told.items() if number != decider.resident_id]
    _close_questions(session, view, others, words, now)
    tell(session, others, key=f"callout:{view.callout_id}:decided", words=words, now=now, loud=True)


def _tell_outcome(
    session: Session,
    view: CallOutView,
    told: Iterable[PersonAddress],
    event: str,
    key: str,
    name: str,
    now: datetime,
) -> None:
    def words(t: Texts) -> Message:
        html = t.rich(key, name=name, title=told_apart(t, view))
        return Message(str(marked(t, exercise=view.exercise, html=html)))

    told = tuple(told)
    _close_questions(session, view, told, words, now)
    tell(session, told, key=f"callout:{view.callout_id}:{event}", words=words, now=now, loud=True)


def _close_questions(
    session: Session, view: CallOutView, people: Iterable[PersonAddress], words: Words, now: datetime
) -> None:
    """Let what still asks, or still says that it waits, say how it was decided."""
    for one in people:
        if one.chat_id is not None:
            to = Recipient(one.chat_id, one.language, one.resident_id)
            message = words(texts(one.language))
            rewrite(session, about=about_approval(view.callout_id), to=to, message=message, now=now)


def _approval_buttons(t: Texts, callout_id: int) -> Rows:
    return one_a_row(
        Button(t("approval.button_yes"), f"cy:{callout_id}"),
        Button(t("approval.button_no"), f"cn:{callout_id}"),
    )
