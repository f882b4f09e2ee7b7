"""A street to call out in: two grids with a building each, coordinators, volunteers and three plans."""

from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from bot import callouts, community
from bot.callouts import Answer, AwaitingApproval, CallOutRules, Draft, Level, Opened, PlanEntry, StoodDown
from bot.callouts.models import Ask, AskChange
from bot.community import AreaEntry, Role, TeamEntry, TeamKind
from bot.community.roles import grant
from points import ActivityRule, synchronise_activities

NOW = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
RULES = CallOutRules(zone=ZONE, second_person_over=3, approval_minutes=10)
BOT = 4711

AREAS = (
    AreaEntry("willow", None, {"zh": "柳岸社区", "en": "Willow Bank"}),
    AreaEntry("g1", "willow", {"zh": "第一网格", "en": "Grid 1"}),
    AreaEntry("b1", "g1", {"zh": "1号楼", "en": "Building 1"}),
    AreaEntry("g2", "willow", {"zh": "第二网格", "en": "Grid 2"}),
    AreaEntry("b2", "g2", {"zh": "2号楼", "en": "Building 2"}),
)
TEAMS = (
    TeamEntry("core", TeamKind.CORE, "🧭", {"zh": "社区应急队", "en": "Community core"}),
    TeamEntry("clinic", TeamKind.WING, "🏥", {"zh": "社区诊所", "en": "Clinic"}),
)
FLOOD = PlanEntry(
    code="flood",
    level=Level.RED,
    emoji="🌊",
    names={"zh": "内涝", "en": "Flood"},
    teams=("core", "clinic"),
    needed=10,
    wave_minutes=3,
    texts={"zh": "{place}进水，请带手电", "en": "Water at {place}: bring a torch"},
)
GAS = PlanEntry("gas-leak", Level.ORANGE, "🔥", {"zh": "燃气泄漏", "en": "Gas leak"}, ("core",), 5, 3, {})
TREE = PlanEntry("tree", Level.BLUE, "🌳", {"zh": "倒树", "en": "Fallen tree"}, ("core",), 2, 10, {})
PAYS = ActivityRule("callout", {"en": "Answered a call-out"}, points=20, points_per_hour=60)

_numbers = count(1)


class Street:
    """The street and short ways to act in it; people are the numbers of residents."""

    def __init__(self, session: Session) -> None:
        self.session = session
        community.synchronise(session, areas=AREAS, teams=TEAMS, now=NOW)
        callouts.synchronise_plans(session, (FLOOD, GAS, TREE), NOW)
        synchronise_activities(session, [PAYS], NOW)
        self.now = NOW
        self.mei = self.coordinator("Mei")
        self.jun = self.coordinator("Jun")
        self.far = self.coordinator("Far", area="g2")

    def area(self, code: str) -> int:
        return community.area_by_code(self.session, code).area_id

    def resident(self, name: str, *teams: str, area: str = "b1") -> int:
        chat = 7_000_000_000 + next(_numbers)
        home = self.area(area)
        joined = community.join(
            self.session, bot_id=BOT, chat_id=chat, name=name, language="en", area_id=home, now=self.now
        )
        for team in teams:
            community.choose_team(self.session, resident_id=joined.resident_id, team_code=team, now=self.now)
        return joined.resident_id

    def volunteers(self, number: int, team: str = "core", area: str = "b1") -> list[int]:
        return [self.resident(f"Volunteer {one}", team, area=area) for one in range(number)]

    def coordinator(self, name: str, area: str = "willow") -> int:
        who = self.resident(name)
        where = self.area(area)
        role = Role.COORDINATOR
        grant(self.session, role=role, area_id=where, resident_id=who, granted_by=None, now=self.now)
        return who

    def later(self, *, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def draft(self, plan: str = "tree", text: str = "Come and help", area: str = "willow") -> Draft:
        prepared = callouts.plan_by_code(self.session, plan)
        return callouts.draft_from_plan(prepared, area_id=self.area(area), text=text)

    def preview(self, draft: Draft, by: int | None = None) -> callouts.Preview:
        who = by or self.mei
        return callouts.preview(self.session, draft=draft, coordinator_id=who, now=self.now, rules=RULES)

    def send(self, draft: Draft, key: str = "", by: int | None = None) -> Opened | AwaitingApproval:
        key, who = key or f"draft:{next(_numbers)}", by or self.mei
        return callouts.send(
            self.session, draft=draft, key=key, coordinator_id=who, now=self.now, rules=RULES
        )

    def opens(self, draft: Draft | None = None) -> int:
        opened = self.send(draft or self.draft())
        assert isinstance(opened, Opened)
        return opened.callout.callout_id

    def waits(self, draft: Draft | None = None) -> int:
        waiting = self.send(draft or self.draft("flood"))
        assert isinstance(waiting, AwaitingApproval)
        return waiting.callout.callout_id

    def answers(self, callout: int, who: int, answer: Answer, eta: int | None = None) -> callouts.Answered:
        said = {"callout_id": callout, "resident_id": who, "now": self.now}
        return callouts.answer(self.session, **said, answer=answer, eta_minutes=eta)

    def arrives(self, callout: int, who: int) -> callouts.Answered:
        return callouts.arrive(self.session, callout_id=callout, resident_id=who, now=self.now)

    def finishes(self, callout: int, who: int) -> callouts.Finished:
        return callouts.finish(self.session, callout_id=callout, resident_id=who, now=self.now, zone=ZONE)

    def stands_down(self, callout: int, *, confirmed: bool = True) -> StoodDown | callouts.StillThere:
        return callouts.stand_down(
            self.session,
            callout_id=callout,
            coordinator_id=self.mei,
            confirmed=confirmed,
            now=self.now,
            zone=ZONE,
        )

    def ended(self, callout: int) -> StoodDown:
        ended = self.stands_down(callout)
        assert isinstance(ended, StoodDown)
        return ended

    def board(self, callout: int) -> callouts.BoardView:
        return callouts.board(self.session, callout_id=callout, now=self.now)

    def history(self, callout: int, who: int) -> list[str]:
        steps = (
            select(AskChange.state)
            .join(Ask, col(Ask.id) == col(AskChange.ask_id))
            .where(Ask.callout_id == callout, Ask.resident_id == who)
            .order_by(col(AskChange.id))
        )
        return [state.value for state in self.session.exec(steps)]
