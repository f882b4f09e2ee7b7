"""The demo's bot on its own side: `linli run`, until whoever started it is gone, in whatever way."""

import os
import signal
import sys
import threading

from bot.cli import app


def run_attended() -> None:
    """Run the bot; the other end of standard input is the starter's, and closes even when that is killed."""
    threading.Thread(target=_stop_when_alone, daemon=True).start()
    app(["run"])


def _stop_when_alone() -> None:
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    run_attended()
