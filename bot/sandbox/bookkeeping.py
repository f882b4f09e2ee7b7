"""Bot API methods about the bot, its chats, its commands and its files."""

import json
import re

from bot.sandbox.errors import BadRequest
from bot.sandbox.parameters import Call
from bot.sandbox.room import Room
from bot.sandbox.things import ChatType, Json
from bot.sandbox.updates import CONNECTIONS

# https://core.telegram.org/bots/api#botcommand and #setmycommands
MOST_COMMANDS = 100
LONGEST_COMMAND = 32
LONGEST_COMMAND_TEXT = 256
# https://core.telegram.org/bots/api#setmyname, #setmydescription, #setmyshortdescription
LONGEST_NAME = 64
LONGEST_DESCRIPTION = 512
LONGEST_SHORT_DESCRIPTION = 120

# https://core.telegram.org/bots/api#setwebhook
MOST_CONNECTIONS = 100


def get_me(room: Room, _call: Call) -> Json:
    return room.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_webhook(room: Room, call: Call) -> bool:
    connections = call.integer("max_connections", CONNECTIONS)
    secret = call.text("secret_token")
    if not 1 <= connections <= MOST_CONNECTIONS:
        raise BadRequest("MAX_CONNECTIONS_INVALID")
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret):
        raise BadRequest("secret token contains unallowed characters")
    room.updates.hook(call.text("url"), secret=secret, connections=connections)
    if call.has("allowed_updates"):
        room.updates.allow(call.structure("allowed_updates"))
    return True


def delete_webhook(room: Room, call: Call) -> bool:
    room.updates.hook("")
    if call.yes("drop_pending_updates"):
        room.updates.clear()
    return True


def get_webhook_info(room: Room, _call: Call) -> Json:
    updates = room.updates
    known: Json = {
        "url": updates.webhook,
        "has_custom_certificate": False,
        "pending_update_count": updates.pending(),
        "max_connections": updates.connections,
    }
    if updates.last_error:
        known |= {"last_error_date": updates.last_error_at, "last_error_message": updates.last_error}
    return known


def set_my_commands(room: Room, call: Call) -> bool:
    commands = call.structure("commands") or []
    if len(commands) > MOST_COMMANDS:
        raise BadRequest("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        _check_command(command)
    room.profile.commands[_scope(call)] = commands
    room.world.note("commands")
    return True


def get_my_commands(room: Room, call: Call) -> list[Json]:
    return room.profile.commands.get(_scope(call), [])


def delete_my_commands(room: Room, call: Call) -> bool:
    room.profile.commands.pop(_scope(call), None)
    room.world.note("commands")
    return True


def _check_command(command: Json) -> None:
    name, words = str(command.get("command", "")).removeprefix("/"), str(command.get("description", ""))
    if not 1 <= len(name) <= LONGEST_COMMAND or not name.replace("_", "a").isalnum() or name != name.lower():
        raise BadRequest("BOT_COMMAND_INVALID")
    if not name.isascii():
        raise BadRequest("BOT_COMMAND_INVALID")
    if not 1 <= len(words) <= LONGEST_COMMAND_TEXT:
        raise BadRequest("BOT_COMMAND_DESCRIPTION_INVALID")


def _scope(call: Call) -> tuple[str, str]:
    scope = call.structure("scope") or {"type": "default"}
    return json.dumps(scope, sort_keys=True), call.text("language_code")


def set_my_name(room: Room, call: Call) -> bool:
    return _describe(room.profile.names, call, "name", LONGEST_NAME)


def set_my_description(room: Room, call: Call) -> bool:
    return _describe(room.profile.descriptions, call, "description", LONGEST_DESCRIPTION)


def set_my_short_description(room: Room, call: Call) -> bool:
    texts = room.profile.short_descriptions
    return _describe(texts, call, "short_description", LONGEST_SHORT_DESCRIPTION)


def _describe(texts: dict[str, str], call: Call, name: str, longest: int) -> bool:
    value = call.text(name)
    if len(value) > longest:
        raise BadRequest(f"{name} is too long")
    texts[call.text("language_code")] = value
    return True


def get_my_name(room: Room, call: Call) -> Json:
    return {"name": room.profile.names.get(call.text("language_code"), room.bot["first_name"])}


def get_my_description(room: Room, call: Call) -> Json:
    return {"description": room.profile.descriptions.get(call.text("language_code"), "")}


def get_my_short_description(room: Room, call: Call) -> Json:
    texts = room.profile.short_descriptions
    return {"short_description": texts.get(call.text("language_code"), "")}


def get_chat(room: Room, call: Call) -> Json:
    chat = room.chat_for(call.text("chat_id"))
    # required by https://core.telegram.org/bots/api#chatfullinfo
    full: Json = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": NO_GIFTS}
    if chat.pinned is not None:
        full["pinned_message"] = chat.messages[chat.pinned].as_json()
    return chat.head | full


NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


def get_chat_member(room: Room, call: Call) -> Json:
    chat, user_id = room.chat_for(call.text("chat_id")), call.integer("user_id")
    if user_id == room.bot["id"]:
        return {"status": "member" if chat.bot_inside else "left", "user": room.bot}
    if user_id not in room.world.people:
        raise BadRequest("user not found")
    user = room.world.people[user_id].user
    if user_id not in chat.members:
        return {"status": "left", "user": user}
    if chat.type is not ChatType.PRIVATE and chat.members[0] == user_id:
        return {"status": "creator", "user": user, "is_anonymous": False}
    return {"status": "member", "user": user}


def get_chat_member_count(room: Room, call: Call) -> int:
    chat = room.chat_for(call.text("chat_id"))
    return len(chat.members) + chat.bot_inside


def get_file(room: Room, call: Call) -> Json:
    found = room.files.by_id(call.text("file_id"))
    if found is None:
        raise BadRequest("invalid file_id")
    return {
        "file_id": found.file_id,
        "file_unique_id": found.unique_id,
        "file_size": len(found.data),
        "file_path": found.path,
    }
