"""How deeds are worded: whatever people typed, a question fits below a picture and keeps its buttons."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat.deed_words import question, short
from bot.chat.house import House
from bot.chat.texts import LANGUAGES, texts
from bot.deeds import DeedCard
from bot.delivery.messages import visible_length
from bot.neighbourhood import SAMPLE, load
from points.deeds import DeedState, DeedView, Flag, Look, Origin, Tier

NOW = datetime(2026, 11, 10, 2, tzinfo=UTC)
HOUSE = House(load(SAMPLE), 1, "linli_bot")
DEED = DeedView(
    deed_id=2**62,
    origin=Origin.CLAIM,
    resident_id=1,
    household="1",
    kin=frozenset(),
    area_id=1,
    team=None,
    activity="visit",
    names={"en": "N" * 64, "zh": "名" * 64},
    verify="coordinator",
    minutes=1440,
    units=None,
    unit_names=None,
    worth=10**9,
    at=NOW,
    note=None,
    photo=None,
    place=(32.0, 118.7),
    state=DeedState.CLAIMED,
    tier=Tier.OFFICERS,
    flags=(
        *(Flag(Look.PHOTO, at=NOW) for _ in range(9)),
        Flag(Look.MANY, count=99),
        Flag(Look.CIRCLE),
        Flag(Look.RING),
    ),
    round=0,
    asked_by=2,
    question=None,
    answer=None,
    verifier=2,
    decided_by=None,
    decided_at=None,
    why=None,
    reason=None,
    listed_until=None,
    objector=None,
    objected_at=None,
    doubt=None,
    objection=None,
)
TYPED = st.text(max_size=500)
NAME = st.text(min_size=1, max_size=64)


@settings(deadline=None, max_examples=150)
@given(note=TYPED, asked=TYPED, answer=TYPED, name=NAME, photo=st.booleans())
def test_a_question_fits_whatever_was_typed(
    note: str, asked: str, answer: str, name: str, photo: bool
) -> None:
    deed = replace(DEED, note=note, question=asked, answer=answer, photo="file" if photo else None)
    card = DeedCard(deed, {"en": "A" * 64, "zh": "区" * 64}, {1: name, 2: name})
    for language in LANGUAGES:
        for waited in (True, False):
            shown = question(texts(language), HOUSE, card, waited=waited)
            assert visible_length(shown.text) <= (1024 if photo else 4096)
            assert [button.data or "" for row in shown.buttons for button in row] == [
                f"{kind}:{2**62}" for kind in ("dy", "dn", "dq", "dl")
            ]


def test_the_longest_of_all_fits_below_a_picture() -> None:
    wide = "\N{PERSON CLIMBING}"
    deed = replace(DEED, note=wide * 500, question=wide * 500, answer=wide * 500, photo="file")
    card = DeedCard(deed, {"en": wide * 64, "zh": wide * 64}, {1: wide * 64, 2: wide * 64})
    for language in LANGUAGES:
        question(texts(language), HOUSE, card, waited=True)


@given(st.text(max_size=60), st.integers(1, 50))
def test_a_text_is_cut_between_letters(text: str, most: int) -> None:
    cut = short(text, most)
    assert cut == text or len(cut.encode("utf-16-le")) // 2 <= most + 1
