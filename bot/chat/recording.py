"""What delivery's results mean for call-outs: delivered, unreachable, and where a board was put."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.callouts import mark_delivered, mark_unreachable, place_board, show_anew
from bot.callouts.unreached import mark_reached
from bot.chat.falling_back import plan_fallback
from bot.delivery import Recorded, State
from bot.delivery.restored import RESTORED

UNREACHED = frozenset({State.FAILED, State.EXPIRED})


def recorded(session: Session, ended: Sequence[Recorded]) -> None:
    """Pass results on, in the transaction that records them."""
    asked, others = _by_callout(ended, "callout"), _by_callout(ended, "fallback")
    for result in ended:
        kind, number = _about(result)
        if kind == "board" and result.state is State.SENT and result.message_id is not None:
            place_board(session, callout_id=number, chat_id=result.chat_id, message_id=result.message_id)
        elif kind == "fallback-end":
            show_anew(session, number)  # who could not be told of the end has to be called
    for (callout_id, state), some in sorted(asked.items()):
        _pass_on(session, callout_id, state, some)
    for (callout_id, state), some in sorted(others.items()):
        if state is State.SENT:
            mark_reached(session, callout_id=callout_id, resident_ids=_tags(some), at=_last(some))
        else:
            show_anew(session, callout_id)


def _by_callout(ended: Sequence[Recorded], wanted: str) -> dict[tuple[int, State], list[Recorded]]:
    found: dict[tuple[int, State], list[Recorded]] = defaultdict(list)
    for result in ended:
        kind, number = _about(result)
        if kind == wanted and result.tag is not None:
            found[number, result.state].append(result)
    return found


def _about(result: Recorded) -> tuple[str, int]:
    """Split what something is about into its kind and its number; what has none is about number 0."""
    kind, _, number = (result.about or "").partition(":")
    return kind, int(number) if number.isdecimal() else 0


def _pass_on(session: Session, callout_id: int, state: State, some: Sequence[Recorded]) -> None:
    if state is State.SENT:
        mark_delivered(session, callout_id=callout_id, resident_ids=_tags(some), at=_last(some))
    elif state in UNREACHED:
        mark_unreachable(session, callout_id=callout_id, resident_ids=_tags(some), at=_last(some))
        if any(result.reason != RESTORED for result in some):  # an old alarm is nobody's business again
            plan_fallback(session, callout_id, _last(some))
    else:
        show_anew(session, callout_id)  # in doubt: the board says so


def _tags(results: Sequence[Recorded]) -> list[int]:
    return [result.tag for result in results if result.tag is not None]


def _last(results: Sequence[Recorded]) -> datetime:
    return max(result.at for result in results)
