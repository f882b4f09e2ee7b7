"""The command line: what `linli` offers; what each command does is in bot/commands, imported on call."""

# ruff: noqa: PLC0415 (each command imports what it needs when it is called, so that --help is quick)

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup


class InvitedRole(StrEnum):
    """The roles as bot.community knows them; a test keeps the two equal, as importing it takes a second."""

    ADMIN = "admin"
    COORDINATOR = "coordinator"
    GRID_OFFICER = "grid-officer"
    BUILDING_LEAD = "building-lead"
    TEAM_LEAD = "team-lead"
    INSTRUCTOR = "instructor"
    DEPARTMENT = "department"
    MERCHANT = "merchant"


class ExportFormat(StrEnum):
    """The formats of points.Format; a test keeps the two equal, as above."""

    BEANCOUNT = "beancount"
    CSV = "csv"
    JSONL = "jsonl"


class _Sentences(TyperGroup):
    """Turns whatever a command raises into one clear sentence and exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except Exception as error:
            from bot.commands.failing import complain

            complain(error)
            raise typer.Exit(1) from None


_LOOKS: dict[str, Any] = {
    "no_args_is_help": True,
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}
app = typer.Typer(cls=_Sentences, help="Linli (邻里): a neighbourhood helps itself, on Telegram.", **_LOOKS)
ledger = typer.Typer(help="The books of the neighbourhood points.", **_LOOKS)
app.add_typer(ledger, name="ledger")

EnvFile = Annotated[
    Path | None, typer.Option("--env-file", metavar="FILE", help="Read settings from this file, not .env.")
]


def main() -> None:
    """Run the command line."""
    app()


@app.command(epilog="Example: LINLI_BOT_TOKEN=123456:ABC-DEF linli run")
def run(
    *,
    new_bot: Annotated[
        bool, typer.Option("--new-bot", help="The token is another bot's than before, on purpose.")
    ] = False,
    env_file: EnvFile = None,
) -> None:
    """Run the bot for a real neighbourhood, until Ctrl-C."""
    from bot.commands.running import ready_to_run

    settings = ready_to_run(env_file)
    from bot.app import run as run_app

    raise typer.Exit(run_app(settings, new_bot=new_bot))


@app.command(epilog="Example: linli demo --story")
def demo(
    *,
    story: Annotated[
        bool, typer.Option("--story", help="Let the whole story play by itself, printing each step.")
    ] = False,
    keep: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep both sides here, and go on from there.")
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the page listens; 0 takes any free port.")
    ] = 8123,
    people: Annotated[int, typer.Option(min=0, max=2000, help="How many simulated neighbours.")] = 60,
) -> None:
    """Try it with a stand-in for Telegram on this computer: no account, no token."""
    from bot.commands.demonstrating import demo as try_it

    raise typer.Exit(try_it(story=story, keep=keep, port=port, people=people))


@app.command(epilog="Example: linli init && linli doctor")
def init(
    *,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the file's JSON Schema instead, for an editor.")
    ] = False,
    env_file: EnvFile = None,
) -> None:
    """Write a commented community.toml to start from."""
    from bot.commands.starting import print_schema, write_sample

    if schema:
        print_schema()
    else:
        write_sample(env_file)


@app.command(epilog="Example: linli doctor --env-file east.env")
def doctor(
    *,
    live: Annotated[
        bool, typer.Option("--live", help="Try the token: five messages, an edit, a photo to your own chat.")
    ] = False,
    chat: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="With --live: your chat; else who wrote last.")
    ] = None,
    env_file: EnvFile = None,
) -> None:
    """Show every setting with its source, and check what the bot needs."""
    from bot.commands.doctor import examine, try_token

    raise typer.Exit(try_token(env_file, chat=chat) if live else examine(env_file))


@app.command(epilog="Example: linli invite team-lead --of clinic --area g1 --days 3")
def invite(
    role: Annotated[InvitedRole, typer.Argument(metavar="ROLE", help=f"One of {', '.join(InvitedRole)}.")],
    area: Annotated[
        str | None, typer.Option(metavar="CODE", help="Where; without it the whole community.")
    ] = None,
    of: Annotated[
        str | None, typer.Option(metavar="CODE", help="Which team, department or merchant.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=365, help="How many days the link works.")] = 7,
    env_file: EnvFile = None,
) -> None:
    """Print a link that gives one person a role, once."""
    from bot.commands.inviting import print_invitation

    print_invitation(role.value, area_code=area, subject=of, days=days, env_file=env_file)


@app.command(epilog="Example: linli poster b1 --out door.pdf")
def poster(
    area: Annotated[str, typer.Argument(metavar="AREA", help="The code of the area it will hang in.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; without it poster-AREA.pdf.")
    ] = None,
    env_file: EnvFile = None,
) -> None:
    """Draw a QR poster for a door as PDF: who scans it joins that area."""
    from bot.commands.posters import write_poster

    write_poster(area, out=out, env_file=env_file)


@ledger.command(
    epilog="Example: linli ledger verify --statement mine.json --root 3f9a-12c4-77ab-09de-51b0-c86e-d2f7-4a13"
)
def verify(
    *,
    statement: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Check this file from /statement instead, with no database."),
    ] = None,
    root: Annotated[
        str | None, typer.Option(metavar="HEX", help="A month's root, as the leaderboard printed it.")
    ] = None,
    env_file: EnvFile = None,
) -> None:
    """Add everything up again and check that nothing was changed afterwards."""
    from bot.commands.ledger import verify_books, verify_statement

    if statement is None:
        raise typer.Exit(verify_books(env_file, root=root))
    verify_statement(statement, root=root)


@ledger.command(epilog="Example: linli ledger export --format beancount --out points.beancount")
def export(
    form: Annotated[ExportFormat, typer.Option("--format", help="What it is written for.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it; without it standard output.")
    ] = None,
    env_file: EnvFile = None,
) -> None:
    """Write every entry ever made, without a name: accounts are numbers."""
    from bot.commands.ledger import export_books

    export_books(form.value, out=out, env_file=env_file)


@app.command(epilog="Example: linli migrate --check")
def migrate(
    *,
    check: Annotated[bool, typer.Option("--check", help="Only say whether it is needed.")] = False,
    env_file: EnvFile = None,
) -> None:
    """Bring the database to this version, after a backup beside it."""
    from bot.commands.migrating import check_version, migrate_now

    raise typer.Exit(check_version(env_file) if check else migrate_now(env_file))


@app.command(epilog="Example: linli backup /var/backups/linli/willow.zip")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; never over another.")],
    env_file: EnvFile = None,
) -> None:
    """Write everything into one archive, also while the bot runs."""
    from bot.commands.backing_up import back_up

    back_up(file, env_file=env_file)


@app.command(epilog="Example: linli restore willow.zip --replace")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An archive that linli backup wrote.")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of what is there, after a backup of it.")
    ] = False,
    env_file: EnvFile = None,
) -> None:
    """Read an archive into an empty database of either kind, while no bot runs."""
    from bot.commands.restoring import bring_back

    raise typer.Exit(bring_back(file, replace=replace, env_file=env_file))


@app.command("import", epilog="Example: linli import residents.csv")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A list with the columns name and area.")],
    env_file: EnvFile = None,
) -> None:
    """Take in residents from a spreadsheet's list, and say of each line what became of it."""
    from bot.commands.importing import import_list

    raise typer.Exit(import_list(file, env_file=env_file))


@app.command("export", epilog="Example: linli export everything-2026")
def export_all(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder to write into.")],
    env_file: EnvFile = None,
) -> None:
    """Write everything as CSV files for a spreadsheet, also while the bot runs."""
    from bot.commands.exporting import export_everything

    export_everything(folder, env_file=env_file)


@app.command(epilog="Example: linli service willow > /etc/systemd/system/linli-willow.service")
def service(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it, such as willow.")],
    env_file: EnvFile = None,
) -> None:
    """Print a systemd unit that runs the bot for good."""
    from bot.commands.serving import print_unit

    print_unit(name, env_file=env_file)
