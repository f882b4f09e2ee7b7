"""The control API under /sim/: people's phones, groups, faults, limits and figures, as JSON.

Refusals are {"error": sentence} with 400 (wrong input), 404 (no such thing) or 409 (a phone does not allow
it). `wait` is in seconds, at most 50; a waiting call answers at once when there is something to tell.

People (a person's id is also the id of their private chat with the bot)
    POST /sim/people {first_name, last_name?, username?, language_code?, id?} -> person
    GET  /sim/people -> {people: [person]}
    GET  /sim/people/{id} -> person
        person: {id, chat_id, first_name, last_name?, username?, language_code?, started, blocked,
        deactivated}
    POST /sim/people/{id}/text {text, chat_id?, reply_to?} -> message
    POST /sim/people/{id}/photo {photo: base64, caption?, chat_id?} or multipart file "photo" -> message
    POST /sim/people/{id}/document {document: base64, file_name, mime_type?, ...}, or multipart -> message
    POST /sim/people/{id}/location {latitude, longitude, chat_id?} -> message
    POST /sim/people/{id}/contact {phone_number, chat_id?, user_id?, first_name?} -> message; one's own
    POST /sim/people/{id}/edit {message_id, text, chat_id?} -> message
    POST /sim/people/{id}/delete {message_id, chat_id?} -> {}
    POST /sim/people/{id}/tap {message_id, chat_id?} and one of {data}, {row, column}, {label} -> {query_id};
        {label} alone taps the newest button that says so; a button of the reply keyboard sends its text and
        gives {message_id}; data that are not on the message need {forge: true}
    POST /sim/people/{id}/block, /unblock, /deactivate -> person
    POST /sim/batch [{person, act: "text" | "tap", ...as above}] -> {results: [...]}, for storms of taps
Answers to taps
    GET /sim/queries/{id}?wait= -> {query_id, person_id, chat_id, message_id, data, answered, text,
        show_alert, url, seconds}
    GET /sim/queries -> {queries: [as above]}
Chats
    GET  /sim/chats/{chat_id}/messages?after=REVISION&viewer=PERSON&wait= -> {revision, chat, keyboard,
        messages}; message: {chat_id, message_id, revision, from_bot, from, date, html, text,
        buttons: [[{text, data, url}]], photo, document, location, contact, edited, deleted, silent, reply_to}
        and `mine` when a viewer is named; photo and document: {file_id, file_name, mime_type, address, ...};
        keyboard: rows of the reply keyboard shown now [[{text, request_contact, request_location}]] or null
    POST /sim/groups {title, type?: group | supergroup | channel, members: [ids]} -> chat; the first owns it
    POST /sim/groups/{chat_id}/bot {inside: bool} -> chat
    GET  /sim/chats -> {chats: [chat]}
    GET  /sim/files/{file_id} -> the bytes
    GET  /sim/events?after=REVISION&wait= -> {revision, missed,
        events: [{revision, kind, chat_id, message_id}]}
        kind: message, edited, deleted, person, group, membership, pinned, commands, action:typing ...
The room
    GET  /sim/bot -> {id, username, first_name, commands: [{scope, language_code, commands}], names, ...}
    GET  /sim/statistics -> {messages, edits, answers, in_responses, too_many_requests, peak_second,
        pending_updates, first_sent_at, last_sent_at, calls: {method: count}};  DELETE /sim/statistics starts
        them again
    POST /sim/faults {method, status?, count?, retry_after?, body?: error | html | half | hang, description?,
        parameters?, applied?, chat_id?} -> {left}; method "*" hits every call; `applied` does what was
        asked and loses only the answer;  DELETE /sim/faults takes all back
    POST /sim/limits {per_second?, per_chat?, burst?, per_group_minute?} or {off: true} -> the limits;
        a limit of 0 is off
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox import control_chats, control_room
from bot.sandbox.asked import Asked
from bot.sandbox.errors import ActRefused, BadRequest, NoSuchThing
from bot.sandbox.parameters import Call, read_call
from bot.sandbox.room import Room

Handler = Callable[[Room, Asked], Awaitable[Any]]
STATUS = {NoSuchThing: 404, ActRefused: 409}


def routes(room: Room) -> list[Route]:
    """Give the routes to mount."""
    table: list[tuple[str, str, Handler]] = [
        ("POST", "/people", control_chats.add_person),
        ("GET", "/people", control_chats.list_people),
        ("GET", "/people/{person:int}", control_chats.show_person),
        ("POST", "/people/{person:int}/{act}", control_chats.act),
        ("POST", "/batch", control_chats.batch),
        ("GET", "/queries", control_chats.list_queries),
        ("GET", "/queries/{query}", control_chats.show_query),
        ("GET", "/chats", control_chats.list_chats),
        ("GET", "/chats/{chat}/messages", control_chats.messages),
        ("POST", "/groups", control_chats.add_group),
        ("POST", "/groups/{chat}/bot", control_chats.move_bot),
        ("GET", "/events", control_chats.events),
        ("GET", "/bot", control_room.show_bot),
        ("GET", "/statistics", control_room.show_statistics),
        ("DELETE", "/statistics", control_room.restart_statistics),
        ("POST", "/faults", control_room.order_fault),
        ("DELETE", "/faults", control_room.clear_faults),
        ("POST", "/limits", control_room.set_limits),
    ]
    found = [Route(f"/sim{path}", _endpoint(room, handler), methods=[verb]) for verb, path, handler in table]
    return [*found, Route("/sim/files/{file}", _file_endpoint(room), methods=["GET"])]


def _endpoint(room: Room, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            call = Call({}) if request.method == "GET" else await _read(request)
            return _json(await handler(room, Asked(request.path_params, request.query_params, call)))
        except ClientDisconnect:
            return Response(status_code=400)  # whoever hung up in the middle of asking reads no answer
        except BadRequest as error:
            return _json({"error": error.description.removeprefix("Bad Request: ")}, 400)
        except (NoSuchThing, ActRefused) as error:
            return _json({"error": str(error)}, STATUS[type(error)])

    return endpoint


async def _read(request: Request) -> Call:
    """Read a JSON body whatever its type says, so that curl needs no header; multipart as it is."""
    if request.headers.get("content-type", "").startswith("multipart/"):
        return await read_call(request)
    body = await request.body()
    try:
        found = json.loads(body) if body else {}
    except ValueError:
        raise BadRequest("the body is not JSON") from None
    if isinstance(found, list):
        return Call({"batch": found})
    if not isinstance(found, dict):
        raise BadRequest("the body must be a JSON object")
    return Call(found)


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body).encode(), status_code=status, media_type="application/json")


def _file_endpoint(room: Room) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        found = room.files.by_id(request.path_params["file"])
        if found is None:
            return _json({"error": "there is no such file"}, 404)
        # the name is the sender's; a page must never run what a chat carries
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        return Response(found.data, media_type=found.mime, headers=headers)

    return endpoint
