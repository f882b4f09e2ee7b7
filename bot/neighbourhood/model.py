"""The neighbourhood as its file describes it: frozen, checked, in the order of the file."""

from collections.abc import Mapping
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field

from bot.neighbourhood.base import Limit, Table
from bot.neighbourhood.earning import Activity, Window
from bot.neighbourhood.kinds import (
    OFFERED,
    Age,
    Code,
    Codes,
    Emoji,
    FromOne,
    FromZero,
    Languages,
    Level,
    Line,
    Names,
    Picture,
    Spot,
    TeamKind,
    Texts,
    Ways,
    Zone,
)

COMMUNITY_PAYS = "community"
FALLBACK = "apprise addresses of who helps to tell residents that no chat reaches, the best first"


class Community(Table):
    code: Code = Field(description="used in links and exports; also the root of the area tree")
    names: Names = Field(alias="name")
    operators: Names = Field(alias="operator", description="who runs the bot")
    phone: Line = Field(description="shown to whoever asks who this is")
    zone: Zone = Field(alias="timezone", description='days and months are counted here: "Asia/Shanghai"')
    languages: Languages = Field(default=OFFERED, description="the first is for whoever speaks none of them")
    fallback: Ways = Field(default=(), description=FALLBACK)


class CallOutRules(Table):
    second_person_over: FromZero = Field(default=50, description="a red call-out to more people needs two")
    approval_minutes: FromOne = Field(default=10, description="how long the second person may take")
    board_seconds: Annotated[float, Field(strict=True, gt=0, le=3600, allow_inf_nan=False)] = Field(
        default=2, description="a board is edited at most this often"
    )


class Area(Table):
    code: Code
    names: Names = Field(alias="name")
    parent: Code | None = Field(default=None, description="the area it lies in; without it the community")
    at: Spot | None = Field(default=None, description="latitude, longitude")
    fallback: Ways = Field(default=(), description=FALLBACK)


class Team(Table):
    code: Code
    kind: TeamKind = Field(description="exactly one core, exactly four wings")
    emoji: Emoji
    names: Names = Field(alias="name")


class Plan(Table):
    code: Code
    level: Level
    emoji: Emoji
    names: Names = Field(alias="name")
    teams: Codes
    needed: FromOne = Field(description="how many people")
    wave_minutes: FromOne = Field(default=3, description="minutes until the next wave is asked")
    texts: Texts | None = Field(default=None, alias="text", description="may hold {place}")


class PointRules(Table):
    expire_months: FromZero = Field(default=12, description="0 = never")
    monthly_budget: FromOne = Field(default=200_000, description="what may be issued in a month")
    two_people_over: FromOne | None = Field(
        default=None, description="a deed or an award of more needs two people; without it none does"
    )
    public_over: FromOne | None = Field(
        default=None, description="what is worth more is listed for three days, then posted"
    )
    gift_monthly: FromZero = Field(
        default=50, description="what a resident may give away in a month; 0 = no gifts"
    )
    gift_received_monthly: FromOne = Field(
        default=100, description="what neighbours may give a resident in a month"
    )
    account: Literal["resident", "household"] = Field(
        default="resident", description="whose points they are; a household's are never told apart again"
    )


class Merchant(Table):
    code: Code
    names: Names = Field(default={}, alias="name", description="without it the code")
    area: Code | None = None
    phone: Line | None = None
    hours: Names | None = None


class Sponsor(Table):
    code: Code
    names: Names = Field(alias="name")
    budget_fen: FromOne = Field(description="what it pays in a month, in fen (1/100 yuan)")
    thanks: Names | None = Field(default=None, description="a word of thanks, said with each of its rewards")


class Reward(Table):
    code: Code
    names: Names = Field(alias="name")
    price: FromOne
    stock: FromZero | None = Field(default=None, description="without it there is always enough")
    merchant: Code
    limit: Limit | None = None
    valid_days: FromOne = Field(default=14, description="days until an unused code lapses")
    picture: Picture | None = Field(default=None, description="a PNG or JPEG file beside this one")
    min_age: Age | None = Field(default=None, description="for whoever turns this age this year or is older")
    areas: Codes | None = Field(default=None, description="only for residents of these areas")
    window: Window | None = Field(default=None, description="when it can be redeemed")
    certificate: Code | None = Field(default=None, description="only for who holds it")
    cost_fen: FromOne | None = Field(
        default=None, description="what the shop gets for one, in fen (1/100 yuan)"
    )
    payer: Code = Field(
        default=COMMUNITY_PAYS, description='who pays that: "community", the merchant or a [[sponsor]]'
    )


class Neighbourhood(Table):
    """One community.toml."""

    model_config = ConfigDict(title="community.toml")

    community: Community
    callouts: CallOutRules = CallOutRules()
    areas: tuple[Area, ...] = Field(default=(), alias="area")
    teams: tuple[Team, ...] = Field(alias="team")
    plans: tuple[Plan, ...] = Field(default=(), alias="plan")
    activities: tuple[Activity, ...] = Field(alias="activity")
    points: PointRules = PointRules()
    merchants: tuple[Merchant, ...] = Field(default=(), alias="merchant")
    sponsors: tuple[Sponsor, ...] = Field(default=(), alias="sponsor")
    rewards: tuple[Reward, ...] = Field(default=(), alias="reward")

    @property
    def zone(self) -> ZoneInfo:
        """Whose days and months count."""
        return self.community.zone

    @property
    def languages(self) -> tuple[str, ...]:
        """What the bot speaks here, the first for whoever speaks none of them."""
        return self.community.languages

    @property
    def names(self) -> Mapping[str, str]:
        """What the community is called."""
        return self.community.names
