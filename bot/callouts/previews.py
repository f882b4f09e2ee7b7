"""What a coordinator reads before sending: who is asked, what they read, whether a second must agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.callouts import people
from bot.callouts.drafts import TEXT_LIMIT, Draft
from bot.callouts.errors import TextTooLong
from bot.callouts.plans import PlanView, plan_by_code
from bot.callouts.states import Level
from bot.community import Act, area, require
from bot.community.contacts import who_has_contacts
from bot.delivery import Lane
from bot.delivery.figures import queue
from points.names import say


@dataclass(frozen=True)
class CallOutRules:
    """The neighbourhood's own limits, from `[callouts]` in its file."""

    zone: ZoneInfo
    second_person_over: int = 50
    approval_minutes: int = 10


@dataclass(frozen=True)
class Preview:
    """A draft with its figures; `second_people` are those who could approve it and can be reached.

    Of the people who are called so many have no chat that works, and of these so many other ways.
    """

    draft: Draft
    plan: PlanView | None
    area_names: Mapping[str, str]
    texts: Mapping[str, str]
    people: int
    without_chat: int
    other_ways: int
    left_out: Mapping[str, int]
    needs_second: bool
    second_people: tuple[int, ...]
    ahead: int = 0  # messages that leave before the first of these


def preview(
    session: Session, *, draft: Draft, coordinator_id: int, now: datetime, rules: CallOutRules
) -> Preview:
    """Show what sending this draft would do; an audience of nobody is shown as such, not refused.

    Raises:
        NotAllowed: the coordinator does not reach the area.
        UnknownPlan: the plan was retired in the meantime.
    """
    require(session, resident_id=coordinator_id, act=Act.CALL_OUT, area_id=draft.area_id)
    plan = plan_by_code(session, draft.plan_code) if draft.plan_code else None
    found = reach_of(session, draft, rules=rules, now=now)
    second = needs_second(draft.level, people=found.everybody, rules=rules)
    area_names = area(session, draft.area_id).names
    return Preview(
        draft=draft,
        plan=plan,
        area_names=area_names,
        texts=texts_of(draft, plan, area_names),
        people=found.everybody,
        without_chat=len(found.unreachable),
        other_ways=len(who_has_contacts(session, [one.resident_id for one in found.unreachable])),
        left_out=found.left_out,
        needs_second=second,
        second_people=_others(session, draft.area_id, coordinator_id) if second else (),
        ahead=queue(session).ahead_of(Lane.EMERGENCY),
    )


def needs_second(level: Level, *, people: int, rules: CallOutRules) -> bool:
    """Say whether a second coordinator must agree: red, and more people than the neighbourhood's limit.

    An exercise follows the same rule: it wakes as many people, and rehearses the approval too.
    """
    return level == Level.RED and people > rules.second_person_over


def reach_of(session: Session, draft: Draft, *, rules: CallOutRules, now: datetime) -> people.Reach:
    """Find whom the draft would ask now, by the neighbourhood's own clock."""
    quiet_at = people.quiet_time(draft.level, now, rules.zone)
    return people.reach(
        session, team_codes=draft.team_codes, area_id=draft.area_id, quiet_at=quiet_at, now=now
    )


def texts_of(draft: Draft, plan: PlanView | None, area_names: Mapping[str, str]) -> dict[str, str]:
    """Give the text by language: as the coordinator typed it (under `*`), else the plan's with its place.

    Where no place was given, the area's name stands in for it.

    Raises:
        TextTooLong: with its place the plan's text would not fit into one message.
    """
    if draft.text:
        return {"*": draft.text}
    if plan is None:
        return {}
    said = {
        language: text.replace("{place}", draft.place or say(area_names, language))
        for language, text in plan.texts.items()
    }
    longest = max((len(text) for text in said.values()), default=0)
    if longest > TEXT_LIMIT:
        raise TextTooLong(length=longest, limit=TEXT_LIMIT)
    return said


def _others(session: Session, area_id: int, coordinator_id: int) -> tuple[int, ...]:
    everybody = people.coordinators(session, area_id)
    return tuple(
        one.resident_id for one in everybody if one.resident_id != coordinator_id and one.chat_id is not None
    )
