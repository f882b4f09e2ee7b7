"""/statement: every entry of one's points as a spreadsheet, and beside it the proof that none was changed."""

import json

from bot.chat.board_months import month_name, read_month
from bot.chat.keyboards import one_a_row
from bot.chat.statement_words import sheet
from bot.chat.turn import Turn
from bot.chat.wallet import names_in
from bot.delivery import Button, Message
from points import short_root, statement


async def show_statement(turn: Turn) -> None:
    """Send the entries of the month that was typed, or all of them, and their proof, as two documents."""
    typed = turn.said.text
    month = read_month(typed, turn.house.local(turn.now).date()) if typed else None
    mine = await turn.look(statement, resident_id=turn.me, now=turn.now, zone=turn.house.zone, month=month)
    period = month_name(month, turn.t.language) if month else turn.t("statement.all")
    if not mine.lines:
        points = Button(turn.t("command.points"), "h:points")
        none = turn.t.rich("statement.none", period=period)
        await turn.ask(Message(str(none), one_a_row(points)), "statement")
        return
    names = await turn.look(names_in, [line.entry for line in mine.lines])
    name = f"linli-{turn.person.short_code}-{month or turn.house.day(turn.now)}"
    await turn.say(
        Message(
            str(turn.t.rich("statement.sheet", period=period)),
            document=sheet(turn.t, turn.house, mine, names),
            file_name=f"{name}.csv",
        )
    )
    proof = json.dumps(mine.proof, ensure_ascii=False, indent=1).encode()
    about = _about_proof(turn, mine.root, mine.root_month)
    await turn.say(Message(about, document=proof, file_name=f"{name}.json"))


def _about_proof(turn: Turn, root: str | None, month: str | None) -> str:
    if root is None or month is None:
        return str(turn.t.rich("statement.proof_early"))
    named = month_name(month, turn.t.language)
    return str(turn.t.rich("statement.proof", month=named, root=short_root(root)))
