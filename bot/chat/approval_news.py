"""What is announced of a second coordinator's decision: the question, how it was decided, that nobody did."""

from collections.abc import Iterable
from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session

from bot.callouts import AwaitingApproval, CallOutView, Lapsed, Opened, Refused
from bot.chat.announcing import announces
from bot.chat.callout_words import marked, told_apart, view_text
from bot.chat.house import House
from bot.chat.keyboards import Rows, one_a_row
from bot.chat.kinds_of_news import is_loud
from bot.chat.telling import Words, tell
from bot.chat.texts import Texts, texts
from bot.community import Act, PersonAddress, holders
from bot.delivery import Button, Lane, Message, Recipient, rewrite
from bot.schedule import put

APPROVAL_DUE = "callout.approval"


def about_approval(callout_id: int) -> str:
    """Name the messages by which a second coordinator is asked, and the first one told to wait."""
    return f"approval:{callout_id}"


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
        loud=is_loud(view),
        about=about_approval(view.callout_id),
        until=event.until,
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
            until=event.until,
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


def tell_decision(session: Session, event: Opened, decider: PersonAddress, now: datetime) -> None:
    """Tell the coordinators who let it go out: a second person, or the first alone."""
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
    tell(session, others, key=f"callout:{view.callout_id}:decided", words=words, now=now, loud=is_loud(view))


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
    tell(session, told, key=f"callout:{view.callout_id}:{event}", words=words, now=now, loud=is_loud(view))


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
