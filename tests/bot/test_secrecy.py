"""Whatever is logged or goes wrong, the token is not to be read anywhere."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator

import httpx
import pytest
import structlog
from sqlalchemy.exc import IntegrityError
from telegram.error import BadRequest

from bot import secrecy
from bot.secrecy import clean, keep_secret, log_to

TOKEN = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave logging as it was found."""
    monkeypatch.setattr(secrecy, "_kept", set())
    hooks = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture(params=[io.StringIO, Terminal])
def stream(request: pytest.FixtureRequest) -> io.StringIO:
    made = request.param()
    assert isinstance(made, io.StringIO)
    log_to(made, level="debug", secrets=[TOKEN])
    return made


def _fail() -> None:
    secret = TOKEN
    raise RuntimeError(f"https://api.telegram.org/bot{secret}/getMe")


def test_messages_arguments_and_bound_values_are_clean(stream: io.StringIO) -> None:
    logging.getLogger("bot.a").warning("plain %s", TOKEN)
    logging.getLogger("bot.b").info(TOKEN)
    structlog.get_logger("c").info("bound", address=f"/bot{TOKEN}/x", nested={"deep": [TOKEN]})
    assert stream.getvalue().count("•••") == 4
    assert "ABC-DEF" not in stream.getvalue()


def test_errors_and_their_causes_are_clean(stream: io.StringIO) -> None:
    try:
        try:
            _fail()
        except RuntimeError as error:
            raise ValueError(TOKEN) from error
    except ValueError:
        logging.getLogger("bot.a").exception("failed")
        structlog.get_logger("b").exception("failed too")
    logging.getLogger("bot.c").warning("where", stack_info=True)
    assert stream.getvalue().count("ValueError") >= 2
    assert "ABC-DEF" not in stream.getvalue()


def test_what_nothing_caught_is_clean(stream: io.StringIO) -> None:
    try:
        _fail()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=_fail)
    thread.start()
    thread.join()
    assert stream.getvalue().count("uncaught") == 2
    assert "ABC-DEF" not in stream.getvalue()


def test_requests_are_logged_without_the_token(stream: io.StringIO) -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(200))
    with httpx.Client(transport=transport) as client:
        client.get(f"https://api.telegram.org/bot{TOKEN}/getMe")
        client.get("https://api.telegram.org/bot987654:of-another-bot/getMe")
    told = stream.getvalue()
    assert told.count("HTTP Request: GET https://api.telegram.org/bot•••/getMe") == 2
    assert "another" not in told


def test_requests_are_not_heard_at_info() -> None:
    stream = io.StringIO()
    log_to(stream, level="info")
    with httpx.Client(transport=httpx.MockTransport(lambda _request: httpx.Response(200))) as client:
        client.get("http://127.0.0.1/")
    logging.getLogger("bot").debug("not this")
    assert stream.getvalue() == ""


def test_lines_are_json_when_no_terminal_watches() -> None:
    stream = io.StringIO()
    log_to(stream, level="info")
    structlog.get_logger("bot.app").info("started", residents=3)
    logging.getLogger("x").error("说 %d", 5)
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["event"], first["residents"], first["level"], first["logger"]) == (
        "started",
        3,
        "info",
        "bot.app",
    )
    assert second["event"] == "说 5"
    assert "timestamp" in second


def test_a_second_call_replaces_the_first() -> None:
    first, second = io.StringIO(), io.StringIO()
    log_to(first, level="info")
    log_to(second, level="info")
    logging.getLogger("x").error("once")
    assert (first.getvalue(), second.getvalue().count("once")) == ("", 1)


def test_short_words_are_no_secrets() -> None:
    keep_secret(["a", "", "longer-secret"])
    assert clean("a longer-secret") == "a •••"


def test_an_error_s_own_words_are_told_only_where_they_are_about_machines(stream: io.StringIO) -> None:
    for error in (
        ValueError("Mei lives alone"),
        BadRequest('can\'t parse entities: unsupported start tag "Mei"'),
        IntegrityError("INSERT", {"name": "Mei"}, Exception("duplicate key\nDETAIL: Key (name)=(Mei)")),
        OSError(28, "No space left on device", "/var/linli.db"),
    ):
        try:
            raise error
        except Exception:
            logging.getLogger("bot.a").exception("failed")
            structlog.get_logger("bot.b").exception("failed too")
    said = stream.getvalue()
    assert "Mei" not in said
    assert said.count("ValueError") == 2
    assert said.count("duplicate key") == 2
    assert said.count("No space left on device /var/linli.db") == 2
    assert said.count("test_secrecy.py") >= 8


def test_what_a_library_logs_is_heard_without_its_arguments(stream: io.StringIO) -> None:
    log = logging.getLogger("telegram.Bot")
    log.debug("Calling Bot API endpoint `%s` with parameters `%s`", "sendMessage", {"text": "Mei"})
    log.error('Can not load invalid JSON data: "%s"', '{"text": "Mei')
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task 'Mei'>")
    logging.getLogger("some.library").info("%(name)s came", {"name": "Mei"})
    said = stream.getvalue()
    assert "sendMessage" in said
    assert "Can not load invalid JSON data" in said
    assert "never retrieved" in said
    assert "Mei" not in said
