"""What a posting asks for, told from anything else."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from points import Groups, Posting, TransferKind
from points.postings import canonical, content, fingerprint

WORDS = st.one_of(st.none(), st.text(max_size=8))
NUMBERS = st.one_of(st.none(), st.integers())
POSTINGS = st.builds(
    Posting,
    key=st.text(),
    kind=st.sampled_from(TransferKind),
    debit=st.integers(),
    credit=st.integers(),
    amount=st.integers(),
    groups=st.builds(Groups, WORDS, WORDS, WORDS, WORDS),
    rule=WORDS,
    rule_version=NUMBERS,
    minutes=NUMBERS,
    hold=NUMBERS,
    reverses=NUMBERS,
    link=WORDS,
    onto_hold=WORDS,
)


@given(POSTINGS)
def test_what_a_posting_says_is_its_content_as_json_with_sorted_keys(posting: Posting) -> None:
    assert canonical(posting) == json.dumps(content(posting), sort_keys=True, separators=(",", ":"))


@given(POSTINGS, POSTINGS)
def test_two_postings_that_say_the_same_have_one_fingerprint(one: Posting, other: Posting) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (content(one) == content(other))
    assert fingerprint(replace(one, key="another")) == fingerprint(one)


@given(POSTINGS)
def test_a_link_or_a_hold_to_come_to_is_part_of_what_is_asked(posting: Posting) -> None:
    plain = replace(posting, link=None, onto_hold=None)
    assert len({fingerprint(plain), fingerprint(replace(plain, link="x"))}) == 2
    assert len({fingerprint(plain), fingerprint(replace(plain, onto_hold="x"))}) == 2
