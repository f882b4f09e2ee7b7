"""Whom and what a coordinator means: a person by code, name or @username, an activity by code or name."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from bot.chat.house import House
from bot.community import Act, Found, find_residents, may, name_key
from bot.deeds import NobodyCalled
from points import ActivityRule, current_activities

LONGEST_NAME = 8  # words
ECHO = 40


@dataclass(frozen=True)
class Meant:
    """The people that the first words can mean, the activity that the next do, and what was said beyond."""

    people: tuple[Found, ...]
    rule: ActivityRule | None
    rest: str


def meant(session: Session, typed: str, coordinator_id: int) -> Meant:
    """Take apart RESIDENT ACTIVITY note; both may be of several words.

    Raises:
        NobodyCalled: the first words name nobody whom this coordinator may award.
    """
    words = typed.split()
    best: Meant | None = None
    for count in range(1, min(len(words), LONGEST_NAME) + 1):
        people = people_called(session, " ".join(words[:count]), coordinator_id)
        if not people:
            continue
        rule, rest = activity_first(session, words[count:])
        if rule is not None:
            return Meant(people, rule, rest)
        best = best or Meant(people, None, rest)
    if best is None:
        raise NobodyCalled(typed[:ECHO])
    return best


def people_called(session: Session, typed: str, coordinator_id: int) -> tuple[Found, ...]:
    """Give everybody of this short code, name or @username whom this coordinator may award."""
    return tuple(
        one
        for one in find_residents(session, typed)
        if may(session, resident_id=coordinator_id, act=Act.AWARD, area_id=one.area_id)
    )


def activity_called(session: Session, typed: str) -> ActivityRule | None:
    """Give the activity of this code or name; case, width and spaces do not count."""
    rule, rest = activity_first(session, typed.split())
    return None if rest else rule


def activities_in_order(session: Session, house: House) -> list[ActivityRule]:
    """Give the activities that hold now in the order of the neighbourhood's file."""
    order = {one.code: place for place, one in enumerate(house.neighbourhood.activities)}
    rules = [one.rule for one in current_activities(session)]
    return sorted(rules, key=lambda rule: order.get(rule.code, len(order)))


def activities_named(rules: Sequence[ActivityRule], typed: str) -> list[ActivityRule]:
    """Give the activities whose name holds what was typed."""
    wanted = name_key(typed)
    return [rule for rule in rules if any(wanted in name_key(name) for name in rule.names.values())]


def activity_first(session: Session, words: Sequence[str]) -> tuple[ActivityRule | None, str]:
    """Give the activity that the first words name, as many of them as do, and the words after."""
    by_name: dict[str, ActivityRule] = {}
    for versioned in current_activities(session):
        for name in (*versioned.rule.names.values(), versioned.rule.code):
            by_name[name_key(name)] = versioned.rule
    for count in range(len(words), 0, -1):
        rule = by_name.get(name_key("".join(words[:count])))
        if rule is not None:
            return rule, " ".join(words[count:])
    return None, " ".join(words)
