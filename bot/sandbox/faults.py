"""Bad days on order: the next answers of a method go wrong as the control API says."""

from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus

from bot.sandbox.things import Json


class FaultBody(StrEnum):
    ERROR = "error"  # a Bot API error in JSON
    HTML = "html"  # what a proxy in between says
    HALF = "half"  # JSON that breaks off
    HANG = "hang"  # no answer at all


WORDS = {429: "Too Many Requests: retry after {seconds}", 401: "Unauthorized", 502: "Bad Gateway"}


@dataclass(slots=True)
class Fault:
    """What happens to the next `count` calls of `method` (lower case, or "*")."""

    method: str
    status: int = 500
    count: int = 1
    body: FaultBody = FaultBody.ERROR
    retry_after: int | None = None
    description: str = ""
    parameters: Json = field(default_factory=dict)
    # what was asked is done all the same; only the answer is lost
    applied: bool = False
    chat_id: int | None = None

    def answer(self) -> Json:
        known = WORDS.get(self.status, HTTPStatus(self.status).phrase)
        parameters = dict(self.parameters)
        if self.retry_after is not None:
            parameters["retry_after"] = self.retry_after
        words = self.description or known.format(seconds=self.retry_after)
        body = {"ok": False, "error_code": self.status, "description": words}
        return body | ({"parameters": parameters} if parameters else {})


class Faults:
    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def order(self, fault: Fault) -> None:
        self._ordered.append(fault)

    def clear(self) -> None:
        self._ordered.clear()

    def left(self) -> int:
        return sum(fault.count for fault in self._ordered)

    def next_for(self, method: str, chat_id: str = "") -> Fault | None:
        """Take the fault that hits this call, if any."""
        for fault in self._ordered:
            right_chat = fault.chat_id is None or str(fault.chat_id) == chat_id
            if fault.method in (method, "*") and right_chat:
                fault.count -= 1
                if fault.count <= 0:
                    self._ordered.remove(fault)
                return fault
        return None
