"""community.toml: what a right one gives, and what is said about each wrong one."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.neighbourhood import (
    SAMPLE,
    Cap,
    Level,
    Neighbourhood,
    Period,
    Problem,
    Share,
    TeamKind,
    UnreadableNeighbourhood,
    Verifier,
    json_schema,
    load,
)

PNG = b"\x89PNG\r\n\x1a\n"
GOLDEN = Path(__file__).parent / "golden"
Changed = Callable[[str, str], tuple[Problem, ...]]


@pytest.fixture
def problems_of(tmp_path: Path) -> Callable[[str | bytes], tuple[Problem, ...]]:
    def read(text: str | bytes) -> tuple[Problem, ...]:
        path = tmp_path / "community.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(UnreadableNeighbourhood) as caught:
            load(path)
        return caught.value.problems

    return read


@pytest.fixture
def changed(problems_of: Callable[[str], tuple[Problem, ...]]) -> Changed:
    """The sample with one piece of it replaced."""

    def change(old: str, new: str) -> tuple[Problem, ...]:
        sample = SAMPLE.read_text("utf-8")
        assert old in sample, old
        return problems_of(sample.replace(old, new, 1))

    return change


def test_sample_is_the_neighbourhood_of_the_contract() -> None:
    willow = load(SAMPLE)
    assert willow.zone == ZoneInfo("Asia/Shanghai")
    assert willow.names == {"zh": "柳岸社区", "en": "Willow Bank"}
    assert [area.code for area in willow.areas if area.parent is None] == ["g1", "g2"]
    assert [area.code for area in willow.areas if area.parent] == ["b1", "b2", "b3", "b4", "b5", "b6"]
    assert all(area.at for area in willow.areas if area.parent)
    assert [team.code for team in willow.teams] == ["core", "property", "school", "clinic", "fire"]
    assert [team.kind for team in willow.teams] == [TeamKind.CORE] + 4 * [TeamKind.WING]
    levels = {plan.code: plan.level for plan in willow.plans}
    assert levels == {
        "flood": Level.RED,
        "fire": Level.RED,
        "gas": Level.ORANGE,
        "elderly": Level.YELLOW,
        "snow": Level.BLUE,
    }
    assert (len(willow.activities), len(willow.rewards), len(willow.merchants)) == (10, 6, 2)


def test_figures_are_read_as_written() -> None:
    willow = load(SAMPLE)
    flood = willow.plans[0]
    assert (flood.teams, flood.needed, flood.wave_minutes) == (("core", "property", "fire"), 10, 3)
    callout = willow.activities[0]
    assert (callout.points, callout.points_per_hour, callout.verify) == (20, 10, Verifier.AUTOMATIC)
    assert callout.caps == (Cap(points=80, per=Period.DAY, by=Share.RESIDENT),)
    rice = willow.rewards[0]
    assert rice.limit
    assert (rice.limit.count, rice.limit.per, rice.limit.by) == (1, Period.MONTH, Share.HOUSEHOLD)
    assert (rice.price, rice.stock, rice.merchant, rice.valid_days) == (150, 40, "corner-shop", 14)
    rules = willow.callouts
    assert (rules.second_person_over, rules.approval_minutes, rules.board_seconds) == (50, 10, 2)


def _read(tmp_path: Path, old: str, new: str) -> Neighbourhood:
    path = tmp_path / "community.toml"
    path.write_text(SAMPLE.read_text("utf-8").replace(old, new, 1), "utf-8")
    return load(path)


def test_a_plain_name_serves_every_language(tmp_path: Path) -> None:
    willow = _read(tmp_path, '{zh = "柳岸社区", en = "Willow Bank"}', '"Willow 柳岸"')
    assert willow.names == {"zh": "Willow 柳岸", "en": "Willow 柳岸"}


def test_a_merchant_exists_by_being_named_in_a_reward(tmp_path: Path) -> None:
    willow = _read(tmp_path, 'merchant = "barber"', 'merchant = "florist"')
    florist = next(merchant for merchant in willow.merchants if merchant.code == "florist")
    assert florist.names == {"zh": "florist", "en": "florist"}
    assert florist.area is None


def test_a_reward_says_who_may_have_it_when_and_who_pays(tmp_path: Path) -> None:
    added = """min_age = 60
areas = ["g1"]
certificate = "first-aid"
picture = "rice.png"
window = {days = ["sun", "sat"], from = 09:00:00, to = "12:00", since = 2026-09-01, until = "2026-12-31"}"""
    (tmp_path / "rice.png").write_bytes(PNG)
    rice = _read(tmp_path, "price = 150", f"price = 150\n{added}").rewards[0]
    assert (rice.min_age, rice.areas, rice.certificate) == (60, ("g1",), "first-aid")
    assert rice.picture == tmp_path / "rice.png"
    assert rice.window
    assert (rice.window.days, rice.window.begins, rice.window.ends) == (("sun", "sat"), 540, 720)
    assert (rice.window.since, rice.window.until) == (date(2026, 9, 1), date(2026, 12, 31))
    assert (rice.cost_fen, rice.payer) == (2500, "grain-store")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"GIF89a", "neither PNG nor JPEG"),
        (PNG + bytes(3_000_000), "has 2929 KiB; make it smaller than 2048"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_told_with_its_line(
    tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "rice.png").write_bytes(content)
    with pytest.raises(UnreadableNeighbourhood) as caught:
        _read(tmp_path, "price = 150", 'price = 150\npicture = "rice.png"')
    [problem] = caught.value.problems
    assert (problem.table, problem.key) == ("[[reward]] rice", "picture")
    assert problem.line
    assert told in problem.text


def test_one_language_is_enough(tmp_path: Path) -> None:
    willow = _read(tmp_path, '["zh", "en"]', '["en"]')
    assert willow.languages == ("en",)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_files_saved_on_windows_are_read(tmp_path: Path, newline: str) -> None:
    path = tmp_path / "community.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SAMPLE.read_text("utf-8").replace("\n", newline).encode())
    assert load(path) == load(SAMPLE)


def test_every_mistake_is_told_at_once_by_table_key_and_line() -> None:
    path = GOLDEN / "every_mistake.toml"
    with pytest.raises(UnreadableNeighbourhood) as caught:
        load(path)
    told = "".join(f"{problem}\n" for problem in caught.value.problems)
    assert told == path.with_suffix(".txt").read_text("utf-8")
    assert str(caught.value).startswith(
        f"{path} cannot be used, {len(caught.value.problems)} things to mend:"
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('code = "willow"', 'code = "Willow Bank"', '"Willow Bank" is not a code'),
        ('code = "willow"', f'code = "{"a" * 33}"', "write 1 to 32 of a-z"),
        ('phone = "025-5550 0100"', "phone = 110", "110 is not a text"),
        ('timezone = "Asia/Shanghai"', 'timezone = "Asia/Peking"', "not a time zone"),
        ('timezone = "Asia/Shanghai"', 'timezone = "../etc/passwd"', "not a time zone"),
        ('["zh", "en"]', '["zh", "fr"]', '"fr" is not possible'),
        ('["zh", "en"]', "[]", "[] is empty"),
        ('["zh", "en"]', '"zh"', 'is not a list; write ["zh"]'),
        ('["zh", "en"]', '["zh", "zh"]', 'names "zh" twice'),
        ("board_seconds = 2 ", "board_seconds = nan ", "not a number"),
        ("board_seconds = 2 ", "board_seconds = 2\nring_again_seconds = [60, 180]", "is not known"),
        ("second_person_over = 50", "second_person_over = -1", "too small; write 0 or more"),
        ("at = [32.0301, 118.7402]", "at = [118.7402, 32.0301]", "did you mean [32.0301, 118.7402]?"),
        ("at = [32.0301, 118.7402]", "at = [200, 300]", "not on the earth"),
        ("at = [32.0301, 118.7402]", "at = [true, 1]", "not a place"),
        ('parent = "g1"', 'parent = "g3"', '"g3" is no [[area]]; write one of b1,'),
        ('parent = "g1"', 'parent = "b1"', "lies within itself"),
        ('code = "g2"', 'code = "willow"', "the community's own code"),
        ('code = "g2"', 'code = "g1"', '"g1" stands in two [[area]]'),
        ('kind = "core"', 'kind = "wing"', "0 of kind core; write exactly one core"),
        ('kind = "core"', 'kind = "team"', 'is not possible; write "core" or "wing"'),
        ('emoji = "🧭"', 'emoji = ""', "is not one emoji"),
        ('"fire"]\nneeded = 10', '"fire"]\nneeded = "10"', '"10" is not a whole number'),
        ('teams = ["core", "property", "fire"]', 'teams = ["army"]', '"army" is no [[team]]'),
        ('level = "red"', 'level = "purple"', 'write "blue", "yellow", "orange" or "red"'),
        ('level = "red"', 'level = "red"\ncertificates = ["first-aid"]', "certificates: is not known"),
        ("{place}进水", "{where}进水", "only {place} may stand in them"),
        ("{place}进水", "水" * 1001, "write at most 1000"),
        ('en = "Flood"', 'en = "FIRE"', "names two plans"),
        ('code = "callout"', 'code = "call-out"', 'none has the code "callout"'),
        ('verify = "automatic"', 'verify = "coordinator"', 'write verify = "automatic"'),
        ('per = "day"', 'per = "fortnight"', 'write "day", "week", "month", "year" or "ever"'),
        ('by = "household"', 'by = "building"', 'write "resident" or "household"'),
        ('account = "resident"', 'account = "building"', 'write "resident" or "household"'),
        ("monthly_budget = 200000", "monthly_budget = 20", 'does not pay one award of 30 for "first-aid"'),
        ("# public_over = 100 ", "public_over = 0 ", "0 is too small; write 1 or more"),
        ("price = 150", "price = 0", "0 is too small; write 1 or more"),
        ("price = 150", 'price = 150\nareas = ["b9"]', '"b9" is no [[area]]'),
        ("price = 150", "price = 150\nareas = []", "[] is empty"),
        ("price = 150", "price = 150\nmin_age = 0", "0 is too small; write 1 or more"),
        ("price = 150", "price = 150\nwindow = {}", "is empty; write days"),
        ("price = 150", 'price = 150\nwindow = "sat"', 'write {days = ["sat"], from = "09:00"'),
        ("price = 150", 'price = 150\nwindow = {day = "sat"}', "did you mean days?"),
        ("price = 150", 'price = 150\nwindow = {days = ["sam"]}', 'write "mon", "tue"'),
        ("price = 150", 'price = 150\nwindow = {from = "9am"}', 'not a time of day; write "08:00"'),
        ("price = 150", 'price = 150\nwindow = {from = "12:00", to = "12:00"}', "ends when it begins"),
        ("price = 150", 'price = 150\nwindow = {since = "soon"}', '"soon" is not a date'),
        (
            "price = 150",
            'price = 150\nwindow = {since = 2026-12-02, until = "2026-12-01"}',
            "never opens: it ends on 2026-12-01",
        ),
        ("price = 150", 'price = 150\ncertificate = "First aid"', '"First aid" is not a code'),
        ("cost_fen = 2500", "cost_fen = 25.00", "25.0 is not a whole number"),
        ("cost_fen = 2500", "cost_fen = 200001", "200001 is more than grain-store pays in a whole month"),
        ("cost_fen = 2500", "# no cost", "pays nothing yet; write cost_fen"),
        (
            'payer = "grain-store"',
            'payer = "barber"',
            "neither the community, this merchant nor a [[sponsor]]",
        ),
        ('code = "grain-store"', 'code = "barber"', "is a merchant's code; choose another"),
        ('code = "grain-store"', 'code = "community"', "means the community itself"),
        ("budget_fen = 200000", "", "budget_fen: is missing; write budget_fen = 300000"),
        ("price = 150", 'price = 150\npicture = "rice.png"', '"rice.png" is not there'),
        ("price = 150", 'price = 150\npicture = "../rice.png"', "name a .jpg, .jpeg, .png file beside"),
        ("price = 150", 'price = 150\npicture = "rice.gif"', "name a .jpg, .jpeg, .png file beside"),
        ("price = 150", "prise = 150", "prise: is not known; did you mean price?"),
        ("price = 150", "price = 99999999999", "too large; write 1000000000 or less"),
        ('merchant = "corner-shop"\n', "", "merchant: is missing"),
        ('area = "b1"', 'area = "b9"', '"b9" is no [[area]]'),
        ('name = {zh = "大米 5 公斤", en = "Rice, 5 kg"}', 'name = {zh = "大米 5 公斤"}', 'has no "en"'),
        ('name = {zh = "大米 5 公斤", en = "Rice, 5 kg"}', 'name = {fr = "riz"}', '"fr" is not a language'),
        ('name = {zh = "大米 5 公斤", en = "Rice, 5 kg"}', 'name = "🍚"', "says nothing"),
        ('name = {zh = "大米 5 公斤", en = "Rice, 5 kg"}', 'name = "a\\nb"', "line break"),
        ('name = {zh = "大米 5 公斤", en = "Rice, 5 kg"}', f'name = "{"x" * 65}"', "write at most 64"),
    ],
)
def test_one_mistake_is_one_sentence(changed: Changed, old: str, new: str, told: str) -> None:
    problems = changed(old, new)
    assert told in "\n".join(map(str, problems))
    assert all(problem.line for problem in problems)


VISIT = 'cap = {points = 30, per = "day"}'


@pytest.mark.parametrize(
    ("written", "key", "told"),
    [
        ('cap = {points = 14, per = "day"}', "cap", "14 is below one award of 15; write 15 or more"),
        (
            'cap = [{points = 30, per = "day"}, {points = 9, per = "week", by = "household"}]',
            "cap",
            "9 is below one award of 15",
        ),
        (
            'cap = [{points = 30, per = "day"}, {points = 40, per = "day"}]',
            "cap",
            "per day by resident twice",
        ),
        ('cap = {points = 30, per = "day", by = "building"}', "cap.by", 'write "resident" or "household"'),
        ("cap = 30", "cap", '30 is not a table; write {points = 80, per = "day"}'),
        ('limit = {count = 0, per = "day", by = "resident"}', "limit.count", "0 is too small"),
        ('limit = {count = 1, per = "day"}', "limit.by", 'is missing; write by = "household"'),
        ("windows = []", "windows", "[] never opens"),
        ('windows = {days = ["mon"], form = "08:00"}', "windows.form", "did you mean from?"),
        ("windows = {days = []}", "windows", "never opens: it has no days"),
        ('windows = {days = ["monday"]}', "windows.days", 'write "mon", "tue"'),
        ('windows = {from = "8:00"}', "windows.from", '"8:00" is not a time of day; write "08:00"'),
        ('windows = {from = "08:00", to = "24:01"}', "windows.to", "is not a time of day"),
        ('windows = [{from = "08:00", to = "08:00"}]', "windows", "never opens: it ends when it begins"),
        ('windows = {from = "24:00", to = "08:00"}', "windows", "never opens"),
        (
            "windows = {since = 2026-08-31, until = 2026-07-01}",
            "windows",
            "it ends on 2026-07-01",
        ),
        (
            'windows = {days = ["sun"], since = 2026-07-06, until = 2026-07-11}',
            "windows",
            "never opens: no sun from 2026-07-06 to 2026-07-11",
        ),
        ('windows = {since = "soon"}', "windows.since", '"soon" is not a date; write for example 2026-07-01'),
        ("multiplier = {age = {ages = [25, 14], percent = 150}}", "multiplier.age.ages", "write [14, 25]"),
        ("multiplier = {age = {ages = [14], percent = 150}}", "multiplier.age.ages", "[14] are no ages"),
        (
            "multiplier = {age = [{ages = [18, 25], percent = 150}, {ages = [10, 18], percent = 200}]}",
            "multiplier.age",
            "[10, 18] and [18, 25] overlap; begin the second at 19, or join them",
        ),
        ("multiplier = {first_time_percent = 1001}", "multiplier.first_time_percent", "write 1000 or less"),
        ("multiplier = {streak = {weeks = 1, percent = 120}}", "multiplier.streak.weeks", "write 2 or more"),
        (
            "multiplier = {streak = {weeks = 4}}",
            "multiplier.streak.percent",
            "write percent = 150",
        ),
        (
            'multiplier = {area = {area = "g9", percent = 130}}',
            "multiplier.area",
            '"g9" is no [[area]]',
        ),
        (
            'multiplier = {area = [{area = "g1", percent = 130}, {area = "g1", percent = 140}]}',
            "multiplier.area",
            'names "g1" twice',
        ),
        ("multiplier = {ages = []}", "multiplier.ages", "is not known; did you mean age?"),
        ('unit = "bag"', "unit", "is paid by nothing; add points_per_unit"),
        ("points_per_unit = 2", "points_per_unit", 'says not of what; add unit = {zh = "袋", en = "bag"}'),
        ('points_per_unit = 2\nunit = "🛍"', "unit", "says nothing"),
    ],
)
def test_a_rule_that_cannot_be_is_told_by_its_key(
    changed: Changed, written: str, key: str, told: str
) -> None:
    [problem] = changed(VISIT, written)
    assert (problem.table, problem.key) == ("[[activity]] visit", key)
    assert told in problem.text
    line = next(
        number for number, text in enumerate(SAMPLE.read_text("utf-8").splitlines(), 1) if text == VISIT
    )
    assert problem.line in {line, line + 1}


def test_call_outs_count_no_units(changed: Changed) -> None:
    [problem] = changed('cap = {points = 80, per = "day"}', 'points_per_unit = 1\nunit = "bag"')
    assert "call-outs count minutes, nothing else" in problem.text


def test_a_rule_may_say_everything(tmp_path: Path) -> None:
    rule = """
points_per_unit = 2
unit = {zh = "袋", en = "bag"}
cap = [{points = 30, per = "day"}, {points = 100, per = "month", by = "household"}]
limit = [{count = 2, per = "day", by = "resident"}]
windows = [{days = ["sat", "sun"], from = "22:00", to = "06:00"}, {since = 2026-07-01, until = 2026-08-31}]
[activity.multiplier]
age = [{ages = [14, 25], percent = 150}, {ages = [60, 120], percent = 120}]
first_time_percent = 200
streak = {weeks = 4, percent = 120}
area = {area = "g2", percent = 130}
"""
    visit = _read(tmp_path, f'{VISIT}\nverify = "coordinator"', rule).activities[2]
    assert (visit.points_per_unit, visit.unit) == (2, {"zh": "袋", "en": "bag"})
    assert [(cap.points, cap.per, cap.by) for cap in visit.caps] == [
        (30, "day", "resident"),
        (100, "month", "household"),
    ]
    assert [limit.count for limit in visit.limits] == [2]
    night, summer = visit.windows
    assert (night.days, night.begins, night.ends) == (("sat", "sun"), 22 * 60, 6 * 60)
    assert (summer.since, summer.until, summer.ends) == (date(2026, 7, 1), date(2026, 8, 31), 24 * 60)
    assert visit.multiplier
    assert [band.ages for band in visit.multiplier.ages] == [(14, 25), (60, 120)]
    assert (visit.multiplier.first_time_percent, visit.multiplier.by_area) == (200, {"g2": 130})
    assert visit.verify is Verifier.COORDINATOR


def test_what_points_are_kept_by(tmp_path: Path) -> None:
    rules = _read(tmp_path, "# public_over = 100 ", "public_over = 500 ").points
    assert (rules.account, rules.public_over, load(SAMPLE).points.public_over) == ("resident", 500, None)


def test_the_line_is_where_the_key_stands(changed: Changed) -> None:
    sample = SAMPLE.read_text("utf-8").splitlines()
    [problem] = changed('limit = {count = 2, per = "year"', 'limit = {count = 0, per = "year"')
    assert sample[(problem.line or 0) - 1].startswith('limit = {count = 2, per = "year"')
    assert (problem.table, problem.key) == ("[[reward]] torch", "limit.count")


def test_brackets_quotes_and_signs_in_texts_move_no_line(problems_of: Callable[[str], object]) -> None:
    text = SAMPLE.read_text("utf-8")
    tricky = '''text = """
[[plan]] = # not a comment
a = 1 \\""" ' [ {
"""
'''
    start = text.index('text = {zh = "{place}进水')
    text = text[:start] + tricky + text[text.index("\n", start) + 1 :]
    text = text.replace("price = 80", 'price = "x"')
    problems = problems_of(text)
    assert isinstance(problems, tuple)
    [first, second] = problems
    assert first.table == "[[plan]] flood"
    assert text.splitlines()[first.line - 1] == 'text = """'
    assert text.splitlines()[second.line - 1] == 'price = "x"'


@pytest.mark.parametrize(
    ("text", "table", "line", "told"),
    [
        ('[community]\ncode = "a', "[community]", 2, "is not TOML here (unterminated string)"),
        ('[[area]]\ncode＝"a"', "[[area]]", 2, "＝ is a full-width sign"),
        ("[[area]]\nx = 1\nx = 2", "[[area]]", 3, "cannot overwrite a value"),
        ("x = [1,\n\n", "", 2, "is not TOML here"),
        (b"a = 1\nb = '\xff'", "", 2, "is not UTF-8"),
    ],
)
def test_what_is_not_toml_is_told_by_line(
    problems_of: Callable[[str | bytes], tuple[Problem, ...]],
    text: str | bytes,
    table: str,
    line: int,
    told: str,
) -> None:
    [problem] = problems_of(text)
    assert (problem.table, problem.line) == (table, line)
    assert told in problem.text


def test_wrong_brackets_are_told(problems_of: Callable[[str], tuple[Problem, ...]]) -> None:
    told = "\n".join(map(str, problems_of('[area]\ncode = "x"\n[[community]]\nplan = 3\n')))
    assert "line 1, [[area]]: is not a list of tables; write [[area]]" in told
    assert "line 3, [community]: is not one table; write [community]" in told


def test_an_empty_file_names_what_it_needs(problems_of: Callable[[str], tuple[Problem, ...]]) -> None:
    told = "\n".join(map(str, problems_of("")))
    for table in ("[community]", "[[team]]", "[[activity]]"):
        assert f"there is no {table}" in told


def test_a_missing_file_points_to_init(tmp_path: Path) -> None:
    with pytest.raises(UnreadableNeighbourhood, match="linli init"):
        load(tmp_path / "community.toml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableNeighbourhood, match="cannot be read"):
        load(tmp_path)


def test_schema_knows_the_keys_of_the_file() -> None:
    schema = json_schema()
    assert set(schema["required"]) == {"community", "team", "activity"}
    assert "timezone" in schema["$defs"]["Community"]["properties"]
    assert schema["$defs"]["Level"]["enum"] == ["blue", "yellow", "orange", "red"]
    assert schema["$defs"]["Window"]["properties"]["from"]["default"] == "00:00"
    one, many = schema["$defs"]["Activity"]["properties"]["cap"]["anyOf"]
    assert one == many["items"] == {"$ref": "#/$defs/Cap"}


@pytest.mark.parametrize(
    ("ways", "told"),
    [
        ('["nonsense://secret"]', "no address that apprise understands"),
        ('["secret"]', "no address that apprise understands"),
        ('["json://secret", "json://secret"]', "names an address twice"),
        (f"{[f'json://secret{n}' for n in range(6)]}", "write at most 5"),
        ('"json://secret"', "is not a list"),
        ("[1]", "is not a list"),
    ],
)
def test_wrong_addresses_of_other_ways_are_told_and_not_repeated(
    changed: Changed, ways: str, told: str
) -> None:
    named = 'name = {zh = "第一网格", en = "Grid 1"}'
    (problem,) = changed(named, f"{named}\nfallback = {ways}")
    assert told in str(problem)
    assert "secret" not in str(problem)


def test_addresses_of_other_ways_are_kept_in_their_order(tmp_path: Path) -> None:
    named = 'name = {zh = "第一网格", en = "Grid 1"}'
    ways = 'fallback = ["mailtos://u:p@example.org", "wecombot://BotKey"]'
    path = tmp_path / "community.toml"
    path.write_text(SAMPLE.read_text("utf-8").replace(named, f"{named}\n{ways}"), "utf-8")
    assert load(path).areas[0].fallback == ("mailtos://u:p@example.org", "wecombot://BotKey")
