"""The parameters of one call, whichever way they came."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.requests import Request

from bot.sandbox.errors import BadRequest
from bot.sandbox.rules import structure


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    mime: str
    data: bytes


@dataclass(slots=True)
class Call:
    """https://core.telegram.org/bots/api#making-requests: query string, form, JSON or multipart."""

    values: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        return default if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        try:
            return int(self.values.get(name) or default)
        except (TypeError, ValueError) as error:
            raise BadRequest(f"parameter {name} must be a whole number") from error

    def number(self, name: str) -> float:
        try:
            return float(self.values[name])
        except (KeyError, TypeError, ValueError) as error:
            raise BadRequest(f"parameter {name} must be a number") from error

    def yes(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in ("true", "1", "yes")

    def structure(self, name: str) -> Any:
        return structure(self.values.get(name), name.replace("_", " "))

    def upload(self, name: str) -> Upload | str:
        """Give the file that came along, or the file_id that names one."""
        value = self.text(name)
        if name in self.files:
            return self.files[name]
        if not value.startswith("attach://"):
            return value
        attached = self.files.get(value.removeprefix("attach://"))
        if attached is None:
            raise BadRequest(f"can't find file {value} among the uploaded files")
        return attached


async def read_call(request: Request) -> Call:
    """Take the parameters out of a request."""
    query = request.scope["query_string"]
    values: dict[str, Any] = dict(parse_qsl(query.decode(), keep_blank_values=True)) if query else {}
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        return await _from_multipart(request, values)
    body = await request.body()
    if body:
        values |= _from_json(body) if kind.startswith("application/json") else _from_form(body)
    return Call(values)


def _from_form(body: bytes) -> dict[str, Any]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _from_json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise BadRequest("can't parse JSON object") from error
    if not isinstance(found, dict):
        raise BadRequest("object expected in the request body")
    return found


async def _from_multipart(request: Request, values: dict[str, Any]) -> Call:
    call = Call(values)
    async with request.form(max_part_size=64 * 1024 * 1024) as form:
        for name, part in form.multi_items():
            if isinstance(part, UploadFile):
                mime = part.content_type or "application/octet-stream"
                call.files[name] = Upload(part.filename or "file", mime, await part.read())
            else:
                call.values[name] = part
    return call
