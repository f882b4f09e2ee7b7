"""What the neighbourhood's file says of deeds, as the rules of deeds want it."""

from bot.chat.house import House
from bot.deeds import DeedRules
from points.deeds import Bounds


def rules_of(house: House) -> DeedRules:
    """Give the bounds, whose calendar counts, and the month's budget."""
    rules = house.neighbourhood.points
    bounds = Bounds(rules.two_people_over, rules.public_over)
    return DeedRules(house.zone, bounds, rules.monthly_budget)
