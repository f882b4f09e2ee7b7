"""The table of Bot API methods that the rehearsal room knows."""

from collections.abc import Callable
from typing import Any

from bot.sandbox import bookkeeping, sending
from bot.sandbox.parameters import Call
from bot.sandbox.room import Room

Method = Callable[[Room, Call], Any]

# names as in https://core.telegram.org/bots/api#available-methods; getUpdates waits, so the server has it
METHODS: dict[str, Method] = {
    "getMe": bookkeeping.get_me,
    "setWebhook": bookkeeping.set_webhook,
    "deleteWebhook": bookkeeping.delete_webhook,
    "getWebhookInfo": bookkeeping.get_webhook_info,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendLocation": sending.send_location,
    "sendChatAction": sending.send_chat_action,
    "editMessageText": sending.edit_message_text,
    "editMessageCaption": sending.edit_message_caption,
    "editMessageMedia": sending.edit_message_media,
    "editMessageReplyMarkup": sending.edit_message_reply_markup,
    "deleteMessage": sending.delete_message,
    "pinChatMessage": sending.pin_chat_message,
    "unpinChatMessage": sending.unpin_chat_message,
    "answerCallbackQuery": sending.answer_callback_query,
    "setMyCommands": bookkeeping.set_my_commands,
    "getMyCommands": bookkeeping.get_my_commands,
    "deleteMyCommands": bookkeeping.delete_my_commands,
    "setMyName": bookkeeping.set_my_name,
    "getMyName": bookkeeping.get_my_name,
    "setMyDescription": bookkeeping.set_my_description,
    "getMyDescription": bookkeeping.get_my_description,
    "setMyShortDescription": bookkeeping.set_my_short_description,
    "getMyShortDescription": bookkeeping.get_my_short_description,
    "getChat": bookkeeping.get_chat,
    "getChatMember": bookkeeping.get_chat_member,
    "getChatMemberCount": bookkeeping.get_chat_member_count,
    "getFile": bookkeeping.get_file,
}

# "All methods in the Bot API are case-insensitive", https://core.telegram.org/bots/api#making-requests
BY_LOWER_NAME = {name.lower(): method for name, method in METHODS.items()}
