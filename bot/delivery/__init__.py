"""The outbox, its lanes and its pace: the only code that sends to Telegram."""

from bot.delivery.messages import Button, Lane, Message, MessageError, MessageTooLong, Recipient
from bot.delivery.models import State
from bot.delivery.outbox import (
    DeliveryView,
    NoRendering,
    Progress,
    deliveries,
    enqueue,
    forget_chat,
    progress,
    withdraw,
)

__all__ = [
    "Button",
    "DeliveryView",
    "Lane",
    "Message",
    "MessageError",
    "MessageTooLong",
    "NoRendering",
    "Progress",
    "Recipient",
    "State",
    "deliveries",
    "enqueue",
    "forget_chat",
    "progress",
    "withdraw",
]
