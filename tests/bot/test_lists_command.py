"""`linli import` takes lists as spreadsheets write them; `linli export` writes what they open safely."""

import csv
from pathlib import Path

import pytest
from command_line import in_database, linli, no_settings
from sqlalchemy import text
from sqlmodel import Session

from bot.neighbourhood import SAMPLE


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    no_settings(monkeypatch)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "community.toml").write_text(SAMPLE.read_text("utf-8"), "utf-8")
    return tmp_path


def listed(body: bytes | str, encoding: str = "utf-8") -> Path:
    file = Path("residents.csv")
    file.write_bytes(body if isinstance(body, bytes) else body.encode(encoding))
    return file


def kept(statement: str) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []

    def look(session: Session) -> None:
        found.extend(tuple(row) for row in session.execute(text(statement)))

    in_database(look)
    return found


NAMES = "SELECT name FROM resident ORDER BY id"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_list_is_read_as_spreadsheets_save_it(encoding: str, separator: str) -> None:
    rows = [["姓名", "楼栋", "门牌"], ["王小梅", "1号楼", "3-201"], ["李雷", "b2", ""], ["", "", ""]]
    listed("\r\n".join(separator.join(row) for row in rows), encoding)
    done = linli("import", "residents.csv")
    assert done.exit_code == 0, done.output
    assert "2 taken in, 0 refused." in done.stdout
    assert kept(NAMES) == [("王小梅",), ("李雷",)]


def test_each_line_says_what_became_of_it_and_good_ones_stay() -> None:
    listed(
        "name,area,door,language,birth_year,teams,skills\n"
        "Mei,b1,101,zh,1950,clinic,first aid;driving\n"
        "Lei,b1,101,en,,,\n"
        "Mei,b1,101,,,,\n"
        "Nobody,b99,,,,,\n"
        "=HYPERLINK(1),b1,,,,,\n"
        "'+Plus,b1,,,,,\n"
        "Old,b1,,,1066,,\n"
        "Year,b1,,,195,,\n"
        "Team,b1,,,,army,\n"
        "Talk,b1,,fr,,,\n"
        ",b1,,,,,\n"
        "Short\n"
    )
    done = linli("import", "residents.csv")
    assert done.exit_code == 1
    told = done.stdout.splitlines()
    assert [line.split(": ", 1)[0] for line in told[:-1]] == [
        f"{'✓' if number in {2, 3, 7} else '✗'} line {number}" for number in range(2, 14)
    ]
    for number, words in {
        4: "lives there already, as",
        5: 'There is no area "b99"',
        6: "name begins like a formula (=)",
        8: "birth_year must be from",
        9: "four digits",
        10: 'There is no team "army"',
        11: "language must be zh or en",
        12: "needs a letter",
        13: "no area",
    }.items():
        assert words in told[number - 2], told[number - 2]
    assert told[-1] == "3 taken in, 9 refused."
    assert kept(NAMES) == [("Mei",), ("Lei",), ("+Plus",)]
    assert kept("SELECT count(DISTINCT household_id) FROM resident WHERE name != '+Plus'") == [(1,)]
    assert kept("SELECT skill FROM skill ORDER BY skill") == [("driving",), ("first aid",)]
    assert kept("SELECT count(*) FROM audit_entry WHERE act = 'import'") == [(3,)]


def test_the_same_list_twice_adds_nobody() -> None:
    listed("name,area\nMei,b1\nLei,b2\n")
    assert linli("import", "residents.csv").exit_code == 0
    again = linli("import", "residents.csv")
    assert again.exit_code == 1
    assert "0 taken in, 2 refused." in again.stdout
    assert len(kept(NAMES)) == 2


WAYS = "SELECT name, url FROM contact JOIN resident ON resident.id = resident_id ORDER BY contact.id"


def test_other_ways_come_with_the_list_and_no_report_repeats_them() -> None:
    listed(
        "name,area,door,fallback\n"
        "Mei,b1,101,mailtos://mei:secret@example.org  wecombot://SecretKey\n"
        "Lei,b1,101,nonsense://secret\n"
        "Bo,b1,102,mailtos://bo:secret@example.org secret\n"
        f"Cai,b1,103,{' '.join(f'json://secret{n}' for n in range(6))}\n"
        f"Dan,b1,104,json://secret/{'x' * 600}\n"
        "Ed,b1,105,\n"
    )
    done = linli("import", "residents.csv")
    assert done.exit_code == 1
    assert "secret" not in (done.stdout + done.stderr).lower()
    told = done.stdout.splitlines()
    assert [line[0] for line in told[:-1]] == ["✓", "✗", "✗", "✗", "✗", "✓"]
    assert "address 1 is none that apprise understands" in told[1]
    assert "address 2 is none that apprise understands" in told[2]
    assert "5 addresses at most" in told[3]
    assert kept(WAYS) == [("Mei", "mailtos://mei:secret@example.org"), ("Mei", "wecombot://SecretKey")]
    listed("姓名,楼栋,门牌,其他方式\nMei,b1,101,json://secret\nEd,b1,105,json://ed\nEd,b1,105,\n")
    again = linli("import", "residents.csv")
    assert "0 taken in, 2 known before got other ways, 1 refused." in again.stdout
    assert "secret" not in again.stdout
    assert kept(WAYS) == [("Mei", "json://secret"), ("Ed", "json://ed")]
    assert kept("SELECT count(*) FROM audit_entry WHERE act = 'other-ways'") == [(2,)]
    assert linli("export", "out").exit_code == 0
    assert "json://secret" in Path("out/contact.csv").read_text("utf-8-sig")
    assert "secret" not in Path("out/audit_entry.csv").read_text("utf-8-sig")


def test_nobody_is_guessed_where_two_of_a_name_told_no_door() -> None:
    listed("name,area,fallback\nMei,b1,\n")
    assert linli("import", "residents.csv").exit_code == 0

    def double(session: Session) -> None:
        session.execute(
            text(
                "INSERT INTO resident (short_code, name, name_key, language, area_id, household_id, shown_in,"
                " status) SELECT 'ZZZZ', name, name_key, language, area_id, household_id, shown_in,"
                " status FROM resident"
            )
        )

    in_database(double)
    listed("name,area,fallback\nMei,b1,json://secret\n")
    assert "lives there already" in linli("import", "residents.csv").stdout
    assert kept(WAYS) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "the first line must name the columns"),
        (b"name,door\nMei,1\n", "name and area are needed"),
        (b"name,area,iban\nMei,b1,1\n", '"iban" is none of them'),
        (b"name,area,name\nMei,b1,1\n", "each once"),
        (b"\xff\xfe\x00\xd8\xff\xff", "the first line must name the columns"),
        (b'name,area\n"Mei,b1\n' + b"x" * 200_000, "field larger than field limit"),
    ],
)
def test_what_is_no_list_is_one_sentence(body: bytes, told: str) -> None:
    listed(body)
    done = linli("import", "residents.csv")
    assert done.exit_code == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_list_that_is_not_there_is_one_sentence() -> None:
    assert linli("import", "nowhere.csv").stderr == "nowhere.csv: No such file or directory.\n"


def test_what_is_exported_opens_safely_and_is_whole(folder: Path) -> None:
    listed("name,area,door\n'=1+1 梅,b1,'-3\n")
    assert linli("import", "residents.csv").exit_code == 0
    done = linli("export", "out")
    assert done.exit_code == 0, done.output
    files = {file.name: file for file in (folder / "out").iterdir()}
    assert {"resident.csv", "transfer.csv", "area.csv", "seal.csv"} <= files.keys()
    assert "senderlease.csv" not in files
    assert files["resident.csv"].read_bytes().startswith(b"\xef\xbb\xbf")
    with files["resident.csv"].open(encoding="utf-8-sig", newline="") as opened:
        (row,) = csv.DictReader(opened)
    assert row["name"] == "'=1+1 梅"
    with files["area.csv"].open(encoding="utf-8-sig", newline="") as opened:
        assert len(list(csv.DictReader(opened))) == 9
    assert all(file.stat().st_mode & 0o077 == 0 for file in files.values())
    again = linli("export", "out")
    assert again.exit_code == 1
    assert "out is not empty" in again.stderr
