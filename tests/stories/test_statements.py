"""Stories of the statement: a spreadsheet, and a file that anybody can check without the books."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

from bot.sandbox.handset import Handset
from points import month_root, short_root
from shoppers import earns
from town import Town


async def test_every_entry_comes_as_a_spreadsheet_and_is_checked_with_no_database(
    town: Town, tmp_path: Path
) -> None:
    mei, bo = await town.resident("Mei"), await town.resident("阿宝", language="zh")
    for key in ("first", "second"):
        await earns(town, mei, f"mei {key}")
        await earns(town, bo, f"bo {key}")
        await town.later(hours=1)
    await town.later(days=25)
    root = await town.app.database.read(month_root, "2026-11")
    assert root is not None
    await mei.says("/statement")
    await mei.hears("Open it in a spreadsheet", "so far")
    await mei.hears("Keep this beside it", "November 2026", short_root(root))
    sheet, proof = [await _document(mei, ending) for ending in (".csv", ".json")]
    assert sheet.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))
    assert rows[0] == ["Date", "Time", "What for", "Points", "Balance", "Number"]
    assert [row[3:5] for row in rows[1:]] == [["20", "20"], ["20", "40"]]
    assert rows[1][:3] == ["2026-11-10", "10:00", "Answered a call-out"]
    file = tmp_path / "mine.json"
    file.write_bytes(proof)
    good = linli(tmp_path, "--statement", file.name, "--root", short_root(root))
    assert (good.returncode, good.stderr) == (0, "")
    assert "2 entries of account" in good.stdout
    file.write_bytes(proof.replace(b'"amount": 20', b'"amount": 90', 1))
    bad = linli(tmp_path, "--statement", file.name, "--root", root)
    assert (bad.returncode, bad.stdout) == (1, "")
    assert "(+90, 2026-11-10) is not what seal 1 covers" in bad.stderr
    assert bad.stderr.count("\n") == 1


async def test_a_month_is_asked_for_and_an_empty_one_says_so(town: Town) -> None:
    bo = await town.resident("阿宝", language="zh")
    await earns(town, bo, "first")
    await bo.says("/statement 十一月")
    await bo.hears("用表格软件打开", "2026年11月")
    await bo.hears("请和明细一起保存", "第一个封印")
    sheet = await _document(bo, ".csv")
    assert sheet.decode("utf-8-sig").splitlines()[0] == "日期,时间,事由,积分,余额,编号"
    await bo.says("/statement 2026-10")
    await bo.hears("没有积分明细", "2026年10月")
    await bo.taps("⭐")
    await bo.hears("邻里积分：20")
    await bo.says("/statement whenever")
    await bo.hears("看不懂这个月份")


async def test_a_stranger_is_asked_to_join_first(town: Town) -> None:
    zoe = await town.stranger("Zoe")
    await zoe.says("/statement")
    await zoe.sees(lambda one: one.button("❌") is not None, "the welcome")


def linli(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command where there is neither a database nor a neighbourhood's file."""
    command = [sys.executable, "-m", "bot", "ledger", "verify", *words]
    settings = {**os.environ, "LINLI_DATABASE_URL": "sqlite:///none.db", "COLUMNS": "200"}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=settings)
    assert not (folder / "none.db").exists()
    return done


async def _document(phone: Handset, ending: str) -> bytes:
    def is_it(one: object) -> bool:
        document = getattr(one, "document", None)
        return document is not None and document["file_name"].endswith(ending)

    message = await phone.sees(is_it, f"a document {ending}")
    assert message.document is not None
    return await phone.file(message.document["file_id"])
