"""Plans: taken over from the neighbourhood's file, and recognised in what a coordinator types."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.callouts.errors import UnknownPlan
from bot.callouts.models import Plan
from bot.callouts.states import Level


@dataclass(frozen=True)
class PlanEntry:
    """A plan as the neighbourhood's file gives it; names and texts by language."""

    code: str
    level: Level
    emoji: str
    names: Mapping[str, str]
    teams: tuple[str, ...]
    needed: int
    wave_minutes: int
    texts: Mapping[str, str]


@dataclass(frozen=True)
class PlanView(PlanEntry):
    """A plan in force, with the version its content has now."""

    version: int


@dataclass(frozen=True)
class Synchronised:
    """What a reading of the file changed, by code."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    retired: tuple[str, ...]


def synchronise_plans(session: Session, entries: Sequence[PlanEntry], now: datetime) -> Synchronised:
    """Make the plans those of the file, in its order: none is ever deleted, what left the file is retired.

    A plan's version grows when its content changes, also by a new name, and when it comes back changed.
    """
    known = {plan.code: plan for plan in session.exec(select(Plan)).all()}
    added = tuple(entry.code for entry in entries if entry.code not in known)
    changed = tuple(one.code for one in entries if one.code in known and _differs(known[one.code], one))
    for position, entry in enumerate(entries):
        plan = known.get(entry.code) or Plan.model_validate({"code": entry.code, **_content(entry)})
        if entry.code in changed:
            plan.sqlmodel_update(_content(entry))
            plan.version += 1
        plan.position = position
        plan.retired_at = None
        session.add(plan)
    retired = _retire(session, known, {entry.code for entry in entries}, now)
    session.flush()
    return Synchronised(added, changed, retired)


def plans(session: Session) -> tuple[PlanView, ...]:
    """Give the plans in force, in the order of the file."""
    in_force = select(Plan).where(col(Plan.retired_at).is_(None)).order_by(col(Plan.position))
    return tuple(_view(plan) for plan in session.exec(in_force))


def plan_by_code(session: Session, code: str) -> PlanView:
    """Give a plan in force.

    Raises:
        UnknownPlan: it was never there, or was retired.
    """
    plan = session.exec(select(Plan).where(Plan.code == code, col(Plan.retired_at).is_(None))).one_or_none()
    if plan is None:
        raise UnknownPlan(code)
    return _view(plan)


def recognise(session: Session, text: str) -> tuple[PlanView | None, str]:
    """Find the plan that `text` begins with, by code or name in any language, and give the rest of the text.

    Case, spaces and full-width forms do not matter; of several plans the longest name wins. Chinese
    names may run straight into the text, Latin ones end where the word ends.
    """
    best: tuple[PlanView | None, int] = (None, 0)
    for plan in plans(session):
        for name in (plan.code, *plan.names.values()):
            end = _end_of(name, text)
            if end > best[1]:
                best = (plan, end)
    plan_found, end = best
    return plan_found, text[end:].lstrip(" \t\r\n\u3000:：,，;；-—") if plan_found else text.strip()


def meant(session: Session, typed: str) -> PlanView | None:
    """Find the one plan that a few typed words mean: its emoji, its code, or a part of its name."""
    wanted = _plain(typed)
    emoji = typed.replace("\ufe0f", "").strip()
    found = [
        plan
        for plan in plans(session)
        if emoji == plan.emoji.replace("\ufe0f", "")
        or (wanted and any(wanted in _plain(name) for name in (plan.code, *plan.names.values())))
    ]
    return found[0] if len(found) == 1 else None


def _end_of(name: str, text: str) -> int:
    """Give the index in `text` just after `name`, or 0 when the text does not begin with it."""
    wanted = _plain(name)
    matched = ""
    for index, letter in enumerate(text):
        if matched == wanted:
            return index if _word_ends(text, index) else 0
        matched += _plain(letter)
        if not wanted.startswith(matched):
            return 0
    return len(text) if matched == wanted else 0


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _word_ends(text: str, index: int) -> bool:
    before, after = _plain(text[index - 1]), _plain(text[index])
    return not (before.isascii() and before.isalnum() and after.isascii() and after.isalnum())


def _retire(session: Session, known: Mapping[str, Plan], kept: set[str], now: datetime) -> tuple[str, ...]:
    leaving = [plan for code, plan in known.items() if code not in kept and plan.retired_at is None]
    for plan in leaving:
        plan.retired_at = now
        session.add(plan)
    return tuple(plan.code for plan in leaving)


def _content(entry: PlanEntry) -> dict[str, object]:
    return {
        "level": Level(entry.level),
        "emoji": entry.emoji,
        "names": dict(entry.names),
        "teams": list(entry.teams),
        "needed": entry.needed,
        "wave_minutes": entry.wave_minutes,
        "texts": dict(entry.texts),
    }


def _differs(plan: Plan, entry: PlanEntry) -> bool:
    return any(getattr(plan, name) != value for name, value in _content(entry).items())


def _view(plan: Plan) -> PlanView:
    return PlanView(
        code=plan.code,
        level=plan.level,
        emoji=plan.emoji,
        names=dict(plan.names),
        teams=tuple(plan.teams),
        needed=plan.needed,
        wave_minutes=plan.wave_minutes,
        texts=dict(plan.texts),
        version=plan.version,
    )
