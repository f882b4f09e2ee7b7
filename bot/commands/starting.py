"""`linli init`: a neighbourhood's file to start from."""

import json
from pathlib import Path

import typer

from bot.commands.failing import Failed, say
from bot.commands.opening import configured
from bot.neighbourhood import SAMPLE, json_schema


def write_sample(env_file: Path | None) -> None:
    """Write the sample where the settings look for the file; never over one that is there."""
    path = configured(env_file).settings.community
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(SAMPLE.read_text("utf-8"))
    except FileExistsError:
        raise Failed(f"{path} is there already and stays as it is.") from None
    say(f"Wrote {path}. Change it to your neighbourhood, then check it with: linli doctor")


def print_schema() -> None:
    """Print the JSON Schema of the file."""
    typer.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))
