"""Where each command, button and typed answer leads: the one table of everything that can be said."""

from bot.chat import (
    answering,
    availability,
    awarding,
    calling_out,
    callout_edits,
    claiming_deeds,
    deciding,
    handing_over,
    household,
    household_links,
    household_wards,
    joining,
    leaderboards,
    listed_deeds,
    my_codes,
    places,
    points_chart,
    privacy,
    profile,
    shopping,
    starting,
    statement,
    teaming,
    verifying_deeds,
    wallet,
)
from bot.chat.commands import Command, Routes, allowed, volunteers
from bot.chat.conversation import RESTING
from bot.chat.helping import Helper
from bot.chat.turn import Turn
from bot.community import Act


async def _help(turn: Turn) -> None:
    await HELPER.help(turn)


async def _cancel(turn: Turn) -> None:
    await HELPER.cancel(turn)


async def _typed(turn: Turn) -> str | None:
    """Find what words outside a conversation answer: a call-out, or the merchant's question for a code."""
    return await answering.typed_answer(turn) or handing_over.typed_code(turn)


COMMANDS: tuple[Command, ...] = (
    Command("start", "command.start", starting.start, for_strangers=True),
    Command("help", "command.help", _help, words=("帮助",), for_strangers=True),
    Command("me", "command.me", profile.show_card, words=("我的", "me")),
    Command("household", "command.household", household.show, words=("我家", "household")),
    Command("teams", "command.teams", teaming.show_teams),
    Command("available", "command.available", availability.show, volunteers),
    Command("points", "command.points", wallet.show_points, words=("积分", "points")),
    Command("statement", "command.statement", statement.show_statement),
    Command("deed", "command.deed", claiming_deeds.begin),
    Command("rewards", "command.rewards", shopping.show_rewards, words=("兑换", "redeem", "rewards")),
    Command("leaderboard", "command.leaderboard", leaderboards.leaderboard, words=("排行榜", "leaderboard")),
    Command("handover", "command.handover", handing_over.handover, allowed(Act.HAND_OVER)),
    Command("callout", "command.callout", calling_out.begin, allowed(Act.CALL_OUT)),
    Command("award", "command.award", awarding.begin, allowed(Act.AWARD)),
    Command("board", "command.board", deciding.show_open, deciding.watches_boards),
    Command("language", "command.language", profile.ask_language, for_strangers=True),
    Command("privacy", "command.privacy", privacy.show, for_strangers=True),
    Command("cancel", "command.cancel", _cancel, words=("取消", "cancel"), for_strangers=True),
)

# Here a number is the answer itself, never the place of a button.
NUMBER_STEPS = frozenset(
    ("award.minutes", "award.units", "callout.needed", "deed.minutes", "deed.units", "household.door")
) | {"household.year"}

HELPER = Helper(COMMANDS, RESTING)

ROUTES = Routes(
    commands=COMMANDS,
    # What a button's data begins with; those a stranger may tap stand apart.
    open_taps={
        "px": privacy.forget,
        "jy": joining.agree,
        "jx": joining.decline,
        "jl": joining.speak,
        "jn": joining.take_telegram_name,
        "ja": places.go_to,
        "jp": places.turn_page,
        "jq": places.unknown,
        "jw": places.take_whole,
        "l": profile.take_language,
        "h": HELPER.go,
        "x": HELPER.cancel,
    },
    taps={
        "jt": joining.take_team,
        "j0": joining.no_team,
        "mn": profile.ask_name,
        "ma": profile.ask_home,
        "ms": profile.ask_shown,
        "mw": profile.take_shown,
        "mb": profile.ask_birth_year,
        "m0": profile.forget_birth_year,
        "mt": teaming.show_teams,
        "mv": availability.show,
        "ml": profile.ask_language,
        "tj": teaming.join_team,
        "tl": teaming.quit_team,
        "vy": availability.turn_on,
        "vn": availability.turn_off,
        "vd": availability.away_for_days,
        "va": availability.ask_date,
        "vq": availability.ask_quiet,
        "v0": availability.no_quiet,
        # who lives together
        "hh": household.show,
        "hd": household.ask_door,
        "h0": household.forget_door,
        "hl": household.ask_leave,
        "hx": household.leave,
        "hi": household_links.invite,
        "hj": household_links.join,
        "hn": household_links.decline,
        "ha": household_wards.ask_name,
        "hs": household_wards.skip_year,
        "hw": household_wards.show_one,
        "hr": household_wards.remove,
        # a call-out in preparation
        "cq": calling_out.take_plan,
        "cp": callout_edits.show_preview,
        "cg": calling_out.send_it,
        "cw": calling_out.send_it_alone,
        "ck": callout_edits.ask_teams,
        "ct": callout_edits.toggle_team,
        "cb": callout_edits.teams_chosen,
        "cr": callout_edits.ask_where_called,
        "ci": callout_edits.ask_level,
        "cl": callout_edits.take_level,
        "cj": callout_edits.ask_needed,
        "cm": callout_edits.take_needed,
        "co": callout_edits.ask_place,
        "cu": callout_edits.ask_text,
        "cv": callout_edits.make_exercise,
        "cx": callout_edits.discard,
        # a call-out that waits or is out
        "cy": deciding.say_yes,
        "cn": deciding.say_no,
        "cz": deciding.send_alone,
        "cs": deciding.end,
        "c0": deciding.keep_open,
        "cf": deciding.show_board,
        # a volunteer's answers
        "ca": answering.take_answer,
        "ce": answering.take_minutes,
        "ch": answering.take_arrival,
        "cd": answering.take_end,
        # rewards, codes and handing over
        "ro": shopping.show_terms,
        "rp": shopping.turn_page,
        "rx": shopping.leave,
        "ry": shopping.confirm,
        "wm": my_codes.show_codes,
        "wk": my_codes.show_code,
        "wg": my_codes.ask_give_back,
        "wx": my_codes.give_back,
        "kc": handing_over.take_tapped_code,
        "ky": handing_over.confirm,
        "kx": handing_over.decline,
        "ku": handing_over.undo,
        # good deeds: claiming, verifying, the list, awards
        "da": claiming_deeds.take_activity,
        "dp": claiming_deeds.turn_page,
        "dm": claiming_deeds.take_minutes,
        "dg": claiming_deeds.take_units,
        "d0": claiming_deeds.no_proof,
        "dy": verifying_deeds.approve,
        "dn": verifying_deeds.ask_reason,
        "dr": verifying_deeds.take_usual_reason,
        "dq": verifying_deeds.ask_question,
        "dw": verifying_deeds.begin_answer,
        "dl": verifying_deeds.show_place,
        "dv": listed_deeds.show_list,
        "do": listed_deeds.ask_objection,
        "dj": listed_deeds.take_usual_objection,
        "du": listed_deeds.post_it,
        "dx": listed_deeds.drop_it,
        "ar": awarding.take_person,
        "aq": awarding.turn_people,
        "aa": awarding.take_activity,
        "ap": awarding.turn_page,
        "am": awarding.take_minutes,
        "an": awarding.take_units,
        "ay": awarding.confirm,
        "bm": leaderboards.turn_to,
        "pc": points_chart.show_chart,
        "pe": privacy.export,
        "pf": privacy.ask_forget,
    },
    # What a typed answer means in a step whose buttons it does not name.
    steps={
        "join.name": joining.take_typed_name,
        "join.area": places.typed,
        "me.name": profile.take_name,
        "me.area": places.typed,
        "me.birth": profile.take_birth_year,
        "household.door": household.take_door,
        "household.name": household_wards.take_name,
        "household.year": household_wards.take_year,
        "available.date": availability.take_date,
        "available.quiet": availability.take_quiet,
        "rewards": shopping.search,
        "deed": claiming_deeds.take_typed,
        "deed.minutes": claiming_deeds.take_minutes,
        "deed.units": claiming_deeds.take_units,
        "deed.proof": claiming_deeds.take_proof,
        "deed.reason": verifying_deeds.take_reason,
        "deed.question": verifying_deeds.take_question,
        "deed.asked": verifying_deeds.take_answer,
        "deed.answer": verifying_deeds.take_answer,
        "deed.objection": listed_deeds.take_objection,
        "award.who": awarding.take_who,
        "award.activity": awarding.take_typed_activity,
        "award.minutes": awarding.take_minutes,
        "award.units": awarding.take_units,
        "award.preview": awarding.take_note,
        "handover.code": handing_over.take_code,
        "callout.plan": calling_out.take_typed_plan,
        "callout.area": places.typed,
        "callout.needed": callout_edits.take_needed,
        "callout.place": callout_edits.take_place,
        "callout.text": callout_edits.take_text,
        "callout.preview": callout_edits.take_text,  # whoever types here means the words; nothing is sent
    },
    free_steps=frozenset(
        ("callout.text", "callout.place", "callout.plan", "callout.preview", "deed.proof", "deed.reason")
    )
    | {"deed.question", "deed.answer", "deed.objection", "award.preview"},
    number_steps=NUMBER_STEPS,
    resting=RESTING,
    picture_steps=frozenset({"deed.proof", "deed.asked", "deed.answer"}),
    typed=_typed,
    asked_since=answering.typed_since,
    stranger=joining.welcome_stranger,
    helper=HELPER,
)
