"""A draft keeps what was said, stays an exercise, and says what cannot be."""

import json

import pytest
from callout_street import Street

from bot.callouts import BadNeeded, Draft, Level, TextTooLong

DRAFT = Draft(area_id=1, level=Level.RED, team_codes=("core", "clinic"), plan_code="flood", place="3号楼")


def test_draft_survives_being_stored_as_json() -> None:
    stored = json.loads(json.dumps(DRAFT.as_exercise().to_dict()))
    assert Draft.from_dict(stored) == DRAFT.as_exercise()


def test_nothing_turns_an_exercise_into_a_real_call_out() -> None:
    exercise = DRAFT.as_exercise()
    changed = exercise.with_level(Level.BLUE).with_text("x").with_area(2).with_needed(3).with_place(None)
    assert changed.with_teams(("core",)).as_exercise().exercise


@pytest.mark.parametrize("needed", [0, -1, 1000])
def test_number_of_people_must_be_possible(needed: int) -> None:
    with pytest.raises(BadNeeded):
        DRAFT.with_needed(needed)


def test_text_must_fit_into_one_message() -> None:
    assert DRAFT.with_text("  water \n").text == "water"
    with pytest.raises(TextTooLong):
        DRAFT.with_text("水" * 1001)
    with pytest.raises(TextTooLong):
        DRAFT.with_place("水" * 201)


def test_preview_shows_the_text_as_it_will_be_read(street: Street) -> None:
    street.volunteers(2)
    prepared = street.draft("flood", text="")
    assert street.preview(prepared).texts["en"] == "Water at Willow Bank: bring a torch"
    assert street.preview(prepared.with_place("3号楼")).texts["zh"] == "3号楼进水，请带手电"
    assert street.preview(prepared.with_text("Run")).texts == {"*": "Run"}
