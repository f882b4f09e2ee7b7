"""What a good deed earns, as the file says it: how much, up to what, when, and for whom it is more."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from bot.neighbourhood.base import Limit, Table
from bot.neighbourhood.kinds import Code, FromOne, FromZero, Names, Period, Share, Verifier, shown, wrong

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Weekday, ...] = get_args(Weekday)
MIDNIGHT = 24 * 60
OLDEST = 150
LONGEST_STREAK = 104


def _listed(value: Any) -> Any:
    """One table may stand where a list of them may."""
    return value if isinstance(value, list | tuple) else [value]


def _minute(value: Any) -> int:
    """Read a time of day as its minute: "08:00" is 480, and "24:00" the end of the day.

    TOML also knows times without quotes.
    """
    if isinstance(value, time):
        return value.hour * 60 + value.minute
    hour, colon, minute = value.partition(":") if isinstance(value, str) else ("", "", "")
    digits = len(hour) == len(minute) == 2 and (hour + minute).isdecimal() and (hour + minute).isascii()
    at = int(hour) * 60 + int(minute) if colon and digits and int(minute) < 60 else MIDNIGHT + 1
    if at > MIDNIGHT:
        raise wrong(f'{shown(value)} is not a time of day; write "08:00", or "24:00" for the end of the day')
    return at


def _date(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong(f"{shown(value)} is not a date; write for example 2026-07-01") from None


def _ages(value: Any) -> tuple[int, int]:
    whole = isinstance(value, list | tuple) and all(type(age) is int for age in value)
    if not whole or len(value) != 2 or not 0 <= min(value) <= max(value) <= OLDEST:
        raise wrong(f"{shown(value)} are no ages; write [youngest, oldest], for example [14, 25]")
    youngest, oldest = value
    if youngest > oldest:
        raise wrong(f"{shown(value)} ends before it begins; write [{oldest}, {youngest}]")
    return youngest, oldest


def _apart(bands: tuple["AgeBand", ...]) -> tuple["AgeBand", ...]:
    """No age may be in two bands."""
    ordered = sorted(bands, key=lambda band: band.ages)
    for one, other in pairwise(ordered):
        if other.ages[0] <= one.ages[1]:
            both = f"{list(one.ages)} and {list(other.ages)} overlap"
            raise wrong(f"{both}; begin the second at {one.ages[1] + 1}, or join them")
    return bands


def _some(windows: tuple["Window", ...]) -> tuple["Window", ...]:
    if not windows:
        raise wrong("[] never opens; write when it earns, or remove it: without windows it always does")
    return windows


def _once(caps: tuple["Cap", ...]) -> tuple["Cap", ...]:
    seen: set[tuple[Period, Share]] = set()
    for cap in caps:
        if (cap.per, cap.by) in seen:
            raise wrong(f"caps per {cap.per} by {cap.by} twice; keep the smaller one, the other never counts")
        seen.add((cap.per, cap.by))
    return caps


Percent = Annotated[int, Field(strict=True, ge=1, le=1000)]
Minute = Annotated[
    int, BeforeValidator(_minute), WithJsonSchema({"type": "string", "examples": ["08:00", "24:00"]})
]
Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Ages = Annotated[
    tuple[int, int],
    BeforeValidator(_ages),
    WithJsonSchema({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}),
]


class Cap(Table):
    points: FromOne
    per: Period
    by: Share = Field(default=Share.RESIDENT, description="whose points are counted together")


class Window(Table):
    """When a deed earns or a reward can be had; one that ends before it begins goes past midnight."""

    days: tuple[Weekday, ...] = Field(default=DAYS, description="when it opens")
    begins: Minute = Field(
        default=0, alias="from", description="time of day", json_schema_extra={"default": "00:00"}
    )
    ends: Minute = Field(
        default=MIDNIGHT, alias="to", description="time of day", json_schema_extra={"default": "24:00"}
    )
    since: Day | None = Field(default=None, description="the first date")
    until: Day | None = Field(default=None, description="the last date")

    @model_validator(mode="after")
    def _opens(self) -> "Window":
        if not self.model_fields_set:
            raise wrong('is empty; write days, from and to, since or until, such as {days = ["sat"]}')
        if self.begins == self.ends:
            raise wrong("never opens: it ends when it begins; write a later to")
        if self.begins == MIDNIGHT:
            raise wrong('never opens: no minute comes after from = "24:00"; write from = "00:00"')
        if self.since and self.until and self.until < self.since:
            raise wrong(f"never opens: it ends on {self.until}, before {self.since}; write a later until")
        if not self.days:
            raise wrong('never opens: it has no days; write for example ["sat", "sun"]')
        if not self._has_a_day():
            raise wrong(f"never opens: no {', '.join(self.days)} from {self.since} to {self.until}")
        return self

    def _has_a_day(self) -> bool:
        if self.since is None or self.until is None:
            return True
        within = min((self.until - self.since).days, len(DAYS))
        days = (self.since + timedelta(days=number) for number in range(within + 1))
        return any(DAYS[day.weekday()] in self.days for day in days)


class AgeBand(Table):
    ages: Ages = Field(description="[youngest, oldest], as reached in the calendar year")
    percent: Percent


class Streak(Table):
    weeks: Annotated[int, Field(strict=True, ge=2, le=LONGEST_STREAK)] = Field(
        description="in a row with this activity, the present one included"
    )
    percent: Percent


class AreaPercent(Table):
    area: Code = Field(description="for who lives there, or anywhere below")
    percent: Percent


Bands = Annotated[
    tuple[AgeBand, ...],
    BeforeValidator(_listed, json_schema_input_type=AgeBand | tuple[AgeBand, ...]),
    AfterValidator(_apart),
]
AreaPercents = Annotated[
    tuple[AreaPercent, ...],
    BeforeValidator(_listed, json_schema_input_type=AreaPercent | tuple[AreaPercent, ...]),
]
Caps = Annotated[
    tuple[Cap, ...],
    BeforeValidator(_listed, json_schema_input_type=Cap | tuple[Cap, ...]),
    AfterValidator(_once),
]
Limits = Annotated[
    tuple[Limit, ...], BeforeValidator(_listed, json_schema_input_type=Limit | tuple[Limit, ...])
]
Windows = Annotated[
    tuple[Window, ...],
    BeforeValidator(_listed, json_schema_input_type=Window | tuple[Window, ...]),
    AfterValidator(_some),
]


class Multiplier(Table):
    """For whom a deed is worth more, in percent; what applies is multiplied and rounded down once."""

    ages: Bands = Field(default=(), alias="age")
    first_time_percent: Percent | None = Field(default=None, description="the first time with this activity")
    streak: Streak | None = None
    areas: AreaPercents = Field(default=(), alias="area")

    @property
    def by_area(self) -> Mapping[str, int]:
        return {one.area: one.percent for one in self.areas}


class Activity(Table):
    code: Code
    names: Names = Field(alias="name")
    points: FromZero = Field(default=0, description="paid once")
    points_per_hour: FromZero = Field(default=0, description="from check-in to check-out, by whole minutes")
    points_per_unit: FromZero = Field(default=0, description="for each of what `unit` names")
    unit: Names | None = Field(default=None, description="what is counted: bags, meals, kilometres")
    caps: Caps = Field(default=(), alias="cap", description="at most so many points in a period")
    limits: Limits = Field(default=(), alias="limit", description="at most so often in a period")
    windows: Windows = Field(default=(), description="when it earns; without it always")
    multiplier: Multiplier | None = None
    verify: Verifier = Verifier.COORDINATOR
