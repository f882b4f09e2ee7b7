"""The outbox, its lanes and its pace: the only code that sends to Telegram.

Rules put messages into the outbox with what is named here, which needs no Telegram. What sends is named by
its module: `sender.Sender`, `pace.Pace`, `limiter.PaceLimiter`, `edits.Edits`, `rewriter.Rewriter`,
`transport.BoundedRequest`.
"""

from bot.delivery.again import Doubt, in_doubt, send_again
from bot.delivery.bindings import Bound, bind_chat, binding, bindings, move_chat, unbind_chat
from bot.delivery.messages import Button, Lane, Message, MessageError, Recipient
from bot.delivery.models import Sound, State
from bot.delivery.outbox import (
    DeliveryView,
    NoRendering,
    Progress,
    deliveries,
    enqueue,
    erase_said,
    forget_chat,
    progress,
    still_open,
    withdraw,
)
from bot.delivery.results import ChatState, Recorded
from bot.delivery.rewrites import rewrite

__all__ = [
    "Bound",
    "Button",
    "ChatState",
    "DeliveryView",
    "Doubt",
    "Lane",
    "Message",
    "MessageError",
    "NoRendering",
    "Progress",
    "Recipient",
    "Recorded",
    "Sound",
    "State",
    "bind_chat",
    "binding",
    "bindings",
    "deliveries",
    "enqueue",
    "erase_said",
    "forget_chat",
    "in_doubt",
    "move_chat",
    "progress",
    "rewrite",
    "send_again",
    "still_open",
    "unbind_chat",
    "withdraw",
]
