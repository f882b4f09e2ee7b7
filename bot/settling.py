"""At start, the neighbourhood's file goes into each room's tables: by code, renames kept, nothing deleted."""

from datetime import datetime

from sqlmodel import Session

import points
from bot import callouts, community
from bot.neighbourhood import DAYS, Activity, Multiplier, Neighbourhood, Reward, Window
from bot.purses import settle_purses


def settle(session: Session, neighbourhood: Neighbourhood, now: datetime) -> None:
    """Make areas, teams, plans, activities, merchants and rewards what the file says, and whose points are.

    Raises:
        StillTogether: points lie together that the file wants apart.
    """
    community.synchronise(session, areas=_areas(neighbourhood), teams=_teams(neighbourhood), now=now)
    callouts.synchronise_plans(session, _plans(neighbourhood), now)
    points.synchronise_activities(session, _activities(neighbourhood), now)
    points.synchronise_rewards(
        session, _rewards(neighbourhood), _merchants(neighbourhood), now, _sponsors(neighbourhood)
    )
    settle_purses(session, neighbourhood.points, now)


def settle_once(session: Session, neighbourhood: Neighbourhood, now: datetime) -> None:
    """Settle before the bot's first start, while the areas are still only in the file."""
    try:
        community.area_by_code(session, neighbourhood.community.code)
    except community.UnknownArea:
        settle(session, neighbourhood, now)


def _areas(neighbourhood: Neighbourhood) -> list[community.AreaEntry]:
    root = neighbourhood.community
    return [
        community.AreaEntry(root.code, None, root.names),
        *(
            community.AreaEntry(area.code, area.parent or root.code, area.names, area.at)
            for area in neighbourhood.areas
        ),
    ]


def _teams(neighbourhood: Neighbourhood) -> list[community.TeamEntry]:
    return [
        community.TeamEntry(team.code, community.TeamKind(team.kind), team.emoji, team.names)
        for team in neighbourhood.teams
    ]


def _plans(neighbourhood: Neighbourhood) -> list[callouts.PlanEntry]:
    return [
        callouts.PlanEntry(
            code=plan.code,
            level=callouts.Level(plan.level),
            emoji=plan.emoji,
            names=plan.names,
            teams=tuple(plan.teams),
            needed=plan.needed,
            wave_minutes=plan.wave_minutes,
            texts=plan.texts or {},
        )
        for plan in neighbourhood.plans
    ]


def _activities(neighbourhood: Neighbourhood) -> list[points.ActivityRule]:
    return [_rule(activity) for activity in neighbourhood.activities]


def _rule(activity: Activity) -> points.ActivityRule:
    return points.ActivityRule(
        code=activity.code,
        names=activity.names,
        points=activity.points,
        points_per_hour=activity.points_per_hour,
        points_per_unit=activity.points_per_unit,
        unit=activity.unit,
        cap=tuple(points.Cap(cap.points, points.Per(cap.per), points.By(cap.by)) for cap in activity.caps),
        limits=tuple(
            points.Limit(limit.count, points.Per(limit.per), points.By(limit.by)) for limit in activity.limits
        ),
        windows=tuple(_window(window) for window in activity.windows),
        multiplier=_multiplier(activity.multiplier) if activity.multiplier else points.PLAIN,
        verify=points.Verify(activity.verify),
    )


def _window(window: Window) -> points.Window:
    days = tuple(sorted(DAYS.index(day) for day in window.days))
    return points.Window(days, window.begins, window.ends, window.since, window.until)


def _multiplier(multiplier: Multiplier) -> points.Multiplier:
    streak = multiplier.streak
    return points.Multiplier(
        ages=tuple(points.AgeBand(*band.ages, band.percent) for band in multiplier.ages),
        first_time_percent=multiplier.first_time_percent,
        streak=points.Streak(streak.weeks, streak.percent) if streak else None,
        areas=multiplier.by_area,
    )


def _rewards(neighbourhood: Neighbourhood) -> list[points.RewardOffer]:
    return [
        points.RewardOffer(
            code=reward.code,
            names=reward.names,
            price=reward.price,
            merchant=reward.merchant,
            valid_days=reward.valid_days,
            stock=reward.stock,
            limit=points.Limit(reward.limit.count, points.Per(reward.limit.per), points.By(reward.limit.by))
            if reward.limit
            else None,
            terms=_terms(reward),
        )
        for reward in neighbourhood.rewards
    ]


def _terms(reward: Reward) -> points.Terms:
    return points.Terms(
        min_age=reward.min_age,
        areas=tuple(reward.areas or ()),
        window=_window(reward.window) if reward.window else None,
        certificate=reward.certificate,
        cost_fen=reward.cost_fen,
        payer=reward.payer if reward.cost_fen else None,
    )


def _sponsors(neighbourhood: Neighbourhood) -> list[points.SponsorEntry]:
    return [points.SponsorEntry(one.code, one.names, one.budget_fen) for one in neighbourhood.sponsors]


def _merchants(neighbourhood: Neighbourhood) -> list[points.MerchantEntry]:
    """List the merchants: those described, and those that exist by being named in a reward."""
    described = {one.code: one for one in neighbourhood.merchants}
    named = {reward.merchant for reward in neighbourhood.rewards}
    return [
        points.MerchantEntry(
            code=code,
            names=described[code].names if code in described and described[code].names else {"*": code},
            area=described[code].area if code in described else None,
            phone=described[code].phone if code in described else None,
        )
        for code in sorted({*described, *named})
    ]
