"""A small neighbourhood: two grids, three buildings, the core and two wings."""

from datetime import UTC, datetime

from bot.community import AreaEntry, TeamEntry, TeamKind

NOW = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
BOT = 4711

AREAS = (
    AreaEntry("willow", None, {"zh": "柳岸社区", "en": "Willow Bank"}),
    AreaEntry("g1", "willow", {"zh": "第一网格", "en": "Grid 1"}),
    AreaEntry("b1", "g1", {"zh": "1号楼", "en": "Building 1"}, (32.0301, 118.7402)),
    AreaEntry("b2", "g1", {"zh": "2号楼", "en": "Building 2"}),
    AreaEntry("g2", "willow", {"zh": "第二网格", "en": "Grid 2"}),
    AreaEntry("b3", "g2", {"zh": "3号楼", "en": "Building 3"}),
)
TEAMS = (
    TeamEntry("core", TeamKind.CORE, "🧭", {"zh": "社区应急队", "en": "Community core"}),
    TeamEntry("clinic", TeamKind.WING, "🏥", {"zh": "社区诊所", "en": "Clinic"}),
    TeamEntry("fire", TeamKind.WING, "🚒", {"zh": "消防站", "en": "Fire station"}),
)
