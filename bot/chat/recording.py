"""What delivery's results mean for call-outs: delivered, unreachable, and where a board was put."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from bot.callouts import mark_delivered, mark_unreachable, place_board
from bot.delivery import Recorded, State

UNREACHED = frozenset({State.FAILED, State.EXPIRED})


def recorded(session: Session, ended: Sequence[Recorded]) -> None:
    """Pass results on, in the transaction that records them."""
    delivered: dict[int, list[Recorded]] = defaultdict(list)
    missed: dict[int, list[Recorded]] = defaultdict(list)
    for result in ended:
        kind, _, number = (result.about or "").partition(":")
        if kind == "callout" and result.tag is not None:
            if result.state is State.SENT:
                delivered[int(number)].append(result)
            elif result.state in UNREACHED:
                missed[int(number)].append(result)
        elif kind == "board" and result.state is State.SENT and result.message_id is not None:
            place_board(session, callout_id=int(number), chat_id=result.chat_id, message_id=result.message_id)
    for callout_id, some in delivered.items():
        mark_delivered(session, callout_id=callout_id, resident_ids=_tags(some), at=_last(some))
    for callout_id, some in missed.items():
        mark_unreachable(session, callout_id=callout_id, resident_ids=_tags(some), at=_last(some))


def _tags(results: Sequence[Recorded]) -> list[int]:
    return [result.tag for result in results if result.tag is not None]


def _last(results: Sequence[Recorded]) -> datetime:
    return max(result.at for result in results)
