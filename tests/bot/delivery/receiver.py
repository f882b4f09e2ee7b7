"""A local HTTP receiver for other ways: it answers well, badly, half, or not at all."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import loads
from typing import Any


class Receiver(ThreadingHTTPServer):
    """Answers as its path says: /200, /500, /404, /hang, /half; keeps what it was told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.let_go = threading.Event()

    def url(self, how: str) -> str:
        return f"json://127.0.0.1:{self.server_address[1]}/{how}?cto=1&rto=0.5"

    def said(self) -> list[str]:
        return [f"{told['title']}\n{told['message']}" for _, told in self.heard]


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        how = self.path.strip("/").split("?")[0]
        self.server.heard.append((how, loads(body)))
        if how == "hang":
            self.server.let_go.wait(5)
            return
        self.send_response(200 if how in ("200", "half") else int(how))
        self.send_header("Content-Length", "100" if how == "half" else "2")
        self.end_headers()
        self.wfile.write(b"ok")
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Receive for as long as the `with` lasts."""
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.let_go.set()
        receiver.shutdown()
        thread.join()
        receiver.server_close()
