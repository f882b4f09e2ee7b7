"""Which chats may be written to: looked at only where something happened, and never wrong for that."""

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.chats import Chats

CHATS = (-7, 1, 2, 3)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(("leave", "late", "bar", "look")), st.sampled_from(CHATS), st.floats(0, 4, width=16)
    ),
    max_size=60,
)


@given(ACTS)
def test_busy_are_exactly_those_who_are_not_ready(acts: list[tuple[str, int, float]]) -> None:
    chats, now, left = Chats(), 0.0, dict.fromkeys(CHATS, 0.0)
    for act, chat, seconds in acts:
        if act == "leave":
            chats.leave(chat, now)
            left[chat] = now
        elif act == "late":
            now += seconds
            chats.arrived_late(chat, left[chat], now - left[chat])
        elif act == "bar":
            chats.bar(chat, now + seconds)
        else:
            now += seconds
        assert chats.busy(now) == {each for each in CHATS if chats.ready_at(each) > now}


def test_a_name_in_public_is_no_chat_the_outbox_knows() -> None:
    chats = Chats()
    for _ in range(5):
        chats.leave("@willow", 0.0)
        chats.leave(None, 0.0)
    assert chats.busy(0.0) == set()
