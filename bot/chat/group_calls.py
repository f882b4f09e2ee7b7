"""What bound groups and channels read of an emergency: the call itself, first of all, and its end."""

from collections.abc import Callable
from datetime import datetime

from markupsafe import Markup
from sqlmodel import Session

from bot.callouts import CallOutView
from bot.chat.callout_words import marked, view_text
from bot.chat.group_news import tell_groups
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.kinds_of_news import is_loud
from bot.chat.texts import Texts, texts
from bot.community import area
from bot.delivery import (
    Bound,
    Button,
    Lane,
    Message,
    Recipient,
    bindings,
    deliveries,
    rewrite,
    withdraw,
)

START = "c_"


def about_groups(callout_id: int) -> str:
    """Name the posts by which groups read of a call-out."""
    return f"callout-groups:{callout_id}"


def post_to_groups(session: Session, view: CallOutView, house: House, now: datetime) -> None:
    """Post an emergency to the groups of where it is, of what that lies in, and of what lies in it.

    It goes before every ask, as hundreds read it. It names nobody, and who was asked answers in private.
    """
    if not view.level.is_urgent:
        return
    groups = tuple(one for one in bindings(session) if _touches(area(session, one.area_id).path, view))
    tell_groups(
        session,
        groups,
        key=f"callout:{view.callout_id}:groups",
        words=lambda t: _post(t, view, house),
        now=now,
        lane=Lane.GROUP,
        loud=is_loud(view),
        about=about_groups(view.callout_id),
    )


def end_in_groups(
    session: Session, callout_id: int, farewell: Callable[[Texts], Markup], house: House, now: datetime
) -> None:
    """Drop the posts that did not leave, and let those that did say that it is over."""
    about = about_groups(callout_id)
    withdraw(session, about, now)
    bound = {one.chat_id: one for one in bindings(session)}
    for chat_id in {one.chat_id for one in deliveries(session, about)}:
        language = _language(bound.get(chat_id), house)
        over = Message(str(farewell(texts(language))))
        to = Recipient(chat_id, language)
        rewrite(session, about=about, to=to, message=over, now=now, otherwise=over)


def not_asked_message(t: Texts, house: House, *, exercise: bool) -> Message:
    """Tell somebody who came from a group, and was not asked, what they can do all the same.

    It tells nothing of the call-out: a number is easily guessed, and not every call-out is for everybody.
    """
    html = t.rich("groupcall.not_asked", phone=house.neighbourhood.community.phone)
    join = Button(t("groupcall.button_teams"), "mt")
    return Message(str(marked(t, exercise=exercise, html=html)), one_a_row(join))


def _post(t: Texts, view: CallOutView, house: House) -> Message:
    answer = Button(t("groupcall.button_answer"), url=house.start_link(f"{START}{view.callout_id}"))
    html = view_text(t, view) + Markup("\n\n") + t.rich("groupcall.how")
    return Message(str(html), one_a_row(answer))


def _touches(path: str, view: CallOutView) -> bool:
    return path.startswith(view.area_path) or view.area_path.startswith(path)


def _language(bound: Bound | None, house: House) -> str:
    return bound.language if bound is not None else house.languages[0]
