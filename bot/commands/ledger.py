"""`linli ledger …`: the books of the points checked or written out, or one statement checked alone."""

import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import typer
from sqlmodel import Session

from bot.commands.failing import Failed, mark, say
from bot.commands.opening import configured, looking, watching
from bot.commands.sealed import check_seals_of
from points import (
    PUBLISHED_DIGITS,
    Checked,
    Format,
    Verification,
    check_statement,
    count_transfers,
    exported_books,
    short_root,
    verify,
    verify_sums,
)
from points.counting import counted

GOING_THROUGH = "Going through the entries"


MANY = 100_000  # transfers from which on a second process pays


def verify_books(env_file: Path | None, *, root: str | None) -> int:
    """Check sums, seals, and that nothing was changed afterwards; 1 if something does not hold."""
    settings, digits = configured(env_file).settings, _read_root(root)
    with looking(settings) as session:
        if count_transfers(session) < MANY or os.cpu_count() == 1:
            with watching(GOING_THROUGH) as watch:
                return _report(verify(session, watch, root=digits))
        return _report(*_in_two(settings.database_url, session, digits))


def _in_two(url: str, session: Session, root: str | None) -> tuple[Verification, tuple[str, ...]]:
    """Have the seals checked in a process beside: what is sealed never changes, and hashing takes as long."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as beside, watching(GOING_THROUGH) as watch:
        sealed = beside.submit(check_seals_of, url)
        return verify_sums(session, watch, root=root), sealed.result()


def _report(found: Verification, sealed: tuple[str, ...] = ()) -> int:
    problems = tuple(dict.fromkeys((*found.problems, *sealed)))
    for problem in problems:
        say(problem)
    count = len(problems)
    said = "thing does not hold", "things do not hold"
    told = counted(count, *said) if count else "everything adds up"
    seals = f" under {counted(found.seals, 'seal')}" if found.seals else ""
    typer.echo(f"{mark(good=not count)} {_entries(found.transfers)}{seals} checked: {told}")
    return 1 if count else 0


def verify_statement(file: Path, *, root: str | None) -> None:
    """Check a resident's statement against a published root, with no database.

    Raises:
        WrongStatement: what is wrong with it.
        Failed: nothing is, but nothing in it is proven either.
    """
    checked = check_statement(file.read_bytes(), root=_read_root(root))
    if not checked.proven:
        raise Failed(f"{_nothing_proven(checked)} {_not_proven(checked)}".rstrip())
    typer.echo(f"{mark(good=True)} {_told(checked)}")
    if checked.newer or checked.unsealed:
        typer.echo(_not_proven(checked))
    if root is None and checked.root is not None:
        typer.echo("The root is the file's own: compare it with the leaderboard, or give that one as --root.")


def export_books(form: str, *, out: Path | None, env_file: Path | None) -> None:
    """Write the whole ledger to a file, or to standard output."""
    settings = configured(env_file).settings
    with looking(settings) as session, watching("Writing the entries", when=out is not None) as watch:
        lines = exported_books(session, Format(form), watch)
        if out is None:
            _print(lines)
        else:
            _write(lines, out)


def _write(lines: Iterable[str], out: Path) -> None:
    """Write a file as a whole or not at all."""
    unfinished = out.with_name(f".{out.name}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)


def _print(lines: Iterable[str]) -> None:
    """Print, until whoever reads has read enough."""
    try:
        for line in lines:
            sys.stdout.buffer.write(line.encode())
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still to be flushed at the end would fail again, aloud.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _entries(number: int) -> str:
    return counted(number, "entry", "entries")


def _told(checked: Checked) -> str:
    stand = "stands as it was" if checked.proven == 1 else "stand as they were"
    return (
        f"{_entries(checked.proven)} of account {checked.account} {stand} sealed in the books of"
        f" {checked.root_month}, root {short_root(checked.root or '')}"
        f" ({checked.came} came in, {checked.went} went out)"
    )


def _nothing_proven(checked: Checked) -> str:
    if checked.root is None:
        return f"Nothing of account {checked.account} is proven: no root is published yet."
    return f"Nothing of account {checked.account} is proven by the root {short_root(checked.root)}."


def _not_proven(checked: Checked) -> str:
    if not checked.newer and not checked.unsealed:
        return ""
    return (
        f"Not proven, only said by the file: {_entries(checked.newer)} sealed after that root"
        f" and {checked.unsealed} not sealed yet"
        f" ({checked.unproven_came} came in, {checked.unproven_went} went out)."
    )


def _read_root(typed: str | None) -> str | None:
    """Read a root as it is printed, with dashes or without.

    Raises:
        Failed: it is none, or too little of one to tell it from others.
    """
    if typed is None:
        return None
    digits = "".join(typed.split()).replace("-", "").lower()
    if not PUBLISHED_DIGITS <= len(digits) <= 64 or set(digits) - set("0123456789abcdef"):
        raise Failed(
            f"--root takes at least {PUBLISHED_DIGITS} of the root's 64 hexadecimal digits,"
            " as the leaderboard prints them."
        )
    return digits
