"""What a neighbourhood did together in some months: people, minutes, points."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session

from points.models import GroupKind, TransferKind, monthly_totals, transfers


@dataclass(frozen=True)
class Season:
    """Whatever was reversed does not count; `minutes` only where time was measured."""

    people: int
    minutes: int
    points: int


def season(session: Session, months: Sequence[str]) -> Season:
    """Add up what was done in these months."""
    t = monthly_totals.c
    done = select(func.count(t.key.distinct()), func.coalesce(func.sum(t.earned), 0)).where(
        t.month.in_(months), t.group_kind == GroupKind.RESIDENT, t.earned > 0
    )
    people, points = session.connection().execute(done).one()
    return Season(people, _minutes(session, months), int(points))


def _minutes(session: Session, months: Sequence[str]) -> int:
    mended = transfers.alias("mended")
    spent = (
        select(func.coalesce(func.sum(transfers.c.minutes), 0))
        .outerjoin(mended, mended.c.reverses == transfers.c.id)
        .where(
            transfers.c.kind == TransferKind.AWARD,
            transfers.c.month.in_(months),
            mended.c.id.is_(None),
        )
    )
    return int(session.connection().execute(spent).scalar_one())
