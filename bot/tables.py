"""Every table of the house in one metadata: what migrations are made from and tests create."""

from sqlmodel import SQLModel

from bot import remembered, schedule
from bot.callouts import models as callouts
from bot.chat import conversation
from bot.community import models as community
from bot.delivery import models as delivery
from bot.intake import store as intake
from points import common_goods, counter, ddl, earnings, models, seal_guards, seals, shelf
from points.deeds import models as deeds

ROOMS = (
    ddl,
    models,
    shelf,
    seals,
    seal_guards,
    earnings,
    deeds,
    counter,
    common_goods,
    community,
    callouts,
    delivery,
    conversation,
    intake,
    remembered,
    schedule,
)

metadata = SQLModel.metadata
