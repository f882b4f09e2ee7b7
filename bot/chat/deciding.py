"""The second coordinator's word, the first one's ⚡, open call-outs at /board, and stand-down."""

from sqlmodel import Session

from bot.callouts import (
    BoardView,
    CallOutView,
    Opened,
    SamePerson,
    StillThere,
    approve,
    board,
    board_message_in,
    callout,
    may_watch,
    open_callouts,
    refuse,
    send_now,
    stand_down,
    still_waiting,
)
from bot.chat.board_words import call_list_button
from bot.chat.callout_news import send_board
from bot.chat.callout_words import LEVELS, marked, marked_plain, told_apart, what_next
from bot.chat.doubting import doubt_button, show_doubts
from bot.chat.house import House
from bot.chat.keyboards import one_a_row
from bot.chat.refusals import refuses
from bot.chat.texts import Texts
from bot.chat.turn import Turn
from bot.community import Act, NotAllowed, Person, PersonAddress, allows, grants_of
from bot.delivery import Button, Message


async def say_yes(turn: Turn) -> None:
    """Agree as the second coordinator: it goes out now."""
    opened = await turn.act(approve, callout_id=turn.said.number(0), coordinator_id=turn.me, now=turn.now)
    await _say_out(turn, opened, "approval.you_approved")


async def say_no(turn: Turn) -> None:
    """Refuse as the second coordinator: nothing goes out."""
    refused = await turn.act(refuse, callout_id=turn.said.number(0), coordinator_id=turn.me, now=turn.now)
    html = turn.t.rich("approval.you_refused", title=told_apart(turn.t, refused.callout))
    await turn.show(Message(str(marked(turn.t, exercise=refused.callout.exercise, html=html))))


async def send_alone(turn: Turn) -> None:
    """Send at once what waits for a second person: a first tap asks with the number, a second sends."""
    number = turn.said.number(0)
    if len(turn.said.data) > 1:
        opened = await turn.act(send_now, callout_id=number, coordinator_id=turn.me, now=turn.now)
        await _say_out(turn, opened, "approval.you_sent_alone")
        return
    view = await turn.look(still_waiting, callout_id=number, coordinator_id=turn.me, now=turn.now)
    sure = Button(f"⚡ {view.people}", f"cz:{number}:{view.people}")
    question = turn.t.rich("callout.ask_alone", people=turn.t.count("count.people", view.people))
    await turn.show(Message(str(marked(turn.t, exercise=view.exercise, html=question)), one_a_row(sure)))


async def end(turn: Turn) -> None:
    """Stand a call-out down; while people are coming or there, ask once more with their number."""
    number = turn.said.number(0)
    ended = await turn.act(
        stand_down,
        callout_id=number,
        coordinator_id=turn.me,
        confirmed=len(turn.said.data) > 1,
        now=turn.now,
        zone=turn.house.zone,
        budget=turn.house.neighbourhood.points.monthly_budget,
    )
    exercise = ended.callout.exercise
    if isinstance(ended, StillThere):
        await _ask_sure(turn, ended)
    elif ended.already:
        await turn.toast(marked_plain(turn.t, exercise=exercise, text=turn.t("standdown.already")))
    else:
        await turn.toast(marked_plain(turn.t, exercise=exercise, text=turn.t("standdown.toast")))
        shown = await turn.look(board, callout_id=number, now=turn.now)
        await turn.say(_ended(turn.t, shown))


async def keep_open(turn: Turn) -> None:
    """Leave a call-out open after all."""
    view = await turn.look(callout, turn.said.number(0))
    html = marked(turn.t, exercise=view.exercise, html=turn.t.rich("standdown.kept_open"))
    await turn.show(Message(str(html)))


async def show_open(turn: Turn) -> None:
    """List the call-outs that are open where the speaker may watch them."""
    if not watches_boards(turn.person):
        raise NotAllowed(Act.SEE_BOARD)
    found: dict[int, CallOutView] = {}
    for path in {grant.area_path for grant in turn.person.roles}:
        found |= {
            view.callout_id: view
            for view in await turn.look(open_callouts, area_path=path)
            if may_watch(turn.person.roles, view)
        }
    doubts = await doubt_button(turn)
    if not found:
        anew = (Button(turn.t("command.callout"), "h:callout"),) if turn.person.may(Act.CALL_OUT) else ()
        await turn.show(Message(turn.t.rich("board.none_open"), one_a_row(*doubts, *anew)))
        return
    if len(found) == 1:
        await _board_here(turn, next(iter(found)))
        if doubts:
            await show_doubts(turn)
        return
    buttons = [
        Button(_label(turn.t, view), f"cf:{view.callout_id}")
        for view in sorted(found.values(), key=lambda view: -view.callout_id)
    ]
    await turn.ask(Message(turn.t.rich("board.which"), one_a_row(*buttons, *doubts)), "board")


def watches_boards(person: Person) -> bool:
    """Tell whether somebody may watch the board of any call-out."""
    return person.may(Act.SEE_BOARD) or person.may(Act.SEE_TEAM_BOARD)


async def show_board(turn: Turn) -> None:
    """Send the board of a call-out here, and keep it right from now on; an earlier one here says so."""
    await _board_here(turn, turn.said.number(0))


async def _board_here(turn: Turn, number: int) -> None:
    before = await turn.look(board_message_in, callout_id=number, chat_id=turn.chat_id)
    await _place(turn, number)
    if before is not None:
        view = await turn.look(callout, number)
        moved = marked(
            turn.t, exercise=view.exercise, html=turn.t.rich("board.moved", title=told_apart(turn.t, view))
        )
        await turn.rewrite(before, Message(str(moved)))


async def _place(turn: Turn, number: int) -> None:
    me = PersonAddress(turn.me, turn.speaker.user_id, turn.speaker.language, turn.person.name)
    await turn.database.write(
        _board_for,
        callout_id=number,
        reader=me,
        turn=turn,
        key=turn.heard,
    )


def _board_for(session: Session, *, callout_id: int, reader: PersonAddress, turn: Turn, key: str) -> None:
    view = callout(session, callout_id)
    grants = grants_of(session, reader.resident_id)
    if not may_watch(grants, view):
        raise NotAllowed(Act.SEE_BOARD)
    may_end = allows(grants, Act.STAND_DOWN, view.area_path)
    send_board(session, view, reader, turn.house, turn.now, key=key, may_end=may_end)


async def _ask_sure(turn: Turn, there: StillThere) -> None:
    number, exercise = there.callout.callout_id, there.callout.exercise
    question = turn.t.rich(
        "standdown.ask",
        title=told_apart(turn.t, there.callout),
        coming=there.coming,
        arrived=there.arrived,
    )
    sure = Button(turn.t("standdown.button_sure", n=there.coming + there.arrived), f"cs:{number}:y")
    html = marked(turn.t, exercise=exercise, html=question)
    keep = Button(turn.t("standdown.button_keep"), f"c0:{number}")
    await turn.say(Message(str(html), one_a_row(sure, keep)))


def _ended(t: Texts, shown: BoardView) -> Message:
    """Say how it ended: everybody who served counts, whether done before the end or with it."""
    served = t.count("count.people", shown.figures.done)
    html = t.rich("standdown.summary", title=told_apart(t, shown.callout), served=served)
    rows = (*one_a_row(*call_list_button(t, shown)), *what_next(t))
    return Message(str(marked(t, exercise=shown.callout.exercise, html=html)), rows)


async def _say_out(turn: Turn, opened: Opened, key: str) -> None:
    view = opened.callout
    people = turn.t.count("count.people", opened.everybody)
    html = turn.t.rich(key, title=told_apart(turn.t, view), people=people)
    await turn.show(Message(str(marked(turn.t, exercise=view.exercise, html=html))))


def _label(t: Texts, view: CallOutView) -> str:
    label = f"{t(LEVELS[view.level]).split()[0]} {told_apart(t, view)}"
    return marked_plain(t, exercise=view.exercise, text=label)


@refuses(SamePerson)
def _same(error: SamePerson, t: Texts, _: House) -> str:
    return marked_plain(t, exercise=error.exercise, text=t("approval.same_person"))
