"""What every table of community.toml has in common, and the limit that several of them may hold."""

from pydantic import BaseModel, ConfigDict

from bot.neighbourhood.kinds import FromOne, Period, Share


class Table(BaseModel):
    """One table of the file: what is not known is an error, what was read stays as it was."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Limit(Table):
    count: FromOne
    per: Period
    by: Share
