"""The control API's calls about the bot, the figures, the faults and the limits."""

import json
from dataclasses import asdict, fields, replace
from http import HTTPStatus
from typing import Any

from bot.sandbox.asked import Asked
from bot.sandbox.errors import BadRequest
from bot.sandbox.faults import Fault, FaultBody
from bot.sandbox.limits import NO_LIMITS, Limits
from bot.sandbox.room import Room
from bot.sandbox.things import Json


async def show_bot(room: Room, _asked: Asked) -> Json:
    profile = room.profile
    commands = [
        {"scope": json.loads(scope), "language_code": language, "commands": listed}
        for (scope, language), listed in profile.commands.items()
    ]
    texts = {name: getattr(profile, name) for name in ("names", "descriptions", "short_descriptions")}
    return room.bot | {"commands": commands, "webhook": room.updates.webhook} | texts


async def show_statistics(room: Room, _asked: Asked) -> Json:
    figures = room.statistics
    return {
        "messages": figures.messages,
        "edits": figures.edits,
        "answers": figures.answers,
        "in_responses": figures.in_responses,
        "too_many_requests": room.gate.refused,
        "peak_second": room.gate.peak,
        "pending_updates": room.updates.pending(),
        "first_sent_at": figures.first_at,
        "last_sent_at": figures.last_at,
        "calls": dict(figures.calls),
    }


async def restart_statistics(room: Room, asked: Asked) -> Json:
    room.restart_statistics()
    return await show_statistics(room, asked)


async def order_fault(room: Room, asked: Asked) -> Json:
    call = asked.call
    known = {field.name for field in fields(Fault)}
    if unknown := call.values.keys() - known:
        raise BadRequest(f"a fault has no {', '.join(sorted(unknown))}")
    if not call.text("method"):
        raise BadRequest("method is needed")
    try:
        body, status = FaultBody(call.text("body", FaultBody.ERROR)), HTTPStatus(call.integer("status", 500))
    except ValueError:
        raise BadRequest(f"body is one of {', '.join(FaultBody)}, status an HTTP status") from None
    values = call.values | {"method": call.text("method").lower(), "body": body, "status": status.value}
    room.faults.order(Fault(**values | {"count": call.integer("count", 1)}))
    return {"left": room.faults.left()}


async def clear_faults(room: Room, _asked: Asked) -> Json:
    room.faults.clear()
    return {"left": 0}


async def set_limits(room: Room, asked: Asked) -> Json:
    known = {field.name for field in fields(Limits)}
    if unknown := asked.call.values.keys() - known - {"off"}:
        raise BadRequest(f"there is no limit {', '.join(sorted(unknown))}")
    wanted = {name: asked.call.number(name) for name in known & asked.call.values.keys()}
    base = NO_LIMITS if asked.call.yes("off") else room.gate.limits
    whole: dict[str, Any] = {
        name: value if name == "per_chat" else int(value) for name, value in wanted.items()
    }
    room.gate.limits = replace(base, **whole)
    return asdict(room.gate.limits)
